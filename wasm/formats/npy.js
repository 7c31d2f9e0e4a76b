/* SPDX-License-Identifier: MIT
 *
 * npy.js - NumPy's array files: one array (.npy) and an archive of named arrays (.npz).
 *
 *   typed array or strings, shape -> .npy bytes -> the same again        {name: .npy bytes} <-> .npz bytes
 *
 * Written: version 1.0, little-endian, C order, header padded to 64 bytes as NumPy does; archives are stored, not
 * compressed, and the same input gives the same bytes. Read: versions 1 to 3, C and Fortran order, the dtypes below.
 * Pickled objects and structured dtypes are refused by name. An .eqx file is a run of such records: readNpy says
 * where the next one starts.
 */
import {readZip, readZipEntry, writeZip} from './zip.js';

/** @typedef {Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array} NpyArray */
/** @typedef {'<f4' | '<f8' | '<i4' | '<i8' | '|b1' | '|u1'} NumericDtype */

/**
 * @typedef {object} Npy
 * @property {string} dtype      as NumPy writes it: '<f4', '|b1', '<U3', ...
 * @property {number[]} shape
 * @property {NpyArray | string[]} data   C order; booleans as bytes 0 and 1
 * @property {number} end        offset of the first byte after the array
 */

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const ALIGNMENT = 64;
const LARGEST_HEADER = 65536;
const LARGEST_RANK = 32;

const arrayTypes = {
    '<f4': Float32Array,
    '<f8': Float64Array,
    '<i4': Int32Array,
    '<i8': BigInt64Array,
    '|b1': Uint8Array,
    '|u1': Uint8Array
};

/**
 * @param {NpyArray} data
 * @returns {NumericDtype}
 */
function dtypeOf(data) {
    if (data instanceof Float32Array) return '<f4';
    if (data instanceof Float64Array) return '<f8';
    if (data instanceof Int32Array) return '<i4';
    if (data instanceof BigInt64Array) return '<i8';
    if (data instanceof Uint8Array) return '|u1';
    throw new TypeError('npy: the data must be a Float32Array, Float64Array, Int32Array, BigInt64Array or Uint8Array');
}

/** @param {number[]} shape */
function shapeText(shape) {
    return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
}

/** @param {number[]} shape */
const countOf = (shape) => shape.reduce((product, size) => product * size, 1);

/**
 * The preamble and header of one array.
 * @param {string} dtype
 * @param {number[]} shape
 */
function headerBytes(dtype, shape) {
    const text = `{'descr': '${dtype}', 'fortran_order': False, 'shape': ${shapeText(shape)}, }`;
    const total = Math.ceil((MAGIC.length + 4 + text.length + 1) / ALIGNMENT) * ALIGNMENT;
    const length = total - MAGIC.length - 4;
    const preamble = [...MAGIC, 1, 0, length & 255, length >> 8];
    return Uint8Array.from([...preamble, ...new TextEncoder().encode(text.padEnd(length - 1) + '\n')]);
}

/**
 * UTF-32 code points, every string padded with zeros to the longest.
 * @param {string[]} strings
 */
function packStrings(strings) {
    const points = strings.map((s) => [...s].map((c) => /** @type {number} */ (c.codePointAt(0))));
    const width = points.reduce((longest, p) => Math.max(longest, p.length), 1);
    const packed = new Int32Array(strings.length * width);
    points.forEach((p, i) => packed.set(p, i * width));
    return {width, packed};
}

/**
 * One array as .npy bytes.
 * @param {NpyArray | string[]} data
 * @param {number[]} [shape]          one dimension by default
 * @param {'|b1'} [dtype]             marks a Uint8Array of 0 and 1 as booleans
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function npyBytes(data, shape = [data.length], dtype) {
    if (countOf(shape) !== data.length) {
        throw new RangeError(`npy: ${data.length} values do not fill the shape ${shapeText(shape)}`);
    }
    const strings = Array.isArray(data) ? packStrings(data) : null;
    const values = strings ? strings.packed : /** @type {NpyArray} */ (data);
    if (dtype && !(values instanceof Uint8Array)) throw new TypeError(`npy: ${dtype} needs a Uint8Array`);
    const header = headerBytes(strings ? `<U${strings.width}` : dtype ?? dtypeOf(values), shape);
    const out = new Uint8Array(header.length + values.byteLength);
    out.set(header);
    out.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), header.length);
    return out;
}

/**
 * Reads the header's Python dictionary: three known keys in any order.
 * @param {string} text
 */
function parseHeader(text) {
    const descr = /['"]descr['"]\s*:\s*(?:'([^']*)'|"([^"]*)"|(\[))/.exec(text);
    const order = /['"]fortran_order['"]\s*:\s*(True|False)/.exec(text);
    const shape = /['"]shape['"]\s*:\s*\(([\d\sL,]*)\)/.exec(text);
    if (!descr || !order || !shape || !/^\s*\{.*\}\s*$/s.test(text)) {
        throw new Error('npy: the header is not readable');
    }
    if (descr[3]) throw new Error('npy: structured arrays are not read');
    const sizes = shape[1].split(',').map((part) => part.trim().replace(/L$/, '')).filter(Boolean).map(Number);
    if (sizes.length > LARGEST_RANK || !sizes.every(Number.isSafeInteger)) {
        throw new Error('npy: the shape in the header is not readable');
    }
    return {dtype: descr[1] ?? descr[2], fortran: order[1] === 'True', shape: sizes};
}

/**
 * Bytes of one item, or an error that names the dtype.
 * @param {string} dtype
 */
function itemBytes(dtype) {
    const unicode = /^<U(\d{1,6})$/.exec(dtype);
    if (unicode) return 4 * Number(unicode[1]);
    if (!Object.hasOwn(arrayTypes, dtype)) throw new Error(`npy: arrays of type '${dtype}' are not read`);
    return arrayTypes[/** @type {NumericDtype} */ (dtype)].BYTES_PER_ELEMENT;
}

/**
 * For each value in C order, its place in Fortran order.
 * @param {number[]} shape
 */
function fortranPlaces(shape) {
    const places = new Int32Array(countOf(shape));
    const index = shape.map(() => 0);
    for (let i = 0; i < places.length; i++) {
        places[i] = index.reduceRight((place, at, axis) => place * shape[axis] + at, 0);
        for (let axis = shape.length - 1; axis >= 0 && ++index[axis] === shape[axis]; axis--) index[axis] = 0;
    }
    return places;
}

/**
 * @param {Uint8Array} bytes
 * @param {number} count
 * @returns {string[]}
 */
function unpackStrings(bytes, count) {
    const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const width = count ? bytes.length / count / 4 : 0;
    return Array.from({length: count}, (_, i) => {
        let text = '';
        for (let j = 0; j < width; j++) {
            const point = data.getUint32(4 * (i * width + j), true);
            if (point > 0x10ffff) throw new Error('npy: a string holds a character that does not exist');
            text += String.fromCodePoint(point);
        }
        return text.replace(/\0+$/, '');
    });
}

/**
 * Reads one array; other bytes may follow it.
 * @param {Uint8Array} bytes
 * @param {number} [start]
 * @returns {Npy}
 */
export function readNpy(bytes, start = 0) {
    const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (start + 12 > bytes.length) throw new Error('npy: the file is cut short');
    if (!MAGIC.every((byte, i) => bytes[start + i] === byte)) throw new Error('npy: this is no NumPy array file');
    const version = bytes[start + 6];
    if (version < 1 || version > 3) throw new Error(`npy: format version ${version} is not known`);
    const textStart = start + (version === 1 ? 10 : 12);
    const length = version === 1 ? data.getUint16(start + 8, true) : data.getUint32(start + 8, true);
    if (length > LARGEST_HEADER) throw new Error('npy: the header is too long');
    const first = textStart + length;
    const {dtype, fortran, shape} = parseHeader(new TextDecoder('latin1').decode(bytes.subarray(textStart, first)));
    const size = itemBytes(dtype);
    const count = countOf(shape);
    const end = first + count * size;
    if (!(end <= bytes.length && count <= bytes.length)) {
        throw new Error(`npy: the file is cut short: the shape is ${shapeText(shape)}`);
    }
    const copy = new Uint8Array(bytes.subarray(first, end));   /* not slice: that of Node's Buffer does not copy */
    let values = dtype[1] === 'U' ? unpackStrings(copy, count)
        : new arrayTypes[/** @type {NumericDtype} */ (dtype)](copy.buffer);
    if (fortran && shape.length > 1) {
        const source = values;
        values = source.slice();
        fortranPlaces(shape).forEach((place, i) => { values[i] = source[place]; });
    }
    return {dtype, shape, data: values, end};
}

/**
 * Packs arrays into an .npz archive that numpy.load reads.
 * @param {Record<string, Uint8Array>} arrays   name without '.npy' -> bytes made by npyBytes
 */
export function writeNpz(arrays) {
    return writeZip(Object.entries(arrays).map(([name, bytes]) => [`${name}.npy`, bytes]));
}

/**
 * Reads every array of an .npz archive.
 * @param {Uint8Array} bytes
 * @param {import('./zip.js').Inflate} [inflate]   needed for archives of numpy.savez_compressed
 * @returns {Map<string, Npy>}
 */
export function readNpz(bytes, inflate) {
    const arrays = new Map();
    for (const [name, entry] of readZip(bytes)) {
        if (name.endsWith('.npy')) arrays.set(name.slice(0, -4), readNpy(readZipEntry(bytes, entry, inflate)));
    }
    return arrays;
}
