/* SPDX-License-Identifier: MIT
 *
 * runs.js - runs on one complete encoding, and the designs that they make; scores.js has the other results.
 *
 *   options --constraints.js, request.js--> WeftRun, stepped with turns of the event loop --> results, copied out
 *
 * Several samples go through the decoder side by side (lanes). That changes the speed alone: a result depends on its
 * seed and sample number, not on its neighbours.
 */
import {mode, runNumber} from './abi.js';
import {resolveRequest} from './constraints.js';
import {ConstraintError} from './errors.js';
import {openRequest} from './request.js';
import {checkedTemperature} from './rules.js';
import {resolveSeed} from './seed.js';
import {LETTER_COUNT, spell} from './structure.js';

/** @typedef {import('./heap.js').Core} Core */
/** @typedef {import('./structure.js').Structure} Structure */
/** @typedef {import('./constraints.js').Constraints} Constraints */
/** @typedef {import('./constraints.js').Resolved} Resolved */
/** @typedef {import('./request.js').Lanes} Lanes */
/** @typedef {import('./pace.js').Pacer} Pacer */
/** @typedef {import('./engine.js').Progress} Progress */
/** @typedef {{signal?: AbortSignal, onProgress?: (progress: Progress) => void}} Control */

/**
 * @typedef {object} Sampling
 * @property {number} [count]                            sequences for each temperature, 1 unless told
 * @property {number | readonly number[]} [temperature]  0.1 unless told; 0 takes the most probable letter
 * @property {number | bigint} [seed]                    a random one unless told
 * @property {number} [batch]                            sequences side by side, 8 unless told
 */
/** @typedef {Constraints & Sampling & Control} DesignOptions */

/**
 * @typedef {object} Design
 * @property {number} sample                  counts from 1 for each temperature
 * @property {number} temperature
 * @property {number | bigint} seed
 * @property {string} sequence                one letter for each row
 * @property {Record<string, string>} chains  the same by chain name
 * @property {Int8Array} letters              the same as indices
 * @property {number} score                   mean negative log-probability of the designed residues, nats; lower is
 *                                            better
 * @property {number} globalScore             the same over all complete residues
 * @property {number} recovery                share of designed residues that kept the file's letter, 0 to 1
 * @property {Float32Array} logProbs          [row][letter] at temperature 1, without bias
 * @property {Float32Array} probs             [row][letter] drawn from; 0 where nothing was designed
 * @property {Int32Array} order               row decoded at each step
 * @property {import('./states.js').StateResult[]} [states]   of a design for several: how it fits each; score and
 *                                            globalScore are then means over states, by weights above 0
 * @property {Uint8Array} designMask          1 for each designed row
 */

/** Sequences side by side where nothing is said. */
export const BATCH = 8;

/**
 * A whole number of at least 1.
 * @param {number} value
 * @param {string} name
 */
export function positive(value, name) {
    if (!Number.isInteger(value) || value < 1) {
        throw new ConstraintError(`${name}: ${value} is no whole number of at least 1`, String(value));
    }
    return value;
}

/** @param {number | readonly number[]} value @returns {readonly number[]} */
function temperatures(value) {
    const list = typeof value === 'number' ? [value] : value;
    for (const each of list) checkedTemperature(each);
    if (list.length === 0) throw new ConstraintError('temperature: no number is given');
    return list;
}

/**
 * @param {Structure} structure
 * @param {string} sequence
 * @returns {Record<string, string>}
 */
function byChain(structure, sequence) {
    return Object.fromEntries(structure.chains.map(({name, start, length}) => {
        return [name, sequence.slice(start, start + length)];
    }));
}

/**
 * @typedef {object} Job   samples that go side by side
 * @property {Resolved} resolved
 * @property {number} what        WeftMode
 * @property {Lanes} lanes
 * @property {number} [state]     of several states the only one that is looked at
 */

/**
 * @typedef {object} LaneResult
 * @property {Int8Array} letters
 * @property {Int32Array} order
 * @property {Float32Array} logProbs
 * @property {Float32Array} probs
 * @property {Uint8Array} designMask
 * @property {number} score
 * @property {number} globalScore
 * @property {number} recovery
 * @property {import('./states.js').StateResult[]} [states]
 * @property {Float32Array[]} [jacobian]   of each designed row, as weft_run_jacobian has it
 */

/**
 * @typedef {object} Runner   what works on jobs of one encoding, or of several states: this thread (local.js) or a pool
 * @property {number} ahead   jobs that may be under way or wait for delivery
 * @property {Pacer} pacer
 * @property {Uint8Array} visible   1 for each row (of all states) that the model can see
 * @property {(lanes: number) => number} workers   how many jobs of up to so many lanes can go side by side
 * @property {(job: Job, report: (part: number) => void) => Promise<LaneResult[]>} run
 * @property {() => void} stop   drops what is still under way
 */

/**
 * Opens a run, steps it to its end and copies every lane out.
 * @param {Core} core
 * @param {readonly number[]} encodings   the job's
 * @param {Job} job
 * @param {Pacer} pacer
 * @param {(fraction: number) => void} report
 * @returns {Promise<LaneResult[]>}
 */
export async function runLanes(core, encodings, {resolved, what, lanes}, pacer, report) {
    const {c} = core, n = resolved.letters.length;
    const request = openRequest(core, encodings, resolved, lanes);
    let run = 0;
    try {
        run = core.created(c.weft_run_open(request, what));
    } finally {
        core.free('weft_request_free', request);
    }
    try {
        await pacer.run(() => core.check(c.weft_run_step(run)), {report: () => report(c.weft_run_progress(run))});
        return Array.from({length: c.weft_run_lanes(run)}, (_, lane) => ({
            letters: core.take(Int8Array, c.weft_run_letters(run, lane), n),
            order: core.take(Int32Array, c.weft_run_order(run, lane), n),
            logProbs: core.take(Float32Array, c.weft_run_log_probs(run, lane), n * LETTER_COUNT),
            probs: what === mode.design ? core.take(Float32Array, c.weft_run_probs(run, lane), n * LETTER_COUNT)
                : new Float32Array(0),
            designMask: core.take(Uint8Array, c.weft_run_design_mask(run), n),
            score: c.weft_run_number(run, lane, runNumber.score),
            globalScore: c.weft_run_number(run, lane, runNumber.globalScore),
            recovery: c.weft_run_number(run, lane, runNumber.recovery),
            ...(what === mode.jacobian && {jacobian: jacobianOf(core, run, n)})
        }));
    } finally {
        core.free('weft_run_free', run);
    }
}

/**
 * @param {Core} core
 * @param {number} run
 * @param {number} n   rows
 */
function jacobianOf(core, run, n) {
    const {c} = core, targets = core.take(Uint8Array, c.weft_run_design_mask(run), n).filter(Boolean).length;
    return Array.from({length: targets}, (_, k) =>
        core.take(Float32Array, c.weft_run_jacobian(run, k), n * (LETTER_COUNT - 1) ** 2));
}

/**
 * The part of what belongs to states that a job looks at.
 * @template T
 * @param {readonly T[]} all   one for each state
 * @param {Job} job
 */
export const ofJob = (all, {state}) => (state === undefined ? all : [all[state]]);

/**
 * Lanes of one job after the other: few at first, so that results come soon; few at last, so that all workers end
 * together.
 * @param {Runner} runner
 * @param {number} batch   lanes at most
 * @returns {(left: number) => number}   left: lanes that are still to be given out
 */
export function jobSizes(runner, batch) {
    const workers = runner.workers(batch);
    let jobs = 0;
    return (left) => Math.min(batch, 2 ** Math.floor(jobs++ / workers), Math.ceil(left / workers));
}

/**
 * Works on jobs, as many side by side as the runner takes, and delivers them in their order.
 * @param {Runner} runner
 * @param {Iterable<Job>} jobs
 * @param {(finished: number, work: number) => void} report   lanes delivered; the same with parts of lanes
 */
export async function* inOrder(runner, jobs, report) {
    /** @type {Map<Job, number>} lanes' worth of work done in jobs that are not delivered */
    const shares = new Map();
    /** @type {{job: Job, result: Promise<LaneResult[]>}[]} */
    const pending = [];
    const source = jobs[Symbol.iterator]();
    let finished = 0;
    const tell = () => report(finished, [...shares.values()].reduce((sum, share) => sum + share, finished));
    const start = (/** @type {Job} */ job) => {
        const result = runner.run(job, (part) => {
            shares.set(job, part * job.lanes.count);
            tell();
        });
        result.then(() => shares.set(job, job.lanes.count), () => undefined);
        pending.push({job, result});
    };
    for (;;) {
        while (pending.length < runner.ahead) {
            const {done, value} = source.next();
            if (done) break;
            start(value);
        }
        const next = pending.shift();
        if (!next) return;
        const results = await next.result;
        yield {lanes: next.job.lanes, results};
        shares.delete(next.job);
        finished += next.job.lanes.count;
        tell();
    }
}

/**
 * Results of jobs that were made elsewhere.
 * @param {Runner} runner
 * @param {Iterable<Job>} jobs
 * @param {(finished: number, work: number) => void} [report]   as for inOrder
 */
export async function* plainRuns(runner, jobs, report = () => undefined) {
    for await (const {results} of inOrder(runner, jobs, report)) yield results;
}

/**
 * A result with its sequence in words.
 * @param {Structure} structure
 * @param {LaneResult} result
 */
export function spelled(structure, result) {
    const sequence = spell(result.letters);
    return {...result, sequence, chains: byChain(structure, sequence)};
}

/**
 * The job that scores what another one drew.
 * @param {Job} job
 * @param {readonly Pick<LaneResult, 'letters' | 'order'>[]} drawn
 * @returns {Job}
 */
export function scoringOf({lanes: {seed, count}, ...job}, drawn) {
    const letters = drawn.map((each) => each.letters), orders = drawn.map(({order}) => order);
    return {...job, what: mode.score, lanes: {seed, count, letters, orders}};
}

/**
 * Samples of tied residues, scored anew: the letter that several residues agreed on was not known to any of them when
 * they were decoded.
 * @param {Runner} runner
 * @returns {Runner}
 */
function scoringAgain(runner) {
    /** @type {Runner['run']} */
    const run = async (job, report) => {
        const drawn = await runner.run(job, (part) => report(part / 2));
        const scored = await runner.run(scoringOf(job, drawn), (part) => report((1 + part) / 2));
        return drawn.map((each, lane) => {
            const {score, globalScore, logProbs} = scored[lane];
            return {...each, score, globalScore, logProbs};
        });
    };
    return {...runner, run};
}

/**
 * @param {Runner} runner
 * @param {Structure} structure
 * @param {DesignOptions} options
 * @param {Resolved} [joint]   what is asked of several states, of a runner that scores its samples; if there is one
 * @returns {AsyncGenerator<Design, void, undefined>}
 */
export async function* designRuns(runner, structure, options, joint) {
    const count = positive(options.count ?? 1, 'count');
    const batch = positive(options.batch ?? BATCH, 'batch');
    const list = temperatures(options.temperature ?? 0.1);
    const seed = resolveSeed(options.seed);
    const resolved = joint ?? resolveRequest(structure, runner.visible, options);
    const total = count * list.length;
    const size = jobSizes(runner, batch);
    function* jobs() {
        for (const [t, temperature] of list.entries()) {
            for (let first = 1; first <= count;) {
                const left = count - first + 1;
                const lanes = {count: Math.min(left, size(total - t * count - first + 1)), first, temperature, seed};
                yield {resolved, what: mode.design, lanes};
                first += lanes.count;
            }
        }
    }
    const report = (/** @type {number} */ done, /** @type {number} */ work) =>
        options.onProgress?.({phase: 'design', done, total, fraction: work / total});
    const worker = resolved.ties && !joint ? scoringAgain(runner) : runner;
    for await (const {lanes, results} of inOrder(worker, jobs(), report)) {
        const {first = 1, temperature = 1} = lanes;
        for (const [lane, result] of results.entries()) {
            yield {sample: first + lane, temperature, seed: seed.seed, ...spelled(structure, result)};
            await runner.pacer.breathe();
        }
    }
}
