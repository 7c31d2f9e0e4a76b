/* SPDX-License-Identifier: MIT
 *
 * analyses.js - what commands that look at structures one after the other have in common: reading, choosing, encoding.
 *
 *   words --eachStructure--> structure, constraints, encodings --the command--> tables      tables --> .csv, tabs
 */
import {formatCsv} from '../formats/csv.js';
import {
    echo, naming, openEngine, readConstraints, requireFiles, seedOf, tellSeed, UsageError, wholeNumber
} from './inputs.js';
import {readEach, readingOf} from './models.js';
import {conformerPaths, encodeAll, isNoisy} from './noise.js';
import {writeBeside} from './output.js';

/** @typedef {import('./inputs.js').Context} Context */
/** @typedef {import('../index.js').Engine} Engine */
/** @typedef {import('../index.js').Structure} Structure */

/**
 * @typedef {object} View   one structure, ready to be looked at
 * @property {Engine} engine
 * @property {Structure} structure
 * @property {import('../index.js').Selection} chosen
 * @property {import('../index.js').Constraints & import('../runs.js').Control & {seed: number | bigint}} options
 * @property {Awaited<ReturnType<typeof encodeAll>>} backbones
 * @property {Record<string, unknown>} about   for JSON: the structure, the model, versions and the seed
 */

/**
 * The form of --output by its ending, of those that a command has; null without one.
 * @param {import('./inputs.js').Values} values
 * @param {readonly string[]} forms
 */
export function formOf({output, json}, forms) {
    if (output === undefined) return null;
    const form = /\.([a-z]+)$/i.exec(output)?.[1].toLowerCase() ?? '';
    if (!forms.includes(form)) {
        throw new UsageError(`--output: '${output}' must end in ${forms.map((each) => `.${each}`).join(' or ')}`);
    }
    if (json && form !== 'json') throw new UsageError(`--json: '${output}' is to be something else`);
    return form;
}

/**
 * Refuses arrays of more than one structure.
 * @param {Context} context
 * @param {string | null} form
 */
export function requireOne({files, values}, form) {
    if (form === 'npz' && (files.length > 1 || values.models === 'all')) {
        throw new UsageError('--output: .npz holds one structure');
    }
}

/**
 * @param {Context} context
 * @param {import('../options.js').Command} command
 * @param {(view: View) => Promise<void>} look
 * @param {{drawn?: boolean}} [options]   drawn: whether orders are, so that a seed is told
 */
export async function eachStructure(context, command, look, {drawn = true} = {}) {
    const {files, values, io, reporter} = context;
    const random = (drawn && values.order === 'random') || isNoisy(values);
    const seed = random ? seedOf(context) : 0;
    readingOf(values);   // what is wrong with it is said now
    await requireFiles([...files, ...conformerPaths(values)]);
    const constraintsOf = await readConstraints(context);
    const {engine, model} = await openEngine(context);
    for await (const {file, structure} of readEach(engine, files, values)) {
        await naming(file, async () => {
            const constraints = constraintsOf(structure);
            const verb = command === 'score' ? 'scoring' : 'looking at';
            const chosen = echo(context, engine, structure, constraints, verb);
            if (random) tellSeed(context, seed);
            const control = {signal: io.signal, onProgress: reporter.listener(structure.name)};
            const backbones = await encodeAll(context, engine, structure, seed, control);
            try {
                await look({
                    engine, structure, chosen, backbones, options: {...constraints, ...control, seed},
                    about: {
                        structure: structure.name, model, weights_sha256: engine.weights.sha256, weft: engine.version,
                        ...(random && {seed})
                    }
                });
            } finally {
                reporter.clear();
                backbones.dispose();
            }
        });
    }
}

/** How many decoding orders to average over. @param {Context} context */
export function ordersOf(context) {
    const orders = wholeNumber(context, 'orders');
    if (orders > 1 && context.values.order !== 'random') {
        throw new UsageError('--orders: an average is over random orders, and --order says which one');
    }
    return orders;
}

/**
 * Rows of a table as they are written to a file by its ending, or to stdout with tabs between.
 * @param {readonly (readonly unknown[])[]} rows   the first are the names of the columns
 * @param {'csv' | 'tabs'} style
 */
export async function tableText(rows, style) {
    const cells = rows.map((row) => row.map((value) => (value === null || value === undefined ? '' : String(value))));
    if (style === 'tabs') return cells.map((row) => `${row.join('\t')}\n`).join('');
    return formatCsv(cells);
}

/**
 * @param {Context} context
 * @param {string | Uint8Array} content
 */
export async function deliver({values, io, reporter}, content) {
    reporter.clear();
    if (values.output === undefined) io.stdout.write(/** @type {string} */ (content));
    else await writeBeside(values.output, content);
}

/** A number in a table for people. @param {number | null} value */
export const short = (value) => (value === null ? '' : value.toFixed(4));

/**
 * Which residue a row is, for arrays of names and numbers.
 * @param {Structure} structure
 * @param {ArrayLike<number>} rows
 */
export function residuesOf(structure, rows) {
    const list = Array.from(rows);
    return {
        chain: list.map((row) => structure.chains[structure.chainOf[row]].name),
        residue_number: Int32Array.from(list, (row) => structure.numbers[row]),
        insertion_code: list.map((row) => structure.insertions[row].trim())
    };
}
