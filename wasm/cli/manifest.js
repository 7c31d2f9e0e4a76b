/* SPDX-License-Identifier: MIT
 *
 * manifest.js - the rows of a manifest: a CSV file with a header, or a JSON object in each line.
 *
 *   jobs.csv, jobs.jsonl --> [{line, header, cells: column -> text}], or a UsageError with the line
 */
import {basename} from 'node:path';
import {readText, UsageError} from './inputs.js';

/** @typedef {{line: number, header: number, cells: Map<string, string>}} Row   header: where the columns are named */

/** @param {string} text   up to where something begins */
const lineAfter = (text) => (text.match(/\r\n|\n|\r/g)?.length ?? 0) + 1;

/**
 * The parser takes whatever stands in quotes or beside them; here what is no CSV is refused.
 * @param {string} path
 * @param {string} text
 */
function refuseStrayQuotes(path, text) {
    const rest = text.replace(/(^|[,\r\n])"([^"]*(?:""[^"]*)*)"(?=[,\r\n]|$)/g,
        (_, before, inside) => before + inside.replace(/[^\r\n]/g, ''));
    const at = rest.indexOf('"');
    if (at < 0) return;
    throw new UsageError(`${path} line ${lineAfter(rest.slice(0, at))}: a quote that does not enclose a whole cell `
        + '(inside one, write two)');
}

/**
 * @param {string} path
 * @param {string} text
 * @returns {Promise<Row[]>}
 */
async function readCsv(path, text) {
    refuseStrayQuotes(path, text);
    const {csvParseRows} = await import('d3-dsv');
    let line = 1;
    const rows = csvParseRows(text).map((cells) => {
        const row = {line, cells: cells.map((cell) => cell.trim())};
        line += cells.reduce((sum, cell) => sum + lineAfter(cell) - 1, 1);
        return row;
    });
    const [header, ...rest] = rows.filter(({cells}) => cells.some(Boolean));
    if (!header) return [];
    const columns = header.cells;
    const unnamed = columns.indexOf('');
    if (unnamed >= 0) throw new UsageError(`${path} line ${header.line}: column ${unnamed + 1} has no name`);
    const twice = columns.find((name, i) => columns.indexOf(name) !== i);
    if (twice) throw new UsageError(`${path} line ${header.line}: there are two columns ${twice}`);
    return rest.map(({line: at, cells}) => {
        if (cells.length !== columns.length) {
            throw new UsageError(`${path} line ${at}: ${cells.length} cells for ${columns.length} columns`);
        }
        return {line: at, header: header.line, cells: new Map(columns.map((name, i) => [name, cells[i]]))};
    });
}

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
    const rows = ending === 'csv' ? await readCsv(path, text) : readJsonLines(path, text);
    if (rows.length === 0) throw new UsageError(`${path}: the manifest has no row`);
    return rows;
}
