// SPDX-License-Identifier: MIT
//
// save.ts - saves designs as files of every kind. Loaded when something is saved that is more than FASTA.
//
//   kind, runs --fasta.ts, tables.ts, arrays.ts, ...--> content, whole --download.ts--> a file of the browser
import {announce, isCancelled, messageOf, report} from '../state/page';
import {type Row, type Run, runs} from '../state/runs';
import {markSaved} from '../state/saved';
import {saving} from '../state/saving';
import {structures} from '../state/structures';
import {npzOf} from './arrays';
import {backboneName, backboneOf} from './backbones';
import {download} from './download';
import {everything} from './everything';
import {fastaOf, ligandFastaOf} from './fasta';
import {type Format, foldFiles, FORMATS} from './folds';
import {type Tick, ticker} from './pace';
import {commonName, Names, type Part, partsOf, partsOfRows, safeName} from './parts';
import {projectFiles} from './project';
import {csvOf, jsonLinesOf} from './tables';
import {zipOf, type ZipFile} from './zip';

export type Kind = 'fasta' | 'ligand-fasta' | 'csv' | 'json' | 'npz' | 'structures' | 'everything' | 'project' | Format;

interface Made {
    name: string;
    content: Blob | BlobPart;
    type: string;
    /** what a reader should know of it */
    note?: string;
}

type Work = {parts: readonly Part[], tick: Tick, signal: AbortSignal};

const MOST_BYTES = 1.5e9;   // of structures in an archive
const PLAIN = 'text/plain', CSV = 'text/csv', LINES = 'application/x-ndjson', JSON_TYPE = 'application/json';
const ARRAYS = 'application/x-npz', ARCHIVE = 'application/zip';

const named = (parts: readonly Part[], ending: string) => `${commonName(parts)}${ending}`;
const text = (parts: readonly Part[], ending: string, content: string, type = PLAIN): Made =>
    ({name: named(parts, ending), content, type});

/** One file as it is, several as an archive. */
async function oneOrZip(files: readonly ZipFile[], archive: string, type: string, signal: AbortSignal): Promise<Made> {
    if (files.length === 1) return {name: files[0].name, content: files[0].input, type};
    return {name: archive, content: await zipOf(files, signal), type: ARCHIVE};
}

/** Refuses what would not fit into a browser's memory or disk. */
function requireRoom(parts: readonly Part[]): void {
    const bytes = parts.reduce((sum, {run, designs}) => sum + designs.length * run.opened.bytes.length, 0);
    if (bytes <= MOST_BYTES) return;
    throw new Error(`the structures of ${parts.reduce((sum, {designs}) => sum + designs.length, 0)} designs would fill `
        + `about ${(bytes / 1e9).toFixed(1)} GB, too much for a browser. Save one run at a time, or write them with `
        + 'the command of the run and --write-structures same');
}

/** PDB where it can be, mmCIF where chains or numbers do not fit into PDB. */
async function backbone(part: Part, design: Part['designs'][number]) {
    try {
        return await backboneOf(part.run, design, 'pdb');
    } catch (error) {
        if (!/mmCIF/.test(messageOf(error))) throw error;
        return backboneOf(part.run, design, 'cif');
    }
}

async function structuresOf({parts, tick, signal}: Work): Promise<Made> {
    requireRoom(parts);
    const names = new Names();
    let others = 0;
    async function* files() {
        for (const part of parts) {
            for (const design of part.designs) {
                const {text: input, format} = await backbone(part, design);
                if (format === 'cif') others++;
                const stem = backboneName(safeName(part.run.opened.name), part.run, design);
                yield {name: names.take(`${stem}.${format}`), input};
                await tick();
            }
        }
    }
    const single = parts.length === 1 && parts[0].designs.length === 1;
    const made = single ? await oneOrZip([(await files().next()).value as ZipFile], '', 'chemical/x-pdb', signal)
        : {name: named(parts, '-structures.zip'), content: await zipOf(files(), signal), type: ARCHIVE};
    const note = `${others} as mmCIF, since PDB files have no room for their chains or numbers`;
    return {...made, ...(others && {note})};
}

/** The files of a folding program: one for all designs is called after the structure. */
async function jobsOf(format: Format, {parts, tick, signal}: Work): Promise<Made> {
    const {files, each, note} = await foldFiles(parts, format, tick), common = commonName(parts);
    const inputs = files.map(({name, text: input}) => ({name: each ? name : `${common}-${name}`, input}));
    const type = format === 'alphafold-server' || format === 'alphafold3' ? JSON_TYPE : PLAIN;
    return {...await oneOrZip(inputs, `${common}-${format}.zip`, type, signal), ...(note && {note})};
}

const makers: Record<Kind, (work: Work) => Made | Promise<Made>> = {
    fasta: ({parts}) => text(parts, '.fa', fastaOf(parts)),
    'ligand-fasta': ({parts}) => text(parts, '-ligandmpnn.fa', ligandFastaOf(parts)),
    csv: ({parts}) => text(parts, '.csv', csvOf(parts), CSV),
    json: ({parts}) => text(parts, '.jsonl', jsonLinesOf(parts), LINES),
    npz: ({parts, signal}) => oneOrZip(parts.map((part) => ({name: `${part.label}.npz`, input: npzOf(part)})),
        named(parts, '-npz.zip'), ARRAYS, signal),
    structures: structuresOf,
    everything: async ({parts, tick, signal}) => {
        requireRoom(parts);
        return {name: named(parts, '.zip'), content: await zipOf(everything(parts, tick), signal), type: ARCHIVE};
    },
    project: async ({signal}) => {
        const names = new Set(structures.value.map(({name}) => safeName(name)));
        return {
            name: `${names.size === 1 ? [...names][0] : 'project'}.weft.zip`, type: ARCHIVE,
            content: await zipOf(projectFiles(), signal)
        };
    },
    ...(Object.fromEntries(FORMATS.map((format) => [format, (work: Work) => jobsOf(format, work)])) as
        Record<Format, (work: Work) => Promise<Made>>)
};

/** Makes a file and hands it to the browser; what goes wrong is reported, what is stopped leaves nothing. */
async function make(kind: Kind, what: string, parts: readonly Part[]): Promise<boolean> {
    if (saving.value) return false;
    const stop = new AbortController();
    const total = parts.reduce((sum, {designs}) => sum + designs.length, 0);
    const tell = (fraction: number) => { saving.value = {what, fraction, stop}; };
    saving.value = {what, fraction: null, stop};
    try {
        const {name, content, type, note} = await makers[kind]({
            parts, tick: ticker(total, tell, stop.signal), signal: stop.signal
        });
        download(name, content, type);
        announce(`Saved ${name}.${note ? ` ${note}.` : ''}`);
        return true;
    } catch (error) {
        if (isCancelled(error)) announce('Nothing was saved.');
        else report(`Save ${what}`, error);
    } finally {
        saving.value = null;
    }
    return false;
}

/** All designs of some runs. */
export async function save(kind: Kind, what: string, these: readonly Run[]): Promise<void> {
    const parts = partsOf(kind === 'project' ? runs.value : these);
    if (await make(kind, what, parts)) markSaved(parts);
}

/** Some designs: the others of their runs are as safe as before. */
export const saveRows = (kind: Kind, what: string, rows: readonly Row[]): Promise<boolean> =>
    make(kind, what, partsOfRows(rows));
