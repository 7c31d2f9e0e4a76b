/* SPDX-License-Identifier: MIT
 *
 * trb.js - RFdiffusion's record of a run (NAME.trb): which residues of its backbone are the motif that it was given.
 *
 *   .trb bytes --pickle.js--> dictionary --> whose letters were seen, by row and by name
 *
 * The file is a pickle of a dictionary with NumPy's arrays and numbers in it. No Python is run: pickle.js reads data,
 * and the few names below are all that a file may ask for. Of the dictionary these are used:
 *
 *   inpaint_seq                one truth value for each residue that RFdiffusion wrote, in the order of its PDB file:
 *                              true where it knew the letter. A motif residue that was masked (contigmap.inpaint_seq)
 *                              has false, a letter that was given without a motif (contigmap.provide_seq) true
 *   con_hal_pdb_idx, _idx0     (chain, number) and row of the motif's residues, in the chains that were made
 *   receptor_con_hal_pdb_idx   the same for chains that were given whole; their rows stand in complex_con_hal_idx0,
 *     and complex_con_hal_...  which lists the chains that were made first
 *
 * Rows are the surer way: since September 2025 RFdiffusion keeps the chains and numbers of its input in the PDB file,
 * while the .trb still names residues as older versions wrote them.
 */
import {ParseError} from '../errors.js';
import {readPickle} from './pickle.js';

/** @typedef {{chain: string, number: number}} Place */

/**
 * @typedef {object} Trb
 * @property {boolean[] | null} seen   for each residue, whether its letter was known; null where the file has none
 * @property {Place[]} made            motif residues in chains that were made, but for those whose letter was masked
 * @property {Place[]} given           the same of chains that were given whole
 */

/** A dtype: a letter for the kind, bytes of one item, and their order, which comes with its state. */
class Dtype {
    order = '|';

    /** @param {unknown} name */
    constructor(name) {
        const match = typeof name === 'string' ? /^([biufcSUVOmM])(\d{1,9})$/.exec(name) : null;
        if (!match) throw new Error(`it holds an array of an unknown type, ${typeof name === 'string' ? name : '?'}`);
        this.kind = match[1];
        this.size = Number(match[2]);
    }
}

/** An array: described first, filled by its state, decoded when it is needed. */
class NumpyArray {
    /** @type {number[]} */
    shape = [0];
    /** @type {Dtype | null} */
    dtype = null;
    /** @type {unknown} */
    data = null;
}

/** The class numpy.ndarray stands in the pickle as a name only; it is never called. */
const arrayClass = () => { throw new Error('it calls numpy.ndarray'); };

/** @param {unknown} shape @returns {shape is number[]} */
const isShape = (shape) => Array.isArray(shape) && shape.length <= 32
    && shape.every((size) => Number.isSafeInteger(size) && size >= 0);

/**
 * @param {Dtype} dtype
 * @param {Uint8Array} bytes
 * @param {number} index
 */
function item({kind, size, order}, bytes, index) {
    const data = new DataView(bytes.buffer, bytes.byteOffset + index * size, size);
    const little = order !== '>';
    switch (`${kind}${size}`) {
        case 'b1': return data.getUint8(0) !== 0;
        case 'i1': return data.getInt8(0);
        case 'u1': return data.getUint8(0);
        case 'i2': return data.getInt16(0, little);
        case 'u2': return data.getUint16(0, little);
        case 'i4': return data.getInt32(0, little);
        case 'u4': return data.getUint32(0, little);
        case 'i8': return Number(data.getBigInt64(0, little));
        case 'u8': return Number(data.getBigUint64(0, little));
        case 'f4': return data.getFloat32(0, little);
        case 'f8': return data.getFloat64(0, little);
        default: return null;   // of no use here
    }
}

/**
 * NumPy's number as a plain one.
 * @param {unknown} dtype
 * @param {unknown} bytes
 */
function scalar(dtype, bytes) {
    if (!(dtype instanceof Dtype)) throw new Error('it describes a number in an unexpected way');
    if (!(bytes instanceof Uint8Array)) return null;   // an object
    if (bytes.length !== dtype.size) throw new Error('a number in it is cut short');
    return item(dtype, bytes, 0);
}

/**
 * @param {unknown} shape
 * @param {unknown} dtype
 * @param {unknown} data
 */
function filled(shape, dtype, data, array = new NumpyArray()) {
    if (!isShape(shape) || !(dtype instanceof Dtype)) throw new Error('it describes an array in an unexpected way');
    return Object.assign(array, {shape, dtype, data});
}

/** @type {Record<string, (...args: any[]) => unknown>} */
const globals = {
    'numpy.ndarray': arrayClass,
    'numpy.dtype': (name) => new Dtype(name)
};
for (const core of ['numpy.core', 'numpy._core']) {   // before and since NumPy 2
    globals[`${core}.multiarray.scalar`] = scalar;
    globals[`${core}.multiarray._reconstruct`] = (type) => {
        if (type !== arrayClass) throw new Error('it makes an array of an unexpected class');
        return new NumpyArray();
    };
    globals[`${core}.numeric._frombuffer`] = (data, dtype, shape) => filled(shape, dtype, data);
}

/**
 * What a pickle says of an object after it was made: (version, byte order, ...) of a dtype, (version, shape, dtype,
 * Fortran order, bytes) of an array. Arrays of more than one axis are of no use here, so their order is not kept.
 * @param {unknown} object
 * @param {unknown} state
 */
function build(object, state) {
    if (object instanceof Dtype && Array.isArray(state) && ['<', '>', '|', '='].includes(state[1])) {
        object.order = state[1];
    } else if (object instanceof NumpyArray && Array.isArray(state) && state.length === 5) {
        filled(state[1], state[2], state[4], object);
    } else {
        throw new Error('it sets the state of an object in an unexpected way');
    }
}

function persistent() {
    throw new Error('it names something outside the file');
}

/**
 * A list or an array of one axis as a list of plain values.
 * @param {Map<unknown, unknown>} top
 * @param {string} key
 * @returns {any[] | null}
 */
function listOf(top, key) {
    const value = top.get(key);
    if (value === undefined || value === null || Array.isArray(value)) return value ?? null;
    if (!(value instanceof NumpyArray) || !value.dtype) throw new Error(`its ${key} is no list`);
    const {shape: [count = 0, ...more], dtype, data} = value;
    if (Array.isArray(data) && more.length === 0) return data;   // of objects
    if (more.length || !dtype.size || !(data instanceof Uint8Array) || data.length !== count * dtype.size) {
        throw new Error(`its ${key} is no list`);
    }
    return Array.from({length: count}, (_, i) => item(dtype, data, i));
}

/**
 * Pairs such as ('A', 36), each with its row where the file has rows.
 * @param {Map<unknown, unknown>} top
 * @param {string} prefix
 * @returns {(Place & {row: number | null})[] | null}
 */
function placesOf(top, prefix) {
    const rows = listOf(top, `${prefix}_idx0`);
    const pairs = listOf(top, `${prefix}_pdb_idx`);
    if (pairs && rows && rows.length !== pairs.length) throw new Error(`its ${prefix} lists differ in length`);
    return pairs && pairs.map((pair, i) => {
        const [chain, number] = Array.isArray(pair) ? pair : [];
        const row = rows ? rows[i] : null;
        const plain = typeof chain === 'string' && Number.isSafeInteger(number);
        if (!plain || (row !== null && !Number.isSafeInteger(row))) {
            throw new Error(`its ${prefix}_pdb_idx is no list of chains and numbers`);
        }
        return {chain, number, row};
    });
}

/** @param {Uint8Array} bytes @returns {Trb} */
function readChecked(bytes) {
    const top = readPickle(bytes, {globals, persistent, build, bytes: true, what: 'a .trb file'});
    if (!(top instanceof Map)) throw new Error('it holds no dictionary');
    const seen = listOf(top, 'inpaint_seq');
    if (seen && !seen.every((value) => typeof value === 'boolean')) throw new Error('its inpaint_seq is no mask');
    const made = placesOf(top, 'con_hal');
    if (!made) throw new Error('it has no con_hal_pdb_idx; is it a .trb file of RFdiffusion?');
    const all = placesOf(top, 'complex_con_hal') ?? made;   // those of `made`, then those of the given chains
    const known = all.map(({row}) => row === null || !seen || seen[row] !== false);
    const plain = all.map(({chain, number}) => ({chain, number}));
    return {
        seen,
        made: plain.filter((_, i) => known[i] && i < made.length),
        given: plain.filter((_, i) => known[i] && i >= made.length)
    };
}

/**
 * Reads a .trb file. Throws a ParseError of one sentence.
 * @param {Uint8Array} bytes
 * @returns {Trb}
 */
export function readTrb(bytes) {
    try {
        if (!bytes.length) throw new Error('it is empty');
        return readChecked(bytes);
    } catch (error) {
        throw new ParseError(`this .trb file cannot be read: ${/** @type {Error} */ (error).message}`);
    }
}
