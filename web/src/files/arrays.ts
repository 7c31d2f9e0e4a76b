// SPDX-License-Identifier: MIT
//
// arrays.ts - the numbers of a run for NumPy: numpy.load('5L33.npz').
//
// n designs of L rows; the letters are ACDEFGHIKLMNPQRSTVWYX, in this order:
//   S                 int32 [n, L]     letters of the designs
//   log_prob          float32 [n, L]   log-probability of each letter at temperature 1, nats; NaN where the model sees
//                                      no residue
//   score             float64 [n]      mean of -log_prob over designed rows
//   global_score      float64 [n]      the same over all rows that the model sees
//   recovery          float64 [n]      share of designed rows with the file's letter
//   sample            int32 [n]        counts from 1
//   temperature       float64 [n]
//   seed              int64 [n]
//   probs             float32 [L, 21]  mean over all designs of the run of the probabilities that letters were drawn
//                                      from; 0 where nothing is designed
//   mask              bool [L]         whether the model sees the row
//   design_mask       bool [L]
//   native_S          int32 [L]        letters of the file
//   native_log_prob   float32 [L]      of the file's letters; only where it is known
//   chain, insertion_code              text [L]
//   residue_number    int32 [L]        as in the file
import {npyBytes, writeNpz} from '../../../wasm/formats/npy.js';
import {LETTERS} from '../../../wasm/index.js';
import {meanProbs} from '../state/profile';
import type {Part} from './parts';

const letterRows = (sequences: readonly string[]) =>
    Int32Array.from(sequences.join(''), (letter) => LETTERS.indexOf(letter));

export function npzOf(part: Part): Uint8Array<ArrayBuffer> {
    const {run, designs} = part, {structure} = run.opened, {plan, settings} = run.facts;
    const n = designs.length, rows = structure.length, native = run.native.value;
    const logProb = new Float32Array(n * rows);
    designs.forEach((design, i) => logProb.set(design.logProb, i * rows));
    const numbers = (of: (design: Part['designs'][number]) => number) => npyBytes(Float64Array.from(designs, of));
    const seen = designs[0].logProb.map((value) => (Number.isNaN(value) ? 0 : 1));
    return writeNpz({
        S: npyBytes(letterRows(designs.map(({sequence}) => sequence)), [n, rows]),
        log_prob: npyBytes(logProb, [n, rows]),
        score: numbers(({score}) => score),
        global_score: numbers(({globalScore}) => globalScore),
        recovery: numbers(({recovery}) => recovery),
        sample: npyBytes(Int32Array.from(designs, ({sample}) => sample)),
        temperature: numbers(() => settings.temperature),
        seed: npyBytes(BigInt64Array.from(designs, () => BigInt(settings.seed))),
        probs: npyBytes(meanProbs(run), [rows, LETTERS.length]),
        mask: npyBytes(Uint8Array.from(seen), [rows], '|b1'),
        design_mask: npyBytes(plan.design, [rows], '|b1'),
        native_S: npyBytes(letterRows([structure.sequence])),
        ...(native && {native_log_prob: npyBytes(native.logProb)}),
        chain: npyBytes(Array.from(structure.chainOf, (chain) => structure.chains[chain].name)),
        insertion_code: npyBytes(Array.from(structure.insertions, (code) => code.trim())),
        residue_number: npyBytes(structure.numbers)
    });
}
