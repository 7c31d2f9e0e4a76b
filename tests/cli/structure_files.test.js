/* SPDX-License-Identifier: MIT
 *
 * structure_files.test.js - `weft` with mmCIF, BinaryCIF and packed files: the results of PDB text, and errors that
 * name the file.
 */
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {gzipSync} from 'node:zlib';
import {bcifOf, zstdOf} from '../web/cif_text.js';
import {smallModel} from '../web/model_file.js';

const cli = fileURLToPath(new URL('../../wasm/cli.js', import.meta.url));
const odd = (name) => fileURLToPath(new URL(`../data/odd/${name}`, import.meta.url));
const cif = readFileSync(odd('1A8O.cif')), pdb = readFileSync(odd('1A8O.pdb'));

let folder = '', model = '';
before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weft-files-'));
    model = await write('small.eqx', smallModel());
});
after(() => rm(folder, {recursive: true}));

async function write(name, content) {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
}

function weft(args, input = '') {
    return new Promise((resolve) => {
        const child = spawn(process.execPath, [cli, ...args], {cwd: folder});
        let stdout = '', stderr = '';
        child.stdout.on('data', (data) => { stdout += data; });
        child.stderr.on('data', (data) => { stderr += data; });
        child.on('close', (code) => resolve({code, stdout, stderr}));
        child.stdin.on('error', () => undefined);
        child.stdin.end(input);
    });
}

const designing = ['-n', '2', '-s', '7', '-q', '--threads', '2'];

test('design: the same bytes from every kind of file, and from standard input', async () => {
    const design = async (file, input) => {
        const {code, stdout, stderr} = await weft(['design', file, '-m', model, ...designing], input);
        assert.equal(code, 0, `${file}: ${stderr}`);
        return stdout;
    };
    const expected = await design(odd('1A8O.pdb'));
    assert.match(expected, /^>1A8O, .*designed_chains=\['A'\]/);
    const bcif = await bcifOf(cif.toString());
    const files = {
        '1A8O.cif': cif, '1A8O.bcif': bcif, '1A8O.cif.gz': gzipSync(cif), '1A8O.bcif.gz': gzipSync(bcif),
        '1A8O.pdb.gz': gzipSync(pdb), '1A8O.ent.zst': zstdOf(pdb)
    };
    for (const [name, bytes] of Object.entries(files)) {
        assert.equal(await design(await write(name, bytes)), expected, name);
    }
    for (const bytes of [cif, gzipSync(bcif)]) {
        assert.equal(await design('-', bytes), expected.replaceAll('>1A8O,', '>stdin,'));
    }
});

test('info, score and --fix: numbers and chain names are those of the file', async () => {
    const {stdout} = await weft(['info', odd('1A8O.cif'), await write('again.pdb.gz', gzipSync(pdb)), '--json']);
    const [one, two] = stdout.trim().split('\n').map((line) => JSON.parse(line));
    assert.equal(one.name, '1A8O');
    assert.equal(two.name, 'again');
    assert.deepEqual(one.chains, two.chains);
    assert.equal(one.chains[0].first, 'A151');
    const args = ['design', odd('7cma-assembly1.cif.gz'), '--chains', 'C-2', '--fix', 'C-2:10-20', '-m', model];
    const {stdout: fasta, stderr} = await weft([...args, '-n', '1', '-s', '1']);
    assert.match(fasta, /^>7cma-assembly1, .*fixed_chains=\['A'\], designed_chains=\['C-2'\]/);
    assert.match(stderr, /designing 144 of 310 residues: C-2:2-9,C-2:21-156/);
    const scores = await Promise.all([odd('1A8O.cif'), odd('1A8O.pdb')].map(async (file) =>
        (await weft(['score', file, '-m', model, '-s', '3', '-q'])).stdout));
    assert.equal(scores[0], scores[1]);
    assert.ok(scores[0].length > 0);
});

test('files that are wrong: the file, the place, exit code 3; the others are designed', async () => {
    const cases = [
        [odd('1AKE_err.cif'), /1AKE_err\.cif: line 85: .*not a multiple/],
        [odd('derived_cut_gzip.cif.gz'), /derived_cut_gzip\.cif\.gz: the gzip file is incomplete/],
        [await write('bare.cif', cif.toString().replaceAll('_atom_site.Cartn_z', '_atom_site.z')),
            /bare\.cif: the mmCIF file has no column _atom_site\.Cartn_z/]
    ];
    for (const [file, message] of cases) {
        const {code, stdout, stderr} = await weft(['info', file]);
        assert.equal(code, 3);
        assert.equal(stdout, '');
        assert.match(stderr, message);
        assert.equal(stderr.trim().split('\n').length, 1, stderr);
    }
    const {code, stdout, stderr} = await weft(['design', cases[0][0], odd('1A8O.cif'), '-m', model, ...designing]);
    assert.equal(code, 3);
    assert.match(stdout, /^>1A8O,/);
    assert.match(stderr, cases[0][1]);
});

/* ---- Models and alternate locations ---- */

/** The first 30 residues of 1A8O as models 2 and 7; in the second all is larger by a tenth. */
function bundle() {
    const atoms = pdb.toString().split('\n').filter((line) =>
        /^(ATOM|HETATM)/.test(line) && Number(line.slice(22, 26)) <= 180);
    const larger = (line) => line.slice(0, 30) + [30, 38, 46].map((at) =>
        (Number(line.slice(at, at + 8)) * 1.1).toFixed(3).padStart(8)).join('') + line.slice(54);
    return [[2, atoms], [7, atoms.map(larger)]].map(([number, lines]) =>
        [`MODEL     ${String(number).padStart(4)}`, ...lines, 'ENDMDL', ''].join('\n')).join('');
}

test('--models: each model is a structure of its own, or one of them is read', async () => {
    const file = await write('bundle.pdb', bundle());
    const all = await weft(['info', file, '--models', 'all', '--json']);
    const told = all.stdout.trim().split('\n').map((line) => JSON.parse(line));
    assert.deepEqual(told.map(({name, model, models}) => [name, model, models]),
        [['bundle_model2', 2, [2, 7]], ['bundle_model7', 7, [2, 7]]]);
    const one = await weft(['info', file]);
    assert.match(one.stdout, /only the first of 2 models is read/);
    assert.match((await weft(['info', file, '--models', '7'])).stdout, /^.*bundle\.pdb, model 7: 1 chain, 30 residues/);

    const out = join(folder, 'models');
    const design = ['design', file, '-m', model, ...designing];
    const {code, stderr} = await weft([...design, '--models', 'all', '-o', out]);
    assert.equal(code, 0, stderr);
    assert.deepEqual((await readdir(join(out, 'seqs'))).sort(), ['bundle_model2.fa', 'bundle_model7.fa']);
    for (const number of [2, 7]) {
        const alone = await weft([...design, '--models', String(number)]);
        const text = await readFile(join(out, 'seqs', `bundle_model${number}.fa`), 'utf8');
        assert.equal(text, alone.stdout.replaceAll('>bundle,', `>bundle_model${number},`));
    }
    assert.equal((await weft(design)).stdout, (await weft([...design, '--models', '2'])).stdout);
    const piped = await weft(['design', '-', '-m', model, ...designing, '--models', 'all'], bundle());
    assert.match(piped.stdout, /^>stdin_model2,[^]*^>stdin_model7,/m);
    assert.match((await weft(design.filter((word) => word !== '-q'))).stderr, /bundle: model 2, of 2 in the file/);

    const again = await weft([...design, '--models', 'all', '-o', out, '--resume']);
    assert.equal(again.code, 0, again.stderr);
    const rerun = await weft(['rerun', join(out, 'run.json')]);
    assert.equal(rerun.code, 0, rerun.stderr);
    assert.match(rerun.stderr, /2 files, the same bytes, and the same summary/);
});

test('--models: in score, probs and a manifest', async () => {
    const file = await write('bundle.pdb', bundle()), rest = ['-m', model, '-q', '-s', '3'];
    const {stdout} = await weft(['score', file, '--models', 'all', ...rest]);
    const [, two, seven] = stdout.trim().split('\n').map((line) => line.split('\t'));
    assert.deepEqual([two[0], seven[0]], ['bundle_model2', 'bundle_model7']);
    assert.notEqual(two[2], seven[2]);
    const seventh = (await weft(['score', file, '--models', '7', ...rest])).stdout;
    assert.equal(seventh.trim().split('\n')[1], ['bundle', ...seven.slice(1)].join('\t'));
    const probs = await Promise.all([[], ['--models', '2'], ['--models', '7']].map(async (words) =>
        JSON.parse((await weft(['probs', file, ...words, ...rest])).stdout).log_probs[3]));
    assert.deepEqual(probs[0], probs[1]);
    assert.notDeepEqual(probs[0], probs[2]);
    const manifest = await write('models.csv', 'file,name,models\nbundle.pdb,each,all\nbundle.pdb,last,7\n');
    const rows = await weft(['design', '--manifest', manifest, '-m', model, ...designing]);
    assert.deepEqual([...rows.stdout.matchAll(/^>(\w+), score/gm)].map(([, name]) => name),
        ['each_model2', 'each_model7', 'last'], rows.stderr);
});

test('--models, --altloc: what cannot be is said', async () => {
    const file = await write('bundle.pdb', bundle());
    const cases = [
        [['info', file, '--models', '1'], 3, /bundle\.pdb: there is no model 1: .* has 2 models, numbered 2 to 7/],
        [['info', file, '--models', '0'], 3, /bundle\.pdb: there is no model 0: the first is 2/],
        [['info', odd('1A8O.cif'), '--models', '2'], 3, /there is no model 2: the file has 1 model, number 1/],
        [['design', file, '--models', 'last'], 2, /--models: 'last' is neither the number of a model nor all/],
        [['score', file, '--models', '-1'], 2, /--models/],
        [['probs', file, '--models', 'all'], 2, /--models: probs takes one model/],
        [['info', file, '--altloc', 'best'], 2, /--altloc: 'best' is none of first, occupancy/]
    ];
    for (const [args, exit, message] of cases) {
        const {code, stderr} = await weft(args);
        assert.equal(code, exit, `${args}: ${stderr}`);
        assert.match(stderr, message);
    }
    const twice = await weft(['design', file, await write('bundle_model2.pdb', bundle()), '-m', model, ...designing,
        '-o', join(folder, 'twice'), '--models', 'all']);
    assert.equal(twice.code, 0, twice.stderr);
    const info = (await weft(['info', odd('1EN2.pdb'), '--altloc', 'occupancy'])).stdout;
    assert.match(info, /alternate locations of 5 residues: the one of highest occupancy is used: A15 as [AB],/);
});

test('info: counts for programs, and what is unusual is named', async () => {
    const {stdout} = await weft(['info', '--json', odd('1grm.pdb'), fileURLToPath(
        new URL('../data/structures/3HTN.pdb', import.meta.url))]);
    const [gramicidin, trimer] = stdout.trim().split('\n').map((line) => JSON.parse(line));
    assert.ok(gramicidin.issues.some(({text}) => /^D-amino acids, .* stay X: 8 DLE, 4 DVA$/.test(text)));
    assert.equal(gramicidin.models.length, 5);
    assert.deepEqual(trimer.chains.map(({gaps}) => gaps), [0, 1, 0]);
    assert.ok(trimer.issues.some(({text}) => text === '1 numbering gap: B99 to B104'));
});
