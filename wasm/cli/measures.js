/* SPDX-License-Identifier: MIT
 *
 * measures.js - how well a model recovers native sequences: counts of one entry, figures of many, their errors.
 *
 *   scores, probabilities, designs --measure--> Measures of an entry --pool--> figures      --errors--> standard errors
 *
 * Residues with a complete backbone and a native letter other than X are counted.
 */
import {LETTERS} from '../index.js';

/** Letters that a model may choose: all but X. */
export const NATURAL = LETTERS.slice(0, 20);
const RESAMPLES = 1000;

/** @typedef {import('../index.js').Structure} Structure */
/** @typedef {import('../index.js').Score} Score */
/** @typedef {import('../index.js').Design} Design */
/** @typedef {{nll: number, hits: number}} Fit   sums over residues: -log p(native letter), and how often that of the 20
 *     is the most probable one */

/**
 * @typedef {object} Measures   of one entry
 * @property {number} residues   that are counted
 * @property {Fit} given         teacher forced, mean over the orders
 * @property {Fit} alone         from the backbone alone
 * @property {{residues: number, recovery: number}[]} chains   recovery: share of residues that a sample keeps, mean
 *                               over the samples; NaN where no residue is counted
 * @property {number} diversity  1 - identity of two samples, mean over the pairs; NaN for fewer than two
 * @property {number[]} sampled  how often each letter was sampled
 * @property {number[]} native   how often each letter is there
 */

/** @param {readonly number[]} values */
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * @param {ArrayLike<number>} logProbs   [row][letter]
 * @param {ArrayLike<number>} letters
 * @param {readonly number[]} rows
 * @returns {Fit}
 */
function fit(logProbs, letters, rows) {
    let nll = 0, hits = 0;
    for (const row of rows) {
        const at = row * LETTERS.length;
        let best = 0;
        for (let letter = 1; letter < NATURAL.length; letter++) {
            if (logProbs[at + letter] > logProbs[at + best]) best = letter;
        }
        nll -= logProbs[at + letters[row]];
        hits += best === letters[row] ? 1 : 0;
    }
    return {nll, hits};
}

/**
 * @param {ArrayLike<number>} a
 * @param {ArrayLike<number>} b
 * @param {readonly number[]} rows
 */
const identity = (a, b, rows) => mean(rows.map((row) => (a[row] === b[row] ? 1 : 0)));

/** @param {readonly ArrayLike<number>[]} sequences @param {readonly number[]} rows */
function diversity(sequences, rows) {
    return 1 - mean(sequences.flatMap((a, i) => sequences.slice(i + 1).map((b) => identity(a, b, rows))));
}

/** @param {readonly ArrayLike<number>[]} sequences @param {readonly number[]} rows */
function composition(sequences, rows) {
    const counts = Array(NATURAL.length).fill(0);
    for (const sequence of sequences) for (const row of rows) counts[sequence[row]]++;
    return counts;
}

/**
 * @param {Structure} structure
 * @param {Score} native                 the file's own sequence under one or more orders
 * @param {ArrayLike<number>} alone      log-probabilities from the backbone alone
 * @param {readonly Design[]} designs    of all counted residues
 * @returns {Measures}
 */
export function measure(structure, native, alone, designs) {
    const {letters, chains} = structure;
    const rows = Array.from(letters.keys()).filter((row) => native.designMask[row]);
    const orders = native.orders.map(({logProbs}) => fit(logProbs, letters, rows));
    const sequences = designs.map((design) => design.letters);
    return {
        residues: rows.length,
        given: {nll: mean(orders.map(({nll}) => nll)), hits: mean(orders.map(({hits}) => hits))},
        alone: fit(alone, letters, rows),
        chains: chains.map(({start, length}) => {
            const own = rows.filter((row) => row >= start && row < start + length);
            return {residues: own.length, recovery: mean(sequences.map((each) => identity(each, letters, own)))};
        }),
        diversity: diversity(sequences, rows),
        sampled: composition(sequences, rows),
        native: composition([letters], rows)
    };
}

/** Those in which residues are counted. @param {readonly Measures[]} entries */
export const chainsOf = (entries) => entries.flatMap((entry) => entry.chains).filter((chain) => chain.residues > 0);

/** @param {readonly Measures[]} entries */
export const recoveryOf = (entries) => mean(chainsOf(entries).map((chain) => chain.recovery));

/**
 * Letter counts of several entries together.
 * @param {readonly Measures[]} entries
 * @param {'native' | 'sampled'} which
 */
const pooled = (entries, which) =>
    Array.from(NATURAL, (_, letter) => entries.reduce((sum, entry) => sum + entry[which][letter], 0));

/**
 * The same as shares of all letters.
 * @param {readonly Measures[]} entries
 * @param {'native' | 'sampled'} which
 */
export const sharesOf = (entries, which) => shares(pooled(entries, which));

/** @param {readonly number[]} counts */
function shares(counts) {
    const total = counts.reduce((sum, count) => sum + count, 0);
    return counts.map((count) => count / total);
}

/**
 * Kullback-Leibler divergence of two compositions in nats; Infinity where `of` has a letter that `from` lacks.
 * @param {readonly number[]} of     counts
 * @param {readonly number[]} from   counts
 */
export function divergence(of, from) {
    const q = shares(from);
    return shares(of).reduce((sum, p, letter) => sum + (p > 0 ? p * Math.log(p / q[letter]) : 0), 0);
}

/**
 * The figures of many entries: over all residues (fit), over all chains (recovery), over entries (diversity), of the
 * pooled letters (composition).
 * @param {readonly Measures[]} entries
 */
export function pool(entries) {
    const sum = (/** @type {(entry: Measures) => number} */ of) => entries.reduce((total, each) => total + of(each), 0);
    const residues = sum((entry) => entry.residues);
    return {
        nll: sum((entry) => entry.given.nll) / residues,
        accuracy: sum((entry) => entry.given.hits) / residues,
        unconditional_nll: sum((entry) => entry.alone.nll) / residues,
        unconditional_accuracy: sum((entry) => entry.alone.hits) / residues,
        recovery: recoveryOf(entries),
        diversity: mean(entries.map((entry) => entry.diversity)),
        composition_kl: divergence(pooled(entries, 'sampled'), pooled(entries, 'native'))
    };
}

/** @typedef {ReturnType<typeof pool>} Figures */

/** Whole numbers below n, the same ones in every run (a 32-bit xorshift). @returns {(n: number) => number} */
function draws() {
    let state = 0x9e3779b9;
    return (n) => {
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        return Math.floor((state >>> 0) / 2 ** 32 * n);
    };
}

/**
 * Standard errors of the figures by the bootstrap: as many entries are drawn with replacement as there are, 1000 times;
 * the deviation of a figure over the draws. NaN where that says nothing: for one entry, or where a draw has no figure.
 * @param {readonly Measures[]} entries
 * @returns {Figures}
 */
export function errors(entries) {
    const draw = draws();
    const samples = Array.from({length: entries.length > 1 ? RESAMPLES : 0}, () =>
        pool(entries.map(() => entries[draw(entries.length)])));
    const names = /** @type {(keyof Figures)[]} */ (Object.keys(pool(entries)));
    return /** @type {Figures} */ (Object.fromEntries(names.map((name) => {
        const values = samples.map((sample) => sample[name]);
        const center = mean(values);
        const squares = values.reduce((sum, value) => sum + (value - center) ** 2, 0);
        return [name, Math.sqrt(squares / (values.length - 1))];
    })));
}
