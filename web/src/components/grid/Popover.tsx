// SPDX-License-Identifier: MIT
//
// Popover.tsx - a button that opens a box over the page; Escape or a click elsewhere closes it.
//
// The box lies in the browser's top layer, so that no small panel cuts it off; it opens where there is more room.
import type {ComponentChildren, TargetedToggleEvent} from 'preact';
import {useRef} from 'preact/hooks';
import './Popover.css';

const MARGIN = 8;   // px to the window's edge
const WIDEST = 380;

export function Popover({id, label, children}: {id: string, label: string, children: ComponentChildren}) {
    const button = useRef<HTMLButtonElement>(null);
    const place = (event: TargetedToggleEvent<HTMLDivElement>) => {
        if (event.newState !== 'open') return;
        const box = event.currentTarget, {left, top, bottom} = (button.current as HTMLElement)
            .getBoundingClientRect();
        const width = Math.min(WIDEST, innerWidth - 2 * MARGIN), below = innerHeight - bottom, above = top > below;
        const room = (above ? top : below) - 2 * MARGIN;
        Object.assign(box.style, {
            width: `${width}px`, maxHeight: `${room}px`,
            left: `${Math.max(MARGIN, Math.min(left, innerWidth - width - MARGIN))}px`,
            top: above ? 'auto' : `${bottom + 4}px`, bottom: above ? `${innerHeight - top + 4}px` : 'auto'
        });
    };
    return (
        <>
            <button ref={button} type="button" class="opens" aria-label={label} popovertarget={id}>{label}</button>
            <div id={id} class="popover" popover="auto" role="group" aria-label={label} onBeforeToggle={place}>
                {children}
            </div>
        </>
    );
}
