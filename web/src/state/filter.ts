// SPDX-License-Identifier: MIT
//
// filter.ts - the table's filter: words that must all fit a design.
//
//   '5L33 GxxG score<0.9' -> structure or model has '5l33', a chain has G, two letters, G, and the score is below 0.9
import type {Entry} from './listing';

type Test = (entry: Entry) => boolean;

const NUMBERS: Readonly<Record<string, (entry: Entry) => number>> = {
    score: ({row}) => row.design.score,
    recovery: ({row}) => row.design.recovery,
    t: ({row}) => row.run.facts.settings.temperature,
    seed: ({row}) => row.run.facts.settings.seed,
    run: ({row}) => row.run.key
};

const COMPARE: Readonly<Record<string, (a: number, b: number) => boolean>> = {
    '<': (a, b) => a < b, '<=': (a, b) => a <= b, '>': (a, b) => a > b, '>=': (a, b) => a >= b, '=': (a, b) => a === b
};

/** 'score<0.9' */
function numberTest(word: string): Test | null {
    const [, name, sign, text] = /^([a-z]+)(<=|>=|<|>|=)(-?(?:\d+\.?\d*|\.\d+))$/.exec(word) ?? [];
    const value = NUMBERS[name];
    return value ? (entry) => COMPARE[sign](value(entry), Number(text)) : null;
}

/** A motif within one chain, x for any letter. */
function motifOf(word: string): RegExp | null {
    return /^[a-z]+$/.test(word) ? new RegExp(word.toUpperCase().replaceAll('X', '[A-Z]')) : null;
}

function wordTest(word: string): Test {
    const motif = motifOf(word);
    return (entry) => {
        const {opened, facts} = entry.row.run;
        return opened.name.toLowerCase().includes(word) || facts.model.toLowerCase().includes(word)
            || (motif !== null && motif.test(entry.letters));
    };
}

/** What a text asks of a design; null where it asks nothing. */
export function filterOf(text: string): Test | null {
    const tests = text.toLowerCase().split(/\s+/).filter(Boolean).map((word) => numberTest(word) ?? wordTest(word));
    return tests.length ? (entry) => tests.every((test) => test(entry)) : null;
}
