// SPDX-License-Identifier: MIT
//
// offline.ts - the offline page: weights and engine lie in the page itself, and nothing is ever requested.
//
//   <script type="application/octet-stream" id="weights"> base64 of gzip of byte planes --> stream of .eqx bytes
//   <script type="application/octet-stream" id="engine">  base64 of gzip --> weft.wasm
//
// web/build/offline.js packs them: in each block the first bytes of all four-byte numbers come first, then the second
// bytes and so on, because sign and exponent compress and the rest does not.
import EngineWorker from '../../../wasm/worker.js?worker&inline';
import type {Platform} from './platform';
import {memory, threads} from './worker';

declare const OFFLINE_MODEL: string;
declare const OFFLINE_BLOCK: number;   // bytes
const SLICE = 1 << 18;                 // characters decoded at a time, a multiple of four

/** Base64 text as bytes, slice by slice. */
function decoded(text: string): ReadableStream<BufferSource> {
    let at = 0;
    return new ReadableStream({
        pull(controller) {
            const characters = atob(text.slice(at, at + SLICE));
            at += SLICE;
            const bytes = new Uint8Array(characters.length);
            for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
            controller.enqueue(bytes);
            if (at >= text.length) controller.close();
        }
    });
}

/** One block with its four planes woven together again; up to three bytes at its end are as they were. */
function woven(planes: Uint8Array): Uint8Array {
    const count = planes.length >> 2;
    const bytes = planes.slice();
    for (let plane = 0; plane < 4; plane++) {
        for (let i = 0, from = plane * count; i < count; i++) bytes[4 * i + plane] = planes[from + i];
    }
    return bytes;
}

/** Collects blocks of equal size and weaves each. */
function weaver(): TransformStream<Uint8Array, Uint8Array> {
    const block = new Uint8Array(OFFLINE_BLOCK);
    let filled = 0;
    return new TransformStream({
        transform(chunk, controller) {
            for (let at = 0; at < chunk.length;) {
                const part = chunk.subarray(at, at + block.length - filled);
                block.set(part, filled);
                filled += part.length;
                at += part.length;
                if (filled === block.length) {
                    controller.enqueue(woven(block));
                    filled = 0;
                }
            }
        },
        flush(controller) {
            if (filled > 0) controller.enqueue(woven(block.subarray(0, filled)));
        }
    });
}

/** What lies in the page under a name. */
function unpacked(id: string): ReadableStream<Uint8Array> {
    const text = document.getElementById(id)?.textContent ?? '';
    return decoded(text.trim()).pipeThrough(new DecompressionStream('gzip'));
}

const wasm = new Response(unpacked('engine')).arrayBuffer();
wasm.catch(() => undefined);   // whoever loads an engine hears it

export const platform: Platform = {
    models: [OFFLINE_MODEL],
    weights: () => unpacked('weights').pipeThrough(weaver()),
    engine: {wasm, threads, memory, worker: () => new EngineWorker()},
    offline: true
};
