/* SPDX-License-Identifier: MIT
 *
 * states.test.js - `weft design --states`: one sequence for several backbones; `weft probs --embeddings`.
 *
 * A small network with random weights.
 */
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {rename} from 'node:fs/promises';
import {join} from 'node:path';
import {before, test} from 'node:test';
import {parseFasta} from '../../wasm/formats/fasta.js';
import {readNpz} from '../../wasm/formats/npy.js';
import {smallModel} from '../web/model_file.js';
import {data, done, jsonLines, refusal, testFolder} from './command.js';

const complex = readFileSync(data('examples/1J2J.pdb'), 'utf8');
const only = (text, chain) => text.split('\n').filter((line) => line[21] === chain).join('\n');

const {folder, write, weft} = testFolder('states');
before(async () => {
    await write('small.eqx', smallModel());
    await write('complex.pdb', complex);
    await write('free.pdb', only(complex, 'B'));
    await write('other/target.pdb', only(complex, 'A'));
});

const design = (...args) => weft(['design', ...args, '-m', join(folder, 'small.eqx'), '-s', '3']);

const ok = async (...args) => done(await design(...args));

test('further states are told of, change the letters, and are scored', async () => {
    const words = ['complex.pdb', '--chains', 'B', '-n', '2', '-T', '1', '--json'];
    const {stdout, stderr} = await ok(...words, '--states', 'free.pdb:-0.5,free.pdb');
    assert.match(stderr, /complex: state 2 is free, weight -0.5, with 41 of the designed residues/);
    assert.match(stderr, /complex: state 3 is free, weight 1, with 41 /);
    const plain = jsonLines((await ok(...words)).stdout), lines = jsonLines(stdout);
    assert.equal(lines.length, 2);
    for (const [i, {states, score, chains}] of lines.entries()) {
        assert.deepEqual(states.map(({name, weight}) => [name, weight]), [['complex', 1], ['free', -0.5], ['free', 1]]);
        assert.equal(score, (states[0].score + states[2].score) / 2);
        assert.notEqual(chains.B, plain[i].chains.B);
        assert.equal(chains.A, plain[i].chains.A);
    }
});

test('run.json leads back to the states, also when the folder moves', async () => {
    await ok('complex.pdb', '--chains', 'B', '-n', '1', '--states', 'free.pdb:-0.5', '-o', 'out');
    assert.equal((await weft(['rerun', 'out/run.json'])).code, 0);
    await write('free.pdb.kept', readFileSync(join(folder, 'free.pdb')));
    await write('free.pdb', only(complex, 'B').slice(81));
    const {code, lines} = await weft(['rerun', 'out/run.json', '-q']);
    assert.equal(code, 3);
    assert.match(lines[0], /free\.pdb: the file has changed since the run/);
    await rename(join(folder, 'free.pdb.kept'), join(folder, 'free.pdb'));
});

test('a manifest has them in a column, from its own folder', async () => {
    await write('other/jobs.csv', 'file,chains,states\n../complex.pdb,A,target.pdb:0.5\n../free.pdb,,\n');
    const {stderr} = await ok('--manifest', 'other/jobs.csv', '-n', '1', '-o', 'campaign');
    assert.match(stderr, /complex: state 2 is target, weight 0.5, with 165 of the designed residues/);
    const [, {sequence}] = parseFasta(readFileSync(join(folder, 'campaign/seqs/complex.fa'), 'utf8'));
    assert.equal(sequence.length, 165);
    const {structures: [first]} = JSON.parse(readFileSync(join(folder, 'campaign/run.json'), 'utf8'));
    assert.deepEqual(first.files.states.map(({path}) => path), ['../other/target.pdb']);
    assert.equal((await weft(['rerun', 'campaign/run.json'])).code, 0);
});

test('what is no state is refused in one line', async () => {
    const refused = async (states, code, message) =>
        refusal(await design('complex.pdb', '--chains', 'B', '--states', states, '-q'), code, message);
    await refused('missing.pdb', 3, /missing\.pdb: cannot be read: there is no such file/);
    await refused('free.pdb,', 2, /--states: 'free\.pdb,' is no list of files/);
    await refused('B=free.pdb', 2, /--states: 'B=free\.pdb' is no list of files/);
    await refused('other/target.pdb', 3,
        /state 2, target: no residue that the model can see has the chain and number .* complex, B168-208/);
});

test('several structures side by side write in their order', async () => {
    const words = ['complex.pdb', 'free.pdb', 'other/target.pdb', '--chains', 'all', '-n', '2', '-q'];
    const one = await ok(...words, '--threads', '0');
    assert.deepEqual(parseFasta(one.stdout).map(({header}) => header.split(',')[0]).filter((name) => !/^T=/.test(name)),
        ['complex', 'free', 'target']);
    for (const threads of ['1', '2']) assert.equal((await ok(...words, '--threads', threads)).stdout, one.stdout);
});

test('probs --embeddings: npz and JSON hold the same h_V', async () => {
    const words = ['probs', 'free.pdb', '-m', 'small.eqx', '--embeddings', '-q'];
    assert.equal((await weft([...words, '-o', 'e.npz'])).code, 0);
    const {h_V: stored} = Object.fromEntries(readNpz(readFileSync(join(folder, 'e.npz'))));
    const json = JSON.parse((await weft(words)).stdout);
    assert.deepEqual(stored.shape, [41, json.h_V[0].length]);
    assert.deepEqual([...stored.data], json.h_V.flat());
    assert.ok(json.h_V.flat().some((value) => value !== 0));
    assert.equal(JSON.parse((await weft(['probs', 'free.pdb', '-m', 'small.eqx', '-q'])).stdout).h_V, undefined);
});
