// SPDX-License-Identifier: MIT
//
// Designs.tsx - the sequences as they come, each with the run that it belongs to.
import {Component} from 'preact';
import {fastaOf, fileNameOf, shown} from '../state/fasta';
import {report} from '../state/page';
import {clearRuns, type Row, rows, runs} from '../state/runs';

/** Hands a text to the browser as a file to keep. */
function download(name: string, text: string): void {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], {type: 'text/plain'}));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

async function save(): Promise<void> {
    try {
        const finished = runs.value;
        if (rows.value.length > 0) download(fileNameOf(finished), await fastaOf(finished));
    } catch (error) {
        report('Save FASTA', error);
    }
}

/** A row never changes, so it is drawn once. */
class DesignRow extends Component<{row: Row}> {
    shouldComponentUpdate() {
        return false;
    }

    render() {
        const {design, run} = this.props.row;
        const {opened, settings, model, chains} = run;
        return (
            <tr>
                <td class="sequence"><div>{shown(opened, chains, design.sequence)}</div></td>
                <td>{design.score.toFixed(4)}</td>
                <td>{design.recovery.toFixed(4)}</td>
                <td class="name">{opened.name}</td>
                <td class="name">{chains.join(', ')}</td>
                <td class="name">{model}</td>
                <td>{settings.temperature}</td>
                <td>{settings.seed}</td>
                <td>{design.sample}</td>
            </tr>
        );
    }
}

export function Designs() {
    const all = rows.value;
    return (
        <section aria-labelledby="designs-title">
            <h2 id="designs-title">3. Designs</h2>
            <div class="buttons">
                <button type="button" aria-disabled={all.length === 0} onClick={save}>Save FASTA</button>
                <button type="button" aria-disabled={all.length === 0} onClick={clearRuns}>Clear</button>
            </div>
            <div class="scroll" role="region" aria-label="Table of designs" tabIndex={0}>
                <table aria-label="Designs">
                    <thead>
                        <tr>
                            <th scope="col" class="sequence">Sequence</th>
                            <th scope="col">Score</th>
                            <th scope="col">Recovery</th>
                            <th scope="col">Structure</th>
                            <th scope="col">Chains</th>
                            <th scope="col" class="model">Model</th>
                            <th scope="col">Temperature</th>
                            <th scope="col">Seed</th>
                            <th scope="col">Sample</th>
                        </tr>
                    </thead>
                    <tbody>
                        {all.map((row) => <DesignRow key={`${row.run.key}.${row.design.sample}`} row={row} />)}
                    </tbody>
                </table>
            </div>
            <p class="note">
                Score: mean negative log-probability of the designed residues in nats; lower is better.
                Recovery: share of designed residues that kept the file's letter.
            </p>
        </section>
    );
}
