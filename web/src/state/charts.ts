// SPDX-License-Identifier: MIT
//
// charts.ts - which figure is shown, and of which positions.
import {signal} from '@preact/signals';

export const tabs = {
    logo: 'Logo', heat: 'Heat map', scores: 'Scores', sequences: 'Score sequences', scan: 'Mutation scan',
    couplings: 'Couplings'
} as const;
export type Tab = keyof typeof tabs;

export const tab = signal<Tab>('logo');
export const scale = signal<'information' | 'probability'>('information');
/** Designed positions alone, or all that have numbers. */
export const everywhere = signal(false);
