// SPDX-License-Identifier: MIT
//
// residue.ts - what a residue is called.
import {LETTERS, type Structure} from '../../../wasm/index.js';
import {RESIDUE_NAMES} from '../../../wasm/formats/residues.js';

/** 'K' -> 'Lys'; 'X' -> 'unknown' */
export function threeLetters(letter: string): string {
    const name = RESIDUE_NAMES[LETTERS.indexOf(letter)];
    return name && letter !== 'X' ? name[0] + name.slice(1).toLowerCase() : 'unknown';
}

/** 'A45 Lys': the author's number, with the insertion code. */
export const residueName = (structure: Structure, row: number) =>
    `${structure.rowName(row)} ${threeLetters(structure.sequence[row])}`;
