/* SPDX-License-Identifier: MIT
 *
 * feed.js - the weights of one engine on their way into the core.
 *
 *   .eqx chunks (sources.js) --weft_model_feed--> recognised (start resolves) --> complete, sum checked (ready)
 *
 * Who needs more bytes than have come awaits more(). When the stream ends early, is of the wrong kind, or is not the
 * file that its name promises, ready and everything after reject with the same error.
 */
import {modelNumber, modelText} from './abi.js';
import {abortError, ConstraintError, WeightsError} from './errors.js';
import {Deferred, Pacer, waitFor} from './pace.js';
import {eachPiece} from './sources.js';

/**
 * @typedef {object} Weights
 * @property {string | null} id          name of the published model, once that is certain or if it was asked for
 * @property {boolean} known             whether the sum is that of a published model
 * @property {boolean} complete          whether all bytes are in and right
 * @property {string} family
 * @property {string} layout             the file's layout in words
 * @property {string} sha256             of the .eqx bytes (of a .pt, as saveWeights gives them); '' until all are in
 * @property {number} bytes
 * @property {number} records
 * @property {number} parameters
 * @property {number} neighbors
 * @property {number} nodeWidth
 * @property {number} edgeWidth
 * @property {number} encoderLayers
 * @property {number} decoderLayers
 * @property {number} messageScale
 * @property {number | null} noiseLevel  training noise in angstrom, of a published model
 */

/**
 * @typedef {object} FeedOptions
 * @property {string} [model]
 * @property {number} [neighbors]
 * @property {(progress: import('./engine.js').Progress) => void} [onProgress]
 * @property {AbortSignal} [signal]
 */

/**
 * @param {import('./heap.js').Core} core
 * @param {number} model
 */
function saved(core, model) {
    const size = core.c.weft_model_save_size(model) >>> 0;
    return core.scope((put) => {
        const out = put(new Uint8Array(size));
        core.check(core.c.weft_model_save(model, out));
        return core.take(Uint8Array, out, size);
    });
}

/**
 * @template T
 * @param {import('./heap.js').Core} core
 * @param {readonly Uint8Array[]} chunks   a whole file
 * @param {(model: number) => T} body
 * @returns {T}
 */
function withModel(core, chunks, body) {
    const model = core.created(core.c.weft_model_open());
    try {
        for (const chunk of chunks) {
            core.scope((put) => core.check(core.c.weft_model_feed(model, put(chunk), chunk.length)));
        }
        core.check(core.c.weft_model_finish(model));
        return body(model);
    } finally {
        core.free('weft_model_free', model);
    }
}

/**
 * The .eqx bytes of a whole file again, from tensors bound for it.
 * @param {import('./heap.js').Core} core
 * @param {readonly Uint8Array[]} chunks
 */
export function saveOf(core, chunks) {
    return withModel(core, chunks, (model) => saved(core, model));
}

export class Feed {
    #core;
    #options;
    #recognised = new Deferred();
    #ready = new Deferred();
    #more = new Deferred();
    #stopped = new AbortController();
    /** @type {unknown} */
    #failure = null;
    /** @type {import('./models.js').Model | null} the published model that the name promises, then the one it is */
    #entry = null;
    #matches = false;
    /** @type {import('./sources.js').Opened | null} */
    #opened = null;
    #sum = '';

    /**
     * @param {import('./heap.js').Core} core
     * @param {FeedOptions} options
     */
    constructor(core, options) {
        this.#core = core;
        this.#options = options;
        this.model = core.created(core.c.weft_model_open());
        options.signal?.addEventListener('abort', () => this.stop(), {signal: this.#stopped.signal});
    }

    /** Aborted when no more bytes are wanted. */
    get signal() {
        return this.#stopped.signal;
    }

    get ready() {
        return this.#ready.promise;
    }

    /** Resolves when more bytes have come, rejects when no more will. */
    more() {
        this.throwIfFailed();
        return this.#more.promise;
    }

    throwIfFailed() {
        if (this.#failure) throw this.#failure;
    }

    /** Takes no more bytes. */
    stop() {
        if (!this.#matches) this.#fail(abortError());
        this.#stopped.abort();
    }

    /** No weights will come. */
    without() {
        this.#fail(new WeightsError('this engine was loaded without weights'));
    }

    /**
     * Starts taking bytes.
     * @param {Promise<import('./sources.js').Opened>} opened
     * @returns {Promise<void>} once the model is recognised
     */
    start(opened) {
        this.#run(opened).catch((error) => this.#fail(error));
        return this.#recognised.promise;
    }

    /** @param {Promise<import('./sources.js').Opened>} promise */
    async #run(promise) {
        const {signal} = this.#stopped;
        const [opened, models] = await waitFor(Promise.all([promise, import('./models.js')]), signal);
        const {name, total} = this.#opened = opened;
        this.#entry = models.promisedModel(this.#options.model ?? name);
        const pacer = new Pacer(signal);
        await eachPiece(opened, pacer, (piece) => {
            this.#take(piece);
            pacer.report(() => this.#report(total));
        });
        this.#finish(models);
        this.#report(total);
    }

    /** @param {Uint8Array} piece */
    #take(piece) {
        const core = this.#core;
        core.scope((put) => core.check(core.c.weft_model_feed(this.model, put(piece), piece.length)));
        if (this.#number(modelNumber.recognised)) this.#recognise();
        this.#wake();
    }

    #wake() {
        const waiting = this.#more;
        this.#more = new Deferred();
        waiting.resolve();
    }

    #recognise() {
        const {neighbors} = this.#options;
        if (neighbors !== undefined) {
            if (!Number.isInteger(neighbors)) {
                throw new ConstraintError(`neighbors: ${neighbors} is no whole number`, String(neighbors));
            }
            this.#core.check(this.#core.c.weft_model_neighbors(this.model, neighbors));
            this.#options = {...this.#options, neighbors: undefined};
        }
        this.#recognised.resolve();
    }

    /** @param {typeof import('./models.js')} models */
    #finish({knownSums, modelByHash}) {
        this.#core.check(this.#core.c.weft_model_finish(this.model));
        this.#recognise();
        const sum = this.#sum = this.#opened?.converted ? this.#savedSum() : this.#text(modelText.sha256);
        if (this.#entry && !knownSums(this.#entry).includes(sum)) {
            throw new WeightsError(`the file is not ${this.#entry.id}: its sha-256 is ${sum}, `
                + `not ${this.#entry.eqx.sha256}`);
        }
        this.#entry = modelByHash(sum);
        this.#matches = true;
        this.#wake();
        this.#ready.resolve();
    }

    /** The complete model as .eqx bytes, from the bound tensors. */
    save() {
        return saved(this.#core, this.model);
    }

    /** The sum of what save gives: that of the published file, whatever file the tensors came in. */
    #savedSum() {
        const core = this.#core;
        return withModel(core, [this.save()], (model) => core.text(core.c.weft_model_text(model, modelText.sha256)));
    }

    /** @param {unknown} error */
    #fail(error) {
        if (this.#failure) return;
        this.#failure = error;
        this.#recognised.reject(error);
        this.#ready.reject(error);
        this.#more.reject(error);
    }

    /** @param {number | null} total */
    #report(total) {
        const done = this.#number(modelNumber.bytes);
        const end = this.#matches ? done : this.#entry?.eqx.bytes ?? total;
        const fraction = end ? Math.min(1, done / end) : null;
        const cached = this.#opened?.cached ? {cached: true} : {};
        this.#options.onProgress?.({phase: 'weights', done, total: end, fraction, ...cached});
    }

    /** @param {number} what */
    #number(what) {
        return this.#core.c.weft_model_number(this.model, what);
    }

    /** @param {number} what */
    #text(what) {
        return this.#core.text(this.#core.c.weft_model_text(this.model, what));
    }

    /** @returns {Weights} */
    get weights() {
        return {
            id: this.#entry?.id ?? null,
            known: this.#matches && this.#entry !== null,
            complete: this.#matches,
            family: this.#text(modelText.family),
            layout: this.#text(modelText.layout),
            sha256: this.#sum,
            bytes: this.#number(modelNumber.bytes),
            records: this.#number(modelNumber.records),
            parameters: this.#number(modelNumber.parameters),
            neighbors: this.#number(modelNumber.neighbors),
            nodeWidth: this.#number(modelNumber.nodeWidth),
            edgeWidth: this.#number(modelNumber.edgeWidth),
            encoderLayers: this.#number(modelNumber.encoderLayers),
            decoderLayers: this.#number(modelNumber.decoderLayers),
            messageScale: this.#number(modelNumber.messageScale),
            noiseLevel: this.#entry?.noise_level ?? null
        };
    }
}
