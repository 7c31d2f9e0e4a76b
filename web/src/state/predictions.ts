// SPDX-License-Identifier: MIT
//
// predictions.ts - predicted structures beside the designs that they are of. Loaded when first asked for.
//
//   files --by name--> structures, and what lies beside each --by sequence, wasm/folding.js--> predictions, others
//
// A file is read when its turn comes, by the engine without weights, and let go; the page answers in between.
import {effect, signal} from '@preact/signals';
import {
    compareFold, companionsOf, type Complex, type Confidence, designsOf, joined, type Measures, readConfidence
} from '../../../wasm/folding.js';
import {readZip} from '../../../wasm/formats/zip.js';
import type {Structure} from '../../../wasm/index.js';
import {parser} from '../engine/engine';
import {complexOfRow, referenceOf} from './candidates';
import {announce, isCancelled, messageOf} from './page';
import {type Row, runs} from './runs';
import {baseName, lookAt, openStructure, structures} from './structures';

export type {Measures};

export interface Prediction {
    readonly row: Row;
    readonly complex: Complex;
    readonly file: File;
    readonly measures: Measures;
}

/** In the order of the designs. */
export const predictions = signal<readonly Prediction[]>([]);
/** Files of the last reading that say nothing of a design, and why. */
export const others = signal<readonly {readonly name: string, readonly why: string}[]>([]);
/** How many structures of how many are read; null while nothing is. */
export const reading = signal<{readonly done: number, readonly total: number} | null>(null);
export const problem = signal('');
let abort: AbortController | undefined;

export const cancelReading = (): void => abort?.abort();

const STRUCTURE = /\.(pdb\d*|ent|cif|mmcif|bcif)(\.(gz|zst))?$/i, CONFIDENCE = /\.(json|npz)$/i;
const SLICE_MS = 12, DEFLATED = 8;

/** Lets the page answer, and ends what was cancelled. */
async function breathe(stop: AbortSignal): Promise<void> {
    await new Promise((resolve) => { setTimeout(resolve); });
    stop.throwIfAborted();
}

interface Design {
    readonly row: Row;
    readonly complex: Complex;
}

/** All designs on the page as what folds together. */
async function allDesigns(stop: AbortSignal): Promise<Design[]> {
    const designs: Design[] = [];
    let last = performance.now();
    for (const run of runs.value) {
        for (const row of run.rows.slice(0, run.count.value)) {
            designs.push({row, complex: complexOfRow(row)});
            if (performance.now() - last < SLICE_MS) continue;
            await breathe(stop);
            last = performance.now();
        }
    }
    return designs;
}

/* ---- One file ---- */

const bytesOf = async (file: File) => new Uint8Array(await file.arrayBuffer());

/** Bytes of raw DEFLATE, no more than the archive says. */
async function inflated(packed: Uint8Array, size: number): Promise<Uint8Array> {
    const stream = new Blob([packed as Uint8Array<ArrayBuffer>]).stream(), pieces: Uint8Array<ArrayBuffer>[] = [];
    const reader = stream.pipeThrough(new DecompressionStream('deflate-raw')).getReader();
    let left = size;
    for (let read; !(read = await reader.read()).done;) {
        left -= read.value.length;
        if (left < 0) throw new Error('the archive is damaged: an entry is larger than it says');
        pieces.push(read.value);
    }
    return new Uint8Array(await new Blob(pieces).arrayBuffer());
}

/** Browsers inflate in streams alone: packed entries are taken out before the library asks for them. */
async function confidenceOf(file: File): Promise<Confidence> {
    const bytes = await bytesOf(file), ready = new Map<number, Uint8Array>();
    if (/\.npz$/i.test(file.name)) {
        for (const {method, start, packed, size} of readZip(bytes).values()) {
            if (method === DEFLATED) ready.set(start, await inflated(bytes.subarray(start, start + packed), size));
        }
    }
    return readConfidence(bytes, ({byteOffset}) => ready.get(byteOffset - bytes.byteOffset) ?? new Uint8Array(0));
}

/** What the files beside a structure say of it; the name of one that cannot be read goes before why. */
async function confidenceBeside(file: File, named: ReadonlyMap<string, File>, stop: AbortSignal) {
    const all: Confidence[] = [];
    for (const name of companionsOf(file.name, named.keys())) {
        const beside = named.get(name);
        if (!beside) continue;
        try {
            all.push(await confidenceOf(beside));
        } catch (error) {
            throw new Error(`${name}: ${messageOf(error)}`);
        }
        await breathe(stop);
    }
    return joined(all);
}

const lengths = ({chains}: Structure) => chains.map(({name, length}) => `${name} ${length}`).join(', ');

/** A structure beside every design that has its sequence. */
async function compared(file: File, designs: readonly Design[], named: ReadonlyMap<string, File>, stop: AbortSignal) {
    const bytes = await bytesOf(file);
    const prediction = await (await parser()).open(bytes, {name: baseName(file.name)});
    try {
        await breathe(stop);
        const of = new Set(designsOf(prediction, designs.map(({complex}) => complex)));
        const mine = designs.filter(({complex}) => of.has(complex));
        if (mine.length === 0) {
            throw new Error(`no design has these sequences (residues by chain: ${lengths(prediction)})`);
        }
        const confidence = await confidenceBeside(file, named, stop), made: Prediction[] = [];
        for (const {row, complex} of mine) {
            const measures = compareFold(prediction, referenceOf(row.run), complex, confidence);
            made.push({row, complex, file, measures});
            await breathe(stop);
        }
        return made;
    } finally {
        prediction.dispose();
    }
}

/* ---- All of them ---- */

const byDesign = (a: Prediction, b: Prediction) => a.row.run.key - b.row.run.key
    || a.row.design.sample - b.row.design.sample || (a.file.name < b.file.name ? -1 : 1);

/** Puts some on the list, in place of those of the same file and design. */
function take(made: readonly Prediction[]): void {
    const kept = predictions.value.filter((old) => !made.some(({row, file}) =>
        row === old.row && file.name === old.file.name));
    predictions.value = [...kept, ...made].sort(byDesign);
}

/** Files that nothing was made of. */
function leftOver(files: readonly File[], structuresAmong: readonly File[]) {
    const names = files.map(({name}) => name);
    const used = new Set(structuresAmong.flatMap(({name}) => [name, ...companionsOf(name, names)]));
    return names.filter((name) => !used.has(name)).map((name) => ({
        name, why: CONFIDENCE.test(name) ? 'it has the name of no structure among these files'
            : 'its name is that of no structure and no JSON or .npz file'
    }));
}

/** Reads structures, and what lies beside them, and compares each with the designs of all runs. */
export async function readPredictions(files: readonly File[]): Promise<void> {
    if (reading.value || files.length === 0) return;
    const chosen = files.filter(({name}) => STRUCTURE.test(name));
    const named = new Map(files.map((each) => [each.name, each]));
    abort = new AbortController();
    const {signal: stop} = abort;
    problem.value = '';
    others.value = leftOver(files, chosen);
    reading.value = {done: 0, total: chosen.length};
    let done = 0;
    try {
        const designs = await allDesigns(stop);
        for (const file of chosen) {
            try {
                take(await compared(file, designs, named, stop));
            } catch (error) {
                if (isCancelled(error)) throw error;
                others.value = [...others.value, {name: file.name, why: messageOf(error)}];
            }
            reading.value = {done: ++done, total: chosen.length};
            await breathe(stop);
        }
        announce(`${done} predictions are read.`);
    } catch (error) {
        if (!isCancelled(error)) problem.value = messageOf(error);
        else announce('The reading was stopped.');
    } finally {
        reading.value = null;
    }
}

export function clearPredictions(): void {
    predictions.value = [];
    others.value = [];
}

const shown = new WeakMap<File, number>();

/** Opens a prediction as a structure, or looks at it where it is open. */
export async function showPrediction(file: File): Promise<void> {
    const key = shown.get(file);
    if (key !== undefined && structures.value.some((each) => each.key === key)) return lookAt(key);
    const opened = await openStructure(file.name, () => bytesOf(file));
    if (opened) shown.set(file, opened.key);
}

/** Predictions of designs that were taken off the page are let go. */
effect(() => {
    const there = new Set(runs.value), kept = predictions.value.filter(({row}) => there.has(row.run));
    if (kept.length < predictions.value.length) predictions.value = kept;
});
