// SPDX-License-Identifier: MIT
//
// Figures.tsx - pictures of what the model and the designs say: each on a tab of its own.
import {type Tab, tab, tabs} from '../../state/charts';
import {sources, source, type Source} from '../../state/profile';
import {Tools} from '../roving';
import {Couplings} from './Couplings';
import {LetterFigure} from './LetterFigure';
import {SaveFigure} from './SaveFigure';
import {Scan} from './Scan';
import {ScoreFigure} from './ScoreFigure';
import {Sequences} from './Sequences';
import {Positions, ScaleSwitch} from './switches';
import './figures.css';

const names = Object.keys(tabs) as Tab[];

/** Arrow keys go from tab to tab, as lists of tabs do. */
function keyPressed(event: KeyboardEvent): void {
    const step = {ArrowLeft: -1, ArrowRight: 1}[event.key];
    if (step === undefined) return;
    event.preventDefault();
    tab.value = names[(names.indexOf(tab.value) + step + names.length) % names.length];
    document.getElementById(`tab-${tab.value}`)?.focus();
}

function Tabs() {
    return (
        <div class="tabs" role="tablist" aria-label="Figures" onKeyDown={keyPressed}>
            {names.map((name) => (
                <button key={name} type="button" role="tab" id={`tab-${name}`} aria-selected={tab.value === name}
                    aria-controls="figure" tabIndex={tab.value === name ? 0 : -1} onClick={() => { tab.value = name; }}>
                    {tabs[name]}
                </button>
            ))}
        </div>
    );
}

function SourceSelect() {
    return (
        <select aria-label="Source" value={source.value}
            onChange={(event) => { source.value = event.currentTarget.value as Source; }}>
            {['Designs', 'Model'].map((whose) => (
                <optgroup key={whose} label={whose}>
                    {Object.entries(sources).filter(([, text]) => text.startsWith(whose)).map(([kind, text]) => (
                        <option key={kind} value={kind}>{text.slice(whose.length + 2)}</option>
                    ))}
                </optgroup>
            ))}
        </select>
    );
}

function Shown() {
    switch (tab.value) {
        case 'scores': return <ScoreFigure />;
        case 'sequences': return <Sequences />;
        case 'scan': return <Scan />;
        case 'couplings': return <Couplings />;
        default: return <LetterFigure kind={tab.value} />;
    }
}

export function Figures() {
    const letters = tab.value === 'logo' || tab.value === 'heat';
    const tall = tab.value !== 'logo' && tab.value !== 'scores';   // twenty letters over each other, or a form
    return (
        <section aria-label="Figures" class={`figures${tall ? ' tall' : ''}`}>
            <div class="figures-bar">
                <Tabs />
                {letters && <SourceSelect />}
                {tab.value === 'logo' && <ScaleSwitch />}
                <Tools name="Figure" look="figure-tools">
                    {letters && <Positions />}
                    <SaveFigure />
                </Tools>
            </div>
            <div class="figure" id="figure" role="tabpanel" aria-labelledby={`tab-${tab.value}`}><Shown /></div>
        </section>
    );
}
