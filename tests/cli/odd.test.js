/* SPDX-License-Identifier: MIT
 *
 * odd.test.js - every file of data/odd against data/odd.json: what a user may expect of it.
 *
 *   complete   chain -> residues with N, CA, C and O     rows      the same with incomplete ones, where they differ
 *   numbers    chain -> '151..220', in file order        ends      chain -> its first and last residue
 *   order      residues that follow each other           letters   residue -> letter
 *   says       each a pattern of one issue, or of the error       prints   each one of `weft info`'s text
 *   info, design   exit codes, by default 0              options, designSays   of `weft design`
 *   judged     where more or something else is expected than the file's first description said, and why
 */
import assert from 'node:assert/strict';
import {existsSync, readFileSync, readdirSync} from 'node:fs';
import {after, before, test} from 'node:test';
import {gunzipSync} from 'node:zlib';
import {structureName} from '../../wasm/cli/inputs.js';
import {Engine, ParseError} from '../../wasm/index.js';
import {smallModel} from '../web/model_file.js';
import {data, done, jsonLines, refusal, testFolder} from './command.js';

const table = Object.entries(JSON.parse(readFileSync(data('odd.json'), 'utf8')));
const {write, weft} = testFolder('odd');

/** @type {Engine} */
let engine;
before(async () => { engine = await Engine.load(); });
after(() => engine.dispose());

/** What is kept of a file, which may be packed, and the file itself. */
function bytesOf(name) {
    const path = data(`odd/${name}`);
    if (existsSync(path)) return [readFileSync(path)];
    const packed = readFileSync(`${path}.gz`);
    return [gunzipSync(packed), packed];
}

/** Where a pattern is about the place, an issue begins with its line. */
const saying = ({text, line}) => (line ? `line ${line}: ${text}` : text);

const spans = (numbers) => numbers.reduce((runs, number) => {
    const last = runs.at(-1);
    if (last?.at(-1) + 1 === number) last[1] = number;
    else runs.push([number]);
    return runs;
}, []).map((run) => run.join('..')).join(' ');

const byChain = ({chains}, value) => Object.fromEntries(chains.map((chain) => [chain.name, value(chain)]));

function checkRows(structure, {complete, rows, numbers = {}, ends = {}, order = [], letters = {}}) {
    const names = Array.from({length: structure.length}, (_, row) => structure.rowName(row));
    const sum = ({start, length}) => structure.mask.subarray(start, start + length).reduce((a, b) => a + b, 0);
    assert.deepEqual(byChain(structure, sum), complete);
    assert.deepEqual(byChain(structure, ({length}) => length), rows ?? complete);
    for (const [name, expected] of Object.entries(numbers)) {
        const {start, length} = structure.chain(name);
        assert.equal(spans([...structure.numbers.subarray(start, start + length)]), expected);
    }
    for (const [name, expected] of Object.entries(ends)) {
        const {start, length} = structure.chain(name);
        assert.equal(`${names[start]} ${names[start + length - 1]}`, expected);
    }
    for (const run of order) assert.ok(` ${names.join(' ')} `.includes(` ${run} `), run);
    for (const [name, letter] of Object.entries(letters)) {
        assert.equal(structure.sequence[names.indexOf(name)], letter, name);
    }
}

async function checkFile(bytes, name, expected) {
    const {says = [], info = 0} = expected;
    if (info) {
        const error = await engine.open(bytes, {name}).then(() => null, (reason) => reason);
        assert.ok(error instanceof ParseError, 'is read');
        for (const pattern of says) assert.match(error.message, RegExp(pattern));
        return;
    }
    const structure = await engine.open(bytes, {name});
    checkRows(structure, expected);
    const issues = structure.issues.map(saying);
    for (const pattern of says) assert.ok(issues.some((issue) => RegExp(pattern).test(issue)), `${pattern}: ${issues}`);
    structure.dispose();
}

test('odd: the table has every file, and so has the list of sources', () => {
    const stored = readdirSync(data('odd')).filter((name) => !name.endsWith('.md')).sort();
    const names = table.map(([name]) => (existsSync(data(`odd/${name}`)) ? name : `${name}.gz`)).sort();
    assert.deepEqual(names, stored);
    assert.equal(names.length, 60);
    const sources = readFileSync(data('odd/README.md'), 'utf8');
    for (const name of names) assert.ok(sources.includes(`\n| \`${name}\` |`), `${name} has no line in odd/README.md`);
});

for (const [name, expected] of table) {
    test(`odd: ${name} as the library reads it`, async () => {
        for (const bytes of bytesOf(name)) await checkFile(bytes, name, expected);
    });
}

test('odd: a fourth letter of a residue name is no chain, water or not', async () => {
    const record = (serial, atom, residue, x) =>
        `ATOM  ${String(serial).padStart(5)}  ${atom.padEnd(3)} ${residue.padEnd(5)}   4    ${x.toFixed(3).padStart(8)}`
        + '   0.000   0.000  1.00  0.00';
    const lysine = ['N', 'CA', 'C', 'O'].map((atom, i) => record(i + 1, atom, 'LYSHA', 1.3 * i));
    const structure = await engine.open([...lysine, record(5, 'OW', 'SOLV', 20), ''].join('\n'));
    assert.deepEqual([structure.chains.map(({name}) => name), structure.sequence], [['A'], 'K']);
    assert.equal(structure.issues.at(-1).text, 'left out: 1 water');
    structure.dispose();
});

/* ---- The command line: files that are done in one call, those that are refused one by one ---- */

const unless = {info: 0, design: 0, says: [], designSays: []};
let files;
before(async () => {
    await write('small.eqx', smallModel());
    files = await Promise.all(table.map(async ([name, expected]) =>
        ({name, path: await write(name, bytesOf(name)[0]), ...unless, ...expected})));
});

test('odd: weft info counts the same residues, and its exit code says what is no structure', async () => {
    const good = files.filter(({info}) => !info);
    const found = jsonLines(done(await weft(['info', '--json', ...good.map(({path}) => path)])).stdout);
    assert.equal(found.length, good.length);
    good.forEach(({name, complete}, i) => {
        const counts = found[i].chains.map((chain) => [chain.name, chain.complete]);
        assert.deepEqual(Object.fromEntries(counts), complete, name);
    });
    const texts = good.filter(({prints}) => prints);
    const {stdout} = done(await weft(['info', ...texts.map(({path}) => path)]));
    for (const {prints} of texts) for (const pattern of prints) assert.match(stdout, RegExp(pattern));
    for (const {path, info, says} of files.filter((file) => file.info)) {
        refusal(await weft(['info', path]), info, RegExp(says[0]));
    }
});

const designing = ['-m', 'small.eqx', '-n', '1', '-s', '1'];

test('odd: weft design designs what it can, and its exit code says what it cannot', async () => {
    const good = files.filter(({design, options}) => !design && !options);
    const all = done(await weft(['design', ...good.map(({path}) => path), '--chains', 'all', ...designing]));
    const titles = all.stdout.split('\n').filter((line) => /^>.*designed_chains=/.test(line));
    assert.equal(titles.length, good.length);
    for (const {name, designSays} of good) {
        const title = structureName(name), said = all.lines.filter((line) => line.includes(` ${title}: `)).join('\n');
        assert.ok(titles.some((line) => line.startsWith(`>${title},`)), name);
        for (const pattern of designSays) assert.match(said, RegExp(pattern), name);
    }
    for (const {name, path, design, options = ['--chains', 'all'], designSays, info, says} of files) {
        if (good.some((file) => file.name === name)) continue;
        const result = await weft(['design', path, ...options, ...designing]);
        assert.equal(result.code, design, `${name}: ${result.stderr}`);
        assert.equal(result.stdout === '', design !== 0, name);
        for (const pattern of info ? says : designSays) assert.match(result.stderr, RegExp(pattern), name);
        assert.doesNotMatch(result.stderr, /\.m?js:\d/, name);   // no line of a stack trace
    }
});
