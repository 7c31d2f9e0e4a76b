/* SPDX-License-Identifier: MIT
 *
 * evaluate.js - `weft evaluate FILE...`: how well a model recovers the sequences of structures and of .bbc sets.
 *
 *   files -> entries, several at a time: encode, score, probs, design -> measures.js -> a table, or JSON lines
 *
 * All chains of an entry are designed at once. The number of an entry is added to the seed, so that entries draw
 * different numbers.
 */
import {existsSync, readFileSync} from 'node:fs';
import {ParseError} from '../index.js';
import {readBbc} from '../formats/bbc.js';
import {unpacked} from './files.js';
import {
    naming, openEngine, plainSeed, readInput, readStructure, requireFiles, seedOf, structureName, tellSeed,
    temperatures, UsageError, wholeNumber
} from './inputs.js';
import {chainsOf, errors, measure, NATURAL, pool, recoveryOf, sharesOf} from './measures.js';
import {jsonLine} from './output.js';
import {together} from './together.js';

/** @typedef {import('./inputs.js').Context} Context */
/** @typedef {import('../index.js').Engine} Engine */
/** @typedef {import('../index.js').Structure} Structure */
/** @typedef {import('./measures.js').Measures} Measures */

/**
 * @typedef {object} Entry
 * @property {string} file
 * @property {string} name
 * @property {string} where      what an error calls it
 * @property {number} index      among all
 * @property {(engine: Engine) => Promise<Structure>} open
 * @property {string[] | null} chains   the set's names; null: the structure's
 */

/** @typedef {{orders: number, count: number, temperature: number, batch: number, seed: number | bigint}} Run */
/**
 * @typedef {object} Result
 * @property {Entry} entry
 * @property {number | bigint} seed   of this entry
 * @property {string[]} chains
 * @property {string[]} sequences
 * @property {Measures} measures
 */

/** @param {Context} context */
export async function evaluate(context) {
    const {files, values, io, reporter} = context;
    const [temperature, ...more] = temperatures(context);
    if (more.length) throw new UsageError('--temperature: evaluate takes one');
    const run = {
        orders: wholeNumber(context, 'orders'), count: wholeNumber(context, 'count'), temperature,
        batch: wholeNumber(context, 'batch'), seed: seedOf(context)
    };
    await requireFiles(files);
    const entries = await listEntries(files);
    const {engine, model, threads} = await openEngine(context);
    tellSeed(context, run.seed);
    const about = {model, weights_sha256: engine.weights.sha256, weft: engine.version};
    const form = values.json ? asJson(about, run) : asTable(entries, run);
    const work = progress(context, entries, (entry, listen) => evaluateEntry(context, engine, entry, run, listen));
    const all = [];
    try {
        for await (const result of together(entries, Math.max(1, threads), work)) {
            reporter.clear();
            io.stdout.write(form.entry(result));
            all.push(result.measures);
        }
    } finally {
        await engine.dispose();
    }
    io.stdout.write(form.summary(all));
}

/* ---- Entries ---- */

/**
 * What the files hold. Sets are read here, structures when it is their turn.
 * @param {readonly string[]} files
 * @returns {Promise<Entry[]>}
 */
async function listEntries(files) {
    /** @type {Omit<Entry, 'index'>[]} */
    const entries = [];
    for (const file of files) {
        if (/\.bbc(\.gz)?$/i.test(file)) {
            entries.push(...await setEntries(file));
        } else {
            const open = (/** @type {Engine} */ engine) => readStructure(engine, file);
            entries.push({file, name: structureName(file), where: file, open, chains: null});
        }
    }
    return entries.map((entry, index) => ({...entry, index}));
}

/**
 * @param {string} file
 * @returns {Promise<Omit<Entry, 'index'>[]>}
 */
async function setEntries(file) {
    const bytes = await readInput(file);
    const set = await naming(file, () => readBbc(unpacked(bytes)));
    const names = entryNames(file, set.entries.length);
    return set.entries.map((chains, i) => {
        const name = names[i];
        const where = `${file}: entry ${name}`;
        const open = (/** @type {Engine} */ engine) => naming(where, () => openSetEntry(engine, set, i, name));
        return {file, name, where, open, chains: chains.map((chain) => chain.name)};
    });
}

/**
 * @param {Engine} engine
 * @param {import('../formats/bbc.js').Bbc} set
 * @param {number} index
 * @param {string} name
 */
function openSetEntry(engine, set, index, name) {
    const structure = engine.parse(set.pdb(index), {name});
    const residues = set.entries[index].reduce((sum, chain) => sum + chain.length, 0);
    if (structure.length === residues) return structure;
    throw new ParseError(`${residues - structure.length} of ${residues} residues have the number of another one`);
}

/**
 * The ids in the NAME.jsonl that may lie beside NAME.bbc, one line for each entry; else numbers from 1.
 * @param {string} file
 * @param {number} count
 * @returns {string[]}
 */
function entryNames(file, count) {
    const path = file.replace(/\.bbc(\.gz)?$/i, '.jsonl');
    try {
        const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
        const ids = lines.map((line) => JSON.parse(line).id);
        if (ids.length === count && ids.every((id) => typeof id === 'string')) return ids;
    } catch {
        // A file of that name that holds something else.
    }
    return Array.from({length: count}, (_, i) => `#${i + 1}`);
}

/* ---- Work ---- */

/** @param {number} count @param {string} one @param {string} more */
const amount = (count, one, more) => `${count} ${count === 1 ? one : more}`;

/** @typedef {(phase: number) => {onProgress: (progress: {fraction: number | null}) => void}} Listen */

const PHASES = 4;   // encode, score, probs, design

/**
 * The work on one entry, with the progress of all on stderr.
 * @param {Context} context
 * @param {readonly Entry[]} entries
 * @param {(entry: Entry, listen: Listen) => Promise<Result>} work
 * @returns {(entry: Entry) => Promise<Result>}
 */
function progress({reporter}, entries, work) {
    const done = entries.map(() => 0);
    const label = `evaluating ${amount(entries.length, 'entry', 'entries')}`;
    return (entry) => work(entry, (phase) => ({
        onProgress({fraction}) {
            done[entry.index] = (phase + (fraction ?? 0)) / PHASES;
            reporter.update(label, done.reduce((sum, part) => sum + part, 0) / entries.length);
        }
    }));
}

/**
 * What fails here ends the run, and the engine takes all memory with it.
 * @param {Context} context
 * @param {Engine} engine
 * @param {Entry} entry
 * @param {Run} run
 * @param {Listen} listen
 * @returns {Promise<Result>}
 */
async function evaluateEntry({io}, engine, entry, {orders, count, temperature, batch, seed: first}, listen) {
    const seed = plainSeed(BigInt.asUintN(64, BigInt(first) + BigInt(entry.index)));
    const {signal} = io;
    const structure = await entry.open(engine);
    return naming(entry.where, async () => {
        const encoding = await engine.encode(structure, {signal, ...listen(0)});
        const [native] = await engine.score(encoding, {orders, seed, batch, signal, ...listen(1)});
        const alone = await engine.probs(encoding, {mode: 'unconditional', signal, ...listen(2)});
        const chains = structure.chains.map((chain) => chain.name);
        const sampling = {chains, count, temperature, seed, batch, signal, ...listen(3)};
        const designs = [];
        for await (const design of engine.design(encoding, sampling)) designs.push(design);
        const measures = measure(structure, native, alone.logProbs, designs);
        encoding.dispose();
        structure.dispose();
        return {entry, seed, chains: entry.chains ?? chains, sequences: designs.map((each) => each.sequence), measures};
    });
}

/* ---- Results ---- */

/** @typedef {{entry: (result: Result) => string, summary: (all: Measures[]) => string}} Form */

/** @param {readonly number[]} counts */
const byLetter = (counts) => Object.fromEntries(counts.map((count, letter) => [NATURAL[letter], count]));

/**
 * @param {object} about
 * @param {Run} run
 * @returns {Form}
 */
function asJson(about, {seed: first, ...run}) {
    return {
        entry({entry, seed, chains, sequences, measures}) {
            const {composition_kl: _, ...figures} = pool([measures]);
            return jsonLine({
                kind: 'entry', file: entry.file, structure: entry.name, ...about, seed, ...run,
                residues: measures.residues, ...figures,
                chains: chains.map((name, i) => ({name, ...measures.chains[i]})),
                native: byLetter(measures.native), sampled: byLetter(measures.sampled), sequences
            });
        },
        summary(all) {
            const error = Object.entries(errors(all)).map(([name, value]) => [`${name}_error`, value]);
            return jsonLine({
                kind: 'summary', ...about, seed: first, ...run, ...sizes(all), ...pool(all),
                ...Object.fromEntries(error),
                native: byLetter(sharesOf(all, 'native')), sampled: byLetter(sharesOf(all, 'sampled'))
            });
        }
    };
}

/** @param {readonly Measures[]} all */
function sizes(all) {
    return {
        entries: all.length, chains: chainsOf(all).length, residues: all.reduce((sum, each) => sum + each.residues, 0)
    };
}

/** @param {number} value @param {number} [digits] */
const decimal = (value, digits = 3) => (Number.isNaN(value) ? '-' : value.toFixed(digits));

const COLUMN = 10;

/**
 * @param {readonly Entry[]} entries
 * @param {Run} run
 * @returns {Form}
 */
function asTable(entries, {temperature}) {
    const width = Math.max(...entries.map((entry) => entry.name.length), 'entry'.length);
    const row = (/** @type {string} */ name, /** @type {string[]} */ columns) =>
        `${name.padEnd(width)}${columns.map((text) => text.padStart(COLUMN)).join('')}\n`;
    let heading = row('entry', ['residues', 'nll', 'accuracy', 'nll alone', 'acc alone', 'recovery', 'diversity']);
    return {
        entry({entry, measures}) {
            const {residues, given, alone, diversity} = measures;
            const fits = [given, alone].flatMap(({nll, hits}) => [nll / residues, hits / residues]);
            const numbers = [...fits, recoveryOf([measures]), diversity].map((value) => decimal(value));
            const text = heading + row(entry.name, [String(residues), ...numbers]);
            heading = '';
            return text;
        },
        summary: (all) => summaryTable(all, temperature)
    };
}

/**
 * @param {Measures[]} all
 * @param {number} temperature
 */
function summaryTable(all, temperature) {
    const {entries, chains, residues} = sizes(all);
    const figures = pool(all);
    const error = errors(all);
    const given = (/** @type {keyof typeof figures} */ name) => {
        const spread = decimal(error[name]);
        return `${decimal(figures[name])}${spread === '-' ? '' : ` ±${spread}`}`;
    };
    const line = (/** @type {string} */ name, /** @type {string[]} */ texts) =>
        `${name.padEnd(10)}${texts.map((text) => text.padStart(5)).join('')}`;
    const percents = (/** @type {'native' | 'sampled'} */ which) =>
        line(which, sharesOf(all, which).map((share) => decimal(100 * share, 1)));
    return [
        '',
        `${amount(entries, 'entry', 'entries')}, ${amount(chains, 'chain', 'chains')}, ${residues} residues`
            + (entries > 1 ? '; ± is the standard error over entries' : ''),
        `teacher forced       nll ${given('nll')}, accuracy ${given('accuracy')}`,
        `backbone alone       nll ${given('unconditional_nll')}, accuracy ${given('unconditional_accuracy')}`,
        `sampled at T=${String(temperature).padEnd(7)} recovery ${given('recovery')}`
            + (Number.isNaN(figures.diversity) ? '' : `, diversity ${given('diversity')}`)
            + `, KL(sampled || native) ${given('composition_kl')}`,
        line('letters, %', [...NATURAL]),
        percents('native'), percents('sampled'),
        ''
    ].join('\n');
}
