// SPDX-License-Identifier: MIT
//
// atoms.ts - the atoms of a structure file, of the model that the engine read.
//
//   bytes --structureSource--> PDB text --3Dmol--> atoms       mmCIF, BinaryCIF --structureSource--> table --> atoms
//
// In slices, since a file may be long.
import {type Atom, Parsers} from '3dmol/build/3Dmol.es6-min.js';
import {type Structure} from '../../../wasm/index.js';
import {breathe} from './pace';

const SLICE = 1500;   // atoms
/** Sizes in bytes of the table that src/protein/table.h describes. */
const HEAD = 40, ATOM = 56;
const MAGIC = '\x89WEFT1\r\n';

const latin = new TextDecoder('latin1');

/** Lines of the model in that place, from 0. */
function modelLines(text: string, place: number): string[] {
    const model = text.split(/^ENDMDL.*$/m)[place] ?? text;
    return model.split(/\r\n|\n|\r/).filter((line) => /^(ATOM {2}|HETATM)/.test(line));
}

async function fromPdb(text: string, place: number): Promise<Atom[]> {
    const lines = modelLines(text, place), all: Atom[] = [];
    for (let at = 0; at < lines.length; at += SLICE) {
        await breathe();
        const [atoms] = Parsers.PDB(lines.slice(at, at + SLICE).join('\n'), {
            noSecondaryStructure: true, assignBonds: false, altLoc: '*'
        });
        if (atoms) for (const atom of atoms) all.push(atom);
    }
    return all;
}

/** The names of chains behind the atoms and the numbers of models. */
function chainNames(bytes: Uint8Array, view: DataView): string[] {
    const [atoms, chains, , , models] = [0, 1, 2, 3, 4].map((i) => view.getInt32(MAGIC.length + 4 * i, true));
    return latin.decode(bytes.subarray(HEAD + ATOM * atoms + 4 * models)).split('\0').slice(0, chains);
}

function tableAtom(view: DataView, at: number, chains: readonly string[], bytes: Uint8Array): Atom {
    const text = (from: number, size: number) =>
        latin.decode(bytes.subarray(at + from, at + from + size)).replace(/\0.*$/, '');
    const [x, y, z, , b] = [0, 4, 8, 12, 16].map((from) => view.getFloat32(at + from, true));
    const element = text(48, 2);
    return {
        x, y, z, b, atom: text(36, 4), resn: text(40, 8), elem: element.charAt(0) + element.slice(1).toLowerCase(),
        altLoc: text(50, 1), icode: text(51, 1), chain: chains[view.getInt32(at + 20, true)] ?? '',
        resi: view.getInt32(at + 24, true), hetflag: view.getUint8(at + 52) === 1
    };
}

async function fromTable(bytes: Uint8Array): Promise<Atom[]> {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const count = view.getInt32(MAGIC.length, true), chains = chainNames(bytes, view), atoms: Atom[] = [];
    for (let i = 0; i < count; i++) {
        if (i % 200 === 0) await breathe();
        const atom = tableAtom(view, HEAD + i * ATOM, chains, bytes);
        if (atom.elem !== 'H' && atom.elem !== 'D') atoms.push(atom);
    }
    return atoms;
}

/** The atoms without hydrogen, as the file has them, all alternate locations. */
export async function fileAtoms(bytes: Uint8Array, structure: Structure): Promise<Atom[]> {
    const {structureSource} = await import('../../../wasm/structure_file.js');
    const source = await structureSource(bytes);
    if (latin.decode(source.subarray(0, MAGIC.length)) === MAGIC) return fromTable(source);
    return fromPdb(latin.decode(source), Math.max(0, structure.models.indexOf(structure.model)));
}
