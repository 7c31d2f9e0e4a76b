/* SPDX-License-Identifier: MIT
 *
 * cli.test.js - the command `weft` as a user runs it: results on stdout and in files, everything else on stderr, exit
 * codes, one line for each error.
 *
 * Most tests use a small network with random weights. Those that need the published model read it from the cache.
 */
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {before, test} from 'node:test';
import {parseFasta} from '../../wasm/formats/fasta.js';
import {npyBytes, readNpz} from '../../wasm/formats/npy.js';
import {options, helpText} from '../../wasm/options.js';
import {smallModel} from '../web/model_file.js';
import {cli, data, done, jsonLines, refusal, skipWithout, structureFile, testFolder} from './command.js';

const monomer = structureFile('6MRR.pdb'), trimer = structureFile('3HTN.pdb');
const damaged = structureFile('5L33_damaged.pdb');
const skip = skipWithout();

const {folder, write, weft} = testFolder('cli');
let model = '';
before(async () => {
    model = await write('small.eqx', smallModel());
});

/** weft with the small model. */
const quick = (command, ...args) => weft([command, ...args, '-m', model]);

/** Runs weft and expects success; its stdout. */
const ok = async (...args) => done(await quick(...args)).stdout;

/** Expects the exit code, nothing on stdout and one line on stderr. */
const refused = async (args, code, message) => refusal(await weft(args), code, message);

/* ---- design ---- */

test('design: FASTA in the format of protein_mpnn_run.py', {skip}, async () => {
    const args = ['design', structureFile('5L33.pdb'), '-n', '2', '-T', '0.1,0.5', '-s', '37', '-q'];
    const {code, stdout} = await weft(args);
    assert.equal(code, 0);
    const lines = stdout.split('\n');
    assert.match(lines[0], new RegExp('^>5L33, score=1\\.\\d{4}, global_score=1\\.\\d{4}, fixed_chains=\\[\\], '
        + "designed_chains=\\['A'\\], model_name=v_48_020, git_hash=weft-\\d+\\.\\d+\\.\\d+, seed=37$"));
    assert.match(lines[1], /^HMPEEEKAARLFIEALEKGDPELMRKVISPDTRMEDNGREFTGDEVVEYVKEIQKRGEQWHLRRYTKEGNS/);
    const number = '(\\d\\.\\d{4})';
    const header = new RegExp(`^>T=(0\\.[15]), sample=([12]), score=${number}, global_score=${number}, `
        + `seq_recovery=${number}$`);
    const samples = [2, 4, 6, 8].map((i) => header.exec(lines[i]));
    assert.deepEqual(samples.map((match) => match.slice(1, 3).join()), ['0.1,1', '0.1,2', '0.5,1', '0.5,2']);
    assert.ok(samples.every((match) => match[3] < 1.8 && match[5] > 0.25 && match[5] < 0.75), 'a real network was run');
    assert.ok([3, 5, 7, 9].every((i) => /^[ACDEFGHIKLMNPQRSTVWY]{106}$/.test(lines[i])));
    assert.equal(lines.length, 11);
    assert.equal(lines[10], '');
});

test('design: fixed and designed chains, gaps as X, in the order of their names', async () => {
    const [native, design] = parseFasta(await ok('design', trimer, '--chains', 'B,A', '-n', '1', '-s', '1'));
    assert.match(native.header, /^3HTN, .*fixed_chains=\['C'\], designed_chains=\['A', 'B'\], model_name=small, /);
    const [a, b] = native.sequence.split('/');
    assert.equal(a.length, 143);
    assert.equal(b.indexOf('XXXX'), 57);
    assert.equal(b.length, 143);
    assert.equal(design.sequence.split('/')[1].indexOf('XXXX'), 57);
    for (const [style, sign] of [['dash', '----'], ['drop', '']]) {
        const text = await ok('design', trimer, '--chains', 'B', '-n', '1', '-s', '1', '--gaps', style);
        assert.equal(text.split('\n')[1], b.replace('XXXX', sign));
    }
});

test("design: the style of LigandMPNN's run.py prints all chains", async () => {
    const style = ['-n', '1', '-s', '1', '--fasta-style', 'ligandmpnn'];
    const lines = (await ok('design', trimer, '--chains', 'A', ...style)).split('\n');
    assert.match(lines[0], /^>3HTN, T=0\.1, seed=1, num_res=143, num_ligand_res=143, use_ligand_context=True, /);
    assert.deepEqual(lines[1].split(':').map((chain) => chain.length), [143, 139, 143]);
    assert.match(lines[2], /^>3HTN, id=1, T=0\.1, seed=1, overall_confidence=0\.\d{4}, ligand_confidence=0\.\d{4}, /);
    await ok('design', monomer, ...style, '-o', join(folder, 'ligand'));
    assert.ok(!readFileSync(join(folder, 'ligand', 'seqs', '6MRR.fa'), 'utf8').endsWith('\n'));
});

test('design: files appear whole, next to nothing else; JSON lines carry the same', async () => {
    const out = join(folder, 'files');
    const json = await ok('design', monomer, structureFile('5L33.pdb'), '-n', '3', '-s', '9', '-o', out, '--json');
    assert.deepEqual(readdirSync(join(out, 'seqs')).sort(), ['5L33.fa', '6MRR.fa']);
    const results = jsonLines(json);
    assert.equal(results.length, 6);
    const records = parseFasta(readFileSync(join(out, 'seqs', '6MRR.fa'), 'utf8'));
    assert.equal(await ok('design', monomer, '-n', '3', '-s', '9'), readFileSync(join(out, 'seqs', '6MRR.fa'), 'utf8'));
    results.slice(0, 3).forEach((result, i) => {
        assert.deepEqual([result.structure, result.model, result.seed, result.sample], ['6MRR', 'small', 9, i + 1]);
        assert.equal(result.sequence, records[i + 1].sequence);
        assert.deepEqual(result.chains, {A: result.sequence});
        assert.match(records[i + 1].header, new RegExp(`score=${result.score.toFixed(4).slice(0, 5)}`));
        assert.match(result.weights_sha256, /^[0-9a-f]{64}$/);
        assert.ok(result.recovery >= 0 && result.recovery <= 1 && result.global_score > 0 && /^\d/.test(result.weft));
    });
    await refused(['design', monomer, monomer, '-o', out, '-m', model], 2, /6MRR/);
});

test('rerun: run.json gives the same bytes, or says what has changed', async () => {
    const out = join(folder, 'recorded'), again = join(folder, 'again');
    const copy = await write('mine.pdb', readFileSync(monomer)), bias = await write('bias.json', '{"A12": {"W": 3}}');
    await ok('design', copy, damaged, '--chains', 'all', '-n', '2', '-T', '0.1,1', '--bias', bias, '--fix', 'A30-39',
        '-o', out);
    const record = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'));
    assert.deepEqual(record.structures.map(({name}) => name), ['mine', '5L33_damaged']);
    assert.match(record.options.seed, /^\d+$/);
    const run = (...args) => weft(['rerun', join(out, 'run.json'), ...args]);
    const same = await run('-o', again);
    assert.equal(same.code, 0, same.stderr);
    assert.match(same.stderr, /2 files, the same bytes/);
    for (const name of ['seqs/mine.fa', 'seqs/5L33_damaged.fa']) {
        assert.deepEqual(readFileSync(join(again, name)), readFileSync(join(out, name)));
    }
    assert.equal((await run()).code, 0);
    const results = record.results.map((sum, i) => (i ? sum : {...sum, sha256: '0'}));
    await write('recorded/run.json', JSON.stringify({...record, results}));
    const other = await run();
    assert.equal(other.code, 1);
    assert.match(other.lines.at(-1), /seqs\/mine\.fa is not the same/);
    await write('bias.json', '{}');
    await refused(['rerun', join(out, 'run.json')], 3, /bias\.json: the file has changed/);
    await refused(['rerun', copy], 3, /no run\.json of weft design/);
});

test('design: constraints on the command line', async () => {
    const bias = await write('bias.json', JSON.stringify({A3: {W: 60}}));
    const omit = await write('omit.json', JSON.stringify({'A4-5': 'ACDEFGHILMNPQRSTVWY'}));
    const letters = await write('letters.fa', `>6MRR\n${'G'.repeat(68)}\n`);
    const run = async (...args) => JSON.parse(await ok('design', monomer, '-n', '1', '-s', '2', '--json', ...args));
    const one = await run('--bias', bias, '--omit', omit, '--set', 'A10W,A11-12H', '--fix', 'A20-30');
    const native = (await run('--design', 'A1')).sequence;
    assert.equal(one.sequence.slice(2, 5), 'WKK');
    assert.equal(one.sequence.slice(9, 12), 'WHH');
    assert.equal(one.sequence.slice(19, 30), native.slice(19, 30));
    assert.equal(one.designed_residues, 68 - 14);
    const few = await run('--set-from', letters, '--design', 'A5-8', '--set', 'A1M');
    assert.match(few.sequence, /^MGGG.{4}G{60}$/);
    const none = await run('--bias', 'A:0.5,W:-70', '--omit', 'CM', '-T', '1');
    assert.doesNotMatch(none.sequence, /[WCMX]/);
    const order = await write('order.npy', npyBytes(Int32Array.from({length: 68}, (_, i) => 67 - i)));
    const list = await write('order.json', JSON.stringify(Array.from({length: 68}, (_, i) => 67 - i)));
    const ordered = (...order) => run('-T', '1', '--order', ...order);
    assert.equal((await ordered(order)).sequence, (await ordered(list)).sequence);
    assert.notEqual((await ordered(order)).sequence, (await ordered('n-to-c')).sequence);
    assert.equal((await run('--batch', '1')).sequence, (await run()).sequence);
    assert.notEqual((await run('--neighbors', '3')).score, (await run()).score);
});

test('design: tied residues, and who follows a fixed one', async () => {
    const {code, stdout, stderr} = await quick('design', trimer, '--chains', 'all', '-s', '1', '-n', '1', '--json',
        '--tie', 'homomer', '--fix', 'A50-60', '--tie-rule', 'geometric', '--final-temperature', '0.2',
        '--temperature-at', 'A70-80:1;B70-80:1;C70-80:1');
    assert.equal(code, 0, stderr);
    assert.match(stderr, /tied to residues that stay, and take their letters: B50-60,C50-60/);
    assert.match(stderr, /A=B=C/);
    const {chains} = JSON.parse(stdout);
    const last = (name) => chains[name].slice(-60);   // behind the gap of chain B, all three have the same residues
    assert.equal(last('A'), last('B'));
    assert.equal(last('A'), last('C'));
    await refused(['design', trimer, '--chains', 'all', '--tie', 'A60=B9999', '-m', model], 3, /B9999/);
    await refused(['design', trimer, '--chains', 'all', '--tie', 'A=B', '--tie-rule', 'best', '-m', model], 2, /best/);
    await refused(['design', trimer, '--temperature-at', 'A12', '-m', model], 2, /A12-20:0.5/);
});

test('design and score: the same for any number of threads', async () => {
    const score = ['score', monomer, '--orders', '5', '--json'];
    for (const words of [['design', monomer, '-n', '7', '-T', '0.2,1'], score]) {
        const here = await ok(...words, '-s', '3', '--threads', '0');
        for (const threads of ['1', '3']) assert.equal(await ok(...words, '-s', '3', '--threads', threads), here);
        assert.equal(await ok(...words, '-s', '3'), here);
    }
    await refused(['design', monomer, '--threads', 'two', '-m', model], 2, /--threads: 'two'/);
});

test('--fast: the same numbers but for their last digits, and the version says so', {skip}, async () => {
    const score = async (...args) => JSON.parse((await weft(['score', monomer, '-s', '1', '--json', ...args])).stdout);
    const [plain, fast] = [await score(), await score('--fast')];
    assert.equal(fast.weft, `${plain.weft}+fast`);
    assert.notDeepEqual(fast.residue_scores, plain.residue_scores);
    fast.residue_scores.forEach((value, i) => {
        assert.ok(Math.abs(value - plain.residue_scores[i]) < 1e-4, `${i}: ${value}, ${plain.residue_scores[i]}`);
    });
});

test('design: a drawn seed is printed and repeats the results', async () => {
    const first = await quick('design', monomer, '-n', '2');
    const [, seed] = /seed (\d+)/.exec(first.stderr);
    assert.equal(await ok('design', monomer, '-n', '2', '-s', seed), first.stdout);
    const huge = '18446744073709551615';
    assert.equal(JSON.parse((await ok('design', monomer, '-n', '1', '-s', huge, '--json')).trim()).seed, huge);
});

test('design: stdin, and progress that leaves stdout alone', async () => {
    const input = readFileSync(monomer);
    const {code, stdout, stderr} = await weft(['design', '-', '-n', '1', '-s', '1', '-m', model], {input});
    assert.equal(code, 0);
    assert.match(stdout, /^>stdin, score=/);
    assert.match(stderr, /designing 68 of 68 residues: A1-68/);
    assert.match(stderr, /designing 1 of 1, 100 %/);
    const quiet = await quick('design', monomer, '-n', '1', '-q');
    assert.equal(quiet.stderr, '');
    assert.equal(parseFasta(quiet.stdout).length, 2);
});

test('design: residues without backbone are named and left alone', async () => {
    const {stderr, stdout} = await quick('design', damaged, '-n', '1', '-s', '1');
    assert.match(stderr, /residues lack backbone atoms and are left as they are: A/);
    assert.equal(parseFasta(stdout).length, 2);
});

test('CA-only models see the CA atoms of any file, and need no others', async () => {
    const caModel = await write('ca.eqx', smallModel({caOnly: true}));
    const lines = readFileSync(monomer, 'utf8').split('\n').filter((line) => line.slice(12, 16) === ' CA ');
    const carbons = await write('carbons.pdb', `${lines.join('\n')}\n`);
    const outputs = [];
    for (const file of [monomer, carbons]) {
        const {code, stdout, stderr} = await weft(['design', file, '-m', caModel, '-n', '2', '-s', '5', '--json']);
        assert.equal(code, 0, stderr);
        outputs.push(jsonLines(stdout));
    }
    const designs = outputs.map((each) => each.map(({sequence, score, recovery}) => ({sequence, score, recovery})));
    assert.equal(designs[0].length, 2);
    assert.deepEqual(designs[1], designs[0]);
    const header = (await weft(['design', carbons, '-m', caModel, '-n', '1', '-s', '5'])).stdout.split('\n')[0];
    assert.match(header, /^>carbons, score=.*, CA_model_name=ca, /);
    const scored = await weft(['score', carbons, '-m', caModel, '-s', '1', '--json', '--threads', '2']);
    const {residue_scores: scores, scored_residues: count} = JSON.parse(scored.stdout);
    assert.equal(scores.filter(Number.isFinite).length, count);
    const archive = join(folder, 'ca.npz');
    assert.equal((await weft(['probs', carbons, '-m', caModel, '-o', archive])).code, 0);
    assert.equal(readNpz(readFileSync(archive)).get('mask').data.reduce((sum, each) => sum + each, 0), count);
    const {stdout} = await weft(['info', carbons, caModel]);
    assert.match(stdout, new RegExp(`0 with the whole backbone, ${count} with the CA atom that CA-only models need\n`));
    assert.match(stdout, /family {6}ca\n/);
    await refused(['design', carbons, '-m', model, '-n', '1', '-s', '1', '-q'], 3, /a CA-only model could/);
});

/* ---- score, probs, info ---- */

test('score: what design reports for a sequence', async () => {
    const out = join(folder, 'scored');
    await ok('design', trimer, '--chains', 'A,B', '-n', '2', '-s', '4', '-o', out);
    const fasta = join(out, 'seqs', '3HTN.fa');
    const choice = ['--chains', 'A,B', '--sequences', fasta, '--orders', '40', '-s', '1'];
    const table = (await ok('score', trimer, ...choice)).trim().split('\n');
    assert.equal(table[0], 'structure\tsequence\tscore\tglobal_score\tdeviation\trecovery');
    assert.equal(table.length, 4);
    const records = parseFasta(readFileSync(fasta, 'utf8'));
    table.slice(1).forEach((line, i) => {
        const [name, , score, , deviation] = line.split('\t');
        const reported = Number(/ score=([\d.]+)/.exec(records[i].header)[1]);
        assert.equal(name, '3HTN');
        assert.ok(Math.abs(score - reported) < 6 * deviation + 0.0002, `${line}: ${reported}`);
    });
    const json = JSON.parse((await ok('score', monomer, '--json', '-s', '1')).trim());
    assert.equal(json.residue_scores.length, 68);
    assert.equal(json.name, 'native');
    assert.equal(json.recovery, 1);
});

test('score --unbound: the score of a file without the other chains, under the same orders', async () => {
    const only = (line) => !/^(ATOM|HETATM|TER)/.test(line) || line[21] === 'B';
    const alone = await write('alone.pdb', readFileSync(trimer, 'utf8').split('\n').filter(only).join('\n'));
    const rows = async (path) => JSON.parse((await weft(['info', path, '--json'])).stdout).residues;
    const [all, own] = [await rows(trimer), await rows(alone)];
    const before = 143;   // residues of chain A
    const order = Array.from({length: all}, (_, i) => (i * 7) % all);
    const inPart = order.filter((row) => row >= before && row < before + own).map((row) => row - before);
    const [orderFile, ownFile] = [await write('order.json', JSON.stringify(order)),
        await write('own.json', JSON.stringify(inPart))];
    const bound = JSON.parse(await ok('score', trimer, '--chains', 'B', '--unbound', '--order', orderFile, '--json'));
    const plain = JSON.parse(await ok('score', trimer, '--chains', 'B', '--order', orderFile, '--json'));
    const free = JSON.parse(await ok('score', alone, '--order', ownFile, '--json'));
    assert.equal(bound.score, plain.score);
    assert.equal(bound.unbound_score, free.score);
    assert.equal(bound.bound_minus_unbound, bound.score - free.score);
    assert.notEqual(bound.score, free.score);
    const [heading, row] = (await ok('score', trimer, '--chains', 'B', '--unbound', '--orders', '3', '-s', '1'))
        .trim().split('\n').map((line) => line.split('\t'));
    assert.deepEqual(heading.slice(-2), ['unbound_score', 'bound_minus_unbound']);
    assert.equal(row.length, heading.length);
    await refused(['score', trimer, '--chains', 'all', '--unbound', '-q', '-m', model], 3, /3HTN.pdb: --unbound: all/);
});

test('probs: npz and JSON hold the same', async () => {
    const npz = join(folder, 'p.npz');
    for (const mode of ['unconditional', 'autoregressive', 'all-others']) {
        await ok('probs', damaged, '--mode', mode, '-s', '5', '-o', npz);
        const arrays = readNpz(readFileSync(npz));
        const json = JSON.parse(await ok('probs', damaged, '--mode', mode, '-s', '5'));
        const rows = json.log_probs.length;
        const kinds = Object.fromEntries([...arrays].map(([name, {dtype, shape}]) => [name, [dtype, ...shape]]));
        assert.deepEqual(kinds, {
            log_probs: ['<f4', rows, 21], entropy: ['<f4', rows], S: ['<i4', rows], mask: ['|b1', rows],
            design_mask: ['|b1', rows],
            decoding_order: ['<i4', rows], chain: ['<U1', rows], insertion_code: ['<U1', rows],
            residue_number: ['<i4', rows]
        });
        for (const [name, {data}] of arrays) {
            const values = Array.from(data, (each) => (name.endsWith('mask') ? Boolean(each) : each));
            assert.deepEqual(values, json[name].flat());
        }
        assert.equal(json.mode, mode);
        assert.ok(json.mask.includes(false));
        for (const row of json.log_probs) assert.ok(Math.abs(row.reduce((sum, v) => sum + Math.exp(v), 0) - 1) < 1e-5);
    }
});

test('info: structures and weights', async () => {
    const {stdout} = await weft(['info', trimer, model]);
    assert.match(stdout, /3HTN\.pdb: 3 chains, 425 residues/);
    assert.match(stdout, /9 MSE as M/);
    assert.match(stdout, /small\.eqx: weights that are not published/);
    const [structure, weights] = jsonLines((await weft(['info', '--json', trimer, model])).stdout);
    assert.deepEqual(structure.chains.map(({name, residues}) => name + residues), ['A143', 'B139', 'C143']);
    assert.equal(weights.nodeWidth, 16);
    assert.equal((await weft(['info'])).code, 2);
});

test('help and version come from the one table', async () => {
    assert.match((await weft(['--version'])).stdout, /^weft \d+\.\d+\.\d+\n$/);
    assert.match((await weft(['--help'])).stdout, /^usage: weft COMMAND/);
    for (const command of ['design', 'score', 'probs', 'info']) {
        const {code, stdout} = await weft([command, '--help']);
        assert.equal(code, 0);
        assert.ok(stdout.includes(helpText(command)));
        for (const option of options.filter(({commands}) => commands.includes(command))) {
            assert.ok(stdout.includes(`--${option.name}`) && option.help);
        }
    }
});

/* ---- Refusals ---- */

test('usage: exit code 2 and one line', async () => {
    const cases = [
        [['bake'], /bake/], [['design'], /name a file/], [['design', monomer, '--colour'], /--colour/],
        [['design', monomer, '-n', '0'], /--count/], [['design', monomer, '-n', 'many'], /--count/],
        [['design', monomer, '-n', '1.5'], /--count/], [['design', monomer, '-T', 'warm'], /--temperature/],
        [['design', monomer, '-T', '0.1,'], /--temperature/], [['design', monomer, '-s', '-1'], /-s|seed/],
        [['design', monomer, '-s', '18446744073709551616'], /--seed/],
        [['design', monomer, '--gaps', 'blank'], /--gaps/],
        [['probs', monomer, '--mode', 'all'], /--mode/], [['probs', monomer, monomer], /one structure/],
        [['probs', monomer, '-o', 'p.txt'], /npz or \.json/],
        [['design', monomer, '--neighbors', 'few'], /--neighbors/],
        [['weights', 'steal'], /list/]
    ];
    for (const [args, message] of cases) await refused(args, 2, message);
    assert.equal((await weft([])).code, 2);
});

test('structures that cannot be designed: exit code 3 and the reason', async () => {
    const text = readFileSync(monomer, 'utf8');
    const atoms = text.split('\n').filter((line) => line.startsWith('ATOM'));
    const files = {
        'ca.pdb': [atoms.filter((line) => line.slice(12, 16).trim() === 'CA').join('\n'), /N, CA, C and O/],
        'empty.pdb': ['', /empty/],
        'words.pdb': ['No protein was harmed.\n', /no atoms/],
        'page.pdb': ['<!DOCTYPE html><html><body>404</body></html>', /page\.pdb: this is a web page/],
        'water.pdb': ['HETATM    1  O   HOH A   1       1.000   2.000   3.000  1.00 20.00           O',
            /no protein chain/],
        'broken.pdb': [atoms[0].replace(/-?\d+\.\d{3}/, 'abc.def'), /line 1/]
    };
    for (const [name, [content, message]] of Object.entries(files)) {
        await refused(['design', await write(name, content), '-m', model], 3, message);
    }
    await refused(['design', data('odd/BaceCgMartini.pdb'), '-m', model], 3, /BaceCgMartini/);
    await refused(['design', join(folder, 'none.pdb'), '-m', model], 3, /none\.pdb.*no such file/);
    await refused(['design', folder, '-m', model], 3, /folder/);
    await refused(['info', join(folder, 'empty.pdb')], 3, /empty/);
});

test('requests that cannot be met: exit code 3 and the reason', async () => {
    const short = await write('short.fa', '>a\nACD\n');
    const noFasta = await write('no.fa', 'ACD\n');
    const noJson = await write('no.json', '{A: 1}');
    const cases = [
        [[trimer], /A \(143 residues\), B \(139 residues\), C \(143 residues\)/],
        [[monomer, '--fix', 'all'], /nothing is left/],
        [[monomer, '--chains', 'Q'], /'Q'/], [[monomer, '--design', 'A500'], /A500/],
        [[monomer, '--fix', 'A'], /nothing/],
        [[monomer, '--set', 'A1Z'], /A1Z/], [[monomer, '--bias', 'A'], /'A'/],
        [[monomer, '--omit', 'ACDEFGHIKLMNPQRSTVWY'], /omitted/],
        [[monomer, '--order', '[1,2]'], /order/], [[monomer, '--set-from', short], /3 letters/],
        [[monomer, '--set-from', noFasta], /no\.fa/], [[monomer, '--bias', noJson], /no\.json/],
        [[monomer, '--order', 'missing.npy'], /missing\.npy/], [[monomer, '--neighbors', '5000'], /5000/],
        [[damaged, '--design', 'A22'], /./]
    ];
    for (const [args, message] of cases) await refused(['design', ...args, '-m', model], 3, message);
    await refused(['score', monomer, '--sequences', short, '-q', '-m', model], 3, /3 letters/);
});

test('weights that cannot be used: exit code 4 and the reason', async () => {
    const whole = readFileSync(model);
    const october = [[128, 384], [128], [128, 128]].map((shape) =>
        npyBytes(new Float32Array(shape.reduce((a, b) => a * b)), shape));
    const files = {
        'truncated.eqx': [whole.subarray(0, whole.length - 100), /weights/],
        'october.eqx': [Buffer.concat(october), /October 2025/],
        'empty.eqx': ['', /./], 'page.eqx': ['<html>not found</html>', /./],
        'proteinmpnn_v_48_002.eqx': [whole, /proteinmpnn_v_48_002/],
        'packer.eqx': [npyBytes(new Float32Array(128 * 416), [128, 416]), /packer/]
    };
    for (const [name, [content, message]] of Object.entries(files)) {
        await refused(['design', monomer, '-m', await write(name, content)], 4, message);
    }
    await refused(['design', monomer, '-m', 'no_such_model'], 4, /no_such_model/);
});

test('Ctrl-C: exit code 130, one word, no half-written file', async () => {
    const out = join(folder, 'interrupted');
    const args = ['design', trimer, '--chains', 'all', '-n', '100000', '-T', '1', '-o', out, '-m', model];
    const {code, stdout, lines} = await weft(args, {interrupt: /designing \d+ of 100000/});
    assert.equal(code, 130);
    assert.equal(stdout, '');
    assert.equal(lines.at(-1), 'weft: interrupted');
    assert.ok(!existsSync(join(out, 'seqs')) || readdirSync(join(out, 'seqs')).length === 0);
});

test('a reader that leaves early is no error', async () => {
    const child = spawn(process.execPath, [cli, 'design', trimer, '--chains', 'all', '-n', '2000', '-q', '-m', model]);
    let stderr = '';
    child.stderr.on('data', (data) => { stderr += data; });
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await new Promise((resolve) => { child.on('close', resolve); });
    assert.equal(stderr, '');
    assert.equal(code, 0);
});
