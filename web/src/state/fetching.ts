// SPDX-License-Identifier: MIT
//
// fetching.ts - structures by id from the Protein Data Bank and the AlphaFold database. The id alone is sent.
//
//   id --address--> file of the database, with progress --> openStructure
import {signal} from '@preact/signals';
import {isCancelled, messageOf, problem} from './page';
import {openStructure} from './structures';

export const databases = {
    pdb: {
        name: 'Protein Data Bank', host: 'files.rcsb.org', example: '1QYS',
        pattern: /^([0-9][a-z0-9]{3}|pdb_[a-z0-9]{8})$/i, hint: 'four characters, such as 1QYS'
    },
    afdb: {
        name: 'AlphaFold database', host: 'alphafold.ebi.ac.uk', example: 'P69905',
        pattern: /^([opq][0-9][a-z0-9]{3}[0-9]|[a-nr-z][0-9]([a-z][a-z0-9]{2}[0-9]){1,2})$/i,
        hint: 'a UniProt accession, such as P69905'
    }
} as const;
export type Database = keyof typeof databases;

/** What is being fetched, and how far: null where nothing is, fraction null where the end is not known. */
export const fetching = signal<{readonly id: string, readonly fraction: number | null} | null>(null);
let abort: AbortController | undefined;

export function cancelFetch(): void {
    abort?.abort();
}

/** A request, or words on why it failed. */
async function get(url: string, what: string, stop: AbortSignal): Promise<Response> {
    const {host} = new URL(url);
    let response;
    try {
        response = await fetch(url, {signal: stop, referrerPolicy: 'no-referrer', credentials: 'omit'});
    } catch (error) {
        if (isCancelled(error)) throw error;
        throw new Error(navigator.onLine ? `${host} cannot be reached from this page. The network, or the rules of the `
            + 'site that serves it, do not let requests through; download the file and open it here'
            : `${host} cannot be reached: there is no network. Open a file instead`);
    }
    if (response.status === 404) throw new Error(`${what} is not in the database of ${host}`);
    if (!response.ok) throw new Error(`${host} answered ${response.status} ${response.statusText}`.trim());
    return response;
}

/** The whole body, with progress where the length is known. */
async function bytesOf(response: Response, id: string): Promise<Uint8Array> {
    const total = Number(response.headers.get('content-length')) || null, parts: Uint8Array[] = [];
    let length = 0;
    const reader = response.body!.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
        parts.push(part.value);
        length += part.value.length;
        fetching.value = {id, fraction: total && Math.min(1, length / total)};
    }
    const bytes = new Uint8Array(length);
    parts.reduce((at, part) => {
        bytes.set(part, at);
        return at + part.length;
    }, 0);
    return bytes;
}

/** Where the AlphaFold database has its newest model; file names carry a version that moves. */
async function predictedAt(id: string, stop: AbortSignal): Promise<string> {
    const answer = await (await get(`https://alphafold.ebi.ac.uk/api/prediction/${id}`, id, stop)).json();
    const url = Array.isArray(answer) ? answer[0]?.cifUrl ?? answer[0]?.pdbUrl : undefined;
    if (typeof url === 'string' && url.startsWith('https://')) return url;
    throw new Error(`${id} is not in the AlphaFold database`);
}

/** Opens the entry of a database; what is wrong is said in words. */
export async function openEntry(database: Database, given: string): Promise<boolean> {
    const {pattern, hint, name} = databases[database], id = given.trim().toUpperCase();
    if (fetching.value) return false;   // Enter in the field
    problem.value = '';
    if (!pattern.test(id)) {
        problem.value = `'${given.trim()}' is no id of the ${name}: ${hint}`;
        return false;
    }
    abort = new AbortController();
    const {signal: stop} = abort;
    fetching.value = {id, fraction: null};
    try {
        const url = database === 'pdb' ? `https://files.rcsb.org/download/${id}.cif.gz` : await predictedAt(id, stop);
        const bytes = await bytesOf(await get(url, id, stop), id);
        const fileName = database === 'pdb' ? `${id}.cif` : url.slice(url.lastIndexOf('/') + 1);
        return await openStructure(fileName, async () => bytes) !== undefined;
    } catch (error) {
        if (!isCancelled(error)) problem.value = `${id}: ${messageOf(error)}`;
        return false;
    } finally {
        fetching.value = null;
    }
}
