// SPDX-License-Identifier: MIT
//
// chosen.ts - a chosen set as files, the first chosen first: what `weft select -o` writes.
//
//   chosenFasta   >NAME, and what ProteinMPNN's headers say; the designed chains, parted by '/'
//   chosenCsv     the columns of `weft select`
import {chosenTable} from '../../../wasm/choosing.js';
import {formatCsv} from '../../../wasm/formats/csv.js';
import {designHeader, formatFasta} from '../../../wasm/formats/fasta.js';
import type {Selection} from '../state/choosing';

export const chosenFasta = ({chosen}: Selection): string => formatFasta(chosen.map(({candidate}) => {
    const {name, chains, row: {run, design}} = candidate;
    const header = designHeader({...design, temperature: run.facts.settings.temperature}).slice(1);
    return {header: `>${name}, ${header}`, sequence: chains.join('/')};
}));

export function chosenCsv(selection: Selection): Promise<string> {
    const {columns, values} = chosenTable(selection);
    return formatCsv([columns, ...values.map((row) => row.map((value) => String(value ?? '')))]);
}
