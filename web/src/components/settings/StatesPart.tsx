// SPDX-License-Identifier: MIT
//
// StatesPart.tsx - further opened structures for the same sequence, each with its weight.
import {useId} from 'preact/hooks';
import {useSignal} from '@preact/signals';
import {
    addState, candidates, type Match, matches, removeState, setAverage, setWeight, weightOf
} from '../../state/multistate';
import {options} from '../../state/options';
import type {Plan, State} from '../../state/plan';
import {residues} from '../../state/selection';
import {type Opened, structures} from '../../state/structures';
import {capital, shortened, tidyNumber} from '../../state/words';
import {CheckedField} from './fields';

function matchWords({matched, missing}: Match): string {
    return `Has ${matched} of the designed residues${missing ? `; it lacks ${shortened(missing)}` : ''}.`;
}

function StateRow({opened, state, match}: {opened: Opened, state: State, match: Match | undefined}) {
    const {key, weight} = state, name = structures.value.find((each) => each.key === key)?.name;
    const shown = name ?? 'a closed structure';
    return (
        <li class="state">
            <span class="name">{weight < 0 ? 'Against ' : ''}{shown}</span>
            <CheckedField label={`Weight of ${shown}`} hidden value={tidyNumber(weight)} inputMode="decimal"
                class="state-weight" commit={(text) => setWeight(opened, key, weightOf(text))} />
            <button type="button" class="plain" aria-label={`Remove state ${shown}`} title="Remove"
                onClick={() => removeState(opened, key)}>✕</button>
            {match && <p class="note">{matchWords(match)}</p>}
        </li>
    );
}

/** Of two structures with one name the keys tell them apart. */
function AddState({opened, others}: {opened: Opened, others: readonly Opened[]}) {
    const id = useId(), chosen = useSignal('');
    const value = others.find(({key}) => String(key) === chosen.value) ?? others[0];
    return (
        <div class="new-rule">
            <label for={id}>Add a state</label>
            <div class="row">
                <select id={id} value={String(value.key)}
                    onChange={(event) => { chosen.value = event.currentTarget.value; }}>
                    {others.map(({key, name, structure}) =>
                        <option key={key} value={String(key)}>{name}, {residues(structure.length)}</option>)}
                </select>
                <button type="button" onClick={() => addState(opened, value.key)}>Add state</button>
            </div>
        </div>
    );
}

function Together({opened, average}: {opened: Opened, average: boolean}) {
    const id = useId();
    return (
        <div class="row together">
            <label for={id}>Together they are</label>
            <select id={id} value={average ? 'average' : 'states'}
                onChange={(event) => setAverage(opened, event.currentTarget.value === 'average')}>
                <option value="states">states of one sequence</option>
                <option value="average">conformers, averaged</option>
            </select>
        </div>
    );
}

export function StatesPart({opened, plan}: {opened: Opened, plan: Plan}) {
    const {states} = plan, others = candidates(opened), {states: found, problem} = matches.value;
    return (
        <>
            <p class="note">{capital(options.states.help)}. How they agree is the tie rule.</p>
            {states.length > 0 && <ul class="states" aria-label="States">
                {states.map((state, i) => <StateRow key={state.key} {...{opened, state}} match={found[i]} />)}
            </ul>}
            {states.length > 0 && <Together opened={opened} average={plan.average ?? false} />}
            {problem && <p class="fault">{capital(problem)}.</p>}
            {others.length > 0 ? <AddState opened={opened} others={others} />
                : <p class="hint">{states.length ? 'All open structures are states.'
                    : 'Open a second structure to design one sequence for both.'}</p>}
        </>
    );
}
