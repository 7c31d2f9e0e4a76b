/* SPDX-License-Identifier: MIT
 *
 * candidates.js - the designs in files and folders, for commands that work on them.
 *
 *   FILE: FASTA, .csv, .json, .jsonl; DIR of weft design -o --readCandidates--> [Candidate]
 *
 * Of a folder summary.json is read, with its full scores, where the run is finished; else the FASTA files in it or in
 * its seqs. FASTA that a table names for its rows gives them their headers and the native sequence.
 */
import {readdirSync, statSync} from 'node:fs';
import {basename, dirname, join} from 'node:path';
import {parseCandidates, withFasta} from '../choosing.js';
import {ParseError} from '../index.js';
import {isFile} from './files.js';
import {naming, readText, structureName} from './inputs.js';

/** @typedef {import('../choosing.js').Candidate} Candidate */

const FASTA = /\.(fa|faa|fasta)$/i;

/** @param {string} path */
const isFolder = (path) => path !== '-' && (statSync(path, {throwIfNoEntry: false})?.isDirectory() ?? false);

/**
 * The files of a folder that hold designs.
 * @param {string} folder
 */
function filesOf(folder) {
    const summary = join(folder, 'summary.json');
    if (isFile(summary)) return [summary];
    for (const each of [join(folder, 'seqs'), folder]) {
        if (!isFolder(each)) continue;
        const files = readdirSync(each).filter((name) => FASTA.test(name)).sort().map((name) => join(each, name));
        if (files.length) return files;
    }
    throw new ParseError(`${folder}: there is no summary.json in it, and no .fa file in it or in seqs`);
}

/**
 * @param {string} path
 * @param {string} [scoreColumn]
 * @returns {Promise<Candidate[]>}
 */
async function readFile(path, scoreColumn) {
    const text = await readText(path), name = structureName(path);
    const {candidates} = await naming(path, () => parseCandidates(text, {name, scoreColumn}));
    if (path === '-') return candidates;
    let rows = candidates;
    for (const file of new Set(candidates.flatMap((each) => each.file ?? []))) {
        const beside = join(dirname(path), file);
        if (!FASTA.test(basename(beside)) || !isFile(beside)) continue;   // the table says enough
        const content = await readText(beside);
        const fasta = await naming(beside, () => parseCandidates(content, {name: structureName(beside)}));
        const mine = new Set(rows.filter((row) => row.file === file));
        const known = withFasta([...mine], fasta)[Symbol.iterator]();
        rows = rows.map((row) => (mine.has(row) ? known.next().value ?? row : row));
    }
    return rows;
}

/**
 * All designs in files and folders, in their order.
 * @param {readonly string[]} paths
 * @param {{scoreColumn?: string}} [options]   of tables
 * @returns {Promise<Candidate[]>}
 */
export async function readCandidates(paths, {scoreColumn} = {}) {
    const candidates = [];
    for (const path of paths) {
        for (const file of isFolder(path) ? filesOf(path) : [path]) {
            const found = await readFile(file, scoreColumn);
            if (found.length === 0) throw new ParseError(`${file}: the file holds no design, but native sequences`);
            for (const each of found) candidates.push(each);
        }
    }
    return candidates;
}
