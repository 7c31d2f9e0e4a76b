/* SPDX-License-Identifier: MIT
 *
 * score.js - `weft score STRUCTURE...`: how well sequences fit each structure; a table, .csv, .npz or JSON.
 *
 * The score is the mean negative log-probability over the chosen residues in nats, averaged over random decoding orders
 * (the same ones for every sequence): lower is better.
 */
import {npyBytes, writeNpz} from '../formats/npy.js';
import {deliver, eachStructure, formOf, ordersOf, requireOne, residuesOf, short, tableText} from './analyses.js';
import {readSequences, UsageError, wholeNumber} from './inputs.js';
import {isSweep} from './noise.js';
import {jsonLine} from './output.js';
import {unboundScores} from './unbound.js';

/** @typedef {import('./inputs.js').Context} Context */
/** @typedef {import('./analyses.js').View} View */
/** @typedef {import('../index.js').Score} Score */
/** @typedef {{name: string, score: Score, unbound?: number, pseudo?: number} & {conformer?: string, noise?: number}}
 *     Row */

/** @param {Context} context */
export async function score(context) {
    const {values} = context, form = formOf(values, ['csv', 'npz', 'json']);
    const batch = wholeNumber(context, 'batch'), orders = ordersOf(context);
    const swept = values.average === 'none' && isSweep(values), json = values.json || form === 'json';
    if (values.unbound && isSweep(values)) throw new UsageError('--unbound: of one backbone, without --conformers');
    requireOne(context, form);
    if (form === 'npz' && swept) throw new UsageError('--output: .npz holds one backbone');
    const records = values.sequences === undefined ? null : await readSequences(values.sequences);
    /** @type {unknown[][]} */
    const table = [];
    let text = '';
    await eachStructure(context, 'score', async (view) => {
        const rows = await scored(context, view, records, {orders, batch});
        if (form === 'npz') return void await deliver(context, arrays(view, rows));
        const {about, chosen} = view;
        if (json) {
            text += rows.map((row) => jsonLine({...about, ...asJson(row), scored_residues: chosen.count})).join('');
            if (!form) text = print(context, text);
            return;
        }
        const cells = rows.map((row) => asCells(view.structure.name, row, Boolean(form)));
        const told = table.length ? cells : [columns(values, swept, false), ...cells];
        if (!form) print(context, await tableText(told, 'tabs'));
        for (const row of cells) table.push(row);   // and the names of the columns were written
    });
    if (form === 'csv') await deliver(context, await tableText([columns(values, swept, true), ...table], 'csv'));
    if (form === 'json') await deliver(context, text);
}

/** Results of one structure at once, before the next one. @param {Context} context @param {string} text */
function print({io, reporter}, text) {
    reporter.clear();
    io.stdout.write(text);
    return '';
}

/**
 * The scores of all sequences on all backbones of a structure.
 * @param {Context} context
 * @param {View} view
 * @param {readonly {header: string, sequence: string}[] | null} records
 * @param {{orders: number, batch: number}} how
 * @returns {Promise<Row[]>}
 */
async function scored({values, reporter}, view, records, how) {
    const {engine, structure, chosen, options, backbones} = view, sequences = records?.map(({sequence}) => sequence);
    const swept = values.average === 'none' && backbones.encoded.length > 1;
    const rows = [];
    for (const {encoding, conformer, noise} of backbones.encoded) {
        const scores = await engine.score(encoding, {...options, ...how, sequences});
        const alone = values.unbound ? await unboundScores(engine, encoding.structure, chosen.mask, scores, {
            signal: options.signal, features: values.features,
            onProgress: reporter.listener(`${structure.name} without partners`)
        }) : undefined;
        for (const [i, each] of scores.entries()) {
            const name = records ? records[each.index].header : 'native';
            const asked = {...options, sequence: each.sequence, orders: how.orders};
            const scan = values.pseudo ? await engine.scan(encoding, asked) : undefined;
            rows.push({
                name, score: each, unbound: alone?.[i], pseudo: scan?.pseudoPerplexity ?? undefined,
                ...(swept && {conformer, noise})
            });
        }
    }
    return rows;
}

/**
 * @param {import('./inputs.js').Values} values
 * @param {boolean} swept
 * @param {boolean} all   in a file, where there is room for more
 */
const columns = (values, swept, all) => [
    'structure', ...(swept ? ['conformer', 'noise'] : []), 'sequence', 'score', 'global_score', 'deviation', 'recovery',
    ...(all ? ['standard_error', 'perplexity', 'interface_score', 'chain_scores'] : []),
    ...(values.pseudo ? ['pseudo_perplexity'] : []),
    ...(values.unbound ? ['unbound_score', 'bound_minus_unbound'] : []),
    ...(all ? ['letters'] : [])
];

/**
 * @param {string} structure
 * @param {Row} row
 * @param {boolean} all
 */
function asCells(structure, {name, score, unbound, pseudo, conformer, noise}, all) {
    const number = (/** @type {number | null} */ value) => (all ? value : short(value));
    const {globalScore, deviation, recovery, standardError, perplexity, interfaceScore, chainScores} = score;
    const chains = Object.entries(chainScores).map(([chain, value]) => `${chain}:${short(value)}`).join(' ');
    return [
        structure, ...(conformer === undefined ? [] : [conformer, noise]), all ? name : name.split(/[\s,]/)[0],
        ...[score.score, globalScore, deviation, recovery].map(number),
        ...(all ? [standardError, perplexity, interfaceScore, chains] : []),
        ...(pseudo === undefined ? [] : [number(pseudo)]),
        ...(unbound === undefined ? [] : [unbound, score.score - unbound].map(number)),
        ...(all ? [score.sequence] : [])
    ];
}

/** @param {Row} row */
function asJson({name, score, unbound, pseudo, conformer, noise}) {
    return {
        ...(conformer !== undefined && {conformer, noise}),
        name, orders: score.orders.length, sequence: score.sequence, chains: score.chains, score: score.score,
        global_score: score.globalScore, deviation: score.deviation, standard_error: score.standardError,
        perplexity: score.perplexity, recovery: score.recovery, chain_scores: score.chainScores,
        interface_score: score.interfaceScore, ...(pseudo !== undefined && {pseudo_perplexity: pseudo}),
        residue_scores: Array.from(score.residueScores),
        ...(unbound !== undefined && {unbound_score: unbound, bound_minus_unbound: score.score - unbound})
    };
}

/** @param {View} view @param {Row[]} rows */
function arrays({structure}, rows) {
    const all = Array.from({length: structure.length}, (_, row) => row), scores = rows.map(({score}) => score);
    const {chain, residue_number: numbers, insertion_code: codes} = residuesOf(structure, all);
    const list = (/** @type {(score: Score) => number} */ of) => npyBytes(Float64Array.from(scores, of));
    /**
     * Nothing where there is no such number.
     * @param {string} key
     * @param {(row: Row) => number | null | undefined} of
     */
    const some = (key, of) => {
        const numbers = rows.map(of).filter((value) => value !== null && value !== undefined);
        return numbers.length === rows.length ? {[key]: npyBytes(Float64Array.from(numbers))} : {};
    };
    const chains = Object.keys(scores[0].chainScores);
    const table = Float32Array.from(scores.flatMap((score) => Array.from(score.residueScores)));
    return writeNpz({
        name: npyBytes(rows.map(({name}) => name)), sequence: npyBytes(scores.map(({sequence}) => sequence)),
        score: list((each) => each.score), global_score: list((each) => each.globalScore),
        deviation: list((each) => each.deviation), recovery: list((each) => each.recovery),
        perplexity: list((each) => each.perplexity),
        ...some('standard_error', ({score: {standardError}}) => standardError),
        ...some('interface_score', ({score: {interfaceScore}}) => interfaceScore),
        ...some('pseudo_perplexity', ({pseudo}) => pseudo), ...some('unbound_score', ({unbound}) => unbound),
        ...some('bound_minus_unbound', ({score: {score}, unbound}) => (unbound === undefined ? null : score - unbound)),
        chain_scores: npyBytes(Float64Array.from(scores.flatMap(({chainScores}) =>
            chains.map((name) => chainScores[name]))), [rows.length, chains.length]),
        scored_chains: npyBytes(chains),
        residue_scores: npyBytes(table, [rows.length, structure.length]),
        mask: npyBytes(structure.mask, [structure.length], '|b1'),
        chain: npyBytes(chain), residue_number: npyBytes(numbers), insertion_code: npyBytes(codes)
    });
}
