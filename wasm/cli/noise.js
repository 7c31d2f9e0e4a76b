/* SPDX-License-Identifier: MIT
 *
 * noise.js - --noise, --conformers, --average: which backbones are encoded, and whether together or each by itself.
 *
 *   structure, conformers, levels of noise --> backbones --encoder--> one encoding, their average; or one for each
 *
 * Noise comes from the seed alone, by a stream of its own: orders and letters are drawn as without it. All sequences of
 * a run have the same one. What is chosen by distance is chosen on the file's coordinates, whatever is said of it.
 */
import {correspondence, MOST_WEIGHT} from '../analysis.js';
import {naming, readStructure, UsageError} from './inputs.js';
import {listedFiles} from './paths.js';

/** @typedef {import('./inputs.js').Context} Context */
/** @typedef {import('./inputs.js').Values} Values */
/** @typedef {import('../index.js').Engine} Engine */
/** @typedef {import('../index.js').Encoding} Encoding */
/** @typedef {import('../index.js').Structure} Structure */
/** @typedef {Parameters<Engine['encode']>[1]} Control */
/** @typedef {{conformer: string, weight: number, noise: number, encoding: Encoding}} Encoded */

/**
 * The levels, in angstrom; a single 0 where none is asked for.
 * @param {Values} values
 * @returns {number[]}
 */
export function noiseLevels({noise = '0'}) {
    return noise.split(',').map((text) => {
        const value = text.trim() === '' ? NaN : Number(text);
        if (!(value >= 0 && Number.isFinite(Math.fround(value)))) {
            throw new UsageError(`--noise: '${text}' is no number of at least 0`);
        }
        return value;
    });
}

/** Whether something is drawn for the coordinates. @param {Values} values */
export const isNoisy = (values) => noiseLevels(values).some((level) => level > 0);

/** @param {Values} values */
function conformerFiles({conformers}) {
    if (conformers === undefined) return [];
    return listedFiles(conformers).map(({name, path, number = '1'}) => {
        if (!path || name !== undefined) {
            throw new UsageError(`--conformers: '${conformers}' is no list of files; write FILE, or FILE:WEIGHT,...`);
        }
        if (!(Number(number) > 0 && Number(number) <= MOST_WEIGHT)) {
            throw new UsageError(`--conformers: '${number}' is no weight above 0 of ${path}, at most ${MOST_WEIGHT}`);
        }
        return {path, weight: Number(number)};
    });
}

/** Paths of the conformers, for a look at whether they are there. @param {Values} values */
export const conformerPaths = (values) => conformerFiles(values).map(({path}) => path);

/** Whether there is more than one backbone. @param {Values} values */
export const isSweep = (values) => noiseLevels(values).length > 1 || values.conformers !== undefined;

/**
 * A structure with noise on its backbone, in which selections still mean the file's coordinates.
 * @param {Engine} engine
 * @param {Structure} structure
 * @param {number} noise
 * @param {number | bigint} seed
 */
function moved(engine, structure, noise, seed) {
    const made = engine.derive(structure, {backbone: structure.backbone({noise, seed})});
    made.select = (text) => structure.select(text);
    return made;
}

/**
 * A structure where another one's backbone is: letters, names and order of the rows stay.
 * @param {Engine} engine
 * @param {Structure} structure
 * @param {Structure} other
 * @param {number} place   of the other among the backbones, from 1
 */
function elsewhere(engine, structure, other, place) {
    const rows = correspondence(structure, other, place, (each) => each.visible(engine.weights.family));
    const theirs = other.backbone(), width = theirs.length / other.length;
    const backbone = structure.backbone().map((own, i) => {
        const value = theirs[rows[Math.floor(i / width)] * width + i % width];
        return Number.isNaN(value) ? own : value;   // an atom that no model needs where it is not in both
    });
    const made = engine.derive(structure, {backbone});
    made.select = (text) => structure.select(text);
    return made;
}

/**
 * One backbone of one level; the structure must live as long as the encoding.
 * @param {Context} context
 * @param {Engine} engine
 * @param {Structure} structure
 * @param {number | bigint} seed
 * @param {Control} control
 */
export async function encodeWithNoise({values, reporter}, engine, structure, seed, control) {
    const [noise, ...more] = noiseLevels(values), options = {...control, features: values.features};
    if (more.length) throw new UsageError('--noise: several levels are averaged, or swept, for one structure alone');
    if (noise === 0) return engine.encode(structure, options);
    reporter.note(`${structure.name}: N, CA, C and O have noise of ${noise} angstrom, by the seed`);
    const noisy = moved(engine, structure, noise, seed);
    try {
        return await engine.encode(noisy, options);
    } catch (error) {
        noisy.dispose();
        throw error;
    }
}

/**
 * Everything that is to be encoded for one structure: itself and its conformers, each at every level. An average is
 * one; of a sweep there is one for each, conformer by conformer.
 * @param {Context} context
 * @param {Engine} engine
 * @param {Structure} structure
 * @param {number | bigint} seed
 * @param {Control} control
 * @returns {Promise<{encoded: Encoded[], levels: number[], conformers: string[], dispose: () => void}>}
 */
export async function encodeAll(context, engine, structure, seed, control) {
    const {values, reporter} = context, levels = noiseLevels(values), options = {...control, features: values.features};
    if (!isSweep(values)) {
        const encoding = await encodeWithNoise(context, engine, structure, seed, control);
        const dispose = () => {
            encoding.dispose();
            if (encoding.structure !== structure) encoding.structure.dispose();
        };
        return {
            encoded: [{conformer: structure.name, weight: 1, noise: levels[0], encoding}], levels,
            conformers: [structure.name], dispose
        };
    }
    /** @type {{dispose(): void}[]} */
    const made = [];
    const dispose = () => made.reverse().forEach((each) => each.dispose());
    try {
        const conformers = [{name: structure.name, at: structure, weight: 1}];
        for (const {path, weight} of conformerFiles(values)) {
            const read = await readStructure(engine, path, {altloc: values.altloc});
            made.push(read);
            const at = await naming('--conformers', async () =>
                elsewhere(engine, structure, read, conformers.length + 1));
            made.push(at);
            conformers.push({name: read.name, at, weight});
        }
        const backbones = conformers.flatMap(({name, at, weight}) => levels.map((noise) => {
            const backbone = noise ? moved(engine, at, noise, seed) : at;
            if (noise) made.push(backbone);
            return {backbone, weight, noise, conformer: name};
        }));
        const names = conformers.map(({name}) => name);
        reporter.note(`${structure.name}: ${backbones.length} backbones: ${names.join(', ')}`
            + `${isNoisy(values) ? `; noise of ${levels.join(', ')} angstrom, by the seed` : ''}`);
        const average = values.average !== 'none' && values.average !== 'logits';
        /** @type {Encoded[]} */
        const encoded = [];
        if (average) {
            const structures = backbones.map(({backbone}) => backbone);
            const weights = backbones.map(({weight}) => weight);
            const encoding = await engine.average(structures, {...options, weights});
            encoded.push({conformer: names.join(','), weight: 1, noise: levels[0], encoding});
            made.push(encoding);
        }
        for (const {backbone, ...rest} of average ? [] : backbones) {
            const encoding = await naming(rest.conformer, () => engine.encode(backbone, options));
            encoded.push({...rest, encoding});
            made.push(encoding);
        }
        return {encoded, levels, conformers: names, dispose};
    } catch (error) {
        dispose();
        throw error;
    }
}
