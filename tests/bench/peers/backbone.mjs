// SPDX-License-Identifier: MIT
//
// backbone.mjs - what the graphs of ort_graphs.mjs take from a structure: its backbone, neighbours and distances.
//
//   PDB file -> {n, atoms, mask, letters, places, chains} -> k neighbours of each row, position classes, 25 distances
//
// As src/mpnn/MODEL.md, section 2, but without gap slots: a structure needs k complete residues.

import {readFile} from 'node:fs/promises';

const MODIFIED = {MSE: 'MET'};
const RESIDUES = 'ALA CYS ASP GLU PHE GLY HIS ILE LYS LEU MET ASN PRO GLN ARG SER THR VAL TRP TYR'.split(' ');
const ATOMS = ['N', 'CA', 'C', 'O'];
const CA = 1, SLOTS = 5, REACH = 32, OTHER_CHAIN = 2 * REACH + 1;   // slot 4 is the virtual CB
/** The 25 pairs as slots of i and j: N CA C O CB = 0 1 2 3 4. */
const PAIRS = '11 00 22 33 44 10 12 13 14 02 03 04 42 43 32 01 21 31 41 20 30 40 24 34 23'.split(' ')
    .map((pair) => [...pair].map(Number));

/** Rows of the first model: its ATOM records and selenomethionines; of each atom the first location. */
export async function readBackbone(path) {
    const [model] = (await readFile(path, 'latin1')).split(/^ENDMDL/m);
    const rows = new Map();
    for (const line of model.split('\n')) {
        if (!/^(ATOM  |HETATM.{11}MSE)/.test(line)) continue;
        const key = line.slice(21, 27);
        const [name, chain, number] = [line.slice(17, 20), line[21], Number(line.slice(22, 26))];
        if (!rows.has(key)) rows.set(key, {name: MODIFIED[name] ?? name, chain, number});
        const row = rows.get(key), atom = line.slice(12, 16).trim();
        row[atom] ??= [30, 38, 46].map((at) => Number(line.slice(at, at + 8)));
    }
    return arrange([...rows.values()]);
}

function arrange(rows) {
    const n = rows.length, unknown = RESIDUES.length;
    const atoms = new Float32Array(n * SLOTS * 3), places = new Int32Array(n);
    rows.forEach((row, i) => {
        ATOMS.forEach((name, slot) => row[name] && atoms.set(row[name], (i * SLOTS + slot) * 3));
        atoms.set(virtualCb(atoms.subarray(i * SLOTS * 3)), (i * SLOTS + 4) * 3);
        const before = rows[i - 1];
        if (before?.chain === row.chain) places[i] = places[i - 1] + Math.max(1, row.number - before.number);
    });
    return {
        n, atoms, places, chains: rows.map((row) => row.chain),
        mask: rows.map((row) => Number(ATOMS.every((name) => row[name]))),
        letters: Int32Array.from(rows, ({name}) => (RESIDUES.includes(name) ? RESIDUES.indexOf(name) : unknown)),
    };
}

function virtualCb([nx, ny, nz, ax, ay, az, cx, cy, cz]) {
    const b = [ax - nx, ay - ny, az - nz], c = [cx - ax, cy - ay, cz - az];
    const a = [b[1] * c[2] - b[2] * c[1], b[2] * c[0] - b[0] * c[2], b[0] * c[1] - b[1] * c[0]];
    return [ax, ay, az].map((ca, i) => -0.58273431 * a[i] + 0.56802827 * b[i] - 0.54067466 * c[i] + ca);
}

function distance(atoms, p, q) {
    const x = atoms[p] - atoms[q], y = atoms[p + 1] - atoms[q + 1], z = atoms[p + 2] - atoms[q + 2];
    return Math.sqrt(x * x + y * y + z * z + 1e-6);
}

/** The k nearest of a row, nearest first: an insertion that most candidates leave at the first comparison. */
function nearest(row, k, found) {
    let count = 0;
    for (let j = 0; j < row.length; j++) {
        if (count === k && !(row[j] < row[found[k - 1]])) continue;
        let at = count < k ? count++ : k - 1;
        for (; at > 0 && row[found[at - 1]] > row[j]; at--) found[at] = found[at - 1];
        found[at] = j;
    }
}

function adjusted({n, atoms, mask}, i, row) {
    let farthest = 0;
    for (let j = 0; j < n; j++) {
        row[j] = mask[i] && mask[j] ? distance(atoms, (i * SLOTS + CA) * 3, (j * SLOTS + CA) * 3) : 0;
        farthest = Math.max(farthest, row[j]);
    }
    for (let j = 0; j < n; j++) if (!(mask[i] && mask[j])) row[j] = farthest;
}

/** Neighbours and classes [n][k] as 64-bit integers, distances [n][k][25] in units of `width`. */
export function edgesOf(backbone, k, width) {
    const {n, atoms, places, chains, mask} = backbone;
    if (mask.filter(Boolean).length < k) throw new Error(`the structure has fewer than ${k} complete residues`);
    const pairs = PAIRS.length;
    const neighbours = new BigInt64Array(n * k), classes = new BigInt64Array(n * k);
    const distances = new Float32Array(n * k * pairs), row = new Float32Array(n), found = new Int32Array(k);
    for (let i = 0; i < n; i++) {
        adjusted(backbone, i, row);
        nearest(row, k, found);
        for (let slot = 0; slot < k; slot++) {
            const j = found[slot], at = i * k + slot;
            neighbours[at] = BigInt(j);
            const step = Math.min(Math.max(places[i] - places[j] + REACH, 0), 2 * REACH);
            classes[at] = BigInt(chains[i] === chains[j] ? step : OTHER_CHAIN);
            distances[at * pairs] = row[j] / width;
            for (let pair = 1; pair < pairs; pair++) {
                const [p, q] = PAIRS[pair];
                distances[at * pairs + pair] = distance(atoms, (i * SLOTS + p) * 3, (j * SLOTS + q) * 3) / width;
            }
        }
    }
    return {neighbours, classes, distances, pairs};
}
