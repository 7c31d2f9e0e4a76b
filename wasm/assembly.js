/* SPDX-License-Identifier: MIT
 *
 * assembly.js - a biological assembly that a file describes: its operators, and the file behind them, of which the core
 * makes the copies (src/protein/assembly.h).
 *
 *   REMARK 350 of PDB text, pdbx_struct_assembly_gen of CIF --name--> Assembly --before(file)--> bytes for the core
 *
 * Copies are called as the archive's own assembly files call them: the name of the chain, then "-" and the operator's
 * number; several operators that follow each other have their numbers one behind the other (A-12-60). A copy that stays
 * where the chain is keeps its name. Of other assemblies nothing but their names is read.
 */
import {ConstraintError, ParseError} from './errors.js';

/**
 * @typedef {object} Operator
 * @property {string} name      '2', '12-60'; '' for the one that moves nothing
 * @property {number[]} matrix  three rows of three numbers of a rotation and one of a shift
 */
/** @typedef {import('./dist/cif_reader.js').Category} Category */

const MOST_OPERATORS = 10000, MOST_USES = 1e6;   // an operator is used once for each chain
const LISTED = 12;
const MAGIC = [0x89, 0x57, 0x45, 0x46, 0x54, 0x41, 0x0d, 0x0a];
const HEAD = 24, OPERATOR = 104;   // bytes
const ROWS = [0, 1, 2], UNIT = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];
const ROUNDING = 0.01;

/** What a message may quote. @param {string} text */
const plain = (text) => text.replace(/[^ -~]/g, '?').slice(0, 60);

/** Whether twelve numbers turn and shift, and do nothing else. @param {readonly number[]} m */
function isMotion(m) {
    if (!m.every(Number.isFinite)) return false;
    const dot = (/** @type {number} */ i, /** @type {number} */ j) =>
        ROWS.reduce((sum, k) => sum + m[4 * i + k] * m[4 * j + k], 0);
    const right = ROWS.every((i) => ROWS.every((j) => Math.abs(dot(i, j) - Number(i === j)) < ROUNDING));
    const turn = m[0] * (m[5] * m[10] - m[6] * m[9]) - m[1] * (m[4] * m[10] - m[6] * m[8])
        + m[2] * (m[4] * m[9] - m[5] * m[8]);
    return right && turn > 0;
}

/**
 * @param {string} name
 * @param {number[]} matrix
 * @param {string} [place]
 * @returns {Operator}
 */
function operatorOf(name, matrix, place = '') {
    if (!isMotion(matrix)) throw new ParseError(`${place}operator ${plain(name)} is no rotation with a shift`);
    return {name: matrix.every((value, i) => value === UNIT[i]) ? '' : name, matrix};
}

export class Assembly {
    /** All that the file describes. @type {Set<string>} */
    ids = new Set();
    /** @type {Map<string, Operator & {chains: Set<string>}>} */
    #operators = new Map();
    #room = MOST_USES;

    /** @param {string | number} wanted   its name */
    constructor(wanted) {
        this.id = String(wanted);
    }

    /** Its operators with the chains that they are applied to: by labels where the file has them; '' means all. */
    get operators() {
        return [...this.#operators.values()];
    }

    /** Whether an assembly of the file is this one. @param {string} id */
    is(id) {
        this.ids.add(id);
        return id === this.id;
    }

    /**
     * An operator that is there already gets the chains.
     * @param {Operator} operator
     * @param {readonly string[]} chains
     */
    add(operator, chains) {
        const key = `${operator.name} ${operator.matrix}`;
        const known = this.#operators.get(key) ?? {...operator, chains: new Set()};
        this.#room -= chains.length + 1;
        if (this.#room < 0) {
            throw new ParseError(`assembly ${plain(this.id)} has more than ${MOST_USES} copies of chains`);
        }
        for (const chain of chains) known.chains.add(chain);
        this.#operators.set(key, known);
    }

    /**
     * @param {Uint8Array} file   what the core parses
     * @returns {Uint8Array} for weft_structure_parse
     */
    before(file) {
        const {operators} = this;
        if (!operators.length) throw this.#absence();
        const words = [this.id, ...operators.flatMap(({name, chains}) => [name && `-${name}`, ...chains])];
        const texts = new TextEncoder().encode(words.map((word) => `${word.replace(/[^ -~]/g, '?')}\0`).join(''));
        const end = HEAD + OPERATOR * operators.length;
        const out = new Uint8Array(end + texts.length + file.length), view = new DataView(out.buffer);
        out.set(MAGIC);
        view.setInt32(8, operators.length, true);
        view.setInt32(12, texts.length, true);
        operators.forEach(({matrix, chains}, i) => {
            const at = HEAD + OPERATOR * i;
            matrix.forEach((value, k) => view.setFloat64(at + 8 * k, value, true));
            view.setInt32(at + 96, chains.size, true);
        });
        out.set(texts, end);
        out.set(file, end + texts.length);
        return out;
    }

    #absence() {
        const ids = [...this.ids].map(plain), listed = ids.slice(0, LISTED).join(', ');
        const there = ids.length > LISTED ? `${listed} and ${ids.length - LISTED} more` : listed;
        return new ConstraintError(ids.length ? `there is no assembly '${plain(this.id)}'; the file has ${there}`
            : 'the file describes no biological assembly (REMARK 350, or pdbx_struct_assembly_gen of mmCIF)', this.id);
    }
}

/* ---- PDB text ------------------------------------------------------------------------------------------ */

/**
 * The lines that begin with REMARK 350, before the first atom.
 * @param {Uint8Array} bytes
 */
function* remarks(bytes) {
    const latin = new TextDecoder('latin1');
    for (let at = 0, line = 1, end = 0; at < bytes.length; at = end + 1, line++) {
        end = bytes.indexOf(0x0a, at);
        if (end < 0) end = bytes.length;
        const text = latin.decode(bytes.subarray(at, Math.min(end, at + 200)));
        if (/^(ATOM  |HETATM)/.test(text)) return;
        if (/^REMARK 350/.test(text)) yield {text: text.trimEnd(), line};
    }
}

const BIOMT = [19, 23, 33, 43, 53, 80];   // where the columns of a record begin, and where the last one ends

/**
 * The serial number and the four numbers of a BIOMT record, in their columns or else parted by blanks.
 * @param {string} text
 * @returns {[serial: string, numbers: number[]]}
 */
function biomtOf(text) {
    const columns = BIOMT.slice(1).map((end, i) => text.slice(BIOMT[i], end).trim());
    const right = columns.every((word) => /^[-+.\d]+$/.test(word));
    const [serial, ...words] = right ? columns : text.replace(/.*BIOMT\d/, '').trim().split(/\s+/);
    return [serial, words.length === 4 ? words.map(Number) : [NaN]];
}

/**
 * The names in 'A, B', or '' for all chains: old files have NULL, or nothing, where chains have no names.
 * @param {string} list
 */
function pdbChains(list) {
    const names = list.split(/[\s,]+/).filter(Boolean);
    return names.length ? names.map((name) => (name === 'NULL' ? '' : name)) : [''];
}

/**
 * @param {Uint8Array} bytes
 * @param {string | number} wanted
 */
export function pdbAssembly(bytes, wanted) {
    const assembly = new Assembly(wanted);
    let ids = ['1'], matrix = [NaN], ended = true;
    /** @type {Set<string>} */
    let chains = new Set(['']);
    for (const {text, line} of remarks(bytes)) {
        const [, id] = /^REMARK 350 BIOMOLECULES?: *(.+)/.exec(text) ?? [];
        const [, list] = /^REMARK 350.* CHAINS:(.*)/.exec(text) ?? [];
        const [, row] = /^REMARK 350 +BIOMT([123])/.exec(text) ?? [];
        if (id) [ids, chains, ended] = [id.split(/[\s,]+/).filter(Boolean), new Set(['']), true];
        if (list !== undefined) {
            if (ended) chains = new Set();
            for (const name of pdbChains(list)) chains.add(name);
        }
        if (row || list !== undefined) ended = Boolean(row);
        if (!row || !ids.filter((each) => assembly.is(each)).length) continue;
        const [serial, numbers] = biomtOf(text);
        matrix = row === '1' ? numbers : [...matrix.slice(0, 12), ...numbers];
        if (row !== '3') continue;
        assembly.add(operatorOf(serial, matrix.length === 12 ? matrix : [NaN], `line ${line}: `), [...chains]);
    }
    return assembly;
}

/* ---- CIF ----------------------------------------------------------------------------------------------- */

/**
 * What stands in a row of a category under a name, '' where there is nothing.
 * @param {Record<string, Category>} categories
 * @param {string} wanted
 */
function cellsOf(categories, wanted) {
    const category = Object.entries(categories).find(([name]) => name.toLowerCase() === wanted)?.[1];
    const names = new Map(category?.fieldNames.map((name) => [name.toLowerCase(), name]));
    const cell = (/** @type {number} */ row, /** @type {string} */ name) => {
        const text = category?.getField(names.get(name) ?? '')?.str(row) ?? '';
        return text === '.' || text === '?' ? '' : text.trim();
    };
    return {rows: category?.rowCount ?? 0, cell};
}

/** One operator behind the other: the second is applied first. @param {number[]} a @param {number[]} b */
const product = (a, b) => ROWS.flatMap((i) => [0, 1, 2, 3].map((j) =>
    ROWS.reduce((sum, k) => sum + a[4 * i + k] * b[4 * k + j], j === 3 ? a[4 * i + 3] : 0)));

/**
 * The operators of '1', '1,2,5', '(1-60)' or '(X0)(1-5,9)', of which the last group is applied first.
 * @param {string} expression
 * @param {ReadonlyMap<string, number[]>} matrices   by id
 * @returns {Operator[]}
 */
export function expandOperators(expression, matrices) {
    const text = expression.replace(/\s/g, '');
    let room = MOST_OPERATORS;
    const wrong = (/** @type {string} */ why) =>
        new ParseError(`the operators '${plain(text)}' of an assembly: ${why}`);
    const take = (/** @type {number} */ count) => {
        room -= count;
        if (room < 0) throw wrong(`they are more than ${MOST_OPERATORS}`);
    };
    const one = (/** @type {string} */ id) => {
        const matrix = matrices.get(id);
        if (!matrix) throw wrong(`the file has no operator ${plain(id) || 'without a name'}`);
        take(1);
        return operatorOf(id, matrix);
    };
    const list = (/** @type {string} */ ids) => ids.split(',').flatMap((id) => {
        const [, first, last] = (!matrices.has(id) && /^(\d{1,9})-(\d{1,9})$/.exec(id)) || [];
        if (!first) return [one(id)];
        const count = Number(last) - Number(first) + 1;
        if (count < 1) throw wrong(`${id} ends before it begins`);
        take(count);
        return Array.from({length: count}, (_, i) => one(String(Number(first) + i)));
    });
    const terms = text.match(/(\([^()]*\)|[^(),])+/g) ?? [];
    if (!text || terms.join(',') !== text) throw wrong('this is not understood');
    return terms.flatMap((term) => {
        const groups = (term.match(/\([^()]*\)|[^()]+/g) ?? []).map((group) => list(group.replace(/[()]/g, '')));
        return groups.reduce((left, right) => {
            take(left.length * right.length);
            return left.flatMap((a) => right.map((b) => ({
                name: [a.name, b.name].filter(Boolean).join('-'), matrix: product(a.matrix, b.matrix)
            })));
        });
    });
}

/**
 * @param {Record<string, Category>} categories   of the block with the atoms
 * @param {string | number} wanted
 */
export function cifAssembly(categories, wanted) {
    const operators = cellsOf(categories, 'pdbx_struct_oper_list');
    const made = cellsOf(categories, 'pdbx_struct_assembly_gen');
    const matrices = new Map(Array.from({length: operators.rows}, (_, row) => {
        const number = (/** @type {string} */ name) => Number(operators.cell(row, name) || NaN);
        return [operators.cell(row, 'id'), ROWS.flatMap((i) =>
            [...ROWS.map((j) => number(`matrix[${i + 1}][${j + 1}]`)), number(`vector[${i + 1}]`)])];
    }));
    const assembly = new Assembly(wanted);
    for (let row = 0; row < made.rows; row++) {
        if (!assembly.is(made.cell(row, 'assembly_id'))) continue;
        const chains = made.cell(row, 'asym_id_list').split(',').map((name) => name.trim()).filter(Boolean);
        const all = expandOperators(made.cell(row, 'oper_expression'), matrices);
        for (const each of all) assembly.add(each, chains);
    }
    return assembly;
}
