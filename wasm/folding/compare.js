/* SPDX-License-Identifier: MIT
 *
 * compare.js - predicted structures beside the backbones that their sequences were designed for.
 *
 *   predicted chains --by sequence--> the design and its chains --superpose.js--> RMSD of CA atoms; pLDDT, PAE
 *
 * A prediction belongs to a design when each of its chains has the sequence of one of the design's chains, and every
 * designed chain is there. Of equal chains those are paired that lie on each other best.
 */
import {noConfidence} from './confidence.js';
import {rmsdAfter, superpose} from './superpose.js';

/** @typedef {import('../structure.js').Structure} Structure */
/** @typedef {import('./complexes.js').Complex} Complex */
/** @typedef {import('./complexes.js').Reference} Reference */
/** @typedef {import('./confidence.js').Confidence} Confidence */

/**
 * @typedef {object} Measures   angstrom; null where there is nothing to measure
 * @property {number} residues                CA atoms compared
 * @property {number | null} rmsd             over all residues of both, superposed on them
 * @property {number | null} rmsdDesigned     over the designed residues, superposed on them
 * @property {number | null} rmsdInterface    over the residues of the reference's interface, superposed on them
 * @property {number | null} rmsdBinder       over the designed chains, superposed on the others: whether a binder sits
 *                                            where it was designed
 * @property {number | null} plddt            mean over all residues, 0 to 100
 * @property {number | null} plddtDesigned
 * @property {number | null} plddtInterface
 * @property {number | null} pae              mean over all pairs of residues
 * @property {number | null} paeBetween       mean over pairs of different chains
 * @property {number | null} ptm
 * @property {number | null} iptm
 * @property {number | null} ranking
 */

/** @typedef {{chain: number, place: number}} Pairing   a predicted chain, and the design's chain that it is */

const MOST_PAIRINGS = 720;   // of equal chains; beyond it they are paired by where one of them puts the others

/** @param {Structure} prediction */
const sequencesOf = (prediction) => prediction.chains.map(({sequence}) => sequence);

/**
 * Whether chains with these sequences are a prediction of a design.
 * @param {readonly string[]} sequences
 * @param {Complex} complex
 */
export function isOf(sequences, {chains}) {
    const left = chains.map(({sequence}) => sequence);
    const designed = chains.map((chain) => chain.designed);
    for (const sequence of sequences) {
        // a designed chain first, so that a target of the same sequence is not taken for it
        const equal = left.flatMap((each, i) => (each === sequence ? [i] : []));
        const place = equal.find((i) => designed[i]) ?? equal[0];
        if (place === undefined) return false;
        left[place] = '';
        designed[place] = false;
    }
    return !designed.includes(true);
}

/**
 * The designs that a prediction may be of.
 * @param {Structure} prediction
 * @param {readonly Complex[]} complexes
 */
export const designsOf = (prediction, complexes) => {
    const sequences = sequencesOf(prediction);
    return complexes.filter((complex) => isOf(sequences, complex));
};

/**
 * All ways to give things to as many places.
 * @template T
 * @param {readonly T[]} things
 * @returns {T[][]}
 */
function permutations(things) {
    if (things.length <= 1) return [[...things]];
    return things.flatMap((thing, i) => permutations([...things.slice(0, i), ...things.slice(i + 1)])
        .map((rest) => [thing, ...rest]));
}

/**
 * Orders of many equal chains: each of them laid on the first place in turn, the others go where they then are nearest.
 * @param {Structure} prediction
 * @param {Reference} reference
 * @param {Complex} complex
 * @param {readonly number[]} own   chains of the prediction
 * @param {readonly number[]} places   of the design
 */
function nearestOrders(prediction, reference, complex, own, places) {
    const points = own.map((chain) => places.map((place) => {
        const pairs = pairsOf(prediction, reference, complex, [{chain, place}]);
        return /** @type {const} */ ([carbons(prediction, pairs.map((pair) => pair.own)),
            carbons(reference.structure, pairs.map(({row}) => row))]);
    }));
    return own.map((_, anchor) => {
        if (points[anchor][0][0].length === 0) return [...own];
        const motion = superpose(...points[anchor][0]);
        const far = points.flatMap((row, chain) => row.map((each, place) =>
            ({chain, place, rmsd: each[0].length ? rmsdAfter(motion, ...each) : Infinity})));
        far.sort((a, b) => a.rmsd - b.rmsd || a.place - b.place || a.chain - b.chain);
        /** @type {Map<number, number>} */
        const taken = new Map();
        const used = new Set();
        for (const {chain, place} of far) {
            if (taken.has(place) || used.has(chain)) continue;
            taken.set(place, own[chain]);
            used.add(chain);
        }
        return places.map((_place, i) => /** @type {number} */ (taken.get(i)));
    });
}

/**
 * Ways to pair a prediction's chains with those of the design.
 * @param {Structure} prediction
 * @param {Reference} reference
 * @param {Complex} complex
 * @returns {Pairing[][]}
 */
function pairings(prediction, reference, complex) {
    const {chains} = complex;
    /** @type {Map<string, number[]>} */
    const groups = new Map();
    sequencesOf(prediction).forEach((sequence, chain) =>
        groups.set(sequence, [...groups.get(sequence) ?? [], chain]));
    /** @type {Pairing[][]} */
    let ways = [[]];
    for (const [sequence, own] of groups) {
        const places = chains.flatMap((chain, i) => (chain.sequence === sequence ? [i] : []))
            .sort((a, b) => Number(chains[b].designed) - Number(chains[a].designed) || a - b).slice(0, own.length);
        const product = Array.from({length: own.length}, (_, i) => i + 1).reduce((all, n) => all * n, ways.length);
        const orders = product <= MOST_PAIRINGS ? permutations(own)
            : nearestOrders(prediction, reference, complex, own, places);
        ways = ways.flatMap((way) => orders.map((order) =>
            [...way, ...places.map((place, i) => ({chain: order[i], place}))]));
    }
    return ways;
}

/** @param {Structure} structure @param {readonly number[]} rows @returns {Float64Array} [rows][3] CA */
function carbons(structure, rows) {
    const xyz = structure.backbone();
    return Float64Array.from({length: rows.length * 3}, (_, i) => xyz[rows[Math.floor(i / 3)] * 12 + 3 + i % 3]);
}

/** @typedef {{own: number, row: number, designed: boolean, chain: number}} Pair   a predicted row, and its other */

/**
 * Rows of both whose CA is there.
 * @param {Structure} prediction
 * @param {Reference} reference
 * @param {Complex} complex
 * @param {readonly Pairing[]} way
 * @returns {Pair[]}
 */
const pairsOf = (prediction, {structure, design}, {chains}, way) => way.flatMap(({chain, place}) =>
    Array.from(chains[place].rows, (row, i) => ({
        own: prediction.chains[chain].start + i, row, chain: place,
        designed: design ? Boolean(design[row]) : chains[place].designed
    })).filter(({own, row}) => prediction.carbons[own] && structure.carbons[row]));

/** @param {readonly number[]} values */
const meanOf = (values) => (values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : null);

/** The rows between chains of the reference; none where it has one. @param {Structure} structure */
function interfaceRows(structure) {
    try {
        return structure.chains.length > 1 ? structure.select('interface').mask : null;
    } catch {
        return null;   // chains that do not touch
    }
}

/**
 * @param {Structure} prediction
 * @param {Reference} reference
 * @param {Complex} complex   of a design of the reference that the prediction is of
 * @param {Confidence} [confidence]
 * @returns {Measures}
 */
export function compareFold(prediction, reference, complex, confidence = noConfidence()) {
    const ways = pairings(prediction, reference, complex).map((way) => pairsOf(prediction, reference, complex, way));
    const both = (/** @type {readonly Pair[]} */ some) => /** @type {const} */ ([
        carbons(prediction, some.map(({own}) => own)), carbons(reference.structure, some.map(({row}) => row))
    ]);
    const fit = (/** @type {readonly Pair[]} */ some) => (some.length ? superpose(...both(some)).rmsd : null);
    const fits = ways.map((pairs) => fit(pairs) ?? Infinity);
    const pairs = ways[fits.indexOf(Math.min(...fits))] ?? [];
    const between = interfaceRows(reference.structure);
    const designed = pairs.filter((pair) => pair.designed), met = pairs.filter(({row}) => between?.[row]);
    const binder = pairs.filter(({chain}) => complex.chains[chain].designed);
    const target = pairs.filter(({chain}) => !complex.chains[chain].designed);
    return {
        residues: pairs.length, rmsd: fit(pairs), rmsdDesigned: fit(designed), rmsdInterface: fit(met),
        rmsdBinder: binder.length && target.length ? rmsdAfter(superpose(...both(target)), ...both(binder)) : null,
        ...confidenceMeans(prediction, {designed, met}), ...errorMeans(prediction, confidence),
        ptm: confidence.ptm, iptm: confidence.iptm, ranking: confidence.ranking
    };
}

/**
 * pLDDT of the B-factors: from 0 to 1 (ESMFold's first version) or from 0 to 100, as the largest of them tells.
 * @param {Structure} prediction
 * @param {{designed: readonly Pair[], met: readonly Pair[]}} parts
 */
function confidenceMeans(prediction, {designed, met}) {
    const values = Array.from(prediction.bFactors()), there = values.filter((value) => !Number.isNaN(value));
    const top = Math.max(0, ...there), scale = top > 1 ? 1 : 100;
    const of = (/** @type {readonly Pair[]} */ some) => meanOf(some.map(({own}) => scale * values[own]));
    if (top === 0) return {plddt: null, plddtDesigned: null, plddtInterface: null};
    return {plddt: meanOf(there.map((value) => scale * value)), plddtDesigned: of(designed), plddtInterface: of(met)};
}

/**
 * Means of a PAE that has a row for each residue of the prediction; of another one (with ligands) nothing is said.
 * @param {Structure} prediction
 * @param {Confidence} confidence
 */
function errorMeans({length, chainOf}, {pae}) {
    if (!pae || pae.size !== length) return {pae: null, paeBetween: null};
    let all = 0, between = 0, pairs = 0;
    for (let i = 0; i < length; i++) {
        for (let j = 0; j < length; j++) {
            const value = pae.values[i * length + j];
            all += value;
            if (chainOf[i] === chainOf[j]) continue;
            between += value;
            pairs++;
        }
    }
    return {pae: all / (length * length), paeBetween: pairs ? between / pairs : null};
}
