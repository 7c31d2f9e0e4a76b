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
 * @property {readonly string[]} [chains]   names of the designed chains, where designs do not say them
 */

const LETTER = /[ACDEFGHIKLMNPQRSTVWY]/;
const NAMES = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const MOST_CHAINS = 16;   // of a structure in which chains are found by their lengths

/** 0 -> A, 25 -> Z, 26 -> AA, as spreadsheets count columns. @param {number} place @returns {string} */
export const chainLetters = (place) => (place < NAMES.length ? NAMES[place]
    : chainLetters(Math.floor(place / NAMES.length) - 1) + NAMES[place % NAMES.length]);

/**
 * Letters that a chain may be printed with: its residues, or these and a sign for each missing number.
 * @param {Structure} structure
 * @param {import('../structure.js').Chain} chain
 */
const printedLengths = ({numbers}, {start, length}) => [length, Array.from({length}, (_, i) =>
    (i ? Math.max(1, numbers[start + i] - numbers[start + i - 1]) : 1)).reduce((sum, step) => sum + step, 0)];

/**
 * Names of a candidate's chains in a structure: as it has them, as the reference has them, or those that alone have
 * chains of these lengths, in the order of their names.
 * @param {Candidate} candidate
 * @param {Reference} reference
 */
function namesOf({name, chains, chainNames}, {structure, chains: told}) {
    const all = structure.chains.map((chain) => chain.name), given = chainNames ?? told;
    if (given) {
        for (const each of given) structure.chain(each);   // says which there are
        return given;
    }
    if (chains.length === all.length) return all;
    const sorted = [...structure.chains].sort((a, b) => (a.name < b.name ? -1 : 1));
    /** @type {(i: number, from: number) => string[][]} names for the chains from i on, of those from a place on */
    const ways = (i, from) => (i === chains.length ? [[]] : sorted.slice(from).flatMap((chain, step) =>
        (printedLengths(structure, chain).includes(chains[i].length)
            ? ways(i + 1, from + step + 1).map((rest) => [chain.name, ...rest]) : [])));
    const found = chains.length < all.length && all.length <= MOST_CHAINS ? ways(0, 0) : [];
    if (found.length === 1) return found[0];
    throw new ConstraintError(`${name}: it has ${chains.length} of the ${all.length} chains of ${structure.name} `
        + `(${all.join(', ')}), and nothing says which`, name);
}

/**
 * The letters of a design at all rows of its structure.
 * @param {Candidate} candidate
 * @param {Reference} reference
 * @returns {{letters: Int8Array, designed: readonly string[]}}
 */
function lettersOf(candidate, reference) {
    const designed = namesOf(candidate, reference);
    return {letters: parseSequence(reference.structure, candidate.chains.join('/'), designed), designed};
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
    const {structure} = reference, {letters, designed} = lettersOf(candidate, reference);
    let left = 0;
    const chains = structure.chains.map(({name: own, start, length}) => {
        const rows = Int32Array.from({length}, (_, i) => start + i).filter((row) => letters[row] !== LETTER_X);
        left += length - rows.length;
        const sequence = Array.from(rows, (row) => LETTERS[letters[row]]).join('');
        return {name: own, sequence, designed: designed.includes(own), rows};
    });
    return {name, chains: chains.filter(({sequence}) => sequence), left, candidate};
}
