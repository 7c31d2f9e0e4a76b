/* SPDX-License-Identifier: MIT
 *
 * probs.js - `weft probs STRUCTURE`: log-probabilities of every letter at every residue, as .npz or JSON.
 */
import {LETTERS} from '../index.js';
import {npyBytes, writeNpz} from '../formats/npy.js';
import {
    echo, naming, openEngine, readConstraints, readStructure, requireFiles, seedOf, tellSeed, UsageError
} from './inputs.js';
import {readingOf} from './models.js';
import {encodeWithNoise, noiseOf} from './noise.js';
import {jsonLine, writeBeside} from './output.js';

/** @typedef {import('./inputs.js').Context} Context */
/** @typedef {import('../index.js').Structure} Structure */
/** @typedef {import('../index.js').Probs} Probs */
/** @typedef {{values: Float32Array, width: number}} Embeddings */

/** @param {Context} context */
export async function probs(context) {
    const {files, values, io, reporter} = context;
    if (files.length !== 1) throw new UsageError('probs takes one structure');
    const form = values.output === undefined ? 'json' : /\.(npz|json)$/i.exec(values.output)?.[1].toLowerCase();
    if (!form) throw new UsageError(`--output: '${values.output}' must end in .npz or .json`);
    const random = (values.order === 'random' && values.mode !== 'unconditional') || noiseOf(values) > 0;
    const seed = random ? seedOf(context) : 0;
    const reading = readingOf(values);
    if (values.models === 'all') throw new UsageError('--models: probs takes one model');
    await requireFiles(files);
    const constraintsOf = await readConstraints(context);
    const {engine, model} = await openEngine(context);
    const structure = await readStructure(engine, files[0], reading);
    await naming(files[0], async () => {
        const constraints = constraintsOf(structure);
        echo(context, engine, structure, constraints, 'looking at');
        if (random) tellSeed(context, seed);
        const control = {signal: io.signal, onProgress: reporter.listener(structure.name)};
        const encoding = await encodeWithNoise(context, engine, structure, seed, control);
        const result = await engine.probs(encoding, {...constraints, ...control, mode: values.mode, seed});
        const embeddings = values.embeddings ? await engine.embeddings(encoding) : undefined;
        reporter.clear();
        const about = {
            structure: structure.name, model, weights_sha256: engine.weights.sha256, weft: engine.version,
            mode: result.mode, ...(random && {seed}), alphabet: LETTERS
        };
        const content = form === 'npz' ? asNpz(structure, result, embeddings)
            : jsonLine({...about, ...asJson(structure, result, embeddings)});
        if (values.output === undefined) io.stdout.write(/** @type {string} */ (content));
        else await writeBeside(values.output, content);
    });
}

/** @param {Structure} structure */
function places(structure) {
    return {
        chain: Array.from(structure.chainOf, (chain) => structure.chains[chain].name),
        insertion_code: Array.from(structure.insertions, (code) => code.trim())
    };
}

/**
 * How much is open at each residue: the entropy of the 20 letters that can be designed, X left out, in nats.
 * @param {Float32Array} logProbs   [row][21]
 * @returns {Float32Array} 0 where one letter is certain, ln 20 where all are equal
 */
function entropies(logProbs) {
    const width = LETTERS.length, letters = width - 1;
    return Float32Array.from({length: logProbs.length / width}, (_, row) => {
        const own = Array.from(logProbs.subarray(row * width, row * width + letters));
        const total = own.reduce((sum, value) => sum + Math.exp(value), 0);
        return Math.log(total) - own.reduce((sum, value) => sum + Math.exp(value) * value, 0) / total;
    });
}

/**
 * @param {Structure} structure
 * @param {Probs} result
 * @param {Embeddings} [embeddings]
 */
function asNpz(structure, {logProbs, letters, mask, designMask, order}, embeddings) {
    const {chain, insertion_code: insertionCode} = places(structure);
    const n = structure.length;
    return writeNpz({
        log_probs: npyBytes(logProbs, [n, LETTERS.length]),
        entropy: npyBytes(entropies(logProbs)),
        S: npyBytes(Int32Array.from(letters)),
        mask: npyBytes(mask, [n], '|b1'),
        design_mask: npyBytes(designMask, [n], '|b1'),
        decoding_order: npyBytes(order),
        chain: npyBytes(chain),
        insertion_code: npyBytes(insertionCode),
        residue_number: npyBytes(structure.numbers),
        ...(embeddings && {h_V: npyBytes(embeddings.values, [n, embeddings.width])})
    });
}

/**
 * An array [row][width] as lists.
 * @param {Float32Array} values
 * @param {number} width
 */
const rowsOf = (values, width) => Array.from({length: values.length / width}, (_, row) =>
    Array.from(values.subarray(row * width, (row + 1) * width)));

/**
 * @param {Structure} structure
 * @param {Probs} result
 * @param {Embeddings} [embeddings]
 */
function asJson(structure, {logProbs, letters, mask, designMask, order}, embeddings) {
    return {
        log_probs: rowsOf(logProbs, LETTERS.length),
        entropy: Array.from(entropies(logProbs)),
        S: Array.from(letters),
        mask: Array.from(mask, Boolean),
        design_mask: Array.from(designMask, Boolean),
        decoding_order: Array.from(order),
        ...places(structure),
        residue_number: Array.from(structure.numbers),
        ...(embeddings && {h_V: rowsOf(embeddings.values, embeddings.width)})
    };
}
