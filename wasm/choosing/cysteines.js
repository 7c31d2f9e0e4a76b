/* SPDX-License-Identifier: MIT
 *
 * cysteines.js - which cysteines of a design have a partner for a disulfide on the backbone that it was made for.
 *
 *   Structure --backboneOf--> CB of each residue        candidate, CB --unpaired--> cysteines that stay alone
 *
 * Two cysteines are partners where their CB are at most 4.5 angstrom apart, the limit at which R. Sowdhamini et al.,
 * Protein Eng. 3, 95 (1989), model a disulfide. CB is placed from N, CA and C, since designed residues have none.
 */
import {ConstraintError} from '../errors.js';

export const DISULFIDE = 4.5;   // angstrom, CB to CB
const BACKBONE = 12;            // numbers of a residue: N, CA, C, O

/**
 * @typedef {object} BackboneChain
 * @property {string} name
 * @property {string} letters       of the file, one for each residue
 * @property {ArrayLike<number>} numbers   of residues
 * @property {Float64Array} carbons [residue][x, y, z] of CB, angstrom; NaN where the backbone is not complete
 */
/** @typedef {{name: string, chains: BackboneChain[]}} Backbone */
/** @typedef {{name: string, chains: readonly string[], chainNames?: readonly string[] | null}} Placed */
/** @typedef {{chain: number, position: number}} Place   both from 1; chain 0: one that is not printed */

/**
 * CB of an ideal residue in the frame of its N, CA and C: the weights that ProteinMPNN has (J. Dauparas et al., Science
 * 378, 49 (2022)).
 * @param {ArrayLike<number>} xyz   N, CA and C
 * @param {number} at               of the residue
 * @returns {[number, number, number]}
 */
function virtualCarbon(xyz, at) {
    const [n, ca, c] = [0, 3, 6].map((atom) => [0, 1, 2].map((axis) => xyz[at + atom + axis]));
    const b = ca.map((value, axis) => value - n[axis]), d = c.map((value, axis) => value - ca[axis]);
    const cross = [0, 1, 2].map((axis) => {
        const [next, last] = [(axis + 1) % 3, (axis + 2) % 3];
        return b[next] * d[last] - b[last] * d[next];
    });
    const along = (/** @type {number} */ axis) =>
        -0.58273431 * cross[axis] + 0.56802827 * b[axis] - 0.54067466 * d[axis] + ca[axis];
    return [along(0), along(1), along(2)];
}

/**
 * What the search for partners needs of a structure, which may then be disposed of.
 * @param {import('../structure.js').Structure} structure
 * @returns {Backbone}
 */
export function backboneOf(structure) {
    const xyz = structure.backbone();
    const chains = structure.chains.map(({name, start, length, sequence}) => {
        const carbons = new Float64Array(3 * length);
        for (let i = 0; i < length; i++) carbons.set(virtualCarbon(xyz, (start + i) * BACKBONE), 3 * i);
        return {name, letters: sequence, numbers: structure.numbers.slice(start, start + length), carbons};
    });
    if (chains.every(({carbons}) => carbons.every(Number.isNaN))) {
        throw new ConstraintError(`${structure.name} has no residue with N, CA and C, from which CB is placed`);
    }
    return {name: structure.name, chains};
}

/**
 * The residue behind each letter, which may be a sign for a missing number; -1 for those.
 * @param {BackboneChain} chain
 * @param {string} text
 */
function residuesOf({letters, numbers}, text) {
    const plain = Array.from(letters, (_, i) => i);
    if (text.length === plain.length) return plain;
    const filled = plain.flatMap((i) => {
        const missing = i > 0 ? Math.max(0, numbers[i] - numbers[i - 1] - 1) : 0;
        return missing > LARGEST_GAP ? [i] : [...Array(missing).fill(-1), i];
    });
    return text.length === filled.length ? filled : null;
}

const LARGEST_GAP = 100_000;   // no text has a sign for each of more

/**
 * The chains of the structure that the sequences are of: by name where it is known, else all, sorted by name.
 * @param {Placed} candidate
 * @param {Backbone} backbone
 */
function chainsFor({name, chains, chainNames}, backbone) {
    const sorted = backbone.chains.map((chain) => chain.name).sort((a, b) => (a < b ? -1 : 1));
    const names = chainNames ?? sorted;
    if (names.length !== chains.length) {
        throw new ConstraintError(`${name} has ${chains.length} of the ${sorted.length} chains of ${backbone.name}, `
            + 'and nothing says which', name);
    }
    return names.map((each, i) => {
        const chain = backbone.chains.find((other) => other.name === each);
        if (!chain) throw new ConstraintError(`${name}: ${backbone.name} has no chain ${each}`, each);
        const residues = residuesOf(chain, chains[i]);
        if (residues) return {chain, residues};
        throw new ConstraintError(`${name}: chain ${each} has ${chains[i].length} letters, in ${backbone.name} it has `
            + `${chain.letters.length} residues`, name);
    });
}

/** @typedef {Place & {carbon: Float64Array | null}} Cysteine */

/**
 * All cysteines: of the candidate, and of chains of the structure that it does not have.
 * @param {Placed} candidate
 * @param {Backbone} backbone
 * @returns {Cysteine[]}
 */
function cysteinesOf(candidate, backbone) {
    const mine = chainsFor(candidate, backbone);
    const cysteines = mine.flatMap(({chain, residues}, c) => residues.flatMap((residue, i) => {
        if (candidate.chains[c][i] !== 'C') return [];
        const carbon = residue < 0 ? null : chain.carbons.subarray(3 * residue, 3 * residue + 3);
        return [{chain: c + 1, position: i + 1, carbon}];
    }));
    const others = backbone.chains.filter((chain) => !mine.some((each) => each.chain === chain));
    return [...cysteines, ...others.flatMap(({letters, carbons}) => Array.from(letters, (letter, i) =>
        ({letter, chain: 0, position: i + 1, carbon: carbons.subarray(3 * i, 3 * i + 3)}))
        .filter(({letter}) => letter === 'C'))];
}

/**
 * Cysteines without a partner. Pairs are made from the nearest on, and each cysteine is in one at most; those of chains
 * that are not printed may be partners.
 * @param {Placed} candidate
 * @param {Backbone} backbone
 * @param {number} [most]   angstrom
 * @returns {Place[]}
 */
export function unpaired(candidate, backbone, most = DISULFIDE) {
    if (!(most > 0 && most < Infinity)) {
        throw new ConstraintError(`the distance of a disulfide is a number above 0, not ${most}`, String(most));
    }
    const all = cysteinesOf(candidate, backbone);
    const pairs = all.flatMap((a, i) => all.slice(i + 1).flatMap((b, j) => {
        const [left, right] = [a.carbon, b.carbon];
        if (!left || !right) return [];
        const distance = Math.hypot(...left.map((value, axis) => value - right[axis]));
        return distance <= most ? [{i, j: i + 1 + j, distance}] : [];
    }));
    pairs.sort((a, b) => a.distance - b.distance || a.i - b.i || a.j - b.j);
    const taken = new Set();
    for (const {i, j} of pairs) if (!taken.has(i) && !taken.has(j)) taken.add(i).add(j);
    return all.filter((each, i) => each.chain > 0 && !taken.has(i))
        .map(({chain, position}) => ({chain, position}));
}
