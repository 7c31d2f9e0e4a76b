/* SPDX-License-Identifier: MIT
 *
 * record.js - run.json beside the designs of `weft design -o DIR`: all that is needed to make them again (rerun.js).
 *
 *   options, sums of what was read, what was designed, sums of what was written --> DIR/run.json, and the ranking
 *
 * Paths lead from the folder of run.json, so that a project can be moved as a whole.
 */
import {readFile} from 'node:fs/promises';
import {join, relative, resolve} from 'node:path';
import {isFile, sha256} from './files.js';
import {tidied} from './jobs.js';
import {trbBeside} from './motif.js';
import {writeBeside} from './output.js';
import {pathOptions, pathsIn, withPaths} from './paths.js';
import {writeSummary} from './summary.js';

/** @typedef {import('./inputs.js').Context} Context */
/** @typedef {import('./jobs.js').Job} Job */
/** @typedef {import('./summary.js').StructureRows} StructureRows */
/** @typedef {{path: string, sha256: string}} Sum   no sum: standard input, or what could not be read */

/**
 * @typedef {object} StructureRecord   files: those of its row in the manifest, and a .trb beside it
 * @property {string} path
 * @property {string} sha256
 * @property {string} name
 * @property {string} [designed]
 * @property {string[]} [designed_chains]
 * @property {string} [error]      why there is no result
 * @property {Record<string, Sum[]>} [files]
 */

/**
 * @typedef {object} RunRecord
 * @property {string} weft       version
 * @property {string} command
 * @property {Record<string, string | boolean>} options   without those that change speed, or what is said, alone
 * @property {Record<string, Sum | Sum[]>} files   of options that named a file, in place of the option; or several,
 *                                     which the option names by paths from the record's folder
 * @property {{model: string, sha256: string}} weights
 * @property {StructureRecord[]} structures   in their order
 * @property {Sum[]} results
 * @property {Sum[]} [summary]
 */

export const RECORD = 'run.json';
const LEFT_OUT = ['output', 'json', 'threads', 'batch', 'quiet', 'help'];

/** @param {string} folder @param {string} path @returns {Promise<Sum>} */
async function sumOf(folder, path) {
    if (path === '-') return {path, sha256: ''};
    return {path: relative(folder, resolve(path)), sha256: isFile(path) ? sha256(await readFile(path)) : ''};
}

export class Recorder {
    /** @type {RunRecord} */
    #record;
    #folder;
    /** @type {StructureRows[]} */
    #ranked = [];
    /** @type {{file: string, error: string}[]} */
    #failures = [];

    /**
     * @param {Context} context
     * @param {{model: string, sum: string, version: string, seed: number | bigint}} run
     */
    constructor({values}, {model, sum, version, seed}) {
        const options = Object.entries(values)
            .filter(([name, value]) => value !== undefined && !LEFT_OUT.includes(name));
        this.#folder = resolve(values.output);
        this.#record = {
            weft: version, command: 'design', options: {...Object.fromEntries(options), seed: String(seed)}, files: {},
            weights: {model, sha256: sum}, structures: [], results: []
        };
    }

    /**
     * What was read for one structure alone.
     * @param {Job} job
     * @returns {Promise<{files?: Record<string, Sum[]>}>}
     */
    async #files({file, columns, values}) {
        /** @type {Record<string, Sum[]>} */
        const files = {};
        for (const option of pathOptions) {
            const {name} = option, beside = name === 'fix-from' && values[name] === 'trb';
            const paths = beside ? [trbBeside(file)] : columns.has(name) ? pathsIn(option, values[name]) : [];
            const sums = await this.#sums(paths);
            if (sums.length) files[name] = sums;
        }
        return Object.keys(files).length ? {files} : {};
    }

    /** @param {readonly string[]} paths @returns {Promise<Sum[]>} of those that are files */
    #sums(paths) {
        return Promise.all(paths.filter(isFile).map((path) => sumOf(this.#folder, path)));
    }

    /**
     * One structure and its results.
     * @param {Job} job
     * @param {{designed: string, chains: string[], result: string, ranked: StructureRows}} what
     */
    async add(job, {designed, chains, result, ranked}) {
        this.#record.structures.push({
            ...await sumOf(this.#folder, job.file), name: job.name, designed, designed_chains: chains,
            ...await this.#files(job)
        });
        this.#record.results.push(await sumOf(this.#folder, result));
        this.#ranked.push(ranked);
    }

    /**
     * One structure that has none.
     * @param {Job} job
     * @param {Error} failure
     */
    async fail(job, failure) {
        const error = tidied(job, failure);
        this.#record.structures.push({
            ...await sumOf(this.#folder, job.file), name: job.name, error, ...await this.#files(job)
        });
        this.#failures.push({file: job.shown, error});
    }

    async write() {
        const {options, files, weft, weights} = this.#record;
        const about = {model: weights.model, weights_sha256: weights.sha256, weft};
        const summary = await writeSummary(this.#folder, about, this.#ranked, this.#failures);
        this.#record.summary = await Promise.all(summary.map((path) => sumOf(this.#folder, path)));
        for (const option of pathOptions) {
            const {name} = option, value = options[name];
            if (typeof value !== 'string') continue;
            const sums = await this.#sums(pathsIn(option, value));
            if (option.path === 'list') {
                files[name] = sums;
                options[name] = withPaths(option, value, (path) => relative(this.#folder, resolve(path)));
            } else if (sums.length) {
                [files[name]] = sums;
                delete options[name];
            }
        }
        await writeBeside(join(this.#folder, RECORD), `${JSON.stringify(this.#record, null, 2)}\n`);
    }
}
