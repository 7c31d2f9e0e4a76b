// SPDX-License-Identifier: MIT
//
// SettingsForm.tsx - model, number, temperature and seed; start and stop.
import type {Signal} from '@preact/signals';
import {chooseModel, model, models} from '../state/models';
import {active, cancelRun, canStart, startRun} from '../state/runs';
import {count, MOST_SEQUENCES, seed, temperature} from '../state/settings';

interface FieldProps {
    label: string;
    value: Signal<string>;
    min: number;
    max?: number;
    step: number | 'any';
    help: string;
    placeholder?: string;
}

function NumberField({label, value, help, ...limits}: FieldProps) {
    const id = `${label.toLowerCase()}-help`;
    return (
        <div class="field">
            <label>
                {label}
                <input type="number" value={value.value} aria-describedby={id} {...limits}
                    onInput={(event) => { value.value = event.currentTarget.value; }} />
            </label>
            <p class="note" id={id}>{help}</p>
        </div>
    );
}

function submit(event: Event): void {
    event.preventDefault();
    if (canStart.value) startRun();
}

/** Buttons that cannot be used now keep the keyboard's focus, which `disabled` would take away. */
function Buttons() {
    const running = active.value !== undefined;
    return (
        <div class="buttons">
            <button type="submit" class="main" aria-disabled={!canStart.value}>Design</button>
            <button type="button" aria-disabled={!running} onClick={cancelRun}>Cancel</button>
        </div>
    );
}

export function SettingsForm() {
    return (
        <section aria-labelledby="settings-title">
            <h2 id="settings-title">2. Settings</h2>
            <form noValidate onSubmit={submit}>
                <label class="field">
                    Model
                    <select value={model.value.id} onChange={(event) => chooseModel(event.currentTarget.value)}>
                        {models.value.map(({id, label}) => <option key={id} value={id}>{label}</option>)}
                    </select>
                </label>
                <div class="numbers">
                    <NumberField label="Sequences" value={count} min={1} max={MOST_SEQUENCES} step={1}
                        help="How many." />
                    <NumberField label="Temperature" value={temperature} min={0} step="any"
                        help="0: always the most probable letter." />
                    <NumberField label="Seed" value={seed} min={0} step={1} placeholder="random"
                        help="Same seed, same sequences." />
                </div>
                <Buttons />
            </form>
        </section>
    );
}
