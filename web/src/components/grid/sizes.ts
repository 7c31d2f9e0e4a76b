// SPDX-License-Identifier: MIT
//
// sizes.ts - how large a residue is in the grid, pixels; grid.css has the same. A fingertip needs larger ones.
import {focused} from '../../state/results';

const coarse = matchMedia('(pointer: coarse)').matches;

export const CELL = coarse ? 26 : 15;
export const GUTTER = 40;   // chain names
const NUMBERS = 14, LETTERS = coarse ? 34 : 21, BELOW = 15, SPACE = 5;

/** With the focused design's letters under the native ones, where there is one. */
export const lineHeight = () => NUMBERS + LETTERS + (focused.value ? BELOW : 0) + SPACE;
