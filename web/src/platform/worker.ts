// SPDX-License-Identifier: MIT
//
// worker.ts - how many workers a page asks for; the engine takes fewer where cores or memory are few.
export const threads = 8;
