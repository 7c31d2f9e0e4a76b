/* SPDX-License-Identifier: MIT
 *
 * faults.test.js - engines whose memory is short, and workers whose core traps: errors with a name, and the work after
 * them the same to the last bit.
 *
 *   weft.wasm --a lower limit in its memory section--> failures to allocate      a call of `unreachable` --> traps
 */
import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {after, test} from 'node:test';
import {Worker} from 'node:worker_threads';
import {Engine, OutOfMemoryError} from '../../wasm/index.js';
import {longChain} from '../browser/in_page.js';
import {smallModel} from './model_file.js';

const file = (name) => readFileSync(new URL(`../data/structures/${name}`, import.meta.url), 'utf8');
const monomer = file('6MRR.pdb'), other = file('5L33.pdb');
const weights = smallModel(), wide = smallModel({hidden: 64, neighbors: 48});
const built = readFileSync(new URL('../../wasm/dist/weft.wasm', import.meta.url));
const script = new URL('../../wasm/worker.js', import.meta.url).href;
const MiB = 2 ** 20, PAGE = 2 ** 16, MEMORY_SECTION = 5;

/** An unsigned LEB128 number: [value, offset after it]. */
function leb(bytes, at) {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
        const byte = bytes[at++];
        value += (byte & 0x7f) * 2 ** shift;
        if (byte < 0x80) return [value, at];
    }
}

/** The module with another limit to its memory, in bytes. */
function limited(most) {
    const bytes = Uint8Array.from(built);
    for (let at = 8; at < bytes.length;) {
        const section = bytes[at], [size, begin] = leb(bytes, at + 1);
        at = begin + size;
        if (section !== MEMORY_SECTION) continue;
        const [, first] = leb(bytes, begin + 2);   // a count of 1, flags, the pages at the start
        const [before, end] = leb(bytes, first);
        assert.deepEqual([bytes[begin], bytes[begin + 1], before, end - first], [1, 1, 65536, 3]);
        const pages = Math.ceil(most / PAGE);
        bytes.set([pages & 0x7f | 0x80, pages >> 7 & 0x7f | 0x80, pages >> 14], first);
        return bytes;
    }
    throw new Error('the module has no memory');
}

/** A module whose one function, t, is `unreachable`. */
const UNREACHABLE = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 0x74, 0, 0, 10, 5, 1,
    3, 0, 0, 0x0b];

/** Workers that keep to the script, but whose core traps once they are told, or from a file of a length on. */
function crew(poison = 0) {
    const workers = [], code = `
        const {parentPort} = require('node:worker_threads'), {instantiate} = WebAssembly;
        const on = parentPort.on.bind(parentPort), post = parentPort.postMessage.bind(parentPort);
        const {t: trap} = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.of(${UNREACHABLE}))).exports;
        let broken = false, ready;
        const isReady = new Promise((resolve) => { ready = resolve; });
        WebAssembly.instantiate = async (...args) => {
            const {exports} = await instantiate(...args);
            return {exports: Object.fromEntries(Object.entries(exports).map(([name, value]) =>
                [name, typeof value === 'function' ? (...some) => (broken ? trap() : value(...some)) : value]))};
        };
        parentPort.postMessage = (message, transfer) => {
            if (message.type === 'ready') ready();
            post(message, transfer);
        };
        parentPort.on = (name, hear) => on(name, (message) => {
            if (message.type === 'break') return void (broken = true);
            if (message.call !== 'encode' || message.sources[0].bytes.length !== ${poison}) return hear(message);
            isReady.then(() => { broken = true; hear(message); });
        });
        import(${JSON.stringify(script)});`;
    return {workers, worker: () => workers[workers.push(new Worker(code, {eval: true})) - 1]};
}

/** Sequences and scores of some designs, as one sum. */
async function designs(engine, text, options = {}) {
    const structure = engine.parse(text), encoding = await engine.encode(structure), hash = createHash('sha256');
    try {
        for await (const {sequence, score, logProbs} of engine.design(encoding, {count: 6, seed: 4, ...options})) {
            hash.update(`${sequence} ${score}`).update(logProbs);
            await options.each?.();
        }
    } finally {
        encoding.dispose();
        structure.dispose();
    }
    return hash.digest('hex');
}

const engines = [];
after(() => Promise.all(engines.map((each) => each.dispose())));

/** An engine that goes when the tests are over. */
async function open(options) {
    engines.push(await Engine.load({weights, ...options}));
    return engines.at(-1);
}

const plain = await open();
const expected = await designs(plain, monomer), expectedOther = await designs(plain, other);
const expectedWide = await designs(await open({weights: wide}), monomer);
const outOfMemory = (error) => error instanceof OutOfMemoryError && /memory/.test(error.message);

for (const threads of [0, 2]) {
    test(`out of memory, ${threads} threads: the next design is right to the bit, as often as it happens`, async () => {
        const {workers, worker} = crew();
        const engine = await open({weights: wide, wasm: limited(32 * MiB), threads, worker});
        assert.equal(await designs(engine, monomer), expectedWide);
        const huge = engine.parse(longChain(monomer, 4000));
        for (let i = 0; i < 4; i++) {
            await assert.rejects(engine.encode(huge), outOfMemory);
            assert.equal(await designs(engine, monomer), expectedWide);
        }
        huge.dispose();
        const alive = workers.filter(({threadId}) => threadId !== -1).length;
        assert.ok(threads ? workers.length >= 5 && alive <= 2 : !workers.length, `${workers.length}, ${alive} alive`);
    });

    test(`out of memory in the middle of a request, ${threads} threads`, async () => {
        const engine = await open({wasm: limited(24 * MiB), threads, worker: crew().worker});
        const many = designs(engine, monomer, {count: 4000, batch: 4000});
        await assert.rejects(many, outOfMemory);
        assert.equal(await designs(engine, monomer), expected);
        assert.equal(await designs(engine, other), expectedOther);
    });
}

test('a file that does not fit is refused, and the engine goes on', async () => {
    const engine = await open({wasm: limited(24 * MiB)});
    assert.throws(() => engine.parse('ATOM'.padEnd(32 * MiB)), outOfMemory);
    assert.equal(await designs(engine, monomer), expected);
});

test('what does not fit beside other work in a worker is done by a fresh one', async () => {
    const long = longChain(monomer, 1500), {workers, worker} = crew();
    const wanted = await designs(plain, long, {count: 2});
    const engine = await open({wasm: limited(24 * MiB), threads: 1, worker});
    const kept = [];
    for (let i = 0; i < 6; i++) kept.push(await engine.encode(engine.parse(longChain(monomer, 600))));
    assert.equal(await designs(engine, long, {count: 2}), wanted);
    const first = [];
    for await (const {sequence} of engine.design(kept[0], {seed: 1})) first.push(sequence);
    assert.equal(first.length, 1);
    assert.ok(workers.length > 1, `${workers.length} workers`);
});

test('a worker that traps is replaced, and the results are complete and the same', {timeout: 60000}, async () => {
    const {workers, worker} = crew();
    const engine = await open({threads: 2, worker});
    let turn = 0;
    const each = () => {
        if (++turn % 8 === 3) workers.at(-1).postMessage({type: 'break'});
    };
    const options = {count: 40, batch: 1};
    assert.equal(await designs(engine, monomer, {...options, each}), await designs(plain, monomer, options));
    assert.ok(workers.length > 3, `${workers.length} workers`);
});

test('a structure on which every worker traps fails by itself', {timeout: 60000}, async () => {
    const {workers, worker} = crew(other.length);
    const engine = await open({threads: 2, worker});
    for (let i = 0; i < 3; i++) {
        const [bad, good] = await Promise.allSettled([designs(engine, other), designs(engine, monomer)]);
        assert.match(String(bad.reason), /internal fault|does not answer/);
        assert.equal(good.value, expected);
    }
    assert.ok(workers.length >= 12, `${workers.length} workers`);
});
