// SPDX-License-Identifier: MIT
//
// methods.ts - what was done, as a paragraph for a paper.
//
//   runs --> 'Sequences were designed with ProteinMPNN ...', one paragraph, and the list of what to cite
import {findModel} from '../../../wasm/models.js';
import type {Run} from '../state/runs';
import {counted, listed} from '../state/words';
import {citationsOf} from './citations';
import type {Part} from './parts';

/** ProteinMPNN (v_48_020, trained with 0.20 Å backbone noise; weights SHA-256 ...) */
function modelInWords(model: string, sha256: string): string {
    const known = findModel(model), sum = sha256 ? `weights SHA-256 ${sha256}` : '';
    if (!known) return `the weights of '${model}'${sum ? ` (${sum})` : ''}`;
    const family = model.startsWith('soluble') ? 'SolubleMPNN' : model.startsWith('ca_') ? 'the CA-only ProteinMPNN'
        : 'ProteinMPNN';
    const about = `${model.replace(/^[a-z]+_/, '')}, trained with ${known.noise_level.toFixed(2)} Å backbone noise`;
    return `${family} (${[about, sum].filter(Boolean).join('; ')})`;
}

/** The rules of a run, without its first sentence, which counts sequences as they were asked for. */
const rulesOf = ({facts: {words}}: Run) => words.slice(1).join(' ');

function ofRun({run, designs}: Part): string {
    const {facts: {settings: {temperature, seed}}, opened: {name}} = run;
    const made = `${counted(designs.length, 'sequence')} ${designs.length === 1 ? 'was' : 'were'}`;
    const asked = `For ${name}, ${made} sampled at temperature ${temperature} with random seed ${seed}`;
    return `${asked}: ${rulesOf(run)}`;
}

/** One paragraph of plain text for runs, and what it cites; '' for none. */
export function methodsOf(parts: readonly Part[]): string {
    if (parts.length === 0) return '';
    const models = new Map(parts.map(({run}) => [run.facts.model, run.sha256]));
    const version = listed([...new Set(parts.map(({run}) => run.version).filter(Boolean))]);
    const used = listed([...models].map(([model, sum]) => modelInWords(model, sum)));
    const first = `Protein sequences were designed with ${used}, run by Weft ${version} (WebAssembly, float32).`;
    const scored = 'Scores are mean negative log-probabilities of the designed residues in nats.';
    const cited = citationsOf({models: [...models.keys()], version});
    return `${[first, ...parts.map(ofRun), scored].join(' ')}\n\nReferences\n${
        cited.map(({short}) => `- ${short}`).join('\n')}\n`;
}
