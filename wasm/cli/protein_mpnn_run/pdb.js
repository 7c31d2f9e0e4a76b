/* SPDX-License-Identifier: MIT
 *
 * pdb.js - PDB files by the rules of the original's parser, which decide about places, gaps and letters.
 *
 *   text --ATOM records and selenomethionine--> residues by number and insertion code --gaps filled--> Record
 *
 * The first atom of a name and the first name of a residue win; alternate locations, occupancies and models are not
 * looked at. Every number that a chain leaves out between its first and last is a place without a letter.
 */
import {ParseError} from '../../index.js';

/**
 * @typedef {object} RecordChain
 * @property {string} sequence      one letter for each place, '-' where there is none
 * @property {Float32Array} atoms   [place][atom][x, y, z], NaN where missing; atoms as in atomNames
 */
/** @typedef {{name: string, sequence: string, chains: Map<string, RecordChain>}} Record   one structure, parsed */

/** @typedef {{name: string, atoms: Map<string, number[]>}} Residue */
/** @typedef {Map<number, Map<string, Residue>>} Residues   by number, then by insertion code */

/** The atoms of each place, in their order. @param {boolean} caOnly */
export const atomNames = (caOnly) => (caOnly ? ['CA'] : ['N', 'CA', 'C', 'O']);

const CHAINS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const LETTERS = new Map([
    ['ALA', 'A'], ['ARG', 'R'], ['ASN', 'N'], ['ASP', 'D'], ['CYS', 'C'], ['GLN', 'Q'], ['GLU', 'E'], ['GLY', 'G'],
    ['HIS', 'H'], ['ILE', 'I'], ['LEU', 'L'], ['LYS', 'K'], ['MET', 'M'], ['PHE', 'F'], ['PRO', 'P'], ['SER', 'S'],
    ['THR', 'T'], ['TRP', 'W'], ['TYR', 'Y'], ['VAL', 'V']
]);

/** The file name without its folders and its last four characters. @param {string} path */
export function recordName(path) {
    const file = path.slice(path.lastIndexOf('/') + 1);
    return file.slice(0, Math.max(0, file.length - 4));
}

/**
 * @param {string} text
 * @param {string} what
 * @param {number} line
 */
function readCoordinate(text, what, line) {
    const bare = text.trim();
    if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(bare)) return Number(bare);
    if (/^[+-]?(nan|inf|infinity)$/i.test(bare)) return NaN;   // either makes the residue incomplete
    throw new ParseError(`line ${line}: '${text}' is no ${what}`, line);
}

/**
 * Number and insertion code of columns 23 to 27.
 * @param {string} field
 * @param {number} line
 * @returns {[number: number, insertion: string]}
 */
function readNumber(field, line) {
    const text = field.trim();
    const match = /^([+-]?\d+)(\p{L}?)$/u.exec(text);
    if (!match) throw new ParseError(`line ${line}: '${text}' is no residue number`, line);
    return [Number(match[1]), match[2]];
}

/**
 * @param {string} text
 * @returns {Map<string, Residues>} by chain
 */
function readAtoms(text) {
    /** @type {Map<string, Residues>} */
    const chains = new Map();
    for (const [i, raw] of text.split('\n').entries()) {
        const selenium = raw.startsWith('HETATM') && raw.slice(17, 20) === 'MSE';
        if (!selenium && !raw.startsWith('ATOM')) continue;
        const line = raw.trimEnd(), chain = line.slice(21, 22);
        if (!chain || !CHAINS.includes(chain)) continue;
        const xyz = [30, 38, 46].map((at) => readCoordinate(line.slice(at, at + 8), 'coordinate', i + 1));
        const [number, insertion] = readNumber(line.slice(22, 27), i + 1);
        if (!chains.has(chain)) chains.set(chain, new Map());
        const residues = /** @type {Residues} */ (chains.get(chain));
        if (!residues.has(number)) residues.set(number, new Map());
        const place = /** @type {Map<string, Residue>} */ (residues.get(number));
        const name = selenium ? 'MET' : line.slice(17, 20), atom = line.slice(12, 16).trim();
        if (!place.has(insertion)) place.set(insertion, {name, atoms: new Map()});
        const {atoms} = /** @type {Residue} */ (place.get(insertion));
        if (!atoms.has(atom)) atoms.set(atom, xyz);
    }
    return chains;
}

/**
 * The residues of a chain by number, then by insertion code, with nothing where a number is missing.
 * @param {Residues} residues
 * @returns {(Residue | null)[]}
 */
function fillGaps(residues) {
    const numbers = [...residues.keys()].sort((a, b) => a - b);
    /** @type {(Residue | null)[]} */
    const places = [];
    for (let number = numbers[0]; number <= numbers[numbers.length - 1]; number++) {
        const here = residues.get(number);
        if (!here) places.push(null);
        else for (const code of [...here.keys()].sort()) places.push(/** @type {Residue} */ (here.get(code)));
    }
    return places;
}

/**
 * @param {Residues} residues
 * @param {readonly string[]} names   of atoms
 * @returns {RecordChain}
 */
function chainOf(residues, names) {
    const places = fillGaps(residues);
    const atoms = new Float32Array(places.length * names.length * 3).fill(NaN);
    for (const [i, residue] of places.entries()) {
        for (const [a, name] of names.entries()) {
            const xyz = residue?.atoms.get(name);
            if (xyz) atoms.set(xyz, (i * names.length + a) * 3);
        }
    }
    return {sequence: places.map((residue) => LETTERS.get(residue?.name ?? '') ?? '-').join(''), atoms};
}

/**
 * @param {string} text
 * @param {string} path
 * @param {boolean} caOnly
 * @returns {Record}
 */
export function readPdb(text, path, caOnly) {
    const found = readAtoms(text);
    const chains = new Map([...CHAINS].filter((name) => found.has(name)).map((name) =>
        [name, chainOf(/** @type {Residues} */ (found.get(name)), atomNames(caOnly))]));
    if (chains.size === 0) {
        throw new ParseError(`${path}: no chain: no ATOM record has a letter or digit in column 22, which the original `
            + 'asks for');
    }
    return {name: recordName(path), sequence: [...chains.values()].map((chain) => chain.sequence).join(''), chains};
}
