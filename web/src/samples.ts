// SPDX-License-Identifier: MIT
//
// samples.ts - structures to try the page with, each loaded when it is asked for. PDB entries, CC0.
import {clearProblem} from './state/page';
import {openStructure} from './state/structures';

export const samples = [
    {id: '5L33', text: '5L33, a designed protein', load: () => import('../samples/5L33.pdb?raw')},
    {id: '1J2J', text: '1J2J, a small protein on its target', load: () => import('../samples/1J2J.pdb?raw')},
    {id: '1QU9', text: '1QU9, three equal chains', load: () => import('../samples/1QU9.pdb?raw')}
] as const;

export async function openSample(sample: typeof samples[number] = samples[0]): Promise<void> {
    clearProblem();
    await openStructure(`${sample.id}.pdb`, async () => new TextEncoder().encode((await sample.load()).default));
}
