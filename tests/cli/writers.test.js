/* SPDX-License-Identifier: MIT
 *
 * writers.test.js - `weft design --write-structures`: the files in DIR/backbones, their record, and going on with them.
 */
import assert from 'node:assert/strict';
import {readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {before, test} from 'node:test';
import {parseFasta} from '../../wasm/formats/fasta.js';
import {smallModel} from '../web/model_file.js';
import {data, done, jsonLines, refusal, testFolder} from './command.js';

const {folder, weft, write} = testFolder('writers');
const cif = data('odd/1A8O.cif'), pdb = data('odd/pdb3mht.pdb');
const designing = ['-m', 'small.eqx', '-n', '2', '-T', '0.1,1', '-s', '4', '--threads', '2', '-q'];
const names = ['0.1_1', '0.1_2', '1_1', '1_2'];

before(() => write('small.eqx', smallModel()));

const at = (...path) => join(folder, ...path);
const read = (...path) => readFileSync(at(...path), 'utf8');
const design = (output, ...words) => weft(['design', ...words, ...designing, '-o', output]);

test('a structure for each design with the letters of its sequence, and their probabilities as B-factors', async () => {
    done(await design('both', cif, pdb, '--write-structures', 'same'));
    assert.deepEqual(readdirSync(at('both', 'backbones')).sort(), [
        ...names.map((name) => `1A8O_${name}.cif`), ...names.map((name) => `pdb3mht_${name}.pdb`)
    ]);
    for (const [name, ending] of [['1A8O', 'cif'], ['pdb3mht', 'pdb']]) {
        const [, ...designs] = parseFasta(read('both', 'seqs', `${name}.fa`));
        for (const [i, sample] of names.entries()) {
            const path = at('both', 'backbones', `${name}_${sample}.${ending}`);
            const {stdout} = done(await weft(['info', path, '--json']));
            const [{chains}] = jsonLines(stdout);
            assert.equal(chains.map(({sequence}) => sequence).join('/'), designs[i].sequence.replace(/X/g, ''), sample);
        }
    }
    const lines = read('both', 'backbones', 'pdb3mht_1_1.pdb').split('\n');
    const atoms = lines.filter((line) => /^ATOM.{8} CA /.test(line));
    const levels = atoms.map((line) => Number(line.slice(60, 66)));
    assert.ok(atoms.length > 300 && levels.every((level) => level >= 0 && level <= 1) && new Set(levels).size > 10);
});

test('the record names them, and rerun finds the same bytes', async () => {
    done(await design('once', cif, '--write-structures', 'pdb'));
    const {results, options} = JSON.parse(read('once', 'run.json'));
    assert.equal(options['write-structures'], 'pdb');
    const files = names.map((name) => `backbones/1A8O_${name}.pdb`);
    assert.deepEqual(results.map(({path}) => path), ['seqs/1A8O.fa', ...files]);
    const {stderr} = done(await weft(['rerun', at('once', 'run.json')]));
    assert.match(stderr, /5 files, the same bytes/);
    const record = JSON.parse(read('once', 'run.json'));
    record.results[3].sha256 = '0'.repeat(64);
    writeFileSync(at('once', 'run.json'), JSON.stringify(record));
    refusal(await weft(['rerun', at('once', 'run.json'), '-q']), 1, /backbones\/1A8O_1_1\.pdb is not the same/);
});

test('--resume: a structure whose files are gone or changed is designed again, another not', async () => {
    const words = [cif, pdb, '--write-structures', 'same'];
    done(await design('resumed', ...words));
    const all = () => readdirSync(at('resumed', 'backbones')).map((name) => [name, read('resumed', 'backbones', name)]);
    const whole = all();
    rmSync(at('resumed', 'backbones', '1A8O_1_2.cif'));
    writeFileSync(at('resumed', 'backbones', 'pdb3mht_1_2.pdb.0123abcd.part'), 'half');   // of a killed run
    const loud = designing.filter((word) => word !== '-q');
    const go = () => weft(['design', ...words, ...loud, '-o', 'resumed', '--resume']);
    assert.match(done(await go()).stderr, /1 of 2 structures are finished/);
    assert.deepEqual(all(), whole);
    writeFileSync(at('resumed', 'backbones', 'pdb3mht_1_2.pdb'), 'other');
    assert.match(done(await go()).stderr, /pdb3mht_1_2\.pdb is not as it was written: it is designed again/);
    assert.match(done(await go()).stderr, /2 of 2 structures are finished/);
    assert.deepEqual(all(), whole);
});

test('what cannot be is refused', async () => {
    refusal(await weft(['design', cif, ...designing, '--write-structures', 'pdb']), 2, /-structures needs -o DIR/);
    refusal(await design('none', cif, '--write-structures', 'mol2'), 2, /'mol2' is none of pdb, cif, same/);
    const long = data('odd/7cma-assembly1.cif.gz');
    refusal(await design('none', long, '--chains', 'all', '--write-structures', 'pdb'), 3,
        /7cma-assembly1\.cif\.gz: chain 'C-2' does not fit into a PDB file/);
});
