/* SPDX-License-Identifier: MIT
 *
 * cache.js - downloads kept for the next time: in the browser's Cache API, in memory where there is none.
 *
 *   URL --openCached--> bytes kept earlier, or the download and a copy that is kept once the weights proved right
 *
 * Only complete files of a known sum are kept, so that a kept file can be used without asking the network.
 */
const CACHE = 'weft-weights';

/** @typedef {import('./sources.js').Opened} Opened */
/** @typedef {{get: (url: string) => Promise<Uint8Array | null>, put: (url: string, bytes: Blob) => Promise<void>,
 *      drop: (url: string) => Promise<void>}} Store */

/** @type {Map<string, Uint8Array>} */
const kept = new Map();

/** @type {Store} */
const memory = {
    get: async (url) => kept.get(url) ?? null,
    put: async (url, bytes) => { kept.set(url, new Uint8Array(await bytes.arrayBuffer())); },
    drop: async (url) => { kept.delete(url); }
};

/** The Cache API is missing in Node and fails on pages without a secure origin. @returns {Promise<Store>} */
async function openStore() {
    const cache = await globalThis.caches?.open(CACHE).catch(() => null);
    if (!cache) return memory;
    return {
        get: async (url) => {
            const hit = await cache.match(url);
            return hit ? new Uint8Array(await hit.arrayBuffer()) : null;
        },
        put: (url, bytes) => cache.put(url, new Response(bytes, {headers: {'content-length': String(bytes.size)}})),
        drop: async (url) => { await cache.delete(url); }
    };
}

/** Bytes as a stream of one chunk. @param {Uint8Array} bytes */
export async function* once(bytes) {
    yield bytes;
}

/**
 * @param {string} where
 * @param {() => Promise<Opened>} download
 * @returns {Promise<Opened>}
 */
export async function openCached(where, download) {
    const url = new URL(where, globalThis.location?.href).href;
    const store = await openStore();
    const hit = await store.get(url).catch(() => null);
    if (hit) {
        return {
            chunks: once(hit), name: where, total: hit.length, cached: true,
            settle: async (right) => { if (!right) await store.drop(url); }
        };
    }
    const opened = await download();
    /** @type {Uint8Array<ArrayBuffer>[]} */
    const parts = [];
    async function* copied() {
        for await (const chunk of opened.chunks) {
            parts.push(chunk.slice());
            yield chunk;
        }
    }
    return {
        ...opened, chunks: copied(),
        settle: async (right) => {
            if (right) await store.put(url, new Blob(parts));
            parts.length = 0;
        }
    };
}
