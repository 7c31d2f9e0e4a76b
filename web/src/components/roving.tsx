// SPDX-License-Identifier: MIT
//
// roving.tsx - several buttons that are one stop of the Tab key: arrow keys go from one to the next.
//
// As the pattern for toolbars has it (WAI-ARIA Authoring Practices), so that the whole page is few stops long.
import type {ComponentChildren, RefObject} from 'preact';
import {useLayoutEffect, useRef} from 'preact/hooks';

const ITEMS = 'button, input[type="checkbox"], summary';
const STEPS: Record<string, number> = {ArrowLeft: -1, ArrowRight: 1};

const itemsIn = (box: HTMLElement) =>
    [...box.querySelectorAll<HTMLElement>(ITEMS)].filter((item) => item.checkVisibility());

/** Makes the buttons of a box one stop. Returns what the box must listen with. */
export function useRoving(box: RefObject<HTMLElement | null>) {
    const last = useRef<HTMLElement | null>(null), known = useRef(-1);
    const settle = () => {
        if (!box.current) return;
        known.current = box.current.querySelectorAll(ITEMS).length;
        const items = itemsIn(box.current), stop = items.find((item) => item === last.current) ?? items[0];
        for (const item of items) item.tabIndex = item === stop ? 0 : -1;
    };
    useLayoutEffect(() => {   // what is visible costs a layout: looked at again where items come or go
        if (box.current?.querySelectorAll(ITEMS).length !== known.current) settle();
    });
    return {
        onFocusIn: (event: FocusEvent) => {
            last.current = (event.target as HTMLElement).closest<HTMLElement>(ITEMS);
            settle();
        },
        onKeyDown: (event: KeyboardEvent) => {
            const step = STEPS[event.key];
            if (step === undefined || !box.current || event.altKey || event.ctrlKey || event.metaKey) return;
            const items = itemsIn(box.current), at = items.indexOf(event.target as HTMLElement);
            if (at < 0) return;
            event.preventDefault();
            items[(at + step + items.length) % items.length].focus();
        }
    };
}

/** A group of buttons that is one stop. */
export function Tools({name, look = '', children}: {name: string, look?: string, children: ComponentChildren}) {
    const box = useRef<HTMLDivElement>(null);
    return <div ref={box} class={look} role="toolbar" aria-label={name} {...useRoving(box)}>{children}</div>;
}
