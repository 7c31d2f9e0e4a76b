// SPDX-License-Identifier: MIT
//
// scoring.ts - how well given sequences fit the structure, and which single mutations the model would make.
//
//   FASTA or lines --readSequences--> engine.score, over some decoding orders --> scored
import {computed, signal} from '@preact/signals';
import {parseFasta} from '../../../wasm/formats/fasta.js';
import {LETTERS, type Progress} from '../../../wasm/index.js';
import {chosenSlot} from './models';
import {isCancelled, messageOf} from './page';
import {planOf, visible, WIDTH} from './plan';
import {logProbsOf, type Mode} from './profile';
import {current, type Opened} from './structures';

export const MOST_ORDERS = 1000;

export const text = signal('');
export const orders = signal('1');
/** Whether the pseudo-perplexity is worked out as well, which takes longer. */
export const pseudo = signal(false);

export interface Scored {
    readonly structure: string;
    readonly name: string;
    readonly sequence: string;
    readonly score: number;
    readonly globalScore: number;
    readonly deviation: number;
    /** of fewer than two orders, and of one chain: null */
    readonly standardError: number | null;
    readonly interfaceScore: number | null;
    readonly perplexity: number;
    readonly pseudoPerplexity: number | null;
    readonly chainScores: Readonly<Record<string, number>>;
    readonly recovery: number;
}

export const scored = signal<readonly Scored[]>([]);
/** How far the scoring is, 0 to 1; null while nothing is scored. */
export const scoring = signal<number | null>(null);
export const problem = signal('');
let abort: AbortController | undefined;

export function cancelScoring(): void {
    abort?.abort();
}

/** Records of FASTA, or a sequence in each line. Chains are joined by '/'. */
export function readSequences(given: string): {name: string, sequence: string}[] {
    if (given.trim().startsWith('>')) {
        return parseFasta(given).map(({header, sequence}) => ({name: header.split(/[\s,]/)[0], sequence}));
    }
    return given.split('\n').map((line) => line.trim()).filter(Boolean)
        .map((sequence, i) => ({name: `sequence ${i + 1}`, sequence}));
}

function ordersOf(given: string): number {
    const count = Number(given);
    if (Number.isInteger(count) && count >= 1 && count <= MOST_ORDERS) return count;
    throw new Error(`Orders: ${given || 'nothing'} is not a whole number from 1 to ${MOST_ORDERS}`);
}

/** Scores one sequence after the other, so that an error names its sequence. */
export async function scoreSequences(opened: Opened): Promise<void> {
    if (scoring.value !== null) return;
    const slot = chosenSlot().retain();
    abort = new AbortController();
    const {signal: stop} = abort, {structure, name: of} = opened, {design} = planOf(opened);
    problem.value = '';
    scoring.value = 0;
    let name = '';
    try {
        const list = readSequences(text.value), count = ordersOf(orders.value), done: Scored[] = [];
        if (list.length === 0) throw new Error('paste a sequence, or FASTA');
        const engine = await slot.engine, encoding = await slot.encoding(opened, {signal: stop});
        for (const [i, each] of list.entries()) {
            ({name} = each);
            const asked = {
                design: design.includes(1) ? design : visible(structure), orders: count, seed: 0, signal: stop,
                onProgress: ({fraction}: Progress) => { scoring.value = (i + (fraction ?? 0)) / list.length; }
            };
            const [found] = await engine.score(encoding, {...asked, sequences: each.sequence});
            const scan = pseudo.value ? await engine.scan(encoding, {...asked, sequence: found.sequence}) : null;
            const {score, globalScore, deviation, recovery, sequence} = found;
            const {standardError, interfaceScore, perplexity, chainScores} = found;
            done.push({
                structure: of, name, sequence, score, globalScore, deviation, recovery, standardError, interfaceScore,
                perplexity, pseudoPerplexity: scan?.pseudoPerplexity ?? null, chainScores
            });
            scored.value = [...done];
        }
    } catch (error) {
        if (!isCancelled(error)) problem.value = name ? `${name}: ${messageOf(error)}` : messageOf(error);
    } finally {
        scoring.value = null;
        slot.release();
    }
}

export interface Mutation {
    readonly row: number;
    /** 'A45', with the native letter and the other one */
    readonly name: string;
    readonly native: string;
    readonly letter: string;
    /** log p(letter) - log p(native letter), nats */
    readonly gain: number;
}

/** What the letters of the scan are given. */
export const given = signal<Mode>('all-others');

/** log p(letter) - log p(native letter), [row][letter]; NaN where nothing is known. */
export const gains = computed<Float32Array | null>(() => {
    const opened = current.value, table = opened && logProbsOf(opened, given.value);
    if (!opened || !table) return null;
    const {letters, unknown} = opened.structure, seen = visible(opened.structure);
    return table.map((value, at) => {
        const row = Math.floor(at / WIDTH);
        return seen[row] && !unknown[row] ? value - table[row * WIDTH + letters[row]] : NaN;
    });
});

/** The mutations that gain most, best first. */
export const best = computed<readonly Mutation[]>(() => {
    const opened = current.value, table = gains.value;
    if (!opened || !table) return [];
    const {structure} = opened, found: Mutation[] = [];
    for (let row = 0; row < structure.length; row++) {
        for (let letter = 0; letter < WIDTH - 1; letter++) {
            const gain = table[row * WIDTH + letter];
            if (!(gain > 0)) continue;
            const native = structure.sequence[row];
            found.push({row, name: structure.rowName(row), native, letter: LETTERS[letter], gain});
        }
    }
    return found.sort((a, b) => b.gain - a.gain);
});
