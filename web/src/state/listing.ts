// SPDX-License-Identifier: MIT
//
// listing.ts - the rows of the table in their order, kept up to date while designs arrive.
//
//   runs' rows --update--> equal ones together --fits--> sorted block of new rows --merge--> entries
//
// Nothing is done twice: a look at new rows costs as much as they are many, and one pass over the list where they
// belong between others. Another filter, order or choice of runs begins a new listing.
import {sortChains} from '../../../wasm/formats/fasta.js';
import type {Plan} from './plan';
import type {Row, Run} from './runs';

interface Span {
    readonly start: number;
    readonly end: number;
}

const spans = new WeakMap<Run, readonly Span[]>();

/** Where the designed chains of a run lie, sorted by name as in FASTA files. */
function spansOf(run: Run): readonly Span[] {
    const kept = spans.get(run);
    if (kept) return kept;
    const made = sortChains(run.chains).map((name) => {
        const {start, length} = run.opened.structure.chain(name);
        return {start, end: start + length};
    });
    spans.set(run, made);
    return made;
}

/** The letters of the designed chains, as the table and FASTA files show them: joined by '/', gaps left out. */
export const shownLetters = (run: Run, sequence: string): string =>
    spansOf(run).map(({start, end}) => sequence.slice(start, end)).join('/');

/** How many letters a run's rows show. */
export const shownLength = (run: Run): number =>
    spansOf(run).reduce((sum, {start, end}) => sum + end - start + 1, -1);

/** A line of the table: one design, or the best of equal ones. */
export class Entry {
    row: Row;
    copies = 1;
    /** in order of arrival */
    readonly place: number;
    #letters = '';

    constructor(row: Row, place: number) {
        this.row = row;
        this.place = place;
    }

    get letters(): string {
        this.#letters ||= shownLetters(this.row.run, this.row.design.sequence);
        return this.#letters;
    }
}

export interface Column {
    /** the header's text */
    readonly name: string;
    readonly kind: 'number' | 'word' | 'letters';
    /** as a length of CSS; of letters it is the least */
    readonly width: string;
    /** of numbers that are best when they are high */
    readonly highFirst?: boolean;
    readonly value: (entry: Entry) => number | string;
    readonly text: (entry: Entry) => string;
}

export interface Order {
    readonly column: Column;
    readonly descending: boolean;
}

export interface ListingOptions {
    readonly runs: readonly Run[];
    readonly fits: (entry: Entry) => boolean;
    readonly order: Order | null;
    /** equal sequences of one structure and plan are one entry */
    readonly merged: boolean;
}

/** What a look gives; `entries` is the same array each time, and grows. */
export interface View {
    readonly entries: readonly Entry[];
    readonly designs: number;
    readonly different: number;
}

type Compare = (a: Entry, b: Entry) => number;

const plans = new WeakMap<Plan, string>();

/** The same text for plans that ask the same. */
function planText(plan: Plan): string {
    const kept = plans.get(plan);
    if (kept !== undefined) return kept;
    const {design, rules, ties, tieRule, states} = plan;
    const made = JSON.stringify([design.join(''), rules, ties, tieRule, states]);
    plans.set(plan, made);
    return made;
}

/** Missing numbers come last in both directions; equal ones keep the order of arrival. */
function comparison({order}: ListingOptions): Compare {
    if (!order) return (a, b) => a.place - b.place;
    const {column: {value}, descending} = order;
    const sign = descending ? -1 : 1;
    return (a, b) => {
        const x = value(a), y = value(b);
        if (x !== x || y !== y) return Number(x !== x) - Number(y !== y) || a.place - b.place;
        return x < y ? -sign : x > y ? sign : a.place - b.place;
    };
}

/** Two sorted lists as one. */
function merge(a: readonly Entry[], b: readonly Entry[], compare: Compare): Entry[] {
    const out = new Array<Entry>(a.length + b.length);
    for (let i = 0, j = 0; i + j < out.length;) {
        out[i + j] = j === b.length || (i < a.length && compare(a[i], b[j]) <= 0) ? a[i++] : b[j++];
    }
    return out;
}

export class Listing {
    readonly #options: ListingOptions;
    readonly #compare: Compare;
    /** how many rows of each run were looked at */
    readonly #seen = new Map<Run, number>();
    /** by structure and plan: the first entry of each sequence */
    readonly #groups = new Map<string, Map<string, Entry>>();
    #entries: Entry[] = [];
    #designs = 0;
    #different = 0;

    constructor(options: ListingOptions) {
        this.#options = options;
        this.#compare = comparison(options);
    }

    /** Takes in what has come since the last look. */
    update(): View {
        const touched = new Set<Entry>(), old = new Set<Entry>();
        for (const run of this.#options.runs) {
            const from = this.#seen.get(run) ?? 0, to = run.count.value;
            if (to === from) continue;
            const group = this.#groupOf(run);
            for (let i = from; i < to; i++) this.#take(run.rows[i], group, touched, old);
            this.#seen.set(run, to);
        }
        this.#place(touched, old);
        return {entries: this.#entries, designs: this.#designs, different: this.#different};
    }

    #groupOf({opened, facts}: Run): Map<string, Entry> {
        const key = `${opened.key} ${planText(facts.plan)}`, group = this.#groups.get(key) ?? new Map();
        this.#groups.set(key, group);
        return group;
    }

    #take(row: Row, group: Map<string, Entry>, touched: Set<Entry>, old: Set<Entry>): void {
        const {sequence, score} = row.design, equal = group.get(sequence);
        const entry = equal && this.#options.merged ? equal : new Entry(row, this.#designs);
        this.#designs++;
        if (!equal) {
            group.set(sequence, entry);
            this.#different++;
        } else if (entry === equal) {
            if (!touched.has(entry)) old.add(entry);
            entry.copies++;
            if (score < entry.row.design.score) entry.row = row;
        }
        touched.add(entry);
    }

    /** Puts new entries, and old ones that changed, where they belong. */
    #place(touched: Set<Entry>, old: Set<Entry>): void {
        if (touched.size === 0) return;
        if (old.size > 0) this.#entries = this.#entries.filter((entry) => !old.has(entry));
        const block = [...touched].filter(this.#options.fits).sort(this.#compare);
        if (block.length === 0) return;
        const last = this.#entries.at(-1);
        if (last && this.#compare(last, block[0]) > 0) this.#entries = merge(this.#entries, block, this.#compare);
        else for (const entry of block) this.#entries.push(entry);
    }
}
