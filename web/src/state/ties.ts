// SPDX-License-Identifier: MIT
//
// ties.ts - residues that get one letter: typed in the grammar, as a homomer in one step, or from the selection.
//
//   text --structure.ties--> groups of rows and a report        groups --together--> mask that holds whole groups
import {announce} from './page';
import {change, designable, type Plan, planOf, type TieRule} from './plan';
import {textOf, tied} from './resolved';
import type {Opened} from './structures';

type Groups = ReturnType<typeof tied>['groups'];

/** The whole of each group that is designed in part; all groups where none is designed at all. */
function together({structure}: Opened, groups: Groups, design: Uint8Array): Uint8Array {
    const can = designable(structure), out = design.slice();
    const none = !groups.some((group) => group.some(({row}) => design[row]));
    for (const group of groups) {
        if (!none && !group.some(({row}) => design[row])) continue;
        for (const {row} of group) out[row] |= can[row];
    }
    return out;
}

/** Ties as typed; throws what is wrong with them. What is designed stays as it is. */
export function setTies(opened: Opened, text: string): void {
    const ties = text.trim().replace(/\s+/g, ' ');
    if (ties) tied(opened.structure, ties);
    change(opened, {ties});
}

/** Ties that a button made: what is tied is designed together. */
function tieAll(opened: Opened, ties: string): void {
    const {groups} = tied(opened.structure, ties);
    change(opened, {ties, design: together(opened, groups, planOf(opened).design)});
    announce(`${groups.length} groups of residues are tied.`);
}

/** Chains of one sequence get the same letters, and are all designed; throws where there are no such chains. */
export function tieHomomer(opened: Opened): void {
    if (opened.structure.chains.length < 2) throw new Error('There is one chain alone; a homomer has several');
    tieAll(opened, 'homomer');
}

/** Designs all members of groups that are designed in part. */
export function designTied(opened: Opened): void {
    const {design, ties} = planOf(opened);
    change(opened, {design: together(opened, tied(opened.structure, ties).groups, design)});
}

export function setTieRule(opened: Opened, tieRule: TieRule): void {
    change(opened, {tieRule});
}

/** The selected rows, chain by chain; of one chain alone, with the same numbers in all chains that have them. */
function placesOf({structure}: Opened, {selected}: Plan): string[] {
    const chains = structure.chainsWith(selected), own = (start: number, length: number) =>
        selected.map((value, row) => (row >= start && row < start + length ? value : 0));
    if (chains.length !== 1) return chains.map(({start, length}) => textOf(structure, own(start, length)));
    const label = (row: number) => structure.numbers[row] + structure.insertions[row];
    const wanted = new Set<string>();
    selected.forEach((value, row) => { if (value) wanted.add(label(row)); });
    const twins = structure.chains.map(({start, length}) => selected.map((_, row) =>
        (row >= start && row < start + length && wanted.has(label(row)) ? 1 : 0)));
    const size = selected.filter(Boolean).length;
    return twins.filter((rows) => rows.filter(Boolean).length === size).map((rows) => textOf(structure, rows));
}

/** Ties the selected residues of each chain to those at the same place in the others; throws where there are none. */
export function tieSelected(opened: Opened): void {
    const now = planOf(opened);
    if (!now.selected.includes(1)) throw new Error('Select residues first');
    const places = placesOf(opened, now);
    if (places.length < 2) throw new Error('No other chain has residues of these numbers: select some in two chains');
    tieAll(opened, [now.ties, places.join('=')].filter(Boolean).join(' '));
}
