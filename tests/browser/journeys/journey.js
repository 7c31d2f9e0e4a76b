/* SPDX-License-Identifier: MIT
 *
 * journey.js - what all journeys stand on: a test with a page of its own, and what Node says of the same work.
 *
 *   journeyOf(open, skip) -> journey(number, title, body)        body(app, t), app as open() gave it
 *   Node: inNode(text, settings), weft('design', ...)  -->  assertRows(rows of the page, designs)
 */
import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {availableParallelism, tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {promisify} from 'node:util';
import {Engine} from '../../../wasm/index.js';
import {weights} from '../bench_page.js';
import {inCheckout, say, TIMEOUT} from '../browser.js';

const run = promisify(execFile);

/**
 * The way to write a journey: its number is that of tests/web/journeys.md.
 * @param {() => Promise<import('../app.js').App>} open   a page without a past
 * @param {string | false} skip   why none can be opened
 */
export const journeyOf = (open, skip) => (number, title, body, {expected} = {}) =>
    test(`${number}. ${title}`, {skip, timeout: TIMEOUT}, async (t) => {
        const app = await open();
        try {
            await body(app, t);
        } catch (error) {
            await mkdir(inCheckout('build'), {recursive: true});
            await app.page.screenshot({path: inCheckout(`build/failed-journey-${number}.png`)}).catch(() => undefined);
            if (app.errors.length) say(t, `the console said ${app.errors.join('; ')}`);
            await app.page.close();
            throw error;
        }
        await app.close(expected);
    });

/** A folder for the tests of one file: empty at first, gone at the end. */
export function folderOfTests() {
    const place = {path: ''};
    before(async () => { place.path = await mkdtemp(join(tmpdir(), 'weft-journey-')); });
    after(() => rm(place.path, {recursive: true, force: true}));
    return place;
}

/** The sequences and scores that Node gives for a structure of one chain. */
export async function inNode(text, {count, temperature, seed}) {
    const engine = await Engine.load({weights, threads: availableParallelism()});
    const encoding = await engine.encode(engine.parse(text));
    const designs = [];
    for await (const design of engine.design(encoding, {count, temperature, seed})) designs.push(design);
    await engine.dispose();
    return designs;
}

/** Of a structure as the library reads it: rows of a selection, its sequence, its selection in words. */
export async function read(bytes, selection = 'all') {
    const engine = await Engine.load({threads: 0});
    const structure = await engine.open(bytes), {sequence} = structure;
    const {mask, text, count} = structure.select(selection);
    await engine.dispose();
    return {mask, text, count, sequence};
}

export const jsonLines = (text) => text.trim().split('\n').map((line) => JSON.parse(line));

/** Results of the command line, each with `shown`: the chains with something designed, as table and FASTA have them. */
const results = (stdout) => jsonLines(stdout).map((design) => ({
    ...design, shown: design.designed_chains.map((name) => design.chains[name]).join('/')
}));

/** Runs the command line in a folder; its results. */
export async function weft(folder, ...words) {
    const {stdout} = await run(process.execPath, [inCheckout('wasm/cli.js'), ...words, '--json', '--quiet'],
        {cwd: folder, maxBuffer: 1 << 28});
    return results(stdout);
}

/** Runs a command line that the page shows in a shell, which finds `weft` as an installed one. */
export async function inShell(folder, command) {
    const bin = join(folder, 'bin');
    await mkdir(bin, {recursive: true});
    await writeFile(join(bin, 'weft'), `#!/bin/sh\nexec '${process.execPath}' '${inCheckout('wasm/cli.js')}' "$@"\n`,
        {mode: 0o755});
    const {stdout} = await run('/bin/sh', ['-c', `${command} --json --quiet`],
        {cwd: folder, env: {...process.env, PATH: `${bin}:${process.env.PATH}`}, maxBuffer: 1 << 28});
    return results(stdout);
}

/** That rows are these designs, in this order. */
export function assertRows(rows, designs) {
    assert.deepEqual(rows.map((row) => row.Sequence), designs.map(({shown, sequence}) => shown ?? sequence));
    for (const [i, row] of rows.entries()) {
        for (const [column, value] of [['Score', designs[i].score], ['Recovery', designs[i].recovery]]) {
            assert.match(row[column], /^\d+\.\d+ ?%?$/);
            const shown = Number.parseFloat(row[column]) / (row[column].endsWith('%') ? 100 : 1);
            assert.ok(Math.abs(shown - value) < 0.006, `${column} ${row[column]}, in Node ${value}`);
        }
    }
}
