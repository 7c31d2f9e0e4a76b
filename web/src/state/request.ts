// SPDX-License-Identifier: MIT
//
// request.ts - a plan and settings as the engine takes them, as the same `weft` command, and in words.
//
//   Opened, Plan, Settings, model --> Constraints        --> weft design 5L33.pdb --design A12-20 ...        --> words
import type {Constraints} from '../../../wasm/index.js';
import {type Plan, type Rule, visible} from './plan';
import {residues} from './selection';
import type {Settings} from './settings';
import type {Opened} from './structures';

const EVERYWHERE = 'all';   // of the selection grammar

/** Omitted letters by selection. */
function omitted(rules: readonly Rule[]): Record<string, string> | undefined {
    const table: Record<string, string> = {};
    for (const {kind, where, letters} of rules) {
        if (kind === 'omit') table[where || EVERYWHERE] = (table[where || EVERYWHERE] ?? '') + letters;
    }
    return Object.keys(table).length ? table : undefined;
}

/** Biases by selection and letter; those of one letter at one place add up. */
function biased(rules: readonly Rule[]): Record<string, Record<string, number>> | undefined {
    const table: Record<string, Record<string, number>> = {};
    for (const {kind, where, letters, nats} of rules) {
        if (kind !== 'bias') continue;
        const at = table[where || EVERYWHERE] ??= {};
        for (const letter of letters) at[letter] = (at[letter] ?? 0) + nats;
    }
    return Object.keys(table).length ? table : undefined;
}

/** What the engine is asked. */
export function constraintsOf({design, rules, ties, tieRule}: Plan, {order}: Settings): Constraints {
    const omit = omitted(rules), bias = biased(rules);
    return {
        design, order, ...(omit && {omit}), ...(bias && {bias}), ...(ties.trim() && {ties, tieRule})
    };
}

/** Why a run with this plan could not start, in words; null where it could. Ties and rules are resolved for it. */
export function refusal({structure}: Opened, {design, rules, ties}: Plan): string | null {
    if (!design.includes(1)) {
        return structure.chains.length > 1 ? 'choose at least one chain, or residues, to design'
            : 'choose at least one residue to design';
    }
    try {
        for (const {where} of rules) if (where) structure.select(where);
        if (ties.trim()) structure.ties(ties);
        return null;
    } catch (error) {
        return (error as Error).message;
    }
}

/** Chains of which every residue that can be designed is, or null where the mask cuts through one. */
export function wholeChains({structure}: Opened, design: Uint8Array): string[] | null {
    const can = visible(structure);
    const names = [];
    for (const {name, start, length} of structure.chains) {
        const rows = Array.from({length}, (_, i) => start + i).filter((row) => can[row] && !structure.unknown[row]);
        const odd = Array.from({length}, (_, i) => start + i).some((row) => design[row] && structure.unknown[row]);
        const count = rows.filter((row) => design[row]).length;
        if (odd || (count > 0 && count < rows.length)) return null;
        if (count > 0) names.push(name);
    }
    return names;
}

/** Quoted for a shell where it must be. */
const quoted = (word: string) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** A table for --omit or --bias: the command reads JSON from a file; letters for every residue it takes as they are. */
function tableOption(name: string, table: Record<string, unknown> | undefined, plain: (value: any) => string) {
    if (!table) return {words: [], file: null};
    const keys = Object.keys(table);
    if (keys.length === 1 && keys[0] === EVERYWHERE) return {words: [`--${name}`, plain(table[EVERYWHERE])], file: null};
    return {words: [`--${name}`, `${name}.json`], file: {name: `${name}.json`, text: `${JSON.stringify(table)}\n`}};
}

export interface Command {
    text: string;
    /** files that the command names and the page holds */
    files: readonly {name: string, text: string}[];
}

/**
 * The same run on the command line.
 * @param seedKnown   false where the seed is drawn at the start
 */
export function commandOf(
    opened: Opened, plan: Plan, settings: Settings, model: string, states: readonly Opened[], seedKnown = true
): Command {
    const {design, rules, ties, tieRule} = plan, chains = wholeChains(opened, design);
    const omit = tableOption('omit', omitted(rules), String);
    const bias = tableOption('bias', biased(rules), (letters: Record<string, number>) =>
        Object.entries(letters).map(([letter, nats]) => `${letter}:${nats}`).join(','));
    const weights = new Map(plan.states.map(({key, weight}) => [key, weight]));
    const others = states.map(({key, fileName}) => fileName + (weights.get(key) === 1 ? '' : `:${weights.get(key)}`));
    const words = [
        'weft', 'design', opened.fileName, '-m', model,
        ...(chains ? ['--chains', chains.length === opened.structure.chains.length ? 'all' : chains.join(',')]
            : ['--design', opened.structure.describe(design).text]),
        ...omit.words, ...bias.words,
        ...(ties.trim() ? ['--tie', ties.trim(), ...(tieRule === 'logits' ? [] : ['--tie-rule', tieRule])] : []),
        ...(others.length ? ['--states', others.join(',')] : []),
        '-n', String(settings.count), '-T', String(settings.temperature),
        ...(seedKnown ? ['-s', String(settings.seed)] : []),
        ...(settings.order === 'random' ? [] : ['--order', settings.order])
    ];
    return {text: words.map(quoted).join(' '), files: [omit.file, bias.file].filter((file) => file !== null)};
}

/** 'chain A', 'chains A and B' */
function chainsInWords(names: readonly string[]): string {
    const shown = names.map((name) => name.trim() || '(blank)');
    if (shown.length === 1) return `chain ${shown[0]}`;
    return `chains ${shown.slice(0, -1).join(', ')} and ${shown[shown.length - 1]}`;
}

/** What will run, in sentences. */
export function wordsOf(opened: Opened, plan: Plan, settings: Omit<Settings, 'seed'>, states: readonly Opened[]): string[] {
    const {structure, name} = opened, {design, rules, ties} = plan;
    const chosen = structure.describe(design), left = structure.length - chosen.count;
    const chains = wholeChains(opened, design), names = structure.chainsWith(design).map((chain) => chain.name);
    const {count, temperature} = settings;
    const where = chains ? chainsInWords(names) : `${chosen.text}`;
    const sentences = [
        `${count === 1 ? '1 sequence' : `${count} sequences`} for ${name} at temperature ${temperature}.`,
        `${residues(chosen.count)} designed (${where}); ${left ? `the other ${left} keep their letters` : 'none is kept'}.`
    ];
    for (const rule of rules) {
        const place = rule.where ? `at ${rule.where}` : 'anywhere';
        const letters = [...rule.letters].join(', ');
        sentences.push(rule.kind === 'omit' ? `No ${letters} ${place}.`
            : `${letters} ${rule.nats > 0 ? 'favoured' : 'disfavoured'} by ${Math.abs(rule.nats)} nats ${place}.`);
    }
    if (ties.trim()) {
        const {groups} = structure.ties(ties);
        sentences.push(`${groups.length} groups of residues get one letter each (${ties.trim()}).`);
    }
    if (states.length) sentences.push(`One sequence for ${name} and ${states.map((each) => each.name).join(', ')}.`);
    if (settings.order === 'n-to-c') sentences.push('Decoded from the first residue to the last.');
    return sentences;
}
