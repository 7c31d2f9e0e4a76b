// SPDX-License-Identifier: MIT
//
// selection.ts - which residues the next action is about, and the actions: design them, keep them.
//
//   click, drag, keys, text, 3D --select--> plan.selected --designSelected | fixSelected--> plan.design
import {batch, computed, effect, signal} from '@preact/signals';
import {amend, change, designable, plan, planOf, visible} from './plan';
import {announce} from './page';
import {current, type Opened} from './structures';

/** How new rows meet those that are selected already. */
export type How = 'replace' | 'add' | 'remove' | 'toggle' | 'common';

/** The row under the pointer or the keyboard's cursor, in the grid, the 3D view or a figure; -1 for none. */
export const pointed = signal(-1);
/** The row that the keyboard of the grid is at, and from which a run is extended. */
export const cursor = signal(0);
/** Where a run began that a held shift key extends. */
const anchor = signal(0);

effect(() => {   // another structure: its rows are others
    void current.value?.key;
    batch(() => {
        cursor.value = 0;
        anchor.value = 0;
        pointed.value = -1;
    });
});

const joined: Record<How, (before: number, these: number) => number> = {
    replace: (_, these) => these,
    add: (before, these) => before | these,
    remove: (before, these) => before & ~these & 1,
    toggle: (before, these) => before ^ these,
    common: (before, these) => before & these
};

/** Rows that were selected and those of the next action, put together. */
export function join(before: Uint8Array, rows: Uint8Array, how: How): Uint8Array {
    const meet = joined[how], made = new Uint8Array(before.length);
    for (let row = 0; row < made.length; row++) made[row] = meet(before[row], rows[row]);
    return made;
}

const same = (one: Uint8Array, other: Uint8Array) => one.every((value, row) => value === other[row]);

/**
 * Selects rows. `from` is the selection that a drag began with: such a change is part of the step before. What changes
 * nothing is no step.
 */
export function select(opened: Opened, rows: Uint8Array, how: How = 'replace', from?: Uint8Array): void {
    const {selected: now} = planOf(opened), selected = join(from ?? now, rows, how);
    if (!same(now, selected)) (from ? amend : change)(opened, {selected});
}

/** Rows first to last, in either direction, as a mask. */
export function span(opened: Opened, first: number, last: number): Uint8Array {
    const rows = new Uint8Array(opened.structure.length);
    rows.fill(1, Math.min(first, last), Math.max(first, last) + 1);
    return rows;
}

/** A run of rows in the making, by a drag or by keys: one step to undo, however far it reaches. */
export class Stroke {
    readonly #opened: Opened;
    readonly #first: number;
    readonly #how: How;
    readonly #from: Uint8Array;
    #made: Uint8Array | undefined;   // what this run has selected; something else means that others changed it

    constructor(opened: Opened, first: number, how: How) {
        this.#opened = opened;
        this.#first = first;
        this.#how = how;
        this.#from = planOf(opened).selected;
    }

    /** Whether the run can go on: of this structure and kind, and nothing else was selected or undone meanwhile. */
    fits(opened: Opened, how: How): boolean {
        return opened === this.#opened && how === this.#how && planOf(opened).selected === (this.#made ?? this.#from);
    }

    /** Selects from the first row to this one. */
    reach(row: number): void {
        const rows = span(this.#opened, this.#first, row), going = planOf(this.#opened).selected === this.#made;
        select(this.#opened, rows, this.#how, going ? this.#from : undefined);   // after an undo it is a new step
        const {selected} = planOf(this.#opened);
        if (selected !== this.#from) this.#made = selected;
    }
}

let stroke: Stroke | undefined;

/** A press on a row or a jump of the cursor to it: selects it, and is where a run begins. */
export function press(opened: Opened, row: number, how: How): Stroke {
    anchor.value = row;
    return stretch(opened, row, how, true);
}

/** Selects from where the last run began to this row; the same run goes on unless something else came between. */
export function stretch(opened: Opened, row: number, how: How = 'replace', anew = false): Stroke {
    cursor.value = row;
    if (anew || !stroke?.fits(opened, how)) stroke = new Stroke(opened, anchor.value, how);
    stroke.reach(row);
    return stroke;
}

/** Moves the cursor without selecting. */
export function goTo(row: number): void {
    batch(() => {
        cursor.value = row;
        anchor.value = row;
        pointed.value = row;
        stroke = undefined;
    });
}

/** '34 residues selected.', said to screen readers. */
export function announceSelected(opened: Opened): void {
    announce(`${residues(planOf(opened).selected.reduce((sum, value) => sum + value, 0))} selected.`);
}

/** Selects by text in the grammar; throws a ConstraintError that names the token. */
export function selectText(opened: Opened, text: string, how: How = 'replace'): number {
    const {mask, count} = opened.structure.select(text);
    select(opened, mask, how);
    announceSelected(opened);
    return count;
}

export const selectNone = (opened: Opened) => select(opened, new Uint8Array(opened.structure.length));
export const selectAll = (opened: Opened) => select(opened, new Uint8Array(opened.structure.length).fill(1));
export const invertSelection = (opened: Opened) =>
    select(opened, new Uint8Array(opened.structure.length).fill(1), 'toggle');

/** '1 residue', '12 residues' */
export const residues = (count: number) => (count === 1 ? '1 residue' : `${count} residues`);

/** The selection as text in the grammar, with its count. */
export const selection = computed(() => {
    const opened = current.value, now = plan.value;
    return opened && now ? opened.structure.describe(now.selected) : {mask: new Uint8Array(), count: 0, text: ''};
});

/** The designed residues of the structure that is looked at, in the same form. */
export const designed = computed(() => {
    const opened = current.value, now = plan.value;
    return opened && now ? opened.structure.describe(now.design) : {mask: new Uint8Array(), count: 0, text: ''};
});

/** How much is designed now, in words. */
function designedWords(opened: Opened, design: Uint8Array): string {
    const count = design.reduce((sum, value) => sum + value, 0);
    return `${residues(count)} of ${opened.structure.length} will be designed.`;
}

/** Makes rows part of the design mask or takes them out; those without a whole backbone cannot be designed. */
export function setDesign(opened: Opened, rows: Uint8Array, on: boolean): void {
    const mask = visible(opened.structure);
    const design = planOf(opened).design.map((value, row) => (rows[row] ? (on && mask[row] ? 1 : 0) : value));
    change(opened, {design});
    announce(designedWords(opened, design));
}

export const designSelected = (opened: Opened) => setDesign(opened, planOf(opened).selected, true);
export const fixSelected = (opened: Opened) => setDesign(opened, planOf(opened).selected, false);

/** The selection alone is designed, and nothing else. */
export function designOnlySelected(opened: Opened): void {
    const {selected} = planOf(opened), mask = visible(opened.structure);
    const design = selected.map((value, row) => value & mask[row]);
    change(opened, {design});
    announce(designedWords(opened, design));
}

/** Rows of one chain. */
export function chainRows({structure}: Opened, name: string): Uint8Array {
    const {start, length} = structure.chain(name);
    return new Uint8Array(structure.length).fill(1, start, start + length);
}

/** Designs a chain, all residues of it that have letters; or keeps it. */
export function setChainDesigned(opened: Opened, name: string, on: boolean): void {
    const rows = chainRows(opened, name), can = designable(opened.structure);
    setDesign(opened, on ? rows.map((value, row) => value & can[row]) : rows, on);
}

/** How much of a chain is designed: none, some or all of what can be. */
export function chainDesigned(opened: Opened, name: string): 'none' | 'some' | 'all' {
    const {start, length} = opened.structure.chain(name);
    const now = planOf(opened).design, can = designable(opened.structure);
    let count = 0, all = true;
    for (let row = start; row < start + length; row++) {
        count += now[row];
        if (can[row] && !now[row]) all = false;
    }
    return count === 0 ? 'none' : all ? 'all' : 'some';
}
