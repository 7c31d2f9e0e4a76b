// SPDX-License-Identifier: MIT
//
// comparison.ts - two designs, or a design and its native: where they differ and by how much.
//
//   focused, compared --compare--> Comparison {sides, differences, identity} or a refusal in words
import {computed} from '@preact/signals';
import {compared, focused, nameOf} from './results';
import {chainScores, type Row, type Run} from './runs';
import type {Opened} from './structures';

export interface Side {
    readonly title: string;
    readonly run: Run;
    readonly sequence: string;
    /** of each row's letter; null while the native is not scored yet */
    readonly logProb: Float32Array | null;
    readonly score: number;
    readonly globalScore: number;
    /** NaN for the native */
    readonly recovery: number;
    /** mean over the designed residues of each chain, by its name */
    readonly chainScores: Readonly<Record<string, number>>;
}

export interface Comparison {
    readonly opened: Opened;
    /** what the second is compared with: the marked design or the native */
    readonly first: Side;
    readonly second: Side;
    /** 1 for each row that either run designs */
    readonly design: Uint8Array;
    /** rows with different letters */
    readonly differences: readonly number[];
    /** designed rows, and those of them with the same letter */
    readonly designed: number;
    readonly same: number;
    /** why the scores of the two are no like for like; '' where they are */
    readonly caution: string;
}

function sideOf(row: Row): Side {
    const {run, design: {sequence, logProb, score, globalScore, recovery, chainScores}} = row;
    return {title: nameOf(row), run, sequence, logProb, score, globalScore, recovery, chainScores};
}

function nativeSide(run: Run): Side {
    const {value: native} = run.native, {sequence} = run.opened.structure;
    return {
        title: `Native of ${run.opened.name}`, run, sequence, logProb: native?.logProb ?? null,
        score: native?.score ?? NaN, globalScore: native?.globalScore ?? NaN, recovery: NaN,
        chainScores: native ? chainScores(run.opened, run.facts.plan.design, native.logProb) : {}
    };
}

/** Whether rows of one are rows of the other: the same residues under the same names. */
function alike(a: Opened, b: Opened): boolean {
    if (a.key === b.key) return true;
    const x = a.structure, y = b.structure;
    return x.sequence === y.sequence && x.insertions === y.insertions
        && x.numbers.every((value, row) => value === y.numbers[row])
        && x.chains.length === y.chains.length
        && x.chains.every(({name, start}, i) => name === y.chains[i].name && start === y.chains[i].start);
}

function cautionOf(a: Run, b: Run): string {
    const reasons = [];
    if (a.facts.model !== b.facts.model) reasons.push('they come from different models');
    if (a.facts.plan.design.some((value, row) => value !== b.facts.plan.design[row])) {
        reasons.push('the runs design different residues');
    }
    return reasons.length ? `The scores are no like for like: ${reasons.join(', and ')}.` : '';
}

function compare(first: Side, second: Side): Comparison {
    const other = second.run.facts.plan.design;
    const design = first.run.facts.plan.design.map((value, row) => value | other[row]);
    const differences = [];
    let designed = 0, same = 0;
    for (let row = 0; row < design.length; row++) {
        const equal = first.sequence[row] === second.sequence[row];
        designed += design[row];
        if (equal) same += design[row];
        else differences.push(row);
    }
    return {
        opened: first.run.opened, first, second, design, differences, designed, same,
        caution: cautionOf(first.run, second.run)
    };
}

/** The chosen design against the marked one, or else against its native; a text where they cannot be compared. */
export const comparison = computed<Comparison | string>(() => {
    const {value: row} = focused, {value: other} = compared;
    if (!row) return 'Choose a design in the table first.';
    if (!other || other === row) return compare(nativeSide(row.run), sideOf(row));
    if (!alike(row.run.opened, other.run.opened)) {
        return `${nameOf(row)} and ${nameOf(other)} are designs of different structures: there is no residue to set `
            + 'beside another. Mark a design of the same structure, or take the mark away to compare with the native.';
    }
    return compare(sideOf(other), sideOf(row));
});
