/* SPDX-License-Identifier: MIT
 *
 * engine.test.js - the class Engine on a small network with random weights: what its calls promise, whatever comes out.
 *
 * Sequences do not depend on batches, constraints are kept, everything is cancelled in time and freed, and what is
 * wrong with a request is a typed error. That the numbers are ProteinMPNN's is shown by the suite `parity`.
 */
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {after, before, test} from 'node:test';
import fc from 'fast-check';
import {ConstraintError, Engine, LETTERS, ParseError, WeightsError} from '../../wasm/index.js';
import {compileCore, Core} from '../../wasm/heap.js';
import {smallModel} from './model_file.js';

const file = (name) => readFileSync(new URL(`../data/structures/${name}`, import.meta.url));
const monomer = file('6MRR.pdb');
const trimer = file('3HTN.pdb');
const width = LETTERS.length;

/** @type {Engine} */
let engine;
let structure, encoding, complex;
before(async () => {
    engine = await Engine.load({weights: smallModel()});
    structure = engine.parse(monomer, {name: '6MRR'});
    encoding = await engine.encode(structure);
    complex = await engine.encode(engine.parse(trimer));
});
after(() => engine.dispose());

/** All designs of a request. */
async function all(options, of = encoding, by = engine) {
    const designs = [];
    for await (const design of by.design(of, options)) designs.push(design);
    return designs;
}

/** What must not change: letters, order and the bits of the numbers. */
const essence = ({sample, temperature, sequence, order, score, globalScore, recovery, logProbs, probs}) =>
    ({sample, temperature, sequence, order, score, globalScore, recovery, logProbs, probs});

/** A row's values. */
const rowOf = (values, row) => values.subarray(row * width, (row + 1) * width);

/* ---- Structures and selections ---- */

test('parse: chains, numbers, letters and issues of a complex', () => {
    const {structure: s} = complex;
    assert.deepEqual(s.chains.map(({name, start, length}) => [name, start, length]),
        [['A', 0, 143], ['B', 143, 139], ['C', 282, 143]]);
    assert.equal(s.length, 425);
    assert.equal(s.sequence, s.chains.map((chain) => chain.sequence).join(''));
    assert.equal(s.sequence, Array.from(s.letters, (letter) => LETTERS[letter]).join(''));
    assert.equal(s.rowName(143), 'B43');
    assert.ok(s.issues.some(({text}) => /9 MSE/.test(text)));
});

test('parse: any bytes are a structure or a ParseError', () => {
    const text = monomer.subarray(0, 6000);
    const damaged = fc.array(fc.tuple(fc.nat(text.length - 1), fc.nat(255)), {maxLength: 40}).map((changes) => {
        const bytes = Uint8Array.from(text);
        for (const [at, value] of changes) bytes[at] = value;
        return bytes;
    });
    let refused = 0;
    fc.assert(fc.property(fc.oneof(damaged, fc.uint8Array({maxLength: 400}), fc.string({unit: 'binary'})), (bytes) => {
        try {
            const parsed = engine.parse(bytes);
            assert.equal(parsed.sequence.length, parsed.length);
            parsed.dispose();
        } catch (error) {
            assert.ok(error instanceof ParseError, String(error));
            assert.ok(error.message.length > 10 && !error.message.includes('\n'));
            refused++;
        }
    }), {numRuns: 300});
    assert.ok(refused > 50);
});

test('parse: what is no structure says so', () => {
    assert.throws(() => engine.parse(''), {name: 'ParseError', message: /empty/});
    assert.throws(() => engine.parse('hello'), {name: 'ParseError', message: /no atoms/});
    assert.throws(() => engine.parse('data_1ABC\n', {format: 'cif'}), {name: 'ParseError', message: /cif/});
    assert.throws(() => engine.parse(7), TypeError);
});

test('select: a mask spelled out selects the same rows again', () => {
    for (const s of [structure, complex.structure]) {
        fc.assert(fc.property(fc.array(fc.boolean(), {minLength: s.length, maxLength: s.length}), (rows) => {
            fc.pre(rows.includes(true));
            const described = s.describe(Uint8Array.from(rows, Number));
            const {mask, count, text} = s.select(described.text);
            assert.deepEqual(mask, described.mask);
            assert.equal(count, rows.filter(Boolean).length);
            assert.equal(text, described.text);
        }), {numRuns: 40});
    }
});

test('select: any text is a selection or a ConstraintError with its token', () => {
    const pieces = fc.array(fc.constantFrom(...'AB1-, !#:_Zé\n', '43', 'all'));
    fc.assert(fc.property(fc.oneof(pieces.map((list) => list.join('')), fc.string()), (text) => {
        try {
            const {mask, count} = complex.structure.select(text);
            assert.equal(mask.reduce((sum, each) => sum + each, 0), count);
            assert.ok(count >= 1);
        } catch (error) {
            assert.ok(error instanceof ConstraintError, String(error));
        }
    }), {numRuns: 400});
    assert.throws(() => structure.select('A1,Q7'), {name: 'ConstraintError', token: 'Q7'});
    assert.throws(() => structure.select('A1\0'), {name: 'ConstraintError'});
});

/* ---- Designs ---- */

test('design: the same for every batch, and sample i alone', async () => {
    const options = {count: 7, seed: 5, temperature: [0.3, 1]};
    const designs = (await all(options)).map(essence);
    assert.equal(designs.length, 14);
    assert.deepEqual(designs.map(({sample}) => sample), [1, 2, 3, 4, 5, 6, 7, 1, 2, 3, 4, 5, 6, 7]);
    for (const batch of [1, 2, 3, 100]) assert.deepEqual((await all({...options, batch})).map(essence), designs);
    assert.equal(new Set(designs.map(({sequence}) => sequence)).size, 14);
});

test('design: two engines agree, two seeds do not', async () => {
    const other = await Engine.load({weights: smallModel()});
    const theirs = await other.encode(other.parse(monomer));
    const seed = 2n ** 60n + 1n;
    const [mine] = await all({seed});
    assert.deepEqual(essence((await all({seed}, theirs, other))[0]), essence(mine));
    assert.notEqual((await all({seed: 2n ** 60n + 2n}))[0].sequence, mine.sequence);
    assert.notEqual((await all({seed: 1}))[0].sequence, mine.sequence);
    await other.dispose();
    assert.deepEqual(essence((await all({seed}))[0]), essence(mine));
});

test('design: without a seed one is drawn, reported, and gives the same again', async () => {
    const [first] = await all({});
    assert.ok(Number.isInteger(first.seed));
    assert.deepEqual(essence((await all({seed: first.seed}))[0]), essence(first));
    assert.notEqual((await all({}))[0].seed, first.seed);
});

test('design: letters are drawn from probs, and logProbs are those of the scorer', async () => {
    const [design] = await all({seed: 3, temperature: 1, omit: 'CW', bias: {A: 1}});
    for (let row = 0; row < structure.length; row++) {
        const p = rowOf(design.probs, row);
        const sum = p.reduce((total, each) => total + each, 0);
        assert.ok(Math.abs(sum - 1) < 1e-5);
        assert.ok(p[design.letters[row]] > 0);
        for (const letter of 'CWX') assert.equal(p[LETTERS.indexOf(letter)], 0);
        const weights = Array.from(rowOf(design.logProbs, row), (value, a) =>
            ('CWX'.includes(LETTERS[a]) ? 0 : Math.exp(value + (a === 0 ? 1 : 0))));
        const total = weights.reduce((a, b) => a + b, 0);
        p.forEach((value, a) => assert.ok(Math.abs(value - weights[a] / total) < 1e-5));
    }
    const {order, sequence} = design;
    const [score] = await engine.score(encoding, {sequences: sequence, order});
    const worst = Math.max(...design.logProbs.map((value, i) => Math.abs(value - score.orders[0].logProbs[i])));
    assert.ok(worst < 1e-5, `${worst}`);
    assert.ok(Math.abs(score.score - design.score) < 1e-6);
});

test('design: temperature 0 takes the most probable letter', async () => {
    const [design] = await all({seed: 3, temperature: 0});
    for (let row = 0; row < structure.length; row++) {
        const values = rowOf(design.logProbs, row).subarray(0, width - 1);
        assert.equal(design.letters[row], values.indexOf(Math.max(...values)));
    }
});

test('design: what is fixed stays, what is omitted never comes', async () => {
    const rows = fc.uniqueArray(fc.nat(structure.length - 1), {maxLength: structure.length - 1});
    const letters = fc.subarray([...LETTERS.slice(0, 20)], {maxLength: 19});
    await fc.assert(fc.asyncProperty(rows, letters, fc.nat(), async (fixed, omitted, seed) => {
        const fix = Uint8Array.from({length: structure.length}, (_, row) => Number(fixed.includes(row)));
        const [design] = await all({seed, fix, omit: omitted.join(''), temperature: 1});
        for (let row = 0; row < structure.length; row++) {
            if (fix[row]) assert.equal(design.sequence[row], structure.sequence[row]);
            else assert.ok(!omitted.includes(design.sequence[row]) && design.sequence[row] !== 'X');
            assert.equal(design.designMask[row], 1 - fix[row]);
        }
    }), {numRuns: 25});
});

test('design: set gives letters and fixes them; a sequence gives letters alone', async () => {
    const [set] = await all({seed: 1, set: 'A2W,A5-7H', temperature: 1});
    assert.equal(set.sequence[structure.select('A2').mask.indexOf(1)], 'W');
    assert.deepEqual([...structure.select('A5-7').mask].flatMap((chosen, row) => (chosen ? [set.sequence[row]] : [])),
        ['H', 'H', 'H']);
    assert.deepEqual(essence((await all({seed: 1, set: {A2: 'W', 'A5-7': 'H'}, temperature: 1}))[0]), essence(set));
    const glycines = 'G'.repeat(structure.length);
    const [few] = await all({seed: 1, sequence: glycines, design: 'A3-6'});
    assert.equal(few.sequence.replace(/[^G]/g, '').length >= structure.length - 4, true);
    assert.equal(few.designMask.reduce((sum, each) => sum + each, 0), 4);
});

test('design: per-residue bias and omission act where they are asked for', async () => {
    const [design] = await all({seed: 1, bias: {A3: {W: 50}, 'A10-12': {H: 50}}, omit: {A4: LETTERS.replace('K', '')}});
    assert.equal(design.sequence[structure.select('A3').mask.indexOf(1)], 'W');
    assert.equal(design.sequence[structure.select('A4').mask.indexOf(1)], 'K');
    const towardsG = new Float32Array(structure.length * width).map((_, i) => (i % width === 5 ? 90 : 0));
    const [rows] = await all({seed: 1, bias: towardsG});
    assert.equal(rows.sequence, 'G'.repeat(structure.length));
});

test('design: orders are kept; fixed rows come first in random ones', async () => {
    const [straight] = await all({seed: 1, order: 'n-to-c'});
    assert.deepEqual([...straight.order], Array.from({length: structure.length}, (_, row) => row));
    const reverse = Array.from(straight.order).reverse();
    assert.deepEqual([...(await all({seed: 1, order: reverse}))[0].order], reverse);
    const [random] = await all({seed: 1, fix: '#1-20'});
    assert.ok(random.order.subarray(0, 20).every((row) => row < 20));
    assert.deepEqual([...random.order].sort((a, b) => a - b), [...straight.order]);
});

test('design: chains of different sequences need a choice', async () => {
    await assert.rejects(all({}, complex), {name: 'ConstraintError', message: /A \(143 residues\), B \(139 /});
    await assert.rejects(all({fix: 'A1000'}, complex), ConstraintError);
    const [a] = await all({chains: 'A', seed: 1}, complex);
    assert.equal(a.chains.B, complex.structure.chains[1].sequence);
    assert.notEqual(a.chains.A, complex.structure.chains[0].sequence);
    assert.equal((await all({fix: 'B', seed: 1}, complex)).length, 1, 'A and C have one sequence');
    assert.equal((await all({chains: 'all', seed: 1}, complex))[0].designMask.includes(0), false);
});

test('design: requests that cannot be met are refused with their token', async () => {
    const refused = [
        [{chains: 'Q'}, 'Q'], [{design: 'A900'}, 'A900'], [{set: 'A2B'}, 'A2B'], [{set: 'ACD'}, 'ACD'],
        [{omit: 'J'}, 'J'],
        [{bias: 'A=1'}, 'A=1'], [{bias: {A: NaN}}, 'A'], [{order: 'backwards'}, 'backwards'], [{seed: -1}, '-1'],
        [{seed: 1.5}, '1.5'], [{count: 0}, '0'], [{batch: 2.5}, '2.5'],
        [{temperature: -1}, '-1'], [{temperature: NaN}, 'NaN'],
        [{order: [0, 1]}, '2'], [{order: Array(structure.length).fill(0)}, '0'], [{fix: 'all'}, undefined],
        [{omit: LETTERS}, 'A1'], [{bias: [1, 2]}, undefined], [{fix: [1]}, undefined],
        [{temperature: 1e-60}, '1e-60']
    ];
    for (const [options, token] of refused) {
        await assert.rejects(all(options), (error) => {
            assert.ok(error instanceof ConstraintError, `${JSON.stringify(options)}: ${error}`);
            if (token !== undefined) assert.equal(error.token, token);
            return true;
        });
    }
});

/* ---- Scores and probabilities ---- */

test('score: sequences share their orders, and the mean is that of the orders', async () => {
    const sequences = [structure.sequence, 'A'.repeat(structure.length), structure.sequence];
    const scores = await engine.score(encoding, {sequences, orders: 5, seed: 8, batch: 4});
    assert.deepEqual(scores.map(({index}) => index), [0, 1, 2]);
    assert.deepEqual(scores[2].orders, scores[0].orders);
    scores[1].orders.forEach(({order}, i) => assert.deepEqual(order, scores[0].orders[i].order));
    assert.equal(new Set(scores[0].orders.map(({score}) => score)).size, 5);
    const mean = scores[0].orders.reduce((sum, {score}) => sum + score, 0) / 5;
    assert.ok(Math.abs(mean - scores[0].score) < 1e-12);
    const [alone] = await engine.score(encoding, {sequences: sequences[1], order: scores[0].orders[3].order});
    assert.equal(alone.score, scores[1].orders[3].score);
    const residues = scores[1].residueScores.reduce((sum, value) => sum + value, 0) / structure.length;
    assert.ok(Math.abs(residues - scores[1].score) < 1e-5);
});

test('score: sequences as they are written by design, by chain and with gaps', async () => {
    const {structure: s} = complex;
    const [a, b, c] = s.chains.map((chain) => chain.sequence);
    const gapped = `${b.slice(0, 57)}XXXX${b.slice(57)}`;
    const forms = [a + b + c, `${a}/${b}/${c}`, `${a}/${gapped}/${c}`, `${a}:${gapped.replace(/XXXX/, '----')}:${c}`];
    const scores = await engine.score(complex, {sequences: forms, order: 'n-to-c'});
    assert.deepEqual(scores.map(({sequence}) => sequence), forms.map(() => s.sequence));
    const [two] = await engine.score(complex, {sequences: `${c}/${gapped}`, chains: 'B,A', order: 'n-to-c'});
    assert.equal(two.sequence, c + b + c);
    await assert.rejects(engine.score(complex, {sequences: `${a}/${b}`}), {message: /143\/139\/143/});
    await assert.rejects(engine.score(complex, {sequences: []}), ConstraintError);
});

test('probs: every mode gives distributions; autoregressive is what score uses', async () => {
    for (const mode of ['unconditional', 'autoregressive', 'conditional', 'all-others']) {
        const {logProbs, mask, order} = await engine.probs(encoding, {mode, seed: 2});
        assert.equal(logProbs.length, structure.length * width);
        assert.ok(mask.every((each) => each === 1));
        assert.deepEqual([...order].sort((x, y) => x - y), Array.from({length: structure.length}, (_, row) => row));
        for (let row = 0; row < structure.length; row++) {
            const sum = rowOf(logProbs, row).reduce((total, value) => total + Math.exp(value), 0);
            assert.ok(Math.abs(sum - 1) < 1e-5);
        }
    }
    const given = await engine.probs(encoding, {mode: 'autoregressive', seed: 2});
    const [score] = await engine.score(encoding, {seed: 2});
    assert.deepEqual(given.logProbs, score.orders[0].logProbs);
    assert.deepEqual(given.order, score.orders[0].order);
    const free = await engine.probs(encoding, {mode: 'unconditional'});
    const alanines = await engine.probs(encoding, {mode: 'unconditional', sequence: 'A'.repeat(structure.length)});
    assert.deepEqual(alanines.logProbs, free.logProbs);
    await assert.rejects(engine.probs(encoding, {mode: 'all'}), {name: 'ConstraintError', token: 'all'});
});

/* ---- Cancelling, disposing, faults ---- */

test('cancelling rejects with an AbortError in time, and the engine goes on', async () => {
    const gone = AbortSignal.abort(new Error('my reason'));
    const aborted = {name: 'AbortError'};
    await assert.rejects(Engine.load({weights: smallModel(), signal: gone}), aborted);
    await assert.rejects(engine.encode(structure, {signal: gone}), aborted);
    await assert.rejects(all({signal: gone}), aborted);
    await assert.rejects(engine.score(encoding, {signal: gone}), aborted);
    await assert.rejects(engine.probs(encoding, {signal: gone}), aborted);
    const slow = await Engine.load({weights: smallModel({hidden: 48, encoders: 3, decoders: 3, neighbors: 48})});
    const large = slow.parse(trimer);
    const encoded = await slow.encode(large);
    const works = [
        (signal) => slow.encode(large, {signal}),
        (signal) => all({chains: 'all', count: 1000, signal}, complex),
        (signal) => engine.score(complex, {orders: 1000, signal}),
        (signal) => slow.probs(encoded, {mode: 'all-others', signal})
    ];
    for (const [i, work] of works.entries()) {
        const controller = new AbortController();
        let late = Infinity;
        setTimeout(() => {
            late = performance.now();
            controller.abort();
        }, 5);
        await assert.rejects(work(controller.signal), (error) =>
            error instanceof DOMException && error.name === 'AbortError', `work ${i}`);
        assert.ok(performance.now() - late < 2000, 'cancelled at once, on a busy machine too');
    }
    await slow.dispose();
    assert.equal((await all({seed: 1})).length, 1);
});

test('progress grows to its end and is not called without measure', async () => {
    const seen = [];
    const onProgress = (progress) => seen.push(progress);
    assert.equal((await all({chains: 'all', count: 6, batch: 2, onProgress}, complex)).length, 6);
    const fractions = seen.map(({fraction}) => fraction);
    assert.ok(fractions.every((value, i) => value >= (fractions[i - 1] ?? 0)));
    assert.deepEqual(seen.at(-1), {phase: 'design', done: 6, total: 6, fraction: 1});
});

test('broken-off work gives its memory back', async () => {
    const {instantiate} = WebAssembly;
    let memory;
    WebAssembly.instantiate = async (...args) => {
        const instance = await instantiate(...args);
        memory = instance.exports.memory;
        return instance;
    };
    const own = await Engine.load({weights: smallModel()}).finally(() => { WebAssembly.instantiate = instantiate; });
    const turn = async () => {
        const parsed = own.parse(trimer);
        const made = await own.encode(parsed);
        parsed.dispose();
        for await (const design of own.design(made, {chains: 'all', count: 20, batch: 4})) {
            assert.ok(design.sequence);
            break;
        }
        await own.score(made, {sequences: 'A'}).catch(() => undefined);
        made.dispose();
    };
    await turn();
    await turn();
    const size = memory.buffer.byteLength;
    for (let i = 0; i < 8; i++) await turn();
    assert.equal(memory.buffer.byteLength, size);
    await own.dispose();
});

test('what was disposed of cannot be used, and is kept while it is in use', async () => {
    const own = await Engine.load({weights: smallModel()});
    const parsed = own.parse(monomer);
    const made = await own.encode(parsed);
    parsed.dispose();
    parsed.dispose();
    await assert.rejects(own.encode(parsed), /disposed of/);
    assert.throws(() => parsed.select('A'), /disposed of/);
    const designs = own.design(made, {count: 2, seed: 1, batch: 1});
    assert.ok((await designs.next()).value.sequence);
    made.dispose();
    assert.ok((await designs.next()).value.sequence, 'a run in flight goes on');
    assert.equal((await designs.next()).done, true);
    await assert.rejects(all({}, made, own), /disposed of/);
    await own.dispose();
    await own.dispose();
    assert.throws(() => own.parse(monomer), /disposed of/);
    await assert.rejects(own.encode(parsed), /disposed of/);
    assert.throws(() => own.saveWeights(), /disposed of/);
});

/** PDB text of a chain of glycines along a line. */
function longChain(residues) {
    const atoms = [];
    for (let i = 0; i < residues; i++) {
        ['N', 'CA', 'C', 'O'].forEach((name, a) => {
            const xyz = [(i % 100) * 3 + a * 0.7, Math.floor(i / 100) * 4, 0];
            const at = xyz.map((value) => value.toFixed(3).padStart(8)).join('') + '  1.00  0.00          ';
            const serial = String((4 * i + a) % 100000).padStart(5), number = String(i % 10000).padStart(4);
            const chain = 'ABCDEFGH'[Math.floor(i / 10000)];
            atoms.push(`ATOM  ${serial}  ${name.padEnd(3)} GLY ${chain}${number}    ${at} ${name[0]}`);
        });
    }
    return atoms.join('\n');
}

test('what does not fit is refused before any work, and the engine goes on', async () => {
    const large = await Engine.load({weights: smallModel({hidden: 128, encoders: 1, decoders: 1}), neighbors: 1024});
    const parsed = large.parse(longChain(9500));
    assert.equal(parsed.length, 9500);
    await assert.rejects(large.encode(parsed), {name: 'OutOfMemoryError', message: /memory/});
    assert.equal((await all({seed: 1}, await large.encode(large.parse(monomer)), large)).length, 1);
    await large.dispose();
});

test('an engine takes only what it made', async () => {
    const other = await Engine.load({weights: smallModel()});
    await assert.rejects(other.encode(structure), TypeError);
    await assert.rejects(all({}, encoding, other), TypeError);
    await assert.rejects(other.encode({}), TypeError);
    await other.dispose();
});

test('an engine without weights parses and nothing else', async () => {
    const parser = await Engine.load();
    const parsed = parser.parse(monomer);
    assert.equal(parsed.length, 68);
    await assert.rejects(parser.encode(parsed), {name: 'WeightsError', message: /without weights/});
    await assert.rejects(parser.ready, WeightsError);
    await parser.dispose();
});

test('a fault of the core ends the engine with a clear error', async () => {
    const memory = new WebAssembly.Memory({initial: 1});
    const trap = () => { throw new WebAssembly.RuntimeError('unreachable'); };
    const core = new Core({exports: {memory, weft_version: trap, ok: () => 1}});
    assert.equal(core.c.ok(), 1);
    assert.throws(() => core.c.weft_version(), /internal fault \(unreachable\).*cannot be used any more/);
    assert.throws(() => core.c.ok(), /internal fault/);
});

test('threads that are no number are refused, and the module can be given in every form', async () => {
    for (const threads of [-1, 1.5, NaN]) {
        await assert.rejects(Engine.load({weights: smallModel(), threads}), RangeError);
    }
    const url = new URL('../../wasm/dist/weft.wasm', import.meta.url);
    for (const wasm of [url, url.href, readFileSync(url), await compileCore()]) {
        const own = await Engine.load({weights: smallModel(), wasm});
        assert.equal(own.version, engine.version);
        await own.dispose();
    }
});
