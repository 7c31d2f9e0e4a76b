// SPDX-License-Identifier: MIT
//
// platform.ts - what differs between the site and the offline page: where models, and the worker, come from.
//
// '#platform' is site.ts or offline.ts, chosen by the build (web/build/vite.config.js).
import type {LoadOptions} from '../../../wasm/index.js';

export interface Platform {
    /** Ids of the published models that are at hand without asking the user, the preset one first. */
    models: readonly string[];
    /** Where the bytes of one of them come from. */
    weights(id: string): LoadOptions['weights'];
    /** Further options of Engine.load. */
    engine: Partial<LoadOptions>;
    /** Keeps the page's files for visits without a network; calls back once a newer version of them waits. */
    keep?(newer: () => void): Promise<void>;
    /** Whether the page works without a network. */
    offline: boolean;
}
