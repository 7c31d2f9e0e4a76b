// SPDX-License-Identifier: MIT
//
// ort_child.mjs - answers ort.mjs: the graphs of ort_graphs.mjs in ONNX Runtime Web, in WebAssembly on one thread.
//
//   {op: 'run', pdb, lanes} -> {encode, decode, cpu, sequences}   {op: 'score', pdb, order} -> {letters, logProbs}
//
// Outside the graphs, in JavaScript: neighbours and distances (backbone.mjs), the sums of edge and neighbour terms that
// a step takes (rows picked by index, which the runtime would copy once more), and the drawing of letters. Both are
// inside the times. Every sequence has its own random order, as in the original.

import {createRequire} from 'node:module';
import {createInterface} from 'node:readline';
import {readCheckpoint} from '../../../wasm/cli/wheel.js';
import {findModel} from '../../../wasm/models.js';
import {readTorch} from '../../../wasm/formats/torch.js';
import {edgesOf, readBackbone} from './backbone.mjs';
import {HIDDEN, RBF_WIDTH, SCALE, encoderGraph, letterTables, stepGraph} from './ort_graphs.mjs';

const LAYERS = 3, LETTERS = 'ACDEFGHIKLMNPQRSTVWYX', DRAWN = 20;   // X is never drawn
const TEMPERATURE = 0.1;

let ort, tensors, neighbours, tables, encoder;
const structures = new Map();
const steps = new Map();   // by number of neighbours
const warm = new Set();

const open = (bytes) => ort.InferenceSession.create(new Uint8Array(bytes), {
    executionProviders: ['wasm'], graphOptimizationLevel: 'all', executionMode: 'sequential', enableCpuMemArena: true,
    enableMemPattern: true,
});

async function openModel({packages, model}) {
    ort = createRequire(packages)('onnxruntime-web');
    ort.env.wasm.numThreads = 1;
    ort.env.logLevel = 'error';
    const file = readTorch(await readCheckpoint(findModel(model), {}));
    tensors = file.tensors;
    neighbours = file.meta.num_edges;
    tables = letterTables(tensors, LAYERS);
    encoder = await open(encoderGraph(tensors, LAYERS));
    return {};
}

async function structureOf(pdb) {
    if (!structures.has(pdb)) structures.set(pdb, await readBackbone(pdb));
    return structures.get(pdb);
}

async function encode(backbone) {
    const {n, mask} = backbone;
    const k = Math.min(neighbours, n);
    const edges = edgesOf(backbone, k, RBF_WIDTH);
    const share = (j, at) => mask[Math.floor(at / k)] * mask[Number(j)] / SCALE;
    const attention = Float32Array.from(edges.neighbours, share);
    const count = Float32Array.from(mask, (_, i) => attention.subarray(i * k, i * k + k).reduce((a, b) => a + b, 0));
    const floats = (data, dims) => new ort.Tensor('float32', data, dims);
    const indices = (data) => new ort.Tensor('int64', data, [n, k]);
    const states = await encoder.run({
        distances: floats(edges.distances, [n, k, edges.pairs, 1]), classes: indices(edges.classes),
        neighbours: indices(edges.neighbours), attention: floats(attention, [n, 1, k]), count: floats(count, [n, 1]),
        mask: floats(Float32Array.from(mask), [n, 1]),
    });
    const each = (name) => Array.from({length: LAYERS}, (_, l) => states[`${name}_${l}`].data);
    return {
        n, k, mask, letters: backbone.letters, at: Int32Array.from(edges.neighbours, Number),
        states: states.states.data, own: states.own.data, edge: each('edge'), other: each('other'),
    };
}

/** target = left + right, row by row. */
function add(target, at, left, leftAt, right, rightAt) {
    for (let c = 0; c < HIDDEN; c++) target[at + c] = left[leftAt + c] + right[rightAt + c];
}

/** Sequences side by side: the terms that neighbours contribute, and the buffers of one step. */
class Lanes {
    constructor(encoding, lanes) {
        const {n, k, other, letters, mask} = encoding;
        Object.assign(this, {encoding, lanes});
        this.other = other.map((terms) => Array.from({length: lanes}, () => terms.slice()));
        const floats = (...dims) => new ort.Tensor('float32', new Float32Array(dims.reduce((a, b) => a * b)), dims);
        this.feeds = {states: floats(lanes, HIDDEN)};
        for (let l = 0; l < LAYERS; l++) this.feeds[`terms_${l}`] = floats(lanes, k, HIDDEN);
        for (let i = 0; i < n; i++) {   // incomplete rows show their letter to all, and nothing else
            if (mask[i]) continue;
            this.other.forEach((terms, l) => terms.forEach((lane) =>
                add(lane, i * HIDDEN, lane, i * HIDDEN, tables[l], letters[i] * HIDDEN)));
        }
    }

    /** Fills the buffers for the row of each lane. */
    gather(rows) {
        const {k, at, edge, states, own} = this.encoding;
        for (let lane = 0; lane < this.lanes; lane++) {
            const row = rows[lane];
            this.feeds.states.data.set(states.subarray(row * HIDDEN, (row + 1) * HIDDEN), lane * HIDDEN);
            for (let l = 0; l < LAYERS; l++) {
                const [target, other] = [this.feeds[`terms_${l}`].data, this.other[l][lane]];
                for (let j = 0; j < k; j++) {
                    const edgeAt = row * k + j;
                    add(target, (lane * k + j) * HIDDEN, edge[l], edgeAt * HIDDEN, other, at[edgeAt] * HIDDEN);
                    if (l) continue;
                    const to = (lane * k + j) * HIDDEN;
                    add(target, to, target, to, own, row * HIDDEN);
                }
            }
        }
    }

    /** From now on the row shows its letter and its decoder states. */
    decided(lane, row, letter, passed) {
        for (let l = 0; l < LAYERS; l++) {
            const other = this.other[l][lane];
            const [states, from] = l ? [passed[`pass_${l}`].data, lane * HIDDEN] : [other, row * HIDDEN];
            add(other, row * HIDDEN, states, from, tables[l], letter * HIDDEN);
        }
    }
}

async function stepOf(k) {
    if (!steps.has(k)) steps.set(k, await open(stepGraph(tensors, LAYERS, k)));
    return steps.get(k);
}

/** Decodes all lanes along their orders; choose(logits, lane, row) -> letter. */
async function decode(encoding, orders, choose) {
    const step = await stepOf(encoding.k);
    const lanes = new Lanes(encoding, orders.length);
    for (let t = 0; t < orders[0].length; t++) {
        const rows = orders.map((order) => order[t]);
        lanes.gather(rows);
        const result = await step.run(lanes.feeds);
        const {data} = result.logits;
        const width = LETTERS.length;
        rows.forEach((row, lane) => {
            const letter = choose(data.subarray(lane * width, (lane + 1) * width), lane, row);
            lanes.decided(lane, row, letter, result);
        });
    }
}

function draw(logits) {
    const top = logits.subarray(0, DRAWN).reduce((a, b) => Math.max(a, b));
    const weights = Array.from(logits.subarray(0, DRAWN), (z) => Math.exp((z - top) / TEMPERATURE));
    let rest = Math.random() * weights.reduce((a, b) => a + b);
    const letter = weights.findIndex((weight) => (rest -= weight) < 0);
    return letter < 0 ? DRAWN - 1 : letter;
}

function randomOrder({mask}) {
    const keys = new Map();
    mask.forEach((complete, row) => { if (complete) keys.set(row, Math.random()); });
    return [...keys.keys()].sort((a, b) => keys.get(a) - keys.get(b));
}

/** Seconds of the wall and of this process. */
function clocks() {
    const {user, system} = process.cpuUsage();
    return [performance.now() / 1e3, (user + system) / 1e6];
}

async function sample(backbone, lanes) {
    const start = clocks();
    const encoding = await encode(backbone);
    const encoded = clocks();
    const sequences = Array.from({length: lanes}, () => Array.from(backbone.letters, (letter) => LETTERS[letter]));
    const orders = sequences.map(() => randomOrder(backbone));
    await decode(encoding, orders, (logits, lane, row) => {
        const letter = draw(logits);
        sequences[lane][row] = LETTERS[letter];
        return letter;
    });
    const end = clocks();
    const [wall, cpu] = [0, 1].map((i) => ({encode: encoded[i] - start[i], decode: end[i] - encoded[i]}));
    return {...wall, cpu, sequences: sequences.map((letters) => letters.join(''))};
}

async function run({pdb, lanes}) {
    const backbone = await structureOf(pdb);
    const shape = JSON.stringify([pdb, lanes]);
    if (!warm.has(shape)) await sample(backbone, lanes);
    warm.add(shape);
    return sample(backbone, lanes);
}

function logSoftmax(logits) {
    const top = logits.reduce((a, b) => Math.max(a, b));
    const sum = logits.reduce((a, z) => a + Math.exp(z - top), 0);
    return Array.from(logits, (z) => z - top - Math.log(sum));
}

async function score({pdb, order}) {
    const backbone = await structureOf(pdb);
    const logProbs = new Array(backbone.n * LETTERS.length).fill(0);
    await decode(await encode(backbone), [order.filter((row) => backbone.mask[row])], (logits, lane, row) => {
        logProbs.splice(row * LETTERS.length, LETTERS.length, ...logSoftmax(logits));
        return backbone.letters[row];
    });
    return {letters: Array.from(backbone.letters), logProbs};
}

const operations = {open: openModel, run, score};
for await (const line of createInterface({input: process.stdin})) {
    const {op, ...question} = JSON.parse(line);
    const answer = await operations[op](question).catch((error) => ({error: error.message}));
    process.stdout.write(`${JSON.stringify(answer)}\n`);
}
