// SPDX-License-Identifier: MIT
//
// picking.tsx - what the pointer does over the 3D view: name residues, select one, a range or a rectangle.
//
// With a mouse, a drag turns and a click selects. With a finger, a drag scrolls the page and a tap selects, until
// 'Turn the structure' is pressed: then the sheet that catches fingers (Viewer.css) is gone.
import type {ComponentChildren} from 'preact';
import {useRef, useState} from 'preact/hooks';
import {plan} from '../../state/plan';
import {residueName} from '../../state/residue';
import {pointed, select, span} from '../../state/selection';
import type {Opened} from '../../state/structures';
import {boxing, view} from './view';

const STILL = 4;   // pixels that a click may move

type Point = {x: number, y: number};

const placeOf = (event: MouseEvent): Point => {
    const {left, top} = (event.currentTarget as HTMLElement).getBoundingClientRect();
    return {x: event.clientX - left, y: event.clientY - top};
};

/** The row that ranges begin with. */
let anchor = -1;

function pick(opened: Opened, row: number, event: MouseEvent): void {
    const {chainOf, length} = opened.structure;
    if (row < 0) return;
    const from = event.shiftKey && anchor >= 0 && chainOf[anchor] === chainOf[row] ? anchor : row;
    const rows = span(opened, from, row);
    const coarse = event instanceof PointerEvent && event.pointerType === 'touch';
    const how = event.ctrlKey || event.metaKey || coarse ? 'toggle' : event.shiftKey ? 'add' : 'replace';
    if (rows.length === length) select(opened, rows, how);
    if (from === row) anchor = row;
}

/** Keys of the view: arrows turn, + and - zoom, 0 shows all. */
export function keyPressed(event: KeyboardEvent): void {
    const turns: Record<string, ['x' | 'y', number]> = {
        ArrowLeft: ['y', -1], ArrowRight: ['y', 1], ArrowUp: ['x', -1], ArrowDown: ['x', 1]
    };
    const shown = view.value;
    if (!shown || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in turns) shown.turn(...turns[event.key]);
    else if (event.key === '+' || event.key === '=') shown.zoom(1.2);
    else if (event.key === '-') shown.zoom(1 / 1.2);
    else if (event.key === '0') shown.frameAll();
    else return;
    event.preventDefault();
}

function Label({opened, row, at}: {opened: Opened, row: number, at: Point | null}) {
    if (!at || row < 0) return null;
    const {structure} = opened;
    return (
        <span class="viewer-label" style={{left: `${at.x + 12}px`, top: `${at.y + 12}px`}}>
            {residueName(structure, row)}{plan.value?.design[row] ? ', designed' : ''}
        </span>
    );
}

/** What the pointer has done since it went down. */
interface Press {
    from: Point;
    to: Point;
    id: number;
}

/** A wheel scrolls the page where it can be scrolled; with Ctrl, and where the window is filled, it zooms. */
function wheel(event: WheelEvent): void {
    const page = document.documentElement;
    if (!event.ctrlKey && page.scrollHeight > page.clientHeight + 1) event.stopPropagation();
}

export function Picking({opened, children}: {opened: Opened | undefined, children: ComponentChildren}) {
    const press = useRef<Press | null>(null), [at, setAt] = useState<Point | null>(null);
    const [box, setBox] = useState<Press | null>(null), frame = useRef(0);
    const hover = (place: Point) => {
        cancelAnimationFrame(frame.current);
        frame.current = requestAnimationFrame(() => {
            const row = view.value?.at(place) ?? -1;
            if (pointed.value !== row) pointed.value = row;
            setAt(row < 0 ? null : place);
        });
    };
    const down = (event: PointerEvent) => {
        press.current = {from: placeOf(event), to: placeOf(event), id: event.pointerId};
        if (boxing.value) (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
        setAt(null);
    };
    const move = (event: PointerEvent) => {
        const place = placeOf(event);
        if (press.current) press.current.to = place;
        if (press.current && boxing.value) setBox({...press.current});
        else if (!press.current && event.pointerType !== 'touch') hover(place);
    };
    const up = (event: PointerEvent) => {
        const done = press.current, place = placeOf(event);
        press.current = null;
        setBox(null);
        if (!done || done.id !== event.pointerId) return;
        if (!opened) return;
        const still = Math.hypot(place.x - done.from.x, place.y - done.from.y) <= STILL;
        if (still) pick(opened, view.value?.at(place) ?? -1, event);
        else if (boxing.value && view.value) {
            select(opened, view.value.inside(done.from, place), event.shiftKey ? 'add' : 'replace');
        }
    };
    const leave = () => {
        press.current = null;
        cancelAnimationFrame(frame.current);
        pointed.value = -1;
        setAt(null);
    };
    return (
        <div class="viewer-pick" onPointerDownCapture={down} onPointerMoveCapture={move} onPointerUpCapture={up}
            onPointerLeave={leave} onPointerCancel={leave} onWheelCapture={wheel}
            onDblClick={() => view.value?.frameAll()}>
            {children}
            <div class={`viewer-sheet${boxing.value ? ' boxing' : ''}`} />
            {opened && <Label opened={opened} row={pointed.value} at={at} />}
            {box && <span class="viewer-box" style={{
                left: `${Math.min(box.from.x, box.to.x)}px`, top: `${Math.min(box.from.y, box.to.y)}px`,
                width: `${Math.abs(box.from.x - box.to.x)}px`, height: `${Math.abs(box.from.y - box.to.y)}px`
            }} />}
        </div>
    );
}
