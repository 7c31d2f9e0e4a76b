// SPDX-License-Identifier: MIT
//
// site.ts - the site: weights and the worker's script are files beside the page, whatever path it lies under.
import workerUrl from '../../../wasm/worker.js?worker&url';
import type {Platform} from './platform';
import {threads} from './worker';

declare const SITE_MODELS: readonly string[];

/** Under a policy that asks for trusted types, the address of a script must be vouched for. */
function trusted(url: string): string {
    const {trustedTypes} = globalThis as any;
    return trustedTypes?.createPolicy('weft', {createScriptURL: (it: string) => it}).createScriptURL(url) ?? url;
}

const script = trusted(workerUrl);

export const platform: Platform = {
    models: SITE_MODELS,
    weights: (id) => new URL(`weights/${id}.eqx`, document.baseURI),
    engine: {threads, worker: () => new Worker(script)},
    offline: false
};
