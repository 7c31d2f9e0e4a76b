// SPDX-License-Identifier: MIT
//
// keys.ts - keys that mean the same anywhere on the page: undo and redo.
import {redo, undo} from './state/plan';

/** Fields have an undo of their own. */
const inField = (target: EventTarget | null) =>
    target instanceof HTMLElement && target.matches('input:not([type=checkbox], [type=radio], [type=file]), textarea');

export function acceptKeys(target: Document): void {
    target.addEventListener('keydown', (event) => {
        if (!(event.ctrlKey || event.metaKey) || event.altKey || inField(event.target)) return;
        const key = event.key.toLowerCase();
        if (key === 'z' && !event.shiftKey) undo();
        else if (key === 'y' || key === 'z') redo();
        else return;
        event.preventDefault();
    });
}
