// SPDX-License-Identifier: MIT
//
// sw.ts - the service worker of the site: all its files, kept for visits without a network.
//
//   web/build/service_worker.js: names and sums --SITE_FILES--> precache --> answers, whatever the network does
//
// Weights are not among them: the engine keeps those that were used (wasm/cache.js). A newer version starts when no
// page of the older one is open any more, so that a page never meets files of another version.
import {precacheAndRoute} from 'workbox-precaching';

declare const SITE_FILES: {url: string, revision: string | null}[];
declare const self: {clients: {claim(): Promise<void>}};

precacheAndRoute(SITE_FILES, {cleanURLs: false, ignoreURLParametersMatching: [/./]});   // settings stand in the address

/** Pages that came before the first service worker are answered by it, too. */
addEventListener('activate', (event) => {
    (event as Event & {waitUntil(work: Promise<void>): void}).waitUntil(self.clients.claim());
});
