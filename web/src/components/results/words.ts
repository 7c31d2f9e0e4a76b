// SPDX-License-Identifier: MIT
//
// words.ts - times and runs in words.
import type {Run} from '../../state/runs';

/** '14:05', with the day where it is another one. */
export function timeOf(started: number): string {
    const then = new Date(started), time = then.toLocaleTimeString([], {hour: '2-digit', minute: '2-digit'});
    return then.toDateString() === new Date().toDateString() ? time : `${then.toLocaleDateString()} ${time}`;
}

/** 'done, 8 sequences'; reads the run's signals. */
export function stateInWords(run: Run): string {
    const asked = run.facts.settings.count, made = run.count.value, some = `${made} of ${asked} sequences`;
    switch (run.state.value) {
        case 'running': return run.phase.value === 'waiting' ? `waiting, ${asked} sequences` : `running, ${some}`;
        case 'done': return `done, ${made === 1 ? '1 sequence' : `${made} sequences`}`;
        case 'cancelled': return `cancelled, ${some}`;
        default: return `failed, ${some}: ${run.error || 'no reason is known'}`;
    }
}
