// SPDX-License-Identifier: MIT
//
// Results.tsx - the designed sequences, as they come.
import {runs} from '../../state/runs';

export function Results() {
    return (
        <table aria-label="Designs">
            <thead><tr><th scope="col">Sequence</th><th scope="col">Score</th><th scope="col">Recovery</th></tr></thead>
            <tbody>
                {runs.value.flatMap((run) => run.rows.slice(0, run.count.value).map(({design}) => (
                    <tr key={`${run.key}.${design.sample}`}>
                        <td>{design.sequence}</td><td>{design.score.toFixed(4)}</td><td>{design.recovery.toFixed(4)}</td>
                    </tr>
                )))}
            </tbody>
        </table>
    );
}
