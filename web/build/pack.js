// SPDX-License-Identifier: MIT
//
// pack.js - weights and engine for the offline page, which src/platform/offline.ts reads.
//
//   .eqx bytes -> byte planes -> gzip -> base64        weft.wasm -> gzip -> base64
import {gzipSync} from 'node:zlib';

/** The model that the offline page holds, which is also the site's preset. */
export const MODEL = 'proteinmpnn_v_48_020';
/** Bytes whose planes are kept apart. */
export const BLOCK = 1 << 18;

/**
 * In each block the first bytes of all four-byte numbers, then the second bytes, and so on; what is left over at the
 * end stays as it is.
 * @param {Uint8Array} bytes
 */
function planesOf(bytes) {
    const out = Uint8Array.from(bytes);
    for (let start = 0; start < bytes.length; start += BLOCK) {
        const count = Math.min(BLOCK, bytes.length - start) >> 2;
        for (let plane = 0; plane < 4; plane++) {
            for (let i = 0; i < count; i++) out[start + plane * count + i] = bytes[start + 4 * i + plane];
        }
    }
    return out;
}

/** @param {Uint8Array} bytes */
export const zipped = (bytes) => gzipSync(bytes, {level: 9}).toString('base64');

/** @param {Uint8Array} eqx */
export const packed = (eqx) => zipped(planesOf(eqx));
