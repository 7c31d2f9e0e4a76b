/* SPDX-License-Identifier: MIT
 *
 * record.js - run.json beside the designs of `weft design -o DIR`: all that is needed to make them again (rerun.js).
 *
 *   options, sums of what was read, what was designed, sums of what was written --> DIR/run.json
 *
 * Paths lead from the folder of run.json, so that a project can be moved as a whole.
 */
import {readFile} from 'node:fs/promises';
import {join, relative, resolve} from 'node:path';
import {isFile, sha256} from './files.js';
import {writeBeside} from './output.js';

/** @typedef {import('./inputs.js').Context} Context */
/** @typedef {{path: string, sha256: string}} Sum */

/**
 * @typedef {object} RunRecord
 * @property {string} weft       version
 * @property {string} command
 * @property {Record<string, string | boolean>} options   without those that change speed, or what is said, alone
 * @property {Record<string, Sum>} files   of options that named a file
 * @property {{model: string, sha256: string}} weights
 * @property {(Sum & {name: string, designed: string, designed_chains: string[]})[]} structures
 * @property {Sum[]} results
 */

export const RECORD = 'run.json';
const MAY_BE_FILES = ['model', 'bias', 'omit', 'set-from', 'order'];
const LEFT_OUT = ['output', 'json', 'threads', 'batch', 'quiet', 'help'];

/** @param {string} folder @param {string} path @returns {Promise<Sum>} */
const sumOf = async (folder, path) => ({path: relative(folder, resolve(path)), sha256: sha256(await readFile(path))});

export class Recorder {
    /** @type {RunRecord} */
    #record;
    #folder;

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
     * One structure and its results.
     * @param {string} file
     * @param {{name: string, designed: string, chains: string[], result: string}} what
     */
    async add(file, {name, designed, chains, result}) {
        const sum = file === '-' ? {path: '-', sha256: ''} : await sumOf(this.#folder, file);
        this.#record.structures.push({...sum, name, designed, designed_chains: chains});
        this.#record.results.push(await sumOf(this.#folder, result));
    }

    async write() {
        const {options, files} = this.#record;
        for (const name of MAY_BE_FILES) {
            const value = options[name];
            if (typeof value !== 'string' || !isFile(value)) continue;
            files[name] = await sumOf(this.#folder, value);
            delete options[name];
        }
        await writeBeside(join(this.#folder, RECORD), `${JSON.stringify(this.#record, null, 2)}\n`);
    }
}
