/* SPDX-License-Identifier: MIT
 *
 * alignments.js - from what nature has tried to tables for a design: related sequences, and the protein's own.
 *
 *   A3M or aligned FASTA --alignmentProfile--> Profile --pssmOf, conservedRows--> {pssm}, rows to fix
 *   Structure --nativeBias--> {bias}
 *
 * A profile has a column for each letter of its query, the first sequence. aligned_rows.js finds the residues to them.
 */
import {alignRows} from './aligned_rows.js';
import {resolveBias} from './constraints.js';
import {ConstraintError} from './errors.js';
import {parseAlignment} from './formats/a3m.js';
import {LETTER_COUNT, LETTER_X, LETTERS} from './structure.js';
import {AMINO_ACID_COUNT, withPseudocounts} from './substitution.js';

export {alignRows};

/** @typedef {import('./structure.js').Structure} Structure */
/** @typedef {import('./aligned_rows.js').Profiles} Profiles */
/** @typedef {import('./aligned_rows.js').ChainProfile} ChainProfile */

/**
 * @typedef {object} Profile
 * @property {string} name            of the alignment, for errors
 * @property {string} query           letters of the first sequence, gaps left out: one for each column
 * @property {number} sequences
 * @property {Float64Array} weights   [sequence] which add up to 1
 * @property {number} letters         mean number of different letters in a column, a gap counted as one
 * @property {Int32Array} counts      [column][20] sequences with each letter
 * @property {Float64Array} frequencies   [column][20] their share by weight; 0 where the column has no letter
 * @property {Float64Array} gaps      [column] share by weight of the sequences that pass over the column, of those that
 *                                    begin before it and end behind it, or have a letter in it
 * @property {Float64Array} probabilities   [column][21] with pseudocounts (substitution.js); X has 0
 */

const GAP = 127;   // beside indices into LETTERS, where X is every letter that says nothing

/**
 * Rows of an alignment as indices into LETTERS, of the columns where the query has a letter.
 * @param {readonly {letters: string}[]} rows
 * @returns {Uint8Array[]}
 */
function indexed(rows) {
    const index = new Uint8Array(128).fill(LETTER_X);
    for (const [i, letter] of [...LETTERS].entries()) index[letter.charCodeAt(0)] = i;
    index['-'.charCodeAt(0)] = GAP;
    const columns = Array.from(rows[0].letters, (letter, i) => (letter === '-' ? -1 : i))
        .filter((column) => column >= 0);
    return rows.map(({letters}) => Uint8Array.from(columns, (column) => index[letters.charCodeAt(column)]));
}

/**
 * @param {readonly Uint8Array[]} rows
 * @returns {Int32Array} [column][20]
 */
function countLetters(rows) {
    const counts = new Int32Array(rows[0].length * AMINO_ACID_COUNT);
    for (const row of rows) {
        row.forEach((letter, column) => { if (letter < LETTER_X) counts[column * AMINO_ACID_COUNT + letter]++; });
    }
    return counts;
}

/**
 * Different letters in each column.
 * @param {Int32Array} counts
 * @returns {Int32Array}
 */
function kindsOf(counts) {
    const kinds = new Int32Array(counts.length / AMINO_ACID_COUNT);
    counts.forEach((count, i) => { if (count > 0) kinds[Math.floor(i / AMINO_ACID_COUNT)]++; });
    return kinds;
}

/**
 * Position-based weights (S. and J. G. Henikoff, J. Mol. Biol. 243, 574 (1994)): a letter that n of the sequences have,
 * in a column of r different letters, gives each of them 1 / (r n). A sequence has the mean over its letters, so that
 * one that covers a part weighs as much as one that covers all (as in HMMER 3); in the end all add up to 1.
 * @param {readonly Uint8Array[]} rows
 * @param {Int32Array} counts
 * @param {Int32Array} kinds
 */
function weightsOf(rows, counts, kinds) {
    const weights = Float64Array.from(rows, (row) => {
        let sum = 0, letters = 0;
        row.forEach((letter, column) => {
            if (letter >= LETTER_X) return;
            sum += 1 / (kinds[column] * counts[column * AMINO_ACID_COUNT + letter]);
            letters++;
        });
        return letters ? sum / letters : 0;
    });
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return total > 0 ? weights.map((weight) => weight / total) : weights;
}

/**
 * Shares by weight: of letters among letters, and of gaps between the first and the last letter of a sequence.
 * @param {readonly Uint8Array[]} rows
 * @param {Float64Array} weights
 */
function sharesOf(rows, weights) {
    const columns = rows[0].length;
    const frequencies = new Float64Array(columns * AMINO_ACID_COUNT);
    const letters = new Float64Array(columns), gaps = new Float64Array(columns);
    for (const [s, row] of rows.entries()) {
        let first = 0, end = columns;
        while (first < columns && row[first] === GAP) first++;
        while (end > first && row[end - 1] === GAP) end--;
        for (let column = first; column < end; column++) {
            const letter = row[column];
            if (letter === GAP) gaps[column] += weights[s];
            if (letter >= LETTER_X) continue;
            letters[column] += weights[s];
            frequencies[column * AMINO_ACID_COUNT + letter] += weights[s];
        }
    }
    return {
        frequencies: frequencies.map((weight, i) => (weight ? weight / letters[Math.floor(i / AMINO_ACID_COUNT)] : 0)),
        gaps: gaps.map((weight, column) => (weight ? weight / (weight + letters[column]) : 0))
    };
}

/**
 * @param {string} text   A3M or aligned FASTA, the query first
 * @param {{name?: string}} [options]   name: for errors
 * @returns {Profile}
 */
export function alignmentProfile(text, {name = 'alignment'} = {}) {
    const rows = indexed(parseAlignment(text));
    const columns = rows[0].length;
    const counts = countLetters(rows), kinds = kindsOf(counts), weights = weightsOf(rows, counts, kinds);
    const {frequencies, gaps} = sharesOf(rows, weights);
    const different = kinds.reduce((sum, kind, column) => sum + kind + (gaps[column] > 0 ? 1 : 0), 0);
    const letters = different / columns;
    const probabilities = new Float64Array(columns * LETTER_COUNT);
    for (let column = 0; column < columns; column++) {
        const seen = frequencies.subarray(column * AMINO_ACID_COUNT, (column + 1) * AMINO_ACID_COUNT);
        probabilities.set(withPseudocounts(seen, letters), column * LETTER_COUNT);
    }
    const query = Array.from(rows[0], (letter) => LETTERS[letter]).join('');
    return {name, query, sequences: rows.length, weights, letters, counts, frequencies, gaps, probabilities};
}

/* ---- Tables ---- */

/**
 * The matrix of a design: probabilities of the profile, at residues that have one.
 * @param {Structure} structure
 * @param {Profiles} profiles
 * @param {number} weight   share in what is drawn from, 0 to 1
 * @returns {{weight: Float32Array, probabilities: Float32Array}} the constraint `pssm`
 */
export function pssmOf(structure, profiles, weight) {
    if (!(weight >= 0 && weight <= 1)) {
        throw new ConstraintError(`a PSSM's weight is a number from 0 to 1, not ${weight}`, String(weight));
    }
    const {profile, column} = alignRows(structure, profiles);
    const probabilities = new Float32Array(structure.length * LETTER_COUNT);
    for (const [row, each] of profile.entries()) {
        const from = column[row] * LETTER_COUNT;
        if (each) probabilities.set(each.probabilities.subarray(from, from + LETTER_COUNT), row * LETTER_COUNT);
    }
    return {weight: Float32Array.from(profile, (each) => (each ? weight : 0)), probabilities};
}

/**
 * Residues whose own letter has at least this share of their column. Sequences with a gap there count, but for those
 * that end before it or begin behind it.
 * @param {Structure} structure
 * @param {Profiles} profiles
 * @param {number} share   above 0, at most 1
 * @returns {Uint8Array} 1 for each such row
 */
export function conservedRows(structure, profiles, share) {
    if (!(share > 0 && share <= 1)) {
        throw new ConstraintError(`a share of conserved letters is above 0 and at most 1, not ${share}`, String(share));
    }
    const {profile, column} = alignRows(structure, profiles);
    return Uint8Array.from(profile, (each, row) => {
        const letter = structure.letters[row], at = column[row];
        if (!each || letter === LETTER_X) return 0;
        const whole = each.frequencies[at * AMINO_ACID_COUNT + letter] * (1 - each.gaps[at]);
        return whole >= share - 1e-9 ? 1 : 0;   // a rounding is no difference
    });
}

/**
 * A bias towards the letters that the file has, on top of another one.
 * @param {Structure} structure
 * @param {number} nats
 * @param {import('./constraints.js').Constraints['bias']} [bias]
 * @returns {Float32Array} [row][21], the constraint `bias`
 */
export function nativeBias(structure, nats, bias) {
    if (!Number.isFinite(Math.fround(nats))) throw new ConstraintError(`${nats} is no bias in nats`, String(nats));
    const other = resolveBias(structure, bias);
    const table = new Float32Array(structure.length * LETTER_COUNT);
    for (let row = 0; row < structure.length; row++) {
        const start = row * LETTER_COUNT, from = other?.rows === 1 ? 0 : start;
        if (other) table.set(other.values.subarray(from, from + LETTER_COUNT), start);
        if (!structure.unknown[row]) table[start + structure.letters[row]] += nats;
    }
    return table;
}
