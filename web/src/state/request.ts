// SPDX-License-Identifier: MIT
//
// request.ts - a plan and settings as the engine takes them, and as the same `weft` command.
//
//   Plan, Settings --asked.ts--> Constraints        the same and a model --commandOf--> weft design 5L33.pdb ...
//   refusal.ts: why it could not run        words.ts: what will run, in sentences
import type {Structure} from '../../../wasm/index.js';
import {biased, EVERYWHERE, omitted, wholeChains} from './asked';
import {models} from './models';
import type {Plan} from './plan';
import {textOf} from './resolved';
import type {Settings} from './settings';
import type {Opened} from './structures';
export {constraintsOf} from './asked';
export {refusal} from './refusal';
export {wordsOf} from './words';

/** Quoted for a shell where it must be. */
const quoted = (word: string) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** A file as an argument, which must not look like an option. */
const pathWord = (name: string) => (name.startsWith('-') ? `./${name}` : name);

/** What a shell makes of `--name value`, also where the value begins like an option. */
const option = (name: string, value: string) => (value.startsWith('-') ? [`--${name}=${value}`] : [`--${name}`, value]);

type Table = Record<string, string | Record<string, number>>;

/** A table for --omit or --bias: the command reads JSON from a file; letters for every residue it takes as they are. */
function tableOption(name: string, table: Table | undefined) {
    if (!table) return {words: [], files: []};
    const all = table[EVERYWHERE];
    if (Object.keys(table).length === 1 && all !== undefined) {
        const plain = typeof all === 'string' ? all
            : Object.entries(all).map(([letter, nats]) => `${letter}:${nats}`).join(',');
        return {words: option(name, plain), files: []};
    }
    const file = `${name}.json`;
    return {words: [`--${name}`, file], files: [{name: file, text: `${JSON.stringify(table)}\n`}]};
}

/** Whether a model of unknown kind could see other residues of these chains than the page does. */
function ambiguous({carbons, mask, unknown, chains}: Structure, names: readonly string[], model: string): boolean {
    if (/^(proteinmpnn|solublempnn)_/.test(model)) return false;
    return chains.some(({name, start, length}) => names.includes(name) && Array.from({length}, (_, i) => start + i)
        .some((row) => carbons[row] && !mask[row] && !unknown[row]));
}

/** What is designed: whole chains by name, anything else residue by residue. */
function designWords(opened: Opened, design: Uint8Array, model: string): string[] {
    const {structure} = opened, {chains} = structure, names = wholeChains(opened, design);
    const byName = names && names.every((name) => /^[^\s,]+$/.test(name)) && !ambiguous(structure, names, model);
    if (!byName) return ['--design', textOf(structure, design)];
    if (chains.length === 1) return [];
    const all = names.length === chains.length && !names.includes('all');
    return option('chains', all ? 'all' : names.join(','));
}

/** The states, each with its weight unless that is 1. */
function statesWords(plan: Plan, states: readonly Opened[]): string[] {
    if (!states.length) return [];
    const weights = new Map(plan.states.map(({key, weight}) => [key, weight]));
    return option(plan.average ? 'conformers' : 'states', states.map(({key, fileName}) => {
        const weight = weights.get(key) ?? 1;
        return fileName + (weight === 1 ? '' : `:${weight}`);
    }).join(','));
}

export interface Command {
    readonly text: string;
    /** files that the command names and the page holds */
    readonly files: readonly {readonly name: string, readonly text: string}[];
}

/**
 * The same run on the command line.
 * @param seedKnown   false where the seed is drawn at the start
 */
export function commandOf(
    opened: Opened, plan: Plan, settings: Settings, model: string, states: readonly Opened[], seedKnown = true
): Command {
    const {design, rules, ties, tieRule} = plan, {structure} = opened, text = ties.trim();
    const omit = tableOption('omit', omitted(rules)), bias = tableOption('bias', biased(rules));
    const weights = models.value.find(({id}) => id === model)?.file?.name ?? model;
    const words = [
        'weft', 'design', pathWord(opened.fileName), '-m', pathWord(weights),
        ...(structure.model === structure.models[0] ? [] : ['--models', String(structure.model)]),
        ...designWords(opened, design, model), ...omit.words, ...bias.words,
        ...(text ? option('tie', text) : []),
        ...((text || (states.length && !plan.average)) && tieRule !== 'logits' ? ['--tie-rule', tieRule] : []),
        ...statesWords(plan, states),
        '-n', String(settings.count), '-T', String(settings.temperature),
        ...(seedKnown ? ['-s', String(settings.seed)] : []),
        ...(settings.order === 'random' ? [] : ['--order', settings.order])
    ];
    return {text: words.map(quoted).join(' '), files: [...omit.files, ...bias.files]};
}
