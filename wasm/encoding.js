/* SPDX-License-Identifier: MIT
 *
 * encoding.js - the features and encoder states of one structure, and the steps that make them in a core.
 *
 *   model, structure --encodeHere--> pointer      the same with final states of another instance --> pointer, sooner
 */
import {encodingNumber, modelNumber} from './abi.js';
import {disposable, HANDLE} from './heap.js';
import {waitFor} from './pace.js';

/** @typedef {import('./heap.js').Core} Core */
/** @typedef {{nodes: Blob, edges: Blob}} States   h_V [n][node stride], h_E [n][k][edge stride], as floats; as blobs
 *     they pass from worker to worker without a copy on the way */
/** @typedef {{layersDone: number, neighbors: number}} Numbers */

/** The features and encoder states of one structure under one model. Made by Engine.encode. */
export class Encoding {
    #numbers;

    /**
     * @param {import('./structure.js').Structure} structure
     * @param {import('./heap.js').Handle} handle
     * @param {(pointer: number) => Numbers} numbers
     */
    constructor(structure, handle, numbers) {
        this.structure = structure;
        this[HANDLE] = handle;
        this.#numbers = numbers;
    }

    /** Encoder layers whose node and edge states are final. */
    get layersDone() {
        return this.#numbers(this[HANDLE].pointer).layersDone;
    }

    /** Neighbours of each residue in this structure. */
    get neighbors() {
        return this.#numbers(this[HANDLE].pointer).neighbors;
    }

    dispose() {
        this[HANDLE].dispose();
    }
}
disposable(Encoding, false);

/**
 * @param {Core} core
 * @param {number} encoding
 * @returns {Numbers}
 */
export function numbersOf({c}, encoding) {
    return {
        layersDone: c.weft_encoding_number(encoding, encodingNumber.layersDone),
        neighbors: c.weft_encoding_number(encoding, encodingNumber.neighbors)
    };
}

/** @param {Blob} stored */
export const readStates = async (stored) => new Float32Array(await stored.arrayBuffer());

/**
 * Opens an encoding and steps it to its end.
 * @param {Core} core
 * @param {import('./feed.js').Feed} feed
 * @param {number} structure
 * @param {import('./pace.js').Pacer} pacer
 * @param {{states?: States, report?: (layersDone: number, fraction: number) => void}} [options]
 *        states: what another instance of the same model made of the same structure
 * @returns {Promise<number>} the encoding; the caller frees it
 */
export async function encodeHere(core, feed, structure, pacer, {states, report} = {}) {
    const {c} = core;
    const stored = states ? [states.nodes, states.edges] : [];
    const [nodes, edges] = await waitFor(Promise.all(stored.map(readStates)), pacer.signal);
    const pointer = core.created(states === undefined ? c.weft_encoding_open(feed.model, structure)
        : core.scope((put) => c.weft_encoding_adopt(feed.model, structure, put(nodes), put(edges))));
    try {
        const tell = () => report?.(numbersOf(core, pointer).layersDone, c.weft_encoding_progress(pointer));
        await pacer.run(() => core.check(c.weft_encoding_step(pointer)), {report: tell, more: () => feed.more()});
        tell();
        return pointer;
    } catch (error) {
        core.free('weft_encoding_free', pointer);
        throw error;
    }
}

/**
 * Takes the final states out, for other instances.
 * @param {Core} core
 * @param {import('./feed.js').Feed} feed
 * @param {number} encoding
 * @param {number} rows
 * @returns {States}
 */
export function statesOf(core, {model}, encoding, rows) {
    const {c} = core;
    const edges = rows * numbersOf(core, encoding).neighbors * c.weft_model_number(model, modelNumber.edgeStride);
    return {
        nodes: new Blob([nodesOf(core, model, encoding, rows)]),
        edges: new Blob([core.take(Float32Array, c.weft_encoding_edges(encoding), edges)])
    };
}

/**
 * @param {Core} core
 * @param {number} model
 * @param {number} encoding
 * @param {number} rows
 * @returns {Float32Array<ArrayBuffer>} h_V [n][node stride]
 */
export function nodesOf(core, model, encoding, rows) {
    const stride = core.c.weft_model_number(model, modelNumber.nodeStride);
    return core.take(Float32Array, core.c.weft_encoding_nodes(encoding), rows * stride);
}
