// SPDX-License-Identifier: MIT
//
// Instead.tsx - what stands in the table's place, with the way back to the table and the button that led there.
import type {ComponentChildren} from 'preact';
import {useLayoutEffect, useRef} from 'preact/hooks';
import {turnTo} from '../../state/results';
import {TOOL_IDS} from './Toolbar';

export function Instead({what, name, look, children}: {
    what: keyof typeof TOOL_IDS, name: string, look: string, children: ComponentChildren
}) {
    const button = useRef<HTMLButtonElement>(null);
    useLayoutEffect(() => button.current?.focus(), []);
    const back = () => {
        turnTo(null);
        document.getElementById(TOOL_IDS[what])?.focus();
    };
    return (
        <div class={look} role="group" aria-label={name} tabIndex={-1}
            onKeyDown={({key}) => { if (key === 'Escape') back(); }}>
            <button type="button" ref={button} onClick={back}>Back to the table</button>
            {children}
        </div>
    );
}
