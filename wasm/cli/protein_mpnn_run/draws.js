/* SPDX-License-Identifier: MIT
 *
 * draws.js - what the original takes from PyTorch's generator, in its order.
 *
 *   building the model, then for each target: randn for orders, randn for coordinate noise, draws step by step
 *
 * The generator goes on from target to target. A batch shares its calls: one randn for all its orders, one draw for
 * all its members at a step, so that results depend on the batch size.
 */
import {flattenOrder} from './ties.js';
import {LETTER_COUNT} from './plan.js';

/** @typedef {import('./plan.js').Plan} Plan */
/** @typedef {import('../torch_stream.js').TorchStream} TorchStream */
/** @typedef {import('../torch_stream.js').TorchBuild} TorchBuild */

/** 32-bit words that making a model of the original takes: one for each element of every tensor that is drawn. */
const MODEL_WORDS = 3305317;
const CA_MODEL_WORDS = 3275237;

/** @param {TorchStream} stream @param {boolean} caOnly */
export const skipModel = (stream, caOnly) => stream.skip(caOnly ? CA_MODEL_WORDS : MODEL_WORDS);

/**
 * Slots by their random number, those with a letter to draw last, but for one in some thousands.
 * @param {Float32Array} random    of one member of the batch
 * @param {ArrayLike<number>} late   1 where a slot comes late
 */
export function sortSlots(random, late) {
    const {fround} = Math;
    const [early, last] = [fround(0.0001), fround(1.0001)];
    const keys = random.map((value, slot) => (late[slot] ? last : early) * Math.abs(value));
    return Int32Array.from(keys.keys()).sort((a, b) => keys[a] - keys[b] || a - b);
}

/**
 * One random number for each slot and member of a batch.
 * @param {TorchStream} stream
 * @param {number} length
 * @param {number} batch
 */
export function randomOrders(stream, length, batch) {
    const values = stream.normals(length * batch);
    return Array.from({length: batch}, (_, b) => values.subarray(b * length, (b + 1) * length));
}

/**
 * Coordinates of each member of a batch with noise on them, or null where there is none.
 * @param {TorchStream} stream
 * @param {Plan} plan
 * @param {number} batch
 * @param {number} deviation
 */
export function noisyAtoms(stream, plan, batch, deviation) {
    if (!(deviation > 0)) return null;
    const count = plan.atoms.length, {fround} = Math;
    const values = stream.normals(count * batch), size = fround(deviation);
    return Array.from({length: batch}, (_, b) => plan.atoms.map((value, i) =>
        value + fround(size * values[b * count + i])));
}

/** @typedef {{order: Int32Array, draws: Float64Array}} Sample   draws [slot][21], 1 where none is taken */

/**
 * The draws of a batch whose members go through their own orders side by side.
 * @param {TorchStream} stream
 * @param {Plan} plan
 * @param {Int32Array[]} orders
 * @param {TorchBuild} build
 * @returns {Sample[]}
 */
function untiedDraws(stream, plan, orders, build) {
    const samples = orders.map((order) => ({order, draws: new Float64Array(plan.length * LETTER_COUNT).fill(1)}));
    for (let step = 0; step < plan.length; step++) {
        if (!orders.some((order) => plan.mask[order[step]])) continue;   // nothing is drawn where all lack atoms
        const values = stream.exponentials(orders.length * LETTER_COUNT, build);
        for (const [b, {order, draws}] of samples.entries()) {
            draws.set(values.subarray(b * LETTER_COUNT, (b + 1) * LETTER_COUNT), order[step] * LETTER_COUNT);
        }
    }
    return samples;
}

/**
 * The same where positions are tied: the order of the first member holds for all, and a group takes one draw.
 * @param {TorchStream} stream
 * @param {Plan} plan
 * @param {Int32Array[]} steps
 * @param {number} batch
 * @param {TorchBuild} build
 * @returns {Sample[]}
 */
function tiedDraws(stream, plan, steps, batch, build) {
    const order = Int32Array.from(steps.flatMap((slots) => [...slots]));
    const samples = Array.from({length: batch}, () =>
        ({order, draws: new Float64Array(plan.length * LETTER_COUNT).fill(1)}));
    for (const slots of steps) {
        if (!slots.every((slot) => plan.mask[slot])) continue;
        const values = stream.exponentials(batch * LETTER_COUNT, build);
        for (const [b, {draws}] of samples.entries()) {
            const own = values.subarray(b * LETTER_COUNT, (b + 1) * LETTER_COUNT);
            for (const slot of slots) draws.set(own, slot * LETTER_COUNT);
        }
    }
    return samples;
}

/**
 * Orders and draws of one batch; `random` are its numbers for the orders.
 * @param {TorchStream} stream
 * @param {Plan} plan
 * @param {readonly Float32Array[]} random
 * @param {TorchBuild} build
 * @returns {Sample[]}
 */
export function batchDraws(stream, plan, random, build) {
    const orders = random.map((values) => sortSlots(values, plan.design));
    if (!plan.groups) return untiedDraws(stream, plan, orders, build);
    return tiedDraws(stream, plan, flattenOrder(plan.groups, orders[0]), random.length, build);
}
