/* SPDX-License-Identifier: MIT
 *
 * memory.test.js - engine.memory: what it foretells is what a core then takes, and workers say the same.
 */
import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {test} from 'node:test';
import {Worker} from 'node:worker_threads';
import {ConstraintError, Engine} from '../../wasm/index.js';
import {longChain} from '../browser/in_page.js';
import {smallModel} from './model_file.js';

const small = smallModel({hidden: 64, neighbors: 48});
const monomer = await readFile(new URL('../data/structures/5L33.pdb', import.meta.url), 'utf8');
const script = new URL('../../wasm/worker.js', import.meta.url);
const NEAR = 0.2;   // of the estimate

/** An engine on this thread, and the memory of its core. */
async function withMemory() {
    const {instantiate} = WebAssembly;
    let memory;
    WebAssembly.instantiate = async (...args) => {
        const instance = await instantiate(...args);
        memory = instance.exports.memory;
        return instance;
    };
    const engine = await Engine.load({weights: small}).finally(() => { WebAssembly.instantiate = instantiate; });
    return {engine, bytes: () => memory.buffer.byteLength};
}

test('a run takes what was foretold', async (t) => {
    for (const [length, batch] of [[500, 1], [500, 8], [1500, 8], [2500, 1]]) {
        const {engine, bytes} = await withMemory();
        await engine.ready;
        const before = bytes(), foretold = await engine.memory(length, {batch});
        assert.equal(bytes(), before, 'nothing was reserved for the answer');
        const encoding = await engine.encode(engine.parse(longChain(monomer, length)));
        for await (const {sequence} of engine.design(encoding, {count: batch, batch, seed: 1})) assert.ok(sequence);
        t.diagnostic(`${length} residues, ${batch} side by side: ${foretold} bytes foretold, ${bytes()} taken`);
        assert.ok(Math.abs(bytes() / foretold - 1) < NEAR, `${bytes()} of ${foretold}`);
        await engine.dispose();
    }
});

test('workers foretell the same, also while they work', async () => {
    const here = await Engine.load({weights: small}), pool = await Engine.load({weights: small, threads: 2});
    const asked = [[106, {}], [106, {batch: 1}], [[500, 700], {batch: 4}], [50_000, {}]];
    const expected = await Promise.all(asked.map(([length, options]) => here.memory(length, options)));
    assert.deepEqual(await Promise.all(asked.map(([length, options]) => pool.memory(length, options))), expected);
    assert.ok(expected[1] < expected[0] && expected[0] < expected[2] && expected[3] > 1e9, String(expected));
    const encoding = await pool.encode(pool.parse(longChain(monomer, 1000)));
    const designs = pool.design(encoding, {count: 32, batch: 16, seed: 1});
    const first = designs.next().then(() => 'a design');
    assert.equal(await Promise.race([first, pool.memory(106).then(() => 'an answer')]), 'an answer');
    await first;
    await designs.return();
    await Promise.all([here.dispose(), pool.dispose()]);
});

test('an answer that a dead worker owes comes from another one', async () => {
    const workers = [];
    const worker = () => {
        const made = new Worker(script);
        workers.push(made);
        return made;
    };
    const pool = await Engine.load({weights: small, threads: 2, worker});
    const here = await Engine.load({weights: small});
    await pool.ready;
    const dying = workers[0].terminate();
    assert.equal(await pool.memory(106), await here.memory(106));
    await dying;
    assert.equal(await pool.memory(200), await here.memory(200));
    await Promise.all([here.dispose(), pool.dispose()]);
});

test('numbers that make no sense, and engines that are gone', async () => {
    for (const threads of [0, 1]) {
        const engine = await Engine.load({weights: small, threads});
        for (const length of [0, -1, 1.5, NaN, 2 ** 31, [106, 0]]) {
            await assert.rejects(engine.memory(length), ConstraintError, String(length));
        }
        await assert.rejects(engine.memory(106, {batch: 0}), ConstraintError);
        await engine.ready;
        const late = engine.memory(106).catch((error) => error);
        await engine.dispose();
        const answer = await late;
        assert.ok(answer instanceof Error || answer > 0, 'it ends');
        await assert.rejects(engine.memory(106), /disposed of/);
    }
    const none = await Engine.load();
    await assert.rejects(none.memory(106), /without weights/);
    await none.dispose();
});
