/* SPDX-License-Identifier: MIT
 *
 * folding.js - the way of designs to programs that predict structures, and back: 'weft-protein/folding'.
 *
 *   designs --complexOf, jobFiles--> input files        predictions --designsOf, compareFold--> RMSD, pLDDT, PAE
 *
 *   import {complexOf, jobFiles} from 'weft-protein/folding';
 *   const files = jobFiles(candidates.map((each) => complexOf(each, {structure})), 'boltz');
 */
export {compareFold, designsOf} from './folding/compare.js';
export {complexOf} from './folding/complexes.js';
export {companionsOf, joined, noConfidence, readConfidence} from './folding/confidence.js';
export {FORMATS, jobFiles, jobNames, SERVER_JOBS, serverJobs} from './folding/jobs.js';
export {FOLD_COLUMNS, FOLD_MEASURES, foldValues} from './folding/table.js';
export {rmsdAfter, superpose} from './folding/superpose.js';

/** @typedef {import('./folding/compare.js').Measures} Measures */
/** @typedef {import('./folding/complexes.js').Complex} Complex */
/** @typedef {import('./folding/complexes.js').Reference} Reference */
/** @typedef {import('./folding/confidence.js').Confidence} Confidence */
/** @typedef {import('./folding/jobs.js').Format} Format */
/** @typedef {import('./folding/jobs.js').JobOptions} JobOptions */
