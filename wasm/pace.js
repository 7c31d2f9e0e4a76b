/* SPDX-License-Identifier: MIT
 *
 * pace.js - long work on the thread that also draws the page: step for a while, let others run, go on.
 *
 *   step() -> 0 done, 1 more, 2 waiting for weights        Pacer: turns of the event loop, progress, cancellation
 */
import {status} from './abi.js';
import {abortError, throwIfAborted} from './errors.js';

const TURN_MS = 20;       // work between two turns of the event loop; a step of the core stays below this
const REPORT_MS = 100;    // between two reports of progress

/**
 * Waits until everything that is due has had its turn. Timers would cost 4 ms each in a browser.
 * @returns {Promise<void>}
 */
export function nextTurn() {
    if (typeof setImmediate === 'function') return new Promise((resolve) => { setImmediate(resolve); });
    return new Promise((resolve) => {
        const {port1, port2} = new MessageChannel();
        port1.onmessage = () => {
            port1.close();
            resolve();
        };
        port2.postMessage(null);
    });
}

/**
 * Waits for a promise, but no longer than the signal allows.
 * @template T
 * @param {Promise<T>} promise
 * @param {AbortSignal} [signal]
 * @returns {Promise<T>}
 */
export function waitFor(promise, signal) {
    if (!signal) return promise;
    return new Promise((resolve, reject) => {
        const cancel = () => reject(abortError());
        if (signal.aborted) cancel();
        signal.addEventListener('abort', cancel, {once: true});
        promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', cancel));
    });
}

/** A promise with its two ends. @template [T=void] */
export class Deferred {
    constructor() {
        /** @type {(value: T) => void} */
        this.resolve = () => undefined;
        /** @type {(error: unknown) => void} */
        this.reject = () => undefined;
        /** @type {Promise<T>} */
        this.promise = new Promise((resolve, reject) => {
            this.resolve = resolve;
            this.reject = reject;
        });
        this.promise.catch(() => undefined);   // whoever waits sees the error; nobody has to wait
    }
}

/** Keeps the time of one piece of work. */
export class Pacer {
    #turnStarted = performance.now();
    #reported = 0;
    #turn;

    /**
     * @param {AbortSignal} [signal]
     * @param {number} [turn]   ms of work between two turns of the event loop
     */
    constructor(signal, turn = TURN_MS) {
        this.signal = signal;
        this.#turn = turn;
        throwIfAborted(signal);
    }

    /** Gives way when the turn is used up; rejects when the work was cancelled. */
    async breathe() {
        throwIfAborted(this.signal);
        if (performance.now() - this.#turnStarted < this.#turn) return;
        await nextTurn();
        throwIfAborted(this.signal);
        this.#turnStarted = performance.now();
    }

    /**
     * Calls report, but not more often than every 100 ms.
     * @param {(() => void) | undefined} report
     */
    report(report) {
        const now = performance.now();
        if (!report || now - this.#reported < REPORT_MS) return;
        this.#reported = now;
        report();
    }

    /**
     * Steps until the core says that it is done. Only the turns are asynchronous, not the steps.
     * @param {() => number} step
     * @param {{report?: () => void, more?: () => Promise<unknown>}} [options]   more: resolves once weights arrived
     */
    async run(step, {report, more} = {}) {
        for (;;) {
            const answer = step();
            if (answer === status.ok) return;
            if (answer === status.waiting) {
                report?.();
                await waitFor(more?.() ?? nextTurn(), this.signal);
                this.#turnStarted = performance.now();
            } else if (performance.now() - this.#turnStarted >= this.#turn) {
                this.report(report);
                await this.breathe();
            }
        }
    }
}
