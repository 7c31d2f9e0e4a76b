// SPDX-License-Identifier: MIT
//
// text.mjs - sequences and alignments: FASTA, read and written again, and A3M with the profile that is made of it.
import assert from 'node:assert/strict';
import {alignmentProfile} from '../../../wasm/alignments.js';
import {readSequences} from '../../../wasm/cli/protein_mpnn_run/given.js';
import {formatFasta, parseFasta} from '../../../wasm/formats/fasta.js';
import {refusedOr, withFile} from './rules.mjs';

async function fasta(text) {
    const records = await refusedOr(() => parseFasta(text));
    if (!records) return;
    const again = parseFasta(formatFasta(records.map(({header, sequence}) => ({header: `>${header}`, sequence}))));
    assert.deepEqual(again.map(({header, sequence}) => ({header, sequence})), records.map(({header, sequence}) =>
        ({header, sequence})));
}

async function alignment(text) {
    const profile = await refusedOr(() => alignmentProfile(text, {name: 'x'}));
    if (!profile) return;
    const {query, probabilities} = profile;
    assert.match(query, /^[A-Z]+$/);
    assert.equal(probabilities.length, query.length * 21);
    for (let column = 0; column < query.length; column++) {
        const sum = probabilities.subarray(column * 21, column * 21 + 21).reduce((total, each) => total + each, 0);
        assert.ok(Math.abs(sum - 1) < 1e-9, `column ${column} adds up to ${sum}`);
    }
}

export default {
    covers: ['wasm/formats/fasta.js', 'wasm/formats/a3m.js', 'wasm/alignments.js', 'wasm/substitution.js'],
    words: ['>', '>a\n', '\n', '\r\n', '\r', ';', '#', '-', '.', '*', '/', ':', 'ACDEFGHIKLMNPQRSTVWY', 'X', 'acd',
        '\ufeff', '>ss_pred', '\x00',
        '# STOCKHOLM', 'CLUSTAL', '\u00e9', '  '],
    most: 8192,
    seeds: () => ['>a\nACDEF/GHIK\n>b x\nAC-DEF*\n', '>q\nACDEF\n>h1\nAC-EF\n>h2\nacdA-DEF\n#c\n>ss_pred\nCCHHC\n',
        ';c\n>a\r\nAC\r\n']
        .map((text) => Buffer.from(text)),
    async run(bytes) {
        const text = bytes.toString();
        await fasta(text);
        await alignment(text);
        await withFile('given.fa', bytes, (path) => refusedOr(() => readSequences(path)));
    }
};
