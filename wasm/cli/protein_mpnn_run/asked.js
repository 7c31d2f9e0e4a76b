/* SPDX-License-Identifier: MIT
 *
 * asked.js - a plan as the engine takes it: rows are slots, and groups, omissions and X are the original's.
 *
 *   Plan --designRequest--> what is drawn where, with which tables      --scoreRequest--> a pass over given letters
 */
import {tieRule} from '../../abi.js';
import {ConstraintError, LETTERS} from '../../index.js';
import {LETTER_COUNT} from './plan.js';

/** @typedef {import('./plan.js').Plan} Plan */
/** @typedef {import('../../engine.js').Resolved} Resolved */

const LETTER_X = LETTERS.indexOf('X');
const IMPOSSIBLE = -1e8;   // what the original adds for a letter that is omitted everywhere

/**
 * One table of 21 for all slots where nothing is said by slot, else one for each.
 * @template {Float32Array | Uint8Array} T
 * @param {T} all
 * @param {T | null} bySlot
 * @param {(a: number, b: number) => number} join
 */
function joined(all, bySlot, join) {
    if (!bySlot) return {rows: 1, values: all};
    const values = bySlot.map((value, i) => join(all[i % LETTER_COUNT], value));
    return {rows: bySlot.length / LETTER_COUNT, values: /** @type {T} */ (values)};
}

/** Every designed slot needs a letter. @param {Plan} plan */
function refuseImpossible(plan) {
    for (let slot = 0; slot < plan.length; slot++) {
        const isOmitted = (/** @type {number} */ a) => plan.omit[a] || plan.omitAt?.[slot * LETTER_COUNT + a];
        if (!plan.design[slot] || !Array.from({length: LETTER_X}, (_, a) => isOmitted(a)).every(Boolean)) continue;
        const chain = plan.chains.find(({start, length}) => slot >= start && slot < start + length);
        const place = `position ${slot - (chain?.start ?? 0) + 1} of chain ${chain?.name}`;
        throw new ConstraintError(`${plan.name}: every letter is omitted at ${place}`, place);
    }
}

/** Rows that were asked for and are not designed are told in other ways. @param {Plan} plan */
const nothingLeft = ({length}) => ({incomplete: new Uint8Array(length), following: new Uint8Array(length)});

/** @param {import('./ties.js').Groups} groups */
function tieTables({members, weights}) {
    const whole = members.filter((slots) => slots.length > 0);
    const starts = Int32Array.from({length: whole.length + 1}, () => 0);
    for (const [i, slots] of whole.entries()) starts[i + 1] = starts[i] + slots.length;
    const rows = Int32Array.from(whole.flatMap((slots) => [...slots]));
    return whole.length ? {starts, rows, weights: Float32Array.from(rows, (row) => weights[row]), rule: tieRule.logits}
        : null;
}

/**
 * A sampling pass. A PSSM comes between the omissions that hold everywhere, which it can undo, and those of a slot: the
 * first are biases then.
 * @param {Plan} plan
 * @returns {Resolved}
 */
export function designRequest(plan) {
    refuseImpossible(plan);
    const {pssm, omit, omitAt, bias, biasAt} = plan;
    const general = pssm ? bias.map((value, a) => (omit[a] ? IMPOSSIBLE : value)) : bias;
    return {
        design: plan.design, ...nothingLeft(plan), letters: plan.letters, order: null,
        omit: joined(pssm ? new Uint8Array(LETTER_COUNT) : omit, omitAt, (a, b) => a | b),
        bias: joined(general, biasAt, (a, b) => a + b),
        ties: plan.groups && tieTables(plan.groups), keep: plan.keep, temperatures: null, original: true,
        pssm: pssm && {weights: pssm.coefficients.map((value) => pssm.multi * value), values: pssm.bias}
    };
}

/**
 * A pass over given letters; which slots count is for later.
 * @param {Plan} plan
 * @returns {Resolved}
 */
export function scoreRequest(plan) {
    return {
        design: plan.mask, ...nothingLeft(plan), letters: plan.letters, order: null, omit: null, bias: null, ties: null,
        pssm: null, keep: null, temperatures: null
    };
}
