// SPDX-License-Identifier: MIT
//
// worker.js - a worker of the benchmark's page, with the Meter as the global `meter`.

import {openMeter} from './measure.js';

async function bytes(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** All three are URLs. */
export async function openMeterAt({wasm, roof, weights}) {
  const [wasmBytes, roofBytes, all] = await Promise.all([wasm, roof, weights].map(bytes));
  globalThis.meter = await openMeter({wasm: wasmBytes, roof: roofBytes, weights: all});
}
