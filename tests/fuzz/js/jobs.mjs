// SPDX-License-Identifier: MIT
//
// jobs.mjs - files of rows: manifests in CSV and JSON lines, and the JSONL files of protein_mpnn_run.py. The first byte
// says which of them the rest is.
import assert from 'node:assert/strict';
import {readManifest} from '../../../wasm/cli/manifest.js';
import {readRecords} from '../../../wasm/cli/protein_mpnn_run/records.js';
import {noteUnused, readSideFiles} from '../../../wasm/cli/protein_mpnn_run/side_files.js';
import {dataFile, refusedOr, withFile} from './rules.mjs';

const quiet = () => undefined;

async function manifest(bytes, ending) {
    const rows = await withFile(`jobs.${ending}`, bytes, (path) => refusedOr(() => readManifest(path)));
    if (!rows) return;
    let last = 0;
    for (const {line, cells} of rows) {
        assert.ok(line > last && cells instanceof Map);
        last = line;
        for (const value of cells.values()) assert.equal(typeof value, 'string');
    }
}

async function records(bytes, caOnly, ending) {
    const flags = {ca_only: caOnly, max_length: 200000};
    const key = ending === 'pdb' ? 'pdb_path' : 'jsonl_path';
    const found = await withFile(`records.${ending}`, bytes, (path) => refusedOr(() => readRecords({...flags,
        [key]: path}, quiet, quiet)));
    for (const {name, sequence, chains} of found ?? []) {
        assert.ok(typeof name === 'string' && typeof sequence === 'string');
        for (const {sequence: letters, atoms} of chains.values()) {
            assert.equal(atoms.length, letters.length * (caOnly ? 3 : 12));
        }
    }
}

async function sides(bytes) {
    const path = withFile('side.jsonl', bytes, (each) => each);
    const keys = ['chain_id', 'fixed_positions', 'pssm', 'omit_AA', 'bias_AA', 'tied_positions', 'bias_by_res'];
    const flags = Object.fromEntries(keys.map((key) => [`${key}_jsonl`, path]));
    const read = await refusedOr(() => readSideFiles(flags, quiet, quiet));
    if (read) noteUnused(read, new Set(['5L33']), quiet);
}

const KINDS = [
    (bytes) => manifest(bytes, 'csv'), (bytes) => manifest(bytes, 'jsonl'), (bytes) => records(bytes, false, 'jsonl'),
    (bytes) => records(bytes, true, 'jsonl'), sides, (bytes) => records(bytes, false, 'pdb')
];

const parsedChain = {
    seq: 'GA', name: '5L33', num_of_chains: 1, seq_chain_A: 'GA', coords_chain_A: Object.fromEntries(['N', 'CA', 'C',
        'O'].map((atom) =>
        [`${atom}_chain_A`, [[1, 2, 3], [4, 5, 6]]]))
};

export default {
    covers: ['wasm/cli/manifest.js', 'wasm/formats/csv.js', 'wasm/cli/protein_mpnn_run/jsonl.js',
        'wasm/cli/protein_mpnn_run/records.js', 'wasm/cli/protein_mpnn_run/side_files.js',
        'wasm/cli/protein_mpnn_run/pdb.js'],
    words: ['{', '}', '[', ']', '"', ':', ',', '\n', '\r\n', '""', 'null', 'NaN', '-Infinity', '1e999', '{}', '[]',
        '"seq"', '"name"',
        '"seq_chain_A"', '"coords_chain_A"', '"__proto__"', '"12"', '\\u0001', '"5L33"', 'structure,chains,n\n',
        '\ufeff', '\x00',
        'ATOM      1  N   GLY A   1       1.000   2.000   3.000\n', 'HETATM', 'MSE', '99999', '-9999'],
    most: 1 << 15,
    seeds: () => [
        [0, 'structure,chains,n,fix\na.pdb,A,8,"A1, A2"\n"b ""x"".pdb",B,2,\n'], [1,
            '{"structure": "a.pdb", "n": 8}\n\n{"structure": "b"}'],
        [2, JSON.stringify(parsedChain)], [3, JSON.stringify({...parsedChain, coords_chain_A: {CA_chain_A: [[[1, 2,
            3]], [[4, 5, NaN]]]}})],
        [4, '{"5L33": [["A"], ["B"]]}\n{"5L33": {"A": [1, 2], "B": []}}'], [4,
            '{"A": -1.1, "1": NaN, "x": {"12": [1, 2]}}'],
        [5, dataFile('structures/6MRR_short.pdb').subarray(0, 6000).toString('latin1')],
        [5, dataFile('odd/derived_number_jump.pdb').subarray(0, 6000).toString('latin1')]
    ].map(([kind, text]) => Buffer.concat([Buffer.of(Number(kind)), Buffer.from(String(text))])),
    run: (bytes) => KINDS[(bytes[0] ?? 0) % KINDS.length](bytes.subarray(1))
};
