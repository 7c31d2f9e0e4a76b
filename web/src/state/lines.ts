// SPDX-License-Identifier: MIT
//
// lines.ts - residues broken into lines of the sequence grid, chain by chain, and the way of a cursor through them.
//
//   Structure, cells in a line --wrap--> Line[]: rows, and gaps in the numbering between them
import type {Structure} from '../../../wasm/index.js';

/** A row of the structure, or so many numbers that no residue has. */
export type Cell = {readonly row: number} | {readonly gap: number};

export interface Line {
    readonly chain: number;
    /** the first line of its chain, which says its name */
    readonly first: boolean;
    readonly cells: readonly Cell[];
}

export const rowOfCell = (cell: Cell | undefined) => (cell && 'row' in cell ? cell.row : -1);

/** How many numbers are missing between a row and the one before in its chain. */
function gapBefore({numbers, chainOf}: Structure, row: number): number {
    if (row === 0 || chainOf[row - 1] !== chainOf[row]) return 0;
    return Math.max(0, numbers[row] - numbers[row - 1] - 1);
}

/** Each chain begins a line. */
export function wrap(structure: Structure, width: number): Line[] {
    const lines: Line[] = [];
    structure.chains.forEach(({start, length}, chain) => {
        const cells: Cell[] = [];
        for (let row = start; row < start + length; row++) {
            const gap = gapBefore(structure, row);
            if (gap > 0) cells.push({gap});
            cells.push({row});
        }
        for (let at = 0; at < cells.length; at += width) {
            lines.push({chain, first: at === 0, cells: cells.slice(at, at + width)});
        }
    });
    return lines;
}

/** Where a row stands: its line and its place there. */
export function placeOf(lines: readonly Line[], row: number): {line: number, at: number} | null {
    let low = 0, high = lines.length - 1;
    while (low < high) {
        const middle = (low + high + 1) >> 1, first = lines[middle].cells.find((cell) => 'row' in cell);
        if (rowOfCell(first) <= row) low = middle;
        else high = middle - 1;
    }
    const at = lines[low]?.cells.findIndex((cell) => rowOfCell(cell) === row) ?? -1;
    return at < 0 ? null : {line: low, at};
}

/** The row that is nearest to a place of a line. */
function rowNear({cells}: Line, wanted: number): number {
    const at = Math.min(wanted, cells.length - 1);
    for (let far = 0; far < cells.length; far++) {
        for (const place of [at - far, at + far]) if (rowOfCell(cells[place]) >= 0) return rowOfCell(cells[place]);
    }
    return -1;
}

export type Step = 'left' | 'right' | 'up' | 'down' | 'home' | 'end' | 'pageup' | 'pagedown' | 'first' | 'last';

/** The row that a step leads to; the same one where there is no further. */
export function stepped(lines: readonly Line[], row: number, step: Step, page: number): number {
    const last = lines.length - 1, rows = rowNear(lines[last], Infinity);
    const place = placeOf(lines, row);
    if (!place || step === 'first') return 0;
    const down = {up: -1, down: 1, pageup: -page, pagedown: page}[step as 'up'] as number | undefined;
    if (down !== undefined) {
        return rowNear(lines[Math.min(Math.max(place.line + down, 0), last)], place.at);
    }
    switch (step) {
        case 'left': return Math.max(row - 1, 0);
        case 'right': return Math.min(row + 1, rows);
        case 'home': return rowNear(lines[place.line], 0);
        case 'end': return rowNear(lines[place.line], Infinity);
        default: return rows;
    }
}
