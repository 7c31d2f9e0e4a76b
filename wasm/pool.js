/* SPDX-License-Identifier: MIT
 *
 * pool.js - the work of an engine in n workers; local.js has the same calls and does it on the calling thread.
 *
 *   weights --chunks--> first worker, which encodes while they arrive     sum is right --all chunks--> further workers
 *   encode --> one worker --final states--> here      jobs of lanes --> any worker; one that lacks the states gets them
 *
 * Each worker has a core of its own and works on one task at a time. When one dies or hangs (crew.js), its task is done
 * again by another: results depend on seed and sample alone. worker_body.js is the other side.
 */
import {Crew} from './crew.js';
import {abortError, OutOfMemoryError, unpackError, WeightsError} from './errors.js';
import {Encoding} from './encoding.js';
import {readStates} from './handover.js';
import {Handle} from './heap.js';
import {restBytes} from './memory.js';
import {Deferred, Pacer, waitFor} from './pace.js';
import {saveOf} from './feed.js';
import {ofJob} from './runs.js';
import {eachPiece} from './sources.js';

/** @typedef {import('./structure.js').Structure} Structure */
/** @typedef {import('./runs.js').Control} Control */
/** @typedef {import('./feed.js').Weights} Weights */
/** @typedef {import('./thread.js').Thread} Thread */

/** Bytes of WebAssembly memory that the workers on one structure may take together, where nothing is said. */
const MEMORY = 2 ** 30;
const CANCEL_MS = 1000;       // for a worker to drop what was cancelled; the caller has its answer at once
const TRIES = 4;              // of one task

/**
 * @typedef {object} Known   an encoding that a worker finished
 * @property {import('./handover.js').EncodingSource & {states: import('./handover.js').States}} source   for workers
 *                                                                                   that lack it
 * @property {{fixed: number, lane: number}} memory
 */

/**
 * @typedef {object} Task
 * @property {number} id
 * @property {Record<string, any>} message
 * @property {readonly number[]} encodings   those that it needs
 * @property {number} room      workers that may hold them
 * @property {Deferred<any>} answer
 * @property {boolean} settled
 * @property {number} tries
 * @property {(message: any) => void} progress
 */

/**
 * @typedef {object} PoolOptions
 * @property {number} threads
 * @property {import('./thread.js').WorkerSource} [worker]
 * @property {number} [memory]   bytes
 */

/**
 * Whether a worker was sent all that a task needs.
 * @param {Thread} thread
 * @param {Task} task
 */
const has = (thread, {encodings}) => encodings.every((encoding) => thread.sent.has(encoding));

export class Pool {
    #core;
    #module;
    #crew;
    #size;
    #memory;
    #options;
    /** @type {Task[]} */
    #queue = [];
    /** @type {Map<number, Known>} */
    #encodings = new Map();
    /**
     * Asked of every worker until one of them answers.
     * @type {Map<number, {message: object, answer: Deferred<number>}>}
     */
    #questions = new Map();
    /** @type {WeakMap<Structure, import('./structure.js').Source>} */
    #structures = new WeakMap();
    #last = 0;
    /** @type {import('./sources.js').Opened | null} */
    #opened = null;
    /** @type {Uint8Array[]} the weights so far */
    #chunks = [];
    #ended = false;
    /** @type {Weights | null} */
    #weights = null;
    #complete = false;
    /** Whether the end of the weights was reported. */
    #told = false;
    #recognised = new Deferred();
    #ready = new Deferred();
    #stopped = new AbortController();
    /** @type {unknown} */
    #failure = null;

    /**
     * @param {import('./heap.js').Core} core   for what needs no network
     * @param {WebAssembly.Module} module
     * @param {PoolOptions} pool
     * @param {import('./feed.js').FeedOptions} options
     */
    constructor(core, module, {threads, worker, memory = MEMORY}, options) {
        this.#core = core;
        this.#module = module;
        this.#size = threads;
        this.#memory = memory;
        this.#options = options;
        this.#crew = new Crew(threads, worker, {
            joined: (thread) => {
                this.#introduce(thread);
                this.#pump();
            },
            message: (thread, message) => this.#hear(thread, message),
            left: (thread, reason) => this.#left(thread, reason),
            hopeless: (reason) => { this.#fail(reason); }
        });
        options.signal?.addEventListener('abort', () => {
            if (!this.#complete) this.#fail(abortError());
        }, {signal: this.#stopped.signal});
    }

    /* ---- Weights ---- */

    /** Aborted when no more bytes are wanted. */
    get signal() {
        return this.#stopped.signal;
    }

    get ready() {
        return this.#ready.promise;
    }

    /** @returns {Weights} */
    get weights() {
        return /** @type {Weights} */ (this.#weights);
    }

    throwIfFailed() {
        if (this.#failure) throw this.#failure;
    }

    /**
     * @param {Promise<import('./sources.js').Opened> | null} opened
     * @returns {Promise<void>} once the model is recognised
     */
    start(opened) {
        this.#crew.grow();
        if (opened) this.#feed(opened).catch((error) => this.#fail(error));
        else this.#fail(new WeightsError('this engine was loaded without weights'));
        return this.#recognised.promise;
    }

    /** @param {Promise<import('./sources.js').Opened>} promise */
    async #feed(promise) {
        const {signal} = this;
        const opened = this.#opened = await waitFor(promise, signal);
        for (const thread of this.#crew.threads) this.#introduce(thread);
        await eachPiece(opened, new Pacer(signal), (piece) => {
            this.#chunks.push(Uint8Array.from(piece));
            this.#supplyAll();
        });
        this.#ended = true;
        this.#supplyAll();
    }

    /** The module for a new worker, and all weights so far. @param {Thread} thread */
    #introduce(thread) {
        const opened = this.#opened;
        if (!opened) return;
        const {neighbors, model = opened.name} = this.#options;
        const {total, cached} = opened;
        thread.post({type: 'init', module: this.#module, model, neighbors, total, cached});
        for (const {message} of this.#questions.values()) thread.post(message);
        this.#supply(thread).catch(() => undefined);
    }

    #supplyAll() {
        for (const thread of this.#crew.threads) this.#supply(thread).catch(() => undefined);
    }

    /** Posts the weights that a worker lacks; many are copied in several turns. @param {Thread} thread */
    async #supply(thread) {
        const {supply} = thread;
        if (supply.busy) return;
        supply.busy = true;
        const pacer = new Pacer(this.signal);
        while (supply.chunks < this.#chunks.length) {
            thread.post({type: 'chunk', bytes: this.#chunks[supply.chunks++]});
            await pacer.breathe();
        }
        supply.busy = false;
        if (!this.#ended || supply.ended) return;
        supply.ended = true;
        thread.post({type: 'end', converted: this.#opened?.converted});
    }

    /** The weights as .eqx bytes, from tensors bound here. */
    save() {
        return saveOf(this.#core, this.#chunks);
    }

    /* ---- Work ---- */

    /**
     * Keeps what workers need to make the structure too.
     * @param {Structure} structure
     * @param {import('./structure.js').Source | {from: Structure, step: import('./structure.js').Step}} origin
     */
    know(structure, origin) {
        if ('bytes' in origin) {
            this.#structures.set(structure, {...origin, bytes: Uint8Array.from(origin.bytes), steps: []});
        } else {
            const {steps = [], ...source} = this.#sourceOf(origin.from);
            this.#structures.set(structure, {...source, steps: [...steps, origin.step]});
        }
    }

    /** @param {Structure} structure */
    #sourceOf(structure) {
        return /** @type {import('./structure.js').Source} */ (this.#structures.get(structure));
    }

    /**
     * @param {Structure} structure
     * @param {Control & {features?: import('./encoding.js').Features}} control
     */
    async encode(structure, {features, onProgress, signal}) {
        const encoding = ++this.#last;
        const {states, memory, ...numbers} = await this.#encode(encoding, structure, {features, onProgress, signal});
        const source = {...this.#sourceOf(structure), features, states};
        return this.#made(encoding, structure, {source, memory}, numbers);
    }

    /**
     * The final states of a structure.
     * @param {Structure} structure
     * @param {Control & {features?: import('./encoding.js').Features}} control
     * @returns {Promise<import('./handover.js').States>}
     */
    async states(structure, control) {
        const encoding = ++this.#last;
        const {states} = await this.#encode(encoding, structure, control);
        this.#forget(encoding);
        return states;
    }

    /**
     * An encoding of states that were made elsewhere; workers take them over when they need them.
     * @param {Structure} structure
     * @param {{features?: import('./encoding.js').Features, states: import('./handover.js').States}} source
     */
    async adopt(structure, source) {
        const [one, two] = await Promise.all([1, 2].map((lanes) => this.memory([structure.length], lanes)));
        const known = {
            source: {...this.#sourceOf(structure), ...source}, memory: {fixed: 2 * one - two, lane: two - one}
        };
        const neighbors = source.states.neighbors.size / 4 / structure.length;
        return this.#made(++this.#last, structure, known, {layersDone: this.weights.encoderLayers ?? 0, neighbors});
    }

    /**
     * @param {number} encoding
     * @param {Structure} structure
     * @param {Control & {features?: import('./encoding.js').Features}} control
     */
    async #encode(encoding, structure, {features, onProgress, signal}) {
        this.throwIfFailed();
        const message = {call: 'encode', sources: [{...this.#sourceOf(structure), features}]};
        const place = {encodings: [encoding], room: 1};
        try {
            return await this.#submit(place, message, signal, ({value, weights}) => {
                if (!this.#complete) this.#weights = weights;
                onProgress?.({phase: 'encode', ...value, total: weights.encoderLayers});
            });
        } catch (error) {
            this.#forget(encoding);
            throw error;
        }
    }

    /**
     * @param {number} encoding
     * @param {Structure} structure
     * @param {Known} known
     * @param {import('./encoding.js').Numbers} numbers
     */
    #made(encoding, structure, known, numbers) {
        this.#encodings.set(encoding, known);
        return new Encoding(structure, new Handle(this.#core, encoding, () => this.#forget(encoding)), () => numbers);
    }

    /** @param {number} encoding @returns {Promise<Float32Array>} h_V [n][node stride] */
    async nodes(encoding) {
        this.throwIfFailed();
        return readStates(/** @type {Known} */ (this.#encodings.get(encoding)).source.states.nodes);
    }

    /**
     * Workers answer between the steps of their tasks.
     * @param {readonly number[]} lengths
     * @param {number} lanes
     * @returns {Promise<number>} bytes of encodings of so many rows and a run on all of them
     */
    async memory(lengths, lanes) {
        this.throwIfFailed();
        const id = ++this.#last, message = {type: 'memory', id, lengths, lanes};
        /** @type {Deferred<number>} */
        const answer = new Deferred();
        this.#questions.set(id, {message, answer});
        for (const thread of this.#crew.threads) thread.post(message);
        if (!this.#crew.threads.length) this.#crew.grow();
        this.#pump();
        try {
            return await answer.promise;
        } finally {
            this.#questions.delete(id);
            this.#pump();
        }
    }

    /** @param {number} encoding */
    #forget(encoding) {
        this.#encodings.delete(encoding);
        for (const thread of this.#crew.threads) {
            if (thread.sent.delete(encoding)) thread.post({type: 'call', id: ++this.#last, call: 'forget', encoding});
            thread.holds.delete(encoding);
        }
    }

    /**
     * How many workers encodings are worth: those that fit in memory with lanes each.
     * @param {readonly number[]} encodings
     * @param {number} lanes
     */
    #room(encodings, lanes) {
        const each = encodings.reduce((sum, encoding) => {
            const {fixed, lane} = this.#encodings.get(encoding)?.memory ?? {fixed: 0, lane: 0};
            return sum + fixed + lanes * lane;
        }, restBytes(this.weights));
        return Math.max(1, Math.min(this.#size, Math.floor(this.#memory / each)));
    }

    /**
     * @param {readonly number[]} encodings   one for each state
     * @param {Uint8Array} visible
     * @param {AbortSignal | undefined} signal
     * @returns {import('./runs.js').Runner}
     */
    runner(encodings, visible, signal) {
        const pacer = new Pacer(signal);
        const stop = new AbortController();
        const abort = () => stop.abort();
        signal?.addEventListener('abort', abort);
        let room = this.#room(encodings, 1);
        return {
            pacer, ahead: 2 * this.#size, visible,
            stop: () => {
                signal?.removeEventListener('abort', abort);
                abort();
            },
            workers: (lanes) => {
                room = this.#room(encodings, lanes);
                return room;
            },
            run: (job, report) => {
                const place = {encodings: ofJob(encodings, job), room};
                return this.#submit(place, {call: 'run', job}, stop.signal, ({value}) => {
                    pacer.report(() => report(value));
                });
            }
        };
    }

    /**
     * @param {{encodings: readonly number[], room: number}} place
     * @param {Record<string, any>} message
     * @param {AbortSignal | undefined} signal
     * @param {(message: any) => void} progress
     */
    async #submit(place, message, signal, progress) {
        this.throwIfFailed();
        if (signal?.aborted) throw abortError();
        /** @type {Task} */
        const task = {id: ++this.#last, message, ...place, answer: new Deferred(), settled: false, tries: 0, progress};
        const cancel = () => this.#cancel(task);
        signal?.addEventListener('abort', cancel);
        this.#queue.push(task);
        this.#pump();
        try {
            return await task.answer.promise;
        } finally {
            task.settled = true;
            signal?.removeEventListener('abort', cancel);
        }
    }

    /** The caller is answered at once; the worker has a second to follow. @param {Task} task */
    #cancel(task) {
        task.settled = true;
        task.answer.reject(abortError());
        this.#queue = this.#queue.filter((each) => each !== task);
        for (const thread of this.#crew.threads) {
            if (thread.task !== task) continue;
            thread.post({type: 'cancel', id: task.id});
            setTimeout(() => {
                if (thread.task === task) this.#crew.dismiss(thread, new Error('a worker did not stop'));
            }, CANCEL_MS);
        }
    }

    /** Gives tasks to workers that have none, and asks for more workers where that is worth it. */
    #pump() {
        /** @type {Map<string, number>} workers that could join each encoding, or several together */
        const wanted = new Map();
        for (const task of [...this.#queue]) {
            const thread = this.#choose(task), key = String(task.encodings);
            if (thread) this.#give(thread, task);
            else wanted.set(key, Math.min(this.#places(task), (wanted.get(key) ?? 0) + 1));
        }
        const more = [...wanted.values()].reduce((sum, each) => sum + each, 0) - this.#crew.coming;
        if (this.#complete) for (let i = 0; i < more; i++) this.#crew.grow();
        const waiting = !this.#failure && (!this.#complete || this.#questions.size > 0);
        this.#crew.watch((thread) => waiting || thread.task !== null);
    }

    /**
     * A free worker for a task, best one that has the encodings.
     * @param {Task} task
     */
    #choose(task) {
        const free = this.#crew.threads.filter((thread) => !thread.task);
        return free.find((thread) => has(thread, task)) ?? (this.#places(task) > 0 ? free[0] : undefined);
    }

    /** How many more workers may take the task's encodings. @param {Task} task */
    #places(task) {
        return task.room - this.#crew.threads.filter((thread) => has(thread, task)).length;
    }

    /**
     * @param {Thread} thread
     * @param {Task} task
     */
    #give(thread, task) {
        this.#queue = this.#queue.filter((each) => each !== task);
        const {id, encodings, message} = task;
        const sources = encodings.map((each) => (thread.holds.has(each) ? null : this.#encodings.get(each)?.source));
        thread.task = task;
        for (const each of encodings) thread.sent.add(each);
        thread.post({type: 'call', id, encodings, sources, ...message});
    }

    /* ---- What workers say ---- */

    /**
     * @param {Thread} thread
     * @param {any} message
     */
    #hear(thread, message) {
        const {task} = thread;
        const {type} = message;
        if (type === 'recognised' || type === 'ready' || type === 'weights') {
            this.#arrived(message);
        } else if (type === 'failed') {   // once the weights are right, it is the worker that is not
            if (this.#complete) this.#crew.dismiss(thread, unpackError(message.error));
            else this.#fail(unpackError(message.error));
        } else if (type === 'memory') {
            this.#questions.get(message.id)?.answer.resolve(message.bytes);
        } else if (type === 'holds') {
            if (thread.sent.has(message.encoding)) thread.holds.add(message.encoding);
        } else if (task && message.id === task.id) {
            if (type === 'progress') {
                if (!task.settled) task.progress(message);
                return;
            }
            this.#crew.proved();
            if (type === 'error' && this.#ruined(thread, task, message)) return;
            thread.task = null;
            if (type === 'done') task.answer.resolve(message.value);
            else task.answer.reject(unpackError(message.error));
            this.#pump();
        }
    }

    /**
     * A core that trapped is of no use any more, and one that ran out of memory keeps what it took: another worker has
     * all of it. That one does the task again, but not where the task alone was too large.
     * @param {Thread} thread
     * @param {Task} task
     * @param {any} message
     */
    #ruined(thread, task, {error, dead}) {
        const reason = unpackError(error), full = reason instanceof OutOfMemoryError;
        if (!dead && !full) return false;
        if (full && ![...thread.holds].some((each) => !task.encodings.includes(each))) task.tries = TRIES;
        this.#crew.dismiss(thread, reason);
        return true;
    }

    /** News of the weights. Once they are right, those of later workers are none. @param {any} message */
    #arrived({type, weights, progress}) {
        if (!this.#complete) this.#weights = weights;
        if (type === 'recognised') this.#recognised.resolve();
        if (type === 'weights' && !this.#told) {
            this.#told = weights.complete;
            this.#options.onProgress?.(progress);
        }
        if (type === 'ready' && !this.#complete) {
            this.#complete = true;
            this.#crew.proved();
            this.#ready.resolve();
            this.#pump();
        }
    }

    /**
     * The task of a worker that is gone comes first now.
     * @param {Thread} thread
     * @param {Error} reason
     */
    #left(thread, reason) {
        const {task} = thread;
        thread.task = null;
        if (task && !task.settled) {
            if (++task.tries < TRIES) this.#queue.unshift(task);
            else task.answer.reject(reason);
        }
        if (!this.#complete) this.#crew.grow();
        this.#pump();
        if (this.#queue.length + this.#questions.size && !this.#crew.threads.length) this.#crew.grow();
    }

    /* ---- The end ---- */

    /** @param {unknown} error */
    #fail(error) {
        if (this.#failure) return Promise.resolve();
        this.#failure = error;
        this.#recognised.reject(error);
        this.#ready.reject(error);
        const tasks = [...this.#queue, ...this.#crew.threads.flatMap(({task}) => task ?? [])];
        for (const {answer} of [...tasks, ...this.#questions.values()]) answer.reject(error);
        this.#queue = [];
        this.#stopped.abort();
        return this.#crew.end();
    }

    /** Ends all workers. */
    async stop() {
        const disposed = new Error('this engine was disposed of and cannot be used any more');
        await this.#fail(this.#complete ? disposed : abortError());
    }
}
