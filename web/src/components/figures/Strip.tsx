// SPDX-License-Identifier: MIT
//
// Strip.tsx - a figure with a column for each residue, wider than its box: only what is in sight is drawn.
//
//   columns, draw --> picture of the window, moved with the scrolling      pointer, arrow keys --> pointed, selection
//
// Of a structure that is not looked at, a residue is pointed at here alone.
import {effect, type Signal, useSignal} from '@preact/signals';
import {useEffect, useLayoutEffect, useRef, useState} from 'preact/hooks';
import type {Column} from '../../figures/columns';
import {pointed, select, span} from '../../state/selection';
import {current, type Opened} from '../../state/structures';

const MARGIN = 3;    // columns drawn beside those in sight
const STEP_MS = 4;   // of drawing in one frame
const dark = matchMedia('(prefers-color-scheme: dark)');

interface Props {
    opened: Opened;
    columns: readonly Column[];
    /** width of a column, and where the first one begins, pixels */
    cell: number;
    left: number;
    label: string;
    words: (column: Column) => string;
    draw: Draw;
}

/** A picture, and what is left to do until it can be seen. */
export interface Picture {
    element: SVGSVGElement | HTMLCanvasElement;
    steps?: Iterator<void>;
}

/** @param height of the box, pixels @param ink colour of text */
export type Draw = (columns: readonly Column[], height: number, ink: string) => Picture;

/** The box's scrolling and size, colour and sharpness, looked at once a frame. */
function useWindow(box: {current: HTMLElement | null}) {
    const [seen, setSeen] = useState({from: 0, width: 0, height: 0, ink: '', sharp: 1});
    useLayoutEffect(() => {
        const it = box.current;
        if (!it) return undefined;
        let frame = 0;
        const look = () => {
            cancelAnimationFrame(frame);
            frame = requestAnimationFrame(() => setSeen({
                from: it.scrollLeft, width: it.clientWidth, height: it.clientHeight,
                ink: getComputedStyle(it).color, sharp: devicePixelRatio
            }));
        };
        const sizes = new ResizeObserver(look);
        sizes.observe(it);
        it.addEventListener('scroll', look, {passive: true});
        dark.addEventListener('change', look);
        return () => {
            cancelAnimationFrame(frame);
            dark.removeEventListener('change', look);
            sizes.disconnect();
            it.removeEventListener('scroll', look);
        };
    }, []);
    return seen;
}

/** Goes on with a picture in each frame, and shows it when it is complete. @return what stops that */
function complete({element, steps}: Picture, show: (element: Element) => void): () => void {
    let frame = 0;
    const go = () => {
        const until = performance.now() + STEP_MS;
        while (steps && !steps.next().done) {
            if (performance.now() < until) continue;
            frame = requestAnimationFrame(go);
            return;
        }
        show(element);
    };
    go();
    return () => cancelAnimationFrame(frame);
}

/** The mark over the pointed column moves without a new drawing. */
function useMark(mark: {current: HTMLElement | null}, here: Signal<number>, {columns, cell, left}: Props): void {
    useEffect(() => effect(() => {
        const at = columns.findIndex(({row}) => row === here.value);
        if (!mark.current) return;
        mark.current.hidden = at < 0;
        mark.current.style.transform = `translateX(${left + at * cell}px)`;
    }), [here, columns, cell, left]);
}

export function Strip(props: Props) {
    const {opened, columns, cell, left, label, words, draw} = props;
    const box = useRef<HTMLDivElement>(null), sheet = useRef<HTMLDivElement>(null), mark = useRef<HTMLDivElement>(null);
    const {from, width, height, ink, sharp} = useWindow(box), [said, setSaid] = useState('');
    const first = Math.max(0, Math.floor((from - left) / cell) - MARGIN);
    const last = Math.min(columns.length, Math.ceil((from + width - left) / cell) + MARGIN);
    const own = useSignal(-1), looked = current.value === opened, here = looked ? pointed : own;
    useMark(mark, here, props);
    useLayoutEffect(() => {
        if (!sheet.current || height < 40) return undefined;
        return complete(draw(columns.slice(first, last), height, ink), (element) => {
            sheet.current?.replaceChildren(element);
            if (sheet.current) sheet.current.style.transform = `translateX(${first * cell}px)`;
        });
    }, [columns, first, last, height, ink, sharp, draw, cell]);
    const columnAt = (event: MouseEvent) => {
        const {left: edge} = (event.currentTarget as HTMLElement).getBoundingClientRect();
        return columns[Math.floor((event.clientX - edge - left) / cell)];
    };
    const go = (event: KeyboardEvent) => {
        const step = {ArrowLeft: -1, ArrowRight: 1}[event.key];
        if (step === undefined || columns.length === 0) return;
        event.preventDefault();
        const now = columns.findIndex(({row}) => row === here.value);
        const at = Math.min(Math.max(now + step, 0), columns.length - 1);
        here.value = columns[at].row;
        setSaid(words(columns[at]));
        const middle = left + (at + 0.5) * cell - width / 2;
        if (Math.abs(middle - from) > width / 2 - 2 * cell) box.current?.scrollTo({left: middle});
    };
    return (
        <>
            <div class="strip" ref={box} tabIndex={0} role="group" aria-label={`${label}. Left and right move.`}
                onKeyDown={go}>
                <div class="strip-room" style={{width: `${left + columns.length * cell + 6}px`}}
                    onPointerMove={(event) => {
                        const column = columnAt(event);
                        if (column && here.value !== column.row) {
                            here.value = column.row;
                            setSaid(words(column));
                        }
                    }}
                    onPointerLeave={() => { here.value = -1; }}
                    onClick={(event) => {
                        const column = columnAt(event);
                        if (column && looked) {
                            select(opened, span(opened, column.row, column.row), event.ctrlKey ? 'toggle' : 'replace');
                        }
                    }}>
                    <div class="strip-sheet" ref={sheet} aria-hidden="true" />
                    <div class="strip-mark" ref={mark} style={{width: `${cell}px`}} hidden />
                </div>
            </div>
            <p class="strip-words" aria-live="polite">{said}</p>
        </>
    );
}
