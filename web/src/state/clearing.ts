// SPDX-License-Identifier: MIT
//
// clearing.ts - takes runs off the table, and asks first where designs would be lost that no file has.
import {ask} from './question';
import {clearRuns, type Run, runs} from './runs';
import {unsaved} from './saved';

/** One run, or all that have ended by now: those that end while the question stands stay. */
export async function clear(only?: Run): Promise<void> {
    const ended = runs.value.filter((run) => run.state.value !== 'running' && (only === undefined || run === only));
    const count = unsaved(ended), many = count === 1 ? '1 design is' : `${count} designs are`;
    if (count === 0 || await ask(`${many} in no file yet. Clear anyway?`, 'Clear')) clearRuns(ended);
}
