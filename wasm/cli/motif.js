/* SPDX-License-Identifier: MIT
 *
 * motif.js - --fix-from: residues that stay because the program that made the backbone says so.
 *
 *   NAME.trb of RFdiffusion, REMARK 666 of Rosetta's matcher, REMARK PDBinfo-LABEL --> rows --> Constraints.fix
 *
 * Their letters are those of the file. What names a residue that is not there, or another letter than the file has,
 * is refused: the motif is the point of the design.
 */
import {dirname, join} from 'node:path';
import {ConstraintError} from '../index.js';
import {readTrb} from '../formats/trb.js';
import {plain, unpacked} from './files.js';
import {naming, readInput, structureName, UsageError} from './inputs.js';

/** @typedef {import('../index.js').Engine} Engine */
/** @typedef {import('../index.js').Structure} Structure */
/** @typedef {import('../index.js').Constraints} Constraints */

/** @typedef {{mask: Uint8Array, source: string}} Motif   source: in words */

const MOTIF = /^REMARK\s+666\s+MATCH TEMPLATE .*MATCH MOTIF (.) +(\S{1,4}) +(-?\d+)([A-Za-z]?)(?:\s|$)/;
const LABEL = /^REMARK PDBinfo-LABEL:\s*(\d+)\s(.*)$/;

/**
 * @param {Structure} structure
 * @param {{chain: string, number: number, insertion?: string}} place
 * @param {string} where   what names it
 * @returns {number}
 */
function rowOf(structure, {chain, number, insertion = ''}, where) {
    const found = structure.chains.find(({name}) => name === chain);
    for (let row = found?.start ?? 0; found && row < found.start + found.length; row++) {
        if (structure.numbers[row] === number && structure.insertions[row].trim() === insertion) return row;
    }
    const name = `${chain}${number}${insertion}`;
    throw new ConstraintError(`${where} names ${name}, which is not in the structure`, name);
}

/**
 * The .trb file of RFdiffusion's run that made a structure.
 * @param {string} file
 */
export const trbBeside = (file) => join(dirname(file), `${structureName(file)}.trb`);

/**
 * By rows where the file is as RFdiffusion wrote it, else by chain and number; then chains that it was given whole may
 * be missing.
 * @param {Structure} structure
 * @param {string} path
 * @returns {Promise<Motif>}
 */
async function fromTrb(structure, path) {
    const bytes = plain(await readInput(path));
    const {seen, made, given} = await naming(path, () => readTrb(bytes));
    if (seen?.length === structure.length) {
        return {mask: Uint8Array.from(seen, Number), source: path};
    }
    const mask = new Uint8Array(structure.length);
    const there = given.filter(({chain}) => structure.chains.some(({name}) => name === chain));
    for (const place of [...made, ...there]) mask[rowOf(structure, place, path)] = 1;
    return {mask, source: `${path}${seen ? ` (by chain and number: it speaks of ${seen.length} residues)` : ''}`};
}

/**
 * The letter that the core gives a residue of this name.
 * @param {Engine} engine
 * @param {string} name
 */
function letterOf(engine, name) {
    const place = `A   1    ${'0.000'.padStart(8).repeat(3)}  1.00  0.00           C`;
    try {
        const structure = engine.parse(`ATOM      1  CA  ${name.padStart(3).padEnd(4)}${place}\n`);
        structure.dispose();
        return structure.sequence;
    } catch {
        return 'X';   // a nucleotide, say
    }
}

/**
 * @param {Engine} engine
 * @param {Structure} structure
 * @param {readonly string[]} lines
 * @returns {Motif}
 */
function fromRemarks(engine, structure, lines) {
    const mask = new Uint8Array(structure.length);
    lines.forEach((line, i) => {
        if (!/^REMARK\s+666\s+MATCH/.test(line)) return;
        const where = `line ${i + 1}: REMARK 666`;
        const match = MOTIF.exec(line);
        if (!match) throw new ConstraintError(`${where} has no MATCH MOTIF with a chain, a name and a number`, line);
        const [, chain, name, number, insertion] = match;
        const place = {chain: chain === ' ' ? '_' : chain, number: Number(number), insertion};
        const row = rowOf(structure, place, where);
        const letter = letterOf(engine, name);
        if (letter !== structure.sequence[row]) {
            throw new ConstraintError(`${where} says that ${structure.rowName(row)} is ${name}, the file has `
                + structure.sequence[row], line);
        }
        mask[row] = 1;
    });
    return {mask, source: 'REMARK 666'};
}

/**
 * Labels name residues by their place in the file, counted from 1.
 * @param {Structure} structure
 * @param {readonly string[]} lines
 * @returns {Motif}
 */
function fromLabels(structure, lines) {
    const mask = new Uint8Array(structure.length);
    lines.forEach((line, i) => {
        const [, index, labels] = LABEL.exec(line) ?? [];
        if (!labels?.split(/\s+/).includes('FIXED')) return;
        if (Number(index) < 1 || Number(index) > structure.length) {
            throw new ConstraintError(
                `line ${i + 1}: the label names residue ${index} of ${structure.length} in the file`, line);
        }
        mask[Number(index) - 1] = 1;
    });
    return {mask, source: 'REMARK PDBinfo-LABEL'};
}

/**
 * @param {Engine} engine
 * @param {Structure} structure
 * @param {{what: string, file: string, bytes: Uint8Array}} from   what was asked for, and of which file
 * @returns {Promise<Motif>}
 */
async function readMotif(engine, structure, {what, file, bytes}) {
    if (what === 'trb') {
        if (file === '-') throw new UsageError('--fix-from: give the path of the .trb file of standard input');
        return fromTrb(structure, trbBeside(file));
    }
    if (what !== 'remark666' && what !== 'labels') return fromTrb(structure, what);
    const lines = new TextDecoder('latin1').decode(unpacked(bytes)).split(/\r?\n|\r/);
    const motif = what === 'labels' ? fromLabels(structure, lines) : fromRemarks(engine, structure, lines);
    if (motif.mask.includes(1)) return motif;
    throw new ConstraintError(`--fix-from: the file has no line ${what === 'labels'
        ? "'REMARK PDBinfo-LABEL: N FIXED'" : "'REMARK 666 MATCH TEMPLATE ... MATCH MOTIF ...'"}`, what);
}

/**
 * Adds the motif to what is fixed anyway.
 * @param {import('./inputs.js').Context} context
 * @param {Engine} engine
 * @param {Structure} structure
 * @param {Constraints} constraints
 * @param {{file: string, bytes: Uint8Array}} from
 * @returns {Promise<Constraints>}
 */
export async function withMotif({values, reporter}, engine, structure, constraints, from) {
    const what = values['fix-from'];
    if (what === undefined) return constraints;
    const {mask, source} = await readMotif(engine, structure, {what, ...from});
    const {count, text} = structure.describe(mask);
    reporter.note(`${structure.name}: fixed by ${source}: ${count ? `${count} residues: ${text}` : 'nothing'}`);
    const fixed = constraints.fix === undefined ? mask : structure.rows(constraints.fix);
    return {...constraints, fix: fixed.map((each, row) => each | mask[row])};
}
