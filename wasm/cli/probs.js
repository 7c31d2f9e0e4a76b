/* SPDX-License-Identifier: MIT
 *
 * probs.js - `weft probs STRUCTURE`: log-probabilities of every letter at every residue, as .npz or JSON.
 */
import {averageLogProbs, entropyOf} from '../analysis.js';
import {LETTERS} from '../index.js';
import {npyBytes, writeNpz} from '../formats/npy.js';
import {deliver, eachStructure, formOf} from './analyses.js';
import {UsageError} from './inputs.js';
import {isSweep} from './noise.js';
import {jsonLine} from './output.js';

/** @typedef {import('./inputs.js').Context} Context */
/** @typedef {import('../index.js').Structure} Structure */
/** @typedef {import('../index.js').Probs} Probs */
/** @typedef {{values: Float32Array, width: number}} Embeddings */

/** @param {Context} context */
export async function probs(context) {
    const {files, values} = context, form = formOf(values, ['npz', 'json']);
    if (files.length !== 1) throw new UsageError('probs takes one structure');
    if (values.models === 'all') throw new UsageError('--models: probs takes one model');
    if (values.embeddings && isSweep(values) && ['none', 'logits'].includes(String(values.average))) {
        throw new UsageError(`--embeddings: --average ${values.average} has no encoding of its own`);
    }
    const drawn = values.mode !== 'unconditional';
    await eachStructure(context, 'probs', async ({engine, structure, options, backbones, about}) => {
        const all = [], asked = {...options, mode: values.mode};
        for (const {encoding} of backbones.encoded) all.push(await engine.probs(encoding, asked));
        const [first] = all, tables = all.map(({logProbs}) => logProbs);
        const swept = values.average === 'none' && all.length > 1;
        const weights = backbones.encoded.map(({weight}) => weight);
        const logProbs = all.length > 1 && !swept ? averageLogProbs(tables, LETTERS.length, weights)
            : Float32Array.from(tables.flatMap((table) => Array.from(table)));
        const axes = swept ? {conformer: backbones.conformers, noise: backbones.levels} : undefined;
        const result = {...first, logProbs, axes};
        const embeddings = values.embeddings ? await engine.embeddings(backbones.encoded[0].encoding) : undefined;
        await deliver(context, form === 'npz' ? asNpz(structure, result, embeddings) : jsonLine({
            ...about, mode: first.mode, alphabet: LETTERS, ...asJson(structure, result, embeddings)
        }));
    }, {drawn});
}

/** @param {Structure} structure */
function places(structure) {
    return {
        chain: Array.from(structure.chainOf, (chain) => structure.chains[chain].name),
        insertion_code: Array.from(structure.insertions, (code) => code.trim())
    };
}

/** @typedef {{conformer: string[], noise: number[]}} Axes   of a sweep: [conformer][noise][row][21] */

/**
 * How much is open at each residue: the entropy of the 20 letters that can be designed, X left out, in nats.
 * @param {Float32Array} logProbs   [...][row][21]
 * @returns {Float32Array} 0 where one letter is certain, ln 20 where all are equal
 */
const entropies = (logProbs) => Float32Array.from({length: logProbs.length / LETTERS.length}, (_, row) =>
    entropyOf(logProbs, row * LETTERS.length));

/**
 * @param {Structure} structure
 * @param {Probs & {axes?: Axes}} result
 * @param {Embeddings} [embeddings]
 */
function asNpz(structure, {logProbs, letters, mask, designMask, order, axes}, embeddings) {
    const {chain, insertion_code: insertionCode} = places(structure);
    const n = structure.length, shape = axes ? [axes.conformer.length, axes.noise.length, n] : [n];
    return writeNpz({
        log_probs: npyBytes(logProbs, [...shape, LETTERS.length]),
        entropy: npyBytes(entropies(logProbs), shape),
        ...(axes && {conformer: npyBytes(axes.conformer), noise: npyBytes(Float64Array.from(axes.noise))}),
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
 * @param {Probs & {axes?: Axes}} result
 * @param {Embeddings} [embeddings]
 */
function asJson(structure, {logProbs, letters, mask, designMask, order, axes}, embeddings) {
    const n = structure.length * LETTERS.length;
    /** Of a sweep one list in another for each axis. @param {(part: Float32Array) => unknown} of */
    const each = (of) => (axes ? axes.conformer.map((_, c) => axes.noise.map((_noise, i) => {
        const at = (c * axes.noise.length + i) * n;
        return of(logProbs.subarray(at, at + n));
    })) : of(logProbs));
    return {
        ...axes,
        log_probs: each((part) => rowsOf(part, LETTERS.length)),
        entropy: each((part) => Array.from(entropies(part))),
        S: Array.from(letters),
        mask: Array.from(mask, Boolean),
        design_mask: Array.from(designMask, Boolean),
        decoding_order: Array.from(order),
        ...places(structure),
        residue_number: Array.from(structure.numbers),
        ...(embeddings && {h_V: rowsOf(embeddings.values, embeddings.width)})
    };
}
