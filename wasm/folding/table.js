/* SPDX-License-Identifier: MIT
 *
 * table.js - predictions beside designs as a table: the columns of `weft import-fold`.
 *
 *   Complex, file of its prediction, Measures --foldValues--> one value for each of FOLD_COLUMNS
 */

/** @typedef {import('./compare.js').Measures} Measures */
/** @typedef {import('./complexes.js').Complex} Complex */

/** Columns of the measures, in their order. @type {readonly (readonly [column: string, key: keyof Measures])[]} */
export const FOLD_MEASURES = [
    ['rmsd', 'rmsd'], ['rmsd_designed', 'rmsdDesigned'], ['rmsd_interface', 'rmsdInterface'],
    ['rmsd_binder', 'rmsdBinder'],
    ['plddt', 'plddt'], ['plddt_designed', 'plddtDesigned'], ['plddt_interface', 'plddtInterface'],
    ['pae', 'pae'], ['pae_between_chains', 'paeBetween'], ['ptm', 'ptm'], ['iptm', 'iptm'],
    ['ranking_score', 'ranking'], ['residues', 'residues']
];

export const FOLD_COLUMNS = [
    'design', 'structure', 'sample', 'temperature', 'score', 'prediction', ...FOLD_MEASURES.map(([name]) => name)
];

/**
 * @param {Complex} complex
 * @param {string | null} prediction   its file; null where there is none
 * @param {Measures | null} measures
 * @returns {(string | number | null)[]} null where there is nothing to say
 */
export function foldValues({name, candidate}, prediction, measures) {
    const {structure = null, sample = null, temperature = null, score = null} = candidate;
    return [
        name, structure, sample, temperature, score, prediction,
        ...FOLD_MEASURES.map(([, key]) => measures?.[key] ?? null)
    ];
}
