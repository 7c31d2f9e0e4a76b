/* SPDX-License-Identifier: MIT
 *
 * structure_file.js - a structure file of any kind -> what the core parses: PDB text, or a table of atoms.
 *
 *   bytes --gzip, zstd--> plain bytes --mmCIF, BinaryCIF: cif.js--> table        what a file is, its first bytes tell
 */
import {cifAtoms} from './cif.js';
import {ParseError} from './errors.js';

/** @typedef {'pdb' | 'mmcif' | 'bcif'} Format */

/** Nothing unpacks to more than 1 GiB. */
const MOST = 2 ** 30;
const SLICE = 1 << 20, HEAD = 64;
const CIF = /^(data_|loop_|_atom_site\.)/i;

/**
 * @param {Uint8Array} bytes
 * @param {...number} magic
 */
const begins = (bytes, ...magic) => magic.every((byte, i) => bytes[i] === byte);

/** Collects what is unpacked, up to a limit. */
class Collector {
    /** @type {Uint8Array[]} */
    #parts = [];
    #size = 0;

    /** @param {number} most */
    constructor(most) {
        this.most = most;
    }

    /** @param {Uint8Array} part */
    add(part) {
        this.#size += part.length;
        if (this.#size > this.most) {
            throw new ParseError(`the file unpacks to more than ${this.most / 2 ** 20} MiB, which is no structure`);
        }
        this.#parts.push(part);
    }

    bytes() {
        const all = new Uint8Array(this.#size);
        let at = 0;
        for (const part of this.#parts) {
            all.set(part, at);
            at += part.length;
        }
        return all;
    }
}

/**
 * @param {string} kind
 * @param {any} error
 */
function packingError(kind, error) {
    if (error instanceof ParseError) return error;
    const message = String(error?.message ?? error);
    const cut = error?.code === 'Z_BUF_ERROR' || /trunc|unexpected (end|eof)|incomplete/i.test(message);
    return new ParseError(`the ${kind} file is ${cut ? 'incomplete: it was cut short' : `damaged (${message})`}`);
}

/**
 * @param {Uint8Array} bytes
 * @param {Collector} out
 */
async function gunzip(bytes, out) {
    const packed = new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (bytes)]).stream();
    const reader = packed.pipeThrough(new DecompressionStream('gzip')).getReader();
    try {
        for (let next = await reader.read(); !next.done; next = await reader.read()) out.add(next.value);
    } catch (error) {
        reader.cancel().catch(() => undefined);
        throw error;
    }
}

/**
 * @param {Uint8Array} bytes
 * @param {Collector} out
 */
async function unzstd(bytes, out) {
    const {Decompress} = await import('fzstd');
    const stream = new Decompress((part) => out.add(part));
    for (let at = 0; at < bytes.length; at += SLICE) {
        stream.push(bytes.subarray(at, at + SLICE), at + SLICE >= bytes.length);
    }
}

/**
 * A file without its packing, of which it may have one.
 * @param {Uint8Array} bytes
 * @param {number} [most]   bytes
 * @returns {Promise<Uint8Array>}
 */
export async function unpack(bytes, most = MOST) {
    const packing = (/** @type {Uint8Array} */ data) =>
        (begins(data, 0x1f, 0x8b) ? 'gzip' : begins(data, 0x28, 0xb5, 0x2f, 0xfd) ? 'zstd' : null);
    const kind = packing(bytes);
    if (!kind) return bytes;
    const out = new Collector(most);
    try {
        await (kind === 'gzip' ? gunzip : unzstd)(bytes, out);
    } catch (error) {
        throw packingError(kind, error);
    }
    const plain = out.bytes();
    if (packing(plain)) throw new ParseError(`the ${kind} file holds a ${packing(plain)} file: it was packed twice`);
    return plain;
}

/**
 * What a file is by its first bytes; text that is no CIF is left to the reader of PDB files, which says what it is not.
 * @param {Uint8Array} bytes
 * @returns {Format}
 */
export function formatOf(bytes) {
    const latin = new TextDecoder('latin1');
    if ((bytes[0] & 0xf0) === 0x80) {
        return /encoder|version|dataBlocks/.test(latin.decode(bytes.subarray(0, HEAD))) ? 'bcif' : 'pdb';
    }
    let at = begins(bytes, 0xef, 0xbb, 0xbf) ? 3 : 0;
    while (at < bytes.length && (bytes[at] <= 0x20 || bytes[at] === 0x23)) {   // blanks and comments
        if (bytes[at] !== 0x23) at++;
        else while (at < bytes.length && bytes[at] !== 0x0a && bytes[at] !== 0x0d) at++;
    }
    return CIF.test(latin.decode(bytes.subarray(at, at + HEAD))) ? 'mmcif' : 'pdb';
}

/**
 * @typedef {object} ReadOptions
 * @property {Format} [format]     by the content unless told
 * @property {number} [model]      that will be asked for
 * @property {string | number} [assembly]   the biological assembly that the file describes under that name
 */

/**
 * @param {Uint8Array} bytes
 * @param {ReadOptions} [options]
 * @returns {Promise<Uint8Array>} for weft_structure_parse
 */
export async function structureSource(bytes, {format, model, assembly} = {}) {
    const plain = await unpack(bytes);
    const kind = format ?? formatOf(plain);
    if (!['pdb', 'mmcif', 'bcif'].includes(kind)) {
        throw new ParseError(`structures of format '${kind}' are not read; there are pdb, mmcif and bcif`);
    }
    if (kind !== 'pdb') return cifAtoms(plain, kind, {model, assembly});
    if (assembly === undefined) return plain;
    const {pdbAssembly} = await import('./assembly.js');
    return pdbAssembly(plain, assembly).before(plain);
}
