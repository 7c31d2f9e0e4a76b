// SPDX-License-Identifier: MIT
//
// runs.ts - design runs. A run keeps the structures, model, plan and settings that it was started with.
//
//   startRun: read the page once -> wait for the run before -> encode -> sequences, one by one -> the native's score
//
// Runs stand in a queue, and one works at a time: its workers have all cores. Runs that another visit made come back
// from storage as finished ones (restoredRun).
import {batch, computed, signal} from '@preact/signals';
import {
    type Design, type Encoding, LETTERS, type Progress, type StateResult
} from '../../../wasm/index.js';
import type {Slot} from '../engine/engine';
import {demandMemory} from './memory';
import {chosenSlot, loading, model} from './models';
import {clearProblem, messageOf, problem, report} from './page';
import {type Plan, planOf, WIDTH} from './plan';
import {type Command, commandOf, constraintsOf, refusal, wordsOf} from './request';
import {readSettings, type Settings} from './settings';
import {current, type Opened, opening, structures} from './structures';

export type Phase = 'waiting' | 'weights' | 'encode' | 'design' | 'finish';
export type Outcome = 'running' | 'done' | 'cancelled' | 'failed';

/** Of a letter by its character code. */
const INDEX = Uint8Array.from({length: 128}, (_, code) => LETTERS.indexOf(String.fromCharCode(code)));
const BEAT_MS = 60;      // between two looks of the page at new sequences
const PROGRESS_MS = 100; // between two steps of the progress bar: each draws the page anew
const AT_ONCE = 2500;    // letters that the page takes up in one look: workers finish several sequences together

/** A designed sequence. */
export interface Result extends Pick<Design, 'sample' | 'score' | 'globalScore' | 'recovery' | 'sequence'> {
    /** log-probability of each row's letter at temperature 1, nats; NaN where the model sees no residue */
    readonly logProb: Float32Array;
    /** mean negative log-probability of the designed residues of each chain, by its name */
    readonly chainScores: Readonly<Record<string, number>>;
    readonly states?: readonly StateResult[];
}

/** A sequence and the run that made it. */
export interface Row {
    readonly run: Run;
    readonly design: Result;
}

/** The structure's own sequence under the model of the run. */
export interface Native {
    readonly sequence: string;
    readonly score: number;
    readonly globalScore: number;
    readonly logProb: Float32Array;
}

/** What is known of a run from its start; all of it can be stored. */
export interface RunFacts {
    readonly model: string;
    readonly plan: Plan;
    readonly settings: Settings;
    readonly words: readonly string[];
    readonly command: Command;
    /** milliseconds since 1970 */
    readonly started: number;
}

let lastKey = 0;

/** Mean over the designed rows of each chain. */
export function chainScores({structure}: Opened, design: Uint8Array, logProb: Float32Array): Record<string, number> {
    return Object.fromEntries(structure.chainsWith(design).map(({name, start, length}) => {
        let sum = 0, count = 0;
        for (let row = start; row < start + length; row++) {
            if (!design[row]) continue;
            sum -= logProb[row];
            count++;
        }
        return [name, sum / count];
    }));
}

/** Of a [row][letter] table the number of each row's letter; NaN in rows that the model does not see. */
function ofLetters(table: Float32Array, letters: ArrayLike<number>, seen: Uint8Array): Float32Array {
    return Float32Array.from(letters, (letter, row) => (seen[row] ? table[row * WIDTH + letter] : NaN));
}

export class Run {
    readonly key = ++lastKey;
    readonly opened: Opened;
    /** further structures that its sequences shall fit, those of the plan, whether they are still open or not */
    readonly states: readonly Opened[];
    readonly facts: RunFacts;
    readonly state = signal<Outcome>('running');
    readonly phase = signal<Phase>('waiting');
    readonly fraction = signal(0);
    readonly secondsLeft = signal<number | null>(null);
    /** how many sequences the page has looked at: `rows` grows in place, this says when to look */
    readonly count = signal(0);
    readonly rows: Row[] = [];
    /** sum over all sequences of the probabilities that were drawn from, [row][letter]; 0 where nothing is designed */
    readonly probs: Float32Array;
    /** how many sequences have each letter, [row][letter]; 0 where nothing is designed */
    readonly counts: Uint32Array;
    /** known from the end of a run, or of its cancelled part, on */
    readonly native = signal<Native | null>(null);
    /** of the weights, and the engine's version, once they are known */
    sha256 = '';
    version = '';
    error = '';
    /** resolves when nothing is left to do for it */
    finished: Promise<void> = Promise.resolve();
    readonly #slot: Slot | null;
    readonly #abort = new AbortController();
    #phaseStarted = performance.now();
    /** the mean of several structures, which no other run has */
    #averaged: Encoding | undefined;
    #looked = 0;
    #listened = 0;
    #timer: ReturnType<typeof setTimeout> | undefined;

    constructor(opened: Opened, states: readonly Opened[], facts: RunFacts, slot: Slot | null) {
        this.opened = opened;
        this.states = states;
        this.facts = facts;
        this.probs = new Float32Array(opened.structure.length * WIDTH);
        this.counts = new Uint32Array(this.probs.length);
        this.#slot = slot?.retain() ?? null;
    }

    /** Names of the chains with a designed residue. */
    get chains(): string[] {
        return this.opened.structure.chainsWith(this.facts.plan.design).map(({name}) => name);
    }

    /** Answers at once; what is left to do (the native's score for what was made) goes on until `finished`. */
    cancel(): void {
        if (this.state.value !== 'running') return;
        this.#abort.abort();
        this.#end('cancelled');
        if (this.phase.value === 'waiting') this.#leave();
    }

    /** Works until the end; a failure is reported, never thrown. */
    async start(): Promise<void> {
        const slot = this.#slot;
        if (!slot || this.state.value !== 'running') return;
        this.finished = this.#work(slot);
        await this.finished;
    }

    async #work(slot: Slot): Promise<void> {
        const control = {signal: this.#abort.signal, onProgress: (progress: Progress) => this.#listen(progress)};
        this.#enter('encode');
        let outcome: Outcome = 'done';
        try {
            const encodings = await this.#encode(slot, control);
            try {
                await this.#design(slot, encodings, control);
            } catch (error) {
                if (this.rows.length > 0) await this.#scoreNative(slot, encodings[0]).catch(() => undefined);
                throw error;
            }
            await this.#scoreNative(slot, encodings[0]);
            await this.#seen();
        } catch (error) {
            outcome = this.#abort.signal.aborted ? 'cancelled' : 'failed';
            this.error = outcome === 'failed' ? messageOf(error) : '';
            if (outcome === 'failed') report(this.opened.name, error);
        }
        this.#end(outcome);
        this.#leave();
    }

    async #encode(slot: Slot, control: object): Promise<Encoding[]> {
        const engine = await slot.engine;
        this.version = engine.version;
        const encodings = [], states = [this.opened, ...this.states], {average} = this.facts.plan;
        await demandMemory(average ? states.slice(0, 1) : states, slot);
        if (average && this.states.length) {
            encodings.push(this.#averaged = await slot.average(states, this.#weights, control));
        } else {
            for (const opened of states) encodings.push(await slot.encoding(opened, control));
        }
        await engine.ready;
        this.sha256 = engine.weights.sha256 ?? '';
        return encodings;
    }

    /** Of the structure and its states. */
    get #weights(): number[] {
        return [1, ...this.facts.plan.states.map(({weight}) => weight)];
    }

    async #design(slot: Slot, encodings: Encoding[], control: object): Promise<void> {
        const engine = await slot.engine, {plan, settings} = this.facts;
        const {count, temperature, seed} = settings;
        const asked = {
            ...constraintsOf(plan, settings), count, temperature, seed, ...control,
            ...(encodings.length > 1 && {stateWeights: this.#weights})
        };
        for await (const design of engine.design(encodings.length > 1 ? encodings : encodings[0], asked)) {
            this.#add(design, encodings[0].structure.visible(engine.weights.family));
        }
    }

    #add(design: Design, seen: Uint8Array): void {
        const {sample, score, globalScore, recovery, sequence, letters, logProbs, probs, states} = design;
        const logProb = ofLetters(logProbs, letters, seen), mask = this.facts.plan.design;
        for (let row = 0, at = 0; row < mask.length; row++) {
            for (let letter = 0; letter < WIDTH; letter++, at++) if (mask[row]) this.probs[at] += probs[at];
        }
        this.take({
            sample, score, globalScore, recovery, sequence, logProb,
            chainScores: chainScores(this.opened, mask, logProb), ...(states && {states})
        });
        const wait = this.#looked + BEAT_MS - performance.now();
        this.#timer ??= setTimeout(() => this.#look(), Math.max(0, wait));   // in a task of its own
    }

    /** One more sequence, with its letters counted. */
    take(design: Result): void {
        const {design: mask} = this.facts.plan, {sequence} = design;
        for (let row = 0; row < mask.length; row++) {
            if (mask[row]) this.counts[row * WIDTH + INDEX[sequence.charCodeAt(row)]]++;
        }
        this.rows.push({run: this, design});
    }

    /** Lets the page see what has come, a few at a time. */
    #look(all = false): void {
        clearTimeout(this.#timer);
        this.#timer = undefined;
        this.#looked = performance.now();
        const few = Math.max(1, Math.floor(AT_ONCE / this.opened.structure.length));
        this.count.value = all ? this.rows.length : Math.min(this.rows.length, this.count.value + few);
        if (this.count.value < this.rows.length) this.#timer = setTimeout(() => this.#look(), BEAT_MS);
    }

    /** Waits until the page has taken up all sequences. */
    async #seen(): Promise<void> {
        while (this.count.value < this.rows.length && this.state.value === 'running') {
            await new Promise((resolve) => { setTimeout(resolve, BEAT_MS); });
        }
    }

    async #scoreNative(slot: Slot, encoding: Encoding): Promise<void> {
        this.#look();
        if (this.state.value === 'running') this.#enter('finish');
        const engine = await slot.engine, {structure} = this.opened, {plan, settings} = this.facts;
        const [{score, globalScore, residueScores}] = await engine.score(encoding, {
            ...constraintsOf(plan, settings), sequences: structure.sequence, seed: settings.seed
        });
        this.native.value = {
            score, globalScore, sequence: structure.sequence, logProb: residueScores.map((value) => -value)
        };
    }

    #end(outcome: Outcome): void {
        if (this.state.value !== 'running') return;
        batch(() => {
            this.#look(true);
            this.state.value = outcome;
        });
    }

    #leave(): void {
        this.#averaged?.dispose();
        this.#averaged?.structure.dispose();
        this.#slot?.release();
        next();
    }

    #enter(phase: Phase): void {
        if (this.phase.value === phase) return;
        this.phase.value = phase;
        this.#phaseStarted = performance.now();
        this.secondsLeft.value = null;
    }

    #listen({phase, fraction}: Progress): void {
        const weights = model.value.id === this.facts.model ? loading.value : null;   // another may be chosen
        const waiting = phase === 'encode' && weights !== null, now = performance.now();
        const entered = waiting ? 'weights' : phase === 'design' ? 'design' : 'encode';
        if (entered === this.phase.value && now < this.#listened + PROGRESS_MS) return;
        this.#listened = now;
        batch(() => {
            this.#enter(entered);
            const done = (waiting ? weights.fraction : fraction) ?? 0;
            const seconds = (now - this.#phaseStarted) / 1000;
            this.fraction.value = done;
            this.secondsLeft.value = done > 0.02 && seconds > 0.5 ? seconds * (1 - done) / done : null;
        });
    }
}

/** The open structures that a plan's sequence shall fit as well. A run keeps those of its start. */
export const statesOf = (plan: Plan): Opened[] => plan.states.flatMap(({key}) =>
    structures.value.find((each) => each.key === key) ?? []);

export const runs = signal<readonly Run[]>([]);
export const active = computed(() =>
    runs.value.find((run) => run.state.value === 'running' && run.phase.value !== 'waiting'));
/** Runs that have not begun. */
export const waiting = computed(() =>
    runs.value.filter((run) => run.state.value === 'running' && run.phase.value === 'waiting'));

function next(): void {
    const run = waiting.value[0];
    if (run && !active.value) void run.start();
}

/** Puts a run in the queue with what is on the page now. Its `started` is when it was asked for. */
export function startRun(opened: Opened | undefined = current.value): void {
    if (!opened) return;
    clearProblem();
    try {
        const plan = planOf(opened), settings = readSettings(), states = statesOf(plan);
        const why = refusal(opened, plan);
        if (why) throw new Error(why);
        const slot = chosenSlot(), model = slot.model.id;
        const facts: RunFacts = {
            model, plan, settings, started: Date.now(), words: wordsOf(opened, plan, settings, states),
            command: commandOf(opened, plan, settings, model, states)
        };
        runs.value = [...runs.value, new Run(opened, states, facts, slot)];
        next();
    } catch (error) {
        report(opened.name, error);
    }
}

/** What the button does: where the first structure is still being read, the run starts as soon as it is there. */
export function startWhenRead(): void {
    if (current.value) return startRun();
    if (!opening.value.length) {
        problem.value ||= 'Open a structure first, or try the sample.';   // why there is none may stand there already
        return;
    }
    const stop = opening.subscribe(({length}) => {
        if (length > 0) return;
        queueMicrotask(() => stop());
        startRun();
    });
}

/** What storage or a project file has of a run. */
export interface StoredRun {
    facts: RunFacts;
    state: Outcome;
    sha256: string;
    version: string;
    error: string;
    results: readonly Result[];
    probs: Float32Array;
    native: Native | null;
}

export function storedRun(run: Run): StoredRun {
    const {facts, sha256, version, error, probs} = run;
    const state = run.state.value === 'running' ? 'cancelled' : run.state.value;
    return {facts, state, sha256, version, error, probs, native: run.native.value,
        results: run.rows.map(({design}) => design)};
}

/** A run of another visit, with the structures that it was made for; it is not on the page yet. */
export function restoredRun(opened: Opened, states: readonly Opened[], stored: StoredRun): Run {
    const run = new Run(opened, states, stored.facts, null);
    const {sha256, version, error} = stored;
    Object.assign(run, {sha256, version, error});
    for (const design of stored.results) run.take(design);
    run.probs.set(stored.probs);
    run.native.value = stored.native;
    run.count.value = run.rows.length;
    run.phase.value = 'finish';
    run.state.value = stored.state;
    return run;
}

/** Puts finished runs on the page, before those that are there. */
export function addRuns(made: readonly Run[]): void {
    runs.value = [...made, ...runs.value];
}

/** Stops what works and what waits. */
export function cancelRuns(): void {
    for (const run of [...waiting.value, active.value]) run?.cancel();
}

/** Takes finished runs off the table: these, or all. */
export function clearRuns(these: readonly Run[] = runs.value): void {
    runs.value = runs.value.filter((run) => run.state.value === 'running' || !these.includes(run));
}
