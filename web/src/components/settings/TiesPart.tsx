// SPDX-License-Identifier: MIT
//
// TiesPart.tsx - residues that get one letter, and how they agree on it.
import {useSignal} from '@preact/signals';
import {messageOf} from '../../state/page';
import type {Plan, TieRule} from '../../state/plan';
import {options} from '../../state/options';
import {tied} from '../../state/resolved';
import type {Opened} from '../../state/structures';
import {designTied, setTieRule, setTies, tieHomomer, tieSelected} from '../../state/ties';
import {followers} from '../../state/words';
import {CheckedField, Choice, Fault} from './fields';

const RULES: Record<TieRule, [string, string]> = {
    logits: ['mean of logits', 'As ProteinMPNN does it: what each residue says counts by its size.'],
    geometric: ['geometric mean', 'A compromise: the mean of log-probabilities.'],
    arithmetic: ['arithmetic mean', 'The mean of probabilities: a letter that is good in one of them may win.'],
    product: ['product', 'A letter must be good in all of them; the more residues, the surer.']
};

function canTie({structure}: Opened, text: string): boolean {
    try {
        tied(structure, text);
        return true;
    } catch {
        return false;
    }
}

/** How the ties were understood, as the engine tells it. */
function Report({opened, plan}: {opened: Opened, plan: Plan}) {
    const text = plan.ties.trim();
    if (!text) return null;
    if (!canTie(opened, text)) return null;   // from a project; what will run says what is wrong with it
    const {groups, report} = tied(opened.structure, text);
    const lines = report.split('\n').filter(Boolean), follow = followers(opened, plan).includes(1);
    return (
        <>
            <ul class="report" aria-label="What is tied">
                {lines.length ? lines.map((line) => <li key={line}>{line}</li>)
                    : <li>{groups.length === 1 ? '1 group' : `${groups.length} groups`} of residues</li>}
            </ul>
            {follow && <p class="hint">
                Some designed residues are tied to ones that stay, and would take their letters.{' '}
                <button type="button" onClick={() => designTied(opened)}>Design all that is tied</button>
            </p>}
        </>
    );
}

export function TiesPart({opened, plan}: {opened: Opened, plan: Plan}) {
    const fault = useSignal('');
    const attempt = (action: (opened: Opened) => void) => () => {
        try {
            action(opened);
            fault.value = '';
        } catch (error) {
            fault.value = messageOf(error);
        }
    };
    const rules = (options['tie-rule'].choices as TieRule[]).map((value) => ({value, text: RULES[value][0]}));
    const {ties, tieRule} = plan;
    return (
        <>
            <p class="note">Tied residues get the same letter: chains of a homomer, copies, repeats.</p>
            <div class="buttons">
                <button type="button" onClick={attempt(tieHomomer)}>Tie as homomer</button>
                <button type="button" onClick={attempt(tieSelected)}>Tie selected residues</button>
                {ties && <button type="button" onClick={attempt(() => setTies(opened, ''))}>Remove ties</button>}
            </div>
            <Fault id="ties-fault" text={fault.value} />
            <CheckedField label="Ties" value={ties} mono placeholder="A=B" help={<>
                <code>A=B</code> chains, <code>A,B=C,D</code> copies of several, <code>repeat:A,35,5</code> repeats
                (start, length, count), <code>A12=B12</code> residues; several with a blank between them.
            </>} commit={(text) => {
                setTies(opened, text);
                fault.value = '';
            }} />
            <Report opened={opened} plan={plan} />
            <Choice label="Tie rule" value={tieRule} options={rules} help={RULES[tieRule][1]}
                onChange={(value) => setTieRule(opened, value as TieRule)} />
        </>
    );
}
