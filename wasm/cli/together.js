/* SPDX-License-Identifier: MIT
 *
 * together.js - several pieces of work at a time, with results, text and progress as if they were done one by one.
 *
 *   items --together--> results in their order      each item's text --Turns--> stdout, item by item
 */

/**
 * Works on so many items at a time; results come in the order of the items. After a failure nothing more is begun.
 * @template T, R
 * @param {readonly T[]} items
 * @param {number} width
 * @param {(item: T) => Promise<R>} work
 * @returns {AsyncGenerator<R, void, undefined>}
 */
export async function* together(items, width, work) {
    /** @type {(() => void)[]} */
    const waiting = [];
    const results = items.map(async (item, i) => {
        if (i >= width) await new Promise((resolve) => waiting.push(() => resolve(undefined)));
        try {
            return await work(item);
        } catch (error) {
            waiting.length = 0;
            throw error;
        } finally {
            waiting.shift()?.();
        }
    });
    for (const result of results) result.catch(() => undefined);
    try {
        for (const result of results) yield await result;
    } finally {
        waiting.length = 0;   // nobody may want the rest
    }
}

/** Text of several items on one stream: the first unfinished one writes, the others wait for their turn. */
export class Turns {
    #stream;
    /** @type {string[][]} */
    #waiting;
    #first = 0;
    /** @type {Set<number>} */
    #ended = new Set();

    /**
     * @param {{write(text: string): unknown}} stream
     * @param {number} count   items
     */
    constructor(stream, count) {
        this.#stream = stream;
        this.#waiting = Array.from({length: count}, () => []);
    }

    /** The stream of one item. @param {number} item */
    of(item) {
        return {write: (/** @type {string} */ text) => {
            if (item === this.#first) return this.#stream.write(text);
            return this.#waiting[item].push(text);
        }};
    }

    /** No more comes from this item. @param {number} item */
    end(item) {
        this.#ended.add(item);
        while (this.#ended.delete(this.#first)) {
            for (const text of this.#waiting[++this.#first]?.splice(0) ?? []) this.#stream.write(text);
        }
    }
}
