/* SPDX-License-Identifier: MIT
 *
 * design.js - `weft design STRUCTURE...`: sequences for each structure, as FASTA or JSON lines.
 *
 *   words, rows of a manifest --jobs.js--> plans: each structure, what is asked of it --> FASTA, ranking, record
 */
import {join} from 'node:path';
import {
    echo, naming, openEngine, readConstraints, readInput, requireFiles, seedOf, tellSeed, temperatures, wholeNumber
} from './inputs.js';
import {Attempts, listJobs} from './jobs.js';
import {withMotif} from './motif.js';
import {encodeWithNoise} from './noise.js';
import {jsonLine, LigandFasta, ProteinFasta, writeBeside} from './output.js';
import {Recorder} from './record.js';
import {StructureRows} from './summary.js';

/** @typedef {import('./inputs.js').Context} Context */
/** @typedef {import('./jobs.js').Job} Job */
/** @typedef {import('../index.js').Engine} Engine */
/** @typedef {(structure: import('../index.js').Structure) => import('../index.js').Constraints} ConstraintsOf */

/**
 * @typedef {object} Plan   one structure and what is asked of it
 * @property {Job} job
 * @property {Context} context   with the values of the job
 * @property {ConstraintsOf} constraintsOf
 * @property {{seed: number | bigint, count: number, batch: number, temperature: number[]}} run
 */

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
    const special = job.columns.size > 0;
    const constraints = special ? await naming(job.file, () => readConstraints(own)) : constraintsOf;
    await requireFiles([job.file]);
    return {job, context: own, constraintsOf: constraints, run};
}

/** @param {Context} context */
export async function design(context) {
    const jobs = await listJobs(context);
    const attempts = new Attempts(context, jobs);
    const common = {
        batch: wholeNumber(context, 'batch'), seed: seedOf(context), constraintsOf: await readConstraints(context)
    };
    const plans = new Map();
    for (const job of jobs) plans.set(job, await attempts.make(job, () => plan(context, job, common)));
    if (attempts.over) attempts.finish();
    const {engine, model} = await openEngine(context);
    const recorder = context.values.output ? new Recorder(context, {
        model, seed: common.seed, sum: engine.weights.sha256, version: engine.version
    }) : null;
    for (const job of jobs) {
        const done = plans.get(job) && await attempts.make(job, () => designJob(engine, model, plans.get(job)));
        const failure = attempts.failure(job);
        if (failure) await recorder?.fail(job, failure);
        else if (done.result) await recorder?.add(job, done);
    }
    await recorder?.write();
    attempts.finish();
}

/**
 * @param {Engine} engine
 * @param {string} model
 * @param {Plan} plan
 */
async function designJob(engine, model, {job: {file, name}, context, constraintsOf, run}) {
    const bytes = await readInput(file);
    const structure = await naming(file, () => engine.parse(bytes, {name}));
    try {
        return await naming(file, async () => {
            const asked = constraintsOf(structure);
            const constraints = await withMotif(context, engine, structure, asked, {file, bytes});
            return designOne(context, engine, structure, constraints, {model, ...run});
        });
    } finally {
        structure.dispose();
    }
}

/**
 * @param {Context} context
 * @param {import('../index.js').Engine} engine
 * @param {import('../index.js').Structure} structure
 * @param {import('../index.js').Constraints} constraints
 * @param {{model: string, seed: number | bigint, count: number, batch: number, temperature: number[]}} run
 */
async function designOne(context, engine, structure, constraints, {model, ...run}) {
    const {values, io, reporter} = context;
    const chosen = echo(context, engine, structure, constraints, 'designing');
    const designed = structure.chainsWith(chosen.mask).map((chain) => chain.name);
    const fixed = structure.chains.map((chain) => chain.name).filter((name) => !designed.includes(name));
    const {seed, count, batch} = run;
    const target = {
        structure, designed, fixed, residues: chosen.count, model, caOnly: engine.weights.family === 'ca',
        version: engine.version, seed, count, batch
    };
    const fasta = values['fasta-style'] === 'ligandmpnn' ? new LigandFasta(target, run.temperature[0], values.gaps)
        : new ProteinFasta(target, values.gaps);
    const onProgress = reporter.listener(structure.name);
    const {signal} = io;
    const encoding = await encodeWithNoise(context, engine, structure, seed, {onProgress, signal});
    if (values.tie !== undefined) {
        for (const line of structure.ties(values.tie).report.split('\n').filter(Boolean)) {
            reporter.note(`${structure.name}: ${line}`);
        }
    }
    tellSeed(context, seed);
    let text = '';
    const emit = (/** @type {string} */ record) => {
        reporter.clear();
        if (values.output) text += record;
        else if (!values.json) io.stdout.write(record);
    };
    if (values.output || !values.json) {
        const sequences = structure.sequence;
        const [native] = await engine.score(encoding, {...constraints, chains: designed, sequences, seed, signal});
        emit(fasta.native(native));
    }
    const ranked = new StructureRows(structure.name, designed);
    for await (const each of engine.design(encoding, {...constraints, ...run, onProgress, signal})) {
        emit(fasta.design(each));
        ranked.add(each);
        if (values.json) io.stdout.write(jsonLine(result(target, engine.weights.sha256, each)));
    }
    if (!values.output && !values.json) io.stdout.write(fasta.end);
    encoding.dispose();
    encoding.structure.dispose();
    reporter.clear();
    const path = values.output ? join(values.output, 'seqs', `${structure.name}.fa`) : null;
    if (path) {
        await writeBeside(path, text);
        reporter.note(`${structure.name}: wrote ${path}`);
    }
    return {designed: chosen.text, chains: designed, result: path, ranked};
}

/**
 * One design as it appears in --json.
 * @param {import('./output.js').Target} target
 * @param {string} sum
 * @param {import('../index.js').Design} design
 */
function result(target, sum, design) {
    const {structure, model, version, designed, fixed, residues} = target;
    return {
        structure: structure.name, model, weights_sha256: sum, weft: version, seed: design.seed, sample: design.sample,
        temperature: design.temperature, sequence: design.sequence, chains: design.chains, score: design.score,
        global_score: design.globalScore, recovery: design.recovery, designed_chains: designed, fixed_chains: fixed,
        designed_residues: residues
    };
}
