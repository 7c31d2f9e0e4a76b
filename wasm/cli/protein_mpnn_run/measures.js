/* SPDX-License-Identifier: MIT
 *
 * measures.js - scores, recoveries and the distributions that were drawn from, as the original computes them.
 *
 *   log-probabilities, letters, masks --> numbers for headers and .npz files
 */
import {LETTER_COUNT} from './plan.js';

/** @typedef {import('./plan.js').Plan} Plan */

const COLDEST = 1e-6;   // in place of a temperature of 0

/**
 * Mean negative log-probability over the slots of a mask, NaN where it has none.
 * @param {Float32Array} logProbs   [slot][21]
 * @param {Int8Array} letters
 * @param {Uint8Array} mask
 */
export function meanLoss(logProbs, letters, mask) {
    let sum = 0, count = 0;
    for (let slot = 0; slot < mask.length; slot++) {
        if (!mask[slot]) continue;
        sum -= logProbs[slot * LETTER_COUNT + letters[slot]];
        count++;
    }
    return Math.fround(sum / count);
}

/**
 * Share of the mask's slots with the same letter.
 * @param {Int8Array} letters
 * @param {Int8Array} native
 * @param {Uint8Array} mask
 */
export function recoveryOf(letters, native, mask) {
    let same = 0, count = 0;
    for (let slot = 0; slot < mask.length; slot++) {
        same += mask[slot] && letters[slot] === native[slot] ? 1 : 0;
        count += mask[slot];
    }
    return Math.fround(same / count);
}

/** @param {readonly number[]} values */
export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Population standard deviation. @param {readonly number[]} values */
export function deviation(values) {
    const middle = mean(values);
    return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}

/** @param {number[]} values @returns {number[]} which add up to 1 */
function normalised(values) {
    const sum = values.reduce((total, value) => total + value, 0);
    return values.map((value) => value / sum);
}

/**
 * What one step of the original draws from: softmax with bias and omissions, the PSSM, the log-odds, the omissions of
 * the slot, one after the other.
 * @param {Plan} plan
 * @param {number[]} logits        over the temperature, up to a constant
 * @param {number} slot            whose tables count
 * @param {number} temperature
 */
function distribution(plan, logits, slot, temperature) {
    const at = slot * LETTER_COUNT;
    const z = logits.map((value, a) =>
        value + (plan.bias[a] + (plan.biasAt?.[at + a] ?? 0)) / temperature - 1e8 * plan.omit[a]);
    const top = Math.max(...z);
    let p = normalised(z.map((value) => Math.exp(value - top)));
    const {pssm, keep, omitAt} = plan;
    if (pssm) {
        const share = pssm.multi * pssm.coefficients[slot];
        p = p.map((value, a) => (1 - share) * value + share * pssm.bias[at + a]);
    }
    if (keep) p = normalised(p.map((value, a) => value * (keep[at + a] + 0.001)));
    return omitAt ? normalised(p.map((value, a) => (omitAt[at + a] ? 0 : value))) : p;
}

/**
 * Where positions are tied, the original tells the distribution of every complete slot, fixed ones too; where none
 * are, the engine's own table serves.
 * @param {Plan} plan
 * @param {Float32Array} logProbs   [slot][21] of the sampling pass
 * @param {number} temperature
 */
export function tiedProbs(plan, logProbs, temperature) {
    const divisor = temperature || COLDEST;
    const probs = new Float32Array(plan.length * LETTER_COUNT);
    const {members, weights} = /** @type {import('./ties.js').Groups} */ (plan.groups);
    const tied = new Set(members.flatMap((slots) => [...slots]));
    const single = Array.from(plan.mask.keys()).filter((slot) => !tied.has(slot)).map((slot) => Int32Array.of(slot));
    for (const slots of [...members, ...single]) {
        if (slots.length === 0 || !slots.every((slot) => plan.mask[slot])) continue;
        const logits = Array.from({length: LETTER_COUNT}, (_, a) => slots.reduce((sum, slot) =>
            sum + weights[slot] * logProbs[slot * LETTER_COUNT + a] / divisor / slots.length, 0));
        const p = distribution(plan, logits, slots[slots.length - 1], divisor);
        for (const slot of slots) probs.set(p, slot * LETTER_COUNT);
    }
    return probs;
}
