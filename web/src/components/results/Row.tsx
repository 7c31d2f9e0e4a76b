// SPDX-License-Identifier: MIT
//
// Row.tsx - one design in the table. It is drawn anew only when something about it changes.
import {useMemo} from 'preact/hooks';
import type {Column, Entry} from '../../state/listing';
import {shownLetters} from '../../state/listing';
import type {Row as Design} from '../../state/runs';
import {overlay} from './letters';
import {rowHeight} from './virtual';

const keys = new WeakMap<Design, number>();
let lastKey = 0;

/** The same number for a design wherever it stands. */
export function rowKey(row: Design): number {
    let key = keys.get(row);
    if (key === undefined) keys.set(row, key = ++lastKey);
    return key;
}

/** Classes of a column's cells; the first three stay at the left while sequences scroll. */
export const cellClass = ({kind}: Column, place: number) =>
    (place < 3 ? `cell ${kind} stays stays-${place}` : `cell ${kind}`);

interface RowProps {
    entry: Entry;
    /** of the entry, and with `copies` what may change in it */
    row: Design;
    copies: number;
    columns: readonly Column[];
    index: number;
    /** rows of the head */
    before: number;
    current: boolean;
    marked: boolean;
    /** where the Tab key comes in */
    stop: boolean;
}

export function Row(props: RowProps) {
    const {entry, row, copies, columns, index, before, current, marked, stop} = props;
    const cells = useMemo(() => cellsOf(entry, row, columns), [entry, row, copies, columns]);
    return (
        <tr role="row" class={marked ? 'design marked' : 'design'}
            style={{top: `${index * rowHeight}px`}} data-index={index}
            aria-rowindex={index + before + 1} aria-current={current ? 'true' : undefined}
            tabIndex={stop ? 0 : -1}>
            {cells}
        </tr>
    );
}

function cellsOf(entry: Entry, row: Design, columns: readonly Column[]) {
    const native = shownLetters(row.run, row.run.opened.structure.sequence);
    return columns.map((column, i) => (column.kind === 'letters'
        ? <td key={column.name} role="cell" class={cellClass(column, i)} {...overlay(entry.letters, native)}>
            {entry.letters}
        </td>
        : <td key={column.name} role="cell" class={cellClass(column, i)}>{column.text(entry)}</td>));
}
