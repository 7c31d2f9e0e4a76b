/* SPDX-License-Identifier: MIT
 *
 * design.js - `weft design STRUCTURE...`: sequences for each structure, as FASTA or JSON lines.
 */
import {join} from 'node:path';
import {
    echo, naming, openEngine, readConstraints, readStructure, requireFiles, seedOf, structureName, tellSeed,
    temperatures, UsageError, wholeNumber
} from './inputs.js';
import {jsonLine, LigandFasta, ProteinFasta, writeBeside} from './output.js';
import {Recorder} from './record.js';

/** @typedef {import('./inputs.js').Context} Context */

/**
 * With -o, the files carry the structures' names: two of the same would overwrite each other.
 * @param {string[]} files
 */
function refuseSameNames(files) {
    const names = files.map(structureName);
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) {
        throw new UsageError(`two structures are named ${twice}: -o would write one over the other`);
    }
}

/** @param {Context} context */
export async function design(context) {
    const {files, values, io} = context;
    const count = wholeNumber(context, 'count');
    const batch = wholeNumber(context, 'batch');
    const temperature = temperatures(context);
    if (values.output) refuseSameNames(files);
    const seed = seedOf(context);
    await requireFiles(files);
    const constraintsOf = await readConstraints(context);
    const {engine, model} = await openEngine(context);
    const recorder = values.output ? new Recorder(context, {
        model, seed, sum: engine.weights.sha256, version: engine.version
    }) : null;
    for (const file of files) {
        const structure = await readStructure(engine, file);
        const done = await naming(file, () => designOne(context, engine, structure, constraintsOf(structure), {
            model, seed, count, batch, temperature
        }));
        if (done.result) await recorder?.add(file, {...done, result: done.result});
        structure.dispose();
    }
    await recorder?.write();
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
    const encoding = await engine.encode(structure, {onProgress, signal});
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
    for await (const each of engine.design(encoding, {...constraints, ...run, onProgress, signal})) {
        emit(fasta.design(each));
        if (values.json) io.stdout.write(jsonLine(result(target, engine.weights.sha256, each)));
    }
    if (!values.output && !values.json) io.stdout.write(fasta.end);
    encoding.dispose();
    reporter.clear();
    const path = values.output ? join(values.output, 'seqs', `${structure.name}.fa`) : null;
    if (path) {
        await writeBeside(path, text);
        reporter.note(`${structure.name}: wrote ${path}`);
    }
    return {name: structure.name, designed: chosen.text, chains: designed, result: path};
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
