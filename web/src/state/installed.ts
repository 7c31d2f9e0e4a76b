// SPDX-License-Identifier: MIT
//
// installed.ts - the page for visits without a network: its files are kept, and a newer version is told of.
import {signal} from '@preact/signals';
import {platform} from '#platform';
import {announce} from './page';

/** A newer version is here and starts with the next visit. */
export const newerWaits = signal(false);

/** Keeps the page's files where the browser can; a page without that works as well. */
export function keepPage(): void {
    platform.keep?.(() => {
        newerWaits.value = true;
        announce('A newer version of this page is here and starts with the next visit.');
    }).catch(() => undefined);
}
