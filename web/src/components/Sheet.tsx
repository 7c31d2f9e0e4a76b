// SPDX-License-Identifier: MIT
//
// Sheet.tsx - a sheet that opens under its button, and closes by Escape or when something else gets the focus. What it
// holds is drawn when it is first opened.
import type {ComponentChildren} from 'preact';
import {useRef, useState} from 'preact/hooks';
import './sheet.css';

interface Props {
    name: string;
    /** what the button is called where its text is not enough */
    label?: string;
    /** how it looks: the class of the whole */
    look?: string;
    children: ComponentChildren;
}

export function Sheet({name, label, look = '', children}: Props) {
    const sheet = useRef<HTMLDetailsElement>(null), [seen, setSeen] = useState(false);
    const close = (back: boolean) => {
        if (sheet.current) sheet.current.open = false;
        if (back) sheet.current?.querySelector('summary')?.focus();
    };
    return (
        <details ref={sheet} class={`sheet ${look}`}
            onToggle={(event) => { if (event.currentTarget.open) setSeen(true); }}
            onKeyDown={(event) => { if (event.key === 'Escape') close(true); }}
            onFocusOut={(event) => {
                if (event.relatedTarget && !sheet.current?.contains(event.relatedTarget as Node)) close(false);
            }}>
            <summary aria-label={label}>{name}</summary>
            <div>{seen && children}</div>
        </details>
    );
}
