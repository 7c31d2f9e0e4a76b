/* SPDX-License-Identifier: MIT
 *
 * couplings.js - from a categorical Jacobian to which residues depend on each other.
 *
 *   [i][a][j][b] --centre each block, make it symmetric--> norms of the blocks --APC--> couplings --> ranked pairs
 *
 * Norms of categorical Jacobians as contact maps: Z. Zhang et al., PNAS 121, e2406285121 (2024). The average product
 * correction: S. D. Dunn, L. M. Wahl and G. B. Gloor, Bioinformatics 24, 333 (2008).
 */
import {JACOBIAN_LETTERS} from './jacobian.js';

/** @typedef {import('./jacobian.js').Jacobian} Jacobian */

/**
 * @typedef {object} Couplings
 * @property {number} size             p, the residues on both axes
 * @property {Float32Array} norms      [p][p] Frobenius norms of the centred, symmetric blocks; 0 on the diagonal
 * @property {Float32Array} couplings  [p][p] the same after APC; 0 on the diagonal
 */

/**
 * A block [a][b] less the mean of each of its rows and columns, plus that of all: what remains says what a pair of
 * letters has that neither letter has alone.
 * @param {Float64Array} block   [20][20], changed
 */
export function centre(block) {
    const w = JACOBIAN_LETTERS, rows = new Float64Array(w), columns = new Float64Array(w);
    let all = 0;
    for (let a = 0; a < w; a++) {
        for (let b = 0; b < w; b++) {
            const share = block[a * w + b] / w;
            rows[a] += share;
            columns[b] += share;
            all += share / w;
        }
    }
    for (let a = 0; a < w; a++) for (let b = 0; b < w; b++) block[a * w + b] += all - rows[a] - columns[b];
}

/**
 * The block of rows i and j, (J_ij + J_ji^T) / 2 with both centred: [a of i][b of j].
 * @param {Jacobian} jacobian
 * @param {number} i   place among its rows
 * @param {number} j
 * @param {Float64Array} [out]   [20][20]
 */
export function pairBlock({rows, values}, i, j, out = new Float64Array(JACOBIAN_LETTERS ** 2)) {
    const w = JACOBIAN_LETTERS, line = rows.length * w;
    for (let a = 0; a < w; a++) {
        for (let b = 0; b < w; b++) {
            out[a * w + b] = (values[(i * w + a) * line + j * w + b] + values[(j * w + b) * line + i * w + a]) / 2;
        }
    }
    centre(out);
    return out;
}

/**
 * F_ij - F_i F_j / F: each norm less the product of its row's and column's means over the mean of all, the diagonal
 * left out of every mean (Dunn et al. 2008). Where no norm is above 0 there is nothing to correct.
 * @param {Float32Array} norms   [size][size]
 * @param {number} size
 */
export function averageProductCorrected(norms, size) {
    const corrected = new Float32Array(norms.length), means = new Float64Array(size), others = size - 1;
    let mean = 0;
    for (let i = 0; i < size; i++) {
        for (let j = 0; j < size; j++) if (i !== j) means[i] += norms[i * size + j] / others;
        mean += means[i] / size;
    }
    for (let i = 0; i < size; i++) {
        for (let j = 0; j < size; j++) {
            if (i !== j && mean > 0) corrected[i * size + j] = norms[i * size + j] - means[i] * means[j] / mean;
        }
    }
    return corrected;
}

/**
 * The same in steps, for a page that must not stand still: one for each residue.
 * @param {Jacobian} jacobian
 * @returns {Generator<void, Couplings, void>}
 */
export function* couplingSteps(jacobian) {
    const size = jacobian.rows.length, norms = new Float32Array(size * size);
    const block = new Float64Array(JACOBIAN_LETTERS ** 2);
    for (let i = 0; i < size; i++) {
        for (let j = 0; j < i; j++) {
            pairBlock(jacobian, i, j, block);
            const norm = Math.sqrt(block.reduce((sum, value) => sum + value * value, 0));
            norms[i * size + j] = norms[j * size + i] = norm;
        }
        yield;
    }
    return {size, norms, couplings: averageProductCorrected(norms, size)};
}

/**
 * @param {Jacobian} jacobian
 * @returns {Couplings}
 */
export function couplingsOf(jacobian) {
    const steps = couplingSteps(jacobian);
    for (;;) {
        const {done, value} = steps.next();
        if (done) return value;
    }
}

/**
 * @typedef {object} Pair
 * @property {number} i   row of the structure
 * @property {number} j   a later one
 * @property {number} separation   residues between their places in the chain, plus 1; Infinity between chains
 * @property {number} coupling
 * @property {number} norm
 */

const BINS = 4096;

/**
 * A coupling that at least `most` of all pairs reach, and not many more: nothing weaker can be among the first.
 * @param {Couplings} couplings
 * @param {number} most
 * @param {(i: number, j: number) => boolean} counts
 */
function leastOf({size, couplings}, most, counts) {
    let low = Infinity, high = -Infinity;
    for (const value of couplings) {
        low = Math.min(low, value);
        high = Math.max(high, value);
    }
    const bins = new Uint32Array(BINS), width = (high - low) / BINS || 1;
    const binOf = (/** @type {number} */ value) => Math.min(BINS - 1, Math.floor((value - low) / width));
    for (let i = 0; i < size; i++) {
        for (let j = i + 1; j < size; j++) if (counts(i, j)) bins[binOf(couplings[i * size + j])]++;
    }
    let bin = BINS;
    for (let sum = 0; bin > 0 && sum < most;) sum += bins[--bin];
    return {among: (/** @type {number} */ value) => binOf(value) >= bin};
}

/**
 * Pairs of residues, the strongest coupling first; equal ones by their rows.
 * @param {import('./structure.js').Structure} structure
 * @param {Pick<Jacobian, 'rows'>} jacobian
 * @param {Couplings} couplings
 * @param {number} [least]   separation
 * @param {number} [most]    pairs
 * @returns {Pair[]}
 */
export function rankedPairs({chainOf}, {rows}, couplings, least = 1, most = Infinity) {
    const {size, norms, couplings: values} = couplings, pairs = [];
    const separationOf = (/** @type {number} */ i, /** @type {number} */ j) =>
        (chainOf[rows[i]] === chainOf[rows[j]] ? rows[j] - rows[i] : Infinity);
    const counts = (/** @type {number} */ i, /** @type {number} */ j) => separationOf(i, j) >= least;
    const {among} = most === Infinity ? {among: () => true} : leastOf(couplings, most, counts);
    for (let i = 0; i < size; i++) {
        for (let j = i + 1; j < size; j++) {
            const at = i * size + j;
            if (!counts(i, j) || !among(values[at])) continue;
            pairs.push({
                i: rows[i], j: rows[j], separation: separationOf(i, j), coupling: values[at], norm: norms[at]
            });
        }
    }
    return pairs.sort((a, b) => b.coupling - a.coupling || a.i - b.i || a.j - b.j).slice(0, most);
}
