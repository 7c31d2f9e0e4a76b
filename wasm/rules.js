/* SPDX-License-Identifier: MIT
 *
 * rules.js - from what a user asks of the sampling itself to rows and numbers: ties, temperatures, matrices.
 *
 *   {ties, tieRule, temperatures, finalTemperature, pssm} + Structure --resolveRules--> tables for request.js
 */
import {tieRule} from './abi.js';
import {ConstraintError} from './errors.js';
import {LETTER_COUNT} from './structure.js';

/** @typedef {import('./structure.js').Structure} Structure */
/** @typedef {{row: number, weight?: number} | string | number} TieMember   a row, or a selection of one residue */

/**
 * @typedef {object} Pssm
 * @property {number | ArrayLike<number>} weight    share of the matrix in what is drawn from, 0 to 1; or one a row
 * @property {ArrayLike<number>} probabilities        [row][letter]
 * @property {ArrayLike<number>} [favoured]           [row][letter] 1; probabilities of the others fall to a thousandth
 */

/**
 * @typedef {object} RuleOptions
 * @property {string | readonly (readonly TieMember[])[]} [ties]   groups of residues that get one letter: 'homomer',
 *                                    'A=B', 'repeat:A,35,5', 'A12=B12', or lists of members
 * @property {keyof typeof tieRule} [tieRule]   how the members of a group agree: the mean of their logits (the
 *                                    original's, and what is taken unless told), the geometric or arithmetic mean or
 *                                    the product of their probabilities
 * @property {Record<string, number> | ArrayLike<number>} [temperatures]   by selection, or one a row
 * @property {number} [finalTemperature]   the temperature falls or rises to this one along the decoding
 * @property {Pssm} [pssm]
 */

/**
 * @typedef {object} Rules
 * @property {{starts: Int32Array, rows: Int32Array, weights: Float32Array, rule: number} | null} ties
 * @property {{weights: Float32Array, values: Float32Array} | null} pssm
 * @property {Uint8Array | null} keep
 * @property {Float32Array | null} temperatures   NaN: that of the run
 * @property {number} [lastTemperature]
 */

/**
 * @param {Structure} structure
 * @param {TieMember} member
 * @returns {{row: number, weight: number}}
 */
function resolveMember(structure, member) {
    if (typeof member === 'string') {
        const {mask, count} = structure.select(member);
        if (count !== 1) throw new ConstraintError(`'${member}' names ${count} residues; a tie needs one`, member);
        return {row: mask.indexOf(1), weight: 1};
    }
    const {row, weight = 1} = typeof member === 'number' ? {row: member} : member;
    return {row, weight};
}

/**
 * @param {Structure} structure
 * @param {RuleOptions} options
 * @returns {Rules['ties']}
 */
function resolveTies(structure, {ties = [], tieRule: name = 'logits'}) {
    const rule = tieRule[name];
    if (rule === undefined) {
        throw new ConstraintError(`'${name}' is no rule for ties; there are ${Object.keys(tieRule).join(', ')}`, name);
    }
    const lists = typeof ties === 'string' ? structure.ties(ties).groups : ties;
    const groups = lists.map((group) => group.map((member) => resolveMember(structure, member)));
    const whole = groups.filter((group) => group.length > 0);
    if (!whole.length) return null;
    const starts = Int32Array.from([0, ...whole], (group) => (group === 0 ? 0 : /** @type {any[]} */ (group).length));
    for (let i = 1; i < starts.length; i++) starts[i] += starts[i - 1];
    return {
        starts, rule, rows: Int32Array.from(whole.flat(), ({row}) => row),
        weights: Float32Array.from(whole.flat(), ({weight}) => weight)
    };
}

/**
 * The same number, where it is one also in 32 bits.
 * @param {number} value
 * @param {string} [what]
 */
export function checkedTemperature(value, what = 'temperature') {
    const inFloats = Math.fround(value);
    const right = inFloats >= 0 && inFloats < Infinity && (value === 0 || inFloats > 0);
    if (typeof value === 'number' && right) return value;
    throw new ConstraintError(`${what}: ${value} is no number of at least 0`, String(value));
}

/**
 * @param {Structure} structure
 * @param {RuleOptions['temperatures']} given
 */
function resolveTemperatures(structure, given) {
    if (given === undefined) return null;
    const all = new Float32Array(structure.length).fill(NaN);
    if ('length' in given) {
        const list = /** @type {ArrayLike<number>} */ (given);
        if (list.length !== structure.length) {
            throw new ConstraintError(`${list.length} temperatures for ${structure.length} residues`);
        }
        return all.map((_, row) => checkedTemperature(list[row], `temperature of ${structure.rowName(row)}`));
    }
    for (const [selection, value] of Object.entries(given)) {
        const {mask} = structure.select(selection);
        const checked = checkedTemperature(value, `temperature of ${selection}`);
        mask.forEach((chosen, row) => { if (chosen) all[row] = checked; });
    }
    return all;
}

/**
 * @param {Structure} structure
 * @param {Pssm | undefined} pssm
 * @returns {Pick<Rules, 'pssm' | 'keep'>}
 */
function resolvePssm(structure, pssm) {
    if (!pssm) return {pssm: null, keep: null};
    const n = structure.length, size = n * LETTER_COUNT;
    const {weight, probabilities, favoured} = pssm;
    const weights = typeof weight === 'number' ? new Float32Array(n).fill(weight) : Float32Array.from(weight);
    for (const [what, list, length] of /** @type {[string, ArrayLike<number>, number][]} */ ([
        ['weights', weights, n], ['probabilities', probabilities, size], ['favoured', favoured ?? {length: size}, size]
    ])) {
        if (list.length !== length) {
            throw new ConstraintError(`PSSM: ${list.length} ${what} for ${n} residues; it needs ${length}`);
        }
    }
    return {
        pssm: {weights, values: Float32Array.from(probabilities)},
        keep: favoured ? Uint8Array.from(favoured, (value) => (value ? 1 : 0)) : null
    };
}

/**
 * @param {Structure} structure
 * @param {RuleOptions} options
 * @returns {Rules}
 */
export function resolveRules(structure, options) {
    const {finalTemperature: last} = options;
    if (last !== undefined && !(Math.fround(last) > 0 && Number.isFinite(Math.fround(last)))) {
        throw new ConstraintError(`final temperature: ${last} is no number above 0`, String(last));
    }
    return {
        ties: resolveTies(structure, options), temperatures: resolveTemperatures(structure, options.temperatures),
        ...resolvePssm(structure, options.pssm), ...(last !== undefined && {lastTemperature: last})
    };
}
