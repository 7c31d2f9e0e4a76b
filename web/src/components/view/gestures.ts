// SPDX-License-Identifier: MIT
//
// gestures.ts - mouse, fingers and keys on the 3D view.
//
//   mouse: drag turns, with the right button moves, wheel zooms; click, shift-click, ctrl-click select
//   fingers: one scrolls the page unless "Turn the structure" is on, two zoom and move; a tap selects
//   keys: arrows turn, + and - zoom, 0 shows the whole
import {signal} from '@preact/signals';
import {residueLabel} from '../../state/residue_words';
import {boxing, turning} from '../../state/scene';
import {announceSelected, pointed, select, span} from '../../state/selection';
import {current} from '../../state/structures';
import type {View} from '../../viewer/viewer';

export interface Box {
    left: number;
    top: number;
    width: number;
    height: number;
}

/** The residue under the pointer, with its place in the view. */
export const label = signal<{text: string, x: number, y: number} | null>(null);
/** The rectangle that is being drawn, in the view. */
export const box = signal<Box | null>(null);

const STILL = 4;          // pixels that a click may move
const DEGREES = 0.5;      // for a pixel
const STEP = 15;          // degrees for a key
const NEARER = 1.2;
const LABEL_HEIGHT = 36;  // pixels over the pointer

let anchor = {key: 0, row: -1};

function click(row: number, {shiftKey, ctrlKey, metaKey, pointerType}: PointerEvent): void {
    const opened = current.value;
    if (!opened || row < 0) return;
    const {chainOf} = opened.structure;
    const from = anchor.key === opened.key && chainOf[anchor.row] === chainOf[row] ? anchor.row : row;
    if (shiftKey) select(opened, span(opened, from, row), 'add');
    else select(opened, span(opened, row, row), ctrlKey || metaKey || pointerType === 'touch' ? 'toggle' : 'replace');
    if (!shiftKey) anchor = {key: opened.key, row};
    announceSelected(opened);
}

/** The place of the room that the picture lies in: label and rectangle are placed in it. */
const roomOf = (element: HTMLElement) => (element.parentElement ?? element).getBoundingClientRect();

/** What is under the pointer, looked up once a frame. */
class Hover {
    readonly #view: View;
    #at: {x: number, y: number} | null = null;
    #frame = 0;

    constructor(view: View) {
        this.#view = view;
    }

    move(x: number, y: number): void {
        this.#at = {x, y};
        if (!this.#frame) this.#frame = requestAnimationFrame(() => this.#look());
    }

    leave(): void {
        this.#at = null;
        if (label.value) pointed.value = -1;
        label.value = null;
    }

    #look(): void {
        this.#frame = 0;
        const opened = current.value;
        if (!this.#at || !opened) return;
        const {x, y} = this.#at, row = this.#view.pick(x, y), {left, top} = roomOf(this.#view.element);
        if (row >= 0 || label.value) pointed.value = row;
        label.value = row < 0 ? null : {
            text: residueLabel(opened.structure, row), x: x - left, y: Math.max(y - top, LABEL_HEIGHT)
        };
    }
}

/** Listens on the view's element until it is told to stop. */
export function listen(view: View): () => void {
    const {element} = view, stop = new AbortController(), {signal: until} = stop, hover = new Hover(view);
    let start: {x: number, y: number, button: number} | null = null, last = {x: 0, y: 0}, moved = false;
    const on = <K extends keyof HTMLElementEventMap>(kind: K, act: (event: HTMLElementEventMap[K]) => void) =>
        element.addEventListener(kind, act, {signal: until, passive: false});

    const drag = (event: PointerEvent): void => {
        const dx = event.clientX - last.x, dy = event.clientY - last.y;
        last = {x: event.clientX, y: event.clientY};
        if (boxing.value && start!.button === 0) {
            const {left, top} = roomOf(element);
            box.value = {
                left: Math.min(start!.x, last.x) - left, top: Math.min(start!.y, last.y) - top,
                width: Math.abs(last.x - start!.x), height: Math.abs(last.y - start!.y)
            };
        } else if (start!.button === 2 || event.altKey) view.pan(dx, dy);
        else view.turn(dx * DEGREES, dy * DEGREES);
    };
    const catchBox = ({shiftKey, ctrlKey, metaKey}: PointerEvent): void => {
        const opened = current.value;
        box.value = null;
        if (!opened || !start) return;
        const rows = view.inside(Math.min(start.x, last.x), Math.min(start.y, last.y), Math.max(start.x, last.x),
            Math.max(start.y, last.y), opened.structure.length);
        select(opened, rows, shiftKey ? 'add' : ctrlKey || metaKey ? 'toggle' : 'replace');
        announceSelected(opened);
    };

    on('pointerdown', (event) => {
        if (!event.isPrimary || event.button === 1) return;
        start = {x: event.clientX, y: event.clientY, button: event.button};
        last = {x: event.clientX, y: event.clientY};
        moved = false;
        hover.leave();
    });
    on('pointermove', (event) => {
        if (!start) {
            if (event.pointerType !== 'touch') hover.move(event.clientX, event.clientY);
            return;
        }
        if (!moved && Math.hypot(event.clientX - start.x, event.clientY - start.y) < STILL) return;
        if (!moved) element.setPointerCapture(event.pointerId);
        moved = true;
        if (event.isPrimary) drag(event);
    });
    on('pointerup', (event) => {
        if (!start || !event.isPrimary) return;
        if (moved && boxing.value && start.button === 0) catchBox(event);
        else if (!moved && start.button === 0) click(view.pick(event.clientX, event.clientY), event);
        start = null;
    });
    on('pointercancel', () => {
        start = box.value = null;
    });
    on('pointerleave', () => hover.leave());
    on('contextmenu', (event) => event.preventDefault());
    on('dblclick', (event) => {
        if (view.pick(event.clientX, event.clientY) < 0) view.reset();
    });
    on('wheel', (event) => {
        const {scrollHeight, clientHeight} = document.documentElement;
        const scrolls = scrollHeight > clientHeight + 1;
        if (scrolls && !event.ctrlKey && !element.parentElement?.contains(document.activeElement)) return;
        event.preventDefault();
        view.zoom(Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.0015)));
    });
    pinch(view, on, () => { start = null; });
    return () => stop.abort();
}

type On = <K extends keyof HTMLElementEventMap>(kind: K, act: (event: HTMLElementEventMap[K]) => void) => unknown;

/** Two fingers zoom and move the structure, wherever one finger scrolls the page. */
function pinch(view: View, on: On, began: () => void): void {
    let before: {size: number, x: number, y: number} | null = null;
    const measure = ([a, b]: TouchList) => ({
        size: Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY), x: (a.clientX + b.clientX) / 2,
        y: (a.clientY + b.clientY) / 2
    });
    on('touchstart', (event) => {
        if (event.touches.length !== 2) return;
        event.preventDefault();
        began();
        before = measure(event.touches);
    });
    on('touchmove', (event) => {
        if (turning.value || boxing.value) event.preventDefault();
        if (event.touches.length !== 2 || !before) return;
        event.preventDefault();
        const now = measure(event.touches);
        view.zoom(now.size / Math.max(1, before.size));
        view.pan(now.x - before.x, now.y - before.y);
        before = now;
    });
    for (const kind of ['touchend', 'touchcancel'] as const) on(kind, () => { before = null; });
}

const KEYS: Record<string, (view: View) => void> = {
    ArrowLeft: (view) => view.turn(-STEP, 0), ArrowRight: (view) => view.turn(STEP, 0),
    ArrowUp: (view) => view.turn(0, -STEP), ArrowDown: (view) => view.turn(0, STEP),
    '+': (view) => view.zoom(NEARER), '=': (view) => view.zoom(NEARER), '-': (view) => view.zoom(1 / NEARER),
    '0': (view) => view.reset()
};

/** Keys while the view has the focus; others go on their way. */
export function pressed(view: View, event: KeyboardEvent): void {
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : KEYS[event.key];
    if (!act) return;
    act(view);
    event.preventDefault();
}

/** What the buttons do, the same as the keys. */
export const moves: readonly {name: string, sign: string, act: (view: View) => void}[] = [
    {name: 'Turn left', sign: '←', act: KEYS.ArrowLeft}, {name: 'Turn right', sign: '→', act: KEYS.ArrowRight},
    {name: 'Turn up', sign: '↑', act: KEYS.ArrowUp}, {name: 'Turn down', sign: '↓', act: KEYS.ArrowDown},
    {name: 'Zoom in', sign: '+', act: KEYS['+']}, {name: 'Zoom out', sign: '−', act: KEYS['-']}
];
