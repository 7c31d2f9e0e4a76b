/* SPDX-License-Identifier: MIT
 *
 * alignment.test.js - what else `weft` may know of a protein: --alignment, --pssm, --native-bias; --noise; entropies.
 *
 * Most tests use a small network with random weights. Those that need the published model read it from the cache.
 */
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {before, test} from 'node:test';
import {gzipSync} from 'node:zlib';
import {parseFasta} from '../../wasm/formats/fasta.js';
import {readNpz} from '../../wasm/formats/npy.js';
import {defaultModel} from '../../wasm/models.js';
import {smallModel} from '../web/model_file.js';
import {done, jsonLines, refusal, skipWithout, structureFile, testFolder} from './command.js';

const [monomer, damaged, trimer] = ['5L33.pdb', '5L33_damaged.pdb', '3HTN.pdb'].map(structureFile);
const skip = skipWithout();
const NATIVE = 'HMPEEEKAARLFIEALEKGDPELMRKVISPDTRMEDNGREFTGDEVVEYVKEIQKRGEQWHLRRYTKEGNSWRFEVQVDNNGQTEQWEVQIEVRN'
    + 'GRIKRVTITHV';

const {folder, write, weft} = testFolder('alignment');
let model = '', family = '';
before(async () => {
    model = await write('small.eqx', smallModel());
    family = await write('family.a3m', relatives(NATIVE, 12));
});

/** An alignment in which all have every fifth letter of the query, and the others of places that move along. */
function relatives(query, count) {
    const row = (s) => [...query].map((letter, i) => (i % 5 ? query[(i + 3 * s) % query.length] : letter));
    return Array.from({length: count}, (_, s) => {
        const letters = row(s);
        if (s === 4) letters[10] += 'gg';   // an insertion
        return `>seq${s} of a family\n${letters.join('')}\n`;
    }).join('');
}

/** weft with the small model and a seed; expects success. */
const ok = async (command, ...args) => done(await weft([command, ...args, '-m', model, '-s', '5']));

/** Expects the exit code and one line on stderr that matches; others only on what was read. */
const refused = async (args, ...expected) =>
    refusal(await weft(['design', ...args, '-m', model, '-q']), ...expected);

const sequences = (stdout) => parseFasta(stdout).slice(1).map(({sequence}) => sequence);

test('design: conserved residues stay and are listed, the rest is drawn from the matrix', async () => {
    const {stdout, stderr} = await ok('design', monomer, '-n', '6', '-T', '1', '--alignment', family,
        '--fix-conserved', '0.95', '--pssm-weight', '1', '--fix', 'A1-2');
    assert.match(stderr, /family\.a3m: 12 sequences, \d\d?\.\d different letters in a column on average/);
    assert.match(stderr, /5L33: 22 residues have the letter of at least 0\.95 of their column and stay: A-1,A4,A9,/);
    assert.match(stderr, /designing 82 of 106 residues/);
    for (const sequence of sequences(stdout)) {
        for (let i = 0; i < NATIVE.length; i += 5) assert.equal(sequence[i], NATIVE[i], `letter ${i}`);
        assert.equal(sequence.slice(2, 4), NATIVE.slice(2, 4), '--fix holds, too');
        assert.notEqual(sequence, NATIVE);
    }
});

test('design: packed files give the same, and weights of 0 change nothing', async () => {
    const packed = await write('family.a3m.gz', gzipSync(readFileSync(family)));
    const run = async (...args) => (await ok('design', monomer, '-n', '2', ...args)).stdout;
    const given = (path, weight) => run('--alignment', path, '--pssm-weight', weight);
    const [plain, whole] = [await given(family, '0.5'), await run()];
    assert.equal(await given(packed, '0.5'), plain);
    assert.notEqual(plain, whole);
    assert.equal(await given(family, '0'), whole);
});

test('design: missing residues, copies and chains of their own', async () => {
    const {stderr} = await ok('design', damaged, '-n', '1', '--alignment', family, '--fix-conserved', '1');
    assert.match(stderr, /5L33_damaged: 21 residues have the letter/, 'one of 22 is missing');
    const [native] = parseFasta((await ok('design', trimer, '--chains', 'A', '-n', '1')).stdout);
    const copies = await write('trimer.a3m', relatives(native.sequence, 6));
    const all = await ok('design', trimer, '--chains', 'all', '-n', '1', '--alignment', copies, '--fix-conserved', '1');
    const listed = /stay: (.*)/.exec(all.stderr)[1];
    for (const chain of 'ABC') assert.match(listed, new RegExp(`\\b${chain}\\d`), 'all copies have it');
    const two = await ok('design', trimer, '--chains', 'all', '-n', '1', '--fix-conserved', '1', '--alignment',
        `B=${copies},C=${copies}`);
    assert.doesNotMatch(/stay: (.*)/.exec(two.stderr)[1], /\bA\d/);
});

test('design: what alignments cannot be', async () => {
    const W = ['--pssm-weight', '0.5'];
    await refused([monomer, '--alignment', family], 2, /needs --pssm-weight W or --fix-conserved SHARE/);
    await refused([monomer, ...W], 2, /--pssm-weight needs --alignment FILE or --pssm FILE/);
    await refused([monomer, '--fix-conserved', '0.9'], 2, /--fix-conserved needs --alignment/);
    await refused([monomer, '--pssm', family], 2, /--pssm needs --pssm-weight/);
    await refused([monomer, '--pssm', family, '--alignment', family, ...W], 2, /give one of them/);
    for (const [option, value] of [
        ['pssm-weight', '2'], ['pssm-weight', 'x'], ['fix-conserved', '0'], ['native-bias', ''], ['noise', '-1']
    ]) {
        const message = new RegExp(`--${option}: '${value}' is no`);
        await refused([monomer, '--alignment', family, `--${option}=${value}`], 2, message);
    }
    await refused([monomer, '--alignment', 'A=', ...W], 2, /is no list of files/);
    await refused([monomer, '--alignment', 'none.a3m', ...W], 3, /none\.a3m: cannot be read: there is no such file/);
    const odd = await write('odd.a3m', '>q\nACD\n>s\nAC\n');
    await refused([monomer, '--alignment', odd, ...W], 3, /odd\.a3m: line 3: '>s' has 2 columns, the query has 3/);
    const changed = await write('changed.a3m', `>q\n${NATIVE.slice(0, 50)}W${NATIVE.slice(51)}\n`);
    await refused([monomer, '--alignment', changed, ...W], 3,
        /5L33\.pdb: .*changed\.a3m: chain A is no part of the query: A49 is K, letter 51 of the query is W \(105 of/);
    await refused([monomer, '--alignment', `B=${family}`, ...W], 3, /no chain 'B'/);
});

test('design: matrices of make_pssm_input_dict.py', async () => {
    const W = 'ACDEFGHIKLMNPQRSTVWYX'.split('').map((letter) => (letter === 'W' ? 1 : 0));
    const places = 106, zero = Array(21).fill(0);
    const chain = {
        pssm_coef: Array.from({length: places}, (_, i) => (i < 53 ? 1 : 0)),
        pssm_bias: Array.from({length: places}, (_, i) => (i < 53 ? W : zero)), pssm_log_odds: []
    };
    const lines = [{'5L33': {A: chain}}, {'5L33_damaged': {A: chain}}].map((line) => JSON.stringify(line));
    const file = await write('pssm.jsonl', `${lines.join('\n')}\n`);
    const run = async (path, ...args) => sequences((await ok('design', path, '-n', '1', '--pssm', file, '--pssm-weight',
        '1', ...args)).stdout)[0];
    const sequence = await run(monomer);
    assert.equal(sequence.slice(0, 53), 'W'.repeat(53));
    assert.doesNotMatch(sequence.slice(53), /^W+$/);
    const gapped = await run(damaged);   // 106 places, 101 residues, three of them without a whole backbone
    assert.equal(gapped.length, 106);
    assert.match(gapped.slice(0, 53), /^[WX]+[A-Z]?[WX]+$/);
    const other = [trimer, '--chains', 'all', '--pssm', file, '--pssm-weight', '1'];
    await refused(other, 3, /pssm\.jsonl has no entry '3HTN'/);
    const short = await write('short.jsonl', JSON.stringify({'5L33': {A: {...chain, pssm_coef: [1]}}}));
    await refused([monomer, '--pssm', short, '--pssm-weight', '1'], 3, /chain A needs pssm_coef of 106 numbers/);
});

test('design: a bias towards the letters of the file', async () => {
    const run = async (...args) => sequences((await ok('design', monomer, '-n', '1', ...args)).stdout)[0];
    assert.equal(await run('--native-bias', '1000'), NATIVE);
    assert.equal(await run('--native-bias', '1000', '--bias', 'W:2000'), 'W'.repeat(106));
    const away = await run('--native-bias=-1000');
    for (const [i, letter] of [...away].entries()) assert.notEqual(letter, NATIVE[i]);
});

test('design, score, probs: noise comes from the seed', async () => {
    const design = async (noise, seed, ...args) => (await weft(['design', monomer, '-m', model, '-n', '2', '-s', seed,
        ...noise ? ['--noise', noise] : [], ...args])).stdout;
    const [still, one] = [await design('', '1'), await design('0.3', '1', '--threads', '0')];
    assert.equal(await design('0', '1'), still);
    assert.notEqual(one, still);
    assert.equal(await design('0.3', '1', '--threads', '2'), one, 'workers see the same coordinates');
    const natives = new Set([still, one, await design('0.3', '2'), await design('0.2', '1')].map((text) =>
        parseFasta(text)[0].header.replace(/seed=\d+/, '')));
    assert.equal(natives.size, 4, 'another seed or size is another backbone');
    const score = async (...args) => (await ok('score', monomer, '--json', '--order', 'n-to-c', ...args)).stdout;
    assert.notEqual(await score('--noise', '0.3'), await score());
    assert.equal(await score('--noise', '0.3'), await score('--noise', '0.3'));
    const {stdout} = await ok('probs', monomer, '--mode', 'unconditional', '--noise', '0.1');
    assert.equal(JSON.parse(stdout).seed, 5, 'the seed is told');
});

test('design: what is chosen by distance does not move with noise', async () => {
    const chosen = async (...args) => /designing (.*)/.exec((await ok('design', trimer, '--chains', 'A', '--design',
        'within 4 of B', '-n', '1', ...args)).stderr)[1];
    assert.equal(await chosen('--noise', '3'), await chosen());
});

test('probs: entropies over the 20 letters', async () => {
    const path = join(folder, 'probs.npz');
    await ok('probs', monomer, '--mode', 'unconditional', '-o', path);
    const arrays = readNpz(readFileSync(path));
    const {entropy, log_probs: table} = JSON.parse((await ok('probs', monomer, '--mode', 'unconditional')).stdout);
    assert.deepEqual([arrays.get('entropy').dtype, arrays.get('entropy').shape], ['<f4', [106]]);
    assert.deepEqual(Array.from(arrays.get('entropy').data), entropy);
    for (const [row, logs] of table.entries()) {
        const p = logs.slice(0, 20).map(Math.exp), total = p.reduce((sum, value) => sum + value);
        const expected = -p.reduce((sum, value) => sum + value / total * Math.log(value / total), 0);
        assert.ok(Math.abs(entropy[row] - expected) < 1e-6, `row ${row}`);
        assert.ok(entropy[row] > 0 && entropy[row] <= Math.log(20) + 1e-6);
    }
});

test('design: with the published model, a family or the file itself draw designs towards them', {skip}, async () => {
    const recovery = async (...args) => {
        const words = ['design', monomer, '-n', '2', '-s', '1', '-m', defaultModel, '--json', ...args];
        const found = jsonLines(done(await weft(words)).stdout).map((line) => line.recovery);
        return found.reduce((sum, value) => sum + value) / found.length;
    };
    const plain = await recovery();
    assert.ok(await recovery('--native-bias', '1') > plain + 0.15);
    /* Twenty kinds of letters at some columns: the sequences count for 2/3. All others have the native letter. */
    const rows = [...'ACDEFGHIKLMNPQRSTVWY'].map((letter, s) =>
        `>s${s}\n${s ? [...NATIVE].map((own, i) => (i % 2 ? own : letter)).join('') : NATIVE}\n`);
    const half = await write('half.a3m', rows.join(''));
    const fixed = await recovery('--alignment', half, '--pssm-weight', '0', '--fix-conserved', '1');
    const drawn = await recovery('--alignment', half, '--pssm-weight', '1');
    assert.ok(fixed > 0.3 && fixed < 0.7, `${fixed} of the residues that are not fixed`);
    assert.ok(drawn > 0.3, `${drawn} from the matrix`);
});

test('design: letters and temperatures by distance do not move with noise', async () => {
    const omit = await write('near.json', '{"within 6 of B": "ACDEFGHIKLMNPQRSTVW"}');
    const forced = async (...args) => {
        const {stdout} = await ok('design', trimer, '--chains', 'A', '--omit', omit, '-n', '1', '-s', '1', '--json',
            '--temperature-at', 'within 6 of B:5', ...args);
        return [...JSON.parse(stdout).chains.A].map((letter) => letter === 'Y');
    };
    const still = await forced();
    assert.ok(still.includes(true) && still.includes(false));
    assert.deepEqual(await forced('--noise', '3'), still);
});

test('design: a number behind an alignment is refused, not passed over', async () => {
    await refused([monomer, '--alignment', `${family}:0.3`, '--pssm-weight', '0.5'], 2,
        /--alignment: '.*family\.a3m:0\.3' is no list of files; write FILE or A=FILE,B=FILE/);
});
