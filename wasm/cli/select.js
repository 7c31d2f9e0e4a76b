/* SPDX-License-Identifier: MIT
 *
 * select.js - `weft select FILE|DIR...`: which of many designs to make.
 *
 *   files --candidates.js--> designs --selectCandidates--> chosen --selection.js--> stdout or a file; counts on stderr
 */
import {basename, dirname} from 'node:path';
import {backboneOf, Distances, makeFilters, selectCandidates} from '../choosing.js';
import {ConstraintError, Engine} from '../index.js';
import {readCandidates} from './candidates.js';
import {readStructure, requireFiles, structureName, UsageError, wholeNumber} from './inputs.js';
import {jsonLine, requireFolder, writeBeside} from './output.js';
import {csv, everything, fasta, nothingLeft, notes, table} from './selection.js';

/** @typedef {import('./inputs.js').Context} Context */
/** @typedef {import('../choosing.js').Candidate} Candidate */
/** @typedef {import('../choosing.js').FilterOptions} FilterOptions */

/* ---- Words of the command line ---- */

const NUMBER = String.raw`-?\d+(?:\.\d+)?`;

/**
 * @param {string} option
 * @param {string | undefined} text
 * @param {number} least
 * @param {number} most
 */
function numberIn(option, text, least, most) {
    if (text === undefined) return undefined;
    const value = new RegExp(`^${NUMBER}$`).test(text) ? Number(text) : NaN;
    if (value >= least && value <= most) return value;
    throw new UsageError(`--${option}: '${text}' is no number from ${least} to ${most}`);
}

/**
 * '-10..5', '..5' or '6..'.
 * @param {string} option
 * @param {string | undefined} text
 */
function rangeOf(option, text) {
    if (text === undefined) return undefined;
    const match = new RegExp(`^(${NUMBER})?\\.\\.(${NUMBER})?$`).exec(text);
    const [least, most] = match ? match.slice(1).map((end) => (end === undefined ? undefined : Number(end))) : [];
    if ((least ?? most) === undefined || (least ?? -Infinity) > (most ?? Infinity)) {
        throw new UsageError(`--${option}: '${text}' is no range, such as -10..5, ..5 or 6..`);
    }
    return {least, most};
}

/**
 * Numbers by name, or a word for their defaults.
 * @param {string} option
 * @param {string | undefined} text
 * @param {string} word
 * @param {readonly string[]} names
 */
function numbersOf(option, text, word, names) {
    if (text === undefined) return undefined;
    if (text === word) return true;
    const parts = text.split(',');
    if (parts.length !== names.length || !parts.every((part) => new RegExp(`^${NUMBER}$`).test(part))) {
        throw new UsageError(`--${option}: '${text}' is neither ${word} nor ${names.length} numbers, as 1,2`);
    }
    return Object.fromEntries(names.map((name, i) => [name, Number(parts[i])]));
}

/** Parts with commas between; a comma in brackets parts nothing. @param {string | undefined} text */
const listOf = (text) => text?.split(/,(?![^(]*\))/).map((part) => part.trim());

/**
 * The backbones for unpaired cysteines.
 * @param {Context} context
 * @returns {Promise<FilterOptions['backbone']>}
 */
async function backbones({values}) {
    const paths = listOf(values.backbone);
    if (values.cysteines !== 'unpaired') {
        if (paths) throw new UsageError('--backbone is for --cysteines unpaired');
        return undefined;
    }
    if (!paths) throw new UsageError('--cysteines unpaired needs --backbone FILE');
    await requireFiles(paths);
    const engine = await Engine.load();
    try {
        const table = new Map();
        for (const path of paths) {
            const structure = await readStructure(engine, path);
            table.set(structureName(path), backboneOf(structure));
            structure.dispose();
        }
        const [first] = table.values();
        return ({structure = ''}) => (paths.length === 1 ? first : table.get(structure));
    } finally {
        await engine.dispose();
    }
}

/**
 * @param {Context} context
 * @returns {Promise<FilterOptions>}
 */
async function filtersOf(context) {
    const {values} = context;
    const liabilities = /** @type {FilterOptions['liabilities']} */ (listOf(values.liabilities));
    const options = {
        glycosylation: values['no-glycosylation'], sequonCysteine: values['sequon-cysteine'],
        cysteines: values.cysteines, disulfide: numberIn('disulfide', values.disulfide, 0.1, 1000),
        repeats: values['run-length'] === undefined ? undefined : wholeNumber(context, 'run-length', 2),
        lowComplexity: numbersOf('low-complexity', values['low-complexity'], 'seg', ['window', 'trigger', 'extension']),
        hydrophobic: numbersOf('hydrophobic', values.hydrophobic, 'span', ['window', 'mean']),
        charge: rangeOf('charge', values.charge), pH: numberIn('ph', values.ph, 0, 14), pI: rangeOf('pi', values.pi),
        liabilities, motifs: listOf(values.motif), newOnly: values['new-only'],
        backbone: await backbones(context)
    };
    makeFilters(options);   // what is wrong with one is said now
    return options;
}

/* ---- Work ---- */

/** @typedef {(selection: import('./selection.js').Selection, asked: object) => string | Promise<string>} Form */

/** @type {Readonly<Record<string, Form>>} */
const FORMS = {
    fa: fasta, fasta, csv, json: (selection, asked) => `${JSON.stringify(everything(selection, asked), null, 2)}\n`
};

/**
 * The form that the name of a file asks for.
 * @param {string | undefined} output
 * @returns {Form | undefined}
 */
function formOf(output) {
    if (output === undefined) return undefined;
    const ending = /\.(\w+)$/.exec(output)?.[1].toLowerCase() ?? '';
    if (Object.hasOwn(FORMS, ending)) return FORMS[ending];
    throw new UsageError(`--output: '${output}' must end in .fa, .csv or .json`);
}

/**
 * Says that most positions tell nothing apart.
 * @param {Context} context
 * @param {readonly Candidate[]} candidates
 */
function tellFixed({values, reporter}, candidates) {
    if (values.positions !== 'all' || candidates.length < 2) return;
    const all = new Distances(candidates), varied = new Distances(candidates, {compare: 'varied'});
    const [whole, part] = [all.positions(0), varied.positions(0)];
    if (all.groups.length > 1 || part === 0 || part >= whole / 2) return;
    reporter.note(`${whole - part} of ${whole} positions are the same in all designs; --positions varied leaves them `
        + 'out');
}

/** @param {Context} context */
export async function select(context) {
    const {files, values, io, reporter} = context;
    const count = wholeNumber(context, 'count'), form = formOf(values.output);
    const how = {
        count, diversity: numberIn('diversity', values.diversity, 0, 1), scale: values['score-scale'],
        compare: values.positions, identity: numberIn('identity', values.identity, 0, 1)
    };
    const filters = await filtersOf(context);
    if (values.output) await requireFolder(dirname(values.output));
    const candidates = await readCandidates(files, {scoreColumn: values['score-column']});
    tellFixed(context, candidates);
    const selection = await selectCandidates(candidates, {
        ...how, filters, signal: io.signal,
        onProgress: ({phase, done, total}) => reporter.update(`${VERBS[phase]} ${done} of ${total}`, done / total)
    });
    reporter.clear();
    if (selection.chosen.length === 0) throw new ConstraintError(nothingLeft(selection));
    for (const line of notes(selection, count)) reporter.note(line);
    const asked = {files: files.map((file) => basename(file)), ...how, ph: filters.pH};
    if (form) await writeBeside(values.output, await form(selection, asked));
    if (form) reporter.note(`wrote ${values.output}`);
    if (values.json) io.stdout.write(jsonLine(everything(selection, asked)));
    else if (!form) io.stdout.write(table(selection));
}

const VERBS = {filter: 'filtering', cluster: 'clustering', choose: 'choosing'};
