/* SPDX-License-Identifier: MIT
 *
 * zip.js - the small part of ZIP that weight files and .npz archives need: list the entries of an archive by its
 * central directory, take one out with its length and CRC-32 checked, write an archive of stored entries.
 *
 *   archive bytes -> Map of entries -> bytes of one entry          [name, bytes] pairs -> archive bytes
 *
 * Nothing is unpacked but on demand, nothing grows beyond the size that the directory states, and a caller chooses
 * which names it wants: an entry never becomes a path. Encryption, several volumes and entries of 4 GiB or more are
 * refused. Compressed entries need an `inflate` from the caller, so that this module runs anywhere.
 */

/**
 * @typedef {object} ZipEntry
 * @property {string} name
 * @property {number} method   0 stored, 8 deflated
 * @property {number} crc
 * @property {number} packed   bytes in the archive
 * @property {number} size     bytes when taken out
 * @property {number} start    offset of the packed bytes
 */

/**
 * Inflates raw DEFLATE data to at most `size` bytes.
 * @callback Inflate
 * @param {Uint8Array} packed
 * @param {number} size
 * @returns {Uint8Array}
 */

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;
const LARGEST_COMMENT = 0xffff;
const UTF8_NAMES = 0x800;

const crcTable = Uint32Array.from({length: 256}, (_, i) => {
    let value = i;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value;
});

/**
 * CRC-32 as ZIP uses it.
 * @param {Uint8Array} bytes
 */
export function crc32(bytes) {
    let crc = 0xffffffff;
    for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ crcTable[(crc ^ bytes[i]) & 255];
    return (crc ^ 0xffffffff) >>> 0;
}

/** @param {Uint8Array} bytes */
const view = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/**
 * Finds the end record, which stands before a comment of unknown length.
 * @param {DataView} data
 */
function findEnd(data) {
    const last = data.byteLength - END_BYTES;
    for (let at = last; at >= Math.max(0, last - LARGEST_COMMENT); at--) {
        if (data.getUint32(at, true) === END && at + END_BYTES + data.getUint16(at + 20, true) <= data.byteLength) {
            return at;
        }
    }
    throw new Error('the zip archive is cut short or damaged: it has no end record');
}

/**
 * Whether a name could lead out of a folder if somebody took it for a path. Such entries are not listed.
 * @param {string} name
 */
function isUnsafe(name) {
    return /^[/\\]|^[A-Za-z]:|[\0\\]/.test(name) || name.split('/').includes('..');
}

/**
 * Reads one record of the central directory and checks it against the archive's bounds.
 * @param {DataView} data
 * @param {number} at
 * @param {number} limit   end of the central directory
 * @returns {{entry: ZipEntry, next: number}}
 */
function readCentral(data, at, limit) {
    if (at + CENTRAL_BYTES > limit || data.getUint32(at, true) !== CENTRAL) {
        throw new Error('the directory of the zip archive is damaged');
    }
    const flags = data.getUint16(at + 8, true);
    const nameLength = data.getUint16(at + 28, true);
    const next = at + CENTRAL_BYTES + nameLength + data.getUint16(at + 30, true) + data.getUint16(at + 32, true);
    if (next > limit) throw new Error('the directory of the zip archive is damaged');
    const nameBytes = new Uint8Array(data.buffer, data.byteOffset + at + CENTRAL_BYTES, nameLength);
    const name = flags & UTF8_NAMES ? new TextDecoder().decode(nameBytes) : String.fromCharCode(...nameBytes);
    const local = data.getUint32(at + 42, true);
    const entry = {
        name,
        method: data.getUint16(at + 10, true),
        crc: data.getUint32(at + 16, true),
        packed: data.getUint32(at + 20, true),
        size: data.getUint32(at + 24, true),
        start: 0
    };
    if (flags & 1) throw new Error(`zip entry '${name}' is encrypted`);
    if ([entry.packed, entry.size, local].includes(0xffffffff)) {
        throw new Error(`zip entry '${name}' uses the 64-bit extension, which is not read here`);
    }
    if (local + LOCAL_BYTES > data.byteLength || data.getUint32(local, true) !== LOCAL) {
        throw new Error(`zip entry '${name}' points outside the archive`);
    }
    entry.start = local + LOCAL_BYTES + data.getUint16(local + 26, true) + data.getUint16(local + 28, true);
    if (entry.start + entry.packed > data.byteLength) throw new Error(`zip entry '${name}' is cut short`);
    return {entry, next};
}

/**
 * Lists an archive. Folders and names that climb out of a folder are left out.
 * @param {Uint8Array} bytes
 * @returns {Map<string, ZipEntry>}
 */
export function readZip(bytes) {
    const data = view(bytes);
    const end = findEnd(data);
    const count = data.getUint16(end + 10, true);
    const start = data.getUint32(end + 16, true);
    if (data.getUint16(end + 4, true) !== 0 || data.getUint16(end + 8, true) !== count) {
        throw new Error('the zip archive is spread over several files');
    }
    /** @type {Map<string, ZipEntry>} */
    const entries = new Map();
    for (let i = 0, at = start; i < count; i++) {
        const {entry, next} = readCentral(data, at, end);
        at = next;
        if (entry.name.endsWith('/') || isUnsafe(entry.name)) continue;
        if (entries.has(entry.name)) throw new Error(`zip entry '${entry.name}' occurs twice`);
        entries.set(entry.name, entry);
    }
    return entries;
}

/**
 * Takes one entry out. A stored entry is a view of the archive's bytes, not a copy.
 * @param {Uint8Array} bytes     the archive
 * @param {ZipEntry} entry
 * @param {Inflate} [inflate]    needed for compressed entries
 * @returns {Uint8Array}
 */
export function readZipEntry(bytes, entry, inflate) {
    const packed = bytes.subarray(entry.start, entry.start + entry.packed);
    let out = packed;
    if (entry.method === 8 && inflate) {
        try {
            out = inflate(packed, entry.size);
        } catch {
            throw new Error(`zip entry '${entry.name}' is damaged or larger than it says`);
        }
    } else if (entry.method !== 0) {
        throw new Error(`zip entry '${entry.name}' is compressed (method ${entry.method}), which is not read here`);
    }
    if (out.length !== entry.size || crc32(out) !== entry.crc) throw new Error(`zip entry '${entry.name}' is damaged`);
    return out;
}

/**
 * Writes an archive of stored entries. The same input gives the same bytes: every date is 1 January 1980.
 * @param {Iterable<[string, Uint8Array]>} files
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function writeZip(files) {
    const list = [...files].map(([name, bytes]) => ({name: new TextEncoder().encode(name), bytes, crc: crc32(bytes)}));
    const headers = list.reduce((sum, f) => sum + LOCAL_BYTES + CENTRAL_BYTES + 2 * f.name.length, END_BYTES);
    const total = list.reduce((sum, f) => sum + f.bytes.length, headers);
    if (total >= 0xffffffff || list.length >= 0xffff) throw new Error('too much data for one zip archive (4 GiB)');
    const out = new Uint8Array(total);
    const data = view(out);
    let at = 0;

    /* The 26 bytes that a local header and a directory record share, from "version needed" on. */
    const common = (/** @type {number} */ to, /** @type {typeof list[0]} */ f) => {
        data.setUint16(to, 20, true);
        data.setUint16(to + 2, UTF8_NAMES, true);
        data.setUint16(to + 8, (1 << 5) | 1, true);
        data.setUint32(to + 10, f.crc, true);
        data.setUint32(to + 14, f.bytes.length, true);
        data.setUint32(to + 18, f.bytes.length, true);
        data.setUint16(to + 22, f.name.length, true);
    };
    const starts = list.map((f) => {
        const start = at;
        data.setUint32(at, LOCAL, true);
        common(at + 4, f);
        out.set(f.name, at + LOCAL_BYTES);
        out.set(f.bytes, at + LOCAL_BYTES + f.name.length);
        at += LOCAL_BYTES + f.name.length + f.bytes.length;
        return start;
    });
    const directory = at;
    list.forEach((f, i) => {
        data.setUint32(at, CENTRAL, true);
        data.setUint16(at + 4, 20, true);
        common(at + 6, f);
        data.setUint32(at + 42, starts[i], true);
        out.set(f.name, at + CENTRAL_BYTES);
        at += CENTRAL_BYTES + f.name.length;
    });
    data.setUint32(at, END, true);
    data.setUint16(at + 8, list.length, true);
    data.setUint16(at + 10, list.length, true);
    data.setUint32(at + 12, at - directory, true);
    data.setUint32(at + 16, directory, true);
    return out;
}
