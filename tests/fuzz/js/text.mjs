// SPDX-License-Identifier: MIT
//
// text.mjs - sequences and alignments: FASTA, read and written again; A3M with the profile that is made of it; lists of
// designs, and the choice among them.
import assert from 'node:assert/strict';
import {alignmentProfile} from '../../../wasm/alignments.js';
import {parseCandidates, selectCandidates} from '../../../wasm/choosing.js';
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

async function choice(text) {
    const parsed = await refusedOr(() => parseCandidates(text));
    if (!parsed?.candidates.length) return;
    for (const {name, chains, score, copies} of parsed.candidates) {
        assert.ok(name && chains.every((chain) => /^[A-Z]+$/.test(chain)));
        assert.ok((score === null || Number.isFinite(score)) && copies > 0);
    }
    const filters = {glycosylation: true, cysteines: 'odd', lowComplexity: true, hydrophobic: true};
    const {chosen, left, rejected, different} = await selectCandidates(parsed.candidates, {count: 3, filters});
    assert.equal(left + rejected.length, different);
    assert.equal(chosen.length, Math.min(left, 3));
    for (const {properties} of chosen) assert.ok(Object.values(properties).every(Number.isFinite));
}

export default {
    covers: ['wasm/formats/fasta.js', 'wasm/formats/a3m.js', 'wasm/alignments.js', 'wasm/substitution.js',
        'wasm/choosing/candidates.js'],
    words: ['>', '>a\n', '\n', '\r\n', '\r', ';', '#', '-', '.', '*', '/', ':', 'ACDEFGHIKLMNPQRSTVWY', 'X', 'acd',
        '\ufeff', '>ss_pred', '\x00', 'score=', 'designed_chains=[', 'T=0.1, sample=1, ', 'overall_confidence=0.5',
        'structure,score,sequence,copies\n', '{"designs": [', '"sequence": ', '"chains": {', ',', '1e400', 'nan',
        '# STOCKHOLM', 'CLUSTAL', '\u00e9', '  '],
    most: 8192,
    seeds: () => ['>a\nACDEF/GHIK\n>b x\nAC-DEF*\n', '>q\nACDEF\n>h1\nAC-EF\n>h2\nacdA-DEF\n#c\n>ss_pred\nCCHHC\n',
        ';c\n>a\r\nAC\r\n', ">a, score=1, designed_chains=['A']\nACD\n>T=0.1, sample=1, score=0.9\nACE\n",
        'structure,score,sequence,copies\na,0.5,ACD/EF,2\n', '{"designs": [{"sequence": "ACD", "score": 1}]}']
        .map((text) => Buffer.from(text)),
    async run(bytes) {
        const text = bytes.toString();
        await fasta(text);
        await alignment(text);
        await choice(text);
        await withFile('given.fa', bytes, (path) => refusedOr(() => readSequences(path)));
    }
};
