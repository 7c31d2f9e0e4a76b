/* SPDX-License-Identifier: MIT
 *
 * sequences.js - the sequences of `weft design` for one structure, or for several states: FASTA, JSON lines, notes.
 *
 *   structure, constraints --encode, score, design--> text on stdout or in DIR/seqs/NAME.fa, rows for the ranking
 */
import {join} from 'node:path';
import {writeStructure} from '../writers.js';
import {BACKBONES} from './done.js';
import {sha256} from './files.js';
import {echo, naming, tellSeed, UsageError} from './inputs.js';
import {encodeAll, encodeWithNoise, isSweep} from './noise.js';
import {jsonLine, LigandFasta, ProteinFasta, writeBeside} from './output.js';
import {readStates} from './states.js';
import {StructureRows} from './summary.js';

/** @typedef {import('./inputs.js').Context} Context */
/** @typedef {import('../index.js').Engine} Engine */
/** @typedef {import('../index.js').Encoding} Encoding */
/** @typedef {import('../index.js').Structure} Structure */
/** @typedef {import('../index.js').Constraints} Constraints */
/** @typedef {import('../index.js').DesignOptions} DesignOptions */
/** @typedef {import('./output.js').Target} Target */
/** @typedef {import('./done.js').Written} Written */
/** @typedef {(phase: 'encode' | 'design') => (progress: import('../index.js').Progress) => void} Listen */

/** What the work on a structure passes through. @type {readonly ('encode' | 'design')[]} */
export const PHASES = ['encode', 'design'];

/**
 * @param {Context} context
 * @param {Engine} engine
 * @param {Structure} structure
 * @param {Constraints} constraints
 * @param {{model: string, bytes: Uint8Array, seed: number | bigint, count: number, batch: number,
 *     temperature: number[]}} run   bytes: of the structure's file
 * @param {Listen} listen
 */
export async function designStructure(context, engine, structure, constraints, {model, bytes, ...run}, listen) {
    const {values, io: {signal}, reporter} = context;
    const chosen = echo(context, engine, structure, constraints, 'designing');
    const designed = structure.chainsWith(chosen.mask).map((chain) => chain.name);
    const fixed = structure.chains.map((chain) => chain.name).filter((name) => !designed.includes(name));
    const {seed, count, batch} = run;
    const target = {
        structure, designed, fixed, residues: chosen.count, model, caOnly: engine.weights.family === 'ca',
        version: engine.version, seed, count, batch, bytes
    };
    if (values.states !== undefined && isSweep(values)) {
        throw new UsageError('--states: of single backbones, without --conformers and with one level of --noise');
    }
    const {states, stateWeights} = await readStates(context, engine, structure, constraints);
    for (const line of values.tie === undefined ? [] : structure.ties(values.tie).report.split('\n')) {
        if (line) reporter.note(`${structure.name}: ${line}`);
    }
    const control = {onProgress: listen('encode'), signal};
    /** @type {(() => void)[]} */
    const undo = [];
    try {
        const first = await encodeAll(context, engine, structure, seed, control);
        undo.push(first.dispose);
        const encodings = first.encoded.map(({encoding}) => encoding);
        for (const [i, each] of states.entries()) {
            const encoding = await naming(`state ${i + 2}, ${each.name}`, () =>
                encodeWithNoise(context, engine, each, seed, control));
            encodings.push(encoding);
            undo.push(() => encoding.structure.dispose(), () => encoding.dispose());
        }
        tellSeed(context, seed);
        const options = {...constraints, ...run, stateWeights, onProgress: listen('design'), signal};
        const {result, sum, written, ranked} = await write(context, engine, encodings, target, options);
        return {designed: chosen.text, chains: designed, result, sum, written, ranked};
    } finally {
        reporter.clear();
        for (const each of undo.reverse()) each();
        for (const each of states) each.dispose();
    }
}

/**
 * The native sequence and the designs, where they belong.
 * @param {Context} context
 * @param {Engine} engine
 * @param {Encoding[]} encodings
 * @param {Target & {bytes: Uint8Array}} target
 * @param {DesignOptions & {temperature: number[], stateWeights: number[]}} options
 */
async function write({values, io, reporter}, engine, encodings, target, options) {
    const {structure: {name, sequence: sequences}, designed, seed} = target;
    const fasta = values['fasta-style'] === 'ligandmpnn' ? new LigandFasta(target, options.temperature[0], values.gaps)
        : new ProteinFasta(target, values.gaps);
    let text = '';
    const emit = (/** @type {string} */ record) => {
        reporter.clear();
        if (values.output) text += record;
        else if (!values.json) io.stdout.write(record);
    };
    if (values.output || !values.json) {
        const scoring = {...options, chains: designed, sequences, seed, onProgress: undefined};
        const [native] = await engine.score(encodings[0], scoring);
        emit(fasta.native(native));
    }
    const ranked = new StructureRows(name, designed);
    /** @type {Written[]} */
    const written = [];
    for await (const each of engine.design(encodings, options)) {
        emit(fasta.design(each));
        ranked.add(each);
        if (values['write-structures']) written.push(await writeDesign(values, target, each));
        if (values.json) io.stdout.write(jsonLine(asJson(target, engine.weights.sha256, each)));
    }
    if (!values.output && !values.json) io.stdout.write(fasta.end);
    reporter.clear();
    if (!values.output) return {result: null, sum: '', written, ranked};
    const result = join(values.output, 'seqs', `${name}.fa`);
    await writeBeside(result, text);
    reporter.note(`${name}: wrote ${result}${written.length ? ` and ${written.length} structures` : ''}`);
    return {result, sum: sha256(Buffer.from(text)), written, ranked};
}

/**
 * The structure with the letters of one design.
 * @param {import('./inputs.js').Context['values']} values
 * @param {Target & {bytes: Uint8Array}} target
 * @param {import('../index.js').Design} design
 * @returns {Promise<Written>}
 */
async function writeDesign({output, 'write-structures': asked}, {structure, bytes}, design) {
    const {text, format} = await writeStructure(bytes, structure, design, {format: asked});
    const file = `${structure.name}_${design.temperature}_${design.sample}.${format}`;
    await writeBeside(join(output, BACKBONES, file), text);
    return {file, sha256: sha256(Buffer.from(text))};
}

/**
 * One design as it appears in --json.
 * @param {Target} target
 * @param {string} sum
 * @param {import('../index.js').Design} design
 */
function asJson({structure, model, version, designed, fixed, residues}, sum, {states, ...design}) {
    return {
        structure: structure.name, model, weights_sha256: sum, weft: version, seed: design.seed, sample: design.sample,
        temperature: design.temperature, sequence: design.sequence, chains: design.chains, score: design.score,
        global_score: design.globalScore, recovery: design.recovery, designed_chains: designed, fixed_chains: fixed,
        designed_residues: residues, ...(states && {
            states: states.map(({globalScore, sequence: _, ...state}) => ({...state, global_score: globalScore}))
        })
    };
}
