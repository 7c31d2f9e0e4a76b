/* SPDX-License-Identifier: MIT
 *
 * profiles.js - what --alignment, --pssm and --native-bias say, for each structure.
 *
 *   A3M, aligned FASTA, JSONL of make_pssm_input_dict.py --readProfiles--> (structure, constraints) -> constraints
 */
import {alignmentProfile, conservedRows, nativeBias, pssmOf} from '../alignments.js';
import {ConstraintError, LETTERS} from '../index.js';
import {unpacked} from './files.js';
import {naming, readInput, readText, UsageError} from './inputs.js';
import {listedFiles} from './paths.js';
import {lookup, readMarked} from './protein_mpnn_run/jsonl.js';

/** @typedef {import('./inputs.js').Context} Context */
/** @typedef {import('../index.js').Constraints} Constraints */
/** @typedef {import('../index.js').Structure} Structure */
/** @typedef {import('../alignments.js').ChainProfile} ChainProfile */

/**
 * A number of an option, or undefined where it is not given.
 * @param {Context} context
 * @param {string} option
 * @param {{right: (value: number) => boolean, words: string}} range
 */
function numberOf({values}, option, {right, words}) {
    const text = values[option];
    if (text === undefined) return undefined;
    const value = text.trim() === '' ? NaN : Number(text);
    if (!right(value)) throw new UsageError(`--${option}: '${text}' is no ${words}`);
    return value;
}

/** @param {Context} context */
function numbersOf(context) {
    const {values} = context;
    const weight = numberOf(context, 'pssm-weight', {
        right: (value) => value >= 0 && value <= 1, words: 'number from 0 to 1'
    });
    const share = numberOf(context, 'fix-conserved', {
        right: (value) => value > 0 && value <= 1, words: 'share above 0 and at most 1'
    });
    const nats = numberOf(context, 'native-bias', {
        right: (value) => Number.isFinite(Math.fround(value)), words: 'bias in nats'
    });
    const {alignment, pssm} = values;
    if (alignment !== undefined && pssm !== undefined) throw new UsageError('--alignment and --pssm: give one of them');
    if (alignment !== undefined && weight === undefined && share === undefined) {
        throw new UsageError('--alignment needs --pssm-weight W or --fix-conserved SHARE, or both');
    }
    if (pssm !== undefined && weight === undefined) throw new UsageError('--pssm needs --pssm-weight W');
    if (weight !== undefined && alignment === undefined && pssm === undefined) {
        throw new UsageError('--pssm-weight needs --alignment FILE or --pssm FILE');
    }
    if (share !== undefined && alignment === undefined) throw new UsageError('--fix-conserved needs --alignment FILE');
    return {weight, share, nats};
}

/**
 * @param {string} text
 * @returns {Promise<ChainProfile[]>}
 */
async function readAlignments(text) {
    /** @type {ChainProfile[]} */
    const profiles = [];
    for (const {name: chain, path, number} of listedFiles(text)) {
        if (!path || chain === '' || number !== undefined) {
            throw new UsageError(`--alignment: '${text}' is no list of files; write FILE or A=FILE,B=FILE`);
        }
        const bytes = await readInput(path);
        const profile = await naming(path, () =>
            alignmentProfile(new TextDecoder().decode(unpacked(bytes)), {name: path}));
        profiles.push({profile, chain});
    }
    return profiles;
}

/**
 * Adds what alignments say of a structure, and says so.
 * @param {Structure} structure
 * @param {Constraints} constraints
 * @param {readonly ChainProfile[]} profiles
 * @param {{weight?: number, share?: number}} numbers
 * @param {(text: string) => void} note
 * @returns {Constraints}
 */
function withAlignments(structure, constraints, profiles, {weight, share}, note) {
    for (const {profile: {name, sequences, letters}} of profiles) {
        note(`${name}: ${sequences} sequences, ${letters.toFixed(1)} different letters in a column on average`);
    }
    const found = {...constraints};
    if (weight !== undefined) found.pssm = pssmOf(structure, profiles, weight);
    if (share !== undefined) {
        const conserved = conservedRows(structure, profiles, share), {count, text} = structure.describe(conserved);
        note(`${structure.name}: ${count} residues have the letter of at least ${share} of their column and stay`
            + (count ? `: ${text}` : ''));
        const fixed = constraints.fix === undefined ? null : structure.rows(constraints.fix);
        found.fix = conserved.map((row, i) => row | (fixed?.[i] ?? 0));
    }
    return found;
}

/* ---- The original's dictionary ---- */

/**
 * The lines of a JSONL file, merged.
 * @param {string} path
 */
async function readDictionary(path) {
    const lines = (await readText(path)).split('\n').map((text, i) => ({text, place: `${path}:${i + 1}`}));
    const values = lines.filter(({text}) => text.trim()).map(({text, place}) => readMarked(text, place));
    if (values.length === 0) throw new ConstraintError(`${path}: the file is empty`, path);
    return Object.assign({}, ...values);
}

/**
 * The row of each place of a chain, missing numbers among them: -1.
 * @param {Structure} structure
 * @param {import('../index.js').Chain} chain
 */
function rowsOfPlaces({numbers}, {start, length}) {
    const rows = [start];
    for (let row = start + 1; row < start + length; row++) {
        for (let missing = numbers[row] - numbers[row - 1] - 1; missing > 0; missing--) rows.push(-1);
        rows.push(row);
    }
    return rows;
}

/**
 * @param {Structure} structure
 * @param {any} dictionary   {name: {chain: {pssm_coef: [place], pssm_bias: [place][21]}}}
 * @param {number} weight    what the original calls --pssm_multi
 * @param {string} path
 * @returns {NonNullable<Constraints['pssm']>}
 */
function dictionaryPssm(structure, dictionary, weight, path) {
    const own = lookup(dictionary, structure.name), width = LETTERS.length;
    if (own === undefined) throw new ConstraintError(`${path} has no entry '${structure.name}'`, structure.name);
    const weights = new Float32Array(structure.length), probabilities = new Float32Array(structure.length * width);
    for (const chain of structure.chains) {
        const given = lookup(own, chain.name), rows = rowsOfPlaces(structure, chain);
        if (given === undefined || given === null || Object.keys(given).length === 0) continue;
        const right = [[given.pssm_coef, 1], [given.pssm_bias, width]].every(([list, each]) => Array.isArray(list)
            && list.length === rows.length && list.flat().length === rows.length * each
            && list.flat().every((/** @type {unknown} */ value) => Number.isFinite(value)));
        if (!right) {
            throw new ConstraintError(`${path}: ${structure.name}, chain ${chain.name} needs pssm_coef of `
                + `${rows.length} numbers and pssm_bias of ${rows.length} rows of ${width}: one for each place, also `
                + 'for missing ones', chain.name);
        }
        for (const [place, row] of rows.entries()) {
            if (row < 0) continue;
            weights[row] = weight * given.pssm_coef[place];
            probabilities.set(given.pssm_bias[place], row * width);
        }
    }
    return {weight: weights, probabilities};
}

/**
 * What the command line says of alignments, matrices and native letters, as a change of each structure's constraints.
 * @param {Context} context
 * @returns {Promise<(structure: Structure, constraints: Constraints) => Constraints>}
 */
export async function readProfiles(context) {
    const {values, reporter} = context;
    const {nats, ...numbers} = numbersOf(context);
    const profiles = values.alignment === undefined ? null : await readAlignments(values.alignment);
    const dictionary = values.pssm === undefined ? null : await readDictionary(values.pssm);
    return (structure, constraints) => {
        let found = constraints;
        if (profiles) {
            found = withAlignments(structure, found, profiles, numbers, (text) => reporter.once(text));
        }
        if (dictionary) {
            const pssm = dictionaryPssm(structure, dictionary, /** @type {number} */ (numbers.weight), values.pssm);
            found = {...found, pssm};
        }
        return nats === undefined ? found : {...found, bias: nativeBias(structure, nats, found.bias)};
    };
}
