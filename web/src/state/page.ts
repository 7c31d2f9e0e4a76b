// SPDX-License-Identifier: MIT
//
// page.ts - what the page says: the last problem in words, and what a screen reader is told.
import {signal} from '@preact/signals';

export const problem = signal('');
/** Said politely to screen readers, for changes that are seen but not focused. */
export const announcement = signal('');

/** An error's own words, without its class. */
export function messageOf(error: unknown): string {
    return error instanceof Error || error instanceof DOMException ? error.message : String(error);
}

export const isCancelled = (error: unknown) => error instanceof DOMException && error.name === 'AbortError';

/** Shows what went wrong, and with what. A cancelled task is no problem. */
export function report(what: string, error: unknown): void {
    if (!isCancelled(error)) problem.value = what ? `${what}: ${messageOf(error)}` : messageOf(error);
}

export function clearProblem(): void {
    problem.value = '';
}

export function announce(text: string): void {
    announcement.value = text;
}
