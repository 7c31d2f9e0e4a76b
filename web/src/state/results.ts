// SPDX-License-Identifier: MIT
//
// results.ts - which designs the table shows, which one is looked at, and which it is compared with.
import {computed, signal} from '@preact/signals';
import {type Row, type Run, runs} from './runs';
import {current} from './structures';

/** The design that figures and the 3D view show. */
export const focused = signal<Row | null>(null);
/** The second one of a comparison. */
export const compared = signal<Row | null>(null);

/** The run of the focused design; without one the last run of the structure that is looked at which has designs. */
export const shownRun = computed<Run | undefined>(() => focused.value?.run
    ?? runs.value.findLast((run) => run.count.value > 0 && run.opened.key === current.value?.key));
