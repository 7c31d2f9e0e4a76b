// SPDX-License-Identifier: MIT
//
// page.ts - what the page says: the last problem in words.
import {signal} from '@preact/signals';

export const problem = signal('');

/** Shows what went wrong, and with what. A cancelled task is no problem. */
export function report(what: string, error: unknown): void {
    const {name, message} = error instanceof Error || error instanceof DOMException ? error : new Error(String(error));
    if (name !== 'AbortError') problem.value = what ? `${what}: ${message}` : message;
}

export function clearProblem(): void {
    problem.value = '';
}
