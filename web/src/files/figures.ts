// SPDX-License-Identifier: MIT
//
// figures.ts - the figures of a run as files, for the archive of everything.
import {columnsOf} from '../figures/columns';
import {heatMapSvg, logoSvg, scoresSvg} from '../figures/files';
import {entropies, frequencies} from '../state/profile';
import type {Part} from './parts';

export interface FigureFile {
    /** unique among the files of one part, with its ending */
    readonly name: string;
    readonly content: string;
}

/** Logo and heat map of all designs of the run, and the scores by residue of its best one. */
export async function figureFiles({run, designs}: Part): Promise<readonly FigureFile[]> {
    const {opened: {name, structure}, facts: {plan}} = run;
    const columns = columnsOf(structure, frequencies(run), plan.design);
    const best = designs.reduce((low, each) => (each.score < low.score ? each : low));
    const native = run.native.value?.logProb ?? null;
    const logo = await logoSvg(`${name}: letters of ${run.rows.length} designs`, columns, 'information');
    return [
        {name: 'logo.svg', content: logo},
        {name: 'heat_map.svg', content: await heatMapSvg(`${name}: share of designs with each letter`, columns)},
        {name: 'scores.svg', content: await scoresSvg(`${name}: design ${best.sample}`,
            {run, native, design: best, bits: entropies(run.probs)})}
    ];
}
