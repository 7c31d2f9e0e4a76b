// SPDX-License-Identifier: MIT
//
// profile.ts - letters and their probabilities at each residue: of the designs of a run, or of the model alone.
import {LETTERS} from '../../../wasm/index.js';

const WIDTH = LETTERS.length;

/** Shannon entropy of each row of a [row][letter] table of probabilities or counts, bits; NaN where a row is empty. */
export function entropies(table: ArrayLike<number>): Float32Array {
    const out = new Float32Array(table.length / WIDTH).fill(NaN);
    for (let row = 0; row < out.length; row++) {
        let sum = 0, bits = 0;
        for (let letter = 0; letter < WIDTH; letter++) sum += table[row * WIDTH + letter];
        if (!(sum > 0)) continue;
        for (let letter = 0; letter < WIDTH; letter++) {
            const p = table[row * WIDTH + letter] / sum;
            if (p > 0) bits -= p * Math.log2(p);
        }
        out[row] = bits;
    }
    return out;
}
