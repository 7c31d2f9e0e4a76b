// SPDX-License-Identifier: MIT
//
// Choosing.tsx - a set of designs to make: what is asked of it, the chosen ones, and their files. Loaded when opened.
import {type Signal, useSignal} from '@preact/signals';
import type {ComponentChildren} from 'preact';
import {useId, useLayoutEffect, useRef} from 'preact/hooks';
import {chosenCsv, chosenFasta} from '../../files/chosen';
import {download} from '../../files/download';
import {commonName, partsOfRows} from '../../files/parts';
import {type Kind, saveRows} from '../../files/save';
import {
    cancelChoosing, caution, charge, choosing, chooseSet, chosenRows, count, cysteineChoices, cysteines, diversity,
    faults, glycosylation, help, hydrophobic, identity, lowComplexity, motifs, pI, poolSize, problem, runLength,
    selected, type Selection, showChosen
} from '../../state/choosing';
import {foldFormats} from '../../state/options';
import {report} from '../../state/page';
import {choose, fixed4, nameOf} from '../../state/results';
import {capital} from '../../state/words';
import {Choice, Fault, NumberSetting} from '../settings/fields';
import {Instead} from './Instead';
import './choosing.css';

const AT_ONCE = 200;   // rows of the chosen
const CHOICE_ID = 'the-choice';

const sentence = (words: string) => `${capital(words)}.`;
const number = (value: number | null, digits: number) => (value === null ? '' : value.toFixed(digits));

/* ---- What is asked ---- */

/** How many designs a filter alone rejects, once something was chosen. */
function Rejected({by}: {by: string}) {
    const {value} = selected, found = value?.filters.filter(({filter}) => filter === by || filter.startsWith(`${by} `));
    if (!value || !found?.length) return null;
    return (
        <p class="rejected">
            {found.map(({filter, rejected}) =>
                `${found.length > 1 ? `${filter.slice(by.length + 1)}: ` : ''}${rejected}`).join(', ')}
            {` of ${value.different} rejected`}
        </p>
    );
}

/** A filter with the number of designs that it rejects. */
function Filter({by, children}: {by: string, children: ComponentChildren}) {
    return <div class="filter">{children}<Rejected by={by} /></div>;
}

function Switch({by, label, words, value}: {by: string, label: string, words: string, value: Signal<boolean>}) {
    const id = useId();
    return (
        <Filter by={by}>
            <label class="check">
                <input type="checkbox" checked={value.value} aria-describedby={id}
                    onChange={(event) => { value.value = event.currentTarget.checked; }} />
                {label}
            </label>
            <p class="note" id={id}>{sentence(words)}</p>
        </Filter>
    );
}

function Range({by, label, of, words, fault}: {
    by: string, label: string, of: typeof charge, words: string, fault: string
}) {
    const id = useId();
    const end = (name: string, value: Signal<string>) => (
        <input type="number" step="any" aria-label={`${label}, ${name}`} placeholder={name} value={value.value}
            aria-invalid={fault !== ''} aria-describedby={fault ? `${id}-fault ${id}` : id}
            onInput={(event) => { value.value = event.currentTarget.value; }} />
    );
    return (
        <Filter by={by}>
            <div class="range" role="group" aria-label={label}>
                <span aria-hidden="true">{label}</span>{end('least', of.least)}{end('most', of.most)}
            </div>
            <Fault id={`${id}-fault`} text={fault} />
            <p class="note" id={id}>{sentence(words)}</p>
        </Filter>
    );
}

function Motifs({fault}: {fault: string}) {
    const id = useId();
    return (
        <Filter by="motif">
            <div class="setting">
                <label for={id}>Motifs</label>
                <input id={id} type="text" class="mono" spellcheck={false} autocomplete="off" value={motifs.value}
                    aria-invalid={fault !== ''} aria-describedby={fault ? `${id}-fault ${id}-help` : `${id}-help`}
                    onInput={(event) => { motifs.value = event.currentTarget.value; }} />
                <Fault id={`${id}-fault`} text={fault} />
                <p class="note" id={`${id}-help`}>{sentence(help.motifs)}</p>
            </div>
        </Filter>
    );
}

function Diversity() {
    const id = useId();
    return (
        <div class="setting">
            <label for={id}>Diversity</label>
            <span class="slider">
                <input id={id} type="range" min={0} max={1} step={0.05} value={diversity.value}
                    aria-describedby={`${id}-help`}
                    onInput={(event) => { diversity.value = event.currentTarget.value; }} />
                <output for={id}>{diversity.value}</output>
            </span>
            <p class="note" id={`${id}-help`}>{sentence(help.diversity)}</p>
        </div>
    );
}

const CYSTEINES = [{value: '', text: 'nothing'}, ...cysteineChoices];

function Filters() {
    const wrong = faults.value;
    return (
        <fieldset class="choice-fields">
            <legend>Filters</legend>
            <Switch by="glycosylation" label="No glycosylation motifs" words={help.glycosylation}
                value={glycosylation} />
            <Filter by="cysteines">
                <Choice label="Cysteines: reject" value={cysteines.value} options={CYSTEINES} help=""
                    onChange={(value) => { cysteines.value = value as typeof cysteines.value; }} />
            </Filter>
            <Filter by="repeats">
                <NumberSetting label="Run length" value={runLength} fault={wrong.repeats} min={2} step={1}
                    help={sentence(help.repeats)} />
            </Filter>
            <Switch by="low-complexity" label="No low complexity" words={help.lowComplexity} value={lowComplexity} />
            <Switch by="hydrophobic" label="No hydrophobic patches" words={help.hydrophobic} value={hydrophobic} />
            <Range by="charge" label="Charge" of={charge} words={help.charge} fault={wrong.charge} />
            <Range by="pI" label="pI" of={pI} words={help.pI} fault={wrong.pI} />
            <Motifs fault={wrong.motifs} />
        </fieldset>
    );
}

function Asked() {
    const wrong = faults.value, off = Object.values(wrong).some(Boolean), going = choosing.value;
    return (
        <form onSubmit={(event) => { event.preventDefault(); if (!off) void chooseSet(); }} noValidate>
            <div class="choice-fields">
                <NumberSetting label="Number" value={count} fault={wrong.count} min={1} step={1}
                    help={`${sentence(help.count)} There are ${poolSize.value} designs in the runs that are shown.`} />
                <Diversity />
                <NumberSetting label="Identity" value={identity} fault={wrong.identity} min={0} max={1} step="any"
                    placeholder="any" help={sentence(help.identity)} />
            </div>
            <Filters />
            <div class="buttons">
                <button type="submit" class="main" aria-disabled={off || going !== null}>Choose designs</button>
                {going && <button type="button" onClick={cancelChoosing}>Stop choosing</button>}
                {going && <progress max={1} value={going.fraction} aria-label={going.words} />}
                <p class="fault" aria-live="polite">{problem.value && sentence(problem.value)}</p>
            </div>
        </form>
    );
}

/* ---- What was chosen ---- */

function Numbers({of: {figures, best, loss, scored}}: {of: Selection}) {
    const rows: [string, typeof figures][] = [['The chosen', figures],
        ...(scored ? [[`The ${best.count} best by score`, best] satisfies [string, typeof figures]] : [])];
    return (
        <>
            <table aria-label="The chosen and the best">
                <thead>
                    <tr>
                        {['Set', 'Designs', 'Mean score', 'Mean identity', 'Smallest distance'].map((name) =>
                            <th key={name} scope="col">{name}</th>)}
                    </tr>
                </thead>
                <tbody>
                    {rows.map(([name, {count: designs, meanScore, meanIdentity, smallestDistance}]) => (
                        <tr key={name}>
                            <th scope="row">{name}</th><td>{designs}</td><td>{number(meanScore, 4)}</td>
                            <td>{number(meanIdentity, 4)}</td><td>{number(smallestDistance, 4)}</td>
                        </tr>
                    ))}
                </tbody>
            </table>
            {loss !== null && <p>The choice gives up {fixed4(loss)} of the mean score.</p>}
        </>
    );
}

function Chosen({of: {chosen, clusters}}: {of: Selection}) {
    const shown = useSignal(AT_ONCE), left = chosen.length - shown.value;
    const heads = ['#', 'Design', 'Score', 'Distance', 'Charge', 'pI', 'Cysteines', 'Copies',
        ...(clusters === null ? [] : ['Alike'])];
    return (
        <>
            <div class="chosen" role="region" aria-label="Chosen designs" tabIndex={0}>
                <table aria-label="Chosen designs">
                    <thead><tr>{heads.map((name) => <th key={name} scope="col">{name}</th>)}</tr></thead>
                    <tbody>
                        {chosen.slice(0, shown.value).map(({rank, candidate, distance, alike, properties}) => (
                            <tr key={rank}>
                                <td>{rank}</td>
                                <td><button type="button" class="plain" onClick={() => choose(candidate.row)}>
                                    {nameOf(candidate.row)}</button></td>
                                <td>{number(candidate.score ?? null, 4)}</td><td>{number(distance, 4)}</td>
                                <td>{number(properties.charge, 2)}</td><td>{number(properties.pI, 2)}</td>
                                <td>{properties.cysteines}</td><td>{candidate.copies ?? 1}</td>
                                {clusters !== null && <td>{alike}</td>}
                            </tr>
                        ))}
                    </tbody>
                </table>
            </div>
            {left > 0 && <button type="button" onClick={() => { shown.value += AT_ONCE; }}>
                {`Show ${Math.min(left, AT_ONCE)} more of ${left}`}</button>}
            <p class="note">Distance: 1 - identity to the nearest of those before.</p>
        </>
    );
}

async function saveText(ending: 'fa' | 'csv', textOf: (of: Selection) => string | Promise<string>): Promise<void> {
    const {value} = selected;
    if (!value) return;
    try {
        const name = `${commonName(partsOfRows(chosenRows()))}-chosen.${ending}`;
        download(name, await textOf(value), ending === 'csv' ? 'text/csv' : 'text/plain');
    } catch (error) {
        report('Save the chosen', error);
    }
}

function Files() {
    const format = useSignal<Kind>(foldFormats[0].format);
    const jobs = () => void saveRows(format.value, 'Jobs of the chosen', chosenRows());
    return (
        <div class="buttons" role="group" aria-label="Files of the chosen">
            <button type="button" onClick={showChosen}>Show these in the table</button>
            <button type="button" onClick={() => void saveText('fa', chosenFasta)}>Save the chosen as FASTA</button>
            <button type="button" onClick={() => void saveText('csv', chosenCsv)}>Save the chosen as CSV</button>
            <span class="jobs">
                <select aria-label="Program" value={format.value}
                    onChange={(event) => { format.value = event.currentTarget.value as Kind; }}>
                    {foldFormats.map((each) => <option key={each.format} value={each.format}>{each.program}</option>)}
                </select>
                <button type="button" onClick={jobs}>Save jobs</button>
            </span>
        </div>
    );
}

function Outcome({of}: {of: Selection}) {
    const {read, different, left, clusters, chosen} = of;
    return (
        <section id={CHOICE_ID} aria-label="The choice">
            <h3>{chosen.length === 1 ? '1 design chosen' : `${chosen.length} designs chosen`}</h3>
            <p>
                {read} designs, {different} different; {left} left by the filters
                {clusters === null ? '' : `, in ${clusters} clusters`}. {caution.value}
            </p>
            {chosen.length > 0 && <><Numbers of={of} /><Files /><Chosen of={of} /></>}
        </section>
    );
}

export function Choosing() {
    const {value} = selected, seen = useRef(value);
    useLayoutEffect(() => {   // what was just chosen comes into sight, not what was there
        if (value && value !== seen.current) document.getElementById(CHOICE_ID)?.scrollIntoView({block: 'start'});
        seen.current = value;
    }, [value]);
    return (
        <Instead what="choose" name="Choose a set" look="choosing">
            <Asked />
            {value && <Outcome of={value} />}
        </Instead>
    );
}
