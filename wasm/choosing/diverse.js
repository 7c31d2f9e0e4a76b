/* SPDX-License-Identifier: MIT
 *
 * diverse.js - n of many candidates: good ones that differ; clusters of like ones; what a choice gains and gives up.
 *
 *   candidates, n, diversity --chooseDiverse--> [{candidate, distance, objective}]
 *   candidates, identity --clusterByIdentity--> [{representative, members}]        candidates --figures--> Figures
 *
 * Results do not depend on the order of the candidates: ties go by score, then by name, then by letters.
 */
import {ConstraintError} from '../errors.js';
import {Pacer} from '../pace.js';
import {Distances} from './identity.js';
import {compareCandidates} from './order.js';

/** @typedef {import('./candidates.js').Candidate} Candidate */
/** @typedef {import('./identity.js').Compare} Compare */
/** @typedef {'rank' | 'range'} Scale   rank: the best has 1, the last 0, equal scores what is between theirs;
 *     range: the best score has 1, the worst 0, others in proportion */
/** @typedef {{signal?: AbortSignal, onProgress?: (done: number, total: number) => void}} Control */

/**
 * @template {Candidate} T
 * @typedef {object} Chosen
 * @property {T} candidate
 * @property {number | null} distance    1 - identity to the nearest of those before; null for the first
 * @property {T | null} nearest          that one
 * @property {number | null} objective   what it was the largest of; null for the first
 */

/**
 * @template {Candidate} T
 * @typedef {{representative: T, members: {candidate: T, identity: number}[]}} Cluster   members: with the
 *     representative, which is the first
 */

/**
 * @param {string} what
 * @param {number} value
 */
function requireShare(what, value) {
    if (!(value >= 0 && value <= 1)) {
        throw new ConstraintError(`${what} is a number from 0 to 1, not ${value}`, String(value));
    }
}

/**
 * Scores as 1 for the best to 0 for the worst; without a score 0.
 * @param {readonly Candidate[]} sorted   by score
 * @param {Scale} scale
 */
function scaledScores(sorted, scale) {
    const scores = sorted.map(({score}) => score ?? NaN), scaled = new Float64Array(scores.length);
    const last = scores.filter((score) => !Number.isNaN(score)).length - 1;
    const best = scores[0], worst = scores[last];
    for (let from = 0, to; from <= last; from = to + 1) {   // equal scores
        for (to = from; scores[to + 1] === scores[from]; to++);
        const rank = last === 0 ? 1 : 1 - (from + to) / 2 / last;
        const range = best === worst ? 1 : (worst - scores[from]) / (worst - best);
        scaled.fill(scale === 'rank' ? rank : range, from, to + 1);
    }
    return scaled;
}

/** Those not chosen yet, with the distance of each to the nearest one that is. */
class Rest {
    /**
     * @param {Distances} distances
     * @param {Int32Array} places   of the candidates in it
     */
    constructor(distances, places) {
        this.distances = distances;
        this.places = places;
        this.least = new Float64Array(places.length).fill(1);
        this.nearest = new Int32Array(places.length).fill(-1);
        this.open = new Uint8Array(places.length).fill(1);
    }

    /**
     * Takes one out, and moves the others nearer to it where they are.
     * @param {number} chosen
     * @param {Pacer} pacer
     */
    async take(chosen, pacer) {
        const {distances, places, least, nearest, open} = this;
        open[chosen] = 0;
        for (let i = 0; i < open.length; i++) {
            if (i % 1024 === 0) await pacer.breathe();
            if (!open[i]) continue;
            const distance = distances.between(places[i], places[chosen], least[i]);
            if (nearest[i] >= 0 && distance >= least[i]) continue;
            least[i] = distance;
            nearest[i] = chosen;
        }
    }

    /** The largest distance to what was taken. */
    farthest() {
        return this.least.reduce((most, distance, i) => (this.open[i] ? Math.max(most, distance) : most), 0);
    }

    /**
     * The one with the largest objective, of equal ones the first.
     * @param {Float64Array} scores   0 to 1
     * @param {number} weight         of the distance
     * @param {number} farthest       distance that counts 1
     */
    best(scores, weight, farthest) {
        let place = -1, objective = -Infinity;
        for (let i = 0; i < this.open.length; i++) {
            const value = (1 - weight) * scores[i] + weight * this.least[i] / farthest;
            if (this.open[i] && value > objective) [place, objective] = [i, value];
        }
        return {place, objective};
    }
}

/**
 * Chooses n candidates one by one. First the best score; then again and again that with the largest
 *
 *   (1 - diversity) * scaled score + diversity * distance to the nearest one chosen before / farthest
 *
 * where farthest is the largest distance to the first, so that both run from 0 to 1. That is the greedy search for
 * points far apart (T. F. Gonzalez, Theor. Comput. Sci. 38, 293 (1985)), with a share for the score, as J. Carbonell
 * and J. Goldstein, Proc. 21st SIGIR, 335 (1998), weigh relevance and novelty. Distances are those of identity.js.
 * Where no candidate has a score, diversity alone counts.
 * @template {Candidate} T
 * @param {readonly T[]} candidates
 * @param {number} count      all of them where there are fewer
 * @param {{diversity?: number, scale?: Scale, compare?: Compare, distances?: Distances} & Control} [options]
 *     diversity: 0 for the best scores, 1 for distance alone; 0.5 unless told. distances: of these and others
 * @returns {Promise<Chosen<T>[]>} in the order in which they were chosen
 */
export async function chooseDiverse(candidates, count, options = {}) {
    const {diversity = 0.5, scale = 'rank', compare, signal, onProgress} = options;
    requireShare('diversity', diversity);
    if (!(Number.isInteger(count) && count >= 1)) throw new ConstraintError(`${count} is no number of candidates`);
    if (scale !== 'rank' && scale !== 'range') throw new ConstraintError(`'${scale}' is none of rank, range`, scale);
    const {distances = new Distances(candidates, {compare})} = options;
    const sorted = [...candidates].sort(compareCandidates), pacer = new Pacer(signal);
    const rest = new Rest(distances, distances.placesOf(sorted)), scores = scaledScores(sorted, scale);
    const weight = sorted.some(({score}) => typeof score === 'number') ? diversity : 1;
    /** @type {Chosen<T>[]} */
    const chosen = sorted.slice(0, 1).map((candidate) => ({candidate, distance: null, nearest: null, objective: null}));
    if (chosen.length) await rest.take(0, pacer);
    const farthest = rest.farthest() || 1;   // where all are the same, whatever is
    while (chosen.length < Math.min(count, sorted.length)) {
        const {place, objective} = rest.best(scores, weight, farthest);
        const distance = rest.least[place], nearest = sorted[rest.nearest[place]];
        chosen.push({candidate: sorted[place], distance, nearest, objective});
        await rest.take(place, pacer);
        pacer.report(onProgress && (() => onProgress(chosen.length, count)));
    }
    return chosen;
}

/**
 * Clusters of like candidates by the greedy way of CD-HIT (W. Li and A. Godzik, Bioinformatics 22, 1658 (2006)): one by
 * one, here the best score first where CD-HIT takes the longest, each joins the first representative that it is alike
 * enough to, or becomes one. Identities are those of identity.js.
 * @template {Candidate} T
 * @param {readonly T[]} candidates
 * @param {number} identity   from which on two are alike, 0 to 1
 * @param {{compare?: Compare, distances?: Distances} & Control} [options]
 * @returns {Promise<Cluster<T>[]>} in the order of their representatives
 */
export async function clusterByIdentity(candidates, identity, options = {}) {
    requireShare('identity', identity);
    const {compare, signal, onProgress, distances = new Distances(candidates, {compare})} = options;
    const sorted = [...candidates].sort(compareCandidates), pacer = new Pacer(signal);
    const places = distances.placesOf(sorted);
    /** @type {{at: number, cluster: Cluster<T>}[]} */
    const clusters = [];
    for (const [i, candidate] of sorted.entries()) {
        const found = clusters.find(({at}) => distances.alike(places[i], at, identity));
        if (found) {
            const like = 1 - distances.between(places[i], found.at);
            found.cluster.members.push({candidate, identity: like});
        } else {
            clusters.push({at: places[i], cluster: {representative: candidate, members: [{candidate, identity: 1}]}});
        }
        await pacer.breathe();
        pacer.report(onProgress && (() => onProgress(i + 1, sorted.length)));
    }
    return clusters.map(({cluster}) => cluster);
}

/**
 * @typedef {object} Figures   of some candidates
 * @property {number} count
 * @property {number | null} meanScore          of those that have one
 * @property {number | null} meanIdentity       of all pairs; null for fewer than two
 * @property {number | null} smallestDistance   of all pairs: 1 - identity
 */

/**
 * How good and how diverse some candidates are.
 * @param {readonly Candidate[]} some
 * @param {{compare?: Compare, distances?: Distances, signal?: AbortSignal}} [options]   distances: of these and others
 * @returns {Promise<Figures>}
 */
export async function figures(some, {compare, signal, distances = new Distances(some, {compare})} = {}) {
    const pacer = new Pacer(signal), places = distances.placesOf(some);
    let sum = 0, smallest = Infinity;
    for (let a = 0; a < places.length; a++) {
        for (let b = 0; b < a; b++) {
            const distance = distances.between(places[a], places[b]);
            sum += distance;
            smallest = Math.min(smallest, distance);
        }
        await pacer.breathe();
    }
    const pairs = places.length * (places.length - 1) / 2;
    const scores = some.flatMap(({score}) => (typeof score === 'number' ? [score] : []));
    return {
        count: some.length,
        meanScore: scores.length ? scores.reduce((total, score) => total + score, 0) / scores.length : null,
        meanIdentity: pairs ? 1 - sum / pairs : null, smallestDistance: pairs ? smallest : null
    };
}
