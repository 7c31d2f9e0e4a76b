/* SPDX-License-Identifier: MIT
 *
 * torch.js - PyTorch's checkpoint files (.pt): a ZIP archive of one pickle and one raw file per storage.
 *
 *   .pt bytes -> {meta, tensors} -> .eqx bytes: one line of JSON that names the records, then the records
 *
 * No Python is run: pickle.js reads the few opcodes needed, and the names below are all that a file may ask for.
 * Tensors are described while the pickle is read and copied afterwards, only those of the state_dict, with size,
 * stride and offset checked against their storage. Which tensors a network wants, and in which order a finished
 * .eqx holds them, is known in C alone: torchToEqx passes every tensor on under its state_dict name.
 */
import {WeightsError} from '../errors.js';
import {npyBytes} from './npy.js';
import {readPickle} from './pickle.js';
import {readZip, readZipEntry} from './zip.js';

/**
 * @typedef {object} TorchTensor
 * @property {number[]} shape
 * @property {Float32Array<ArrayBuffer>} data   C order
 */

/**
 * @typedef {object} TorchFile
 * @property {Record<string, number | string | boolean>} meta   num_edges, noise_level, ... as the file has them
 * @property {Map<string, TorchTensor>} tensors                 in the file's order
 */

/** A storage as a persistent id names it. */
class Storage {
    /**
     * @param {StorageType} type
     * @param {string} key
     * @param {number} count
     */
    constructor(type, key, count) {
        this.type = type;
        this.key = key;
        this.count = count;
    }
}

/** A tensor that has not been copied yet. */
class TensorView {
    /**
     * @param {Storage} storage
     * @param {number} offset
     * @param {number[]} shape
     * @param {number[]} stride
     */
    constructor(storage, offset, shape, stride) {
        this.storage = storage;
        this.offset = offset;
        this.shape = shape;
        this.stride = stride;
    }
}

/**
 * @typedef {object} StorageType
 * @property {string} name
 * @property {number} size                                          bytes of one value
 * @property {((bytes: Uint8Array) => Float32Array<ArrayBuffer>) | null} read   null: no weights are of this type
 */

const LARGEST_RANK = 8;
const LARGEST_COUNT = 1 << 28;

/**
 * A copy at the start of a buffer of its own. (Node's Buffer has a slice that does not copy.)
 * @param {Uint8Array} bytes
 */
const aligned = (bytes) => new Uint8Array(bytes).buffer;

/**
 * IEEE half precision, exactly.
 * @param {number} bits
 */
function halfToFloat(bits) {
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    const sign = bits & 0x8000 ? -1 : 1;
    if (exponent === 31) return fraction ? NaN : sign * Infinity;
    return sign * (exponent ? (1024 + fraction) * 2 ** (exponent - 25) : fraction * 2 ** -24);
}

/** @type {StorageType[]} */
const storageTypes = [
    {name: 'FloatStorage', size: 4, read: (bytes) => new Float32Array(aligned(bytes))},
    {name: 'HalfStorage', size: 2, read: (bytes) => Float32Array.from(new Uint16Array(aligned(bytes)), halfToFloat)},
    {
        name: 'BFloat16Storage',
        size: 2,
        read(bytes) {
            const halves = new Uint16Array(aligned(bytes));
            return new Float32Array(Uint32Array.from(halves, (bits) => bits << 16).buffer);
        }
    },
    {name: 'DoubleStorage', size: 8, read: null},
    {name: 'LongStorage', size: 8, read: null},
    {name: 'IntStorage', size: 4, read: null},
    {name: 'ShortStorage', size: 2, read: null},
    {name: 'CharStorage', size: 1, read: null},
    {name: 'ByteStorage', size: 1, read: null},
    {name: 'BoolStorage', size: 1, read: null}
];

/** @param {unknown} value @returns {value is number} */
const isCount = (value) => Number.isSafeInteger(value) && /** @type {number} */ (value) >= 0;

/** @param {unknown} value @returns {value is number[]} */
const isCounts = (value) => Array.isArray(value) && value.length <= LARGEST_RANK && value.every(isCount);

/**
 * A storage type stands in the pickle as a name only; it is never called.
 * @param {StorageType} type
 */
function storageGlobal(type) {
    const marker = () => { throw new Error(`it calls torch.${type.name}`); };
    return Object.assign(marker, {storageType: type});
}

/** @type {Record<string, (...args: any[]) => unknown>} */
const globals = {
    'collections.OrderedDict': (...args) => {
        if (args.length) throw new Error('it fills an OrderedDict in an unexpected way');
        return new Map();
    },
    'torch._utils._rebuild_tensor_v2': (storage, offset, shape, stride) => {
        if (!(storage instanceof Storage) || !isCount(offset) || !isCounts(shape) || !isCounts(stride)
            || shape.length !== stride.length) {
            throw new Error('it describes a tensor in an unexpected way');
        }
        return new TensorView(storage, offset, shape, stride);
    }
};
for (const type of storageTypes) globals[`torch.${type.name}`] = storageGlobal(type);

/** @param {any} id */
function persistent(id) {
    const [tag, type, key, , count] = Array.isArray(id) ? id : [];
    if (tag !== 'storage' || typeof type?.storageType !== 'object' || typeof key !== 'string' || !isCount(count)) {
        throw new Error('it names a storage in an unexpected way');
    }
    return new Storage(type.storageType, key, count);
}

/**
 * What the archive holds beside the pickle, under the archive's own folder.
 * @param {Uint8Array} bytes
 */
function openArchive(bytes) {
    if (bytes[0] === 0x80) {
        throw new Error('it is a bare pickle or from before PyTorch 1.6 (load it and save it again with torch.save)');
    }
    if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) throw new Error('it is no zip archive');
    const entries = readZip(bytes);
    const pickle = [...entries.keys()].find((name) => /^[^/]*\/data\.pkl$/.test(name) || name === 'data.pkl');
    if (!pickle) throw new Error('the archive holds no data.pkl');
    const folder = pickle.slice(0, -'data.pkl'.length);
    /** @type {Map<string, Uint8Array | undefined>} */
    const taken = new Map();
    /** @param {string} name */
    const read = (name) => {
        if (!taken.has(name)) {
            const entry = entries.get(folder + name);
            taken.set(name, entry && readZipEntry(bytes, entry));
        }
        return taken.get(name);
    };
    const order = read('byteorder');
    if (order && new TextDecoder().decode(order).trim() !== 'little') throw new Error('its bytes are big-endian');
    return read;
}

/**
 * Copies one tensor into C order.
 * @param {TensorView} view
 * @param {(name: string) => Uint8Array | undefined} read
 * @returns {TorchTensor}
 */
function copyTensor(view, read) {
    const {storage, offset, shape, stride} = view;
    const {type} = storage;
    if (!type.read) throw new Error(`it is of type ${type.name}, weights are float32, float16 or bfloat16`);
    const count = shape.reduce((product, size) => product * size, 1);
    const last = shape.reduce((at, size, axis) => at + (size - 1) * stride[axis], offset);
    const bytes = read(`data/${storage.key}`);
    if (!bytes) throw new Error(`its storage ${storage.key} is not in the archive`);
    if (bytes.length !== storage.count * type.size) {
        throw new Error(`its storage ${storage.key} has ${bytes.length} bytes instead of ${storage.count * type.size}`);
    }
    if (count > 0 && !(last < storage.count)) throw new Error('it reaches beyond the end of its storage');
    const isContiguous = shape.reduceRight(
        (expected, size, axis) => (size === 1 || stride[axis] === expected ? expected * size : NaN), 1) === count;
    if (isContiguous) {
        return {shape, data: type.read(bytes.subarray(offset * type.size, (offset + count) * type.size))};
    }
    const source = type.read(bytes);
    const data = new Float32Array(count);
    const index = shape.map(() => 0);
    for (let i = 0; i < count; i++) {
        data[i] = source[index.reduce((at, step, axis) => at + step * stride[axis], offset)];
        for (let axis = shape.length - 1; axis >= 0 && ++index[axis] === shape[axis]; axis--) index[axis] = 0;
    }
    return {shape, data};
}

/**
 * The state_dict and what stands beside it: a checkpoint wraps it, a bare state_dict is the dictionary itself.
 * @param {Map<unknown, unknown>} top
 */
function findState(top) {
    for (const key of ['model_state_dict', 'state_dict']) {
        const state = top.get(key);
        if (state instanceof Map) return {state, beside: top};
    }
    if (![...top.values()].some((value) => value instanceof TensorView)) throw new Error('it holds no state_dict');
    return {state: top, beside: new Map()};
}

/** @param {Uint8Array} bytes @returns {TorchFile} */
function readChecked(bytes) {
    const read = openArchive(bytes);
    const pickle = read('data.pkl');
    const top = readPickle(/** @type {Uint8Array} */ (pickle), {globals, persistent});
    if (!(top instanceof Map)) throw new Error('it holds no dictionary of tensors');
    const {state, beside} = findState(top);

    /** @type {TorchFile['meta']} */
    const meta = Object.create(null);
    for (const [key, value] of beside) {
        if (typeof key === 'string' && ['number', 'string', 'boolean'].includes(typeof value)) meta[key] = value;
    }
    /** @type {TorchFile['tensors']} */
    const tensors = new Map();
    let total = 0;
    for (const [name, value] of state) {
        if (typeof name !== 'string' || !(value instanceof TensorView)) {
            throw new Error(`${typeof name === 'string' ? `'${name}'` : 'something'} in the state_dict is no tensor`);
        }
        const count = value.shape.reduce((product, size) => product * size, 1);
        total += count;
        if (!(total <= LARGEST_COUNT)) throw new Error(`'${name}' is too large (shape ${value.shape.join('x')})`);
        if (!(total <= bytes.length)) throw new Error(`the tensors up to '${name}' ask for more than the file holds`);
        try {
            tensors.set(name, copyTensor(value, read));
        } catch (error) {
            throw new Error(`tensor '${name}': ${/** @type {Error} */ (error).message}`);
        }
    }
    return {meta, tensors};
}

/**
 * Reads a checkpoint: a state_dict of float tensors, alone or under `model_state_dict`. Everything else in the file
 * (an optimizer's state, say) is passed over. Throws a WeightsError of one sentence.
 * @param {Uint8Array} bytes
 * @returns {TorchFile}
 */
export function readTorch(bytes) {
    try {
        return readChecked(bytes);
    } catch (error) {
        throw new WeightsError(`the PyTorch file cannot be read: ${/** @type {Error} */ (error).message}`);
    }
}

/**
 * The JSON first line: keys sorted, no spaces, ASCII.
 * @param {Record<string, unknown>} header
 */
function headerLine(header) {
    const keys = Object.keys(header).filter((key) => header[key] !== undefined).sort();
    const text = JSON.stringify(Object.fromEntries(keys.map((key) => [key, header[key]])));
    return text.replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`) + '\n';
}

/**
 * The records alone of a model whose file starts with a line of JSON, with such a line in front: what is known of the
 * model, without the names of the records.
 * @param {Uint8Array} bytes
 * @param {import('../models.js').Model} model
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function withFirstLine(bytes, model) {
    const line = new TextEncoder().encode(headerLine({
        atom_context_num: model.atom_context_num, family: model.family, k_neighbors: model.num_edges, model: model.id,
        mpnn_eqx: 1, noise_level: model.noise_level
    }));
    const out = new Uint8Array(line.length + bytes.length);
    out.set(line);
    out.set(bytes, line.length);
    return out;
}

/**
 * Rewrites a checkpoint as an .eqx stream with named records, tensor for tensor, in the file's order. The engine takes
 * such a stream in any order and writes the canonical one (saveWeights).
 * @param {Uint8Array} bytes
 * @param {{model?: string, family?: string}} [known]   what the manifest says of the file, for the header
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function torchToEqx(bytes, known = {}) {
    const {meta, tensors} = readTorch(bytes);
    const line = headerLine({
        atom_context_num: meta.atom_context_num,
        family: known.family,
        k_neighbors: meta.num_edges,
        model: known.model,
        mpnn_eqx: 1,
        noise_level: meta.noise_level,
        records: [...tensors.keys()]
    });
    const parts = [new TextEncoder().encode(line), ...[...tensors.values()].map((t) => npyBytes(t.data, t.shape))];
    const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    parts.reduce((at, part) => {
        out.set(part, at);
        return at + part.length;
    }, 0);
    return out;
}
