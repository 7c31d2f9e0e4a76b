// SPDX-License-Identifier: MIT
//
// saved.ts - which runs are safe: in a file that was saved, or in the browser's storage.
//
//   files, storage --> atRisk: designs that closing the page would lose
import {computed, signal} from '@preact/signals';
import {type Run, runs} from './runs';

/** How many designs of a run were there when it was last saved. */
const inFiles = signal<ReadonlyMap<Run, number>>(new Map());
/** The same of the browser's storage. */
export const inStorage = signal<ReadonlyMap<Run, number>>(new Map());
/** What came back from the visit before, in words. */
export const restored = signal('');
/** Said where runs were left out, as there is a limit to what is kept. */
export const leftOut = signal('');
/** Why nothing is kept in the browser, in words; '' where it is. */
export const trouble = signal('');

/** What a file holds is safe; what a run has made since then is not. */
export function markSaved(these: Iterable<{readonly run: Run, readonly designs: readonly unknown[]}>): void {
    const next = new Map([...inFiles.value].filter(([run]) => runs.value.includes(run)));
    for (const {run, designs} of these) next.set(run, designs.length);
    inFiles.value = next;
}

/**
 * Designs on the page that are in no file and that storage does not have. Those of a run that goes on are written every
 * few seconds, and the last of them can be made again: they count where storage fails.
 */
export const atRisk = computed(() => {
    const failing = trouble.value !== '';
    return runs.value.some((run) => {
        const count = run.count.value, works = run.state.value === 'running' && !failing;
        return !works && count > Math.max(inFiles.value.get(run) ?? 0, inStorage.value.get(run) ?? 0);
    });
});

/** How many designs of these runs no file has: clearing them would lose them. */
export const unsaved = (these: readonly Run[]): number => these.reduce((sum, run) =>
    sum + Math.max(0, run.count.value - (inFiles.value.get(run) ?? 0)), 0);
