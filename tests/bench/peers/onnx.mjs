// SPDX-License-Identifier: MIT
//
// onnx.mjs - writes .onnx files: a graph is built node by node, then serialised as the protocol buffer that ONNX is.
//
//   const g = new Graph('name'); const x = g.input('x', ['n', 128]);
//   g.output('y', g.op('MatMul', [x, g.weight(values, [128, 128])]), ['n', 128]); g.bytes()
//
// Field numbers are those of onnx.proto3. Operators are of opset 20, those marked `ms` of ONNX Runtime's own set.

const FLOAT = 1, INT64 = 7, IR_VERSION = 9, OPSET = 20;
const ATTRIBUTE_FLOAT = 1, ATTRIBUTE_INT = 2;

function varint(value) {
    const bytes = [];
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
    return Uint8Array.from([...bytes, Number(rest)]);
}

const number = (field, value) => Buffer.concat([varint(field << 3), varint(value)]);
const block = (field, bytes) => Buffer.concat([varint(field << 3 | 2), varint(bytes.length), bytes]);
const text = (field, value) => block(field, Buffer.from(value));
const all = (...parts) => Buffer.concat(parts.flat());

function float(field, value) {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatLE(value);
    return Buffer.concat([varint(field << 3 | 5), bytes]);
}

function attribute([name, value]) {
    return block(5, Number.isInteger(value)
        ? all(text(1, name), number(3, value), number(20, ATTRIBUTE_INT))
        : all(text(1, name), float(2, value), number(20, ATTRIBUTE_FLOAT)));
}

function valueInfo(field, name, dims, type) {
    const shape = dims.map((dim) => block(1, typeof dim === 'string' ? text(2, dim) : number(1, dim)));
    return block(field, all(text(1, name), block(2, block(1, all(number(1, type), block(2, all(shape)))))));
}

export class Graph {
    #name;
    #parts = [];
    #count = 0;

    constructor(name) {
        this.#name = name;
    }

    input(name, dims, {integers = false} = {}) {
        this.#parts.push(valueInfo(11, name, dims, integers ? INT64 : FLOAT));
        return name;
    }

    /** A constant; Float32Array or BigInt64Array. */
    weight(data, dims) {
        const name = this.#next('w');
        const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
        const type = data instanceof BigInt64Array ? INT64 : FLOAT;
        const shape = dims.map((dim) => number(1, dim));
        this.#parts.push(block(5, all(shape, number(2, type), text(8, name), block(9, bytes))));
        return name;
    }

    /** One node; returns the name of its output. */
    op(type, inputs, {ms = false, output, ...attributes} = {}) {
        const name = output ?? this.#next(type);
        this.#parts.push(block(1, all(
            inputs.map((input) => text(1, input)), text(2, name), text(3, this.#next('n')), text(4, type),
            Object.entries(attributes).map(attribute), ms ? text(7, 'com.microsoft') : [])));
        return name;
    }

    output(name, value, dims) {
        this.op('Identity', [value], {output: name});
        this.#parts.push(valueInfo(12, name, dims, FLOAT));
    }

    bytes() {
        const graph = block(7, all(this.#parts, text(2, this.#name)));
        const sets = [['', OPSET], ['com.microsoft', 1]].map(([domain, version]) =>
            block(8, all(text(1, domain), number(2, version))));
        return all(number(1, IR_VERSION), graph, sets);
    }

    #next(word) {
        return `${word}_${this.#count++}`;
    }
}
