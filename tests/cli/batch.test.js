/* SPDX-License-Identifier: MIT
 *
 * batch.test.js - `weft design` for many structures: manifests, failures between them, the ranking, fixed motifs from
 * RFdiffusion and Rosetta, and the same once more from run.json.
 *
 * Most tests use a small network with random weights. The one that needs the published model reads it from the cache.
 */
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {
    closeSync, copyFileSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync
} from 'node:fs';
import {rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {before, test} from 'node:test';
import {setTimeout} from 'node:timers/promises';
import {csvParse} from 'd3-dsv';
import {ParseError} from '../../wasm/errors.js';
import {parseFasta} from '../../wasm/formats/fasta.js';
import {readTrb} from '../../wasm/formats/trb.js';
import {readStates} from '../../wasm/cli/states.js';
import {StructureRows, writeSummary} from '../../wasm/cli/summary.js';
import {together} from '../../wasm/cli/together.js';
import {Engine} from '../../wasm/index.js';
import {eachOptions} from '../../wasm/options.js';
import {smallModel} from '../web/model_file.js';
import {op, pickle} from '../web/torch_file.js';
import {cli, data, done, jsonLines, refusal, skipWithout, structureFile, testFolder} from './command.js';

const {folder, weft, write: writeFull} = testFolder('batch');
const skip = skipWithout();
let model = '';
before(async () => {
    model = await write('small.eqx', smallModel());
    mkdirSync(join(folder, 'jobs'));
    for (const name of ['6MRR.pdb', '5L33.pdb', '3HTN.pdb']) {
        copyFileSync(structureFile(name), join(folder, 'jobs', name));
    }
});

/** A file in the tests' folder; its path from there. */
async function write(name, content) {
    await writeFull(name, content);
    return name;
}

const read = (...path) => readFileSync(join(folder, ...path), 'utf8');
const readJson = (...path) => JSON.parse(read(...path));

/** weft design with the small model, without notes. */
const design = (...args) => weft(['design', ...args, '-m', join(folder, model), '-q']);

/** The same, which succeeds; its stdout. */
async function ok(...args) {
    const {stdout, stderr} = done(await design(...args));
    assert.equal(stderr, '');
    return stdout;
}

/** The same, which ends with this code and one line. */
const refused = async (code, message, ...args) => refusal(await design(...args), code, message);

/* ---- Manifests ---- */

test('a manifest in CSV: each row is what its options give alone', async () => {
    await write('jobs/letters.fa', `>any\n${'G'.repeat(68)}\n`);
    await write('jobs/bias "x", 1.json', '{"A3": {"W": 60}}');
    const rows = [
        '\uFEFFfile,chains,n,temperature,s,bias,set-from,design,name', '',
        '3HTN.pdb,"A, B",1,"0.1,1",18446744073709551615,,,,',
        '6MRR.pdb,,,,,"bias ""x"", 1.json",letters.fa,"A1-4\r\nA8",one', '  6MRR.pdb ,,,,5,W:60,,,two', ''
    ];
    const manifest = await write('jobs/quoted.csv', rows.join('\r\n'));
    await ok('--manifest', manifest, '-o', 'csv', '-s', '3', '-n', '2');
    assert.deepEqual(readdirSync(join(folder, 'csv', 'seqs')).sort(), ['3HTN.fa', 'one.fa', 'two.fa']);
    assert.equal(read('csv', 'seqs', '3HTN.fa'), await ok('jobs/3HTN.pdb', '--chains', 'A,B', '-n', '1', '-T', '0.1,1',
        '-s', '18446744073709551615'));
    const [, one] = parseFasta(read('csv', 'seqs', 'one.fa'));
    assert.match(one.sequence, /^..W.GGG.G{60}$/);
    const named = (text, name) => text.replace('>6MRR,', `>${name},`);
    assert.equal(read('csv', 'seqs', 'one.fa'), named(await ok('jobs/6MRR.pdb', '-n', '2', '-s', '3', '--design',
        'A1-4 A8', '--set-from', 'jobs/letters.fa', '--bias', 'jobs/bias "x", 1.json'), 'one'));
    assert.equal(read('csv', 'seqs', 'two.fa'), named(await ok('jobs/6MRR.pdb', '-n', '2', '-s', '5', '--bias', 'W:60'),
        'two'));
});

test('a manifest in JSON lines, from another folder', async () => {
    const lines = [
        {file: '3HTN.pdb', chains: 'A,B', n: 1, temperature: '0.1,1', seed: 7},
        {file: join(folder, 'jobs/6MRR.pdb'), name: 'mine', count: '1', T: 0.5, s: null, fix: 'A1-10'}
    ];
    await write('jobs/a.jsonl', `${lines.map((line) => JSON.stringify(line)).join('\n\n')}\n`);
    mkdirSync(join(folder, 'elsewhere'));
    const words = ['design', '--manifest', '../jobs/a.jsonl', '-s', '4', '--json', '-m', '../small.eqx', '-q'];
    const {code, stdout, stderr} = await weft(words, {cwd: join(folder, 'elsewhere')});
    assert.equal(code, 0, stderr);
    const results = jsonLines(stdout);
    assert.deepEqual(results.map((each) => [each.structure, each.seed, each.temperature, each.designed_residues]),
        [['3HTN', 7, 0.1, 282], ['3HTN', 7, 1, 282], ['mine', 4, 0.5, 58]]);
    const drawn = await weft(['design', '--manifest', 'jobs/a.jsonl', '--json', '-m', model]);
    const [, seed] = /seed (\d+) \(give/.exec(drawn.stderr);
    assert.equal(JSON.parse(drawn.stdout.trim().split('\n')[2]).seed, Number(seed));
});

test('a manifest that cannot be meant: exit code 2, the line and the column', async () => {
    const cases = [
        ['file,colour\n6MRR.pdb,\n', /w\.csv line 1: there is no column 'colour'; there are file, name, features,/],
        ['name,n\na,1\n', /jobs\/w\.csv line 1: there is no column file/],
        ['file,n,n\n6MRR.pdb,1,1\n', /line 1: there are two columns n/],
        ['file,n,count\n6MRR.pdb,,1\n', /line 1: the columns n and count are one option/],
        ['file,\n6MRR.pdb,1\n', /line 1: column 2 has no name/],
        ['file,n\n"6MRR.pdb",1\n,2\n', /line 3, column file: it is empty/],
        ['file,n\n6MRR.pdb,1,2\n', /line 2: 3 cells for 2 columns/],
        ['file,design,n\n6MRR.pdb,"A1\nA2",1\n5L33.pdb,,many\n', /w\.csv line 4, column n: 'many' is no/],
        ['file,temperature\n6MRR.pdb,warm\n', /line 2, column temperature: 'warm'/],
        ['file,s\n6MRR.pdb,-1\n', /line 2, column s: '-1'/],
        ['file,tie-rule\n6MRR.pdb,best\n', /line 2, column tie-rule: 'best' is none of logits/],
        ['file,temperature-at\n6MRR.pdb,A12\n', /line 2, column temperature-at: 'A12' is none; write A12-20:0\.5/],
        ['file,name\n6MRR.pdb,../6MRR\n', /line 2, column name: '\.\.\/6MRR' is no name of a file/],
        ['file,name\n6MRR.pdb,\n5L33.pdb,6MRR\n', /line 3, column name: line 2 is named 6MRR, too: -o/],
        ['file,n\n6MRR.pdb,"1\n5L33.pdb,1\n', /line 2: a quote that does not enclose a whole cell/],
        ['file,n\n"6MRR"x.pdb,1\n', /line 2: a quote/],
        ['file,n\n\n', /w\.csv: the manifest has no row/], ['', /no row/]
    ];
    const lines = [
        ['{"file": "6MRR.pdb"}\n{file: 1}\n', /w\.jsonl line 2: this is no JSON: /],
        ['[1]\n', /line 1: this is no JSON object/],
        ['\n{"file": "6MRR.pdb", "chains": ["A"]}\n', /line 2, column chains: write a text or a number/],
        ['{"file": "6MRR.pdb", "seed": 18446744073709551615}', /line 1, column seed: .* too large for a number/],
        ['{"file": "6MRR.pdb", "n": 0}', /w\.jsonl line 1, column n: '0' is no whole number/],
        ['{"n": 1}', /line 1: there is no column file/]
    ];
    const output = ['-o', 'nothing'];
    for (const [text, message] of cases) {
        await refused(2, message, '--manifest', await write('jobs/w.csv', text), ...output);
    }
    for (const [text, message] of lines) {
        await refused(2, message, '--manifest', await write('jobs/w.jsonl', text), ...output);
    }
    await refused(2, /--manifest: its rows name the structures/, 'jobs/6MRR.pdb', '--manifest', 'jobs/w.csv');
    await refused(2, /name a file: weft design STRUCTURE\.\.\. \| --manifest FILE/);
    await refused(2, /'jobs\/6MRR\.pdb' must end in \.csv or \.jsonl/, '--manifest', 'jobs/6MRR.pdb');
    await refused(3, /none\.csv: cannot be read: there is no such file/, '--manifest', 'none.csv');
    await write('jobs/w.csv', 'file\n6MRR.pdb\n');
    await refused(2, /^weft: --count: 'many'/, '--manifest', 'jobs/w.csv', '-n', 'many');   // not a cell's fault
    assert.ok(!existsSync(join(folder, 'nothing')));
});

test('help names every column', async () => {
    const {stdout} = await weft(['design', '--help']);
    const [, columns] = stdout.split('Columns of a manifest');
    for (const {name, short} of eachOptions) {
        assert.ok(columns.includes(short ? ` ${name} (${short})` : ` ${name}`), name);
    }
    assert.ok(eachOptions.length > 14);
});

/* ---- Failures between others ---- */

test('one failure does not stop the rest', async () => {
    const empty = await write('jobs/empty.pdb', '');
    const files = ['jobs/6MRR.pdb', 'jobs/3HTN.pdb', 'jobs/none.pdb', empty, 'jobs/5L33.pdb'];
    const {code, stdout, lines} = await design(...files, '-n', '1', '-s', '1');
    assert.equal(code, 3);
    assert.deepEqual(parseFasta(stdout).map(({header}) => header.split(',')[0]).filter((name) => !name.startsWith('T')),
        ['6MRR', '5L33']);
    assert.equal(stdout, await ok('jobs/6MRR.pdb', 'jobs/5L33.pdb', '-n', '1', '-s', '1'));
    assert.equal(lines.length, 4);
    assert.match(lines[0], /^weft: jobs\/none\.pdb: cannot be read: there is no such file$/);   // before any work
    assert.match(lines[1], /^weft: jobs\/3HTN\.pdb: the file has chains of different sequences/);
    assert.match(lines[2], /^weft: jobs\/empty\.pdb: .*empty/);
    assert.equal(lines[3], 'weft: 3 of 5 structures failed');
    for (const [i, file] of [[0, 'jobs/none.pdb'], [2, empty]]) {   // alone, each is told in the same words
        const one = await design(file, '-n', '1');
        assert.deepEqual([one.code, one.lines], [3, [lines[i]]]);
    }
    const none = await design('jobs/none.pdb', 'jobs/nor.pdb', '-m', 'no_such_model', '-o', 'none');
    assert.deepEqual([none.code, none.lines.at(-1)], [3, 'weft: 2 of 2 structures failed']);
});

test('a failing row, and what it reads', async () => {
    const manifest = await write('jobs/failing.csv', ['file,bias,set-from,chains,name', '6MRR.pdb,no.json,,,a',
        '6MRR.pdb,,none.fa,,b', '3HTN.pdb,,,Q,c', '6MRR.pdb,,,,d', ''].join('\n'));
    await write('jobs/no.json', '{A: 1}');
    const {code, lines} = await design('--manifest', manifest, '-n', '1', '-s', '1', '-o', 'failing');
    assert.equal(code, 3);
    assert.deepEqual(lines.map((line) => line.replace(/: this is no JSON.*/, '')), [
        'weft: jobs/6MRR.pdb: jobs/no.json', 'weft: jobs/6MRR.pdb: none.fa: cannot be read: there is no such file',
        "weft: jobs/3HTN.pdb: there is no chain 'Q'; the file has A, B, C", 'weft: 3 of 4 structures failed'
    ]);
    const {designs, failures} = readJson('failing', 'summary.json');
    assert.deepEqual(designs.map(({structure}) => structure), ['d']);
    assert.deepEqual(failures.map(({file}) => file), ['6MRR.pdb', '6MRR.pdb', '3HTN.pdb']);
    assert.match(failures[0].error, /^6MRR\.pdb: no\.json: this is no JSON/);
});

test('what is wrong with the whole run ends it at once', async () => {
    const files = ['jobs/6MRR.pdb', 'jobs/5L33.pdb'];
    await refused(2, /--count/, ...files, '-n', '0');
    await refused(3, /none\.json/, ...files, '--order', 'none.json');
    await refused(2, /two structures are named 6MRR/, 'jobs/6MRR.pdb', structureFile('6MRR.pdb'), '-o', 'same');
    const {code, lines} = await weft(['design', ...files, '-m', 'no_such_model', '-q']);
    assert.equal(code, 4);
    assert.equal(lines.length, 1);
});

test('Ctrl-C ends a batch: exit code 130, no ranking of a part', async () => {
    const manifest = await write('jobs/long.csv', 'file,n,name\n6MRR.pdb,1,a\n6MRR.pdb,100000,b\n6MRR.pdb,1,c\n');
    const words = ['design', '--manifest', manifest, '-o', 'long', '-m', model, '--threads', '2'];
    const {code, lines} = await weft(words, {interrupt: /c: wrote/});   // beside b, which takes long
    assert.equal(code, 130);
    assert.equal(lines.at(-1), 'weft: interrupted');
    assert.deepEqual(readdirSync(join(folder, 'long')).sort(), ['done', 'seqs']);
    assert.deepEqual(readdirSync(join(folder, 'long', 'seqs')), ['a.fa', 'c.fa']);
});

/* ---- The ranking ---- */

test('summary: all designs by score, equal ones once', async () => {
    await ok('jobs/6MRR.pdb', 'jobs/5L33.pdb', '-n', '3', '-T', '0,0.5', '-s', '2', '-o', 'ranked');
    const {designs, failures, model: name, weights_sha256: sum} = readJson('ranked', 'summary.json');
    assert.deepEqual(failures, []);
    assert.deepEqual([name, sum.length], ['small', 64]);
    assert.deepEqual(designs.map(({rank}) => rank), designs.map((_, i) => i + 1));
    const scores = designs.map(({score}) => score);
    assert.deepEqual(scores, [...scores].sort((a, b) => a - b));
    assert.equal(designs.reduce((total, {copies}) => total + copies, 0), 12);
    for (const structure of ['6MRR', '5L33']) {
        const records = parseFasta(read('ranked', 'seqs', `${structure}.fa`)).slice(1);
        const mine = designs.filter((each) => each.structure === structure);
        assert.ok(mine.every(({file}) => file === `seqs/${structure}.fa`));
        assert.deepEqual(new Set(mine.map(({sequence}) => sequence)), new Set(records.map(({sequence}) => sequence)));
        for (const row of mine) {
            const same = records.filter(({sequence}) => sequence === row.sequence);
            assert.equal(row.copies, same.length);
            const best = Math.min(...same.map(({header}) => Number(/ score=([\d.]+)/.exec(header)[1])));
            assert.ok(Math.abs(best - row.score) < 6e-5, `${best}: ${row.score}`);
            const heads = same.map(({header}) => /^T=(.*?), sample=(\d+),/.exec(header).slice(1).map(Number).join());
            assert.ok(heads.includes(`${row.temperature},${row.sample}`), heads.join('; '));
        }
    }
    assert.ok(designs.some(({copies}) => copies > 1), 'samples at temperature 0 are equal');
    const table = csvParse(read('ranked', 'summary.csv'));
    assert.deepEqual(table.columns, ['rank', 'structure', 'sample', 'temperature', 'seed', 'score', 'global_score',
        'recovery', 'copies', 'sequence', 'file']);
    assert.deepEqual([...table], designs.map((row) =>
        Object.fromEntries(Object.entries(row).map(([key, value]) => [key, String(value ?? '')]))));
});

test('summary: chains parted by /, names in quotes', async () => {
    const manifest = await write('jobs/names.csv', 'file,name,chains\n3HTN.pdb,"a, ""b""","B,A"\n6MRR.pdb,,\n');
    await ok('--manifest', manifest, '-n', '1', '-s', '2', '-o', 'names');
    const table = csvParse(read('names', 'summary.csv'));
    assert.equal(table.length, 2);
    const trimer = table.find(({structure}) => structure === 'a, "b"');
    assert.deepEqual(trimer.sequence.split('/').map((chain) => chain.length), [143, 139]);
    assert.equal(trimer.file, 'seqs/a, "b".fa');
    assert.ok(existsSync(join(folder, 'names', trimer.file)));
});

test('summary: what is undefined is null, and last', async () => {
    const rows = new StructureRows('a', ['A']);
    const plain = {sample: 1, temperature: 1, seed: 2n ** 63n, globalScore: NaN, recovery: NaN, chains: {A: 'GG'}};
    rows.add({...plain, score: NaN, sequence: 'GG'});
    rows.add({...plain, score: 2, sequence: 'GA'});
    rows.add({...plain, score: NaN, sequence: 'GA'});
    rows.add({...plain, score: 1, sample: 4, sequence: 'GG'});
    rows.add({...plain, score: NaN, sequence: 'AA'});
    await writeSummary(join(folder, 'undefined'), {}, [rows], []);
    const {designs} = readJson('undefined', 'summary.json');
    assert.deepEqual(designs.map(({rank, score, copies, sample}) => [rank, score, copies, sample]),
        [[1, 1, 2, 4], [2, 2, 2, 1], [3, null, 1, 1]]);
    assert.deepEqual([designs[0].recovery, designs[0].seed], [null, '9223372036854775808']);
    assert.match(read('undefined', 'summary.csv'), /^3,a,1,1,9223372036854775808,,,,1,GG,seqs\/a\.fa$/m);
});

test('summary with the published model', {skip}, async () => {
    const manifest = await write('jobs/real.csv', 'file,n,temperature\n6MRR.pdb,3,0.1\n5L33.pdb,2,"0.1,1"\n');
    const {code, stderr} = await weft(['design', '--manifest', manifest, '-s', '37', '-o', 'real', '-q']);
    assert.equal(code, 0, stderr);
    const {designs} = readJson('real', 'summary.json');
    assert.deepEqual(designs.map(({structure, temperature}) => `${structure} ${temperature}`), [
        ...Array(2).fill('5L33 0.1'), ...Array(3).fill('6MRR 0.1'), ...Array(2).fill('5L33 1')
    ]);
    assert.ok(designs.every(({score, recovery}) => score > 0.5 && score < 2.5 && recovery > 0.2));
});

/* ---- Fixed motifs ---- */

const motif = 'A11-12,A14-18,A39-43';

/** What a run says that it fixes, and its designs. */
async function fixedBy(...args) {
    const {code, stdout, stderr} = await weft(['design', ...args, '-m', model, '-s', '1', '-n', '1', '--json']);
    assert.equal(code, 0, stderr);
    const [, count, text] = /fixed by .*: (\d+) residues: (\S+)/.exec(stderr) ?? [];
    return {count: Number(count), text, stderr, result: JSON.parse(stdout)};
}

test('--fix-from trb: the motif of RFdiffusion, but for masked residues', async () => {
    const plain = JSON.parse(await ok('jobs/6MRR.pdb', '--fix', motif, '-s', '1', '-n', '1', '--json'));
    for (const name of ['numpy1', 'numpy2']) {
        copyFileSync(structureFile('6MRR.pdb'), join(folder, 'jobs', `${name}.pdb`));
        copyFileSync(data(`trb/${name}.trb`), join(folder, 'jobs', `${name}.trb`));
        for (const what of ['trb', `jobs/${name}.trb`]) {
            const {count, text, result, stderr} = await fixedBy(`jobs/${name}.pdb`, '--fix-from', what);
            assert.deepEqual([count, text], [12, motif]);
            assert.match(stderr, new RegExp(`${name}: designing 56 of 68 residues: A1-10,A13,A19-38,A44-68`));
            assert.equal(result.sequence, plain.sequence);
        }
    }
    const both = await fixedBy('jobs/numpy1.pdb', '--fix-from', 'trb', '--fix', 'A10-13');
    assert.match(both.stderr, /designing 54 of 68 residues: A1-9,A19-38,A44-68/);
    const manifest = await write('jobs/motif.csv', 'file,fix-from,name\nnumpy1.pdb,trb,\n6MRR.pdb,numpy1.trb,other\n');
    await ok('--manifest', manifest, '-s', '1', '-n', '1', '-o', 'motif');
    for (const name of ['numpy1', 'other']) {
        assert.equal(parseFasta(read('motif', 'seqs', `${name}.fa`))[1].sequence, plain.sequence);
    }
});

/** A .trb with Python's own numbers: of chains that were made, and of those that were given whole. */
function trb({seen, made, given, more = []}) {
    const places = (list) => op.list(list.map(([chain, number]) => op.tuple([op.text(chain), op.int(number)])));
    return pickle(op.dict([
        ['con_hal_pdb_idx', places(made)],
        ...(given ? [['complex_con_hal_pdb_idx', places([...made, ...given])]] : []),
        ...(seen ? [['inpaint_seq', op.list(seen.map(op.bool))]] : []), ...more
    ]));
}

test('--fix-from trb: several chains, by row or by name', async () => {
    const rows = Array.from({length: 425}, (_, row) => row < 10 || row >= 143);   // of 143 + 139 + 143
    const by = async (content, ...words) =>
        fixedBy('jobs/3HTN.pdb', '--fix-from', await write('jobs/any.trb', content), ...words);
    const whole = await by(trb({seen: rows, made: [['X', 1]], given: [['Y', 1]]}));   // newer runs name it otherwise
    assert.deepEqual([whole.count, whole.text], [292, 'A43-52,B43-185,C43-185']);
    assert.match(whole.stderr, /designing 133 of 425 residues: A53-185/);
    const part = trb({seen: rows.slice(1), made: [['A', 50], ['B', 43]], given: [['C', 44], ['Z', 9]]});
    const named = await by(part, '--chains', 'all');
    assert.equal(named.text, 'A50,B43,C44');
    assert.match(named.stderr, /any\.trb \(by chain and number: it speaks of 424 residues\)/);
    assert.equal((await by(trb({made: [['A', 50]]}), '--chains', 'A')).text, 'A50');
    const nothing = await weft(['design', 'jobs/6MRR.pdb', '--fix-from',
        await write('jobs/any.trb', trb({made: []})), '-m', model, '-n', '1']);
    assert.match(nothing.stderr, /fixed by jobs\/any\.trb: nothing\n[^]*designing 68 of 68/);
    await refused(3, /^weft: jobs\/3HTN\.pdb: jobs\/any\.trb names A999, which is not in the structure$/,
        'jobs/3HTN.pdb', '--fix-from', await write('jobs/any.trb', trb({made: [['A', 999]]})));
    await refused(3, /jobs\/5L33\.pdb: jobs\/5L33\.trb: cannot be read: there is no such file/,
        'jobs/5L33.pdb', '--fix-from', 'trb');
    await refused(3, /nothing is left to design/, 'jobs/6MRR.pdb', '--fix-from',
        await write('jobs/any.trb', trb({seen: Array(68).fill(true), made: []})));
});

test('a .trb can call nothing', () => {
    const refusal = (bytes) => {
        try {
            readTrb(bytes);
        } catch (error) {
            assert.ok(error instanceof ParseError, String(error));
            assert.doesNotMatch(error.message, /\n/);
            return error.message;
        }
        assert.fail('it was read');
    };
    const made = ['con_hal_pdb_idx', op.list([])];
    const holding = (value) => refusal(pickle(op.dict([made, ['config', value]])));
    for (const name of ['os.system', 'builtins.eval', 'numpy.load', 'torch._utils._rebuild_tensor_v2', '_codecs.encode',
        'numpy.core.multiarray.fromfile', 'numpy.__class__', 'constructor.prototype']) {
        const message = holding(op.call(op.global(name), [op.text('echo no')]));
        assert.match(message, new RegExp(`it asks for '${name}', which a \\.trb file does not need`));
    }
    assert.match(holding(op.global('posix.system')), /posix\.system/);   // even where it is not called
    assert.match(holding(op.call(op.global('numpy.ndarray'), [])), /calls numpy\.ndarray/);
    const reconstruct = 'numpy._core.multiarray._reconstruct';
    assert.match(holding(op.call(op.global(reconstruct), [op.text('os')])), /unexpected class/);
    assert.match(holding(op.call(op.global('numpy.dtype'), [op.text('O8; x')])), /unknown type/);
    assert.match(holding(op.call(op.global('numpy.core.multiarray.scalar'), [op.text('i8')])), /unexpected way/);
    assert.match(holding([...op.dict([]), ...op.dict([]), 0x62]), /sets the state of an object/);   // BUILD
    assert.match(holding([0x81]), /opcode 0x81/);   // NEWOBJ
    assert.match(refusal(pickle(op.list([]))), /holds no dictionary/);
    assert.match(refusal(pickle(op.dict([]))), /no con_hal_pdb_idx/);
    assert.match(refusal(trb({made: [['A', 1]], more: [['con_hal_idx0', op.list([])]]})), /differ in length/);
    assert.match(refusal(pickle(op.dict([['con_hal_pdb_idx', op.list([op.int(1)])]]))), /no list of chains/);
    assert.match(refusal(trb({made: [], more: [['inpaint_seq', op.list([op.int(1)])]]})), /no mask/);
    assert.match(refusal(new TextEncoder().encode('{"con_hal_pdb_idx": []}')), /protocol/);
    const whole = new Uint8Array(readFileSync(data('trb/numpy1.trb')));
    for (let end = 0; end < whole.length; end += 97) refusal(whole.subarray(0, end));
});

test('a damaged .trb is read or refused, never anything else', () => {
    for (const name of ['numpy1', 'numpy2']) {
        const whole = new Uint8Array(readFileSync(data(`trb/${name}.trb`)));
        let refusals = 0;
        for (let at = 0; at < whole.length; at++) {
            const bytes = whole.slice();
            bytes[at] ^= 1 + (at * 7) % 255;
            try {
                const {seen, made, given} = readTrb(bytes);
                assert.ok(!seen || seen.every((each) => typeof each === 'boolean'));
                assert.ok([...made, ...given].every((place) => Number.isSafeInteger(place.number)));
            } catch (error) {
                assert.ok(error instanceof ParseError, `byte ${at}: ${error}`);
                refusals++;
            }
        }
        assert.ok(refusals > whole.length / 4, `${refusals} of ${whole.length}`);
    }
});

/** 6MRR with lines above its atoms. */
const remarked = (...lines) =>
    write('jobs/remarked.pdb', `HEADER    DE NOVO\n${lines.join('\n')}\n${read('jobs', '6MRR.pdb')}`);

test('--fix-from remark666: the motif of the matcher, with its letters', async () => {
    const line = (name, number, chain = 'A') => `REMARK 666 MATCH TEMPLATE X YYE    0 MATCH MOTIF ${chain} ${name} `
        + `${String(number).padStart(4)}   1  1               `;
    const letters = parseFasta(await ok('jobs/6MRR.pdb', '-n', '1', '-s', '1'))[0].sequence;
    const serine = letters.indexOf('S') + 1, lysine = letters.indexOf('K') + 1, aspartate = letters.indexOf('D') + 1;
    const file = await remarked(line('SER', serine), line('LYX', lysine), line('ASH', aspartate));
    const {count, text} = await fixedBy(file, '--fix-from', 'remark666');
    assert.equal(count, 3);
    for (const row of [serine, lysine, aspartate]) assert.match(text, new RegExp(`A${row}\\b`));
    const wrong = async (message, ...lines) =>
        refused(3, message, await remarked(...lines), '--fix-from', 'remark666');
    await wrong(/^weft: jobs\/remarked\.pdb: line 3: REMARK 666 says that A1 is CYS, the file has G$/, line('GLY', 1),
        line('CYS', 1));
    await wrong(/line 2: REMARK 666 names A999, which is not in the structure/, line('GLY', 999));
    await wrong(/line 2: REMARK 666 names B1,/, line('GLY', 1, 'B'));
    await wrong(/line 2: REMARK 666 names A1A,/, line('GLY', '1A'));
    await wrong(/line 2: REMARK 666 says that A1 is YYE/, line('YYE', 1));
    await wrong(/line 2: REMARK 666 has no MATCH MOTIF/, 'REMARK 666 MATCH TEMPLATE X YYE    0');
    await refused(3, /6MRR\.pdb: --fix-from: the file has no line 'REMARK 666 MATCH/, 'jobs/6MRR.pdb', '--fix-from',
        'remark666');
});

test('--fix-from labels: places in the file', async () => {
    const file = await remarked('REMARK PDBinfo-LABEL:    3 FIXED', 'REMARK PDBinfo-LABEL:   68 HBNet FIXED',
        'REMARK PDBinfo-LABEL:    9 H1');
    assert.equal((await fixedBy(file, '--fix-from', 'labels')).text, 'A3,A68');
    await refused(3, /remarked\.pdb: line 2: the label names residue 69 of 68 in the file/,
        await remarked('REMARK PDBinfo-LABEL:   69 FIXED'), '--fix-from', 'labels');
    await refused(3, /the file has no line 'REMARK PDBinfo-LABEL: N FIXED'/, 'jobs/6MRR.pdb', '--fix-from', 'labels');
});

/* ---- Once more ---- */

test('rerun: a manifest with failures gives the same bytes, the ranking too', async () => {
    copyFileSync(structureFile('6MRR.pdb'), join(folder, 'jobs', 'made.pdb'));
    copyFileSync(data('trb/numpy1.trb'), join(folder, 'jobs', 'made.trb'));
    await write('jobs/some.json', '{"A1": {"W": 3}}');
    const manifest = await write('jobs/again.csv', ['file,fix-from,bias,name', 'made.pdb,trb,,', 'gone.pdb,,,',
        '6MRR.pdb,made.trb,some.json,second', '3HTN.pdb,made.trb,,', ''].join('\n'));
    const first = await design('--manifest', manifest, '-n', '2', '-o', 'first');
    assert.deepEqual([first.code, first.lines.length], [3, 3], first.stderr);
    const record = readJson('first', 'run.json');
    assert.deepEqual(record.structures.map(({name, error}) => [name, error !== undefined]),
        [['made', false], ['gone', true], ['second', false], ['3HTN', true]]);
    assert.deepEqual(record.structures.map(({files}) => Object.keys(files ?? {})),
        [['fix-from'], [], ['fix-from', 'bias'], ['fix-from']]);
    assert.equal(record.files.manifest.path, '../jobs/again.csv');
    mkdirSync(join(folder, 'far/away'), {recursive: true});
    const run = (...args) => weft(['rerun', join(folder, 'first/run.json'), ...args],
        {cwd: join(folder, 'far/away')});
    const same = await run('-o', 'second');
    assert.equal(same.code, 0, same.stderr);
    assert.match(same.lines.at(-1), /2 files, the same bytes, and the same summary$/);
    for (const name of ['seqs/made.fa', 'seqs/second.fa', 'summary.csv', 'summary.json']) {
        assert.equal(read('far/away/second', name), read('first', name));
    }
    assert.deepEqual(readJson('far/away/second', 'run.json').results, record.results);

    const changed = async (name, content, message, code = 3) => {
        const path = join(folder, name), before = existsSync(path) ? readFileSync(path) : null;
        await writeFile(path, content);
        const {code: got, lines} = await run();
        if (before) await writeFile(path, before);
        else await rm(path);
        assert.equal(got, code, lines.join('\n'));
        assert.match(lines.at(-1), message);
    };
    await changed('jobs/made.trb', trb({made: []}), /made\.trb: the file has changed since the run/);
    await changed('jobs/some.json', '{}', /some\.json: the file has changed/);
    await changed('jobs/again.csv', 'file\n6MRR.pdb\n', /again\.csv: the file has changed/);
    await changed('jobs/gone.pdb', read('jobs/6MRR.pdb'), /gone\.pdb: the run could not read this file, and now it is/);
    const summary = record.summary.map((sum) => ({...sum, sha256: '0'}));
    await changed('first/run.json', JSON.stringify({...record, summary}), /summary\.csv is not the same/, 1);
    const structures = record.structures.map(({error, ...each}) => each);
    await changed('first/run.json', JSON.stringify({...record, structures}), /2 structures failed, 0 in the run/, 1);
    assert.equal((await run()).code, 0);
});

test('rerun: several files with failures; and a record from before there was a summary', async () => {
    const result = await design('jobs/5L33.pdb', 'jobs/gone.pdb', 'jobs/3HTN.pdb', 'jobs/6MRR.pdb', '-o', 'several',
        '-n', '1', '-T', '1');
    assert.equal(result.code, 3);
    const {summary, ...record} = readJson('several', 'run.json');
    assert.deepEqual(record.structures.map(({name}) => name), ['5L33', 'gone', '3HTN', '6MRR']);
    assert.deepEqual(summary.map(({path}) => path), ['summary.csv', 'summary.json']);
    const again = await weft(['rerun', 'several/run.json', '-o', 'several2']);
    assert.equal(again.code, 0, again.stderr);
    assert.equal(read('several2', 'summary.json'), read('several', 'summary.json'));
    await write('several/run.json', JSON.stringify(record));
    const old = await weft(['rerun', 'several/run.json']);
    assert.equal(old.code, 0, old.stderr);
    assert.match(old.lines.at(-1), /2 files, the same bytes$/);
});

/* ---- States, and what ends all ---- */

test('a manifest names states and alignments from its folder', async () => {
    const {sequence} = JSON.parse(await ok('jobs/6MRR.pdb', '-n', '1', '-s', '1', '--native-bias', '50', '--json'));
    await write('jobs/near/family.a3m', `>q\n${sequence}\n`);
    const manifest = await write('jobs/lists.csv', 'file,name,states,alignment,pssm-weight\n'
        + '6MRR.pdb,two,6MRR.pdb:0.5,,\n6MRR.pdb,one,,A=near/family.a3m,0.5\n');
    const common = ['-n', '1', '-s', '1'], names = ['two', 'one'];
    assert.equal(await ok('--manifest', manifest, ...common), [
        await ok('jobs/6MRR.pdb', '--states', 'jobs/6MRR.pdb:0.5', ...common),
        await ok('jobs/6MRR.pdb', '--alignment', 'A=jobs/near/family.a3m', '--pssm-weight', '0.5', ...common)
    ].join('').replaceAll('>6MRR', () => `>${names.shift()}`));
    await ok('--manifest', manifest, ...common, '-o', 'lists');
    const {structures} = readJson('lists', 'run.json');
    assert.deepEqual(structures.map(({files}) => Object.values(files).flat().map(({path}) => path)),
        [['../jobs/6MRR.pdb'], ['../jobs/near/family.a3m']]);
    const again = await weft(['rerun', join(folder, 'lists/run.json')], {cwd: tmpdir()});
    assert.equal(again.code, 0, again.stderr);
});

test('states that cannot be meant are told before any work', async () => {
    const manifest = await write('jobs/states.csv', 'file,states\n6MRR.pdb,\n5L33.pdb,A=5L33.pdb\n');
    const message = /states\.csv line 3, column states: .* is no list of files/;
    await refused(2, message, '--manifest', manifest, '-n', '1', '-o', 'unmeant');
    assert.equal(existsSync(join(folder, 'unmeant')), false);
});

test('an error that ends all ends what is under way', async () => {
    await write('jobs/5L33.trb', trb({seen: Array(106).fill(false), made: []}));
    const words = ['design', '-', 'jobs/5L33.pdb', '--fix-from', 'trb', '-n', '5000', '-m', model, '-q', '-o', 'ended'];
    const {code, stderr} = await weft(words, {input: read('jobs/6MRR.pdb')});
    assert.deepEqual([code, stderr], [2, 'weft: --fix-from: give the path of the .trb file of standard input\n']);
    assert.deepEqual(readdirSync(join(folder, 'ended', 'seqs')), [], 'nothing is written after it');
});

test('together: after a failure nothing more is begun, and results before it are given', async () => {
    const begun = [], results = [], waits = [20, 5, 1, 1];
    const work = together([0, 1, 2, 3], 2, async (i) => {
        begun.push(i);
        await setTimeout(waits[i]);
        if (i === 1) throw new Error('no');
        return i;
    });
    await assert.rejects(async () => { for await (const each of work) results.push(each); }, /no/);
    assert.deepEqual([begun, results], [[0, 1], [0]]);
});

test('states that were read before a failure are given back', async () => {
    const engine = await Engine.load({weights: smallModel()});
    const path = join(folder, 'jobs/6MRR.pdb'), first = engine.parse(readFileSync(path)), made = [];
    const parse = engine.parse.bind(engine);
    engine.parse = (...args) => made[made.push(parse(...args)) - 1];
    const values = {states: `${path},${path}.gone`};
    await assert.rejects(readStates({values}, engine, first, {}), /gone: cannot be read/);
    assert.equal(made.length, 1);
    assert.throws(() => made[0].select('A1'), /disposed/);
    await engine.dispose();
});

test('states of a manifest lie in its folder, as a list with weights, and move with it', async () => {
    const text = read('jobs/5L33.pdb');
    await write('two, n=1/a.pdb', text);
    await write('two, n=1/other:1,b=c.pdb', text);
    const rows = ['file,states,name', 'a.pdb,"a.pdb:-0.5,./a.pdb",list', 'a.pdb,"other:1,b=c.pdb:-0.25",comma'];
    const manifest = await write('two, n=1/states.csv', rows.join('\n'));
    copyFileSync(join(folder, model), join(folder, 'two, n=1/small.eqx'));
    const first = await weft(['design', '--manifest', manifest, '-n', '1', '-s', '1', '-q', '-o', 'two, n=1/out', '-m',
        'two, n=1/small.eqx']);
    assert.equal(first.code, 0, first.stderr);
    const alone = async (states) => {
        const {code, stdout, stderr} = await weft(['design', 'a.pdb', '--states', states, '-n', '1', '-s', '1', '-q',
            '-m', 'small.eqx'], {cwd: join(folder, 'two, n=1')});
        assert.equal(code, 0, stderr);
        return parseFasta(stdout).map(({sequence}) => sequence);
    };
    for (const [name, states] of [['list', 'a.pdb:-0.5,./a.pdb'], ['comma', 'other:1,b=c.pdb:-0.25']]) {
        const found = parseFasta(read(`two, n=1/out/seqs/${name}.fa`)).map(({sequence}) => sequence);
        assert.deepEqual(found, await alone(states));
    }
    const {structures} = readJson('two, n=1/out', 'run.json');
    assert.deepEqual(structures.map(({files}) => files.states.map(({path}) => path)),
        [['../a.pdb', '../a.pdb'], ['../other:1,b=c.pdb']]);
    mkdirSync(join(folder, 'moved'));
    renameSync(join(folder, 'two, n=1'), join(folder, 'moved', 'two, n=1'));
    const again = await weft(['rerun', 'moved/two, n=1/out/run.json', '-q']);
    assert.equal(again.code, 0, again.stderr);
});

test('states that cannot be meant, or are not there, are told of before any work', async () => {
    const rows = (states) => write('jobs/wrong.csv', `file,states,name\n6MRR.pdb,,a\n6MRR.pdb,${states},b\n`);
    await refused(2, /wrong\.csv line 3, column states: '1\.1\.1' is no weight of jobs\/6MRR\.pdb/, '--manifest',
        await rows('6MRR.pdb:1.1.1'), '-o', 'early');
    assert.equal(existsSync(join(folder, 'early')), false);
    await refused(3, /^weft: none\.pdb: cannot be read: there is no such file/, 'jobs/6MRR.pdb', 'jobs/5L33.pdb',
        '--states', 'none.pdb');
    await refused(2, /column states: with --tie-rule arithmetic no weight may be below 0/, '--manifest',
        await rows('6MRR.pdb:-1'), '--tie-rule', 'arithmetic');
    const traces = read('jobs/6MRR.pdb').split('\n').filter((line) => line.slice(12, 16) === ' CA ').join('\n');
    await refused(3, /^weft: jobs\/6MRR\.pdb: state 2, traces: no residue that the model can see has/,
        'jobs/6MRR.pdb', '--states', await write('jobs/traces.pdb', traces));
    const {code, lines} = await design('--manifest', await rows('gone.pdb'), '-n', '1', '-s', '1');
    assert.equal(code, 3);
    assert.match(lines[0], /jobs\/gone\.pdb: cannot be read: there is no such file/);
});

test('what cannot be written to: one line, before any work where it can be known', async () => {
    await refused(2, /--output: 'jobs\/6MRR\.pdb\/x': .*6MRR\.pdb is no folder/, 'jobs/6MRR.pdb', '-o',
        'jobs/6MRR.pdb/x');
    await refused(2, /d\.csv line 1: there is no column file among 'file;n'/, '--manifest',
        await write('jobs/d.csv', 'file;n\n6MRR.pdb;1\n'));
    assert.throws(() => readTrb(new Uint8Array(0)), /this \.trb file cannot be read: it is empty/);
    const words = ['design', 'jobs/6MRR.pdb', '-n', '1', '-s', '1', '-m', join(folder, model)];
    const child = spawn(process.execPath, [cli, ...words, '-o', 'unheard'], {cwd: folder});
    child.stderr.destroy();   // as `2>&1 | head -1` does
    assert.equal(await new Promise((resolve) => child.on('close', resolve)), 0);
    assert.equal(parseFasta(read('unheard/seqs/6MRR.fa')).length, 2);
    if (!existsSync('/dev/full')) return;
    const full = openSync('/dev/full', 'w');
    const writer = spawn(process.execPath, [cli, ...words, '-q'], {cwd: folder, stdio: ['ignore', full, 'pipe']});
    let stderr = '';
    writer.stderr.on('data', (chunk) => { stderr += chunk; });
    const code = await new Promise((resolve) => writer.on('close', resolve));
    closeSync(full);
    assert.equal(code, 1);
    assert.match(stderr, /^weft: standard output cannot be written: ENOSPC.*\n$/);
});

test('rerun: a record that is damaged', async () => {
    const whole = {
        command: 'design', options: {model: 'x'}, files: {}, weights: {sha256: 'x'}, results: [], structures: []
    };
    for (const part of [{structures: [null]}, {structures: [{path: 5, sha256: ''}]}, {results: [3]}, {options: {}},
        {options: {model: 'x', count: {}}}, {files: {bias: null}}, {weights: null}, {command: 'score'},
        {structures: [{path: 'a.pdb', sha256: '', files: {states: [7]}}]}]) {
        const {code, lines} = await weft(['rerun', await write('bad.json', JSON.stringify({...whole, ...part}))]);
        assert.deepEqual([code, lines], [3, ['weft: bad.json: this is no run.json of weft design']]);
    }
});
