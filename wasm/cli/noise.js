/* SPDX-License-Identifier: MIT
 *
 * noise.js - --noise: the backbone that is encoded is the file's with Gaussian noise on it.
 *
 *   structure, seed --encodeWithNoise--> encoding, whose structure is the moved one
 *
 * It comes from the seed alone, by a stream of its own: orders and letters are drawn as without it. All sequences of a
 * run have the same one. What is chosen by distance is chosen on the file's coordinates, whatever is said of it.
 */
import {UsageError} from './inputs.js';

/** @typedef {import('./inputs.js').Context} Context */
/** @typedef {import('../index.js').Structure} Structure */

/**
 * Angstrom; 0 where none is asked for.
 * @param {import('./inputs.js').Values} values
 */
export function noiseOf({noise}) {
    if (noise === undefined) return 0;
    const value = noise.trim() === '' ? NaN : Number(noise);
    if (!(value >= 0 && Number.isFinite(Math.fround(value)))) {
        throw new UsageError(`--noise: '${noise}' is no number of at least 0`);
    }
    return value;
}

/**
 * The structure must live as long as the encoding.
 * @param {Context} context
 * @param {import('../index.js').Engine} engine
 * @param {Structure} structure
 * @param {number | bigint} seed
 * @param {Parameters<import('../index.js').Engine['encode']>[1]} control
 */
export async function encodeWithNoise({values, reporter}, engine, structure, seed, control) {
    const noise = noiseOf(values), options = {...control, features: values.features};
    if (noise === 0) return engine.encode(structure, options);
    reporter.note(`${structure.name}: N, CA, C and O have noise of ${noise} angstrom, by the seed`);
    const moved = engine.derive(structure, {backbone: structure.backbone({noise, seed})});
    moved.select = (text) => structure.select(text);
    try {
        return await engine.encode(moved, options);
    } catch (error) {
        moved.dispose();
        throw error;
    }
}
