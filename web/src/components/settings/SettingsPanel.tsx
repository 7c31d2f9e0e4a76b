// SPDX-License-Identifier: MIT
//
// SettingsPanel.tsx - what is designed, under which rules, and how it is sampled.
import type {Signal} from '@preact/signals';
import {chainDesigned, setChainDesigned} from '../../state/selection';
import {count, MOST_SEQUENCES, seed, temperature} from '../../state/settings';
import {chooseModel, model, models} from '../../state/models';
import {current} from '../../state/structures';

function NumberField({label, value, ...limits}: {label: string, value: Signal<string>, min: number, step: number | 'any',
    max?: number, placeholder?: string}) {
    return (
        <label class="field">
            {label}
            <input type="number" value={value.value} {...limits}
                onInput={(event) => { value.value = event.currentTarget.value; }} />
        </label>
    );
}

export function SettingsPanel() {
    const opened = current.value;
    return (
        <section aria-label="Settings">
            {opened && opened.structure.chains.map(({name, length}) => (
                <label class="check" key={name}>
                    <input type="checkbox" checked={chainDesigned(opened, name) !== 'none'}
                        onChange={(event) => setChainDesigned(opened, name, event.currentTarget.checked)} />
                    Chain {name.trim() || '(blank)'}, {length} residues
                </label>
            ))}
            <label class="field">
                Model
                <select value={model.value.id} onChange={(event) => chooseModel(event.currentTarget.value)}>
                    {models.value.map(({id, label}) => <option key={id} value={id}>{label}</option>)}
                </select>
            </label>
            <NumberField label="Sequences" value={count} min={1} max={MOST_SEQUENCES} step={1} />
            <NumberField label="Temperature" value={temperature} min={0} step="any" />
            <NumberField label="Seed" value={seed} min={0} step={1} placeholder="random" />
        </section>
    );
}
