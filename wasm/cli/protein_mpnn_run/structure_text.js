/* SPDX-License-Identifier: MIT
 *
 * structure_text.js - the slots of a plan as a structure of the engine, in which every slot is a row.
 *
 *   Plan --structureText--> ATOM records without places: chains one after the other, slots numbered from 1
 *   Plan, coordinates --backboneOf--> where the atoms of each row are, as the engine takes them
 *
 * A slot without any atom of the backbone gets a CB, which no model reads: the row then is there, incomplete, and its
 * atoms stand at the origin as the original has them. Letters are given with each request, so residue names say little.
 */
import {ConstraintError} from '../../index.js';
import {atomNames} from './pdb.js';

/** @typedef {import('./plan.js').Plan} Plan */

const CHAIN_NAMES = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const BACKBONE = ['N', 'CA', 'C', 'O'];
const NOWHERE = `   ${'   0.000'.repeat(3)}  1.00  0.00`;   // columns 28 to 66

/** @param {Plan} plan */
function chainsOf(plan) {
    const chains = plan.chains.filter((chain) => chain.length > 0);
    if (chains.length <= CHAIN_NAMES.length) return chains;
    throw new ConstraintError(`${plan.name} has ${chains.length} chains; ${CHAIN_NAMES.length} can be read`);
}

/**
 * Which atoms each slot has, all of them at the origin.
 * @param {Plan} plan
 * @param {boolean} caOnly
 */
export function structureText(plan, caOnly) {
    const names = atomNames(caOnly);
    /** @type {string[]} */
    const lines = [];
    for (const [c, {start, length}] of chainsOf(plan).entries()) {
        for (let i = 0; i < length; i++) {
            const number = String(i + 1).padStart(4);
            const place = `${CHAIN_NAMES[c]}${number}${number.length > 4 ? '' : ' '}`;
            const from = (start + i) * names.length * 3;
            const there = names.filter((_, a) =>
                plan.atoms.subarray(from + a * 3, from + a * 3 + 3).every(Number.isFinite));
            for (const atom of there.length ? there : ['CB']) {
                const serial = String((lines.length + 1) % 1e5).padStart(5);
                lines.push(`ATOM  ${serial}  ${atom.padEnd(3)} ALA ${place}${NOWHERE}`);
            }
        }
    }
    return `${lines.join('\n')}\nEND\n`;
}

/**
 * Coordinates, to the last bit.
 * @param {Float32Array} atoms   [slot][atom][3]
 * @param {boolean} caOnly
 * @returns {Float32Array} [row][N, CA, C, O][3]
 */
export function backboneOf(atoms, caOnly) {
    const names = atomNames(caOnly), slots = atoms.length / (names.length * 3);
    const backbone = new Float32Array(slots * BACKBONE.length * 3).fill(NaN);
    for (let slot = 0; slot < slots; slot++) {
        for (const [a, name] of names.entries()) {
            const from = (slot * names.length + a) * 3, to = (slot * BACKBONE.length + BACKBONE.indexOf(name)) * 3;
            backbone.set(atoms.subarray(from, from + 3), to);
        }
    }
    return backbone;
}
