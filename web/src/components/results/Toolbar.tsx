// SPDX-License-Identifier: MIT
//
// Toolbar.tsx - what the table holds, and what it shows of it.
import {clear} from '../../state/clearing';
import {comparing, filter, focused, merging, runsListed, view} from '../../state/results';
import {runs} from '../../state/runs';
import {Tools} from '../roving';
import {Help} from './Help';

const designs = (n: number) => (n === 1 ? '1 design' : `${n} designs`);

function countsInWords(): string {
    const {entries, designs: all, different} = view.value;
    if (all === 0) return '';
    return `${designs(all)}, ${different} different`
        + (filter.value.trim() ? `; ${entries.length === 1 ? '1 row fits' : `${entries.length} rows fit`}` : '');
}

/** The comparison's own way back leads here. */
export const COMPARE_ID = 'compare-designs';

function CompareButton() {
    const can = focused.value !== null;
    return (
        <button type="button" id={COMPARE_ID} aria-disabled={!can} aria-pressed={comparing.value}
            title={can ? 'With the marked design, or else with the native sequence' : 'Choose a row of the table first'}
            onClick={() => { comparing.value = can && !comparing.value; }}>
            Compare
        </button>
    );
}

export function Toolbar() {
    const ended = runs.value.some((run) => run.state.value !== 'running');
    return (
        <div class="tools">
            <h2>Designs</h2>
            <span class="counts">{countsInWords()}</span>
            <input type="search" aria-label="Filter" aria-describedby="filter-help" value={filter.value}
                placeholder="Name or motif" onInput={(event) => { filter.value = event.currentTarget.value; }} />
            <span id="filter-help" class="unseen">
                Part of a structure's or model's name, a motif with x for any letter, or score&lt;0.9, recovery&gt;0.5.
                All words must fit.
            </span>
            <Tools name="Table" look="table-tools">
                <label class="check">
                    <input type="checkbox" checked={merging.value}
                        onChange={(event) => { merging.value = event.currentTarget.checked; }} />
                    Merge duplicates
                </label>
                <CompareButton />
                <button type="button" aria-expanded={runsListed.value} aria-disabled={runs.value.length === 0}
                    onClick={() => { runsListed.value = !runsListed.value && runs.value.length > 0; }}>
                    {`Runs (${runs.value.length})`}
                </button>
                <button type="button" aria-disabled={!ended} onClick={() => { if (ended) void clear(); }}>Clear</button>
                <Help />
            </Tools>
        </div>
    );
}
