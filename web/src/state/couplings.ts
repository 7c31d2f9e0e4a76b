// SPDX-License-Identifier: MIT
//
// couplings.ts - which residues of a structure depend on each other's letters, once that was worked out.
//
//   structure, designed rows --engine.jacobian, in steps--> norms, couplings --> coupled, ranked pairs
import {computed, signal} from '@preact/signals';
import {type Pair} from '../../../wasm/analysis.js';
import {chosenSlot, model} from './models';
import {isCancelled, messageOf} from './page';
import {planOf, visible} from './plan';
import {current, type Opened} from './structures';

const TURN_MS = 12;   // of work between two looks at the page
const LISTED = 1000;   // pairs

export interface Coupled {
    readonly opened: Opened;
    readonly rows: Int32Array;
    /** [rows][rows] after APC */
    readonly couplings: Float32Array;
    readonly orders: number;
    /** the strongest pairs of different chains, or at least so many residues apart */
    readonly strongest: (apart: number) => readonly Pair[];
}

export const orders = signal('1');
export const separation = signal('6');
export const problem = signal('');
/** What is being worked out, and how far it is; null while nothing is. */
export const working = signal<{readonly name: string, readonly fraction: number} | null>(null);
const known = signal<ReadonlyMap<string, Coupled>>(new Map());
let abort: AbortController | undefined;

const keyOf = (opened: Opened) => `${opened.key} ${model.value.id}`;

/** Of the structure that is looked at under the chosen model; null before it was asked for. */
export const coupled = computed(() => (current.value && known.value.get(keyOf(current.value))) ?? null);

/** Pairs as far apart as is asked for. */
export const listed = computed(() => {
    const least = Number(separation.value);
    return coupled.value?.strongest(least > 0 ? least : 1) ?? [];
});

export function cancelCouplings(): void {
    abort?.abort();
}

const breath = () => new Promise((resolve) => { setTimeout(resolve); });

/** Steps a generator to its end without keeping the page. */
async function inSlices<T>(steps: Generator<void, T, void>, stop: AbortSignal): Promise<T> {
    for (let until = performance.now() + TURN_MS; ;) {
        const {done, value} = steps.next();
        if (done) return value as T;
        if (performance.now() < until) continue;
        await breath();
        stop.throwIfAborted();
        until = performance.now() + TURN_MS;
    }
}

function ordersOf(given: string): number {
    const count = Number(given);
    if (Number.isInteger(count) && count >= 1 && count <= 100) return count;
    throw new Error(`Orders: ${given || 'nothing'} is not a whole number from 1 to 100`);
}

/** Of the designed residues, or of all where none is chosen. */
export async function workOut(opened: Opened): Promise<void> {
    if (working.value) return;
    const slot = chosenSlot().retain(), key = keyOf(opened), {structure} = opened, {design} = planOf(opened);
    abort = new AbortController();
    const {signal: stop} = abort;
    const progress = (fraction: number) => { working.value = {name: opened.name, fraction}; };
    problem.value = '';
    progress(0);
    try {
        const count = ordersOf(orders.value);
        const engine = await slot.engine, encoding = await slot.encoding(opened, {signal: stop});
        const jacobian = await engine.jacobian(encoding, {
            design: design.includes(1) ? design : visible(structure), orders: count, seed: 0, signal: stop,
            onProgress: ({fraction}) => progress(0.95 * (fraction ?? 0))
        });
        const {couplingSteps, rankedPairs} = await import('../../../wasm/analysis.js');
        const found = await inSlices(couplingSteps(jacobian), stop);
        const {rows} = jacobian, {couplings} = found;   // the Jacobian itself is too large to be kept
        const strongest = (apart: number) => rankedPairs(structure, {rows}, found, apart, LISTED);
        known.value = new Map(known.value).set(key, {opened, rows, couplings, orders: count, strongest});
    } catch (error) {
        if (!isCancelled(error)) problem.value = messageOf(error);
    } finally {
        working.value = null;
        slot.release();
    }
}

/** Works it out once more. */
export function forget(opened: Opened): void {
    const left = new Map(known.value);
    left.delete(keyOf(opened));
    known.value = left;
}

/** CA to CA, angstrom; NaN where one is missing. */
export function distances({structure}: Opened): (i: number, j: number) => number {
    const xyz = structure.backbone();
    return (i, j) => Math.hypot(...[3, 4, 5].map((at) => xyz[i * 12 + at] - xyz[j * 12 + at]));
}

/** The listed pairs as rows of a table. */
export function pairTable({opened}: Coupled, pairs: readonly Pair[]): Record<string, string | number>[] {
    const {structure} = opened, apart = distances(opened);
    return pairs.map(({i, j, separation: between, coupling, norm}) => ({
        residue_1: structure.rowName(i), residue_2: structure.rowName(j),
        separation: Number.isFinite(between) ? between : '', coupling, norm,
        ca_distance: Number.isNaN(apart(i, j)) ? '' : apart(i, j)
    }));
}
