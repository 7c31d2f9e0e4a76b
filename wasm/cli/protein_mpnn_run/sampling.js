/* SPDX-License-Identifier: MIT
 *
 * sampling.js - sequences for one target: seqs/NAME.fa, and scores/ and probs/ where they are asked for.
 *
 *   stream --orders, noise, draws--> lanes --sample--> letters --score again where that differs--> records
 */
import {mode} from '../../abi.js';
import {fixed4, pythonFloat} from '../../formats/python.js';
import {ConstraintError} from '../../index.js';
import {writeBeside} from '../output.js';
import {designRequest, scoreRequest} from './asked.js';
import {batchDraws, noisyAtoms, randomOrders, sortSlots} from './draws.js';
import {mean, meanLoss, recoveryOf, tiedProbs} from './measures.js';
import {nativeRecord, probArrays, sampleRecord, scoreArrays, writeArrays} from './output.js';
import {MOST_LANES} from './work.js';

/** @typedef {import('./plan.js').Plan} Plan */
/** @typedef {import('./work.js').Work} Work */
/** @typedef {import('./work.js').Lane} Lane */
/** @typedef {import('./output.js').Sequence} Sequence */
/** @typedef {import('./index.js').Setting} Setting */

/**
 * Means of score and global score of the file's letters, each member of a batch under its own order.
 * @param {Setting} setting
 * @param {Work} work
 */
async function scoreNative({flags, stream, noisy}, work) {
    const {plan} = work, {batch_size: batch} = flags;
    const random = randomOrders(stream, plan.length, batch);
    const atoms = noisyAtoms(stream, plan, batch, flags.backbone_noise);
    const lanes = random.map((values, b) => ({order: sortSlots(values, plan.design), atoms: atoms?.[b] ?? null}));
    const tables = await work.score(scoreRequest(plan), lanes, noisy);
    const means = [plan.design, plan.mask].map((mask) =>
        mean(tables.map((logProbs) => meanLoss(logProbs, plan.letters, mask))));
    return {score: means[0], globalScore: means[1]};
}

/** @typedef {Lane & {sample: number, temperature: number, scoredAtoms: Float32Array | null}} SampleLane */

/**
 * Every sample of a target, its random numbers taken in the order of the original.
 * @param {Setting} setting
 * @param {Plan} plan
 * @param {readonly number[]} temperatures
 * @param {number} batches
 * @returns {Generator<SampleLane, void, undefined>}
 */
function* sampleLanes({flags, stream, build}, plan, temperatures, batches) {
    const {batch_size: batch, backbone_noise: noise} = flags;
    for (const temperature of temperatures) {
        for (let j = 0; j < batches; j++) {
            const random = randomOrders(stream, plan.length, batch);
            const atoms = noisyAtoms(stream, plan, batch, noise);
            const samples = batchDraws(stream, plan, random, build);
            const scoredAtoms = noisyAtoms(stream, plan, batch, noise);
            for (const [b, {order, draws}] of samples.entries()) {
                yield {
                    order, draws, temperature, sample: j * batch + b + 1, atoms: atoms?.[b] ?? null,
                    scoredAtoms: scoredAtoms?.[b] ?? null
                };
            }
        }
    }
}

/**
 * Notes the lanes that pass by, for when their results come.
 * @template T
 * @param {Iterable<T>} lanes
 * @param {T[]} seen
 */
function* noting(lanes, seen) {
    for (const lane of lanes) {
        seen.push(lane);
        yield lane;
    }
}

/**
 * Letters, what they were drawn from, and log-probabilities of the sampling pass; nothing is drawn where all is fixed.
 * @param {Setting} setting
 * @param {Work} work
 * @param {Iterable<SampleLane>} source
 * @param {number} total
 */
async function* sampled({noisy}, work, source, total) {
    const asked = designRequest(work.plan);
    if (!asked.design.includes(1)) {
        for (const lane of source) yield {lane, letters: asked.letters, probs: null, logProbs: null};
        return;
    }
    /** @type {SampleLane[]} */
    const seen = [];
    const how = {noisy, total, label: 'designing'};
    for await (const {letters, probs, logProbs} of work.run(mode.design, asked, noting(source, seen), how)) {
        yield {lane: /** @type {SampleLane} */ (seen.shift()), letters, probs, logProbs};
    }
}

/**
 * @typedef {object} Drawn   a sample without its scores; null where nothing was drawn
 * @property {SampleLane} lane
 * @property {Int8Array} letters
 * @property {Float32Array | null} probs
 * @property {Float32Array | null} logProbs
 */

/**
 * Samples with their scores. The log-probabilities of the sampling pass hold, but for groups, in which it did not know
 * the letters of members before, and for noise, which is drawn anew.
 * @param {Setting} setting
 * @param {Work} work
 * @param {readonly Drawn[]} drawn
 * @returns {Promise<Sequence[]>}
 */
async function withScores(setting, work, drawn) {
    const {plan} = work, {save_probs: save} = setting.flags;
    const again = drawn.filter(({logProbs}) => plan.groups || setting.noisy || !logProbs);
    const tables = await work.score(scoreRequest(plan), again.map(({lane, letters}) =>
        ({letters, order: lane.order, atoms: lane.scoredAtoms})), setting.noisy);
    return drawn.map((each) => {
        const {lane: {temperature, sample}, letters, logProbs} = each;
        const at = again.indexOf(each);
        const scored = /** @type {Float32Array} */ (at < 0 ? logProbs : tables[at]);
        const told = plan.groups && save && logProbs ? tiedProbs(plan, logProbs, temperature) : each.probs;
        return {
            temperature, sample, letters, logProbs: save ? scored : new Float32Array(0),
            probs: save ? told ?? new Float32Array(scored.length) : new Float32Array(0),
            score: meanLoss(scored, letters, plan.design), globalScore: meanLoss(scored, letters, plan.mask),
            recovery: recoveryOf(letters, plan.letters, plan.design)
        };
    });
}

/**
 * @param {Setting} setting
 * @param {Work} work
 * @param {Iterable<SampleLane>} source
 * @param {number} total
 * @returns {AsyncGenerator<Sequence, void, undefined>}
 */
async function* sequences(setting, work, source, total) {
    /** @type {Drawn[]} */
    let drawn = [];
    for await (const each of sampled(setting, work, source, total)) {
        drawn.push(each);
        if (drawn.length < MOST_LANES) continue;
        yield* await withScores(setting, work, drawn);
        drawn = [];
    }
    yield* await withScores(setting, work, drawn);
}

/**
 * @param {Setting} setting
 * @param {Work} work
 */
export async function sampleTarget(setting, work) {
    const {flags, print, note, folder} = setting;
    const {plan} = work;
    const batches = Math.max(0, Math.floor(flags.num_seq_per_target / flags.batch_size));
    const temperatures = setting.temperatures;
    const total = temperatures.length * batches * flags.batch_size;
    if (total === 0 && flags.save_probs) {
        throw new ConstraintError('--save_probs: there is no sequence, because --num_seq_per_target is less than '
            + '--batch_size or --sampling_temp is empty');
    }
    const native = await scoreNative(setting, work);
    print(`Generating sequences for: ${plan.name}`);
    const start = performance.now();
    /** @type {string[]} */
    const records = [];
    /** @type {Sequence[]} */
    const kept = [];
    if (total) {
        const {version, seed} = setting;
        const head = {...native, model: flags.model_name, caOnly: flags.ca_only, version, seed};
        records.push(nativeRecord(plan, head));
    } else {
        note(`${plan.name}: no sequence is asked for, so its FASTA file is empty; the score of its own sequence is `
            + fixed4(native.score));
    }
    for await (const each of sequences(setting, work, sampleLanes(setting, plan, temperatures, batches), total)) {
        records.push(sampleRecord(plan, each));
        kept.push(each);
    }
    await writeBeside(`${folder}seqs/${plan.name}.fa`, records.join(''));
    if (flags.save_score) await writeArrays(`${folder}scores/${plan.name}.npz`, scoreArrays(kept));
    if (flags.save_probs) {
        await writeArrays(`${folder}probs/${plan.name}.npz`, probArrays(plan, kept, flags.batch_size));
    }
    const seconds = Number(((performance.now() - start) / 1000).toFixed(4));
    print(`${total} sequences of length ${plan.length} generated in ${pythonFloat(seconds)} seconds`);
}
