// SPDX-License-Identifier: MIT
//
// project.ts - what a project file holds, and the way back to the page.
//
//   NAME.weft.zip: project.json, structures/*, runs/N.npz --openProject--> structures and runs beside those on the page
//
// web/src/files/project.ts writes it, with FASTA and run.json for readers without Weft. project.json has all but the
// numbers of the designs, which are arrays of an .npz file for each run: log_prob [design][row], probs [row][letter],
// summed over the designs, and native_log_prob [row]. NaN is null in JSON. Everything is checked before anything
// changes.
import {readNpz} from '../../../wasm/formats/npy.js';
import {readZip, readZipEntry} from '../../../wasm/formats/zip.js';
import {
    backInWords, bringBack, idOf, joined, type KeptPlan, keptOpened, keptPlan, keptResult, type KeptResult,
    type KeptRun, keptRunHead, keptSettings, type KeptStructure
} from './kept';
import {announce} from './page';
import {planOf} from './plan';
import type {Run} from './runs';
import {current, structures} from './structures';

export const PROJECT = 'project.json';
const FORMAT = 'weft-project', VERSION = 1;

/** Masks as digits. */
type PlanJson = Omit<KeptPlan, 'selected' | 'design'> & {selected: string, design: string};

interface StructureJson {
    id: string;
    fileName: string;
    model?: number;
    /** in the project file */
    path: string;
    plan: PlanJson | null;
}

type RunJson = Omit<KeptRun, 'facts' | 'logProb' | 'probs' | 'native'> & {
    facts: Omit<KeptRun['facts'], 'plan'> & {plan: PlanJson};
    native: {sequence: string, score: number, globalScore: number} | null;
    /** in the project file */
    numbers: string;
};

interface ProjectJson {
    format: typeof FORMAT;
    version: number;
    structures: StructureJson[];
    runs: RunJson[];
    current: string | null;
    settings: Record<string, string>;
}

export interface Numbers {
    log_prob: Float32Array;
    probs: Float32Array;
    native_log_prob?: Float32Array;
}

// ---- to the file

const planJson = ({selected, design, ...plan}: KeptPlan): PlanJson =>
    ({...plan, selected: selected.join(''), design: design.join('')});

function runJson(run: Run, numbers: string): RunJson {
    const {facts, probs: _, native, ...head} = keptRunHead(run);
    const {plan, ...more} = facts;
    return {
        ...head, facts: {...more, plan: planJson(plan)}, numbers,
        results: run.rows.map(({design}) => keptResult(design)),
        native: native && {sequence: native.sequence, score: native.score, globalScore: native.globalScore}
    };
}

/** The numbers of a run's designs, by the names of the arrays. */
export function numbersOf(run: Run): Numbers {
    const native = run.native.value;
    return {
        log_prob: joined(run.rows.map(({design}) => design), run.opened.structure.length), probs: run.probs,
        ...(native && {native_log_prob: native.logProb})
    };
}

/** project.json of all that is on the page; the paths say where the caller puts structures and numbers. */
export function projectJson(pathOf: (opened: ReturnType<typeof keptOpened>[number]) => string,
    runs: readonly {run: Run, numbers: string}[]): string {
    const project: ProjectJson = {
        format: FORMAT, version: VERSION, current: current.value ? idOf(current.value) : null,
        settings: keptSettings(), structures: keptOpened().map((opened) => ({
            id: idOf(opened), fileName: opened.fileName, model: opened.model, path: pathOf(opened),
            plan: structures.value.includes(opened) ? planJson(keptPlan(planOf(opened))) : null
        })),
        runs: runs.map(({run, numbers}) => runJson(run, numbers))
    };
    return `${JSON.stringify(project, null, 1)}\n`;
}

// ---- from the file

type Entries = ReturnType<typeof readZip>;

/** The entries of a zip archive with a project in it; null where the bytes are something else. */
export function projectEntries(bytes: Uint8Array): Entries | null {
    if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) return null;
    const entries = readZip(bytes);
    return entries.has(PROJECT) ? entries : null;
}

function fileOf(bytes: Uint8Array, entries: Entries, path: unknown): Uint8Array {
    const entry = typeof path === 'string' ? entries.get(path) : undefined;
    if (!entry) throw new Error(`it names a file that is not in it: ${String(path).slice(0, 80)}`);
    return readZipEntry(bytes, entry);
}

function maskOf(digits: unknown): Uint8Array {
    if (typeof digits !== 'string' || !/^[01]*$/.test(digits)) throw new Error('a choice of residues is damaged');
    return Uint8Array.from(digits, Number);
}

const planOfJson = ({selected, design, ...plan}: PlanJson): KeptPlan =>
    ({...plan, selected: maskOf(selected), design: maskOf(design)});

const orNaN = (value: number | null) => value ?? NaN;

function resultOfJson(result: KeptResult): KeptResult {
    const {score, globalScore, recovery, states} = result;
    return {
        ...result, score: orNaN(score), globalScore: orNaN(globalScore), recovery: orNaN(recovery),
        ...(states && {states: states.map((each) =>
            ({...each, score: orNaN(each.score), globalScore: orNaN(each.globalScore)}))})
    };
}

function runOfJson({facts, native, numbers, results, ...head}: RunJson, bytes: Uint8Array, entries: Entries): KeptRun {
    const arrays = readNpz(fileOf(bytes, entries, numbers));
    const array = (name: string) => arrays.get(name)?.data as Float32Array;
    const {plan, ...more} = facts;
    return {
        ...head, facts: {...more, plan: planOfJson(plan)}, results: results.map(resultOfJson),
        logProb: array('log_prob'), probs: array('probs'),
        native: native && {
            sequence: native.sequence, score: orNaN(native.score), globalScore: orNaN(native.globalScore),
            logProb: array('native_log_prob')
        }
    };
}

function parsed(text: string): ProjectJson {
    const project = JSON.parse(text);
    if (project?.format !== FORMAT) throw new Error('it is no project of Weft');
    if (project.version !== VERSION) {
        throw new Error(`it has version ${String(project.version).slice(0, 20)}, and this page reads version ${VERSION
        }: open it in a newer Weft`);
    }
    return project;
}

function keptOf(bytes: Uint8Array, entries: Entries) {
    const project = parsed(new TextDecoder().decode(fileOf(bytes, entries, PROJECT)));
    const kept: KeptStructure[] = project.structures.map(({id, fileName, model, path, plan}) => ({
        id, fileName, model, plan: plan && planOfJson(plan), bytes: fileOf(bytes, entries, path).slice()
    }));
    return {
        structures: kept, runs: project.runs.map((run) => runOfJson(run, bytes, entries)),
        current: typeof project.current === 'string' ? project.current : null, settings: project.settings
    };
}

/** What went wrong with a file that somebody else may have written, in one sentence. */
const why = (error: unknown) => (error instanceof Error && !(error instanceof TypeError || error instanceof SyntaxError
    || error instanceof RangeError) ? error.message.replace(/\.$/, '') : 'its contents are damaged');

/**
 * Adds the structures and runs of a project to the page; what the page has already is left as it is.
 * @returns false where the bytes are no project
 */
export async function openProject(bytes: Uint8Array): Promise<boolean> {
    try {
        const entries = projectEntries(bytes);
        if (!entries) return false;
        const back = await bringBack(keptOf(bytes, entries), false);
        announce(back.structures.length || back.runs.length ? backInWords('Opened', back, 'the project')
            : 'All of this project is on the page already.');
        return true;
    } catch (error) {
        throw new Error(`This project could not be opened: ${why(error)}. Nothing on the page was changed.`);
    }
}
