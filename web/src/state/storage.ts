// SPDX-License-Identifier: MIT
//
// storage.ts - what is on the page stays in this browser, across reloads and visits.
//
//   signals --every few seconds--> IndexedDB 'weft': visit, structures, runs --next visit, when idle--> the page
//
//   visit:ID      what one tab has: its structures with plans, its runs, its settings. Written before what it names, so
//                 that nothing of it is ever without an owner
//   structure:ID  {fileName, bytes, model}, once
//   rows:ID:N     up to PART designs of a run, never changed
//   run:ID        all else of it, and how many designs count: in one transaction with the last of them
//
// Each tab writes its own visit and holds a lock of that name as long as it lives. A new page takes over the visits
// that nobody holds, and what a visit names is deleted by nobody else, so that two tabs cannot destroy what the other
// one has. Where there are no locks (plain http from another machine) a new page takes over all visits. A visit keeps
// about MOST bytes of runs: the oldest ones go first.
import {effect, untracked} from '@preact/signals';
import {createStore, delMany, get, keys, promisifyRequest, set, setMany, type UseStore} from 'idb-keyval';
import {
    type Back, backInWords, bringBack, drawId, idOf, joined, type Kept, keptOpened, type KeptPlan, keptPlan,
    keptResult, type KeptResult, type KeptRun, keptRunHead, keptSettings, type KeptStructure, openedOf
} from './kept';
import {parser} from '../engine/engine';
import {announce} from './page';
import {planOf} from './plan';
import {cancelRuns, clearRuns, type Run, runs} from './runs';
import {atRisk, inStorage, leftOut, restored, trouble} from './saved';
import {closeStructure, current, structures} from './structures';
import {counted} from './words';

interface Visit {
    version: 1;
    at: number;
    structures: {id: string, plan: KeptPlan | null}[];
    runs: string[];
    current: string | null;
    settings: Record<string, string>;
}

interface Part {
    results: KeptResult[];
    logProb: Float32Array;
}

type RunHead = Omit<KeptRun, 'results' | 'logProb'> & {count: number, parts: number};

const SOON_MS = 300, LATER_MS = 2500;   // until a change is written: at rest, and while sequences come
const AGAIN_MS = 500;                   // a page that was just left may hold its lock for a moment
const PART = 100;
const MOST = 100e6;
const NOT_KEPT = 'This browser keeps nothing of this page: it is a private window, or its storage is full. '
    + 'Save what you need before you leave.';

const me = drawId();
let store: UseStore;

// ---- writing

/** How far each run is kept. */
const progress = new WeakMap<Run, {count: number, parts: number, head: string}>();
const writtenStructures = new Set<string>();
let lastVisit = '';
let mine = new Set<string>();   // keys that the visit names

const bytesOf = ({rows, opened}: Run) => (rows.length * 5 + 84) * opened.structure.length;

/** The newest runs with a design, as many as fit. */
function fitting(): {kept: Run[], out: Run[]} {
    let room = MOST;
    const kept: Run[] = [], out: Run[] = [];
    for (const run of runs.value.filter(({rows}) => rows.length > 0).toReversed()) {
        room -= bytesOf(run);
        if (room >= 0 || kept.length === 0) kept.unshift(run);
        else out.unshift(run);
    }
    return {kept, out};
}

function visitNow(kept: readonly Run[]): Visit {
    const open = new Set(structures.value), needed = new Set(kept.flatMap(openedOf));
    return {
        version: 1, at: 0, runs: kept.map(idOf), current: current.value ? idOf(current.value) : null,
        structures: keptOpened().filter((each) => open.has(each) || needed.has(each))
            .map((each) => ({id: idOf(each), plan: open.has(each) ? keptPlan(planOf(each)) : null})),
        settings: keptSettings()
    };
}

/** Keys that a visit names; of rows, the part before their number. */
const keysOf = (visit: Visit) => [
    ...visit.structures.map(({id}) => `structure:${id}`), ...visit.runs.flatMap((id) => [`run:${id}`, `rows:${id}`])
];
const withoutNumber = (key: string) => key.replace(/^(rows:\w+):\d+$/, '$1');

/** All visits, as they are at one moment: another tab may be putting its own in the place of one that it takes over. */
const visitsNow = (): Promise<Visit[]> => store('readonly', (kept) =>
    promisifyRequest<Visit[]>(kept.getAll(IDBKeyRange.bound('visit:', 'visit;'))));

/** Deletes what no visit names. */
async function sweep(): Promise<void> {
    const all = (await keys<string>(store)).map(String);   // before the visits: a visit is written before what it names
    const named = new Set(mine);
    for (const visit of await visitsNow()) for (const each of visit.version === 1 ? keysOf(visit) : []) named.add(each);
    await delMany(all.filter((key) => !key.startsWith('visit:') && !named.has(withoutNumber(key))), store);
}

async function writeRun(run: Run): Promise<void> {
    const rows = run.opened.structure.length, id = idOf(run);
    let {count: done, parts, head} = progress.get(run) ?? {count: 0, parts: 0, head: ''};
    const now = () => [run.state.value, run.native.value !== null, run.rows.length].join();
    if (head === now()) return;
    for (;;) {
        const last = run.rows.length - done <= PART;
        const results = run.rows.slice(done, done + PART).map(({design}) => design);
        const part: Part = {results: results.map(keptResult), logProb: joined(results, rows)};
        const entries: [string, unknown][] = results.length ? [[`rows:${id}:${parts}`, part]] : [];
        done += results.length;
        parts += results.length ? 1 : 0;
        head = now();
        const whole: RunHead = {...keptRunHead(run), count: done, parts};
        await setMany(last ? [...entries, [`run:${id}`, whole]] : entries, store);
        if (last) break;
    }
    progress.set(run, {count: done, parts, head});
}

async function write(): Promise<void> {
    const {kept, out} = fitting(), visit = visitNow(kept), text = visitText(visit);
    if (text !== lastVisit) {
        await set(`visit:${me}`, {...visit, at: Date.now()}, store);
        const before = mine;
        mine = new Set(keysOf(visit));
        lastVisit = text;
        if ([...before].some((key) => !mine.has(key))) await sweep();
    }
    // what is no longer named may be deleted by now, and is written anew if it comes back
    for (const run of out) progress.delete(run);
    for (const id of writtenStructures) if (!mine.has(`structure:${id}`)) writtenStructures.delete(id);
    for (const opened of keptOpened()) {
        const id = idOf(opened), key = `structure:${id}`;
        if (writtenStructures.has(id) || !mine.has(key)) continue;
        await set(key, {fileName: opened.fileName, bytes: opened.bytes, model: opened.model}, store);
        writtenStructures.add(id);
    }
    for (const run of kept) await writeRun(run);
    inStorage.value = new Map([...kept.map((run) => [run, progress.get(run)?.count ?? 0] as const),
        ...out.map((run) => [run, 0] as const)]);
    leftOut.value = out.length ? `This browser keeps about ${MOST / 1e6} MB of runs: the oldest, ${
        counted(out.length, 'run')}, will be gone after a reload unless you save them.` : '';
}

/** To see a change; masks of some thousand residues are short. */
const visitText = (visit: Visit) => JSON.stringify(visit, (_, value) =>
    (value instanceof Uint8Array ? value.join('') : value));

let writing: Promise<void> | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
let due = 0;   // when the timer ends
let changed = false;

function flushIn(ms: number): void {
    const at = performance.now() + ms;
    if (timer !== undefined && due <= at) return;
    clearTimeout(timer);
    due = at;
    timer = setTimeout(() => void flush(), ms);
}

/** Writes what has changed; calls while it works are answered by one more round. */
async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    changed = true;
    writing ??= (async () => {
        while (changed) {
            changed = false;
            await write().then(() => { trouble.value = ''; }, () => {
                if (!trouble.value) announce(NOT_KEPT);
                trouble.value = NOT_KEPT;
            });
        }
        writing = undefined;
    })();
    return writing;
}

/** Looks at all that is kept, so that the effect runs when it changes. */
function watch(): void {
    for (const opened of structures.value) planOf(opened);
    let works = false;
    for (const run of runs.value) {
        void run.count.value;
        void run.native.value;
        works ||= run.state.value === 'running';
    }
    void [current.value, keptSettings()];
    untracked(() => flushIn(works ? LATER_MS : SOON_MS));
}

// ---- reading

async function readRun(id: string): Promise<KeptRun | undefined> {
    const head = await get<RunHead>(`run:${id}`, store);
    if (!head) return undefined;
    const results: KeptResult[] = [], tables: Float32Array[] = [];
    for (let part = 0; part < head.parts; part++) {
        const read = await get<Part>(`rows:${id}:${part}`, store);
        if (!read) return undefined;
        results.push(...read.results);
        tables.push(read.logProb);
    }
    const logProb = new Float32Array(tables.reduce((sum, {length}) => sum + length, 0));
    tables.reduce((at, table) => (logProb.set(table, at), at + table.length), 0);
    const {count: _, parts: __, ...rest} = head;
    return {...rest, results, logProb};
}

async function readVisit(visit: Visit): Promise<Kept> {
    const kept: Kept = {structures: [], runs: [], current: visit.current, settings: visit.settings};
    for (const {id, plan} of visit.structures) {
        const it = await get<Pick<KeptStructure, 'fileName' | 'bytes' | 'model'>>(`structure:${id}`, store);
        if (it) kept.structures.push({...it, id, plan});
    }
    for (const id of visit.runs) {
        const run = await readRun(id);
        if (run) kept.runs.push(run);
    }
    return kept;
}

/** Runs that came back are stored already. */
async function noteStored(made: readonly Run[]): Promise<void> {
    for (const run of made) {
        writtenStructures.add(idOf(run.opened));
        const head = await get<RunHead>(`run:${idOf(run)}`, store);
        if (head) progress.set(run, {count: head.count, parts: head.parts, head: ''});
    }
}

/** Takes a visit over: its things are this one's from now on. */
async function adopt(key: string): Promise<Back | null> {
    await parser();   // without an engine nothing could be read, and all of it would seem damaged
    const visit = await get<Visit>(key, store);
    if (visit?.version !== 1) return null;
    const back = await bringBack(await readVisit(visit), true);
    await noteStored(back.runs);
    await write();   // my own visit names all of it before the old one goes
    await delMany([key], store);
    return back;
}

const lockOf = (key: string) => `weft-${key}`;

/** What a visit that nobody holds has; null where somebody does. */
async function adoptIfFree(key: string): Promise<Back | null | 'held'> {
    if (!navigator.locks) return adopt(key);
    return navigator.locks.request(lockOf(key), {ifAvailable: true}, (lock) => (lock ? adopt(key) : 'held'));
}

async function adoptAll(): Promise<Back> {
    const all: Back = {structures: [], runs: [], interrupted: 0};
    const visits = (await keys<string>(store)).map(String)
        .filter((key) => key.startsWith('visit:') && key !== `visit:${me}`);
    for (const wait of [0, AGAIN_MS]) {
        if (wait && visits.length) await new Promise((resolve) => { setTimeout(resolve, wait); });
        for (const key of [...visits]) {
            const back = await adoptIfFree(key);
            if (back === 'held') continue;
            visits.splice(visits.indexOf(key), 1);
            all.structures.push(...back?.structures ?? []);
            all.runs.push(...back?.runs ?? []);
            all.interrupted += back?.interrupted ?? 0;
        }
    }
    return all;
}

// ---- life

/** Held until the page goes. */
function hold(): void {
    void navigator.locks?.request(lockOf(`visit:${me}`), () => new Promise(() => undefined)).catch(() => undefined);
}

function warnBeforeLoss(): void {
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    effect(() => {
        if (atRisk.value) addEventListener('beforeunload', ask);
        else removeEventListener('beforeunload', ask);
    });
}

/** Brings back what the last visit left, and keeps this one from now on. */
export async function startKeeping(): Promise<void> {
    warnBeforeLoss();
    try {
        store = createStore('weft', 'kept');
        hold();
        const back = await adoptAll();
        if (back.structures.length || back.runs.length) {
            restored.value = backInWords('Restored', back, 'your last visit');
            announce(restored.value);
        }
        await sweep();
    } catch {
        trouble.value = NOT_KEPT;
    }
    effect(watch);
    addEventListener('pagehide', () => void flush());
    document.addEventListener('visibilitychange', () => {
        if (document.visibilityState === 'hidden') void flush();
    });
}

/** Resolves when no run works any more. */
const atRest = () => new Promise<void>((resolve) => {
    const stop = effect(() => {
        if (runs.value.every((run) => run.state.value !== 'running')) queueMicrotask(() => { stop(); resolve(); });
    });
});

/** Takes everything off the page and out of its storage; what other tabs have stays. */
export async function startFresh(): Promise<void> {
    cancelRuns();
    await atRest();
    clearRuns();
    for (const {key} of [...structures.value]) closeStructure(key);
    restored.value = '';
    await flush();
}
