/* SPDX-License-Identifier: MIT
 *
 * command.js - what the tests of the command line share: the data, a folder of their own, and `weft` run in it.
 *
 *   words -> weft, in the folder -> {words, code, stdout, stderr, lines} -> done or refused
 */
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {existsSync, mkdtempSync} from 'node:fs';
import {mkdir, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {after} from 'node:test';
import {fileURLToPath} from 'node:url';
import {modelPath} from '../../wasm/cli/store.js';
import {defaultModel, findModel} from '../../wasm/models.js';

export const cli = fileURLToPath(new URL('../../wasm/cli.js', import.meta.url));
export const data = (name) => fileURLToPath(new URL(`../data/${name}`, import.meta.url));
export const structureFile = (name) => data(`structures/${name}`);

/** Why a test that needs a published model is skipped; false where the cache has it. */
export const skipWithout = (id = defaultModel) =>
    (existsSync(modelPath(findModel(id))) ? false : `${id} is not in the cache (weft weights get ${id})`);

/** Runs a program. With `interrupt`, sends the signal once what it has printed matches. */
export function run(program, args, {input = '', interrupt, ...how} = {}) {
    return new Promise((resolve) => {
        const child = spawn(program, args, how);
        const out = {stdout: '', stderr: ''};
        for (const name of ['stdout', 'stderr']) {
            child[name].setEncoding('utf8').on('data', (text) => {
                out[name] += text;
                if (!interrupt?.test(out.stdout + out.stderr)) return;
                child.kill('SIGINT');
                interrupt = undefined;   // one Ctrl-C, not one for every line that follows
            });
        }
        child.on('close', (code) => resolve({code, ...out, lines: out.stderr.split('\n').filter(Boolean)}));
        child.stdin.on('error', () => undefined);
        child.stdin.end(input);
    });
}

/** A folder for the tests of one file, which goes with them, and what is done there. */
export function testFolder(name) {
    const folder = mkdtempSync(join(tmpdir(), `weft-${name}-`));
    after(() => rm(folder, {recursive: true}));
    return {
        folder,
        /** A file in the folder; its path. */
        write: async (file, content) => {
            const path = join(folder, file);
            await mkdir(dirname(path), {recursive: true});
            await writeFile(path, content);
            return path;
        },
        /** Runs weft in the folder, or where `cwd` says; the other options are those of run. */
        weft: async (words, options) =>
            ({words, ...await run(process.execPath, [cli, ...words], {cwd: folder, ...options})})
    };
}

/** Expects success; the same result. */
export function done(result) {
    assert.equal(result.code, 0, result.stderr);
    return result;
}

/** Expects the exit code, nothing on stdout and one line on stderr. */
export function refusal({words, code, stdout, lines}, expected, message) {
    const shown = `weft ${words.join(' ')}: ${code} ${lines.join(' | ')}`;
    assert.deepEqual([code, stdout, lines.length], [expected, '', 1], shown);
    assert.match(lines[0], /^weft: /, shown);
    assert.match(lines[0], message, shown);
    assert.doesNotMatch(lines[0], /\.m?js:\d/, shown);   // no line of a stack trace
}

export const jsonLines = (text) => text.trim().split('\n').map((line) => JSON.parse(line));
