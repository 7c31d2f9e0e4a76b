/* SPDX-License-Identifier: MIT
 *
 * files.js - the cache folder, and whole files as plain byte arrays. Node only.
 *
 *   path -> bytes        bytes -> path, complete or not at all        packed bytes -> bytes, bounded
 */
import {createHash, randomUUID} from 'node:crypto';
import {createReadStream, statSync} from 'node:fs';
import {access, constants, mkdir, readdir, readFile, rename, rm, stat, writeFile} from 'node:fs/promises';
import {homedir, userInfo} from 'node:os';
import {dirname, join} from 'node:path';
import * as zlib from 'node:zlib';
import {ParseError, WeightsError} from '../errors.js';

/** No weights, wheel or unpacked file is larger. */
export const LARGEST_FILE = 2 ** 30;
/** No text is longer: it has to fit in one string. */
export const LARGEST_TEXT = 500 * 2 ** 20;

/** The folder that keeps wheels and converted weights. */
export function cacheFolder() {
    return process.env.WEFT_CACHE || join(homeFolder(), '.cache', 'weft');
}

/** HOME, else what the system knows of the user, who need not be in its lists. */
function homeFolder() {
    try {
        const home = homedir() || userInfo().homedir;
        if (home) return home;
    } catch {
        // said below
    }
    throw new WeightsError('there is no home folder to keep weights in: set HOME, or WEFT_CACHE to a folder for them');
}

/** @param {Uint8Array} bytes */
export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** @param {unknown} error */
export const messageOf = (error) => (error instanceof Error ? error.message : String(error));

/** @param {string} path */
export const isFile = (path) => statSync(path, {throwIfNoEntry: false})?.isFile() ?? false;

/** @param {number} most   bytes */
const tooLarge = (most) => new Error(`it is larger than ${most < 2 ** 30 ? `${most / 2 ** 20} MiB`
    : `${most / 2 ** 30} GiB`}`);

/**
 * Finds out, without reading it, that a file cannot be read.
 * @param {string} path
 * @param {number} [most]   bytes
 */
export async function requireReadable(path, most = LARGEST_FILE) {
    await access(path, constants.R_OK);
    const found = await stat(path);
    if (found.isDirectory()) throw new Error('this is a folder');
    if (found.size > most) throw tooLarge(most);
    return found;
}

/**
 * A stream as bytes, as long as there are no more of them.
 * @param {AsyncIterable<Buffer>} stream
 * @param {number} [most]   bytes
 */
export async function collect(stream, most = LARGEST_FILE) {
    const parts = [];
    let size = 0;
    for await (const part of stream) {
        size += part.length;
        if (size > most) throw tooLarge(most);
        parts.push(part);
    }
    return Buffer.concat(parts);
}

/**
 * A file whole, or what comes out of a pipe or device.
 * @param {string} path
 * @param {number} [most]   bytes
 */
export async function readUpTo(path, most = LARGEST_FILE) {
    const found = await requireReadable(path, most);
    return found.isFile() ? readFile(path) : collect(createReadStream(path), most);
}

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

/** @param {string} folder */
async function makeOne(folder) {
    try {
        await mkdir(folder);
    } catch (error) {
        if (!statSync(folder, {throwIfNoEntry: false})?.isDirectory()) throw error;
    }
}

/**
 * Makes a folder and those above it. What mkdir does with `recursive` never ends where a folder is there and takes no
 * other, as /proc.
 * @param {string} folder
 * @returns {Promise<void>}
 */
export async function makeFolder(folder) {
    try {
        await makeOne(folder);
    } catch (error) {
        if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT' || dirname(folder) === folder) throw error;
        await makeFolder(dirname(folder));
        await makeOne(folder);
    }
}

/** The end of a file's name until it is whole. */
export const PART = /\.[0-9a-f]{8}\.part$/;
/** The beginning of the name of a folder that pip downloads to. */
export const DOWNLOAD = 'download-';
const TRIES = 4;
const DAY_MS = 86400e3;

/**
 * Removes what killed runs left half written in a folder of the cache; what is younger than a day may be at work.
 * @param {string} folder
 */
export async function removeLeftOvers(folder) {
    for (const name of await readdir(folder).catch(() => [])) {
        if (!PART.test(name) && !name.startsWith(DOWNLOAD)) continue;
        const path = join(folder, name), found = statSync(path, {throwIfNoEntry: false});
        if (!found || Date.now() - found.mtimeMs < DAY_MS) continue;
        await rm(path, {recursive: true, force: true}).catch(() => undefined);
    }
}

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
            await makeFolder(dirname(path));
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
        return plain(await readUpTo(path));
    } catch (error) {
        const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
        throw new WeightsError(`cannot read ${path}: ${missing ? 'there is no such file' : messageOf(error)}`);
    }
}
