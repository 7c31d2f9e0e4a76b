// SPDX-License-Identifier: MIT
//
// ort_graphs.mjs - ProteinMPNN as two ONNX graphs with its weights in them, rearranged as src/mpnn/MODEL.md, section 4.
//
//   tensors of a checkpoint -> encoderGraph: distances, neighbours -> states and the decoder's cached terms, once
//                           -> stepGraph: one position of B sequences -> logits and the terms that it passes on
//                           -> letterTables: what a decoded letter adds to a neighbour's term
//
// The engineer's choices that make it a fair peer: every product with per-row terms taken out of the edges; W3 behind
// the sum; terms of the edges computed once a structure; MatMul with constant weights (packed once by the runtime),
// bias and GELU in one node; no mask, split or transposition in the step.

import {Graph} from './onnx.mjs';

/** exp(-x x) is taken as exp(-36) = 2e-16 beyond x = 6: denormal numbers would make the features four times slower. */
const BIN_REACH = 6;
const EPSILON = 1e-5;
export const SCALE = 30;   // of the sum of messages
const RBF_COUNT = 16, RBF_FIRST = 2, RBF_LAST = 22;
export const RBF_WIDTH = (RBF_LAST - RBF_FIRST) / RBF_COUNT;
export const HIDDEN = 128;
const POSITIONS = 16, PAIRS = 25;

/** Columns first .. first + count - 1 of a matrix [out][in], transposed: [count][out]. */
function columns({data, shape: [rows, width]}, first = 0, count = width) {
    const result = new Float32Array(count * rows);
    for (let r = 0; r < rows; r++) {
        for (let c = 0; c < count; c++) result[c * rows + r] = data[r * width + first + c];
    }
    return {data: result, shape: [count, rows]};
}

/** [rows][inner] times [inner][out], in double precision. */
function product(left, {data, shape: [inner, out]}) {
    const rows = left.length / inner;
    const result = new Float32Array(rows * out);
    for (let r = 0; r < rows; r++) {
        for (let o = 0; o < out; o++) {
            let sum = 0;
            for (let i = 0; i < inner; i++) sum += left[r * inner + i] * data[i * out + o];
            result[r * out + o] = sum;
        }
    }
    return {data: result, shape: [rows, out]};
}

/** Short ways to write the nodes that the network is made of. */
class Network extends Graph {
    constructor(name, tensors) {
        super(name);
        this.tensor = (key) => {
            const found = tensors.get(key);
            if (!found) throw new Error(`the checkpoint lacks ${key}`);
            return found;
        };
    }

    constant({data, shape}) {
        return this.weight(data, shape);
    }

    /** x times some columns of a weight. */
    times(x, key, first, count) {
        return this.op('MatMul', [x, this.constant(columns(this.tensor(`${key}.weight`), first, count))]);
    }

    bias(key, scale = 1) {
        const {data, shape} = this.tensor(`${key}.bias`);
        return this.weight(data.map((value) => value * scale), shape);
    }

    linear(x, key, first, count) {
        return this.op('Add', [this.times(x, key, first, count), this.bias(key)]);
    }

    norm(x, key) {
        const [gain, shift] = ['weight', 'bias'].map((part) => this.constant(this.tensor(`${key}.${part}`)));
        return this.op('LayerNormalization', [x, gain, shift], {axis: -1, epsilon: EPSILON});
    }

    gelu(x, key) {
        return key ? this.op('BiasGelu', [x, this.bias(key)], {ms: true}) : this.op('Gelu', [x], {ms: true});
    }

    reshape(x, dims) {
        return this.op('Reshape', [x, this.weight(BigInt64Array.from(dims.map(BigInt)), [dims.length])]);
    }

    /** [rows][128] as [rows][1][128], to be added to every edge of a row. */
    perEdge(x) {
        return this.reshape(x, [-1, 1, HIDDEN]);
    }

    feedForward(h, layer) {
        const inner = this.gelu(this.times(h, `${layer}.dense.W_in`), `${layer}.dense.W_in`);
        const sum = this.op('Add', [h, this.linear(inner, `${layer}.dense.W_out`)]);
        return this.norm(sum, `${layer}.norm2`);
    }
}

function edgeFeatures(g, distances, classes) {
    const centres = Float32Array.from({length: RBF_COUNT}, (_, i) =>
        (RBF_FIRST + i * (RBF_LAST - RBF_FIRST) / (RBF_COUNT - 1)) / RBF_WIDTH);
    const off = g.op('Sub', [distances, g.weight(centres, [RBF_COUNT])]);
    const near = g.op('Clip', [off, ...[-BIN_REACH, BIN_REACH].map((limit) => g.weight(Float32Array.of(limit), []))]);
    const bins = g.op('Exp', [g.op('Neg', [g.op('Mul', [near, near])])]);
    const table = columns(g.tensor('features.embeddings.linear.weight'));   // [class][16]
    const {data: shift} = g.tensor('features.embeddings.linear.bias');
    const rows = table.data.map((value, i) => value + shift[i % POSITIONS]);
    const edge = g.tensor('features.edge_embedding.weight');
    const positions = g.constant(product(rows, columns(edge, 0, POSITIONS)));
    const ofBins = g.op('MatMul', [
        g.reshape(bins, [0, 0, PAIRS * RBF_COUNT]), g.constant(columns(edge, POSITIONS, PAIRS * RBF_COUNT)),
    ]);
    const sum = g.op('Add', [ofBins, g.op('Gather', [positions, classes], {axis: 0})]);
    return g.linear(g.norm(sum, 'features.norm_edges'), 'W_e');
}

/** The first product of a message or an edge update, with its activation: own term, edge term, neighbour term. */
function firstProduct(g, key, nodes, edges, neighbours) {
    const ofEdges = g.times(edges, key, HIDDEN, HIDDEN);
    if (!nodes) return g.gelu(ofEdges, key);   // no states yet
    const own = g.perEdge(g.linear(nodes, key, 0, HIDDEN));
    const other = g.op('Gather', [g.times(nodes, key, 2 * HIDDEN, HIDDEN), neighbours], {axis: 0});
    return g.gelu(g.op('Add', [g.op('Add', [ofEdges, own]), other]));
}

function encoderLayer(g, layer, nodes, edges, {neighbours, attention, count, mask}) {
    const first = firstProduct(g, `${layer}.W1`, nodes, edges, neighbours);
    const second = g.gelu(g.times(first, `${layer}.W2`), `${layer}.W2`);
    const sum = g.reshape(g.op('MatMul', [attention, second]), [-1, HIDDEN]);
    const message = g.op('Add', [g.times(sum, `${layer}.W3`), g.op('Mul', [count, g.bias(`${layer}.W3`)])]);
    const before = g.norm(nodes ? g.op('Add', [nodes, message]) : message, `${layer}.norm1`);
    const after = g.op('Mul', [g.feedForward(before, layer), mask]);
    const update = g.gelu(g.times(firstProduct(g, `${layer}.W11`, after, edges, neighbours), `${layer}.W12`),
        `${layer}.W12`);
    const sumEdges = g.op('Add', [edges, g.linear(update, `${layer}.W13`)]);
    return [after, g.norm(sumEdges, `${layer}.norm3`)];
}

/**
 * Inputs: distances [n][k][25][1] in units of RBF_WIDTH, classes and neighbours [n][k], attention [n][1][k] (1 / 30 for
 * each complete neighbour of a complete row), count [n][1] its sums, mask [n][1].
 * Outputs: states [n][128]; own [n][128] of decoder layer 0, with its bias; edge_L [n][k][128] and other_L [n][128] of
 * each.
 */
export function encoderGraph(tensors, layers) {
    const g = new Network('encoder', tensors);
    const inputs = {
        neighbours: g.input('neighbours', ['n', 'k'], {integers: true}),
        attention: g.input('attention', ['n', 1, 'k']), count: g.input('count', ['n', 1]),
        mask: g.input('mask', ['n', 1]),
    };
    const classes = g.input('classes', ['n', 'k'], {integers: true});
    let edges = edgeFeatures(g, g.input('distances', ['n', 'k', PAIRS, 1]), classes);
    let nodes = null;
    for (let l = 0; l < layers; l++) [nodes, edges] = encoderLayer(g, `encoder_layers.${l}`, nodes, edges, inputs);
    g.output('states', nodes, ['n', HIDDEN]);
    g.output('own', g.linear(nodes, 'decoder_layers.0.W1', 0, HIDDEN), ['n', HIDDEN]);
    for (let l = 0; l < layers; l++) {
        const key = `decoder_layers.${l}.W1`;
        g.output(`edge_${l}`, g.times(edges, key, HIDDEN, HIDDEN), ['n', 'k', HIDDEN]);
        g.output(`other_${l}`, g.times(nodes, key, 3 * HIDDEN, HIDDEN), ['n', HIDDEN]);
    }
    return g.bytes();
}

/**
 * Inputs: states [B][128] of the position, terms_L [B][k][128]: edge term + neighbour's term, in layer 0 + own term.
 * Outputs: logits [B][21]; pass_L [B][128], L > 0: the position's own share of its neighbours' terms_L from now on.
 */
export function stepGraph(tensors, layers, neighbours) {
    const g = new Network('step', tensors);
    let h = g.input('states', ['b', HIDDEN]);
    for (let l = 0; l < layers; l++) {
        const layer = `decoder_layers.${l}`;
        const terms = g.input(`terms_${l}`, ['b', neighbours, HIDDEN]);
        if (l > 0) g.output(`pass_${l}`, g.times(h, `${layer}.W1`, 3 * HIDDEN, HIDDEN), ['b', HIDDEN]);
        const sum = l ? g.op('Add', [terms, g.perEdge(g.linear(h, `${layer}.W1`, 0, HIDDEN))]) : terms;
        const second = g.gelu(g.times(g.gelu(sum), `${layer}.W2`), `${layer}.W2`);
        const axes = g.weight(BigInt64Array.of(1n), [1]);
        const message = g.op('ReduceSum', [second, axes], {keepdims: 0});
        const third = columns(g.tensor(`${layer}.W3.weight`));
        const scaled = g.constant({...third, data: third.data.map((value) => value / SCALE)});
        const dh = g.op('Add', [g.op('MatMul', [message, scaled]), g.bias(`${layer}.W3`, neighbours / SCALE)]);
        h = g.feedForward(g.norm(g.op('Add', [h, dh]), `${layer}.norm1`), layer);
    }
    g.output('logits', g.linear(h, 'W_out'), ['b', g.tensor('W_out.bias').data.length]);
    return g.bytes();
}

/** For each decoder layer, [letter][128]. */
export function letterTables(tensors, layers) {
    const letters = tensors.get('W_s.weight');
    return Array.from({length: layers}, (_, l) => {
        const own = columns(tensors.get(`decoder_layers.${l}.W1.weight`), 2 * HIDDEN, HIDDEN);
        return product(letters.data, own).data;
    });
}
