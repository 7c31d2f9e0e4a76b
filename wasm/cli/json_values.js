/* SPDX-License-Identifier: MIT
 *
 * json_values.js - what a JSON file of --bias, --omit or --order may hold: anything else is refused before it is used.
 *
 *   parsed JSON --biasOf, omitOf, orderOf--> the same, of the kind that the engine takes, or a ConstraintError
 */
import {ConstraintError} from '../index.js';

const isNumber = (/** @type {unknown} */ value) => typeof value === 'number';
const isText = (/** @type {unknown} */ value) => typeof value === 'string';

/**
 * @param {unknown} value
 * @param {(each: unknown) => boolean} test
 */
const isTable = (value, test) => typeof value === 'object' && value !== null && !Array.isArray(value)
    && Object.values(value).every(test);

/**
 * @param {unknown} value
 * @param {(each: unknown) => boolean} test
 */
const isList = (value, test) => Array.isArray(value) && value.every(test);

/**
 * @param {boolean} right
 * @param {any} value
 * @param {string} name
 * @param {string} words
 */
function requireKind(right, value, name, words) {
    if (right) return value;
    throw new ConstraintError(`${name}: this is not ${words}`, name);
}

/** @param {unknown} value @param {string} name   of the file */
export const biasOf = (value, name) => requireKind(
    isText(value) || isList(value, (each) => isNumber(each) || isList(each, isNumber))
    || isTable(value, (each) => isNumber(each) || isTable(each, isNumber)),
    value, name, 'a bias: write {"A": 0.5}, {"A12-20": {"W": 1}} or a list of 21 numbers for each residue');

/** @param {unknown} value @param {string} name */
export const omitOf = (value, name) => requireKind(isText(value) || isTable(value, isText), value, name,
    'what may be omitted: write "CM" or {"A12-20": "P"}');

/** @param {unknown} value @param {string} name */
export const orderOf = (value, name) => requireKind(isList(value, isNumber), value, name,
    'a decoding order: write a list of rows, [0, 2, 1]');
