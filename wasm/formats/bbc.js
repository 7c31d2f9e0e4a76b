/* SPDX-License-Identifier: MIT
 *
 * bbc.js - sets of protein backbones in one file: N, CA, C and O, letters and residue numbers of many chains.
 *
 *   bytes --readBbc--> entries of chains      entry --pdb--> text that Engine.parse reads
 *
 * Little-endian. Header of 32 bytes: "BBC1", u32 version, entries, chains, residues, f32 scale, two spare u32. A table
 * of chains, 32 bytes each: u32 first residue, residues, entry, char name[8], f32 origin[3]. Coordinates:
 *   version 1, residue by residue: f32 xyz of N, CA, C, O in Å
 *   version 2 (in files .bbc.gz): a block for each of CA, N, C, O with the low bytes of all xyz, then the high bytes;
 *             i16 numbers in units of scale Å. CA: the difference from the CA before it in the chain (the first from
 *             0), modulo 2^16. N, C, O: the difference from the residue's own CA. All from the chain's origin.
 * Then for all residues i16 number, u8 insertion code (0: none), u8 letter, an index into ACDEFGHIKLMNPQRSTVWYX.
 */
import {ParseError} from '../errors.js';
import {RESIDUE_NAMES} from './residues.js';

const HEADER_BYTES = 32;
const CHAIN_BYTES = 32;
const COORDINATES = {1: 48, 2: 24};   // bytes of a residue, by version
const ATOMS = ['N', 'CA', 'C', 'O'];
const BLOCKS = ['CA', 'N', 'C', 'O'];
const HYBRID = {first: 10000, code: 10 * 36 ** 3};   // residue number 10000 is written A000

/** @typedef {{name: string, first: number, length: number, origin: number[]}} BbcChain   residues first .. +length-1 */

/** What a set holds; coordinates are read when an entry is asked for. */
export class Bbc {
    #data;
    #version;
    #scale;
    #residues;
    #start;

    /**
     * Use readBbc.
     * @param {DataView} data
     * @param {{version: 1 | 2, scale: number, residues: number, start: number}} layout   start: of the coordinates
     * @param {BbcChain[][]} entries
     */
    constructor(data, {version, scale, residues, start}, entries) {
        this.#data = data;
        this.#version = version;
        this.#scale = scale;
        this.#residues = residues;
        this.#start = start;
        /** Chains, entry by entry. */
        this.entries = entries;
    }

    /**
     * Coordinates of a chain, [residue][atom N, CA, C, O][x, y, z] in Å, unrounded.
     * @param {BbcChain} chain
     * @returns {Float64Array}
     */
    coordinates(chain) {
        return this.#version === 1 ? this.#floats(chain) : this.#differences(chain);
    }

    /** @param {BbcChain} chain */
    #floats({first, length}) {
        const at = this.#start + first * COORDINATES[1];
        return Float64Array.from({length: 12 * length}, (_, i) => this.#data.getFloat32(at + 4 * i, true));
    }

    /** @param {BbcChain} chain */
    #differences({first, length, origin}) {
        const plane = 3 * this.#residues;
        const xyz = new Float64Array(12 * length);
        const carbon = new Int16Array(3 * length);   // as 16 bits, sums wrap as they should
        BLOCKS.forEach((atom, block) => {
            const low = this.#start + 2 * plane * block + 3 * first;
            for (let i = 0; i < 3 * length; i++) {
                const step = this.#data.getUint8(low + i) | (this.#data.getInt8(low + plane + i) << 8);
                if (atom === 'CA') carbon[i] = step + (i < 3 ? 0 : carbon[i - 3]);
                const units = atom === 'CA' ? carbon[i] : carbon[i] + step;
                const place = 12 * Math.floor(i / 3) + 3 * ATOMS.indexOf(atom) + i % 3;
                xyz[place] = origin[i % 3] + this.#scale * units;
            }
        });
        return xyz;
    }

    /**
     * Residue number, insertion code and letter index of a residue.
     * @param {number} residue
     */
    residue(residue) {
        const numbers = this.#start + this.#residues * COORDINATES[this.#version];
        const codes = numbers + 2 * this.#residues;
        const code = this.#data.getUint8(codes + residue);
        return {
            number: this.#data.getInt16(numbers + 2 * residue, true),
            insertion: code === 0 ? ' ' : String.fromCharCode(code),
            letter: this.#data.getUint8(codes + this.#residues + residue)
        };
    }

    /**
     * An entry as a PDB file. Three decimals lose nothing where the coordinates come from PDB files; others move by
     * half of 0.001 Å at most. A chain whose name has no room there, or is taken, gets another one.
     * @param {number} index
     * @returns {string}
     */
    pdb(index) {
        const chains = this.entries[index];
        const names = shortNames(chains.map((chain) => chain.name));
        const lines = [];
        let serial = 0;
        for (const [c, chain] of chains.entries()) {
            const xyz = this.coordinates(chain);
            for (let row = 0; row < chain.length; row++) {
                const place = this.#place(chain, row, names[c]);
                for (const [a, atom] of ATOMS.entries()) {
                    const at = 12 * row + 3 * a;
                    const number = String(++serial % 1e5).padStart(5);
                    const numbers = Array.from(xyz.subarray(at, at + 3), (value) => decimals(value, chain, row));
                    lines.push(`ATOM  ${number}  ${atom.padEnd(3)} ${place}   ${numbers.join('')}  1.00  0.00`);
                }
            }
            lines.push('TER');
        }
        return `${lines.join('\n')}\nEND\n`;
    }

    /**
     * Residue name, chain, number and insertion code, columns 18 to 27.
     * @param {BbcChain} chain
     * @param {number} row
     * @param {string} name
     */
    #place(chain, row, name) {
        const {number, insertion, letter} = this.residue(chain.first + row);
        if (letter >= RESIDUE_NAMES.length || insertion < ' ' || insertion > '~') {
            throw new ParseError(`chain ${chain.name}, residue ${row + 1}: the letter or insertion code is damaged`);
        }
        const text = number < HYBRID.first ? String(number)
            : (number - HYBRID.first + HYBRID.code).toString(36).toUpperCase();
        if (text.length > 4) {
            throw new ParseError(`chain ${chain.name}, residue ${row + 1}: there is no room for the number ${number}`);
        }
        return `${RESIDUE_NAMES[letter]} ${name}${text.padStart(4)}${insertion}`;
    }
}

/**
 * @param {number} value
 * @param {BbcChain} chain
 * @param {number} row
 */
function decimals(value, chain, row) {
    const text = value.toFixed(3);
    if (Math.abs(value) < 1e5 && text.length <= 8) return text.padStart(8);
    throw new ParseError(`chain ${chain.name}, residue ${row + 1}: ${value} is no coordinate`);
}

/**
 * One character for each chain, its own name where that can be.
 * @param {readonly string[]} names
 */
function shortNames(names) {
    const letters = Array.from({length: 94}, (_, i) => String.fromCharCode(33 + i));
    const preferred = [...letters.filter((c) => /[A-Z]/.test(c)), ...letters.filter((c) => !/[A-Z]/.test(c))];
    /** @type {Set<string>} */
    const taken = new Set();
    const short = names.map((name) => {
        const own = name.length === 1 && !taken.has(name);
        if (own) taken.add(name);
        return own ? name : null;
    });
    return short.map((own) => {
        const name = own ?? preferred.find((each) => !taken.has(each));
        if (name === undefined) throw new ParseError(`${names.length} chains are more than a PDB file has names for`);
        taken.add(name);
        return name;
    });
}

/**
 * Reads the table of a set, unpacked. Sizes are compared with the bytes that are there before anything is made of them.
 * @param {Uint8Array} bytes
 * @returns {Bbc}
 */
export function readBbc(bytes) {
    const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (data.byteLength < HEADER_BYTES || String.fromCharCode(...bytes.subarray(0, 4)) !== 'BBC1') {
        throw new ParseError('this is no .bbc file');
    }
    const [version, entryCount, chainCount, residues] = [4, 8, 12, 16].map((at) => data.getUint32(at, true));
    if (version !== 1 && version !== 2) throw new ParseError(`.bbc version ${version} is not known`);
    const scale = data.getFloat32(20, true);
    const start = HEADER_BYTES + CHAIN_BYTES * chainCount;
    const size = start + residues * (COORDINATES[version] + 4);
    if (size !== data.byteLength) {
        throw new ParseError(`the file has ${data.byteLength} bytes, its header asks for ${size}: `
            + `${size > data.byteLength ? 'it is cut short' : 'something follows'} or the header is damaged`);
    }
    if (entryCount > chainCount) throw new ParseError(`${entryCount} entries cannot have ${chainCount} chains`);
    if (version === 2 && !(scale > 0 && scale < Infinity)) throw new ParseError(`${scale} is no unit of coordinates`);
    /** @type {BbcChain[][]} */
    const entries = Array.from({length: entryCount}, () => []);
    let next = 0;
    for (let i = 0; i < chainCount; i++) {
        const {entry, chain} = readChain(data, HEADER_BYTES + CHAIN_BYTES * i);
        if (chain.first !== next || chain.length === 0 || next + chain.length > residues || entry >= entryCount) {
            throw new ParseError(`the table is damaged at chain ${i + 1}`);
        }
        next += chain.length;
        entries[entry].push(chain);
    }
    if (next !== residues) throw new ParseError(`the chains have ${next} of ${residues} residues`);
    const empty = entries.findIndex((chains) => chains.length === 0);
    if (empty >= 0) throw new ParseError(`entry ${empty + 1} has no chain`);
    return new Bbc(data, {version, scale, residues, start}, entries);
}

/**
 * @param {DataView} data
 * @param {number} at
 */
function readChain(data, at) {
    const [first, length, entry] = [0, 4, 8].map((offset) => data.getUint32(at + offset, true));
    const codes = Array.from({length: 8}, (_, i) => data.getUint8(at + 12 + i));
    const name = String.fromCharCode(...codes).replace(/\0+$/, '');
    const origin = [20, 24, 28].map((offset) => data.getFloat32(at + offset, true));
    if (!/^[!-~]+$/.test(name)) throw new ParseError(`a chain of entry ${entry + 1} has no readable name`);
    return {entry, chain: {name, first, length, origin}};
}
