/* SPDX-License-Identifier: MIT
 *
 * analysis.js - what can be made of the engine's scans, Jacobians and probabilities without the engine.
 *
 *   import {couplingsOf, rankedPairs} from 'weft-protein/analysis';
 */
export {averageLogProbs, correspondence, MOST_WEIGHT} from './average.js';
export {
    averageProductCorrected, centre, couplingsOf, couplingSteps, pairBlock, rankedPairs
} from './couplings.js';
export {JACOBIAN_LETTERS} from './jacobian.js';
export {entropyOf, SCAN_LETTERS} from './scan.js';

/** @typedef {import('./couplings.js').Couplings} Couplings */
/** @typedef {import('./couplings.js').Pair} Pair */
