/* SPDX-License-Identifier: MIT
 *
 * states.test.js - one sequence for several backbones, and structures made of others, through the class Engine.
 */
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {after, before, test} from 'node:test';
import {ConstraintError, Engine} from '../../wasm/index.js';
import {LETTERS} from '../../wasm/structure.js';
import {smallModel} from './model_file.js';

const file = (name) => readFileSync(new URL(`../data/structures/${name}`, import.meta.url), 'utf8');
const trimer = file('3HTN.pdb');
const alone = trimer.split('\n').filter((line) => !/^(ATOM|HETATM|TER)/.test(line) || line[21] === 'A').join('\n');
const weights = smallModel();
/** @type {Engine} */
let engine;
let whole, single;
before(async () => {
    engine = await Engine.load({weights});
    whole = await engine.encode(engine.parse(trimer, {name: 'trimer'}));
    single = await engine.encode(engine.parse(alone, {name: 'single'}));
});
after(() => engine.dispose());

const request = {chains: 'A', count: 3, seed: 5, temperature: 1};

async function designs(encodings, options, by = engine) {
    const all = [];
    for await (const each of by.design(encodings, {...request, ...options})) all.push(each);
    return all;
}

/** All that a design says, as text. */
const said = ({states, ...design}) =>
    JSON.stringify(design, (_, value) => (ArrayBuffer.isView(value) ? [...value] : value));

test('the same state twice is the plain design, under every rule', async () => {
    const plain = await designs(whole);
    for (const tieRule of ['logits', 'geometric', 'arithmetic', 'product']) {
        const stateWeights = tieRule === 'product' ? [0.5, 0.5] : [1, 1];
        const twice = await designs([whole, whole], {tieRule, stateWeights});
        for (const [i, {sequence, score, globalScore, letters, order, states}] of twice.entries()) {
            assert.equal(sequence, plain[i].sequence, tieRule);
            assert.deepEqual([score, globalScore, [...letters], [...order]],
                [plain[i].score, plain[i].globalScore, [...plain[i].letters], [...plain[i].order]]);
            assert.deepEqual(states.map((state) => state.score), [plain[i].score, plain[i].score]);
        }
    }
});

test('one encoding in a list is the encoding', async () => {
    assert.deepEqual((await designs([whole])).map(said), (await designs(whole)).map(said));
});

test('states of different size get one sequence, and the score of each is the scorer\'s', async () => {
    for (const stateWeights of [[1, 1], [1, -0.5], [0.25, 2]]) {
        for (const {sequence, order, score, states} of await designs([whole, single], {stateWeights})) {
            const [bound, free] = states;
            assert.equal(free.sequence, sequence.slice(0, free.sequence.length));
            assert.equal(bound.sequence, sequence);
            assert.equal(sequence.slice(free.sequence.length), whole.structure.sequence.slice(free.sequence.length));
            const [again] = await engine.score(whole, {chains: 'A', sequences: sequence, order});
            assert.equal(again.score, bound.score);
            const own = order.filter((row) => row < free.sequence.length);
            const [other] = await engine.score(single, {sequences: free.sequence, order: own});
            assert.equal(other.score, free.score);
            const [a, b] = stateWeights.map((weight) => Math.max(0, weight));
            assert.equal(score, (a * bound.score + b * free.score) / (a + b));
        }
    }
});

test('a weight below 0 turns away from what a state likes', async () => {
    const away = await designs([whole, single], {stateWeights: [1, -0.9], tieRule: 'product', count: 8});
    const along = await designs([whole, single], {tieRule: 'product', count: 8});
    const mean = (list) => list.reduce((sum, {states}) => sum + states[1].score, 0) / list.length;
    assert.ok(mean(away) > mean(along), `${mean(away)} > ${mean(along)}`);
});

test('what is asked of residues of the first state holds in all', async () => {
    const {structure} = whole;
    const at = (number) => structure.numbers.indexOf(number);
    const {length} = structure;
    const proline = Array.from({length: length * LETTERS.length}, (_, i) => (LETTERS[i % 21] === 'P' ? 1 : 0));
    const options = {
        fix: 'A60-70', set: {A61: 'W'}, omit: {'A80-90': 'ADEKLV'}, bias: {'A100-110': {G: 40}},
        temperatures: {'A100-110': 0.5}, order: Array.from({length}, (_, row) => row).reverse(),
        pssm: {
            weight: Array.from({length}, (_, row) => (row >= at(120) && row < at(131) ? 1 : 0)),
            probabilities: proline
        }
    };
    for (const {sequence, states} of await designs([whole, single], options)) {
        assert.equal(sequence.slice(at(60), at(71)),
            `${structure.sequence[at(60)]}W${structure.sequence.slice(at(62), at(71))}`);
        assert.doesNotMatch(sequence.slice(at(80), at(91)), /[ADEKLV]/);
        assert.match(sequence.slice(at(100), at(111)), /^G+$/);
        assert.match(sequence.slice(at(120), at(131)), /^P+$/);
        assert.equal(states[1].sequence, sequence.slice(0, states[1].sequence.length));
    }
});

test('ties within the first state reach the other states', async () => {
    for (const {chains, states} of await designs([whole, single], {chains: 'A,B', ties: 'A=B'})) {
        const {A} = chains;
        assert.equal(states[1].sequence, A);
        const [a, b] = whole.structure.chains;
        for (let row = a.start; row < a.start + a.length; row++) {
            const other = whole.structure.numbers.indexOf(whole.structure.numbers[row], b.start);
            if (other < 0 || other >= b.start + b.length) continue;
            if (whole.structure.mask[row]) assert.equal(A[row], chains.B[other - b.start], structureRow(row));
        }
    }
});
const structureRow = (row) => whole.structure.rowName(row);

test('chains of equal length without a common number are matched by place', async () => {
    const moved = alone.replace(/^((?:ATOM  |HETATM).{16})(....)/gm, (_, head, number) =>
        head + String(Number(number) + 3000).padStart(4));
    const later = await engine.encode(engine.parse(moved, {name: 'later'}));
    assert.deepEqual((await designs([single, later])).map(said), (await designs([single, single])).map(said));
});

test('workers give the same', async () => {
    const options = {stateWeights: [1, -0.5], count: 9};
    const here = (await designs([whole, single], options)).map((each) => said(each) + JSON.stringify(each.states));
    for (const threads of [1, 2]) {
        const pool = await Engine.load({weights, threads});
        const structures = [pool.parse(trimer, {name: 'trimer'}), pool.parse(alone, {name: 'single'})];
        const encodings = await Promise.all(structures.map((each) => pool.encode(each)));
        for (const batch of [2, 8]) {
            const there = await designs(encodings, {...options, batch}, pool);
            assert.deepEqual(there.map((each) => said(each) + JSON.stringify(each.states)), here);
        }
        await pool.dispose();
    }
});

test('a derived structure is the same in workers', async () => {
    const results = [];
    for (const threads of [0, 1]) {
        const by = await Engine.load({weights, threads});
        const parent = by.parse(trimer);
        const part = by.derive(parent, {rows: '!B,C'});
        const moved = by.derive(part, {backbone: part.backbone({noise: 0.1, seed: 3})});
        assert.throws(() => by.derive(part, {backbone: new Float32Array(3)}), /of 3 numbers for 143 residues/);
        assert.throws(() => by.derive(parent, {rows: new Uint8Array(parent.length)}), /no residue/);
        assert.throws(() => part.backbone({noise: -1}), /noise: -1/);
        parent.dispose();
        assert.equal(part.sequence, single.structure.sequence);
        const encodings = [await by.encode(part), await by.encode(moved)];
        results.push(await Promise.all(encodings.map(async (each) => (await designs(each, {}, by)).map(said))));
        await by.dispose();
    }
    assert.deepEqual(results[1], results[0]);
    assert.deepEqual(results[0][0], (await designs(single)).map(said));
    assert.notDeepEqual(results[0][1], results[0][0]);
});

test('what becomes of designed residues in other states is told', async () => {
    const structures = [whole, single].map(({structure}) => structure);
    const [told] = await engine.resolveStates(structures, {chains: 'A,B', ties: 'A=B', stateWeights: [1, -0.5]});
    const [a, b] = await Promise.all(['A', 'B'].map((chains) => engine.resolve(structures[0], {chains}).design));
    assert.deepEqual([told.name, told.weight], ['single', -0.5]);
    assert.deepEqual([told.matched.text, told.missing.text], [a.text, b.text]);
});

test('embeddings are the same in workers, and 0 where nothing is seen', async () => {
    const damaged = file('5L33_damaged.pdb'), seen = [];
    for (const threads of [0, 1]) {
        const by = await Engine.load({weights, threads});
        const encoding = await by.encode(by.parse(damaged));
        const {values, width} = await by.embeddings(encoding);
        const {structure} = encoding;
        assert.equal(width, by.weights.nodeWidth);
        assert.equal(values.length, structure.length * width);
        for (let row = 0; row < structure.length; row++) {
            const sum = values.subarray(row * width, (row + 1) * width).reduce((all, each) => all + Math.abs(each), 0);
            assert.equal(sum > 0, structure.mask[row] === 1, structure.rowName(row));
        }
        seen.push(values);
        await by.dispose();
    }
    assert.deepEqual(seen[1], seen[0]);
});

test('impossible states are refused with their names', async () => {
    const refused = (encodings, options, message) => assert.rejects(designs(encodings, options), (error) =>
        error instanceof ConstraintError && message.test(error.message));
    await refused([whole, single], {stateWeights: [1]}, /1 weights for 2 states/);
    await refused([whole, single], {stateWeights: [0, -1]}, /weight above 0/);
    await refused([whole, single], {stateWeights: [1, NaN]}, /NaN/);
    await refused([whole, single], {stateWeights: [1, -1001]}, /'-1001' is no weight of a state; give one from -1000/);
    await refused([whole, single], {chains: 'B'}, /state 2, single: no residue .* trimer/);
    const fold = await engine.encode(engine.parse(trimer));
    fold.dispose();
    await assert.rejects(designs([whole, fold]), /disposed/);
    assert.equal(LETTERS.length, 21);
});

test('beside residues that stay the same state twice is the plain design, in any order', async () => {
    const {length} = whole.structure;
    const back = Array.from({length}, (_, row) => length - 1 - row);
    for (const options of [{order: 'n-to-c'}, {order: back}, {chains: 'all', ties: 'homomer', fix: 'A60-90'}]) {
        const plain = await designs(whole, {fix: 'A60-90', ...options});
        for (const [i, twice] of (await designs([whole, whole], options.fix ? options : {fix: 'A60-90', ...options}))
            .entries()) {
            for (const what of ['sequence', 'score', 'globalScore', 'recovery']) {
                assert.equal(twice[what], plain[i][what], what);
            }
            for (const what of ['order', 'logProbs', 'designMask']) {
                assert.deepEqual([...twice[what]], [...plain[i][what]], what);
            }
        }
    }
});

test('a residue stays where no state with a weight above 0 can see it', async () => {
    const cut = await engine.encode(engine.parse(alone.split('\n').filter((line) =>
        !(/^ATOM/.test(line) && line.slice(12, 16).trim() === 'O' && line.slice(22, 26).trim() === '100')).join('\n')));
    const row = cut.structure.numbers.indexOf(100), native = cut.structure.sequence[row];
    assert.equal(cut.structure.mask[row], 0);
    for (const weight of [0, -0.5]) {
        for (const {sequence, states} of await designs([cut, single], {stateWeights: [1, weight]})) {
            assert.deepEqual([sequence[row], states[1].sequence[row]], [native, native]);
        }
        const [told] = await engine.resolveStates([cut.structure, single.structure], {stateWeights: [1, weight]});
        assert.equal(told.matched.mask[row], 0);
    }
    const [told] = await engine.resolveStates([cut.structure, single.structure]);
    assert.equal(told.matched.mask[row], 1, 'another state that sees it may say what fits');
    const tied = {chains: 'all', ties: 'A100=A101', stateWeights: [1, -0.5]};
    const sight = await engine.encode(engine.parse(trimer.split('\n').filter((line) =>
        !(/^ATOM/.test(line) && line.slice(12, 16).trim() === 'O' && /^A +100 /.test(line.slice(21, 27)))).join('\n')));
    for (const {sequence} of await designs([sight, whole], {...tied, omit: native})) {
        assert.notEqual(sequence[sight.structure.numbers.indexOf(100)], native, 'what it is tied to is seen');
    }
});

test('a state in which the model can see nothing of the design is refused by name', async () => {
    const lines = alone.split('\n').filter((line) => /^ATOM/.test(line));
    const traced = [...lines.filter((line) => line.slice(12, 16) === ' CA '),
        ...lines.map((line) => `${line.slice(0, 21)}Q${line.slice(22)}`)].join('\n');
    await assert.rejects(designs([single, await engine.encode(engine.parse(traced, {name: 'traced'}))]),
        /state 2, traced: no residue that the model can see .* single, A4/);
});
