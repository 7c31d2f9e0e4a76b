// SPDX-License-Identifier: MIT
//
// LettersPart.tsx - letters that are never drawn, or are drawn more or less often: everywhere or at some residues.
import {useId} from 'preact/hooks';
import {type Signal, useSignal} from '@preact/signals';
import {addRule, lettersOf, natsOf} from '../../state/letters';
import {messageOf} from '../../state/page';
import type {Plan, Rule} from '../../state/plan';
import {selection} from '../../state/selection';
import {temperature} from '../../state/settings';
import type {Opened} from '../../state/structures';
import {textOf} from '../../state/resolved';
import {tidyNumber} from '../../state/words';
import {Choice, Fault} from './fields';
import {RuleRow} from './RuleRow';

/** A new rule: what is typed waits for its button, or for Enter. */
function NewRule({label, button, children, add}: {
    label: string, button: string, children?: (error: boolean, id: string) => preact.ComponentChildren,
    add: (letters: string) => void
}) {
    const id = useId(), draft = useSignal(''), fault = useSignal('');
    const submit = (event: Event) => {
        event.preventDefault();
        try {
            add(lettersOf(draft.value));
            draft.value = fault.value = '';
        } catch (error) {
            fault.value = messageOf(error);
        }
    };
    return (
        <form class="new-rule" noValidate onSubmit={submit}>
            <label for={id}>{label}</label>
            <div class="row">
                <input id={id} type="text" value={draft.value} spellcheck={false} autocomplete="off"
                    placeholder="letters" aria-invalid={fault.value !== ''}
                    aria-describedby={fault.value ? `${id}-fault` : undefined}
                    onInput={(event) => { draft.value = event.currentTarget.value; }} />
                {children?.(fault.value !== '', `${id}-fault`)}
                <button type="submit">{button}</button>
            </div>
            <Fault id={`${id}-fault`} text={fault.value} />
        </form>
    );
}

function NatsField({value, error, fault}: {value: Signal<string>, error: boolean, fault: string}) {
    return (
        <input class="nats" type="text" inputMode="decimal" aria-label="Nats" value={value.value} autocomplete="off"
            aria-describedby={error ? fault : undefined}
            onInput={(event) => { value.value = event.currentTarget.value; }} />
    );
}

/** What one unit of bias does: it is added before the division by the temperature. */
function biasHelp(): string {
    const t = Number(temperature.value);
    const now = t > 0 && t < 100 ? ` At temperature ${tidyNumber(t)}, ${tidyNumber(t)} nats make a letter 2.7 times as `
        + 'likely beside the others.' : '';
    return `Nats above 0 favour, below 0 avoid.${now}`;
}

export function LettersPart({opened, plan}: {opened: Opened, plan: Plan}) {
    const place = useSignal('all'), nats = useSignal('-0.1'), {count} = selection.value, {rules} = plan;
    const where = () => {
        if (place.value === 'all') return '';
        if (count === 0) throw new Error('No residue is selected: select some, or choose everywhere');
        return textOf(opened.structure, plan.selected);
    };
    const make = (rule: Omit<Rule, 'where'>) => addRule(opened, {...rule, where: where()});
    const places = [
        {value: 'all', text: 'everywhere'}, {value: 'selected', text: `selected (${count})`}
    ];
    return (
        <>
            <Choice label="Where" value={place.value} options={places} help=""
                onChange={(value) => { place.value = value; }} />
            <NewRule label="Omit" button="Omit letters" add={(letters) => make({kind: 'omit', letters, nats: 0})} />
            <NewRule label="Favour or avoid" button="Add bias"
                add={(letters) => make({kind: 'bias', letters, nats: natsOf(nats.value)})}>
                {(error, fault) => <NatsField value={nats} error={error} fault={fault} />}
            </NewRule>
            <p class="note">{biasHelp()}</p>
            {rules.length > 0 && <ul class="rules" aria-label="Rules on letters">
                {rules.map((rule, i) => <RuleRow key={`${opened.key}-${i}`} {...{opened, rule}} index={i} />)}
            </ul>}
        </>
    );
}
