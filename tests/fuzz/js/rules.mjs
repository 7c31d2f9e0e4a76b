// SPDX-License-Identifier: MIT
//
// rules.mjs - what the harnesses share: which errors may come out, the data of the tests, files that are read by name.
import assert from 'node:assert/strict';
import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {UsageError} from '../../../wasm/cli/inputs.js';
import {complaint} from '../../../wasm/cli/progress.js';
import {ConstraintError, Engine, OutOfMemoryError, ParseError, WeightsError} from '../../../wasm/index.js';
import {smallModel} from '../../web/model_file.js';

const TYPED = [ParseError, ConstraintError, WeightsError, OutOfMemoryError, UsageError];
const data = new URL('../../data/', import.meta.url);

/**
 * What the call gives, or undefined where it refused in a word: a typed error of one short line.
 * @template T
 * @param {() => T | Promise<T>} call
 * @param {(error: any) => boolean} [also]   whether another error is right too
 * @returns {Promise<T | undefined>}
 */
export async function refusedOr(call, also = () => false) {
    try {
        return await call();
    } catch (error) {
        if (!TYPED.some((type) => error instanceof type) && !also(error)) throw error;
        const line = complaint(error);   // as the command line prints it
        assert.ok(line.length > 9 && line.length < 1200 && !/\p{Cc}/u.test(line), JSON.stringify(line));
        assert.ok(!/RangeError|TypeError|Maximum call|is not a function|is not iterable/.test(line), line);
        return undefined;
    }
}

/** The starts of files of a folder of tests/data. @param {string} folder @param {RegExp} names @param {number} most */
export function heads(folder, names, most) {
    const url = new URL(`${folder}/`, data);
    return readdirSync(url).filter((name) => names.test(name)).sort()
        .map((name) => readFileSync(new URL(name, url)).subarray(0, most));
}

/** A file of tests/data. @param {string} path */
export const dataFile = (path) => readFileSync(new URL(path, data));

/** @type {string | undefined} */
let folder;

/**
 * Calls with the path of a file that holds the bytes.
 * @template T
 * @param {string} name
 * @param {Uint8Array} bytes
 * @param {(path: string) => T} call
 */
export function withFile(name, bytes, call) {
    if (!folder) {
        const made = folder = mkdtempSync(join(tmpdir(), 'weft-fuzz-'));
        process.on('exit', () => rmSync(made, {recursive: true, force: true}));
    }
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return call(path);
}

/** @type {Promise<Engine> | undefined} */
let engine;

/** One engine with a small model, in this thread. */
export const smallEngine = () => (engine ??= Engine.load({weights: smallModel(), threads: 0}));
