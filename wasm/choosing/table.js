/* SPDX-License-Identifier: MIT
 *
 * table.js - a choice as a table: what each chosen design is, by column.
 *
 *   Selected --chosenRow--> {rank, name, score, ...}        Selection --chosenTable--> {columns, values}
 */

/** @typedef {import('./candidates.js').Candidate} Candidate */
/** @typedef {import('./select.js').Selected<Candidate>} Selected */

/**
 * One chosen design: distance to the nearest of those before, properties of all its chains together, chains parted by
 * '/'.
 * @param {Selected} selected
 */
export function chosenRow({rank, candidate, distance, alike, properties: own}) {
    const {name, structure = null, score = null, copies = 1} = candidate;
    return {
        rank, name, structure, score, distance, copies, alike, length: own.length, unknown: own.unknown, mass: own.mass,
        charge: own.charge, pi: own.pI, hydropathy: own.hydropathy, extinction: own.extinction,
        extinction_cystine: own.extinctionCystine, cysteines: own.cysteines, sequence: candidate.chains.join('/')
    };
}

/** Whether designs are of several structures. @param {readonly Selected[]} chosen */
export const several = (chosen) => new Set(chosen.map(({candidate}) => candidate.structure)).size > 1;

/**
 * Columns that say something: clusters where there are some, the structure where there are several.
 * @param {{chosen: readonly Selected[], clusters: number | null}} selection   with at least one chosen
 * @returns {{columns: string[], values: (string | number | null)[][]}}
 */
export function chosenTable({chosen, clusters}) {
    const all = chosen.map(chosenRow);
    const idle = [...(clusters === null ? ['alike'] : []), ...(several(chosen) ? [] : ['structure'])];
    const columns = Object.keys(all[0]).filter((name) => !idle.includes(name));
    return {columns, values: all.map((each) => columns.map((name) => Object(each)[name]))};
}
