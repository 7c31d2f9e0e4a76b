/* SPDX-License-Identifier: MIT
 *
 * index.js - the public entry of the package.
 *
 *   import {Engine} from 'weft-protein';
 *   import {findModel, models} from 'weft-protein/models';     the published models, a table of sums and sizes
 *   import {formatFasta} from 'weft-protein/fasta';            FASTA with the headers of the field
 *   import {pssmOf} from 'weft-protein/alignments';            what related sequences say
 *   import {writeStructure} from 'weft-protein/writers';       structure files with the letters of a design
 */
export {Encoding} from './encoding.js';
export {Engine} from './engine.js';
export {LETTERS, Structure} from './structure.js';
export {ConstraintError, OutOfMemoryError, ParseError, WeightsError} from './errors.js';

/** @typedef {import('./engine.js').LoadOptions} LoadOptions */
/** @typedef {import('./engine.js').Progress} Progress */
/** @typedef {import('./engine.js').Weights} Weights */
/** @typedef {import('./runs.js').Design} Design */
/** @typedef {import('./runs.js').DesignOptions} DesignOptions */
/** @typedef {import('./states.js').StateOptions} StateOptions */
/** @typedef {import('./states.js').StateResult} StateResult */
/** @typedef {import('./scores.js').Score} Score */
/** @typedef {import('./scores.js').ScoreOptions} ScoreOptions */
/** @typedef {import('./scores.js').Probs} Probs */
/** @typedef {import('./scores.js').ProbsOptions} ProbsOptions */
/** @typedef {import('./scan.js').Scan} Scan */
/** @typedef {import('./scan.js').ScanOptions} ScanOptions */
/** @typedef {import('./doubles.js').Doubles} Doubles */
/** @typedef {import('./jacobian.js').Jacobian} Jacobian */
/** @typedef {import('./jacobian.js').JacobianOptions} JacobianOptions */
/** @typedef {import('./average.js').AverageOptions} AverageOptions */
/** @typedef {import('./constraints.js').Constraints} Constraints */
/** @typedef {import('./rules.js').RuleOptions} RuleOptions */
/** @typedef {import('./rules.js').Pssm} Pssm */
/** @typedef {import('./structure.js').Altloc} Altloc */
/** @typedef {import('./structure.js').Chain} Chain */
/** @typedef {import('./structure.js').Choice} Choice */
/** @typedef {import('./structure.js').Issue} Issue */
/** @typedef {import('./structure.js').Selection} Selection */
