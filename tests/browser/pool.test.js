/* SPDX-License-Identifier: MIT
 *
 * pool.test.js - the engine in Web Workers, in a real Chromium: the bits do not depend on their number, a worker may
 * die at any time, a cancel is quick, and one worker's memory is small.
 */
import assert from 'node:assert/strict';
import {availableParallelism} from 'node:os';
import {test} from 'node:test';
import {spread} from '../bench/stats.mjs';
import {benchOfTests, KILLED, skip, stored, texts} from './bench_page.js';
import {say, structureText, TIMEOUT} from './browser.js';
import {longChain} from './in_page.js';

const MEMORY_LIMIT = 100e6;

const bench = benchOfTests();

/* The functions given to inPage are sent as text; what they name are globals of the page. */

for (const threads of [1, 4]) {
    test(`same seed, same bits, ${threads} in the pool`, {skip, timeout: TIMEOUT}, async (t) => {
        const found = await bench.inPage(async ({url, threads, texts}) => {
            const engine = await Engine.load({weights: url, threads});
            const {'3HTN': _, ...small} = texts;
            const found = {8: await hashes(engine, texts), 1: await hashes(engine, small, {batch: 1})};
            await engine.dispose();
            return found;
        }, {threads, texts});
        say(t, Object.entries(found[8]).map(([name, hash]) => `${name} ${hash}`).join(', '));
        assert.deepEqual(found[8], stored);
        for (const [name, hash] of Object.entries(found[1])) assert.equal(hash, stored[name]);
    });
}

test('16 sequences by one worker and by four', {skip, timeout: 2 * TIMEOUT}, async (t) => {
    const rounds = await bench.inPage(async ({url, text}) => {
        const work = async (threads) => {
            const engine = await Engine.load({weights: url, threads});
            const encoding = await engine.encode(engine.parse(text));
            return async () => {
                const began = performance.now();
                let count = 0;
                for await (const {sequence} of engine.design(encoding, {count: 16, seed: 1, chains: 'all'})) {
                    count += Number(sequence.length > 0);
                }
                if (count !== 16) throw new Error(`${count} sequences`);
                return (performance.now() - began) / 1000;
            };
        };
        const [one, four] = [await work(1), await work(4)];
        const rounds = [];
        for (let round = 0; round < 4; round++) rounds.push([await one(), await four()]);
        return rounds.slice(1);   // the first one starts workers
    }, {text: structureText('3HTN')});
    const [one, four, ratio] = [([a]) => a, ([, b]) => b, ([a, b]) => a / b]
        .map((each) => spread(rounds.map(each)).median);
    say(t, `${one.toFixed(2)} s and ${four.toFixed(2)} s: ${ratio.toFixed(2)} times the throughput on `
        + `${availableParallelism()} cores, medians of ${rounds.length} rounds`);
});

test('memory of one worker, 500 residues, 8 sequences side by side', {skip, timeout: TIMEOUT}, async (t) => {
    const {bytes, count} = await bench.inPage(async ({url, text}) => {
        const engine = await Engine.load({
            weights: url, threads: 1, worker: () => new Worker('/tests/measured_worker.js', {type: 'module'})
        });
        const encoding = await engine.encode(engine.parse(longChain(text, 500)));
        let count = 0;
        for await (const {sequence} of engine.design(encoding, {count: 16, batch: 8, seed: 1})) {
            count += Number(sequence.length === 500);
        }
        return {bytes: await workers('memories.map(({buffer}) => buffer.byteLength)'), count};
    }, {text: structureText('5L33')});
    say(t, `${bytes.flat().map((each) => (each / 1e6).toFixed(1)).join(', ')} MB of WebAssembly memory`);
    assert.equal(count, 16);
    assert.equal(bytes.flat().length, 1);
    assert.ok(bytes[0][0] < MEMORY_LIMIT);
});

const deaths = {crashes: `setTimeout(() => { throw new Error('${KILLED}'); })`, 'falls silent': 'close()'};
for (const [how, code] of Object.entries(deaths)) {
    test(`a worker that ${how} is replaced and its work done again`, {skip, timeout: TIMEOUT}, async (t) => {
        const {hash, whole, when, ms} = await bench.inPage(async ({url, text, code}) => {
            const engine = await Engine.load({weights: url, threads: 2});
            const encoding = await engine.encode(engine.parse(text));
            const design = async (onFirst) => {
                const found = [];
                const request = {count: 120, batch: 4, seed: 3};
                for await (const {sample, sequence, score} of engine.design(encoding, request)) {
                    found.push(`${sample} ${sequence} ${score}`);
                    if (found.length === 8) await onFirst?.(found);
                }
                return found.join('\n');
            };
            const whole = await design();
            const began = performance.now();
            let when = 0;
            const hash = await design(async () => {
                when = performance.now() - began;
                await workers(code, 0);
            });
            return {hash, whole, when, ms: performance.now() - began};
        }, {text: structureText('6MRR'), code});
        say(t, `killed after ${Math.round(when)} ms, all 120 after ${Math.round(ms)} ms`);
        assert.equal(hash, whole);
    });
}

test('a cancel while four workers run', {skip, timeout: TIMEOUT}, async (t) => {
    const {name, ms, again} = await bench.inPage(async ({url, text}) => {
        const engine = await Engine.load({weights: url, threads: 4});
        const encoding = await engine.encode(engine.parse(text));
        const controller = new AbortController();
        let clicked = 0, name = 'none';
        try {
            const request = {count: 500, seed: 1, signal: controller.signal, chains: 'all'};
            for await (const {sample} of engine.design(encoding, request)) {
                if (sample === 1) {
                    setTimeout(() => {
                        clicked = performance.now();
                        controller.abort();
                    }, 50);
                }
            }
        } catch (error) {
            name = error.name;
        }
        const ms = performance.now() - clicked;
        let again = 0;
        for await (const {sequence} of engine.design(encoding, {count: 3, seed: 1, chains: 'all'})) {
            again += Number(sequence.length > 0);
        }
        return {name, ms, again};
    }, {text: structureText('3HTN')});
    say(t, `answered after ${ms.toFixed(1)} ms`);
    assert.equal(name, 'AbortError');
    assert.equal(again, 3);
    assert.ok(ms < 2000);
});
