// SPDX-License-Identifier: MIT
//
// worker.ts - how many workers a page asks for; the engine takes fewer where cores or memory are few.
export const threads = 8;
/** Bytes of WebAssembly memory that all workers on one structure may take. */
export const memory = 2 ** 30;
