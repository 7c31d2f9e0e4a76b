// SPDX-License-Identifier: MIT
//
// preview.ts - what would run if Design were pressed now: sentences, the command, and what stands against it.
//
//   plan without the selection, settings, model --> preview {words, command, problems}
import {computed, type ReadonlySignal} from '@preact/signals';
import {model} from './models';
import {followStates, matches} from './multistate';
import {type Plan, plan} from './plan';
import {type Command, commandOf, refusal, wordsOf} from './request';
import {readSettings, seed, settingsProblems} from './settings';
import {statesOf} from './runs';
import {current, type Opened} from './structures';
import {capital} from './words';

const NONE = new Uint8Array();

/** One part of the plan: what depends on it is not made anew when only the selection changes. */
const part = <K extends keyof Plan>(key: K): ReadonlySignal<Plan[K] | undefined> => computed(() => plan.value?.[key]);
const design = part('design'), rules = part('rules'), ties = part('ties'), tieRule = part('tieRule');
const states = part('states'), average = part('average');

/** The structure that is looked at, and what is asked of it; `selected` is left out. */
export const asked = computed<{opened: Opened, plan: Plan} | undefined>(() => {
    const opened = current.value;
    if (!opened || !design.value || !rules.value || !states.value) return undefined;
    return {opened, plan: {
        selected: NONE, design: design.value, rules: rules.value, ties: ties.value ?? '',
        tieRule: tieRule.value ?? 'logits', states: states.value, average: average.value
    }};
});

followStates(() => asked.value);

export interface Preview {
    readonly words: readonly string[];
    readonly command: Command | null;
    /** why it cannot run yet, each a sentence */
    readonly problems: readonly string[];
}

const sentence = (text: string) => capital(text) + (/[.!?]$/.test(text) ? '' : '.');

/** Why the plan cannot be carried out; '' where it can. */
const planProblem = computed(() => (asked.value ? refusal(asked.value.opened, asked.value.plan) ?? '' : ''));

export const preview = computed<Preview>(() => {
    if (!asked.value) return {words: [], command: null, problems: []};
    const {opened, plan: now} = asked.value, against = planProblem.value || matches.value.problem;
    const problems = [...settingsProblems.value, ...(against ? [against] : [])].map(sentence);
    if (problems.length) return {words: [], command: null, problems};
    const settings = readSettings(() => 0), others = statesOf(now);
    return {
        words: wordsOf(opened, now, settings, others), problems,
        command: commandOf(opened, now, settings, model.value.id, others, seed.value.trim() !== '')
    };
});
