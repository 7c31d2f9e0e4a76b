// SPDX-License-Identifier: MIT
//
// Results.tsx - the designed sequences, as they come: tools, the chosen one, and the table, a comparison or a choice.
import {comparing, filter, hiddenRuns, runsListed, tool, view} from '../../state/results';
import {runs} from '../../state/runs';
import {later} from '../layout/later';
import {Compare} from './Compare';
import {DesignLine} from './DesignLine';
import {DesignTable} from './DesignTable';
import {RunList} from './RunList';
import {Toolbar} from './Toolbar';
import './results.css';

const Choosing = later(async () => (await import('./Choosing')).Choosing, <p class="note">...</p>);

const Predictions = later(async () => (await import('./Predictions')).Predictions, <p class="note">...</p>);

/** What stands in the table's place, or the table. */
function Shown() {
    if (comparing.value) return <Compare />;
    return tool.value === 'choose' ? <Choosing /> : tool.value === 'predictions' ? <Predictions /> : <DesignTable />;
}

/** Why the table has no rows; '' where it has. */
function emptiness(): string {
    const {entries, designs} = view.value;
    if (entries.length > 0) return '';
    if (designs > 0) return `None of ${designs} designs fits "${filter.value.trim()}".`;
    if (hiddenRuns.value.size > 0) return 'The runs with designs are not shown; see Runs.';
    return runs.value.some((run) => run.state.value === 'running') ? 'The first sequence is on its way.'
        : 'No designs yet. Each sequence gets a row here as soon as it is made.';
}

export function Results() {
    const empty = emptiness();
    return (
        <section aria-label="Designs" class="results">
            <Toolbar />
            {runsListed.value && runs.value.length > 0 && <RunList />}
            <DesignLine empty={empty !== ''} />
            <Shown />
            {!comparing.value && !tool.value && empty && <p class="empty note">{empty}</p>}
        </section>
    );
}
