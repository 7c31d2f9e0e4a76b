// SPDX-License-Identifier: MIT
//
// content.ts - what a file holds: atoms of rows, and ligands; which rows are near, and how sharp they were seen.
//
//   atoms of the file, Structure --same coordinates--> atoms with `row`, ligands
import {type Atom} from '3dmol/build/3Dmol.es6-min.js';
import {type Structure} from '../../../wasm/index.js';
import {AXES, NAMES, NUMBERS} from './backbone';
import {breathe} from './pace';

const WATER = /^(HOH|WAT|DOD|H2O|TIP3?|SOL)$/;
const NUCLEOTIDE = /^(D?[ACGTUI]|[ACGU]5|[ACGU]3)$/;
const AMINO = new Set(('ALA ARG ASN ASP CYS GLN GLU GLY HIS ILE LEU LYS MET PHE PRO SER THR TRP TYR VAL').split(' '));

export interface FoundLigand {
    id: string;
    label: string;
    atoms: Atom[];
}

export interface Content {
    /** of each row, one conformer, in the order of the file */
    rows: Atom[][];
    ligands: FoundLigand[];
    bFactor: Float32Array;
}

const spot = (name: string, x: number, y: number, z: number) => `${name} ${x} ${y} ${z}`;

/** Rows by where their backbone atoms are; of rows in one place the first that is free. */
function spotsOf(structure: Structure): Map<string, number[]> {
    const xyz = structure.backbone(), spots = new Map<string, number[]>();
    for (let row = 0; row < structure.length; row++) {
        for (const [k, name] of NAMES.entries()) {
            const at = row * NUMBERS + k * AXES;
            if (Number.isNaN(xyz[at])) continue;
            const key = spot(name, xyz[at], xyz[at + 1], xyz[at + 2]), there = spots.get(key);
            if (there) there.push(row);
            else spots.set(key, [row]);
        }
    }
    return spots;
}

const residueOf = ({chain, resi, icode}: Atom) => `${chain}|${resi}|${icode?.trim() ?? ''}`;

/** A chain of nucleotides is one ligand; others have a residue each. */
function ligandOf(atom: Atom): {id: string, label: string} {
    const chain = atom.chain.trim() ? ` ${atom.chain.trim()}` : '';
    if (NUCLEOTIDE.test(atom.resn)) return {id: `nucleic|${atom.chain}`, label: `DNA or RNA${chain}`};
    return {
        id: `${residueOf(atom)}|${atom.resn}`, label: `${atom.resn}${chain} ${atom.resi}${atom.icode?.trim() ?? ''}`
    };
}

/** Sorts the atoms of a file to rows and ligands. */
class Sorter {
    readonly rows: Atom[][];
    readonly ligands = new Map<string, FoundLigand>();
    readonly #spots: Map<string, number[]>;
    readonly #rowOf = new Map<string, {row: number, altLoc: string}>();   // of residues, by the atom seen last

    constructor(structure: Structure) {
        this.rows = Array.from({length: structure.length}, () => []);
        this.#spots = spotsOf(structure);
    }

    /** The row with a backbone atom here. */
    anchor(atom: Atom): void {
        const {x, y, z} = atom;
        const there = this.#spots.get(spot(atom.atom, Math.fround(x), Math.fround(y), Math.fround(z)));
        if (!there?.length) return;
        atom.row = there.length > 1 ? there.shift() : there[0];
    }

    /** Where an atom belongs; behind all anchors of its residue. */
    place(atom: Atom): void {
        const key = residueOf(atom), altLoc = atom.altLoc?.trim() ?? '';
        if (atom.row !== undefined) {
            this.#rowOf.set(key, {row: atom.row, altLoc});
            this.rows[atom.row].push(atom);
            return;
        }
        const of = this.#rowOf.get(key);
        if (of) {
            if (NAMES.includes(atom.atom) || (altLoc && of.altLoc && altLoc !== of.altLoc)) return;
            if (!this.rows[of.row].some((other) => other.atom === atom.atom)) {
                this.rows[of.row].push({...atom, row: of.row});
            }
        } else if (!WATER.test(atom.resn) && (atom.hetflag || !AMINO.has(atom.resn))) {
            this.#toLigand(atom, altLoc);
        }
    }

    #toLigand(atom: Atom, altLoc: string): void {
        const {id, label} = ligandOf(atom);
        const found = this.ligands.get(id) ?? {id, label, atoms: []};
        this.ligands.set(id, found);
        const first = found.atoms[0]?.altLoc?.trim() ?? '';
        if (!altLoc || !first || altLoc === first) found.atoms.push({...atom, row: -1});
    }
}

/** Mean B-factor of the atoms of each row. */
function meanB(rows: readonly Atom[][]): Float32Array {
    return Float32Array.from(rows, (atoms) => {
        const values = atoms.map(({b}) => b ?? NaN).filter((b) => Number.isFinite(b));
        return values.length ? values.reduce((sum, b) => sum + b, 0) / values.length : NaN;
    });
}

export async function contentOf(atoms: readonly Atom[], structure: Structure): Promise<Content> {
    await breathe();
    const sorter = new Sorter(structure);
    for (const [i, atom] of atoms.entries()) {
        if (i % 500 === 0) await breathe();
        sorter.anchor(atom);
    }
    for (const [i, atom] of atoms.entries()) {
        if (i % 500 === 0) await breathe();
        sorter.place(atom);
    }
    return {rows: sorter.rows, ligands: [...sorter.ligands.values()], bFactor: meanB(sorter.rows)};
}

/** 1 for each row with an atom this near to one of the points. */
export function nearRows(rows: readonly Atom[][], points: readonly Atom[], angstrom: number): Uint8Array {
    const most = angstrom * angstrom;
    return Uint8Array.from(rows, (atoms) => Number(atoms.some(({x, y, z}) => points.some((point) =>
        (point.x - x) ** 2 + (point.y - y) ** 2 + (point.z - z) ** 2 <= most))));
}
