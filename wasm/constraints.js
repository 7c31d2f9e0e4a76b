/* SPDX-License-Identifier: MIT
 *
 * constraints.js - from what a user asks to rows and numbers.
 *
 *   {chains, design, fix, set, omit, bias, order} + Structure --resolveRequest--> masks, letters and tables
 *
 * Everything is checked before any work starts; what is wrong is a ConstraintError with the offending token. Nothing is
 * designed by accident: chains of different sequences need a choice.
 */
import {ConstraintError} from './errors.js';
import {resolveRules} from './rules.js';
import {letterIndex, parseSequence} from './sequence.js';
import {LETTER_COUNT, LETTER_X} from './structure.js';

/** @typedef {import('./structure.js').Structure} Structure */
/** @typedef {import('./structure.js').RowChoice} RowChoice */
/** @typedef {Record<string, number | Record<string, number>>} BiasTable   letter: nats, or selection: {letter: nats} */
/** @typedef {{selection: string | null, letter: number, value: number}} Entry   null: every row */

/** @typedef {Choices & import('./rules.js').RuleOptions} Constraints */
/**
 * @typedef {object} Choices
 * @property {string | readonly string[]} [chains]   designed chains: names, 'A,B' or 'all'
 * @property {RowChoice} [design]     designed residues (within `chains`, if both are given)
 * @property {RowChoice} [fix]        residues that keep their letter
 * @property {string} [sequence]      letters of all residues before the design, in place of the file's
 * @property {string | Record<string, string>} [set]    letters of residues that stay fixed: {A45: 'H'} or 'A45H';
 *                                    or a whole sequence, which is the same as `sequence`
 * @property {string | Record<string, string>} [omit]   letters never to design: 'CM', or by selection {'A12-20': 'P'}
 * @property {string | BiasTable | ArrayLike<number> | readonly ArrayLike<number>[]} [bias]   nats added to a letter:
 *                                    {A: 0.5} or 'A:0.5,W:-1', by selection {A12: {W: 1}}, 21 numbers, or 21 a row
 * @property {'random' | 'n-to-c' | ArrayLike<number>} [order]   decoding order: a permutation of all rows
 */

/**
 * @typedef {object} Request
 * @property {Uint8Array} design        1 for each row to be designed
 * @property {Uint8Array} incomplete    1 for each row that was asked for and lacks atoms that the model needs
 * @property {Uint8Array} following     1 for each designed row that is tied to one that stays, and takes its letter
 * @property {Int8Array} letters        letter of each row before the design
 * @property {{rows: number, values: Uint8Array} | null} omit
 * @property {{rows: number, values: Float32Array} | null} bias
 * @property {Int32Array | null} order  null: random
 * @property {boolean} [original]       ties and omissions are taken as protein_mpnn_run.py does
 */
/** @typedef {Request & import('./rules.js').Rules} Resolved */

/** @param {string} text */
const tokens = (text) => text.split(/[\s,]+/).filter(Boolean);

/**
 * @param {Structure} structure
 * @param {Constraints['chains']} chains
 * @returns {string[]}
 */
function chainNames(structure, chains) {
    if (chains === undefined) return structure.chains.map((chain) => chain.name);
    const names = typeof chains === 'string' ? tokens(chains) : [...chains];
    if (names.length === 0) throw new ConstraintError('no chain is named', String(chains));
    if (names.length === 1 && names[0].toLowerCase() === 'all' && !structure.chains.some((c) => c.name === names[0])) {
        return structure.chains.map((chain) => chain.name);
    }
    return [...new Set(names)].map((name) => structure.chain(name).name);
}

/**
 * Letters for single residues: {A45: 'H'} or 'A45H,A78D'.
 * @param {Structure} structure
 * @param {Constraints['set']} set
 * @returns {[row: number, letter: number][]}
 */
function setLetters(structure, set = {}) {
    const pairs = typeof set === 'string'
        ? tokens(set).map((token) => [token.slice(0, -1), token.slice(-1), token])
        : Object.entries(set).map(([place, letter]) => [place, letter, `${place}${letter}`]);
    return pairs.flatMap(([place, letter, token]) => {
        if (!place) throw new ConstraintError(`'${token}' names no residue; write A45H`, token);
        const index = letterIndex(letter, token);
        const {mask} = structure.select(place);
        const rows = Array.from(mask.keys()).filter((row) => mask[row]);
        return rows.map((row) => /** @type {[number, number]} */ ([row, index]));
    });
}

/**
 * Applies a table whose keys are letters (all rows) or selections.
 * @param {Structure} structure
 * @param {readonly Entry[]} entries
 * @param {Float32Array | Uint8Array} whole   room for 21 values for each row
 * @returns {number} rows in use: 1 where no entry names a selection
 */
function fillTable(structure, entries, whole) {
    const single = entries.every(({selection}) => selection === null);
    const rows = single ? 1 : structure.length;
    /** @type {Map<string, Uint8Array>} */
    const masks = new Map();
    for (const {selection, letter, value} of entries) {
        if (selection !== null && !masks.has(selection)) masks.set(selection, structure.select(selection).mask);
        const mask = selection === null ? null : masks.get(selection);
        for (let row = 0; row < rows; row++) {
            if (!mask || mask[row]) whole[row * LETTER_COUNT + letter] += value;
        }
    }
    return rows;
}

/**
 * @param {Structure} structure
 * @param {Constraints['omit']} omit
 * @returns {Resolved['omit']}
 */
function resolveOmit(structure, omit) {
    if (omit === undefined) return null;
    /** @type {[string | null, string][]} */
    const parts = typeof omit === 'string' ? tokens(omit).map((letters) => [null, letters]) : Object.entries(omit);
    const entries = parts.flatMap(([selection, letters]) => [...letters].map((letter) =>
        ({selection, letter: letterIndex(letter, selection ? `${selection}: ${letters}` : letters), value: 1})));
    const values = new Uint8Array(structure.length * LETTER_COUNT);
    const rows = fillTable(structure, entries, values);
    for (let i = 0; i < values.length; i++) values[i] = values[i] ? 1 : 0;
    for (let row = 0; row < rows; row++) values[row * LETTER_COUNT + LETTER_X] = 1;
    return {rows, values: values.subarray(0, rows * LETTER_COUNT)};
}

/**
 * @param {unknown} value
 * @param {string} token
 */
function biasNumber(value, token) {
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw new ConstraintError(`the bias in '${token}' is no number`, token);
}

/** 'A:0.5,W:-1' as a table. @param {string} text @returns {BiasTable} */
function biasText(text) {
    return Object.fromEntries(tokens(text).map((token) => {
        const [letter, number, ...rest] = token.split(':');
        if (!number || rest.length) throw new ConstraintError(`'${token}' is no bias; write A:0.5`, token);
        return [letter, biasNumber(Number(number), token)];
    }));
}

/**
 * @param {Structure} structure
 * @param {Constraints['bias']} bias
 * @returns {Resolved['bias']}
 */
export function resolveBias(structure, bias) {
    if (bias === undefined) return null;
    if (typeof bias !== 'string' && ('length' in bias)) {
        const given = /** @type {ArrayLike<number | ArrayLike<number>>} */ (bias);
        const flat = Array.from(given).flatMap((row) => (typeof row === 'number' ? [row] : Array.from(row)));
        const rows = flat.length / LETTER_COUNT;
        if (rows !== 1 && rows !== structure.length) {
            throw new ConstraintError(`a bias has ${flat.length} values; it needs ${LETTER_COUNT}, `
                + `or ${LETTER_COUNT} for each of ${structure.length} residues`);
        }
        return {rows, values: Float32Array.from(flat, (value, i) => biasNumber(value, `value ${i}`))};
    }
    const table = typeof bias === 'string' ? biasText(bias) : /** @type {BiasTable} */ (bias);
    /** @type {Entry[]} */
    const entries = [];
    for (const [key, value] of Object.entries(table)) {
        const perResidue = value !== null && typeof value === 'object';
        for (const [letter, nats] of Object.entries(perResidue ? value : {[key]: value})) {
            const token = perResidue ? `${key}: ${letter}` : key;
            const selection = perResidue ? key : null;
            entries.push({selection, letter: letterIndex(letter, token), value: biasNumber(nats, token)});
        }
    }
    const values = new Float32Array(structure.length * LETTER_COUNT);
    const rows = fillTable(structure, entries, values);
    return {rows, values: values.subarray(0, rows * LETTER_COUNT)};
}

/**
 * @param {Structure} structure
 * @param {Constraints['order']} order
 * @returns {Int32Array | null}
 */
export function resolveOrder(structure, order = 'random') {
    if (order === 'random') return null;
    if (order === 'n-to-c') return Int32Array.from({length: structure.length}, (_, row) => row);
    if (typeof order === 'string') {
        throw new ConstraintError(`'${order}' is no decoding order; give random, n-to-c or a list of rows`, order);
    }
    const odd = Array.from(order).find((row) => !Number.isInteger(row) || row < 0 || row >= structure.length);
    if (odd !== undefined || order.length !== structure.length) {
        throw new ConstraintError(`the decoding order must hold each row from 0 to ${structure.length - 1} once`
            + (odd === undefined ? `; it has ${order.length} values` : `; it holds ${odd}`),
            String(odd ?? order.length));
    }
    const rows = Int32Array.from(order);
    const twice = rows.find((row, i) => rows.indexOf(row) !== i);
    if (twice === undefined) return rows;
    throw new ConstraintError(`the decoding order holds row ${twice} more than once`, String(twice));
}

/**
 * Chains of different sequences are designed only if somebody chose them.
 * @param {Structure} structure
 * @param {Uint8Array} design
 */
function refuseUnchosen(structure, design) {
    const designed = structure.chainsWith(design);
    if (new Set(designed.map((chain) => chain.sequence)).size <= 1) return;
    const names = designed.map((chain) => `${chain.name} (${chain.length} residues)`).join(', ');
    throw new ConstraintError(`the file has chains of different sequences, ${names}: choose what is designed `
        + "with chains, for example 'A' or 'all'", designed.map((chain) => chain.name).join(','));
}

/**
 * Every designed row needs a letter.
 * @param {Structure} structure
 * @param {Uint8Array} design
 * @param {Resolved['omit']} omit
 */
function refuseImpossible(structure, design, omit) {
    if (!omit) return;
    for (let row = 0; row < structure.length; row++) {
        const start = omit.rows === 1 ? 0 : row * LETTER_COUNT;
        if (!design[row] || omit.values.subarray(start, start + LETTER_COUNT).includes(0)) continue;
        throw new ConstraintError(`every letter is omitted at ${structure.rowName(row)}`, structure.rowName(row));
    }
}

/**
 * @param {import('./rules.js').Rules['ties']} ties
 * @param {Uint8Array} design
 * @param {Uint8Array} visible
 */
function rowsThatFollow(ties, design, visible) {
    const following = new Uint8Array(design.length);
    for (let g = 0; ties && g + 1 < ties.starts.length; g++) {
        const rows = ties.rows.subarray(ties.starts[g], ties.starts[g + 1]);
        if (rows.some((row) => visible[row] && !design[row])) for (const row of rows) following[row] = design[row];
    }
    return following;
}

/**
 * @param {Structure} structure
 * @param {Uint8Array} visible   1 for each row that the model can see
 * @param {Constraints} constraints
 * @param {'design' | 'score'} [purpose]   scoring changes nothing, so all chains may be meant
 * @returns {Resolved}
 */
export function resolveRequest(structure, visible, constraints, purpose = 'design') {
    const n = structure.length;
    const chains = chainNames(structure, constraints.chains);
    const inChains = structure.chains.map((chain) => chains.includes(chain.name));
    const asked = constraints.design === undefined ? null : structure.rows(constraints.design);
    const fixed = constraints.fix === undefined ? new Uint8Array(n) : structure.rows(constraints.fix);
    const whole = typeof constraints.set === 'string' && !/\d/.test(constraints.set);
    const sequence = constraints.sequence ?? (whole ? String(constraints.set) : undefined);
    const letters = sequence === undefined ? Int8Array.from(structure.letters)
        : parseSequence(structure, sequence, chains);
    for (const [row, letter] of whole ? [] : setLetters(structure, constraints.set)) {
        letters[row] = letter;
        fixed[row] = 1;
    }
    const design = new Uint8Array(n);
    const incomplete = new Uint8Array(n);
    for (let row = 0; row < n; row++) {
        const byChoice = asked ? asked[row] : !structure.unknown[row];
        const wanted = byChoice && inChains[structure.chainOf[row]] && !fixed[row];
        if (!wanted) continue;
        if (visible[row]) design[row] = 1;
        else incomplete[row] = 1;
    }
    // Where the model can see no residue at all, the encoder says so, and what there is.
    if (!design.includes(1) && visible.includes(1)) {
        throw new ConstraintError(`nothing is left to ${purpose}: ${incomplete.includes(1)
            ? `${structure.describe(incomplete).text} lack backbone atoms`
            : 'every residue is fixed or has no standard letter'}`);
    }
    if (purpose === 'design' && !asked && constraints.chains === undefined) refuseUnchosen(structure, design);
    const omit = resolveOmit(structure, constraints.omit);
    refuseImpossible(structure, design, omit);
    const rules = resolveRules(structure, constraints);
    return {
        design, incomplete, letters, omit, ...rules,
        following: rowsThatFollow(rules.ties, design, visible),
        bias: resolveBias(structure, constraints.bias),
        order: resolveOrder(structure, constraints.order)
    };
}
