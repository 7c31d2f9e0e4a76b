// SPDX-License-Identifier: MIT
//
// project.ts - the project file: all that is on the page, to go on with later or elsewhere.
//
//   README.txt  project.json  structures/*  runs/LABEL.npz   that the page reads (state/project.ts)
//   runs/LABEL.fa  runs/LABEL.json                           sequences and run.json, for readers without Weft
import {npyBytes, writeNpz} from '../../../wasm/formats/npy.js';
import {keptOpened} from '../state/kept';
import {numbersOf, projectJson, PROJECT} from '../state/project';
import {type Run, runs} from '../state/runs';
import type {Opened} from '../state/structures';
import {breathe} from './pace';
import {fastaOf} from './fasta';
import {Names, type Part, partsOf, safeName} from './parts';
import {recordOf, sumOf} from './record';
import type {ZipFile} from './zip';

const readme = `A project of Weft, protein sequence design in the browser

Open it on the page to go on. Without it: structures holds the structures as they were opened, runs the designed
sequences as FASTA, what was asked as JSON, and the numbers as .npz for NumPy: log_prob [design, residue], probs
[residue, letter] (summed over the designs) and native_log_prob [residue].
`;

function numbersNpz(run: Run): Uint8Array<ArrayBuffer> {
    const {log_prob, probs, native_log_prob} = numbersOf(run), rows = run.opened.structure.length;
    return writeNpz({
        log_prob: npyBytes(log_prob, [run.rows.length, rows]), probs: npyBytes(probs, [rows, probs.length / rows]),
        ...(native_log_prob && {native_log_prob: npyBytes(native_log_prob)})
    });
}

async function recordText(part: Part, path: string): Promise<string> {
    const structure = await sumOf(`../${path}`, part.run.opened.bytes);
    const fasta = await sumOf(`${part.label}.fa`, fastaOf([part]));
    return `${JSON.stringify(recordOf(part, {
        structure, files: {}, states: [], results: [fasta], backbones: false
    }), null, 2)}\n`;
}

/** The files of a project, of all that is on the page now. Runs that still work come back as cancelled ones. */
export async function* projectFiles(): AsyncGenerator<ZipFile> {
    const names = new Names(), paths = new Map<Opened, string>();
    for (const opened of keptOpened()) paths.set(opened, `structures/${names.take(safeName(opened.fileName))}`);
    const pathOf = (opened: Opened) => paths.get(opened) ?? '';
    const parts = partsOf(runs.value), numbers = ({label}: Part) => `runs/${label}.npz`;
    yield {name: 'README.txt', input: readme};
    // read in one go, before anything else can happen on the page
    const tables = parts.map((part) => numbersNpz(part.run));
    const json = projectJson(pathOf, parts.map((part) => ({run: part.run, numbers: numbers(part)})));
    yield {name: PROJECT, input: json};
    for (const [opened, path] of paths) yield {name: path, input: opened.bytes as Uint8Array<ArrayBuffer>};
    for (const [i, part] of parts.entries()) {
        yield {name: numbers(part), input: tables[i]};
        yield {name: `runs/${part.label}.fa`, input: fastaOf([part])};
        yield {name: `runs/${part.label}.json`, input: await recordText(part, pathOf(part.run.opened))};
        await breathe();
    }
}
