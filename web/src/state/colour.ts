// SPDX-License-Identifier: MIT
//
// colour.ts - what the colours of the 3D view and of the grid say.
//
//   structure, plan, shown run, focused design, scene --colouring--> colours of the rows, and the legend to them
//
// Colours of numbers go from blue over green to amber, which people with any colour vision can tell apart, and which
// stand out from light and dark paper alike.
import {computed, signal} from '@preact/signals';
import {type Structure} from '../../../wasm/index.js';
import {plan, visible, WIDTH} from './plan';
import {entropies} from './profile';
import {focused, looks, shownRun} from './results';
import {type Run} from './runs';
import {scene} from './scene';
import {current} from './structures';

export type Colouring = 'plan' | 'chain' | 'entropy' | 'logprob' | 'change' | 'bfactor';

export const colouring = signal<Colouring>('plan');

export const COLOURINGS: readonly {id: Colouring, label: string}[] = [
    {id: 'plan', label: 'what is designed'}, {id: 'chain', label: 'chain'}, {id: 'entropy', label: 'entropy'},
    {id: 'logprob', label: 'log-probability'}, {id: 'change', label: 'change from native'},
    {id: 'bfactor', label: 'B-factor, pLDDT'}
];

/** Neither colour says anything of a residue. */
export const KEPT = 'var(--kept)', UNKNOWN = 'var(--line)';
const CHAINS = ['#2f7fc1', '#d9822b', '#2f9e77', '#c06aa0', '#5fb4e5', '#c9562f', '#8f7ae5', '#a09a2a'];
const STOPS = [[70, 92, 190], [66, 146, 186], [92, 184, 138], [186, 200, 80], [240, 176, 48]];
const STEPS = 48;

export interface Legend {
    /** what the numbers are; '' where nothing is known yet, then `note` says why */
    title: string;
    note?: string;
    low?: string;
    high?: string;
    swatches?: readonly {label: string, colour: string}[];
}

/** A colour of the scale, 0 to 1. */
function scaled(share: number): string {
    const at = Math.min(Math.max(share, 0), 1) * (STOPS.length - 1), low = Math.min(Math.floor(at), STOPS.length - 2);
    const [r, g, b] = STOPS[low].map((value, i) => Math.round(value + (STOPS[low + 1][i] - value) * (at - low)));
    return `#${[r, g, b].map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

const PALETTE = Array.from({length: STEPS}, (_, i) => scaled(i / (STEPS - 1)));

/** Colours of the scale from low to high, for a legend. */
export const SCALE = STOPS.map((_, i) => scaled(i / (STOPS.length - 1)));

interface Painted {
    colours: readonly string[];
    legend: Legend;
}

function byNumber(values: ArrayLike<number>, low: number, high: number, legend: Legend): Painted {
    const colours = Array.from(values, (value) => (Number.isNaN(value) ? UNKNOWN
        : PALETTE[Math.round(Math.min(Math.max((value - low) / (high - low), 0), 1) * (STEPS - 1))]));
    return {colours, legend};
}

const nothing = (length: number, title: string, note: string): Painted =>
    ({colours: new Array<string>(length).fill(UNKNOWN), legend: {title, note}});

function byPlan(structure: Structure): Painted {
    const design = plan.value?.design, seen = visible(structure);
    const colours = Array.from({length: structure.length}, (_, row) =>
        (design?.[row] ? 'var(--accent)' : seen[row] ? KEPT : UNKNOWN));
    return {
        colours, legend: {title: '', swatches: [
            {label: 'designed', colour: 'var(--accent)'}, {label: 'kept', colour: KEPT},
            {label: 'selected', colour: 'var(--select)'}
        ]}
    };
}

function byChain({chains, chainOf}: Structure): Painted {
    const colour = (chain: number) => CHAINS[chain % CHAINS.length];
    const swatches = chains.slice(0, CHAINS.length)
        .map(({name}, i) => ({label: name.trim() || '-', colour: colour(i)}));
    return {colours: Array.from(chainOf, colour), legend: {title: 'Chain', swatches}};
}

function byEntropy({length}: Structure, run: Run | undefined): Painted {
    if (!run?.rows.length) return nothing(length, 'Entropy', 'known once there are designs');
    return byNumber(entropies(run.probs), 0, 4,
        {title: 'Entropy, bits', low: '0, sure', high: '4, open'});
}

function byLogProb({length}: Structure, run: Run | undefined): Painted {
    const design = focused.value?.run === run ? focused.value?.design : undefined;
    const values = design?.logProb ?? run?.native.value?.logProb;
    if (!values) {
        return nothing(length, 'Log-probability', `known once ${run ? 'the run has ended' : 'there are designs'}`);
    }
    const whose = design ? 'of the design' : 'of the native letters';
    return byNumber(values, -5, 0, {title: `Log-probability ${whose}, nats`, low: '−5, poor', high: '0, sure'});
}

/** Share of a run's designs with another letter than the native one; NaN in rows that are not designed. */
const changedIn = ({counts, rows, facts: {plan: {design}}}: Run, {letters}: Structure): Float32Array =>
    Float32Array.from(letters, (letter, row) => (design[row] ? 1 - counts[row * WIDTH + letter] / rows.length : NaN));

function byChange(structure: Structure, run: Run | undefined): Painted {
    if (!run?.rows.length) return nothing(structure.length, 'Change', 'known once there are designs');
    if (focused.value?.run !== run) {
        return byNumber(changedIn(run, structure), 0, 1,
            {title: 'Designs with another letter than the native one', low: '0%', high: '100%'});
    }
    const {sequence} = focused.value.design;
    const colours = Array.from({length: structure.length}, (_, row) =>
        (!run.facts.plan.design[row] ? UNKNOWN : sequence[row] === structure.sequence[row] ? KEPT : 'var(--changed)'));
    return {
        colours, legend: {title: '', swatches: [
            {label: 'other letter', colour: 'var(--changed)'}, {label: 'same letter', colour: KEPT}
        ]}
    };
}

function byBFactor({length}: Structure): Painted {
    const known = scene.value?.key === current.value?.key ? scene.value?.bFactor : undefined;
    const sorted = known?.filter((value) => !Number.isNaN(value)).sort();
    if (!known || !sorted?.length) return nothing(length, 'B-factor or pLDDT', 'being read from the file');
    const low = sorted[Math.floor(0.02 * (sorted.length - 1))], high = sorted[Math.ceil(0.98 * (sorted.length - 1))];
    if (!(high > low)) return nothing(length, 'B-factor or pLDDT', `${low.toFixed(1)} everywhere`);
    const ends = {low: low.toFixed(1), high: high.toFixed(1)};
    return byNumber(known, low, high, {title: 'B-factor or pLDDT, as the file has it', ...ends});
}

/** The run that colours speak of. Of designs that are still coming they look at the first, second, fourth and so on. */
const ofRun = computed(() => {
    const run = shownRun.value;
    void looks.value;
    return run?.opened.key === current.value?.key ? {run} : {};
});

const painted = computed<Painted>(() => {
    const opened = current.value;
    if (!opened) return {colours: [], legend: {title: ''}};
    const {structure} = opened;
    switch (colouring.value) {
        case 'plan': return byPlan(structure);
        case 'chain': return byChain(structure);
        case 'entropy': return byEntropy(structure, ofRun.value.run);
        case 'logprob': return byLogProb(structure, ofRun.value.run);
        case 'change': return byChange(structure, ofRun.value.run);
        case 'bfactor': return byBFactor(structure);
    }
});

/** What the colours mean now. */
export const legend = computed(() => painted.value.legend);
/** One colour for each row of the structure that is looked at, as CSS has it. */
export const colours = computed(() => painted.value.colours);
