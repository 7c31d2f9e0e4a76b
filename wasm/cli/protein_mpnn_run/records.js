/* SPDX-License-Identifier: MIT
 *
 * records.js - the targets of a run: one PDB file, or every line of a file that parse_multiple_chains.py wrote.
 *
 *   --pdb_path, --jsonl_path --> Records, less those that the original drops without a word
 */
import {createReadStream} from 'node:fs';
import {createInterface} from 'node:readline';
import {ConstraintError, ParseError} from '../../index.js';
import {readText, requireFiles, UsageError} from '../inputs.js';
import {readLine} from './jsonl.js';
import {atomNames, readPdb} from './pdb.js';

/** @typedef {import('./pdb.js').Record} Record */
/** @typedef {import('./pdb.js').RecordChain} RecordChain */
/** @typedef {import('./flags.js').Flags} Flags */
/** @typedef {(text: string) => void} Say */

const KNOWN = new Set('ACDEFGHIKLMNPQRSTVWYX-');
const LINES_A_WORD = 1000;   // so many lines before the original says how far it is

/**
 * One atom's coordinates of a chain: [place][3], or [place][1][3] in a CA-only file.
 * @param {any} json
 * @param {string} chain
 * @param {string} atom
 * @param {string} place
 * @returns {any[]}
 */
function coordinatesOf(json, chain, atom, place) {
    const list = json[`coords_chain_${chain}`]?.[`${atom}_chain_${chain}`];
    if (!Array.isArray(list)) {
        throw new ConstraintError(`${place}: coords_chain_${chain} has no ${atom}_chain_${chain}`, chain);
    }
    return list.map((point) => (Array.isArray(point?.[0]) ? point[0] : point));
}

/**
 * @param {any} json
 * @param {string} chain
 * @param {string} place   for errors
 * @param {boolean} caOnly
 * @returns {RecordChain}
 */
function jsonChain(json, chain, place, caOnly) {
    const sequence = String(json[`seq_chain_${chain}`]);
    const names = atomNames(caOnly);
    const atoms = new Float32Array(sequence.length * names.length * 3).fill(NaN);
    for (const [a, atom] of names.entries()) {
        const points = coordinatesOf(json, chain, atom, place);
        if (points.length !== sequence.length) {
            throw new ConstraintError(`${place}, chain ${chain}: ${sequence.length} letters and ${points.length} `
                + `coordinates of ${atom}`, chain);
        }
        for (const [i, point] of points.entries()) {
            for (let d = 0; d < 3; d++) {
                const value = point?.[d];
                if (Number.isFinite(value)) atoms[(i * names.length + a) * 3 + d] = value;
            }
        }
    }
    return {sequence, atoms};
}

/**
 * @param {any} json
 * @param {string} place
 * @param {boolean} caOnly
 * @returns {Record}
 */
function jsonRecord(json, place, caOnly) {
    if (typeof json?.seq !== 'string' || typeof json.name !== 'string') {
        throw new ConstraintError(`${place}: a parsed structure has 'seq' and 'name'`, place);
    }
    const letters = Object.keys(json).filter((key) => key.startsWith('seq_chain_')).map((key) => key.slice(10));
    const chains = new Map(letters.map((chain) => [chain, jsonChain(json, chain, `${place}, ${json.name}`, caOnly)]));
    return {name: json.name, sequence: json.seq, chains};
}

/**
 * Which records of a file the original takes; it counts the others and goes on.
 * @param {string} path
 * @param {Flags} flags
 * @param {Say} print
 * @param {Say} note
 */
async function jsonRecords(path, flags, print, note) {
    /** @type {Record[]} */
    const records = [];
    const dropped = {characters: 0, length: 0};
    const start = performance.now();
    let line = 0;
    for await (const text of createInterface({input: createReadStream(path), crlfDelay: Infinity})) {
        line++;
        if (!text.trim()) continue;
        const json = readLine(text, `${path}:${line}`);
        const record = jsonRecord(json, `${path}:${line}`, flags.ca_only);
        const odd = [...new Set(record.sequence)].filter((letter) => !KNOWN.has(letter));
        if (odd.length) {
            print(`${record.name} {${odd.map((letter) => `'${letter}'`).join(', ')}} ${record.sequence}`);
            note(`${record.name} is left out: its sequence has ${odd.join(', ')}`);
            dropped.characters++;
        } else if (record.sequence.length > flags.max_length) {
            note(`${record.name} is left out: ${record.sequence.length} places, --max_length is ${flags.max_length}`);
            dropped.length++;
        } else {
            records.push(record);
        }
        if (line % LINES_A_WORD) continue;
        const seconds = ((performance.now() - start) / 1000).toFixed(1);
        print(`${records.length} entries (${line} loaded) in ${seconds} s`);
    }
    print(`discarded {'bad_chars': ${dropped.characters}, 'too_long': ${dropped.length}, 'bad_seq_length': 0}`);
    return records;
}

/**
 * @param {Flags} flags
 * @param {Say} print   to stdout, as the original does
 * @param {Say} note    to stderr
 * @returns {Promise<Record[]>}
 */
export async function readRecords(flags, print, note) {
    if (!flags.pdb_path) {
        if (flags.jsonl_path === undefined) throw new UsageError('give --pdb_path FILE or --jsonl_path FILE');
        await requireFiles([flags.jsonl_path]);
        return jsonRecords(flags.jsonl_path, flags, print, note);
    }
    if (flags.jsonl_path) note('--jsonl_path is not looked at where --pdb_path is given');
    if (flags.chain_id_jsonl) {
        note('--chain_id_jsonl is not looked at where --pdb_path is given: use --pdb_path_chains');
    }
    const text = await readText(flags.pdb_path);
    let record;
    try {
        record = readPdb(text, flags.pdb_path, flags.ca_only);
    } catch (error) {
        if (error instanceof ParseError && error.line) error.message = `${flags.pdb_path}: ${error.message}`;
        throw error;
    }
    if (record.sequence.length <= flags.max_length) return [record];
    note(`${record.name} is left out: ${record.sequence.length} places, --max_length is ${flags.max_length}`);
    return [];
}
