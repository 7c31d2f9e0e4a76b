// SPDX-License-Identifier: MIT
//
// selection.ts - which residues the next action is about, and the actions: design them, keep them.
//
//   click, drag, keys, text, 3D --select--> plan.selected --designSelected | fixSelected--> plan.design
import {computed, signal} from '@preact/signals';
import {amend, change, designable, plan, planOf, visible} from './plan';
import {announce} from './page';
import {current, type Opened} from './structures';

/** How new rows meet those that are selected already. */
export type How = 'replace' | 'add' | 'remove' | 'toggle';

/** The row under the pointer or the keyboard's cursor, in the grid, the 3D view or a figure; -1 for none. */
export const pointed = signal(-1);

const joined: Record<How, (before: number, these: number) => number> = {
    replace: (_, these) => these,
    add: (before, these) => before | these,
    remove: (before, these) => before & ~these & 1,
    toggle: (before, these) => before ^ these
};

/**
 * Selects rows. `from` is the selection that a drag began with: such a change is part of the step before.
 */
export function select(opened: Opened, rows: Uint8Array, how: How = 'replace', from?: Uint8Array): void {
    const before = from ?? planOf(opened).selected;
    const selected = before.map((value, row) => joined[how](value, rows[row]));
    (from ? amend : change)(opened, {selected});
}

/** Rows first to last, in either direction, as a mask. */
export function span(opened: Opened, first: number, last: number): Uint8Array {
    const rows = new Uint8Array(opened.structure.length);
    rows.fill(1, Math.min(first, last), Math.max(first, last) + 1);
    return rows;
}

/** Selects by text in the grammar; throws a ConstraintError that names the token. */
export function selectText(opened: Opened, text: string, how: How = 'replace'): number {
    const {mask, count} = opened.structure.select(text);
    select(opened, mask, how);
    announce(`${residues(planOf(opened).selected.reduce((sum, value) => sum + value, 0))} selected.`);
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

/** Makes rows part of the design mask or takes them out; those without a whole backbone cannot be designed. */
export function setDesign(opened: Opened, rows: Uint8Array, on: boolean): void {
    const mask = visible(opened.structure);
    const design = planOf(opened).design.map((value, row) => (rows[row] ? (on && mask[row] ? 1 : 0) : value));
    const count = design.reduce((sum, value) => sum + value, 0);
    change(opened, {design});
    announce(`${residues(count)} of ${opened.structure.length} will be designed.`);
}

export const designSelected = (opened: Opened) => setDesign(opened, planOf(opened).selected, true);
export const fixSelected = (opened: Opened) => setDesign(opened, planOf(opened).selected, false);

/** The selection alone is designed, and nothing else. */
export function designOnlySelected(opened: Opened): void {
    const {selected} = planOf(opened), mask = visible(opened.structure);
    change(opened, {design: selected.map((value, row) => value & mask[row])});
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
