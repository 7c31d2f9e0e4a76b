/* SPDX-License-Identifier: MIT
 *
 * rules.test.js - ties, temperatures of their own and position-specific matrices through the class Engine.
 */
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {after, before, test} from 'node:test';
import {ConstraintError, Engine} from '../../wasm/index.js';
import {LETTER_COUNT, LETTERS} from '../../wasm/structure.js';
import {smallModel} from './model_file.js';

const pdb = readFileSync(new URL('../data/structures/3HTN.pdb', import.meta.url));
/** @type {Engine} */
let engine;
let structure, encoding;
before(async () => {
    engine = await Engine.load({weights: smallModel()});
    structure = engine.parse(pdb, {name: '3HTN'});
    encoding = await engine.encode(structure);
});
after(() => engine.dispose());

async function designs(options) {
    const all = [];
    for await (const each of engine.design(encoding, {count: 3, seed: 5, temperature: 1, ...options})) all.push(each);
    return all;
}

/** The rows of chains A and B with the same number, both complete. */
function pairs() {
    const [a, b] = structure.chains;
    const found = [];
    for (let row = a.start; row < a.start + a.length; row++) {
        const other = structure.numbers.indexOf(structure.numbers[row], b.start);
        if (other >= b.start && other < b.start + b.length && structure.mask[row] && structure.mask[other]) {
            found.push([row, other]);
        }
    }
    return found;
}

test('tied residues get one letter under every rule, and the score is the scorer\'s', async () => {
    const ties = pairs();
    assert.ok(ties.length > 50);
    for (const tieRule of ['logits', 'geometric', 'arithmetic', 'product']) {
        for (const {letters, order, score} of await designs({chains: 'A,B', ties, tieRule})) {
            for (const [row, other] of ties) assert.equal(letters[row], letters[other]);
            const sequence = Array.from(letters, (letter) => LETTERS[letter]).join('');
            const [again] = await engine.score(encoding, {chains: 'A,B', sequences: sequence, order});
            assert.equal(again.score, score);
        }
    }
});

test('a tie with a fixed residue takes its letter', async () => {
    const [[row, other]] = pairs();
    const name = structure.rowName(other);
    const letter = structure.sequence[other] === 'W' ? 'Y' : 'W';
    for (const {letters} of await designs({chains: 'A,B', ties: [[row, name]], set: {[name]: letter}})) {
        assert.equal(LETTERS[letters[row]], letter);
        assert.equal(LETTERS[letters[other]], letter);
    }
});

test('temperature 0 at some residues, and a temperature that falls', async () => {
    const cold = await designs({chains: 'A', temperature: 2, temperatures: {'#1-20': 0}, order: 'n-to-c'});
    const first = (each) => each.sequence.slice(0, 10);
    assert.equal(first(cold[0]), first(cold[1]));
    assert.notEqual(cold[0].sequence, cold[1].sequence);
    const falling = await designs({chains: 'A', temperature: 2, finalTemperature: 0.001, order: 'n-to-c'});
    const last = structure.chains[0].length - 1;
    const largest = ({probs}, row) => Math.max(...probs.subarray(row * LETTER_COUNT, (row + 1) * LETTER_COUNT));
    for (const each of falling) {
        assert.ok(largest(each, last) > 0.999, `${largest(each, last)}`);
        assert.ok(largest(each, 0) < 0.9, `${largest(each, 0)}`);
    }
});

test('a matrix alone decides with weight 1, and what it does not favour hardly comes', async () => {
    const n = structure.length, probabilities = new Float32Array(n * LETTER_COUNT);
    for (let row = 0; row < n; row++) probabilities[row * LETTER_COUNT + LETTERS.indexOf(row % 2 ? 'K' : 'E')] = 1;
    const [design] = await designs({count: 1, chains: 'A', pssm: {weight: 1, probabilities}});
    const {start, length} = structure.chains[0];
    for (let row = start; row < start + length; row++) {
        if (design.designMask[row]) assert.equal(LETTERS[design.letters[row]], row % 2 ? 'K' : 'E');
    }
    const favoured = Uint8Array.from({length: n * LETTER_COUNT}, (_, i) => LETTERS[i % LETTER_COUNT] === 'G');
    const [glycines] = await designs({count: 1, chains: 'A', pssm: {weight: 0, probabilities, favoured}});
    const drawn = [...glycines.letters].filter((_, row) => glycines.designMask[row]);
    const share = drawn.filter((letter) => LETTERS[letter] === 'G').length / drawn.length;
    assert.ok(share > 0.8, `${share}`);
});

test('what contradicts itself is refused before any work, with the residue', async () => {
    const [[row, other], [next]] = pairs();
    const [a, b] = [row, other].map((each) => structure.rowName(each));
    const refused = (options, message) => assert.rejects(designs({chains: 'A,B', ...options}), (error) => {
        assert.ok(error instanceof ConstraintError, error);
        assert.match(error.message, message);
        return true;
    });
    await refused({ties: [[row, other], [next, row]]}, new RegExp(`${a} is tied twice`));
    await refused({ties: [[row, 'A']]}, /'A' names \d+ residues; a tie needs one/);
    await refused({ties: [[row, 1e6]]}, /row 1000000/);
    await refused({ties: [[{row, weight: NaN}, other]]}, new RegExp(`weight of ${a}`));
    await refused({ties: [[{row, weight: -1}, other]], tieRule: 'arithmetic'}, /negative/);
    await refused({ties: [[row, other]], tieRule: 'best'}, /'best' is no rule for ties/);
    await refused({ties: [[row, other, next]], set: {[a]: 'A', [b]: 'C'}}, /fixed to different letters/);
    await refused({ties: [[row, other]], set: {[a]: 'A'}, omit: {[b]: 'A'}}, /must not have/);
    await refused({ties: [[row, other]], temperatures: {[a]: 2}}, /their temperatures differ/);
    await refused({temperatures: {[a]: -1}}, /no number of at least 0/);
    await refused({finalTemperature: 0}, /final temperature/);
    await refused({temperature: 0, finalTemperature: 1}, /cannot change on the way/);
    await refused({pssm: {weight: 2, probabilities: new Float32Array(structure.length * LETTER_COUNT)}}, /PSSM/);
    await refused({pssm: {weight: 1, probabilities: [1]}}, /PSSM: 1 probabilities/);
});
