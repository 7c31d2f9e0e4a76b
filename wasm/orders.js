/* SPDX-License-Identifier: MIT
 *
 * orders.js - the decoding orders under which residues are looked at: a given one, or random ones of a seed.
 *
 * Of random ones the chosen residues have no part: they are permutations of all rows, the same whatever is looked at,
 * and by the names of the chains, so that they do not depend on how a file arranges them.
 */
import {mode} from './abi.js';
import {positive} from './runs.js';
import {resolveSeed} from './seed.js';

const PORTION = 64;   // orders that are drawn at once

/**
 * @typedef {object} Ordering
 * @property {number} [orders]            random decoding orders to average over, 1 unless told
 * @property {number | bigint} [seed]     of these orders
 */

/**
 * @param {import('./engine.js').Engine} engine
 * @param {import('./encoding.js').Encoding} encoding
 * @param {import('./constraints.js').Resolved} resolved
 * @param {Ordering & {signal?: AbortSignal}} options
 * @returns {Promise<{orders: Int32Array[], seed: ReturnType<typeof resolveSeed>}>}
 */
export async function ordersOf(engine, encoding, resolved, {orders = 1, seed, signal}) {
    const source = resolveSeed(seed), count = positive(orders, 'orders');
    if (resolved.order) return {orders: [resolved.order], seed: source};
    const everything = {...resolved, design: encoding.structure.visible(engine.weights.family)};
    const jobs = Array.from({length: Math.ceil(count / PORTION)}, (_, i) => ({
        resolved: everything, what: mode.score,
        lanes: {count: Math.min(PORTION, count - i * PORTION), first: i * PORTION + 1, seed: source}
    }));
    const drawn = [];
    for await (const results of engine.run(encoding, jobs, {signal})) drawn.push(...results.map(({order}) => order));
    return {orders: drawn, seed: source};
}
