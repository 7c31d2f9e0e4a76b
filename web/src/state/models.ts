// SPDX-License-Identifier: MIT
//
// models.ts - the models to choose from, the chosen one, and how far its weights have come.
import {computed, signal} from '@preact/signals';
import {platform} from '#platform';
import {type Weights} from '../../../wasm/index.js';
import {findModel} from '../../../wasm/models.js';
import {type Model, type Slot, slotOf} from '../engine/engine';
import {report} from './page';

export interface Loading {
    done: number;
    total: number | null;
    fraction: number | null;
    /** nothing is downloaded: an earlier visit kept them */
    cached?: boolean;
}

/** ProteinMPNN, noise 0.20 Å (v_48_020) */
function labelOf(id: string): string {
    const known = findModel(id);
    const family = id.startsWith('soluble') ? 'SolubleMPNN' : `ProteinMPNN${id.startsWith('ca_') ? ', CA only' : ''}`;
    return known ? `${family}, noise ${known.noise_level.toFixed(2)} Å (${id.replace(/^[a-z]+_/, '')})` : id;
}

export const models = signal<readonly Model[]>(platform.models.map((id) => ({id, label: labelOf(id)})));
const chosenId = signal(platform.models[0]);
export const model = computed(() => models.value.find(({id}) => id === chosenId.value) ?? models.value[0]);

/** Of the chosen model; null once all is in or before anything has come. */
export const loading = signal<Loading | null>(null);
/** Whether the chosen model's weights came from the cache of an earlier visit. */
export const fromCache = signal(false);
/** Of the chosen model, once they are complete and right. */
export const weights = signal<Weights | null>(null);
export const version = signal('');

/** The engine of the chosen model, loading from now on. */
export function chosenSlot(): Slot {
    const chosen = model.value;
    return slotOf(chosen, (progress) => {
        if (model.value !== chosen || progress.phase !== 'weights') return;
        loading.value = progress;
        fromCache.value = progress.cached === true;
    });
}

/** Starts to load the chosen model while the user looks for a structure. */
export async function prepare(): Promise<void> {
    const slot = chosenSlot();
    weights.value = loading.value = null;   // those of the model before
    fromCache.value = false;
    try {
        const engine = await slot.engine;
        version.value = engine.version;
        await engine.ready;
        if (model.value === slot.model) weights.value = engine.weights;
    } catch (error) {
        report(slot.model.label, error);
    }
    if (model.value === slot.model) loading.value = null;
}

export function chooseModel(id: string): void {
    chosenId.value = id;
    void prepare();
}

/** A weights file of the user's becomes a model like the others, and the chosen one. */
export function addModel(file: File): void {
    const taken = new Set(models.value.map(({id}) => id));
    let id = file.name;
    for (let n = 2; taken.has(id); n++) id = `${file.name} (${n})`;
    models.value = [...models.value, {id, label: `${id}, your file`, file}];
    chooseModel(id);
}
