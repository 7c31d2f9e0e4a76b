/* SPDX-License-Identifier: MIT
 *
 * labels.js - the other names and numbers of residues that mmCIF has beside the authors': label_asym_id, label_seq_id.
 *
 *   Structure --> {chains, numbers}, a value for each row; null where the file has none
 */
import {HANDLE} from './heap.js';

const NONE = -(2 ** 31);

/** @typedef {{chains: string[], numbers: (number | null)[]}} Labels   '' and null at rows that have none */

/**
 * Selections and results go by the authors' numbers; these are for other programs' tables. A copy in an assembly has
 * its operator behind the chain's label, as behind its name.
 * @param {import('./structure.js').Structure} structure
 * @returns {Labels | null}   null where no row has a label, as in PDB files
 */
export function labelsOf(structure) {
    const {core, pointer} = structure[HANDLE], {c} = core, {length} = structure;
    const chains = Array.from({length}, (_, row) => core.text(c.weft_structure_label_chain(pointer, row)));
    if (!chains.some(Boolean)) return null;
    const numbers = core.take(Int32Array, c.weft_structure_label_numbers(pointer), length);
    return {chains, numbers: Array.from(numbers, (number) => (number === NONE ? null : number))};
}
