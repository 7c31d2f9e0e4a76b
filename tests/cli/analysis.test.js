/* SPDX-License-Identifier: MIT
 *
 * analysis.test.js - `weft scan`, `weft jacobian`, averages and sweeps, with the published model on real structures.
 *
 * What the numbers are is shown in tests/web/analysis.test.js and in the suite `parity`; here that they reach their
 * files, what they take, and what couplings are worth as contacts.
 */
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {gunzipSync} from 'node:zlib';
import {couplingsOf, rankedPairs} from '../../wasm/analysis.js';
import {fastCore} from '../../wasm/fast.js';
import {Engine} from '../../wasm/index.js';
import {readBbc} from '../../wasm/formats/bbc.js';
import {readNpz} from '../../wasm/formats/npy.js';
import {modelPath} from '../../wasm/cli/store.js';
import {defaultModel, findModel} from '../../wasm/models.js';
import {data, done, refusal, skipWithout, structureFile, testFolder} from './command.js';

const skip = skipWithout(), {folder, weft, write} = testFolder('analysis');
const AMINO = 'ACDEFGHIKLMNPQRSTVWY';
const monomer = structureFile('6MRR.pdb'), trimer = structureFile('3HTN.pdb');
const table = (text) => text.trimEnd().split('\n').map((line) => line.split('\t'));
const arrays = async (name) => Object.fromEntries(readNpz(await readFile(join(folder, name))));

/** @type {Engine} */
let engine;
before(async () => {
    if (!skip) engine = await Engine.load({weights: await readFile(modelPath(findModel(defaultModel))), threads: 2});
});
after(() => engine?.dispose());

test('scan: a table, CSV, NPZ and JSON of the same numbers', {skip}, async () => {
    const [header, ...rows] = table(done(await weft(['scan', monomer, '-s', '3', '--design', 'A5-8'])).stdout);
    assert.deepEqual(header, ['structure', 'residue', 'wild_type', 'entropy', ...AMINO]);
    assert.deepEqual(rows.map((row) => row.slice(0, 3)), [['6MRR', 'A5', 'E'], ['6MRR', 'A6', 'L'], ['6MRR', 'A7', 'E'],
        ['6MRR', 'A8', 'K']]);
    const words = ['scan', monomer, '-s', '3', '--design', 'A5-8', '--orders', '2'];
    for (const file of ['s.csv', 's.npz', 's.json']) done(await weft([...words, '-o', file]));
    const npz = await arrays('s.npz'), [json] = JSON.parse(`[${await readFile(join(folder, 's.json'), 'utf8')}]`);
    const csv = (await readFile(join(folder, 's.csv'), 'utf8')).trim().split('\n');
    const [columns, ...lines] = csv.map((line) => line.split(','));
    assert.deepEqual(columns.slice(1, 6), ['residue', 'wild_type', 'mutant', 'delta_log_prob', 'standard_error']);
    assert.equal(lines.length, 80);
    assert.deepEqual(npz.delta_log_probs.shape, [4, 20]);
    assert.deepEqual(npz.decoding_orders.shape, [2, 68]);
    lines.forEach((line, i) => {
        assert.equal(Number(line[4]), npz.delta_log_probs.data[i]);
        assert.equal(Number(line[5]), json.standard_errors[Math.floor(i / 20)][i % 20]);
        if (line[2] === line[3]) assert.equal(Number(line[4]), 0);
    });
    assert.ok(json.pseudo_perplexity > 1 && json.pseudo_perplexity < 20);
});

test('scan: explicit scoring of each mutant with the published model', {skip}, async () => {
    const structure = engine.parse(readFileSync(monomer)), encoding = await engine.encode(structure);
    const scan = await engine.scan(encoding, {seed: 7});
    let worst = 0;
    for (const i of [0, 20, 21, 67]) {
        const row = scan.rows[i], order = [...scan.orders[0].filter((each) => each !== row), row];
        const sequences = [...AMINO].map((letter) =>
            structure.sequence.slice(0, row) + letter + structure.sequence.slice(row + 1));
        const scores = await engine.score(encoding, {sequences, order});
        const own = scores[AMINO.indexOf(structure.sequence[row])].residueScores[row];
        scores.forEach(({residueScores}, a) => {
            worst = Math.max(worst, Math.abs(scan.deltas[i * 20 + a] - (own - residueScores[row])));
        });
    }
    console.log(`   scan against explicit scores of 80 mutants: at most ${worst.toExponential(1)} nats apart`);
    assert.ok(worst <= 1e-6);
});

test('scan: double mutants', {skip}, async () => {
    const words = ['scan', monomer, '-s', '3', '--doubles', '--design', 'A6,A9'];
    const [header, ...rows] = table(done(await weft(words)).stdout);
    assert.deepEqual(header.slice(-2), ['delta_log_prob', 'epistasis']);
    assert.equal(rows.length, 19 * 19);
    assert.ok(rows.every((row, i) => !i || Number(row[7]) <= Number(rows[i - 1][7])));
    done(await weft([...words, '-o', 'd.npz']));
    const npz = await arrays('d.npz');
    assert.deepEqual(npz.epistasis.shape, [1, 20, 20]);
    assert.deepEqual([...npz.pair_rows.data], [5, 8]);
    refusal(await weft(['scan', monomer, '--doubles', '--design', 'A6', '-q']), 3,
        /double mutants need at least two residues/);
    refusal(await weft(['scan', monomer, '--doubles', '--mode', 'unconditional', '-q']), 2,
        /pairs are looked at given all others/);
});

test('jacobian: pairs as a table, arrays with --full', {skip}, async () => {
    const words = ['jacobian', monomer, '-s', '3', '--design', 'A1-20'];
    const [header, ...rows] = table(done(await weft([...words, '--separation', '4'])).stdout);
    assert.deepEqual(header.slice(1), ['residue_1', 'residue_2', 'separation', 'coupling', 'norm', 'ca_distance']);
    assert.equal(rows.length, 20);
    assert.ok(rows.every((row) => Number(row[3]) >= 4 && Number(row[5]) > 0));
    done(await weft([...words, '--full', '-o', 'j.npz']));
    const npz = await arrays('j.npz');
    assert.deepEqual(npz.jacobian.shape, [20, 20, 20, 20]);
    assert.deepEqual(npz.couplings.shape, [20, 20]);
    const best = Math.max(...npz.couplings.data.filter((_, at) => Math.abs(at % 20 - Math.floor(at / 20)) >= 4));
    assert.equal(best.toFixed(4), rows[0][4]);
    refusal(await weft([...words, '--full', '-q']), 2, /--full: write to FILE.npz/);
    refusal(await weft([...words, '-o', 'x.txt', '-q']), 2, /must end in .csv or .npz or .json/);
});

test('jacobian: the strongest couplings of ten proteins are contacts, and what lengths take', {skip}, async () => {
    const set = readBbc(gunzipSync(readFileSync(data('examples/eval_xray10.bbc.gz'))));
    let found = 0, listed = 0, expected = 0;
    const weights = await readFile(modelPath(findModel(defaultModel)));
    const fast = await Engine.load({weights, threads: 2, wasm: await fastCore()});   // its last digits are others
    for (const [i] of set.entries.entries()) {
        const structure = fast.parse(set.pdb(i), {name: String(i)}), encoding = await fast.encode(structure);
        const jacobian = await fast.jacobian(encoding, {seed: 37});
        const near = contacts(structure), pairs = rankedPairs(structure, jacobian, couplingsOf(jacobian), 24);
        const top = pairs.slice(0, Math.floor(structure.length / 2));
        found += top.filter(near).length;
        listed += top.length;
        expected += top.length * pairs.filter(near).length / pairs.length;
        encoding.dispose();
    }
    await fast.dispose();
    const [precision, chance] = [found / listed, expected / listed];
    console.log(`   ten chains of eval_xray, top L/2 pairs 24 or more apart: ${found} of ${listed} have CB atoms `
        + `within 8 A, precision ${precision.toFixed(3)}, by chance ${chance.toFixed(3)}, `
        + `${(precision / chance).toFixed(1)} times`);
    assert.ok(precision >= 3 * chance);
});

/** Whether the CB atoms of a pair, placed from the backbone, are within 8 A. */
function contacts(structure) {
    const xyz = structure.backbone();
    const carbon = Array.from({length: structure.length}, (_, row) => {
        const at = (atom) => [0, 1, 2].map((axis) => xyz[row * 12 + atom * 3 + axis]);
        const [n, ca, c] = [at(0), at(1), at(2)];
        const b = ca.map((value, axis) => value - n[axis]), d = c.map((value, axis) => value - ca[axis]);
        const a = b.map((_, axis) => b[(axis + 1) % 3] * d[(axis + 2) % 3] - b[(axis + 2) % 3] * d[(axis + 1) % 3]);
        return ca.map((value, axis) => -0.58273431 * a[axis] + 0.56802827 * b[axis] - 0.54067466 * d[axis] + value);
    });
    return ({i, j}) => Math.hypot(...carbon[i].map((value, axis) => value - carbon[j][axis])) < 8;
}

/** With WEFT_LONG=1 also what takes half a minute and more: the Jacobian of 300 residues, whole mutants. */
test('times: a scan and a Jacobian of 100 and 300 residues', {skip}, async () => {
    const long = process.env.WEFT_LONG;
    const text = readFileSync(new URL('../bench/structures/L358_1DOS.pdb', import.meta.url));
    for (const residues of [100, 300]) {
        const whole = engine.parse(text), structure = engine.derive(whole, {rows: `#1-#${residues}`});
        const encoding = await engine.encode(structure), took = {};
        for (const [name, call] of Object.entries({
            'scan, unconditional': () => engine.scan(encoding, {mode: 'unconditional'}),
            'scan, all-others': () => engine.scan(encoding, {seed: 1}),
            ...(long && {'scan, sequence': () => engine.scan(encoding, {seed: 1, mode: 'sequence'})}),
            ...((long || residues === 100) && {jacobian: () => engine.jacobian(encoding, {seed: 1})})
        })) {
            const started = performance.now();
            await call();
            took[name] = (performance.now() - started) / 1000;
        }
        console.log(`   ${residues} residues, 2 workers: ${Object.entries(took).map(([name, seconds]) =>
            `${name} ${seconds.toFixed(2)} s`).join('; ')}`);
        assert.equal(structure.length, residues);
        encoding.dispose();
    }
});

test('averages: identical conformers are one, to the byte; sweeps have an axis for each', {skip}, async () => {
    const copy = await write('copy.pdb', readFileSync(monomer));
    const one = done(await weft(['design', monomer, '-s', '3', '-n', '2']));
    const both = done(await weft(['design', monomer, '-s', '3', '-n', '2', '--conformers', `${copy}:2,${copy}`]));
    assert.equal(both.stdout, one.stdout);
    const noisy = done(await weft(['design', monomer, '-s', '3', '-n', '2', '--noise', '0.1,0.3']));
    assert.notEqual(noisy.stdout, one.stdout);
    for (const average of ['encodings', 'logits']) {
        const probs = ['probs', monomer, '-s', '3', '--mode', 'all-others'];
        done(await weft([...probs, '-o', 'one.npz']));
        done(await weft([...probs, '--conformers', copy, '--average', average, '-o', 'both.npz']));
        assert.deepEqual((await arrays('both.npz')).log_probs.data, (await arrays('one.npz')).log_probs.data);
    }
    const sweep = ['probs', monomer, '-s', '3', '--conformers', copy, '--noise', '0,0.1,0.3', '--average', 'none'];
    done(await weft([...sweep, '-o', 'sweep.npz']));
    const npz = await arrays('sweep.npz');
    assert.deepEqual(npz.log_probs.shape, [2, 3, 68, 21]);
    assert.deepEqual([...npz.noise.data], [0, 0.1, 0.3]);
    assert.deepEqual(npz.conformer.data, ['6MRR', 'copy']);
    const {log_probs: json} = JSON.parse(done(await weft(sweep)).stdout);
    assert.deepEqual([json.length, json[0].length, json[0][0].length], [2, 3, 68]);
    assert.equal(Math.fround(json[1][2][5][7]), npz.log_probs.data[((3 + 2) * 68 + 5) * 21 + 7]);
    const scores = done(await weft(['score', monomer, '-s', '3', '--noise', '0,0.3', '--average', 'none']));
    const [header, ...rows] = table(scores.stdout);
    assert.deepEqual(header.slice(0, 4), ['structure', 'conformer', 'noise', 'sequence']);
    assert.deepEqual(rows.map((row) => row[2]), ['0', '0.3']);
    assert.notEqual(rows[0][4], rows[1][4]);
});

test('averages: what cannot be is refused in words', {skip}, async () => {
    const other = structureFile('5L33.pdb');
    refusal(await weft(['scan', monomer, '--conformers', other, '-s', '1', '-q']), 3,
        /backbone 2 \(5L33\) has .* same residues in all/);
    refusal(await weft(['design', monomer, '--conformers', `${other}:-1`, '-q']), 2,
        /'-1' is no weight above 0/);
    refusal(await weft(['design', monomer, '--states', other, '--noise', '0,0.1', '-q']), 2,
        /--states: of single backbones/);
    refusal(await weft(['design', monomer, '--conformers', 'absent.pdb', '-q']), 3, /absent\.pdb.*no such file/);
    for (const average of ['logits', 'none']) {
        refusal(await weft(['probs', monomer, '--conformers', other, '--average', average, '-q']), 3,
            /backbone 2 \(5L33\) has .* same residues in all/);
    }
    refusal(await weft(['score', monomer, '--conformers', `${monomer}:1e308`, '-q']), 2, /'1e308' is no weight/);
    refusal(await weft(['probs', monomer, '--noise', '0,0.1', '--average', 'none', '--embeddings', '-q']), 2,
        /--embeddings: --average none/);
});

test('averages: logits, too, are of the first one\'s letters and rows', {skip}, async () => {
    const lines = readFileSync(trimer, 'latin1').split('\n').filter((line) => /^ATOM|^HETATM.{11}MSE/.test(line));
    const turned = ['C', 'A', 'B'].flatMap((chain) => lines.filter((line) => line[21] === chain));
    const other = await write('turned.pdb',
        `${turned.map((line) => `ATOM  ${line.slice(6, 17)}GLY${line.slice(20)}`).join('\n')}\nEND\n`);
    const words = ['probs', trimer, '--chains', 'B', '--mode', 'all-others', '-s', '3', '-q'];
    const alone = JSON.parse(done(await weft(words)).stdout).log_probs.flat();
    const both = async (average) =>
        JSON.parse(done(await weft([...words, '--conformers', other, '--average', average])).stdout).log_probs;
    const same = (values) => assert.ok(values.flat().every((value, i) => Math.abs(value - alone[i]) < 1e-6));
    same(await both('logits'));
    same(await both('encodings'));
    for (const [conformer] of await both('none')) same(conformer);
});

test('what does not go together is refused before anything runs', {skip}, async () => {
    for (const command of ['score', 'scan', 'jacobian']) {
        refusal(await weft([command, monomer, '--json', '-o', 'x.csv', '-q']), 2, /--json: 'x\.csv'/);
        refusal(await weft([command, monomer, '--models', 'all', '-o', 'x.npz', '-q']), 2, /\.npz holds one structure/);
        refusal(await weft([command, monomer, '--orders', '3', '--order', 'n-to-c', '-q']), 2, /--orders: an average/);
    }
    await write('two.fa', `>a\n${'G'.repeat(68)}\n>b\nGGG\n`);
    refusal(await weft(['score', monomer, '--sequences', 'two.fa', '-s', '1', '-q']), 3,
        /sequence 2 of 2: .* 3 letters/);
});

test('score: files have errors, chains, the interface, and each residue', {skip}, async () => {
    const words = ['score', trimer, '--chains', 'A', '-s', '4', '--orders', '3', '--pseudo'];
    for (const file of ['t.csv', 't.npz', 't.json']) done(await weft([...words, '-o', file]));
    const json = JSON.parse(await readFile(join(folder, 't.json'), 'utf8')), npz = await arrays('t.npz');
    assert.deepEqual(Object.keys(json.chain_scores), ['A', 'B', 'C']);
    for (const key of ['standard_error', 'interface_score', 'pseudo_perplexity', 'perplexity']) {
        assert.ok(json[key] > 0, key);
    }
    assert.equal(npz.score.data[0], json.score);
    assert.deepEqual(npz.residue_scores.shape, [1, 425]);
    assert.deepEqual([npz.standard_error.data[0], npz.interface_score.data[0], npz.pseudo_perplexity.data[0]],
        [json.standard_error, json.interface_score, json.pseudo_perplexity]);
    assert.deepEqual([...npz.chain_scores.data], Object.values(json.chain_scores));
    const csv = await readFile(join(folder, 't.csv'), 'utf8');
    assert.match(csv, /^structure,sequence,score,.*,standard_error,perplexity,interface_score,chain_scores,/);
});
