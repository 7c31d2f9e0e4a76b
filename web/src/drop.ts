// SPDX-License-Identifier: MIT
//
// drop.ts - files that are dropped anywhere on the page, or chosen: structures and weights.
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

export async function openSample(): Promise<void> {
    clearProblem();
    await openStructure('5L33.pdb', async () =>
        new TextEncoder().encode((await import('../samples/5L33.pdb?raw')).default));
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
