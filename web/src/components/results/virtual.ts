// SPDX-License-Identifier: MIT
//
// virtual.ts - which rows of the table are drawn.
//
//   scrolling box, number of rows --useDrawn--> indices: all of them, or from MOST on those in sight
import {type RefObject} from 'preact';
import {coarse, useLines} from '../lines';

/** So many rows are all drawn. */
const MOST = 500;
const BEYOND = 12;   // rows drawn above and below those in sight

/** A fingertip needs a higher row. */
export const rowHeight = coarse.matches ? 44 : 24;

/**
 * @param above   height of what stands over the first row
 * @param keep    index of a row that is always drawn, since it may have the focus
 */
export function useDrawn(
    box: RefObject<HTMLElement | null>, count: number, above: number, keep: number
): readonly number[] {
    const on = count > MOST;
    const lines = useLines(box, {count, heightOf: () => rowHeight, always: keep, above, beyond: BEYOND, on});
    return on ? lines.getVirtualItems().map(({index}) => index) : Array.from({length: count}, (_, i) => i);
}
