/* SPDX-License-Identifier: MIT
 *
 * choosing.js - which of many designs to make: 'weft-protein/choosing'. No engine and no weights are needed.
 *
 *   text --parseCandidates--> candidates --selectCandidates--> those to order, and why the others are none
 *
 *   import {parseCandidates, selectCandidates} from 'weft-protein/choosing';
 *   const {candidates} = await parseCandidates(fasta);
 *   const {chosen, filters, loss} = await selectCandidates(candidates, {count: 24, filters: {glycosylation: true}});
 *
 * Each step is there by itself: properties of sequences, patterns, filters, distances, clusters.
 */
export {parseCandidates, withFasta} from './choosing/candidates.js';
export {backboneOf, DISULFIDE, unpaired} from './choosing/cysteines.js';
export {chooseDiverse, clusterByIdentity, figures} from './choosing/diverse.js';
export {filterCandidates, LIABILITIES, makeFilters} from './choosing/filters.js';
export {Distances} from './choosing/identity.js';
export {compareCandidates, mergeDuplicates} from './choosing/order.js';
export {findPattern, parsePattern} from './choosing/patterns.js';
export {composition, HYDROPATHY, isoelectricPoint, netCharge, properties} from './choosing/properties.js';
export {selectCandidates} from './choosing/select.js';
export {chosenRow, chosenTable, several} from './choosing/table.js';
export {hydrophobicPatches, lowComplexity, repeats, SEG, SPAN} from './choosing/windows.js';

/** @typedef {import('./choosing/candidates.js').Candidate} Candidate */
/** @typedef {import('./choosing/filters.js').FilterOptions} FilterOptions */
/** @typedef {import('./choosing/filters.js').Finding} Finding */
/** @typedef {import('./choosing/properties.js').Properties} Properties */
/** @typedef {import('./choosing/select.js').SelectOptions} SelectOptions */
