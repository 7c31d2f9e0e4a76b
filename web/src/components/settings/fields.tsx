// SPDX-License-Identifier: MIT
//
// fields.tsx - fields that say what is wrong beside themselves.
//
//   NumberSetting   a setting: every key is taken over at once, so that Design has what is seen
//   CheckedField    text of a plan: taken over on Enter or when left, if it is right; else kept as it was typed
import {useId, useLayoutEffect, useRef} from 'preact/hooks';
import {type Signal, useSignal} from '@preact/signals';
import type {ComponentChildren} from 'preact';
import {messageOf} from '../../state/page';
import {capital} from '../../state/words';

const said = (...ids: (string | false)[]) => ids.filter(Boolean).join(' ') || undefined;

/** What is wrong with a field, under it. */
export function Fault({id, text}: {id: string, text: string}) {
    return text ? <p id={id} class="fault">{capital(text)}.</p> : null;
}

export function NumberSetting({label, value, fault, help, ...limits}: {
    label: string, value: Signal<string>, fault: string, help: ComponentChildren, min: number, max?: number,
    step: number | 'any', placeholder?: string
}) {
    const id = useId();
    return (
        <div class="setting">
            <label for={id}>{label}</label>
            <input id={id} type="number" value={value.value} {...limits} aria-invalid={fault !== ''}
                aria-describedby={said(fault !== '' && `${id}-fault`, `${id}-help`)}
                onInput={(event) => { value.value = event.currentTarget.value; }} />
            <Fault id={`${id}-fault`} text={fault} />
            <p class="note" id={`${id}-help`}>{help}</p>
        </div>
    );
}

export function Choice({label, value, options, help, onChange}: {
    label: string, value: string, options: readonly {value: string, text: string}[], help: ComponentChildren,
    onChange: (value: string) => void
}) {
    const id = useId();
    return (
        <div class="setting">
            <label for={id}>{label}</label>
            <select id={id} value={value} aria-describedby={help ? `${id}-help` : undefined}
                onChange={(event) => onChange(event.currentTarget.value)}>
                {options.map((each) => <option key={each.value} value={each.value}>{each.text}</option>)}
            </select>
            {help && <p class="note" id={`${id}-help`}>{help}</p>}
        </div>
    );
}

interface Checked {
    label: string;
    /** seen by screen readers alone, where the place says enough to others */
    hidden?: boolean;
    value: string;
    /** takes the text over, or throws what is wrong with it */
    commit: (text: string) => void;
    help?: ComponentChildren;
    placeholder?: string;
    inputMode?: 'decimal';
    class?: string;
    mono?: boolean;
}

export function CheckedField({label, hidden, value, commit, help, class: name = '', mono, ...rest}: Checked) {
    const id = useId(), draft = useSignal(value), fault = useSignal(''), kept = useRef(value);
    useLayoutEffect(() => {   // the plan has changed: undo, or another field
        if (kept.current === value) return;
        kept.current = value;
        draft.value = value;
        fault.value = '';
    }, [value]);
    const take = () => {
        if (draft.value === value) {
            fault.value = '';
            return;
        }
        try {
            commit(draft.value);
            fault.value = '';
            draft.value = kept.current = draft.value.trim();
        } catch (error) {
            fault.value = messageOf(error);
        }
    };
    return (
        <div class={`checked ${name}`}>
            <label for={id} class={hidden ? 'unseen' : ''}>{label}</label>
            <input id={id} type="text" value={draft.value} spellcheck={false} autocomplete="off" {...rest}
                class={mono ? 'mono' : ''} aria-invalid={fault.value !== ''}
                aria-describedby={said(fault.value !== '' && `${id}-fault`, help !== undefined && `${id}-help`)}
                onInput={(event) => { draft.value = event.currentTarget.value; }} onChange={take} />
            <Fault id={`${id}-fault`} text={fault.value} />
            {help !== undefined && <p class="note" id={`${id}-help`}>{help}</p>}
        </div>
    );
}
