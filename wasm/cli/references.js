/* SPDX-License-Identifier: MIT
 *
 * references.js - designs with the structures that they were made for, for the commands that fold them.
 *
 *   files and folders, --structure --readDesigns--> [{complex, reference}]
 *
 * A folder of weft design -o says in its run.json which structure each design is for, and which residues were designed.
 */
import {dirname, join} from 'node:path';
import {complexOf} from '../folding.js';
import {ConstraintError, ParseError} from '../index.js';
import {readCandidates} from './candidates.js';
import {isFile, sumOf} from './files.js';
import {naming, readStructure, readText, structureName, UsageError} from './inputs.js';
import {readingOf} from './models.js';
import {listedFiles} from './paths.js';

/** @typedef {import('./inputs.js').Context} Context */
/** @typedef {import('../folding.js').Complex} Complex */
/** @typedef {import('../folding.js').Reference} Reference */
/** @typedef {import('../index.js').Engine} Engine */
/** @typedef {{complex: Complex, reference: Reference | undefined}} Design */

const RECORD = 'run.json';

/**
 * Which residues count as designed, by --design and --fix.
 * @param {import('../index.js').Structure} structure
 * @param {{design?: string, fix?: string}} words
 */
function designedRows(structure, {design, fix}) {
    if (design === undefined && fix === undefined) return undefined;
    const rows = design === undefined ? new Uint8Array(structure.length).fill(1) : structure.select(design).mask;
    const stays = fix === undefined ? null : structure.select(fix).mask;
    return rows.map((row, i) => (row && !stays?.[i] ? 1 : 0));
}

/** @param {import('./inputs.js').Values} values */
const chainsOf = ({chains}) => chains?.split(/[\s,]+/).filter(Boolean);

/**
 * Structures by the names that designs call them.
 * @param {Context} context
 * @param {Engine} engine
 * @returns {Promise<Map<string, Reference>>}
 */
async function namedStructures({values}, engine) {
    const found = new Map();
    for (const {path} of values.structure === undefined ? [] : listedFiles(values.structure)) {
        const structure = await readStructure(engine, path, readingOf(values));
        const design = await naming(path, () => designedRows(structure, values));
        found.set(structureName(path), {structure, design, chains: chainsOf(values)});
    }
    return found;
}

/**
 * The structures of a run.json that are there, and what was designed of them.
 * @param {Context} context
 * @param {Engine} engine
 * @param {string} folder
 * @param {ReadonlySet<string | null | undefined>} wanted   names: others, which may have failed, are not read
 * @returns {Promise<Map<string, Reference>>}
 */
async function recordedStructures({values, reporter}, engine, folder, wanted) {
    const path = join(folder, RECORD), found = new Map();
    if (!isFile(path)) return found;
    const record = await naming(path, async () => {
        try {
            return JSON.parse(await readText(path));
        } catch (error) {
            throw new ParseError(`this is no run of weft design: ${/** @type {Error} */ (error).message}`);
        }
    });
    for (const {path: file, name, designed, sha256} of Array.isArray(record.structures) ? record.structures : []) {
        if (!wanted.has(name)) continue;
        const there = typeof file === 'string' ? join(folder, file) : '';
        if (!isFile(there)) {
            reporter.note(`${path}: ${file} is not there any more; give it with --structure`);
            continue;
        }
        if (sha256 !== await sumOf(there)) {
            throw new ConstraintError(`${path}: ${file} has changed since the run; name the backbone with --structure`);
        }
        const {models, altloc, assembly} = record.options ?? {};
        const structure = await readStructure(engine, there, {...readingOf({models, altloc, assembly}), name});
        const words = values.design === undefined && values.fix === undefined ? {design: designed} : values;
        found.set(name, {structure, design: designedRows(structure, words), chains: chainsOf(values)});
    }
    return found;
}

/**
 * @param {Context} context
 * @param {Engine} engine
 * @param {readonly string[]} paths   of designs
 * @returns {Promise<Design[]>}
 */
export async function readDesigns(context, engine, paths) {
    const given = await namedStructures(context, engine);
    const [only] = given.size === 1 ? given.values() : [];
    /** @type {Design[]} */
    const designs = [];
    for (const path of paths) {
        const folder = isFile(path) ? dirname(path) : path;
        const candidates = await readCandidates([path]), wanted = new Set(candidates.map(({structure}) => structure));
        const recorded = given.size ? given : await recordedStructures(context, engine, folder, wanted);
        for (const candidate of candidates) {
            const reference = only ?? recorded.get(candidate.structure ?? '');
            if (given.size > 1 && !reference) {
                throw new ConstraintError(`${path}: no --structure is named ${candidate.structure}, as `
                    + `${candidate.name} asks for`);
            }
            designs.push({complex: await naming(path, () => complexOf(candidate, reference)), reference});
        }
    }
    if (designs.length === 0) throw new UsageError('name a file of designs, or a folder of weft design -o');
    return designs;
}
