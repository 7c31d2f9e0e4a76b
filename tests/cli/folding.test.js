/* SPDX-License-Identifier: MIT
 *
 * folding.test.js - `weft export-fold` and `weft import-fold`: from designs to job files, and from predictions to a
 * table, through files. tests/web/folding.test.js has the formats and the geometry.
 */
import assert from 'node:assert/strict';
import {mkdirSync, readdirSync, readFileSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {before, test} from 'node:test';
import {done, jsonLines, refusal, skipWithout, structureFile, testFolder} from './command.js';

const skip = skipWithout(), {folder, weft, write} = testFolder('folding');
const trimer = structureFile('3HTN.pdb');
const read = (name) => readFileSync(join(folder, name), 'utf8');

/** A PDB file turned by 90 degrees about z and moved, with a B-factor for every atom: what a prediction could be. */
const turned = (text, b) => text.replace(/^((?:ATOM  |HETATM).{24})(.{8})(.{8})(.{8})(.{6}).{6}/gm,
    (_, start, x, y, z, occupancy) => start + [-Number(y) + 5, Number(x) - 3, Number(z) + 9].map((value) =>
        value.toFixed(3).padStart(8)).join('') + occupancy + b.toFixed(2).padStart(6));

before(async () => {
    if (skip) return;
    done(await weft(['design', trimer, '--chains', 'A', '--design', 'A60-90', '-n', '3', '-s', '4', '-o', 'out',
        '--write-structures', 'pdb', '--neighbors', '16', '-q']));
});

test('export-fold: a folder of designs becomes jobs with all chains of their structure', {skip}, async () => {
    for (const [program, files] of Object.entries({
        alphafold3: 3, boltz: 3, chai: 3, 'alphafold-server': 1, colabfold: 1, esmfold: 1
    })) {
        const {stdout} = done(await weft(['export-fold', 'out', '--for', program, '-o', `jobs/${program}`]));
        assert.equal(stdout.trim().split('\n').length, files);
        assert.deepEqual(stdout.trim().split('\n').map((path) => path.split('/').at(-1)).sort(),
            readdirSync(join(folder, 'jobs', program)).sort());
    }
    const job = JSON.parse(read('jobs/alphafold3/3HTN_0.1_1.json'));
    assert.deepEqual(job.sequences.map(({protein}) => [protein.id, 'unpairedMsa' in protein]),
        [['A', true], ['B', false], ['C', false]]);
    const [, first] = read('out/seqs/3HTN.fa').split('>T=0.1, sample=1')[1].split('\n');
    assert.equal(job.sequences[0].protein.sequence, first.replaceAll('X', ''));
    done(await weft(['export-fold', 'out', '--for', 'boltz', '--alignments', 'all', '-o', 'jobs/searched']));
    assert.ok(!read('jobs/searched/3HTN_0.1_1.yaml').includes('msa'));
});

test('export-fold: FASTA alone has the chains that are in it, and the structure adds the others', {skip}, async () => {
    const fasta = join(folder, 'plain.fa');
    await write('plain.fa', read('out/seqs/3HTN.fa'));
    const alone = done(await weft(['export-fold', fasta, '--for', 'boltz', '-o', 'jobs/alone']));
    assert.match(alone.stderr, /only the chains in the files are folded/);
    assert.equal(read('jobs/alone/3HTN_0.1_1.yaml').match(/protein:/g).length, 1);
    done(await weft(['export-fold', fasta, '--for', 'boltz', '--structure', trimer, '-o', 'jobs/whole']));
    assert.equal(read('jobs/whole/3HTN_0.1_1.yaml').match(/protein:/g).length, 3);
});

test('import-fold: predictions are found by sequence and laid on the backbone', {skip}, async () => {
    mkdirSync(join(folder, 'folds'), {recursive: true});
    for (const sample of [1, 3]) {
        const text = read(`out/backbones/3HTN_0.1_${sample}.pdb`);
        await write(`folds/any_name_${sample}_model_0.pdb`, turned(text, 80 + sample));
        await write(`folds/confidence_any_name_${sample}_model_0.json`,
            JSON.stringify({confidence_score: 0.9, ptm: 0.8, iptm: 0.7 + sample / 100}));
    }
    const {stdout, stderr} = done(await weft(['import-fold', 'folds', '--designs', 'out', '--json']));
    const all = jsonLines(stdout), rows = all.slice(0, 2).sort((a, b) => a.sample - b.sample);
    assert.deepEqual([...rows, all[2]].map(({design, prediction}) => [design, prediction?.split('/').at(-1)]), [
        ['3HTN_0.1_1', 'any_name_1_model_0.pdb'], ['3HTN_0.1_3', 'any_name_3_model_0.pdb'], ['3HTN_0.1_2', undefined]
    ]);
    assert.match(stderr, /1 of 3 designs have no prediction/);
    for (const [i, sample] of [[0, 1], [1, 3]]) {
        for (const key of ['rmsd', 'rmsd_designed', 'rmsd_interface', 'rmsd_binder']) {
            assert.ok(rows[i][key] < 1e-3, `${key} ${rows[i][key]}`);
        }
        assert.equal(rows[i].plddt, 80 + sample);
        assert.deepEqual([rows[i].ptm, rows[i].iptm, rows[i].ranking_score], [0.8, 0.7 + sample / 100, 0.9]);
        assert.ok(rows[i].score > 0);
    }
    done(await weft(['import-fold', 'folds', '--designs', 'out/seqs/3HTN.fa', '--structure', trimer, '-o', 'table.csv',
        '-q']));
    const csv = read('table.csv').trim().split('\n');
    assert.match(csv[0], /^design,structure,sample,temperature,score,prediction,rmsd,/);
    assert.equal(csv.length, 4);
});

test('import-fold: the designed residues are those of the run, or as told', {skip}, async () => {
    const text = read('out/backbones/3HTN_0.1_1.pdb');
    const bent = turned(text, 70).replace(/^(ATOM.{17}A)(.{4})(.{22})(.{8})/gm, (line, start, number, middle, z) =>
        (Number(number) > 90 ? `${start}${number}${middle}${(Number(z) + 4).toFixed(3).padStart(8)}` : line));
    await write('bent/one.pdb', bent);
    const words = ['import-fold', 'bent', '--designs', 'out', '--json', '-q'];
    const row = async (more) => jsonLines(done(await weft([...words, ...more])).stdout)[0];
    const run = await row([]), told = await row(['--design', 'A85-100']);
    assert.ok(run.rmsd_designed < 1e-3 && run.rmsd > 1, JSON.stringify(run));
    assert.ok(told.rmsd_designed > 1);
});

test('export-fold: a structure that changed since the run is no reference', {skip}, async () => {
    const copy = await write('mine.pdb', readFileSync(structureFile('6MRR.pdb')));
    done(await weft(['design', copy, '-n', '1', '-s', '1', '-o', 'mine', '--neighbors', '8', '-q']));
    const words = ['export-fold', 'mine', '--for', 'boltz', '-o', 'jobs/mine', '-q'];
    done(await weft(words));
    await write('mine.pdb', readFileSync(structureFile('5L33.pdb')));
    refusal(await weft(words), 3, /mine\.pdb has changed since the run/);
});

test('import-fold and export-fold: what is wrong is said', {skip}, async () => {
    const folds = ['import-fold', 'folds', '-q'];
    refusal(await weft(folds), 2, /--designs: name the designs/);
    refusal(await weft([...folds, '--designs', 'absent.fa']), 3, /absent\.fa.*no such file/);
    refusal(await weft(['import-fold', 'absent', '--designs', 'out', '-q']), 3, /absent: cannot be read/);
    refusal(await weft(['import-fold', structureFile('6MRR.pdb'), '--designs', 'out', '-q']), 3,
        /none of 1 predictions has the sequence of one of 3 designs/);
    refusal(await weft([...folds, '--designs', 'plain.fa']), 2, /--structure: name the backbone/);
    refusal(await weft([...folds, '--designs', 'out', '--structure', structureFile('6MRR.pdb')]), 3,
        /the sequence has 143 letters/);
    await write('folds2/x.pdb', read('folds/any_name_1_model_0.pdb'));
    await write('folds2/x.json', '{"pae": [[1, 2]');
    refusal(await weft(['import-fold', 'folds2', '--designs', 'out', '-o', 'one.csv', '-q']), 3,
        /x\.json: this is neither JSON/);
    await write('folds2/empty.pdb', '');
    await write('folds2/z.pdb', read('folds/any_name_1_model_0.pdb'));
    await write('folds2/z.json', '{"ptm": 0.5, "iptm": NaN, "pae": null}');
    const some = await weft(['import-fold', 'folds2', '--designs', 'out', '-o', 'some.json', '-q']);
    refusal(some, 3, /empty\.pdb.*; 1 more file could not be read/);
    const kept = jsonLines(read('some.json')).filter(({prediction}) => prediction);
    assert.deepEqual(kept.map(({ptm, iptm, pae}) => [ptm, iptm, pae]), [[null, null, null], [0.5, null, null]]);
    refusal(await weft(['export-fold', 'out', '-o', 'j', '-q']), 2, /--for: name the program, alphafold-server/);
    refusal(await weft(['export-fold', 'out', '--for', 'rosetta', '-o', 'j', '-q']), 2, /'rosetta' is none of/);
    refusal(await weft(['export-fold', 'out', '--for', 'boltz', '-q']), 2, /-o: name a folder/);
    refusal(await weft(['export-fold', 'out', '--for', 'alphafold3', '--seeds', '1,x', '-o', 'j', '-q']), 2, /--seeds/);
    await assert.rejects(readFile(join(folder, 'j')));
});
