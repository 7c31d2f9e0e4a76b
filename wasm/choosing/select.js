/* SPDX-License-Identifier: MIT
 *
 * select.js - from all candidates to those that are ordered: what `weft select` does, in one call.
 *
 *   candidates --> merged --> filtered --> representatives of clusters --> n chosen, and what was given up for them
 */
import {Pacer} from '../pace.js';
import {chooseDiverse, clusterByIdentity, figures} from './diverse.js';
import {filterCandidates} from './filters.js';
import {Distances} from './identity.js';
import {compareCandidates, mergeDuplicates} from './order.js';
import {properties} from './properties.js';

/** @typedef {import('./candidates.js').Candidate} Candidate */
/** @typedef {import('./diverse.js').Figures} Figures */
/** @typedef {import('./filters.js').Finding} Finding */

/**
 * @typedef {object} SelectOptions
 * @property {number} [count]       24 unless told
 * @property {number} [diversity]   0 the best scores, 1 distance alone; 0.5 unless told
 * @property {import('./diverse.js').Scale} [scale]        of scores, beside distances: by rank unless told
 * @property {import('./identity.js').Compare} [compare]   which positions; all unless told
 * @property {number} [identity]    of candidates that are at least so alike the best alone may be chosen
 * @property {import('./filters.js').FilterOptions} [filters]
 * @property {AbortSignal} [signal]
 * @property {(progress: {phase: 'filter' | 'cluster' | 'choose', done: number, total: number}) => void} [onProgress]
 */

/**
 * @template {Candidate} T
 * @typedef {import('./diverse.js').Chosen<T> & {rank: number, properties: import('./properties.js').Properties,
 *     alike: number | null}} Selected   alike: candidates in its cluster, itself counted; null without clusters
 */

/**
 * @template {Candidate} T
 * @typedef {object} Selection
 * @property {number} read          candidates, copies counted
 * @property {number} different     of them
 * @property {import('./filters.js').FilterCount[]} filters
 * @property {number} left          after all filters
 * @property {number | null} clusters
 * @property {boolean} scored       whether any has a score; if not, diversity alone counts
 * @property {Selected<T>[]} chosen
 * @property {Figures} figures      of the chosen
 * @property {Figures} best         of as many by score alone, of those that the filters left
 * @property {number | null} loss   mean score of the chosen, less that of the best
 * @property {{candidate: T, findings: Finding[]}[]} rejected
 */

/**
 * @template {Candidate} T
 * @param {readonly T[]} candidates
 * @param {SelectOptions} [options]
 * @returns {Promise<Selection<T>>} with nothing chosen where the filters leave nothing
 */
export async function selectCandidates(candidates, options = {}) {
    const {count = 24, diversity, scale, compare, identity, filters = {}, signal, onProgress} = options;
    const control = (/** @type {'filter' | 'cluster' | 'choose'} */ phase) => ({
        signal,
        onProgress: onProgress && ((/** @type {number} */ done, /** @type {number} */ total) =>
            onProgress({phase, done, total}))
    });
    const merged = mergeDuplicates(candidates), distances = new Distances(merged, {compare});
    const {kept, rejected, counts} = await filterCandidates(merged, filters, control('filter'));
    const clusters = identity === undefined ? null
        : await clusterByIdentity(kept, identity, {distances, ...control('cluster')});
    const alike = new Map(clusters?.map(({representative, members}) => [representative, members.length]));
    const pool = clusters ? clusters.map(({representative}) => representative) : kept;
    const chosen = await chooseDiverse(pool, count, {diversity, scale, distances, ...control('choose')});
    const best = [...kept].sort(compareCandidates).slice(0, chosen.length);
    const ofChosen = await figures(chosen.map(({candidate}) => candidate), {distances, signal});
    const ofBest = await figures(best, {distances, signal});
    const pacer = new Pacer(signal), selected = [];
    for (const [i, each] of chosen.entries()) {
        selected.push({
            ...each, rank: i + 1, properties: properties(each.candidate.chains, {pH: filters.pH}),
            alike: alike.get(each.candidate) ?? null
        });
        await pacer.breathe();
    }
    return {
        read: merged.reduce((sum, {copies = 1}) => sum + copies, 0), different: merged.length, filters: counts,
        left: kept.length, clusters: clusters && clusters.length,
        scored: kept.some(({score}) => typeof score === 'number'),
        chosen: selected, figures: ofChosen, best: ofBest,
        loss: ofChosen.meanScore === null || ofBest.meanScore === null ? null : ofChosen.meanScore - ofBest.meanScore,
        rejected
    };
}
