// SPDX-License-Identifier: MIT
//
// choosing.ts - a set of designs to make: what is asked of it, and what the library chose. Loaded when first asked for.
//
//   fields --readers--> options; designs of the shown runs --selectCandidates--> selected --pick--> the table's rows
import {computed, effect, type ReadonlySignal, signal} from '@preact/signals';
import {backboneOf, type FilterOptions, makeFilters, selectCandidates} from '../../../wasm/choosing.js';
import {candidateOf, type Designed} from './candidates';
import {announce, isCancelled, messageOf} from './page';
import {listedRuns, pick, tool} from './results';
import {runs} from './runs';
import type {Opened} from './structures';

interface Option {
    readonly preset?: string;
    readonly choices?: readonly string[];
    readonly help: string;
}

/** Taken out of wasm/options.js by the build (web/build/options.js). */
declare const CHOICE_OPTIONS: Readonly<Record<'count' | 'diversity' | 'identity' | 'no-glycosylation' | 'run-length'
    | 'charge' | 'ph' | 'pi' | 'motif', Option>>;
const words = CHOICE_OPTIONS;

/* ---- What is asked ---- */

export const count = signal(words.count.preset ?? '');
export const diversity = signal(words.diversity.preset ?? '');
export const identity = signal('');
export const glycosylation = signal(false);
/** '' for no filter */
export const cysteines = signal<'' | NonNullable<FilterOptions['cysteines']>>('');
export const runLength = signal('');
export const lowComplexity = signal(false);
export const hydrophobic = signal(false);
export const charge = {least: signal(''), most: signal('')};
export const pI = {least: signal(''), most: signal('')};
export const motifs = signal('');

const backbones = new WeakMap<Opened, ReturnType<typeof backboneOf>>();

/** What unpaired cysteines are looked for on. */
function backbone(candidate: object) {
    const {opened} = (candidate as Designed).row.run, kept = backbones.get(opened) ?? backboneOf(opened.structure);
    backbones.set(opened, kept);
    return kept;
}

/** A number as it was typed; undefined for nothing. */
function numberIn(text: string, least: number, most: number, whole = false): number | undefined {
    if (text.trim() === '') return undefined;
    const value = Number(text);
    if (value >= least && value <= most && (!whole || Number.isInteger(value))) return value;
    const range = Number.isFinite(most) ? `from ${least} to ${most}` : `from ${least} on`;
    throw new Error(`${text} is no ${whole ? 'whole ' : ''}number${Number.isFinite(least) ? ` ${range}` : ''}`);
}

function rangeOf({least, most}: typeof charge) {
    const [low, high] = [least, most].map(({value}) => numberIn(value, -Infinity, Infinity));
    return low === undefined && high === undefined ? undefined : {least: low, most: high};
}

/** Patterns with commas between; a comma in brackets parts nothing. */
const motifList = () => motifs.value.split(/,(?![^(]*\))/).map((each) => each.trim()).filter(Boolean);

function required<T>(value: T | undefined): T {
    if (value === undefined) throw new Error('a number is needed');
    return value;
}

/** What each field says, or why it says nothing that can be used. */
const readers = {
    count: () => required(numberIn(count.value, 1, Infinity, true)),
    identity: () => numberIn(identity.value, 0, 1),
    repeats: () => numberIn(runLength.value, 2, Infinity, true),
    charge: () => checked({charge: rangeOf(charge)}).charge,
    pI: () => checked({pI: rangeOf(pI)}).pI,
    motifs: () => checked({motifs: motifList()}).motifs
};

/** The same filters, or what is wrong with them. */
function checked(options: FilterOptions): FilterOptions {
    makeFilters(options);
    return options;
}

function faultOf(read: () => unknown): string {
    try {
        read();
        return '';
    } catch (error) {
        return messageOf(error);
    }
}

/** What is wrong with each field; '' where nothing is. */
export const faults = computed(() => Object.fromEntries(Object.entries(readers).map(([name, read]) =>
    [name, faultOf(read)])) as Record<keyof typeof readers, string>);

export const filtersOf = (): FilterOptions => ({
    glycosylation: glycosylation.value, cysteines: cysteines.value || undefined, backbone,
    repeats: readers.repeats(), lowComplexity: lowComplexity.value, hydrophobic: hydrophobic.value,
    charge: readers.charge(), pI: readers.pI(), motifs: readers.motifs()
});

/* ---- In words ---- */

const aboutOf = (options: FilterOptions) => makeFilters({...options, backbone})[0].about;

/** What fields mean, as the command line's help and the library say it. */
export const help = {
    count: words.count.help, diversity: words.diversity.help, identity: words.identity.help,
    glycosylation: words['no-glycosylation'].help, repeats: words['run-length'].help,
    lowComplexity: aboutOf({lowComplexity: true}), hydrophobic: aboutOf({hydrophobic: true}),
    charge: `at pH ${words.ph.preset}; either end may be left out`, pI: words.pi.help, motifs: words.motif.help
};

/** Which cysteines may be refused. */
export const cysteineChoices = (['any', 'odd', 'unpaired'] as const).map((value) =>
    ({value, text: aboutOf({cysteines: value})}));

/* ---- The choice ---- */

export type Selection = Awaited<ReturnType<typeof selectCandidates<Designed>>>;

export const selected = signal<Selection | null>(null);
/** How far the choosing is; null while nothing is chosen. */
export const choosing = signal<{readonly words: string, readonly fraction: number} | null>(null);
export const problem = signal('');
let abort: AbortController | undefined;

export const cancelChoosing = (): void => abort?.abort();

/** How many designs there are to choose from. */
export const poolSize: ReadonlySignal<number> = computed(() =>
    listedRuns.value.reduce((sum, run) => sum + run.count.value, 0));

const VERBS = {filter: 'Filtering', cluster: 'Clustering', choose: 'Choosing'};

/** Chooses from the designs of the shown runs that are there by now. */
export async function chooseSet(): Promise<void> {
    if (choosing.value) return;
    abort = new AbortController();
    choosing.value = {words: VERBS.filter, fraction: 0};
    problem.value = '';
    try {
        const options = {
            count: readers.count(), diversity: Number(diversity.value), identity: readers.identity(),
            filters: filtersOf(), signal: abort.signal
        };
        const candidates = listedRuns.value.flatMap(({rows, count: {value}}) =>
            rows.slice(0, value).map((row) => candidateOf(row)));
        const found = await selectCandidates(candidates, {
            ...options,
            onProgress: ({phase, done, total}) => { choosing.value = {words: VERBS[phase], fraction: done / total}; }
        });
        selected.value = found;
        announce(found.chosen.length ? `${found.chosen.length} designs are chosen.` : 'No design is left.');
    } catch (error) {
        if (!isCancelled(error)) problem.value = messageOf(error);
    } finally {
        choosing.value = null;
    }
}

/** The rows of the chosen, the first chosen first. */
export const chosenRows = () => selected.value?.chosen.map(({candidate}) => candidate.row) ?? [];

/** The table shows the chosen alone. */
export function showChosen(): void {
    pick(chosenRows());
    tool.value = null;
}

/** Why scores of the chosen are no like for like; nothing where they are. */
export const caution = computed(() => {
    const from = [...new Set(chosenRows().map(({run}) => run))];
    const differ = (what: (run: typeof from[number]) => unknown) => new Set(from.map(what)).size > 1;
    const reasons = [
        ...(differ(({opened}) => opened.key) ? ['different structures'] : []),
        ...(differ(({facts}) => facts.model) ? ['different models'] : [])
    ];
    if (reasons.length === 0) return '';
    return `The chosen are designs of ${reasons.join(' and ')}: their scores are no like for like.`;
});

/** A choice of designs that were taken off the page is let go. */
effect(() => {
    const there = new Set(runs.value);
    if (chosenRows().some(({run}) => !there.has(run))) selected.value = null;
});
