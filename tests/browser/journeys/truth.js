/* SPDX-License-Identifier: MIT
 *
 * truth.js - what the page is held against: the engine in Node and the command line, which read the same structures.
 *
 *   text --engine in Node--> parsed, read, inNode --+
 *   words --commandLine----> designs, inShell ------+--> assertRows(rows of the page, designs)
 */
import assert from 'node:assert/strict';
import {chmod} from 'node:fs/promises';
import {availableParallelism} from 'node:os';
import {dirname, join} from 'node:path';
import {after} from 'node:test';
import {readZip, readZipEntry} from '../../../wasm/formats/zip.js';
import {Engine} from '../../../wasm/index.js';
import {cli, done, jsonLines, run, testFolder} from '../../cli/command.js';
import {MODEL} from '../bench_page.js';
import {cache, structureText} from '../browser.js';

export {jsonLines};

/** The structure of "Try a sample". */
export const sample = structureText('5L33');

/** Engines by their model, '' for none; they stay open until the tests of the file have ended. */
const engines = new Map();
after(async () => { for (const engine of engines.values()) await (await engine).dispose(); });

/** @returns {Promise<Engine>} */
function engineWith(model) {
    if (!engines.has(model)) {
        engines.set(model, model
            ? Engine.load({weights: join(cache, 'weights', `${model}.eqx`), threads: availableParallelism()})
            : Engine.load({threads: 0}));
    }
    return engines.get(model);
}

/** What the engine gives in Node for a structure, or several, and a request, which may depend on them. */
export async function inNode(texts, request, model = MODEL) {
    const engine = await engineWith(model), structures = [texts].flat().map((text) => engine.parse(text));
    const encodings = [], designs = [];
    try {
        for (const structure of structures) encodings.push(await engine.encode(structure));
        const asked = typeof request === 'function' ? request(...structures) : request;
        for await (const design of engine.design(encodings.length > 1 ? encodings : encodings[0], asked)) {
            designs.push(design);
        }
        return designs;
    } finally {
        for (const each of [...encodings, ...structures]) each.dispose();
    }
}

/** What the engine gives in Node on the mean of several structures. */
export async function averagedInNode(texts, request, model = MODEL) {
    const engine = await engineWith(model), structures = texts.map((text) => engine.parse(text)), designs = [];
    const encoding = await engine.average(structures);
    try {
        for await (const design of engine.design(encoding, request)) designs.push(design);
        return designs;
    } finally {
        for (const each of [encoding, ...structures]) each.dispose();
    }
}

/** What a function makes in Node of a structure's encoding. */
export async function analysed(text, ask, model = MODEL) {
    const engine = await engineWith(model), structure = engine.parse(text), encoding = await engine.encode(structure);
    try {
        return await ask(engine, encoding);
    } finally {
        encoding.dispose();
        structure.dispose();
    }
}

/** What a function finds out about a structure. */
export async function parsed(content, ask) {
    const structure = await (await engineWith('')).open(content);
    try {
        return await ask(structure);
    } finally {
        structure.dispose();
    }
}

/** Of a structure: its sequence; rows of a selection, how many, and how the library spells it. */
export const read = (content, selection = 'all') => parsed(content, (structure) => {
    const {mask, text, count} = structure.select(selection);
    return {mask, text, count, sequence: structure.sequence};
});

/** Results of `weft design --json`, each with `shown`: the chains with something designed, as table and FASTA show. */
const results = (stdout) => jsonLines(stdout).map((design) => ({
    ...design, shown: design.designed_chains.map((name) => design.chains[name]).join('/')
}));

/** The command line for the tests of one file, in a folder that goes with them. */
export function commandLine(name) {
    const {folder, write, weft} = testFolder(name);
    const output = async (...words) => done(await weft([...words, '--quiet'])).stdout;
    return {
        folder,
        /** A file in the folder; its path. */
        write,
        /** What weft prints there. */
        output,
        /** What it designs by the settings of the form and further words. */
        designs: async ({count, temperature, seed}, ...words) => results(await output('design', ...words,
            '-n', String(count), '-T', String(temperature), '-s', String(seed), '--json')),
        /** What a command of the page designs in a shell, which finds `weft` as an installed one. */
        async inShell(place, command) {
            const weft = await write('bin/weft', `#!/bin/sh\nexec '${process.execPath}' '${cli}' "$@"\n`);
            await chmod(weft, 0o755);
            const env = {...process.env, PATH: `${dirname(weft)}:${process.env.PATH}`};
            return results(done(await run('/bin/sh', ['-c', `${command} --json --quiet`], {cwd: place, env})).stdout);
        }
    };
}

/** The files of an archive, by their names. */
export const unzipped = (bytes) =>
    new Map([...readZip(bytes)].map(([name, entry]) => [name, readZipEntry(bytes, entry)]));

/** The letters without what stands between chains. */
export const lettersOf = (sequence) => sequence.replaceAll('/', '');

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
