// SPDX-License-Identifier: MIT
//
// structures.ts - the structures that were opened, and the one that is looked at now.
//
//   file, sample, text or database entry --openStructure--> Opened, with its residues and what was noticed in the file
import {computed, signal} from '@preact/signals';
import {type Structure} from '../../../wasm/index.js';
import {parser} from '../engine/engine';
import {announce, report} from './page';

export interface Opened {
    readonly key: number;
    /** of results: the file's name without its endings */
    readonly name: string;
    readonly fileName: string;
    readonly bytes: Uint8Array;
    /** number of the file's model where somebody chose one */
    readonly model?: number;
    /** read by the engine without weights; lives as long as the page, since runs and figures keep it */
    readonly structure: Structure;
}

export const structures = signal<readonly Opened[]>([]);
const currentKey = signal(0);
/** The one that is looked at. */
export const current = computed(() => structures.value.find(({key}) => key === currentKey.value));
/** Names of files that are being read. */
export const opening = signal<readonly string[]>([]);

let lastKey = 0;

/** 5L33.pdb.gz -> 5L33 */
export const baseName = (fileName: string) =>
    fileName.replace(/\.(gz|zst)$/i, '').replace(/\.(pdb\d*|ent|(mm|b)?cif)$/i, '');

/**
 * Reads a file of any kind; throws what is wrong with it. Nothing on the page changes.
 * @param model   of several; the first unless told
 */
export async function readStructure(fileName: string, bytes: Uint8Array, model?: number): Promise<Opened> {
    const name = baseName(fileName) + (model === undefined ? '' : `_model_${model}`);
    const structure = await (await parser()).open(bytes, {name, model});
    return {key: ++lastKey, name, fileName, bytes, model, structure};
}

/** Adds a structure that was read, and looks at it. */
export function addStructure(opened: Opened): void {
    structures.value = [...structures.value, opened];
    currentKey.value = opened.key;
}

/** Reads a structure and looks at it from now on; what is wrong with it is reported in words. */
export async function openStructure(fileName: string, read: () => Promise<Uint8Array>): Promise<Opened | undefined> {
    opening.value = [...opening.value, fileName];
    try {
        const opened = await readStructure(fileName, await read());
        addStructure(opened);
        announce(`${opened.name} opened: ${opened.structure.length} residues.`);
        return opened;
    } catch (error) {
        report(fileName, error);
        return undefined;
    } finally {
        const at = opening.value.indexOf(fileName);
        opening.value = opening.value.filter((_, i) => i !== at);
    }
}

/** Another model of the same file, beside it. */
export async function openModel({fileName, bytes}: Opened, model: number): Promise<void> {
    const there = structures.value.find((each) => each.bytes === bytes && each.structure.model === model);
    try {
        if (there) lookAt(there.key);
        else addStructure(await readStructure(fileName, bytes, model));
    } catch (error) {
        report(fileName, error);
    }
}

export function lookAt(key: number): void {
    currentKey.value = key;
}

/** Takes a structure off the page; its designs stay. */
export function closeStructure(key: number): void {
    const at = structures.value.findIndex((each) => each.key === key);
    structures.value = structures.value.filter((each) => each.key !== key);
    if (currentKey.value === key) currentKey.value = structures.value[Math.max(0, at - 1)]?.key ?? 0;
}
