// SPDX-License-Identifier: MIT
//
// Sequences.tsx - scores of sequences that the user has.
import {announce, report} from '../../state/page';
import {fixed4} from '../../state/results';
import {
    cancelScoring, MOST_ORDERS, orders, problem, pseudo, type Scored, scored, scoreSequences, scoring, text
} from '../../state/scoring';
import {current} from '../../state/structures';
import {copyText} from '../clipboard';

const number = (value: number | null) => (value === null ? '' : fixed4(value));

/** Columns that are there where some row has a value. */
const further: Record<string, (row: Scored) => string> = {
    'Standard error': ({standardError}) => number(standardError),
    'Interface score': ({interfaceScore}) => number(interfaceScore),
    'Scores of chains': ({chainScores: scores}) => (Object.keys(scores).length > 1
        ? Object.entries(scores).map(([name, score]) => `${name} ${fixed4(score)}`).join(', ') : ''),
    Perplexity: ({perplexity}) => number(perplexity),
    'Pseudo-perplexity': ({pseudoPerplexity}) => number(pseudoPerplexity)
};

function Table({rows}: {rows: readonly Scored[]}) {
    const more = Object.keys(further).filter((name) => rows.some((row) => further[name](row) !== ''));
    return (
        <div class="scored" role="region" aria-label="Scores of sequences" tabIndex={0}>
            <table aria-label="Scored sequences">
                <thead>
                    <tr>
                        {['Name', 'Score', 'Global score', 'Deviation', 'Recovery', ...more, 'Sequence'].map((name) =>
                            <th key={name} scope="col">{name}</th>)}
                    </tr>
                </thead>
                <tbody>
                    {rows.map((row, i) => (
                        <tr key={i}>
                            <td>{row.name}</td><td>{fixed4(row.score)}</td><td>{fixed4(row.globalScore)}</td>
                            <td>{fixed4(row.deviation)}</td><td>{fixed4(row.recovery)}</td>
                            {more.map((name) => <td key={name}>{further[name](row)}</td>)}
                            <td class="mono">{row.sequence}</td>
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
        await copyText(csvFormat(scored.value.map(({
            globalScore, standardError, interfaceScore, pseudoPerplexity, chainScores, ...rest
        }) => ({
            ...rest, global_score: globalScore, standard_error: standardError, interface_score: interfaceScore,
            pseudo_perplexity: pseudoPerplexity,
            chain_scores: Object.entries(chainScores).map(([name, score]) => `${name}:${score}`).join(' ')
        }))));
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
                    <label class="check" title="exp of the mean of -log p(letter | all others)">
                        <input type="checkbox" checked={pseudo.value}
                            onChange={(event) => { pseudo.value = event.currentTarget.checked; }} />
                        Pseudo-perplexity
                    </label>
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
