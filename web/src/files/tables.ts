// SPDX-License-Identifier: MIT
//
// tables.ts - designs as a CSV table and as JSON lines, and the ranking of `weft design -o DIR`.
//
//   csvOf       one row for each design. structure, model, weights_sha256, weft, seed, sample, temperature, score,
//               global_score, recovery, designed_residues: as in JSON lines; designed: those residues in the grammar of
//               selections; sequence: the designed chains, parted by '/'; then for each chain score_CHAIN, where it is
//               designed, and sequence_CHAIN
//   jsonLinesOf the lines of `weft design --json`
//   summaryOf   the columns of its summary.csv: the best first, equal designs as one row with their number in `copies`
import {csvFormatRows} from 'd3-dsv';
import type {Result} from '../state/runs';
import {byChain, chainsOf, type Part} from './parts';

type Cells = Record<string, unknown>;

/** What both tables say of a design. */
function common({run}: Part, {sample, score, globalScore, recovery}: Result) {
    const {opened: {name, structure}, facts: {model, plan, settings: {seed, temperature}}, sha256, version} = run;
    return {
        structure: name, model, weights_sha256: sha256, weft: version, seed, sample, temperature, score,
        global_score: globalScore, recovery, designed_residues: structure.describe(plan.design).count
    };
}

function jsonOf(part: Part, design: Result): object {
    const {structure, model, weights_sha256, weft, seed, sample, temperature, designed_residues} = common(part, design);
    const {designed, fixed} = chainsOf(part.run), {score, globalScore, recovery, sequence, states} = design;
    return {
        structure, model, weights_sha256, weft, seed, sample, temperature, sequence,
        chains: byChain(part.run, sequence), score, global_score: globalScore, recovery, designed_chains: designed,
        fixed_chains: fixed, designed_residues, ...(states && {
            states: states.map(({globalScore: over, sequence: _, ...state}) => ({...state, global_score: over}))
        })
    };
}

/** One line of JSON for each design; what is no number becomes null. */
export const jsonLinesOf = (parts: readonly Part[]): string => parts.flatMap((part) =>
    part.designs.map((design) => `${JSON.stringify(jsonOf(part, design))}\n`)).join('');

const cell = (value: unknown) => (value === null || value === undefined || Number.isNaN(value) ? '' : String(value));
const table = (columns: readonly string[], rows: readonly Cells[]): string =>
    `${csvFormatRows([[...columns], ...rows.map((row) => columns.map((name) => cell(row[name])))])}\n`;

const joinedChains = ({run}: Part, sequence: string) => {
    const chains = byChain(run, sequence);
    return run.chains.map((name) => chains[name]).join('/');
};

function csvRow(part: Part, design: Result): Cells {
    const {run} = part, {opened: {structure}, facts: {plan}} = run;
    const named = (what: string, values: Readonly<Record<string, unknown>>) =>
        Object.fromEntries(Object.entries(values).map(([chain, value]) => [`${what}_${chain}`, value]));
    return {
        ...common(part, design), designed: structure.describe(plan.design).text,
        sequence: joinedChains(part, design.sequence), ...named('score', design.chainScores),
        ...named('sequence', byChain(run, design.sequence))
    };
}

const COLUMNS = [
    'structure', 'model', 'weights_sha256', 'weft', 'seed', 'sample', 'temperature', 'score', 'global_score',
    'recovery', 'designed_residues', 'designed', 'sequence'
];

export function csvOf(parts: readonly Part[]): string {
    const chains = (what: string, of: (part: Part) => string[]) =>
        [...new Set(parts.flatMap(of))].map((name) => `${what}_${name}`);
    const all = (part: Part) => part.run.opened.structure.chains.map(({name}) => name);
    return table([...COLUMNS, ...chains('score', ({run}) => run.chains), ...chains('sequence', all)],
        parts.flatMap((part) => part.designs.map((design) => csvRow(part, design))));
}

const RANKED = [
    'rank', 'structure', 'sample', 'temperature', 'seed', 'score', 'global_score', 'recovery', 'copies', 'sequence',
    'file'
];

interface Ranked extends Cells {
    score: number;
    copies: number;
}

/** Lower scores first, those that are no number last. */
const byScore = (a: Ranked, b: Ranked) => {
    const [left, right] = [a, b].map(({score}) => (Number.isFinite(score) ? score : Infinity));
    return left < right ? -1 : left > right ? 1 : 0;
};

/** The different designs of one part. */
function differing(part: Part, file: string): Ranked[] {
    const rows = new Map<string, Ranked>();
    for (const design of part.designs) {
        const row = {
            ...common(part, design), copies: 1, sequence: joinedChains(part, design.sequence), file
        };
        const before = rows.get(design.sequence);
        if (!before) rows.set(design.sequence, row);
        else if (byScore(row, before) < 0) rows.set(design.sequence, {...row, copies: before.copies + 1});
        else before.copies++;
    }
    return [...rows.values()];
}

/** @param fileOf   where the FASTA file of a part is */
export function summaryOf(parts: readonly Part[], fileOf: (part: Part) => string): string {
    const ranked = parts.flatMap((part) => differing(part, fileOf(part))).sort(byScore);
    return table(RANKED, ranked.map((row, i) => ({...row, rank: i + 1})));
}
