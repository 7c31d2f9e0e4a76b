/* SPDX-License-Identifier: MIT
 *
 * output.js - results as text: FASTA in the two styles of the field, JSON lines, files that appear when they are whole.
 */
import {existsSync} from 'node:fs';
import {access, constants, stat} from 'node:fs/promises';
import {dirname, resolve} from 'node:path';
import {
    designHeader, formatChain, formatChains, ligandDesignHeader, ligandNativeHeader, nativeHeader
} from '../formats/fasta.js';
import {messageOf, writeWhole} from './files.js';
import {UsageError} from './inputs.js';

/** @typedef {import('../index.js').Design} Design */
/** @typedef {import('../index.js').Score} Score */
/** @typedef {import('../index.js').Structure} Structure */

/**
 * @typedef {object} Target    one structure and what is asked of it
 * @property {Structure} structure
 * @property {string[]} designed    chains that are printed
 * @property {string[]} fixed       the others
 * @property {number} residues      designed ones
 * @property {string} model
 * @property {boolean} caOnly
 * @property {string} version       of the engine
 * @property {number | bigint} seed
 * @property {number} count         sequences for each temperature
 * @property {number} batch
 */

/** A result that found no place: no fault of what was asked. */
export class WriteError extends Error {}

/**
 * Finds out that a folder cannot be made or written to before any work is done for it.
 * @param {string} folder
 */
export async function requireFolder(folder) {
    let there = resolve(folder);
    while (!existsSync(there)) there = dirname(there);
    if (!(await stat(there)).isDirectory()) throw new UsageError(`--output: '${folder}': ${there} is no folder`);
    try {
        await access(there, constants.W_OK);
    } catch (error) {
        throw new WriteError(`cannot write ${folder}: ${messageOf(error)}`);
    }
}

/**
 * Writes a file of results, whole or not at all.
 * @param {string} path
 * @param {string | Uint8Array} content
 */
export const writeBeside = (path, content) => writeWhole(path, content, WriteError);

/**
 * @param {Structure} structure
 * @param {string} sequence           one letter for each row
 * @param {readonly string[]} chains  to be printed
 * @param {import('../formats/fasta.js').GapStyle} gaps
 * @param {'/' | ':'} separator
 */
function printed(structure, sequence, chains, gaps, separator) {
    const texts = chains.map((name) => {
        const {start, length} = structure.chain(name);
        const numbers = structure.numbers.subarray(start, start + length);
        return {name, text: formatChain(sequence.slice(start, start + length), numbers, gaps)};
    });
    return formatChains(texts, separator);
}

/** FASTA records of one target in the style of protein_mpnn_run.py: the structure's own sequence, then the designs. */
export class ProteinFasta {
    /**
     * @param {Target} target
     * @param {import('../formats/fasta.js').GapStyle} [gaps]
     */
    constructor(target, gaps = 'x') {
        this.target = target;
        this.end = '';
        this.gaps = gaps;
    }

    /** @param {string} sequence */
    #line(sequence) {
        return printed(this.target.structure, sequence, this.target.designed, this.gaps, '/');
    }

    /** @param {Score} native */
    native(native) {
        const {structure, designed, fixed, model, caOnly, version, seed} = this.target;
        const header = nativeHeader({
            name: structure.name, score: native.score, globalScore: native.globalScore, fixedChains: fixed,
            designedChains: designed, model, caOnly, gitHash: `weft-${version}`, seed
        });
        return `${header}\n${this.#line(native.sequence)}\n`;
    }

    /** @param {Design} design */
    design(design) {
        return `${designHeader(design)}\n${this.#line(design.sequence)}\n`;
    }
}

/** The same in the style of LigandMPNN's run.py: all chains, no newline at the end of the file. */
export class LigandFasta {
    #id = 0;

    /**
     * @param {Target} target
     * @param {number} temperature   the first one
     * @param {import('../formats/fasta.js').GapStyle} [gaps]
     */
    constructor(target, temperature, gaps = 'drop') {
        this.target = target;
        this.temperature = temperature;
        this.gaps = gaps;
        this.end = '\n';   // on a terminal or in a pipe, before the next structure
    }

    /** @param {string} sequence */
    #line(sequence) {
        const {structure} = this.target;
        return printed(structure, sequence, structure.chains.map((chain) => chain.name), this.gaps, ':');
    }

    /** @param {Score} native */
    native(native) {
        const {structure, residues, seed, count, batch, model} = this.target;
        const header = ligandNativeHeader({
            name: structure.name, temperature: this.temperature, seed, residues, ligandResidues: residues,
            useLigandContext: true, ligandCutoff: 8, batchSize: Math.min(batch, count),
            batches: Math.ceil(count / batch), modelPath: model
        });
        return `${header}\n${this.#line(native.sequence)}`;
    }

    /** @param {Design} design */
    design(design) {
        const confidence = Math.exp(-design.score);
        const header = ligandDesignHeader({
            name: this.target.structure.name, id: ++this.#id, temperature: design.temperature, seed: design.seed,
            overallConfidence: confidence, ligandConfidence: confidence, recovery: design.recovery
        });
        return `\n${header}\n${this.#line(design.sequence)}`;
    }
}

/** Large seeds as text in JSON. @param {string} _ @param {unknown} value */
export const bigAsText = (_, value) => (typeof value === 'bigint' ? String(value) : value);

/**
 * One line of JSON; numbers that JSON cannot hold become null, large seeds text.
 * @param {object} value
 */
export function jsonLine(value) {
    return `${JSON.stringify(value, bigAsText)}\n`;
}
