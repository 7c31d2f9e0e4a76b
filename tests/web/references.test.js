/* SPDX-License-Identifier: MIT
 *
 * references.test.js - what Weft reads from the structures of tests/data against what gemmi and Biopython read.
 *
 * data/references.json was written by references/parse.py, which says how: by chain the numbers, the letters and the
 * residues that lack backbone atoms, and the sum of all coordinates of N, CA, C and O. A letter in lower case is the
 * parent of a modified residue, which may be an X here. Files that no reader takes ("refused") or of which nothing is a
 * row ("empty") are in data/odd.json.
 */
import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import {existsSync, readFileSync, readdirSync} from 'node:fs';
import {after, before, test} from 'node:test';
import {Engine, ParseError} from '../../wasm/index.js';

const data = (name) => new URL(`../data/${name}`, import.meta.url);
const references = JSON.parse(readFileSync(data('references.json'), 'utf8'));
const MISSING = [0, 0, 0xc0, 0x7f];   // a float32 that is none, as parse.py writes it
const FLOAT = 4, ROW = 12;

/** @type {Engine} */
let engine;
before(async () => { engine = await Engine.load(); });
after(() => engine.dispose());

/** Chains without a name are one chain in the references. */
const chainName = (name) => (/^_\d*$/.test(name) ? '' : name);

/** Rows by chain; those whose number occurred before only where the reference has such rows. */
function rowsByChain(structure, repeated) {
    const chains = new Map(), seen = new Map();
    structure.chainOf.forEach((chain, row) => {
        const name = chainName(structure.chains[chain].name);
        const key = `${name} ${structure.numbers[row]} ${structure.insertions[row]}`;
        seen.set(key, (seen.get(key) ?? 0) + 1);
        if (!chains.has(name)) chains.set(name, []);
        if (repeated || seen.get(key) === 1) chains.get(name).push(row);
    });
    return chains;
}

/** '151..220 231 231A', as parse.py writes numbers. */
function spans({numbers, insertions}, rows) {
    const runs = [];
    for (const row of rows) {
        const last = runs.at(-1), code = insertions[row];
        if (last && code === ' ' && last.code === ' ' && last.end + 1 === numbers[row]) last.end++;
        else runs.push({start: numbers[row], end: numbers[row], code});
    }
    return runs.map(({start, end, code}) => (start === end ? `${start}${code.trim()}` : `${start}..${end}`)).join(' ');
}

function coordinateSum(structure, rows) {
    const xyz = structure.backbone(), hash = createHash('sha256');
    for (const row of rows) {
        const values = xyz.subarray(ROW * row, ROW * (row + 1));
        const bytes = new Uint8Array(values.slice().buffer);
        values.forEach((value, i) => { if (Number.isNaN(value)) bytes.set(MISSING, FLOAT * i); });
        hash.update(bytes);
    }
    return hash.digest('hex');
}

/** The sequence with the reference's lower case where Weft has the parent or an X. */
const likeReference = (sequence, reference) => [...sequence].map((letter, i) => {
    const known = reference[i] ?? '';
    return known !== known.toUpperCase() && [known.toUpperCase(), 'X'].includes(letter) ? known : letter;
}).join('');

function compare(structure, reference) {
    const chains = rowsByChain(structure, reference.repeated);
    assert.deepEqual([...chains.keys()], Object.keys(reference.chains));
    for (const [name, rows] of chains) {
        const {numbers, sequence, incomplete} = reference.chains[name];
        const letters = rows.map((row) => structure.sequence[row]).join('');
        assert.equal(spans(structure, rows), numbers);
        assert.equal(likeReference(letters, sequence), sequence);
        assert.equal(spans(structure, rows.filter((row) => !structure.mask[row])), incomplete);
    }
    assert.equal(coordinateSum(structure, [...chains.values()].flat()), reference.coordinates);
}

test('references: the residues of every file are those of gemmi and Biopython', async () => {
    let compared = 0;
    for (const [name, reference] of Object.entries(references)) {
        const path = ['odd', 'structures'].map((folder) => data(`${folder}/${name}`)).find((each) => existsSync(each));
        const opened = engine.open(readFileSync(path), {name});
        if (!reference.chains) {
            if (reference.empty) await assert.rejects(opened, ParseError, name);
            else await opened.then((structure) => structure.dispose(), () => undefined);
            continue;
        }
        const structure = await opened;
        try {
            compare(structure, reference);
        } catch (error) {
            error.message = `${name}: ${error.message}`;
            throw error;
        }
        compared += structure.length;
        structure.dispose();
    }
    assert.ok(compared > 8000, `${compared} residues`);
});

test('references: every structure of tests/data has one', () => {
    const files = ['odd', 'structures'].flatMap((folder) => readdirSync(data(folder)))
        .filter((name) => !name.endsWith('.md'));
    assert.deepEqual(Object.keys(references).sort(), files.sort());
});
