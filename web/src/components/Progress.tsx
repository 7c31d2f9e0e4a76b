// SPDX-License-Identifier: MIT
//
// Progress.tsx - what is going on, how far it is and how long it will take.
import {loading, weights} from '../state/models';
import {active, type Phase, type Run, runs, waiting} from '../state/runs';
import {current, opening} from '../state/structures';

const doing: Record<Phase, string> = {
    waiting: 'Waiting', weights: 'Reading the weights', encode: 'Looking at the backbone', design: 'Designing',
    finish: 'Finishing'
};

const sequences = (n: number) => (n === 1 ? '1 sequence' : `${n} sequences`);

function timeLeft(seconds: number): string {
    if (seconds < 1) return 'less than a second left';
    if (seconds < 90) return `about ${Math.ceil(seconds)} s left`;
    return `about ${Math.ceil(seconds / 60)} min left`;
}

function outcome(run: Run): string {
    const made = sequences(run.rows.length), {name} = run.opened;
    switch (run.state.value) {
        case 'running': return `${doing[run.phase.value]}: ${name} with ${run.facts.model}.`;
        case 'done': return `Done: ${made} for ${name}.`;
        case 'cancelled': return `Cancelled after ${made} for ${name}.`;
        default: return `Stopped after ${made} for ${name}.`;
    }
}

function statusText(): string {
    if (opening.value.length) return opening.value.length > 1 ? `Reading ${opening.value.length} files.` : 'Reading.';
    const run = active.value ?? runs.value.at(-1), more = waiting.value.length;
    if (run) return outcome(run) + (more ? ` ${more === 1 ? '1 run waits' : `${more} runs wait`}.` : '');
    if (current.value) return weights.value ? 'Ready to design.' : 'Ready to design; the weights are on their way.';
    return 'Open a structure to begin.';
}

function Bar({run}: {run: Run}) {
    const fraction = run.fraction.value;
    const left = run.secondsLeft.value;
    const made = `${run.count.value} of ${sequences(run.facts.settings.count)}`;
    const detail = [made, left === null ? '' : timeLeft(left)].filter(Boolean).join(', ');
    return (
        <div class="bar">
            <progress role="progressbar" aria-label={doing[run.phase.value]} max={1} value={fraction}
                aria-valuemin={0} aria-valuemax={1} aria-valuenow={fraction} aria-valuetext={
                    `${Math.floor(100 * fraction)} %, ${detail}`} />
            <span>{detail}</span>
        </div>
    );
}

/** The weights on their way, before any run waits for them. */
function Loading() {
    const {value} = loading;
    if (!value || active.value) return null;
    const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
    return (
        <p class="note">
            Weights: {megabytes(value.done)}{value.total ? ` of ${megabytes(value.total)}` : ''} MB
            {value.cached ? ', from the cache' : ''}
        </p>
    );
}

export function Progress() {
    const run = active.value;
    return (
        <div class="progress">
            <p role="status">{statusText()}</p>
            {run && <Bar run={run} />}
            <Loading />
        </div>
    );
}
