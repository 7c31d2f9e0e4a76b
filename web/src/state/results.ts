// SPDX-License-Identifier: MIT
//
// results.ts - which designs the table shows and how, which one is looked at, and which it is compared with.
//
//   runs, filter, order, merging -> listing -> view: entries    row --choose--> focused        row --mark--> compared
import {batch, computed, effect, signal} from '@preact/signals';
import {filterOf} from './filter';
import {type Column, type Entry, Listing, type Order, shownLength, type View} from './listing';
import {announce} from './page';
import {type Row, type Run, runs} from './runs';
import {current, lookAt, structures} from './structures';
import {chainLabel} from './words';

/** The design that figures and the 3D view show. */
export const focused = signal<Row | null>(null);
/** The second one of a comparison. */
export const compared = signal<Row | null>(null);

/** The run of the focused design; without one the last run of the structure that is looked at which has designs. */
export const shownRun = computed<Run | undefined>(() => focused.value?.run
    ?? runs.value.findLast((run) => run.count.value > 0 && run.opened.key === current.value?.key));

/** Counts looks at the designs of the shown run: at the first, second, fourth, eighth and so on, and at the end. */
export const looks = computed(() => {
    const run = shownRun.value;
    return run?.state.value === 'running' ? Math.floor(Math.log2(run.count.value)) : run?.count.value ?? 0;
});

/** What the search field says. */
export const filter = signal('');
/** Whether equal sequences are one row. */
export const merging = signal(false);
/** The name of the column that rows are sorted by; null for the order of arrival. */
export const sorting = signal<{readonly name: string, readonly descending: boolean} | null>(null);
/** Runs whose rows are left out. */
export const hiddenRuns = signal<ReadonlySet<Run>>(new Set());
/** Whether the comparison stands in the table's place, or something else, and whether the runs are listed. */
export const comparing = signal(false);
export const tool = signal<'choose' | 'predictions' | null>(null);
export const runsListed = signal(false);
/** The row that the keyboard is at. */
export const cursor = signal<Row | null>(null);

/** A set of designs that the table shows alone, among the runs of that time; null for all. */
export const picked = signal<{readonly rows: ReadonlySet<Row>, readonly among: readonly Run[]} | null>(null);

export const listedRuns = computed(() => runs.value.filter((run) => !hiddenRuns.value.has(run)));

/** The run whose native sequence stands over the table. */
export const referenceRun = computed(() => shownRun.value
    ?? listedRuns.value.findLast((run) => run.count.value > 0) ?? listedRuns.value.at(-1));

const number = (name: string, width: string, value: (entry: Entry) => number, more: Partial<Column> = {}): Column =>
    ({name, width, kind: 'number', value, text: (entry) => String(value(entry)), ...more});
const word = (name: string, width: string, value: (entry: Entry) => string): Column =>
    ({name, width, kind: 'word', value, text: value});

/** To four places; nothing where there is no number. */
export const fixed4 = (value: number | undefined) =>
    (value === undefined || Number.isNaN(value) ? '' : value.toFixed(4));

function scored(name: string, width: string, value: (entry: Entry) => number, highFirst = false): Column {
    return number(name, width, value, {highFirst, text: (entry) => fixed4(value(entry))});
}

/** Names of chains, one to a line, where a run designs more than one. */
const chainNames = computed(() => [...new Set(listedRuns.value.flatMap(({chains}) =>
    (chains.length > 1 ? chains : [])))].join('\n'));

/** Width in letters for the longest of some names. */
const room = (names: readonly string[], least: number) =>
    `calc(${Math.min(24, Math.max(least, ...names.map(({length}) => length)))}ch + 12px)`;
const nameRoom = computed(() => room(listedRuns.value.map(({opened}) => opened.name), 9));
const modelRoom = computed(() => room(listedRuns.value.map(({facts}) => facts.model), 6));
const seedRoom = computed(() => room(listedRuns.value.map(({facts}) => String(facts.settings.seed)), 4));
const letterRoom = computed(() => `${Math.max(24, ...listedRuns.value.map(shownLength))}ch`);

export const columns = computed<readonly Column[]>(() => [
    number('#', '48px', ({row}) => row.design.sample),
    scored('Score', '64px', ({row}) => row.design.score),
    scored('Recovery', '80px', ({row}) => row.design.recovery, true),
    ...chainNames.value.split('\n').filter((name) => name !== '').map((name) =>
        scored(`Score ${chainLabel(name)}`, `calc(${name.length}ch + 62px)`,
            ({row}) => row.design.chainScores[name] ?? NaN)),
    ...(merging.value ? [number('Copies', '60px', ({copies}) => copies, {highFirst: true})] : []),
    word('Structure', nameRoom.value, ({row}) => row.run.opened.name),
    word('Model', modelRoom.value, ({row}) => row.run.facts.model),
    number('T', '42px', ({row}) => row.run.facts.settings.temperature),
    number('Seed', seedRoom.value, ({row}) => row.run.facts.settings.seed),
    {
        name: 'Sequence', kind: 'letters', width: letterRoom.value,
        value: ({letters}) => letters, text: ({letters}) => letters
    }
]);

const order = computed<Order | null>(() => {
    const {value} = sorting, column = columns.value.find(({name}) => name === value?.name);
    return value && column ? {column, descending: value.descending} : null;
});

const listing = computed(() => {
    const only = picked.value?.rows, fits = filterOf(filter.value) ?? (() => true);
    return new Listing({
        runs: listedRuns.value, order: order.value, merged: merging.value,
        fits: only ? (entry) => only.has(entry.row) && fits(entry) : fits
    });
});

/** The table's rows; another object whenever there is something new. */
export const view = computed<View>(() => listing.value.update());

/** First the best at the top, then the other way round, then the order of arrival. */
export function sortBy({name, highFirst = false}: Column): void {
    const now = sorting.value;
    if (now?.name !== name) sorting.value = {name, descending: highFirst};
    else sorting.value = now.descending === highFirst ? {name, descending: !highFirst} : null;
}

/** '#3 of 5L33, run 2' */
export const nameOf = ({run, design}: Row) => `#${design.sample} of ${run.opened.name}, run ${run.key}`;

/** Looks at a design, and at its structure where that is still open. */
export function choose(row: Row | null): void {
    batch(() => {
        focused.value = row;
        if (!row) return;
        const {key} = row.run.opened;
        if (key !== current.value?.key && structures.value.some((each) => each.key === key)) lookAt(key);
        announce(`${nameOf(row)} chosen.`);
    });
}

/** Makes a design the second one of a comparison, or takes the mark away. */
export function mark(row: Row): void {
    compared.value = compared.value === row ? null : row;
    announce(`${nameOf(row)} ${compared.value ? 'marked for comparison' : 'no longer marked'}.`);
}

/** Shows some designs alone, until runs come or go; null for all. */
export function pick(rows: readonly Row[] | null): void {
    picked.value = rows && {rows: new Set(rows), among: runs.value};
}

/** What stands in the table's place, or the table again. */
export function turnTo(what: typeof tool.value): void {
    batch(() => {
        comparing.value = false;
        tool.value = tool.value === what ? null : what;
    });
}

export function showRun(run: Run, on: boolean): void {
    const hidden = new Set(hiddenRuns.value);
    if (on) hidden.delete(run);
    else hidden.add(run);
    hiddenRuns.value = hidden;
}

/** Designs of runs that were taken off the page are let go. */
effect(() => {
    const there = new Set(runs.value);
    for (const kept of [focused, compared, cursor]) if (kept.value && !there.has(kept.value.run)) kept.value = null;
    if (comparing.value && !focused.value) comparing.value = false;
    if (tool.value && there.size === 0) tool.value = null;
    if (picked.value && picked.value.among !== runs.value) picked.value = null;
    const hidden = [...hiddenRuns.value].filter((run) => there.has(run));
    if (hidden.length < hiddenRuns.value.size) hiddenRuns.value = new Set(hidden);
});
