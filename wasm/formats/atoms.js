/* SPDX-License-Identifier: MIT
 *
 * atoms.js - atoms as the table that the core takes for a structure (src/protein/table.h), whatever file they are from.
 *
 *   new AtomTable(room) --chain(name), add(atom), note(text)--> bytes()
 */

/**
 * @typedef {object} Atom   what stands in the file; NaN where a number does not
 * @property {readonly [number, number, number]} xyz   angstrom
 * @property {number} occupancy   1 where nothing is said
 * @property {number} bFactor
 * @property {number} chain       from chain()
 * @property {number} number      of the residue
 * @property {number} labelChain  of its other numbering: from chain(), or -1
 * @property {number} labelNumber
 * @property {string} name
 * @property {string} residue
 * @property {string} element
 * @property {string} altloc      '' for none, like the next one
 * @property {string} insertion
 * @property {boolean} hetero     a HETATM record
 * @property {boolean} tail       no part of its chain's polymer
 */

const MAGIC = [0x89, 0x57, 0x45, 0x46, 0x54, 0x31, 0x0d, 0x0a];
const HEAD = 40, ATOM = 56;   // bytes
const NOWHERE = -(2 ** 31);   // a residue number that the core does not take for one

/** @param {number} number */
const whole = (number) => (Number.isInteger(number) && Math.abs(number) < 2 ** 31 ? number : NOWHERE);

export class AtomTable {
    /** @type {DataView} */
    #view;
    /** @type {Map<string, number>} */
    #chains = new Map();
    /** @type {string[]} */
    #notes = [];
    #count = 0;

    /** @param {number} room   atoms, at most */
    constructor(room) {
        this.#view = new DataView(new ArrayBuffer(HEAD + room * ATOM));
    }

    get count() {
        return this.#count;
    }

    /**
     * The number of the chain of that name; '' is one without a name.
     * @param {string} name
     */
    chain(name) {
        const known = this.#chains.get(name);
        if (known !== undefined) return known;
        this.#chains.set(name, this.#chains.size);
        return this.#chains.size - 1;
    }

    /** A sentence for the user. @param {string} text */
    note(text) {
        this.#notes.push(text);
    }

    /** @param {Atom} atom */
    add({xyz, occupancy, bFactor, chain, number, labelChain, labelNumber, ...atom}) {
        const view = this.#view, at = HEAD + this.#count++ * ATOM;
        [...xyz, occupancy, bFactor].forEach((value, i) => view.setFloat32(at + 4 * i, value, true));
        view.setInt32(at + 20, chain, true);
        view.setInt32(at + 24, whole(number), true);
        view.setInt32(at + 28, labelChain, true);
        view.setInt32(at + 32, whole(labelNumber), true);
        this.#text(at + 36, atom.name, 4);
        this.#text(at + 40, atom.residue, 7);
        this.#text(at + 48, atom.element.toUpperCase(), 2);
        this.#text(at + 50, atom.altloc, 1);
        this.#text(at + 51, atom.insertion, 1);
        view.setUint8(at + 52, Number(atom.hetero));
        view.setUint8(at + 53, Number(atom.tail));
    }

    /**
     * @param {number} at
     * @param {string} text   what is longer than its field is cut
     * @param {number} size
     */
    #text(at, text, size) {
        for (let i = 0; i < Math.min(size, text.length); i++) {
            this.#view.setUint8(at + i, Math.min(text.charCodeAt(i), 0x7f));   // no ASCII: the core writes '?'
        }
    }

    /**
     * @param {{numbers?: readonly number[], place?: number, largest?: number}} [models]   their
     *     numbers, -1 for none; the place among them of the one that is here, from 0; the most atoms of another one
     * @returns {Uint8Array}
     */
    bytes({numbers = [], place = 0, largest = 0} = {}) {
        const names = [...this.#chains.keys(), ...this.#notes].map((text) => `${text.replace(/[^ -~]/g, '?')}\0`);
        const texts = new TextEncoder().encode(names.join(''));
        const end = HEAD + this.#count * ATOM;
        const out = new Uint8Array(end + 4 * numbers.length + texts.length);
        out.set(new Uint8Array(this.#view.buffer, 0, end));
        out.set(texts, end + 4 * numbers.length);
        out.set(MAGIC);
        const view = new DataView(out.buffer);
        [this.#count, this.#chains.size, this.#notes.length, texts.length, numbers.length, largest, place].forEach(
            (value, i) => view.setInt32(MAGIC.length + 4 * i, value, true));
        numbers.forEach((value, i) => view.setInt32(end + 4 * i, value, true));
        return out;
    }
}
