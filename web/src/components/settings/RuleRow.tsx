// SPDX-License-Identifier: MIT
//
// RuleRow.tsx - one rule on letters: which letters, by how much, where; all of it can be edited.
import {changeRule, lettersOf, natsOf, placeOf, removeRule} from '../../state/letters';
import type {Rule} from '../../state/plan';
import type {Opened} from '../../state/structures';
import {tidyNumber} from '../../state/words';
import {CheckedField} from './fields';

export function RuleRow({opened, rule, index}: {opened: Opened, rule: Rule, index: number}) {
    const {kind, letters, nats, where} = rule, number = index + 1;
    return (
        <li class="rule">
            <span class="rule-kind">{kind === 'omit' ? 'Omit' : nats > 0 ? 'Favour' : 'Avoid'}</span>
            <CheckedField label={`Letters of rule ${number}`} hidden value={letters} class="rule-letters"
                commit={(text) => changeRule(opened, index, {letters: lettersOf(text)})} />
            {kind === 'bias' && <CheckedField label={`Nats of rule ${number}`} hidden value={tidyNumber(nats)}
                class="rule-nats" inputMode="decimal"
                commit={(text) => changeRule(opened, index, {nats: natsOf(text)})} />}
            <button type="button" class="plain" aria-label={`Remove rule ${number}`} title="Remove"
                onClick={() => removeRule(opened, index)}>✕</button>
            <CheckedField label={`Where rule ${number} holds`} hidden value={where} placeholder="everywhere"
                class="rule-where" mono commit={(text) => changeRule(opened, index, {where: placeOf(opened, text)})} />
        </li>
    );
}
