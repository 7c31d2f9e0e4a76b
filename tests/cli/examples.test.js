/* SPDX-License-Identifier: MIT
 *
 * examples.test.js - the commands of examples.md, as they stand there, on real structures, and what their user would
 * look at: who kept their letters, who has the same ones, and that `weft rerun` makes the same bytes again. Of the two
 * hundred backbones some are there, with WEFT_LONG set all of them.
 *
 *   examples.md --blocks by heading--> sh --> designs --> checks --> weft rerun
 */
import assert from 'node:assert/strict';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {cp, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {before, test} from 'node:test';
import {parseFasta} from '../../wasm/formats/fasta.js';
import {readNpz} from '../../wasm/formats/npy.js';
import {cli, data, done, jsonLines, run, skipWithout, testFolder} from './command.js';

const skip = skipWithout();

/** The command lines of each section. */
const blocks = new Map(readFileSync(new URL('../../examples.md', import.meta.url), 'utf8').split(/^## /m).slice(1)
    .map((section) => [section.split('\n')[0], /^```\n([^]*?)^```$/m.exec(section)[1]]));
const tried = new Set();

const BACKBONES = process.env.WEFT_LONG ? 200 : 24;
const {folder, weft} = testFolder('examples');
before(async () => {
    await cp(data('examples'), folder, {recursive: true});
    done(await run(process.execPath, [data('examples/unpack.mjs'), 'denovo'], {cwd: folder}));
    const unused = readdirSync(join(folder, 'denovo')).filter((name) => /_(\d+)/.exec(name)[1] >= BACKBONES / 2);
    await Promise.all(unused.map((name) => rm(join(folder, 'denovo', name))));
});

/** Runs lines of a shell in which `weft` is the command line. */
const shell = (lines) => run('sh', ['-ec', `weft() { "$NODE" "$CLI" "$@"; }\n${lines}`],
    {cwd: folder, env: {...process.env, NODE: process.execPath, CLI: cli}});

/** Adds --json, which shows all chains, the fixed ones too, and changes no file. */
const withJson = (lines) => lines.replace(/^weft design .*$/m, '$& --json');

/** The lines of a section. */
function linesOf(title) {
    tried.add(title);
    assert.ok(blocks.has(title), `examples.md has no section '${title}'`);
    return blocks.get(title);
}

/** Letters of each chain of a file. */
async function nativeOf(file) {
    const {stdout} = await weft(['info', file, '--json']);
    return Object.fromEntries(JSON.parse(stdout).chains.map(({name, sequence}) => [name, sequence]));
}

/** Author numbers of a chain's residues, insertion codes aside, as the columns of the file have them. */
function numbersOf(file, chain) {
    return readFileSync(join(folder, file), 'utf8').split('\n')
        .filter((line) => line.startsWith('ATOM') && line.slice(12, 16) === ' CA ' && line[21] === chain)
        .map((line) => Number(line.slice(22, 26)));
}

/** The designs are whole and are what the FASTA file has; their scores beat those of the letters before. */
function checkDesigns(designs, fasta, residues) {
    const [native, ...records] = parseFasta(readFileSync(join(folder, fasta), 'utf8'));
    assert.equal(records.length, designs.length);
    const before = Number(/, score=([\d.]+)/.exec(native.header)[1]);
    designs.forEach(({chains, designed_chains: names, designed_residues: count, ...numbers}, i) => {
        assert.equal(names.map((name) => chains[name]).join('/'), records[i].sequence.replaceAll('X', ''));
        assert.equal(count, residues);
        assert.match(Object.values(chains).join(''), /^[ACDEFGHIKLMNPQRSTVWY]+$/);
        assert.ok([numbers.score, numbers.global_score, numbers.recovery].every(Number.isFinite));
        assert.ok(numbers.score > 0 && numbers.score < before, `${numbers.score}, before ${before}`);
    });
    assert.equal(new Set(designs.map(({sequence}) => sequence)).size, designs.length, 'samples differ');
}

/** `weft rerun` makes the same bytes. */
async function checkRerun(output) {
    const {code, stderr} = await shell(`weft rerun ${output}/run.json`);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /the same bytes/);
}

/**
 * A section that designs one structure. `residues` of `total` are designed; `check` gets the letters of each chain in
 * each design and in the file.
 */
function example(title, {file, output, count, residues, total}, check) {
    test(title, {skip}, async () => {
        const {code, stdout, stderr} = await shell(withJson(linesOf(title)));
        assert.equal(code, 0, stderr);
        assert.match(stderr, new RegExp(`designing ${residues} of ${total} residues`));
        const designs = jsonLines(stdout), name = designs[0].structure;
        assert.equal(designs.length, count);
        checkDesigns(designs, `${output}/seqs/${name}.fa`, residues);
        const native = await nativeOf(file);
        for (const {chains} of designs) {
            assert.deepEqual(Object.keys(chains), Object.keys(native));
            for (const chain in native) assert.equal(chains[chain].length, native[chain].length);
            check(chains, native, stderr);
        }
        await checkRerun(output);
    });
}

/** Where two sequences differ. */
const changes = (a, b) => Array.from(a, (_, i) => i).filter((i) => a[i] !== b[i]);
const within = (ranges) => (number) => ranges.some(([first, last]) => number >= first && number <= last);

/** Letters that have changed have author numbers in these ranges, and some have changed. */
function changedOnly(file, chain, now, native, ranges) {
    const numbers = numbersOf(file, chain), changed = changes(now, native).map((i) => numbers[i]);
    assert.ok(changed.length > 0);
    assert.deepEqual(changed.filter((number) => !within(ranges)(number)), []);
}

/** How many residues of a chain have numbers in these ranges. */
const countIn = (chain, ranges) => numbersOf('5CBA.pdb', chain).filter(within(ranges)).length;

const binder = {file: '1J2J.pdb', output: 'binder', count: 4, residues: 41, total: 206};
example('A binder for a fixed target', binder, (now, native) => {
    assert.equal(now.A, native.A);
    assert.ok(changes(now.B, native.B).length > 10);
    assert.doesNotMatch(now.B, /C/);
});

/* Kabat's loops, from the book: heavy 31-35, 50-65, 95-102; light 24-34, 50-56, 89-97. */
const heavy = [[31, 35], [50, 65], [95, 102]], light = [[24, 34], [50, 56], [89, 97]];

const loop = {file: '5CBA.pdb', output: 'cdr-h3', count: 4, residues: 18, total: 300};
example("The third loop of an antibody's heavy chain", loop, (now, native) => {
    assert.equal(countIn('A', heavy.slice(2)), 18);
    changedOnly('5CBA.pdb', 'A', now.A, native.A, heavy.slice(2));
    assert.match(now.A, /YYCAR.{18}WGQG/);   // the loop hangs between what all heavy chains have
    assert.deepEqual([now.B, now.E], [native.B, native.E]);
});

const loops = {file: '5CBA.pdb', output: 'cdrs', count: 4, residues: 71, total: 300};
example('All six loops of an antibody', loops, (now, native) => {
    assert.equal(countIn('A', heavy) + countIn('B', light), 71);
    changedOnly('5CBA.pdb', 'A', now.A, native.A, heavy);
    changedOnly('5CBA.pdb', 'B', now.B, native.B, light);
    assert.equal(now.E, native.E);
});

const trimer = {file: '1QU9.pdb', output: 'trimer', count: 2, residues: 378, total: 381};
example('A trimer of one sequence', trimer, (now, native, notes) => {
    assert.match(notes, /A=B=C by residue number: 127 groups/);
    assert.deepEqual([now.B, now.C], [now.A, now.A]);
    assert.equal(native.A[105], 'X');
    assert.equal(now.A[105], 'C');
    assert.ok(changes(now.A, native.A).length > 30);
});

const insulin = {file: '4INS.pdb', output: 'a2b2', count: 4, residues: 90, total: 102};
example('Two copies of two chains, A2B2', insulin, (now, native) => {
    assert.deepEqual([now.C, now.D], [now.A, now.B]);
    for (const chain of ['A', 'B']) {
        const kept = Array.from(native[chain], (_, i) => i).filter((i) => native[chain][i] === 'C');
        assert.ok(kept.length > 1 && kept.every((i) => now[chain][i] === 'C'));
        assert.ok(changes(now[chain], native[chain]).length > 5);
    }
});

const repeats = {file: '4XL5.pdb', output: 'repeats', count: 2, residues: 186, total: 245};
example('A repeat protein', repeats, (now, native, notes) => {
    assert.match(notes, /6 repeats of 31 residues from C43 to C228/);
    const copies = Array.from({length: 6}, (_, i) => now.C.slice(28 + 31 * i, 59 + 31 * i));
    assert.deepEqual(copies, Array(6).fill(copies[0]));
    assert.equal(now.C.slice(0, 28), native.C.slice(0, 28));
    assert.equal(now.C.slice(214), native.C.slice(214));
});

const motif = {file: 'denovo/L100_4.pdb', output: 'motif', count: 4, residues: 97, total: 100};
example('A motif on a generated backbone', motif, (now, native) => {
    assert.equal(native.A, 'G'.repeat(100));
    assert.deepEqual([29, 74, 76].map((number) => now.A[number - 1]), ['H', 'H', 'H']);
    // A few glycines are the network's choice, in turns; none stays because it was there.
    assert.ok(now.A.split('G').length - 1 < 15, now.A);
});

/* ---- Campaigns and complexes ---- */

test('Two hundred backbones at once', {skip}, async () => {
    await writeFile(join(folder, 'denovo', 'torn.pdb'),
        readFileSync(join(folder, 'denovo', 'L100_0.pdb'), 'utf8').slice(0, 50));
    const {code, stdout, stderr} = await shell(withJson(linesOf('Two hundred backbones at once')));
    assert.equal(code, 3, stderr);
    assert.match(stderr, /denovo\/torn\.pdb/);
    assert.match(stderr, new RegExp(`1 of ${BACKBONES + 1} structures failed`));
    const designs = jsonLines(stdout);
    assert.equal(new Set(designs.map(({structure}) => structure)).size, BACKBONES);
    for (const {structure, sequence, score, seed} of designs) {
        assert.match(sequence, /^[ACDEFGHIKLMNPQRSTVWY]+$/);
        assert.equal(`L${sequence.length}`, structure.split('_')[0]);
        assert.ok(score > 0 && score < 3, `${structure}: ${score}`);
        assert.equal(seed, 37);
    }
    const [header, ...rows] = readFileSync(join(folder, 'campaign', 'summary.csv'), 'utf8').trim().split(/\r?\n/)
        .map((line) => line.split(','));
    const column = (name) => rows.map((row) => row[header.indexOf(name)]);
    const ranked = designs.toSorted((a, b) => a.score - b.score);
    assert.deepEqual(column('sequence'), ranked.map(({sequence}) => sequence));
    assert.deepEqual(column('rank'), ranked.map((_, i) => String(i + 1)));
    assert.deepEqual(column('structure').toSorted(), ranked.map(({structure}) => structure).toSorted());
    await checkRerun('campaign');
});

test('What the target does for the binder', {skip}, async () => {
    if (!existsSync(join(folder, 'binder'))) await shell(linesOf('A binder for a fixed target'));
    const {code, stdout, stderr} = await shell(linesOf('What the target does for the binder'));
    assert.equal(code, 0, stderr);
    const scores = jsonLines(stdout);
    assert.equal(scores.length, 5);   // the file's own letters and four designs
    for (const {name, score, unbound_score: alone, bound_minus_unbound: difference} of scores) {
        assert.ok(score > 0 && alone > 0 && Math.abs(difference - (score - alone)) < 1e-6, name);
        assert.ok(difference < 0, `${name}: ${score} in the complex, ${alone} alone`);
    }
});

test('One sequence for two states', {skip}, async () => {
    const title = 'One sequence for two states';
    const {code, stdout, stderr} = await shell(withJson(linesOf(title)));
    assert.equal(code, 0, stderr);
    assert.match(stderr, /1J2J: state 2 is free, weight -0\.5, with 41 of the designed residues\n/);
    const along = await shell(withJson(linesOf(title).replace(':-0.5', ':1').replace('-o two-states', '-o both')));
    assert.equal(along.code, 0, along.stderr);
    const native = await nativeOf('1J2J.pdb');
    /** How much worse the free chain is than the complex. */
    const gain = (text) => jsonLines(text).map(({chains, states: [complex, free]}) => {
        assert.equal(chains.A, native.A);
        return (free.score - complex.score) / 4;
    }).reduce((sum, each) => sum + each);
    assert.ok(gain(stdout) > gain(along.stdout), `${gain(stdout)} against, ${gain(along.stdout)} for the free chain`);
    await checkRerun('two-states');
});

/** Rows of a CSV file as objects. */
function rowsOf(path) {
    const text = readFileSync(join(folder, path), 'utf8');
    const [header, ...lines] = text.trim().split('\n').map((line) => line.split(','));
    return lines.map((cells) => Object.fromEntries(cells.map((cell, i) => [header[i], cell])));
}

test('Which mutations a binder bears', {skip}, async () => {
    const {code, stderr} = await shell(linesOf('Which mutations a binder bears'));
    assert.equal(code, 0, stderr);
    const rows = rowsOf('scan.csv'), {B: native} = await nativeOf('1J2J.pdb');
    assert.equal(rows.length, 41 * 20);
    rows.forEach(({residue, wild_type: letter, mutant, delta_log_prob: delta, standard_error: error}, i) => {
        assert.ok(residue.startsWith('B'));
        assert.equal(letter, native[Math.floor(i / 20)]);
        if (letter === mutant) assert.deepEqual([Number(delta), Number(error)], [0, 0]);
        else assert.ok(Number(delta) !== 0 && Number(error) > 0 && Number(error) < 2);
    });
});

test('Which residues go together', {skip}, async () => {
    const {code, stderr} = await shell(linesOf('Which residues go together'));
    assert.equal(code, 0, stderr);
    const rows = rowsOf('couplings.csv');
    assert.equal(rows.length, 41);
    assert.ok(rows.every(({separation}) => Number(separation) >= 6));
    assert.ok(rows.every(({coupling}, i) => !i || Number(coupling) <= Number(rows[i - 1].coupling)));
    assert.ok(rows.slice(0, 10).filter((row) => Number(row.ca_distance) < 10).length >= 5, 'the first are neighbours');
});

test('From two hundred designs to twelve, to a folding program and back', {skip}, async () => {
    const lines = linesOf('From two hundred designs to twelve, to a folding program and back').trim().split('\n');
    const first = await shell(lines.slice(0, 3).join('\n'));
    assert.equal(first.code, 0, first.stderr);
    const chosen = parseFasta(readFileSync(join(folder, 'order.fa'), 'utf8'));
    assert.equal(new Set(chosen.map(({sequence}) => sequence)).size, 12);
    assert.ok(chosen.every(({sequence}) => !/N[^P][ST]/.test(sequence) && !/(.)\1{4}/.test(sequence)));
    assert.equal(readdirSync(join(folder, 'jobs')).length, 12);
    // what a program might have made of one of them: the backbone, with these letters and a confidence
    const job = readdirSync(join(folder, 'jobs'))[4], yaml = readFileSync(join(folder, 'jobs', job), 'utf8');
    const {A: target, B: before} = await nativeOf('1J2J.pdb');
    const [a, b] = [...yaml.matchAll(/sequence: (\w+)/g)].map(([, sequence]) => sequence);
    assert.deepEqual([a, b.length, yaml.match(/msa: empty/g).length], [target, before.length, 1]);
    await writeFile(join(folder, 'design.fa'), `>x\n${b}\n`);
    const others20 = [...'ACDEFGHIKLMNPQRSTVWY'].filter((letter) => letter !== b[0]).join('');
    const folded = await shell('weft design 1J2J.pdb --chains B --set-from design.fa --design B168 '
        + `--omit ${others20} -n 1 -s 1 -o folded --write-structures pdb`);
    assert.equal(folded.code, 0, folded.stderr);
    await cp(join(folder, 'folded', 'backbones', '1J2J_0.1_1.pdb'), join(folder, 'predictions', 'anything.pdb'));
    const last = await shell(lines[3]);
    assert.equal(last.code, 0, last.stderr);
    const [row, ...others] = rowsOf('folds.csv');
    assert.ok(Number(row.rmsd) < 1e-3 && Number(row.rmsd_binder) < 1e-3 && row.prediction.endsWith('anything.pdb'));
    assert.equal(others.filter(({prediction}) => prediction === '').length, 11);
});

test('On several backbones at once', {skip}, async () => {
    const {code, stderr} = await shell(linesOf('On several backbones at once'));
    assert.equal(code, 0, stderr);
    assert.match(stderr, /3 backbones: 1J2J; noise of 0, 0\.1, 0\.2 angstrom/);
    const {shape} = readNpz(readFileSync(join(folder, 'sweep.npz'))).get('log_probs');
    assert.deepEqual(shape, [1, 3, 206, 21]);
    await checkRerun('smooth');
});

test('every section of examples.md is run', () => {
    assert.ok(blocks.size > 8);
    if (!skip) assert.deepEqual([...blocks.keys()].filter((title) => !tried.has(title)), []);
});
