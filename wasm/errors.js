/* SPDX-License-Identifier: MIT
 *
 * errors.js - what a call can be refused with. Each class says whose turn it is: the structure file, the request, the
 * weights or the machine. The message is one sentence that names the place; the fields repeat it for programs.
 */

/** A structure or sequence file that cannot be read, or a structure that the model cannot use. */
export class ParseError extends Error {
    /**
     * @param {string} message
     * @param {number | null} [line]   line of the file, counted from 1; null where there is none
     */
    constructor(message, line = null) {
        super(message);
        this.name = 'ParseError';
        this.line = line;
    }
}

/** A request that cannot be met: a selection, letter, order or number. */
export class ConstraintError extends Error {
    /**
     * @param {string} message
     * @param {string | null} [token]   the offending part of what was asked
     */
    constructor(message, token = null) {
        super(message);
        this.name = 'ConstraintError';
        this.token = token;
    }
}

/** Weights that are not whole, not what their name promises, or of no known layout. */
export class WeightsError extends Error {
    /**
     * @param {string} message
     * @param {number | null} [record]   record of the file, counted from 0; null where there is none
     */
    constructor(message, record = null) {
        super(message);
        this.name = 'WeightsError';
        this.record = record;
    }
}

/** The work needs more memory than there is. Nothing was changed: a shorter structure or a smaller batch may fit. */
export class OutOfMemoryError extends Error {
    /** @param {string} message */
    constructor(message) {
        super(message);
        this.name = 'OutOfMemoryError';
    }
}

/**
 * Cancelled work rejects with this, whatever reason the signal carries.
 * @returns {DOMException}
 */
export function abortError() {
    return new DOMException('The work was cancelled.', 'AbortError');
}

/** @param {AbortSignal | undefined} signal */
export function throwIfAborted(signal) {
    if (signal?.aborted) throw abortError();
}

const classes = {ParseError, ConstraintError, WeightsError, OutOfMemoryError, RangeError, TypeError};

/** @typedef {{name: string, message: string, detail: any}} PackedError   detail: line, token or record */

/**
 * An error on its way to another thread, where it becomes the same again.
 * @param {any} error
 * @returns {PackedError}
 */
export function packError(error) {
    const {name = 'Error', message = String(error)} = error ?? {};
    return {name, message, detail: error?.line ?? error?.token ?? error?.record ?? null};
}

/**
 * @param {PackedError} packed
 * @returns {Error}
 */
export function unpackError({name, message, detail}) {
    if (name === 'AbortError') return abortError();
    if (Object.hasOwn(classes, name)) return new (/** @type {any} */ (classes)[name])(message, detail ?? undefined);
    return new Error(message);
}
