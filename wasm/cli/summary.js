/* SPDX-License-Identifier: MIT
 *
 * summary.js - summary.csv and summary.json beside the designs of `weft design -o DIR`: all of them, the best first.
 *
 *   designs of each structure, failures --> rows by score --> DIR/summary.csv, DIR/summary.json
 *
 * Designs of one structure with the same sequence are one row, that of the best score, with their number in `copies`.
 */
import {join} from 'node:path';
import {formatCsv} from '../formats/csv.js';
import {bigAsText, writeBeside} from './output.js';

/** @typedef {import('../index.js').Design} Design */

/**
 * @typedef {object} Row
 * @property {number} rank
 * @property {string} structure
 * @property {number} sample
 * @property {number} temperature
 * @property {number | bigint | string} seed
 * @property {number | null} score
 * @property {number | null} global_score
 * @property {number | null} recovery
 * @property {number} copies
 * @property {string} sequence   of the designed chains, parted by '/'
 * @property {string} file       that holds it
 */

const COLUMNS = /** @type {const} */ ([
    'rank', 'structure', 'sample', 'temperature', 'seed', 'score', 'global_score', 'recovery', 'copies', 'sequence',
    'file'
]);

/** @param {number} value */
const orNull = (value) => (Number.isFinite(value) ? value : null);

/**
 * Scores as order: lower first, undefined ones last.
 * @param {Row} a
 * @param {Row} b
 */
function byScore(a, b) {
    const [left, right] = [a.score ?? Infinity, b.score ?? Infinity];
    return left < right ? -1 : left > right ? 1 : 0;
}

/** The different designs of one structure. */
export class StructureRows {
    /** @type {Map<string, Row>} */
    #rows = new Map();

    /**
     * @param {string} structure   its name
     * @param {readonly string[]} chains   that are designed
     */
    constructor(structure, chains) {
        this.structure = structure;
        this.chains = chains;
        this.file = `seqs/${structure}.fa`;
    }

    /** @param {Design} design */
    add({sample, temperature, seed, score, globalScore, recovery, sequence, chains}) {
        /** @type {Row} */
        const row = {
            rank: 0, structure: this.structure, sample, temperature, seed, score: orNull(score),
            global_score: orNull(globalScore), recovery: orNull(recovery), copies: 1,
            sequence: this.chains.map((name) => chains[name]).join('/'), file: this.file
        };
        const before = this.#rows.get(sequence);
        if (!before) this.#rows.set(sequence, row);
        else if (byScore(row, before) < 0) this.#rows.set(sequence, {...row, copies: before.copies + 1});
        else before.copies++;
    }

    get rows() {
        return [...this.#rows.values()];
    }
}

/**
 * @param {string} folder
 * @param {object} about      model and versions
 * @param {readonly {rows: readonly Row[]}[]} structures
 * @param {readonly {file: string, error: string}[]} failures
 * @returns {Promise<string[]>} what was written
 */
export async function writeSummary(folder, about, structures, failures) {
    const designs = structures.flatMap(({rows}) => rows).sort(byScore).map((row, i) => ({...row, rank: i + 1}));
    const cells = designs.map((row) => COLUMNS.map((name) => String(row[name] ?? '')));
    const table = await formatCsv([COLUMNS, ...cells]);
    const json = JSON.stringify({...about, designs, failures}, bigAsText, 2);
    const paths = [join(folder, 'summary.csv'), join(folder, 'summary.json')];
    await writeBeside(paths[0], table);
    await writeBeside(paths[1], `${json}\n`);
    return paths;
}
