/* SPDX-License-Identifier: MIT
 *
 * encoding.js - the features and encoder states of one structure, and the steps that make them in a core.
 *
 *   model, structure, features --openEncoding--> pointer --encodeHere--> final states      handover.js takes them over
 */
import {encodingNumber, features as byName, modelNumber} from './abi.js';
import {disposable, HANDLE} from './heap.js';

/** @typedef {import('./heap.js').Core} Core */
/** @typedef {{layersDone: number, neighbors: number}} Numbers */
/** @typedef {keyof typeof byName} Features   how residues become what the network sees: the model's way, ProteinMPNN's,
 *     LigandMPNN's */

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

/**
 * An encoding to be stepped; the caller frees it.
 * @param {Core} core
 * @param {number} model
 * @param {number} structure
 * @param {Features} [features]
 * @param {(way: number) => number} [open]   how it is opened, where not anew
 * @returns {number}
 */
export function openEncoding(core, model, structure, features = 'model',
    open = (way) => core.c.weft_encoding_open(model, structure, way)) {
    return core.created(open(byName[features] ?? -1));
}

/**
 * Steps an encoding to its end; one that does not get there is freed.
 * @param {Core} core
 * @param {import('./feed.js').Feed} feed
 * @param {number} pointer
 * @param {import('./pace.js').Pacer} pacer
 * @param {(layersDone: number, fraction: number) => void} [report]
 * @returns {Promise<number>} the encoding
 */
export async function encodeHere(core, feed, pointer, pacer, report) {
    const {c} = core;
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
