/* SPDX-License-Identifier: MIT
 *
 * measured_worker.js - the pool's worker, with its memories in sight.
 */
import './memories.js';
import '../wasm/worker.js';
