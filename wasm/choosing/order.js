/* SPDX-License-Identifier: MIT
 *
 * order.js - the order of candidates, which settles every tie, and equal ones as one.
 *
 *   candidates --mergeDuplicates--> different ones with copies        a, b --compareCandidates--> which is first
 */

/** @typedef {import('./candidates.js').Candidate} Candidate */

/**
 * The order of candidates: by score, those without one last; then by name, then by letters.
 * @param {Candidate} a
 * @param {Candidate} b
 */
export function compareCandidates(a, b) {
    const left = a.score ?? Infinity, right = b.score ?? Infinity;
    if (left !== right) return left < right ? -1 : 1;
    if (a.name !== b.name) return a.name < b.name ? -1 : 1;
    const [one, other] = [a.chains.join('/'), b.chains.join('/')];
    return one < other ? -1 : one > other ? 1 : 0;
}

/**
 * Candidates with the same chains as one: that of the best score, then of the first name, with the copies of all.
 * @template {Candidate} T
 * @param {readonly T[]} candidates
 * @returns {T[]} in the order of their first
 */
export function mergeDuplicates(candidates) {
    /** @type {Map<string, T>} */
    const merged = new Map();
    for (const candidate of candidates) {
        const key = candidate.chains.join('/'), before = merged.get(key);
        if (!before) {
            merged.set(key, {...candidate, copies: candidate.copies ?? 1});
            continue;
        }
        const best = compareCandidates(candidate, before) < 0 ? candidate : before;
        merged.set(key, {...best, copies: (before.copies ?? 1) + (candidate.copies ?? 1)});
    }
    return [...merged.values()];
}
