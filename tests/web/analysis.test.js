/* SPDX-License-Identifier: MIT
 *
 * analysis.test.js - scans, double mutants, Jacobians, averages: that they are what scoring each mutant says, whatever
 * the network; on a small one with random weights. That a Jacobian is the derivative is shown by the suite `parity`.
 */
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {after, before, test} from 'node:test';
import {averageLogProbs} from '../../wasm/average.js';
import {averageProductCorrected, centre, couplingsOf, pairBlock, rankedPairs} from '../../wasm/couplings.js';
import {ConstraintError, Engine, LETTERS} from '../../wasm/index.js';
import {smallModel} from './model_file.js';

const file = (name) => readFileSync(new URL(`../data/structures/${name}`, import.meta.url), 'utf8');
const AMINO = LETTERS.slice(0, 20);
const near = (actual, expected, tolerance = 1e-6) => assert.ok(Math.abs(actual - expected) <= tolerance,
    `${actual} is not ${expected}`);

/** The file with its chains in another order; what is no atom stays where it was. */
function withChains(text, names) {
    const lines = text.split('\n'), atoms = lines.filter((line) => /^(ATOM|HETATM|TER)/.test(line));
    const others = lines.filter((line) => !/^(ATOM|HETATM|TER|END|CONECT|MASTER)/.test(line));
    return [...others, ...names.flatMap((name) => atoms.filter((line) => line[21] === name)), 'END'].join('\n');
}

const trimer = file('3HTN.pdb');
/** @type {Engine} */
let engine, pool;
let encoding, complex, turned;
before(async () => {
    engine = await Engine.load({weights: smallModel()});
    pool = await Engine.load({weights: smallModel(), threads: 2});
    encoding = await engine.encode(engine.parse(file('6MRR.pdb')));
    complex = await engine.encode(engine.parse(trimer));
    turned = await engine.encode(engine.parse(withChains(trimer, ['C', 'A', 'B'])));
});
after(async () => {
    await engine.dispose();
    await pool.dispose();
});

/** All sequences with one letter of one row changed. */
const mutantsAt = (sequence, row) => [...AMINO].map((letter) =>
    sequence.slice(0, row) + letter + sequence.slice(row + 1));

/** Each chosen row's mutants, scored one by one with the row decoded last. */
async function scoredOneByOne(of, row, orders) {
    const {sequence, chains} = of.structure, deltas = [];
    for (const order of orders) {
        const last = [...order.filter((each) => each !== row), row];
        const spelled = mutantsAt(sequence, row).map((mutant) =>
            chains.map(({start, length}) => mutant.slice(start, start + length)).join('/'));
        const scores = await engine.score(of, {chains: 'all', sequences: spelled, order: last});
        const own = scores[AMINO.indexOf(sequence[row])].residueScores[row];
        deltas.push(scores.map(({residueScores}) => own - residueScores[row]));
    }
    return deltas;
}

/* ---- Scans ---- */

test('scan: all-others is what scoring each mutant with its residue decoded last says', async () => {
    for (const of of [encoding, complex]) {
        const scan = await engine.scan(of, {chains: 'all', seed: 3, orders: 2});
        for (const i of [0, 7, scan.rows.length - 1]) {
            const expected = await scoredOneByOne(of, scan.rows[i], scan.orders);
            for (let a = 0; a < 20; a++) {
                near(scan.deltas[i * 20 + a], (expected[0][a] + expected[1][a]) / 2);
                near(scan.errors[i * 20 + a], Math.abs(expected[0][a] - expected[1][a]) / 2);
            }
        }
        assert.ok(scan.deltas.some((delta) => Math.abs(delta) > 0.1));
    }
});

test('scan: the letter that is there has 0, in every mode', async () => {
    for (const mode of ['unconditional', 'all-others', 'sequence']) {
        const scan = await engine.scan(encoding, {mode, design: 'A5-20', seed: 1});
        assert.equal(scan.rows.length, 16);
        scan.rows.forEach((row, i) => assert.equal(scan.deltas[i * 20 + AMINO.indexOf(scan.sequence[row])], 0));
        assert.equal(scan.errors, null);
        assert.equal(scan.orders.length, mode === 'unconditional' ? 0 : 1);
    }
});

test('scan: mode sequence is the difference of whole sequences\' log-probabilities', async () => {
    const {structure: {sequence, mask}} = encoding, residues = mask.reduce((sum, each) => sum + each, 0);
    const scan = await engine.scan(encoding, {mode: 'sequence', design: 'A9,A30', seed: 8, orders: 2});
    for (const [i, row] of scan.rows.entries()) {
        const expected = new Float64Array(20);
        for (const order of scan.orders) {
            const [own, ...scores] = await engine.score(encoding, {
                sequences: [sequence, ...mutantsAt(sequence, row)], order: [...order]
            });
            scores.forEach(({globalScore}, a) => { expected[a] += (own.globalScore - globalScore) * residues / 2; });
        }
        expected.forEach((value, a) => near(scan.deltas[i * 20 + a], value));
    }
});

test('scan: neither what else is looked at nor the order of the chains in the file changes a number', async () => {
    const whole = await engine.scan(complex, {chains: 'all', seed: 5});
    const part = await engine.scan(complex, {chains: 'B', seed: 5});
    const other = await engine.scan(turned, {chains: 'all', seed: 5});
    const named = (of, scan) => new Map(Array.from(scan.rows, (row, i) => [of.structure.rowName(row),
        Array.from(scan.deltas.subarray(i * 20, (i + 1) * 20))]));
    const expected = named(complex, whole);
    assert.equal(turned.structure.chains.map(({name}) => name).join(''), 'CAB');
    for (const [name, deltas] of [...named(complex, part), ...named(turned, other)]) {
        deltas.forEach((delta, a) => near(delta, expected.get(name)[a]));
    }
    near(other.pseudoPerplexity, whole.pseudoPerplexity);
});

test('scan: entropy and pseudo-perplexity are those of the log-probabilities', async () => {
    const scan = await engine.scan(encoding, {seed: 2});
    const probs = await engine.probs(encoding, {mode: 'all-others', order: [...scan.orders[0]]});
    let sum = 0;
    scan.rows.forEach((row, i) => {
        const own = Array.from(probs.logProbs.subarray(row * 21, row * 21 + 20), Math.exp);
        const total = own.reduce((all, p) => all + p, 0);
        near(scan.entropy[i], -own.reduce((all, p) => all + p / total * Math.log(p / total), 0));
        sum -= probs.logProbs[row * 21 + probs.letters[row]];
    });
    near(scan.pseudoPerplexity, Math.exp(sum / scan.rows.length));
});

test('scores: chains, interface and errors are means over residues, whatever the order of chains', async () => {
    const [score] = await engine.score(complex, {chains: 'A,B', seed: 4, orders: 5});
    const {structure} = complex, interfaces = structure.select('interface').mask;
    const mean = (takes) => {
        const own = Array.from(score.residueScores).filter((value, row) => !Number.isNaN(value) && takes(row));
        return own.reduce((sum, value) => sum + value, 0) / own.length;
    };
    for (const [i, {name}] of structure.chains.entries()) {
        near(score.chainScores[name], mean((row) => structure.chainOf[row] === i));
    }
    near(score.interfaceScore, mean((row) => interfaces[row] && score.designMask[row]));
    near(score.score, mean((row) => score.designMask[row]));
    near(score.perplexity, Math.exp(score.score));
    const spread = score.orders.map((each) => each.score - score.score);
    near(score.standardError, Math.sqrt(spread.reduce((sum, d) => sum + d * d, 0) / 4 / 5));
    const [other] = await engine.score(turned, {chains: 'A,B', seed: 4, orders: 5});
    for (const what of ['score', 'globalScore', 'standardError', 'interfaceScore']) near(other[what], score[what]);
    const [single] = await engine.score(encoding, {seed: 1});
    assert.equal(single.standardError, null);
    assert.equal(single.interfaceScore, null);
});

test('double mutants: the chain rule both ways round, by scoring each of them', async () => {
    const doubles = await engine.doubles(encoding, {design: 'A5,A6,A9', seed: 6, orders: 2});
    const {sequence} = encoding.structure;
    assert.deepEqual(doubles.pairs.map(({i, j}) => [i, j]), [[4, 5], [4, 8], [5, 8]]);
    const logP = async (order, row, text) =>
        -(await engine.score(encoding, {sequences: text, order}))[0].residueScores[row];
    const letterAt = (text, row, letter) => text.slice(0, row) + letter + text.slice(row + 1);
    for (const [pair, {i, j}] of doubles.pairs.entries()) {
        for (const [a, b] of [[0, 3], [19, 7]]) {
            let expected = 0;
            for (const order of doubles.orders) {
                const rest = order.filter((row) => row !== i && row !== j);
                const text = letterAt(letterAt(sequence, i, AMINO[a]), j, AMINO[b]);
                for (const last of [[i, j], [j, i]]) {
                    for (const row of last) expected += await logP([...rest, ...last], row, text) / 4;
                }
            }
            near(doubles.logProbs[pair * 400 + a * 20 + b], expected, 2e-6);
        }
        const at = (a, b) => pair * 400 + a * 20 + b, [x, y] = [i, j].map((row) => AMINO.indexOf(sequence[row]));
        assert.equal(doubles.deltas[at(x, y)], 0);
        for (let a = 0; a < 20; a++) {
            near(doubles.epistasis[at(a, y)], 0, 1e-12);
            near(doubles.epistasis[at(x, a)], 0, 1e-12);
        }
    }
    assert.ok(doubles.epistasis.some((value) => Math.abs(value) > 1e-3));
    await assert.rejects(engine.doubles(encoding, {design: 'A5'}), ConstraintError);
});

/* ---- Jacobians ---- */

test('jacobian: workers, parts and the order of chains change nothing; two orders are averaged', async () => {
    const options = {design: '#1-#19', seed: 9};
    const whole = await engine.jacobian(encoding, options);
    assert.equal(whole.rows.length, 19);
    assert.ok(whole.values.some((value) => Math.abs(value) > 1e-2));
    const there = await pool.encode(pool.parse(file('6MRR.pdb')));
    assert.deepEqual((await pool.jacobian(there, options)).values, whole.values);
    const {orders, values} = await engine.jacobian(encoding, {...options, orders: 2});
    const each = [];
    for (const order of orders) each.push((await engine.jacobian(encoding, {...options, order: [...order]})).values);
    values.forEach((value, i) => near(value, (each[0][i] + each[1][i]) / 2));
    assert.deepEqual(each[0], whole.values);
    const part = await engine.jacobian(complex, {chains: 'B', design: 'B60-64', seed: 1});
    const other = await engine.jacobian(turned, {chains: 'B', design: 'B60-64', seed: 1});
    assert.equal(part.rows.length, 5);
    part.values.forEach((value, i) => near(value, other.values[i]));
});

test('jacobian: a small change of letters in the given direction is what scoring shows', async () => {
    const {rows, values, orders, logProbs} = await engine.jacobian(encoding, {seed: 2});
    const {sequence} = encoding.structure, p = rows.length;
    const others = await engine.probs(encoding, {mode: 'all-others', order: [...orders[0]]});
    rows.forEach((row, i) => {
        for (let a = 0; a < 21; a++) near(logProbs[i * 21 + a], others.logProbs[row * 21 + a], 1e-5);
    });
    let agree = 0, all = 0;   // a whole exchange is no small change, but mostly goes the same way
    for (const i of [3, 22, 50]) {
        for (const j of [i + 1, i + 4]) {
            const order = [...orders[0].filter((row) => row !== j), j];
            const scores = await engine.score(encoding, {sequences: [sequence, ...mutantsAt(sequence, i)], order});
            const at = (score, b) => score.orders[0].logProbs[j * 21 + b];
            for (let a = 0; a < 20; a++) {
                const own = AMINO.indexOf(sequence[i]);
                for (let b = 0; b < 20; b++) {
                    const slope = values[((i * 20 + a) * p + j) * 20 + b] - values[((i * 20 + own) * p + j) * 20 + b];
                    const change = at(scores[1 + a], b) - at(scores[0], b);
                    if (Math.abs(change) < 1e-3) continue;
                    all++;
                    agree += Math.sign(slope) === Math.sign(change);
                }
            }
        }
    }
    assert.ok(all > 200 && agree / all > 0.8, `${agree} of ${all}`);
});

test('couplings: blocks are centred and symmetric, the diagonal is 0, APC is the formula', async () => {
    const jacobian = await engine.jacobian(encoding, {design: 'A1-12', seed: 2});
    const forth = pairBlock(jacobian, 3, 8), back = pairBlock(jacobian, 8, 3);
    for (let a = 0; a < 20; a++) {
        let row = 0, column = 0;
        for (let b = 0; b < 20; b++) {
            near(forth[a * 20 + b], back[b * 20 + a], 1e-12);
            row += forth[a * 20 + b];
            column += forth[b * 20 + a];
        }
        near(row, 0, 1e-9);
        near(column, 0, 1e-9);
    }
    const {size, norms, couplings} = couplingsOf(jacobian);
    near(norms[3 * size + 8], Math.hypot(...forth), 1e-5);
    for (let i = 0; i < size; i++) assert.equal(norms[i * size + i] + couplings[i * size + i], 0);
    // three residues: means of rows 3, 4, 5 over 2 others, of all 4
    const corrected = averageProductCorrected(Float32Array.from([0, 2, 4, 2, 0, 6, 4, 6, 0]), 3);
    [[0, 1, 2 - 3 * 4 / 4], [0, 2, 4 - 3 * 5 / 4], [1, 2, 6 - 4 * 5 / 4]].forEach(([i, j, value]) => {
        near(corrected[i * 3 + j], value);
        near(corrected[j * 3 + i], value);
    });
    assert.deepEqual(Array.from(averageProductCorrected(new Float32Array(9), 3)), Array(9).fill(0));
    const flat = Float64Array.from({length: 400}, (_, i) => Math.floor(i / 20) + 3 * (i % 20));
    centre(flat);
    flat.forEach((value) => near(value, 0, 1e-9));
    const pairs = rankedPairs(encoding.structure, jacobian, {size, norms, couplings}, 4);
    assert.equal(pairs.length, 36);
    assert.ok(pairs.every(({i, j, coupling}, k) => j - i >= 4 && (!k || coupling <= pairs[k - 1].coupling)));
    for (const most of [1, 7, 35, 36, 100]) {
        const first = rankedPairs(encoding.structure, jacobian, {size, norms, couplings}, 4, most);
        assert.deepEqual(first, pairs.slice(0, most));
    }
});

test('jacobian: one that would not fit is refused with its size', async () => {
    const copies = ['ABC', 'DEF', 'GHI'].map((names) => trimer.replace(/^(ATOM|HETATM|TER)(.{15,17})([ABC])/gm,
        (_, record, between, chain) => record + between + names['ABC'.indexOf(chain)])
        .split('\n').filter((line) => /^(ATOM|TER)/.test(line)).join('\n'));
    const many = await engine.encode(engine.parse(copies.join('\n')));
    assert.ok(many.structure.length > 1200);
    await assert.rejects(engine.jacobian(many, {chains: 'all'}), /2\.\d GiB, and 2 GiB is the most: choose fewer/);
});

/* ---- Averages ---- */

const designsOf = async (by, of, options) => {
    const list = [];
    for await (const {sequence, logProbs} of by.design(of, options)) list.push({sequence, logProbs});
    return list;
};

test('average: of one backbone several times is that of one, to the bit, here and in workers', async () => {
    for (const by of [engine, pool]) {
        const structures = Array.from({length: 3}, () => by.parse(file('6MRR.pdb')));
        const one = await by.encode(structures[0]);
        for (const weights of [undefined, [0.3, 1.7, 0.1]]) {
            const average = await by.average(structures, {weights});
            const options = {seed: 3, count: 3};
            assert.deepEqual(await designsOf(by, average, options), await designsOf(by, one, options));
            for (const mode of ['unconditional', 'all-others']) {
                const [x, y] = await Promise.all([average, one].map((of) => by.probs(of, {mode, seed: 1})));
                assert.deepEqual(x.logProbs, y.logProbs);
            }
            average.dispose();
        }
        one.dispose();
    }
    const probs = await engine.probs(encoding);
    assert.deepEqual(averageLogProbs([probs.logProbs, probs.logProbs, probs.logProbs], 21), probs.logProbs);
});

test('average: goes by residue and neighbour, not by row or slot', async () => {
    const moved = (of, seed) => engine.derive(of, {backbone: of.backbone({noise: 0.8, seed})});
    const a = engine.parse(trimer), b = engine.parse(withChains(trimer, ['C', 'A', 'B']));
    const noisy = moved(a, 1), rows = Array.from({length: b.length}, (_, row) => b.rowName(row));
    const names = new Map(Array.from({length: a.length}, (_, row) => [a.rowName(row), row]));
    const xyz = noisy.backbone();
    const same = engine.derive(b, {backbone: Float32Array.from(rows.flatMap((name) =>
        Array.from(xyz.subarray(names.get(name) * 12, names.get(name) * 12 + 12))))});
    const [x, y] = [await engine.average([a, noisy]), await engine.average([a, same])];
    const [p, q] = await Promise.all([x, y].map((of) => engine.probs(of, {chains: 'all'})));
    p.logProbs.forEach((value, i) => near(value, q.logProbs[i], 1e-5));
    const [alone] = await Promise.all([engine.encode(a)].map(async (of) => engine.probs(await of, {chains: 'all'})));
    assert.ok(p.logProbs.some((value, i) => Math.abs(value - alone.logProbs[i]) > 1e-3), 'noise changes something');
});

test('average: other residues are refused by name', async () => {
    const a = engine.parse(file('6MRR.pdb')), short = engine.derive(a, {rows: '!A30'});
    await assert.rejects(engine.average([a, short]), /backbone 2 .*has no residue A30/);
    await assert.rejects(engine.average([short, a]), /backbone 2 .*has a residue A30 that the first lacks/);
    const damaged = engine.parse(file('6MRR.pdb').replace(/^ATOM.{9}O   ... A  30.*\n/m, ''));
    await assert.rejects(engine.average([a, damaged]), /not all backbone atoms of A30/);
    await assert.rejects(engine.average([]), /at least one/);
    await assert.rejects(engine.average([a, a], {weights: [1, 0]}), /not 2 numbers above 0/);
});

test('average of logits: the softmax of the mean logits', () => {
    const logits = [[1, 2, 0.5], [0, -1, 3]], logProbs = logits.map((row) => {
        const lse = Math.log(row.reduce((sum, value) => sum + Math.exp(value), 0));
        return Float32Array.from(row, (value) => value - lse);
    });
    const average = averageLogProbs(logProbs, 3, [1, 3]);
    const means = logits[0].map((value, a) => (value + 3 * logits[1][a]) / 4);
    const lse = Math.log(means.reduce((sum, value) => sum + Math.exp(value), 0));
    means.forEach((value, a) => near(average[a], value - lse, 1e-6));
});

test('all of it can be cancelled', async () => {
    const {structure} = complex;
    for (const call of [
        (signal) => engine.scan(complex, {chains: 'all', mode: 'sequence', signal}),
        (signal) => engine.doubles(complex, {chains: 'all', signal}),
        (signal) => engine.jacobian(complex, {chains: 'A', signal}),
        (signal) => engine.average(Array(40).fill(structure), {signal})
    ]) {
        const stop = new AbortController(), work = call(stop.signal);
        setImmediate(() => stop.abort());
        await assert.rejects(work, {name: 'AbortError'});
    }
});
