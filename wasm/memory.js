/* SPDX-License-Identifier: MIT
 *
 * memory.js - how much memory one worker needs, before anything is reserved.
 *
 *   residues of each backbone, samples side by side --weft_memory of a core with the model--> bytes
 */
import {ConstraintError} from './errors.js';
import {BATCH, positive} from './runs.js';

const CORE_BYTES = 8 << 20;   // of one core and a structure, without weights and work
const MOST_ROWS = 2 ** 31 - 1;

/**
 * What a core takes for itself and its weights, which it has as they came and as the network wants them.
 * @param {import('./feed.js').Weights} weights
 */
export const restBytes = ({bytes}) => CORE_BYTES + 2 * bytes;

/**
 * What encodings and a run on all of them take; the model must be complete.
 * @param {import('./heap.js').Core} core
 * @param {number} model
 * @param {readonly number[]} lengths
 * @param {number} lanes
 */
export const workBytes = (core, model, lengths, lanes) =>
    lengths.reduce((sum, rows) => sum + core.c.weft_memory(model, rows, lanes), 0);

/**
 * @param {import('./local.js').Local | import('./pool.js').Pool} work
 * @param {number | readonly number[]} length
 * @param {{batch?: number}} [options]
 * @returns {Promise<number>} bytes
 */
export async function memoryOf(work, length, {batch = BATCH} = {}) {
    const lengths = typeof length === 'number' ? [length] : length;
    for (const each of [batch, ...lengths]) {
        if (positive(each, 'memory') > MOST_ROWS) throw new ConstraintError(`memory: ${each} is too large a number`);
    }
    await work.ready;   // the widths of all layers count
    return await work.memory(lengths, batch) + restBytes(work.weights);
}
