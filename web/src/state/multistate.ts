// SPDX-License-Identifier: MIT
//
// multistate.ts - further opened structures that the same sequence shall fit, or, with a weight below 0, shall not.
//
//   plan.states --describeStates, loaded when there are some--> which designed residues each has, in `matches`
import {effect, signal} from '@preact/signals';
import {constraintsOf} from './asked';
import {messageOf} from './page';
import {change, type Plan, planOf, visible} from './plan';
import {spelledOut} from './resolved';
import {type Opened, structures} from './structures';

const MOST_WEIGHT = 1000;   // as wasm/states.js has it

export interface Match {
    readonly matched: number;
    /** residues that the state lacks, as text; '' for none */
    readonly missing: string;
}

/** Of the states of the plan that is looked at, in their order; what is wrong with them as a whole. */
export const matches = signal<{readonly states: readonly Match[], readonly problem: string}>({states: [], problem: ''});

const stateOf = (key: number) => structures.value.find((each) => each.key === key);

/** Opened structures that could become states. */
export const candidates = (opened: Opened): Opened[] => structures.value.filter(({key}) =>
    key !== opened.key && !planOf(opened).states.some((state) => state.key === key));

export function weightOf(text: string): number {
    const value = text.trim() === '' ? NaN : Number(text);
    if (Math.abs(value) <= MOST_WEIGHT && value !== 0) return value;
    throw new Error(`Give a number from -${MOST_WEIGHT} to ${MOST_WEIGHT} that is not 0`);
}

export function addState(opened: Opened, key: number): void {
    change(opened, {states: [...planOf(opened).states, {key, weight: 1}]});
}

/** States of one sequence each for itself, or conformers that are averaged. */
export function setAverage(opened: Opened, average: boolean): void {
    change(opened, {average});
}

export function setWeight(opened: Opened, key: number, weight: number): void {
    change(opened, {states: planOf(opened).states.map((state) => (state.key === key ? {key, weight} : state))});
}

export function removeState(opened: Opened, key: number): void {
    change(opened, {states: planOf(opened).states.filter((state) => state.key !== key)});
}

async function look(opened: Opened, plan: Plan, others: readonly Opened[]) {
    const {describeStates} = await import('../../../wasm/states.js');
    const all = [opened, ...others].map(({structure}) => structure);
    const stateWeights = [1, ...plan.states.map(({weight}) => weight)];
    const constraints = constraintsOf(spelledOut(opened.structure, plan), {order: 'random'});
    const found = describeStates(all, all.map(visible), {...constraints, stateWeights});
    return found.map(({matched, missing}) => ({matched: matched.count, missing: missing.text}));
}

/** Keeps `matches` up to date with what is asked. */
export function followStates(asked: () => {opened: Opened, plan: Plan} | undefined): void {
    let turn = 0;
    effect(() => {
        const now = asked(), mine = ++turn;
        const others = now?.plan.states.map(({key}) => stateOf(key)) ?? [];
        const all = others.filter((each) => each !== undefined);
        if (!now || now.plan.average || !all.length || all.length < others.length || !now.plan.design.includes(1)) {
            matches.value = {states: [], problem: ''};
            return;
        }
        look(now.opened, now.plan, all).then((states) => ({states, problem: ''}),
            (error) => ({states: [], problem: messageOf(error)})).then((found) => {
            if (mine === turn) matches.value = found;
        });
    });
}
