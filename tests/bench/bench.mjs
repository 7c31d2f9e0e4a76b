// SPDX-License-Identifier: MIT
//
// bench.mjs - where the time goes, stage by stage, in Node and in headless Chromium, beside what the machine gives.
//
//   ./build.sh bench [OPTIONS]   ->   a table, and with --json FILE all samples
//
//   --rounds N           interleaved rounds over everything [5]
//   --budget SECONDS     a measurement drops out of later rounds when it would take more than that in all [30]
//   --only LIST          of encode, decode, score, threads, whole [all]
//   --lengths LIST       of the structures [68,106,198,358,499,955,3000]
//   --lanes LIST         sequences side by side [1,8,64]
//   --runtimes LIST      of node, chromium [both]
//   --wasm FILE          a weft.wasm in place of the built one; several are compared, round by round
//   --fast               also the fast core, weft-fast.wasm
//   --peers              also PyTorch and ONNX Runtime Web (tests/bench/peers)
//   --short              one small structure, one round: seconds
//   --json FILE
//
// Stages are timed on one thread through the C API (measure.js), the rest through the class Engine and the command
// line. roof.c is measured before and after every time; report.mjs says what the table holds.

import {mkdir, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {availableParallelism, cpus, tmpdir} from 'node:os';
import {basename, dirname, resolve} from 'node:path';
import {parseArgs} from 'node:util';
import {cache, executable, inCheckout} from '../browser/browser.js';
import {longChain} from '../browser/in_page.js';
import {print, summary} from './report.mjs';
import {openChromium, openNode} from './runtimes.mjs';

const text = {type: 'string'}, flag = {type: 'boolean'};
const {values: options, positionals: [weights, roof]} = parseArgs({
  allowPositionals: true,
  options: {
    rounds: text, budget: text, only: text, lengths: text, lanes: text, runtimes: text, json: text, peers: flag,
    fast: flag, short: flag, wasm: {...text, multiple: true},
  },
});
const LONG = 3000;
const all = options.short
  ? {rounds: 1, lengths: '68', lanes: '1,8', threads: [0, 1], samples: 2, threadsLength: 68, counts: [1]}
  : {
    rounds: 5, lengths: `68,106,198,358,499,955,${LONG}`, lanes: '1,8,64', threads: [0, 1, 2, 4], samples: 16,
    threadsLength: 358, counts: [1, 8],
  };
const list = (value) => value.split(',').filter(Boolean);
const rounds = Number(options.rounds ?? all.rounds), budget = Number(options.budget ?? 30);
const lanes = list(options.lanes ?? all.lanes).map(Number);
const only = new Set(list(options.only ?? 'encode,decode,score,threads,whole'));
const say = (line) => process.stderr.write(`${line}\n`);

// ---- Structures ---------------------------------------------------------------------------------------------

const FOLDER = inCheckout('tests/bench/structures');
const PIECE = '5L33';   // what the long chain is made of, and what the command line designs

const temporary = await mkdtemp(`${tmpdir()}/weft-bench-`);

async function structuresOf(lengths) {
  const files = (await readdir(FOLDER)).filter((file) => file.endsWith('.pdb')).sort();
  const found = await Promise.all(files.map(async (file) => {
    const [, length, name] = /^L(\d+)_(\w+)\.pdb$/.exec(file);
    const path = `${FOLDER}/${file}`;
    return {name, length: Number(length), pdb: await readFile(path, 'utf8'), file: path};
  }));
  const piece = found.find(({name}) => name === PIECE);
  const long = {
    name: `${piece.name} repeated`, length: LONG, pdb: longChain(piece.pdb, LONG), file: `${temporary}/long.pdb`,
  };
  await writeFile(long.file, long.pdb);
  found.push(long);
  const chosen = found.filter(({length}) => lengths.includes(length));
  if (chosen.length !== lengths.length) throw new Error(`there are: ${found.map(({length}) => length).join(', ')}`);
  return {structures: chosen, piece, middle: found.find(({length}) => length === all.threadsLength)};
}

// ---- What is measured ---------------------------------------------------------------------------------------

/** Every series of samples, by its name. @type {Map<string, object>} */
const series = new Map();

/** Whether there is time for another sample. */
function due(what) {
  const samples = series.get(JSON.stringify(what))?.samples ?? [];
  const took = samples.map(({took: each, seconds}) => each ?? seconds);
  return !took.length || took.reduce((a, b) => a + b) + took.at(-1) <= budget;
}

function keep(what, sample) {
  const key = JSON.stringify(what);
  if (!series.has(key)) series.set(key, {...what, samples: []});
  series.get(key).samples.push(sample);
}

async function stagesOf(runtime, {name, length, pdb}, round) {
  const stages = [
    ...(only.has('decode') ? lanes.map((count) => [`decode${count}`, 'decode', count]) : []),
    ...(only.has('score') ? [['score', 'score']] : []),
  ];
  const what = (stage) => ({runtime: runtime.name, stage, structure: name, length});
  const wanted = stages.filter(([stage]) => due(what(stage)));
  if (!wanted.length && !(only.has('encode') && due(what('encode')))) return;
  if (round === 0) await runtime.call('renew');   // so that its memory is that of this structure
  const found = await runtime.call('open', pdb);
  if (found !== length) throw new Error(`${name} has ${found} residues, not ${length}`);
  const add = (samples) => {
    for (const [stage, sample] of Object.entries(samples)) keep(what(stage), {round, ...sample});
  };
  add(await runtime.call('encode'));
  if (round === 0) {
    const bytes = await runtime.call('memory', lanes);
    lanes.forEach((count, i) => keep({runtime: runtime.name, memory: count, length}, {round, bytes: bytes[i]}));
  }
  for (const [, method, ...given] of wanted) add(await runtime.call(method, ...given));
  await runtime.call('close');
}

const PEER_MOST = 8000;   // residues of all sequences: with more, a peer takes minutes and many gigabytes

async function peerOf(peer, {name, length, file}, round) {
  for (const count of lanes.filter((each) => each * length <= PEER_MOST)) {
    const what = {peer: peer.name, lanes: count, structure: name, length};
    if (!due(what)) continue;
    try {
      const {encode, decode} = await peer.run({pdb: file, lanes: count});
      keep(what, {round, encode, decode, seconds: encode + decode});
    } catch (error) {   // such as too little memory
      say(`${peer.name}, ${length} residues, ${count} sequences: ${error.message}`);
    }
  }
}

async function threadsOf(runtime, {pdb, length}, round) {
  for (const threads of all.threads) {
    const what = {runtime: runtime.name, threads, length, count: all.samples};
    if (!due(what)) continue;
    const {load, encode, design} = await runtime.engine({text: pdb, threads, count: all.samples});
    keep(what, {round, load, encode, seconds: design, took: load + encode + design});
  }
}

async function wholeOf(runtime, {file, length}, round) {
  for (const count of all.counts) {
    const what = {runtime: runtime.name, whole: count, length};
    if (due(what)) keep(what, {round, ...await runtime.whole({file, count})});
  }
}

// ---- The run ------------------------------------------------------------------------------------------------

async function openRuntimes(kinds) {
  const runtimes = [];
  const built = (options.fast ? ['weft', 'weft-fast'] : ['weft']).map((name) => inCheckout(`wasm/dist/${name}.wasm`));
  const files = options.wasm ?? built;
  if (kinds.includes('chromium') && !executable) say('no chromium on this machine: Node alone');
  for (const kind of kinds) {
    if (kind === 'chromium' && !executable) continue;
    for (const file of files) {
      const runtime = await {node: openNode, chromium: openChromium}[kind]({wasm: resolve(file), roof, weights});
      if (files.length > 1) runtime.name += ` ${basename(dirname(resolve(file)))}/${basename(file)}`;
      runtime.built = file === built[0];   // which is the one that the Engine takes
      runtimes.push(runtime);
    }
  }
  return runtimes;
}

async function openAllPeers() {
  if (!options.peers) return [];
  const {openPeers} = await import('./peers/index.mjs');
  return openPeers({weights, cache, say});
}

const turned = (things, by) => things.map((_, i) => things[(i + by) % things.length]);

async function measure({structures, piece, middle}, runtimes, peers) {
  const whole = runtimes.filter(({built}) => built);
  for (let round = 0; round < rounds; round++) {
    for (const structure of structures) {
      say(`round ${round + 1} of ${rounds}: ${structure.length} residues`);
      if (['encode', 'decode', 'score'].some((stage) => only.has(stage))) {
        for (const runtime of turned(runtimes, round)) await stagesOf(runtime, structure, round);
      }
      for (const peer of peers) await peerOf(peer, structure, round);
    }
    for (const runtime of turned(whole, round)) {
      if (only.has('threads')) await threadsOf(runtime, middle, round);
      if (only.has('whole')) await wholeOf(runtime, piece, round);
    }
  }
}

const chosen = await structuresOf(list(options.lengths ?? all.lengths).map(Number));
const runtimes = await openRuntimes(list(options.runtimes ?? 'node,chromium'));
const peers = await openAllPeers();
try {
  await measure(chosen, runtimes, peers);
} finally {   // what was measured before a failure is shown as well
  await Promise.allSettled([...runtimes, ...peers].map((each) => each.close()));
  await rm(temporary, {recursive: true});
  const report = summary({
    date: new Date().toISOString(), machine: cpus()[0].model.trim(), cores: availableParallelism(), rounds, budget,
    runtimes: runtimes.map(({name, kind}) => ({name, kind})),
  }, [...series.values()]);
  print(report);
  if (options.json) {
    await mkdir(dirname(resolve(options.json)), {recursive: true});
    await writeFile(options.json, `${JSON.stringify(report, null, 1)}\n`);
  }
}
