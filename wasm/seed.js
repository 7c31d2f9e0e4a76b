/* SPDX-License-Identifier: MIT
 *
 * seed.js - seeds as users give them, and as the core takes them.
 */
import {ConstraintError} from './errors.js';

/**
 * A seed in two words of 32 bits. Without one, a random one that is short enough to be typed again.
 * @param {number | bigint} [seed]
 * @returns {{seed: number | bigint, low: number, high: number}}
 */
export function resolveSeed(seed) {
    if (seed === undefined) {
        const [low] = crypto.getRandomValues(new Uint32Array(1));
        return {seed: low, low, high: 0};
    }
    const whole = typeof seed === 'bigint' ? seed >= 0n && seed < 1n << 64n : Number.isSafeInteger(seed) && seed >= 0;
    if (!whole) {
        throw new ConstraintError(`${seed} is no seed: give a whole number from 0 to 2^53, or a bigint to 2^64`,
            String(seed));
    }
    const wide = BigInt(seed);
    return {seed, low: Number(wide & 0xffffffffn), high: Number(wide >> 32n)};
}
