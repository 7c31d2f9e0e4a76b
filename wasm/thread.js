/* SPDX-License-Identifier: MIT
 *
 * thread.js - one worker as the pool sees it: the same for Web Workers and worker_threads.
 *
 *   URL, factory or nothing --Thread.start--> post, messages, one word when it dies, terminate
 */
import {inNode, nodeModule} from './heap.js';

/** @typedef {any} AnyWorker   a Worker of the browser or of node:worker_threads */
/** @typedef {URL | string | (() => AnyWorker | Promise<AnyWorker>)} WorkerSource */

/**
 * @typedef {object} Listener
 * @property {(message: any) => void} message
 * @property {(reason: Error) => void} death   called once, but not for a worker that was terminated here
 */

/**
 * The literal form is what bundlers look for; in Node a URL that they do not see.
 * @param {WorkerSource | undefined} source
 * @returns {Promise<AnyWorker>}
 */
async function makeWorker(source) {
    if (typeof source === 'function') return source();
    if (inNode()) {
        const {Worker: NodeWorker} = await nodeModule('node:worker_threads');
        const here = import.meta.url;
        return new NodeWorker(new URL(source ?? './worker.js', here), {execArgv: []});
    }
    if (source === undefined) return new Worker(new URL('./worker.js', import.meta.url), {type: 'module'});
    return new Worker(source, {type: 'module'});
}

export class Thread {
    /** @type {import('./pool.js').Task | null} what it works on */
    task = null;
    /** Encodings that were sent to it, and those that it said it has. @type {Set<number>} */
    sent = new Set();
    /** @type {Set<number>} */
    holds = new Set();
    /** Weights that it was given: chunks, and whether it was told that they were all. */
    supply = {chunks: 0, ended: false, busy: false};
    /** Whether it has said anything yet, and for how many beats of the pool it has been silent. */
    heard = false;
    silent = 0;
    #needed = true;
    #worker;
    #ended = false;

    /**
     * @param {WorkerSource | undefined} source
     * @param {(thread: Thread) => Listener} listen
     */
    static async start(source, listen) {
        const worker = await makeWorker(source);
        const thread = new Thread(worker);
        thread.#listen(listen(thread));
        return thread;
    }

    /** @param {AnyWorker} worker */
    constructor(worker) {
        this.#worker = worker;
    }

    /** @param {Listener} listener */
    #listen({message, death}) {
        const worker = this.#worker;
        const hear = (/** @type {any} */ data) => {
            if (this.#ended) return;
            this.heard = true;
            this.silent = 0;
            message(data);
        };
        const die = (/** @type {any} */ reason) => {
            if (this.#ended) return;
            this.#ended = true;
            death(new Error(`a worker stopped: ${reason?.message || reason || 'its script could not be run'}`));
        };
        if (typeof worker.on === 'function') {
            worker.on('message', hear);
            worker.on('error', die);
            worker.on('messageerror', die);
            worker.on('exit', (/** @type {number} */ code) => die(`it ended with code ${code}`));
        } else {
            worker.addEventListener('message', (/** @type {MessageEvent} */ event) => hear(event.data));
            worker.addEventListener('error', (/** @type {ErrorEvent} */ event) => {
                event.preventDefault();
                die(event);
            });
            worker.addEventListener('messageerror', () => die('a message could not be read'));
        }
    }

    /**
     * @param {Record<string, any>} message
     * @param {Transferable[]} [transfer]
     */
    post(message, transfer = []) {
        if (!this.#ended) this.#worker.postMessage(message, transfer);
    }

    /** Whether anyone waits for it; if not, Node may end while it runs. */
    get needed() {
        return this.#needed;
    }

    set needed(needed) {
        this.#needed = needed;
        if (needed) this.#worker.ref?.();
        else this.#worker.unref?.();
    }

    async terminate() {
        this.#ended = true;
        await this.#worker.terminate();
    }
}
