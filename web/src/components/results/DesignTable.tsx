// SPDX-License-Identifier: MIT
//
// DesignTable.tsx - one row for each design, with the native sequence over them.
//
//   view.entries --useDrawn--> rows in sight, each at its place      click, Enter -> choose      C -> mark
import type {VNode} from 'preact';
import {useLayoutEffect, useMemo, useRef} from 'preact/hooks';
import {
    choose, columns, compared, cursor, fixed4, focused, mark, referenceRun, sortBy, sorting, view
} from '../../state/results';
import {type Column, type Entry, shownLetters} from '../../state/listing';
import type {Run} from '../../state/runs';
import {useRoving} from '../roving';
import {cellClass, Row, rowKey} from './Row';
import {rowHeight, useDrawn} from './virtual';
import './table.css';

const HEAD_ROWS = 2;
const PAGE = 10;   // rows that Page Up and Page Down pass
const LEAST_SHARE = 0.4;   // of the width, for sequences

function Head({column, place}: {column: Column, place: number}) {
    const {value} = sorting, sorted = value?.name === column.name;
    return (
        <th role="columnheader" scope="col" class={cellClass(column, place)}
            aria-sort={!sorted ? 'none' : value.descending ? 'descending' : 'ascending'}>
            <button type="button" onClick={() => sortBy(column)}>{column.name}</button>
        </th>
    );
}

/** What the native row says in a column. */
function nativeText(run: Run | undefined, {name}: Column): string {
    if (!run) return '';
    if (name === 'Structure') return run.opened.name;
    if (name === 'Sequence') return shownLetters(run, run.opened.structure.sequence);
    if (name === 'Model') return run.facts.model;
    return name === 'Score' ? fixed4(run.native.value?.score) : '';
}

function NativeRow() {
    const run = referenceRun.value;
    return (
        <tr role="row" class="native">
            {columns.value.map((column, i) => (i === 0
                ? <th key={column.name} role="rowheader" scope="row" class={cellClass(column, i)}>{run && 'native'}</th>
                : <td key={column.name} role="cell" class={cellClass(column, i)}>{nativeText(run, column)}</td>))}
        </tr>
    );
}

/** Scrolls a row into sight, under the head. */
function reveal(box: HTMLElement, index: number): void {
    const top = index * rowHeight, height = box.clientHeight - HEAD_ROWS * rowHeight;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + rowHeight > box.scrollTop + height) box.scrollTop = top + rowHeight - height;
}

/**
 * Where little of the sequences would be in sight, they begin beside the columns that stay. What the user scrolled
 * since then stays as it is.
 * @param before   what the last call gave
 */
function showLetters(box: HTMLElement, before: number): number {
    const heads = [...box.querySelectorAll<HTMLElement>('thead tr:first-child th')], letters = heads.at(-1);
    if (!letters || box.scrollLeft !== before) return -1;
    if (box.clientWidth - letters.offsetLeft > LEAST_SHARE * box.clientWidth) return before;
    const staying = heads.filter((head) => getComputedStyle(head).position === 'sticky');
    box.scrollLeft = letters.offsetLeft - staying.reduce((sum, {offsetWidth}) => sum + offsetWidth, 0);
    return box.scrollLeft;
}

const indexOf = (target: EventTarget | null) =>
    Number((target as Element | null)?.closest<HTMLElement>('tbody tr')?.dataset.index ?? -1);

/** Where a key leads from a row; undefined where it leads nowhere. */
function nextIndex(key: string, from: number, count: number): number | undefined {
    const to = {
        ArrowDown: from + 1, ArrowUp: from - 1, PageDown: from + PAGE, PageUp: from - PAGE, Home: 0, End: count - 1
    }[key];
    return to === undefined ? undefined : Math.min(count - 1, Math.max(0, to));
}

/** Lines as they were drawn last. */
const lines = new WeakMap<Entry, {readonly of: readonly unknown[], readonly line: VNode}>();

/** A line of the table, the very same one as long as nothing about it changes: Preact then passes over it. */
function lineOf(entry: Entry, index: number, shown: readonly Column[], stop: boolean): VNode {
    const {row, copies} = entry, isFocused = focused.value === row, marked = compared.value === row;
    const of = [row, copies, index, shown, stop, isFocused, marked], kept = lines.get(entry);
    if (kept && kept.of.every((value, i) => value === of[i])) return kept.line;
    const line = (
        <Row key={rowKey(row)} entry={entry} row={row} copies={copies} columns={shown} index={index} before={HEAD_ROWS}
            current={isFocused} marked={marked} stop={stop} />
    );
    lines.set(entry, {of, line});
    return line;
}

export function DesignTable() {
    const box = useRef<HTMLDivElement>(null), wanted = useRef(-1), aside = useRef(0);
    const {entries} = view.value, shown = columns.value, at = cursor.value;
    const stop = Math.max(0, at ? entries.findIndex(({row}) => row === at) : 0);
    const drawn = useDrawn(box, entries.length, HEAD_ROWS * rowHeight, stop);
    const template = useMemo(() => shown.map(({width, kind}) =>
        (kind === 'letters' ? `minmax(calc(${width} + 16px), 1fr)` : width)).join(' '), [shown]);

    useLayoutEffect(() => {   // back from the comparison: at the row that was left
        const index = entries.findIndex(({row}) => row === focused.peek());
        if (box.current && index >= 0) reveal(box.current, index);
    }, []);
    useLayoutEffect(() => {
        if (box.current && entries.length > 0) aside.current = showLetters(box.current, aside.current);
    }, [template, entries.length > 0]);
    useLayoutEffect(() => {
        if (wanted.current < 0) return;
        const row = box.current?.querySelector<HTMLElement>(`tbody tr[data-index="${wanted.current}"]`);
        wanted.current = -1;
        row?.focus({preventScroll: true});
    });

    const act = (event: Event, key: string) => {
        const from = indexOf(event.target), to = nextIndex(key, from, entries.length);
        const entry: Entry | undefined = entries[from];
        if (!entry) return;
        if (key === 'Enter' || key === ' ') choose(entry.row);
        else if (key.toLowerCase() === 'c') mark(entry.row);
        else if (key === 'Escape') choose(null);
        else if (to !== undefined && box.current) {
            wanted.current = to;
            cursor.value = entries[to].row;
            reveal(box.current, to);
        } else return;
        event.preventDefault();
    };
    const heads = useRef<HTMLTableRowElement>(null), roving = useRoving(heads);
    return (
        <div class="scroll" ref={box}>
            <div class="extent" style={{height: `${(entries.length + HEAD_ROWS) * rowHeight}px`}}>
                <table role="table" aria-label="Designs" aria-rowcount={entries.length + HEAD_ROWS}
                    class="design-table"
                    style={{'--columns': template, '--row': `${rowHeight}px`}}>
                    <thead role="rowgroup">
                        <tr ref={heads} role="row" class="heads" {...roving}>
                            {shown.map((column, i) => <Head key={column.name} column={column} place={i} />)}
                        </tr>
                        <NativeRow />
                    </thead>
                    <tbody role="rowgroup"
                        onFocusIn={({target}) => { cursor.value = entries[indexOf(target)]?.row ?? at; }}
                        onClick={(event) => act(event, event.ctrlKey || event.metaKey ? 'c' : 'Enter')}
                        onKeyDown={(event) => {
                            if (!event.ctrlKey && !event.metaKey && !event.altKey) act(event, event.key);
                        }}>
                        {drawn.map((index) => entries[index] && lineOf(entries[index], index, shown, index === stop))}
                    </tbody>
                </table>
            </div>
        </div>
    );
}
