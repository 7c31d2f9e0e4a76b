/* SPDX-License-Identifier: MIT
 *
 * written_rows.js - which atoms of a file are the residues of its structure, and what a design makes of each.
 *
 *   atoms as the file has them, Structure --findRows--> row of each atom --fates--> left out, edited, or as it was
 *
 * Which residues there are, of which model and with which conformer, the reader alone decides: an atom is found where
 * its coordinates are those that the structure has for N, CA, C or O of a row. The other atoms of the residue are
 * those with the same chain, number and insertion code.
 *
 * Of a residue with another letter than the file's N, CA, C, O, OXT (OT1, OT2) and backbone hydrogens stay: those of N
 * unless it becomes proline, HA unless it is or becomes glycine, whose CA has two. CB goes with the side chain, as no
 * two letters need have it in the same place. One conformer stays, the one that was read, with no label and the whole
 * occupancy. Atoms of designed residues get as B-factor the probability of their letter, 0 to 1, given the letters that
 * were decoded before: exp(-loss) of LigandMPNN, which its own files have, too.
 */
import {ConstraintError} from './errors.js';
import {BACKBONE_NUMBERS, LETTER_COUNT, LETTERS, LETTER_X} from './structure.js';
import {RESIDUE_NAMES} from './formats/residues.js';

/** @typedef {import('./structure.js').Structure} Structure */

/**
 * @typedef {object} FileAtom   as the file has it
 * @property {string} name
 * @property {string} residue
 * @property {string} chain       '' for none, like the next two
 * @property {string} altloc
 * @property {string} insertion
 * @property {string} number      of the residue
 * @property {string} key         the same for all atoms of one residue
 * @property {number} model       counts from 0
 * @property {readonly [number, number, number]} xyz
 */

/**
 * @typedef {object} Edit   what is written of an atom
 * @property {string | null} residue   its new name; null: all stays but the B-factor
 * @property {number | null} bFactor
 * @property {boolean} whole           the only conformer, which had a label
 */

/** @typedef {Edit | 'same' | 'dropped'} Fate */
/** @typedef {{sequence: string, logProbs: Float32Array, designMask: Uint8Array}} Letters   what is used of a Design */
/** @typedef {{model: number, rowOf: Int32Array, anchor: Int32Array}} Found   rowOf: [atom] -1 for none; anchor: atoms
 *     [row][N, CA, C, O], -1 for none */

const BACKBONE = ['N', 'CA', 'C', 'O'], CA = 1, AXES = 3;
const ENDS = /^(OXT|OT1|OT2|HXT)$/;
const AMIDE = /^(H|HN|H[123]|HT[123]|[123]HT?|D|D[123]|[123]D)$/;
const ALPHA = /^(HA|DA)$/;

/** @param {string} name @param {ArrayLike<number>} xyz @param {number} at */
const spot = (name, xyz, at) => `${name} ${xyz[at]} ${xyz[at + 1]} ${xyz[at + 2]}`;

/** Of each structure, as many designs of one are written. @type {WeakMap<Structure, Map<string, number[]>>} */
const known = new WeakMap();

/** Rows by what their backbone atoms are called and where they are. @param {Structure} structure */
function spots(structure) {
    const before = known.get(structure);
    if (before) return before;
    const xyz = structure.backbone();
    /** @type {Map<string, number[]>} */
    const rows = new Map();
    for (let row = 0; row < structure.length; row++) {
        BACKBONE.forEach((name, k) => {
            const at = row * BACKBONE_NUMBERS + k * AXES;
            if (Number.isNaN(xyz[at])) return;
            const key = spot(name, xyz, at);
            rows.set(key, [...rows.get(key) ?? [], row]);
        });
    }
    known.set(structure, rows);
    return rows;
}

/**
 * Rows where an atom is; none of side chains.
 * @param {FileAtom} atom
 * @param {ReadonlyMap<string, number[]>} rows
 */
const rowsAt = ({name, xyz}, rows) =>
    (BACKBONE.includes(name) ? rows.get(spot(name, xyz.map(Math.fround), 0)) : undefined);

/**
 * Of rows in one place the one that the file means.
 * @param {Structure} structure
 * @param {FileAtom} atom
 * @param {number[]} rows
 * @param {(row: number) => boolean} isFree
 */
function nearest(structure, {number, insertion, chain}, rows, isFree) {
    if (rows.length === 1) return rows[0];
    const free = rows.filter(isFree);
    const same = free.filter((row) => String(structure.numbers[row]) === number
        && structure.insertions[row].trim() === insertion);
    const named = same.filter((row) => structure.chains[structure.chainOf[row]].name === chain);
    return [...named, ...same, ...free, ...rows][0];
}

/**
 * The model that was read: the one with the structure's coordinates.
 * @param {readonly FileAtom[]} atoms
 * @param {readonly (number[] | undefined)[]} places   rows where each atom is
 */
function modelOf(atoms, places) {
    /** @type {number[]} */
    const hits = [];
    atoms.forEach(({model}, i) => { hits[model] = (hits[model] ?? 0) + Number(places[i] !== undefined); });
    return hits.indexOf(hits.reduce((most, each) => Math.max(most, each), 0));
}

/**
 * The atoms of one key, which is that of one row, or of several where numbers occur again: a row then ends where
 * another one's backbone begins. What stands apart in the file belongs to a row if it has its name, or if it is another
 * conformer's residue.
 * @param {readonly FileAtom[]} atoms
 * @param {readonly number[]} group
 * @param {Int32Array} rowOf   of the backbone; is completed
 */
function fillGroup(atoms, group, rowOf) {
    let row = rowOf[group.find((i) => rowOf[i] >= 0) ?? group[0]];
    if (row < 0) return;
    /** @type {Map<number, Set<string>>} */
    const names = new Map();
    for (const i of group) {
        if (rowOf[i] >= 0) names.set(rowOf[i], (names.get(rowOf[i]) ?? new Set()).add(atoms[i].residue));
    }
    const conformers = new Set(group.filter((i) => atoms[i].name === 'CA' && atoms[i].altloc)
        .map((i) => atoms[i].residue));
    const runs = group.filter((i, at) => at === 0 || group[at - 1] !== i - 1).concat(Infinity);
    for (const [at, from] of runs.slice(0, -1).entries()) {
        const run = group.filter((i) => i >= from && i < runs[at + 1]), own = run.find((i) => rowOf[i] >= 0);
        if (own !== undefined) row = rowOf[own];
        for (const i of run) {
            const {residue, altloc} = atoms[i];
            if (rowOf[i] >= 0) row = rowOf[i];
            else if (own !== undefined || names.get(row)?.has(residue) || (altloc && conformers.has(residue))) {
                rowOf[i] = row;
            }
        }
    }
}

/**
 * @param {readonly FileAtom[]} atoms
 * @param {Structure} structure
 * @returns {Found}
 */
export function findRows(atoms, structure) {
    const rows = spots(structure), places = atoms.map((atom) => rowsAt(atom, rows)), model = modelOf(atoms, places);
    const rowOf = new Int32Array(atoms.length).fill(-1);
    const anchor = new Int32Array(structure.length * BACKBONE.length).fill(-1);
    /** @type {Map<string, number[]>} */
    const groups = new Map();
    atoms.forEach((atom, i) => {
        if (atom.model !== model) return;
        const group = groups.get(atom.key);
        if (group) group.push(i);
        else groups.set(atom.key, [i]);
        const here = places[i];
        if (!here) return;
        const k = BACKBONE.indexOf(atom.name);
        rowOf[i] = nearest(structure, atom, here, (row) => anchor[row * BACKBONE.length + k] < 0);
        if (anchor[rowOf[i] * BACKBONE.length + k] < 0) anchor[rowOf[i] * BACKBONE.length + k] = i;
    });
    for (const group of groups.values()) fillGroup(atoms, group, rowOf);
    return {model, rowOf, anchor};
}

/**
 * 1 where the design has another letter than the file.
 * @param {Structure} structure
 * @param {Letters} design
 */
export function changedRows({sequence, length}, design) {
    if (design.sequence.length !== length) {
        throw new ConstraintError(`the design has ${design.sequence.length} letters for ${length} residues`);
    }
    return Uint8Array.from({length}, (_, row) =>
        Number(design.sequence[row] !== sequence[row] && design.sequence[row] !== LETTERS[LETTER_X]));
}

/**
 * Whether an atom stays where its residue gets another letter; one that is not of the four.
 * @param {string} name
 * @param {string} before
 * @param {string} after
 */
function stays(name, before, after) {
    if (AMIDE.test(name)) return after !== 'P';
    return ALPHA.test(name) ? before !== 'G' && after !== 'G' : ENDS.test(name);
}

/**
 * The atoms of a changed residue that stay.
 * @param {readonly FileAtom[]} atoms
 * @param {readonly number[]} own      of the residue
 * @param {Int32Array} anchor          its backbone
 * @param {readonly [string, string]} letters   before and after
 */
function keptAtoms(atoms, own, anchor, letters) {
    const kept = new Set(anchor.filter((i) => i >= 0)), names = new Set();
    const {altloc, residue} = atoms[anchor[CA] >= 0 ? anchor[CA] : anchor.find((i) => i >= 0) ?? -1];
    for (const i of own) {
        const atom = atoms[i];
        const fits = atom.residue === residue && (!atom.altloc || !altloc || atom.altloc === altloc);
        if (!fits || names.has(atom.name) || !stays(atom.name, ...letters)) continue;
        names.add(atom.name);
        kept.add(i);
    }
    return kept;
}

/**
 * What becomes of each atom; those of other models are dropped.
 * @param {readonly FileAtom[]} atoms
 * @param {Structure} structure
 * @param {Letters} design
 * @returns {Found & {fates: Fate[], changed: Uint8Array}}
 */
export function fates(atoms, structure, design) {
    const found = findRows(atoms, structure), changed = changedRows(structure, design);
    const {rowOf, anchor, model} = found;
    /** @type {Fate[]} */
    const all = atoms.map((atom) => (atom.model === model ? 'same' : 'dropped'));
    /** @type {number[][]} */
    const own = Array.from({length: structure.length}, () => []);
    rowOf.forEach((row, i) => { if (row >= 0) own[row].push(i); });
    for (let row = 0; row < structure.length; row++) {
        const letter = design.sequence[row], index = LETTERS.indexOf(letter), designed = design.designMask[row];
        if (!designed && !changed[row]) continue;
        const backbone = anchor.subarray(row * BACKBONE.length, (row + 1) * BACKBONE.length);
        if (backbone.every((i) => i < 0)) {
            throw new ConstraintError(`${structure.rowName(row)} is not found in the file's columns, so that no file `
                + 'can be written; copies of an assembly and files without fixed columns are not', letter);
        }
        const kept = changed[row] ? keptAtoms(atoms, own[row], backbone, [structure.sequence[row], letter]) : null;
        const bFactor = designed ? Math.exp(design.logProbs[row * LETTER_COUNT + index]) : null;
        for (const i of own[row]) {
            all[i] = kept && !kept.has(i) ? 'dropped'
                : {residue: kept && RESIDUE_NAMES[index], bFactor, whole: kept !== null && atoms[i].altloc !== ''};
        }
    }
    return {...found, fates: all, changed};
}
