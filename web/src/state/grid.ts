// SPDX-License-Identifier: MIT
//
// grid.ts - the cursor of the sequence grid, and what keys and the pointer do with it.
import {signal} from '@preact/signals';
import {type Line, type Step, stepped} from './lines';
import {planOf} from './plan';
import {
    designSelected, fixSelected, type How, invertSelection, pointed, select, selectAll, selectNone, span
} from './selection';
import type {Opened} from './structures';

/** The row that the keyboard is at. */
export const cursor = signal(0);
/** Counts the moves after which the cursor must be in sight. */
export const moves = signal(0);

/** What a drag, or Shift and arrows, began with. */
let anchor = 0;
let before: Uint8Array | null = null;
let how: How = 'replace';

const howOf = ({shiftKey, ctrlKey, metaKey}: {shiftKey: boolean, ctrlKey: boolean, metaKey: boolean}): How =>
    (ctrlKey || metaKey ? 'toggle' : shiftKey ? 'add' : 'replace');

/** A press on a row: with Shift all from the one pressed before, with Ctrl beside what is selected. */
export function press(opened: Opened, row: number, keys: {shiftKey: boolean, ctrlKey: boolean, metaKey: boolean}): void {
    how = howOf(keys);
    before = planOf(opened).selected;
    if (!keys.shiftKey) anchor = row;
    cursor.value = row;
    select(opened, span(opened, anchor, row), how);
}

/** The pointer passes a row while it is down: the same step, further. */
export function dragTo(opened: Opened, row: number): void {
    if (!before || row === cursor.value) return;
    cursor.value = row;
    select(opened, span(opened, anchor, row), how, before);
}

export function release(): void {
    before = null;
}

/** A finger's tap. */
export function tap(opened: Opened, row: number): void {
    anchor = row;
    cursor.value = row;
    select(opened, span(opened, row, row), 'toggle');
}

const steps: Record<string, Step> = {
    ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down', Home: 'home', End: 'end',
    PageUp: 'pageup', PageDown: 'pagedown'
};

function go(opened: Opened, to: number, extend: boolean): void {
    if (extend) {
        const from = planOf(opened).selected;
        select(opened, span(opened, anchor, to), 'replace', before ?? undefined);
        before ??= from;
    } else {
        anchor = to;
        before = null;
    }
    cursor.value = to;
    pointed.value = to;
    moves.value++;
}

/** A key in the grid; whether it meant something. */
export function key(opened: Opened, event: KeyboardEvent, lines: readonly Line[], page: number): boolean {
    const {shiftKey, ctrlKey, metaKey, altKey} = event, control = ctrlKey || metaKey;
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (altKey) return false;
    if (name in steps) {
        const step = control && name === 'Home' ? 'first' : control && name === 'End' ? 'last' : steps[name];
        go(opened, stepped(lines, cursor.value, step, page), shiftKey);
        return true;
    }
    if (name === 'a' && control) selectAll(opened);
    else if (control) return false;
    else if (name === ' ' || name === 'Enter') tap(opened, cursor.value);
    else if (name === 'Escape') selectNone(opened);
    else if (name === 'i') invertSelection(opened);
    else if (name === 'd') designSelected(opened);
    else if (name === 'f') fixSelected(opened);
    else return false;
    return true;
}
