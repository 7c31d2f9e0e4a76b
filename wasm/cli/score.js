/* SPDX-License-Identifier: MIT
 *
 * score.js - `weft score STRUCTURE...`: how well sequences fit each structure; a table, or JSON lines.
 *
 * The score is the mean negative log-probability over the chosen residues in nats, averaged over random decoding orders
 * (the same ones for every sequence): lower is better.
 */
import {
    echo, naming, openEngine, readConstraints, readSequences, requireFiles, seedOf, tellSeed, wholeNumber
} from './inputs.js';
import {readEach, readingOf} from './models.js';
import {encodeWithNoise} from './noise.js';
import {jsonLine} from './output.js';
import {unboundScores} from './unbound.js';

/** @typedef {import('./inputs.js').Context} Context */
/** @typedef {import('../index.js').Score} Score */

/** @param {Context} context */
export async function score(context) {
    const {files, values, io, reporter} = context;
    const orders = wholeNumber(context, 'orders');
    const batch = wholeNumber(context, 'batch');
    const seed = seedOf(context);
    readingOf(values);   // what is wrong with it is said now
    await requireFiles(files);
    const records = values.sequences === undefined ? null : await readSequences(values.sequences);
    const constraintsOf = await readConstraints(context);
    const {engine, model} = await openEngine(context);
    const columns = ['structure', 'sequence', 'score', 'global_score', 'deviation', 'recovery'];
    if (values.unbound) columns.push('unbound_score', 'bound_minus_unbound');
    let heading = values.json ? '' : `${columns.join('\t')}\n`;
    for await (const {file, structure} of readEach(engine, files, values)) {
        await naming(file, async () => {
            const constraints = constraintsOf(structure);
            const chosen = echo(context, engine, structure, constraints, 'scoring');
            tellSeed(context, seed);
            const control = {signal: io.signal, onProgress: reporter.listener(structure.name)};
            const encoding = await encodeWithNoise(context, engine, structure, seed, control);
            const sequences = records?.map((record) => record.sequence);
            const scores = await engine.score(encoding, {...constraints, ...control, sequences, orders, seed, batch});
            const alone = values.unbound
                ? await unboundScores(engine, encoding.structure, chosen.mask, scores, {
                    ...control, features: values.features,
                    onProgress: reporter.listener(`${structure.name} without partners`)
                }) : undefined;
            reporter.clear();
            io.stdout.write(heading);
            heading = '';
            for (const [i, each] of scores.entries()) {
                const name = records ? records[each.index].header : 'native';
                io.stdout.write(values.json ? jsonLine({
                    structure: structure.name, model, weights_sha256: engine.weights.sha256, weft: engine.version,
                    seed, ...asJson(each, name), scored_residues: chosen.count,
                    ...(alone && {unbound_score: alone[i], bound_minus_unbound: each.score - alone[i]})
                }) : asRow(structure.name, each, name, alone && [alone[i], each.score - alone[i]]));
            }
            encoding.dispose();
            encoding.structure.dispose();
        });
    }
}

/**
 * @param {Score} score
 * @param {string} name   the sequence's header
 */
function asJson(score, name) {
    return {
        name, orders: score.orders.length, sequence: score.sequence, chains: score.chains, score: score.score,
        global_score: score.globalScore, deviation: score.deviation, recovery: score.recovery,
        residue_scores: Array.from(score.residueScores)
    };
}

/**
 * @param {string} structure
 * @param {Score} score
 * @param {string} name
 * @param {number[]} [more]
 */
function asRow(structure, score, name, more = []) {
    const {globalScore, deviation, recovery} = score;
    const numbers = [score.score, globalScore, deviation, recovery, ...more].map((value) => value.toFixed(4));
    return `${[structure, name.split(/[\s,]/)[0], ...numbers].join('\t')}\n`;
}
