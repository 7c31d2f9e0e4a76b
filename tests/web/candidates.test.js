/* SPDX-License-Identifier: MIT
 *
 * candidates.test.js - lists of designs as candidates: FASTA of the two styles, tables, what cannot be read.
 */
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {parseCandidates, withFasta} from '../../wasm/choosing.js';
import {ConstraintError, ParseError} from '../../wasm/index.js';

const PROTEIN = [
    ">two, score=1.5000, global_score=1.6, fixed_chains=['A'], designed_chains=['C', 'B'], model_name=v_48_020, seed=1",
    'MKXV/GS', '>T=0.1, sample=1, score=0.7512, global_score=0.8, seq_recovery=0.5', 'MRXV/GT',
    '>T=0.1, sample=2, score=0.6, global_score=0.8, seq_recovery=0.5', 'MRXI/GT',
    ">one, score=1.5, fixed_chains=[], designed_chains=['A'], model_name=v_48_020", 'ACD',
    '>T=1.0, sample=1, score=nan, global_score=0.8, seq_recovery=0.5', 'ACE*', ''
].join('\n');

const read = async (text, options) => (await parseCandidates(text, options)).candidates;

test("ProteinMPNN's FASTA: natives, names, scores, several structures", async () => {
    const {candidates, natives} = await parseCandidates(PROTEIN);
    assert.deepEqual(natives, [
        {structure: 'two', chains: ['MKXV', 'GS'], chainNames: ['B', 'C']},
        {structure: 'one', chains: ['ACD'], chainNames: ['A']}
    ]);
    assert.deepEqual(candidates.map(({name, chains, score}) => [name, chains.join('/'), score]),
        [['two_0.1_1', 'MRXV/GT', 0.7512], ['two_0.1_2', 'MRXI/GT', 0.6], ['one_1_1', 'ACE', null]]);
    const [{header, native, chainNames, sequence, sample, temperature}] = candidates;
    assert.deepEqual({header, native, chainNames, sequence, sample, temperature}, {
        header: 'T=0.1, sample=1, score=0.7512, global_score=0.8, seq_recovery=0.5', native: ['MKXV', 'GS'],
        chainNames: ['B', 'C'], sequence: 'MRXV/GT', sample: 1, temperature: 0.1
    });
    const [cut] = await read(PROTEIN.split('\n').slice(2).join('\n'), {name: 'file'});
    assert.deepEqual([cut.name, cut.native], ['file_0.1_1', null]);
});

test("LigandMPNN's FASTA: the score is -ln of the confidence", async () => {
    const {candidates, natives} = await parseCandidates([
        '>x, T=0.1, seed=1, num_res=3, num_ligand_res=0, batch_size=2, number_of_batches=1, model_path=m', 'AC:D',
        '>x, id=1, T=0.1, seed=1, overall_confidence=0.4047, ligand_confidence=0.4, seq_rec=0.5', 'AC:E',
        '>x, id=2, T=0.2, seed=1, overall_confidence=0.0000, ligand_confidence=0.4, seq_rec=0.5', 'AC:F'
    ].join('\n'));
    assert.deepEqual(candidates.map(({name, chains, score}) => [name, chains, score]),
        [['x_0.1_1', ['AC', 'E'], -Math.log(0.4047)], ['x_0.2_1', ['AC', 'F'], null]]);
    assert.deepEqual([natives[0].chains, natives[0].chainNames], [['AC', 'D'], null]);
});

test('other FASTA: names, gaps, scores where there are some', async () => {
    const list = await read('>a first\nAC-D\n>b|score=2.5\nAC.D\n>c score=-1e-1\nGG/ \nGG\n');
    assert.deepEqual(list.map(({name, chains, score, native}) => [name, chains.join('/'), score, native]),
        [['a', 'ACXD', null, null], ['b', 'ACXD', 2.5, null], ['c', 'GG/GG', -0.1, null]]);
});

test('tables: CSV and JSON as weft design writes them, and others', async () => {
    const csv = 'rank,structure,sample,temperature,score,copies,sequence,file\n1,s,3,0.1,0.5,2,ac/de,seqs/s.fa\n'
        + '2,s,4,0.1,,1,AC/DF,seqs/s.fa\n';
    const [first, second] = await read(csv);
    assert.deepEqual([first.name, first.chains, first.score, first.copies, first.file],
        ['s_0.1_3', ['AC', 'DE'], 0.5, 2, 'seqs/s.fa']);
    assert.equal(second.score, null);
    const row = {structure: 's', sample: 3, temperature: 0.1, score: 0.5, sequence: 'AC/DE'};
    const json = await read(JSON.stringify({designs: [row], failures: []}, null, 2));
    assert.deepEqual([json[0].name, json[0].chains], ['s_0.1_3', ['AC', 'DE']]);
    const line = {
        structure: 's', sample: 1, temperature: 0.1, score: 1, sequence: 'GGACDE', designed_chains: ['B', 'A'],
        chains: {Z: 'GG', B: 'DE', A: 'AC'}
    };
    const lines = await read(`${JSON.stringify(line)}\n${JSON.stringify({...line, sample: 2})}\n`);
    assert.deepEqual(lines.map(({name, chains, chainNames}) => [name, chains, chainNames]),
        [['s_0.1_1', ['AC', 'DE'], ['A', 'B']], ['s_0.1_2', ['AC', 'DE'], ['A', 'B']]]);
    assert.equal((await read(JSON.stringify(line))).length, 1);
    const own = await read('name,sequence,plddt_loss\nx,ACD,0.25\n', {scoreColumn: 'plddt_loss'});
    assert.deepEqual([own[0].name, own[0].score], ['x', 0.25]);
    assert.equal((await read('sequence\nACD\n', {name: 'list'}))[0].name, 'list_1');
});

test('a table and its FASTA: headers, gaps and natives come to the rows', async () => {
    const fasta = await parseCandidates(PROTEIN);
    const rows = await read('structure,sample,temperature,score,sequence\ntwo,1,0.1,0.75123,GT/MRV\n'
        + 'two,2,0.1,0.6,GT/MAV\nother,1,0.1,1,AC\n');
    const [same, another, none] = withFasta(rows, fasta);
    assert.deepEqual([same.chains, same.score, same.native, same.chainNames, same.header?.slice(0, 15)],
        [['MRXV', 'GT'], 0.75123, ['MKXV', 'GS'], ['B', 'C'], 'T=0.1, sample=1']);
    assert.deepEqual([another.chains, another.header], [['GT', 'MAV'], null], 'another sequence is no design of it');
    const [part] = withFasta(await read('structure,sample,temperature,sequence\ntwo,1,0.1,GT\n'), fasta);
    assert.deepEqual([part.chains, part.native, part.chainNames, part.sequence],
        [['GT'], ['GS'], ['C'], 'MRXV/GT'], 'one of its chains');
    assert.deepEqual([none.header, none.native, none.sequence], [null, null, 'AC']);
});

test('what cannot be read is said with its place', async () => {
    for (const [text, message, options] of [
        ['', /empty/], ['>a\nAC1\n', /line 2: '1'/], ['>a\nAC*D\n', /line 1: '\*'/], ['>a\nAC//D\n', /line 1: a chain/],
        ['>a\nXX\n', /line 1: no letter/], ['>T=0.1, sample=1, score=good\nAC\n', /line 1: 'good'/],
        ['name,score\na,1\n', /no column sequence; there are name, score/],
        ['sequence,score\nAC,1\nAD\n', /line 3: 1 cells for 2 columns/],
        ['sequence,score\nAC,high\n', /line 2, column score: 'high'/], ['sequence,copies\nAC,0\n', /copies/],
        ['sequence,score\nA1,1\n', /line 2, column sequence: '1'/], ['sequence\n', /no row/],
        ['{"designs": [', /no JSON/], ['[1]', /row 1 is no JSON object/],
        ['{"sequence": "AC"}\n{"sequence"\n', /line 2/],
        ['sequence,score\nAC,1\n', /no column plddt; there are sequence, score/, {scoreColumn: 'plddt'}],
        ['>a\nAC\n', /FASTA has no columns/, {scoreColumn: 'plddt'}]
    ]) {
        await assert.rejects(read(text, options), (error) =>
            (error instanceof ParseError || error instanceof ConstraintError) && message.test(error.message), text);
    }
});

test('FASTA of a choice: the name of the structure, or of the design, before what was drawn', async () => {
    const {candidates} = await parseCandidates('>5L33, T=0.1, sample=2\nGG\n>6MRR_0.1_3, T=0.1, sample=3\nGA\n');
    assert.deepEqual(candidates.map(({structure, name}) => [structure, name]),
        [['5L33', '5L33_0.1_2'], ['6MRR', '6MRR_0.1_3']]);
});
