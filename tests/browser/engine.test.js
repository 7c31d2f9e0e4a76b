/* SPDX-License-Identifier: MIT
 *
 * engine.test.js - the class Engine in a real Chromium, on an empty page that imports wasm/ as it lies: the same bits
 * as natively and in Node, PyTorch's numbers, weights over a slow line, memory.
 */
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {test} from 'node:test';
import {Engine} from '../../wasm/index.js';
import {readNpy} from '../../wasm/formats/npy.js';
import {benchOfTests, skip, stored, texts, weights} from './bench_page.js';
import {inCheckout, say, structureText, TIMEOUT} from './browser.js';
import {hashes, longChain} from './in_page.js';

const TOLERANCE = {max: 1e-4, mean: 1e-5};   // of log-probabilities, tests/data/golden/README.md
const RATE = 2e6;                            // bytes a second of the slow line
const MEMORY_LIMIT = 100e6;
const WIDTH = 21;

const bench = benchOfTests();

/* The functions given to inPage are sent as text; what they name are globals of the page. */

test('same seed, same bits', {skip, timeout: TIMEOUT}, async (t) => {
    const {'3HTN': large, ...small} = texts, {'3HTN': ofLarge, ...ofSmall} = stored;
    const engine = await Engine.load({weights}), inNode = await hashes(engine, small);
    await engine.dispose();
    const inChromium = await bench.inPage(async ({url, small, large}) => {
        const engine = await Engine.load({weights: url});
        return {
            byEights: await hashes(engine, {...small, '3HTN': large}), oneByOne: await hashes(engine, small, {batch: 1})
        };
    }, {small, large});
    const {byEights, oneByOne} = inChromium, inWords = (found) => Object.values(found).join(' ');
    say(t, `native ${inWords(stored)}, Chromium by eights ${inWords(byEights)}, one by one ${inWords(oneByOne)}`);
    assert.deepEqual(inNode, ofSmall);
    assert.deepEqual(inChromium, {byEights: {...ofSmall, '3HTN': ofLarge}, oneByOne: ofSmall});
});

/** A stored case of PyTorch's, where slots are rows. */
function golden(name) {
    const folder = inCheckout(`tests/data/golden/protein_forward/${name}_v_48_020`);
    const array = (file) => readNpy(readFileSync(`${folder}/${file}.npy`)).data;
    const key = Array.from(array('randn'), (value) => Math.fround(Math.fround(1e-4) * Math.abs(value)));
    return {
        text: structureText(name), order: [...array('decoding_order')],
        sequence: Array.from(array('S'), (letter) => 'ACDEFGHIKLMNPQRSTVWYX'[letter]).join(''),
        othersOrder: [...key.keys()].sort((a, b) => key[a] - key[b] || a - b),
        mask: array('mask'),
        expected: {
            unconditional: array('logp_unconditional'), autoregressive: array('logp_teacher_forced'),
            'all-others': array('logp_conditional_all')
        }
    };
}

for (const name of ['6MRR', '5L33']) {
    test(`${name}, Chromium - PyTorch`, {skip, timeout: TIMEOUT}, async (t) => {
        const {expected, mask, ...given} = golden(name);
        const found = await bench.inPage(async ({url, ...given}) => logProbs(await Engine.load({weights: url}), given),
            given);
        for (const [mode, theirs] of Object.entries(expected)) {
            assert.equal(found[mode].length, theirs.length);
            const apart = found[mode].map((value, i) => Math.abs(value - theirs[i]))
                .filter((_, i) => mask[Math.floor(i / WIDTH)]);
            const max = apart.reduce((a, b) => Math.max(a, b)), mean = apart.reduce((a, b) => a + b) / apart.length;
            say(t, `${mode}: max ${max.toExponential(1)}, mean ${mean.toExponential(1)} over ${apart.length} values`);
            assert.ok(max <= TOLERANCE.max && mean <= TOLERANCE.mean, mode);
        }
    });
}

test('weights at 2 MB/s', {skip, timeout: TIMEOUT}, async (t) => {
    const {events, total, designed} = await bench.inPage(async ({url, model, rate, text}) => {
        const events = [];
        let came = 0;
        const began = performance.now();
        const note = (what) => events.push({what, bytes: came, ms: Math.round(performance.now() - began)});
        const response = await fetch(`${url}?rate=${rate}`);
        const counted = response.body.pipeThrough(new TransformStream({
            transform(chunk, controller) {
                came += chunk.length;
                controller.enqueue(chunk);
            },
            flush: () => note('last byte')
        }));
        const engine = await Engine.load({weights: new Response(counted), model});
        note('recognised');
        const seen = new Set();
        const encoding = await engine.encode(engine.parse(text), {
            onProgress({phase, done}) {
                if (phase !== 'encode' || seen.has(done)) return;
                seen.add(done);
                note(`${done} encoder layers final`);
            }
        });
        note('encoded');
        await engine.ready;
        note('sum checked');
        const {value} = await engine.design(encoding, {seed: 37}).next();
        note('first design');
        return {events, total: came, designed: value.sequence};
    }, {rate: RATE, text: structureText('5L33')});
    for (const {what, bytes, ms} of events) {
        say(t, `${String(ms).padStart(5)} ms, ${String(Math.floor(100 * bytes / total)).padStart(3)} %: ${what}`);
    }
    const at = (what) => events.findIndex((event) => event.what === what);
    assert.ok(at('3 encoder layers final') >= 0 && at('3 encoder layers final') < at('last byte'));
    assert.ok(events[at('3 encoder layers final')].bytes < total);
    assert.equal(designed.length, 106);
});

test('memory of 500 residues, 8 sequences side by side', {skip, timeout: TIMEOUT}, async (t) => {
    const {bytes, lengths} = await bench.inPage(async ({url, text}) => {
        const engine = await Engine.load({weights: url});
        const structure = engine.parse(longChain(text, 500));
        const encoding = await engine.encode(structure);
        const lengths = [structure.length];
        for await (const {sequence} of engine.design(encoding, {count: 16, batch: 8, seed: 1})) {
            lengths.push(sequence.length);
        }
        return {bytes: memories.map(({buffer}) => buffer.byteLength), lengths};
    }, {text: structureText('5L33')});
    say(t, `${(bytes[0] / 1e6).toFixed(1)} MB of WebAssembly memory`);
    assert.deepEqual(lengths, Array(17).fill(500));
    assert.equal(bytes.length, 1);
    assert.ok(bytes[0] < MEMORY_LIMIT);
});
