// SPDX-License-Identifier: MIT
//
// engine.ts - the one module that owns engines. State asks it for a model; components never see it.
//
//   model --use--> Slot {engine, encoding of a structure} --release--> freed when the last run is done with it
//
// One engine is kept for the next run. When another model is chosen, the old one lives on until the run that uses it
// has ended. Structures are kept as files and read by the engine that needs them.
import {type Encoding, Engine, type LoadOptions, type Progress, type Structure} from '../../../wasm/index.js';
import {platform} from '#platform';

export interface Model {
    id: string;
    label: string;
    /** a file of the user's; otherwise the platform knows where the weights are */
    file?: File;
}

/** What an engine needs of a structure to make its own. */
export interface Source {
    key: number;
    name: string;
    bytes: Uint8Array;
    model?: number;
}

const isAbort = (error: unknown) => error instanceof DOMException && error.name === 'AbortError';

/** The promise, or an AbortError as soon as the signal says so. */
function waitFor<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
    if (!signal) return promise;
    return new Promise((resolve, reject) => {
        const abort = () => reject(new DOMException('The work was cancelled.', 'AbortError'));
        if (signal.aborted) abort();
        signal.addEventListener('abort', abort, {once: true});
        promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
    });
}

type Listener = (progress: Progress) => void;
type Control = {onProgress?: Listener, signal?: AbortSignal};

const options: Partial<LoadOptions> = platform.engine;
void import('../../../wasm/pool.js');   // which the engine would otherwise begin to load only when it needs it
let parsing: Promise<Engine> | undefined;

/** An engine without weights, to look at structures with. */
export function parser(): Promise<Engine> {
    parsing ??= Engine.load({...options, threads: 0}).catch((error) => {
        parsing = undefined;
        throw error;
    });
    return parsing;
}

const KEPT = 3;   // encodings: of the structure that is looked at, and of states

/** One loaded model and the last structures that it encoded. */
export class Slot {
    readonly model: Model;
    readonly engine: Promise<Engine>;
    failed = false;
    #users = 0;
    #kept = true;
    #encodings: {key: number, encoding: Promise<Encoding>}[] = [];

    constructor(model: Model, onProgress: Listener) {
        this.model = model;
        const weights = model.file ?? platform.weights(model.id);
        const promised = model.file ? undefined : model.id;
        this.engine = Engine.load({...options, weights, model: promised, onProgress});
        this.engine.then((engine) => engine.ready).catch(() => { this.failed = true; });
    }

    /** The encoded structure; the same one again costs nothing. */
    async encoding(source: Source, control: Control): Promise<Encoding> {
        for (let kept; (kept = this.#encodings.find(({key}) => key === source.key));) {
            try {
                return await waitFor(kept.encoding, control.signal);
            } catch (error) {
                if (!isAbort(error) || control.signal?.aborted) throw error;   // another caller's cancel is not ours
            }
        }
        const made = {key: source.key, encoding: this.#encode(source, control)};
        this.#encodings.push(made);
        try {
            await made.encoding;
        } catch (error) {
            this.#encodings = this.#encodings.filter((each) => each !== made);
            throw error;
        }
        return made.encoding;
    }

    /** One encoding of several structures; the caller frees it and its structure. */
    async average(sources: readonly Source[], weights: readonly number[], control: Control): Promise<Encoding> {
        const engine = await this.engine, structures: Structure[] = [];
        try {
            for (const {bytes, name, model} of sources) structures.push(await engine.open(bytes, {name, model}));
            const encoding = await engine.average(structures, {...control, weights});
            for (const each of structures.slice(1)) each.dispose();
            return encoding;
        } catch (error) {
            for (const each of structures) each.dispose();
            throw error;
        }
    }

    /** Bytes that one worker needs for backbones of these lengths; waits for the weights. */
    async memory(lengths: readonly number[]): Promise<number> {
        return (await this.engine).memory(lengths);
    }

    async #encode(source: Source, control: Control): Promise<Encoding> {
        const engine = await this.engine;
        const structure = await engine.open(source.bytes, {name: source.name, model: source.model});
        try {
            return await engine.encode(structure, control);
        } catch (error) {
            structure.dispose();
            throw error;
        }
    }

    /** Frees the oldest encodings where nobody works with them. */
    #tidy(): void {
        if (this.#users > 0) return;
        for (const {encoding} of this.#encodings.splice(0, Math.max(0, this.#encodings.length - KEPT))) {
            encoding.then((it) => {
                it.dispose();
                it.structure.dispose();
            }).catch(() => undefined);
        }
    }

    retain(): this {
        this.#users++;
        return this;
    }

    release(): void {
        this.#users--;
        this.#tidy();
        this.#freeIfIdle();
    }

    /** No further run will ask for it. */
    drop(): void {
        this.#kept = false;
        this.#freeIfIdle();
    }

    #freeIfIdle(): void {
        if (this.#kept || this.#users > 0) return;
        this.engine.then((engine) => engine.dispose()).catch(() => undefined);
    }
}

let current: Slot | undefined;

/** The engine of a model, loading from now on; every run retains it and releases it. */
export function slotOf(model: Model, onProgress: Listener): Slot {
    if (current && current.model === model && !current.failed) return current;
    current?.drop();
    current = new Slot(model, onProgress);
    return current;
}
