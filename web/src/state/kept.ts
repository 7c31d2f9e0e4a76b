// SPDX-License-Identifier: MIT
//
// kept.ts - structures and runs as plain data, for the browser's storage and for project files, and the way back.
//
//   Opened, Run --keptPlan, keptRunHead--> plain data with ids --checked--> bringBack: all of it on the page, or none
//
// Keys of structures and runs count within one page; ids are drawn once and stay, so that what comes back is not taken
// for something new. What is read is checked field by field: it may be damaged, or written by somebody else.
import {batch} from '@preact/signals';
import {type StateResult} from '../../../wasm/index.js';
import {type Plan, restorePlan, type Rule, type TieRule, WIDTH} from './plan';
import {
    addRuns, chainScores, type Native, type Outcome, type Result, restoredRun, type Run, type RunFacts, runs, storedRun
} from './runs';
import {count, order, type Order, ORDERS, seed, type Settings, temperature} from './settings';
import {addStructure, current, lookAt, type Opened, readStructure, structures} from './structures';
import {counted} from './words';

/** States are named by ids of structures. */
export type KeptPlan = Omit<Plan, 'states'> & {readonly states: readonly {id: string, weight: number}[]};
export type KeptFacts = Omit<RunFacts, 'plan'> & {readonly plan: KeptPlan};

export interface KeptStructure {
    id: string;
    fileName: string;
    bytes: Uint8Array;
    /** number of the file's model where somebody chose one */
    model?: number;
    /** null where only a run has it: its tab was closed */
    plan: KeptPlan | null;
}

/** Of each design; logProb of all designs lies in one array, [design][row]. */
export type KeptResult = Pick<Result, 'sample' | 'score' | 'globalScore' | 'recovery' | 'sequence' | 'states'>;

export interface KeptRun {
    id: string;
    structure: string;
    facts: KeptFacts;
    state: Outcome;
    sha256: string;
    version: string;
    error: string;
    results: KeptResult[];
    logProb: Float32Array;
    probs: Float32Array;
    native: Native | null;
}

export interface Kept {
    structures: KeptStructure[];
    runs: KeptRun[];
    /** id of the structure that was looked at */
    current: string | null;
    /** text of the form's fields */
    settings: Record<string, string>;
}

const OUTCOMES: readonly Outcome[] = ['running', 'done', 'cancelled', 'failed'];
const TIE_RULES: readonly TieRule[] = ['logits', 'geometric', 'arithmetic', 'product'];
const INTERRUPTED = 'The page was closed before this run had ended.';

const ids = new WeakMap<object, string>();

/** An id that nobody else has drawn. */
export const drawId = () =>
    Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** The id of a structure or run. */
export function idOf(it: Opened | Run): string {
    const id = ids.get(it) ?? drawId();
    ids.set(it, id);
    return id;
}

// ---- to plain data

/** Structures that a run was made for. */
export const openedOf = ({opened, states}: Run): Opened[] => [opened, ...states];

/** Structures that are on the page, and those that a run was made for. */
export const keptOpened = (): Opened[] => [...new Set([...structures.value, ...runs.value.flatMap(openedOf)])];

export function keptPlan({states, ...plan}: Plan): KeptPlan {
    const named = states.flatMap(({key, weight}) => {
        const opened = keptOpened().find((each) => each.key === key);
        return opened ? [{id: idOf(opened), weight}] : [];
    });
    return {...plan, states: named};
}

export const keptResult = ({sample, score, globalScore, recovery, sequence, states}: Result): KeptResult =>
    ({sample, score, globalScore, recovery, sequence, ...(states && {states})});

/** The log-probabilities of several designs in one array. */
export function joined(results: readonly Result[], rows: number): Float32Array {
    const all = new Float32Array(results.length * rows);
    results.forEach(({logProb}, i) => all.set(logProb, i * rows));
    return all;
}

/** All of a run but its designs. */
export function keptRunHead(run: Run): Omit<KeptRun, 'results' | 'logProb'> {
    const {results: _, facts, ...rest} = storedRun(run);
    return {
        id: idOf(run), structure: idOf(run.opened), ...rest, facts: {...facts, plan: keptPlan(facts.plan)},
        state: run.state.value
    };
}

/** Fields of the form that are kept. */
const fields = {count, temperature, seed, order};

export const keptSettings = (): Record<string, string> =>
    Object.fromEntries(Object.entries(fields).map(([name, {value}]) => [name, value]));

/** A page that was asked for with settings in its address has those. */
function setFields(settings: Record<string, string>): void {
    if (location.search || location.hash || !isTable(settings)) return;
    for (const [name, field] of Object.entries(fields)) {
        const value = settings[name];
        const fits = isText(value) && (field !== order || ORDERS.includes(value as Order));
        if (fits) field.value = value as string & Order;
    }
}

// ---- checks

const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number';
const isTable = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);

function demand(right: boolean, what: string): asserts right {
    if (!right) throw new Error(`${what} is damaged`);
}

/** 0 and 1 for each row. */
const isMask = (value: unknown, rows: number) =>
    value instanceof Uint8Array && value.length === rows && value.every((each) => each <= 1);

const isRule = (rule: any): rule is Rule => isTable(rule) && (rule.kind === 'omit' || rule.kind === 'bias')
    && isText(rule.where) && isText(rule.letters) && isNumber(rule.nats);

/** Of a plan for so many rows. */
export function checkedPlan(plan: KeptPlan, rows: number): KeptPlan {
    demand(isTable(plan) && isMask(plan.selected, rows) && isMask(plan.design, rows), 'a choice of residues');
    const {rules, ties, tieRule, states} = plan as KeptPlan;
    demand(Array.isArray(rules) && rules.every(isRule) && isText(ties) && TIE_RULES.includes(tieRule), 'a rule');
    demand(Array.isArray(states) && states.every((each) => isTable(each) && isText(each.id)
        && isNumber(each.weight)), 'a state');
    demand([undefined, true, false].includes((plan as KeptPlan).average), 'what the states are together');
    return plan;
}

function checkSettings(settings: Settings): void {
    demand(isTable(settings), 'the settings of a run');
    const {count, temperature, seed, order} = settings as Settings;
    demand(Number.isInteger(count) && count >= 1 && temperature >= 0 && Number.isSafeInteger(seed) && seed >= 0
        && isText(order), 'the settings of a run');
}

function checkFacts(facts: KeptFacts, rows: number): void {
    demand(isTable(facts), 'a run');
    const {model, settings, words, command, started, plan} = facts as KeptFacts;
    demand(isText(model) && Number.isFinite(started) && Array.isArray(words) && words.every(isText), 'a run');
    demand(isTable(command) && isText(command.text) && Array.isArray(command.files) && command.files.every((file) =>
        isTable(file) && isText(file.name) && isText(file.text)), 'the command of a run');
    checkSettings(settings);
    checkedPlan(plan, rows);
}

const isSequence = (value: unknown, rows: number) =>
    isText(value) && value.length === rows && /^[ACDEFGHIKLMNPQRSTVWYX]*$/.test(value);
const isScored = (it: any, rows: number) =>
    isTable(it) && isSequence(it.sequence, rows) && isNumber(it.score) && isNumber(it.globalScore);
const isState = (it: any): it is StateResult => isTable(it) && isText(it.name) && isText(it.sequence)
    && [it.weight, it.score, it.globalScore].every(isNumber);
const isResult = (it: any, rows: number) => isScored(it, rows) && Number.isInteger(it.sample) && isNumber(it.recovery)
    && (it.states === undefined || (Array.isArray(it.states) && it.states.every(isState)));

/** Throws where a run is none, or none of a structure with so many rows. */
export function checkRun(run: KeptRun, rows: number): void {
    const {facts, state, results, logProb, probs, native} = run;
    checkFacts(facts, rows);
    demand(OUTCOMES.includes(state) && [run.id, run.sha256, run.version, run.error].every(isText), 'a run');
    demand(Array.isArray(results) && results.every((each) => isResult(each, rows)), 'a design');
    demand(logProb instanceof Float32Array && logProb.length === results.length * rows
        && probs instanceof Float32Array && probs.length === rows * WIDTH, 'the numbers of a run');
    demand(native === null || (isScored(native, rows) && native.logProb instanceof Float32Array
        && native.logProb.length === rows), 'the score of a native sequence');
}

// ---- back on the page

interface Read {
    kept: KeptStructure;
    opened: Opened;
}

/** With states as keys of the page. */
function planOnPage({states, ...plan}: KeptPlan, found: ReadonlyMap<string, Opened>): Plan {
    return {...plan, states: states.flatMap(({id, weight}) => {
        const opened = found.get(id);
        return opened ? [{key: opened.key, weight}] : [];
    })};
}

function resultsOf({results, logProb, facts}: KeptRun, opened: Opened): Result[] {
    const rows = opened.structure.length;
    return results.map((result, i) => {
        const own = logProb.subarray(i * rows, (i + 1) * rows);
        return {...result, logProb: own, chainScores: chainScores(opened, facts.plan.design, own)};
    });
}

function runOnPage(kept: KeptRun, found: ReadonlyMap<string, Opened>): Run {
    const opened = found.get(kept.structure);
    demand(opened !== undefined, 'a run');
    checkRun(kept, opened.structure.length);
    const interrupted = kept.state === 'running';
    const states = kept.facts.plan.states.flatMap(({id}) => found.get(id) ?? []);
    const run = restoredRun(opened, states, {
        facts: {...kept.facts, plan: planOnPage(kept.facts.plan, found)}, native: kept.native, probs: kept.probs,
        sha256: kept.sha256, version: kept.version, error: interrupted ? INTERRUPTED : kept.error,
        state: interrupted ? 'cancelled' : kept.state, results: resultsOf(kept, opened)
    });
    ids.set(run, kept.id);
    return run;
}

/** Structures that are there already, and those that are read now. */
async function opened(kept: readonly KeptStructure[], skip: (error: unknown) => void) {
    const found = new Map<string, Opened>(keptOpened().map((each) => [idOf(each), each]));
    const read: Read[] = [];
    for (const each of kept) {
        if (found.has(each.id)) continue;
        try {
            demand(isText(each.id) && isText(each.fileName) && each.bytes instanceof Uint8Array
                && (each.model === undefined || Number.isInteger(each.model)), 'a structure');
            const it = await readStructure(each.fileName, each.bytes, each.model);
            if (each.plan) checkedPlan(each.plan, it.structure.length);
            ids.set(it, each.id);
            found.set(each.id, it);
            read.push({kept: each, opened: it});
        } catch (error) {
            skip(error);
        }
    }
    return {found, read};
}

export interface Back {
    structures: Opened[];
    runs: Run[];
    /** of them, those that had not ended */
    interrupted: number;
}

/**
 * Puts what was kept on the page, beside what is there.
 * @param lenient   damaged parts are left out; otherwise they are an error, and nothing changes
 */
export async function bringBack(kept: Kept, lenient: boolean): Promise<Back> {
    const skip = (error: unknown) => {
        if (!lenient) throw error;
    };
    const {found, read} = await opened(kept.structures, skip);
    const wasEmpty = keptOpened().length === 0;
    const there = new Set(runs.value.map(idOf)), made: Run[] = [];
    let interrupted = 0;
    for (const each of kept.runs) {
        if (there.has(each.id)) continue;
        try {
            made.push(runOnPage(each, found));
            if (each.state === 'running') interrupted++;
        } catch (error) {
            skip(error);
        }
    }
    const open = read.filter((each) => each.kept.plan !== null);
    batch(() => {
        const before = current.value;
        for (const {kept: {plan}, opened: it} of open) {
            addStructure(it);
            if (plan) restorePlan(it, planOnPage(plan, found));
        }
        const looked = before ?? (kept.current === null ? undefined : found.get(kept.current));
        if (looked) lookAt(looked.key);
        addRuns(made);
        runs.value = runs.value.toSorted((a, b) => a.facts.started - b.facts.started);
        if (wasEmpty) setFields(kept.settings);
    });
    return {structures: open.map((each) => each.opened), runs: made, interrupted};
}

/** 'Restored 3 runs from your last visit.' */
export function backInWords(verb: string, {structures: added, runs: made, interrupted}: Back, from: string): string {
    const names = added.map(({name}) => name).join(', ');
    const what = made.length ? counted(made.length, 'run') : names;
    const first = `${verb} ${what} from ${from}.`;
    if (!interrupted) return first;
    return `${first} ${interrupted === 1 ? 'One was' : `${interrupted} were`} interrupted and ${
        interrupted === 1 ? 'has the' : 'have the'} sequences made until then.`;
}
