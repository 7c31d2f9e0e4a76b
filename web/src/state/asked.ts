// SPDX-License-Identifier: MIT
//
// asked.ts - a plan as the engine takes it: rules of the form become tables, texts stay texts.
//
//   Plan, order --constraintsOf--> Constraints        Plan --omitted, biased--> tables of letters by selection
import type {Constraints} from '../../../wasm/index.js';
import {type Plan, type Rule, visible} from './plan';
import type {Settings} from './settings';
import type {Opened} from './structures';

export const EVERYWHERE = 'all';   // of the selection grammar

/** Sums of decimal fractions without the digits that binary ones add. */
const tidy = (value: number) => Number(value.toPrecision(9));

/** Omitted letters by selection. */
export function omitted(rules: readonly Rule[]): Record<string, string> | undefined {
    const table: Record<string, string> = {};
    for (const {kind, where, letters} of rules) {
        if (kind !== 'omit') continue;
        const at = where.trim() || EVERYWHERE;
        table[at] = [...new Set((table[at] ?? '') + letters)].join('');
    }
    return Object.keys(table).length ? table : undefined;
}

/** Biases by selection and letter; those of one letter at one place add up. */
export function biased(rules: readonly Rule[]): Record<string, Record<string, number>> | undefined {
    const table: Record<string, Record<string, number>> = {};
    for (const {kind, where, letters, nats} of rules) {
        if (kind !== 'bias') continue;
        const at = table[where.trim() || EVERYWHERE] ??= {};
        for (const letter of letters) at[letter] = tidy((at[letter] ?? 0) + nats);
    }
    return Object.keys(table).length ? table : undefined;
}

/** What the engine is asked. How tied residues agree is also how states do. */
export function constraintsOf(plan: Plan, {order}: Pick<Settings, 'order'>): Constraints {
    const {design, rules, ties, tieRule, states} = plan, text = ties.trim();
    const omit = omitted(rules), bias = biased(rules);
    return {
        design, order, ...(omit && {omit}), ...(bias && {bias}), ...(text && {ties: text}),
        ...((text || states.length > 0) && {tieRule})
    };
}

/** Chains of which every residue that can be designed is, or null where the mask cuts through one. */
export function wholeChains({structure}: Opened, design: Uint8Array): string[] | null {
    const can = visible(structure), names = [];
    for (const {name, start, length} of structure.chains) {
        let count = 0, possible = 0, odd = false;
        for (let row = start; row < start + length; row++) {
            count += design[row];
            if (can[row] && !structure.unknown[row]) possible++;
            else odd ||= design[row] === 1;
        }
        if (odd || (count > 0 && count < possible)) return null;
        if (count > 0) names.push(name);
    }
    return names;
}
