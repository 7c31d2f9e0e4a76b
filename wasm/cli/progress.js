/* SPDX-License-Identifier: MIT
 *
 * progress.js - what goes to stderr while the results go elsewhere: a bar on a terminal, lines otherwise.
 */

const BAR = 24;
const QUARTER = 0.25;
const LONGEST = 1000;   // characters of a complaint

/**
 * What was thrown, in one line.
 * @param {unknown} error
 */
export function complaint(error) {
    const message = error instanceof Error ? error.message : String(error);
    const line = message.replace(/\s*\n\s*/g, ' ').trim().replace(/\p{Cc}/gu, '?');   // a file's words rule no terminal
    return `weft: ${line.length > LONGEST ? `${line.slice(0, LONGEST)} ...` : line}`;
}

/** @typedef {{write(text: string): unknown, isTTY?: boolean}} Stream */

export class Reporter {
    #stream;
    #quiet;
    #bar = false;
    #lastLine = '';
    /** @type {Set<string>} */
    #said = new Set();

    /**
     * @param {Stream} stream
     * @param {boolean} quiet
     */
    constructor(stream, quiet) {
        this.#stream = stream;
        this.#quiet = quiet;
    }

    /** One line to keep. @param {string} text */
    note(text) {
        this.clear();
        if (!this.#quiet) this.#stream.write(`weft: ${text}\n`);
    }

    /** What went wrong while the work goes on; said to the quiet, too. @param {Error} error */
    complain(error) {
        this.clear();
        this.#stream.write(`${complaint(error)}\n`);
    }

    /** The same, but never twice. @param {string} text */
    once(text) {
        if (!this.#said.has(text)) this.note(text);
        this.#said.add(text);
    }

    /**
     * Shows how far some work is.
     * @param {string} label
     * @param {number | null} fraction   0 to 1
     */
    update(label, fraction) {
        if (this.#quiet) return;
        const share = fraction ?? 0;
        if (this.#stream.isTTY) {
            const full = Math.round(share * BAR);
            const bar = '#'.repeat(full).padEnd(BAR, '.');
            this.#stream.write(`\r\x1b[K${label} [${bar}] ${Math.floor(share * 100)} %`);
            this.#bar = true;
            return;
        }
        const line = `weft: ${label}, ${Math.floor(share / QUARTER) * QUARTER * 100} %`;
        if (line !== this.#lastLine) this.#stream.write(`${line}\n`);
        this.#lastLine = line;
    }

    /** A function for the engine's onProgress. @param {string} name */
    listener(name) {
        const verb = {
            weights: 'loading', encode: 'encoding', design: 'designing', score: 'scoring', probs: 'computing',
            scan: 'scanning', doubles: 'scanning pairs', jacobian: 'differentiating'
        };
        return (/** @type {import('../engine.js').Progress} */ {phase, done, total, fraction}) => {
            const amount = phase === 'design' || phase === 'score' ? ` ${done} of ${total}` : '';
            this.update(`${name}: ${verb[phase]}${amount}`, fraction);
        };
    }

    /** Takes the bar away. */
    clear() {
        if (this.#bar) this.#stream.write('\r\x1b[K');
        this.#bar = false;
    }
}
