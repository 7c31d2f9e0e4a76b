/* SPDX-License-Identifier: MIT
 *
 * export_fold.js - `weft export-fold DESIGNS... --for PROGRAM -o DIR`: input files for programs that predict
 * structures.
 */
import {join} from 'node:path';
import {FORMATS, jobFiles} from '../folding.js';
import {Engine} from '../index.js';
import {UsageError} from './inputs.js';
import {requireFolder, writeBeside} from './output.js';
import {readDesigns} from './references.js';

/** @typedef {import('./inputs.js').Context} Context */

/**
 * Whole numbers with commas between.
 * @param {string} text
 */
function seedsOf(text) {
    const seeds = text.split(',').map((each) => (/^\d{1,10}$/.test(each.trim()) ? Number(each) : NaN));
    if (!seeds.every((seed) => seed < 2 ** 32)) {
        throw new UsageError(`--seeds: '${text}' is no list of whole numbers below 2^32`);
    }
    return seeds;
}

/** @param {Context} context */
export async function exportFold(context) {
    const {files, values, io, reporter} = context;
    const {for: format, alignments, output} = values;
    if (format === undefined) throw new UsageError(`--for: name the program, ${Object.keys(FORMATS).join(', ')}`);
    if (output === undefined) throw new UsageError('-o: name a folder for the files');
    const seeds = seedsOf(values.seeds);
    await requireFolder(output);
    const engine = await Engine.load();
    const designs = await readDesigns(context, engine, files), complexes = designs.map(({complex}) => complex);
    const left = complexes.reduce((sum, complex) => sum + complex.left, 0);
    if (left) reporter.note(`${left} residues without a letter (X, gaps) are left out: they are not folded`);
    if (designs.some(({reference}) => !reference)) {
        reporter.note('without the structure (--structure, or a run.json) only the chains in the files are folded');
    }
    if (format === 'esmfold' && complexes.some(({chains}) => chains.length > 1)) {
        reporter.note('ESMFold was trained on single chains; chains with : between are joined by a linker there');
    }
    const made = jobFiles(complexes, format, {alignments, seeds});
    for (const {name, text} of made) await writeBeside(join(output, name), text);
    reporter.note(`wrote ${made.length === 1 ? join(output, made[0].name) : `${made.length} files to ${output}`}: `
        + `${complexes.length} designs for ${/** @type {any} */ (FORMATS)[format].label}`);
    for (const {name} of made) io.stdout.write(`${join(output, name)}\n`);
    await engine.dispose();
}
