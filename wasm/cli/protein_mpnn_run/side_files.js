/* SPDX-License-Identifier: MIT
 *
 * side_files.js - the JSONL files that say what is designed and how: read as the original reads them, its traps told.
 *
 *   --chain_id_jsonl, --fixed_positions_jsonl, ... --> one dictionary each, or null
 *
 * A path that is no file counts as not given. Of several lines the last one alone counts (the PSSM's are merged).
 */
import {readFileSync, statSync} from 'node:fs';
import {ConstraintError} from '../../index.js';
import {entries, readMarked} from './jsonl.js';

/** @typedef {import('./flags.js').Flags} Flags */

/**
 * @typedef {object} SideFiles   dictionaries by target name; null: not given
 * @property {any} chains
 * @property {any} fixed
 * @property {any} pssm
 * @property {any} omit
 * @property {any} bias         by letter
 * @property {any} ties
 * @property {any} biasByResidue
 */

/** In the order in which the original looks for them. */
const FILES = /** @type {const} */ ([
    ['chains', 'chain_id_jsonl'], ['fixed', 'fixed_positions_jsonl'], ['pssm', 'pssm_jsonl'],
    ['omit', 'omit_AA_jsonl'], ['bias', 'bias_AA_jsonl'], ['ties', 'tied_positions_jsonl'],
    ['biasByResidue', 'bias_by_res_jsonl']
]);

/**
 * @param {string} path
 * @param {string} flag
 * @param {(text: string) => void} note
 */
function readLines(path, flag, note) {
    const lines = readFileSync(path, 'utf8').split('\n').map((text, i) => ({text, place: `${path}:${i + 1}`}));
    const values = lines.filter(({text}) => text.trim()).map(({text, place}) => readMarked(text, place));
    if (values.length === 0) throw new ConstraintError(`${path}: --${flag} names an empty file`, path);
    if (flag === 'pssm_jsonl') return Object.assign({}, ...values);
    const last = values[values.length - 1];
    if (values.length > 1) {
        const kept = new Set(entries(last).map(([key]) => key));
        const lost = values.slice(0, -1).flatMap((value) => entries(value).map(([key]) => key))
            .filter((key) => !kept.has(key));
        note(`--${flag}: only the last of the ${values.length} lines of ${path} counts`
            + (lost.length ? `; what the others say of ${[...new Set(lost)].join(', ')} is lost` : ''));
    }
    return last;
}

/**
 * @param {Flags} flags
 * @param {(text: string) => void} print   to stdout, as the original does
 * @param {(text: string) => void} note    to stderr
 * @returns {SideFiles}
 */
export function readSideFiles(flags, print, note) {
    const rule = '-'.repeat(40);
    /** @type {any} */
    const found = {};
    for (const [key, flag] of FILES) {
        const path = flags[flag];
        const isThere = path !== '' && (statSync(path, {throwIfNoEntry: false})?.isFile() ?? false);
        found[key] = isThere ? readLines(path, flag, note) : null;
        if (path !== '' && !isThere) note(`--${flag}: there is no file '${path}', so nothing is taken from it`);
        if (key === 'biasByResidue') {
            if (isThere) print('bias by residue dictionary is loaded');
            else print(`${rule}\nbias by residue dictionary is not loaded, or not provided`);
        } else if (!isThere) {
            print(`${rule}\n${flag} is NOT loaded`);
        }
    }
    print(rule);
    return found;
}

/**
 * Says which entries of the side files no target asks for.
 * @param {SideFiles} sides
 * @param {ReadonlySet<string>} names   of the targets
 * @param {(text: string) => void} note
 */
export function noteUnused(sides, names, note) {
    for (const [key, flag] of FILES) {
        if (key === 'bias') continue;
        const unknown = entries(sides[key]).map(([name]) => name).filter((name) => !names.has(name));
        if (unknown.length) {
            note(`--${flag}: no target has the name ${unknown.slice(0, 5).join(', ')}`
                + (unknown.length > 5 ? ` (nor ${unknown.length - 5} more)` : ''));
        }
    }
}
