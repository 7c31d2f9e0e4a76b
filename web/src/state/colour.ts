// SPDX-License-Identifier: MIT
//
// colour.ts - what the colours of the 3D view and of the grid say.
//
//   structure, plan, run, design --colouring--> a value for each row --scale--> CSS colour          legend: in words
import {computed, signal} from '@preact/signals';
import {plan} from './plan';
import {entropies} from './profile';
import {focused, shownRun} from './results';
import {type Run} from './runs';
import {scene} from './scene';
import {current} from './structures';

export const colourings = {
    plan: 'what is designed', chain: 'chain', entropy: 'entropy of the designs', logprob: 'log-probability',
    change: 'change from native', bfactor: 'B-factor or pLDDT'
} as const;
export type Colouring = keyof typeof colourings;

export const colouring = signal<Colouring>('plan');

/** A scale of numbers: from a light to a dark colour, readable without colour vision (viridis, turned round). */
const STOPS = [[253, 231, 37], [94, 201, 98], [33, 145, 140], [59, 82, 139], [68, 1, 84]];
/** Wong's palette: told apart without full colour vision. */
const CHAINS = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#999933', '#7a6fac'];
const UNKNOWN = '#9aa5a1';

function onScale(share: number): string {
    const at = Math.min(Math.max(share, 0), 1) * (STOPS.length - 1), stop = Math.min(Math.floor(at), STOPS.length - 2);
    const mixed = STOPS[stop].map((value, i) => Math.round(value + (STOPS[stop + 1][i] - value) * (at - stop)));
    return `rgb(${mixed.join(' ')})`;
}

interface Numbers {
    values: ArrayLike<number>;
    least: number;
    most: number;
    unit: string;
}

/** How many of a run's designs have another letter than the structure, 0 to 1; NaN where nothing is designed. */
function changed(run: Run): Float32Array {
    const {sequence} = run.opened.structure, {design} = run.facts.plan, shares = new Float32Array(sequence.length);
    for (const row of run.rows) {
        for (let i = 0; i < shares.length; i++) if (row.design.sequence[i] !== sequence[i]) shares[i]++;
    }
    return shares.map((count, i) => (design[i] ? count / run.rows.length : NaN));
}

/** Of designs that are still coming, colours look at the first, second, fourth, eighth and so on, and at the end. */
const stage = computed(() => {
    const run = shownRun.value;
    return run?.state.value === 'running' ? Math.floor(Math.log2(run.count.value)) : run?.count.value ?? 0;
});

const ofRun = computed(() => {
    const run = shownRun.value;
    void stage.value;
    return run && run.rows.length > 0 && run.opened.key === current.value?.key ? {run} : undefined;
});

/** The numbers that the colours stand for; null where colours are names, or nothing is known. */
const numbers = computed<Numbers | null>(() => {
    const kind = colouring.value;
    if (kind === 'bfactor') {
        const values = scene.value?.bFactor;
        if (!values) return null;
        const known = values.filter((value) => !Number.isNaN(value));
        const [least, most] = [Math.min(...known), Math.max(...known)];
        return {values, least, most: most > least ? most : least + 1, unit: 'B-factor column'};
    }
    const run = ofRun.value?.run;
    if (!run) return null;
    if (kind === 'entropy') return {values: entropies(run.probs), least: 0, most: Math.log2(20), unit: 'bits'};
    if (kind === 'logprob') {
        const mine = focused.value?.run === run ? focused.value : null;
        const values = mine?.design.logProb ?? run.native.value?.logProb;
        return values ? {values, least: -6, most: 0, unit: `nats, ${mine ? `sample ${mine.design.sample}` : 'native'}`}
            : null;
    }
    if (kind !== 'change') return null;
    return {values: changed(run), least: 0, most: 1, unit: 'share of designs with another letter'};
});

export interface Legend {
    /** colour and what it means, for names; the ends of the scale, for numbers */
    readonly marks: readonly {readonly colour: string, readonly text: string}[];
    readonly scale: boolean;
    readonly unit: string;
}

const tidy = (value: number) => String(Math.round(value * 100) / 100);

/** What the colours mean now; words instead where there is nothing to show yet. */
export const legend = computed<Legend>(() => {
    const kind = colouring.value;
    if (kind === 'plan') {
        return {scale: false, unit: '', marks: [
            {colour: 'var(--accent)', text: 'designed'}, {colour: 'var(--kept)', text: 'kept'},
            {colour: 'var(--select)', text: 'selected'}]};
    }
    if (kind === 'chain') {
        return {scale: false, unit: '', marks: (current.value?.structure.chains ?? []).slice(0, 12).map(({name}, i) =>
            ({colour: CHAINS[i % CHAINS.length], text: name.trim() || '(blank)'}))};
    }
    const shown = numbers.value;
    if (!shown) {
        return {scale: false, marks: [], unit: kind === 'bfactor' ? 'being read' : 'known once there are designs'};
    }
    const {least, most, unit} = shown;
    return {scale: true, unit, marks: [0, 0.25, 0.5, 0.75, 1].map((share, i) =>
        ({colour: onScale(share), text: i % 4 ? '' : tidy(least + share * (most - least))}))};
});

/** A CSS colour for each row; those of the tokens are variables of style.css. */
export const colourOf = computed<(row: number) => string>(() => {
    const kind = colouring.value, design = plan.value?.design, chainOf = current.value?.structure.chainOf;
    if (kind === 'plan') return (row) => (design?.[row] ? 'var(--accent)' : 'var(--kept)');
    if (kind === 'chain') return (row) => CHAINS[(chainOf?.[row] ?? 0) % CHAINS.length];
    const shown = numbers.value;
    if (!shown) return () => UNKNOWN;
    const {values, least, most} = shown;
    return (row) => (Number.isNaN(values[row]) ? UNKNOWN : onScale((values[row] - least) / (most - least)));
});
