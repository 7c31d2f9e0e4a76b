// SPDX-License-Identifier: MIT
//
// settings.ts - how many sequences, how bold, in which order and from which seed: the form's text, and what it means.
import {computed, signal} from '@preact/signals';
import {options} from './options';

export const MOST_SEQUENCES = 10_000;
const MOST_TEMPERATURE = 100;

export type Order = 'random' | 'n-to-c';
export const ORDERS: readonly Order[] = ['random', 'n-to-c'];

/** What is asked unless somebody says otherwise. An empty seed: another one is drawn for each run. */
export const presets = {
    count: options.count.preset ?? '', temperature: options.temperature.preset ?? '', seed: '',
    order: options.order.preset as Order
};

export const count = signal(presets.count);
export const temperature = signal(presets.temperature);
export const seed = signal(presets.seed);
export const order = signal<Order>(presets.order);

export interface Settings {
    readonly count: number;
    readonly temperature: number;
    readonly seed: number;
    readonly order: Order;
}

interface Field {
    readonly label: string;
    readonly fits: (value: number) => boolean;
    readonly expected: string;
    readonly mayBeEmpty?: boolean;
}

/** The engine counts in 32 bits: a temperature above 0 must be above 0 there, too. */
const isTemperature = (t: number) => t === 0 || (Math.fround(t) > 0 && t <= MOST_TEMPERATURE);

const fields = {
    count: {
        label: 'Sequences', expected: `a whole number from 1 to ${MOST_SEQUENCES}`,
        fits: (n) => Number.isInteger(n) && n >= 1 && n <= MOST_SEQUENCES
    },
    temperature: {label: 'Temperature', expected: `a number from 0 to ${MOST_TEMPERATURE}`, fits: isTemperature},
    seed: {
        label: 'Seed', expected: 'a whole number of at least 0', mayBeEmpty: true,
        fits: (n) => Number.isSafeInteger(n) && n >= 0
    }
} satisfies Record<string, Field>;

export type NumberSetting = keyof typeof fields;

/** What is wrong with the text of a field; '' where nothing is. */
export function fault(name: NumberSetting, text: string): string {
    const {fits, expected, mayBeEmpty}: Field = fields[name], given = text.trim();
    if (given === '') return mayBeEmpty ? '' : `please give ${expected}`;
    return fits(Number(given)) ? '' : `${given} is not ${expected}`;
}

const texts = {count, temperature, seed};
const names = Object.keys(fields) as NumberSetting[];

/** What is wrong with the fields now, by name. */
export const faults = computed(() => Object.fromEntries(names.map((name) =>
    [name, fault(name, texts[name].value)])) as Record<NumberSetting, string>);

/** The same in whole sentences, for those that are wrong. */
export const settingsProblems = computed(() => names.filter((name) => faults.value[name])
    .map((name) => `${fields[name].label}: ${faults.value[name]}`));

/** The settings as they are now; throws what is wrong with a field. `drawn` is the seed where none is given. */
export function readSettings(drawn = () => crypto.getRandomValues(new Uint32Array(1))[0]): Settings {
    const wrong = settingsProblems.value[0];
    if (wrong) throw new Error(wrong);
    return {
        count: Number(count.value), temperature: Number(temperature.value),
        seed: seed.value.trim() === '' ? drawn() : Number(seed.value), order: order.value
    };
}
