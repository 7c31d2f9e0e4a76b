/* SPDX-License-Identifier: MIT
 *
 * design.js - `weft design STRUCTURE...`: what is asked of which structure, and the work on all of them.
 *
 *   words, rows of a manifest --jobs.js--> plans --sequences.js, several at a time--> results --> ranking, record
 */
import {
    naming, openEngine, openStructure, readConstraints, readInput, requireFiles, seedOf, temperatures, UsageError,
    wholeNumber
} from './inputs.js';
import {earlierSeed} from './done.js';
import {Attempts, listJobs, shardOf} from './jobs.js';
import {readingOf, withModels} from './models.js';
import {withMotif} from './motif.js';
import {requireFolder} from './output.js';
import {Recorder} from './record.js';
import {designStructure, PHASES} from './sequences.js';
import {stateFiles} from './states.js';
import {together, Turns} from './together.js';

/** @typedef {import('./inputs.js').Context} Context */
/** @typedef {import('./jobs.js').Job} Job */
/** @typedef {import('../index.js').Engine} Engine */
/** @typedef {import('./sequences.js').Listen} Listen */
/** @typedef {(structure: import('../index.js').Structure) => import('../index.js').Constraints} ConstraintsOf */

/**
 * @typedef {object} Plan   one structure and what is asked of it
 * @property {Job} job
 * @property {Context} context   with the values of the job
 * @property {() => ConstraintsOf | Promise<ConstraintsOf>} constraintsOf   read once more where the job has its own:
 *                                                      those of thousands would fill the memory
 * @property {{seed: number | bigint, count: number, batch: number, temperature: number[]}} run
 */

/** Constraints, once the files of states are known to be there. @param {Context} context */
async function constraintsFrom(context) {
    const states = stateFiles(context.values.states);
    if (context.values['tie-rule'] === 'arithmetic' && states.some(({weight}) => weight < 0)) {
        throw new UsageError('--states: with --tie-rule arithmetic no weight may be below 0');
    }
    await requireFiles(states.map(({path}) => path));
    return readConstraints(context);
}

/**
 * Reads all that can be wrong before any work is done.
 * @param {Context} context
 * @param {Job} job
 * @param {{seed: number | bigint, batch: number, constraintsOf: ConstraintsOf}} common
 * @returns {Promise<Plan>}
 */
async function plan(context, job, {seed, batch, constraintsOf}) {
    const own = {...context, values: job.values};
    const run = {
        seed: job.columns.has('seed') ? seedOf(own) : seed, count: wholeNumber(own, 'count'), batch,
        temperature: temperatures(own)
    };
    const readOwn = () => constraintsFrom(own);
    const special = job.columns.size > 0;
    if (special) await naming(job.file, readOwn);
    await requireFiles([job.file]);
    return {job, context: own, constraintsOf: special ? readOwn : () => constraintsOf, run};
}

/**
 * How far several structures are together; of a single one its own steps are shown.
 * @param {Context} context
 * @param {number} total   structures
 * @returns {(index: number, name: string) => Listen}
 */
function progress({reporter}, total) {
    const done = new Float64Array(total);
    return (index, name) => {
        const own = reporter.listener(name);
        return (phase) => (total === 1 ? own : ({fraction}) => {
            done[index] = (PHASES.indexOf(phase) + (fraction ?? 0)) / PHASES.length;
            reporter.update(`designing ${total} structures`, done.reduce((sum, part) => sum + part, 0) / total);
        });
    };
}

/**
 * As many structures side by side as there are threads, with everything in the order of the jobs.
 * @param {Context} context
 */
export async function design(context) {
    const all = await withModels(context, await listJobs(context)), jobs = shardOf(context, all);
    const attempts = new Attempts(context, jobs, all.length);
    const seed = await earlierSeed(context, all) ?? seedOf(context);
    if (context.values['write-structures'] && !context.values.output) {
        throw new UsageError('--write-structures needs -o DIR');
    }
    const common = {batch: wholeNumber(context, 'batch'), seed, constraintsOf: await constraintsFrom(context)};
    const plans = new Map();
    for (const job of jobs) plans.set(job, await attempts.make(job, () => plan(context, job, common)));
    if (attempts.over) attempts.finish();
    if (context.values.output) await requireFolder(context.values.output);
    const {engine, model, threads} = await openEngine(context);
    const recorder = context.values.output ? new Recorder(context, {
        model, seed, sum: engine.weights.sha256, version: engine.version
    }) : null;
    const left = recorder ? await recorder.begin(jobs) : jobs;
    const turns = new Turns(context.io.stdout, left.length), listen = progress(context, left.length);
    const stop = new AbortController(), signal = AbortSignal.any([context.io.signal, stop.signal]);
    const work = together([...left.entries()], Math.max(1, threads), async ([i, job]) => {
        const own = plans.get(job);
        plans.delete(job);
        if (own) own.context = {...own.context, io: {...context.io, signal, stdout: turns.of(i)}};
        const read = await recorder?.read(job);
        const done = own && await attempts.make(job, () => designJob(engine, model, own, listen(i, job.name)));
        await recorder?.end(job, read, done ?? attempts.failure(job));
        turns.end(i);
    });
    try {
        for await (const _ of work);   // in their order, so that of two failures the first is told
    } finally {
        stop.abort();   // what is still under way where an error ended all
    }
    await recorder?.write(all, jobs);
    attempts.finish();
}

/**
 * @param {Engine} engine
 * @param {string} model
 * @param {Plan} plan
 * @param {Listen} listen
 */
async function designJob(engine, model, {job: {file, name}, context, constraintsOf, run}, listen) {
    const bytes = await readInput(file);
    const structure = await openStructure(engine, file, bytes, {name, ...readingOf(context.values)});
    try {
        return await naming(file, async () => {
            const asked = (await constraintsOf())(structure);
            const constraints = await withMotif(context, engine, structure, asked, {file, bytes});
            return designStructure(context, engine, structure, constraints, {model, bytes, ...run}, listen);
        });
    } finally {
        structure.dispose();
    }
}
