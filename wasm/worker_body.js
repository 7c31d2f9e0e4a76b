/* SPDX-License-Identifier: MIT
 *
 * worker_body.js - what a worker of the pool does: it takes weights as they come, and jobs one after the other.
 *
 *   from the pool:  init {module, model, neighbors, total}   chunk {bytes} .. end {converted}
 *                   call {id, call: encode | run | forget, ...}   cancel {id}   memory {id, lengths, lanes}   ping
 *   to the pool:    recognised, ready, weights {weights, progress}   failed {error}   pong
 *                   progress {id, value}   holds {encoding}   done {id, value}   error {id, error, dead}
 *                   memory {id, bytes}
 *
 * Weights, cancel, memory and ping are heard between the steps of a job. pool.js is the other side.
 */
import {abortError, packError} from './errors.js';
import {encodeHere, numbersOf, openEncoding} from './encoding.js';
import {Feed} from './feed.js';
import {adoptHere, statesOf} from './handover.js';
import {Core} from './heap.js';
import {workBytes} from './memory.js';
import {Deferred, Pacer, waitFor} from './pace.js';
import {runLanes} from './runs.js';
import {openStructure} from './structure.js';

const TURN_MS = 40;   // work between two looks at the messages

/** @typedef {(message: Record<string, any>, transfer?: Transferable[]) => void} Post */
/** @typedef {{pointer: number, structure: number}} Held   an encoding and its structure, in this worker's core */

/** Chunks on their way from the pool to the Feed. */
class Inbox {
    /** @type {Uint8Array[]} */
    #chunks = [];
    #ended = false;
    #news = new Deferred();

    /** @param {Uint8Array | null} chunk   null: that was all */
    push(chunk) {
        if (chunk) this.#chunks.push(chunk);
        else this.#ended = true;
        this.#news.resolve();
    }

    async* chunks() {
        for (;;) {
            const next = this.#chunks.shift();
            if (next) {
                yield next;
            } else if (this.#ended) {
                return;
            } else {
                this.#news = new Deferred();
                await this.#news.promise;
            }
        }
    }
}

/** One worker's core, weights and encodings. */
class Host {
    #post;
    /** @type {Core} */
    #core;
    /** @type {Feed} */
    #feed;
    /** @type {Promise<void>} */
    #recognised;
    /** @type {Map<number, Held>} */
    #encodings = new Map();

    /**
     * @param {Post} post
     * @param {Core} core
     * @param {import('./sources.js').Opened} opened
     * @param {any} options
     */
    constructor(post, core, opened, {model, neighbors}) {
        this.#post = post;
        this.#core = core;
        const tell = (/** @type {string} */ type, /** @type {any} */ progress) =>
            post({type, progress, weights: feed.weights});
        const feed = this.#feed = new Feed(core, {
            model, neighbors, onProgress: (progress) => tell('weights', progress)
        });
        this.#recognised = feed.start(Promise.resolve(opened));
        this.#recognised.then(() => tell('recognised', null), () => undefined);
        feed.ready.then(() => tell('ready', null), (error) => post({type: 'failed', error: packError(error)}));
    }

    get dead() {
        return this.#core.dead !== null;
    }

    /**
     * @param {any} message
     * @param {AbortSignal} signal
     */
    async call(message, signal) {
        if (message.call === 'forget') return this.#forget(message.encoding);
        if (message.call === 'encode') return this.#encode(message, signal);
        return this.#run(message, signal);
    }

    /** @param {number} id */
    #forget(id) {
        const held = this.#encodings.get(id);
        this.#encodings.delete(id);
        if (!held) return;
        this.#core.free('weft_encoding_free', held.pointer);
        this.#core.free('weft_structure_free', held.structure);
    }

    /**
     * Parses, encodes (or takes states over) and keeps the encoding under its number.
     * @param {number} id
     * @param {import('./handover.js').EncodingSource & {states?: import('./handover.js').States}} source
     * @param {Pacer} pacer
     * @param {(layersDone: number, fraction: number) => void} [report]
     * @returns {Promise<Held>}
     */
    async #hold(id, {states, features, ...source}, pacer, report) {
        const core = this.#core;
        await waitFor(this.#recognised, pacer.signal);
        const structure = openStructure(core, source);
        try {
            const feed = this.#feed;
            const pointer = states ? await adoptHere(core, feed, structure, {features, states}, pacer)
                : await encodeHere(core, feed, openEncoding(core, feed.model, structure, features), pacer, report);
            const held = {structure, pointer};
            this.#encodings.set(id, held);
            this.#post({type: 'holds', encoding: id});
            return held;
        } catch (error) {
            core.free('weft_structure_free', structure);
            throw error;
        }
    }

    /**
     * @param {any} message
     * @param {AbortSignal} signal
     */
    async #encode({id, encodings: [encoding], sources: [source]}, signal) {
        const core = this.#core;
        const {c} = core;
        const {pointer, structure} = await this.#hold(encoding, source, new Pacer(signal, TURN_MS), (done, fraction) =>
            this.#post({type: 'progress', id, value: {done, fraction}, weights: this.#feed.weights}));
        const rows = c.weft_structure_length(structure);
        const [one, two] = [1, 2].map((lanes) => c.weft_memory(this.#feed.model, rows, lanes));
        const states = statesOf(core, this.#feed, pointer, rows);
        core.check(c.weft_encoding_release_edges(pointer));
        return {...numbersOf(core, pointer), states, memory: {fixed: 2 * one - two, lane: two - one}};
    }

    /** Answers what a run would take. @param {any} message */
    async memory({id, lengths, lanes}) {
        await this.#feed.ready;
        this.#post({type: 'memory', id, bytes: workBytes(this.#core, this.#feed.model, lengths, lanes)});
    }

    /**
     * @param {any} message
     * @param {AbortSignal} signal
     */
    async #run({id, encodings, sources, job}, signal) {
        const pacer = new Pacer(signal, TURN_MS);
        await waitFor(this.#feed.ready, signal);
        const pointers = [];
        for (const [i, encoding] of encodings.entries()) {
            const {pointer} = this.#encodings.get(encoding) ?? await this.#hold(encoding, sources[i], pacer);
            pointers.push(pointer);
        }
        return runLanes(this.#core, pointers, job, pacer, (value) => this.#post({type: 'progress', id, value}));
    }
}

/**
 * The buffers of a result, which are handed over instead of copied.
 * @param {any} value
 * @returns {Transferable[]}
 */
function buffersIn(value) {
    if (ArrayBuffer.isView(value)) return [/** @type {ArrayBuffer} */ (value.buffer)];
    return value && typeof value === 'object' ? Object.values(value).flatMap(buffersIn) : [];
}

/**
 * Serves a pool behind the port: a worker's own scope, or worker_threads' parentPort.
 * @param {any} port
 */
export function serve(port) {
    /** @type {Post} */
    const post = (message, transfer = []) => port.postMessage(message, transfer);
    const inbox = new Inbox();
    /** @type {import('./sources.js').Opened} */
    const opened = {chunks: inbox.chunks(), name: '', total: null};
    /** @type {Map<number, AbortController>} */
    const calls = new Map();
    /** @type {Deferred<Host>} */
    const host = new Deferred();
    /** @type {Promise<unknown>} */
    let last = host.promise;

    /** @param {any} message */
    async function init(message) {
        Object.assign(opened, {total: message.total, cached: message.cached});
        host.resolve(new Host(post, await Core.open(message.module), opened, message));
    }

    /**
     * @param {any} message
     * @param {AbortSignal} signal
     */
    async function call(message, signal) {
        const {id} = message;
        const owner = await host.promise;
        try {
            if (signal.aborted) throw abortError();
            const value = await owner.call(message, signal);
            post({type: 'done', id, value}, buffersIn(value));
        } catch (error) {
            post({type: 'error', id, error: packError(error), dead: owner.dead});
        }
        calls.delete(id);
    }

    /** @param {any} message */
    function hear(message) {
        if (message.type === 'init') {
            init(message).catch((error) => post({type: 'failed', error: packError(error)}));
        } else if (message.type === 'chunk') {
            inbox.push(message.bytes);
        } else if (message.type === 'end') {
            opened.converted = message.converted;
            inbox.push(null);
        } else if (message.type === 'call') {
            const controller = new AbortController();
            calls.set(message.id, controller);
            last = last.then(() => call(message, controller.signal), () => undefined);
        } else if (message.type === 'cancel') {
            calls.get(message.id)?.abort();
        } else if (message.type === 'memory') {   // a core that is dead has no answer; another worker has
            host.promise.then((owner) => owner.memory(message)).catch(() => undefined);
        } else if (message.type === 'ping') {
            post({type: 'pong'});
        }
    }
    if (typeof port.on === 'function') port.on('message', hear);
    else port.addEventListener('message', (/** @type {MessageEvent} */ event) => hear(event.data));
}
