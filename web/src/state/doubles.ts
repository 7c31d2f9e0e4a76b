// SPDX-License-Identifier: MIT
//
// doubles.ts - two mutations at once: the likeliest pairs of letters at pairs of the selected residues.
//
//   selected rows --engine.doubles--> double mutants, the best first
import {computed, signal} from '@preact/signals';
import {LETTERS} from '../../../wasm/index.js';
import {chosenSlot} from './models';
import {isCancelled, messageOf} from './page';
import {plan} from './plan';
import type {Opened} from './structures';

/** More pairs than these residues have take too long for a click. */
export const MOST = 12;
const SIZE = LETTERS.length - 1;

export interface Double {
    readonly i: number;
    readonly j: number;
    /** 'A5 K', with the new letter */
    readonly names: readonly [string, string];
    /** log p of both less log p of both letters there, nats */
    readonly gain: number;
    /** what the pair has that neither mutation has alone, nats */
    readonly epistasis: number;
}

export const doubles = signal<{readonly opened: Opened, readonly list: readonly Double[]} | null>(null);
export const going = signal<number | null>(null);
export const problem = signal('');
let abort: AbortController | undefined;

export function cancelDoubles(): void {
    abort?.abort();
}

export const selectedCount = computed(() => plan.value?.selected.reduce((sum, value) => sum + value, 0) ?? 0);

export async function askDoubles(opened: Opened): Promise<void> {
    const selected = plan.value?.selected;
    if (going.value !== null || !selected) return;
    const slot = chosenSlot().retain(), {structure} = opened;
    abort = new AbortController();
    const {signal: stop} = abort;
    problem.value = '';
    going.value = 0;
    try {
        const engine = await slot.engine, encoding = await slot.encoding(opened, {signal: stop});
        const {pairs, deltas, epistasis, sequence} = await engine.doubles(encoding, {
            design: selected, seed: 0, signal: stop, onProgress: ({fraction}) => { going.value = fraction ?? 0; }
        });
        const list = pairs.flatMap(({i, j}, pair) => Array.from({length: SIZE * SIZE}, (_, at) => {
            const letters = [LETTERS[Math.floor(at / SIZE)], LETTERS[at % SIZE]];
            return {
                i, j, changed: letters[0] !== sequence[i] && letters[1] !== sequence[j],
                names: [`${structure.rowName(i)} ${letters[0]}`, `${structure.rowName(j)} ${letters[1]}`] as const,
                gain: deltas[pair * SIZE * SIZE + at], epistasis: epistasis[pair * SIZE * SIZE + at]
            };
        })).filter(({changed}) => changed).sort((a, b) => b.gain - a.gain);
        doubles.value = {opened, list};
    } catch (error) {
        if (!isCancelled(error)) problem.value = messageOf(error);
    } finally {
        going.value = null;
        slot.release();
    }
}
