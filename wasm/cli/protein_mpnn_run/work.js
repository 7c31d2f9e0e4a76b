/* SPDX-License-Identifier: MIT
 *
 * work.js - one target in the engine: slots become a structure, samples become lanes.
 *
 *   Plan --encode, once--> lanes side by side        with noise: coordinates and an encoding for each lane
 */
import {mode} from '../../abi.js';
import {backboneOf, structureText} from './structure_text.js';

/** @typedef {import('./plan.js').Plan} Plan */
/** @typedef {import('../../engine.js').Engine} Engine */
/** @typedef {import('../../index.js').Encoding} Encoding */
/** @typedef {import('../../engine.js').Resolved} Resolved */
/** @typedef {import('../../engine.js').Job} Job */
/** @typedef {import('../../engine.js').LaneResult} LaneResult */

/**
 * @typedef {object} Lane   one pass
 * @property {Int32Array} [order]     slots by step
 * @property {Float64Array} [draws]   [slot][21]
 * @property {Int8Array} [letters]    in place of the plan's
 * @property {number} [temperature]
 * @property {Float32Array | null} atoms   with noise; null: the plan's
 */

/** Lanes side by side; this changes speed and memory alone. */
export const MOST_LANES = 8;

export class Work {
    /** @type {Promise<Encoding> | null} */
    #plain = null;
    /** Its rows, without coordinates. @type {import('../../index.js').Structure | null} */
    #slots = null;

    /**
     * @param {Engine} engine
     * @param {Plan} plan
     * @param {object} settings
     * @param {boolean} settings.caOnly
     * @param {number} settings.threads
     * @param {AbortSignal} settings.signal
     * @param {import('../progress.js').Reporter} settings.reporter
     */
    constructor(engine, plan, {caOnly, threads, signal, reporter}) {
        this.engine = engine;
        this.plan = plan;
        this.caOnly = caOnly;
        this.threads = threads;
        this.signal = signal;
        this.reporter = reporter;
    }

    #parse() {
        const {engine, plan} = this;
        const slots = engine.parse(structureText(plan, this.caOnly), {name: plan.name});
        if (slots.length === plan.length) return slots;
        throw new Error(`${plan.name}: ${plan.length} places became ${slots.length} rows`);
    }

    /**
     * @param {Float32Array} atoms
     * @param {boolean} isNoisy
     * @returns {Promise<Encoding>}
     */
    async #encode(atoms, isNoisy) {
        const {engine, plan, signal, reporter} = this;
        this.#slots ??= this.#parse();
        const structure = engine.derive(this.#slots, {backbone: backboneOf(atoms, this.caOnly)});
        const onProgress = isNoisy ? undefined : reporter.listener(plan.name);
        try {
            return await engine.encode(structure, {features: 'gaps', signal, onProgress});
        } finally {
            structure.dispose();
        }
    }

    /**
     * Jobs of lanes that have one temperature, taken from the source only when their turn comes.
     * @param {number} what
     * @param {Resolved} resolved
     * @param {Iterable<Lane>} lanes
     * @param {number} most
     * @returns {Iterable<Job>}
     */
    * #jobs(what, resolved, lanes, most) {
        /** @type {Lane[]} */
        let group = [];
        const job = () => ({resolved, what, lanes: lanesOf(group)});
        for (const lane of lanes) {
            if (group.length && (group.length >= most || group[0].temperature !== lane.temperature)) {
                yield job();
                group = [];
            }
            group.push(lane);
        }
        if (group.length) yield job();
    }

    /**
     * Results in the order of the lanes. With noise each has an encoding of its own.
     * @param {number} what
     * @param {Resolved} resolved
     * @param {Iterable<Lane>} lanes
     * @param {{noisy: boolean, total: number, label: string}} how   total: lanes to come
     * @returns {AsyncGenerator<LaneResult, void, undefined>}
     */
    async* run(what, resolved, lanes, {noisy, total, label}) {
        const {engine, signal, reporter, plan} = this;
        let done = 0;
        const tell = () => reporter.update(`${plan.name}: ${label} ${++done} of ${total}`, done / total);
        if (!noisy) {
            this.#plain ??= this.#encode(plan.atoms, false);
            const most = Math.max(1, Math.min(MOST_LANES, Math.ceil(total / Math.max(1, this.threads))));
            const jobs = this.#jobs(what, resolved, lanes, most);
            for await (const results of engine.run(await this.#plain, jobs, {signal})) {
                for (const result of results) {
                    tell();
                    yield result;
                }
            }
            return;
        }
        for (const lane of lanes) {
            const encoding = await this.#encode(lane.atoms ?? plan.atoms, true);
            try {
                const jobs = [{resolved, what, lanes: lanesOf([lane])}];
                for await (const [result] of engine.run(encoding, jobs, {signal})) {
                    tell();
                    yield result;
                }
            } finally {
                encoding.dispose();
            }
        }
    }

    /**
     * Log-probabilities [slot][21] of given letters under given orders.
     * @param {Resolved} resolved
     * @param {readonly Lane[]} lanes
     * @param {boolean} noisy
     */
    async score(resolved, lanes, noisy) {
        const results = [];
        const how = {noisy, total: lanes.length, label: 'scoring'};
        for await (const result of this.run(mode.score, resolved, lanes, how)) results.push(result.logProbs);
        return results;
    }

    async dispose() {
        (await this.#plain?.catch(() => null))?.dispose();
        this.#slots?.dispose();
        this.#plain = this.#slots = null;
    }
}

/** @param {readonly Lane[]} group @returns {import('../../engine.js').Lanes} */
function lanesOf(group) {
    const [{temperature = 1, draws, order, letters}] = group;
    const size = draws?.length ?? 0, all = draws && new Float64Array(group.length * size);
    for (const [i, lane] of group.entries()) if (lane.draws) all?.set(lane.draws, i * size);
    return {
        count: group.length, temperature, seed: {low: 0, high: 0}, draws: all,
        orders: order && group.map((lane) => lane.order ?? order),
        letters: letters && group.map((lane) => lane.letters ?? letters)
    };
}
