// SPDX-License-Identifier: MIT
//
// coverage.mjs - which lines of the modules under test ran since the last look, by V8's own counters.
//
//   start(paths) -> look() -> how many lines are new; lines: how many in all
import {readFileSync} from 'node:fs';
import inspector from 'node:inspector';

/** @typedef {{starts: number[], ran: Uint8Array}} Source */

/** @param {string} text */
function lineStarts(text) {
    const starts = [0];
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    return starts;
}

/**
 * Marks the lines that begin inside of a range, whose inner ranges come after it.
 * @param {Source} source
 * @param {{startOffset: number, endOffset: number, count: number}} range
 * @param {Uint8Array} ran
 */
function paint({starts}, {startOffset, endOffset, count}, ran) {
    let low = 0, high = starts.length;
    while (low < high) {
        const middle = (low + high) >> 1;
        if (starts[middle] < startOffset) low = middle + 1;
        else high = middle;
    }
    for (let line = low; line < starts.length && starts[line] < endOffset; line++) ran[line] = Number(count > 0);
}

export class Coverage {
    #session = new inspector.Session();
    /** @type {Map<string, Source>} */
    #sources = new Map();
    #recent = new Set();
    lines = 0;

    /** @param {readonly URL[]} files */
    constructor(files) {
        for (const url of files) {
            const starts = lineStarts(readFileSync(url, 'utf8'));
            this.#sources.set(url.href, {starts, ran: new Uint8Array(starts.length)});
        }
        this.#session.connect();
        this.#session.post('Profiler.enable');
        this.#session.post('Profiler.startPreciseCoverage', {callCount: true, detailed: true});
    }

    /** What ran since it was last asked. @returns {{url: string, source: Source, now: Uint8Array}[]} */
    #take() {
        /** @type {any} */
        let taken;
        this.#session.post('Profiler.takePreciseCoverage', (_, answer) => { taken = answer; });
        return taken.result.flatMap(({url, functions}) => {
            const source = this.#sources.get(url);
            if (!source) return [];
            const now = new Uint8Array(source.starts.length);
            // a function's ranges: the whole of it first, and the functions inside of it stand behind it
            for (const {ranges} of functions) for (const range of ranges) paint(source, range, now);
            return [{url, source, now}];
        });
    }

    /** How many lines ran for the first time since the last look. */
    look() {
        this.#recent.clear();
        for (const {url, source, now} of this.#take()) {
            for (let line = 0; line < now.length; line++) {
                if (!now[line] || source.ran[line]) continue;
                source.ran[line] = 1;
                this.#recent.add(`${url}:${line}`);
            }
        }
        this.lines += this.#recent.size;
        return this.#recent.size;
    }

    /** Whether the line was new at the last look. @param {string} line */
    isRecent(line) {
        return this.#recent.has(line);
    }

    /** The lines that one call runs. @param {() => unknown} call */
    async linesOf(call) {
        this.#take();
        await call();
        return this.#take().flatMap(({url, now}) => [...now.keys()].filter((line) => now[line])
            .map((line) => `${url}:${line}`));
    }
}
