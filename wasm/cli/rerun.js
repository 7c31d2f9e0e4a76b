/* SPDX-License-Identifier: MIT
 *
 * rerun.js - `weft rerun run.json`: the designs of an earlier run once more, and whether they are the same.
 *
 *   run.json --sums of what it read--> weft design --sums of what it wrote--> the same, or an error that names the file
 */
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join, resolve} from 'node:path';
import {ParseError} from '../index.js';
import {design} from './design.js';
import {isFile, readPath, sha256} from './files.js';
import {readText, UsageError} from './inputs.js';
import {SomeFailed} from './jobs.js';
import {pathOptions, withPaths} from './paths.js';
import {RECORD} from './record.js';

/** @typedef {import('./inputs.js').Context} Context */
/** @typedef {import('./record.js').RunRecord} RunRecord */
/** @typedef {import('./record.js').Sum} Sum */

/** @param {string} path @returns {Promise<RunRecord>} */
async function readRecord(path) {
    const text = await readText(path);
    try {
        const record = JSON.parse(text);
        const {options, files, structures, results, weights} = record;
        const named = [files, ...structures.map((/** @type {any} */ each) => each.files ?? {})];
        const sums = [...structures, ...results, ...named.flatMap((each) => Object.values(each).flat())];
        const plain = Object.values(options).every((value) => ['string', 'boolean'].includes(typeof value));
        if (record.command === 'design' && weights.sha256 && plain && (options.model || files.model)
            && sums.every(({path: each, sha256: sum}) => typeof each === 'string' && typeof sum === 'string')) {
            return record;
        }
    } catch {
        // said below
    }
    throw new ParseError(`${path}: this is no ${RECORD} of weft design`);
}

/**
 * The path of what the run had read, which must be as it was.
 * @param {string} folder
 * @param {Sum} sum
 */
async function unchanged(folder, sum) {
    const path = resolve(folder, sum.path);
    if (sum.path === '-') throw new ParseError('the run read a structure from standard input, which is gone');
    if (!sum.sha256) {
        if (isFile(path)) throw new ParseError(`${path}: the run could not read this file, and now it is there`);
        return path;
    }
    if (!isFile(path)) throw new ParseError(`${path}: there is no such file; the run had read it`);
    if (sha256(await readPath(path)) === sum.sha256) return path;
    throw new ParseError(`${path}: the file has changed since the run`);
}

/**
 * Designs once more; what failed in the run must fail again.
 * @param {Context} context
 * @param {number} failures
 */
async function repeat(context, failures) {
    let count = 0;
    try {
        await design(context);
    } catch (error) {
        if (!(error instanceof SomeFailed)) throw error;
        count = error.count;
    }
    if (count !== failures) throw new Error(`${count} structures failed, ${failures} in the run`);
}

/** @param {Context} context */
export async function rerun(context) {
    const {files: [path, ...more], values, reporter} = context;
    if (more.length) throw new UsageError('rerun takes one file');
    const record = await readRecord(path), folder = dirname(path);
    const structures = [], options = {...record.options};
    for (const {files = {}, ...sum} of record.structures) {
        structures.push(await unchanged(folder, sum));
        for (const each of Object.values(files).flat()) await unchanged(folder, each);
    }
    for (const [name, sums] of Object.entries(record.files)) {
        const paths = [];
        for (const sum of [sums].flat()) paths.push(await unchanged(folder, sum));
        const option = pathOptions.find((each) => each.name === name);
        options[name] = !Array.isArray(sums) || !option ? paths[0]
            : withPaths(option, String(options[name]), (path) => resolve(folder, path), folder);
    }
    const temporary = values.output ? null : await mkdtemp(join(tmpdir(), 'weft-rerun-'));
    const output = values.output ?? temporary;
    try {
        const {threads, batch, quiet} = values;
        await repeat({
            ...context, files: options.manifest ? [] : [...new Set(structures)],   // once for all models of a file
            values: {...options, threads, batch, quiet, output}
        }, record.structures.filter(({error}) => error !== undefined).length);
        const again = await readRecord(join(output, RECORD));
        if (again.weights.sha256 !== record.weights.sha256) {
            throw new Error(`${record.weights.model} has other weights now, sha-256 ${again.weights.sha256}`);
        }
        const sums = new Map([...again.results, ...again.summary ?? []].map((sum) => [sum.path, sum.sha256]));
        const other = [...record.results, ...record.summary ?? []].find((sum) => sums.get(sum.path) !== sum.sha256);
        if (other) {
            throw new Error(`${other.path} is not the same`
                + (again.weft === record.weft ? '' : `; it was made by weft ${record.weft}, this is ${again.weft}`));
        }
        reporter.note(`${path}: ${record.results.length} files, the same bytes${record.summary
            ? ', and the same summary' : ''}`);
    } finally {
        if (temporary) await rm(temporary, {recursive: true, force: true});
    }
}
