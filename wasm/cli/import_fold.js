/* SPDX-License-Identifier: MIT
 *
 * import_fold.js - `weft import-fold PREDICTIONS... --designs DIR`: predicted structures beside what was designed.
 *
 *   structure files, with PAE and scores beside them --by sequence--> designs --> one table: scores, RMSD, pLDDT, PAE
 */
import {readdirSync, statSync} from 'node:fs';
import {basename, dirname, join} from 'node:path';
import {
    compareFold, companionsOf, designsOf, FOLD_COLUMNS, FOLD_MEASURES, foldValues, joined, readConfidence
} from '../folding.js';
import {ConstraintError, Engine, ParseError} from '../index.js';
import {deliver, formOf, short, tableText} from './analyses.js';
import {inflate, readUpTo} from './files.js';
import {naming, readStructure, UsageError} from './inputs.js';
import {jsonLine} from './output.js';
import {listedFiles} from './paths.js';
import {readDesigns} from './references.js';

/** @typedef {import('./inputs.js').Context} Context */
/** @typedef {import('./references.js').Design} Design */
/** @typedef {import('../folding.js').Measures} Measures */
/** @typedef {import('../folding.js').Reference} Reference */
/** @typedef {{design: Design, prediction: string | null, measures: Measures | null}} Row */

const STRUCTURE = /\.(pdb|ent|cif|mmcif|bcif)(\.(gz|zst))?$/i;

/** The structure files under a path, in the order of their names. @param {string} path @returns {string[]} */
function structuresIn(path) {
    const found = statSync(path, {throwIfNoEntry: false});
    if (!found) throw new ParseError(`${path}: cannot be read: there is no such file`);
    if (!found.isDirectory()) return [path];
    return readdirSync(path, {withFileTypes: true}).sort((a, b) => (a.name < b.name ? -1 : 1)).flatMap((entry) =>
        (entry.isDirectory() ? structuresIn(join(path, entry.name))
            : STRUCTURE.test(entry.name) ? [join(path, entry.name)] : []));
}

/** What cannot be read, which is told of when the table is there. @typedef {(error: unknown) => void} Refuse */

/** Goes on after files that are no good. @param {unknown[]} failures @returns {Refuse} */
const collecting = (failures) => (error) => {
    if (!(error instanceof ParseError || error instanceof ConstraintError)) throw error;
    failures.push(error);
};

/** What the files beside a structure say of it. @param {string} path @param {Refuse} refuse */
async function confidenceBeside(path, refuse) {
    const folder = dirname(path), all = [];
    for (const name of companionsOf(basename(path), readdirSync(folder))) {
        const file = join(folder, name);
        try {
            all.push(await naming(file, async () => readConfidence(await readUpTo(file), inflate)));
        } catch (error) {
            refuse(error);
        }
    }
    return joined(all);
}

/**
 * Compares one predicted structure with every design that has its sequence.
 * @param {Context} context
 * @param {Engine} engine
 * @param {string} path
 * @param {readonly Design[]} designs
 * @param {Refuse} refuse
 * @returns {Promise<Row[]>}
 */
async function compared({reporter}, engine, path, designs, refuse) {
    const prediction = await readStructure(engine, path);
    try {
        const {model, models} = prediction;
        if (models.length > 1) reporter.note(`${path}: model ${model}, of ${models.length}; the others are not read`);
        const of = new Set(designsOf(prediction, designs.map(({complex}) => complex)));
        const mine = designs.filter(({complex}) => of.has(complex));
        if (mine.length === 0) {
            const chains = prediction.chains.map(({name, length}) => `${name} ${length}`).join(', ');
            reporter.note(`${path}: no design has these sequences (residues by chain: ${chains})`);
            return [];
        }
        if (mine.length > 1) {
            reporter.note(`${path}: ${mine.length} designs have these sequences and get it: `
                + mine.map(({complex}) => complex.name).join(', '));
        }
        const confidence = await confidenceBeside(path, refuse);
        return mine.map((design) => {
            const {complex, reference} = design;
            const measures = compareFold(prediction, /** @type {Reference} */ (reference), complex, confidence);
            return {design, prediction: path, measures};
        });
    } finally {
        prediction.dispose();
    }
}

/** @param {Context} context */
export async function importFold(context) {
    const {files, values, io, reporter} = context, form = formOf(values, ['csv', 'json']);
    if (values.designs === undefined) throw new UsageError('--designs: name the designs, a FASTA file or a folder');
    const engine = await Engine.load();
    const designs = await readDesigns(context, engine, listedFiles(values.designs).map(({path}) => path));
    if (designs.some(({reference}) => !reference)) {
        throw new UsageError('--structure: name the backbone; no run.json beside the designs does');
    }
    const paths = files.flatMap(structuresIn);
    if (paths.length === 0) throw new ParseError(`${files.join(', ')}: no .pdb or .cif file is there`);
    /** @type {Row[]} */
    const rows = [];
    /** @type {unknown[]} */
    const failures = [], refuse = collecting(failures);
    for (const [i, path] of paths.entries()) {
        if (io.signal.aborted) throw io.signal.reason;
        reporter.update(`reading ${paths.length} predictions`, i / paths.length);
        try {
            for (const row of await compared(context, engine, path, designs, refuse)) rows.push(row);
        } catch (error) {
            refuse(error);
        }
    }
    if (rows.length === 0) {
        if (failures.length) throw failures[0];
        throw new ConstraintError(`none of ${paths.length} predictions has the sequence of one of ${designs.length} `
            + 'designs');
    }
    const folded = new Set(rows.map(({design}) => design)), missing = designs.filter((design) => !folded.has(design));
    if (missing.length) reporter.note(`${missing.length} of ${designs.length} designs have no prediction`);
    const order = new Map(designs.map((design, i) => [design, i]));
    rows.sort((a, b) => Number(order.get(a.design)) - Number(order.get(b.design)));
    rows.push(...missing.map((design) => ({design, prediction: null, measures: null})));
    await write(context, rows, form);
    await engine.dispose();
    if (failures.length === 0) return;
    const [first, ...others] = /** @type {Error[]} */ (failures);
    for (const {message} of others) reporter.note(message);
    if (others.length) first.message += `; ${others.length} more file${others.length > 1 ? 's' : ''} could not be read`;
    throw first;   // the table is there, and lacks these
}

/**
 * @param {Context} context
 * @param {readonly Row[]} rows
 * @param {string | null} form
 */
async function write(context, rows, form) {
    const values = rows.map(({design: {complex}, prediction, measures}) => foldValues(complex, prediction, measures));
    if (context.values.json || form === 'json') {
        return deliver(context, values.map((row) =>
            jsonLine(Object.fromEntries(row.map((value, c) => [FOLD_COLUMNS[c], value])))).join(''));
    }
    const first = FOLD_COLUMNS.length - FOLD_MEASURES.length;
    const cell = (/** @type {string | number | null} */ value, /** @type {number} */ c) =>
        (c < first || typeof value !== 'number' || form || Number.isInteger(value) ? value : short(value));
    const table = values.map((row) => row.map(cell));
    return deliver(context, await tableText([FOLD_COLUMNS, ...table], form ? 'csv' : 'tabs'));
}
