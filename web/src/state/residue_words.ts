// SPDX-License-Identifier: MIT
//
// residue_words.ts - a residue in words: 'A45 Lys, designed, selected'.
import type {Structure} from '../../../wasm/index.js';
import {gapBefore} from './layout_rows';
import {type Plan, visible} from './plan';

const SHORT: Record<string, string> = {
    A: 'Ala', C: 'Cys', D: 'Asp', E: 'Glu', F: 'Phe', G: 'Gly', H: 'His', I: 'Ile', K: 'Lys', L: 'Leu', M: 'Met',
    N: 'Asn', P: 'Pro', Q: 'Gln', R: 'Arg', S: 'Ser', T: 'Thr', V: 'Val', W: 'Trp', Y: 'Tyr', X: 'unknown residue'
};

export const shortName = (letter: string) => SHORT[letter] ?? letter;

/** 'A45 Lys' */
export const residueLabel = (structure: Structure, row: number): string =>
    `${structure.rowName(row)} ${shortName(structure.sequence[row])}`;

const names = new WeakMap<Structure, string[]>();

/** 'A45 Lys', with what is special about the residue. */
export function residueName(structure: Structure, row: number): string {
    let known = names.get(structure);
    if (!known) names.set(structure, known = []);
    return known[row] ??= nameOf(structure, row);
}

function nameOf(structure: Structure, row: number): string {
    const parts = [residueLabel(structure, row)];
    if (structure.unknown[row]) parts[0] = `${structure.rowName(row)} X, no standard letter`;
    if (!visible(structure)[row]) parts.push('backbone incomplete, cannot be designed');
    const gap = gapBefore(structure, row);
    if (gap) parts.push(`${gap.words} before it`);
    return parts.join(', ');
}

/** The same with what is asked of it, and its letter in a design. */
export function residueWords(structure: Structure, {design, selected}: Plan, row: number, letter = ''): string {
    const now = letter && letter !== structure.sequence[row] ? `, ${shortName(letter)} in the design` : '';
    const asked = `${design[row] ? 'designed' : 'fixed'}${selected[row] ? ', selected' : ''}`;
    return `${residueName(structure, row)}, ${asked}${now}`;
}

/** The row's number as the file has it: '45', '52A'. */
export const authorNumber = ({numbers, insertions}: Structure, row: number) =>
    `${numbers[row]}${insertions[row].trim()}`;
