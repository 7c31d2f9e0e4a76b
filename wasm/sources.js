/* SPDX-License-Identifier: MIT
 *
 * sources.js - weights from wherever they are, as .eqx bytes in chunks, as they arrive.
 *
 *   bytes | URL or path | Response | Blob | stream, or a promise of one --open--> chunks --unwrap--> .eqx chunks
 *
 * unwrap looks at the first bytes: gzip is decompressed on the way, a PyTorch checkpoint is collected and converted.
 * Everything else passes as it is; the core knows what it is not and says so.
 */
import {once, openCached} from './cache.js';
import {WeightsError} from './errors.js';
import {inNode, nodeModule} from './heap.js';
import {waitFor} from './pace.js';

/** @typedef {ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>} ByteStream */
/** @typedef {ArrayBuffer | ArrayBufferView | URL | string | Response | Blob | ByteStream} PlainSource */
/** @typedef {PlainSource | PromiseLike<PlainSource>} Source */

/**
 * @typedef {object} Opened
 * @property {AsyncIterable<Uint8Array>} chunks
 * @property {string} name              path or URL, '' where there is none
 * @property {number | null} total      bytes, where they are known
 * @property {boolean} [converted]      whether the chunks were made here from another format: their sum says nothing
 * @property {boolean} [cached]         whether they come from the cache
 * @property {(right: boolean) => Promise<void>} [settle]   to be told whether the weights proved right
 */
/** @typedef {'auto' | 'none'} CacheMode   whether downloads are kept for the next time */

const PEEK = 4;
const PIECE = 1 << 18;   // bytes

/**
 * @param {ArrayBuffer | ArrayBufferView} data
 * @returns {Uint8Array}
 */
export function bytesOf(data) {
    if (data instanceof Uint8Array) return data;
    if (data instanceof ArrayBuffer) return new Uint8Array(data);
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/**
 * The chunks of a stream; leaving early or aborting cancels it.
 * @param {ReadableStream<Uint8Array>} stream
 * @param {AbortSignal} [signal]
 */
async function* chunksOf(stream, signal) {
    const reader = stream.getReader();
    signal?.addEventListener('abort', () => { reader.cancel().catch(() => undefined); }, {once: true});
    let ended = false;
    try {
        for (;;) {
            const {done, value} = await reader.read();
            if (done) break;
            yield value;
        }
        ended = true;
    } finally {
        if (!ended) reader.cancel().catch(() => undefined);
        reader.releaseLock();
    }
}

/**
 * @param {URL | string} where
 * @param {CacheMode} cache
 * @param {AbortSignal} [signal]
 * @returns {Promise<Opened>}
 */
async function openUrl(where, cache, signal) {
    const text = String(where);
    const isUrl = where instanceof URL || /^[a-z][a-z\d+.-]+:/i.test(text);
    if (inNode() && (!isUrl || text.startsWith('file:'))) {
        const {open} = await nodeModule('node:fs/promises');
        const file = await open(isUrl ? new URL(text) : text).catch((/** @type {NodeJS.ErrnoException} */ error) => {
            const reason = error.code === 'ENOENT' ? 'there is no such file' : error.message;
            throw new WeightsError(`${text} cannot be read: ${reason}`);
        });
        const {size} = await file.stat();
        return {chunks: file.createReadStream({signal, highWaterMark: 1 << 18}), name: text, total: size};
    }
    const download = async () => {
        const response = await fetch(where, {signal}).catch((error) => {
            if (error.name === 'AbortError') throw error;
            throw new WeightsError(`${text} cannot be fetched: ${error.message}`);
        });
        return {...openResponse(response, signal), name: text};
    };
    return cache === 'none' || /^(data|blob|file):/i.test(text) ? download() : openCached(text, download);
}

/**
 * @param {Response} response
 * @param {AbortSignal} [signal]
 * @returns {Opened}
 */
function openResponse(response, signal) {
    if (!response.ok) throw new WeightsError(`${response.url} answered ${response.status} instead of the weights`);
    if (!response.body) throw new WeightsError(`${response.url} answered without a body`);
    const plain = !response.headers.get('content-encoding');
    const length = plain ? Number(response.headers.get('content-length')) : 0;
    return {chunks: chunksOf(response.body, signal), name: response.url, total: length || null};
}

/**
 * @param {Source} source
 * @param {CacheMode} cache
 * @param {AbortSignal} [signal]
 * @returns {Promise<Opened>}
 */
async function openSource(source, cache, signal) {
    const it = await source;
    if (it instanceof ArrayBuffer || ArrayBuffer.isView(it)) {
        const bytes = bytesOf(it);
        return {chunks: once(bytes), name: '', total: bytes.length};
    }
    if (typeof it === 'string' || it instanceof URL) return openUrl(it, cache, signal);
    if (typeof Response === 'function' && it instanceof Response) return openResponse(it, signal);
    if (typeof Blob === 'function' && it instanceof Blob) {
        const name = 'name' in it ? String(it.name) : '';
        return {chunks: chunksOf(it.stream(), signal), name, total: it.size};
    }
    if (typeof ReadableStream === 'function' && it instanceof ReadableStream) {
        return {chunks: chunksOf(it, signal), name: '', total: null};
    }
    if (it && typeof it === 'object' && Symbol.asyncIterator in it) {
        return {chunks: /** @type {AsyncIterable<Uint8Array>} */ (it), name: '', total: null};
    }
    throw new WeightsError('weights must be bytes, a URL or path, a Response, a Blob or a stream of bytes');
}

/**
 * Chunks as one array.
 * @param {AsyncIterable<Uint8Array>} chunks
 */
async function collect(chunks) {
    const parts = [];
    for await (const chunk of chunks) parts.push(chunk);
    return joined(parts);
}

/** @param {Uint8Array[]} parts */
function joined(parts) {
    const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    parts.reduce((at, part) => {
        all.set(part, at);
        return at + part.length;
    }, 0);
    return all;
}

/**
 * Decompresses on the way.
 * @param {AsyncIterable<Uint8Array>} chunks
 */
async function* gunzip(chunks) {
    const source = chunks[Symbol.asyncIterator]();
    const packed = new ReadableStream({
        async pull(controller) {
            const {done, value} = await source.next();
            if (done) controller.close();
            else controller.enqueue(value);
        },
        async cancel() { await source.return?.(); }
    });
    try {
        yield* chunksOf(packed.pipeThrough(new DecompressionStream('gzip')));
    } catch (error) {
        if (!(error instanceof TypeError) && /** @type {any} */ (error)?.code !== 'Z_BUF_ERROR') throw error;
        throw new WeightsError('the gzip file is damaged or cut short');
    }
}

/**
 * The same for Zstandard.
 * @param {AsyncIterable<Uint8Array>} chunks
 */
async function* unzstd(chunks) {
    const {Decompress} = await import('fzstd');
    /** @type {Uint8Array[]} */
    let parts = [];
    const stream = new Decompress((part) => { parts.push(part); });
    for await (const chunk of chunks) {
        try {
            stream.push(chunk);
        } catch (error) {
            throw new WeightsError(`the zstd file is damaged: ${/** @type {Error} */ (error).message}`);
        }
        yield* parts;
        parts = [];
    }
}

/**
 * The .eqx bytes inside.
 * @param {AsyncIterable<Uint8Array>} chunks
 * @param {(pt: Uint8Array) => Promise<{model?: string, family?: string}>} identify   what is known of a .pt file
 * @returns {AsyncIterable<Uint8Array>}
 */
async function* unwrap(chunks, identify) {
    const source = chunks[Symbol.asyncIterator]();
    /** @type {Uint8Array[]} */
    const first = [];
    let peeked = 0;
    while (peeked < PEEK) {
        const {done, value} = await source.next();
        if (done) break;
        first.push(value);
        peeked += value.length;
    }
    const head = joined(first);
    async function* all() {
        try {
            yield head;
            for (let next = await source.next(); !next.done; next = await source.next()) yield next.value;
        } finally {
            await source.return?.();
        }
    }
    if (head[0] === 0x1f && head[1] === 0x8b) {
        yield* unwrap(gunzip(all()), identify);
    } else if (head[0] === 0x50 && head[1] === 0x4b) {
        const {torchToEqx} = await import('./formats/torch.js');
        const pt = await collect(all());
        yield torchToEqx(pt, await identify(pt));
    } else if (head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd) {
        yield* unwrap(unzstd(all()), identify);
    } else {
        yield* all();
    }
}

/**
 * What is known of an original .pt file: the header of its conversion then makes the known sum.
 * @param {Uint8Array} pt
 * @param {string} name   what it is called
 */
async function identify(pt, name) {
    const digest = globalThis.crypto?.subtle && await crypto.subtle.digest('SHA-256', new Uint8Array(pt));
    const hex = Array.from(new Uint8Array(digest ?? 0), (byte) => byte.toString(16).padStart(2, '0'));
    const {modelByHash, promisedModel} = await import('./models.js');
    const entry = modelByHash(hex.join('')) ?? promisedModel(name);
    return entry ? {model: entry.id, family: entry.family} : {};
}

/**
 * Hands the chunks on in pieces of bounded size, with turns of the event loop between them.
 * @param {Opened} opened
 * @param {import('./pace.js').Pacer} pacer
 * @param {(piece: Uint8Array) => void} take
 */
export async function eachPiece({chunks}, pacer, take) {
    const iterator = chunks[Symbol.asyncIterator]();
    try {
        for (;;) {
            const {done, value} = await waitFor(iterator.next(), pacer.signal);
            if (done) return;
            for (let at = 0; at < value.length; at += PIECE) {
                take(value.subarray(at, at + PIECE));
                await pacer.breathe();
            }
        }
    } finally {
        iterator.return?.(undefined)?.catch(() => undefined);
    }
}

/**
 * Opens weights of any kind; the chunks are .eqx bytes.
 * @param {Source} source
 * @param {{model?: string, cache?: CacheMode, signal?: AbortSignal}} [options]
 * @returns {Promise<Opened>}
 */
export async function openWeights(source, {model, cache = 'auto', signal} = {}) {
    const found = await openSource(source, cache, signal);
    /** @type {Opened} */
    const opened = {...found};
    opened.chunks = unwrap(found.chunks, (pt) => {
        opened.converted = true;
        return identify(pt, model ?? found.name);
    });
    return opened;
}
