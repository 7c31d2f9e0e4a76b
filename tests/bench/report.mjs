// SPDX-License-Identifier: MIT
//
// report.mjs - from samples to medians, and from medians to a table.
//
//   summary(about, series) -> report, plain data      print(report)
//
// A time is given in microseconds a residue (and a sequence), with its quartiles, and as a multiple of what an ideal
// implementation reaches on a machine of 47.6 GFLOP/s: there the bare tile, one decoder layer of one residue and the
// stages were measured once, and here they are scaled by peak, by tile and by layer of the same moment.

import {fit, spread} from './stats.mjs';

/** The ideal: microseconds a residue. A score passes the same layers as a decoded sequence. */
const REACHABLE = {
  node: {peak: 47.6e9, tile: 41e9, layer: 1e6 / 65.7, encode: 873, shared: 117, decode: 199, score: 199},
  chromium: {peak: 47.6e9, tile: 45.5e9, layer: 1e6 / 64.5, encode: 800, shared: 106, decode: 195, score: 195},
};
const SCALES = ['peak', 'tile', 'layer'];
const MB = 2 ** 20, GIGA = 1e9, MICRO = 1e6;
const NEAR = 300, MIDDLE = 358, FAR = 3000;   // lengths whose cost a residue is compared

const lanesOf = (stage) => Number(/\d+$/.exec(stage)?.[0] ?? 1);
const wordOf = (stage) => stage.replace(/\d+$/, '');

// ---- Medians ------------------------------------------------------------------------------------------------

/** Seconds a residue and sequence of a sample. */
const each = ({stage, length}, {seconds}) => seconds / length / lanesOf(stage);

/** The same in units of one layer of one residue, measured beside it: what machine and moment do cancels out. */
const inLayers = (one, sample) => each(one, sample) * sample.roof.layer;

function stageOf(one, kind) {
  const ideal = REACHABLE[kind];
  const per = (of) => spread(one.samples.map(of));
  const times = (scale) => per((sample) =>
    (each(one, sample) * MICRO) / ((ideal[wordOf(one.stage)] * ideal[scale]) / sample.roof[scale])).median;
  return {
    ...one,
    microseconds: per((sample) => each(one, sample) * MICRO),
    times: Object.fromEntries(SCALES.map((scale) => [scale, times(scale)])),
    residuesPerSecond: 1 / per((sample) => each(one, sample)).median,
    sequencesPerSecond: 1 / per((sample) => each(one, sample) * one.length).median,
  };
}

/** Ratio of two series, round by round. */
function ratio(one, other) {
  if (!one || !other) return null;
  const rounds = Math.min(one.samples.length, other.samples.length);
  const costs = (of) => of.samples.slice(0, rounds).map((sample) => inLayers(of, sample));
  const [above, below] = [costs(one), costs(other)];
  return spread(above.map((cost, i) => cost / below[i]));
}

/** A series of the length between two others, of straight lines between their times a residue. */
function between(low, high, length) {
  if (!low || !high) return null;
  const share = (length - low.length) / (high.length - low.length);
  const rounds = Math.min(low.samples.length, high.samples.length);
  const samples = Array.from({length: rounds}, (_, i) => {
    const [a, b] = [inLayers(low, low.samples[i]), inLayers(high, high.samples[i])];
    return {seconds: (a + (b - a) * share) * length * lanesOf(low.stage), roof: {layer: 1}};
  });
  return {stage: low.stage, length, samples};
}

function ratiosOf(stages) {
  const find = (stage, length) => stages.find((one) => one.stage === stage && one.length === length);
  const names = [...new Set(stages.map(({stage}) => stage))];
  const lengths = [...new Set(stages.map(({length}) => length))];
  const found = [];
  const add = (what, length, value) => value && found.push({what, length, ...value});
  for (const length of lengths) {
    add('a sequence, batch 1 over 8', length, ratio(find('decode1', length), find('decode8', length)));
    add('a sequence, batch 8 over 64', length, ratio(find('decode8', length), find('decode64', length)));
  }
  for (const stage of names) {
    const far = find(stage, FAR), near = between(find(stage, 198), find(stage, MIDDLE), NEAR);
    add(`a residue, ${stage}, ${FAR} over ${NEAR}`, FAR, ratio(far, near));
    add(`a residue, ${stage}, ${FAR} over ${MIDDLE}`, FAR, ratio(far, find(stage, MIDDLE)));
  }
  return found;
}

/** Every stage over the same of another module. */
function changesOf(stages, others, name) {
  return stages.map((one) => {
    const other = others.find(({stage, length}) => stage === one.stage && length === one.length);
    return {what: `${one.stage} over that of ${name}`, length: one.length, ...ratio(one, other)};
  });
}

/** In seconds of a moment at which a layer took its median time. */
function fitsOf(stages) {
  const layer = spread(stages.flatMap(({samples}) => samples.map(({roof}) => 1 / roof.layer))).median;
  return [...new Set(stages.map(({stage}) => stage))].map((stage) => {
    const points = stages.filter((one) => one.stage === stage).map((one) => ({
      x: one.length, y: spread(one.samples.map((sample) => inLayers(one, sample))).median * layer * one.length,
    }));
    return points.length > 2 ? {stage, ...fit(points)} : null;
  }).filter(Boolean);
}

export function summary(about, series) {
  const stagesOf = ({name, kind}) => series.filter(({runtime, stage}) => runtime === name && stage)
    .map((one) => stageOf(one, kind));
  const runtimes = about.runtimes.map(({name, kind}) => {
    const its = series.filter(({runtime}) => runtime === name);
    const stages = stagesOf({name, kind});
    const first = about.runtimes.find((other) => other.kind === kind);   // of several modules
    const compared = first.name === name ? [] : changesOf(stages, stagesOf(first), first.name);
    const samples = stages.flatMap((one) => one.samples);
    const roof = samples.length && Object.fromEntries(SCALES.map((scale) =>
      [scale, spread(samples.map((sample) => sample.roof[scale]))]));
    const seconds = (one) => ({...one, seconds: spread(one.samples.map((sample) => sample.seconds))});
    return {
      name, kind, roof, stages, ratios: [...compared, ...ratiosOf(stages)], fits: stages.length ? fitsOf(stages) : [],
      memory: its.filter(({memory}) => memory),
      threads: its.filter(({threads}) => threads !== undefined).map(seconds),
      whole: its.filter(({whole}) => whole).map(seconds),
    };
  });
  const peers = series.filter(({peer}) => peer).map((one) => ({
    ...one,
    ...Object.fromEntries(['encode', 'decode', 'seconds'].map((part) =>
      [part, spread(one.samples.map((sample) => sample[part]))])),
    ours: Object.fromEntries(runtimes.map(({name, stages}) => [name, oursOf(stages, one)])),
  }));
  return {...about, runtimes, peers};
}

/** Medians of our own seconds for what a peer did, or null where a part is missing. */
function oursOf(stages, {length, lanes}) {
  const median = (stage) => {
    const one = stages.find((its) => its.length === length && its.stage === stage);
    return one ? spread(one.samples.map(({seconds}) => seconds)).median : NaN;
  };
  const encode = median('encode') + median('shared'), decode = median(`decode${lanes}`);
  return Number.isNaN(encode + decode) ? null : {encode, decode, seconds: encode + decode};
}

// ---- The table ----------------------------------------------------------------------------------------------

const right = (value, width, digits = 0) => value.toFixed(digits).padStart(width);
const range = ({low, high}, digits) => `${low.toFixed(digits)}..${high.toFixed(digits)}`;
const withRange = (value, width, digits) => `${right(value.median, width, digits)} (${range(value, digits)})`;

const TITLES = {
  encode: 'encoder', shared: 'decoder terms shared by all sequences', score: 'score of one sequence',
};
const titleOf = (stage) => TITLES[stage] ?? `decoding, batch ${lanesOf(stage)}`;

function cell(one) {
  if (!one) return ''.padEnd(52);
  const {microseconds, times, stage} = one;
  const speed = wordOf(stage) === 'decode' || stage === 'score'
    ? `${one.sequencesPerSecond.toPrecision(3)}/s` : `${one.residuesPerSecond.toFixed(0)}/s`;
  return [
    right(microseconds.median, 6), ` (${range(microseconds)})`.padEnd(14),
    ...SCALES.map((scale) => right(times[scale], 6, 2)), speed.padStart(10), ` r${microseconds.rounds}`,
  ].join('').padEnd(52);
}

function printStages(runtimes) {
  const names = [...new Set(runtimes.flatMap(({stages}) => stages.map(({stage}) => stage)))];
  for (const name of names) {
    const unit = wordOf(name) === 'decode' || name === 'score' ? 'sequences/s' : 'residues/s';
    const columns = `us a residue (quartiles), times the reachable by ${SCALES.join(', ')}; ${unit}; rounds`;
    console.log(`\n${titleOf(name)}: ${columns}`);
    console.log(`residues  ${runtimes.map(({name: its}) => its.padEnd(52)).join('  ')}`.trimEnd());
    const lengths = [...new Set(runtimes.flatMap(({stages}) => stages.map(({length}) => length)))];
    for (const length of lengths) {
      const cells = runtimes.map(({stages}) =>
        cell(stages.find((one) => one.stage === name && one.length === length)));
      console.log(`${right(length, 8)}  ${cells.join('  ')}`.trimEnd());
    }
  }
}

function printRoof({name, roof}) {
  if (!roof) return;
  const [peak, tile] = ['peak', 'tile'].map((scale) => {
    const {median, low, high} = roof[scale];
    return withRange({median: median / GIGA, low: low / GIGA, high: high / GIGA}, 0, 1);
  });
  const {median, low, high} = roof.layer;
  const layer = withRange({median: MICRO / median, low: MICRO / high, high: MICRO / low}, 0, 1);
  console.log(`${name}: peak ${peak} GFLOP/s, tile ${tile} GFLOP/s, one layer of one residue ${layer} us`);
}

function printMemory({name, memory}) {
  for (const length of new Set(memory.map((one) => one.length))) {
    const cells = memory.filter((one) => one.length === length).map(({memory: lanes, samples: [{bytes}]}) =>
      `batch ${lanes} ${(bytes / MB).toFixed(1)}`);
    console.log(`${right(length, 8)}  ${cells.join(', ')}   ${name}`);
  }
}

function printRest(runtimes) {
  const any = (part) => runtimes.some((runtime) => runtime[part].length);
  if (any('memory')) console.log('\nWebAssembly memory of weights, encoding and a run, MiB');
  runtimes.forEach(printMemory);
  if (any('fits')) {
    console.log('\na + b L, of one sequence, least squares of relative errors; times in layers measured beside them');
  }
  for (const {name, fits} of runtimes) {
    for (const {stage, a, b, worst} of fits) {
      const line = `a ${(a * 1000).toFixed(2)} ms, b ${(b * MICRO).toFixed(1)} us`;
      console.log(`  ${titleOf(stage)}: ${line}, within ${(worst * 100).toFixed(1)} %   ${name}`);
    }
  }
  if (any('ratios')) console.log('\nratios of times, each in layers measured beside it (quartiles)');
  for (const {name, ratios} of runtimes) {
    for (const what of new Set(ratios.map((one) => one.what))) {
      const cells = ratios.filter((one) => one.what === what).map((one) => `L ${one.length} ${withRange(one, 0, 2)}`);
      console.log(`  ${what}: ${cells.join(', ')}   ${name}`);
    }
  }
  if (any('threads')) console.log('\nby threads, class Engine');
  for (const {name, threads} of runtimes) {
    for (const one of threads) {
      const rate = (one.count / one.seconds.median).toFixed(2);
      console.log(`  ${one.threads} threads, ${one.count} sequences of ${one.length}: ${rate} sequences/s, `
        + `${withRange(one.seconds, 0, 2)} s   ${name}`);
    }
  }
  if (any('whole')) console.log('\nend to end: a process of the command line in Node, an empty page in Chromium');
  for (const {name, whole} of runtimes) {
    for (const one of whole) {
      const bytes = one.samples.at(-1).bytes;
      const peak = bytes ? `, peak memory ${(bytes / MB).toFixed(0)} MiB` : '';
      console.log(`  ${one.whole} of ${one.length} residues: ${withRange(one.seconds, 0, 2)} s${peak}   ${name}`);
    }
  }
}

function printPeers(peers) {
  if (peers.length) console.log('\npeers: seconds to encode + to decode all sequences; their total over ours');
  for (const {peer, length, lanes, encode, decode, ours, samples} of peers) {
    const over = Object.entries(ours).filter(([, its]) => its).map(([name, its]) =>
      `${((encode.median + decode.median) / its.seconds).toFixed(2)}x ${name}`);
    console.log(`  ${peer}, ${length} residues, ${lanes} sequences: ${encode.median.toFixed(3)} + `
      + `${decode.median.toFixed(3)} s; ${over.join(', ')}; ${samples.length} rounds`);
  }
}

export function print({machine, cores, rounds, runtimes, peers}) {
  console.log(`${machine}, ${cores} cores; at most ${rounds} rounds; medians and quartiles`);
  runtimes.forEach(printRoof);
  printStages(runtimes);
  printRest(runtimes);
  printPeers(peers);
}
