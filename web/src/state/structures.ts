// SPDX-License-Identifier: MIT
//
// structures.ts - the structures that were opened, and the one that is looked at now.
import {computed, signal} from '@preact/signals';
import {type Chain, type Issue} from '../../../wasm/index.js';
import {parser} from '../engine/engine';
import {report} from './page';

export interface Opened {
    key: number;
    name: string;
    bytes: Uint8Array;
    chains: readonly Chain[];
    length: number;
    issues: readonly Issue[];
    /** names of the chains that a run designs */
    designed: ReadonlySet<string>;
}

export const structures = signal<readonly Opened[]>([]);
const currentKey = signal(0);
export const current = computed(() => structures.value.find(({key}) => key === currentKey.value));

let lastKey = 0;

/** All chains where they are one sequence; otherwise none, so that nothing is redesigned by accident. */
function presetChains(chains: readonly Chain[]): Set<string> {
    const alike = chains.every((chain) => chain.sequence === chains[0].sequence);
    return new Set(alike ? chains.map((chain) => chain.name) : []);
}

/** Reads a structure and looks at it from now on; what is wrong with it is reported in words. */
export async function openStructure(fileName: string, read: () => Promise<Uint8Array>): Promise<void> {
    const name = fileName.replace(/\.(gz|zst)$/i, '').replace(/\.(pdb\d*|ent|(mm|b)?cif)$/i, '');
    try {
        const bytes = await read();
        const structure = await (await parser()).open(bytes, {name});
        const {chains, length, issues} = structure;
        structure.dispose();
        const key = ++lastKey;
        structures.value = [...structures.value, {key, name, bytes, chains, length, issues,
            designed: presetChains(chains)}];
        currentKey.value = key;
    } catch (error) {
        report(fileName, error);
    }
}

export const openSample = () => openStructure('5L33.pdb', async () =>
    new TextEncoder().encode((await import('../../samples/5L33.pdb?raw')).default));

export function lookAt(key: number): void {
    currentKey.value = key;
}

export function setDesigned(opened: Opened, chain: string, on: boolean): void {
    const designed = new Set(opened.designed);
    if (on) designed.add(chain);
    else designed.delete(chain);
    structures.value = structures.value.map((each) => (each.key === opened.key ? {...each, designed} : each));
}
