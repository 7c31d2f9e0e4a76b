// SPDX-License-Identifier: MIT
//
// Sequences.tsx - scores of sequences that the user has.
import {announce, report} from '../../state/page';
import {fixed4} from '../../state/results';
import {
    cancelScoring, MOST_ORDERS, orders, problem, type Scored, scored, scoreSequences, scoring, text
} from '../../state/scoring';
import {current} from '../../state/structures';
import {copyText} from '../clipboard';

function Table({rows}: {rows: readonly Scored[]}) {
    return (
        <div class="scored" role="region" aria-label="Scores of sequences" tabIndex={0}>
            <table aria-label="Scored sequences">
                <thead>
                    <tr>
                        {['Name', 'Score', 'Global score', 'Deviation', 'Recovery', 'Sequence'].map((name) =>
                            <th key={name} scope="col">{name}</th>)}
                    </tr>
                </thead>
                <tbody>
                    {rows.map(({name, score, globalScore, deviation, recovery, sequence}, i) => (
                        <tr key={i}>
                            <td>{name}</td><td>{fixed4(score)}</td><td>{fixed4(globalScore)}</td>
                            <td>{fixed4(deviation)}</td><td>{fixed4(recovery)}</td><td class="mono">{sequence}</td>
                        </tr>
                    ))}
                </tbody>
            </table>
        </div>
    );
}

/** The table as CSV, for a spreadsheet. */
async function copyTable(): Promise<void> {
    try {
        const {csvFormat} = await import('d3-dsv');
        await copyText(csvFormat(scored.value.map(({globalScore, ...rest}) =>
            ({...rest, global_score: globalScore}))));
        announce('Copied.');
    } catch (error) {
        report('Copy as CSV', error);
    }
}

export function Sequences() {
    const opened = current.value, going = scoring.value;
    return (
        <div class="sequences">
            <form onSubmit={(event) => { event.preventDefault(); if (opened) void scoreSequences(opened); }}>
                <textarea aria-label="Sequences to score" rows={3} spellcheck={false} value={text.value}
                    placeholder="FASTA, or a sequence in each line; chains joined by /"
                    aria-invalid={problem.value !== ''} aria-describedby="scoring-problem"
                    onInput={(event) => { text.value = event.currentTarget.value; }} />
                <div class="buttons">
                    <label>Orders <input type="number" min={1} max={MOST_ORDERS} step={1} value={orders.value}
                        title="random decoding orders to average over"
                        onInput={(event) => { orders.value = event.currentTarget.value; }} /></label>
                    <button type="submit" aria-disabled={!opened || going !== null}>Score</button>
                    {going !== null && <button type="button" onClick={cancelScoring}>Stop</button>}
                    {going !== null && <progress max={1} value={going} aria-label="Scoring" />}
                    {scored.value.length > 0
                        && <button type="button" onClick={() => void copyTable()}>Copy as CSV</button>}
                </div>
                <p id="scoring-problem" class={problem.value ? 'fault' : 'note'} aria-live="polite">
                    {problem.value || 'Score: mean negative log-probability of the designed residues, nats; '
                        + 'lower is better.'}
                </p>
            </form>
            {scored.value.length > 0 && <Table rows={scored.value} />}
        </div>
    );
}
