// SPDX-License-Identifier: MIT
//
// measure.js - the stages of one instance of weft.wasm through its C API, timed; the same code in Node and in a worker
// of a browser. It imports nothing.
//
//   openMeter({wasm, roof, weights}) -> Meter: renew, open(text), encode, memory, decode, score, close
//
// Decoding and scoring start from a new encoding each, made of the encoder's final states: what runs on one encoding
// share counts every time.
//
// Every time comes with the speeds of roof.wasm measured before, after and, with the clock stopped, in between, because
// machines are shared and clocks change: {seconds, roof: {peak, tile, layer}}.

const MORE = 1, DONE = 0;
const DESIGN = 0, SCORE = 1;   // WeftMode
const LAYERS_DONE = 0, NEIGHBORS = 1;                          // WeftEncodingNumber
const NODE_STRIDE = 5, EDGE_STRIDE = 6, ENCODER_LAYERS = 7;    // WeftModelNumber
const LEAST_SECONDS = 0.1;     // a stage shorter than this is repeated
const PROBE_SECONDS = 0.2;     // so often a long stage waits while the roof is measured
const WARM_UP = 5;
const ROOF_TIMES = {peak: 4e5, tile: 100, layer: 80};   // repetitions that take some milliseconds each

function timed(work) {
  const start = performance.now();
  const result = work();
  return [(performance.now() - start) / 1000, result];
}

/** An instance; what it asks of its host is never needed. */
async function instantiate(module) {
  const imports = {};
  for (const {module: from, name} of WebAssembly.Module.imports(module)) (imports[from] ??= {})[name] = () => 0;
  const {exports} = await WebAssembly.instantiate(module, imports);
  exports._initialize?.();
  return exports;
}

/** All three are bytes. */
export async function openMeter({wasm, roof, weights}) {
  const roofExports = await instantiate(await WebAssembly.compile(roof));
  roofExports.bench_open();
  const meter = new Meter(await WebAssembly.compile(wasm), roofExports, weights);
  for (let i = 0; i < WARM_UP; i++) meter.probe();
  await meter.renew();
  return meter;
}

class Meter {
  constructor(module, roof, weights) {
    this.module = module;
    this.roofExports = roof;
    this.weights = weights;
    this.encoding = 0;
    this.sums = {};   // of the roof's work and seconds
  }

  /** Starts an instance of its own, whose memory is as small as can be. */
  async renew() {
    this.c = await instantiate(this.module);
    const {c, weights} = this;
    this.model = this.handle(c.weft_model_open());
    this.lend(weights, (at) => this.check(c.weft_model_feed(this.model, at, weights.length)));
    this.check(c.weft_model_finish(this.model));
  }

  /** Measures the roof once more. */
  probe() {
    for (const [name, times] of Object.entries(ROOF_TIMES)) {
      const [seconds, work] = timed(() => this.roofExports[`bench_${name}`](times));
      const sum = this.sums[name] ??= {work: 0, seconds: 0};
      sum.work += work;
      sum.seconds += seconds;
    }
  }

  /** The work, timed and repeated until it is long enough; work returns the seconds of each part. */
  between(work) {
    this.sums = {};
    this.probe();
    const parts = {};
    let total = 0, times = 0;
    while (total < LEAST_SECONDS) {
      for (const [part, seconds] of Object.entries(work())) {
        parts[part] = (parts[part] ?? 0) + seconds;
        total += seconds;
      }
      this.probe();
      times++;
    }
    const roof = Object.fromEntries(Object.entries(this.sums).map(([name, sum]) => [name, sum.work / sum.seconds]));
    return Object.fromEntries(Object.entries(parts).map(([part, sum]) => [part, {seconds: sum / times, roof}]));
  }

  /** Opens a PDB file; residues. */
  open(text) {
    const bytes = new TextEncoder().encode(text);
    this.structure = this.lend(bytes, (at) => this.handle(this.c.weft_structure_parse(at, bytes.length)));
    this.length = this.c.weft_structure_length(this.structure);
    return this.length;
  }

  /** The encoder, and the decoder's terms that all samples share; its states stay for decode and score. */
  encode() {
    const {c} = this;
    const layers = c.weft_model_number(this.model, ENCODER_LAYERS);
    const times = this.between(() => {
      c.weft_encoding_free(this.encoding);
      this.encoding = this.handle(c.weft_encoding_open(this.model, this.structure, 0));
      const step = () => this.check(c.weft_encoding_step(this.encoding)) === MORE;
      const encode = this.clock(() => step() && c.weft_encoding_number(this.encoding, LAYERS_DONE) < layers);
      const shared = this.clock(step);
      return {encode, shared};
    });
    const width = (what) => c.weft_model_number(this.model, what);
    const neighbors = c.weft_encoding_number(this.encoding, NEIGHBORS);
    const copy = (at, count) => new Float32Array(c.memory.buffer, at >>> 0, count).slice();
    this.nodes = copy(c.weft_encoding_nodes(this.encoding), this.length * width(NODE_STRIDE));
    this.edges = copy(c.weft_encoding_edges(this.encoding), this.length * neighbors * width(EDGE_STRIDE));
    this.release();
    return times;
  }

  /** Bytes of WebAssembly memory once a run of each number of lanes has reserved its own, beside the encoding. */
  memory(list) {
    return list.map((lanes) => {
      this.withRun(DESIGN, lanes, () => undefined);
      return this.c.memory.buffer.byteLength;
    });
  }

  /** What the engine does when it has the encoder's states. */
  release() {
    const {c} = this;
    if (c.weft_encoding_release_edges) this.check(c.weft_encoding_release_edges(this.encoding));
  }

  /** A new encoding of the same states. */
  adopt() {
    const {c} = this;
    c.weft_encoding_free(this.encoding);
    this.encoding = this.lend(this.nodes, (nodes) => this.lend(this.edges, (edges) =>
      this.handle(c.weft_encoding_adopt(this.model, this.structure, 0, nodes, edges))));
    while (this.check(c.weft_encoding_step(this.encoding)) === MORE);
    this.release();
  }

  /** So many samples side by side, all residues designed. */
  decode(lanes) {
    return this.between(() => ({[`decode${lanes}`]: this.run(DESIGN, lanes)}));
  }

  /** The file's own sequence. */
  score() {
    return this.between(() => ({score: this.run(SCORE, 1)}));
  }

  run(mode, lanes) {
    this.adopt();
    return this.withRun(mode, lanes, (run) => this.clock(() => this.check(this.c.weft_run_step(run)) === MORE));
  }

  withRun(mode, lanes, use) {
    const {c} = this;
    const request = this.handle(c.weft_request_open(this.encoding));
    this.lend(new Uint8Array(this.length).fill(1), (mask) => this.check(c.weft_request_design(request, mask)));
    this.check(c.weft_request_samples(request, 1, lanes));
    const run = this.handle(c.weft_run_open(request, mode));
    const result = use(run);
    c.weft_run_free(run);
    c.weft_request_free(request);
    return result;
  }

  close() {
    this.c.weft_encoding_free(this.encoding);
    this.c.weft_structure_free(this.structure);
    this.encoding = 0;
  }

  /** Seconds of all steps up to the one that says that no more remain. */
  clock(step) {
    for (let sum = 0; ;) {
      let more = true;
      const start = performance.now(), end = start + PROBE_SECONDS * 1000;
      while (more && performance.now() < end) more = step();
      sum += (performance.now() - start) / 1000;
      if (!more) return sum;
      this.probe();
    }
  }

  lend(numbers, use) {
    const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
    const at = this.handle(this.c.api_alloc(bytes.length));
    new Uint8Array(this.c.memory.buffer, at >>> 0, bytes.length).set(bytes);
    const result = use(at);
    this.c.api_free(at);
    return result;
  }

  check(value) {
    if (value === MORE || value === DONE) return value;
    const text = new Uint8Array(this.c.memory.buffer, this.c.weft_error() >>> 0);
    throw new Error(new TextDecoder().decode(text.slice(0, text.indexOf(0))));
  }

  handle(pointer) {
    return pointer || this.check(-1);
  }
}
