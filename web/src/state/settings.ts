// SPDX-License-Identifier: MIT
//
// settings.ts - how many sequences, how bold, in which order and from which seed: the form's text, and what it means.
import {signal} from '@preact/signals';

export const MOST_SEQUENCES = 10_000;

export type Order = 'random' | 'n-to-c';

export const count = signal('8');
export const temperature = signal('0.1');
/** empty: another one is drawn for each run */
export const seed = signal('');
export const order = signal<Order>('random');

export interface Settings {
    readonly count: number;
    readonly temperature: number;
    readonly seed: number;
    readonly order: Order;
}

/** A field of the form as a number, or an error that names it. */
function numberOf(label: string, text: string, fits: (value: number) => boolean, expected: string): number {
    const value = text.trim() === '' ? NaN : Number(text);
    if (!fits(value)) throw new Error(`${label}: ${text.trim() ? `${text.trim()} is not` : 'please give'} ${expected}`);
    return value;
}

/** The settings as they are now; throws what is wrong with a field. `drawn` is the seed where none is given. */
export function readSettings(drawn = () => crypto.getRandomValues(new Uint32Array(1))[0]): Settings {
    return {
        count: numberOf('Sequences', count.value, (n) => Number.isInteger(n) && n >= 1 && n <= MOST_SEQUENCES,
            `a whole number from 1 to ${MOST_SEQUENCES}`),
        temperature: numberOf('Temperature', temperature.value, (t) => t >= 0 && t <= 100, 'a number from 0 to 100'),
        seed: seed.value.trim() === '' ? drawn()
            : numberOf('Seed', seed.value, (n) => Number.isSafeInteger(n) && n >= 0, 'a whole number of at least 0'),
        order: order.value
    };
}
