/* SPDX-License-Identifier: MIT
 *
 * request.js - tells the core what is asked: seed, lanes and resolved constraints become one WeftRequest.
 *
 *   rows and numbers (constraints.js), seed, temperature, lanes --openRequest--> handle for weft_run_open
 */

/**
 * @typedef {object} Lanes
 * @property {number} count
 * @property {number} [first]                    number of the first sample
 * @property {number} [temperature]
 * @property {{low: number, high: number}} seed
 * @property {readonly ArrayLike<number>[]} [letters]   one for each lane, in place of the resolved ones
 * @property {readonly Int32Array[]} [orders]    one for each lane, in place of the resolved one
 * @property {readonly Int32Array[]} [slotOrders]   the same with gap slots as rows n, n+1, ...
 * @property {Float64Array} [draws]              [lane][row][letter] exponential variates, in place of the seed's
 */

/**
 * Tells the core what is asked.
 * @param {import('./heap.js').Core} core
 * @param {readonly number[]} encodings   one for each state
 * @param {import('./constraints.js').Resolved} resolved
 * @param {Lanes} lanes
 * @returns {number} the request; the caller frees it
 */
export function openRequest(core, encodings, resolved, lanes) {
    const {c} = core;
    const request = core.created(c.weft_request_open(encodings[0]));
    try {
        for (const state of encodings.slice(1)) core.check(c.weft_request_state(request, state));
        core.scope((put) => {
            const {omit, bias} = resolved;
            const letters = lanes.letters ? joinRows(Int8Array, lanes.letters) : resolved.letters;
            const order = lanes.orders ?? (resolved.order ? Array(lanes.count).fill(resolved.order) : null);
            core.check(c.weft_request_design(request, put(resolved.design)));
            core.check(c.weft_request_letters(request, lanes.letters?.length ?? 1, put(letters)));
            if (order) core.check(c.weft_request_order(request, order.length, put(joinRows(Int32Array, order))));
            if (lanes.slotOrders) {
                const {length} = lanes.slotOrders;
                core.check(c.weft_request_slot_order(request, length, put(joinRows(Int32Array, lanes.slotOrders))));
            }
            if (lanes.draws) core.check(c.weft_request_draws(request, lanes.count, put(lanes.draws)));
            if (omit) core.check(c.weft_request_omit(request, omit.rows, put(omit.values)));
            if (bias) core.check(c.weft_request_bias(request, bias.rows, put(bias.values)));
            core.check(c.weft_request_temperature(request, lanes.temperature ?? 1));
            tellRules(core, request, {resolved, lanes}, put);
            core.check(c.weft_request_seed(request, lanes.seed.low, lanes.seed.high));
            core.check(c.weft_request_samples(request, lanes.first ?? 1, lanes.count));
        });
        return request;
    } catch (error) {
        core.free('weft_request_free', request);
        throw error;
    }
}

/**
 * What few requests have: ties, matrices, temperatures of their own.
 * @param {import('./heap.js').Core} core
 * @param {number} request
 * @param {{resolved: import('./constraints.js').Resolved, lanes: Lanes}} job
 * @param {import('./heap.js').Put} put
 */
function tellRules(core, request, {resolved, lanes}, put) {
    const {c} = core;
    const {ties, pssm, keep, temperatures, lastTemperature, original} = resolved;
    const ownOr = (/** @type {number} */ value) => (Number.isNaN(value) ? lanes.temperature ?? 1 : value);
    if (ties) {
        const {starts, rows, weights, rule} = ties;
        core.check(c.weft_request_ties(request, rule, starts.length - 1, put(starts), put(rows), put(weights)));
    }
    if (pssm) core.check(c.weft_request_pssm(request, put(pssm.weights), put(pssm.values)));
    if (keep) core.check(c.weft_request_keep(request, put(keep)));
    if (temperatures) core.check(c.weft_request_temperatures(request, put(temperatures.map(ownOr))));
    if (lastTemperature !== undefined) core.check(c.weft_request_schedule(request, lastTemperature));
    if (original) c.weft_request_original(request);
}

/**
 * @template {Int8Array | Int32Array} T
 * @param {new (length: number) => T} Type
 * @param {readonly ArrayLike<number>[]} rows
 * @returns {T}
 */
function joinRows(Type, rows) {
    const all = new Type(rows.reduce((sum, row) => sum + row.length, 0));
    rows.reduce((at, row) => {
        all.set(row, at);
        return at + row.length;
    }, 0);
    return all;
}
