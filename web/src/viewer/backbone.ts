// SPDX-License-Identifier: MIT
//
// backbone.ts - the rows of a structure as atoms for 3Dmol, with the secondary structure that it finds in them.
//
//   Structure --PDB text--> 3Dmol's parser --> atoms with `row` and `ss`
//
// What the engine has read is the truth: chains and numbers are those of its rows, so that insertion codes, repeated
// numbers and long chain names are no trouble.
import {type Atom, Parsers} from '3dmol/build/3Dmol.es6-min.js';
import {type Structure} from '../../../wasm/index.js';

/** Atoms of a row, and how many numbers the backbone has for it. */
export const NAMES = ['N', 'CA', 'C', 'O'], AXES = 3, NUMBERS = NAMES.length * AXES;
const MOST = 9999;          // residue numbers of a PDB file
const FIRST_CHAIN = 0x100;  // a character for each chain, no digit or blank

/** One chain of the text: a chain of the structure, or 9999 residues of it. */
function places({chains}: Structure): {chain: string, resi: number}[] {
    let letter = FIRST_CHAIN - 1;
    return chains.flatMap(({length}) => Array.from({length}, (_, i) => {
        if (i % MOST === 0) letter++;
        return {chain: String.fromCharCode(letter), resi: i % MOST + 1};
    }));
}

const number = (value: number) => value.toFixed(3).padStart(8).slice(0, 8);

/** The atoms of all rows that there are, in order. */
export function backboneAtoms(structure: Structure): Atom[] {
    const xyz = structure.backbone(), place = places(structure), lines: string[] = [], spots: number[] = [];
    for (let row = 0; row < structure.length; row++) {
        const {chain, resi} = place[row];
        for (const [k, name] of NAMES.entries()) {
            const at = row * NUMBERS + k * AXES;
            if (Number.isNaN(xyz[at])) continue;
            const [x, y, z] = [0, 1, 2].map((axis) => number(xyz[at + axis]));
            lines.push(`ATOM  ${String(spots.length % 100000).padStart(5)}  ${name.padEnd(3)} GLY ${chain}`
                + `${String(resi).padStart(4)}    ${x}${y}${z}  1.00  0.00          ${name.charAt(0).padStart(2)}`);
            spots.push(at);
        }
    }
    if (!lines.length) return [];
    const [atoms] = Parsers.PDB(lines.join('\n'), {assignBonds: false, noSecondaryStructure: false});
    return atoms.map((atom, i) => {
        const row = Math.floor(spots[i] / NUMBERS);
        const [x, y, z] = xyz.subarray(spots[i], spots[i] + AXES);
        return {...atom, x, y, z, row, index: i};
    });
}

/** One letter for each row. */
export function secondaryOf(atoms: readonly Atom[], length: number): string {
    const letters = new Array<string>(length).fill('c');
    for (const {row, ss} of atoms) if (row !== undefined && (ss === 'h' || ss === 's')) letters[row] = ss;
    return letters.join('');
}
