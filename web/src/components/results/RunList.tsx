// SPDX-License-Identifier: MIT
//
// RunList.tsx - what was run: its state, what was asked in words, and the command that does the same.
import {hiddenRuns, showRun} from '../../state/results';
import {clear} from '../../state/clearing';
import {type Run, runs} from '../../state/runs';
import {CopyButton} from './copy';
import {stateInWords, timeOf} from './words';

function RunLine({run}: {run: Run}) {
    const {facts: {model, words, command, started}, opened, key} = run, ended = run.state.value !== 'running';
    return (
        <li>
            <div class="run-head">
                <label class="check">
                    <input type="checkbox" checked={!hiddenRuns.value.has(run)} aria-label={`Show run ${key}`}
                        onChange={(event) => showRun(run, event.currentTarget.checked)} />
                    <strong>Run {key}</strong>
                </label>
                <span class={`state ${run.state.value}`}>{stateInWords(run)}</span>
                <span class="note">{opened.name}, {model}, {timeOf(started)}</span>
                <CopyButton words="Copy command" label={`Copy command of run ${key}`} text={command.text} />
                <button type="button" aria-label={`Clear run ${key}`} aria-disabled={!ended}
                    onClick={() => { if (ended) void clear(run); }}>Clear</button>
            </div>
            <p class="note">{words.join(' ')}</p>
            <code>{command.text}</code>
        </li>
    );
}

export function RunList() {
    const ended = runs.value.some((run) => run.state.value !== 'running');
    return (
        <ul class="runs" aria-label="Runs" tabIndex={0}>
            {runs.value.map((run) => <RunLine key={run.key} run={run} />)}
            <li>
                <button type="button" aria-disabled={!ended} onClick={() => { if (ended) void clear(); }}>
                    Clear all runs
                </button>
            </li>
        </ul>
    );
}
