// SPDX-License-Identifier: MIT
//
// faults.mjs - the proof that the parity suite can fail: injects one fault at a time into a copy of src/,
// builds the parity programs, and looks for the red row.
//
//   node tests/faults/faults.mjs [WEIGHTS_DIRECTORY] [NAME... | PART/OF]  ->  a table: fault, the row that went red
//   node tests/faults/faults.mjs --places   only looks whether each fault still has its place in the source
//
// Fails when a fault stays green, when its place is no longer in the source, or when the sources are red as they
// are. WEIGHTS_DIRECTORY is $WEFT_CACHE/weights by default. Run from the top of the checkout.
import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {basename, join} from 'node:path';
import {cacheFolder} from '../../wasm/cli/files.js';
import {FAULTS} from './list.mjs';

const FLAGS = ['-std=c11', '-O1', '-ffp-contract=off', '-w'];
const PROGRAMS = [...new Set(FAULTS.map((fault) => fault.program))];
const [weights = join(cacheFolder(), 'weights'), ...names] = process.argv.slice(2);
const [part, parts] = /^\d+\/\d+$/.test(names[0] ?? '') ? names.splice(0, 1)[0].split('/').map(Number) : [1, 1];
const chosen = FAULTS.filter(({name}, i) => i % parts === part - 1 && (!names.length || names.includes(name)));

if (weights === '--places') {
    let lost = 0;
    for (const fault of FAULTS) {
        try {
            inject(readFileSync(join('src', fault.file), 'utf8'), fault);
        } catch (error) {
            lost++;
            console.log(`not ok ${fault.name}: ${/** @type {Error} */ (error).message}`);
        }
    }
    console.log(`# fault-places: ${FAULTS.length - lost} passed, ${lost} failed`);
    process.exit(lost ? 1 : 0);
}

const work = mkdtempSync(join(tmpdir(), 'weft-faults-'));
process.on('exit', () => rmSync(work, {recursive: true, force: true}));

/** @param {string[]} args */
function gcc(...args) {
    const {status, stderr, error} = spawnSync('gcc', [...FLAGS, ...args], {encoding: 'utf8'});
    if (status !== 0) throw new Error(`gcc ${args.join(' ')}: ${error?.message ?? stderr}`);
}

const sourcesIn = (folder) => readdirSync(folder, {recursive: true}).map(String).filter((name) => /\.c$/.test(name));
const objectOf = (source) => join(work, 'o', `${source.replaceAll(/[/\\]/g, '_')}.o`);
const hasMain = (file) => /^int main\(/m.test(readFileSync(file, 'utf8'));

/** Compiles sources of the copy (all of them, or one) and of tests/parity. */
function compile(folder, sources) {
    for (const source of sources) gcc('-c', join(folder, source), '-o', objectOf(source));
}

function link(program, library, helpers) {
    const objects = [`${program}.c`, ...helpers, ...library].map(objectOf);
    gcc(...objects, '-lm', '-o', join(work, program));
}

/** What a parity program says until enough was heard, and its status at its end, null before it. */
async function run({program, args}, enough = () => false) {
    const child = spawn(join(work, program), [weights, ...args], {stdio: ['ignore', 'pipe', 'inherit']});
    const ended = once(child, 'close');
    let output = '';
    for await (const text of child.stdout.setEncoding('utf8')) {
        output += text;
        if (text.includes('\n') && enough(output)) child.kill('SIGKILL');
    }
    const [status] = await ended;
    return {output, status};
}

/** The first whole line that failed and holds the text. */
const redRow = (output, red) => output.split('\n').slice(0, -1)
    .find((line) => line.startsWith('FAIL') && line.includes(red));

/** The source with the fault in it; every place that matches gets it. */
function inject(text, {find, replace, file}) {
    const escaped = find.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(/\s+/g, '\\s+');
    const pattern = new RegExp(escaped, 'g');
    if (!pattern.test(text)) throw new Error(`${file} no longer holds "${find}"`);
    return text.replaceAll(pattern, () => replace);
}

// Headers are found by their relative names: the copy has the shape of the checkout.
mkdirSync(join(work, 'o'));
cpSync('src', join(work, 'src'), {recursive: true});
cpSync('tests/parity', join(work, 'tests/parity'), {recursive: true});
const src = join(work, 'src');
const library = sourcesIn(src);
const parity = sourcesIn(join(work, 'tests/parity'));
const helpers = parity.filter((name) => !hasMain(join(work, 'tests/parity', name)));
compile(src, library);
compile(join(work, 'tests/parity'), [...helpers, ...PROGRAMS.map((name) => `${name}.c`)]);
for (const program of PROGRAMS) link(program, library, helpers);
cpSync(join(work, 'o'), join(work, 'right'), {recursive: true});   // the objects without a fault

let passed = 0;
let failed = 0;

function row(ok, name, what) {
    console.log(`${ok ? 'ok    ' : 'not ok'} ${name.padEnd(40)} ${what}`);
    if (ok) passed++;
    else failed++;
}

const runs = new Map(chosen.map(({program, args}) => [`${program} ${args.join(' ')}`, {program, args}]));
for (const [name, what] of runs) {
    const {output, status} = await run(what);
    const red = redRow(output, '') ?? (status === 0 ? undefined : output.split('\n').at(-2));
    row(!red, '(no fault)', red ?? `${name}: green`);
}

for (const fault of chosen) {
    const path = join(src, fault.file);
    const original = readFileSync(path, 'utf8');
    try {
        writeFileSync(path, inject(original, fault));
        const touched = fault.file.endsWith('.c') ? [fault.file] : library;
        compile(src, touched);
        link(fault.program, library, helpers);
        const red = redRow((await run(fault, (output) => redRow(output, fault.red))).output, fault.red);
        const said = red?.slice(5).replaceAll(/ {2,}/g, '  ') ?? `stays green: ${fault.program}, ${fault.red}`;
        row(red !== undefined, fault.name, said);
    } catch (error) {
        row(false, fault.name, String(/** @type {Error} */ (error).message));
    }
    writeFileSync(path, original);
    cpSync(join(work, 'right'), join(work, 'o'), {recursive: true});
}

console.log(`# ${basename(process.argv[1], '.mjs')}: ${passed} passed, ${failed} failed`);
process.exitCode = failed || !passed ? 1 : 0;
