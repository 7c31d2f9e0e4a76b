/* SPDX-License-Identifier: MIT
 *
 * doubles.js - two mutations at once: log p of every pair of letters at each pair of chosen residues, given all others.
 *
 *   rows i, j --others in the order, then i, then j; and with j before i--> log p(a at i, b at j | all others)
 *
 * By the chain rule log p(a, b) = log p(a | others without j) + log p(b | others, a at i): a run with 20 letters at i.
 * The network's two ways round differ a little; the mean of both is taken, and over the orders of the others.
 */
import {mode as modes} from './abi.js';
import {resolveRequest} from './constraints.js';
import {ConstraintError} from './errors.js';
import {ordersOf} from './orders.js';
import {chosenRows, SCAN_LETTERS} from './scan.js';
import {LETTER_COUNT, spell} from './structure.js';

/** @typedef {import('./scan.js').ScanOptions} ScanOptions */

/**
 * @typedef {object} Doubles
 * @property {Int32Array} rows         the chosen rows that the model can see, at least 2
 * @property {string} sequence         that of all rows
 * @property {{i: number, j: number}[]} pairs   rows, i before j
 * @property {Float64Array} logProbs   [pair][a of i][b of j] log p(a, b | all others), nats; letters without X
 * @property {Float64Array} deltas     the same less that of the sequence's two letters; above 0 the double mutant is
 *                                     likelier
 * @property {Float64Array} epistasis  deltas less the sum of those of the two single mutants: what the pair has that
 *                                     neither mutation has alone
 * @property {Int32Array[]} orders     of all rows; i and j are moved behind the others
 * @property {number | bigint} seed
 */

/**
 * Adds share * log p(a at i, b at j) with i decoded before j.
 * @param {Float64Array} joint   [20][20] at `at`
 * @param {number} at
 * @param {import('./runs.js').LaneResult[]} results   lane a has letter a at i
 * @param {{i: number, j: number, share: number, turned: boolean}} way   turned: joint has j's letters first
 */
function addWay(joint, at, results, {i, j, share, turned}) {
    for (const [a, {logProbs}] of results.entries()) {
        const first = logProbs[i * LETTER_COUNT + a];
        for (let b = 0; b < SCAN_LETTERS; b++) {
            const place = turned ? b * SCAN_LETTERS + a : a * SCAN_LETTERS + b;
            joint[at + place] += share * (first + logProbs[j * LETTER_COUNT + b]);
        }
    }
}

/**
 * @param {Int32Array} order
 * @param {number} i
 * @param {number} j
 */
const lastTwo = (order, i, j) => Int32Array.from([...order.filter((row) => row !== i && row !== j), i, j]);

/**
 * @param {import('./engine.js').Engine} engine
 * @param {import('./encoding.js').Encoding} encoding
 * @param {ScanOptions} options
 * @returns {Promise<Doubles>}
 */
export async function doublesOf(engine, encoding, options) {
    const {structure} = encoding, {signal, onProgress} = options;
    const visible = structure.visible(engine.weights.family);
    const resolved = resolveRequest(structure, visible, options, 'score'), {letters} = resolved;
    const rows = chosenRows(resolved, visible);
    if (rows.length < 2) throw new ConstraintError('double mutants need at least two residues');
    for (const row of rows) {
        if (letters[row] < SCAN_LETTERS) continue;
        throw new ConstraintError(`${structure.rowName(row)} has no standard letter for mutations to be relative to`);
    }
    const {orders, seed} = await ordersOf(engine, encoding, resolved, options);
    const pairs = Array.from(rows).flatMap((i, at) => Array.from(rows.subarray(at + 1), (j) => ({i, j})));
    const ways = pairs.flatMap(({i, j}, pair) => orders.flatMap((order) => [
        {pair, order, i, j, turned: false}, {pair, order, i: j, j: i, turned: true}
    ]));
    function* jobs() {
        for (const {order, i, j} of ways) {
            const mutants = Array.from({length: SCAN_LETTERS}, (_, a) => {
                const mutant = Int8Array.from(letters);
                mutant[i] = a;
                return mutant;
            });
            const lanes = {count: SCAN_LETTERS, seed, letters: mutants, orders: [lastTwo(order, i, j)]};
            yield {resolved, what: modes.score, lanes};
        }
    }
    const total = pairs.length, each = SCAN_LETTERS * 2 * orders.length, block = SCAN_LETTERS ** 2;
    const logProbs = new Float64Array(pairs.length * block);
    const report = (/** @type {number} */ done, /** @type {number} */ work) =>
        onProgress?.({phase: 'doubles', done: Math.floor(done / each), total, fraction: work / each / total});
    let at = 0;
    for await (const results of engine.run(encoding, jobs(), {signal, report})) {
        const way = ways[at++];
        addWay(logProbs, way.pair * block, results, {...way, share: 1 / (2 * orders.length)});
    }
    return {
        rows, sequence: spell(letters), pairs, logProbs, ...judged(pairs, logProbs, letters), orders, seed: seed.seed
    };
}

/**
 * @param {Doubles['pairs']} pairs
 * @param {Float64Array} logProbs
 * @param {Int8Array} letters
 */
function judged(pairs, logProbs, letters) {
    const deltas = new Float64Array(logProbs.length), epistasis = new Float64Array(logProbs.length);
    for (const [pair, {i, j}] of pairs.entries()) {
        const at = (/** @type {number} */ a, /** @type {number} */ b) =>
            pair * SCAN_LETTERS ** 2 + a * SCAN_LETTERS + b;
        const own = logProbs[at(letters[i], letters[j])];
        for (let a = 0; a < SCAN_LETTERS; a++) {
            for (let b = 0; b < SCAN_LETTERS; b++) {
                deltas[at(a, b)] = logProbs[at(a, b)] - own;
                epistasis[at(a, b)] = logProbs[at(a, b)] - logProbs[at(a, letters[j])]
                    - logProbs[at(letters[i], b)] + own;
            }
        }
    }
    return {deltas, epistasis};
}
