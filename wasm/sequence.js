/* SPDX-License-Identifier: MIT
 *
 * sequence.js - sequences as users write them -> one letter for each row.
 *
 *   'MKV...', 'CHAIN A/CHAIN B', with or without signs for numbering gaps --parseSequence--> letters [row]
 */
import {ConstraintError} from './errors.js';
import {LETTERS} from './structure.js';

/** @typedef {import('./structure.js').Structure} Structure */

/**
 * @param {string} letter
 * @param {string} token   where it was read
 * @returns {number}
 */
export function letterIndex(letter, token) {
    const index = LETTERS.indexOf(letter);
    if (index < 0 || letter.length !== 1) {
        throw new ConstraintError(`'${letter}' in '${token}' is none of the letters ${LETTERS}`, token);
    }
    return index;
}

/**
 * A whole sequence as letters. It holds all rows in file order, or the given chains sorted by name; chains may be
 * parted by '/' or ':' (then sorted by name, as ProteinMPNN writes them), and numbering gaps filled with X or '-'.
 * @param {Structure} structure
 * @param {string} text
 * @param {readonly string[]} chosen   names of the designed chains
 * @returns {Int8Array}
 */
export function parseSequence(structure, text, chosen) {
    const parts = text.replace(/[\s*]/g, '').toUpperCase().split(/[/:]/);
    const all = structure.chains;
    const sorted = [...all].sort((a, b) => (a.name < b.name ? -1 : 1));
    const designed = sorted.filter((chain) => chosen.includes(chain.name));
    const lengths = [];
    for (const chains of parts.length > 1 ? [designed, sorted, all] : [all, designed]) {
        for (const gaps of [false, true]) {
            const places = chains.map((chain) => chainPlaces(structure, chain, gaps));
            lengths.push(places.map((chain) => chain.length).join('/'));
            const fits = parts.length === 1 ? parts[0].length === places.flat().length
                : parts.length === places.length && parts.every((part, i) => part.length === places[i].length);
            if (fits) return placeLetters(structure, parts.join(''), places.flat());
        }
    }
    throw new ConstraintError(`the sequence has ${parts.map((part) => part.length).join('/')} letters, `
        + `the structure asks for ${[...new Set(lengths)].join(' or ')}`, text);
}

/**
 * The file's letters, overwritten.
 * @param {Structure} structure
 * @param {string} text
 * @param {readonly number[]} places
 */
function placeLetters(structure, text, places) {
    const letters = Int8Array.from(structure.letters);
    places.forEach((row, i) => {
        if (row >= 0) letters[row] = letterIndex(text[i] === '-' ? 'X' : text[i], text);
    });
    return letters;
}

/**
 * The row behind each letter of a printed chain, -1 for a gap.
 * @param {Structure} structure
 * @param {import('./structure.js').Chain} chain
 * @param {boolean} gaps   whether numbering gaps are filled
 */
function chainPlaces(structure, {start, length}, gaps) {
    const places = [];
    for (let row = start; row < start + length; row++) {
        const missing = gaps && row > start ? structure.numbers[row] - structure.numbers[row - 1] - 1 : 0;
        for (let gap = 0; gap < missing; gap++) places.push(-1);
        places.push(row);
    }
    return places;
}
