/* SPDX-License-Identifier: MIT
 *
 * structure_files.test.js - `weft` with mmCIF, BinaryCIF and packed files: the results of PDB text, and errors that
 * name the file.
 */
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
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
