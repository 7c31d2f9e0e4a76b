// SPDX-License-Identifier: MIT
//
// ModelPart.tsx - which model designs, and what its family and its noise level mean.
import {chooseModel, model, models} from '../../state/models';
import {Part} from './Part';

const FAMILIES: readonly (readonly [RegExp, string])[] = [
    [/^proteinmpnn/, 'For any protein.'],
    [/^soluble/, 'Trained on soluble proteins alone: for soluble versions of proteins, such as those of membranes.'],
    [/^ca_/, 'Sees CA atoms alone: for backbones that have nothing else.']
];

/** What the noise level does, with the one that is usual. */
function noiseWords(id: string): string {
    const level = /_(\d{3})$/.exec(id)?.[1];
    if (!level) return '';
    const noise = (Number(level) / 100).toFixed(2);
    const means = Number(noise) < 0.1 ? 'trusts the atoms of exact crystal structures'
        : Number(noise) < 0.2 ? 'is between exact and designed backbones' : 'suits designed and predicted backbones';
    return `Noise of ${noise} Å in training ${means}; 0.20 is usual.`;
}

export function ModelPart() {
    const {id, file} = model.value;
    const family = file ? 'A weights file of yours.' : FAMILIES.find(([pattern]) => pattern.test(id))?.[1] ?? '';
    return (
        <Part title="Model" open>
            <label class="field">
                <span class="unseen">Model</span>
                <select class="model" value={id} aria-describedby="model-help"
                    onChange={(event) => chooseModel(event.currentTarget.value)}>
                    {models.value.map((each) => <option key={each.id} value={each.id}>{each.label}</option>)}
                </select>
            </label>
            <p class="note" id="model-help">{family} {file ? '' : noiseWords(id)}</p>
            <p class="note">Your own weights: drop an .eqx or .pt file.</p>
        </Part>
    );
}
