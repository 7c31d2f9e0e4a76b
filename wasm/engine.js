/* SPDX-License-Identifier: MIT
 *
 * engine.js - one class, Engine: weights and structures in, designed sequences, scores and probabilities out.
 *
 *   Engine.load({weights}) -> parse(text) -> encode(structure) -> design | score | probs
 *
 * The work advances in short steps on the calling thread, with turns of the event loop between them, and can be
 * cancelled there. Encoding starts while the weights still arrive; results wait until all of them are in and their sum
 * is known. What belongs to one run lives in runs.js and scores.js, the way of the weights in feed.js.
 */
import {encodingNumber} from './abi.js';
import {Core, compileCore, disposable, HANDLE, Handle} from './heap.js';
import {abortError, throwIfAborted} from './errors.js';
import {resolveRequest} from './constraints.js';
import {Feed} from './feed.js';
import {Pacer, waitFor} from './pace.js';
import {designRuns} from './runs.js';
import {probsRun, scoreRuns} from './scores.js';
import {spell, Structure, structureBytes} from './structure.js';

/** @typedef {import('./runs.js').Design} Design */
/** @typedef {import('./runs.js').DesignOptions} DesignOptions */
/** @typedef {import('./scores.js').Score} Score */
/** @typedef {import('./scores.js').ScoreOptions} ScoreOptions */
/** @typedef {import('./scores.js').Probs} Probs */
/** @typedef {import('./scores.js').ProbsOptions} ProbsOptions */
/** @typedef {import('./feed.js').Weights} Weights */
/** @typedef {import('./structure.js').Selection} Selection */

/**
 * @typedef {object} Progress
 * @property {'weights' | 'encode' | 'design' | 'score' | 'probs'} phase
 * @property {number} done       bytes, encoder layers, samples, sequences or runs that are finished
 * @property {number | null} total
 * @property {number | null} fraction   0 to 1; null where the end is not known
 */

/**
 * @typedef {object} LoadOptions
 * @property {import('./sources.js').Source} [weights]   .eqx, .eqx.gz, .eqx.zst or the original .pt; without weights an
 *                                      engine can parse, and nothing else
 * @property {string} [model]          id of a published model; the weights must then be those
 * @property {number} [neighbors]      in place of the file's number
 * @property {import('./heap.js').WasmSource} [wasm]   where weft.wasm is, its bytes, or the compiled module
 * @property {0} [threads]             0: work on the calling thread
 * @property {(progress: Progress) => void} [onProgress]
 * @property {AbortSignal} [signal]
 */

/** The features and encoder states of one structure under one model. Made by Engine.encode. */
export class Encoding {
    /**
     * @param {Structure} structure
     * @param {Handle} handle
     */
    constructor(structure, handle) {
        this.structure = structure;
        this[HANDLE] = handle;
    }

    /** Encoder layers whose node and edge states are final. */
    get layersDone() {
        return this.#number(encodingNumber.layersDone);
    }

    /** Neighbours of each residue in this structure. */
    get neighbors() {
        return this.#number(encodingNumber.neighbors);
    }

    /** @param {number} what */
    #number(what) {
        const {core, pointer} = this[HANDLE];
        return core.c.weft_encoding_number(pointer, what);
    }

    dispose() {
        this[HANDLE].dispose();
    }
}

export class Engine {
    /** @type {Core} */
    #core;
    /** @type {Feed} */
    #feed;

    /**
     * Use Engine.load.
     * @param {Core} core
     * @param {Feed} feed
     */
    constructor(core, feed) {
        this.#core = core;
        this.#feed = feed;
    }

    /**
     * Resolves once the model is recognised; its bytes may still be arriving.
     * @param {LoadOptions} [options]
     * @returns {Promise<Engine>}
     */
    static async load({weights, model, neighbors, wasm, threads = 0, onProgress, signal} = {}) {
        if (threads !== 0) throw new RangeError(`threads: ${threads} is not supported; 0 works on the calling thread`);
        const source = Promise.resolve(/** @type {import('./sources.js').Source} */ (weights));
        source.catch(() => undefined);
        throwIfAborted(signal);
        const core = await Core.open(await compileCore(wasm));
        const feed = new Feed(core, {model, neighbors, onProgress, signal});
        try {
            if (weights === undefined) feed.without();
            else await feed.start(source);
        } catch (error) {
            core.close('this engine was never loaded');
            throw error;
        }
        return new Engine(core, feed);
    }

    /** Resolves when every byte is in and the sum of a model known by name is right. */
    get ready() {
        return this.#feed.ready;
    }

    /** What is known of the weights so far. @returns {Weights} */
    get weights() {
        return this.#feed.weights;
    }

    /** Version of the engine, '0.1.0'. */
    get version() {
        return this.#core.text(this.#core.c.weft_version());
    }

    /**
     * @param {string | ArrayBuffer | ArrayBufferView} data
     * @param {{format?: 'pdb', name?: string}} [options]
     * @returns {Structure}
     */
    parse(data, {format = 'pdb', name = ''} = {}) {
        return new Structure(this.#core, structureBytes(data, format), name);
    }

    /**
     * Runs the encoder, as far as the weights have come, and waits for the rest.
     * @param {Structure} structure
     * @param {{onProgress?: (progress: Progress) => void, signal?: AbortSignal}} [options]
     * @returns {Promise<Encoding>}
     */
    async encode(structure, {onProgress, signal} = {}) {
        const pacer = new Pacer(signal);
        const core = this.#core;
        const {c} = core;
        this.#feed.throwIfFailed();
        const held = this.#own(structure).retain();
        const pointer = c.weft_encoding_open(this.#feed.model, held.pointer) >>> 0;
        const handle = new Handle(core, pointer, () => {
            if (pointer) core.free('weft_encoding_free', pointer);
            held.release();
        });
        try {
            core.created(pointer);
            const encoding = new Encoding(structure, handle);
            const report = () => onProgress?.({
                phase: 'encode', done: encoding.layersDone, total: this.weights.encoderLayers,
                fraction: c.weft_encoding_progress(pointer)
            });
            await pacer.run(() => core.check(c.weft_encoding_step(pointer)), {report, more: () => this.#feed.more()});
            report();
            return encoding;
        } catch (error) {
            handle.dispose();
            throw error;
        }
    }

    /**
     * What constraints come to on a structure, without any work.
     * @param {Structure} structure
     * @param {import('./constraints.js').Constraints} [constraints]
     * @param {'design' | 'score'} [purpose]   score: chains of different sequences need no choice
     * @returns {{design: Selection, incomplete: Selection, sequence: string}} rows to be designed or scored; rows that
     *          were asked for and lack backbone atoms; the letters before the design
     */
    resolve(structure, constraints = {}, purpose = 'design') {
        this.#own(structure);
        const {design, incomplete, letters} = resolveRequest(structure, constraints, purpose);
        const [chosen, left] = [design, incomplete].map((mask) => structure.describe(mask));
        return {design: chosen, incomplete: left, sequence: spell(letters)};
    }

    /**
     * Designs sequences; each is delivered as it is finished. The results do not depend on `batch`.
     * @param {Encoding | Promise<Encoding>} encoding
     * @param {DesignOptions} [options]
     * @returns {AsyncGenerator<Design, void, undefined>}
     */
    async* design(encoding, options = {}) {
        yield* this.#hold(await encoding, options.signal, (structure, pointer) =>
            designRuns(this.#core, structure, pointer, options));
    }

    /**
     * Scores sequences (the file's own, if none is given) on the backbone: one result for each.
     * @param {Encoding | Promise<Encoding>} encoding
     * @param {ScoreOptions} [options]
     * @returns {Promise<Score[]>}
     */
    async score(encoding, options = {}) {
        const scores = [];
        const runs = this.#hold(await encoding, options.signal, (structure, pointer) =>
            scoreRuns(this.#core, structure, pointer, options));
        for await (const score of runs) scores.push(score);
        return scores;
    }

    /**
     * Log-probabilities of every letter at every residue.
     * @param {Encoding | Promise<Encoding>} encoding
     * @param {ProbsOptions} [options]
     * @returns {Promise<Probs>}
     */
    async probs(encoding, options = {}) {
        const runs = this.#hold(await encoding, options.signal, (structure, pointer) =>
            probsRun(this.#core, structure, pointer, options));
        for await (const probs of runs) return probs;
        throw abortError();
    }

    /**
     * Keeps an encoding alive while results are made from it, and makes none before the weights are known to be right.
     * @template T
     * @param {Encoding} encoding
     * @param {AbortSignal | undefined} signal
     * @param {(structure: Structure, pointer: number) => AsyncGenerator<T, void, undefined>} body
     */
    async* #hold(encoding, signal, body) {
        throwIfAborted(signal);
        const held = this.#own(encoding).retain();
        const {pointer} = held;
        try {
            await waitFor(this.ready, signal);
            yield* body(encoding.structure, pointer);
        } finally {
            held.release();
        }
    }

    /**
     * The handle of a structure or encoding that this engine made.
     * @param {Structure | Encoding} made
     */
    #own(made) {
        const handle = made[HANDLE];
        if (handle?.core !== this.#core) throw new TypeError('the structure or encoding was made by another engine');
        return handle;
    }

    /**
     * The weights as .eqx bytes again, from the bound tensors.
     * @returns {Uint8Array}
     */
    saveWeights() {
        this.#feed.throwIfFailed();
        if (!this.weights.complete) throw new Error('the weights are not all in yet: await engine.ready first');
        return this.#feed.save();
    }

    /** Stops what is under way and gives all memory back. */
    async dispose() {
        this.#feed.stop();
        this.#core.close('this engine was disposed of and cannot be used any more');
    }
}

disposable(Engine, true);
disposable(Encoding, false);
disposable(Structure, false);
