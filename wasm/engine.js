/* SPDX-License-Identifier: MIT
 *
 * engine.js - one class, Engine: weights and structures in, designed sequences, scores and probabilities out.
 *
 *   Engine.load({weights}) -> parse(text) -> encode(structure) -> design | score | probs
 *
 * The work advances in short steps, on the calling thread with turns of the event loop between them (local.js) or in
 * a pool of workers (pool.js), and can be cancelled. Encoding starts while the weights still arrive; results wait until
 * all of them are in and their sum is known. What belongs to one run lives in runs.js, states.js and scores.js, the way
 * of the weights in sources.js and feed.js. What not everybody needs is loaded when it is asked for.
 */
import {Encoding} from './encoding.js';
import {Core, compileCore, coreCount, disposable, HANDLE} from './heap.js';
import {abortError, ConstraintError, throwIfAborted} from './errors.js';
import {resolveRequest} from './constraints.js';
import {Local} from './local.js';
import {waitFor} from './pace.js';
import {designRuns, plainRuns} from './runs.js';
import {openWeights} from './sources.js';
import {
    BACKBONE_NUMBERS, derivedStructure, openStructure, spell, Structure, structureBytes
} from './structure.js';

/** @typedef {import('./runs.js').Design} Design */
/** @typedef {import('./runs.js').DesignOptions} DesignOptions */
/** @typedef {import('./scores.js').Score} Score */
/** @typedef {import('./scores.js').ScoreOptions} ScoreOptions */
/** @typedef {import('./scores.js').Probs} Probs */
/** @typedef {import('./scores.js').ProbsOptions} ProbsOptions */
/** @typedef {import('./scan.js').ScanOptions} ScanOptions */
/** @typedef {import('./feed.js').Weights} Weights */
/** @typedef {import('./structure.js').Choice} Choice */
/** @typedef {import('./structure.js').Selection} Selection */
/** @typedef {import('./constraints.js').Resolved} Resolved */
/** @typedef {import('./request.js').Lanes} Lanes */
/** @typedef {import('./runs.js').Job} Job */
/** @typedef {import('./runs.js').LaneResult} LaneResult */

/**
 * @typedef {object} Progress
 * @property {'weights' | 'encode' | 'design' | 'score' | 'probs' | 'scan' | 'doubles' | 'jacobian'} phase
 * @property {number} done       bytes, encoder layers, samples, sequences or runs that are finished
 * @property {number | null} total
 * @property {number | null} fraction   0 to 1; null where the end is not known
 * @property {boolean} [cached]     true where the weights come from the cache and nothing is downloaded
 */

/**
 * @typedef {object} LoadOptions
 * @property {import('./sources.js').Source} [weights]   .eqx, .eqx.gz, .eqx.zst or the original .pt; without weights an
 *                                      engine can parse, and nothing else
 * @property {string} [model]          id of a published model; the weights must then be those
 * @property {number} [neighbors]      in place of the file's number
 * @property {import('./heap.js').WasmSource | Promise<import('./heap.js').WasmSource>} [wasm]   where weft.wasm is, its
 *                                      bytes, or the compiled module
 * @property {number} [threads]        0: work on the calling thread; n: in a pool of n workers, or of fewer where they
 *                                      would not fit in memory or the machine has fewer cores. Results are the
 *                                      same. 0 unless told
 * @property {import('./thread.js').WorkerSource} [worker]   the worker's script, or what makes a worker
 * @property {number} [memory]         bytes of WebAssembly memory that all workers on one structure may take, 1 GiB
 *                                      unless told: there are fewer workers where they would need more
 * @property {import('./sources.js').CacheMode} [cache]   'auto': weights from the network, once they proved to be those
 *                                      of a published model, are kept by URL (in the Cache API where there is one)
 * @property {(progress: Progress) => void} [onProgress]
 * @property {AbortSignal} [signal]
 */

export class Engine {
    /** @type {Core} */
    #core;
    /** @type {Local | import('./pool.js').Pool} */
    #work;
    /** The last word to the cache, which dispose waits for. @type {Promise<unknown>} */
    #settled;

    /**
     * Use Engine.load.
     * @param {Core} core
     * @param {Local | import('./pool.js').Pool} work
     * @param {Promise<unknown>} settled
     */
    constructor(core, work, settled) {
        this.#core = core;
        this.#work = work;
        this.#settled = settled;
    }

    /**
     * Resolves once the model is recognised; its bytes may still be arriving.
     * @param {LoadOptions} [options]
     * @returns {Promise<Engine>}
     */
    static async load({weights, wasm, threads = 0, worker, memory, cache, ...options} = {}) {
        if (!Number.isInteger(threads) || threads < 0) {
            throw new RangeError(`threads: ${threads} is no number of workers; 0 works on the calling thread`);
        }
        const {model, signal} = options;
        const source = Promise.resolve(/** @type {import('./sources.js').Source} */ (weights));
        source.catch(() => undefined);
        throwIfAborted(signal);
        const stop = new AbortController(), abort = () => stop.abort();
        signal?.addEventListener('abort', abort);
        const opened = weights === undefined ? null : openWeights(source, {model, cache, signal: stop.signal});
        opened?.catch(abort);   // whoever waits for them hears it
        const pooled = threads > 0 && opened;
        const loading = Promise.all([compileCore(wasm), pooled ? import('./pool.js') : null]);
        loading.catch(abort);
        const [module, pool] = await loading;
        const core = await Core.open(module);
        const work = pool
            ? new pool.Pool(core, module, {threads: Math.min(threads, await coreCount()), worker, memory}, options)
            : new Local(core, options);
        work.signal.addEventListener('abort', abort);
        const right = () => work.ready.then(() => work.weights.known, () => false);
        const settled = Promise.resolve(opened).then(async (found) => found?.settle?.(await right()));
        settled.catch(() => undefined);
        try {
            await work.start(opened);
        } catch (error) {
            await work.stop();
            core.close('this engine was never loaded');
            throw error;
        }
        return new Engine(core, work, settled);
    }

    /** Resolves when every byte is in and the sum of a model known by name is right. */
    get ready() {
        return this.#work.ready;
    }

    /** What is known of the weights so far. @returns {Weights} */
    get weights() {
        return this.#work.weights;
    }

    /** Version of the engine, '0.1.0', or '0.1.0+fast' of the core that fast.js names. */
    get version() {
        return this.#core.text(this.#core.c.weft_version());
    }

    /**
     * PDB text at once; open reads other files, too.
     * @param {string | ArrayBuffer | ArrayBufferView} data
     * @param {Choice & {format?: 'pdb', name?: string}} [options]
     * @returns {Structure}
     */
    parse(data, {format = 'pdb', name = '', model, altloc} = {}) {
        const source = {bytes: structureBytes(data, format), model, altloc};
        return this.#made(openStructure(this.#core, source), name, source);
    }

    /**
     * A structure file of any kind: PDB, mmCIF or BinaryCIF, plain or packed by gzip or zstd, as its content tells.
     * @param {string | ArrayBuffer | ArrayBufferView} data
     * @param {Choice & import('./structure_file.js').ReadOptions & {name?: string}} [options]
     * @returns {Promise<Structure>}
     */
    async open(data, options = {}) {
        const {structureSource} = await import('./structure_file.js');
        const source = await structureSource(structureBytes(data), options);
        return this.parse(source, {...options, format: 'pdb'});
    }

    /**
     * A structure like another one: chosen rows alone, or all of them with their backbone elsewhere.
     * @param {Structure} structure
     * @param {{rows: import('./structure.js').RowChoice} | {backbone: Float32Array}} change
     *        backbone: as structure.backbone() gives it, which can also add noise
     * @returns {Structure}
     */
    derive(structure, change) {
        const {pointer} = this.#own(structure);
        const step = 'rows' in change ? {rows: structure.rows(change.rows)} : change;
        if ('backbone' in step && step.backbone.length !== structure.length * BACKBONE_NUMBERS) {
            throw new ConstraintError(`a backbone of ${step.backbone.length} numbers for ${structure.length} residues`);
        }
        return this.#made(derivedStructure(this.#core, pointer, step), structure.name, {from: structure, step});
    }

    /**
     * @param {number} pointer
     * @param {string} name
     * @param {Parameters<import('./pool.js').Pool['know']>[1]} origin
     */
    #made(pointer, name, origin) {
        const structure = new Structure(this.#core, pointer, name);
        this.#work.know(structure, origin);
        return structure;
    }

    /**
     * Runs the encoder, as far as the weights have come, and waits for the rest.
     * @param {Structure} structure
     * @param {{features?: import('./encoding.js').Features, onProgress?: (progress: Progress) => void,
     *         signal?: AbortSignal}} [options]   features: 'gaps' or 'file-order', in place of the model's own way
     * @returns {Promise<Encoding>}
     */
    async encode(structure, options = {}) {
        throwIfAborted(options.signal);
        void this.#own(structure).pointer;
        return this.#work.encode(structure, options);
    }

    /**
     * One encoding of several backbones of the same residues, such as conformers or levels of noise: means of what the
     * encoder makes of them (average.js). Its structure is the first one.
     * @param {readonly Structure[]} structures
     * @param {import('./average.js').AverageOptions} [options]
     * @returns {Promise<Encoding>}
     */
    async average(structures, options = {}) {
        const {averageOf} = await import('./average.js');
        for (const each of structures) this.#own(each);
        await waitFor(this.ready, options.signal);
        return averageOf(this.#work, structures, options);
    }

    /**
     * What constraints come to on a structure, without any work.
     * @param {Structure} structure
     * @param {import('./constraints.js').Constraints} [constraints]
     * @param {'design' | 'score'} [purpose]   score: chains of different sequences need no choice
     * @returns {{design: Selection, incomplete: Selection, following: Selection, sequence: string}} rows to be designed
     *          or scored; rows that were asked for and lack atoms that the model needs; designed rows that are tied to
     *          ones that stay, and take their letter; the letters before the design
     */
    resolve(structure, constraints = {}, purpose = 'design') {
        this.#own(structure);
        const visible = structure.visible(this.weights.family);
        const {design, incomplete, following, letters} = resolveRequest(structure, visible, constraints, purpose);
        const [chosen, left, tied] = [design, incomplete, following].map((mask) => structure.describe(mask));
        return {design: chosen, incomplete: left, following: tied, sequence: spell(letters)};
    }

    /**
     * What becomes of the designed residues of the first state in the others, without any work.
     * @param {readonly Structure[]} structures
     * @param {import('./constraints.js').Constraints & import('./states.js').StateOptions} [options]
     */
    async resolveStates(structures, options = {}) {
        const {describeStates} = await import('./states.js');
        for (const each of structures) this.#own(each);
        return describeStates(structures, structures.map((each) => each.visible(this.weights.family)), options);
    }

    /**
     * Designs sequences. Each is delivered as it is finished, in the order of temperatures and samples: one that a
     * worker finishes early waits for those before it. The results do not depend on `batch`. Of several encodings, one
     * sequence is designed for all: what is asked is said of the first, residues of the same chain and number in the
     * others follow (states.js).
     * @param {Encoding | Promise<Encoding> | readonly Encoding[]} encoding
     * @param {DesignOptions & import('./states.js').StateOptions} [options]
     * @returns {AsyncGenerator<Design, void, undefined>}
     */
    async* design(encoding, options = {}) {
        const given = await encoding;
        const states = given instanceof Encoding ? [given] : given;
        const several = states.length > 1 ? await import('./states.js') : null;
        yield* this.#hold(states, options.signal, (structures, runner) => (several
            ? several.stateRuns(runner, structures, options) : designRuns(runner, structures[0], options)));
    }

    /**
     * Scores sequences (the file's own, if none is given) on the backbone: one result for each.
     * @param {Encoding | Promise<Encoding>} encoding
     * @param {ScoreOptions} [options]
     * @returns {Promise<Score[]>}
     */
    async score(encoding, options = {}) {
        const {scoreRuns} = await import('./scores.js');
        const scores = [];
        const runs = this.#hold([await encoding], options.signal, ([structure], runner) =>
            scoreRuns(runner, structure, options));
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
        const {probsRun} = await import('./scores.js');
        const runs = this.#hold([await encoding], options.signal, ([structure], runner) =>
            probsRun(runner, structure, options));
        for await (const probs of runs) return probs;
        throw abortError();
    }

    /**
     * How tolerable each mutation is: log-probabilities of all letters at the chosen residues, less those that are
     * there.
     * @param {Encoding | Promise<Encoding>} encoding
     * @param {ScanOptions} [options]
     */
    async scan(encoding, options = {}) {
        return (await import('./scan.js')).scanOf(this, await encoding, options);
    }

    /**
     * How two mutations at once are judged, for each pair of chosen residues.
     * @param {Encoding | Promise<Encoding>} encoding
     * @param {ScanOptions} [options]
     */
    async doubles(encoding, options = {}) {
        return (await import('./doubles.js')).doublesOf(this, await encoding, options);
    }

    /**
     * The categorical Jacobian: how each residue's log-probabilities depend on each other residue's letter.
     * couplings.js makes contact maps of it.
     * @param {Encoding | Promise<Encoding>} encoding
     * @param {import('./jacobian.js').JacobianOptions} [options]
     */
    async jacobian(encoding, options = {}) {
        return (await import('./jacobian.js')).jacobianOf(this, await encoding, options);
    }

    /**
     * What the encoder makes of each residue and its surroundings, h_V: for models of other properties.
     * @param {Encoding | Promise<Encoding>} encoding
     * @returns {Promise<{values: Float32Array, width: number}>} [row][width], 0 at rows that the model cannot see
     */
    async embeddings(encoding) {
        const made = await encoding, {length} = made.structure;
        const nodes = await this.#work.nodes(this.#own(made).pointer, length);
        await this.ready;
        const width = this.weights.nodeWidth, stride = nodes.length / length;
        return {width, values: nodes.filter((_, i) => i % stride < width)};
    }

    /**
     * Bytes of WebAssembly memory that one worker needs to encode and design, before anything is reserved; 4 GiB is
     * what a worker can have. Waits until the weights are complete.
     * @param {number | readonly number[]} length   residues; for several states one number for each
     * @param {{batch?: number}} [options]   as for design
     * @returns {Promise<number>}
     */
    async memory(length, options) {
        return (await import('./memory.js')).memoryOf(this.#work, length, options);
    }

    /**
     * Runs that are spelled out row by row, orders and draws included: for commands that follow another program's
     * rules. One list of results for each job, in their order; a job is asked for when there is room to start it.
     * @param {Encoding | Promise<Encoding>} encoding
     * @param {Iterable<Job>} jobs
     * @param {{signal?: AbortSignal, report?: (finished: number, work: number) => void}} [options]   report: hears how
     *        many lanes are delivered, and the same with parts of lanes
     * @returns {AsyncGenerator<LaneResult[], void, undefined>}
     */
    async* run(encoding, jobs, {signal, report} = {}) {
        yield* this.#hold([await encoding], signal, (_, runner) => plainRuns(runner, jobs, report));
    }

    /**
     * Keeps encodings alive while results are made from them, and makes none before the weights are known to be right.
     * @template T
     * @param {readonly Encoding[]} encodings
     * @param {AbortSignal | undefined} signal
     * @param {(structures: Structure[], runner: import('./runs.js').Runner) => AsyncGenerator<T, void, undefined>} body
     */
    async* #hold(encodings, signal, body) {
        throwIfAborted(signal);
        const held = encodings.map((each) => this.#own(each));
        const pointers = held.map(({pointer}) => pointer), structures = encodings.map(({structure}) => structure);
        const visible = structures.flatMap((each) => [...each.visible(this.weights.family)]);
        const runner = this.#work.runner(pointers, Uint8Array.from(visible), signal);
        for (const handle of held) handle.retain();
        try {
            await waitFor(this.ready, signal);
            yield* body(structures, runner);
        } finally {
            runner.stop();
            for (const handle of held) handle.release();
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
        this.#work.throwIfFailed();
        if (!this.weights.complete) throw new Error('the weights are not all in yet: await engine.ready first');
        return this.#work.save();
    }

    /** Stops what is under way and gives all memory back. Resolves when no worker is left. */
    async dispose() {
        const stopped = this.#work.stop();
        this.#core.close('this engine was disposed of and cannot be used any more');
        await stopped;
        await this.#settled.catch(() => undefined);
    }
}

disposable(Engine, true);
disposable(Structure, false);
