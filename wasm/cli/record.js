/* SPDX-License-Identifier: MIT
 *
 * record.js - run.json beside the designs of `weft design -o DIR`: all that is needed to make them again (rerun.js).
 *
 *   each structure --> DIR/done/NAME.json (done.js) --when all are there--> DIR/run.json, and the ranking
 *
 * Both are there only where all is finished; they are made of the entries alone, so that it is the same who designed
 * what, and when. Paths lead from the folder of run.json, so that a project can be moved as a whole.
 */
import {rm} from 'node:fs/promises';
import {join, relative, resolve} from 'node:path';
import {Done, filesOf, LEFT_OUT} from './done.js';
import {isFile, sumOf} from './files.js';
import {tidied} from './jobs.js';
import {trbBeside} from './motif.js';
import {writeBeside} from './output.js';
import {pathOptions, pathsIn, withPaths} from './paths.js';
import {writeSummary} from './summary.js';

/** @typedef {import('./inputs.js').Context} Context */
/** @typedef {import('./jobs.js').Job} Job */
/** @typedef {import('./done.js').Entry} Entry */
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
const SUMMARY = ['summary.csv', 'summary.json'];

export class Recorder {
    /** @type {RunRecord} */
    #record;
    #folder;
    #reporter;
    #done;

    /**
     * @param {Context} context
     * @param {import('./done.js').Run} run
     */
    constructor(context, run) {
        const {values, reporter} = context, {model, sum, version, seed} = run;
        const options = Object.entries(values)
            .filter(([name, value]) => value !== undefined && !LEFT_OUT.includes(name));
        this.#folder = resolve(values.output);
        this.#reporter = reporter;
        this.#done = new Done(context, run);
        this.#record = {
            weft: version, command: 'design', options: {...Object.fromEntries(options), seed: String(seed)}, files: {},
            weights: {model, sha256: sum}, structures: [], results: []
        };
    }

    /**
     * What is left to do of these jobs; where there is something, the folder holds no complete run any more.
     * @param {readonly Job[]} jobs
     */
    async begin(jobs) {
        await this.#done.open([RECORD, ...SUMMARY]);
        const left = await this.#done.left(jobs);
        for (const name of left.length ? [RECORD, ...SUMMARY] : []) await rm(join(this.#folder, name), {force: true});
        return left;
    }

    /** A path as the record has it. @param {string} path */
    #from(path) {
        return path === '-' ? path : relative(this.#folder, resolve(path));
    }

    /** To be called before a structure is read; the answer is for `end`. @param {Job} job */
    read(job) {
        return this.#done.read(job);
    }

    /**
     * One structure with its results, or why it has none.
     * @param {Job} job
     * @param {Record<string, string> | undefined} read
     * @param {{designed: string, chains: string[], sum: string, written: import('./done.js').Written[],
     *     ranked: StructureRows} | Error | null} what
     */
    async end(job, read = {}, what) {
        if (what instanceof Error) await this.#done.write(job, read, {error: tidied(job, what)});
        else if (what) {
            const {designed, chains, sum, written, ranked} = what;
            await this.#done.write(job, read, {
                designed, designed_chains: chains, sha256: sum, ...(written.length && {written}), designs: ranked.rows
            });
        }
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
        return Promise.all(paths.filter(isFile).map(async (path) => (
            {path: this.#from(path), sha256: await this.#done.optionSum(path)})));
    }

    /**
     * The entries of all jobs; null where other shards have not ended theirs.
     * @param {readonly Job[]} all
     * @param {ReadonlySet<Job>} mine   that this run has ended
     * @returns {Promise<Entry[] | null>}
     */
    async #entries(all, mine) {
        const entries = [];
        for (const job of all) {
            const {is, entry, why} = await this.#done.look(job);
            if (is === 'same' && entry) entries.push({...entry, asked: {}});   // of thousands it would fill the memory
            else if (mine.has(job)) {
                throw new Error(`${why}: it changed while the run went on (--resume designs again what is needed)`);
            }
        }
        if (entries.length === all.length) return entries;
        this.#reporter.note(`${entries.length} of ${all.length} structures are finished; the rest is left to other `
            + 'shards, the ranking to the last one');
        return null;
    }

    /**
     * The ranking and the record, where all is finished.
     * @param {readonly Job[]} all
     * @param {readonly Job[]} mine
     */
    async write(all, mine) {
        const entries = await this.#entries(all, new Set(mine));
        if (!entries) return;
        const {options, files, weft, weights, structures, results} = this.#record;
        const ranked = [], failures = [];
        for (const [i, entry] of entries.entries()) {
            const {error, designed, designed_chains, designs = [], read} = entry;
            const job = all[i], what = error === undefined ? {designed, designed_chains} : {error};
            structures.push({
                path: this.#from(job.file), sha256: read.structure, name: job.name, ...what, ...await this.#files(job)
            });
            ranked.push({rows: designs});
            if (error !== undefined) failures.push({file: job.shown, error});
            else {
                results.push(...filesOf(this.#folder, job, entry).map(({path, sha256}) =>
                    ({path: this.#from(path), sha256})));
            }
        }
        const about = {model: weights.model, weights_sha256: weights.sha256, weft};
        const summary = await writeSummary(this.#folder, about, ranked, failures);
        this.#record.summary = await Promise.all(summary.map(async (path) => (
            {path: this.#from(path), sha256: await sumOf(path)})));
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
