// SPDX-License-Identifier: MIT
//
// address.ts - settings in the page's address, behind the #, so that a link carries them; structures never are.
//
//   #count=20&temperature=0.2&model=solublempnn_v_48_020 --at the start, or when it is edited--> settings, model
//   settings, model --a moment after a change--> address; what is as preset is left out
import {effect, signal} from '@preact/signals';
import {platform} from '#platform';
import {chooseModel, model, models} from './models';
import {count, fault, type NumberSetting, type Order, order, ORDERS, presets, seed, temperature} from './settings';

const PAUSE_MS = 300;   // between a change and the address; browsers refuse many in a short time
const numbers = {count, temperature, seed};
const numberNames = Object.keys(numbers) as NumberSetting[];

/** What the address asked for and cannot have, in words. */
export const addressNotes = signal<readonly string[]>([]);

/** Takes over what is right; what is wrong is told and stays as preset. */
function read(hash: string): string[] {
    const asked = new URLSearchParams(hash.replace(/^#/, '')), notes: string[] = [];
    for (const name of numberNames) {
        const text = asked.get(name) ?? presets[name], wrong = fault(name, text);
        numbers[name].value = wrong ? presets[name] : text.trim();
        if (wrong) notes.push(`${name}: ${wrong}`);
    }
    const way = asked.get('order') ?? presets.order, known = (ORDERS as readonly string[]).includes(way);
    order.value = known ? way as Order : presets.order;
    if (!known) notes.push(`order: ${way} is not one of ${ORDERS.join(', ')}`);
    const id = asked.get('model') ?? platform.models[0];
    const there = models.value.some((each) => each.id === id);
    if (there && id !== model.value.id) chooseModel(id);
    if (!there) notes.push(`model: ${id} is not here; drop its weights file on the page`);
    const others = [...asked.keys()].filter((key) => !(key in numbers) && key !== 'order' && key !== 'model');
    return [...notes, ...others.map((key) => `${key}: there is no such setting`)];
}

/** Settings that differ from the preset ones and are right; the model if others can have it, too. */
function written(): string {
    const asked = new URLSearchParams();
    for (const name of numberNames) {
        const text = numbers[name].value.trim();
        if (text !== presets[name] && !fault(name, text)) asked.set(name, text);
    }
    if (order.value !== presets.order) asked.set('order', order.value);
    const {id, file} = model.value;
    if (!file && id !== platform.models[0]) asked.set('model', id);
    return asked.size ? `#${asked}` : '';
}

function write(hash: string): void {
    if (location.hash === hash) return;
    try {
        history.replaceState(history.state, '', location.pathname + location.search + hash);
    } catch {
        // some browsers refuse this for files and in frames; the page works without
    }
}

/** Reads the address, and keeps it up to date from now on. To be called once, before the first look at the model. */
export function followAddress(): void {
    const take = () => {
        // An anchor, or nothing, is no settings.
        addressNotes.value = location.hash.includes('=') ? read(location.hash) : [];
    };
    take();
    addEventListener('hashchange', take);
    let timer: ReturnType<typeof setTimeout> | undefined;
    let first = true;
    effect(() => {
        const hash = written();
        clearTimeout(timer);
        if (!first) timer = setTimeout(() => write(hash), PAUSE_MS);
        first = false;
    });
}
