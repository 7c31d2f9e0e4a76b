// SPDX-License-Identifier: MIT
//
// pace.ts - long writing in short pieces: the page answers in between, and says how far it is.
const SLICE_MS = 12;

export type Tick = () => Promise<void>;

/** Lets the page answer. */
export const breathe = () => new Promise<void>((resolve) => { setTimeout(resolve); });

/** Lets the page answer now and then, and tells nobody how far it is. */
export const unheard = (): Tick => ticker(1, () => undefined, new AbortController().signal);

/** Called after each of `total` pieces. Throws an AbortError where the signal says so. */
export function ticker(total: number, report: (fraction: number) => void, signal: AbortSignal): Tick {
    let done = 0, last = performance.now();
    return async () => {
        done++;
        signal.throwIfAborted();
        if (performance.now() - last < SLICE_MS) return;
        report(done / total);
        await breathe();
        last = performance.now();
    };
}
