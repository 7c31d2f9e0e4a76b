/* SPDX-License-Identifier: MIT
 *
 * structure_text.js - the slots of a plan as PDB text for the engine, in which every slot is a row.
 *
 *   Plan, coordinates --> ATOM records: chains one after the other, places numbered from 1
 *
 * A place without any atom of the backbone gets a CB, which no model reads: the row then is there, incomplete, and its
 * atoms stand at the origin as the original has them. Letters are given with each request, so residue names say little.
 */
import {ConstraintError} from '../../index.js';
import {atomNames} from './pdb.js';

/** @typedef {import('./plan.js').Plan} Plan */

const COLUMNS = 8;   // for a coordinate
const CHAIN_NAMES = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** @param {string} text */
const withoutZero = (text) => text.replace(/^(-?)0\./, '$1.');

/**
 * The shortest text that is read back as the same float, as far as the columns reach.
 * @param {number} value
 */
export function coordinateText(value) {
    for (let digits = 1; digits <= 9; digits++) {
        const text = withoutZero(String(Number(value.toPrecision(digits))));
        if (text.length <= COLUMNS && Math.fround(Number(text)) === Math.fround(value)) return text;
    }
    for (let decimals = COLUMNS; decimals >= 0; decimals--) {
        const text = withoutZero(value.toFixed(decimals));
        if (text.length <= COLUMNS && !text.includes('e')) return text;
    }
    throw new ConstraintError(`${value} is no coordinate that a structure can have`, String(value));
}

/** @param {Plan} plan */
function chainsOf(plan) {
    const chains = plan.chains.filter((chain) => chain.length > 0);
    if (chains.length <= CHAIN_NAMES.length) return chains;
    throw new ConstraintError(`${plan.name} has ${chains.length} chains; ${CHAIN_NAMES.length} can be read`);
}

/**
 * @param {Plan} plan
 * @param {Float32Array} atoms   [slot][atom][3]
 * @param {boolean} caOnly
 * @returns {{text: string, rounded: boolean}}   rounded: a coordinate has more digits than the columns
 */
export function structureText(plan, atoms, caOnly) {
    const names = atomNames(caOnly);
    /** @type {string[]} */
    const lines = [];
    let rounded = false;
    const put = (/** @type {string} */ atom, /** @type {string} */ place, /** @type {ArrayLike<number>} */ xyz) => {
        const fields = Array.from(xyz, (value) => {
            const text = coordinateText(value);
            rounded ||= Math.fround(Number(text)) !== value;
            return text.padStart(COLUMNS);
        });
        const serial = String((lines.length + 1) % 1e5).padStart(5);
        lines.push(`ATOM  ${serial}  ${atom.padEnd(3)} ALA ${place}   ${fields.join('')}  1.00  0.00`);
    };
    for (const [c, {start, length}] of chainsOf(plan).entries()) {
        for (let i = 0; i < length; i++) {
            const slot = start + i, number = String(i + 1).padStart(4);
            const place = `${CHAIN_NAMES[c]}${number}${number.length > 4 ? '' : ' '}`;
            const before = lines.length;
            for (const [a, name] of names.entries()) {
                const xyz = atoms.subarray((slot * names.length + a) * 3, (slot * names.length + a) * 3 + 3);
                if (xyz.every(Number.isFinite)) put(name, place, xyz);
            }
            if (lines.length === before) put('CB', place, [0, 0, 0]);
        }
    }
    return {text: `${lines.join('\n')}\nEND\n`, rounded};
}
