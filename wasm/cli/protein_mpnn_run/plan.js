/* SPDX-License-Identifier: MIT
 *
 * plan.js - one target and what is asked of it, as tables over slots: what the original calls tied_featurize.
 *
 *   Record, side files, flags --makePlan--> Plan: slots chain by chain, masks, letters, bias, omissions, PSSM, groups
 *
 * Slots are the designed chains sorted by name, then the fixed ones; every place of a chain is one, gaps included.
 * Positions in the side files count from 1 within a chain. What makes the original fail is an error here, with a name;
 * what it silently does otherwise than asked is done, and told.
 */
import {ConstraintError, LETTERS} from '../../index.js';
import {sortChains} from '../../formats/fasta.js';
import {entries, isEmpty, lookup} from './jsonl.js';
import {atomNames} from './pdb.js';
import {checkGroups, readGroups} from './ties.js';

/** @typedef {import('./pdb.js').Record} Record */
/** @typedef {import('./flags.js').Flags} Flags */
/** @typedef {import('./side_files.js').SideFiles} SideFiles */
/** @typedef {(text: string) => void} Say */

export const LETTER_COUNT = LETTERS.length;

/** @typedef {{name: string, designed: boolean, start: number, length: number}} PlanChain */

/**
 * @typedef {object} Plan
 * @property {string} name
 * @property {number} length            slots
 * @property {PlanChain[]} chains       in the order of their slots
 * @property {string[]} designedChains
 * @property {string[]} fixedChains
 * @property {Float32Array} atoms       [slot][atom][3], NaN where missing
 * @property {Int8Array} letters        [slot] the file's
 * @property {Uint8Array} mask          [slot] 1 where every atom is there
 * @property {Uint8Array} inDesigned    [slot] 1 in designed chains
 * @property {Uint8Array} design        [slot] 1 where a letter is drawn: complete, in a designed chain, not fixed
 * @property {Uint8Array} omit          [21] letters never to design
 * @property {Uint8Array | null} omitAt [slot][21] the same by slot
 * @property {Float32Array} bias        [21]
 * @property {Float32Array | null} biasAt      [slot][21]
 * @property {Pssm | null} pssm
 * @property {Uint8Array | null} keep   [slot][21] letters whose log-odds exceed the threshold
 * @property {import('./ties.js').Groups | null} groups   null: no tied positions were given
 */
/** @typedef {{multi: number, coefficients: Float32Array, bias: Float32Array}} Pssm   [slot], [slot][21] */

/**
 * What a dictionary says of a target, or an error that names what it lacks.
 * @param {any} dictionary
 * @param {string} flag
 * @param {...string} keys
 */
function required(dictionary, flag, ...keys) {
    let value = dictionary;
    for (const [i, key] of keys.entries()) {
        value = lookup(value, key);
        if (value !== undefined) continue;
        const where = i ? `of ${keys.slice(0, i).join(', chain ')} ` : '';
        throw new ConstraintError(`--${flag}: the last line has no ${i ? 'chain' : 'entry'} '${key}' ${where}`
            + `(it has ${entries(lookupAll(dictionary, keys.slice(0, i))).map(([name]) => name).join(', ')})`, key);
    }
    return value;
}

/** @param {any} dictionary @param {string[]} keys */
const lookupAll = (dictionary, keys) => keys.reduce(lookup, dictionary);

/**
 * Which chains are designed and which are fixed, each sorted.
 * @param {Record} record
 * @param {Flags} flags
 * @param {SideFiles} sides
 * @returns {[designed: string[], fixed: string[]]}
 */
function chooseChains(record, flags, sides) {
    const all = [...record.chains.keys()];
    let designed = all, fixed = /** @type {string[]} */ ([]);
    if (flags.pdb_path) {
        const chosen = flags.pdb_path_chains.split(/\s+/).filter(Boolean);
        designed = chosen.length ? chosen : all;
        fixed = all.filter((name) => !designed.includes(name));
    } else if (sides.chains) {
        const value = required(sides.chains, 'chain_id_jsonl', record.name);
        if (!Array.isArray(value) || value.length !== 2 || !value.every(Array.isArray)) {
            throw new ConstraintError(`--chain_id_jsonl: ${record.name} needs [[designed chains], [fixed chains]]`);
        }
        [designed, fixed] = value.map((list) => list.map(String));
    }
    const both = [...designed, ...fixed];
    const absent = both.find((name) => !record.chains.has(name));
    if (absent !== undefined) {
        throw new ConstraintError(`${record.name} has no chain '${absent}'; it has ${all.join(', ')}`
            + (absent.includes(',') ? ' (--pdb_path_chains takes blanks, no commas)' : ''), absent);
    }
    const twice = both.find((name, i) => both.indexOf(name) !== i);
    if (twice !== undefined) throw new ConstraintError(`${record.name}: chain ${twice} is named twice`, twice);
    return [sortChains(designed), sortChains(fixed)];
}

/**
 * The slots of a plan, with nothing asked yet.
 * @param {Record} record
 * @param {string[]} designed
 * @param {string[]} fixed
 * @param {boolean} caOnly
 */
function laySlots(record, designed, fixed, caOnly) {
    /** @type {PlanChain[]} */
    const chains = [];
    let start = 0;
    for (const name of [...designed, ...fixed]) {
        const {length} = /** @type {import('./pdb.js').RecordChain} */ (record.chains.get(name)).sequence;
        chains.push({name, designed: designed.includes(name), start, length});
        start += length;
    }
    const length = start, values = atomNames(caOnly).length * 3;
    const atoms = new Float32Array(length * values).fill(NaN);
    const letters = new Int8Array(length), inDesigned = new Uint8Array(length);
    for (const chain of chains) {
        const from = /** @type {import('./pdb.js').RecordChain} */ (record.chains.get(chain.name));
        atoms.set(from.atoms, chain.start * values);
        for (let i = 0; i < chain.length; i++) {
            const letter = from.sequence[i] === '-' ? 'X' : from.sequence[i];
            letters[chain.start + i] = LETTERS.indexOf(letter);
        }
        if (chain.designed) inDesigned.fill(1, chain.start, chain.start + chain.length);
    }
    const mask = Uint8Array.from({length}, (_, slot) =>
        (atoms.subarray(slot * values, (slot + 1) * values).every(Number.isFinite) ? 1 : 0));
    return {length, chains, atoms, letters, inDesigned, mask};
}

/**
 * The slot of a position that counts from 1. Python takes 0 and less from the chain's end.
 * @param {unknown} position
 * @param {PlanChain} chain
 * @param {string} flag
 * @param {Say} note
 */
function slotOf(position, chain, flag, note) {
    const {name, start, length} = chain;
    if (!Number.isInteger(position) || Number(position) < 1 - length || Number(position) > length) {
        throw new ConstraintError(`--${flag}: position ${position} is not in chain ${name}, which has ${length} `
            + 'places', String(position));
    }
    const index = Number(position) - 1;
    if (index < 0) note(`--${flag}: position ${position} of chain ${name} counts from its end: ${index + length + 1}`);
    return start + (index < 0 ? index + length : index);
}

/**
 * @param {Record} record
 * @param {readonly PlanChain[]} chains   designed ones
 * @param {SideFiles} sides
 * @param {Say} note
 */
function* fixedSlots(record, chains, sides, note) {
    if (!sides.fixed) return;
    for (const chain of chains) {
        const list = required(sides.fixed, 'fixed_positions_jsonl', record.name, chain.name);
        if (isEmpty(list)) continue;
        if (!Array.isArray(list)) throw new ConstraintError(`--fixed_positions_jsonl: '${list}' is no list`);
        for (const position of list) yield slotOf(position, chain, 'fixed_positions_jsonl', note);
    }
    const idle = entries(lookup(sides.fixed, record.name)).filter(([name, list]) =>
        !isEmpty(list) && !chains.some((chain) => chain.name === name)).map(([name]) => name);
    if (idle.length) {
        note(`${record.name}: --fixed_positions_jsonl names ${idle.join(', ')}, which is not designed: nothing to fix`);
    }
}

/**
 * @param {Record} record
 * @param {readonly PlanChain[]} chains   designed ones
 * @param {SideFiles} sides
 * @param {number} length
 * @param {Say} note
 */
function omissions(record, chains, sides, length, note) {
    if (!sides.omit) return null;
    const table = new Uint8Array(length * LETTER_COUNT);
    for (const chain of chains) {
        const items = required(sides.omit, 'omit_AA_jsonl', record.name, chain.name);
        for (const item of Array.isArray(items) ? items : []) {
            const [positions, letters] = Array.isArray(item) ? item : [];
            if (!Array.isArray(positions) || (typeof letters !== 'string' && !Array.isArray(letters))) {
                throw new ConstraintError(`--omit_AA_jsonl: ${record.name}, chain ${chain.name} needs `
                    + '[[[positions], "letters"], ...]', chain.name);
            }
            for (const position of positions) {
                const slot = slotOf(position, chain, 'omit_AA_jsonl', note);
                for (const letter of letters) table[slot * LETTER_COUNT + letterOf(letter, 'omit_AA_jsonl')] = 1;
            }
        }
    }
    return table;
}

/** @param {string} letter @param {string} flag */
function letterOf(letter, flag) {
    const index = letter.length === 1 ? LETTERS.indexOf(letter) : -1;
    if (index < 0) throw new ConstraintError(`--${flag}: '${letter}' is none of the letters ${LETTERS}`, letter);
    return index;
}

/**
 * Fills a chain's part of a table [slot][width].
 * @param {Float32Array} table
 * @param {PlanChain} chain
 * @param {any} rows       [place][width], or [place] where width is 1
 * @param {number} width
 * @param {string} what    for errors
 */
function fillChain(table, chain, rows, width, what) {
    const flat = Array.isArray(rows) && rows.length === chain.length ? rows.flat() : [];
    if (flat.length !== chain.length * width || !flat.every((value) => typeof value === 'number')) {
        throw new ConstraintError(`${what} of chain ${chain.name} needs ${chain.length} rows of ${width} `
            + `number${width > 1 ? 's' : ''}`, chain.name);
    }
    table.set(flat, chain.start * width);
}

/**
 * @param {Record} record
 * @param {readonly PlanChain[]} chains   designed ones
 * @param {SideFiles} sides
 * @param {number} length
 */
function biasBySlot(record, chains, sides, length) {
    if (isEmpty(sides.biasByResidue)) return null;
    const table = new Float32Array(length * LETTER_COUNT);
    for (const chain of chains) {
        const rows = required(sides.biasByResidue, 'bias_by_res_jsonl', record.name, chain.name);
        fillChain(table, chain, rows, LETTER_COUNT, `--bias_by_res_jsonl: ${record.name}: the bias`);
    }
    return table;
}

/**
 * The PSSM as far as the flags ask for it: without --pssm_bias_flag and --pssm_log_odds_flag a file changes nothing.
 * @param {Record} record
 * @param {readonly PlanChain[]} chains   designed ones
 * @param {Flags} flags
 * @param {SideFiles} sides
 * @param {number} length
 * @returns {{pssm: Pssm | null, keep: Uint8Array | null}}
 */
function readPssm(record, chains, flags, sides, length) {
    const coefficients = new Float32Array(length), bias = new Float32Array(length * LETTER_COUNT);
    const odds = new Float32Array(length * LETTER_COUNT).fill(10000);
    for (const chain of isEmpty(sides.pssm) ? [] : chains) {
        const given = required(sides.pssm, 'pssm_jsonl', record.name, chain.name);
        if (isEmpty(given)) continue;
        const what = `--pssm_jsonl: ${record.name}:`;
        fillChain(coefficients, chain, given.pssm_coef, 1, `${what} pssm_coef`);
        fillChain(bias, chain, given.pssm_bias, LETTER_COUNT, `${what} pssm_bias`);
        fillChain(odds, chain, given.pssm_log_odds, LETTER_COUNT, `${what} pssm_log_odds`);
    }
    const threshold = Math.fround(flags.pssm_threshold);
    return {
        pssm: flags.pssm_bias_flag ? {multi: flags.pssm_multi, coefficients, bias} : null,
        keep: flags.pssm_log_odds_flag ? Uint8Array.from(odds, (value) => (value > threshold ? 1 : 0)) : null
    };
}

/**
 * @param {Flags} flags
 * @param {SideFiles} sides
 * @param {Say} note
 */
function globalTables(flags, sides, note) {
    const odd = [...flags.omit_AAs].filter((letter) => !LETTERS.includes(letter));
    if (odd.length) note(`--omit_AAs: ${odd.join(', ')} is none of the letters ${LETTERS} and changes nothing`);
    const omit = Uint8Array.from(LETTERS, (letter) => (flags.omit_AAs.includes(letter) ? 1 : 0));
    const ignored = entries(sides.bias).map(([key]) => key).filter((key) => key.length !== 1 || !LETTERS.includes(key));
    if (ignored.length) note(`--bias_AA_jsonl: ${ignored.join(', ')} is none of the letters and changes nothing`);
    const bias = Float32Array.from(LETTERS, (letter) => Number(lookup(sides.bias, letter) ?? 0));
    if (!bias.every(Number.isFinite)) throw new ConstraintError('--bias_AA_jsonl: a bias is no number');
    return {omit, bias};
}

/**
 * @param {Record} record
 * @param {Flags} flags
 * @param {SideFiles} sides
 * @param {Say} note   to stderr
 * @returns {Plan}
 */
export function makePlan(record, flags, sides, note) {
    const [designedChains, fixedChains] = chooseChains(record, flags, sides);
    const absent = [...record.chains.keys()].filter((name) => ![...designedChains, ...fixedChains].includes(name));
    if (absent.length) {
        note(`${record.name}: chains ${absent.join(', ')} are neither designed nor fixed and left out; the original `
            + 'fails here');
    }
    const slots = laySlots(record, designedChains, fixedChains, flags.ca_only);
    const chains = slots.chains.filter((chain) => chain.designed);
    const design = Uint8Array.from(slots.mask, (complete, slot) => complete & slots.inDesigned[slot]);
    for (const slot of fixedSlots(record, chains, sides, note)) design[slot] = 0;
    const groups = sides.ties === null ? null
        : readGroups(required(sides.ties, 'tied_positions_jsonl', record.name), slots.chains, slots.length, note);
    if (groups) checkGroups(groups, slots.mask, design, `${record.name}: --tied_positions_jsonl`, note);
    return {
        name: record.name, designedChains, fixedChains, ...slots, design, ...globalTables(flags, sides, note),
        omitAt: omissions(record, chains, sides, slots.length, note),
        biasAt: biasBySlot(record, chains, sides, slots.length),
        ...readPssm(record, chains, flags, sides, slots.length), groups
    };
}
