/* SPDX-License-Identifier: MIT
 *
 * alignments.test.js - alignments as profiles, matrices and fixed residues; a bias towards the file's own letters.
 *
 * Weights and shares of a small alignment are worked out by hand; pseudocounts from the formula and published numbers.
 */
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {after, before, test} from 'node:test';
import {alignmentProfile, alignRows, conservedRows, nativeBias, pssmOf} from '../../wasm/alignments.js';
import {parseAlignment} from '../../wasm/formats/a3m.js';
import {ConstraintError, Engine, LETTERS, ParseError} from '../../wasm/index.js';
import {BACKGROUND, ODDS, withPseudocounts} from '../../wasm/substitution.js';
import {smallModel} from './model_file.js';

const read = (name) => readFileSync(new URL(`../data/structures/${name}.pdb`, import.meta.url), 'utf8');
/** @type {Engine} */
let engine;
before(async () => { engine = await Engine.load({weights: smallModel()}); });
after(() => engine.dispose());

const near = (actual, expected, within, what) =>
    assert.ok(Math.abs(actual - expected) <= within, `${what ?? ''} ${actual}, expected ${expected}`);
const index = (letter) => LETTERS.indexOf(letter);

/** A structure of CA atoms: [chain, first number, letters] one after the other. */
function structureOf(...pieces) {
    const names = {A: 'ALA', C: 'CYS', D: 'ASP', E: 'GLU', G: 'GLY', K: 'LYS', L: 'LEU', W: 'TRP', X: 'UNK'};
    const lines = pieces.flatMap(([chain, first, letters]) => [...letters].map((letter, i) =>
        `ATOM      1  CA  ${names[letter]} ${chain}${String(first + i).padStart(4)}    ${'   0.000'.repeat(3)}  1.00`));
    return engine.parse(`${lines.join('\n')}\nEND\n`, {name: 'made'});
}

const SMALL = ['# a comment', '>query', 'ACDE', '>one', 'AgggCD', 'E', '>two', 'aAC-E', '>three', 'GCK-.', '>ss_pred',
    'CCCC', '>four with words', '--KaaE'].join('\r\n');

test('A3M: insertions, dots and secondary structure are passed over', () => {
    assert.deepEqual(parseAlignment(SMALL).map(({letters}) => letters), ['ACDE', 'ACDE', 'AC-E', 'GCK-', '--KE']);
    for (const [text, message, line] of [
        ['', /no record/, 1], ['ACD\n>q\nACD', /line 1: a sequence before/, 1],
        ['>q\nACD\n>s\nAC', /line 3: '>s' has 2 columns, the query has 3/, 3],
        ['>q\nacd', /the query, has no upper/, 1],
        ['>q\nAC1', /'>q' holds '1'/, 1], ['# STOCKHOLM 1.0\n', /A3M or aligned FASTA/, 1]
    ]) {
        assert.throws(() => parseAlignment(text), (error) => error instanceof ParseError && error.line === line
            && message.test(error.message), text);
    }
});

test('a profile: weights, shares and gaps by hand', () => {
    const profile = alignmentProfile(SMALL);
    assert.equal(profile.query, 'ACDE');
    assert.equal(profile.sequences, 5);
    /* Columns have 2, 1, 2 and 1 letters: A 3 and G 1 times, C 4, D 2 and K 2, E 4. So query and one have
     * (1/6 + 1/4 + 1/4 + 1/4) / 4 = 33/144, two (1/6 + 1/4 + 1/4) / 3 = 32/144, three (1/2 + 1/4 + 1/4) / 3 = 48/144,
     * four (1/4 + 1/4) / 2 = 36/144: 182/144 in all. */
    [33, 33, 32, 48, 36].forEach((weight, i) => near(profile.weights[i], weight / 182, 1e-15, `weight ${i}`));
    const share = (column, letter) => profile.frequencies[column * 20 + index(letter)];
    near(share(0, 'A'), 98 / 146, 1e-15);
    near(share(0, 'G'), 48 / 146, 1e-15);
    near(share(1, 'C'), 1, 1e-15);
    near(share(2, 'D'), 66 / 150, 1e-15);
    near(share(2, 'K'), 84 / 150, 1e-15);
    near(share(3, 'E'), 1, 1e-15);
    near(profile.frequencies.reduce((sum, value) => sum + value), 4, 1e-14, 'nothing else');
    assert.deepEqual([...profile.counts].filter(Boolean).sort(), [1, 2, 2, 3, 4, 4]);
    /* Of the gaps only that of 'two' lies within its sequence. */
    [0, 0, 32 / 182, 0].forEach((gaps, column) => near(profile.gaps[column], gaps, 1e-15, `gaps ${column}`));
    near(profile.letters, (2 + 1 + 3 + 1) / 4, 1e-15);
});

test('a profile: pseudocounts of PSI-BLAST', () => {
    const {probabilities, letters} = alignmentProfile(SMALL);
    /* Column 1 holds C alone. BLOSUM62 of C with ACDEFGHIKLMNPQRSTVWY: */
    const scores = [0, 9, -3, -4, -2, -3, -3, -1, -3, -1, -1, -3, -3, -3, -3, -1, -1, -1, -2, -2];
    const odds = scores.map((score, a) => BACKGROUND[a] * Math.exp(0.3176 * score));
    const total = odds.reduce((sum, value) => sum + value);
    const alpha = letters - 1;
    for (let a = 0; a < 20; a++) {
        const expected = (alpha * (a === 1 ? 1 : 0) + 10 * odds[a] / total) / (alpha + 10);
        near(probabilities[21 + a], expected, 1e-15, LETTERS[a]);
    }
    for (let column = 0; column < 4; column++) {
        const row = probabilities.subarray(column * 21, (column + 1) * 21);
        near(row.reduce((sum, value) => sum + value), 1, 1e-14);
        assert.equal(row[20], 0, 'never X');
    }
    /* The more letters columns have, the more the sequences count. */
    const seen = Float64Array.from({length: 20}, (_, a) => (a === index('W') ? 1 : 0));
    const [few, many] = [2, 18].map((kinds) => withPseudocounts(seen, kinds)[index('W')]);
    assert.ok(few < many && many < 1);
    assert.deepEqual(withPseudocounts(new Float64Array(20), 5), BACKGROUND);
});

test('BLOSUM62, background and scale belong together', () => {
    let sum = 0;
    ODDS.forEach((row, a) => row.forEach((odds, b) => {
        sum += BACKGROUND[a] * BACKGROUND[b] * odds;
        assert.equal(odds, ODDS[b][a]);
    }));
    near(sum, 1, 2e-5, 'the definition of lambda');
    near(BACKGROUND.reduce((total, p) => total + p), 1, 1e-12);
});

test('copies of a sequence weigh together what one weighs', () => {
    const {weights} = alignmentProfile(`${'>a\nACDE\n'.repeat(50)}>b\nKLMN\n>c\nPQRS\n`);
    weights.forEach((weight, i) => near(weight, i < 50 ? 1 / 150 : 1 / 3, 1e-15, `sequence ${i}`));
});

/* ---- Rows ---- */

const columns = (structure, query, chain) =>
    [...alignRows(structure, [{profile: alignmentProfile(`>q\n${query}`), chain}]).column];

test('columns of rows: whole chains, missing residues, unknown letters', () => {
    assert.deepEqual(columns(structureOf(['A', 5, 'ACDE']), 'ACDE'), [0, 1, 2, 3]);
    assert.deepEqual(columns(structureOf(['A', 5, 'CDE']), 'AACDEKK'), [2, 3, 4]);
    assert.deepEqual(columns(structureOf(['A', 1, 'AC'], ['A', 5, 'KE']), 'ACDDKE'), [0, 1, 4, 5], 'by number');
    assert.deepEqual(columns(structureOf(['A', 1, 'AA'], ['A', 5, 'AA']), 'AADDAA'), [0, 1, 4, 5], 'numbers decide');
    assert.deepEqual(columns(structureOf(['A', 1, 'AC'], ['A', 50, 'KE']), 'ACDDKE'), [0, 1, 4, 5], 'a jump');
    assert.deepEqual(columns(structureOf(['A', 1, 'AXDE']), 'GACDEG'), [1, 2, 3, 4]);
    assert.deepEqual(columns(structureOf(['A', 1, 'ACDE']), 'GAXDEG'), [1, 2, 3, 4]);
    assert.deepEqual(columns(structureOf(['A', 1, 'ACDE']), 'A-CD-E'), [0, 1, 2, 3], 'a gap in the query is no column');
    const both = structureOf(['A', 1, 'ACDE'], ['B', 1, 'CDE'], ['C', 1, 'KKKK']);
    assert.deepEqual(columns(both, 'ACDE'), [0, 1, 2, 3, 1, 2, 3, -1, -1, -1, -1], 'copies');
    assert.deepEqual(columns(both, 'ACDE', 'B'), [-1, -1, -1, -1, 1, 2, 3, -1, -1, -1, -1]);
});

test('columns of rows: what cannot be is said with its place', () => {
    const refused = (structure, query, message, chain) => assert.throws(() => columns(structure, query, chain),
        (error) => error instanceof ConstraintError && message.test(error.message) && error.message.startsWith('al'));
    refused(structureOf(['A', 7, 'ACDE']), 'ACKE',
        /^alignment: chain A is no part of the query: A9 is D, letter 3 of the query is K \(3 of 4 residues agree\)$/);
    refused(structureOf(['A', 7, 'ACDEKL']), 'ACDE', /A11 is beyond the query, which has 4 letters \(4 of 6/);
    refused(structureOf(['A', 1, 'LL']), 'ALLL',
        /chain A fits the query in more than one way: A1 may be its letter 2 or 3/);
    refused(structureOf(['A', 1, 'AC'], ['A', 50, 'DE']), 'ACDEDE', /more than one way: numbers are missing/);
    refused(structureOf(['A', 1, 'ACDE'], ['B', 1, 'KKK']), 'GGG', /chain A is no part.*nor is any other of 2 chains/);
    const both = structureOf(['A', 1, 'ACDE'], ['B', 1, 'KCK']);
    refused(both, 'ACDE', /chain B is no part/, 'B');
    const profile = alignmentProfile('>q\nACDE', {name: 'x.a3m'});
    assert.throws(() => alignRows(both, [{profile}, {profile, chain: 'A'}]),
        /chain A has two alignments, x.a3m and x.a3m/);
    assert.throws(() => alignRows(both, [{profile, chain: 'Q'}]), /no chain 'Q'/);
});

/* ---- Tables ---- */

test('a matrix has the columns of rows that have one', () => {
    const structure = structureOf(['A', 1, 'AC'], ['A', 4, 'E'], ['B', 1, 'KK']), profile = alignmentProfile(SMALL);
    const {weight, probabilities} = pssmOf(structure, profile, 0.25);
    assert.deepEqual([...weight], [0.25, 0.25, 0.25, 0, 0]);
    [0, 1, 3].forEach((column, row) => assert.deepEqual(probabilities.slice(row * 21, (row + 1) * 21),
        Float32Array.from(profile.probabilities.slice(column * 21, (column + 1) * 21))));
    assert.ok(probabilities.slice(63).every((value) => value === 0));
    for (const wrong of [-0.1, 1.1, NaN]) assert.throws(() => pssmOf(structure, profile, wrong), /from 0 to 1/);
});

test('conserved residues: shares of the letter the file has, with gaps inside of sequences', () => {
    const profile = alignmentProfile(SMALL);   // A 98/146, C 1, D 66/182 as gaps count, E 1
    const conserved = (share, letters = 'ACDE') => [...conservedRows(structureOf(['A', 1, letters]), profile, share)];
    assert.deepEqual(conserved(1), [0, 1, 0, 1]);
    assert.deepEqual(conserved(0.67), [1, 1, 0, 1]);
    assert.deepEqual(conserved(0.672), [0, 1, 0, 1]);
    assert.deepEqual(conserved(0.44), [1, 1, 0, 1], 'not 66/150');
    assert.deepEqual(conserved(66 / 182), [1, 1, 1, 1]);
    assert.deepEqual(conserved(0.1, 'AXDE'), [1, 0, 1, 1], 'what is unknown is not conserved');
    for (const wrong of [0, -1, 1.01, NaN]) assert.throws(() => conserved(wrong), /above 0 and at most 1/);
});

test('a bias towards the letters of the file, on top of another', () => {
    const structure = structureOf(['A', 1, 'AXE']);
    const at = (table, row, letter) => table[row * 21 + index(letter)];
    const plain = nativeBias(structure, 1.5);
    assert.deepEqual([...plain.keys()].filter((i) => plain[i]), [index('A'), 42 + index('E')]);
    for (const [bias, expected] of [
        ['A:0.5,W:-1', [[0, 'A', 2], [0, 'W', -1], [1, 'A', 0.5], [1, 'X', 0], [2, 'E', 1.5], [2, 'A', 0.5]]],
        [{A3: {E: 2}}, [[0, 'A', 1.5], [2, 'E', 3.5], [0, 'E', 0]]],
        [Array(63).fill(1), [[0, 'A', 2.5], [1, 'X', 1], [2, 'E', 2.5], [2, 'C', 1]]]
    ]) {
        const table = nativeBias(structure, 1.5, bias);
        for (const [row, letter, value] of expected) assert.equal(at(table, row, letter), value, `${row} ${letter}`);
    }
    assert.throws(() => nativeBias(structure, NaN), ConstraintError);
});

test('a weight of 1 at T = 1 draws from the matrix alone, and conserved residues stay', async () => {
    const structure = engine.parse(read('6MRR'), {name: '6MRR'}), query = structure.sequence;
    const encoding = await engine.encode(structure);
    const shuffled = [...query].map((_, i) => query[(i * 7 + 3) % query.length]).join('');
    const rows = [query, shuffled, `${query.slice(0, 40)}${shuffled.slice(40)}`, `${'-'.repeat(20)}${query.slice(20)}`];
    const profile = alignmentProfile(rows.map((row, i) => `>s${i}\n${row}\n`).join(''));
    const pssm = pssmOf(structure, profile, 1), fix = conservedRows(structure, profile, 1);
    assert.ok(fix.includes(1) && fix.includes(0));
    const count = 600, drawn = new Float64Array(structure.length * 20);
    for await (const {letters} of engine.design(encoding, {count, temperature: 1, seed: 3, pssm, fix})) {
        letters.forEach((letter, row) => {
            if (fix[row]) assert.equal(letter, structure.letters[row]);
            drawn[row * 20 + letter]++;
        });
    }
    /* Pearson's statistic of each designed row, with its exact mean and variance under multinomial draws. */
    let statistic = 0, mean = 0, variance = 0;
    for (let row = 0; row < structure.length; row++) {
        if (fix[row]) continue;
        let inverse = 0;
        for (let a = 0; a < 20; a++) {
            const p = pssm.probabilities[row * 21 + a];
            statistic += (drawn[row * 20 + a] - count * p) ** 2 / (count * p);
            inverse += 1 / p;
        }
        mean += 19;
        variance += 2 * 19 + (inverse - 20 * 20 - 2 * 20 + 2) / count;
    }
    near(statistic, mean, 5 * Math.sqrt(variance), 'Pearson');
});
