// SPDX-License-Identifier: MIT
//
// drop.ts - what is dropped anywhere on the page, pasted or chosen: structures, weights, projects.
import {addModel} from './state/models';
import {clearProblem, report} from './state/page';
import {openStructure} from './state/structures';

const WEIGHTS = /\.(eqx|pt)(\.(gz|zst))?$/i, PROJECT = /\.zip$/i;

/** Opens a project that was saved; false where the file is none. */
async function openedProject(file: File): Promise<boolean> {
    try {
        const {openProject} = await import('./state/project');
        return await openProject(new Uint8Array(await file.arrayBuffer()));
    } catch (error) {
        report(file.name, error);
        return true;
    }
}

/** Opens files one after the other; the last structure is the one that is looked at. */
export async function openFiles(files: Iterable<File>): Promise<void> {
    clearProblem();
    for (const file of files) {
        if (WEIGHTS.test(file.name)) addModel(file);
        else if (PROJECT.test(file.name) && await openedProject(file)) continue;
        else await openStructure(file.name, async () => new Uint8Array(await file.arrayBuffer()));
    }
}

/** Structure files begin with one of these; other text that is pasted means nothing here. */
const STRUCTURE = /^\s*(HEADER|REMARK|ATOM  |HETATM|MODEL |CRYST1|TITLE |data_|SEQRES|EXPDTA|#)/;

/** Opens text of a structure file. */
export async function openText(text: string): Promise<boolean> {
    clearProblem();
    const name = /^\s*(data_|#)/.test(text) ? 'pasted.cif' : 'pasted.pdb';
    return await openStructure(name, async () => new TextEncoder().encode(text)) !== undefined;
}

/** Text of a structure that is pasted outside of a field, and files that are pasted anywhere. */
export function acceptPastes(target: Document): void {
    target.addEventListener('paste', (event) => {
        const files = [...event.clipboardData?.files ?? []], text = event.clipboardData?.getData('text/plain') ?? '';
        const inField = event.target instanceof HTMLElement && event.target.matches('input, textarea');
        if (files.length) void openFiles(files);
        else if (!inField && STRUCTURE.test(text)) void openText(text);
        else return;
        event.preventDefault();
    });
}

export function acceptDrops(target: Document): void {
    const {classList} = target.documentElement;
    const leave = () => classList.remove('dropping');
    target.addEventListener('dragover', (event) => {
        event.preventDefault();
        classList.add('dropping');
    });
    target.addEventListener('dragleave', (event) => {
        if (!event.relatedTarget) leave();
    });
    target.addEventListener('drop', (event) => {
        event.preventDefault();
        leave();
        void openFiles([...event.dataTransfer?.files ?? []]);
    });
}
