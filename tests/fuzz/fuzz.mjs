// SPDX-License-Identifier: MIT
//
// fuzz.mjs - runs the harnesses one after another and prints a line for each: executions, seconds, coverage, findings.
//
//   node tests/fuzz/fuzz.mjs MINUTES [NAMES...]   CPU minutes for each; called by ./build.sh fuzz
//   node tests/fuzz/fuzz.mjs smoke                the seeds and some seconds of each; called by ./build.sh test
//
// Corpora live on in $WEFT_CACHE/fuzz; what was found lies in build/fuzz, with the command that shows it again.
import {spawn} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {homedir, tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {seedsOf} from './seeds.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url)), found = join(root, 'build/fuzz');
const NATIVE = {pdb: 8192, table: 4096, select: 512, eqx: 20000};   // bytes of an input, at most
const SCRIPTS = readdirSync(new URL('js', import.meta.url)).map((name) => name.replace(/\.mjs$/, ''))
    .filter((name) => !['loop', 'mutate', 'coverage', 'rules'].includes(name)).sort();
const SLICE = 60, SMOKE = 1.5;   // seconds
const HANG = 5;                  // seconds

const [first = '3', ...named] = process.argv.slice(2);
const smoke = first === 'smoke', minutes = Number(first);
if (!smoke && !(minutes > 0)) throw new Error(`'${first}' is no number of minutes`);
const cache = process.env.WEFT_CACHE || join(homedir(), '.cache/weft');
const corpora = smoke ? mkdtempSync(join(tmpdir(), 'weft-fuzz-')) : join(cache, 'fuzz');
const limit = smoke ? SMOKE : 60 * minutes;

/** Runs a program; what it said, how it ended, and the CPU seconds that it took. */
function timed(command, words) {
    const script = 'TIMEFORMAT="cpu %U %S"; time "$@"';
    const child = spawn('bash', ['-c', script, 'bash', command, ...words], {cwd: root});
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('latin1').on('data', (part) => { text = (text + part).slice(-200000); });
    }
    child.stdin.end();
    return new Promise((resolve) => {
        child.on('close', (status) => {
            const [, user = 0, system = 0] = /^cpu ([\d.]+) ([\d.]+)\s*$/m.exec(text) ?? [];
            resolve({status, text, cpu: Number(user) + Number(system)});
        });
    });
}

/* ---- libFuzzer ---- */

/** Seeds and what earlier runs kept. */
async function nativeCorpus(name) {
    const folder = join(corpora, name), seeds = join(found, 'seeds', name);
    for (const path of [folder, seeds]) mkdirSync(path, {recursive: true});
    for (const [file, bytes] of Object.entries(await seedsOf(name))) writeFileSync(join(seeds, file), bytes);
    return [folder, seeds];
}

/** Whether a file that took long on the clock takes as long on a processor. */
async function isHang(program, path) {
    const {cpu} = await timed(program, ['-timeout=60', path]);
    return cpu > HANG;
}

async function fuzzNative(name) {
    const program = join(root, 'build/libfuzzer', name), folders = await nativeCorpus(name);
    const words = [
        `-max_len=${NATIVE[name]}`, `-timeout=${HANG}`, '-rss_limit_mb=1024', '-malloc_limit_mb=256',
            '-print_final_stats=1',
        `-artifact_prefix=${found}/${name}-`, `-dict=tests/fuzz/native/${name}.dict`, '-verbosity=1'
    ];
    const sum = {runs: 0, seconds: 0, coverage: '', grown: 0};
    let start = 0;
    while (sum.seconds < limit) {
        const slice = Math.max(1, Math.ceil(Math.min(SLICE, limit - sum.seconds)));
        const {status, text, cpu} = await timed(program, [...words, `-max_total_time=${slice}`, ...folders]);
        const all = [...text.matchAll(/cov: (\d+) ft: (\d+) corp: (\d+)/g)], last = all.at(-1);
        start ||= Number(/INITED cov: (\d+)/.exec(text)?.[1] ?? 0);
        sum.runs += Number(/number_of_executed_units: (\d+)/.exec(text)?.[1] ?? 0);
        sum.seconds += cpu;
        if (last) {
            sum.coverage = `cov ${last[1]} ft ${last[2]} corpus ${last[3]}`;
            sum.grown = Number(last[1]) - start;
        }
        if (!status) continue;
        const path = /Test unit written to (\S+)/.exec(text)?.[1] ?? '';
        if (/\/\w+-timeout-/.test(path) && !await isHang(program, path)) continue;   // the machine was busy
        const why = /does not hold: .*|ERROR: .*|runtime error: .*/.exec(text)?.[0] ?? text.slice(-300);
        return {...sum, finding: why, again: `build/libfuzzer/${name} ${path}`};
    }
    return sum;
}

/* ---- JavaScript ---- */

async function fuzzScript(name) {
    const loop = 'tests/fuzz/js/loop.mjs', corpus = join(corpora, `js-${name}`);
    const words = [loop, name, '--seconds', String(limit), '--corpus', corpus, '--found', found];
    if (smoke) words.push('--seed', '1');
    const {text, cpu} = await timed(process.execPath, words);
    const line = text.split('\n').find((each) => each.startsWith('{'));
    const answer = line ? JSON.parse(line) : {runs: 0, finding: text.slice(-500), path: '?'};
    const coverage = answer.lines ? `lines ${answer.lines} corpus ${answer.corpus}` : '';
    const {runs, seconds = cpu, seed, new: grown = 0} = answer, figures = {runs, seconds, coverage, grown, seed};
    if (!answer.finding) return figures;
    return {...figures, finding: answer.finding.split('\n').slice(0, 4).join(' | '),
        again: `node ${loop} ${name} ${answer.path}`};
}

/* ---- All of them ---- */

function report(name, {runs, seconds, coverage, grown, seed, finding, again}) {
    const figures = `${runs} executions in ${seconds.toFixed(0)} s, ${coverage} (+${grown})`;
    const seeded = seed === undefined ? '' : `, seed ${seed}`;
    console.log(`${finding ? 'not ok' : 'ok'} ${name}: ${figures}${seeded}, ${finding ? 1 : 0} findings`);
    if (finding) console.log(`    ${finding}\n    again: ${again}`);
}

const hasPrograms = existsSync(join(root, 'build/libfuzzer/pdb'));
const harnesses = [...(hasPrograms ? Object.keys(NATIVE) : []), ...SCRIPTS.map((name) => `js-${name}`)]
    .filter((name) => !named.length || named.includes(name));
const unknown = named.filter((name) => !harnesses.includes(name));
if (unknown.length) throw new Error(`no harness ${unknown.join(', ')}; there are ${harnesses.join(', ')}`);
mkdirSync(found, {recursive: true});
let failed = 0;
for (const name of harnesses) {
    const answer = await (name.startsWith('js-') ? fuzzScript(name.slice(3)) : fuzzNative(name));
    report(name, answer);
    failed += answer.finding ? 1 : 0;
}
if (smoke) rmSync(corpora, {recursive: true});
const skipped = hasPrograms ? '' : `, ${Object.keys(NATIVE).length} skipped`;
console.log(`# fuzz: ${harnesses.length - failed} passed, ${failed} failed${skipped}`);
process.exitCode = failed ? 1 : 0;
