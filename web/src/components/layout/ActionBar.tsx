// SPDX-License-Identifier: MIT
//
// ActionBar.tsx - start, stop, and what is going on. Always in sight.
import {problem} from '../../state/page';
import {active, cancelRuns, startRun, startWhenRead, waiting} from '../../state/runs';
import {structures} from '../../state/structures';
import {Progress} from '../Progress';

/** Every opened structure, one run after the other; of those that cannot run all are told. */
function startAll(): void {
    const problems = structures.value.map((opened) => {
        startRun(opened);
        return problem.value;
    });
    problem.value = problems.filter(Boolean).join('; ');
}

/**
 * Buttons that cannot be used now keep the keyboard's focus, which `disabled` would take away. Design can always be
 * used: without a structure it says what is missing.
 */
export function ActionBar() {
    const running = active.value !== undefined || waiting.value.length > 0;
    const several = structures.value.length;
    return (
        <div class="action-bar">
            <div class="buttons">
                <button type="button" class="main" onClick={startWhenRead}>Design</button>
                {several > 1 && <button type="button" onClick={startAll}>Design all {several}</button>}
                <button type="button" aria-disabled={!running} onClick={cancelRuns}>Cancel</button>
            </div>
            <Progress />
        </div>
    );
}
