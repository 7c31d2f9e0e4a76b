/* SPDX-License-Identifier: MIT
 *
 * identity.js - how much candidates differ, many thousand pairs in a moment.
 *
 *   candidates --by lengths of their chains--> groups --five bits a letter, 32 positions a word--> distance(a, b)
 *
 * Candidates whose chains have the same lengths are compared position by position, as designs of one backbone are,
 * without an alignment; others have distance 1. Distance is 1 - identity, identity the share of equal letters. A
 * position that no candidate of the group has a known letter at (a gap of the structure) is none.
 */
import {ConstraintError} from '../errors.js';
import {isKnown} from './properties.js';

/** @typedef {'all' | 'varied'} Compare   varied: without positions where all candidates of the group have one letter,
 *     as those that were fixed */

const BITS = 5, WORD = 32;

/** Ones in a word. @param {number} word */
function ones(word) {
    let bits = word - ((word >>> 1) & 0x55555555);
    bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
    return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/**
 * The positions that are compared.
 * @param {readonly string[]} texts   of equal length
 * @param {Compare} compare
 */
function columnsOf(texts, compare) {
    return Array.from({length: texts[0].length}, (_, i) => i).filter((i) => (compare === 'varied'
        ? texts.some((text) => text[i] !== texts[0][i]) : texts.some((text) => isKnown(text[i]))));
}

/** Candidates of equal lengths. Letter by letter, bit k of 32 positions is one word. */
class Group {
    /**
     * @param {readonly string[]} texts
     * @param {Compare} compare
     */
    constructor(texts, compare) {
        const columns = columnsOf(texts, compare);
        this.positions = columns.length;
        this.words = Math.ceil(columns.length / WORD);
        this.planes = new Int32Array(texts.length * this.words * BITS);
        for (const [row, text] of texts.entries()) {
            for (let word = 0; word < this.words; word++) {
                this.#pack(text, columns, word * WORD, (row * this.words + word) * BITS);
            }
        }
    }

    /**
     * Writes one word of each plane.
     * @param {string} text
     * @param {readonly number[]} columns
     * @param {number} from   the first of its columns
     * @param {number} at     where the planes have it
     */
    #pack(text, columns, from, at) {
        const count = Math.min(WORD, columns.length - from);
        let a = 0, b = 0, c = 0, d = 0, e = 0;
        for (let i = 0; i < count; i++) {
            const letter = text.charCodeAt(columns[from + i]);
            a |= (letter & 1) << i;
            b |= (letter >> 1 & 1) << i;
            c |= (letter >> 2 & 1) << i;
            d |= (letter >> 3 & 1) << i;
            e |= (letter >> 4 & 1) << i;
        }
        this.planes[at] = a;
        this.planes[at + 1] = b;
        this.planes[at + 2] = c;
        this.planes[at + 3] = d;
        this.planes[at + 4] = e;
    }

    /**
     * Positions where two differ; where there are more than `most`, some number above it.
     * @param {number} a
     * @param {number} b
     * @param {number} most
     */
    differences(a, b, most) {
        const {planes, words} = this, size = words * BITS, last = (a + 1) * size;
        let count = 0;
        for (let i = a * size, j = b * size; i < last && count <= most; i += BITS, j += BITS) {
            count += ones((planes[i] ^ planes[j]) | (planes[i + 1] ^ planes[j + 1]) | (planes[i + 2] ^ planes[j + 2])
                | (planes[i + 3] ^ planes[j + 3]) | (planes[i + 4] ^ planes[j + 4]));
        }
        return count;
    }
}

/** Distances between the candidates of a list, by their places in it. */
export class Distances {
    /** @type {Map<object, number>} */
    #places;

    /**
     * @param {readonly {chains: readonly string[]}[]} candidates   letters in upper case
     * @param {{compare?: Compare}} [options]
     */
    constructor(candidates, {compare = 'all'} = {}) {
        if (compare !== 'all' && compare !== 'varied') {
            throw new ConstraintError(`'${compare}' positions: compare all or varied ones`, compare);
        }
        this.#places = new Map(candidates.map((candidate, place) => [candidate, place]));
        /** @type {Map<string, number[]>} */
        const members = new Map();
        for (const [i, {chains}] of candidates.entries()) {
            const key = chains.map((chain) => chain.length).join('/');
            const places = members.get(key);
            if (places) places.push(i);
            else members.set(key, [i]);
        }
        this.groupOf = new Int32Array(candidates.length);
        this.rowOf = new Int32Array(candidates.length);
        this.groups = [...members.values()].map((places, group) => {
            places.forEach((place, row) => {
                this.groupOf[place] = group;
                this.rowOf[place] = row;
            });
            return new Group(places.map((place) => candidates[place].chains.join('')), compare);
        });
    }

    /**
     * Where candidates, the same objects, are in the list.
     * @param {readonly {name?: string, chains: readonly string[]}[]} candidates
     * @returns {Int32Array}
     */
    placesOf(candidates) {
        return Int32Array.from(candidates, (candidate) => {
            const place = this.#places.get(candidate);
            if (place !== undefined) return place;
            throw new ConstraintError(`${candidate.name ?? 'a candidate'} is none of those whose distances are known`);
        });
    }

    /** Positions that are compared in the group of a candidate. @param {number} a */
    positions(a) {
        return this.groups[this.groupOf[a]].positions;
    }

    /**
     * 1 - identity of two candidates; 0 where there is nothing to compare. Where it is above `most`, some number above.
     * @param {number} a
     * @param {number} b
     * @param {number} [most]
     */
    between(a, b, most = 1) {
        if (this.groupOf[a] !== this.groupOf[b]) return 1;
        const group = this.groups[this.groupOf[a]], {positions} = group;
        if (positions === 0) return 0;
        const count = group.differences(this.rowOf[a], this.rowOf[b], most * positions);
        return count / positions;
    }

    /**
     * Whether two have at least this identity.
     * @param {number} a
     * @param {number} b
     * @param {number} identity   0 to 1
     */
    alike(a, b, identity) {
        if (this.groupOf[a] !== this.groupOf[b]) return false;
        const group = this.groups[this.groupOf[a]];
        const most = (1 - identity) * group.positions + 1e-9;   // a rounding is no difference
        return group.differences(this.rowOf[a], this.rowOf[b], most) <= most;
    }
}
