// SPDX-License-Identifier: MIT
//
// panes.ts - how the window is divided, remembered from visit to visit.
import {signal} from '@preact/signals';

const KEY = 'weft.panes';

/** Shares of the room, 0 to 1, and the width of the settings in pixels. */
const preset = {scene: 0.27, viewer: 0.55, viewerBeside: 0.42, figures: 0.3, settings: 340};
export type Pane = keyof typeof preset;

const limits: Record<Pane, readonly [number, number]> = {
    scene: [0.15, 0.8], viewer: [0.15, 0.85], viewerBeside: [0.2, 0.8], figures: [0.1, 0.75], settings: [280, 560]
};

const clamped = (pane: Pane, value: number) => Math.min(Math.max(value, limits[pane][0]), limits[pane][1]);

/** What an earlier visit kept; a browser may have no storage, or something else in it. */
function remembered(): Record<Pane, number> {
    const sizes = {...preset};
    try {
        const kept = JSON.parse(localStorage.getItem(KEY) ?? '{}');
        for (const pane of Object.keys(preset) as Pane[]) {
            if (typeof kept[pane] === 'number') sizes[pane] = clamped(pane, kept[pane]);
        }
    } catch { /* then the preset holds */ }
    return sizes;
}

export const panes = signal(remembered());
export const limitsOf = (pane: Pane) => limits[pane];

export function resize(pane: Pane, value: number): void {
    panes.value = {...panes.value, [pane]: clamped(pane, value)};
    try {
        localStorage.setItem(KEY, JSON.stringify(panes.value));
    } catch { /* it is forgotten with the page */ }
}

export const resetPane = (pane: Pane) => resize(pane, preset[pane]);
