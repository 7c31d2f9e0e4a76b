/* SPDX-License-Identifier: MIT
 *
 * torch_file.js - makes small PyTorch checkpoints for tests, opcode by opcode, so that a test can also make wrong ones.
 *
 *   pickle(op.dict([['num_edges', op.int(48)]])) -> pickle bytes        checkpoint({...}) -> .pt bytes
 */
import {writeZip} from '../../wasm/formats/zip.js';

const encoder = new TextEncoder();

/** @param {number} value @returns {number[]} */
const uint32 = (value) => [0, 8, 16, 24].map((shift) => (value >>> shift) & 255);

/** Pieces of a pickle: each is the list of bytes that leave one value on the stack. */
export const op = {
    /** @param {number} value */
    int: (value) => [0x4a, ...uint32(value)],
    /** @param {number} value */
    float: (value) => {
        const data = new DataView(new ArrayBuffer(8));
        data.setFloat64(0, value);
        return [0x47, ...new Uint8Array(data.buffer)];
    },
    /** @param {string} text */
    text: (text) => {
        const bytes = encoder.encode(text);
        return [0x58, ...uint32(bytes.length), ...bytes];
    },
    /** @param {boolean} value */
    bool: (value) => [value ? 0x88 : 0x89],
    none: () => [0x4e],
    /** @param {number[][]} items */
    tuple: (items) => [0x28, ...items.flat(), 0x74],
    /** @param {number[][]} items */
    list: (items) => [0x5d, 0x28, ...items.flat(), 0x65],
    /** @param {string} name   'module.name' */
    global: (name) => {
        const dot = name.lastIndexOf('.');
        return [0x63, ...encoder.encode(`${name.slice(0, dot)}\n${name.slice(dot + 1)}\n`)];
    },
    /** @param {number[]} callee @param {number[][]} args */
    call: (callee, args) => [...callee, ...op.tuple(args), 0x52],
    /** @param {[string, number[]][]} pairs */
    dict: (pairs) => [0x7d, 0x28, ...pairs.flatMap(([key, value]) => [...op.text(key), ...value]), 0x75],
    /** @param {[string, number[]][]} pairs */
    ordered: (pairs) => [
        ...op.call(op.global('collections.OrderedDict'), []), 0x28,
        ...pairs.flatMap(([key, value]) => [...op.text(key), ...value]), 0x75
    ],
    /**
     * @param {{type?: string, key: string, count: number, offset?: number, shape: number[], stride?: number[]}} tensor
     */
    tensor: ({type = 'FloatStorage', key, count, offset = 0, shape, stride = contiguous(shape)}) => {
        const id = op.tuple(
            [op.text('storage'), op.global(`torch.${type}`), op.text(key), op.text('cuda:0'), op.int(count)]);
        return op.call(op.global('torch._utils._rebuild_tensor_v2'), [
            [...id, 0x51], op.int(offset), op.tuple(shape.map(op.int)), op.tuple(stride.map(op.int)), op.bool(false),
            op.call(op.global('collections.OrderedDict'), [])
        ]);
    }
};

/** @param {number[]} shape */
function contiguous(shape) {
    return shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
}

/** @param {number[]} value   one of op's */
export const pickle = (value) => Uint8Array.from([0x80, 2, ...value, 0x2e]);

/**
 * An archive as torch.save writes it.
 * @param {Uint8Array} data                          data.pkl
 * @param {Record<string, ArrayBufferView>} storages
 */
export function archive(data, storages) {
    /** @type {[string, Uint8Array][]} */
    const files = [['archive/data.pkl', data]];
    for (const [key, {buffer, byteOffset, byteLength}] of Object.entries(storages)) {
        files.push([`archive/data/${key}`, new Uint8Array(buffer, byteOffset, byteLength)]);
    }
    return writeZip([...files, ['archive/version', encoder.encode('3\n')]]);
}

/**
 * A well-formed checkpoint of float32 tensors, each with a storage of its own.
 * @param {Record<string, {shape: number[], data: Float32Array}>} tensors
 * @param {[string, number[]][]} [beside]    more entries of the outer dictionary
 */
export function checkpoint(tensors, beside = []) {
    const names = Object.keys(tensors);
    const state = names.map((name, i) => /** @type {[string, number[]]} */ (
        [name, op.tensor({key: String(i), count: tensors[name].data.length, shape: tensors[name].shape})]));
    const data = pickle(op.dict([...beside, ['model_state_dict', op.ordered(state)]]));
    return archive(data, Object.fromEntries(names.map((name, i) => [String(i), tensors[name].data])));
}
