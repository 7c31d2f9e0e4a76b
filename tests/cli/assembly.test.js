/* SPDX-License-Identifier: MIT
 *
 * assembly.test.js - `weft` with --assembly and --tie copies, and with names of chains of any length wherever they are
 * written and read.
 */
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {test} from 'node:test';
import {gzipSync} from 'node:zlib';
import {parseFasta} from '../../wasm/formats/fasta.js';
import {readNpz} from '../../wasm/formats/npy.js';
import {bcifOf, zstdOf} from '../web/cif_text.js';
import {smallModel} from '../web/model_file.js';
import {data, done, jsonLines, refusal, testFolder} from './command.js';

const {folder, weft, write} = testFolder('assembly');
const model = await write('small.eqx', smallModel());
const dimer = data('odd/1A8O.pdb'), same = data('odd/1A8O.cif'), many = data('odd/3JQH.cif');
const long = data('odd/7cma-assembly1.cif.gz');
const quick = ['-m', model, '-s', '5', '-q', '--threads', '0'];
const design = async (...words) => done(await weft(['design', ...words, ...quick])).stdout;
const sequences = (text) => parseFasta(text).slice(1).map(({sequence}) => sequence.split('/'));

test('design: tied copies have one sequence, from PDB and mmCIF, of two operators and of 24', async () => {
    const made = await design(dimer, '--assembly', '1', '--tie', 'copies', '-n', '3');
    assert.match(made, /^>1A8O, .*designed_chains=\['A', 'A-2'\]/);
    assert.equal(sequences(made).length, 3);
    for (const [first, second, ...more] of sequences(made)) {
        assert.equal(first.length, 70);
        assert.deepEqual([second, more.length], [first, 0]);
    }
    assert.equal(await design(same, '--assembly', '1', '--tie', 'copies', '-n', '3'), made);
    assert.equal(await design(dimer, '--assembly', '1', '--tie', 'homomer', '-n', '3'), made);
    const [[first, second]] = sequences(await design(dimer, '--assembly', '1', '-n', '1'));
    assert.notEqual(first, second);   // which nothing ties
    const [copies] = sequences(await design(many, '--assembly', '1', '--tie', 'copies', '-n', '1'));
    assert.deepEqual([copies.length, new Set(copies).size, copies[0].length], [24, 1, 23]);
});

test('design: an assembly is part of what is recorded, and a column of a manifest', async () => {
    const out = `${folder}/out`;
    const table = `file,name,assembly,tie\n${dimer},two,1,copies\n${dimer},one,,\n`;
    await design('--manifest', await write('jobs.csv', table), '-n', '1', '-o', out);
    const lengths = ['two', 'one'].map((name) => sequences(readFileSync(`${out}/seqs/${name}.fa`, 'utf8'))[0].length);
    assert.deepEqual(lengths, [2, 1]);
    const again = done(await weft(['rerun', `${out}/run.json`, '--threads', '0']));
    assert.match(again.stderr, /the same bytes/);
});

test('score, probs and info take the assembly, too', async () => {
    const scored = done(await weft(['score', dimer, '--assembly', '1', '--json', ...quick])).stdout;
    const [{chains, sequence}] = jsonLines(scored);
    assert.equal(sequence.length, 140);
    assert.deepEqual(Object.keys(chains), ['A', 'A-2']);
    done(await weft(['probs', dimer, '--assembly', '1', '-o', 'p.npz', ...quick]));
    const {shape, data: names} = readNpz(readFileSync(`${folder}/p.npz`)).get('chain');
    assert.deepEqual([shape, names[0], names[139]], [[140], 'A', 'A-2']);
    const {stdout} = done(await weft(['info', same, '--assembly', '1']));
    assert.match(stdout, /: 2 chains, 140 residues/);
    assert.match(stdout, /^ {2}A-2 {2}70 residues, A-2:151 to A-2:220/m);
    assert.match(stdout, /^ {2}assembly 1: 2 operators, 2 chains: A, A-2$/m);
    const lines = done(await weft(['info', same, dimer, '--assembly', '1', '--json'])).stdout;
    const [{labels}, {labels: none}] = jsonLines(lines);
    assert.equal(none, null);
    assert.deepEqual(labels.map(({chain, auth_seq_id: auth, label_asym_id: asym, label_seq_id: seq}) =>
        [chain, auth[0], asym[0], seq[0], seq.length]), [['A', '151', 'A', 1, 70], ['A-2', '151', 'A-2', 1, 70]]);
});

test('what cannot be made is one line, with the file and exit code 3', async () => {
    refusal(await weft(['info', dimer, '--assembly', '2']), 3, /1A8O\.pdb: there is no assembly '2'; the file has 1$/);
    refusal(await weft(['design', long, '--assembly', '1', ...quick]), 3, /cif\.gz: the file describes no biological/);
    refusal(await weft(['design', dimer, '--tie', 'copies', ...quick]), 3, /ties: 'copies': no residue has a copy/);
    const broken = readFileSync(dimer, 'latin1').replace(/(BIOMT2 {3}2 )-1\.0/, '$1-9.0');
    const path = await write('broken.pdb', broken);
    refusal(await weft(['info', path, '--assembly', '1']), 3, /broken\.pdb: line 263: operator 2 is no rotation/);
    assert.match(done(await weft(['info', path])).stdout, /1 chain, 70 residues/);
});

test('names of several characters: selections, ties, letters, temperatures, headers, arrays', async () => {
    const words = ['--chains', 'C-2,A', '--design', 'C-2:10-20,A-2', '-n', '1'];
    refusal(await weft(['design', long, '--chains', 'D-2', ...quick]), 3, /no chain 'D-2'; the file has A, C-2/);
    refusal(await weft(['design', long, ...words, ...quick]), 3, /no residue -2|no chain for 'A-2'/);
    const text = await design(long, '--chains', 'C-2', '--design', 'C-2:10-20', '--set', 'C-2:9W,A30W', '-n', '1',
        '--temperature-at', 'C-2:12-14:0.5;C-2::0.2');
    assert.match(text, /fixed_chains=\['A'\], designed_chains=\['C-2'\]/);
    const [native, drawn] = parseFasta(text).map(({sequence}) => sequence);
    assert.deepEqual([drawn.slice(0, 7), drawn[7]], [native.slice(0, 7), 'W']);
    const [[one, two]] = sequences(await design(long, '--chains', 'all', '--tie', 'A=C-2', '-n', '1'));
    assert.equal(one, two);
    const [[, tied]] = sequences(await design(long, '--chains', 'all', '--tie', 'A:10-12=C-2:10-12', '-n', '1'));
    assert.equal(tied.length, 155);
    const [{chains}] = jsonLines(await design(long, '--chains', 'C-2', '-n', '1', '--json'));
    assert.deepEqual(Object.keys(chains), ['A', 'C-2']);
    done(await weft(['probs', long, '-o', 'long.npz', ...quick]));
    const {data: names} = readNpz(readFileSync(`${folder}/long.npz`)).get('chain');
    assert.deepEqual([names[0], names.at(-1)], ['A', 'C-2']);
    const renamed = readFileSync(same, 'utf8').replace(/^((?:ATOM|HETATM) .* )A( +"?\w+'?"? +1 *)$/gm, '$1ABCD$2');
    const four = await write('four.cif', renamed);
    assert.match(await design(four, '--design', 'ABCD:151-160', '-n', '1'), /designed_chains=\['ABCD'\]/);
    assert.match(done(await weft(['score', four, '--chains', 'ABCD', ...quick])).stdout, /^four\tnative\t/m);
});

test('standard input: every kind of file, plain and packed, with an assembly', async () => {
    const [pdb, cif] = [dimer, same].map((path) => readFileSync(path)), bcif = await bcifOf(cif.toString());
    const words = ['design', '-', '--assembly', '1', '--tie', 'copies', '-n', '1', ...quick];
    const results = await Promise.all([pdb, cif, bcif].flatMap((each) => [each, gzipSync(each), zstdOf(each)])
        .map(async (input) => done(await weft(words, {input})).stdout));
    assert.equal(results.length, 9);
    assert.match(results[0], /^>stdin, .*\['A', 'A-2'\]/);
    assert.equal(new Set(results).size, 1);
});
