/* SPDX-License-Identifier: MIT
 *
 * states.js - one sequence for several backbones: a protein with and without its partner, on target and off target.
 *
 *   constraints on the first state, partners of its rows in the others --> one request over the rows of all states
 *   letters drawn for all --> each state scored by itself
 *
 * The first state says what is designed. A residue of another state follows the residue of the first that has the same
 * chain name, number and insertion code; where chains of equal length have no number in common, the same place. Chains
 * of the other states without a designed residue stay as their files have them.
 */
import {tieRule} from './abi.js';
import {resolveRequest} from './constraints.js';
import {ConstraintError} from './errors.js';
import {designRuns, scoringOf} from './runs.js';
import {LETTER_COUNT, LETTER_X, spell} from './structure.js';

const MOST_WEIGHT = 1000;   // as of ties (src/protein/ties.c)

/** @typedef {import('./structure.js').Structure} Structure */
/** @typedef {import('./structure.js').Selection} Selection */
/** @typedef {import('./constraints.js').Resolved} Resolved */
/** @typedef {import('./runs.js').LaneResult} LaneResult */
/** @typedef {import('./runs.js').Runner} Runner */

/**
 * @typedef {object} StateOptions
 * @property {readonly number[]} [stateWeights]   how much each state has to say, 1 unless told; below 0 to design
 *                                                against a state
 */

/**
 * @typedef {object} StateResult   a design on one of several states
 * @property {string} name
 * @property {number} weight
 * @property {string} sequence
 * @property {number} score        of its designed residues
 * @property {number} globalScore
 */

/**
 * @typedef {object} Match   rows of a further state that follow rows of the first
 * @property {Int32Array} partner   row of this state for each row of the first, -1 where there is none
 * @property {Uint8Array} matched   1 for each row of the first that should be designed and has a partner
 * @property {Uint8Array} missing   1 for those that have none
 */

/**
 * @typedef {object} Joint
 * @property {Resolved} resolved       over the rows of all states
 * @property {Resolved[]} alone        of each state, for scoring
 * @property {Int32Array} starts       first row of each state, and the end
 * @property {readonly number[]} weights
 * @property {Match[]} matches         of the states behind the first
 */

/* ---- Partners ---- */

/**
 * Rows of a chain by number and insertion code; of equal ones the first has '0', the next '1'.
 * @param {Structure} structure
 * @param {import('./structure.js').Chain} chain
 * @returns {Map<string, number>}
 */
function rowsByName({numbers, insertions}, {start, length}) {
    const rows = new Map(), seen = new Map();
    for (let row = start; row < start + length; row++) {
        const name = `${numbers[row]}${insertions[row]}`, before = seen.get(name) ?? 0;
        seen.set(name, before + 1);
        rows.set(`${name}${before}`, row);
    }
    return rows;
}

/**
 * @param {Structure} first
 * @param {Structure} other
 * @returns {Int32Array} the row of the other for each of the first, -1 where there is none
 */
function partnersOf(first, other) {
    const partner = new Int32Array(first.length).fill(-1);
    for (const chain of first.chains) {
        const twin = other.chains.find(({name}) => name === chain.name);
        if (!twin) continue;
        const theirs = rowsByName(other, twin), mine = rowsByName(first, chain);
        const common = [...mine].filter(([name]) => theirs.has(name));
        for (const [name, row] of common) partner[row] = /** @type {number} */ (theirs.get(name));
        if (common.length || twin.length !== chain.length) continue;
        for (let i = 0; i < chain.length; i++) partner[chain.start + i] = twin.start + i;
    }
    return partner;
}

/**
 * Rows that a state with a weight above 0 can see, or sees one that they are tied to: the others stay, as nothing says
 * what would fit there.
 * @param {readonly Int32Array[]} partners   of the states behind the first
 * @param {readonly Uint8Array[]} visible
 * @param {readonly number[]} weights
 * @param {Resolved['ties']} ties
 * @returns {Uint8Array}
 */
function rowsInFavour(partners, visible, weights, ties) {
    const found = visible[0].map((seen, row) => (weights.some((weight, i) => weight > 0
        && (i ? visible[i][partners[i - 1][row]] : seen)) ? 1 : 0));
    for (let g = 0; ties && g + 1 < ties.starts.length; g++) {
        const rows = ties.rows.subarray(ties.starts[g], ties.starts[g + 1]);
        if (rows.some((row) => found[row])) for (const row of rows) found[row] = 1;
    }
    return found;
}

/**
 * @param {readonly Structure[]} structures
 * @param {readonly number[] | undefined} given
 * @returns {readonly number[]}
 */
function checkedWeights(structures, given = structures.map(() => 1)) {
    for (const weight of given) {
        if (typeof weight === 'number' && Math.abs(weight) <= MOST_WEIGHT) continue;
        throw new ConstraintError(`'${weight}' is no weight of a state; `
            + `give one from -${MOST_WEIGHT} to ${MOST_WEIGHT}`, String(weight));
    }
    if (given.length !== structures.length) {
        throw new ConstraintError(`${given.length} weights for ${structures.length} states`);
    }
    if (given.some((weight) => weight > 0)) return given;
    throw new ConstraintError('a state must have a weight above 0', String(given));
}

/* ---- One request ---- */

/**
 * A table of the first state's rows for all: those of partners are the same.
 * @template {Float32Array | Uint8Array | Int8Array} T
 * @param {T} table        [row of the first state][width]
 * @param {T} whole        [row of all states][width], filled with what others have
 * @param {number} width
 * @param {Joint} joint
 * @param {(row: number) => boolean} [chosen]
 * @returns {T}
 */
function spread(table, whole, width, {matches, starts}, chosen = () => true) {
    whole.set(table);
    for (const [i, {partner}] of matches.entries()) {
        for (const [row, to] of partner.entries()) {
            if (to < 0 || !chosen(row)) continue;
            whole.set(table.subarray(row * width, (row + 1) * width), (starts[i + 1] + to) * width);
        }
    }
    return whole;
}

/**
 * Groups of the first state with the partners of their members, and a group for each residue with partners. Of residues
 * that stay, those of equal letters: they are then decoded at the same place in all states.
 * @param {Resolved['ties']} ties   of the first state
 * @param {{wanted: Uint8Array, letters: Int8Array}} rows
 * @param {Joint} joint
 */
function jointGroups(ties, {wanted, letters}, {matches, starts, weights}) {
    /** @type {{row: number, weight: number}[][]} */
    const own = [];
    const tied = new Uint8Array(wanted.length);
    for (let g = 0; ties && g + 1 < ties.starts.length; g++) {
        const places = Array.from({length: ties.starts[g + 1] - ties.starts[g]}, (_, i) => ties.starts[g] + i);
        const group = places.map((at) => ({row: ties.rows[at], weight: ties.weights[at]}));
        for (const {row} of group) tied[row] = 1;
        own.push(group);
    }
    for (let row = 0; row < wanted.length; row++) if (!tied[row]) own.push([{row, weight: 1}]);
    return own.map((group) => {
        const asked = group.some(({row}) => wanted[row]);
        const others = group.flatMap(({row, weight}) => matches.flatMap(({partner}, i) => {
            const to = starts[i + 1] + partner[row];
            return partner[row] < 0 || (!asked && letters[to] !== letters[row]) ? []
                : [{row: to, weight: weight * weights[i + 1]}];
        }));
        if (!others.length) return group;
        return [...group.map(({row, weight}) => ({row, weight: weight * weights[0]})), ...others];
    }).filter((group) => group.length > 1);
}

/**
 * The order of the first state among all rows: partners come right behind, what has none before all.
 * @param {Resolved['order']} order
 * @param {Joint} joint
 */
function jointOrder(order, {starts, matches}) {
    if (!order) return null;
    const behind = Array.from(order, (row) => [row, ...matches.flatMap(({partner}, i) =>
        (partner[row] < 0 ? [] : [starts[i + 1] + partner[row]]))]).flat();
    const placed = new Set(behind);
    const others = Array.from({length: starts[starts.length - 1]}, (_, row) => row).filter((row) => !placed.has(row));
    return Int32Array.from([...others, ...behind]);
}

/**
 * @param {readonly Structure[]} structures
 * @param {readonly Uint8Array[]} visible
 * @param {import('./constraints.js').Constraints & StateOptions} options
 * @returns {Joint}
 */
export function resolveStates(structures, visible, options) {
    const [first, ...more] = structures;
    const weights = checkedWeights(structures, options.stateWeights);
    const own = resolveRequest(first, visible[0], options);
    const partners = more.map((other) => partnersOf(first, other));
    const favoured = rowsInFavour(partners, visible, weights, own.ties);
    const wanted = own.design.map((each, row) => (each | own.incomplete[row]) & favoured[row]);
    const matches = partners.map((partner) => ({
        partner, matched: wanted.map((each, row) => (each && partner[row] >= 0 ? 1 : 0)),
        missing: wanted.map((each, row) => (each && partner[row] < 0 ? 1 : 0))
    }));
    for (const [i, {partner}] of matches.entries()) {
        if (partner.some((to, row) => wanted[row] && visible[i + 1][to])) continue;
        throw new ConstraintError(`state ${i + 2}, ${more[i].name}: no residue that the model can see has the chain `
            + `and number of one that is designed in ${first.name}, ${first.describe(wanted).text}`, more[i].name);
    }
    const starts = new Int32Array(structures.length + 1);
    for (const [i, {length}] of structures.entries()) starts[i + 1] = starts[i] + length;
    const n = starts[structures.length];
    const partial = /** @type {Joint} */ ({starts, weights, matches});
    const design = spread(wanted, new Uint8Array(n), 1, partial);
    for (const [i, each] of visible.entries()) {
        for (const [row, seen] of each.entries()) if (!seen) design[starts[i] + row] = 0;
    }
    const letters = Int8Array.from(structures.flatMap((each) => [...each.letters]));
    const designed = first.chainsWith(wanted);
    spread(own.letters, letters, 1, partial, (row) => own.letters[row] !== LETTER_X
        && designed.some(({start, length}) => row >= start && row < start + length));
    const rule = tieRule[options.tieRule ?? 'logits'];
    const resolved = jointRequest(own, rule, {wanted, design, letters}, partial);
    const alone = structures.map((_, i) => aloneIn(resolved, starts[i], starts[i + 1]));
    return {...partial, resolved, alone};
}

/**
 * @param {Resolved} own
 * @param {number} rule   WeftTieRule
 * @param {{wanted: Uint8Array, design: Uint8Array, letters: Int8Array}} rows   wanted: of the first state; else of all
 * @param {Joint} joint
 * @returns {Resolved}
 */
function jointRequest(own, rule, {wanted, design, letters}, joint) {
    const {omit, bias, pssm, keep, temperatures} = own, n = design.length;
    const neverX = Uint8Array.from({length: n * LETTER_COUNT}, (_, i) => (i % LETTER_COUNT === LETTER_X ? 1 : 0));
    const groups = jointGroups(own.ties, {wanted, letters}, joint);
    const ends = groups.map(({length}) => length);
    for (let i = 1; i < ends.length; i++) ends[i] += ends[i - 1];
    return {
        ...own, design, letters, incomplete: new Uint8Array(n), following: new Uint8Array(n),
        omit: omit && omit.rows > 1 ? {rows: n, values: spread(omit.values, neverX, LETTER_COUNT, joint)} : omit,
        bias: bias && bias.rows > 1
            ? {rows: n, values: spread(bias.values, new Float32Array(n * LETTER_COUNT), LETTER_COUNT, joint)} : bias,
        order: jointOrder(own.order, joint),
        pssm: pssm && {
            weights: spread(pssm.weights, new Float32Array(n), 1, joint),
            values: spread(pssm.values, new Float32Array(n * LETTER_COUNT), LETTER_COUNT, joint)
        },
        keep: keep && spread(keep, new Uint8Array(n * LETTER_COUNT), LETTER_COUNT, joint),
        temperatures: temperatures && spread(temperatures, new Float32Array(n).fill(NaN), 1, joint),
        ties: {
            starts: Int32Array.from([0, ...ends]), rule,
            rows: Int32Array.from(groups.flat(), ({row}) => row),
            weights: Float32Array.from(groups.flat(), ({weight}) => weight)
        }
    };
}

/**
 * What scoring one state needs of all.
 * @param {Resolved} resolved
 * @param {number} start
 * @param {number} end
 * @returns {Resolved}
 */
function aloneIn({design, letters}, start, end) {
    const none = new Uint8Array(end - start);
    return {
        design: design.slice(start, end), letters: letters.slice(start, end), incomplete: none, following: none,
        omit: null, bias: null, order: null, ties: null, pssm: null, keep: null, temperatures: null
    };
}

/**
 * What becomes of designed residues in the states behind the first.
 * @param {readonly Structure[]} structures
 * @param {readonly Uint8Array[]} visible
 * @param {import('./constraints.js').Constraints & StateOptions} options
 * @returns {{name: string, weight: number, matched: Selection, missing: Selection}[]}   residues of the first state
 */
export function describeStates(structures, visible, options) {
    const {matches, weights} = resolveStates(structures, visible, options), [first, ...more] = structures;
    return more.map(({name}, i) => ({
        name, weight: weights[i + 1], matched: first.describe(matches[i].matched),
        missing: first.describe(matches[i].missing)
    }));
}

/* ---- Runs ---- */

/**
 * Samples of all states, each scored on every one by itself: the letter that the states agreed on was not known to any
 * of them when it was decoded.
 * @param {Runner} runner
 * @param {readonly Structure[]} structures
 * @param {Joint} joint
 * @returns {Runner}
 */
function scoringStates(runner, structures, {alone, starts, weights}) {
    const steps = structures.length + 1;
    const positive = weights.map((weight) => Math.max(weight, 0));
    const total = positive.reduce((sum, weight) => sum + weight, 0);
    /** @param {LaneResult} drawn @param {number} i */
    const part = (drawn, i) => {
        const [from, to] = [starts[i], starts[i + 1]];
        const order = drawn.order.filter((row) => row >= from && row < to).map((row) => row - from);
        const probs = drawn.probs.slice(from * LETTER_COUNT, to * LETTER_COUNT);
        const [letters, designMask] = [drawn.letters.slice(from, to), drawn.designMask.slice(from, to)];
        return {...drawn, letters, order, probs, designMask};
    };
    /** @type {Runner['run']} */
    const run = async (job, report) => {
        const drawn = await runner.run(job, (share) => report(share / steps));
        /** @type {LaneResult[][]} */
        const scored = [];
        for (const [i, resolved] of alone.entries()) {
            const parts = drawn.map((each) => part(each, i));
            const own = {...scoringOf({...job, resolved}, parts), state: i};
            scored.push(await runner.run(own, (share) => report((i + 1 + share) / steps)));
        }
        return drawn.map((each, lane) => {
            const states = scored.map((results, i) => ({
                name: structures[i].name, weight: weights[i], sequence: spell(results[lane].letters),
                score: results[lane].score, globalScore: results[lane].globalScore
            }));
            /** @param {'score' | 'globalScore'} what */
            const mean = (what) => states.reduce((sum, state, i) => sum + positive[i] * state[what], 0) / total;
            const first = part(each, 0), {logProbs} = scored[0][lane];
            const kept = first.letters.map((letter, row) => Number(letter === structures[0].letters[row]));
            const designed = kept.filter((_, row) => first.designMask[row]);
            const recovery = designed.reduce((sum, same) => sum + same, 0) / designed.length;
            return {...first, logProbs, recovery, score: mean('score'), globalScore: mean('globalScore'), states};
        });
    };
    return {...runner, run};
}

/**
 * @param {Uint8Array} visible   of all states
 * @param {readonly Structure[]} structures
 */
function split(visible, structures) {
    let start = 0;
    return structures.map(({length}) => visible.subarray(start, start += length));
}

/**
 * @param {Runner} runner
 * @param {readonly Structure[]} structures
 * @param {import('./runs.js').DesignOptions & StateOptions} options
 */
export async function* stateRuns(runner, structures, options) {
    const joint = resolveStates(structures, split(runner.visible, structures), options);
    const scoring = scoringStates(runner, structures, joint);
    yield* designRuns(scoring, structures[0], options, joint.resolved);
}
