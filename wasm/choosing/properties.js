/* SPDX-License-Identifier: MIT
 *
 * properties.js - what a sequence alone says of a protein: mass, charge, isoelectric point, absorption, hydropathy.
 *
 *   chains --composition of each--> counts, termini --> {length, mass, charge, pI, hydropathy, extinction, ...}
 *
 * Chains are separate molecules: each has its own termini, and sums run over all. The 20 letters alone are known; X and
 * others (B, Z, U, ...) are left out of every sum, and counted.
 */
import {ConstraintError} from '../errors.js';

/** The letters that have properties. */
export const KNOWN = 'ACDEFGHIKLMNPQRSTVWY';

/**
 * Hydropathy: J. Kyte and R. F. Doolittle, J. Mol. Biol. 157, 105 (1982), table 2.
 * @type {Readonly<Record<string, number>>}
 */
export const HYDROPATHY = {
    A: 1.8, C: 2.5, D: -3.5, E: -3.5, F: 2.8, G: -0.4, H: -3.2, I: 4.5, K: -3.9, L: 3.8, M: 1.9, N: -3.5, P: -1.6,
    Q: -3.5, R: -4.5, S: -0.8, T: -0.7, V: 4.2, W: -0.9, Y: -1.3
};

/* Average masses of residues in dalton, from the standard atomic weights, as ExPASy's tools have them: E. Gasteiger et
 * al., The Proteomics Protocols Handbook, 571 (2005). */
/** @type {Readonly<Record<string, number>>} */
const MASSES = {
    A: 71.0788, C: 103.1388, D: 115.0886, E: 129.1155, F: 147.1766, G: 57.0519, H: 137.1411, I: 113.1594, K: 128.1741,
    L: 113.1594, M: 131.1926, N: 114.1038, P: 97.1167, Q: 128.1307, R: 156.1875, S: 87.0782, T: 101.1051, V: 99.1326,
    W: 186.2132, Y: 163.176
};
const WATER = 18.01528;

/* pK values of side chains and termini: B. Bjellqvist et al., Electrophoresis 14, 1023 (1993), with the termini by
 * residue of Electrophoresis 15, 529 (1994): the set of ExPASy's ProtParam. */
/** @type {readonly (readonly [string, number])[]} */
const BASES = [['H', 5.98], ['K', 10], ['R', 12]];
/** @type {readonly (readonly [string, number])[]} */
const ACIDS = [['C', 9], ['D', 4.05], ['E', 4.45], ['Y', 10]];
const N_TERMINUS = 7.5, C_TERMINUS = 3.55;
/** @type {Readonly<Record<string, number>>} */
const N_TERMINI = {A: 7.59, E: 7.7, M: 7, P: 8.36, S: 6.93, T: 6.82, V: 7.44};
/** @type {Readonly<Record<string, number>>} */
const C_TERMINI = {D: 4.55, E: 4.75};

/* Molar absorption at 280 nm in water, per M and cm: C. N. Pace et al., Protein Sci. 4, 2411 (1995). */
const TRYPTOPHAN = 5500, TYROSINE = 1490, CYSTINE = 125;

/** @typedef {readonly (readonly [pK: number, groups: number])[]} Groups */
/** @typedef {{bases: Groups, acids: Groups}} Titration */

/**
 * @typedef {object} Properties
 * @property {number} length        letters of all chains, unknown ones too
 * @property {number} unknown       letters that are left out of every other property
 * @property {number} mass          average, dalton; a water for each chain
 * @property {number} charge        net charge at the pH that was asked for, all thiols free
 * @property {number} pI            pH where the net charge is 0
 * @property {number} hydropathy    GRAVY: mean over known letters
 * @property {number} extinction    at 280 nm, per M and cm, with all cysteines reduced
 * @property {number} extinctionCystine   the same with as many disulfides as the cysteines of each chain can form
 * @property {number} cysteines
 */

/** @param {string} letter */
export const isKnown = (letter) => KNOWN.includes(letter);

/**
 * How often each letter is there.
 * @param {string} text
 * @returns {Record<string, number>} of all known letters, and of '?', the others
 */
export function composition(text) {
    const codes = new Uint32Array(128);
    for (let i = 0; i < text.length; i++) codes[Math.min(text.charCodeAt(i), 127)]++;
    const counts = Object.fromEntries([...KNOWN].map((letter) => [letter, codes[letter.charCodeAt(0)]]));
    counts['?'] = text.length - Object.values(counts).reduce((sum, count) => sum + count, 0);
    return counts;
}

/**
 * The groups of all chains that take up a proton.
 * @param {readonly string[]} chains
 * @returns {Titration}
 */
function titrationOf(chains) {
    const counts = composition(chains.join(''));
    const first = chains.map((chain) => N_TERMINI[chain[0]] ?? N_TERMINUS);
    const last = chains.map((chain) => C_TERMINI[chain[chain.length - 1]] ?? C_TERMINUS);
    return {
        bases: [...BASES.map(([letter, pK]) => /** @type {const} */ ([pK, counts[letter]])),
            ...first.map((pK) => /** @type {const} */ ([pK, 1]))],
        acids: [...ACIDS.map(([letter, pK]) => /** @type {const} */ ([pK, counts[letter]])),
            ...last.map((pK) => /** @type {const} */ ([pK, 1]))]
    };
}

/**
 * Net charge by Henderson and Hasselbalch, each group by itself.
 * @param {Titration} titration
 * @param {number} pH
 */
function chargeOf({bases, acids}, pH) {
    let charge = 0;
    for (const [pK, groups] of bases) charge += groups / (1 + 10 ** (pH - pK));
    for (const [pK, groups] of acids) charge -= groups / (1 + 10 ** (pK - pH));
    return charge;
}

/**
 * Net charge of the molecules together at a pH, all thiols free.
 * @param {readonly string[]} chains
 * @param {number} pH
 */
export const netCharge = (chains, pH) => chargeOf(titrationOf(chains), pH);

const LOWEST = -10, HIGHEST = 30;   // pH; every protein has its root between, for its termini are there

/**
 * The root of the charge, which falls with the pH, by bisection to the last bit.
 * @param {readonly string[]} chains
 */
export function isoelectricPoint(chains) {
    const titration = titrationOf(chains);
    let low = LOWEST, high = HIGHEST;
    for (;;) {
        const middle = (low + high) / 2;
        if (middle === low || middle === high) return middle;
        if (chargeOf(titration, middle) > 0) low = middle;
        else high = middle;
    }
}

/** Refuses what is no pH. @param {number} pH */
export function requirePh(pH) {
    if (!(pH >= 0 && pH <= 14)) throw new ConstraintError(`a pH is a number from 0 to 14, not ${pH}`, String(pH));
}

/**
 * Properties of the molecules of a design together; give one chain for those of one.
 * @param {readonly string[]} chains   letters of each, upper case
 * @param {{pH?: number}} [options]    of the charge, 7.4 unless told
 * @returns {Properties}
 */
export function properties(chains, {pH = 7.4} = {}) {
    requirePh(pH);
    const text = chains.join(''), counts = composition(text), known = text.length - counts['?'];
    if (known === 0) throw new ConstraintError('there is no known letter to have properties', text);
    const sum = (/** @type {Readonly<Record<string, number>>} */ table) =>
        [...KNOWN].reduce((total, letter) => total + counts[letter] * table[letter], 0);
    const extinction = counts.W * TRYPTOPHAN + counts.Y * TYROSINE;
    const cystines = chains.reduce((total, chain) => total + Math.floor(composition(chain).C / 2), 0);
    return {
        length: text.length, unknown: counts['?'], mass: sum(MASSES) + chains.length * WATER,
        charge: netCharge(chains, pH), pI: isoelectricPoint(chains), hydropathy: sum(HYDROPATHY) / known,
        extinction, extinctionCystine: extinction + cystines * CYSTINE, cysteines: counts.C
    };
}
