/* SPDX-License-Identifier: MIT
 *
 * pool.test.js - the work of an engine in workers: the same results for any number of them, whatever happens to them.
 *
 * A small network with random weights; the published one too where the cache has it.
 */
import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {createHash} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import {availableParallelism} from 'node:os';
import {test} from 'node:test';
import {promisify} from 'node:util';
import {Worker} from 'node:worker_threads';
import {modelPath} from '../../wasm/cli/store.js';
import {compileCore} from '../../wasm/heap.js';
import {packError, unpackError} from '../../wasm/errors.js';
import {ConstraintError, Engine, OutOfMemoryError, ParseError, WeightsError} from '../../wasm/index.js';
import {findModel} from '../../wasm/models.js';
import {longChain} from '../browser/in_page.js';
import {smallModel} from './model_file.js';

const wasm = await compileCore();
const small = smallModel();
const id = 'proteinmpnn_v_48_020';
const published = await readFile(modelPath(findModel(id))).catch(() => null);
const skip = published ? false : `${id} is not in the cache (weft weights get ${id} puts it there)`;
const file = (name) => readFile(new URL(`../data/structures/${name}`, import.meta.url));
const monomer = await file('6MRR.pdb');
const trimer = await file('3HTN.pdb');
const script = new URL('../../wasm/worker.js', import.meta.url);
const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

/** Sequences and the bits of all numbers, as one sum. */
function digest(designs) {
    const hash = createHash('sha256');
    for (const {sample, temperature, sequence, order, score, globalScore, logProbs, probs} of designs) {
        hash.update(sequence);
        for (const part of [Float64Array.of(sample, temperature, score, globalScore), order, logProbs, probs]) {
            hash.update(part);
        }
    }
    return hash.digest('hex').slice(0, 16);
}

/** Loads, works and disposes. */
async function withEngine(options, body) {
    const engine = await Engine.load({weights: small, wasm, ...options});
    try {
        return await body(engine);
    } finally {
        await engine.dispose();
    }
}

async function all(engine, encoding, options) {
    const designs = [];
    for await (const design of engine.design(encoding, options)) designs.push(design);
    return designs;
}

/** A factory of workers that keeps them for the test. */
function kept() {
    const workers = [];
    return {workers, worker: () => { workers.push(new Worker(script)); return workers.at(-1); }};
}

/** Everything that an engine gives for a structure, for several threads and batches. */
async function hashes(options, pdb, request) {
    const seen = [];
    for (const threads of [0, 1, 2, 4]) {
        await withEngine({...options, threads}, async (engine) => {
            const encoding = await engine.encode(engine.parse(pdb));
            for (const batch of [1, 8]) {
                const designs = await all(engine, encoding, {...request, batch});
                const scores = await engine.score(encoding, {
                    sequences: designs.slice(0, 3).map(({sequence}) => sequence), orders: 3, seed: 5, batch
                });
                const probs = [];
                for (const mode of ['unconditional', 'autoregressive']) {
                    probs.push((await engine.probs(encoding, {mode, seed: 5})).logProbs);
                }
                const rest = createHash('sha256').update(JSON.stringify(scores.map((each) =>
                    [each.sequence, each.score, each.deviation, [...each.residueScores]])));
                for (const values of probs) rest.update(values);
                const sum = `${digest(designs)} ${rest.digest('hex').slice(0, 16)}`;
                seen.push(sum);
                console.log(`# threads ${threads}, batch ${batch}: ${sum}`);
                assert.deepEqual(designs.map(({sample}) => sample), Array.from(designs, (_, i) => i % 9 + 1));
            }
        });
    }
    assert.equal(new Set(seen).size, 1);
}

test('the same bits for 0, 1, 2 and 4 threads, batch 1 and 8, delivered in order', () =>
    hashes({}, monomer, {count: 9, seed: 37, temperature: [0.2, 1]}));

test('published: the same bits for 0, 1, 2 and 4 threads, batch 1 and 8', {skip}, () =>
    hashes({weights: published}, monomer, {count: 9, seed: 37}));

test('a worker that is terminated is replaced, and the results are complete and the same', async () => {
    const request = {count: 40, seed: 3, batch: 2, chains: 'all'};
    const expected = await withEngine({}, async (engine) =>
        digest(await all(engine, await engine.encode(engine.parse(trimer)), request)));
    const {workers, worker} = kept();
    await withEngine({threads: 2, worker}, async (engine) => {
        const structure = engine.parse(trimer);
        const encode = engine.encode(structure);
        await pause(5);
        workers[0].terminate();
        const encoding = await encode;
        const designs = [];
        for await (const design of engine.design(encoding, request)) {
            designs.push(design);
            if (designs.length === 3) workers.at(-1).terminate();
            if (designs.length === 15) workers.at(-1).postMessage({type: 'call', id: NaN, call: 'run'});
        }
        assert.ok(workers.length >= 3, `${workers.length} workers`);
        assert.equal(digest(designs), expected);
    });
});

test('there are no more workers than cores, or than fit in the memory that is given', async () => {
    const most = {};
    for (const memory of [undefined, 25e6, 1]) {
        const {workers, worker} = kept();
        most[memory] = await withEngine({threads: 4, worker, memory}, async (engine) => {
            const encoding = await engine.encode(engine.parse(trimer));
            const designs = await all(engine, encoding, {count: 64, seed: 1, chains: 'all'});
            assert.equal(designs.length, 64);
            return workers.length;
        });
    }
    console.log(`# workers by memory: ${JSON.stringify(most)}`);
    const cores = Math.min(4, availableParallelism());
    assert.equal(most[undefined], cores);
    assert.ok(most[25e6] <= Math.min(3, cores));
    assert.equal(most[1], 1);
});

test('a worker that says nothing any more is replaced', {timeout: 30000}, async () => {
    const {workers, worker} = kept();
    await withEngine({threads: 1, worker}, async (engine) => {
        const encoding = await engine.encode(engine.parse(monomer));
        workers[0].postMessage = () => undefined;   // deaf, and no event tells: as browsers do it
        const [design] = await all(engine, encoding, {seed: 1});
        assert.equal(design.sample, 1);
        assert.equal(workers.length, 2);
    });
});

test('a worker that can never be started is an error', async () => {
    const worker = () => new Worker('throw new Error("no script")', {eval: true});
    await assert.rejects(Engine.load({weights: small, wasm, threads: 2, worker}), /no script/);
});

test('cancelling is answered within 100 ms, and the engine goes on', async () => {
    await withEngine({threads: 2}, async (engine) => {
        const encoding = await engine.encode(engine.parse(trimer));
        const long = engine.parse(longChain(monomer.toString(), 9000)), wide = await engine.encode(long);
        await all(engine, encoding, {count: 4, chains: 'all'});
        for (const work of [
            (signal) => all(engine, encoding, {count: 10000, chains: 'all', signal}),
            (signal) => engine.probs(wide, {mode: 'all-others', signal}),
            (signal) => engine.score(encoding, {orders: 5000, signal}),
            (signal) => engine.encode(long, {signal})
        ]) {
            const controller = new AbortController();
            const working = work(controller.signal);
            working.catch(() => undefined);
            await pause(2);
            const started = performance.now();
            controller.abort();
            await assert.rejects(working, {name: 'AbortError'}, String(work));
            const took = performance.now() - started;
            console.log(`# cancelled in ${took.toFixed(1)} ms`);
            assert.ok(took < 100, `${took} ms`);
        }
        assert.equal((await all(engine, encoding, {count: 3, chains: 'all'})).length, 3);
        for await (const design of engine.design(encoding, {count: 1000, chains: 'all'})) {
            assert.equal(design.sample, 1);
            break;
        }
        assert.equal((await all(engine, encoding, {count: 3, chains: 'all'})).length, 3);
    });
});

test('errors keep their types and places', async () => {
    for (const error of [
        new ParseError('p', 7), new ConstraintError('c', 'A1'), new WeightsError('w', 3), new OutOfMemoryError('o'),
        new DOMException('The work was cancelled.', 'AbortError'), new RangeError('r')
    ]) {
        const back = unpackError(structuredClone(packError(error)));
        assert.deepEqual([back.constructor, back.name, back.message], [error.constructor, error.name, error.message]);
        for (const key of ['line', 'token', 'record']) assert.equal(back[key], error[key]);
    }
    await assert.rejects(withEngine({threads: 1, neighbors: 0}, () => undefined), ConstraintError);
    await assert.rejects(withEngine({threads: 1, weights: new Uint8Array(5000)}, () => undefined), WeightsError);
    await withEngine({threads: 2}, async (engine) => {
        assert.throws(() => engine.parse('hello'), ParseError);
        const encoding = await engine.encode(engine.parse(monomer));
        await assert.rejects(all(engine, encoding, {fix: 'Q7'}), {name: 'ConstraintError', token: 'Q7'});
        assert.equal((await all(engine, encoding, {count: 2})).length, 2);
    });
});

test('encoding waits for weights that are withheld, and nothing is delivered before the sum is known', async () => {
    let controller;
    const stream = new ReadableStream({start(c) { controller = c; }});
    controller.enqueue(small.subarray(0, small.length - 3000));
    const engine = await Engine.load({weights: stream, wasm, threads: 2});
    const seen = [];
    const encode = engine.encode(engine.parse(monomer), {onProgress: (progress) => seen.push(progress)});
    let encoded = false;
    encode.then(() => { encoded = true; }, () => undefined);
    const design = engine.design(encode, {seed: 1}).next();
    await pause(300);
    assert.equal(encoded, false);
    assert.equal(seen.at(-1).done, 2, 'the encoder is done with what has come');
    assert.equal(engine.weights.complete, false);
    assert.throws(() => engine.saveWeights(), /not all in yet/);
    controller.enqueue(small.subarray(small.length - 3000));
    controller.close();
    assert.equal((await design).value.sample, 1);
    assert.deepEqual(Buffer.from(engine.saveWeights()), await withEngine({}, async (here) => {
        await here.ready;
        return Buffer.from(here.saveWeights());
    }));
    await engine.dispose();
});

test('weights that end early or are others than promised: everything rejects with the same error', async () => {
    const cut = await Engine.load({weights: new Blob([small.subarray(0, small.length - 5)]).stream(), wasm, threads: 2})
        .catch((error) => error);
    if (cut instanceof Engine) {
        const encode = cut.encode(cut.parse(monomer));
        const reason = await cut.ready.catch((error) => error);
        assert.ok(reason instanceof WeightsError);
        await assert.rejects(encode, (error) => error === reason);
        await cut.dispose();
    } else {
        assert.ok(cut instanceof WeightsError);
    }
    const other = await Engine.load({weights: small, wasm, threads: 1, model: id}).catch((error) => error);
    const reason = other instanceof Engine ? await other.ready.catch((error) => error) : other;
    assert.ok(reason instanceof WeightsError, String(reason));
    if (other instanceof Engine) await other.dispose();
});

test('disposing rejects what is under way and ends all workers', async () => {
    const {workers, worker} = kept();
    const engine = await Engine.load({weights: small, wasm, threads: 2, worker});
    const encoding = await engine.encode(engine.parse(trimer));
    const designs = all(engine, encoding, {count: 10000, chains: 'all'});
    designs.catch(() => undefined);
    await pause(300);
    await engine.dispose();
    await assert.rejects(designs, /disposed of/);
    assert.ok(workers.every(({threadId}) => threadId === -1));
    await assert.rejects(engine.encode(encoding.structure), /disposed of/);
    await engine.dispose();
});

test('a process ends by itself although nobody disposed', async () => {
    const code = `
        import {Engine} from './wasm/index.js';
        import {smallModel} from './tests/web/model_file.js';
        import {readFileSync} from 'node:fs';
        const engine = await Engine.load({weights: smallModel(), threads: 2});
        const encoding = await engine.encode(engine.parse(readFileSync('tests/data/structures/6MRR.pdb')));
        for await (const {sample} of engine.design(encoding, {count: 4})) console.log(sample);`;
    const cwd = new URL('../..', import.meta.url);
    const args = ['--input-type=module', '-e', code];
    const {stdout} = await promisify(execFile)(process.execPath, args, {cwd, timeout: 20000});
    assert.equal(stdout, '1\n2\n3\n4\n');
});

test('published: a download is kept by its URL, and a hit is told apart', {skip}, async () => {
    let requests = 0;
    const server = createServer((request, response) => {
        requests++;
        response.writeHead(200, {'content-length': published.length});
        response.end(published);
    });
    await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    const weights = `http://127.0.0.1:${server.address().port}/${id}.eqx`;
    for (const [threads, cache, expected] of [[0, 'none', 1], [1, 'auto', 2], [1, 'auto', 2], [0, 'none', 3]]) {
        const seen = [];
        const onProgress = (progress) => seen.push(progress);
        await withEngine({weights, threads, cache, onProgress}, (engine) => engine.ready);
        await pause(20);
        assert.equal(requests, expected);
        assert.equal(seen.at(-1).fraction, 1);
        const hit = requests === 2 && seen.at(-1).cached;
        assert.equal(Boolean(seen.at(-1).cached), Boolean(hit));
    }
    server.close();
});
