/* SPDX-License-Identifier: MIT
 *
 * output.js - the files of a run: FASTA text and .npz archives with the original's names, keys and types.
 */
import {LETTERS} from '../../index.js';
import {designHeader, nativeHeader} from '../../formats/fasta.js';
import {npyBytes, writeNpz} from '../../formats/npy.js';
import {writeBeside} from '../output.js';
import {LETTER_COUNT} from './plan.js';

/** @typedef {import('./plan.js').Plan} Plan */

/**
 * @typedef {object} Sequence   one sample
 * @property {number} temperature
 * @property {number} sample      counts from 1 for each temperature
 * @property {Int8Array} letters
 * @property {number} score
 * @property {number} globalScore
 * @property {number} recovery
 * @property {Float32Array} probs      [slot][21]; empty where nobody asks for it
 * @property {Float32Array} logProbs
 */

/**
 * The letters of the designed chains, gaps included.
 * @param {Plan} plan
 * @param {ArrayLike<number>} letters
 * @param {string} separator
 */
export function designedText(plan, letters, separator) {
    return plan.chains.filter((chain) => chain.designed).map(({start, length}) =>
        Array.from({length}, (_, i) => LETTERS[letters[start + i]]).join('')).join(separator);
}

/**
 * The structure's own record.
 * @param {Plan} plan
 * @param {{score: number, globalScore: number, model: string, caOnly: boolean, version: string, seed: number}} head
 */
export function nativeRecord(plan, {version, ...head}) {
    const header = nativeHeader({
        name: plan.name, fixedChains: plan.fixedChains, designedChains: plan.designedChains,
        gitHash: `weft-${version}`, ...head
    });
    return `${header}\n${designedText(plan, plan.letters, '/')}\n`;
}

/** @param {Plan} plan @param {Sequence} sequence */
export function sampleRecord(plan, sequence) {
    return `${designHeader(sequence)}\n${designedText(plan, sequence.letters, '/')}\n`;
}

/** @param {readonly Float32Array[]} tables @param {number} length */
function stacked(tables, length) {
    const all = new Float32Array(tables.length * length * LETTER_COUNT);
    for (const [i, table] of tables.entries()) all.set(table, i * length * LETTER_COUNT);
    return npyBytes(all, [tables.length, length, LETTER_COUNT]);
}

/** @param {readonly number[]} values */
const floats = (values) => npyBytes(Float32Array.from(values));

/** Letters as PyTorch keeps them. @param {ArrayLike<number>} letters */
const longs = (letters) => npyBytes(BigInt64Array.from(Array.from(letters, BigInt)));

/** @param {Uint8Array} mask @param {number} [copies] */
function maskBytes(mask, copies) {
    if (copies === undefined) return npyBytes(Float32Array.from(mask));
    const all = Array.from({length: copies}, () => [...mask]).flat();
    return npyBytes(Float32Array.from(all), [copies, mask.length]);
}

/** @param {string} path @param {Record<string, Uint8Array>} arrays */
export const writeArrays = (path, arrays) => writeBeside(path, writeNpz(arrays));

/** @param {readonly Sequence[]} sequences */
export const scoreArrays = (sequences) => ({
    score: floats(sequences.map(({score}) => score)),
    global_score: floats(sequences.map(({globalScore}) => globalScore))
});

/**
 * @param {Plan} plan
 * @param {readonly Sequence[]} sequences
 * @param {number} batch
 */
export function probArrays(plan, sequences, batch) {
    const letters = Int32Array.from(sequences.flatMap((each) => [...each.letters]));
    const names = plan.chains.map((chain) => chain.name);
    return {
        probs: stacked(sequences.map(({probs}) => probs), plan.length),
        log_probs: stacked(sequences.map(({logProbs}) => logProbs), plan.length),
        S: npyBytes(letters, [sequences.length, plan.length]),
        mask: maskBytes(plan.design, batch),
        chain_order: npyBytes(Array.from({length: batch}, () => names).flat(), [batch, names.length])
    };
}

/**
 * @param {Plan} plan
 * @param {Int8Array} letters
 * @param {{score: number[], globalScore: number[]}} scores
 */
export const scoreOnlyArrays = (plan, letters, {score, globalScore}) => ({
    score: floats(score), global_score: floats(globalScore), S: longs(letters),
    seq_str: npyBytes([designedText(plan, letters, '')], [])
});

/**
 * @param {Plan} plan
 * @param {readonly Float32Array[]} tables
 */
export const logProbArrays = (plan, tables) => ({
    log_p: stacked(tables, plan.length), S: longs(plan.letters), mask: maskBytes(plan.mask),
    design_mask: maskBytes(plan.design)
});
