// SPDX-License-Identifier: MIT
//
// backbones.ts - the structure with the letters of each design, as `weft design --write-structures` writes it.
import {LETTERS} from '../../../wasm/index.js';
import {writeStructure, type WrittenFormat} from '../../../wasm/writers.js';
import {WIDTH} from '../state/plan';
import type {Result, Run} from '../state/runs';

/** The table that the writer looks letters up in: of each row it asks for the letter of the design alone. */
function tableOf({sequence, logProb}: Result): Float32Array {
    const table = new Float32Array(logProb.length * WIDTH).fill(NaN);
    logProb.forEach((value, row) => { table[row * WIDTH + LETTERS.indexOf(sequence[row])] = value; });
    return table;
}

/** @returns text, and the format that it is in */
export function backboneOf({opened: {bytes, structure}, facts: {plan}}: Run, design: Result, format: WrittenFormat) {
    return writeStructure(bytes, structure,
        {sequence: design.sequence, logProbs: tableOf(design), designMask: plan.design}, {format});
}

/** 5L33_0.1_3, as `weft design` names it */
export const backboneName = (label: string, {facts: {settings}}: Run, {sample}: Result) =>
    `${label}_${settings.temperature}_${sample}`;
