// SPDX-License-Identifier: MIT
//
// columns.ts - what figures are drawn from: the letters' shares at each residue, and in which order letters stand.
import {LETTERS, type Structure} from '../../../wasm/index.js';

export const WIDTH = LETTERS.length;
/** By kind: small and turning, acid and its amides, base, aromatic, aliphatic. */
export const BY_KIND = 'GPASTCDENQHKRYWFMILV';

export interface Column {
    readonly row: number;
    /** 'A45' */
    readonly name: string;
    /** '45', with the insertion code */
    readonly number: string;
    readonly native: string;
    /** share of each letter of BY_KIND, 0 to 1 */
    readonly shares: Float32Array;
    /** Shannon entropy of the shares, bits */
    readonly bits: number;
}

const PLACES = [...BY_KIND].map((letter) => LETTERS.indexOf(letter));

function bitsOf(shares: Float32Array): number {
    let bits = 0;
    for (const p of shares) if (p > 0) bits -= p * Math.log2(p);
    return bits;
}

/** Columns of the rows in a mask. @param table [row][letter] of probabilities */
export function columnsOf(structure: Structure, table: ArrayLike<number>, rows: ArrayLike<number>): Column[] {
    const columns: Column[] = [];
    for (let row = 0; row < structure.length; row++) {
        if (!rows[row]) continue;
        const shares = Float32Array.from(PLACES, (letter) => table[row * WIDTH + letter]);
        columns.push({
            row, name: structure.rowName(row), number: `${structure.numbers[row]}${structure.insertions[row].trim()}`,
            native: structure.sequence[row], shares, bits: bitsOf(shares)
        });
    }
    return columns;
}

/** The letters of a column from the most probable one on, those that are worth saying. */
export function inWords({name, native, shares, bits}: Column): string {
    const best = [...BY_KIND].map((letter, i) => ({letter, share: shares[i]}))
        .filter(({share}) => share >= 0.005).sort((a, b) => b.share - a.share).slice(0, 5);
    const letters = best.map(({letter, share}) => `${letter} ${share.toFixed(2)}`).join(', ');
    if (!letters) return `${name}: no designed letter; native ${native}`;
    return `${name}: ${letters}; native ${native}; entropy ${bits.toFixed(2)} bits`;
}
