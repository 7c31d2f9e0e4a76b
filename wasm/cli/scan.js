/* SPDX-License-Identifier: MIT
 *
 * scan.js - `weft scan STRUCTURE...`: how tolerable each mutation is, or with --doubles each pair of two; a table,
 * .csv, .npz or JSON.
 *
 * Numbers are log-probabilities with the mutation less those without, in nats: above 0 the mutant is likelier.
 */
import {LETTERS} from '../index.js';
import {npyBytes, writeNpz} from '../formats/npy.js';
import {deliver, eachStructure, formOf, ordersOf, requireOne, residuesOf, short, tableText} from './analyses.js';
import {UsageError} from './inputs.js';
import {jsonLine} from './output.js';

/** @typedef {import('./inputs.js').Context} Context */
/** @typedef {import('../index.js').Structure} Structure */
/** @typedef {import('../index.js').Scan} Scan */
/** @typedef {import('../index.js').Doubles} Doubles */

const AMINO = [...LETTERS].slice(0, 20);
const SIZE = AMINO.length;
const TOLD = 3;   // digits of a table for people

/** @param {Context} context */
export async function scan(context) {
    const {values} = context, form = formOf(values, ['csv', 'npz', 'json']), orders = ordersOf(context);
    const {mode, doubles} = values, json = values.json || form === 'json';
    if (doubles && mode !== 'all-others') throw new UsageError('--doubles: pairs are looked at given all others');
    requireOne(context, form);
    /** @type {unknown[][]} */
    const rows = [];
    let lines = '';
    const kind = doubles ? PAIRS : form ? SINGLES : WIDE;
    await eachStructure(context, 'scan', async ({engine, structure, options, backbones, about}) => {
        const [{encoding}] = backbones.encoded, asked = {...options, orders, mode};
        const result = /** @type {any} */ (doubles ? await engine.doubles(encoding, asked)
            : await engine.scan(encoding, asked));
        if (form === 'npz') await deliver(context, kind.arrays(structure, result));
        else if (json) lines += jsonLine({...about, ...kind.json(structure, result)});
        else for (const row of kind.rows(structure, result)) rows.push(row);   // may be a million
    }, {drawn: mode !== 'unconditional'});
    if (form === 'npz') return;
    await deliver(context, json ? lines : await tableText([kind.columns, ...rows], form ? 'csv' : 'tabs'));
}

/* ---- One mutation ---- */

const WIDE_COLUMNS = ['structure', 'residue', 'wild_type', 'entropy', ...AMINO];
const LONG_COLUMNS = [
    'structure', 'residue', 'wild_type', 'mutant', 'delta_log_prob', 'standard_error', 'log_prob', 'entropy'
];

/** @param {Structure} structure @param {Scan} scan */
const wideRows = (structure, {rows, sequence, deltas, entropy}) => Array.from(rows, (row, i) => [
    structure.name, structure.rowName(row), sequence[row], entropy[i].toFixed(TOLD),
    ...Array.from(deltas.subarray(i * SIZE, (i + 1) * SIZE), (delta) => delta.toFixed(TOLD))
]);

/** @param {Structure} structure @param {Scan} scan */
function longRows(structure, {rows, sequence, deltas, errors, logProbs, entropy}) {
    return Array.from(rows).flatMap((row, i) => AMINO.map((letter, a) => [
        structure.name, structure.rowName(row), sequence[row], letter, deltas[i * SIZE + a], errors?.[i * SIZE + a],
        logProbs[i * LETTERS.length + a], entropy[i]
    ]));
}

/** Lists of rows. @param {Float64Array} values @param {number} width */
const listed = (values, width) => Array.from({length: values.length / width}, (_, row) =>
    Array.from(values.subarray(row * width, (row + 1) * width)));

/** @param {Structure} structure @param {Scan} scan */
function asJson(structure, {mode, rows, sequence, deltas, errors, logProbs, entropy, pseudoPerplexity, orders}) {
    return {
        mode, orders: orders.length, alphabet: AMINO.join(''),
        residues: Array.from(rows, (row) => structure.rowName(row)),
        wild_type: Array.from(rows, (row) => sequence[row]).join(''), delta_log_probs: listed(deltas, SIZE),
        standard_errors: errors && listed(errors, SIZE), log_probs: listed(logProbs, LETTERS.length),
        entropy: Array.from(entropy), pseudo_perplexity: pseudoPerplexity
    };
}

/** @param {Int32Array[]} orders @returns {Record<string, Uint8Array>} */
function orderArray(orders) {
    if (orders.length === 0) return {};
    const all = Int32Array.from(orders.flatMap((order) => [...order]));
    return {decoding_orders: npyBytes(all, [orders.length, orders[0].length])};
}

/** @param {Structure} structure @param {Int32Array} rows */
function places(structure, rows) {
    const {chain, residue_number: numbers, insertion_code: codes} = residuesOf(structure, rows);
    return {
        row: npyBytes(rows), chain: npyBytes(chain), residue_number: npyBytes(numbers), insertion_code: npyBytes(codes)
    };
}

/** @param {Structure} structure @param {Scan} scan */
function arrays(structure, {rows, sequence, deltas, errors, logProbs, entropy, orders}) {
    return writeNpz({
        delta_log_probs: npyBytes(deltas, [rows.length, SIZE]),
        ...(errors && {standard_errors: npyBytes(errors, [rows.length, SIZE])}),
        log_probs: npyBytes(logProbs, [rows.length, LETTERS.length]), entropy: npyBytes(entropy),
        wild_type: npyBytes(Array.from(rows, (row) => sequence[row])), ...orderArray(orders), ...places(structure, rows)
    });
}

const WIDE = {columns: WIDE_COLUMNS, rows: wideRows, json: asJson, arrays};
const SINGLES = {...WIDE, columns: LONG_COLUMNS, rows: longRows};

/* ---- Two ---- */

const PAIR_COLUMNS = [
    'structure', 'residue_1', 'wild_type_1', 'mutant_1', 'residue_2', 'wild_type_2', 'mutant_2', 'delta_log_prob',
    'epistasis'
];

/**
 * Every double mutant, the likeliest first; ones with a letter that is there already are none.
 * @param {Structure} structure
 * @param {Doubles} doubles
 */
function pairRows(structure, {pairs, sequence, deltas, epistasis}) {
    const all = pairs.flatMap(({i, j}, pair) => AMINO.flatMap((first, a) => AMINO.flatMap((second, b) =>
        (first === sequence[i] || second === sequence[j] ? []
            : [{i, j, first, second, at: (pair * SIZE + a) * SIZE + b}]))));
    all.sort((x, y) => deltas[y.at] - deltas[x.at] || x.at - y.at);
    return all.map(({i, j, first, second, at}) => [
        structure.name, structure.rowName(i), sequence[i], first, structure.rowName(j), sequence[j], second,
        short(deltas[at]), short(epistasis[at])
    ]);
}

/** @param {Structure} structure @param {Doubles} doubles */
function pairJson(structure, {pairs, sequence, logProbs, deltas, epistasis, orders}) {
    const block = SIZE * SIZE;
    const table = (/** @type {Float64Array} */ values, /** @type {number} */ pair) =>
        listed(values.subarray(pair * block, (pair + 1) * block), SIZE);
    return {
        mode: 'doubles', orders: orders.length, alphabet: AMINO.join(''),
        pairs: pairs.map(({i, j}, pair) => ({
            residues: [structure.rowName(i), structure.rowName(j)], wild_type: sequence[i] + sequence[j],
            log_probs: table(logProbs, pair), delta_log_probs: table(deltas, pair), epistasis: table(epistasis, pair)
        }))
    };
}

/** @param {Structure} structure @param {Doubles} doubles */
function pairArrays(structure, {rows, pairs, sequence, logProbs, deltas, epistasis, orders}) {
    const shape = [pairs.length, SIZE, SIZE];
    return writeNpz({
        log_probs: npyBytes(logProbs, shape), delta_log_probs: npyBytes(deltas, shape),
        epistasis: npyBytes(epistasis, shape),
        pair_rows: npyBytes(Int32Array.from(pairs.flatMap(({i, j}) => [i, j])), [pairs.length, 2]),
        wild_type: npyBytes(Array.from(rows, (row) => sequence[row])), ...orderArray(orders), ...places(structure, rows)
    });
}

const PAIRS = {columns: PAIR_COLUMNS, rows: pairRows, json: pairJson, arrays: pairArrays};
