/* SPDX-License-Identifier: MIT
 *
 * models.js - --models and --altloc: what is read of a file that says several things of one residue.
 *
 *   values --readingOf--> {model, altloc} of engine.open        a file, 'all' --modelNumbers--> a structure for each
 */
import {Engine} from '../index.js';
import {naming, readInput, readStructure, structureName, UsageError} from './inputs.js';

/** @typedef {import('./inputs.js').Values} Values */
/** @typedef {import('./jobs.js').Job} Job */

const ALL = 'all';

/**
 * @param {Values} values
 * @returns {import('../index.js').Choice & {assembly?: string}}
 */
export function readingOf({models, altloc, assembly}) {
    if (models !== undefined && models !== ALL && !/^\d{1,9}$/.test(models)) {
        throw new UsageError(`--models: '${models}' is neither the number of a model nor all`);
    }
    return {
        altloc: /** @type {import('../index.js').Altloc | undefined} */ (altloc), assembly,
        ...(models !== undefined && models !== ALL && {model: Number(models)})
    };
}

/**
 * The numbers of a file's models where all of them are asked for, else null.
 * @param {Engine} engine
 * @param {string} path
 * @param {Values} values
 */
async function modelNumbers(engine, path, values) {
    const choice = readingOf(values);
    if (values.models !== ALL) return null;
    const bytes = await readInput(path);
    const first = await naming(path, () => engine.open(bytes, choice));
    first.dispose();
    return [...first.models];
}

/** How one of all models is called. @param {string} name @param {number} model */
const modelName = (name, model) => `${name}_model${model}`;

/**
 * The structures of files one after the other: one of each, or one for each of its models. None outlives its turn.
 * @param {Engine} engine
 * @param {readonly string[]} files
 * @param {Values} values
 */
export async function* readEach(engine, files, values) {
    for (const file of files) {
        const numbers = await modelNumbers(engine, file, values);
        for (const model of numbers ?? [undefined]) {
            const one = model === undefined ? {} : {model, name: modelName(structureName(file), model)};
            const structure = await readStructure(engine, file, {...readingOf(values), ...one});
            yield {file, structure};
            structure.dispose();
        }
    }
}

/**
 * Jobs with one for each model in place of those that ask for all.
 * @param {import('./inputs.js').Context} context
 * @param {readonly Job[]} jobs
 * @returns {Promise<readonly Job[]>}
 */
export async function withModels({values: {output}}, jobs) {
    for (const {values} of jobs) readingOf(values);   // what is wrong with the words is said first
    if (!jobs.some(({values}) => values.models === ALL)) return jobs;
    const parser = await Engine.load(), names = new Set(), list = [];
    for (const job of jobs) {
        const numbers = await modelNumbers(parser, job.file, job.values).catch(() => null);   // the work will say why
        if (!numbers) list.push(job);
        for (const model of numbers ?? []) {
            const values = {...job.values, models: String(model)};
            list.push({...job, name: modelName(job.name, model), values});
        }
    }
    await parser.dispose();
    for (const {name} of list) {
        if (output && names.has(name)) {
            throw new UsageError(`two structures are named ${name}: -o would write one over the other`);
        }
        names.add(name);
    }
    return list;
}
