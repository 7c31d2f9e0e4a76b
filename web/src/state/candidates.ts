// SPDX-License-Identifier: MIT
//
// candidates.ts - designs of the page as the library's choosing and folding take them.
//
//   Row --candidateOf--> Candidate: its designed chains, their names, its score --complexOfRow--> chains to fold
import type {Candidate} from '../../../wasm/choosing.js';
import {complexOf, type Complex} from '../../../wasm/folding.js';
import {sortChains} from '../../../wasm/formats/fasta.js';
import type {Row, Run} from './runs';

/** A candidate that knows its row of the table. */
export interface Designed extends Candidate {
    readonly row: Row;
}

/** 5L33_0.1_3, as `weft design` names the files of a design. */
export const designName = ({run: {opened, facts}, design}: Row): string =>
    `${opened.name}_${facts.settings.temperature}_${design.sample}`;

/** The designed chains in the order of their names, as FASTA files have them. */
export function candidateOf(row: Row, name = designName(row)): Designed {
    const {run, design: {sequence, score, sample}} = row, {opened} = run, names = sortChains(run.chains);
    const chains = names.map((each) => {
        const {start, length} = opened.structure.chain(each);
        return sequence.slice(start, start + length);
    });
    return {
        row, name, chains, chainNames: names, score: Number.isFinite(score) ? score : null, structure: opened.name,
        sample, temperature: run.facts.settings.temperature
    };
}

/** What the designs of a run were made for. */
export const referenceOf = ({opened: {structure}, facts: {plan}}: Run) => ({structure, design: plan.design});

/** All chains of a design: those with a designed residue, and the others as targets. */
export const complexOfRow = (row: Row, name?: string): Complex =>
    complexOf(candidateOf(row, name), referenceOf(row.run));
