// SPDX-License-Identifier: MIT
//
// measures.ts - selecting by what is measured: text in the grammar, distance, burial, B-factor, secondary structure.
//
//   field or menu --chooseText | chooseNear | chooseSecondary--> rows --joining--> plan.selected
//
// What the grammar can say is said in it, so that the page and the command line agree.
import {signal} from '@preact/signals';
import {announce, messageOf} from './page';
import {scene} from './scene';
import {announceSelected, type How, select, selectText} from './selection';
import type {Opened} from './structures';
import {chainLabel} from './words';

/** The text of the field "Select by text", and what is wrong with it. */
export const selectionText = signal('');
export const textProblem = signal('');
/** How rows of the menus meet those that are selected. */
export const joining = signal<Exclude<How, 'toggle'>>('replace');
/** Why the last choice of a menu selected nothing. */
export const choiceProblem = signal('');
/** Whether distances are being measured. */
export const measuring = signal(false);

/** Forms of the menus, as text. */
export const nearAngstrom = signal('5');
export const nearWhat = signal('');
export const factorSide = signal<'<' | '<=' | '>' | '>='>('<');
export const factorLimit = signal('70');

const LONG = 1200;   // residues from which all against all may take longer than a frame

const nextFrame = () => new Promise<void>((resolve) => { requestAnimationFrame(() => setTimeout(resolve)); });

/** Does what may take a while after the page has said so. */
async function measured(opened: Opened, text: string, task: () => void): Promise<void> {
    const long = opened.structure.length > LONG && /within|interface|buried/.test(text);
    if (!long) return task();
    measuring.value = true;
    try {
        await nextFrame();
        task();
    } finally {
        measuring.value = false;
    }
}

const inWords = (error: unknown) => messageOf(error).replace(/^selection: /, '');

/** The field's text: selects what it says, or says what is wrong with it. */
export async function chooseTyped(opened: Opened, how: How): Promise<void> {
    textProblem.value = '';
    const text = selectionText.value.trim();
    if (!text) {
        textProblem.value = 'Please type what to select, for example A12-20.';
        return;
    }
    await measured(opened, text, () => {
        try {
            selectText(opened, text, how);
        } catch (error) {
            textProblem.value = inWords(error);
        }
    });
}

/** A choice of a menu, in the grammar. */
export async function chooseText(opened: Opened, text: string): Promise<void> {
    choiceProblem.value = '';
    await measured(opened, text, () => {
        try {
            selectText(opened, text, joining.value);
        } catch (error) {
            choiceProblem.value = /leaves no residue/.test(messageOf(error)) ? 'No residue fits.' : inWords(error);
        }
    });
}

function chooseRows(opened: Opened, rows: Uint8Array): void {
    choiceProblem.value = rows.includes(1) ? '' : 'No residue fits.';
    if (choiceProblem.value) return announce(choiceProblem.value);
    select(opened, rows, joining.value);
    announceSelected(opened);
}

/** The scene of this structure, once the 3D view has read it. */
export const sceneOf = (opened: Opened) => (scene.value?.key === opened.key ? scene.value : null);

/** A chain as the grammar names it. */
export const chainText = (name: string) => (name.trim() ? `${name}:` : '_:');

/** Residues near to a chain ('chain:A', without the chain's own) or to a ligand ('ligand:ID', 'ligand:' for all). */
export async function chooseNear(opened: Opened): Promise<void> {
    const angstrom = Number(nearAngstrom.value), [kind, name] = splitOnce(nearWhat.value || firstNear(opened));
    if (!(angstrom > 0 && angstrom <= 1000)) {
        choiceProblem.value = 'The distance must be a number above 0 and up to 1000 angstrom.';
    } else if (kind === 'chain') {
        const chain = chainText(name);
        await chooseText(opened, `!(!(within ${angstrom} of ${chain})) ${chain}`);
    } else {
        const known = sceneOf(opened);
        if (!known) return;
        const ids = name ? [name] : known.ligands.map(({id}) => id);
        chooseRows(opened, known.near(ids, angstrom));
    }
}

function splitOnce(text: string): [string, string] {
    const at = text.indexOf(':');
    return [text.slice(0, at), text.slice(at + 1)];
}

/** What "Near" can be about: other chains, where there are some, and ligands. */
export function nearChoices(opened: Opened): {value: string, label: string}[] {
    const {chains} = opened.structure, ligands = sceneOf(opened)?.ligands ?? [];
    return [
        ...(chains.length > 1 ? chains : []).map(({name}) =>
            ({value: `chain:${name}`, label: `chain ${chainLabel(name)}`})),
        ...(ligands.length > 1 ? [{value: 'ligand:', label: 'any ligand'}] : []),
        ...ligands.map(({id, label}) => ({value: `ligand:${id}`, label}))
    ];
}

/** What is chosen in "Near", as long as the structure has it. */
export function firstNear(opened: Opened): string {
    const choices = nearChoices(opened);
    return choices.find(({value}) => value === nearWhat.value)?.value ?? choices[0]?.value ?? '';
}

/** Residues with a B-factor (pLDDT in predicted models) on one side of a number. */
export async function chooseFactor(opened: Opened): Promise<void> {
    const limit = factorLimit.value.trim();
    if (limit === '' || !Number.isFinite(Number(limit))) {
        choiceProblem.value = 'Please give a number to compare with.';
        return;
    }
    await chooseText(opened, `bfactor${factorSide.value}${Number(limit)}`);
}

export type Secondary = 'h' | 's' | 'c';

export function chooseSecondary(opened: Opened, kind: Secondary): void {
    const known = sceneOf(opened);
    if (known) chooseRows(opened, Uint8Array.from(known.secondary, (each) => (each === kind ? 1 : 0)));
}

/** '34 of 106 designed, 5 selected' */
export const countWords = (length: number, designedCount: number, selectedCount: number) =>
    `${designedCount} of ${length} designed, ${selectedCount} selected`;
