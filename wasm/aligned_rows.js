/* SPDX-License-Identifier: MIT
 *
 * aligned_rows.js - which residues of a structure stand for which columns of an alignment.
 *
 *   Structure, queries of profiles --alignRows--> profile and column of each row, or the first difference
 *
 * A profile belongs to chains that are its query or, where residues are missing, parts of it in its order.
 */
import {ConstraintError} from './errors.js';

/** @typedef {import('./structure.js').Structure} Structure */
/** @typedef {import('./structure.js').Chain} Chain */
/** @typedef {import('./alignments.js').Profile} Profile */
/** @typedef {{profile: Profile, chain?: string}} ChainProfile   without a chain: all those that the query matches */
/** @typedef {Profile | readonly ChainProfile[]} Profiles */

/** @param {string} letter @param {string} other */
const agree = (letter, other) => letter === other || letter === 'X' || other === 'X';

/**
 * Where the residues of a chain stand in it, missing numbers counted.
 * @param {Structure} structure
 * @param {Chain} chain
 */
function placesOf({numbers}, {start, length}) {
    const places = new Int32Array(length);
    for (let i = 1; i < length; i++) {
        places[i] = places[i - 1] + Math.max(1, numbers[start + i] - numbers[start + i - 1]);
    }
    return places;
}

/**
 * Ways to lay the pieces of a chain into the query one behind the other, each whole. Two are as good as many.
 * @param {readonly string[]} pieces
 * @param {string} query
 * @returns {{ways: number, starts: number[]}}   starts: of the first way
 */
function layPieces(pieces, query) {
    const fits = (/** @type {string} */ piece, /** @type {number} */ at) => at + piece.length <= query.length
        && [...piece].every((letter, i) => agree(letter, query[at + i]));
    /** @type {Int32Array[]} ways of the pieces from one on, from each letter of the query on */
    const ways = [...pieces, ''].map(() => new Int32Array(query.length + 2));
    ways[pieces.length].fill(1);
    for (let p = pieces.length - 1; p >= 0; p--) {
        for (let at = query.length; at >= 0; at--) {
            const here = fits(pieces[p], at) ? ways[p + 1][at + pieces[p].length] : 0;
            ways[p][at] = Math.min(2, ways[p][at + 1] + here);
        }
    }
    const starts = [];
    for (let p = 0, at = 0; p < pieces.length && ways[0][0] > 0; p++) {
        while (!fits(pieces[p], at) || !ways[p + 1][at + pieces[p].length]) at++;
        starts.push(at);
        at += pieces[p].length;
    }
    return {ways: ways[0][0], starts};
}

/**
 * Where a chain and a query part, when the chain is laid where most letters agree.
 * @param {Structure} structure
 * @param {Chain} chain
 * @param {Int32Array} places
 * @param {string} query
 */
function firstDifference(structure, {name, start, length, sequence}, places, query) {
    const agreeing = (/** @type {number} */ offset) =>
        places.reduce((sum, place, i) => sum + Number(query[place + offset] === sequence[i]), 0);
    let best = 0;
    for (let offset = -places[length - 1]; offset < query.length; offset++) {
        const count = agreeing(offset);
        if (count > agreeing(best) || (count === agreeing(best) && Math.abs(offset) < Math.abs(best))) best = offset;
    }
    const found = Array.from(places.keys()).find((row) => {
        const letter = query[places[row] + best];
        return letter === undefined || !agree(sequence[row], letter);
    }) ?? 0;
    const place = places[found] + best, letter = query[place];
    const there = letter === undefined ? `is beyond the query, which has ${query.length} letters`
        : `is ${sequence[found]}, letter ${place + 1} of the query is ${letter}`;
    return `chain ${name} is no part of the query: ${structure.rowName(start + found)} ${there} `
        + `(${agreeing(best)} of ${length} residues agree)`;
}

/**
 * The column of each residue of a chain, or why there is no saying. Numbers are believed where they lead to one answer;
 * else what stands between two missing numbers is looked for in its order.
 * @param {Structure} structure
 * @param {Chain} chain
 * @param {string} query
 * @returns {{columns: Int32Array, problem?: undefined} | {columns?: undefined, problem: string}}
 */
function columnsOf(structure, chain, query) {
    const places = placesOf(structure, chain), {sequence, length, name} = chain;
    /** @type {number[]} */
    const offsets = [];
    for (let offset = 0; offset < query.length - places[length - 1]; offset++) {
        if (places.every((place, i) => agree(sequence[i], query[place + offset]))) offsets.push(offset);
    }
    if (offsets.length === 1) return {columns: places.map((place) => place + offsets[0])};
    const again = `chain ${name} fits the query in more than one way`;
    if (offsets.length > 1) {
        return {problem: `${again}: ${structure.rowName(chain.start)} may be its letter ${offsets[0] + 1} or `
            + `${offsets[1] + 1}`};
    }
    const ends = Array.from(places.keys()).filter((i) => i + 1 === length || places[i + 1] > places[i] + 1);
    const pieces = ends.map((end, p) => sequence.slice(p ? ends[p - 1] + 1 : 0, end + 1));
    const {ways, starts} = layPieces(pieces, query);
    if (ways === 0) return {problem: firstDifference(structure, chain, places, query)};
    if (ways > 1) return {problem: `${again}: numbers are missing in it, and what is between them occurs again`};
    return {columns: Int32Array.from(pieces.flatMap((piece, p) => Array.from(piece, (_, i) => starts[p] + i)))};
}

/**
 * @typedef {object} Aligned
 * @property {(Profile | null)[]} profile   of each row
 * @property {Int32Array} column            of each row in its profile; -1 without one
 */

/**
 * Which column of which profile each residue has. A profile without a chain goes to all chains that its query matches,
 * copies of one another among them; one that matches none, or a named one that differs, is an error.
 * @param {Structure} structure
 * @param {Profiles} profiles
 * @returns {Aligned}
 */
export function alignRows(structure, profiles) {
    /** @type {readonly ChainProfile[]} */
    const list = 'query' in profiles ? [{profile: profiles}] : profiles;
    const profile = Array(structure.length).fill(null), column = new Int32Array(structure.length).fill(-1);
    for (const {profile: each, chain: name} of list) {
        const chains = name === undefined ? structure.chains : [structure.chain(name)];
        const answers = chains.map((chain) => ({chain, ...columnsOf(structure, chain, each.query)}));
        const found = answers.flatMap(({chain, columns}) => (columns ? [{chain, columns}] : []));
        if (!found.length) {
            const longest = answers.reduce((best, answer) => (answer.chain.length > best.chain.length ? answer : best));
            throw new ConstraintError(`${each.name}: ${longest.problem}`
                + (answers.length > 1 ? `; nor is any other of ${answers.length} chains` : ''), each.name);
        }
        for (const {chain, columns} of found) {
            const taken = profile[chain.start];
            if (taken) {
                throw new ConstraintError(`chain ${chain.name} has two alignments, ${taken.name} and ${each.name}`,
                    chain.name);
            }
            profile.fill(each, chain.start, chain.start + chain.length);
            column.set(columns, chain.start);
        }
    }
    return {profile, column};
}
