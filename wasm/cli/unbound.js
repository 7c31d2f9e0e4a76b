/* SPDX-License-Identifier: MIT
 *
 * unbound.js - `weft score --unbound`: the same sequences on the chosen chains alone, without their partners.
 *
 *   structure, chosen rows --chains of theirs--> part --encoder--> scores under the orders of the whole --> difference
 *
 * A score that is lower with the partner than without says that the partner's surface asks for these letters.
 */
import {ConstraintError} from '../index.js';

/** @typedef {import('../index.js').Engine} Engine */
/** @typedef {import('../index.js').Structure} Structure */
/** @typedef {import('../index.js').Score} Score */

/** @param {readonly number[]} values */
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * @param {Engine} engine
 * @param {Structure} structure
 * @param {Uint8Array} chosen           1 for each row that the scores count
 * @param {readonly Score[]} bound      scores of the whole
 * @param {Parameters<Engine['encode']>[1] & {}} control   how the whole was encoded
 * @returns {Promise<number[]>} score of each sequence without the other chains, mean over the same orders
 */
export async function unboundScores(engine, structure, chosen, bound, control) {
    const chains = structure.chainsWith(chosen);
    if (chains.length === structure.chains.length) {
        throw new ConstraintError('--unbound: all chains are scored; choose some with --chains, and the others are '
            + 'left out', '--unbound');
    }
    const kept = structure.chainOf.map((chain) => (chains.includes(structure.chains[chain]) ? 1 : 0));
    const rows = Array.from(kept.keys()).filter((row) => kept[row]);
    const place = new Map(rows.map((row, i) => [row, i]));
    const part = engine.derive(structure, {rows: kept});
    const encoding = await engine.encode(part, control);
    try {
        const sequences = bound.map(({sequence}) => rows.map((row) => sequence[row]).join(''));
        const design = rows.map((row) => chosen[row]);
        /** @type {Score[][]} */
        const byOrder = [];
        for (const {order} of bound[0].orders) {
            const own = Array.from(order).filter((row) => kept[row]).map((row) => Number(place.get(row)));
            byOrder.push(await engine.score(encoding, {signal: control.signal, design, sequences, order: own}));
        }
        return bound.map((_, i) => mean(byOrder.map((scores) => scores[i].score)));
    } finally {
        encoding.dispose();
        part.dispose();
    }
}
