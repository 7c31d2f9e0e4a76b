// SPDX-License-Identifier: MIT
//
// engine_work.js - what the class Engine does as a whole, timed; the same code in Node and on a page. It imports
// nothing.
//
//   (Engine, {weights, text, threads, count}) -> seconds

/** A new engine: weights, encoder, and the sequences, each from the end of the one before. */
export async function engineWork(Engine, {weights, text, threads, count}) {
  const times = [performance.now()];
  const mark = () => times.push(performance.now());
  const engine = await Engine.load({weights, threads});
  await engine.ready;
  mark();
  const structure = engine.parse(text);
  const encoding = await engine.encode(structure);
  mark();
  let done = 0;
  const request = {count, seed: 1, chains: 'all', design: structure.mask};
  for await (const {sequence} of engine.design(encoding, request)) done += Number(sequence.length > 0);
  mark();
  if (done !== count) throw new Error(`${done} sequences, not ${count}`);
  await engine.dispose();
  const [load, encode, design] = times.slice(1).map((time, i) => (time - times[i]) / 1000);
  return {load, encode, design};
}
