/* SPDX-License-Identifier: MIT
 *
 * jacobian.js - `weft jacobian STRUCTURE...`: which residues depend on each other's letters, by the categorical
 * Jacobian; a table of pairs, .csv, .npz or JSON.
 */
import {couplingsOf, JACOBIAN_LETTERS, rankedPairs} from '../analysis.js';
import {npyBytes, writeNpz} from '../formats/npy.js';
import {deliver, eachStructure, formOf, ordersOf, requireOne, residuesOf, short, tableText} from './analyses.js';
import {UsageError, wholeNumber} from './inputs.js';
import {jsonLine} from './output.js';

/** @typedef {import('./inputs.js').Context} Context */
/** @typedef {import('../index.js').Structure} Structure */
/** @typedef {import('../index.js').Jacobian} Jacobian */
/** @typedef {import('../analysis.js').Couplings} Couplings */

const COLUMNS = ['structure', 'residue_1', 'residue_2', 'separation', 'coupling', 'norm', 'ca_distance'];
const LETTERS_TOLD = 21;

/** @param {Context} context */
export async function jacobian(context) {
    const {values} = context, form = formOf(values, ['csv', 'npz', 'json']), orders = ordersOf(context);
    const separation = wholeNumber(context, 'separation');
    const most = values.pairs === undefined ? null : wholeNumber(context, 'pairs');
    requireOne(context, form);
    if (values.full && form !== 'npz') throw new UsageError('--full: write to FILE.npz');
    /** @type {unknown[][]} */
    const rows = [];
    let lines = '';
    await eachStructure(context, 'jacobian', async ({engine, structure, options, backbones, about}) => {
        const result = await engine.jacobian(backbones.encoded[0].encoding, {...options, orders});
        const couplings = couplingsOf(result);
        const pairs = rankedPairs(structure, result, couplings, separation, most ?? result.rows.length);
        if (form === 'npz') {
            await deliver(context, arrays(structure, result, couplings, Boolean(values.full)));
        } else if (values.json || form === 'json') {
            lines += jsonLine({...about, orders: result.orders.length, pairs: asObjects(structure, pairs)});
        } else {
            for (const pair of asObjects(structure, pairs)) {
                rows.push([
                    structure.name, pair.residue_1, pair.residue_2, pair.separation ?? '', short(pair.coupling),
                    short(pair.norm), pair.ca_distance?.toFixed(2)
                ]);
            }
        }
    });
    if (form === 'npz') return;
    const content = values.json || form === 'json' ? lines : await tableText([COLUMNS, ...rows], form ? 'csv' : 'tabs');
    await deliver(context, content);
}

/**
 * @param {Structure} structure
 * @param {readonly import('../analysis.js').Pair[]} pairs
 */
function asObjects(structure, pairs) {
    const xyz = structure.backbone(), ca = (/** @type {number} */ row) => xyz.subarray(row * 12 + 3, row * 12 + 6);
    return pairs.map(({i, j, separation, coupling, norm}) => {
        const [a, b] = [ca(i), ca(j)], distance = Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
        return {
            residue_1: structure.rowName(i), residue_2: structure.rowName(j),
            separation: Number.isFinite(separation) ? separation : null, coupling, norm,
            ca_distance: Number.isFinite(distance) ? distance : null
        };
    });
}

/**
 * @param {Structure} structure
 * @param {Jacobian} result
 * @param {Couplings} couplings
 * @param {boolean} full   the derivatives, too
 */
function arrays(structure, {rows, values, logProbs, orders}, {size, norms, couplings}, full) {
    const {chain, residue_number: numbers, insertion_code: codes} = residuesOf(structure, rows);
    return writeNpz({
        couplings: npyBytes(couplings, [size, size]), norms: npyBytes(norms, [size, size]),
        log_probs: npyBytes(logProbs, [size, LETTERS_TOLD]),
        ...(full && {jacobian: npyBytes(values, [size, JACOBIAN_LETTERS, size, JACOBIAN_LETTERS])}),
        decoding_orders: npyBytes(Int32Array.from(orders.flatMap((order) => [...order])),
            [orders.length, orders[0].length]),
        row: npyBytes(rows), chain: npyBytes(chain), residue_number: npyBytes(numbers), insertion_code: npyBytes(codes)
    });
}
