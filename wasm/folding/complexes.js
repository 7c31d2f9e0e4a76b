/* SPDX-License-Identifier: MIT
 *
 * complexes.js - designs as all the chains that are to be folded together.
 *
 *   Candidate, the structure that it was designed for --complexOf--> chains with their letters, rows and roles
 *
 * A file of designs holds the designed chains alone, or all; the structure has the others. Residues without a letter
 * (X) and gaps of the numbering are left out: folding programs take the twenty letters, and place residues themselves.
 */
import {ConstraintError} from '../errors.js';
import {parseSequence} from '../sequence.js';
import {LETTER_X, LETTERS} from '../structure.js';

/** @typedef {import('../choosing/candidates.js').Candidate} Candidate */
/** @typedef {import('../structure.js').Structure} Structure */

/**
 * @typedef {object} FoldChain
 * @property {string} name        of the structure's chain; A, B, ... where there is no structure
 * @property {string} sequence    of the 20 letters
 * @property {boolean} designed   false: a target, which stays as it is
 * @property {Int32Array} rows    of the structure behind each letter; none without a structure
 */

/**
 * @typedef {object} Complex
 * @property {string} name
 * @property {FoldChain[]} chains
 * @property {number} left        residues without a letter, which are not folded
 * @property {Candidate} candidate
 */

/**
 * @typedef {object} Reference   what designs were made for
 * @property {Structure} structure
 * @property {Uint8Array} [design]   1 for each designed row; rows of the designed chains unless told
 */

const LETTER = /[ACDEFGHIKLMNPQRSTVWY]/;
const NAMES = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** 0 -> A, 25 -> Z, 26 -> AA, as spreadsheets count columns. @param {number} place @returns {string} */
export const chainLetters = (place) => (place < NAMES.length ? NAMES[place]
    : chainLetters(Math.floor(place / NAMES.length) - 1) + NAMES[place % NAMES.length]);

/**
 * Names of a candidate's chains in a structure.
 * @param {Candidate} candidate
 * @param {Structure} structure
 */
function namesOf({name, chains, chainNames}, structure) {
    const all = structure.chains.map((chain) => chain.name);
    if (chainNames) {
        for (const each of chainNames) structure.chain(each);   // says which there are
        return chainNames;
    }
    if (chains.length === all.length) return all;
    throw new ConstraintError(`${name}: it has ${chains.length} chains, ${structure.name} has ${all.length} `
        + `(${all.join(', ')}), and nothing says which of them were designed`, name);
}

/**
 * The letters of a design at all rows of its structure.
 * @param {Candidate} candidate
 * @param {Structure} structure
 * @returns {{letters: Int8Array, designed: readonly string[]}}
 */
export function lettersOf(candidate, structure) {
    const designed = namesOf(candidate, structure);
    return {letters: parseSequence(structure, candidate.chains.join('/'), designed), designed};
}

/**
 * @param {Candidate} candidate
 * @param {Reference} [reference]
 * @returns {Complex}
 */
export function complexOf(candidate, reference) {
    const {name} = candidate;
    if (!reference) {
        let left = 0;
        const chains = candidate.chains.map((chain, place) => {
            const sequence = [...chain].filter((letter) => LETTER.test(letter)).join('');
            left += chain.length - sequence.length;
            const own = candidate.chainNames?.[place] ?? chainLetters(place);
            return {name: own, sequence, designed: true, rows: new Int32Array(0)};
        });
        return {name, chains: chains.filter(({sequence}) => sequence), left, candidate};
    }
    const {structure} = reference, {letters, designed} = lettersOf(candidate, structure);
    let left = 0;
    const chains = structure.chains.map(({name: own, start, length}) => {
        const rows = Int32Array.from({length}, (_, i) => start + i).filter((row) => letters[row] !== LETTER_X);
        left += length - rows.length;
        const sequence = Array.from(rows, (row) => LETTERS[letters[row]]).join('');
        return {name: own, sequence, designed: designed.includes(own), rows};
    });
    return {name, chains: chains.filter(({sequence}) => sequence), left, candidate};
}
