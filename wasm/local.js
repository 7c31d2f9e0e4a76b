/* SPDX-License-Identifier: MIT
 *
 * local.js - the work of an engine on the calling thread; pool.js has the same calls and does it in workers.
 *
 *   source -> Feed      structure --encode--> Encoding --runner--> lanes, one job at a time
 */
import {Encoding, encodeHere, nodesOf, numbersOf, openEncoding} from './encoding.js';
import {Feed} from './feed.js';
import {Handle, HANDLE} from './heap.js';
import {Pacer} from './pace.js';
import {ofJob, runLanes} from './runs.js';

/** @typedef {import('./structure.js').Structure} Structure */
/** @typedef {import('./runs.js').Control} Control */

export class Local {
    #core;
    #feed;

    /**
     * @param {import('./heap.js').Core} core
     * @param {import('./feed.js').FeedOptions} options
     */
    constructor(core, options) {
        this.#core = core;
        this.#feed = new Feed(core, options);
    }

    /** @param {Promise<import('./sources.js').Opened> | null} opened   null: no weights will come */
    async start(opened) {
        if (opened) await this.#feed.start(opened);
        else this.#feed.without();
    }

    /** Aborted when no more bytes are wanted. */
    get signal() {
        return this.#feed.signal;
    }

    get ready() {
        return this.#feed.ready;
    }

    get weights() {
        return this.#feed.weights;
    }

    throwIfFailed() {
        this.#feed.throwIfFailed();
    }

    save() {
        return this.#feed.save();
    }

    /** Structures are in the core already. */
    know() {
        return undefined;
    }

    /**
     * @param {Structure} structure
     * @param {Control & {features?: import('./encoding.js').Features}} control
     */
    async encode(structure, {features, onProgress, signal}) {
        return this.#hold(structure, async (held) => {
            const pointer = await this.#encodeHere(held, features, {onProgress, signal});
            this.#core.check(this.#core.c.weft_encoding_release_edges(pointer));
            return pointer;
        });
    }

    /**
     * The final states of a structure.
     * @param {Structure} structure
     * @param {Control & {features?: import('./encoding.js').Features}} control
     * @returns {Promise<import('./handover.js').States>}
     */
    async states(structure, {features, onProgress, signal}) {
        const {statesOf} = await import('./handover.js');
        const pointer = await this.#encodeHere(structure[HANDLE].pointer, features, {onProgress, signal});
        try {
            return statesOf(this.#core, this.#feed, pointer, structure.length);
        } finally {
            this.#core.free('weft_encoding_free', pointer);
        }
    }

    /**
     * An encoding of states that were made elsewhere.
     * @param {Structure} structure
     * @param {{features?: import('./encoding.js').Features, states: import('./handover.js').States}} source
     * @param {AbortSignal} [signal]
     */
    async adopt(structure, source, signal) {
        const {adoptHere} = await import('./handover.js');
        return this.#hold(structure, (held) => adoptHere(this.#core, this.#feed, held, source, new Pacer(signal)));
    }

    /**
     * @param {number} structure
     * @param {import('./encoding.js').Features | undefined} features
     * @param {Control} control
     */
    async #encodeHere(structure, features, {onProgress, signal}) {
        this.#feed.throwIfFailed();
        const pacer = new Pacer(signal), opened = openEncoding(this.#core, this.#feed.model, structure, features);
        return encodeHere(this.#core, this.#feed, opened, pacer, (done, fraction) => onProgress?.({
            phase: 'encode', done, total: this.weights.encoderLayers, fraction
        }));
    }

    /**
     * An encoding that keeps its structure.
     * @param {Structure} structure
     * @param {(structure: number) => Promise<number>} make
     */
    async #hold(structure, make) {
        const core = this.#core, held = structure[HANDLE].retain();
        try {
            const pointer = await make(held.pointer);
            const handle = new Handle(core, pointer, () => {
                core.free('weft_encoding_free', pointer);
                held.release();
            });
            return new Encoding(structure, handle, (encoding) => numbersOf(core, encoding));
        } catch (error) {
            held.release();
            throw error;
        }
    }

    /** @param {number} encoding @param {number} rows @returns {Promise<Float32Array>} h_V [n][node stride] */
    async nodes(encoding, rows) {
        return nodesOf(this.#core, this.#feed.model, encoding, rows);
    }

    /** @param {readonly number[]} lengths @param {number} lanes */
    async memory(lengths, lanes) {
        const {workBytes} = await import('./memory.js');
        this.#feed.throwIfFailed();
        return workBytes(this.#core, this.#feed.model, lengths, lanes);
    }

    /**
     * @param {readonly number[]} encodings   one for each state
     * @param {Uint8Array} visible
     * @param {AbortSignal | undefined} signal
     * @returns {import('./runs.js').Runner}
     */
    runner(encodings, visible, signal) {
        const pacer = new Pacer(signal);
        return {
            pacer, ahead: 1, stop: () => undefined, visible, workers: () => 1,
            run: (job, report) => runLanes(this.#core, ofJob(encodings, job), job, pacer, report)
        };
    }

    /** Takes no more weights. */
    async stop() {
        this.#feed.stop();
    }
}
