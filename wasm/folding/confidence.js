/* SPDX-License-Identifier: MIT
 *
 * confidence.js - what predictors say of their own predictions, beside the structure: PAE, pTM, ipTM, ranking scores.
 *
 *   JSON, .npz of AlphaFold DB, AlphaFold 3 and its server, ColabFold, Boltz, Chai --readConfidence--> Confidence
 *   a structure's file, names beside it --companionsOf--> those of its confidence files
 */
import {ParseError} from '../errors.js';
import {readNpz} from '../formats/npy.js';

/**
 * @typedef {object} Confidence
 * @property {{size: number, values: Float64Array} | null} pae   predicted aligned error [size][size], angstrom
 * @property {number | null} ptm        0 to 1
 * @property {number | null} iptm       0 to 1
 * @property {number | null} ranking    by which the program ranks: ranking_score, confidence_score or aggregate_score
 */

/** @returns {Confidence} */
export const noConfidence = () => ({pae: null, ptm: null, iptm: null, ranking: null});

const RANKINGS = ['ranking_score', 'ranking_confidence', 'confidence_score', 'aggregate_score'];
const MATRICES = ['pae', 'predicted_aligned_error'];

/** @param {unknown} value @returns {number | null} a number, or the only one of a list */
function oneNumber(value) {
    if (Array.isArray(value) && value.length === 1) return oneNumber(value[0]);
    return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/**
 * @param {unknown} value
 * @param {string} key
 * @returns {NonNullable<Confidence['pae']>}
 */
function matrixOf(value, key) {
    const rows = /** @type {unknown[][]} */ (value), size = Array.isArray(value) ? value.length : 0;
    const square = size > 0 && rows.every((row) => Array.isArray(row) && row.length === size);
    const values = new Float64Array(square ? size * size : 0);
    let numbers = square;
    for (let i = 0, at = 0; numbers && i < size; i++) {   // a million numbers for a thousand residues
        for (const value of rows[i]) {
            numbers &&= typeof value === 'number' && Number.isFinite(value);
            values[at++] = Number(value);
        }
    }
    if (!numbers) throw new ParseError(`${key} is no square table of numbers`);
    return {size, values};
}

/**
 * AlphaFold DB's first layout: lists of pairs, counted from 1.
 * @param {Record<string, unknown>} object
 */
function pairsOf({residue1, residue2, distance}) {
    const [a, b, d] = [residue1, residue2, distance].map((list) => (Array.isArray(list) ? list : []));
    const size = Math.sqrt(d.length), values = new Float64Array(d.length);
    if (!Number.isInteger(size) || size === 0 || a.length !== d.length || b.length !== d.length) {
        throw new ParseError('residue1, residue2 and distance are no square table of numbers');
    }
    d.forEach((value, i) => { values[(a[i] - 1) * size + b[i] - 1] = value; });
    return {size, values};
}

/**
 * @param {unknown} content
 * @returns {Confidence}
 */
function fromJson(content) {
    const object = Array.isArray(content) ? content[0] : content;
    if (typeof object !== 'object' || object === null) throw new ParseError('this JSON holds no object of confidences');
    const table = /** @type {Record<string, unknown>} */ (object);
    const key = MATRICES.find((name) => (table[name] ?? null) !== null);
    return {
        pae: key ? matrixOf(table[key], key) : 'distance' in table && 'residue1' in table ? pairsOf(table) : null,
        ptm: oneNumber(table.ptm), iptm: oneNumber(table.iptm),
        ranking: RANKINGS.map((name) => oneNumber(table[name])).find((value) => value !== null) ?? null
    };
}

/**
 * @param {Uint8Array} bytes
 * @param {import('../formats/zip.js').Inflate} [inflate]
 * @returns {Confidence}
 */
function fromNpz(bytes, inflate) {
    const arrays = readNpz(bytes, inflate);
    const number = (/** @type {string} */ name) => {
        const data = arrays.get(name)?.data;
        return data?.length === 1 ? oneNumber(Number(data[0])) : null;
    };
    const name = MATRICES.find((each) => arrays.has(each)), found = name === undefined ? undefined : arrays.get(name);
    let pae = null;
    if (found) {
        const shape = found.shape.filter((size, i) => size !== 1 || i >= found.shape.length - 2);
        const values = Float64Array.from(/** @type {ArrayLike<number>} */ (found.data), Number);
        if (shape.length !== 2 || shape[0] !== shape[1] || !values.every(Number.isFinite)) {
            throw new ParseError(`${name} is no square table of numbers`);
        }
        pae = {size: shape[0], values};
    }
    return {
        pae, ptm: number('ptm'), iptm: number('iptm'),
        ranking: RANKINGS.map(number).find((value) => value !== null) ?? null
    };
}

/**
 * @param {Uint8Array} bytes
 * @param {import('../formats/zip.js').Inflate} [inflate]   for packed .npz
 * @returns {Confidence} with null for what the file does not say
 */
export function readConfidence(bytes, inflate) {
    if (bytes[0] === 0x50 && bytes[1] === 0x4b) {
        try {
            return fromNpz(bytes, inflate);
        } catch (error) {
            throw error instanceof ParseError ? error : new ParseError(/** @type {Error} */ (error).message);
        }
    }
    const text = new TextDecoder().decode(bytes);
    try {
        return fromJson(JSON.parse(text));
    } catch (error) {
        if (error instanceof ParseError) throw error;
    }
    try {
        return fromJson(JSON.parse(text.replace(/([:,[]\s*)-?(?:NaN|Infinity)\b/g, '$1null')));   // as Python writes
    } catch (error) {
        if (error instanceof ParseError) throw error;
        throw new ParseError(`this is neither JSON nor an .npz archive: ${/** @type {Error} */ (error).message}`);
    }
}

/**
 * What several files say of one prediction; of two that say the same thing the first counts.
 * @param {readonly Confidence[]} all
 * @returns {Confidence}
 */
export const joined = (all) => all.reduce((sum, each) => ({
    pae: sum.pae ?? each.pae, ptm: sum.ptm ?? each.ptm, iptm: sum.iptm ?? each.iptm,
    ranking: sum.ranking ?? each.ranking
}), noConfidence());

/** How each program names what lies beside a structure: of its file's name, the names of the others. */
const BESIDE = [
    // ColabFold: X_unrelaxed_rank_001_model.pdb, X_scores_rank_001_model.json
    (/** @type {string} */ stem) => (/_(un)?relaxed_rank_/.test(stem)
        ? [`${stem.replace(/_(un)?relaxed_rank_/, '_scores_rank_')}.json`] : []),
    // AlphaFold 3: X_model.cif, X_confidences.json, X_summary_confidences.json; model.cif and the same without X
    (/** @type {string} */ stem) => (/(^|_)model$/.test(stem)
        ? ['summary_confidences', 'confidences'].map((name) => `${stem.replace(/model$/, name)}.json`) : []),
    // the AlphaFold Server: fold_X_model_0.cif, fold_X_full_data_0.json, fold_X_summary_confidences_0.json
    (/** @type {string} */ stem) => (/_model_\d+$/.test(stem)
        ? ['_summary_confidences_', '_full_data_'].map((name) => `${stem.replace(/_model_(\d+)$/, `${name}$1`)}.json`)
        : []),
    // Boltz: X_model_0.cif, confidence_X_model_0.json, pae_X_model_0.npz
    (/** @type {string} */ stem) => [`confidence_${stem}.json`, `pae_${stem}.npz`],
    // Chai: pred.model_idx_0.cif, scores.model_idx_0.npz
    (/** @type {string} */ stem) => (/^pred\./.test(stem) ? [`${stem.replace(/^pred\./, 'scores.')}.npz`] : []),
    // the AlphaFold database: AF-X-F1-model_v4.pdb, AF-X-F1-predicted_aligned_error_v4.json
    (/** @type {string} */ stem) => (/-model_v\d+$/.test(stem)
        ? [`${stem.replace(/-model_(v\d+)$/, '-predicted_aligned_error_$1')}.json`] : []),
    // anything else: X.json, X.npz, X_pae.json
    (/** @type {string} */ stem) => [`${stem}.json`, `${stem}.npz`, `${stem}_pae.json`]
];

/**
 * The files among some names that say how sure a prediction is.
 * @param {string} name   of the structure's file
 * @param {Iterable<string>} names   that lie beside it
 * @returns {string[]}
 */
export function companionsOf(name, names) {
    const stem = name.replace(/\.(gz|zst)$/i, '').replace(/\.[^.]*$/, ''), there = new Set(names);
    return [...new Set(BESIDE.flatMap((of) => of(stem)))].filter((each) => there.has(each));
}
