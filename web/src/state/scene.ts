// SPDX-License-Identifier: MIT
//
// scene.ts - what the 3D view has found out about the structure that is looked at, for selecting by it.
//
//   viewer --scene--> selection tools (near a ligand, by secondary structure), colours (B-factor)
import {signal} from '@preact/signals';

/** Atoms in the file that are no residue of a chain: small molecules, ions, sugars; water is left out. */
export interface Ligand {
    /** to name it in near() */
    readonly id: string;
    /** for people: 'HEM A 201' */
    readonly label: string;
    readonly atoms: number;
}

export interface Scene {
    /** of the Opened that it is about */
    readonly key: number;
    /** one letter a row: h helix, s strand, c neither */
    readonly secondary: string;
    readonly ligands: readonly Ligand[];
    /** 1 for each row of which an atom lies within so many angstrom of an atom of these ligands */
    near(ids: readonly string[], angstrom: number): Uint8Array;
    /** mean over the atoms of each row, as the file has it; NaN where a row has no atom */
    readonly bFactor: Float32Array;
}

/** Null until the viewer has read the structure, and where there is none. */
export const scene = signal<Scene | null>(null);

/** Of the 3D view: side chains of selected residues are drawn; a drag draws a box; one finger turns the structure. */
export const sideChains = signal(true);
export const boxing = signal(false);
export const turning = signal(false);
