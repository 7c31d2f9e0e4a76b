// SPDX-License-Identifier: MIT
//
// grid_input.ts - mouse, touch and keyboard in the sequence grid.
//
//   press, drag, tap, key --> row under it --> press, stretch, goTo of state/selection.ts
//
// A mouse or a pen selects by dragging; a finger scrolls, and selects by a tap.
import {BREAK, BLOCK, type Layout, rowAfterKey, rowAt} from '../../state/layout_rows';
import {announce} from '../../state/page';
import {planOf} from '../../state/plan';
import {
    announceSelected, cursor, designSelected, fixSelected, goTo, type How, pointed, press, selectAll, selectNone,
    stretch, type Stroke
} from '../../state/selection';
import type {Opened} from '../../state/structures';
import type {Lines} from '../lines';

const SCROLL_PART = 0.25;   // of the way that a drag is out of the box, each frame

export interface Metrics {
    /** width and height of a letter */
    readonly cell: number;
    readonly letter: number;
    readonly space: number;
    readonly gutter: number;
    readonly line: number;
    readonly head: number;
}

/** The column at a place right of the gutter; outside of all columns too. */
export function columnAt(x: number, {cell, space}: Metrics): number {
    const block = Math.floor(x / (BLOCK * cell + space));
    return block * BLOCK + Math.min(BLOCK - 1, Math.floor((x - block * (BLOCK * cell + space)) / cell));
}

/** The grid of one structure, as far as input needs it; the component keeps the fields up to date. */
export class GridInput {
    readonly #opened: Opened;
    readonly #box: () => HTMLElement;
    lines!: Lines;
    where!: Layout;
    metrics!: Metrics;
    /** while an action of the grid itself is going on: what it selects is in sight already */
    acting = false;
    #stroke: Stroke | null = null;
    #point = {clientX: 0, clientY: 0};
    #touched = false;
    #frame = 0;

    constructor(opened: Opened, box: () => HTMLElement) {
        this.#opened = opened;
        this.#box = box;
    }

    /** The row at a place of the window: the one hit, or with `near` the nearest of the line. -1 for none. */
    #rowAt({clientX, clientY}: {clientX: number, clientY: number}, near = false): number {
        const box = this.#box(), {left, top} = box.getBoundingClientRect(), x = clientX - left, y = clientY - top;
        if (!near && (x >= box.clientWidth || y >= box.clientHeight)) return -1;
        const offset = Math.max(0, y + box.scrollTop);
        const item = this.lines.getVirtualItemForOffset(offset), line = item && this.where.lines[item.index];
        if (!line || (!near && offset >= item.end)) return -1;
        const column = columnAt(x - this.metrics.gutter, this.metrics);
        if (near) return rowAt(line, Math.max(0, Math.min(line.slots.length - 1, column)));
        return column < 0 ? BREAK : line.slots[column] ?? -1;
    }

    #act<T>(task: () => T): T {
        this.acting = true;
        try {
            return task();
        } finally {
            this.acting = false;
        }
    }

    readonly down = (event: PointerEvent) => {
        this.#touched = event.pointerType === 'touch';
        if (this.#touched || event.button !== 0) return;
        const row = this.#rowAt(event);
        if (row < 0) return;
        const more = event.ctrlKey || event.metaKey;
        this.#stroke = this.#act(() => (event.shiftKey
            ? stretch(this.#opened, row, more ? 'add' : 'replace', more)
            : press(this.#opened, row, more ? this.#toggled(row) : 'replace')));
        (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    };

    /** With a held ctrl key a selected residue, and a run that begins at it, is taken out. */
    #toggled(row: number): How {
        return planOf(this.#opened).selected[row] ? 'remove' : 'add';
    }

    readonly move = (event: PointerEvent) => {
        if (event.pointerType === 'touch') return;
        if (!this.#stroke) {
            pointed.value = this.#rowAt(event);
            return;
        }
        this.#point = {clientX: event.clientX, clientY: event.clientY};
        this.#drag();
        if (!this.#frame && this.#beyond() !== 0) this.#frame = requestAnimationFrame(this.#scroll);
    };

    #drag(): void {
        const row = this.#rowAt(this.#point, true);
        if (row < 0) return;
        pointed.value = row;
        cursor.value = row;
        this.#act(() => this.#stroke?.reach(row));
    }

    /** How far above or below the box a drag is, px. */
    #beyond(): number {
        const {top, bottom} = this.#box().getBoundingClientRect(), {clientY} = this.#point;
        return clientY < top ? clientY - top : Math.max(0, clientY - bottom);
    }

    readonly #scroll = () => {
        const beyond = this.#stroke ? this.#beyond() : 0;
        this.#frame = 0;
        if (beyond === 0) return;
        this.#box().scrollTop += Math.sign(beyond) * Math.max(2, Math.abs(beyond) * SCROLL_PART);
        this.#drag();
        this.#frame = requestAnimationFrame(this.#scroll);
    };

    readonly up = () => {
        if (this.#stroke) announceSelected(this.#opened);
        this.#stroke = null;
        cancelAnimationFrame(this.#frame);
        this.#frame = 0;
    };

    readonly leave = () => {
        if (!this.#stroke) pointed.value = -1;
    };

    /** A finger that did not scroll. */
    readonly tap = (event: MouseEvent) => {
        if (!this.#touched) return;
        const row = this.#rowAt(event);
        if (row < 0) return;
        pointed.value = row;
        this.#act(() => press(this.#opened, row, 'toggle'));
        announceSelected(this.#opened);
    };

    readonly key = (event: KeyboardEvent) => {
        if (event.altKey) return;
        if (this.#act(() => this.#moved(event) || this.#done(event))) event.preventDefault();
    };

    #moved({key, shiftKey, ctrlKey, metaKey}: KeyboardEvent): boolean {
        const page = Math.max(1, Math.floor(this.#box().clientHeight / this.metrics.line) - 1);
        const row = rowAfterKey(this.where, cursor.value, key, ctrlKey || metaKey, page);
        if (row < 0) return false;
        if (shiftKey) {
            stretch(this.#opened, row);
            pointed.value = row;
            announceSelected(this.#opened);
        } else {
            goTo(row);
        }
        this.lines.scrollToIndex(this.where.lineOf[row], {align: 'auto'});
        return true;
    }

    #done({key, shiftKey, ctrlKey, metaKey}: KeyboardEvent): boolean {
        const opened = this.#opened, letter = key.toLowerCase();
        if (ctrlKey || metaKey) {
            if (letter !== 'a' || shiftKey) return false;
            selectAll(opened);
        } else if (key === ' ' || key === 'Enter') {
            press(opened, cursor.value, key === ' ' ? 'toggle' : 'replace');
        } else if (key === 'Escape') {
            if (!planOf(opened).selected.includes(1)) return false;
            selectNone(opened);
        } else if (letter === 'd' || letter === 'f') {
            if (!planOf(opened).selected.includes(1)) announce('Nothing is selected.');
            else (letter === 'd' ? designSelected : fixSelected)(opened);
            return true;
        } else {
            return false;
        }
        announceSelected(opened);
        return true;
    }
}
