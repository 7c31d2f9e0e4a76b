// SPDX-License-Identifier: MIT
//
// loop.mjs - one JavaScript harness in a thread of its own, watched from outside: what hangs or eats memory is seen.
//
//   node loop.mjs NAME --seconds N [--seed N] [--runs N] [--corpus FOLDER] [--found FOLDER]      runs, prints a line
// of JSON
//   node loop.mjs NAME FILE                                                                     one input again
//
// The first inputs are the seeds and the corpus, the others differ from them a little (mutate.mjs). What reaches a line
// that no other reached is kept in the corpus. With the same seed, corpus and number of runs the inputs are the same.
import {createHash} from 'node:crypto';
import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {parseArgs} from 'node:util';
import {isMainThread, parentPort, Worker, workerData} from 'node:worker_threads';
import {Coverage} from './coverage.mjs';
import {dice, mutate} from './mutate.mjs';

const HANG_MS = 5000, LARGEST_RSS = 2 ** 31, BATCH = 64;
const MOST_BYTES = 1 << 17;   // of an input

/**
 * @typedef {object} Harness
 * @property {readonly string[]} covers   modules under test, from the root of the checkout
 * @property {readonly string[]} words    of the format, for the mutator
 * @property {number} [most]              bytes of an input
 * @property {() => Promise<Uint8Array[]> | Uint8Array[]} seeds
 * @property {(bytes: Buffer) => unknown} run   throws what is a finding
 */

/** @returns {Promise<Harness>} */
const harnessOf = async (name) => (await import(`./${name}.mjs`)).default;

const hashOf = (bytes) => createHash('sha1').update(bytes).digest('hex').slice(0, 16);

/** What all threads of this process took. */
function processorMs() {
    const {user, system} = process.cpuUsage();
    return (user + system) / 1000;
}

/* ---- In the thread ---- */

/** Shows the watcher what runs. */
class Desk {
    constructor(shared) {
        this.state = new Int32Array(shared, 0, 2);   // runs, bytes of the input at hand
        this.bytes = new Uint8Array(shared, 8);
    }

    put(bytes) {
        this.bytes.set(bytes);
        Atomics.store(this.state, 1, bytes.length);
        Atomics.add(this.state, 0, 1);
    }

    get input() {
        return this.bytes.slice(0, Atomics.load(this.state, 1));
    }

    get runs() {
        return Atomics.load(this.state, 0);
    }
}

async function work({name, seconds, runs, seed, corpusPath, shared}) {
    const harness = await harnessOf(name), desk = new Desk(shared), roll = dice(seed);
    const most = Math.min(harness.most ?? MOST_BYTES, MOST_BYTES);
    const words = harness.words.map((word) => Buffer.from(word, 'latin1'));
    const corpus = (await harness.seeds()).map((bytes) => Buffer.from(bytes.subarray(0, most)));
    const kept = new Set(corpus.map(hashOf));
    for (const file of existsSync(corpusPath) ? readdirSync(corpusPath).sort() : []) {
        const bytes = readFileSync(join(corpusPath, file)).subarray(0, most);
        if (!kept.has(hashOf(bytes))) corpus.push(bytes);
        kept.add(hashOf(bytes));
    }
    const coverage = new Coverage(harness.covers.map((path) => new URL(`../../../${path}`, import.meta.url)));
    const run = async (bytes) => {
        desk.put(bytes);
        await harness.run(Buffer.from(bytes));
    };
    const start = processorMs();
    for (const bytes of [...corpus]) await run(bytes);
    coverage.look();
    const first = coverage.lines;
    while (processorMs() - start < 1000 * seconds && desk.runs < runs) {
        const batch = Array.from({length: BATCH}, () => mutate(corpus, roll, words, most));
        for (const bytes of batch) await run(bytes);
        if (!coverage.look()) continue;
        corpus.push(...await keepers(batch, harness, coverage, corpusPath));
    }
    return {runs: desk.runs, seconds: (processorMs() - start) / 1000, lines: coverage.lines,
        new: coverage.lines - first,
        corpus: corpus.length};
}

/** Which inputs of a batch with new lines brought them: each again, with what it alone covers compared. */
async function keepers(batch, harness, coverage, corpusPath) {
    const found = [], seen = new Set();
    for (const bytes of batch) {
        const lines = await coverage.linesOf(() => harness.run(Buffer.from(bytes)));
        if (!lines.some((line) => coverage.isRecent(line) && !seen.has(line))) continue;
        for (const line of lines) seen.add(line);
        found.push(bytes);
        if (corpusPath) {
            mkdirSync(corpusPath, {recursive: true});
            writeFileSync(join(corpusPath, hashOf(bytes)), bytes);
        }
    }
    return found;
}

/* ---- Outside ---- */

function save(folder, name, bytes) {
    const path = join(folder, `${name}-${hashOf(bytes)}`);
    mkdirSync(dirname(path), {recursive: true});
    writeFileSync(path, bytes);
    return path;
}

/** Runs the harness in a thread; resolves with its figures, or with what it found and the path of the input. */
function watch(options) {
    const shared = new SharedArrayBuffer(8 + MOST_BYTES), desk = new Desk(shared);
    const worker = new Worker(new URL(import.meta.url), {
        workerData: {...options, shared}, resourceLimits: {maxOldGenerationSizeMb: 1024}, stdout: false
    });
    return new Promise((resolve) => {
        let last = -1, since = 0;   // processor time: a busy machine is no hang
        const end = (finding) => {
            clearInterval(timer);
            const path = save(options.found, options.name, desk.input);
            resolve({finding, path, runs: desk.runs, seed: options.seed});
            worker.terminate();
        };
        const timer = setInterval(() => {
            if (desk.runs !== last) [last, since] = [desk.runs, processorMs()];
            else if (last > 0 && processorMs() - since > HANG_MS) end(`took more than ${HANG_MS / 1000} s`);
            const {rss} = process.memoryUsage();
            if (rss > LARGEST_RSS) end(`took ${Math.round(rss / 2 ** 20)} MiB of memory`);
        }, 100);
        worker.on('error', (error) => end(String(error?.stack ?? error)));
        worker.on('message', (figures) => {
            clearInterval(timer);
            resolve({...figures, seed: options.seed});
            worker.terminate();
        });
    });
}

async function main() {
    const {values, positionals: [name, file]} = parseArgs({
        allowPositionals: true,
        options: {
            seconds: {type: 'string', default: '60'}, seed: {type: 'string'}, runs: {type: 'string', default: '1e15'},
            corpus: {type: 'string', default: ''}, found: {type: 'string', default: 'build/fuzz'}
        }
    });
    if (file) {
        await (await harnessOf(name)).run(readFileSync(file));
        return console.log('nothing found');
    }
    const answer = await watch({
        name, seconds: Number(values.seconds), runs: Number(values.runs), corpusPath: values.corpus,
            found: values.found,
        seed: values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed)
    });
    console.log(JSON.stringify(answer));
    process.exitCode = answer.finding ? 1 : 0;
}

if (isMainThread) await main();
else parentPort.postMessage(await work(workerData));
