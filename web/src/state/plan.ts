// SPDX-License-Identifier: MIT
//
// plan.ts - what is asked of each structure: which residues are selected, which are designed, and under which rules.
//
//   change(opened, {design}) -> a new Plan, the old one kept for undo
//
// Selecting and designing are two things: the selection says what the next action is about, the design mask what a run
// changes. Plans never change: a run keeps the one that it was started with.
import {computed, signal} from '@preact/signals';
import {LETTERS, type Structure} from '../../../wasm/index.js';
import {current, type Opened} from './structures';

/** Numbers of a row in tables [row][letter]. */
export const WIDTH = LETTERS.length;

export type TieRule = 'logits' | 'geometric' | 'arithmetic' | 'product';

/** Letters that are never drawn, or are drawn more or less often. */
export interface Rule {
    readonly kind: 'omit' | 'bias';
    /** a selection in the grammar; '' means every residue */
    readonly where: string;
    readonly letters: string;
    /** of bias: added to the logits, nats */
    readonly nats: number;
}

/** A further backbone that the same sequence shall fit (or, with a weight below 0, shall not). */
export interface State {
    readonly key: number;   // of an Opened
    readonly weight: number;
}

export interface Plan {
    /** 1 for each selected row */
    readonly selected: Uint8Array;
    /** 1 for each row that a run designs */
    readonly design: Uint8Array;
    readonly rules: readonly Rule[];
    /** as the grammar of ties has it: 'homomer', 'A=B', 'A12=B12'; '' for none */
    readonly ties: string;
    readonly tieRule: TieRule;
    readonly states: readonly State[];
    /** the states are conformers: one design on the mean of what the encoder makes of them */
    readonly average?: boolean;
}

interface History {
    readonly past: readonly Plan[];
    readonly now: Plan;
    readonly future: readonly Plan[];
}

const DEPTH = 200;   // steps that can be undone
const histories = signal<ReadonlyMap<number, History>>(new Map());

/** Rows that a model can see: N, CA, C and O are there; in a trace of CA atoms, which CA-only models read, CA. */
export const visible = ({mask, carbons}: Structure): Uint8Array => (mask.includes(1) ? mask : carbons);

const canDesign = new WeakMap<Structure, Uint8Array>();

/** Rows that are designed unless somebody says otherwise: visible ones with a letter. Found once for each structure. */
export function designable(structure: Structure): Uint8Array {
    const rows = canDesign.get(structure)
        ?? visible(structure).map((seen, row) => (seen && !structure.unknown[row] ? 1 : 0));
    canDesign.set(structure, rows);
    return rows;
}

/** All chains where they are one sequence; otherwise nothing, so that no target is redesigned by accident. */
function firstPlan({structure}: Opened): Plan {
    const {chains, length} = structure;
    const alike = chains.every((chain) => chain.sequence === chains[0].sequence);
    return {
        selected: new Uint8Array(length), design: alike ? designable(structure) : new Uint8Array(length),
        rules: [], ties: '', tieRule: 'logits', states: []
    };
}

const fresh = new WeakMap<Opened, History>();

function historyOf(opened: Opened): History {
    const kept = histories.value.get(opened.key);
    if (kept) return kept;
    const made = fresh.get(opened) ?? {past: [], now: firstPlan(opened), future: []};
    fresh.set(opened, made);
    return made;
}

function keep(opened: Opened, history: History): void {
    histories.value = new Map(histories.value).set(opened.key, history);
}

/** What is asked of a structure now. */
export const planOf = (opened: Opened): Plan => historyOf(opened).now;

/** What is asked of the structure that is looked at. */
export const plan = computed(() => (current.value ? planOf(current.value) : undefined));

/** Asks something else; the step can be undone. */
export function change(opened: Opened, part: Partial<Plan>): void {
    const {past, now} = historyOf(opened);
    keep(opened, {past: [...past, now].slice(-DEPTH), now: {...now, ...part}, future: []});
}

/** The same as a part of the step before: a drag is one step, however many residues it passes. */
export function amend(opened: Opened, part: Partial<Plan>): void {
    const {past, now, future} = historyOf(opened);
    keep(opened, {past, now: {...now, ...part}, future});
}

/** Puts a plan in place that was kept elsewhere, with nothing to undo. */
export function restorePlan(opened: Opened, now: Plan): void {
    keep(opened, {past: [], now, future: []});
}

export const canUndo = computed(() => current.value !== undefined && historyOf(current.value).past.length > 0);
export const canRedo = computed(() => current.value !== undefined && historyOf(current.value).future.length > 0);

export function undo(): void {
    const opened = current.value;
    if (!opened || !canUndo.value) return;
    const {past, now, future} = historyOf(opened);
    keep(opened, {past: past.slice(0, -1), now: past[past.length - 1], future: [now, ...future]});
}

export function redo(): void {
    const opened = current.value;
    if (!opened || !canRedo.value) return;
    const {past, now, future} = historyOf(opened);
    keep(opened, {past: [...past, now], now: future[0], future: future.slice(1)});
}
