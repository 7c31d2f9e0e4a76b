/* SPDX-License-Identifier: MIT
 *
 * cif_text.js - CIF text with the place of every value, so that a few of them can be changed and the rest stays as it
 * was. What is no structure Mol*'s reader has refused before; here a file only has to be cut in pieces.
 *
 *   text --readCif--> blocks of categories --set, drop--> edits --apply--> text
 */
import {ParseError} from './errors.js';

/** @typedef {{from: number, to: number, text: string}} Change */

const BLANK = /\s*/y, COMMENT = /#[^\r\n]*/y, WORD = /\S+/y;
const QUOTED = {"'": /'(?:[^'\r\n]|'(?=\S))*'(?=\s|$)/y, '"': /"(?:[^"\r\n]|"(?=\S))*"(?=\s|$)/y};
const WORDS = /^(data_|loop_$|save_|stop_$|global_$)/i;
const NOTHING = new Set(['.', '?']);

/** A category: rows of values, each known by its place in the text. */
export class CifCategory {
    /** Where the values begin and end, row by row. @type {number[]} */
    places = [];
    /** Where the tags of single values begin. @type {number[]} */
    tags = [];
    /** @type {Set<number>} rows that are left out */
    #dropped = new Set();

    /**
     * @param {CifText} text
     * @param {number | null} start   of loop_; null: a single row of tags with values
     */
    constructor(text, start) {
        this.text = text;
        this.start = start;
        /** Names in lower case. @type {string[]} */
        this.fields = [];
    }

    get rows() {
        return this.fields.length ? Math.floor(this.places.length / 2 / this.fields.length) : 0;
    }

    /** @param {string} name */
    has(name) {
        return this.fields.includes(name);
    }

    /** @param {number} row @param {number} field @returns {[from: number, to: number]} */
    #at(row, field) {
        const i = 2 * (row * this.fields.length + field);
        return [this.places[i], this.places[i + 1]];
    }

    /**
     * The values of the first of the columns that is there: '' where the file has none.
     * @param {...string} names
     * @returns {(row: number) => string}
     */
    column(...names) {
        const there = names.map((name) => this.fields.indexOf(name)).filter((field) => field >= 0);
        return (row) => {
            for (const field of there) {
                const value = this.text.value(this.#at(row, field));
                if (value !== '') return value;
            }
            return '';
        };
    }

    /**
     * Another value; nothing is done where there is no such column.
     * @param {number} row
     * @param {string} name
     * @param {string} value   as it stands in a file
     */
    set(row, name, value) {
        const field = this.fields.indexOf(name);
        if (field < 0) return;
        const [from, to] = this.#at(row, field);
        const old = this.text.source.slice(from, to);
        const wide = value.startsWith('\n') || /[\r\n]/.test(old) ? value : value.padEnd(old.length);
        this.text.change(from, to, /\S/.test(this.text.source.charAt(to)) ? value : wide);
    }

    /** Leaves rows out. @param {Iterable<number>} rows */
    drop(rows) {
        for (const row of rows) this.#dropped.add(row);
    }

    /** Tells the text which rows are left out; where none stays, all of the category is. */
    end() {
        const {text, start, places, tags, rows} = this, dropped = this.#dropped;
        const last = text.lineEnd(places[places.length - 1]);
        if (dropped.size >= rows && start !== null) {
            if (rows) text.change(start, last, '');
        } else if (start === null) {
            if (dropped.size) tags.forEach((from, i) => text.change(from, text.lineEnd(places[2 * i + 1]), ''));
        } else {
            for (const row of dropped) {
                text.change(this.#at(row, 0)[0], row + 1 < rows ? this.#at(row + 1, 0)[0] : last, '');
            }
        }
    }
}

export class CifText {
    /** @type {Map<string, CifCategory>[]} by their names in lower case */
    blocks = [];
    /** @type {Change[]} */
    #changes = [];

    /** @param {string} source */
    constructor(source) {
        this.source = source;
        this.#read();
    }

    /** @param {number} from @param {number} to @param {string} text */
    change(from, to, text) {
        this.#changes.push({from, to, text});
    }

    /** Behind the line's end where nothing else stands there. @param {number} at */
    lineEnd(at) {
        const blank = /[ \t]*(\r\n|\n|\r)/y;
        blank.lastIndex = at;
        return at + (blank.exec(this.source)?.[0].length ?? 0);
    }

    /** What stands at a place, '' for nothing. @param {readonly [number, number]} place */
    value([from, to]) {
        const raw = this.source.slice(from, to);
        if (NOTHING.has(raw)) return '';
        if (raw.startsWith(';') && raw.endsWith('\n;')) return raw.slice(1, -2).replace(/\r$/, '');
        return /^(['"]).*\1$/.test(raw) && raw.length > 1 ? raw.slice(1, -1) : raw;
    }

    /** The piece at a place: where it ends, and what kind of thing it is. @param {number} at */
    #piece(at) {
        const {source} = this, first = source.charAt(at);
        if (first === ';' && (at === 0 || /[\r\n]/.test(source.charAt(at - 1)))) {
            const end = source.indexOf('\n;', at);
            if (end < 0) throw new ParseError('a text of several lines has no end');
            return {end: end + 2, kind: 'value'};
        }
        for (const pattern of first === "'" || first === '"' ? [QUOTED[first], WORD] : [WORD]) {
            pattern.lastIndex = at;
            const match = pattern.exec(source)?.[0];
            if (match === undefined) continue;
            const word = pattern === WORD, kind = !word ? 'value' : first === '_' ? 'tag'
                : WORDS.test(match) ? match.slice(0, 5).toLowerCase() : 'value';
            return {end: at + match.length, kind};
        }
        return {end: at + 1, kind: 'value'};
    }

    /** @param {RegExp} pattern   sticky @param {number} at */
    #behind(pattern, at) {
        pattern.lastIndex = at;
        return at + (pattern.exec(this.source)?.[0].length ?? 0);
    }

    #read() {
        const {source} = this;
        /** @type {CifCategory | null} */
        let category = null;
        /** @type {number | null} */
        let loop = null, filling = false;
        for (let at = 0; ;) {
            at = this.#behind(BLANK, at);
            if (at >= source.length) return;
            if (source.charAt(at) === '#') {
                at = this.#behind(COMMENT, at);
                continue;
            }
            const {end, kind} = this.#piece(at);
            if (kind === 'data_' || kind === 'save_' || kind === 'globa') this.blocks.push(new Map());
            if (kind === 'tag') {
                category = this.#tagged(source.slice(at, end), filling ? null : loop, at);
                if (filling) loop = null;
                filling = false;
            } else if (kind === 'value') {
                category?.places.push(at, end);
                if (loop !== null) filling = true;
                else category = null;
            } else {
                loop = kind === 'loop_' ? at : null;
                filling = false;
                category = null;
            }
            at = end;
        }
    }

    /** @param {string} tag @param {number | null} loop @param {number} at */
    #tagged(tag, loop, at) {
        const [name, field = ''] = tag.slice(1).toLowerCase().split(/\.(.*)/s);
        if (!this.blocks.length) this.blocks.push(new Map());
        const block = this.blocks[this.blocks.length - 1];
        const known = block.get(name);
        const category = known && known.start === loop ? known : new CifCategory(this, loop);
        if (!known) block.set(name, category);
        category.fields.push(field);
        if (loop === null) category.tags.push(at);
        return category;
    }

    /** The text with all changes. */
    apply() {
        for (const block of this.blocks) for (const category of block.values()) category.end();
        let out = '', at = 0;
        for (const {from, to, text} of this.#changes.sort((a, b) => a.from - b.from || b.to - a.to)) {
            if (from < at) continue;   // inside of what is left out
            out += this.source.slice(at, from) + text;
            at = to;
        }
        return out + this.source.slice(at);
    }
}
