// SPDX-License-Identifier: MIT
//
// runtimes.mjs - where the stages run: this Node, and a worker of a page in headless Chromium.
//
//   openNode, openChromium({wasm, roof, weights}) -> {name, kind, call(method, ...arguments), engine, whole, close}
//
// call reaches the Meter of measure.js. engine and whole run the class Engine: whole counts from nothing to the last
// sequence, which is the process of the command line in Node and an empty page in Chromium.

import {spawn} from 'node:child_process';
import {readFile} from 'node:fs/promises';
import {availableParallelism} from 'node:os';
import {basename, dirname} from 'node:path';
import {fastCore} from '../../wasm/fast.js';
import {Engine} from '../../wasm/index.js';
import {inCheckout, launch, serve} from '../browser/browser.js';
import {engineWork} from './engine_work.js';
import {openMeter} from './measure.js';

const ISOLATED = {'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp'};

export async function openNode({wasm, roof, weights}) {
  await fastCore();   // which lets this Node take the instructions of the fast core
  const [wasmBytes, roofBytes, bytes] = await Promise.all([wasm, roof, weights].map((file) => readFile(file)));
  const meter = await openMeter({wasm: wasmBytes, roof: roofBytes, weights: bytes});
  return {
    name: `node ${process.versions.node}`,
    kind: 'node',
    call: async (method, ...given) => meter[method](...given),
    engine: (work) => engineWork(Engine, {weights, ...work}),
    whole: ({file, count}) => commandLine(file, count),
    close: async () => undefined,
  };
}

// The child says at its end how much memory it had at most, in kilobytes.
const TELL = 'process.on("exit", () => process.stderr.write("\\npeak " + process.resourceUsage().maxRSS + "\\n"))';

async function commandLine(file, count) {
  const cli = inCheckout('wasm/cli.js');
  const start = performance.now();
  const child = spawn(process.execPath, [
    '--import', `data:text/javascript,${encodeURIComponent(TELL)}`, cli, 'design', file, '-n', String(count),
    '-s', '1', '--chains', 'all',
  ]);
  const said = {stdout: '', stderr: ''};
  for (const stream of Object.keys(said)) child[stream].on('data', (data) => { said[stream] += data; });
  const status = await new Promise((resolve) => { child.on('close', resolve); });
  const seconds = (performance.now() - start) / 1000;
  const found = said.stdout.split('\n').filter((line) => line.startsWith('>')).length;
  if (status !== 0 || found < count) throw new Error(`weft design ended with ${status}: ${said.stderr}`);
  return {seconds, bytes: 1024 * Number(/peak (\d+)\n/.exec(said.stderr)[1])};
}

export async function openChromium({wasm, roof, weights}) {
  const server = await serve({
    '/wasm/': inCheckout('wasm'), '/bench/': inCheckout('tests/bench'), '/blank/': inCheckout('tests/browser'),
    '/module/': dirname(wasm), '/roof/': dirname(roof), '/weights/': dirname(weights),
  }, ISOLATED);
  const browser = await launch();
  const blank = `${server.origin}/blank/blank.html`;
  const urls = {wasm: `/module/${basename(wasm)}`, roof: `/roof/${basename(roof)}`};
  const url = `/weights/${basename(weights)}`;
  const page = await browser.newPage();
  await page.goto(blank);
  const [worker] = await Promise.all([
    page.waitForEvent('worker'),
    page.evaluate(() => { globalThis.kept = new Worker('/bench/worker.js', {type: 'module'}); }),
  ]);
  await worker.evaluate(async (what) => {
    const {openMeterAt} = await import('/bench/worker.js');
    await openMeterAt(what);
  }, {...urls, weights: url});
  return {
    name: `chromium ${browser.version()}`,
    kind: 'chromium',
    call: (method, ...given) => worker.evaluate(([name, list]) => globalThis.meter[name](...list), [method, given]),
    engine: (work) => page.evaluate(onPage, {weights: url, ...work}),
    async whole({file, count}) {
      const text = await readFile(file, 'utf8');
      const start = performance.now();
      const fresh = await browser.newPage();
      await fresh.goto(blank);
      await fresh.evaluate(onPage, {weights: url, text, count, threads: availableParallelism()});
      const seconds = (performance.now() - start) / 1000;
      await fresh.close();
      return {seconds};
    },
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

/** Sent to the page as text. */
async function onPage(work) {
  const [{Engine: its}, {engineWork: run}] = await Promise.all([
    import('/wasm/index.js'), import('/bench/engine_work.js'),
  ]);
  return run(its, work);
}
