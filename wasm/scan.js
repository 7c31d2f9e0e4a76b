/* SPDX-License-Identifier: MIT
 *
 * scan.js - how tolerable each mutation is: every chosen residue in each of the 20 letters, relative to what is there.
 *
 *   chosen rows --log-probabilities under one or more orders--> mean over orders, less that of the letter there
 *
 * unconditional  log p(a | backbone)                          one pass, no order
 * all-others     log p(a | all other letters, backbone)       each residue decoded last, the others in the order
 * sequence       log p of the whole sequence with the letter  every mutant scored; the slowest by far
 */
import {mode as modes} from './abi.js';
import {resolveRequest} from './constraints.js';
import {ConstraintError} from './errors.js';
import {ordersOf} from './orders.js';
import {BATCH} from './runs.js';
import {LETTER_COUNT, LETTER_X, spell} from './structure.js';

/** @typedef {import('./engine.js').Engine} Engine */
/** @typedef {import('./encoding.js').Encoding} Encoding */
/** @typedef {import('./constraints.js').Resolved} Resolved */
/** @typedef {import('./runs.js').Job} Job */
/** @typedef {'unconditional' | 'all-others' | 'sequence'} ScanMode */
/** @typedef {import('./constraints.js').Constraints & import('./orders.js').Ordering & import('./runs.js').Control &
 *     {mode?: ScanMode}} ScanOptions   chosen or designed rows are scanned; all-others unless told */

export const SCAN_LETTERS = LETTER_X;   // the 20 that a residue can have

/**
 * @typedef {object} Scan
 * @property {ScanMode} mode
 * @property {Int32Array} rows          the chosen rows that the model can see, p of them
 * @property {string} sequence          that of all rows, which mutations are relative to
 * @property {Float64Array} deltas      [p][20] nats: log p with the letter less log p with that of the sequence, mean
 *                                      over the orders; above 0 the mutant is likelier. 0 at the sequence's letter.
 *                                      Where the sequence has X, relative to X
 * @property {Float64Array | null} errors   [p][20] standard errors of deltas over the orders; null of fewer than 2
 * @property {Float64Array} logProbs    [p][21] mean log p(letter) over the orders; in mode sequence that of the whole
 *                                      sequence, X included
 * @property {Float64Array} entropy     [p] of the 20 letters, in nats: 0 one is certain, ln 20 all are equal
 * @property {number | null} pseudoPerplexity   exp of the mean of -log p(s_i | all others) over the rows: mode
 *                                      all-others alone, else null
 * @property {Int32Array[]} orders      none of mode unconditional
 * @property {number | bigint} seed
 */

/**
 * Entropy of the 20 letters at one row, X left out, of log-probabilities or of anything that differs from them by a
 * constant; nats.
 * @param {ArrayLike<number>} logs
 * @param {number} [at]   where the row begins
 */
export function entropyOf(logs, at = 0) {
    let top = -Infinity, total = 0, sum = 0;
    for (let a = 0; a < SCAN_LETTERS; a++) top = Math.max(top, logs[at + a]);
    for (let a = 0; a < SCAN_LETTERS; a++) {
        const share = Math.exp(logs[at + a] - top);
        total += share;
        sum += share * (logs[at + a] - top);
    }
    return Math.log(total) - sum / total;
}

/** Sums over orders, from which means and standard errors come. */
class Sums {
    #count = 0;

    /** @param {number} size */
    constructor(size) {
        this.mean = new Float64Array(size);
        this.squares = new Float64Array(size);   // of differences from the mean (Welford 1962)
    }

    /** @param {ArrayLike<number>} values */
    add(values) {
        this.#count++;
        for (let i = 0; i < this.mean.length; i++) {
            const difference = values[i] - this.mean[i];
            this.mean[i] += difference / this.#count;
            this.squares[i] += difference * (values[i] - this.mean[i]);
        }
    }

    /** @returns {Float64Array | null} */
    get errors() {
        const n = this.#count;
        return n < 2 ? null : this.squares.map((sum) => Math.sqrt(sum / (n - 1) / n));
    }
}

/**
 * What one order gives for the chosen rows.
 * @param {Float32Array} logProbs   [row][21]
 * @param {Int32Array} rows
 */
const chosen = (logProbs, rows) => Float64Array.from({length: rows.length * LETTER_COUNT}, (_, at) =>
    logProbs[rows[Math.floor(at / LETTER_COUNT)] * LETTER_COUNT + at % LETTER_COUNT]);

/**
 * Log-probabilities [p][21], order by order.
 * @param {Engine} engine
 * @param {Encoding} encoding
 * @param {Int32Array} rows
 * @param {{resolved: Resolved, what: number, orders: Int32Array[], seed: Job['lanes']['seed']}} asked
 * @param {import('./runs.js').Control} control
 */
async function* letterByLetter(engine, encoding, rows, {resolved, what, orders, seed}, {signal, onProgress}) {
    const total = Math.max(1, orders.length);
    const jobs = Array.from({length: total}, (_, i) =>
        ({resolved, what, lanes: {count: 1, seed, ...(orders.length && {orders: [orders[i]]})}}));
    const report = (/** @type {number} */ done, /** @type {number} */ work) =>
        onProgress?.({phase: 'scan', done, total, fraction: work / total});
    for await (const [result] of engine.run(encoding, jobs, {signal, report})) yield chosen(result.logProbs, rows);
}

/**
 * Log-probabilities of the whole sequence with each letter at each chosen row [p][21], order by order.
 * @param {Engine} engine
 * @param {Encoding} encoding
 * @param {Int32Array} rows
 * @param {{resolved: Resolved, orders: Int32Array[], seed: Job['lanes']['seed']}} asked
 * @param {import('./runs.js').Control} control
 */
async function* mutantByMutant(engine, encoding, rows, {resolved, orders, seed}, {signal, onProgress}) {
    const {letters} = resolved, visible = encoding.structure.visible(engine.weights.family);
    const residues = visible.reduce((sum, each) => sum + each, 0);
    const mutants = rows.length * LETTER_COUNT, total = mutants * orders.length;
    function* jobs() {
        for (const order of orders) {
            for (let first = 0; first < mutants; first += BATCH) {
                const count = Math.min(BATCH, mutants - first);
                const lanes = Array.from({length: count}, (_, lane) => {
                    const mutant = Int8Array.from(letters);
                    mutant[rows[Math.floor((first + lane) / LETTER_COUNT)]] = (first + lane) % LETTER_COUNT;
                    return mutant;
                });
                yield {resolved, what: modes.score, lanes: {count, seed, letters: lanes, orders: [order]}};
            }
        }
    }
    const report = (/** @type {number} */ done, /** @type {number} */ work) =>
        onProgress?.({phase: 'scan', done, total, fraction: work / total});
    let logs = new Float64Array(mutants), at = 0;
    for await (const results of engine.run(encoding, jobs(), {signal, report})) {
        for (const {globalScore} of results) logs[at++] = -globalScore * residues;
        if (at < mutants) continue;
        yield logs;
        logs = new Float64Array(mutants);
        at = 0;
    }
}

/**
 * @param {Engine} engine
 * @param {Encoding} encoding
 * @param {ScanOptions} options
 * @returns {Promise<Scan>}
 */
export async function scanOf(engine, encoding, options) {
    const {structure} = encoding, mode = options.mode ?? 'all-others';
    if (!['unconditional', 'all-others', 'sequence'].includes(mode)) {
        throw new ConstraintError(`'${mode}' is no way to scan; there are unconditional, all-others and sequence`,
            String(mode));
    }
    const visible = structure.visible(engine.weights.family);
    const resolved = resolveRequest(structure, visible, options, 'score');
    const rows = chosenRows(resolved, visible);
    const {orders, seed} = await ordersOf(engine, encoding, resolved, options);
    const asked = {
        resolved, seed, orders: mode === 'unconditional' ? [] : orders,
        what: mode === 'unconditional' ? modes.unconditional : modes.allOthers
    };
    const tables = mode === 'sequence' ? mutantByMutant(engine, encoding, rows, asked, options)
        : letterByLetter(engine, encoding, rows, asked, options);
    const logs = new Sums(rows.length * LETTER_COUNT), deltas = new Sums(rows.length * SCAN_LETTERS);
    for await (const table of tables) {
        logs.add(table);
        deltas.add(relative(table, rows, resolved.letters));
    }
    const {mean: logProbs} = logs;
    const own = Array.from(rows, (row, i) => logProbs[i * LETTER_COUNT + resolved.letters[row]]);
    return {
        mode, rows, sequence: spell(resolved.letters), deltas: deltas.mean, errors: deltas.errors, logProbs,
        entropy: Float64Array.from(rows, (_, i) => entropyOf(logProbs, i * LETTER_COUNT)),
        pseudoPerplexity: mode === 'all-others'
            ? Math.exp(-own.reduce((sum, value) => sum + value, 0) / own.length) : null,
        orders: asked.orders, seed: seed.seed
    };
}

/**
 * Rows that were asked for and that the model can see.
 * @param {Resolved} resolved
 * @param {Uint8Array} visible
 */
export const chosenRows = ({design}, visible) =>
    Int32Array.from(Array.from(design.keys()).filter((row) => design[row] && visible[row]));

/**
 * @param {Float64Array} table     [p][21]
 * @param {Int32Array} rows
 * @param {Int8Array} letters      of all rows
 * @returns {Float64Array} [p][20]
 */
const relative = (table, rows, letters) => Float64Array.from({length: rows.length * SCAN_LETTERS}, (_, at) => {
    const i = Math.floor(at / SCAN_LETTERS), from = i * LETTER_COUNT;
    return table[from + at % SCAN_LETTERS] - table[from + letters[rows[i]]];
});
