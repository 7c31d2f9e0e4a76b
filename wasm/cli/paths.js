/* SPDX-License-Identifier: MIT
 *
 * paths.js - files in the values of options: one, or a list whose items may have a name and a number.
 *
 *   'A=a.a3m,b.a3m', 'off.pdb:-0.5' --listedFiles--> [{name, path, number}] --joinedFiles--> text
 */
import {existsSync} from 'node:fs';
import {isAbsolute, join} from 'node:path';
import {options} from '../options.js';

/** @typedef {{name?: string, path: string, number?: string}} Listed */

/** The options whose value names files, or may name one. */
export const pathOptions = options.filter(({path}) => path);

/**
 * @param {string} folder
 * @param {string} path
 */
export const within = (folder, path) => (isAbsolute(path) ? path : join(folder, path));

const NUMBERED = /^(.*?)(?::([-+]?[.\d]+(?:e[-+]?\d+)?))?$/i;

/**
 * The items of '[NAME=]FILE[:NUMBER],...'. What is the name of a file as it stands, with ',', '=' or ':' in it, is one.
 * @param {string} text
 * @param {string} [folder]   where relative paths lead from
 * @returns {Listed[]}
 */
export function listedFiles(text, folder = '') {
    const there = (/** @type {string} */ path) => path !== '' && existsSync(within(folder, path));
    /** @param {string} item @returns {Listed} */
    const numbered = (item) => {
        const [, path = '', number] = (there(item) ? null : NUMBERED.exec(item)) ?? [item, item];
        return {path, number};
    };
    const listed = (/** @type {string} */ item) => {
        const plain = numbered(item), at = item.indexOf('=');
        return at < 0 || there(plain.path) ? plain : {name: item.slice(0, at), ...numbered(item.slice(at + 1))};
    };
    const parts = text.split(',');
    /** @type {Listed[]} */
    const list = [];
    for (let from = 0, to = 0; from < parts.length; from = to) {
        to = parts.length;
        let item = listed(parts.slice(from, to).join(','));
        while (to > from + 1 && !there(item.path)) item = listed(parts.slice(from, --to).join(','));
        list.push(item);
    }
    return list;
}

/** @param {readonly Listed[]} list */
const joinedFiles = (list) => list.map(({name, path, number}) =>
    `${name === undefined ? '' : `${name}=`}${path}${number === undefined ? '' : `:${number}`}`).join(',');

/**
 * The files that an option's value names.
 * @param {import('../options.js').Option} option
 * @param {unknown} value
 * @returns {string[]}
 */
export function pathsIn({path}, value) {
    if (!path || typeof value !== 'string') return [];
    return (path === 'list' ? listedFiles(value).map((item) => item.path) : [value]).filter(Boolean);
}

/**
 * An option's value with other paths in it.
 * @param {import('../options.js').Option} option
 * @param {string} value
 * @param {(path: string) => string} change
 * @param {string} [folder]   where relative paths of the value lead from
 */
export function withPaths({path: kind}, value, change, folder) {
    if (kind !== 'list') return change(value);
    return joinedFiles(listedFiles(value, folder).map((item) => ({...item, path: change(item.path)})));
}
