// SPDX-License-Identifier: MIT
//
// SequenceGrid.tsx - every residue as a letter: chain by chain, wrapped, gaps drawn, numbered as the file has it.
//
// Only lines in sight are drawn (drawn.ts). Keys and the pointer are state/grid.ts's; the grid is one stop of the Tab key.
import {effect} from '@preact/signals';
import {useEffect, useLayoutEffect, useMemo, useRef, useState} from 'preact/hooks';
import {cursor, dragTo, key, moves, press, release, tap} from '../../state/grid';
import {type Line, placeOf, wrap} from '../../state/lines';
import {plan} from '../../state/plan';
import {pointed} from '../../state/selection';
import type {Opened} from '../../state/structures';
import {useLines} from './drawn';
import {GridLine} from './GridLine';
import {CELL, GUTTER, lineHeight} from './sizes';

/** Cells that fit into a line: full tens, where ten fit. */
function cellsIn(width: number): number {
    const cells = Math.floor((width - GUTTER - 8) / CELL);
    return cells >= 10 ? cells - cells % 10 : Math.max(cells, 1);
}

/** The row under a pointer, -1 for none. */
function rowAt(event: {target: EventTarget | null}): number {
    const cell = (event.target as HTMLElement | null)?.closest<HTMLElement>('[data-row]');
    return cell ? Number(cell.dataset.row) : -1;
}

function usePointer(opened: Opened) {
    const down = useRef(false);
    useEffect(() => {
        const up = () => {
            down.current = false;
            release();
        };
        window.addEventListener('pointerup', up);
        return () => window.removeEventListener('pointerup', up);
    }, []);
    return {
        onPointerDown: (event: PointerEvent) => {
            const row = rowAt(event);
            if (row < 0 || event.button !== 0 || event.pointerType === 'touch') return;
            down.current = true;
            press(opened, row, event);
        },
        onPointerMove: (event: PointerEvent) => {
            const row = rowAt(event);
            if (event.pointerType !== 'touch' && row !== pointed.value) pointed.value = row;
            if (down.current && row >= 0) dragTo(opened, row);
        },
        onPointerLeave: () => { pointed.value = -1; },
        onClick: (event: MouseEvent) => {
            const row = rowAt(event);
            if (row >= 0 && (event as PointerEvent).pointerType === 'touch') tap(opened, row);
        }
    };
}

/** The cursor stays in sight when it moves. */
function useCursorInSight(lines: readonly Line[], show: (line: number) => void): void {
    const shown = useRef(show);
    shown.current = show;
    useEffect(() => {
        let first = true;
        return effect(() => {
            void moves.value;
            const place = placeOf(lines, cursor.peek());
            if (!first && place) shown.current(place.line);
            first = false;
        });
    }, [lines]);
}

export function SequenceGrid({opened}: {opened: Opened}) {
    const box = useRef<HTMLDivElement>(null), [width, setWidth] = useState(600), {structure} = opened;
    useLayoutEffect(() => {
        if (!box.current) return undefined;
        const sizes = new ResizeObserver(([{contentRect}]) => setWidth(contentRect.width));
        sizes.observe(box.current);
        return () => sizes.disconnect();
    }, []);
    const cells = cellsIn(width), lines = useMemo(() => wrap(structure, cells), [structure, cells]);
    const height = lineHeight(), {drawn, total, show} = useLines(box, lines.length, height);
    const page = Math.max(1, Math.floor((box.current?.clientHeight ?? 0) / height) - 1);
    useCursorInSight(lines, show);
    if (cursor.peek() >= structure.length) cursor.value = 0;
    return (
        <div class="grid" ref={box} role="grid" aria-label="Residues" aria-multiselectable="true" tabIndex={0}
            aria-rowcount={lines.length} aria-colcount={cells} aria-describedby="grid-help"
            aria-activedescendant={`residue-${cursor.value}`} {...usePointer(opened)}
            onKeyDown={(event) => { if (key(opened, event, lines, page)) event.preventDefault(); }}>
            <div class="grid-room" role="presentation" style={{height: `${total}px`}}>
                {plan.value && drawn.filter((line) => line < lines.length).map((line) => (
                    <GridLine key={line} opened={opened} line={lines[line]} index={line} top={line * height} />
                ))}
            </div>
        </div>
    );
}
