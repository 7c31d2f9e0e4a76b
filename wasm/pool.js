/* SPDX-License-Identifier: MIT
 *
 * pool.js - the work of an engine in n workers; local.js has the same calls and does it on the calling thread.
 *
 *   weights --chunks--> first worker, which encodes while they arrive     sum is right --all chunks--> further workers
 *   encode --> one worker --final states--> here      jobs of lanes --> any worker; one that lacks the states gets them
 *
 * Each worker has a core of its own and works on one task at a time. A worker that dies, or does not answer, is
 * replaced and its task done again: results depend on seed and sample alone. worker_body.js is the other side.
 */
import {abortError, unpackError, WeightsError} from './errors.js';
import {Encoding} from './encoding.js';
import {Handle} from './heap.js';
import {Deferred, Pacer, waitFor} from './pace.js';
import {saveOf} from './feed.js';
import {Thread} from './thread.js';

/** @typedef {import('./structure.js').Structure} Structure */
/** @typedef {import('./runs.js').Control} Control */
/** @typedef {import('./feed.js').Weights} Weights */

/** Bytes of WebAssembly memory that the workers on one encoding may take together. */
export const BUDGET = 2 ** 30;
const CORE_BYTES = 4 << 20;   // of one core without weights and work
const PIECE = 1 << 18;        // bytes of weights in one message
const BEAT_MS = 500;          // between two looks at the busy workers
const SILENT_BEATS = 8;       // a worker answers within 50 ms; one that is silent for so long is dead
const STARTING_BEATS = 60;    // loading its script may take time
const CANCEL_MS = 1000;       // for a worker to drop what was cancelled; the caller has its answer at once
const TRIES = 4;              // of one task, and of starting workers one after the other

/**
 * @typedef {object} Known   an encoding that a worker finished
 * @property {{bytes: Uint8Array, states: import('./encoding.js').States}} source   for workers that lack it
 * @property {import('./encoding.js').Numbers} numbers
 * @property {{fixed: number, lane: number}} memory
 */

/**
 * @typedef {object} Task
 * @property {number} id
 * @property {Record<string, any>} message
 * @property {number} encoding
 * @property {Deferred<any>} answer
 * @property {boolean} settled
 * @property {number} tries
 * @property {(message: any) => void} progress
 */

export class Pool {
    #core;
    #module;
    #size;
    #source;
    #options;
    /** @type {Set<Thread>} */
    #threads = new Set();
    /** Workers that are being made. @type {Set<Promise<void>>} */
    #births = new Set();
    #failedStarts = 0;
    /** @type {Task[]} */
    #queue = [];
    /** @type {Map<number, Known>} */
    #encodings = new Map();
    /** @type {WeakMap<Structure, Uint8Array>} */
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
    /** @type {ReturnType<typeof setInterval> | undefined} */
    #beat;

    /**
     * @param {import('./heap.js').Core} core   for what needs no network
     * @param {WebAssembly.Module} module
     * @param {number} size   workers
     * @param {import('./thread.js').WorkerSource | undefined} source
     * @param {import('./feed.js').FeedOptions} options
     */
    constructor(core, module, size, source, options) {
        this.#core = core;
        this.#module = module;
        this.#size = size;
        this.#source = source;
        this.#options = options;
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
        this.#grow();
        if (opened) this.#feed(opened).catch((error) => this.#fail(error));
        else this.#fail(new WeightsError('this engine was loaded without weights'));
        return this.#recognised.promise;
    }

    /** @param {Promise<import('./sources.js').Opened>} promise */
    async #feed(promise) {
        const {signal} = this;
        const opened = this.#opened = await waitFor(promise, signal);
        for (const thread of this.#threads) this.#introduce(thread);
        const pacer = new Pacer(signal);
        const iterator = opened.chunks[Symbol.asyncIterator]();
        try {
            for (;;) {
                const {done, value} = await waitFor(iterator.next(), signal);
                if (done) break;
                for (let at = 0; at < value.length; at += PIECE) {
                    const bytes = Uint8Array.from(value.subarray(at, at + PIECE));
                    this.#chunks.push(bytes);
                    for (const thread of this.#threads) thread.post({type: 'chunk', bytes});
                    await pacer.breathe();
                }
            }
        } finally {
            iterator.return?.(undefined)?.catch(() => undefined);
        }
        this.#ended = true;
        for (const thread of this.#threads) thread.post({type: 'end', converted: opened.converted});
    }

    /** The module and all weights so far for a new worker. @param {Thread} thread */
    #introduce(thread) {
        const opened = this.#opened;
        if (!opened) return;
        const {neighbors, model = opened.name} = this.#options;
        const {total, cached} = opened;
        thread.post({type: 'init', module: this.#module, model, neighbors, total, cached});
        for (const bytes of this.#chunks) thread.post({type: 'chunk', bytes});
        if (this.#ended) thread.post({type: 'end', converted: opened.converted});
    }

    /** The weights as .eqx bytes, from tensors bound here. */
    save() {
        return saveOf(this.#core, this.#chunks);
    }

    /* ---- Work ---- */

    /**
     * @param {Structure} structure
     * @param {Uint8Array} bytes
     */
    know(structure, bytes) {
        this.#structures.set(structure, Uint8Array.from(bytes));
    }

    /**
     * @param {Structure} structure
     * @param {Control} control
     */
    async encode(structure, {onProgress, signal}) {
        this.throwIfFailed();
        const encoding = ++this.#last;
        const bytes = /** @type {Uint8Array} */ (this.#structures.get(structure));
        const message = {call: 'encode', source: {bytes}};
        try {
            const {states, memory, ...numbers} = await this.#submit(encoding, message, signal, ({value, weights}) => {
                if (!this.#complete) this.#weights = weights;
                onProgress?.({phase: 'encode', ...value, total: weights.encoderLayers});
            });
            this.#encodings.set(encoding, {source: {bytes, states}, numbers, memory});
            const handle = new Handle(this.#core, encoding, () => this.#forget(encoding));
            return new Encoding(structure, handle, () => numbers);
        } catch (error) {
            this.#forget(encoding);
            throw error;
        }
    }

    /** @param {number} encoding */
    #forget(encoding) {
        this.#encodings.delete(encoding);
        for (const thread of this.#threads) {
            if (thread.sent.delete(encoding)) thread.post({type: 'call', id: ++this.#last, call: 'forget', encoding});
            thread.holds.delete(encoding);
        }
    }

    /**
     * How many workers fit in memory with an encoding and lanes each.
     * @param {number} encoding
     * @param {number} lanes
     */
    #room(encoding, lanes) {
        const {fixed, lane} = this.#encodings.get(encoding)?.memory ?? {fixed: 0, lane: 0};
        const each = CORE_BYTES + 2 * this.weights.bytes + fixed + lanes * lane;
        return Math.max(1, Math.min(this.#size, Math.floor(BUDGET / each)));
    }

    /**
     * @param {number} encoding
     * @param {Structure} structure
     * @param {AbortSignal | undefined} signal
     * @returns {import('./runs.js').Runner}
     */
    runner(encoding, structure, signal) {
        const pacer = new Pacer(signal);
        const stop = new AbortController();
        const abort = () => stop.abort();
        signal?.addEventListener('abort', abort);
        return {
            pacer, ahead: 2 * this.#size,
            stop: () => {
                signal?.removeEventListener('abort', abort);
                abort();
            },
            split: (batch, count) => Math.min(batch, Math.ceil(count / this.#room(encoding, batch))),
            run: (job, report) => this.#submit(encoding, {call: 'run', job}, stop.signal, ({value}) => {
                pacer.report(() => report(value));
            })
        };
    }

    /**
     * @param {number} encoding
     * @param {Record<string, any>} message
     * @param {AbortSignal | undefined} signal
     * @param {(message: any) => void} progress
     */
    async #submit(encoding, message, signal, progress) {
        this.throwIfFailed();
        if (signal?.aborted) throw abortError();
        /** @type {Task} */
        const task = {id: ++this.#last, message, encoding, answer: new Deferred(), settled: false, tries: 0, progress};
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
        for (const thread of this.#threads) {
            if (thread.task !== task) continue;
            thread.post({type: 'cancel', id: task.id});
            setTimeout(() => {
                if (thread.task === task) this.#replace(thread, new Error('a worker did not stop'));
            }, CANCEL_MS);
        }
    }

    /** Gives tasks to workers that have none, and asks for more workers where that is worth it. */
    #pump() {
        /** @type {Map<number, number>} workers that could join each encoding */
        const wanted = new Map();
        for (const task of [...this.#queue]) {
            const thread = this.#choose(task);
            if (thread) this.#give(thread, task);
            else wanted.set(task.encoding, Math.min(this.#places(task), (wanted.get(task.encoding) ?? 0) + 1));
        }
        const more = [...wanted.values()].reduce((sum, each) => sum + each, 0) - this.#births.size;
        if (this.#complete) for (let i = 0; i < more; i++) this.#grow();
        this.#watch();
    }

    /**
     * A free worker for a task, best one that has the encoding.
     * @param {Task} task
     */
    #choose(task) {
        const free = [...this.#threads].filter((thread) => !thread.task);
        return free.find((thread) => thread.sent.has(task.encoding)) ?? (this.#places(task) > 0 ? free[0] : undefined);
    }

    /** How many more workers may take the task's encoding. @param {Task} task */
    #places({encoding, message}) {
        if (message.call === 'encode') return 1;
        const users = [...this.#threads].filter((thread) => thread.sent.has(encoding)).length;
        return this.#room(encoding, message.job.lanes.count) - users;
    }

    /**
     * @param {Thread} thread
     * @param {Task} task
     */
    #give(thread, task) {
        this.#queue = this.#queue.filter((each) => each !== task);
        const {id, encoding, message} = task;
        const source = thread.holds.has(encoding) ? null : this.#encodings.get(encoding)?.source;
        thread.task = task;
        thread.sent.add(encoding);
        thread.post({type: 'call', id, encoding, source, ...message});
    }

    /* ---- Workers ---- */

    /** Starts one more worker, unless there are enough. */
    #grow() {
        if (this.#failure || this.#threads.size + this.#births.size >= this.#size) return;
        const birth = Thread.start(this.#source, (thread) => ({
            message: (message) => this.#hear(thread, message),
            death: (reason) => this.#replace(thread, reason)
        })).finally(() => this.#births.delete(birth)).then((thread) => {
            if (this.#failure) return thread.terminate();
            this.#threads.add(thread);
            this.#introduce(thread);
            return this.#pump();
        }).catch((error) => { this.#fail(error); });
        this.#births.add(birth);
    }

    /**
     * @param {Thread} thread
     * @param {any} message
     */
    #hear(thread, message) {
        const {task} = thread;
        const {type} = message;
        if (type === 'recognised' || type === 'ready' || type === 'weights') {
            this.#arrived(message);
        } else if (type === 'failed') {
            this.#fail(unpackError(message.error));
        } else if (type === 'holds') {
            if (thread.sent.has(message.encoding)) thread.holds.add(message.encoding);
        } else if (task && message.id === task.id) {
            if (type === 'progress') {
                if (!task.settled) task.progress(message);
                return;
            }
            thread.task = null;
            this.#failedStarts = 0;
            if (type === 'done') task.answer.resolve(message.value);
            else task.answer.reject(unpackError(message.error));
            if (message.dead) this.#replace(thread, new Error(message.error.message));
            else this.#pump();
        }
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
            this.#failedStarts = 0;
            this.#ready.resolve();
            this.#pump();
        }
    }

    /**
     * Another worker takes the place of one that died or hangs; its task comes first.
     * @param {Thread} thread
     * @param {Error} reason
     */
    #replace(thread, reason) {
        if (!this.#threads.delete(thread)) {
            if (!this.#failure) this.#fail(reason);   // it died before it was in use
            return;
        }
        thread.terminate().catch(() => undefined);
        const {task} = thread;
        thread.task = null;
        if (++this.#failedStarts > TRIES) {
            this.#fail(reason);
            return;
        }
        if (task && !task.settled) {
            if (++task.tries < TRIES) this.#queue.unshift(task);
            else task.answer.reject(reason);
        }
        if (!this.#complete) this.#grow();
        this.#pump();
        if (this.#queue.length && !this.#threads.size) this.#grow();
    }

    /** Looks after the busy workers: browsers do not say when one is gone. */
    #watch() {
        const waiting = !this.#failure && !this.#complete;
        let busy = false;
        for (const thread of this.#threads) {
            const needed = waiting || thread.task !== null;
            thread.keepAlive(needed);
            busy ||= needed;
        }
        if (busy === (this.#beat !== undefined)) return;
        clearInterval(this.#beat);
        this.#beat = busy ? setInterval(() => this.#look(), BEAT_MS) : undefined;
    }

    #look() {
        for (const thread of [...this.#threads]) {
            if (!thread.task && this.#complete) continue;
            if (++thread.silent > (thread.heard ? SILENT_BEATS : STARTING_BEATS)) {
                this.#replace(thread, new Error('a worker does not answer'));
            } else {
                thread.post({type: 'ping'});
            }
        }
    }

    /* ---- The end ---- */

    /** @param {unknown} error */
    #fail(error) {
        if (this.#failure) return Promise.resolve([]);
        this.#failure = error;
        this.#recognised.reject(error);
        this.#ready.reject(error);
        const tasks = [...this.#queue, ...[...this.#threads].flatMap(({task}) => task ?? [])];
        for (const task of tasks) task.answer.reject(error);
        this.#queue = [];
        this.#stopped.abort();
        clearInterval(this.#beat);
        this.#beat = undefined;
        const threads = [...this.#threads];
        this.#threads.clear();
        return Promise.all([...this.#births, ...threads.map((thread) => thread.terminate())]);
    }

    /** Ends all workers. */
    async stop() {
        const disposed = new Error('this engine was disposed of and cannot be used any more');
        await this.#fail(this.#complete ? disposed : abortError());
    }
}
