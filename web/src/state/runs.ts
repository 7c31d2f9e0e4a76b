// SPDX-License-Identifier: MIT
//
// runs.ts - design runs. A run keeps the structure, model and settings that it was started with.
//
//   startRun: read the form -> encode -> sequences, one by one -> the native sequence's score (for the FASTA file)
import {computed, signal} from '@preact/signals';
import {type Design, type Encoding, type Progress, type Score, type Structure} from '../../../wasm/index.js';
import type {Slot} from '../engine/engine';
import {chosenSlot, loading} from './models';
import {clearProblem, report} from './page';
import {readSettings, type Settings} from './settings';
import {current, type Opened} from './structures';

export type Phase = 'weights' | 'encode' | 'design' | 'finish';
export type State = 'running' | 'done' | 'cancelled' | 'failed';

/** A sequence of the table. */
export interface Row {
    design: Pick<Design, 'sample' | 'score' | 'globalScore' | 'recovery' | 'sequence'>;
    run: Run;
}

/** What a FASTA file says of the run's structure. */
export interface Native {
    score: Score;
    structure: Structure;
    version: string;
}

let lastKey = 0;

export class Run {
    readonly key = ++lastKey;
    readonly opened: Opened;
    readonly settings: Settings;
    readonly model: string;
    readonly chains: readonly string[];
    readonly state = signal<State>('running');
    readonly phase = signal<Phase>('encode');
    readonly fraction = signal(0);
    readonly secondsLeft = signal<number | null>(null);
    readonly rows = signal<readonly Row[]>([]);
    native: Promise<Native> | undefined;
    readonly #slot: Slot;
    readonly #abort = new AbortController();
    #phaseStarted = performance.now();

    constructor(opened: Opened, settings: Settings, slot: Slot) {
        this.opened = opened;
        this.settings = settings;
        this.#slot = slot.retain();
        this.model = slot.model.id;
        this.chains = opened.chains.map(({name}) => name).filter((name) => opened.designed.has(name));
    }

    cancel(): void {
        this.#abort.abort();
    }

    async start(): Promise<void> {
        const control = {signal: this.#abort.signal, onProgress: (progress: Progress) => this.#listen(progress)};
        let encoding: Encoding | undefined;
        try {
            encoding = await this.#slot.encoding(this.opened, control);
            await this.#design(encoding, control);
            this.#enter('finish');
            this.native = this.#score(encoding);
            await this.native;
            this.state.value = 'done';
        } catch (error) {
            const cancelled = this.#abort.signal.aborted;
            this.state.value = cancelled ? 'cancelled' : 'failed';
            if (!cancelled) report(this.opened.name, error);
        }
        if (encoding && this.rows.value.length > 0) this.native ??= this.#score(encoding);
        await this.native?.catch(() => undefined);
        this.#slot.release();
    }

    async #design(encoding: Encoding, control: object): Promise<void> {
        const engine = await this.#slot.engine;
        const asked = {...this.settings, chains: [...this.chains], ...control};
        for await (const {sample, score, globalScore, recovery, sequence} of engine.design(encoding, asked)) {
            const design = {sample, score, globalScore, recovery, sequence};
            this.rows.value = [...this.rows.value, {design, run: this}];
        }
    }

    async #score(encoding: Encoding): Promise<Native> {
        const engine = await this.#slot.engine;
        const {structure} = encoding;
        const asked = {chains: [...this.chains], sequences: structure.sequence, seed: this.settings.seed};
        const [score] = await engine.score(encoding, asked);
        return {score, structure, version: engine.version};
    }

    #enter(phase: Phase): void {
        if (this.phase.value === phase) return;
        this.phase.value = phase;
        this.#phaseStarted = performance.now();
        this.secondsLeft.value = null;
    }

    #listen({phase, fraction}: Progress): void {
        const {value: weights} = loading;
        const waiting = phase === 'encode' && weights !== null;
        this.#enter(waiting ? 'weights' : phase === 'design' ? 'design' : 'encode');
        const done = (waiting ? weights.fraction : fraction) ?? 0;
        const seconds = (performance.now() - this.#phaseStarted) / 1000;
        this.fraction.value = done;
        this.secondsLeft.value = done > 0.02 && seconds > 0.5 ? seconds * (1 - done) / done : null;
    }
}

export const runs = signal<readonly Run[]>([]);
export const active = computed(() => runs.value.find((run) => run.state.value === 'running'));
export const rows = computed(() => runs.value.flatMap((run) => run.rows.value));
export const canStart = computed(() => current.value !== undefined && active.value === undefined);

/** Starts a run with what is on the page now. */
export function startRun(): void {
    const opened = current.value;
    if (!opened || active.value) return;
    clearProblem();
    try {
        if (opened.designed.size === 0) throw new Error('choose at least one designed chain');
        const run = new Run(opened, readSettings(), chosenSlot());
        runs.value = [...runs.value, run];
        void run.start();
    } catch (error) {
        report(opened.name, error);
    }
}

export function cancelRun(): void {
    active.value?.cancel();
}

/** Takes the finished runs off the table. */
export function clearRuns(): void {
    runs.value = runs.value.filter((run) => run.state.value === 'running');
}
