// SPDX-License-Identifier: MIT
//
// resolved.ts - texts of the grammars as rows, remembered: the same text is asked for at every look at the page.
import type {Structure} from '../../../wasm/index.js';
import type {Plan} from './plan';

type Ties = ReturnType<Structure['ties']>;
type Selection = ReturnType<Structure['select']>;

const KEPT = 200;   // texts of a structure
const known = new WeakMap<Structure, Map<string, unknown>>();

/** What made() gives, or what it threw, without asking again. */
function once<T>(structure: Structure, key: string, made: () => T): T {
    const answers = known.get(structure) ?? new Map<string, unknown>();
    known.set(structure, answers);
    if (!answers.has(key)) {
        if (answers.size >= KEPT) answers.clear();
        try {
            answers.set(key, made());
        } catch (error) {
            answers.set(key, error instanceof Error ? error : new Error(String(error)));
        }
    }
    const answer = answers.get(key);
    if (answer instanceof Error) throw answer;
    return answer as T;
}

/** The rows that a text selects; '' selects all. Throws what is wrong with it. */
export const selected = (structure: Structure, where: string): Selection =>
    once(structure, `select ${where}`, () => structure.select(where.trim() || 'all'));

/** The groups that a text ties. Throws what is wrong with it. */
export const tied = (structure: Structure, text: string): Ties =>
    once(structure, `ties ${text}`, () => structure.ties(text));

const sameRows = (a: Uint8Array, b: Uint8Array) => a.every((value, row) => value === b[row]);

/** Rows as a text that selects these and no others; where numbers are not unique, by place in the file. */
export function textOf(structure: Structure, mask: Uint8Array): string {
    const {text} = structure.describe(mask);
    try {
        if (!text || sameRows(structure.select(text).mask, mask)) return text;
    } catch {
        // names of the file that the grammar cannot say
    }
    const ranges = [];
    for (let row = 0; row < mask.length; row++) {
        if (!mask[row]) continue;
        const first = row + 1;
        while (mask[row + 1]) row++;
        ranges.push(row + 1 === first ? `#${first}` : `#${first}-${row + 1}`);
    }
    return ranges.join(',');
}

/** The plan with the residues of its rules by name: what is measured in space is measured once. */
export const spelledOut = (structure: Structure, plan: Plan): Plan => ({
    ...plan,
    rules: plan.rules.map((rule) => (rule.where.trim()
        ? {...rule, where: textOf(structure, selected(structure, rule.where).mask)} : rule))
});
