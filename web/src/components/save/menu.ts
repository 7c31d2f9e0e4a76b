// SPDX-License-Identifier: MIT
//
// menu.ts - how a menu behind a button is worked: arrow keys, Home, End, letters, Escape; focus returns to the button.
import {useSignal} from '@preact/signals';
import {type RefObject} from 'preact';
import {useEffect, useRef} from 'preact/hooks';

const ITEMS = '[role^="menuitem"]';

const EDGE = 8, LEAST = 240;   // px: to the window's edge; of height, below the button

/** Puts a menu below its button, or above where more room is, inside the window. */
function place({style, offsetWidth}: HTMLElement, button: DOMRect): void {
    const below = innerHeight - button.bottom - EDGE, above = button.top - EDGE, down = below >= Math.min(LEAST, above);
    style.left = `${Math.max(EDGE, Math.min(button.right - offsetWidth, innerWidth - offsetWidth - EDGE))}px`;
    style.top = down ? `${button.bottom + 4}px` : 'auto';
    style.bottom = down ? 'auto' : `${innerHeight - button.top + 4}px`;
    style.maxHeight = `${(down ? below : above) - 4}px`;
}

export function useMenu(opener: RefObject<HTMLButtonElement | null>) {
    const open = useSignal(false), list = useRef<HTMLDivElement>(null);
    const items = () => [...list.current?.querySelectorAll<HTMLElement>(ITEMS) ?? []];
    const focusAt = (at: number) => items().at(at % items().length)?.focus();
    const show = (at: number) => {
        open.value = true;
        requestAnimationFrame(() => {   // the items are there by then
            if (opener.current && list.current) place(list.current, opener.current.getBoundingClientRect());
            focusAt(at);
        });
    };
    const close = () => {
        open.value = false;
        opener.current?.focus();
    };
    /** The next item whose name begins with the letter. */
    const seek = (letter: string, from: number) => {
        const all = items(), turned = [...all.slice(from + 1), ...all.slice(0, from + 1)];
        turned.find((item) => item.textContent?.trim().toLowerCase().startsWith(letter.toLowerCase()))?.focus();
    };
    const onKey = (event: KeyboardEvent) => {
        const {key} = event, at = items().indexOf(document.activeElement as HTMLElement);
        if (!open.value) {
            if (key !== 'ArrowDown' && key !== 'ArrowUp') return;
            show(key === 'ArrowDown' ? 0 : -1);
        } else if (key === 'Escape') close();
        else if (key === 'ArrowDown') focusAt(at + 1);
        else if (key === 'ArrowUp') focusAt(at <= 0 ? -1 : at - 1);
        else if (key === 'Home') focusAt(0);
        else if (key === 'End') focusAt(-1);
        else if (/^\S$/.test(key) && !event.ctrlKey && !event.metaKey && !event.altKey) seek(key, at);
        else return;
        event.preventDefault();
        event.stopPropagation();
    };
    const onLeave = ({currentTarget, relatedTarget}: FocusEvent) => {
        if (relatedTarget && !(currentTarget as HTMLElement).contains(relatedTarget as Node)) open.value = false;
    };
    useEffect(() => {
        const outside = ({target}: PointerEvent) => {
            if (!list.current?.parentElement?.contains(target as Node)) open.value = false;
        };
        document.addEventListener('pointerdown', outside);
        return () => document.removeEventListener('pointerdown', outside);
    }, []);
    return {open, list, close, onKey, onLeave, toggle: () => (open.value ? close() : show(0))};
}
