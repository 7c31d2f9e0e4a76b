/* SPDX-License-Identifier: MIT
 *
 * scores.js - how well given sequences fit, and the probabilities of all letters, from one complete encoding.
 *
 *   sequences, orders --runs.js--> log-probabilities under each order --> scores, their mean and spread
 */
import {mode} from './abi.js';
import {resolveRequest} from './constraints.js';
import {ConstraintError} from './errors.js';
import {resolveSeed} from './seed.js';
import {BATCH, inOrder, jobSizes, positive, spelled} from './runs.js';
import {parseSequence} from './sequence.js';
import {LETTER_COUNT} from './structure.js';

/** What a user calls the questions of probs. */
const MODES = {
    unconditional: mode.unconditional, autoregressive: mode.score, conditional: mode.score, 'all-others': mode.allOthers
};

/** @typedef {import('./structure.js').Structure} Structure */
/** @typedef {import('./constraints.js').Constraints} Constraints */
/** @typedef {import('./constraints.js').Resolved} Resolved */
/** @typedef {import('./runs.js').LaneResult} LaneResult */
/** @typedef {import('./runs.js').Runner} Runner */
/** @typedef {import('./runs.js').Control} Control */

/**
 * @typedef {object} Scoring
 * @property {string | readonly string[]} [sequences]  the file's own unless told
 * @property {number} [orders]                         random decoding orders to average over, 1 unless told
 * @property {number | bigint} [seed]                  of the decoding orders
 * @property {number} [batch]
 */
/** @typedef {Constraints & Scoring & Control} ScoreOptions */
/** @typedef {{score: number, globalScore: number, order: Int32Array, logProbs: Float32Array}} OrderScore */

/**
 * @typedef {object} Score
 * @property {number} index                   place in `sequences`
 * @property {string} sequence
 * @property {Record<string, string>} chains
 * @property {Int8Array} letters
 * @property {number} score                   mean over the orders
 * @property {number} globalScore
 * @property {number} deviation               population standard deviation of score over the orders
 * @property {number | null} standardError    of score as a mean over random orders; null of fewer than 2
 * @property {number} perplexity              exp(score)
 * @property {number | null} interfaceScore   mean over the scored residues that the selection `interface` names (CB
 *                                            at most 8 A from another chain's); null where there are none
 * @property {Record<string, number>} chainScores   mean over all complete residues of each chain that has some
 * @property {number} recovery                share of scored residues with the file's letter
 * @property {Float32Array} residueScores     negative log-probability of each row, mean over the orders; NaN where
 *                                            atoms are missing that the model needs
 * @property {number | bigint} seed
 * @property {Uint8Array} designMask          1 for each row that score counts
 * @property {OrderScore[]} orders
 */

/** @typedef {'unconditional' | 'autoregressive' | 'conditional' | 'all-others'} ProbsMode */

/**
 * @typedef {object} ProbsChoice
 * @property {ProbsMode} [mode]               log p(letter | backbone); also given the letters decoded earlier
 *                                            (autoregressive, also called conditional); or given all other letters.
 *                                            Unconditional unless told
 * @property {number | bigint} [seed]         of the decoding order
 */
/** @typedef {Constraints & ProbsChoice & Control} ProbsOptions */

/**
 * @typedef {object} Probs
 * @property {ProbsMode} mode
 * @property {Float32Array} logProbs          [row][letter]
 * @property {Int8Array} letters              the sequence that was looked at
 * @property {Uint8Array} mask                1 for each row that the model can see
 * @property {Uint8Array} designMask
 * @property {Int32Array} order
 * @property {number | bigint} seed
 */

/**
 * @param {Structure} structure
 * @param {ScoreOptions['sequences']} sequences
 * @param {Resolved} resolved
 */
function lettersOf(structure, sequences, resolved) {
    if (sequences === undefined) return [resolved.letters];
    const list = typeof sequences === 'string' ? [sequences] : sequences;
    if (list.length === 0) throw new ConstraintError('sequences: no sequence is given');
    const names = structure.chainsWith(resolved.design).map((chain) => chain.name);
    return list.map((text, i) => {
        try {
            return parseSequence(structure, text, names);
        } catch (error) {
            if (error instanceof ConstraintError && list.length > 1) {
                error.message = `sequence ${i + 1} of ${list.length}: ${error.message}`;
            }
            throw error;
        }
    });
}

/**
 * Every sequence is scored under the same orders: those that the core draws for the first one.
 * @param {Runner} runner
 * @param {Structure} structure
 * @param {ScoreOptions} options
 * @returns {AsyncGenerator<Score, void, undefined>}
 */
export async function* scoreRuns(runner, structure, options) {
    const resolved = resolveRequest(structure, runner.visible, options, 'score');
    const orders = resolved.order ? 1 : positive(options.orders ?? 1, 'orders');
    const batch = positive(options.batch ?? BATCH, 'batch');
    const seed = resolveSeed(options.seed);
    const letters = lettersOf(structure, options.sequences, resolved);
    const total = letters.length * orders;
    const what = mode.score, view = {structure, visible: runner.visible, interface: interfaceOf(structure)};
    let before = 0;
    const report = (/** @type {number} */ finished, /** @type {number} */ work) => options.onProgress?.({
        phase: 'score', done: Math.floor((before + finished) / orders), total: letters.length,
        fraction: (before + work) / total
    });
    /** @type {LaneResult[]} results of the sequences that are not delivered yet, order by order */
    const results = [];
    const size = jobSizes(runner, batch);
    function* firstJobs() {
        for (let first = 1, count = 0; first <= orders; first += count) {
            count = size(orders - first + 1);
            yield {resolved, what, lanes: {count, first, seed, letters: [letters[0]]}};
        }
    }
    for await (const job of inOrder(runner, firstJobs(), report)) results.push(...job.results);
    const drawn = results.map((result) => result.order);
    yield summary(view, results.splice(0, orders), 0, seed.seed);
    before = orders;
    function* otherJobs() {
        for (let first = orders; first < total;) {
            const jobs = Array.from({length: size(total - first)}, (_, i) => first + i);
            first += jobs.length;
            yield {
                resolved, what, lanes: {
                    count: jobs.length, seed,
                    letters: jobs.map((job) => letters[Math.floor(job / orders)]),
                    orders: jobs.map((job) => drawn[job % orders])
                }
            };
        }
    }
    let delivered = 1;
    for await (const job of inOrder(runner, otherJobs(), report)) {
        results.push(...job.results);
        while (results.length >= orders) {
            yield summary(view, results.splice(0, orders), delivered++, seed.seed);
            await runner.pacer.breathe();
        }
    }
}

/** @param {readonly number[]} values */
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** @typedef {{structure: Structure, visible: Uint8Array, interface: Uint8Array | null}} View   scores are read by it */

/**
 * The rows between chains; null where there is one chain, or chains do not meet.
 * @param {Structure} structure
 */
function interfaceOf(structure) {
    try {
        return structure.chains.length > 1 ? structure.select('interface').mask : null;
    } catch {
        return null;   // nothing is selected
    }
}

/**
 * Mean of the values of rows; null where there are none.
 * @param {Float32Array} values
 * @param {(row: number) => unknown} takes
 */
function meanOf(values, takes) {
    const taken = values.filter((value, row) => takes(row) && !Number.isNaN(value));
    return taken.length ? mean(Array.from(taken)) : null;
}

/**
 * One sequence under all its orders.
 * @param {View} view
 * @param {LaneResult[]} results
 * @param {number} index
 * @param {number | bigint} seed
 * @returns {Score}
 */
function summary({structure, visible, interface: between}, results, index, seed) {
    const {letters, sequence, chains, recovery, designMask} = spelled(structure, results[0]);
    const score = mean(results.map((result) => result.score)), count = results.length;
    const squares = results.reduce((sum, result) => sum + (result.score - score) ** 2, 0);
    const residueScores = Float32Array.from(letters, (letter, row) => (visible[row]
        ? -mean(results.map((result) => result.logProbs[row * LETTER_COUNT + letter])) : NaN));
    const byChain = structure.chains.map(({name}, chain) =>
        [name, meanOf(residueScores, (row) => structure.chainOf[row] === chain)]);
    return {
        index, sequence, chains, letters, score, recovery, seed, designMask, residueScores,
        globalScore: mean(results.map((result) => result.globalScore)),
        deviation: Math.sqrt(squares / count),
        standardError: count > 1 ? Math.sqrt(squares / (count - 1) / count) : null,
        perplexity: Math.exp(score),
        interfaceScore: between && meanOf(residueScores, (row) => between[row] && designMask[row]),
        chainScores: Object.fromEntries(byChain.filter(([, value]) => value !== null)),
        orders: results.map(({globalScore, order, logProbs, ...result}) =>
            ({score: result.score, globalScore, order, logProbs}))
    };
}

/**
 * @param {Runner} runner
 * @param {Structure} structure
 * @param {ProbsOptions} options
 * @returns {AsyncGenerator<Probs, void, undefined>}
 */
export async function* probsRun(runner, structure, options) {
    const asked = options.mode ?? 'unconditional';
    if (!Object.hasOwn(MODES, asked)) {
        throw new ConstraintError(`'${asked}' is no mode; there are unconditional, autoregressive and all-others`,
            String(asked));
    }
    const resolved = resolveRequest(structure, runner.visible, options, 'score');
    const seed = resolveSeed(options.seed);
    const {letters} = resolved;
    const report = (/** @type {number} */ fraction) =>
        options.onProgress?.({phase: 'probs', done: 0, total: 1, fraction});
    const [result] = await runner.run({resolved, what: MODES[asked], lanes: {count: 1, seed}}, report);
    const {logProbs, designMask, order} = result;
    const mask = Uint8Array.from(runner.visible);
    yield {mode: asked, logProbs, letters, mask, designMask, order, seed: seed.seed};
}
