/* SPDX-License-Identifier: MIT
 *
 * jsonl.js - files with one JSON value in each line, as Python's json module writes and reads them.
 *
 *   text --readLine--> value: bare NaN is null, Infinity a number        value, key --lookup--> what stands there
 *
 * JavaScript moves keys that are whole numbers to the front of an object, and the order of chains means something in
 * tied positions: such keys are kept behind a mark.
 */
import {ConstraintError} from '../../index.js';

const MARK = '\u0001';
const TOKEN = /"((?:[^"\\]|\\.)*)"(\s*:)?|-?\b(?:NaN|Infinity)\b/g;

/** @param {string} token @param {string | undefined} text @param {string | undefined} colon */
function asJson(token, text, colon) {
    if (text !== undefined) return colon && /^\d+$/.test(text) ? `"\\u0001${text}"${colon}` : token;
    return token.endsWith('NaN') ? 'null' : token.replace('Infinity', '1e999');
}

/**
 * @param {string} text
 * @param {string} place   for the error: file and line
 * @returns {any}
 */
export function readLine(text, place) {
    try {
        return JSON.parse(text);   // most lines are plain JSON, and most keys words
    } catch {
        // read again below, or refused there
    }
    return readMarked(text, place);
}

/**
 * The same with numeric keys in their order.
 * @param {string} text
 * @param {string} place
 * @returns {any}
 */
export function readMarked(text, place) {
    try {
        return JSON.parse(text.replace(TOKEN, asJson));
    } catch (error) {
        throw new ConstraintError(`${place}: this is no JSON: ${/** @type {Error} */ (error).message}`, place);
    }
}

/** @param {any} object @param {string} key @returns {any} undefined where it has no such key */
export function lookup(object, key) {
    if (object === null || typeof object !== 'object') return undefined;
    if (Object.hasOwn(object, key)) return object[key];
    return Object.hasOwn(object, MARK + key) ? object[MARK + key] : undefined;
}

/** Keys and values in the order of the file. @param {any} object @returns {[string, any][]} */
export function entries(object) {
    if (object === null || typeof object !== 'object' || Array.isArray(object)) return [];
    return Object.entries(object).map(([key, value]) => [key.replace(MARK, ''), value]);
}

/** What Python takes for false. @param {any} value */
export function isEmpty(value) {
    return value === null || value === undefined || value === false || value === 0 || value === ''
        || (typeof value === 'object' && Object.keys(value).length === 0);
}
