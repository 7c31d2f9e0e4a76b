/* SPDX-License-Identifier: MIT
 *
 * candidates.js - lists of designed sequences, as programs of this field write them.
 *
 *   FASTA of ProteinMPNN or LigandMPNN, any FASTA, summary.csv, .json, JSON lines --parseCandidates--> [Candidate]
 *
 * In FASTA of the two programs the first record of each structure is its native sequence, which is no candidate.
 * Chains are parted by '/' or ':'. Lower scores are better. '-' and '.' are unknown residues (X), '*' at an end none.
 */
import {ConstraintError, ParseError} from '../errors.js';
import {readCsv} from '../formats/csv.js';
import {parseFasta} from '../formats/fasta.js';
import {isKnown} from './properties.js';

/**
 * @typedef {object} Candidate
 * @property {string} name
 * @property {readonly string[]} chains   letters of each, upper case
 * @property {number | null} [score]      lower is better; null where there is none
 * @property {number} [copies]            how often it was designed, 1 unless told
 * @property {string} [structure]         that it was designed for
 * @property {number | null} [sample]
 * @property {number | null} [temperature]
 * @property {string} [sequence]          as the file has it
 * @property {string | null} [header]     of its FASTA record, without '>'
 * @property {readonly string[] | null} [chainNames]
 * @property {readonly string[] | null} [native]   chains of the native sequence
 * @property {string} [file]              that a table names for it
 */

/** @typedef {{structure: string, chains: string[], chainNames: string[] | null}} Native */
/** @typedef {{candidates: Candidate[], natives: Native[]}} Parsed */

/**
 * The chains of a text. Letters other than the 20 stay, as unknown ones.
 * @param {string} text     upper case
 * @param {(message: string) => Error} refusal
 * @returns {string[]}
 */
export function chainsOf(text, refusal) {
    const chains = text.split(/[/:]/).map((chain) => chain.replace(/\*$/, '').replace(/[-.]/g, 'X'));
    const bad = /[^A-Z]/.exec(chains.join(''));
    if (bad) throw refusal(`'${bad[0]}' is no letter of a sequence`);
    if (chains.some((chain) => chain === '')) throw refusal('a chain has no letter');
    if (![...chains.join('')].some(isKnown)) throw refusal('no letter is one of the 20');
    return chains;
}

/* ---- FASTA ---- */

/**
 * The value of KEY=value in a header.
 * @param {string} header
 * @param {string} key
 */
const valueOf = (header, key) => new RegExp(`(?:^|[\\s,|])${key}=([^\\s,|]*)`).exec(header)?.[1];

/**
 * A number as text; null where there is none, or it is not defined.
 * @param {string | undefined} text
 * @param {(message: string) => Error} refusal
 */
function numberOf(text, refusal) {
    if (text === undefined || text === '' || /^[-+]?(nan|null|none)$/i.test(text)) return null;
    const value = Number(text);
    if (!Number.isFinite(value)) throw refusal(`'${text}' is no number`);
    return value;
}

/**
 * The score of a header: score=, or -ln of LigandMPNN's overall_confidence=, which is the same of a mean over residues.
 * @param {string} header
 * @param {(message: string) => Error} refusal
 */
function scoreOf(header, refusal) {
    const score = numberOf(valueOf(header, 'score'), refusal);
    if (score !== null) return score;
    const confidence = numberOf(valueOf(header, 'overall_confidence'), refusal);
    return confidence !== null && confidence > 0 ? -Math.log(confidence) : null;
}

/** @param {string} header */
const isNative = (header) => /(^|[\s,])(designed_chains|num_res)=/.test(header);

/** @param {string} header */
const namedChains = (header) => /designed_chains=\[([^\]]*)\]/.exec(header)?.[1].split(',')
    .map((name) => name.trim().replace(/^(['"])(.*)\1$/, '$2')).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)) ?? null;

/** How designs are named, as `weft design --write-structures` names their files.
 * @param {string} structure @param {number | null} temperature @param {number | null} sample */
const designName = (structure, temperature, sample) =>
    [structure, temperature, sample].filter((part) => part !== '' && part !== null).join('_');

/**
 * @param {string} text
 * @param {string} name   of structures that the text does not name
 * @returns {Parsed}
 */
function fastaCandidates(text, name) {
    /** @type {Native[]} */
    const natives = [];
    /** @type {Map<string, number>} */
    const counts = new Map();
    const candidates = parseFasta(text).flatMap(({header, sequence, line}) => {
        const refusal = (/** @type {string} */ message) => new ParseError(`FASTA line ${line}: ${message}`, line);
        const chains = chainsOf(sequence, refusal), first = header.split(/[\s,|]/)[0];
        if (isNative(header)) {
            counts.clear();
            natives.push({structure: header.split(',')[0].trim(), chains, chainNames: namedChains(header)});
            return [];
        }
        const native = natives.at(-1), id = valueOf(header, 'id'), of = /^([^,=]+), T=/.exec(header)?.[1].trim();
        const ofDesign = /^T=/.test(header) || id !== undefined || of !== undefined;
        const temperature = ofDesign ? numberOf(valueOf(header, 'T'), refusal) : null;
        const order = (counts.get(String(temperature)) ?? 0) + 1;
        counts.set(String(temperature), order);
        const sample = !ofDesign ? null : numberOf(valueOf(header, 'sample'), refusal) ?? order;
        const rest = `_${temperature}_${sample}`;   // the page has the design's name, weft select the structure's
        const whose = of?.endsWith(rest) ? of.slice(0, -rest.length) : of;
        const structure = whose ?? native?.structure ?? (ofDesign && id !== undefined ? first : name);
        return [{
            name: ofDesign ? designName(structure, temperature, sample) : first || designName(name, null, order),
            chains, score: scoreOf(header, refusal), copies: 1, structure, sample, temperature, sequence, header,
            chainNames: native?.chainNames ?? null, native: native?.chains ?? null
        }];
    });
    return {candidates, natives};
}

/* ---- Tables ---- */

/** @typedef {{line: number | null, cells: Map<string, unknown>}} TableRow */

/**
 * The sequence of a row: `sequence`, or `chains` as `weft design --json` has them, in the order of their names.
 * @param {Map<string, unknown>} cells
 * @returns {{text: string, names: string[] | null}}
 */
function sequenceOf(cells) {
    const chains = cells.get('chains'), designed = cells.get('designed_chains');
    if (typeof chains === 'object' && chains !== null && !Array.isArray(chains) && Array.isArray(designed)) {
        const names = designed.map(String).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
        const table = /** @type {Record<string, unknown>} */ (chains);
        if (names.length && names.every((name) => Object.hasOwn(table, name))) {
            return {text: names.map((name) => table[name]).join('/'), names};
        }
    }
    return {text: String(cells.get('sequence') ?? ''), names: null};
}

/**
 * @param {readonly TableRow[]} rows
 * @param {{name: string, column: string, asked: boolean}} how   column: of the score; asked: whether it must be there
 * @returns {Parsed}
 */
function tableCandidates(rows, {name, column, asked}) {
    const columns = [...new Set(rows.flatMap(({cells}) => [...cells.keys()]))];
    if (rows.length === 0) throw new ParseError('the table has no row', 1);
    for (const [needed, must] of /** @type {const} */ ([['sequence', true], [column, asked]])) {
        if (must && !columns.includes(needed)) {
            throw new ConstraintError(`there is no column ${needed}; there are ${columns.join(', ')}`, needed);
        }
    }
    const candidates = rows.map(({line, cells}, i) => {
        const where = line === null ? `row ${i + 1}` : `line ${line}`;
        const refusal = (/** @type {string} */ what) => (/** @type {string} */ message) =>
            new ParseError(`${where}, column ${what}: ${message}`, line);
        const number = (/** @type {string} */ what) =>
            numberOf(cells.has(what) ? String(cells.get(what) ?? '') : undefined, refusal(what));
        const word = (/** @type {string} */ what) => String(cells.get(what) ?? '').replace(/[\s\p{Cc}]+/gu, ' ').trim();
        const {text, names} = sequenceOf(cells);
        const sequence = text.replace(/\s+/g, '').toUpperCase(), structure = word('structure') || name;
        const sample = number('sample'), temperature = number('temperature'), copies = number('copies') ?? 1;
        if (!(Number.isInteger(copies) && copies > 0)) throw refusal('copies')(`'${copies}' is no number of copies`);
        return {
            name: word('name') || designName(structure, temperature, sample ?? i + 1),
            chains: chainsOf(sequence, refusal('sequence')), score: number(column), copies, structure, sample,
            temperature, sequence, header: null, chainNames: names, native: null,
            ...(word('file') && {file: word('file')})
        };
    });
    return {candidates, natives: []};
}

/** @param {unknown} value @returns {value is object} */
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * @param {string} text
 * @returns {TableRow[]} of {designs: [...]}, a list of objects, or an object in each line
 */
function jsonRows(text) {
    const parse = (/** @type {string} */ source, /** @type {number} */ line) => {
        try {
            return JSON.parse(source);
        } catch (error) {
            throw new ParseError(`line ${line}: this is no JSON: ${/** @type {Error} */ (error).message}`, line);
        }
    };
    const rowOf = (/** @type {unknown} */ value, /** @type {number | null} */ line, /** @type {number} */ i) => {
        if (isObject(value)) return {line, cells: new Map(Object.entries(value))};
        throw new ParseError(`${line === null ? `row ${i + 1}` : `line ${line}`} is no JSON object`, line);
    };
    const lines = text.split(/\r?\n/).flatMap((source, i) => (source.trim() ? [{source, line: i + 1}] : []));
    const single = lines.length === 1 || !/^\s*\{.*\}\s*$/.test(lines[0].source);
    if (!single) return lines.map(({source, line}, i) => rowOf(parse(source, line), line, i));
    const whole = parse(text, 1);
    const list = isObject(whole) ? Object(whole).designs ?? Object(whole).chosen ?? whole : whole;
    if (Array.isArray(list)) return list.map((each, i) => rowOf(each, null, i));
    return [rowOf(list, null, 0)];
}

/**
 * Candidates of a text; what it is, its content tells: FASTA begins with '>' or ';', JSON with '{' or '[', all else
 * is CSV.
 * @param {string} text
 * @param {{name?: string, scoreColumn?: string}} [options]   name: of the structure where the text has none;
 *     scoreColumn: of tables, lower is better (default: score, where there is one)
 * @returns {Promise<Parsed>}
 */
export async function parseCandidates(text, {name = 'sequence', scoreColumn} = {}) {
    const content = text.replace(/^\ufeff/, ''), first = content.trimStart()[0];
    if (first === undefined) throw new ParseError('the file is empty', 1);
    if (first === '>' || first === ';') {
        if (scoreColumn === undefined) return fastaCandidates(content, name);
        throw new ConstraintError('FASTA has no columns, and so none for the score', scoreColumn);
    }
    const how = {name, column: scoreColumn ?? 'score', asked: scoreColumn !== undefined};
    if (first === '{' || first === '[') return tableCandidates(jsonRows(content), how);
    const rows = await readCsv(content, (line, message) => new ParseError(`line ${line}: ${message}`, line));
    return tableCandidates(rows, how);
}

/** @param {Candidate} candidate */
const designOf = ({structure, temperature, sample}) => `${structure}\n${temperature}\n${sample}`;

/**
 * Where some chains are among others, which may have signs for gaps and another order; null where one is not.
 * @param {readonly string[]} some
 * @param {readonly string[]} all
 * @returns {number[] | null} in the order of all
 */
function placesAmong(some, all) {
    const bare = (/** @type {string} */ chain) => chain.replace(/X/g, '');
    const left = all.map(bare), places = [];
    for (const chain of some) {
        const place = left.indexOf(bare(chain));
        if (place < 0) return null;
        places.push(place);
        delete left[place];
    }
    return places.sort((a, b) => a - b);
}

/**
 * What FASTA knows of the rows of a table that was made with it: headers, gaps, the native sequence, names of chains.
 * A row keeps to its own chains where FASTA has more.
 * @param {readonly Candidate[]} candidates
 * @param {Parsed} fasta
 * @returns {Candidate[]}
 */
export function withFasta(candidates, {candidates: records}) {
    const known = new Map(records.map((record) => [designOf(record), record]));
    return candidates.map((candidate) => {
        const record = known.get(designOf(candidate));
        const places = record ? placesAmong(candidate.chains, record.chains) : null;
        if (!record || !places) return candidate;
        const pick = (/** @type {readonly string[] | null | undefined} */ list) =>
            (list ? places.map((place) => list[place]) : null);
        return {
            ...candidate, header: record.header, sequence: record.sequence, chains: pick(record.chains) ?? [],
            chainNames: pick(record.chainNames) ?? candidate.chainNames, native: pick(record.native)
        };
    });
}
