// SPDX-License-Identifier: MIT
//
// later.tsx - parts of the page that are loaded when they are first drawn, and not with the page.
//
//   later(() => import(...), what stands in its place meanwhile) -> a component like any other
import {signal} from '@preact/signals';
import type {ComponentChild, ComponentType} from 'preact';
import {useEffect} from 'preact/hooks';
import {report} from '../../state/page';

/** Without a network a part may be out of reach; it is tried again when it is drawn again. */
export function later(load: () => Promise<ComponentType>, meanwhile: ComponentChild): ComponentType {
    const loaded = signal<{readonly Part: ComponentType} | null>(null);
    let loading = false;
    async function start(): Promise<void> {
        if (loading) return;
        loading = true;
        try {
            loaded.value = {Part: await load()};
        } catch (error) {
            report('A part of the page could not be loaded; look after the network and load the page again', error);
        }
        loading = false;
    }
    return function Later() {
        const found = loaded.value;
        useEffect(() => { if (!loaded.value) void start(); }, []);
        return found ? <found.Part /> : <>{meanwhile}</>;
    };
}
