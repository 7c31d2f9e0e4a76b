/* SPDX-License-Identifier: MIT
 *
 * manifest.js - the rows of a manifest: a CSV file with a header, or a JSON object in each line.
 *
 *   jobs.csv, jobs.jsonl --> [{line, header, cells: column -> text}], or a UsageError with the line
 */
import {basename} from 'node:path';
import {readCsv} from '../formats/csv.js';
import {readText, UsageError} from './inputs.js';

/** @typedef {import('../formats/csv.js').Row} Row */

/**
 * One value of a JSON object as the text of a cell.
 * @param {unknown} value
 * @param {string} where
 */
function cellText(value, where) {
    if (value === null) return '';
    if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) {
        throw new UsageError(`${where}: ${value} is too large for a number in JSON; write it as text`);
    }
    if (['string', 'number', 'boolean'].includes(typeof value)) return String(value).trim();
    throw new UsageError(`${where}: write a text or a number, as on the command line`);
}

/**
 * @param {string} path
 * @param {string} text
 * @returns {Row[]}
 */
function readJsonLines(path, text) {
    return text.split(/\r?\n|\r/).flatMap((source, i) => {
        const line = i + 1;
        if (!source.trim()) return [];
        /** @type {unknown} */
        let value;
        try {
            value = JSON.parse(source);
        } catch (error) {
            throw new UsageError(`${path} line ${line}: this is no JSON: ${/** @type {Error} */ (error).message}`);
        }
        if (typeof value !== 'object' || value === null || Array.isArray(value)) {
            throw new UsageError(`${path} line ${line}: this is no JSON object`);
        }
        const cells = Object.entries(value).map(([name, each]) =>
            /** @type {[string, string]} */ ([name, cellText(each, `${path} line ${line}, column ${name}`)]));
        return [{line, header: line, cells: new Map(cells)}];
    });
}

/**
 * @param {string} path
 * @returns {Promise<Row[]>}
 */
export async function readManifest(path) {
    const ending = /\.(csv|jsonl)$/i.exec(basename(path))?.[1].toLowerCase();
    if (!ending) throw new UsageError(`--manifest: '${path}' must end in .csv or .jsonl`);
    const text = (await readText(path)).replace(/^\uFEFF/, '');
    const refusal = (/** @type {number} */ line, /** @type {string} */ message) =>
        new UsageError(`${path} line ${line}: ${message}`);
    const rows = ending === 'csv' ? await readCsv(text, refusal) : readJsonLines(path, text);
    if (rows.length === 0) throw new UsageError(`${path}: the manifest has no row`);
    return rows;
}
