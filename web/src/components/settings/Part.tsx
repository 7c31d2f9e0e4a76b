// SPDX-License-Identifier: MIT
//
// Part.tsx - one part of the settings, which folds; folded, it still says how much is set in it.
import type {ComponentChildren} from 'preact';

export function Part({title, note = '', open = false, onOpen, children}: {
    title: string, note?: string, open?: boolean, onOpen?: () => void, children?: ComponentChildren
}) {
    return (
        <details class="part" open={open} onToggle={({currentTarget}) => currentTarget.open && onOpen?.()}>
            <summary><h2>{title}</h2>{note && <span class="badge">{note}</span>}</summary>
            <div class="part-body">{children}</div>
        </details>
    );
}
