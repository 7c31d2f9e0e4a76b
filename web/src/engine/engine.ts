// SPDX-License-Identifier: MIT
//
// engine.ts - the one module that owns engines. State asks it for a model; components never see it.
//
//   model --use--> Slot {engine, encoding of a structure} --release--> freed when the last run is done with it
//
// One engine is kept for the next run. When another model is chosen, the old one lives on until the run that uses it
// has ended. Structures are kept as files and read by the engine that needs them.
import {type Encoding, Engine, type LoadOptions, type Progress} from '../../../wasm/index.js';
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

/** One loaded model and the last structure that it encoded. */
export class Slot {
    readonly model: Model;
    readonly engine: Promise<Engine>;
    failed = false;
    #users = 0;
    #kept = true;
    #last: {key: number, encoding: Encoding} | undefined;

    constructor(model: Model, onProgress: Listener) {
        this.model = model;
        const weights = model.file ?? platform.weights(model.id);
        const promised = model.file ? undefined : model.id;
        this.engine = Engine.load({...options, weights, model: promised, onProgress});
        this.engine.then((engine) => engine.ready).catch(() => { this.failed = true; });
    }

    /** The encoded structure; the same one again costs nothing. */
    async encoding(source: Source, control: Control): Promise<Encoding> {
        const engine = await this.engine;
        if (this.#last?.key === source.key) return this.#last.encoding;
        const structure = await engine.open(source.bytes, {name: source.name});
        try {
            const encoding = await engine.encode(structure, control);
            this.#last?.encoding.dispose();
            this.#last?.encoding.structure.dispose();
            this.#last = {key: source.key, encoding};
            return encoding;
        } catch (error) {
            structure.dispose();
            throw error;
        }
    }

    retain(): this {
        this.#users++;
        return this;
    }

    release(): void {
        this.#users--;
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
