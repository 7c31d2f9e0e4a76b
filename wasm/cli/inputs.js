/* SPDX-License-Identifier: MIT
 *
 * inputs.js - from the words of a command line to what the engine takes: structures, weights, constraints, numbers.
 *
 * What is wrong with the words themselves is a UsageError; what is wrong with a file names the file.
 */
import {existsSync} from 'node:fs';
import {availableParallelism} from 'node:os';
import {basename} from 'node:path';
import {fastCore} from '../fast.js';
import {ConstraintError, Engine, OutOfMemoryError, ParseError, WeightsError} from '../index.js';
import {parseFasta} from '../formats/fasta.js';
import {readNpy} from '../formats/npy.js';
import {collect, LARGEST_TEXT, readUpTo, requireReadable} from './files.js';
import {biasOf, omitOf, orderOf} from './json_values.js';
import {noiseLevels} from './noise.js';
import {readProfiles} from './profiles.js';
import {openWeights, weightsProgress} from './weights.js';

/** @typedef {import('../index.js').Constraints} Constraints */
/** @typedef {import('../index.js').Structure} Structure */
/** @typedef {Record<string, string | undefined>} Values */

/**
 * @typedef {object} Context   what a command works with
 * @property {string[]} files
 * @property {any} values      options by name, as parseArgs gives them
 * @property {import('./weights.js').Io & {signal: AbortSignal}} io
 * @property {import('./progress.js').Reporter} reporter
 */

const MOST_THREADS = 8;   // where nothing is said
const DEEPEST = 8;        // lists and objects in one another, in JSON

/** A command line that cannot be meant. */
export class UsageError extends Error {}

/**
 * @param {Context} context
 * @param {string} option
 * @param {number} [least]
 * @returns {number}
 */
export function wholeNumber({values}, option, least = 1) {
    const text = values[option];
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    if (!Number.isSafeInteger(value) || value < least) {
        throw new UsageError(`--${option}: '${text}' is no whole number of at least ${least}`);
    }
    return value;
}

/** @param {Context} context */
export function temperatures({values}) {
    return String(values.temperature).split(',').map((text) => {
        const value = text.trim() === '' ? NaN : Number(text);
        if (!(value >= 0 && value < Infinity)) {
            throw new UsageError(`--temperature: '${text}' is no number of at least 0`);
        }
        return value;
    });
}

/**
 * The seed that was given, or a random one that is short enough to be typed again.
 * @param {Context} context
 * @returns {number | bigint}
 */
export function seedOf({values}) {
    if (values.seed === undefined) return crypto.getRandomValues(new Uint32Array(1))[0];
    if (!/^\d+$/.test(values.seed) || BigInt(values.seed) >= 1n << 64n) {
        throw new UsageError(`--seed: '${values.seed}' is no whole number from 0 to 2^64-1`);
    }
    return plainSeed(BigInt(values.seed));
}

/** A number where it is exact. @param {bigint} seed */
export const plainSeed = (seed) => (seed <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(seed) : seed);

/**
 * Says aloud, once, which seed was drawn.
 * @param {Context} context
 * @param {number | bigint} seed
 */
export function tellSeed({values, reporter}, seed) {
    if (values.seed === undefined) reporter.once(`seed ${seed} (give -s ${seed} to have these results again)`);
}

/**
 * Puts the file's name in front of what is wrong with it.
 * @template T
 * @param {string} name
 * @param {() => T | Promise<T>} body
 * @returns {Promise<T>}
 */
export async function naming(name, body) {
    try {
        return await body();
    } catch (error) {
        if (error instanceof ParseError || error instanceof ConstraintError || error instanceof OutOfMemoryError) {
            error.message = `${name}: ${error.message}`;
        }
        throw error;
    }
}

/**
 * @template T
 * @param {string} path
 * @param {() => Promise<T>} read
 * @returns {Promise<T>}
 */
async function reading(path, read) {
    try {
        return await read();
    } catch (error) {
        const {code, message} = /** @type {NodeJS.ErrnoException} */ (error);
        const reason = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'this is a folder' : message;
        throw new ParseError(`${path}: cannot be read: ${reason}`);
    }
}

/** @type {Promise<Buffer> | undefined} */
let piped;

/**
 * A file, or standard input for '-', which is there again for each model of it.
 * @param {string} path
 * @param {number} [most]   bytes
 */
export const readInput = (path, most) => reading(path, () =>
    (path === '-' ? piped ??= collect(process.stdin, most) : readUpTo(path, most)));

/** The same as text. @param {string} path */
export const readText = async (path) => (await readInput(path, LARGEST_TEXT)).toString();

/**
 * Finds what is missing before anything is downloaded for it.
 * @param {readonly string[]} paths
 */
export async function requireFiles(paths) {
    for (const path of paths) if (path !== '-') await reading(path, () => requireReadable(path));
}

/**
 * A structure's name in headers and file names: 5L33 of /data/5L33.pdb or of 5L33.cif.gz.
 * @param {string} path
 */
export function structureName(path) {
    if (path === '-') return 'stdin';
    return basename(path).replace(/\.(gz|zst)$/i, '').replace(/\.[^.]*$/, '') || basename(path);
}

/**
 * @param {Engine} engine
 * @param {string} path
 * @param {import('../index.js').Choice & {name?: string, assembly?: string}} [options]
 */
export async function readStructure(engine, path, options) {
    return openStructure(engine, path, await readInput(path), options);
}

/**
 * @param {Engine} engine
 * @param {string} path
 * @param {Uint8Array} bytes   of the file
 * @param {import('../index.js').Choice & {name?: string, assembly?: string}} [options]
 * @returns {Promise<Structure>}
 */
export async function openStructure(engine, path, bytes, {name = structureName(path), ...choice} = {}) {
    return naming(path, async () => {
        const structure = await engine.open(bytes, {name, ...choice});
        if (choice.model === undefined || structure.model === choice.model) return structure;
        structure.dispose();   // 0 is the first one's number only where the file says so
        throw new ConstraintError(`there is no model ${choice.model}: the first is ${structure.model}`);
    });
}

/**
 * Puts the source in front of what is wrong with the weights.
 * @template T
 * @param {string} source
 * @param {() => Promise<T>} body
 */
async function namingWeights(source, body) {
    try {
        return await body();
    } catch (error) {
        if (error instanceof WeightsError) error.message = `${source}: ${error.message}`;
        throw error;
    }
}

/**
 * Opens the weights and an engine with them.
 * @param {Context} context
 * @returns {Promise<{engine: Engine, model: string, threads: number}>}   model: the name in headers and results
 */
export async function openEngine(context) {
    const {values, io, reporter} = context;
    const neighbors = values.neighbors === undefined ? undefined : wholeNumber(context, 'neighbors');
    const threads = values.threads === undefined ? Math.min(MOST_THREADS, availableParallelism())
        : wholeNumber(context, 'threads', 0);
    const wasm = values.fast ? await fastCore() : undefined;
    if (values.fast && !wasm) reporter.once('--fast: not possible in this Node; results are the plain ones');
    const onProgress = values.quiet ? undefined : weightsProgress(io);
    const {bytes, model, source} = await openWeights(values.model, {onProgress, signal: io.signal});
    const name = model?.id ?? basename(source).replace(/(\.(eqx|pt|gz|zst))+$/i, '');
    const engine = await namingWeights(source, async () => {
        const loaded = await Engine.load({
            weights: bytes, model: model?.id, neighbors, threads, wasm, signal: io.signal
        });
        await loaded.ready;
        return loaded;
    });
    return {engine, model: name, threads};
}

/**
 * A JSON file where there is one of that name, else the text itself.
 * @param {string | undefined} value
 * @param {(json: unknown, name: string) => any} kind   what it may hold
 * @returns {Promise<any>}
 */
async function textOrJson(value, kind) {
    if (value === undefined || !existsSync(value)) return value;
    return kind(await readJson(value), value);
}

/**
 * @param {string} name
 * @param {string} text
 */
function parseJson(name, text) {
    let value;
    try {
        value = JSON.parse(text);
    } catch (error) {
        throw new ConstraintError(`${name}: this is no JSON: ${/** @type {Error} */ (error).message}`, name);
    }
    let level = [value];
    for (let depth = 0; level.length; depth++) {
        if (depth > DEEPEST) throw new ConstraintError(`${name}: lists in lists, more than ${DEEPEST} deep`, name);
        level = level.flatMap((each) => (each !== null && typeof each === 'object' ? Object.values(each) : []));
    }
    return value;
}

/** @param {string} path */
const readJson = async (path) => parseJson(path, await readText(path));

/**
 * @param {string} value
 * @returns {Promise<'random' | 'n-to-c' | ArrayLike<number>>}
 */
async function readOrder(value) {
    if (value === 'random' || value === 'n-to-c') return value;
    if (value.startsWith('[')) return orderOf(parseJson('--order', value), '--order');
    if (!/\.npy$/i.test(value)) return orderOf(await readJson(value), value);
    const bytes = await readInput(value);
    try {
        return Array.from(/** @type {Int32Array} */ (readNpy(bytes).data), Number);
    } catch (error) {
        throw new ConstraintError(`${value}: ${/** @type {Error} */ (error).message}`, value);
    }
}

/**
 * 'A12-20:0.5;B:1' as a table.
 * @param {string | undefined} text
 */
function temperaturesAt(text) {
    if (text === undefined) return undefined;
    return Object.fromEntries(text.split(';').filter((part) => part.trim()).map((part) => {
        const at = part.lastIndexOf(':');
        const value = part.slice(at + 1).trim();
        if (at < 1 || value === '' || !(Number(value) >= 0)) {
            throw new UsageError(`--temperature-at: '${part.trim()}' is none; write A12-20:0.5`);
        }
        return [part.slice(0, at).trim(), Number(value)];
    }));
}

/** The records of a FASTA file. @param {string} path */
export async function readSequences(path) {
    const text = await readText(path);
    return naming(path, () => parseFasta(text));
}

/**
 * Everything that --chains, --fix, --set and their like say. For --set-from, one record serves all structures; of
 * several, each structure takes the one with its name.
 * @param {Context} context
 * @returns {Promise<(structure: Structure) => Constraints>}
 */
export async function readConstraints(context) {
    const {values} = context;
    const records = values['set-from'] === undefined ? [] : await readSequences(values['set-from']);
    const last = values['final-temperature'];
    if (last !== undefined && !(Number(last) > 0)) {
        throw new UsageError(`--final-temperature: '${last}' is no number above 0`);
    }
    const rules = {
        ties: values.tie, tieRule: values['tie-rule'], temperatures: temperaturesAt(values['temperature-at']),
        finalTemperature: last === undefined ? undefined : Number(last)
    };
    const shared = {
        ...rules,
        chains: values.chains, design: values.design, fix: values.fix, set: values.set,
        bias: await textOrJson(values.bias, biasOf), omit: await textOrJson(values.omit, omitOf),
        order: await readOrder(values.order)
    };
    noiseLevels(values);   // what is wrong with it is said now
    const withProfiles = await readProfiles(context);
    return (structure) => {
        const named = records.find(({header}) => header.split(/[\s,]/)[0] === structure.name);
        const record = records.length > 1 ? named : records[0];
        if (records.length && !record) {
            throw new ConstraintError(`${values['set-from']} has several records, none named ${structure.name}`);
        }
        return withProfiles(structure, {...shared, sequence: record?.sequence});
    };
}

/**
 * Says what will be worked on, and what was asked for and cannot be.
 * @param {Context} context
 * @param {Engine} engine
 * @param {Structure} structure
 * @param {Constraints} constraints
 * @param {'designing' | 'scoring' | 'looking at'} verb
 */
export function echo({values, reporter}, engine, structure, constraints, verb) {
    const purpose = verb === 'designing' ? 'design' : 'score';
    const {design, incomplete, following} = engine.resolve(structure, constraints, purpose);
    if (!design.count) return design;   // the encoder will say why
    const {known, sha256} = engine.weights;
    if (!known) reporter.once(`${values.model} holds no published weights (sha-256 ${sha256})`);
    const {name, model, models} = structure;
    if (models.length > 1) reporter.note(`${name}: model ${model}, of ${models.length} in the file (--models)`);
    reporter.note(`${structure.name}: ${verb} ${design.count} of ${structure.length} residues: ${design.text}`);
    if (incomplete.count) {
        reporter.note(`${structure.name}: ${incomplete.count} residues lack backbone atoms and are left as they are: `
            + incomplete.text);
    }
    if (following.count) {
        reporter.note(`${structure.name}: ${following.count} of them are tied to residues that stay, and take their `
            + `letters: ${following.text}`);
    }
    return design;
}
