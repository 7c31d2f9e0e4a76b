// SPDX-License-Identifier: MIT
//
// DesignLine.tsx - the chosen design: which run it comes from, and what can be done with it.
import {choose, compared, focused, mark, nameOf} from '../../state/results';
import {shownLetters} from '../../state/listing';
import type {Row} from '../../state/runs';
import {CopyButton} from './copy';
import {timeOf} from './words';

function sentence({run, design: {sample, score}}: Row): string {
    const {facts: {model, settings, started, words}, opened} = run;
    return `This design: #${sample} of ${opened.name}, confidence ${Math.exp(-score).toFixed(2)}; run ${run.key}, `
        + `started ${timeOf(started)}. ${words.join(' ')} ${model}, seed ${settings.seed}.`;
}

function hint(): string {
    const {value: other} = compared;
    return other ? `${nameOf(other)} is marked for comparison: choose another row, then Compare.`
        : 'Choose a row to see the design in the structure and in the figures.';
}

export function DesignLine({empty}: {empty: boolean}) {
    const {value: row} = focused;
    if (!row) return <p class="design-line note">{empty ? '' : hint()}</p>;
    const text = sentence(row), marked = compared.value === row;
    return (
        <div class="design-line">
            <p class="note" title={text}>{text}</p>
            <CopyButton words="Copy sequence" label="Copy sequence" text={shownLetters(row.run, row.design.sequence)} />
            <button type="button" aria-pressed={marked} onClick={() => mark(row)}>Mark to compare</button>
            <button type="button" onClick={() => choose(null)}>Choose none</button>
        </div>
    );
}
