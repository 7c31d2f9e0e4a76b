/* SPDX-License-Identifier: MIT
 *
 * fast.js - the core built for speed, with the machine's fused multiply-add (relaxed SIMD).
 *
 *   Engine.load({weights, wasm: await fastCore()})
 *
 * It is as near to exact arithmetic as the plain core, but its last bits depend on the machine and the browser, and so
 * may, now and then, a letter that is drawn: the promise of the same sequences for the same seed holds on one machine
 * alone.
 */
import {inNode, nodeModule} from './heap.js';

/** A function of one instruction, f32x4.relaxed_madd. */
const PROBE = new Uint8Array([
    0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 123, 123, 123, 1, 123, 3, 2, 1, 0, 10, 13, 1, 11, 0, 32, 0, 32, 1,
    32, 2, 253, 133, 2, 11
]);

/**
 * Where the fast core lies, for the option `wasm`.
 * @returns {Promise<URL | undefined>}   undefined, which means the plain core, where there is no such instruction
 */
export async function fastCore() {
    if (!WebAssembly.validate(PROBE) && inNode()) {   // Node 20 has it behind a flag
        (await nodeModule('node:v8')).setFlagsFromString('--experimental-wasm-relaxed-simd');
    }
    return WebAssembly.validate(PROBE) ? new URL('./dist/weft-fast.wasm', import.meta.url) : undefined;
}
