/* SPDX-License-Identifier: MIT
 *
 * structure.js - a parsed structure: one row per residue, chain by chain in file order.
 *
 *   PDB text --core--> Structure {chains, sequence, mask, numbers, ...}      selection text -> rows      rows -> text
 *
 * What a program reads is copied out once; the core's own structure stays behind HANDLE for encodings and selections.
 */
import {altloc as altlocs} from './abi.js';
import {HANDLE, Handle} from './heap.js';
import {ConstraintError, ParseError} from './errors.js';
import {resolveSeed} from './seed.js';

/** The letters of this field's models in their index order; X is what is unknown. */
export const LETTERS = 'ACDEFGHIKLMNPQRSTVWYX';
export const LETTER_COUNT = LETTERS.length;
export const LETTER_X = LETTERS.indexOf('X');
export const BACKBONE_NUMBERS = 12;   // of N, CA, C and O

/** @typedef {{name: string, start: number, length: number, sequence: string}} Chain   rows start .. start+length-1 */
/** @typedef {{text: string, line: number | null}} Issue   what was noticed in the file, and in which line */
/** @typedef {{mask: Uint8Array, count: number, text: string}} Selection   rows, how many, and spelled out */
/** @typedef {string | ArrayLike<number> | ArrayLike<boolean>} RowChoice   a selection, or one truth value per row */

/**
 * @param {ArrayLike<number>} letters
 * @returns {string}
 */
export function spell(letters) {
    let text = '';
    for (let i = 0; i < letters.length; i++) text += LETTERS[letters[i]];
    return text;
}

/**
 * How the selection grammar names a chain in front of a number: A12, but AA:12 and 1:45.
 * @param {string} name
 */
function chainPrefix(name) {
    return /^[A-Za-z]$/.test(name) ? name : `${name}:`;
}

/** @typedef {{rows: Uint8Array} | {backbone: Float32Array}} Step   rows to keep; or where N, CA, C and O are,
 *     [row][4][3], angstrom */
/** @typedef {'first' | 'occupancy'} Altloc   which alternate location of a residue's atoms is read: the first of each
 *     atom, or the one that has the highest occupancy in the residue */
/** @typedef {{model?: number, altloc?: Altloc}} Choice   model: by its number; the first unless told */
/** @typedef {Choice & {bytes: Uint8Array, steps?: readonly Step[]}} Source   a file, what is read of it, and what was
 *     made of that since */

/**
 * A structure of the core that differs from another one.
 * @param {import('./heap.js').Core} core
 * @param {number} pointer
 * @param {Step} step
 */
export function derivedStructure(core, pointer, step) {
    const {c} = core;
    return core.scope((put) => core.created('rows' in step ? c.weft_structure_part(pointer, put(step.rows))
        : c.weft_structure_moved(pointer, put(step.backbone))));
}

/**
 * Copies text into the core, parses it there and takes all steps.
 * @param {import('./heap.js').Core} core
 * @param {Source} source
 * @returns {number} the caller frees it
 */
export function openStructure(core, {bytes, model = 0, altloc = 'first', steps = []}) {
    const {c} = core;
    const number = model === (model | 0) ? model : -1;   // the core says what is wrong with others
    const first = core.scope((put) => core.created(c.weft_structure_parse(put(bytes), bytes.length, number,
        altlocs[altloc] ?? -1)));
    return steps.reduce((pointer, step) => {
        try {
            return derivedStructure(core, pointer, step);
        } finally {
            core.free('weft_structure_free', pointer);
        }
    }, first);
}

export class Structure {
    /** @type {string} */
    name;
    /** @type {readonly Chain[]} */
    chains;
    /** How many rows there are. @type {number} */
    length;
    /** The file's letters, X where there is none. @type {string} */
    sequence;
    /** The same as indices into LETTERS. @type {Int8Array} */
    letters;
    /** 1 where N, CA, C and O are all present. @type {Uint8Array} */
    mask;
    /** 1 where CA is present: all that a CA-only model needs. @type {Uint8Array} */
    carbons;
    /** 1 where the residue has no standard letter. @type {Uint8Array} */
    unknown;
    /** Residue numbers of the file. @type {Int32Array} */
    numbers;
    /** Insertion codes, one character for each row, ' ' for none. @type {string} */
    insertions;
    /** Chain index of each row. @type {Int32Array} */
    chainOf;
    /** The number of the model that was read: what the file prints, or its place from 1. @type {number} */
    model;
    /** The numbers of all models of the file. @type {Int32Array} */
    models;
    /** @type {readonly Issue[]} */
    issues;

    /**
     * Made by Engine.parse.
     * @param {import('./heap.js').Core} core
     * @param {number} pointer   which is its own from now on
     * @param {string} name
     */
    constructor(core, pointer, name) {
        const {c} = core;
        this[HANDLE] = new Handle(core, pointer, () => core.free('weft_structure_free', pointer));
        const n = c.weft_structure_length(pointer);
        this.name = name;
        this.length = n;
        this.letters = core.take(Int8Array, c.weft_structure_letters(pointer), n);
        this.sequence = spell(this.letters);
        this.mask = core.take(Uint8Array, c.weft_structure_mask(pointer), n);
        this.carbons = core.take(Uint8Array, c.weft_structure_carbons(pointer), n);
        this.unknown = core.take(Uint8Array, c.weft_structure_unknown(pointer), n);
        this.numbers = core.take(Int32Array, c.weft_structure_numbers(pointer), n);
        const codes = core.take(Uint8Array, c.weft_structure_insertions(pointer), n);
        this.insertions = new TextDecoder('latin1').decode(codes);
        this.chainOf = core.take(Int32Array, c.weft_structure_chains(pointer), n);
        this.model = c.weft_structure_model(pointer);
        this.models = core.take(Int32Array, c.weft_structure_models(pointer), c.weft_structure_model_count(pointer));
        let end = 0;
        this.chains = Array.from({length: c.weft_structure_chain_count(pointer)}, (_, chain) => {
            const start = end;
            while (this.chainOf[end] === chain) end++;
            const length = end - start;
            const chainName = core.text(c.weft_structure_chain_name(pointer, chain));
            return {name: chainName, start, length, sequence: this.sequence.slice(start, start + length)};
        });
        this.issues = Array.from({length: c.weft_structure_issue_count(pointer)}, (_, i) => {
            const line = c.weft_structure_issue_line(pointer, i);
            return {text: core.text(c.weft_structure_issue(pointer, i)), line: line > 0 ? line : null};
        });
    }

    /**
     * The row's name as a selection would spell it: 'A45', 'H100A', 'AA:12'.
     * @param {number} row
     */
    rowName(row) {
        return chainPrefix(this.chains[this.chainOf[row]].name) + this.#number(row);
    }

    /** @param {number} row */
    #number(row) {
        return this.numbers[row] + this.insertions[row].trim();
    }

    /**
     * Resolves a selection such as 'A12-20,B42D' or '!within 6 of B'.
     * @param {string} text
     * @returns {Selection}
     */
    select(text) {
        const {core, pointer} = this[HANDLE];
        const mask = core.scope((put) => {
            const rows = put(new Uint8Array(this.length));
            core.check(core.c.weft_structure_select(pointer, put(text), rows));
            return core.take(Uint8Array, rows, this.length);
        });
        return this.describe(mask);
    }

    /**
     * Resolves ties such as 'homomer', 'A=B', 'repeat:A,35,5' or 'A12*1=B12*-0.5' into groups of rows.
     * @param {string} text
     * @returns {{groups: {row: number, weight: number}[][], report: string}}   report: how, and what is not tied
     */
    ties(text) {
        const {core, pointer} = this[HANDLE];
        const {c} = core;
        return core.scope((put) => {
            const words = put(text), n = this.length;
            const [starts, rows] = [(n >> 1) + 1, n].map((size) => put(new Int32Array(size)));
            const weights = put(new Float32Array(n));
            const count = core.check(c.weft_structure_ties(pointer, words, starts, rows, weights));
            const start = core.take(Int32Array, starts, count + 1);
            const row = core.take(Int32Array, rows, start[count]);
            const weight = core.take(Float32Array, weights, start[count]);
            const size = core.check(c.weft_structure_ties_report(pointer, words, 0, 0)) + 1;
            const report = put(new Uint8Array(size));
            core.check(c.weft_structure_ties_report(pointer, words, report, size));
            return {
                groups: Array.from({length: count}, (_, g) =>
                    Array.from(row.subarray(start[g], start[g + 1]), (each, i) =>
                        ({row: each, weight: weight[start[g] + i]}))),
                report: core.text(report)
            };
        });
    }

    /**
     * Where N, CA, C and O are, NaN where one is missing, with Gaussian noise of a deviation if that is asked for.
     * @param {{noise?: number, seed?: number | bigint}} [options]   noise: angstrom
     * @returns {Float32Array} [row][N, CA, C, O][x, y, z], angstrom
     */
    backbone({noise = 0, seed = 0} = {}) {
        if (!(noise >= 0 && Number.isFinite(Math.fround(noise)))) {
            throw new ConstraintError(`noise: ${noise} is no number of at least 0`, String(noise));
        }
        const {core, pointer} = this[HANDLE];
        const {low, high} = resolveSeed(seed);
        return core.scope((put) => {
            const xyz = put(new Float32Array(this.length * BACKBONE_NUMBERS));
            core.c.weft_structure_backbone(pointer, noise, low, high, xyz);
            return core.take(Float32Array, xyz, this.length * BACKBONE_NUMBERS);
        });
    }

    /**
     * The B-factor of each row's CA, NaN without one; predictions have their confidence (pLDDT) there.
     * @returns {Float32Array}
     */
    bFactors() {
        const {core, pointer} = this[HANDLE];
        return core.scope((put) => {
            const values = put(new Float32Array(this.length));
            core.c.weft_structure_b_factors(pointer, values);
            return core.take(Float32Array, values, this.length);
        });
    }

    /**
     * A choice of rows, given as a selection or as one truth value for each row.
     * @param {RowChoice} choice
     * @returns {Uint8Array}
     */
    rows(choice) {
        if (typeof choice === 'string') return this.select(choice).mask;
        if (choice.length !== this.length) {
            throw new ConstraintError(`a mask has ${choice.length} values for ${this.length} residues`);
        }
        return Uint8Array.from(/** @type {ArrayLike<number>} */ (choice), (value) => (value ? 1 : 0));
    }

    /**
     * 1 for each row that a model of this family can see.
     * @param {string} family   of Weights
     */
    visible(family) {
        return family === 'ca' ? this.carbons : this.mask;
    }

    /**
     * Rows as a short text in the selection grammar, with their count.
     * @param {Uint8Array} mask
     * @returns {Selection}
     */
    describe(mask) {
        const ranges = [];
        let count = 0;
        for (let row = 0; row < this.length; row++) {
            if (!mask[row]) continue;
            const first = row;
            while (row + 1 < this.length && mask[row + 1] && this.chainOf[row + 1] === this.chainOf[first]) row++;
            count += row - first + 1;
            ranges.push(row === first ? this.rowName(row) : `${this.rowName(first)}-${this.#number(row)}`);
        }
        return {mask, count, text: ranges.join(',')};
    }

    /**
     * A row's chain by name.
     * @param {string} name
     * @returns {Chain}
     */
    chain(name) {
        const chain = this.chains.find((each) => each.name === name);
        if (chain) return chain;
        const names = this.chains.map((each) => each.name).join(', ');
        throw new ConstraintError(`there is no chain '${name}'; the file has ${names}`, name);
    }

    /**
     * The chains with a row in the mask.
     * @param {Uint8Array} mask
     */
    chainsWith(mask) {
        return this.chains.filter(({start, length}) => mask.subarray(start, start + length).includes(1));
    }

    dispose() {
        this[HANDLE].dispose();
    }
}

/**
 * Text or bytes as bytes.
 * @param {string | ArrayBuffer | ArrayBufferView} data
 * @param {string} [format]
 */
export function structureBytes(data, format = 'pdb') {
    if (format !== 'pdb') throw new ParseError(`parse reads no '${format}'; engine.open does`);
    if (typeof data === 'string') return new TextEncoder().encode(data);
    if (data instanceof ArrayBuffer) return new Uint8Array(data);
    if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    throw new TypeError('a structure must be text or bytes');
}
