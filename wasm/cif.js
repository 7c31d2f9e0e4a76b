/* SPDX-License-Identifier: MIT
 *
 * cif.js - the atoms of an mmCIF or BinaryCIF file. Mol*'s reader knows the syntax, this file what the columns mean.
 *
 *   text | bytes --dist/cif_reader.js--> _atom_site --> AtomTable: one model, by the authors' names and numbers
 *
 * Residues have the authors' chain names, numbers and insertion codes, as in PDB files, and label ones where there are
 * none; atoms and residues are called by their label names.
 */
import {readBinaryCif} from './bcif.js';
import {ConstraintError, ParseError} from './errors.js';
import {AtomTable} from './formats/atoms.js';

/** @typedef {import('./dist/cif_reader.js').Category} Category */
/** @typedef {import('./dist/cif_reader.js').Field} Field */
/** @typedef {import('./dist/cif_reader.js').Outcome} Outcome */
/** @typedef {(row: number) => string} Words   '' where the file has '.' or '?' */
/** @typedef {(row: number) => number} Numbers   NaN where it has none */

/** Columns that must be there, the first of them where it says something. */
const NEEDED = {
    x: ['Cartn_x'], y: ['Cartn_y'], z: ['Cartn_z'], number: ['auth_seq_id', 'label_seq_id'],
    name: ['label_atom_id', 'auth_atom_id'], residue: ['label_comp_id', 'auth_comp_id']
};

/** @param {Uint8Array} bytes */
function decode(bytes) {
    try {
        return new TextDecoder().decode(bytes);
    } catch {
        const size = Math.round(bytes.length / 2 ** 20);
        throw new ParseError(`mmCIF text of ${size} MiB is longer than any text may be here; BinaryCIF is shorter`);
    }
}

/**
 * @param {Uint8Array} bytes
 * @param {'mmcif' | 'bcif'} format
 */
async function parse(bytes, format) {
    if (format === 'bcif') return readBinaryCif(bytes);
    const {parseCifText} = await import('./dist/cif_reader.js');
    return parseCifText(decode(bytes)).run();
}

/** What a message may quote. @param {string} text */
const plain = (text) => text.replace(/[^ -~]/g, '?');

/**
 * The reader's own word, or that it stumbled.
 * @param {string} kind
 * @param {string} message
 * @param {number} [at]   line, from 1
 */
function unreadable(kind, message, at = 0) {
    const line = at > 0 ? at : null, reason = /^\w*Error\b/.test(message) ? 'it is damaged' : plain(message);
    return new ParseError(`${line ? `line ${line}: ` : ''}this ${kind} file cannot be read: ${reason}`, line);
}

/**
 * The blocks with atoms, at least one.
 * @param {Outcome} outcome
 * @param {string} kind
 */
function atomBlocks(outcome, kind) {
    if (outcome.isError) throw unreadable(kind, outcome.message, outcome.line);
    const {blocks} = outcome.result;
    const found = blocks.filter(({categories}) => (categories.atom_site?.rowCount ?? 0) > 0);
    if (found.length) return found;
    const names = blocks.flatMap(({categories}) => Object.keys(categories)).map((name) => `_${plain(name)}`);
    const shown = names.slice(0, 4).join(', ') + (names.length > 4 ? ` and ${names.length - 4} more` : '');
    throw new ParseError(`no atoms: the ${kind} file has no rows of _atom_site (it holds ${shown || 'no data'})`);
}

/** The columns of _atom_site by their names in lower case: the names of CIF know no case. */
class Columns {
    #category;
    #names;
    #kind;

    /**
     * @param {Category} category
     * @param {string} kind
     */
    constructor(category, kind) {
        this.#category = category;
        this.#names = new Map(category.fieldNames.map((name) => [name.toLowerCase(), name]));
        this.#kind = kind;
    }

    /** @param {string} name */
    has(name) {
        return this.#names.has(name.toLowerCase());
    }

    /** @param {string} name */
    #field(name) {
        const field = this.#category.getField(this.#names.get(name.toLowerCase()) ?? '');
        const {rowCount} = this.#category;
        if (!field || field.rowCount === rowCount) return field;
        throw new ParseError(`the ${this.#kind} file is damaged: _atom_site.${name} has ${field.rowCount} values for `
            + `${rowCount} atoms`);
    }

    /**
     * The text of the first of the columns that says something.
     * @param {string[]} names
     * @returns {Words}
     */
    words(...names) {
        const [field, ...others] = names.map((name) => this.#field(name)).filter((each) => each !== undefined);
        if (!field) return () => '';
        const rest = others.length ? this.words(...names.slice(names.findIndex((name) => this.has(name)) + 1)) : null;
        return (row) => {
            const text = field.str(row);
            if (text !== '' && text !== '.' && text !== '?' && text !== undefined) return text;
            return rest ? rest(row) : '';
        };
    }

    /**
     * @param {string[]} names
     * @returns {Numbers}
     */
    numbers(...names) {
        const words = this.words(...names);
        return (row) => {
            const text = words(row);
            return text === '' ? NaN : Number(text);
        };
    }

    /** Refuses a file that has none of the columns. @param {readonly string[]} names */
    require(names) {
        if (names.some((name) => this.#field(name))) return;
        throw new ParseError(`the ${this.#kind} file has no column ${names.map((name) =>
            `_atom_site.${name}`).join(' or ')}`);
    }
}

/**
 * How a row becomes an atom.
 * @param {Columns} columns
 * @param {AtomTable} table
 */
function atomReader(columns, table) {
    for (const names of Object.values(NEEDED)) columns.require(names);
    const [x, y, z, number] = [NEEDED.x, NEEDED.y, NEEDED.z, NEEDED.number].map((names) => columns.numbers(...names));
    const [name, residue, chain, record, element, altloc, insertion, occupancy] = [
        NEEDED.name, NEEDED.residue, ['auth_asym_id', 'label_asym_id'], ['group_PDB'], ['type_symbol'],
        ['label_alt_id'], ['pdbx_PDB_ins_code'], ['occupancy']
    ].map((names) => columns.words(...names));
    const bFactor = columns.numbers('B_iso_or_equiv');
    const place = columns.has('label_seq_id') ? columns.words('label_seq_id') : () => '1';
    const [asym, seq] = [columns.words('label_asym_id'), columns.numbers('label_seq_id')];
    return (/** @type {number} */ row) => ({
        xyz: /** @type {const} */ ([x(row), y(row), z(row)]), number: number(row), bFactor: bFactor(row),
        occupancy: Number(occupancy(row) || 1), chain: table.chain(chain(row)), name: name(row), residue: residue(row),
        element: element(row), altloc: altloc(row), insertion: insertion(row), hetero: record(row) === 'HETATM',
        tail: place(row) === '', labelChain: asym(row) ? table.chain(asym(row)) : -1, labelNumber: seq(row)
    });
}

/** No model has it as its number. */
const NO_NUMBER = -1;

/**
 * The models in the order of the file, and the place of one among them: by its number, where all have one, else by its
 * place from 1; -1 where it is not there.
 * @param {Words} model
 * @param {number} rows
 * @param {number} wanted   0 is the first
 */
function listModels(model, rows, wanted) {
    /** @type {Map<string, number>} */
    const sizes = new Map();
    for (let row = 0; row < rows; row++) sizes.set(model(row), (sizes.get(model(row)) ?? 0) + 1);
    const names = [...sizes.keys()];
    const numbers = names.map((name) => (/^\d{1,9}$/.test(name) ? Number(name) : NO_NUMBER));
    const numbered = new Set(numbers).size === numbers.length && !numbers.includes(NO_NUMBER);
    const place = wanted === 0 ? 0 : numbered ? numbers.indexOf(wanted) : names.length < wanted ? -1 : wanted - 1;
    const largest = [...sizes.values()].reduce((most, each, i) => (i === place ? most : Math.max(most, each)), 0);
    return {names, numbers, place, size: sizes.get(names[place]) ?? 0, largest};
}

/**
 * One model of the first block with atoms; none of its atoms where it is not there, which the core says.
 * @param {Outcome} outcome
 * @param {string} kind
 * @param {number} wanted
 */
function tableOf(outcome, kind, wanted) {
    const blocks = atomBlocks(outcome, kind), site = blocks[0].categories.atom_site;
    const columns = new Columns(site, kind);
    columns.require(NEEDED.x);   // as long as the file says
    const model = columns.words('pdbx_PDB_model_num');
    const {names, numbers, place, size, largest} = listModels(model, site.rowCount, wanted);
    const table = new AtomTable(size), atom = atomReader(columns, table);
    if (blocks.length > 1) {
        table.note(`only the first of ${blocks.length} data blocks with atoms is read: ${blocks[0].header}`);
    }
    if (!columns.has('auth_seq_id')) {
        table.note('the file has no author numbers (_atom_site.auth_seq_id): residues have their label numbers');
    }
    for (let row = 0; row < site.rowCount; row++) if (model(row) === names[place]) table.add(atom(row));
    return table.bytes({numbers, place, largest});
}

/**
 * @param {Uint8Array} bytes
 * @param {'mmcif' | 'bcif'} format
 * @param {{model?: number, assembly?: string | number}} [options]
 * @returns {Promise<Uint8Array>} a table for the core, behind the operators of an assembly if one is asked for
 */
export async function cifAtoms(bytes, format, {model = 0, assembly} = {}) {
    const kind = format === 'bcif' ? 'BinaryCIF' : 'mmCIF';
    try {
        const outcome = await parse(bytes, format), table = tableOf(outcome, kind, model);
        if (assembly === undefined) return table;
        const {cifAssembly} = await import('./assembly.js');
        return cifAssembly(atomBlocks(outcome, kind)[0].categories, assembly).before(table);
    } catch (error) {
        if (error instanceof ParseError || error instanceof ConstraintError) throw error;
        // others are of the reader: columns that cannot be decoded
        throw Object.assign(unreadable(kind, String(error)), {cause: error});
    }
}
