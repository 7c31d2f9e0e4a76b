// SPDX-License-Identifier: MIT
//
// layout_rows.ts - how the rows of a structure stand in lines of the sequence grid, and where the keyboard goes there.
//
//   rows + columns --layout--> lines of slots; a slot is a row, or a break where author numbers do not go on
//
// A chain begins a line. A break takes a column of its own, so that it is seen.
import type {Structure} from '../../../wasm/index.js';

export const BLOCK = 10;   // columns that stand together
export const BREAK = -1;   // a slot that is no row

export interface Line {
    readonly chain: number;
    /** whether it is the first of its chain */
    readonly head: boolean;
    /** rows from left to right, with BREAK between */
    readonly slots: readonly number[];
    /** first and last row */
    readonly first: number;
    readonly last: number;
}

export interface Layout {
    readonly structure: Structure;
    readonly columns: number;
    readonly lines: readonly Line[];
    /** the line of each row */
    readonly lineOf: Int32Array;
}

/** What stands between a row and the row before it in its chain: how many numbers are left out, or in words a jump. */
export interface Gap {
    /** numbers that the file leaves out; 0 where the numbers go back */
    readonly count: number;
    readonly words: string;
}

/** The break before a row, or null where numbers go on or only insertion codes differ. */
export function gapBefore({chainOf, numbers, insertions}: Structure, row: number): Gap | null {
    if (row === 0 || chainOf[row] !== chainOf[row - 1]) return null;
    const from = numbers[row - 1], to = numbers[row], count = to - from - 1;
    if (count > 0) {
        const which = count === 1 ? `number ${from + 1} is` : `numbers ${from + 1} to ${to - 1} are`;
        return {count, words: `${which} not in the file`};
    }
    const goesBack = to < from || (to === from && insertions[row] === insertions[row - 1]);
    return goesBack ? {count: 0, words: `numbers go from ${from} back to ${to}`} : null;
}

/** How many columns fit, in whole blocks where there is room for one. */
export function columnsThatFit(width: number, cell: number, space: number): number {
    const blocks = Math.floor((width + space) / (BLOCK * cell + space));
    return blocks > 0 ? blocks * BLOCK : Math.max(1, Math.floor(width / cell));
}

/** How wide a cell may be so that the columns fill the width. */
export function cellThatFills(width: number, columns: number, space: number, least: number, most: number): number {
    const spaces = Math.max(0, Math.ceil(columns / BLOCK) - 1) * space;
    return Math.max(least, Math.min(most, Math.floor((width - spaces) / columns)));
}

function linesOfChain(structure: Structure, chain: number, columns: number): Line[] {
    const {start, length} = structure.chains[chain], lines: Line[] = [];
    let slots: number[] = [];
    const end = () => {
        const rows = slots.filter((slot) => slot !== BREAK);
        if (rows.length) lines.push({
            chain, slots, first: rows[0], last: rows[rows.length - 1], head: lines.length === 0
        });
        slots = [];
    };
    for (let row = start; row < start + length; row++) {
        if (row > start && gapBefore(structure, row)) slots.push(BREAK);
        if (slots.length >= columns) end();
        slots.push(row);
        if (slots.length >= columns) end();
    }
    end();
    return lines;
}

export function layout(structure: Structure, columns: number): Layout {
    const lines = structure.chains.flatMap((_, chain) => linesOfChain(structure, chain, columns));
    const lineOf = new Int32Array(structure.length);
    lines.forEach(({first, last}, line) => lineOf.fill(line, first, last + 1));
    return {structure, columns, lines, lineOf};
}

/** The row at a column of a line, or the nearest one. */
export function rowAt({slots}: Line, column: number): number {
    for (let off = 0; off < slots.length + Math.abs(column); off++) {
        for (const at of [column - off, column + off]) {
            if (at >= 0 && at < slots.length && slots[at] !== BREAK) return slots[at];
        }
    }
    return slots[0];
}

/** Where a key leads from a row; -1 where it is no key of movement. `page`: lines in sight. */
export function rowAfterKey(where: Layout, row: number, key: string, whole: boolean, page: number): number {
    const {lines, lineOf, structure: {length}} = where, at = lineOf[row], line = lines[at];
    const inLine = (to: number) =>
        rowAt(lines[Math.max(0, Math.min(lines.length - 1, to))], line.slots.indexOf(row));
    switch (key) {
        case 'ArrowLeft': return Math.max(0, row - 1);
        case 'ArrowRight': return Math.min(length - 1, row + 1);
        case 'ArrowUp': return at === 0 ? row : inLine(at - 1);
        case 'ArrowDown': return at === lines.length - 1 ? row : inLine(at + 1);
        case 'PageUp': return inLine(at - page);
        case 'PageDown': return inLine(at + page);
        case 'Home': return whole ? 0 : line.first;
        case 'End': return whole ? length - 1 : line.last;
        default: return -1;
    }
}
