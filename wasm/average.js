/* SPDX-License-Identifier: MIT
 *
 * average.js - one encoding of several backbones of the same residues: conformers, an ensemble's models, noise levels.
 *
 *   backbones --encoder--> h_V, h_E, neighbours of each --mean over what corresponds--> one encoding --> any run
 *
 * Residues correspond by chain, number and insertion code. h_V of a residue is the mean of its states. The neighbours
 * of residue i are those with the smallest mean place in its lists, a place of k where a backbone does not have them;
 * h_E of i and j is the mean over the backbones in which j is a neighbour of i. Nothing is ever averaged slot by slot.
 * Means are taken in double precision: equal backbones give the encoding of one of them, to the bit.
 */
import {ConstraintError} from './errors.js';
import {Pacer, waitFor} from './pace.js';

/** @typedef {import('./structure.js').Structure} Structure */
/** @typedef {import('./local.js').Local | import('./pool.js').Pool} Work */
/** @typedef {{nodes: Float32Array, edges: Float32Array, neighbors: Int32Array}} Numbers   of one backbone, its rows as
 *     in the first one */

/**
 * @typedef {import('./runs.js').Control & {features?: import('./encoding.js').Features, weights?: readonly number[]}}
 *     AverageOptions   weights: of the backbones, above 0; all 1 unless told
 */

/** Of a backbone. Beyond it sums would leave the numbers behind. */
export const MOST_WEIGHT = 1e6;

/**
 * For each row of the first structure the one of another that is the same residue.
 * @param {Structure} first
 * @param {Structure} other
 * @param {number} place   of the other among the backbones, from 1
 * @param {(structure: Structure) => Uint8Array} visible
 */
export function correspondence(first, other, place, visible) {
    const key = (/** @type {Structure} */ s, /** @type {number} */ row) =>
        JSON.stringify([s.chains[s.chainOf[row]].name, s.numbers[row], s.insertions[row]]);
    /** @type {Map<string, number[]>} rows under one name, from last to first: some files give a name twice */
    const rows = new Map();
    for (let row = other.length - 1; row >= 0; row--) {
        const name = key(other, row), known = rows.get(name);
        if (known) known.push(row);
        else rows.set(name, [row]);
    }
    const refuse = (/** @type {string} */ words) => {
        throw new ConstraintError(`backbone ${place} (${other.name}) ${words}: `
            + 'an average needs the same residues in all');
    };
    const found = Int32Array.from({length: first.length}, (_, row) => {
        const at = rows.get(key(first, row))?.pop();
        if (at === undefined) return refuse(`has no residue ${first.rowName(row)}`);
        if (visible(first)[row] !== visible(other)[at]) {
            refuse(`has ${visible(other)[at] ? 'all' : 'not all'} backbone atoms of ${first.rowName(row)}, unlike the `
                + 'first');
        }
        return at;
    });
    for (const at of [...rows.values()].flat()) refuse(`has a residue ${other.rowName(at)} that the first lacks`);
    return found;
}

/**
 * States of a backbone with its rows as the first one has them. Neighbours of n and more are gaps of the numbering,
 * which are the same in all.
 * @param {import('./handover.js').States} states
 * @param {Int32Array} rows
 * @returns {Promise<Numbers>}
 */
async function inOrderOf(states, rows) {
    const [nodes, edges, list] = await Promise.all([states.nodes, states.edges, states.neighbors].map((blob) =>
        blob.arrayBuffer()));
    const all = {nodes: new Float32Array(nodes), edges: new Float32Array(edges), neighbors: new Int32Array(list)};
    if (rows.every((row, i) => row === i)) return all;
    const n = rows.length, place = new Int32Array(n);
    rows.forEach((row, i) => { place[row] = i; });
    const turned = {
        nodes: new Float32Array(all.nodes.length), edges: new Float32Array(all.edges.length),
        neighbors: new Int32Array(all.neighbors.length)
    };
    for (const name of /** @type {const} */ (['nodes', 'edges', 'neighbors'])) {
        const width = all[name].length / n;
        rows.forEach((row, i) => turned[name].set(all[name].subarray(row * width, (row + 1) * width), i * width));
    }
    turned.neighbors = turned.neighbors.map((slot) => (slot < n ? place[slot] : slot));
    return turned;
}

/**
 * The neighbours of a row in the average, and for each where every backbone has it (-1: not at all).
 * @param {readonly Numbers[]} all
 * @param {readonly number[]} weights
 * @param {number} row
 * @param {number} k
 * @returns {{slot: number, places: number[]}[]} k of them
 */
function neighborsOf(all, weights, row, k) {
    /** @type {Map<number, number[]>} */
    const places = new Map();
    for (const [b, {neighbors}] of all.entries()) {
        for (let at = 0; at < k; at++) {
            const slot = neighbors[row * k + at], known = places.get(slot) ?? all.map(() => -1);
            known[b] = at;
            places.set(slot, known);
        }
    }
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const listed = Array.from(places, ([slot, own]) => ({
        slot, places: own,
        mean: own.reduce((sum, at, b) => sum + weights[b] * (at < 0 ? k : at), 0) / total
    }));
    return listed.sort((a, b) => a.mean - b.mean || a.slot - b.slot).slice(0, k);
}

/**
 * to = the weighted mean of some stretches of numbers.
 * @param {Float32Array} to
 * @param {readonly {values: Float32Array, at: number, weight: number}[]} from
 */
function mean(to, from) {
    const total = from.reduce((sum, {weight}) => sum + weight, 0);
    for (let c = 0; c < to.length; c++) {
        let sum = 0;
        for (const {values, at, weight} of from) sum += weight * values[at + c];
        to[c] = sum / total;
    }
}

/**
 * @param {readonly Numbers[]} all
 * @param {readonly number[]} weights
 * @param {number} n   rows
 * @returns {Numbers}
 */
export function averageNumbers(all, weights, n) {
    const [first] = all, k = first.neighbors.length / n, wide = first.edges.length / (n * k);
    const out = {
        nodes: new Float32Array(first.nodes.length), edges: new Float32Array(first.edges.length),
        neighbors: new Int32Array(n * k)
    };
    mean(out.nodes, all.map(({nodes}, b) => ({values: nodes, at: 0, weight: weights[b]})));
    for (let row = 0; row < n; row++) {
        for (const [at, {slot, places}] of neighborsOf(all, weights, row, k).entries()) {
            out.neighbors[row * k + at] = slot;
            const from = places.flatMap((place, b) => (place < 0 ? []
                : [{values: all[b].edges, at: (row * k + place) * wide, weight: weights[b]}]));
            mean(out.edges.subarray((row * k + at) * wide, (row * k + at + 1) * wide), from);
        }
    }
    return out;
}

/**
 * @param {Work} work
 * @param {readonly Structure[]} structures
 * @param {AverageOptions} options
 * @returns {Promise<import('./encoding.js').Encoding>} whose structure is the first one
 */
export async function averageOf(work, structures, {features, weights = structures.map(() => 1), onProgress, signal}) {
    if (structures.length === 0) throw new ConstraintError('an average needs at least one backbone');
    if (weights.length !== structures.length || !weights.every((weight) => weight > 0 && weight <= MOST_WEIGHT)) {
        throw new ConstraintError(`weights: ${weights.join(', ')} are not ${structures.length} numbers above 0, at `
            + `most ${MOST_WEIGHT}`);
    }
    const visible = (/** @type {Structure} */ structure) => structure.visible(work.weights.family);
    const [first] = structures, count = structures.length, pacer = new Pacer(signal);
    const rows = structures.map((structure, b) => correspondence(first, structure, b + 1, visible));
    /** @type {Numbers[]} */
    const all = [];
    for (const [b, structure] of structures.entries()) {
        await pacer.breathe();
        const states = await work.states(structure, {features, signal, onProgress: ({fraction, ...progress}) =>
            onProgress?.({...progress, fraction: (b + (fraction ?? 0)) / count})});
        all.push(await waitFor(inOrderOf(states, rows[b]), signal));
    }
    if (all.some(({neighbors}) => neighbors.length !== all[0].neighbors.length)) {
        throw new ConstraintError('the backbones have different numbers of neighbours for a residue');
    }
    const {nodes, edges, neighbors} = averageNumbers(all, weights, first.length);
    const states = {
        nodes: new Blob([/** @type {Float32Array<ArrayBuffer>} */ (nodes)]),
        edges: new Blob([/** @type {Float32Array<ArrayBuffer>} */ (edges)]),
        neighbors: new Blob([/** @type {Int32Array<ArrayBuffer>} */ (neighbors)])
    };
    return work.adopt(first, {features, states}, signal);
}

/**
 * The distribution with the mean logits of several, at each row: their log-probabilities' mean, normalised as well as
 * they are. Logits are known up to a constant for each state, which this does not see. Equal ones give one, to the bit.
 * @param {readonly Float32Array[]} all   [row][width] of each state
 * @param {number} width
 * @param {readonly number[]} [weights]
 * @returns {Float32Array}
 */
export function averageLogProbs(all, width, weights = all.map(() => 1)) {
    const total = weights.reduce((sum, weight) => sum + weight, 0), out = new Float32Array(all[0].length);
    const logSum = (/** @type {ArrayLike<number>} */ values, /** @type {number} */ at) => {
        let sum = 0;
        for (let a = 0; a < width; a++) sum += Math.exp(values[at + a]);
        return Math.log(sum);
    };
    const means = Float64Array.from(out, (_, i) =>
        all.reduce((sum, values, b) => sum + weights[b] * values[i], 0) / total);
    for (let at = 0; at < out.length; at += width) {
        const own = all.reduce((sum, values, b) => sum + weights[b] * logSum(values, at), 0) / total;
        const excess = logSum(means, at) - own;
        for (let a = 0; a < width; a++) out[at + a] = means[at + a] - excess;
    }
    return out;
}
