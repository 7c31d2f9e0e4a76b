// SPDX-License-Identifier: MIT
//
// rows.ts - which atoms of the viewer are the residues that the engine read, and what else there is.
//
//   atoms of 3Dmol.js, Structure --mapAtoms--> row of each atom, CA of each row, ligands
//
// The engine's reading is the truth. A residue of the viewer is a row where its CA stands where the engine has it; names
// and numbers, which the two may read differently, say only which atoms belong together.
import type {AtomSpec} from '3dmol/build/3Dmol.es6-min.js';
import type {Structure} from '../../../wasm/index.js';

export interface Ligand {
    readonly id: string;
    /** 'HEM 154, chain A' */
    readonly label: string;
    readonly atoms: readonly AtomSpec[];
}

export interface Mapped {
    /** the row of each atom by its place in the viewer's list, -1 for none */
    readonly rowOf: Int32Array;
    /** the atom CA of each row */
    readonly carbons: readonly (AtomSpec | undefined)[];
    readonly ligands: readonly Ligand[];
}

export const WATER = /^(HOH|WAT|DOD|H2O|TIP\d?|SOL)$/;
const NUMBERS = 12, CA = 3;   // of a row's backbone; where its CA begins

/** To a thousandth of an angstrom, as files have it. */
const spot = (...xyz: number[]) => xyz.map((value) => Math.round(value * 1000)).join(' ');
const residueKey = ({chain, resi, icode, resn}: AtomSpec) => `${chain}|${resi}|${icode?.trim() ?? ''}|${resn}`;

/** Rows by where their CA is; of two in one place the first. */
function rowsBySpot(structure: Structure): Map<string, number> {
    const xyz = structure.backbone(), rows = new Map<string, number>();
    for (let row = structure.length - 1; row >= 0; row--) {
        const at = row * NUMBERS + CA;
        if (!Number.isNaN(xyz[at])) rows.set(spot(xyz[at], xyz[at + 1], xyz[at + 2]), row);
    }
    return rows;
}

/** Ligands, without water, in the order of the file. */
function ligandsOf(groups: ReadonlyMap<string, AtomSpec[]>): Ligand[] {
    const ligands: Ligand[] = [];
    for (const [id, atoms] of groups) {
        const {resn = '', resi, chain, hetflag} = atoms[0];
        if (!hetflag || WATER.test(resn)) continue;
        ligands.push({id, label: `${resn} ${resi}${chain?.trim() ? `, chain ${chain}` : ''}`, atoms});
    }
    return ligands;
}

export function mapAtoms(atoms: readonly AtomSpec[], structure: Structure): Mapped {
    const bySpot = rowsBySpot(structure), rowOfResidue = new Map<string, number>();
    const carbons: (AtomSpec | undefined)[] = Array(structure.length).fill(undefined);
    for (const atom of atoms) {
        if (atom.atom !== 'CA') continue;
        const row = bySpot.get(spot(atom.x ?? 0, atom.y ?? 0, atom.z ?? 0));
        if (row === undefined || carbons[row]) continue;
        carbons[row] = atom;
        rowOfResidue.set(residueKey(atom), row);
    }
    const rowOf = new Int32Array(atoms.length).fill(-1), others = new Map<string, AtomSpec[]>();
    atoms.forEach((atom, i) => {
        const key = residueKey(atom), row = rowOfResidue.get(key);
        if (row !== undefined) rowOf[i] = row;
        else others.set(key, [...others.get(key) ?? [], atom]);
    });
    return {rowOf, carbons, ligands: ligandsOf(others)};
}
