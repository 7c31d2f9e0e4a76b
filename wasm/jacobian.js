/* SPDX-License-Identifier: MIT
 *
 * jacobian.js - the categorical Jacobian: how the log-probabilities of each residue, given all others, change with the
 * letter of every other residue.
 *
 *   chosen rows, orders --runs of a few targets each--> [i][a][j][b] = d log p(s_j = b | all others) / d one-hot(s_i)_a
 *
 * It is the derivative, taken back through the network (src/mpnn/jacobian.c), of a conditional that depends on the
 * order of the others: a stated one, or the mean over several. couplings.js makes contact maps of it.
 */
import {mode} from './abi.js';
import {resolveRequest} from './constraints.js';
import {ConstraintError} from './errors.js';
import {ordersOf} from './orders.js';
import {chosenRows} from './scan.js';
import {LETTER_COUNT, spell} from './structure.js';

/** Letters of a block's two axes: LETTERS without X. */
export const JACOBIAN_LETTERS = LETTER_COUNT - 1;

const TARGETS = 4;           // of one job: what a worker keeps grows with them
const MOST = 2 ** 31;        // bytes of the result

/** @typedef {import('./constraints.js').Constraints & import('./orders.js').Ordering & import('./runs.js').Control}
 *     JacobianOptions   the rows that are chosen or designed, and both axes of the result, are the chosen ones */

/**
 * @typedef {object} Jacobian
 * @property {Int32Array} rows         the chosen rows that the model can see, p of them
 * @property {Float32Array} values     [i of p][a of 20][j of p][b of 20]; 0 at i = j and where i does not reach j.
 *                                     Letters are those of LETTERS without X
 * @property {Float32Array} logProbs   [p][21] log p(letter | all others), mean over the orders
 * @property {string} sequence         that of all rows, at which the derivative is taken
 * @property {Int32Array[]} orders     of the others
 * @property {number | bigint} seed
 */

/** @param {number} residues */
function requireRoom(residues) {
    const bytes = 4 * (residues * JACOBIAN_LETTERS) ** 2;
    if (bytes <= MOST) return;
    throw new ConstraintError(`a Jacobian of ${residues} residues takes ${(bytes / 2 ** 30).toFixed(1)} GiB, and 2 GiB `
        + 'is the most: choose fewer', String(residues));
}

/**
 * Adds what one target says to the whole.
 * @param {Jacobian} whole
 * @param {Float32Array} blocks   [row][a][b] of one target
 * @param {number} j              its place among the chosen
 * @param {number} share
 */
function addTarget({rows, values}, blocks, j, share) {
    const w = JACOBIAN_LETTERS, line = rows.length * w;
    for (let i = 0; i < rows.length; i++) {
        const from = rows[i] * w * w;
        for (let a = 0; a < w; a++) {
            const to = (i * w + a) * line + j * w;
            for (let b = 0; b < w; b++) values[to + b] += share * blocks[from + a * w + b];
        }
    }
}

/**
 * @param {import('./engine.js').Engine} engine
 * @param {import('./encoding.js').Encoding} encoding
 * @param {JacobianOptions} options
 * @returns {Promise<Jacobian>}
 */
export async function jacobianOf(engine, encoding, options) {
    const {structure} = encoding, {signal, onProgress} = options;
    const visible = structure.visible(engine.weights.family);
    const resolved = resolveRequest(structure, visible, options, 'score');
    const rows = chosenRows(resolved, visible);
    requireRoom(rows.length);
    const {orders, seed} = await ordersOf(engine, encoding, resolved, options);
    /** @type {Jacobian} */
    const whole = {
        rows, values: new Float32Array((rows.length * JACOBIAN_LETTERS) ** 2),
        logProbs: new Float32Array(rows.length * LETTER_COUNT), sequence: spell(resolved.letters), orders,
        seed: seed.seed
    };
    /** @type {number[][]} chosen rows of each job, by their places */
    const parts = [];
    for (let at = 0; at < rows.length; at += TARGETS) {
        parts.push(Array.from(rows.subarray(at, at + TARGETS), (_, i) => at + i));
    }
    function* jobs() {
        for (const order of orders) {
            for (const part of parts) {
                const design = new Uint8Array(structure.length);
                for (const place of part) design[rows[place]] = 1;
                yield {resolved: {...resolved, design}, what: mode.jacobian, lanes: {count: 1, seed, orders: [order]}};
            }
        }
    }
    const total = rows.length, all = parts.length * orders.length;
    const report = (/** @type {number} */ finished, /** @type {number} */ work) => onProgress?.({
        phase: 'jacobian', done: Math.floor(finished / all * total), total, fraction: work / all
    });
    let job = 0;
    for await (const [{jacobian = [], logProbs}] of engine.run(encoding, jobs(), {signal, report})) {
        for (const [i, j] of parts[job++ % parts.length].entries()) {
            addTarget(whole, jacobian[i], j, 1 / orders.length);
            for (let b = 0; b < LETTER_COUNT; b++) {
                whole.logProbs[j * LETTER_COUNT + b] += logProbs[rows[j] * LETTER_COUNT + b] / orders.length;
            }
        }
    }
    return whole;
}
