/* SPDX-License-Identifier: MIT
 *
 * resume.test.js - `weft design -o DIR` that ends early: killed, interrupted, in shards, on a full or read-only disk.
 *
 * A small network with random weights designs pieces of one structure. WEFT_KILLS says how often the first test kills
 * (10 where it is not set).
 */
import assert from 'node:assert/strict';
import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {
    chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, watch, writeFileSync
} from 'node:fs';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {writeBeside} from '../../wasm/cli/output.js';
import {parseFasta} from '../../wasm/formats/fasta.js';
import {smallModel} from '../web/model_file.js';

const cli = fileURLToPath(new URL('../../wasm/cli.js', import.meta.url));
const structure = fileURLToPath(new URL('../data/structures/6MRR.pdb', import.meta.url));
const KILLS = Number(process.env.WEFT_KILLS ?? 10), STRUCTURES = 60;
const names = Array.from({length: STRUCTURES}, (_, i) => `s${i}`);
const options = ['-m', 'small.eqx', '-n', '2', '-T', '0.1,1', '-s', '5', '--threads', '2'];

let folder = '';
before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weft-resume-'));
    writeFileSync(at('small.eqx'), smallModel());
    mkdirSync(at('jobs'));
    for (const [i, name] of names.entries()) writeFileSync(at('jobs', `${name}.pdb`), piece(1 + i % 30, 30 + i % 7));
});
after(() => rm(folder, {recursive: true}));

const at = (...path) => join(folder, ...path);
const read = (...path) => readFileSync(at(...path), 'utf8');
const files = (...some) => some.map((name) => `jobs/${name}.pdb`);
const all = files(...names);

/** So many residues of 6MRR as a file, from one on. */
function piece(first, count) {
    const atoms = readFileSync(structure, 'utf8').split('\n').filter((line) => line.startsWith('ATOM'));
    const number = (line) => Number(line.slice(22, 26));
    return `${atoms.filter((line) => number(line) >= first && number(line) < first + count).join('\n')}\n`;
}

/** Starts weft design in the tests' folder. */
function start(...args) {
    const child = spawn(process.execPath, [cli, 'design', ...args], {cwd: folder});
    let stdout = '', stderr = '';
    child.stdout.on('data', (chunk) => { stdout += chunk; });
    child.stderr.on('data', (chunk) => { stderr += chunk; });
    child.stdin.end();
    const ended = new Promise((resolve) => child.on('close', (code, signal) => resolve({
        code, signal, stdout, stderr, lines: stderr.split('\n').filter(Boolean)
    })));
    return {child, ended};
}

const design = (...args) => start(...args).ended;

/** The same, which succeeds; its stderr. */
async function ok(...args) {
    const {code, stderr} = await design(...args);
    assert.equal(code, 0, stderr);
    return stderr;
}

/** All files of a folder by path: their bytes as text. */
function tree(name) {
    const entries = readdirSync(at(name), {recursive: true, withFileTypes: true}).filter((entry) => entry.isFile());
    return new Map(entries.map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(at(name).length + 1))
        .sort().map((path) => [path, read(name, path)]));
}

/** Two folders with the same files, byte for byte. */
function same(one, other) {
    const [left, right] = [tree(one), tree(other)];
    assert.deepEqual([...left.keys()], [...right.keys()]);
    for (const [path, text] of left) assert.ok(text === right.get(path), `${path} differs`);
}

const list = (...path) => (existsSync(at(...path)) ? readdirSync(at(...path)) : []);
const finished = (name) => list(name, 'done').filter((file) => file.endsWith('.json'));
const halves = (name) => ['', 'seqs', 'done'].flatMap((each) => list(name, each)).filter((file) => /part$/.test(file));

/** Numbers from 0 to 1 that a seed gives (a 32-bit xorshift). */
function random(state) {
    return () => {
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        return (state >>> 0) / 2 ** 32;
    };
}

let reference = null;
/** The uninterrupted run, once. */
const whole = () => (reference ??= ok(...all, ...options, '-o', 'whole'));

/* ---- Killed ---- */

/** When each file of what is finished was written, and as which: neither may change any more. */
const marks = (name) => new Map(finished(name).flatMap((file) => [`done/${file}`, `seqs/${file.slice(0, -4)}fa`])
    .map((path) => [path, statSync(at(name, path))]).map(([path, {mtimeMs, ino}]) => [path, `${mtimeMs} ${ino}`]));

/** Kills a run after some time, or when it next writes something after that. The signal that ended it. */
async function killed(run, delay, written) {
    await Promise.race([run.ended, sleep(delay, null, {ref: false})]);
    if (written && existsSync(at('killed', 'done'))) {
        const watcher = watch(at('killed', Math.round(delay) % 2 ? 'seqs' : 'done'));
        await Promise.race([run.ended, once(watcher, 'change')]);
        watcher.close();
    }
    run.child.kill('SIGKILL');
    const {code, signal, stderr} = await run.ended;
    assert.ok(code === 0 || signal === 'SIGKILL', stderr);
    return signal;
}

/** What a killed run has left is whole, and what was there before is untouched. */
function intact(before, expected) {
    const now = marks('killed');
    for (const [path, mark] of before) assert.equal(now.get(path), mark, `${path} was written twice`);
    const fasta = list('killed', 'seqs').filter((file) => file.endsWith('.fa'));
    for (const file of fasta) {
        assert.ok(read('killed', 'seqs', file) === expected.get(`seqs/${file}`), `${file} is not whole`);
    }
    if (existsSync(at('killed', 'run.json'))) assert.equal(now.size, 2 * STRUCTURES);
    return {done: now.size / 2, fasta: fasta.length};
}

test(`${KILLS} SIGKILLs at random times: with --resume nothing is lost, nothing doubled`, async (t) => {
    const draw = random(20), expected = (await whole(), tree('whole'));
    let time = 3000;   // that a run takes, and no longer than the shortest so far
    const count = {kills: 0, jobs: 0, halves: 0, between: 0, designs: 0};
    while (count.kills < KILLS) {
        for (let signal = 'SIGKILL'; signal;) {
            const before = marks('killed'), begun = performance.now();
            const run = start(...all, ...options, '-o', 'killed', '--resume');
            const delay = count.kills < KILLS ? (0.1 + 0.9 * draw()) * time : 2 ** 30;
            signal = await killed(run, delay, count.kills % 2);
            const {done, fasta} = intact(before, expected);
            if (signal) count.kills++;
            else time = Math.min(time, performance.now() - begun);
            count.halves += halves('killed').length;
            count.between += fasta - done;
        }
        count.jobs++;
        same('killed', 'whole');
        const designs = names.flatMap((name) => parseFasta(read('killed', 'seqs', `${name}.fa`)).slice(1));
        const {designs: ranked} = JSON.parse(read('killed', 'summary.json'));
        assert.equal(ranked.reduce((sum, {copies}) => sum + copies, 0), STRUCTURES * 4);
        assert.equal(designs.length, STRUCTURES * 4);
        count.designs += designs.length;
        rmSync(at('killed'), {recursive: true});
    }
    t.diagnostic(`${count.kills} kills in ${count.jobs} jobs with ${count.designs} designs; `
        + `${count.halves} files were half written, ${count.between} FASTA files without their entry`);
});

/* ---- What is finished ---- */

const few = files('s0', 's1', 's2', 's3');
const plain = ['-m', 'small.eqx', '-n', '1'];

test('--resume: what is finished stays, what changed is designed again', async () => {
    await ok(...few, ...plain, '-s', '1', '-o', 'few', '-q');
    const before = tree('few'), written = marks('few');
    const again = () => ok(...few, ...plain, '-s', '1', '-o', 'few', '--resume');
    assert.match(await again(), /^weft: 4 of 4 structures are finished$/m);
    assert.deepEqual(marks('few'), written);
    assert.deepEqual(tree('few'), before);

    writeFileSync(at('few/seqs/s0.fa'), read('few/seqs/s0.fa').slice(0, -9));
    rmSync(at('few/seqs/s1.fa'));
    writeFileSync(at('few/done/s2.json'), read('few/done/s2.json').slice(0, -9));
    for (const name of ['seqs/s0.fa', 'done/s3.json', 'run.json', 'summary.csv']) {
        writeFileSync(at('few', `${name}.0123abcd.part`), 'half');
    }
    writeFileSync(at('few/mine.0123abcd.part'), "a user's own");
    const told = await again();
    assert.match(told, /few\/seqs\/s0\.fa is not as it was written: it is designed again/);
    assert.match(told, /few\/seqs\/s1\.fa is not/);
    assert.match(told, /^weft: 1 of 4 structures are finished$/m);
    assert.deepEqual(halves('few'), ['mine.0123abcd.part']);
    rmSync(at('few/mine.0123abcd.part'));
    assert.deepEqual(tree('few'), before);

    writeFileSync(at('jobs/s1.pdb'), piece(3, 40));
    assert.match(await again(), /s1\.pdb has changed since s1 was designed: it is designed again/);
    assert.equal(parseFasta(read('few/seqs/s1.fa'))[1].sequence.length, 40);
    await ok(...few, ...plain, '-s', '1', '-o', 'anew');
    same('few', 'anew');
    writeFileSync(at('jobs/s1.pdb'), piece(2, 31));
});

test('--resume: further structures, and one that failed, join what is there', async () => {
    writeFileSync(at('jobs/late.pdb'), '');
    const words = [...plain, '-s', '1', '--resume', '-o', 'grown'], some = [...files('late'), ...few.slice(2)];
    const first = await design(...some, ...words);
    assert.deepEqual([first.code, first.lines.at(-1)], [3, 'weft: 1 of 3 structures failed']);
    const run = read('grown/run.json');
    assert.equal((await design(...some, ...words)).code, 3);   // it fails again, and in the same words
    assert.equal(read('grown/run.json'), run);
    const written = statSync(at('grown/seqs/s3.fa')).mtimeMs;
    writeFileSync(at('jobs/late.pdb'), piece(5, 20));
    await ok(...files('late'), ...few, ...words);
    assert.equal(statSync(at('grown/seqs/s3.fa')).mtimeMs, written);
    await ok(...files('late'), ...few, ...plain, '-s', '1', '-o', 'grown2');
    same('grown', 'grown2');
});

test('--resume: the seed that was drawn; rows of a manifest', async () => {
    writeFileSync(at('jobs/bias.json'), '{"A5": {"W": 60}}');
    writeFileSync(at('jobs/rows.csv'), 'file,n,s,bias\ns0.pdb,2,,\ns1.pdb,,7,bias.json\ns2.pdb,,,\n');
    const words = ['--manifest', 'jobs/rows.csv', ...plain, '-o', 'rows'];
    await ok(...words);
    const before = tree('rows');
    for (const name of ['seqs/s0.fa', 'done/s2.json', 'run.json']) rmSync(at('rows', name));
    await ok(...words, '--resume');
    assert.deepEqual(tree('rows'), before);
    writeFileSync(at('jobs/bias.json'), '{"A5": {"Y": 60}}');
    const changed = await design(...words, '--resume', '-q');
    assert.equal(changed.code, 2);
    assert.match(changed.stderr, /s1 was designed with another file of --bias \(rows\/done\/s1\.json\)/);
    rmSync(at('rows/done/s1.json'));
    await ok(...words, '--resume');
    assert.notEqual(read('rows/seqs/s1.fa'), before.get('seqs/s1.fa'));
});

test('--resume: another run is refused, and nothing touched', async () => {
    await ok(...few, ...plain, '-s', '1', '-o', 'kept');
    writeFileSync(at('other.eqx'), smallModel({seed: 2}));
    const before = tree('kept');
    const cases = [
        [['-n', '2'], /^weft: --resume: s0 was designed with --count 1, now 2 \(kept\/done\/s0\.json\); go on with/],
        [['-s', '2'], /s0 was designed with --seed 1, now 2/], [['-T', '0.2'], /with --temperature 0\.1, now 0\.2/],
        [['--omit', 'C'], /with --omit none, now C/], [['--neighbors', '9'], /with --neighbors none, now 9/],
        [['-m', 'other.eqx'], /with --model small, now other/]
    ];
    for (const [more, message] of cases) {
        const {code, lines} = await design(...few, ...plain, '-s', '1', ...more, '-o', 'kept', '--resume', '-q');
        assert.deepEqual([code, lines.length], [2, 1], lines.join('\n'));
        assert.match(lines[0], message);
        assert.deepEqual(tree('kept'), before);
    }
    mkdirSync(at('elsewhere'));
    writeFileSync(at('elsewhere/small.eqx'), smallModel({seed: 2}));
    const words = [...few, '-s', '1', '-n', '1', '-o', 'kept', '-q'];
    const weights = await design(...words, '-m', 'elsewhere/small.eqx', '--resume');
    assert.match(weights.stderr, /s0 was designed with weights of sha-256 [0-9a-f]{64}, now it is [0-9a-f]{64}/);
    const entry = JSON.parse(before.get('done/s0.json'));
    entry.asked.weft = '0.0.1';
    writeFileSync(at('kept/done/s0.json'), JSON.stringify(entry));
    const version = await design(...words, '-m', 'small.eqx', '--resume');
    assert.match(version.stderr, /s0 was designed by weft 0\.0\.1, this is /);
    const usage = async (message, ...args) => {
        const {code, lines} = await design(...few, ...plain, ...args);
        assert.deepEqual([code, lines.length], [2, 1], lines.join('\n'));
        assert.match(lines[0], message);
    };
    await usage(/--resume needs -o DIR/, '--resume');
    await usage(/--shard needs -s SEED/, '--shard', '1/2', '-o', 'never');
    for (const shard of ['0/2', '3/2', '1', '1/0', '1/x', '-1/2', '1.5/2']) {
        await usage(/^weft: --shard: '.*' is no part of a whole/, `--shard=${shard}`, '-s', '1');
    }
    assert.ok(!existsSync(at('never')));
});

test('without --resume all is designed again, and it says so', async () => {
    await ok(...few, ...plain, '-s', '1', '-o', 'over');
    const told = await ok(...few, ...plain, '-s', '2', '-o', 'over');
    assert.match(told, /over has results of 4 of these structures; all are designed again \(--resume keeps/);
    await ok(...few, ...plain, '-s', '2', '-o', 'over2');
    same('over', 'over2');
});

/* ---- Several at once ---- */

test('four shards are one run: in one folder, or in four that are copied together', async () => {
    await whole();
    const shards = [1, 2, 3, 4].map((i) => `${i}/4`);
    const notes = await Promise.all(shards.map((shard) =>
        ok(...all, ...options, '--threads', '0', '--shard', shard, '-o', 'shards')));
    assert.ok(notes.filter((text) => / left to other shards/.test(text)).length < 4);
    same('shards', 'whole');
    for (const shard of shards) await ok(...all, ...options, '--shard', shard, '-o', `shard${shard[0]}`);
    assert.deepEqual(list('shard2').sort(), ['done', 'seqs']);
    const second = names.filter((_, i) => i % 4 === 1);
    assert.deepEqual(list('shard2/seqs').sort(), second.map((name) => `${name}.fa`).sort());
    for (const shard of shards) cpSync(at(`shard${shard[0]}`), at('copied'), {recursive: true});
    assert.match(await ok(...all, ...options, '-o', 'copied', '--resume'), /60 of 60 structures are finished/);
    same('copied', 'whole');
    const printed = await design(...few, ...plain, '-s', '1', '--shard', '2/3', '-q');
    assert.deepEqual(parseFasta(printed.stdout).map(({header}) => header.split(',')[0]), ['s1', 'T=0.1']);
    const none = await design(...few, ...plain, '-s', '1', '--shard', '5/5', '-o', 'none');
    assert.equal(none.code, 0, none.stderr);
    assert.match(none.stderr, /0 of 4 structures are finished; the rest is left to other shards/);
});

test('two of the same runs in one folder do no harm', async () => {
    await whole();
    const runs = [0, 1].map(() => start(...all, ...options, '-o', 'twice', '--resume'));
    await sleep(700);
    runs.push(start(...all, ...options, '-o', 'twice', '--resume'));
    for (const {ended} of runs) {
        const {code, stderr} = await ended;
        assert.equal(code, 0, stderr);
    }
    same('twice', 'whole');
});

test('a file that another run takes for a left-over is written once more', async () => {
    mkdirSync(at('taken'));
    const content = new Uint8Array(2 ** 25).fill(65), written = writeBeside(at('taken', 'big.fa'), content);
    while (!halves('taken').length) await sleep(1);
    for (const file of halves('taken')) rmSync(at('taken', file));
    await written;
    assert.deepEqual(list('taken'), ['big.fa']);
    assert.equal(statSync(at('taken/big.fa')).size, content.length);
});

test('another run in the folder meanwhile is found out', async () => {
    writeFileSync(at('jobs/slow.csv'), 'file,n\ns0.pdb,1\ns1.pdb,2000\n');
    const words = ['--manifest', 'jobs/slow.csv', '-m', 'small.eqx', '-s', '1', '--threads', '0', '-o', 'meanwhile'];
    const {ended} = start(...words);
    while (!existsSync(at('meanwhile/done/s0.json'))) await sleep(5);
    writeFileSync(at('meanwhile/seqs/s0.fa'), 'of another run');
    const {code, lines} = await ended;
    assert.equal(code, 1);
    assert.match(lines.at(-1), /^weft: meanwhile\/seqs\/s0\.fa is not as it was written: it changed while the run/);
    assert.ok(!existsSync(at('meanwhile/run.json')));
    await ok(...words, '--resume');
    await ok(...words.slice(0, -1), 'alone');
    same('meanwhile', 'alone');
});

/* ---- Disks and pipes ---- */

/** A disk of its own at a path; why there is none, else null. */
function mount(name, size) {
    mkdirSync(at(name));
    const {status, stderr, error} = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', at(name)]);
    return status === 0 ? null : `no disk can be mounted: ${error?.message ?? stderr.toString().trim()}`;
}
const remount = (name, how) => spawnSync('mount', ['-o', `remount,${how}`, at(name)]);
const unmount = (name) => spawnSync('umount', [at(name)]);

test('a full disk ends the run, which goes on when there is room', async (t) => {
    const reason = mount('full', '128k');
    if (reason) return t.skip(reason);
    try {
        await whole();
        const {code, stderr, lines} = await design(...all, ...options, '-o', 'full/out', '-q');
        assert.equal(code, 1, stderr);
        assert.equal(lines.length, 1, stderr);
        assert.match(lines[0], /^weft: cannot write full\/out\/.*: ENOSPC: no space left/);
        assert.deepEqual(halves('full/out'), []);
        const done = marks('full/out');
        assert.ok(done.size > 4 && done.size < 2 * STRUCTURES, `${done.size} files`);
        remount('full', 'size=8m');
        await ok(...all, ...options, '-o', 'full/out', '--resume');
        for (const [path, mark] of done) assert.equal(marks('full/out').get(path), mark);
        for (const name of ['seqs', 'done']) same(`full/out/${name}`, `whole/${name}`);
        assert.equal(read('full/out/summary.csv'), read('whole/summary.csv'));
        assert.deepEqual(list('full/out').sort(), list('whole').sort());
    } finally {
        unmount('full');
    }
});

test('a read-only folder is told before anything is designed', async (t) => {
    const root = process.getuid?.() === 0;
    const reason = root ? mount('closed', '128k') : mkdirSync(at('closed')) ?? null;
    if (reason) return t.skip(reason);
    try {
        if (root) remount('closed', 'ro');
        else chmodSync(at('closed'), 0o555);
        const {code, lines} = await design(...few, ...plain, '-s', '1', '-o', 'closed/out', '-q');
        assert.deepEqual([code, lines.length], [1, 1], lines.join('\n'));
        assert.match(lines[0], /^weft: cannot write closed\/out: E(ROFS|ACCES)/);
    } finally {
        if (root) unmount('closed');
        else chmodSync(at('closed'), 0o755);
    }
});

test('closed pipes: progress that nobody reads stops nothing; results that nobody reads end the run', async () => {
    const words = [...few, ...plain, '-n', '20', '-s', '1'];
    await ok(...words, '-o', 'open');
    const closing = async (...more) => {
        const run = start(...words, ...more);
        run.child.stdout.destroy();
        run.child.stderr.destroy();
        return (await run.ended).code;
    };
    assert.equal(await closing('-o', 'piped'), 0);
    same('piped', 'open');
    assert.equal(await closing('-o', 'piped2', '--json'), 0);
    assert.ok(!existsSync(at('piped2/run.json')));
    await ok(...words, '-o', 'piped2', '--resume');
    same('piped2', 'open');
    assert.deepEqual(halves('piped2'), []);
});
