// SPDX-License-Identifier: MIT
//
// saving.ts - which designs the next file is about, and how far a file is that takes its time.
import {computed, signal} from '@preact/signals';
import {shownRun} from './results';
import {type Run, runs} from './runs';

export type Scope = 'all' | 'shown';

export const scope = signal<Scope>('all');

/** A file that is being made; fraction: of its work, null before that is known. */
export interface Saving {
    readonly what: string;
    readonly fraction: number | null;
    readonly stop: AbortController;
}

export const saving = signal<Saving | null>(null);

export const withDesigns = computed<readonly Run[]>(() => runs.value.filter((run) => run.count.value > 0));

/** The runs that are meant. */
export const chosenRuns = computed<readonly Run[]>(() => {
    const shown = shownRun.value;
    return scope.value === 'shown' && shown && shown.count.value > 0 ? [shown] : withDesigns.value;
});

export const designCount = (these: readonly Run[]) => these.reduce((sum, run) => sum + run.count.value, 0);
