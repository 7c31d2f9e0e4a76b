// SPDX-License-Identifier: MIT
//
// letters.ts - rules on letters: what may be typed, and the steps that add, change and remove a rule.
import {LETTERS} from '../../../wasm/index.js';
import {change, planOf, type Rule} from './plan';
import {selected} from './resolved';
import type {Opened} from './structures';

export const AMINO_ACIDS = LETTERS.replace('X', '');

/** 'c, m' as CM; throws what is no letter. */
export function lettersOf(text: string): string {
    const given = [...new Set(text.toUpperCase().replace(/[\s,]/g, ''))];
    const odd = given.find((letter) => !AMINO_ACIDS.includes(letter));
    if (odd) throw new Error(`${odd} is no amino acid; the letters are ${AMINO_ACIDS}`);
    if (!given.length) throw new Error('Give one letter or more, such as C');
    return given.join('');
}

/** A bias in nats; throws where it is none. */
export function natsOf(text: string): number {
    const value = text.trim() === '' ? NaN : Number(text);
    if (!Number.isFinite(Math.fround(value))) throw new Error('Give a number, such as 0.5 or -1');
    if (value === 0) throw new Error('0 changes nothing: give a number above or below it');
    return value;
}

/** A selection that can be resolved, or '' for every residue; throws what is wrong with it. */
export function placeOf({structure}: Opened, text: string): string {
    const where = text.trim();
    if (where) selected(structure, where);
    return where;
}

export function addRule(opened: Opened, rule: Rule): void {
    change(opened, {rules: [...planOf(opened).rules, rule]});
}

export function changeRule(opened: Opened, index: number, part: Partial<Rule>): void {
    change(opened, {rules: planOf(opened).rules.map((rule, i) => (i === index ? {...rule, ...part} : rule))});
}

export function removeRule(opened: Opened, index: number): void {
    change(opened, {rules: planOf(opened).rules.filter((_, i) => i !== index)});
}
