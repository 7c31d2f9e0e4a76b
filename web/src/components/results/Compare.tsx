// SPDX-License-Identifier: MIT
//
// Compare.tsx - two designs of one structure, or one and its native, residue over residue.
import {useLayoutEffect, useRef, useState} from 'preact/hooks';
import {type Comparison, comparison, type Side} from '../../state/comparison';
import {comparing, fixed4} from '../../state/results';
import {pointed} from '../../state/selection';
import {current} from '../../state/structures';
import {chainLabel} from '../../state/words';
import {Alignment} from './Alignment';
import {COMPARE_ID} from './Toolbar';
import './compare.css';

const AT_ONCE = 200;   // rows of the list of differences

/** '+0.1234' */
const signed = (value: number) => (value > 0 ? '+' : '') + fixed4(value);
const percent = (part: number, whole: number) => `${(100 * part / whole).toFixed(1)} %`;

type Line = [string, (side: Side) => number];

function Numbers({of: {first, second}}: {of: Comparison}) {
    const chains = Object.keys(second.chainScores);
    const lines: Line[] = [
        ['Score', ({score}) => score], ['Score of all residues', ({globalScore}) => globalScore],
        ['Recovery', ({recovery}) => recovery],
        ...(chains.length > 1 ? chains : []).map((name): Line =>
            [`Score of chain ${chainLabel(name)}`, ({chainScores}) => chainScores[name] ?? NaN])
    ];
    return (
        <table class="numbers" aria-label="Scores of both">
            <thead>
                <tr>
                    <td></td><th scope="col">{first.title}</th><th scope="col">{second.title}</th>
                    <th scope="col">Difference</th>
                </tr>
            </thead>
            <tbody>
                {lines.map(([name, value]) => (
                    <tr key={name}>
                        <th scope="row">{name}</th>
                        <td>{first.logProb ? fixed4(value(first)) : 'not known before the run ends'}</td>
                        <td>{fixed4(value(second))}</td><td>{signed(value(second) - value(first))}</td>
                    </tr>
                ))}
            </tbody>
        </table>
    );
}

function Differences({of: {opened, first, second, differences}}: {of: Comparison}) {
    const [shown, setShown] = useState(AT_ONCE), {structure} = opened;
    const point = (row: number) => { if (current.peek()?.key === opened.key) pointed.value = row; };
    if (differences.length === 0) return <p>All letters are the same.</p>;
    const left = differences.length - shown;
    return (
        <>
            <table class="differences" aria-label="Differing positions" onPointerLeave={() => point(-1)}>
                <thead>
                    <tr>
                        <th scope="col">Residue</th><th scope="col">Native</th><th scope="col">Change</th>
                        <th scope="col">log p, {first.title}</th><th scope="col">log p, {second.title}</th>
                    </tr>
                </thead>
                <tbody>
                    {differences.slice(0, shown).map((row) => (
                        <tr key={row} onPointerEnter={() => point(row)}>
                            <th scope="row">{structure.rowName(row)}</th><td>{structure.sequence[row]}</td>
                            <td>{first.sequence[row]} → {second.sequence[row]}</td>
                            <td>{fixed4(first.logProb?.[row])}</td><td>{fixed4(second.logProb?.[row])}</td>
                        </tr>
                    ))}
                </tbody>
            </table>
            {left > 0 && <button type="button" onClick={() => setShown(shown + AT_ONCE)}>
                {`Show ${Math.min(left, AT_ONCE)} more of ${left}`}</button>}
        </>
    );
}

function Both({of}: {of: Comparison}) {
    const {first, second, same, designed, differences, caution} = of;
    return (
        <>
            <h3>{first.title} and {second.title}</h3>
            <p>
                {same} of {designed} designed residues have the same letter: {percent(same, designed)} identity.{' '}
                {differences.length === 1 ? '1 position differs.' : `${differences.length} positions differ.`} {caution}
            </p>
            <Numbers of={of} />
            <Alignment of={of} />
            <h3>Differing positions</h3>
            <Differences of={of} />
        </>
    );
}

function back(): void {
    comparing.value = false;
    document.getElementById(COMPARE_ID)?.focus();
}

export function Compare() {
    const {value} = comparison, button = useRef<HTMLButtonElement>(null);
    useLayoutEffect(() => button.current?.focus(), []);
    return (
        <div class="comparison" role="group" aria-label="Comparison" tabIndex={-1}
            onKeyDown={({key}) => { if (key === 'Escape') back(); }}>
            <button type="button" ref={button} onClick={back}>Back to the table</button>
            {typeof value === 'string' ? <p>{value}</p> : <Both of={value} />}
        </div>
    );
}
