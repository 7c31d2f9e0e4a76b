// SPDX-License-Identifier: MIT
//
// profile.ts - letters and their probabilities at each residue: of the designs of a run, or of the model alone.
//
//   run -> how often each letter came, or how probable it was        structure, model --ask--> engine.probs -> table
//
// Tables are [row][letter]. Those of the model are made when they are asked for, and kept for this visit.
import {computed, signal} from '@preact/signals';
import {type ProbsOptions} from '../../../wasm/index.js';
import {chosenSlot, model} from './models';
import {isCancelled, report} from './page';
import {visible, WIDTH} from './plan';
import {looks, shownRun} from './results';
import {type Run} from './runs';
import {current, type Opened} from './structures';

/** What a table says of a residue. */
export const sources = {
    frequency: 'Designs: frequency', probability: 'Designs: probability', unconditional: 'Model: backbone alone',
    'all-others': 'Model: all others given'
} as const;
export type Source = keyof typeof sources;
export type Mode = Extract<Source, ProbsOptions['mode']>;

export const source = signal<Source>('frequency');

export interface Profile {
    readonly opened: Opened;
    readonly table: Float32Array;
    /** 1 for each row that has numbers */
    readonly rows: Uint8Array;
}

/** Shannon entropy of each row of a [row][letter] table of probabilities or counts, bits; NaN where a row is empty. */
export function entropies(table: ArrayLike<number>): Float32Array {
    const out = new Float32Array(table.length / WIDTH).fill(NaN);
    for (let row = 0; row < out.length; row++) {
        let sum = 0, bits = 0;
        for (let letter = 0; letter < WIDTH; letter++) sum += table[row * WIDTH + letter];
        if (!(sum > 0)) continue;
        for (let letter = 0; letter < WIDTH; letter++) {
            const p = table[row * WIDTH + letter] / sum;
            if (p > 0) bits -= p * Math.log2(p);
        }
        out[row] = bits;
    }
    return out;
}

/** Share of a run's designs with each letter. */
export const frequencies = ({counts, rows}: Run): Float32Array =>
    Float32Array.from(counts, (count) => count / Math.max(1, rows.length));

/** Mean over a run's designs of the probabilities that letters were drawn from; 0 where nothing is designed. */
export const meanProbs = ({probs, rows}: Run): Float32Array => probs.map((sum) => sum / Math.max(1, rows.length));

const ofRun = computed<{run: Run} | null>(() => {
    void looks.value;
    const run = shownRun.value;
    return run && run.rows.length > 0 ? {run} : null;
});

/* ---- Of the model ---- */

export type Tables = ReadonlyMap<string, Float32Array>;
const tables = signal<Tables>(new Map());
/** What is being worked out, and how far it is. */
export const asked = signal<{readonly mode: Mode, readonly name: string, readonly fraction: number} | null>(null);
let abort: AbortController | undefined;

const keyOf = (opened: Opened, id: string, mode: Mode) => `${opened.key} ${mode} ${id}`;

/** Log-probabilities that were worked out already. */
export const logProbsOf = (opened: Opened, mode: Mode): Float32Array | undefined =>
    tables.value.get(keyOf(opened, model.value.id, mode));

export function cancelAsked(): void {
    abort?.abort();
}

/** Works out log-probabilities of all letters at all residues, with the file's letters where others are given. */
export async function ask(opened: Opened, mode: Mode): Promise<void> {
    if (logProbsOf(opened, mode) || asked.value) return;
    const slot = chosenSlot().retain(), {id} = slot.model;
    abort = new AbortController();
    const {signal: stop} = abort;
    const progress = (fraction: number) => { asked.value = {mode, name: opened.name, fraction}; };
    progress(0);
    try {
        const engine = await slot.engine, encoding = await slot.encoding(opened, {signal: stop});
        const {logProbs} = await engine.probs(encoding, {
            mode, seed: 0, signal: stop, design: visible(opened.structure),
            onProgress: ({fraction}) => progress(fraction ?? 0)
        });
        tables.value = new Map(tables.value).set(keyOf(opened, id, mode), logProbs);
    } catch (error) {
        if (!isCancelled(error)) report(opened.name, error);
    } finally {
        asked.value = null;
        slot.release();
    }
}

/** The table that the figures show; null where there is none yet. */
export const profile = computed<Profile | null>(() => {
    const kind = source.value;
    if (kind === 'frequency' || kind === 'probability') {
        const run = ofRun.value?.run;
        if (!run) return null;
        const table = kind === 'frequency' ? frequencies(run) : meanProbs(run);
        return {opened: run.opened, table, rows: run.facts.plan.design};
    }
    const opened = current.value, found = opened && logProbsOf(opened, kind);
    return found ? {opened, table: found.map(Math.exp), rows: visible(opened.structure)} : null;
});
