/* SPDX-License-Identifier: MIT
 *
 * info.js - `weft info FILE...`: what a structure or a weight file holds, and what was ignored and why.
 *
 * A URL, the name of a known model, a file with an extension of weights or one that starts like them is looked at as
 * weights, a file with an extension of structures and everything else as a structure.
 */
import {existsSync} from 'node:fs';
import {open} from 'node:fs/promises';
import {Engine} from '../index.js';
import {labelsOf} from '../labels.js';
import {findModel} from '../models.js';
import {isFile} from './files.js';
import {readEach} from './models.js';
import {jsonLine} from './output.js';
import {openWeights, weightsProgress} from './weights.js';

/** @typedef {import('./inputs.js').Context} Context */

/** First bytes of .npy records, a JSON line, zip, gzip and Zstandard. */
const weightsMagic = [[0x93, 0x4e], [0x7b], [0x50, 0x4b], [0x1f, 0x8b], [0x28, 0xb5]];

/** @param {string} file */
async function holdsWeights(file) {
    if (/^https?:/i.test(file) || /\.(eqx|pt)(\.(gz|zst))?$/i.test(file)) return true;
    if (!existsSync(file)) return findModel(file) !== null;
    if (/\.(pdb\d*|ent|(mm|b)?cif)(\.(gz|zst))?$/i.test(file)) return false;
    if (!isFile(file)) return false;   // what a pipe gives is there only once
    const handle = await open(file);
    try {
        const {buffer, bytesRead} = await handle.read(Buffer.alloc(2), 0, 2, 0);
        return weightsMagic.some((magic) => bytesRead >= magic.length && magic.every((byte, i) => buffer[i] === byte));
    } catch {
        return false;
    } finally {
        await handle.close();
    }
}

/** @param {Context} context */
export async function info(context) {
    const parser = await Engine.load();
    for (const file of context.files) {
        if (await holdsWeights(file)) await weightsInfo(context, file);
        else await structureInfo(context, parser, file);
    }
    await parser.dispose();
}

/**
 * The names of the chains of each sequence that more than one chain has.
 * @param {readonly {name: string, sequence: string}[]} chains
 */
function alikeChains(chains) {
    /** @type {Map<string, string[]>} */
    const names = new Map();
    for (const {name, sequence} of chains) {
        const same = names.get(sequence);
        if (same) same.push(name);
        else names.set(sequence, [name]);
    }
    return [...names.values()].filter((each) => each.length > 1);
}

/**
 * @param {Context} context
 * @param {string} file
 */
async function weightsInfo({values, io}, file) {
    const onProgress = values.quiet ? undefined : weightsProgress(io);
    const {bytes, model, source} = await openWeights(file, {signal: io.signal, onProgress});
    const engine = await Engine.load({weights: bytes, model: model?.id, signal: io.signal});
    await engine.ready;
    const w = engine.weights;
    await engine.dispose();
    if (values.json) {
        io.stdout.write(jsonLine({file: source, kind: 'weights', ...w}));
        return;
    }
    io.stdout.write(`${source}: ${w.known ? w.id : 'weights that are not published'}\n`
        + `  family      ${w.family}\n  layout      ${w.layout}\n  sha-256     ${w.sha256}\n`
        + `  size        ${w.bytes} bytes, ${w.records} records, ${w.parameters} parameters\n`
        + `  network     node width ${w.nodeWidth}, edge width ${w.edgeWidth}, ${w.encoderLayers} encoder and `
        + `${w.decoderLayers} decoder layers, ${w.neighbors} neighbours\n`
        + (w.noiseLevel === null ? '' : `  noise       ${w.noiseLevel.toFixed(2)} angstrom in training\n`));
}

/**
 * Each chain's residues in the authors' numbering and in the other one of mmCIF; null where the file has one alone.
 * @param {import('../index.js').Structure} structure
 */
function labelTable(structure) {
    const labels = labelsOf(structure), {numbers, insertions} = structure;
    return labels && structure.chains.map(({name, start, length}) => ({
        chain: name,
        auth_seq_id: Array.from({length}, (_, i) => numbers[start + i] + insertions[start + i].trim()),
        label_asym_id: labels.chains.slice(start, start + length),
        label_seq_id: labels.numbers.slice(start, start + length)
    }));
}

/**
 * @param {Context} context
 * @param {Engine} parser
 * @param {string} file
 */
async function structureInfo(context, parser, file) {
    for await (const {structure} of readEach(parser, [file], context.values)) tell(context, file, structure);
}

/**
 * @param {Context} context
 * @param {string} file
 * @param {import('../index.js').Structure} structure
 */
function tell({values, io}, file, structure) {
    const chains = structure.chains.map(({name, start, length, sequence}) => {
        const rows = Array.from({length}, (_, i) => start + i);
        return {
            name, residues: length, complete: rows.filter((row) => structure.mask[row]).length,
            carbons: rows.filter((row) => structure.carbons[row]).length,
            unknown: rows.filter((row) => structure.unknown[row]).length,
            gaps: rows.filter((row) => row > start && structure.numbers[row] - structure.numbers[row - 1] > 1).length,
            first: structure.rowName(start), last: structure.rowName(start + length - 1), sequence
        };
    });
    const [complete, carbons] = /** @type {const} */ (['complete', 'carbons']).map((what) =>
        chains.reduce((sum, chain) => sum + chain[what], 0));
    if (values.json) {
        io.stdout.write(jsonLine({
            file, kind: 'structure', name: structure.name, model: structure.model,
            models: Array.from(structure.models), residues: structure.length, complete, carbons, chains,
            issues: structure.issues, labels: labelTable(structure)
        }));
    } else {
        const many = (/** @type {number} */ n, /** @type {string} */ what) => `${n} ${what}${n === 1 ? '' : 's'}`;
        const called = values.models === undefined ? file : `${file}, model ${structure.model}`;
        io.stdout.write(`${called}: ${many(chains.length, 'chain')}, ${many(structure.length, 'residue')}, `
            + `${complete} with the whole backbone`
            + `${carbons > complete ? `, ${carbons} with the CA atom that CA-only models need` : ''}\n`);
        for (const {name, residues, first, last, unknown, gaps, sequence, complete: whole} of chains) {
            io.stdout.write(`  ${name}  ${many(residues, 'residue')}, ${first} to ${last}, `
                + `${whole} with the whole backbone${unknown ? `, ${unknown} without a standard letter` : ''}`
                + `${gaps ? `, ${many(gaps, 'numbering gap')}` : ''}\n`
                + `     ${sequence}\n`);
        }
        for (const names of alikeChains(chains)) {
            const [shown, more] = [names.slice(0, 8).join(', '), names.length - 8];
            io.stdout.write(`  one sequence in the chains ${shown}${more > 0 ? ` and ${more} more` : ''}: `
                + '--tie homomer designs them as one\n');
        }
        for (const {text, line} of structure.issues) io.stdout.write(`  ${line ? `line ${line}: ` : ''}${text}\n`);
    }
}
