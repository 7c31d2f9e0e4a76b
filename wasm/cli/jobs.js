/* SPDX-License-Identifier: MIT
 *
 * jobs.js - what `weft design` works on: the structures of the command line, or the rows of a manifest.
 *
 *   words or manifest.js --> [Job]        Job, work --Attempts--> its result, or its error said aloud; the rest goes on
 */
import {basename, dirname, sep} from 'node:path';
import {WeightsError} from '../index.js';
import {eachOptions, wrongChoice} from '../options.js';
import {isFile} from './files.js';
import {structureName, UsageError} from './inputs.js';
import {readManifest} from './manifest.js';
import {WriteError} from './output.js';
import {pathOptions, pathsIn, within, withPaths} from './paths.js';

/** @typedef {import('./inputs.js').Context} Context */
/** @typedef {import('../options.js').Option} Option */

/**
 * @typedef {object} Job
 * @property {string} file
 * @property {string} name      of the result
 * @property {string} shown     the file as the manifest has it, else without its folder: the same in a second run
 * @property {any} values       options by name
 * @property {Map<string, string>} columns   of the row: option -> column
 * @property {string} where     manifest and line; '' where there is none
 */

/**
 * @param {Context} context
 * @returns {Promise<Job[]>}
 */
export async function listJobs({files, values}) {
    if (values.manifest === undefined) {
        const jobs = files.map((file) => ({
            file, name: structureName(file), shown: basename(file), values, columns: new Map(), where: ''
        }));
        const seen = new Set();
        const twice = jobs.find(({name}) => seen.size === seen.add(name).size);
        if (twice && values.output) {
            throw new UsageError(`two structures are named ${twice.name}: -o would write one over the other`);
        }
        return jobs;
    }
    if (files.length) throw new UsageError('--manifest: its rows name the structures; name none beside it');
    const rows = await readManifest(values.manifest);
    /** @type {Map<string, number>} */
    const lines = new Map();
    return rows.map((row) => {
        const job = rowJob(row, values);
        const line = lines.get(job.name);
        if (line !== undefined && values.output) {
            const column = row.cells.get('name') ? 'name' : 'file';
            throw new UsageError(`${job.where}, column ${column}: line ${line} is named ${job.name}, too: -o would `
                + 'write one over the other');
        }
        lines.set(job.name, row.line);
        return job;
    });
}

/**
 * The jobs of one of n runs that share the work: --shard i/n.
 * @param {Context} context
 * @param {readonly Job[]} jobs
 * @returns {readonly Job[]}
 */
export function shardOf({values: {shard, seed, resume, output}}, jobs) {
    if (resume && output === undefined) throw new UsageError('--resume needs -o DIR, the folder to go on in');
    if (shard === undefined) return jobs;
    const [, first, count] = /^0*([1-9]\d{0,8})\/0*([1-9]\d{0,8})$/.exec(shard)?.map(Number) ?? [];
    if (!(first <= count)) throw new UsageError(`--shard: '${shard}' is no part of a whole, such as 1/4 to 4/4`);
    if (seed === undefined) throw new UsageError('--shard needs -s SEED, the same for all shards');
    return jobs.filter((_, i) => i % count === first - 1);
}

/**
 * @param {import('./manifest.js').Row} row
 * @param {any} common   values of the command line
 * @returns {Job}
 */
function rowJob({line, header, cells}, common) {
    const where = `${common.manifest} line ${line}`, folder = dirname(common.manifest);
    const shown = cells.get('file');
    if (shown === undefined) {
        const names = [...cells.keys()].map((each) => `'${each}'`).join(', ');
        throw new UsageError(`${common.manifest} line ${header}: there is no column file`
            + (names && ` among ${names}`));
    }
    if (!shown) throw new UsageError(`${where}, column file: it is empty`);
    const file = within(folder, shown), name = cells.get('name') || structureName(file);
    if (name === '.' || name === '..' || /[\0-\x1f/\\]/.test(name)) {
        throw new UsageError(`${where}, column name: '${name}' is no name of a file`);
    }
    const job = {file, name, shown, values: {...common}, columns: new Map(), where};
    /** @type {Map<string, string>} */
    const named = new Map();
    for (const [column, cell] of cells) {
        if (column === 'file' || column === 'name') continue;
        const option = optionOf(column, named, `${common.manifest} line ${header}`);
        named.set(option.name, column);
        if (!cell) continue;
        const value = option.type === 'string' ? text(option, cell, folder) : truth(cell, `${where}, column ${column}`);
        job.columns.set(option.name, column);
        job.values[option.name] = value;
    }
    const wrong = wrongChoice('design', job.values);
    if (wrong) throw explained(job, new UsageError(wrong));
    return job;
}

/**
 * @param {string} column
 * @param {ReadonlyMap<string, string>} others   of the row, by option
 * @param {string} where
 */
function optionOf(column, others, where) {
    const option = eachOptions.find(({name, short}) => column === name || column === short);
    const names = eachOptions.map(({name}) => name).join(', ');
    if (!option) throw new UsageError(`${where}: there is no column '${column}'; there are file, name, ${names}`);
    const other = others.get(option.name);
    if (other !== undefined) throw new UsageError(`${where}: the columns ${other} and ${column} are one option`);
    return option;
}

/**
 * A cell as its option's value: what is a file is one of the manifest's folder, never of the current one.
 * @param {Option} option
 * @param {string} cell
 * @param {string} folder
 */
function text(option, cell, folder) {
    if (option.path === 'list') return withPaths(option, cell, (path) => path && within(folder, path), folder);
    const path = within(folder, cell);
    return option.path && (isFile(path) || isFile(cell)) ? path : cell;
}

/**
 * @param {string} cell
 * @param {string} where
 */
function truth(cell, where) {
    if (cell === 'true' || cell === 'false') return cell === 'true';
    throw new UsageError(`${where}: '${cell}' is none of true, false`);
}

/**
 * What is wrong with an option, told of the cell that it is in.
 * @param {Job} job
 * @param {Error} error
 */
function explained({where, columns}, error) {
    const [start, option] = /^--([\w-]+): /.exec(error.message) ?? [''];
    const column = option && columns.get(option);
    if (column) error.message = `${where}, column ${column}: ${error.message.slice(start.length)}`;
    return error;
}

/**
 * An error's text without the folders of this machine, so that it is the same in a second run.
 * @param {Job} job
 * @param {Error} error
 */
export function tidied({file, values}, error) {
    const paths = [file, ...pathOptions.flatMap((option) => pathsIn(option, values[option.name]))];
    const plain = paths.reduce((message, path) => message.replaceAll(path, basename(path)), error.message);
    return plain.replaceAll(dirname(file) + sep, '');
}

/** Some of several structures failed; each was told of when it did. */
export class SomeFailed extends Error {
    /**
     * @param {readonly Error[]} failures
     * @param {number} total
     */
    constructor(failures, total) {
        super(`${failures.length} of ${total} structures failed`, {cause: failures[0]});
        this.count = failures.length;
    }
}

/**
 * What is no structure's own failure, but ends the run.
 * @param {unknown} error
 */
function endsAll(error) {
    return error instanceof UsageError || error instanceof WeightsError || error instanceof WriteError
        || !(error instanceof Error) || error.name === 'AbortError';
}

export class Attempts {
    /** @type {Map<Job, Error>} */
    #failed = new Map();
    #context;
    #jobs;
    #alone;

    /**
     * @param {Context} context
     * @param {readonly Job[]} jobs
     * @param {number} total   with those of other shards
     */
    constructor(context, jobs, total) {
        this.#context = context;
        this.#jobs = jobs;
        this.#alone = total === 1;
    }

    /**
     * Work on one of several structures: what fails is told at once. A structure that stands alone fails as it is.
     * @template T
     * @param {Job} job
     * @param {() => Promise<T>} body
     * @returns {Promise<T | null>}
     */
    async make(job, body) {
        try {
            return await body();
        } catch (error) {
            if (error instanceof UsageError) throw explained(job, error);
            if (endsAll(error) || (this.#alone && !job.where)) throw error;
            const failure = /** @type {Error} */ (error);
            if (!failure.message.includes(job.file)) failure.message = `${job.file}: ${failure.message}`;
            this.#failed.set(job, failure);
            this.#context.reporter.complain(failure);
            return null;
        }
    }

    /** Whether none is left to work on. */
    get over() {
        return this.#failed.size > 0 && this.#failed.size === this.#jobs.length;
    }

    /** @param {Job} job @returns {Error | null} */
    failure(job) {
        return this.#failed.get(job) ?? null;
    }

    /** Throws where some failed. */
    finish() {
        const failures = this.#jobs.flatMap((job) => this.#failed.get(job) ?? []);
        if (failures.length) throw new SomeFailed(failures, this.#jobs.length);
    }
}
