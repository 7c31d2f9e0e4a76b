// SPDX-License-Identifier: MIT
//
// Toolbar.tsx - what the table holds, and what it shows of it.
import {comparing, filter, focused, merging, pick, picked, runsListed, tool, turnTo, view} from '../../state/results';
import {runs} from '../../state/runs';
import {Tools} from '../roving';
import {Help} from './Help';

const designs = (n: number) => (n === 1 ? '1 design' : `${n} designs`);

function countsInWords(): string {
    const {entries, designs: all, different} = view.value;
    if (all === 0) return '';
    const fitting = entries.length === 1 ? '1 row fits' : `${entries.length} rows fit`;
    return `${designs(all)}, ${different} different${picked.value || filter.value.trim() ? `; ${fitting}` : ''}`;
}

/** The comparison's own way back leads here. */
export const COMPARE_ID = 'compare-designs';

function CompareButton() {
    const can = focused.value !== null;
    return (
        <button type="button" id={COMPARE_ID} aria-disabled={!can} aria-pressed={comparing.value}
            title={can ? 'With the marked design, or else with the native sequence' : 'Choose a row of the table first'}
            onClick={() => {
                tool.value = null;
                comparing.value = can && !comparing.value;
            }}>
            Compare
        </button>
    );
}

/** The ways back to the table lead to these. */
export const TOOL_IDS = {choose: 'choose-a-set', predictions: 'read-predictions'};

function ToolButton({what, words, off}: {what: keyof typeof TOOL_IDS, words: string, off: boolean}) {
    return (
        <button type="button" id={TOOL_IDS[what]} aria-disabled={off} aria-pressed={tool.value === what}
            onClick={() => { if (!off) turnTo(what); }}>{words}</button>
    );
}

export function Toolbar() {
    const counts = countsInWords();
    return (
        <div class="tools">
            <h2 class={counts ? 'unseen' : ''}>Designs</h2>
            <span class="counts">{counts}</span>
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
                {picked.value && <button type="button" onClick={() => pick(null)}>Show all designs</button>}
                <CompareButton />
                <ToolButton what="choose" words="Choose a set" off={view.value.designs === 0} />
                <ToolButton what="predictions" words="Predictions" off={view.value.designs === 0} />
                <button type="button" aria-expanded={runsListed.value} aria-disabled={runs.value.length === 0}
                    onClick={() => { runsListed.value = !runsListed.value && runs.value.length > 0; }}>
                    {`Runs (${runs.value.length})`}
                </button>
                <Help />
            </Tools>
        </div>
    );
}
