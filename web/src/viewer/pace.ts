// SPDX-License-Identifier: MIT
//
// pace.ts - long work in slices, between which the page can answer.

const SLICE_MS = 8;
let began = 0;

/** Lets others have the thread where the slice is used up. */
export async function breathe(): Promise<void> {
    if (performance.now() - began < SLICE_MS) return;
    await new Promise<void>((resolve) => {
        const {port1, port2} = new MessageChannel();
        port1.onmessage = () => {
            port1.close();
            resolve();
        };
        port2.postMessage(null);
    });
    began = performance.now();
}
