// SPDX-License-Identifier: MIT
//
// bench.mjs - where the time goes, stage by stage, in the WebAssembly module on one thread of this Node.
//
//   node tests/bench/bench.mjs WEIGHTS.eqx TILE.wasm [--rounds 5] [--short] [--json FILE]
//
// Encoder, decoder terms shared by all samples, and decoding by sample, each in microseconds a residue, for structures
// of several lengths, in interleaved rounds (medians). Beside them the speed of the bare matrix tile in the same run:
// the reachable figures of an ideal implementation (873 / 117 / 199 us at 41 GFLOP/s) are scaled by it.

import {readFile, writeFile} from 'node:fs/promises';
import {parseArgs} from 'node:util';

const REACHABLE = {encode: 873, shared: 117, decode: 199, gflops: 41};
const STRUCTURES = ['6MRR', '5L33', '3HTN'];

const {values: options, positionals} = parseArgs({
  allowPositionals: true,
  options: {rounds: {type: 'string', default: '5'}, short: {type: 'boolean'}, json: {type: 'string'}},
});
const [weightsFile, tileFile] = positionals;
const imports = {env: {emscripten_notify_memory_growth() {}}};

async function instantiate(file) {
  const {instance} = await WebAssembly.instantiate(await readFile(file), imports);
  instance.exports._initialize?.();
  return instance.exports;
}

const weft = await instantiate(new URL('../../wasm/dist/weft.wasm', import.meta.url));
const tile = await instantiate(tileFile);
const MORE = 1, DONE = 0;

function put(bytes) {
  const at = weft.api_alloc(bytes.length);
  new Uint8Array(weft.memory.buffer, at, bytes.length).set(bytes);
  return at;
}

function check(value) {
  if (value > 0 || value === DONE) return value;
  const text = new Uint8Array(weft.memory.buffer, weft.weft_error());
  throw new Error(Buffer.from(text.subarray(0, text.indexOf(0))).toString());
}

function handle(pointer) {
  return pointer || check(-1);
}

const seconds = (work) => {
  const start = performance.now();
  const result = work();
  return [(performance.now() - start) / 1000, result];
};
const median = (list) => list.slice().sort((a, b) => a - b)[list.length >> 1];

const weights = await readFile(weightsFile);
const model = handle(weft.weft_model_open());
const at = put(weights);
check(weft.weft_model_feed(model, at, weights.length));
check(weft.weft_model_finish(model));
weft.api_free(at);

async function parse(name) {
  const bytes = await readFile(new URL(`../data/structures/${name}.pdb`, import.meta.url));
  const text = put(bytes);
  const structure = handle(weft.weft_structure_parse(text, bytes.length));
  weft.api_free(text);
  return {name, structure, length: weft.weft_structure_length(structure)};
}

const LAYERS = 3;   // of the encoder: WEFT_ENCODING_LAYERS_DONE counts up to them

function encode({structure}) {
  const encoding = handle(weft.weft_encoding_open(model, structure));
  const [encodeTime] = seconds(() => {
    while (weft.weft_encoding_number(encoding, 0) < LAYERS) check(weft.weft_encoding_step(encoding));
  });
  const [sharedTime] = seconds(() => {
    while (check(weft.weft_encoding_step(encoding)) === MORE);
  });
  return {encoding, encodeTime, sharedTime};
}

function design(encoding, length, lanes) {
  const request = handle(weft.weft_request_open(encoding));
  const mask = put(new Uint8Array(length).fill(1));
  check(weft.weft_request_design(request, mask));
  check(weft.weft_request_samples(request, 1, lanes));
  const run = handle(weft.weft_run_open(request, 0));
  const [time] = seconds(() => {
    while (check(weft.weft_run_step(run)) === MORE);
  });
  weft.weft_run_free(run);
  weft.weft_request_free(request);
  weft.api_free(mask);
  return time;
}

const BATCHES = [1, 8];
const structures = await Promise.all((options.short ? STRUCTURES.slice(0, 1) : STRUCTURES).map(parse));
const rounds = options.short ? 1 : Number(options.rounds);
const rows = structures.map((s) => ({...s, encode: [], shared: [], 1: [], 8: []}));
const gflops = [];
tile.bench_tile(3000);
for (let round = 0; round < rounds; round++) {
  for (const row of rows) {
    const [time, flops] = seconds(() => tile.bench_tile(2000));
    gflops.push(flops / time / 1e9);
    const {encoding, encodeTime, sharedTime} = encode(row);
    row.encode.push(encodeTime);
    row.shared.push(sharedTime);
    for (const lanes of BATCHES) row[lanes].push(design(encoding, row.length, lanes) / lanes);
    weft.weft_encoding_free(encoding);
  }
}

const speed = median(gflops);
const scale = REACHABLE.gflops / speed;
const result = rows.map((row) => {
  const each = (list) => (median(list) / row.length) * 1e6;
  return {
    structure: row.name, residues: row.length,
    encode: each(row.encode), shared: each(row.shared), decode1: each(row[1]), decode8: each(row[8]),
  };
});
const cell = (value, reachable) =>
  `${value.toFixed(0).padStart(6)} us (${(value / (reachable * scale)).toFixed(2)}x)`;
console.log(`matrix tile: ${speed.toFixed(1)} GFLOP/s; node ${process.version}, ${rounds} rounds`);
console.log('microseconds a residue; in brackets: times the reachable figure at that speed of the tile');
console.log('structure residues  encoder            decoder, shared    decode, batch 1    decode, batch 8');
for (const r of result) {
  const cells = [
    cell(r.encode, REACHABLE.encode), cell(r.shared, REACHABLE.shared),
    cell(r.decode1, REACHABLE.decode), cell(r.decode8, REACHABLE.decode),
  ];
  console.log(`${r.structure.padEnd(9)} ${String(r.residues).padStart(8)}  ${cells.join('  ')}`);
}
const report = {gflops: speed, rounds, node: process.version, result};
if (options.json) await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
