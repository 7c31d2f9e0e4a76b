// SPDX-License-Identifier: MIT
//
// view.ts - what the 3D view and its tools share.
import {signal} from '@preact/signals';
import type {Viewer} from '../../viewer/viewer';

/** What draws; null before the first structure, and where nothing can be drawn. */
export const view = signal<Viewer | null>(null);
export const sideChains = signal(true);
/** A drag selects the residues in a rectangle. */
export const boxing = signal(false);
/** Where fingers scroll the page they turn the structure only while this is on. */
export const turning = signal(false);
