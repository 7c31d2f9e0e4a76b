/* SPDX-License-Identifier: MIT
 *
 * crew.js - the workers of a pool: started one by one, watched while they are needed, given up when they die or hang.
 *
 *   grow --> joined      worker --> message      dead or silent --> left      none can be kept alive --> hopeless
 */
import {Thread} from './thread.js';

const BEAT_MS = 500;          // between two looks at the busy workers
const SILENT_BEATS = 8;       // a worker answers within 50 ms; one that is silent for so long is dead
const STARTING_BEATS = 60;    // loading its script may take time
const TRIES = 4;              // of starting workers one after the other

/**
 * @typedef {object} Events
 * @property {(thread: Thread) => void} joined
 * @property {(thread: Thread, message: any) => void} message
 * @property {(thread: Thread, reason: Error) => void} left     another may take its place
 * @property {(reason: unknown) => void} hopeless
 */

export class Crew {
    #size;
    #source;
    #events;
    /** @type {Set<Thread>} */
    #threads = new Set();
    /** Workers that are being made. @type {Set<Promise<void>>} */
    #births = new Set();
    #deaths = 0;
    #ended = false;
    /** @type {ReturnType<typeof setInterval> | undefined} */
    #beat;

    /**
     * @param {number} size   workers at most
     * @param {import('./thread.js').WorkerSource | undefined} source
     * @param {Events} events
     */
    constructor(size, source, events) {
        this.#size = size;
        this.#source = source;
        this.#events = events;
    }

    get threads() {
        return [...this.#threads];
    }

    /** How many are being made. */
    get coming() {
        return this.#births.size;
    }

    /** Starts one more worker, unless there are enough. */
    grow() {
        if (this.#ended || this.#threads.size + this.#births.size >= this.#size) return;
        const birth = this.#start(() => this.#births.delete(birth)).catch(this.#events.hopeless);
        this.#births.add(birth);
    }

    /** @param {() => void} born   called when it is made or cannot be made */
    async #start(born) {
        let thread;
        try {
            thread = await Thread.start(this.#source, (each) => ({
                message: (message) => this.#events.message(each, message),
                death: (reason) => this.dismiss(each, reason)
            }));
        } finally {
            born();
        }
        if (this.#ended) return thread.terminate();
        this.#threads.add(thread);
        return this.#events.joined(thread);
    }

    /** A worker did what it was there for: those that died before it were accidents. */
    proved() {
        this.#deaths = 0;
    }

    /**
     * Ends a worker that died or hangs.
     * @param {Thread} thread
     * @param {Error} reason
     */
    dismiss(thread, reason) {
        if (this.#ended) return;
        const member = this.#threads.delete(thread);   // it may have died before it was in use
        thread.terminate().catch(() => undefined);
        if (!member || ++this.#deaths > TRIES) this.#events.hopeless(reason);
        else this.#events.left(thread, reason);
    }

    /**
     * Looks after the workers that are needed now: browsers do not say when one is gone.
     * @param {(thread: Thread) => boolean} needed
     */
    watch(needed) {
        let busy = false;
        for (const thread of this.#threads) {
            thread.needed = needed(thread);
            busy ||= thread.needed;
        }
        if (busy === (this.#beat !== undefined)) return;
        clearInterval(this.#beat);
        this.#beat = busy ? setInterval(() => this.#look(), BEAT_MS) : undefined;
    }

    #look() {
        for (const thread of this.threads) {
            if (!thread.needed) continue;
            if (++thread.silent > (thread.heard ? SILENT_BEATS : STARTING_BEATS)) {
                this.dismiss(thread, new Error('a worker does not answer'));
            } else {
                thread.post({type: 'ping'});
            }
        }
    }

    /** Ends all workers. Resolves when none is left. */
    async end() {
        this.#ended = true;
        clearInterval(this.#beat);
        const {threads} = this;
        this.#threads.clear();
        await Promise.all([...this.#births, ...threads.map((thread) => thread.terminate())]);
    }
}
