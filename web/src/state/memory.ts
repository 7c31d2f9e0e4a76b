// SPDX-License-Identifier: MIT
//
// memory.ts - how much memory a run needs, and why one that needs too much is refused before anything is reserved.
//
//   lengths of its backbones --engine--> Estimate --tooLarge--> a reason in words, or null
import {platform} from '#platform';
import type {Slot} from '../engine/engine';
import type {Opened} from './structures';

export interface Estimate {
    /** of WebAssembly memory that one worker takes */
    readonly bytes: number;
    /** how many of them work side by side */
    readonly workers: number;
}

const MOST = 2 ** 32;   // bytes that WebAssembly can address
const SURE = 1000;      // residues: every model takes below 200 MB for them
const GIB = 2 ** 30;

export const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(bytes < 1e9 ? 2 : 1)} GB`;

const residuesOf = (states: readonly Opened[]) => states.map(({structure}) => structure.length);

/** What a run on these structures, the states of one sequence, takes; null where the weights never come. */
export async function estimate(states: readonly Opened[], slot: Slot): Promise<Estimate | null> {
    const bytes = await slot.memory(residuesOf(states)).catch(() => null);
    if (bytes === null) return null;
    const {threads = 1, memory = GIB} = platform.engine;
    const most = Math.min(threads, navigator.hardwareConcurrency || 2);
    return {bytes, workers: Math.max(1, Math.min(most, Math.floor(memory / bytes)))};
}

/** Why so much memory cannot be had, in words; null where nothing speaks against it. */
export function tooLarge(bytes: number): string | null {
    const needs = `this takes about ${gigabytes(bytes)} of memory`;
    const advice = 'Open a part of the structure, the designed residues and what is around them';
    if (bytes > MOST) return `${needs}, and a browser gives a page at most ${gigabytes(MOST)}. ${advice}`;
    const {deviceMemory} = navigator as {deviceMemory?: number};   // GiB, not told by every browser
    if (deviceMemory && bytes > deviceMemory * GIB) {
        return `${needs}, and this device has about ${gigabytes(deviceMemory * GIB)}. ${advice}`;
    }
    return null;
}

/** Throws where a run cannot have the memory that it needs. What is small for sure does not wait for the weights. */
export async function demandMemory(states: readonly Opened[], slot: Slot): Promise<void> {
    const complete = (await slot.engine).weights.complete;
    if (!complete && residuesOf(states).reduce((sum, each) => sum + each, 0) <= SURE) return;
    const found = await estimate(states, slot), why = found && tooLarge(found.bytes);
    if (why) throw new Error(why);
}
