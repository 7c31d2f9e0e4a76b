/* SPDX-License-Identifier: MIT
 *
 * given.js - what is computed from given sequences: --score_only, --conditional_probs_only, --unconditional_probs_only.
 *
 *   stream --orders, noise--> passes over the file's letters, or those of a FASTA file --> score_only/NAME_pdb.npz, ...
 */
import {mode} from '../../abi.js';
import {fixed4} from '../../formats/python.js';
import {ConstraintError, LETTERS} from '../../index.js';
import {readText} from '../inputs.js';
import {scoreRequest} from './asked.js';
import {noisyAtoms, randomOrders, sortSlots} from './draws.js';
import {deviation, mean, meanLoss} from './measures.js';
import {logProbArrays, scoreOnlyArrays, writeArrays} from './output.js';
import {LETTER_COUNT} from './plan.js';

/** @typedef {import('./plan.js').Plan} Plan */
/** @typedef {import('./work.js').Work} Work */
/** @typedef {import('./work.js').Lane} Lane */
/** @typedef {import('./index.js').Setting} Setting */

/** @param {Setting} setting */
function batchesOf({flags}) {
    const batches = Math.floor(flags.num_seq_per_target / flags.batch_size);
    if (batches >= 1) return batches;
    throw new ConstraintError(`nothing to compute: --num_seq_per_target ${flags.num_seq_per_target} is less than `
        + `--batch_size ${flags.batch_size}`);
}

/**
 * The sequences of a FASTA file as the original reads them: names and '/' do not count.
 * @param {string} path
 * @returns {Promise<Int8Array[]>}
 */
export async function readSequences(path) {
    /** @type {string[]} */
    const sequences = [];
    for (const [i, raw] of (await readText(path)).split('\n').entries()) {
        const line = raw.trimEnd();
        if (line.startsWith('>')) sequences.push('');
        else if (line && sequences.length === 0) {
            throw new ConstraintError(`${path}: line ${i + 1}: a sequence before the first '>' line`, line);
        } else if (line) sequences[sequences.length - 1] += line.replaceAll('/', '');
    }
    return sequences.map((text, i) => Int8Array.from(text, (letter) => {
        const index = LETTERS.indexOf(letter);
        if (index < 0) {
            throw new ConstraintError(`${path}: record ${i + 1}: '${letter}' is none of the letters ${LETTERS} `
                + '(gaps are X, letters upper case)', letter);
        }
        return index;
    }));
}

/**
 * Scores of letters under fresh random orders.
 * @param {Setting} setting
 * @param {Work} work
 * @param {Int8Array} letters
 */
async function scoresOf(setting, work, letters) {
    const {flags, stream, noisy} = setting, {plan} = work;
    /** @type {Lane[]} */
    const lanes = [];
    for (let j = batchesOf(setting); j > 0; j--) {
        const random = randomOrders(stream, plan.length, flags.batch_size);
        const atoms = noisyAtoms(stream, plan, flags.batch_size, flags.backbone_noise);
        for (const [b, values] of random.entries()) {
            lanes.push({letters, order: sortSlots(values, plan.design), atoms: atoms?.[b] ?? null});
        }
    }
    const tables = await work.score(scoreRequest(plan), lanes, noisy);
    const [score, globalScore] = [plan.design, plan.mask].map((mask) =>
        tables.map((logProbs) => meanLoss(logProbs, letters, mask)));
    return {score, globalScore};
}

/**
 * The file's letters, then each record of the FASTA file over what stood there before: a record that is shorter than
 * the target keeps the end of the one before it.
 * @param {Setting} setting
 * @param {Work} work
 */
export async function scoreTarget(setting, work) {
    const {flags, print, note, folder} = setting, {plan} = work;
    const given = flags.path_to_fasta ? await readSequences(flags.path_to_fasta) : [];
    const letters = Int8Array.from(plan.letters);
    for (const [i, sequence] of [Int8Array.of(), ...given].entries()) {
        if (sequence.length > plan.length) {
            throw new ConstraintError(`${flags.path_to_fasta}: record ${i} has ${sequence.length} letters, `
                + `${plan.name} has ${plan.length} places`);
        }
        if (i && sequence.length < plan.length) {
            const whole = sequence.length === plan.inDesigned.reduce((sum, each) => sum + each, 0);
            if (!whole) {
                note(`${plan.name}: record ${i} has ${sequence.length} letters for ${plan.length} places; the others `
                    + `keep the letters of ${i > 1 ? 'the record before' : 'the file'}`);
            }
        }
        letters.set(sequence);
        const scores = await scoresOf(setting, work, letters);
        const name = i ? `${plan.name}_fasta_${i}` : `${plan.name}_pdb`;
        await writeArrays(`${folder}score_only/${name}.npz`, scoreOnlyArrays(plan, letters, scores));
        const words = (/** @type {number[]} */ values) => `mean: ${fixed4(mean(values))}, `
            + `std: ${fixed4(deviation(values))}, sample size: ${values.length}`;
        print(`Score for ${i ? `${plan.name}_${i} from FASTA` : `${plan.name} from PDB`}, ${words(scores.score)},  `
            + `global score, ${words(scores.globalScore)}`);
    }
}

/**
 * An order with one slot at its end, or at its start where it alone is early.
 * @param {Float32Array} random
 * @param {number} slot
 * @param {boolean} backboneOnly
 */
const orderFor = (random, slot, backboneOnly) =>
    sortSlots(random, Uint8Array.from(random, (_, i) => (Number(i === slot) ^ Number(backboneOnly))));

/**
 * Log-probabilities of each designed slot, last in the order, or first. The engine does all slots in one run; for one
 * in some thousands the random numbers put another slot behind it (or before), and it has a pass of its own.
 * @param {Setting} setting
 * @param {Work} work
 * @param {Float32Array} random
 * @param {Float32Array | null} atoms
 */
async function conditional({flags, noisy}, work, random, atoms) {
    const {plan} = work, backboneOnly = Boolean(flags.conditional_probs_only_backbone);
    const slots = Array.from(plan.design.keys()).filter((slot) => plan.design[slot]);
    const table = new Float32Array(plan.length * LETTER_COUNT);
    const take = (/** @type {Float32Array} */ from, /** @type {number} */ slot) =>
        table.set(from.subarray(slot * LETTER_COUNT, (slot + 1) * LETTER_COUNT), slot * LETTER_COUNT);
    if (slots.length === 0) return table;
    const base = sortSlots(random, new Uint8Array(plan.length));
    const request = {...scoreRequest(plan), design: plan.design};
    const lane = {order: base, atoms};
    const what = backboneOnly ? mode.unconditional : mode.allOthers;
    const how = {noisy, total: 1, label: 'computing'};
    for await (const {logProbs} of work.run(what, request, [lane], how)) for (const slot of slots) take(logProbs, slot);
    const orders = slots.map((slot) => ({slot, order: orderFor(random, slot, backboneOnly)}));
    const odd = orders.filter(({slot, order}) => order[backboneOnly ? 0 : plan.length - 1] !== slot);
    const passes = await work.score(request, odd.map(({order}) => ({order, atoms})), noisy);
    for (const [i, logProbs] of passes.entries()) take(logProbs, odd[i].slot);
    return table;
}

/**
 * @param {Setting} setting
 * @param {Work} work
 */
export async function conditionalTarget(setting, work) {
    const {flags, stream, print, folder} = setting, {plan} = work;
    print(`Calculating conditional probabilities for ${plan.name}`);
    /** @type {Float32Array[]} */
    const tables = [];
    for (let j = batchesOf(setting); j > 0; j--) {
        const random = randomOrders(stream, plan.length, flags.batch_size);
        const atoms = noisyAtoms(stream, plan, flags.batch_size, flags.backbone_noise);
        for (const [b, values] of random.entries()) {
            tables.push(await conditional(setting, work, values, atoms?.[b] ?? null));
        }
    }
    await writeArrays(`${folder}conditional_probs_only/${plan.name}.npz`, logProbArrays(plan, tables));
}

/**
 * @param {Setting} setting
 * @param {Work} work
 */
export async function unconditionalTarget(setting, work) {
    const {flags, stream, print, folder, noisy} = setting, {plan} = work;
    print(`Calculating sequence unconditional probabilities for ${plan.name}`);
    /** @type {Float32Array[]} */
    const tables = [];
    const passes = batchesOf(setting) * flags.batch_size;
    const how = {noisy, total: noisy ? passes : 1, label: 'computing'};
    const order = Int32Array.from({length: plan.length}, (_, slot) => slot);
    /** @type {Lane[]} */
    const lanes = [];
    for (let j = batchesOf(setting); noisy && j > 0; j--) {
        const atoms = noisyAtoms(stream, plan, flags.batch_size, flags.backbone_noise) ?? [];
        for (const each of atoms) lanes.push({order, atoms: each});
    }
    if (!noisy) lanes.push({order, atoms: null});
    for await (const {logProbs} of work.run(mode.unconditional, scoreRequest(plan), lanes, how)) tables.push(logProbs);
    while (tables.length < passes) tables.push(tables[0]);
    await writeArrays(`${folder}unconditional_probs_only/${plan.name}.npz`, logProbArrays(plan, tables));
}
