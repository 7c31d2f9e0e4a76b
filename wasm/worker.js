/* SPDX-License-Identifier: MIT
 *
 * worker.js - the script of a worker: a Web Worker (module or classic, as it was bundled) or one of worker_threads.
 */
import {inNode, nodeModule} from './heap.js';
import {serve} from './worker_body.js';

if (inNode()) nodeModule('node:worker_threads').then(({parentPort}) => serve(parentPort));
else serve(/** @type {any} */ (globalThis));
