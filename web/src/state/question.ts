// SPDX-License-Identifier: MIT
//
// question.ts - the one question that the page asks before it loses something.
//
//   if (await ask('Clear 12 designs?', 'Clear')) clearRuns();
import {signal} from '@preact/signals';

interface Asked {
    text: string;
    yes: string;
    settle: (yes: boolean) => void;
}

export const question = signal<Asked | null>(null);

/** Resolves to what the user says; a question that another one takes the place of was answered no. */
export function ask(text: string, yes: string): Promise<boolean> {
    answer(false);
    return new Promise((settle) => { question.value = {text, yes, settle}; });
}

export function answer(yes: boolean): void {
    const asked = question.value;
    question.value = null;
    asked?.settle(yes);
}
