/* SPDX-License-Identifier: MIT
 *
 * writers.js - a structure file with the letters of a design, which next tools read: 'weft-protein/writers'.
 *
 *   bytes of the file, Structure, Design --writeStructure--> PDB or mmCIF text
 *
 *   import {writeStructure} from 'weft-protein/writers';
 *   const text = await writeStructure(bytes, structure, design);            as the file is
 *   const text = await writeStructure(bytes, structure, design, {format: 'pdb'});
 *
 * The file stays as it is but for designed residues: written_rows.js says what becomes of their atoms, written_pdb.js
 * and written_cif.js of what else speaks of them. BinaryCIF is written as mmCIF text.
 */
import {bcifText} from './bcif_text.js';
import {ParseError} from './errors.js';
import {RESIDUE_NAMES} from './formats/residues.js';
import {LETTERS, structureBytes} from './structure.js';
import {formatOf, unpack} from './structure_file.js';
import {cifFromPdb, pdbFromCif} from './written_anew.js';
import {editCif} from './written_cif.js';
import {editPdb} from './written_pdb.js';

/** @typedef {import('./structure.js').Structure} Structure */
/** @typedef {import('./written_rows.js').Letters} Letters */
/** @typedef {'pdb' | 'cif' | 'same'} WrittenFormat   same: PDB for PDB, mmCIF for the others */

/** @type {readonly WrittenFormat[]} */
export const WRITTEN_FORMATS = ['pdb', 'cif', 'same'];

/** Text as UTF-8; where it is none, byte by byte. @param {Uint8Array} bytes */
function textOf(bytes) {
    try {
        return new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes);
    } catch {
        return new TextDecoder('latin1').decode(bytes);
    }
}

/** @param {string} name */
const letterOf = (name) => LETTERS[RESIDUE_NAMES.indexOf(name)];

/**
 * The file that a structure was read from, with the letters of a design.
 * @param {string | ArrayBuffer | ArrayBufferView} data   what engine.open was given
 * @param {Structure} structure   what came of it
 * @param {Letters} design        of engine.design
 * @param {{format?: WrittenFormat}} [options]
 * @returns {Promise<{text: string, format: 'pdb' | 'cif'}>}
 */
export async function writeStructure(data, structure, design, {format = 'same'} = {}) {
    if (!WRITTEN_FORMATS.includes(format)) throw new ParseError(`structures of format '${format}' are not written`);
    const bytes = await unpack(structureBytes(data)), kind = formatOf(bytes);
    const wanted = format === 'same' ? (kind === 'pdb' ? 'pdb' : 'cif') : format;
    const source = kind === 'bcif' ? await bcifText(bytes) : textOf(bytes);
    if (kind === 'pdb') {
        const text = editPdb(source, structure, design);
        return {text: wanted === 'pdb' ? text : cifFromPdb(text, structure), format: wanted};
    }
    const text = editCif(source, structure, design, letterOf);
    return {text: wanted === 'cif' ? text : pdbFromCif(text), format: wanted};
}
