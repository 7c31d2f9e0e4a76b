// SPDX-License-Identifier: MIT
//
// words.ts - what will run, in sentences that a person can check.
import {wholeChains} from './asked';
import {type Plan, type Rule, type TieRule, visible} from './plan';
import {selected, tied} from './resolved';
import {residues} from './selection';
import type {Settings} from './settings';
import type {Opened} from './structures';

const LONGEST = 60;   // characters of a selection in a sentence

/** A selection that fits in a sentence: 'A1-12,A15 and 7 more ranges' */
export function shortened(text: string): string {
    if (text.length <= LONGEST) return text.replaceAll(',', ', ');
    const parts = text.split(','), shown: string[] = [];
    while (shown.join(', ').length + parts[shown.length].length < LONGEST) shown.push(parts[shown.length]);
    const more = parts.length - shown.length;
    return shown.length ? `${shown.join(', ')} and ${more} more ${more === 1 ? 'range' : 'ranges'}`
        : `${text.slice(0, LONGEST)}…`;
}

/** 'A', 'A and B', 'A, B and C' */
export const listed = (names: readonly string[], word = 'and') => (names.length < 2 ? names.join('')
    : `${names.slice(0, -1).join(', ')} ${word} ${names[names.length - 1]}`);

/** '1 run', '3 runs' */
export const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;

/** A chain's name as people read it. */
export const chainLabel = (name: string) => name.trim() || '(blank)';

const chainsInWords = (names: readonly string[]) => `${names.length === 1 ? 'chain' : 'chains'} ${listed(names)}`;
export const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const are = (count: number) => (count === 1 ? 'is' : 'are');
const keep = (count: number) => (count === 1 ? 'keeps its letter' : 'keep their letters');

/** 0.1 + 0.2 as 0.3 */
export const tidyNumber = (value: number) => String(Number(value.toPrecision(4)));

/** '1 nat', '0.5 nats' */
export const nats = (value: number) => `${tidyNumber(value)} ${value === 1 ? 'nat' : 'nats'}`;

/** What is designed, and what is not. */
function designWords(opened: Opened, design: Uint8Array): string {
    const {structure} = opened, chosen = structure.describe(design), left = structure.length - chosen.count;
    if (chosen.count === 0) return 'No residue is designed yet.';
    const whole = wholeChains(opened, design);
    const what = left === 0 ? `All ${residues(chosen.count)} ${are(chosen.count)} designed`
        : whole ? `${capital(chainsInWords(whole))} ${are(whole.length)} designed, ${residues(chosen.count)}`
            : `${residues(chosen.count)} ${are(chosen.count)} designed: ${shortened(chosen.text)}`;
    return left ? `${what}; the other ${left === 1 ? 'one' : left} ${keep(left)}.` : `${what}.`;
}

/** Residues by name are places; what the grammar measures is quoted as it was typed. */
const placeWords = (where: string) => (/[!(<>@]|\b(within|interface|buried|letter)\b/.test(where)
    ? `in “${shortened(where)}”` : `at ${shortened(where)}`);

/** One rule, and how many of the designed residues it meets. */
export function ruleWords({structure}: Opened, design: Uint8Array, rule: Rule): string {
    const letters = listed([...rule.letters], rule.kind === 'omit' ? 'or' : 'and');
    const where = rule.where ? placeWords(rule.where) : 'anywhere';
    const what = rule.kind === 'omit' ? `No ${letters} ${where}`
        : `${letters} ${rule.nats > 0 ? 'favoured' : 'avoided'} by ${nats(Math.abs(rule.nats))} ${where}`;
    if (!rule.where) return `${what}.`;
    const {mask, count} = selected(structure, rule.where);
    const met = mask.filter((value, row) => value && design[row]).length, rest = count - met;
    if (met === 0) return `${what}, which changes nothing: no residue there is designed.`;
    return `${what} (${residues(met)}${rest ? `; ${rest} more there ${are(rest)} not designed` : ''}).`;
}

const RULES: Record<TieRule, string> = {
    logits: 'mean of logits', geometric: 'geometric mean', arithmetic: 'arithmetic mean', product: 'product'
};

/** Rows that are designed, but tied to ones that stay: they take those letters. */
export function followers({structure}: Opened, {design, ties}: Plan): Uint8Array {
    const rows = new Uint8Array(structure.length), seen = visible(structure);
    if (!ties.trim()) return rows;
    for (const group of tied(structure, ties.trim()).groups) {
        if (group.every(({row}) => design[row] || !seen[row])) continue;
        for (const {row} of group) rows[row] = design[row];
    }
    return rows;
}

function tieWords(opened: Opened, plan: Plan): string[] {
    const text = plan.ties.trim();
    if (!text) return [];
    const {groups} = tied(opened.structure, text), chosen = groups.filter((group) =>
        group.some(({row}) => plan.design[row])).length;
    const follow = opened.structure.describe(followers(opened, plan));
    const what = chosen === 1 ? '1 group of tied residues gets one letter'
        : `${chosen} groups of tied residues get one letter each`;
    return [
        `${what} (${shortened(text)}; ${RULES[plan.tieRule]}).`,
        ...(follow.count ? [`${follow.count} of the designed residues ${are(follow.count)} tied to ones that stay, and `
            + `${follow.count === 1 ? 'takes' : 'take'} their letters: ${shortened(follow.text)}.`] : [])
    ];
}

function stateWords({name}: Opened, plan: Plan, states: readonly Opened[]): string[] {
    if (!states.length) return [];
    const weights = new Map(plan.states.map(({key, weight}) => [key, weight]));
    const said = states.map((each) => {
        const weight = weights.get(each.key) ?? 1;
        return `${weight < 0 ? 'against ' : ''}${each.name}${weight === 1 ? '' : ` (weight ${tidyNumber(weight)})`}`;
    });
    if (plan.average) return [`On the mean of what the encoder makes of ${listed([name, ...said])}.`];
    return [`One sequence for ${listed([name, ...said])}; they agree by ${RULES[plan.tieRule]}.`];
}

/** What will run, in sentences. */
export function wordsOf(
    opened: Opened, plan: Plan, settings: Omit<Settings, 'seed'>, states: readonly Opened[]
): string[] {
    const {count, temperature, order} = settings;
    return [
        `${count} ${count === 1 ? 'sequence' : 'sequences'} for ${opened.name} at temperature ${temperature}.`,
        designWords(opened, plan.design),
        ...plan.rules.map((rule) => ruleWords(opened, plan.design, rule)),
        ...tieWords(opened, plan),
        ...stateWords(opened, plan, states),
        ...(order === 'n-to-c' ? ['Decoded from the first residue to the last.'] : [])
    ];
}
