// SPDX-License-Identifier: MIT
//
// site.ts - the site: weights and the worker's script are files beside the page, whatever path it lies under.
import workerUrl from '../../../wasm/worker.js?worker&url';
import type {Platform} from './platform';
import {memory, threads} from './worker';

declare const SITE_MODELS: readonly string[];

/** Under a policy that asks for trusted types, the address of a script must be vouched for. */
const policy = (globalThis as any).trustedTypes?.createPolicy('weft', {createScriptURL: (it: string) => it});
const trusted = (url: string): string => policy?.createScriptURL(url) ?? url;

const script = trusted(workerUrl);

/** The service worker (src/sw.ts) of an earlier visit works until all tabs with the page are closed. */
async function keep(newer: () => void): Promise<void> {
    const {serviceWorker} = navigator;   // missing where the page came by plain http
    const registration = await serviceWorker?.register(trusted(new URL('sw.js', document.baseURI).href));
    if (!registration) return;
    const tell = () => { if (registration.waiting && serviceWorker.controller) newer(); };
    tell();
    registration.addEventListener('updatefound', () => registration.installing?.addEventListener('statechange', tell));
}

export const platform: Platform = {
    models: SITE_MODELS,
    weights: (id) => new URL(`weights/${id}.eqx`, document.baseURI),
    engine: {threads, memory, worker: () => new Worker(script)},
    keep,
    offline: false
};
