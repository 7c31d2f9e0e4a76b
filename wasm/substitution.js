/* SPDX-License-Identifier: MIT
 *
 * substitution.js - which letters stand for which in related proteins: BLOSUM62, and pseudocounts that follow from it.
 *
 *   shares of letters in a column, how many letters columns have --withPseudocounts--> probabilities
 *
 * BLOSUM62: S. and J. G. Henikoff, PNAS 89, 10915 (1992), in half bits. Background: A. B. and L. R. Robinson, PNAS 88,
 * 8880 (1991). Both together have the scale lambda (S. Karlin and S. F. Altschul, PNAS 87, 2264 (1990)).
 */

/** Letters of proteins in the order of LETTERS, without X. */
const AMINO_ACIDS = 'ACDEFGHIKLMNPQRSTVWY';
export const AMINO_ACID_COUNT = AMINO_ACIDS.length;

/** How often each letter occurs in proteins. */
export const BACKGROUND = Float64Array.of(
    0.07805, 0.01925, 0.05364, 0.06295, 0.03856, 0.07377, 0.02199, 0.05142, 0.05744, 0.09019,
    0.02243, 0.04487, 0.05203, 0.04264, 0.05129, 0.07120, 0.05841, 0.06441, 0.01330, 0.03216);

/** Scores of each letter with itself and with those before it. */
const BLOSUM62 = [
    [4],
    [0, 9],
    [-2, -3, 6],
    [-1, -4, 2, 5],
    [-2, -2, -3, -3, 6],
    [0, -3, -1, -2, -3, 6],
    [-2, -3, -1, 0, -1, -2, 8],
    [-1, -1, -3, -3, 0, -4, -3, 4],
    [-1, -3, -1, 1, -3, -2, -1, -3, 5],
    [-1, -1, -4, -3, 0, -4, -3, 2, -2, 4],
    [-1, -1, -3, -2, 0, -3, -2, 1, -1, 2, 5],
    [-2, -3, 1, 0, -3, 0, 1, -3, 0, -3, -2, 6],
    [-1, -3, -1, -1, -4, -2, -2, -3, -1, -3, -2, -2, 7],
    [-1, -3, 0, 2, -3, -2, 0, -3, 1, -2, 0, 0, -1, 5],
    [-1, -3, -2, 0, -3, -2, 0, -3, 2, -2, -1, 0, -2, 1, 5],
    [1, -1, 0, 0, -2, 0, -1, -2, 0, -2, -1, 1, -1, 0, -1, 4],
    [0, -1, -1, -1, -2, -2, -2, -1, -1, -1, -1, 0, -1, -1, -1, 1, 5],
    [0, -1, -3, -2, -1, -3, -3, 3, -2, 1, 1, -3, -2, -2, -3, -2, 0, 4],
    [-3, -2, -4, -3, 1, -2, -2, -3, -3, -2, -1, -4, -4, -2, -3, -3, -2, -3, 11],
    [-2, -2, -3, -2, 3, -3, 2, -1, -2, -1, -1, -2, -3, -1, -2, -2, -2, -1, 2, 7]
];
const LAMBDA = 0.3176;   // nats a unit of the scores
const PSEUDOCOUNT = 10;  // the weight beta of the prior, of PSI-BLAST

/** How much more often than by chance a pair of letters stands in one column. */
export const ODDS = BLOSUM62.map((_, a) => Float64Array.from(BLOSUM62, (__, b) =>
    Math.exp(LAMBDA * BLOSUM62[Math.max(a, b)][Math.min(a, b)])));

/**
 * What letters of a column are to be expected, given those that are seen in it:
 * `Q_a = (alpha f_a + beta g_a) / (alpha + beta)`, `g_a = p_a sum_b f_b exp(lambda s_ab)`, alpha = N - 1, where N is
 * the mean number of different letters in a column, a gap counted as one. These are the formulas of PSI-BLAST (S. F.
 * Altschul et al., Nucleic Acids Research 25, 3389 (1997)); N is taken over all columns, where it looks at some.
 * @param {Float64Array} frequencies   f, which add up to 1; all 0 where no letter is seen
 * @param {number} letters    N
 * @returns {Float64Array} which add up to 1; the background where no letter is seen
 */
export function withPseudocounts(frequencies, letters) {
    if (frequencies.every((share) => share === 0)) return BACKGROUND;
    const prior = BACKGROUND.map((p, a) => p * frequencies.reduce((sum, share, b) => sum + share * ODDS[a][b], 0));
    const total = prior.reduce((sum, value) => sum + value, 0);   // near 1: scores are rounded
    const alpha = Math.max(0, letters - 1);
    return frequencies.map((share, a) =>
        (alpha * share + PSEUDOCOUNT * prior[a] / total) / (alpha + PSEUDOCOUNT));
}
