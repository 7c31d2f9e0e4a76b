// SPDX-License-Identifier: MIT
//
// worker.ts - how many workers a page asks for; the engine takes fewer where memory is short.
export const threads = Math.max(1, Math.min(8, navigator.hardwareConcurrency || 2));
