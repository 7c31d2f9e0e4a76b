/* SPDX-License-Identifier: MIT
 *
 * done.js - DIR/done/NAME.json of `weft design -o DIR`: what was asked for a structure, and what came of it.
 *
 *   seqs/NAME.fa, then done/NAME.json --Done.look--> 'same': it is what would be made now        --> record.js
 *
 * A structure is finished when its entry is there, says what would be asked now of the same bytes, and has the sums of
 * the FASTA file and of the structures that were written with the designs (--write-structures). Nothing else is
 * believed: a killed run leaves whole entries or none, whoever writes beside it.
 */
import {readdir, readFile, rm} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {isFile, makeFolder, messageOf, PART, sumOf} from './files.js';
import {plainSeed, UsageError} from './inputs.js';
import {trbBeside} from './motif.js';
import {bigAsText, requireFolder, writeBeside, WriteError} from './output.js';
import {pathOptions, pathsIn, withPaths} from './paths.js';

/** @typedef {import('./inputs.js').Context} Context */
/** @typedef {import('./jobs.js').Job} Job */
/** @typedef {import('./summary.js').Row} Row */
/** @typedef {{file: string, sha256: string}} Written   a structure with the letters of a design, in BACKBONES */
/** @typedef {{model: string, sum: string, version: string, seed: number | bigint}} Run */

/**
 * @typedef {object} Entry
 * @property {string} seed      of the run; a row of a manifest may have another one
 * @property {Record<string, string>} asked   options and what else changes results, files by their sums
 * @property {Record<string, string>} read    the structure and what lies beside it: sums
 * @property {string} [error]   why there is no result; else there are all of these:
 * @property {string} [designed]
 * @property {string[]} [designed_chains]
 * @property {Row[]} [designs]
 * @property {string} [sha256]  of the FASTA file
 * @property {Written[]} [written]
 */

/**
 * @typedef {object} State   same: finished; missing: no entry; other: asked was something else; changed: a file that
 *                           it was made of; cut: a file is not what was written
 * @property {'same' | 'missing' | 'other' | 'changed' | 'cut'} is
 * @property {Entry | null} entry
 * @property {string} why
 */

/** Options that change speed, or what is said or done when, alone. */
export const LEFT_OUT = ['output', 'json', 'threads', 'batch', 'quiet', 'help', 'resume', 'shard'];
/** A manifest's rows are asked; model and seed are, as what they turned out to be. */
const NOT_ASKED = [...LEFT_OUT, 'manifest', 'model', 'seed'];
const SUM = 'sha256:';
/** The folder of structures with the letters of designs. */
export const BACKBONES = 'backbones';

/** @param {string} folder @param {Job} job */
export const fastaPath = (folder, job) => join(folder, 'seqs', `${job.name}.fa`);

/**
 * What was written of a finished structure.
 * @param {string} folder
 * @param {Job} job
 * @param {Entry} entry
 */
export const filesOf = (folder, job, {sha256 = '', written = []}) => [
    {path: fastaPath(folder, job), sha256},
    ...written.map((each) => ({path: join(folder, BACKBONES, basename(each.file)), sha256: each.sha256}))
];

/** @param {string} folder @param {Job} job */
const entryPath = (folder, job) => join(folder, 'done', `${job.name}.json`);

/**
 * Null where there is none that is whole.
 * @param {string} path
 * @returns {Promise<Entry | null>}
 */
async function readEntry(path) {
    try {
        const entry = JSON.parse(await readFile(path, 'utf8'));
        const {seed, asked, read, error, designed, designed_chains: chains, designs, sha256, written = []} = entry;
        const result = typeof designed === 'string' && Array.isArray(chains) && Array.isArray(designs) && sha256
            && Array.isArray(written) && written.every((each) => typeof each?.file === 'string');
        return /^\d+$/.test(seed) && asked && read && (typeof error === 'string' || result) ? entry : null;
    } catch {
        return null;
    }
}

/**
 * The seed that a run drew before it was killed.
 * @param {Context} context
 * @param {readonly Job[]} jobs
 * @returns {Promise<number | bigint | null>}
 */
export async function earlierSeed({values}, jobs) {
    if (!values.resume || values.seed !== undefined) return null;
    for (const job of jobs) {
        const entry = await readEntry(entryPath(values.output, job));
        if (entry && entry.error === undefined) return plainSeed(BigInt(entry.seed));
    }
    return null;
}

/**
 * The first key of two tables whose values differ.
 * @param {Record<string, string>} left
 * @param {Record<string, string>} right
 */
const differing = (left, right) => Object.keys({...left, ...right}).find((key) => left[key] !== right[key]);

/**
 * @param {string} name
 * @param {string | undefined} before
 * @param {string | undefined} now
 */
function difference(name, before, now) {
    if (name === 'weft') return `by weft ${before}, this is ${now}`;
    if (name === 'weights') return `with weights of sha-256 ${before}, now it is ${now}`;
    if (before?.includes(SUM) && now?.includes(SUM)) return `with another file of --${name}`;
    const shown = (/** @type {string | undefined} */ value) => (value === undefined ? 'none'
        : value.includes(SUM) ? 'a file' : value);
    return `with --${name} ${shown(before)}, now ${shown(now)}`;
}

export class Done {
    #context;
    #run;
    #folder;
    /** @type {Map<string, Promise<string>>} of files that options name */
    #sums = new Map();

    /**
     * @param {Context} context
     * @param {Run} run
     */
    constructor(context, run) {
        this.#context = context;
        this.#run = run;
        this.#folder = context.values.output;
    }

    /** The sum of a file that options name, as it was when the run began. @param {string} path */
    optionSum(path) {
        const known = this.#sums.get(path) ?? sumOf(path);
        this.#sums.set(path, known);
        return known;
    }

    /**
     * All that decides what is designed, but for the structure.
     * @param {Job} job
     * @returns {Promise<Record<string, string>>}
     */
    async #asked({values, columns}) {
        const {version, model, sum, seed} = this.#run;
        const asked = {weft: version, model, weights: sum, seed: columns.has('seed') ? values.seed : String(seed)};
        const dropped = NOT_ASKED.filter((name) => name !== 'batch' || values['fasta-style'] !== 'ligandmpnn');
        for (const [name, value] of Object.entries(values)) {
            if (value === undefined || dropped.includes(name)) continue;   // headers of LigandMPNN tell of batches
            const option = pathOptions.find((each) => each.name === name);
            const sums = new Map();
            for (const path of option ? pathsIn(option, value) : []) {
                if (isFile(path)) sums.set(path, SUM + await this.optionSum(path));
            }
            Object.assign(asked, {
                [name]: option && sums.size ? withPaths(option, value, (path) => sums.get(path) ?? path) : String(value)
            });
        }
        return asked;
    }

    /**
     * The sums of what is read for one structure alone, to be taken before it is read.
     * @param {Job} job
     * @returns {Promise<Record<string, string>>}
     */
    async read({file, values}) {
        /** @type {Record<string, string>} */
        const sums = {structure: await sumOf(file)};
        if (values['fix-from'] === 'trb') sums.trb = await sumOf(trbBeside(file));
        return sums;
    }

    /**
     * @param {Job} job
     * @param {Record<string, string>} read
     * @param {Partial<Entry>} what
     */
    async write(job, read, what) {
        const entry = {seed: String(this.#run.seed), asked: await this.#asked(job), read, ...what};
        await writeBeside(entryPath(this.#folder, job), `${JSON.stringify(entry, bigAsText, 2)}\n`);
    }

    /**
     * @param {Job} job
     * @returns {Promise<State>}
     */
    async look(job) {
        const path = entryPath(this.#folder, job), entry = await readEntry(path), asked = await this.#asked(job);
        if (!entry) return {is: 'missing', entry, why: `${path} is missing`};
        const read = await this.read(job);
        const other = differing(entry.asked, asked);
        if (other !== undefined) {
            const words = difference(other, entry.asked[other], asked[other]);
            return {is: 'other', entry, why: `${job.name} was designed ${words} (${path})`};
        }
        const changed = differing(entry.read, read);
        if (changed !== undefined) {
            const file = changed === 'trb' ? trbBeside(job.file) : job.file;
            return {is: 'changed', entry, why: `${basename(file)} has changed since ${job.name} was designed`};
        }
        if (entry.error !== undefined) return {is: 'same', entry, why: ''};
        for (const {path: file, sha256} of filesOf(this.#folder, job, entry)) {
            if (await sumOf(file) !== sha256) return {is: 'cut', entry, why: `${file} is not as it was written`};
        }
        return {is: 'same', entry, why: ''};
    }

    /**
     * Makes the folders, and removes what killed runs left half written there.
     * @param {readonly string[]} finals   files of a complete run
     */
    async open(finals) {
        try {
            const backbones = this.#context.values['write-structures'] ? [BACKBONES] : [];
            for (const name of ['', 'seqs', 'done', ...backbones]) {
                const folder = join(this.#folder, name);
                await requireFolder(folder);   // on a read-only disk mkdir misses the folder itself
                await makeFolder(folder);
                for (const file of await readdir(folder)) {
                    const whole = file.replace(PART, '');
                    if (whole === file || (name === '' && !finals.includes(whole))) continue;
                    await rm(join(folder, file), {force: true});
                }
            }
        } catch (error) {
            if (error instanceof UsageError || error instanceof WriteError) throw error;
            throw new WriteError(`cannot write ${this.#folder}: ${messageOf(error)}`);
        }
    }

    /**
     * The jobs that are not finished: with --resume, those without a result that would be the same now. Without it
     * all; then entries of other results go, for they would not fit to the new ones.
     * @param {readonly Job[]} jobs
     * @returns {Promise<Job[]>}
     */
    async left(jobs) {
        const {values: {resume}, reporter} = this.#context;
        const left = [];
        let before = 0;
        for (const job of jobs) {
            const {is, entry, why} = await this.look(job);
            const result = entry !== null && entry.error === undefined;
            if (result && is === 'other' && resume) {
                throw new UsageError(`--resume: ${why}; go on with what the run began with, take another -o, or `
                    + 'leave out --resume to design all again');
            }
            if (result) before++;
            if (resume && result && is === 'same' && entry.read.structure) continue;
            if (resume && result) reporter.note(`${why || `${job.name} is of standard input`}: it is designed again`);
            else if (is !== 'same') await rm(entryPath(this.#folder, job), {force: true});
            left.push(job);
        }
        if (resume) reporter.note(`${jobs.length - left.length} of ${jobs.length} structures are finished`);
        else if (before) {
            reporter.note(`${this.#folder} has results of ${before} of these structures; all are designed again `
                + '(--resume keeps what is finished)');
        }
        return left;
    }
}
