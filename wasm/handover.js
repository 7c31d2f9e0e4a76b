/* SPDX-License-Identifier: MIT
 *
 * handover.js - the final states of an encoding on their way to the cores of other workers.
 *
 *   encoding --statesOf--> States      the same model, structure and features, States --adoptHere--> encoding, sooner
 */
import {modelNumber} from './abi.js';
import {encodeHere, nodesOf, numbersOf, openEncoding} from './encoding.js';
import {waitFor} from './pace.js';

/** @typedef {import('./heap.js').Core} Core */
/** @typedef {{nodes: Blob, edges: Blob, neighbors: Blob}} States   h_V [n][node stride] and h_E [n][k][edge stride] as
 *     floats, neighbours [n][k] as int32; as blobs they pass from worker to worker without a copy on the way */
/** @typedef {import('./structure.js').Source & {features?: import('./encoding.js').Features}} EncodingSource */

/** @param {Blob} stored */
export const readStates = async (stored) => new Float32Array(await stored.arrayBuffer());

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
    const edges = rows * numbersOf(core, encoding).neighbors;
    const numbers = edges * c.weft_model_number(model, modelNumber.edgeStride);
    return {
        nodes: new Blob([nodesOf(core, model, encoding, rows)]),
        edges: new Blob([core.take(Float32Array, c.weft_encoding_edges(encoding), numbers)]),
        neighbors: new Blob([core.take(Int32Array, c.weft_encoding_neighbors(encoding), edges)])
    };
}

/**
 * An encoding of what another instance of the same model made of the same structure, without its edge states.
 * @param {Core} core
 * @param {import('./feed.js').Feed} feed
 * @param {number} structure
 * @param {{features?: import('./encoding.js').Features, states: States}} source
 * @param {import('./pace.js').Pacer} pacer
 * @returns {Promise<number>} the caller frees it
 */
export async function adoptHere(core, feed, structure, {features, states}, pacer) {
    const {c} = core;
    const stored = [states.nodes, states.edges, states.neighbors].map((blob) => blob.arrayBuffer());
    const [nodes, edges, neighbors] = (await waitFor(Promise.all(stored), pacer.signal)).map((buffer) =>
        new Uint8Array(buffer));
    const opened = core.scope((put) => openEncoding(core, feed.model, structure, features, (way) =>
        c.weft_encoding_adopt(feed.model, structure, way, put(nodes), put(edges),
            put(neighbors))));
    const pointer = await encodeHere(core, feed, opened, pacer);
    core.check(c.weft_encoding_release_edges(pointer));
    return pointer;
}
