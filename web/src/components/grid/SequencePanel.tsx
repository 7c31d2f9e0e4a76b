// SPDX-License-Identifier: MIT
//
// SequencePanel.tsx - the sequence: what is selected and designed, the tools that select, and the grid.
import {plan} from '../../state/plan';
import {
    designed, designOnlySelected, designSelected, fixSelected, residues, selection
} from '../../state/selection';
import {current, type Opened} from '../../state/structures';
import {SelectTools} from './SelectTools';
import {SequenceGrid} from './SequenceGrid';
import './grid.css';

function Counts({opened}: {opened: Opened}) {
    const {count, text} = selection.value;
    return (
        <p class="counts">
            <span><i class="mark designed" />{designed.value.count} of {opened.structure.length} designed</span>
            <span><i class="mark selected" />{count} selected</span>
            {count > 0 && <code title={`Selected: ${text}`} tabIndex={0}>{text}</code>}
        </p>
    );
}

/** What becomes of the selection. */
function Actions({opened}: {opened: Opened}) {
    const {count} = selection.value, none = count === 0;
    const act = (action: (opened: Opened) => void) => () => { if (!none) action(opened); };
    const hint = none ? 'Select residues first' : residues(count);
    return (
        <div class="buttons actions">
            <button type="button" aria-disabled={none} title={`${hint} (key D)`} onClick={act(designSelected)}>
                Design selected
            </button>
            <button type="button" aria-disabled={none} title={`${hint} (key F)`} onClick={act(fixSelected)}>
                Keep selected
            </button>
            <button type="button" aria-disabled={none} title={hint} onClick={act(designOnlySelected)}>
                Design only these
            </button>
        </div>
    );
}

export function SequencePanel() {
    const opened = current.value;
    return (
        <section aria-label="Sequence" class="sequence-panel">
            {opened && plan.value && (
                <>
                    <div class="sequence-bar">
                        <Counts opened={opened} />
                        <SelectTools key={opened.key} opened={opened} />
                        <Actions opened={opened} />
                    </div>
                    <p id="grid-help" class="unseen">
                        Arrow keys move, Shift extends, Space selects, D designs the selected residues, F keeps them,
                        Control A selects all, Escape none.
                    </p>
                    <SequenceGrid key={opened.key} opened={opened} />
                </>
            )}
        </section>
    );
}
