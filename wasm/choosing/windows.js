/* SPDX-License-Identifier: MIT
 *
 * windows.js - stretches of a chain that stand out: runs of a letter, few kinds of letters, hydrophobic ones.
 *
 *   chain --repeats | lowComplexity | hydrophobicPatches--> [{position, text, value}]
 *
 * A window that holds an unknown letter, which may be a gap of the structure, says nothing and is passed over.
 */
import {ConstraintError} from '../errors.js';
import {HYDROPATHY, isKnown} from './properties.js';

/** @typedef {{position: number, text: string, value: number}} Stretch   position from 1 in the chain */

const LARGEST = 1000;   // residues of a window

/**
 * @param {string} what
 * @param {number} value
 * @param {number} least
 */
function requireSize(what, value, least) {
    if (!(Number.isInteger(value) && value >= least && value <= LARGEST)) {
        throw new ConstraintError(`${what}: ${value} is no whole number from ${least} to ${LARGEST}`, String(value));
    }
}

/**
 * @param {string} what
 * @param {number} value
 */
function requireFinite(what, value) {
    if (!Number.isFinite(value)) throw new ConstraintError(`${what}: ${value} is no number`, String(value));
}

/**
 * A letter n times or more, one behind the other.
 * @param {string} chain
 * @param {number} [least]   times
 * @returns {Stretch[]} value: times
 */
export function repeats(chain, least = 5) {
    requireSize('length of a run', least, 2);
    const stretches = [];
    for (let from = 0; from < chain.length;) {
        let to = from + 1;
        while (to < chain.length && chain[to] === chain[from]) to++;
        if (to - from >= least && isKnown(chain[from])) {
            stretches.push({position: from + 1, text: chain.slice(from, to), value: to - from});
        }
        from = to;
    }
    return stretches;
}

/**
 * A value for each window by its first residue, NaN where it holds an unknown letter.
 * @param {string} chain
 * @param {number} window
 * @param {(from: number) => number} measure   of the window that begins there
 */
function slide(chain, window, measure) {
    let known = 0;   // known letters up to here, one behind the other
    const values = new Array(Math.max(0, chain.length - window + 1)).fill(NaN);
    for (let i = 0; i < chain.length; i++) {
        known = isKnown(chain[i]) ? known + 1 : 0;
        if (known >= window) values[i + 1 - window] = measure(i + 1 - window);
    }
    return values;
}

/**
 * Windows beside one another as the stretches that they cover.
 * @param {string} chain
 * @param {number} window
 * @param {readonly number[]} values   of windows; NaN: none
 * @param {{joins: (value: number) => boolean, counts: (value: number) => boolean, best: (a: number, b: number) =>
 *     number}} rule   which windows are joined; a stretch needs one that counts; what its value is
 * @returns {Stretch[]}
 */
function stretchesOf(chain, window, values, {joins, counts, best}) {
    const stretches = [];
    for (let from = 0; from < values.length; from++) {
        if (!joins(values[from])) continue;
        let to = from;
        while (to + 1 < values.length && joins(values[to + 1])) to++;
        const covered = values.slice(from, to + 1);
        if (covered.some(counts)) {
            const text = chain.slice(from, to + window);
            stretches.push({position: from + 1, text, value: covered.reduce((a, b) => best(a, b))});
        }
        from = to;
    }
    return stretches;
}

/**
 * Entropy of the composition of windows, bits for each letter: 0 for one letter, at most log2(20).
 * @param {string} chain
 * @param {number} window
 */
function entropies(chain, window) {
    const share = Array.from({length: window + 1}, (_, n) => (n ? -n / window * Math.log2(n / window) : 0));
    const counts = new Uint16Array(32);
    return slide(chain, window, (from) => {
        counts.fill(0);
        for (let i = from; i < from + window; i++) counts[chain.charCodeAt(i) & 31]++;
        let sum = 0;
        for (const count of counts) sum += share[count];
        return sum;
    });
}

/** Window and thresholds in bits that SEG has for proteins. */
export const SEG = Object.freeze({window: 12, trigger: 2.2, extension: 2.5});

const ROUNDING = 1e-9;   // of a sum; a threshold belongs to what is rejected

/**
 * Low complexity as in the first pass of SEG (J. C. Wootton and S. Federhen, Comput. Chem. 17, 149 (1993)): windows
 * of an entropy of at most `extension` side by side, of which one has at most `trigger`. SEG then looks within each for
 * the most improbable part; here the whole is told.
 * @param {string} chain
 * @param {{window?: number, trigger?: number, extension?: number}} [options]
 * @returns {Stretch[]} value: the lowest entropy in it, bits
 */
export function lowComplexity(chain, options = {}) {
    const {window, trigger, extension} = {...SEG, ...options};
    requireSize('window of low complexity', window, 2);
    requireFinite('entropy', trigger);
    if (!(extension >= trigger)) {
        throw new ConstraintError(`low complexity: ${extension} bits is below ${trigger}`, String(extension));
    }
    const below = (/** @type {number} */ most) => (/** @type {number} */ value) => value <= most + ROUNDING;
    return stretchesOf(chain, window, entropies(chain, window),
        {joins: below(extension), counts: below(trigger), best: Math.min});
}

/** Window and mean hydropathy of a span of a membrane. */
export const SPAN = Object.freeze({window: 19, mean: 1.6});

/**
 * Hydrophobic stretches: windows whose mean hydropathy is above a threshold. 19 residues above 1.6 are what
 * J. Kyte and R. F. Doolittle, J. Mol. Biol. 157, 105 (1982), take for a span of a membrane.
 * @param {string} chain
 * @param {{window?: number, mean?: number}} [options]
 * @returns {Stretch[]} value: the highest mean in it
 */
export function hydrophobicPatches(chain, options = {}) {
    const {window, mean} = {...SPAN, ...options};
    requireSize('window of hydropathy', window, 1);
    requireFinite('hydropathy', mean);
    const above = (/** @type {number} */ value) => value > mean + ROUNDING;
    const values = new Float64Array(chain.length);
    for (let i = 0; i < chain.length; i++) values[i] = HYDROPATHY[chain[i]] ?? NaN;
    const measure = (/** @type {number} */ from) => {
        let sum = 0;
        for (let i = from; i < from + window; i++) sum += values[i];
        return sum / window;
    };
    return stretchesOf(chain, window, slide(chain, window, measure), {joins: above, counts: above, best: Math.max});
}
