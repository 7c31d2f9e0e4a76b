// SPDX-License-Identifier: MIT
//
// series.ts - numbers along the sequence, as the figure of scores shows them.
import type {Structure} from '../../../wasm/index.js';

interface Shown {
    readonly run: {readonly opened: {readonly structure: Structure}};
    readonly native: Float32Array | null;
    readonly design: {readonly sample: number, readonly logProb: Float32Array};
    readonly bits: Float32Array;
}

export const SERIES = {native: '#7d8a86', design: '#c2410c', bits: '#2f7fc4'};

/** @param plots   the module plots.ts, which is loaded when it is needed */
export function drawScoresWith(plots: typeof import('./plots'), {run, native, design, bits}: Shown, width: number,
    height: number): SVGSVGElement {
    const {structure} = run.opened, names = Array.from({length: structure.length}, (_, row) => structure.rowName(row));
    const negative = (values: Float32Array) => Array.from(values, (value) => -value);
    return plots.drawScores(names, [
        ...(native ? [{name: 'native', colour: SERIES.native, values: negative(native)}] : []),
        {name: `design ${design.sample}`, colour: SERIES.design, values: negative(design.logProb)},
        {name: 'entropy', colour: SERIES.bits, values: Array.from(bits)}
    ], width, height, '-log p, nats; entropy, bits');
}
