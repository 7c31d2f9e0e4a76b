/* SPDX-License-Identifier: MIT
 *
 * select.test.js - `weft select`: what it reads and writes, counts on stderr, refusals; and what a choice of 24 out
 * of 500 real designs gains and gives up.
 */
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {before, test} from 'node:test';
import {helpText, options} from '../../wasm/options.js';
import {smallModel} from '../web/model_file.js';
import {data, done, refusal, skipWithout, structureFile, testFolder} from './command.js';

const {folder, write, weft} = testFolder('select');

const NATIVE = ">made, score=1.9, global_score=1.9, fixed_chains=[], designed_chains=['A'], model_name=v_48_020";
const header = (sample, score) => `>T=0.1, sample=${sample}, score=${score}, global_score=1, seq_recovery=0.1`;
const DESIGNS = [
    [1, '0.9000', 'ACDEFGHIKL'], [2, '1.0000', 'ACDEFGHIKM'], [3, '1.1000', 'MNPQRSTVWY'], [4, '1.2000', 'MNPQRATVWY'],
    [5, '1.3000', 'NATDDDDDKK'], [6, '0.9500', 'ACDEFGHIKL']
];
const fastaOf = (designs) => [NATIVE, 'ACDEFGHIKV',
    ...designs.flatMap(([sample, score, sequence]) => [header(sample, score), sequence]), ''].join('\n');

before(() => write('made.fa', fastaOf(DESIGNS)));

const select = async (...args) => done(await weft(['select', ...args]));
const json = async (...args) => JSON.parse((await select(...args, '--json', '-q')).stdout);
const refused = async (args, code, message) => refusal(await weft(['select', ...args, '-q']), code, message);
const cells = (text) => text.trim().split('\n').map((line) => line.split('\t'));

test('a table of the chosen, counts beside it', async () => {
    const {stdout, stderr} = await select('made.fa', '-n', '2', '--diversity', '0.6');
    const [columns, ...rows] = cells(stdout);
    assert.deepEqual(columns, ['rank', 'name', 'score', 'distance', 'copies', 'length', 'unknown', 'mass', 'charge',
        'pi', 'hydropathy', 'extinction', 'extinction_cystine', 'cysteines', 'sequence']);
    assert.deepEqual(rows.map((row) => [...row.slice(0, 5), row.at(-1)]), [
        ['1', 'made_0.1_1', '0.9000', '-', '2', 'ACDEFGHIKL'],
        ['2', 'made_0.1_3', '1.1000', '1.0000', '1', 'MNPQRSTVWY']
    ]);
    for (const line of [
        /read 6 designs, 5 of them different/,
        /the 2 chosen: mean score 1\.0000, mean identity 0\.000, smallest distance 1/,
        /the 2 best by score: mean score 0\.9500, mean identity 0\.900/, /gives up 0\.0500/
    ]) assert.match(stderr, line);
    const shuffled = await write('shuffled.fa', fastaOf([...DESIGNS].reverse()));
    assert.equal((await select(shuffled, '-n', '2', '--diversity', '0.6', '-q')).stdout, stdout);
    const quiet = await select('made.fa', '-q');
    assert.equal(quiet.stderr, '');
    const piped = await weft(['select', '-', '-n', '2', '--diversity', '0.6', '-q'], {input: fastaOf(DESIGNS)});
    assert.equal(done(piped).stdout, stdout);
});

test('filters: each alone, all together, and what they found in JSON', async () => {
    const asked = ['--no-glycosylation', '--cysteines', 'odd', '--run-length', '4'];
    const {stderr} = await select('made.fa', ...asked, '-n', '9');
    for (const line of [
        /glycosylation \(N-\{P\}-\[ST\]\) alone rejects 1/, /cysteines \(.*\) alone rejects 2/, /repeats .* rejects 1/,
        /2 designs are left/, /9 are asked for, but there are 2 to choose from/
    ]) assert.match(stderr, line);
    const found = await json('made.fa', '--no-glycosylation', '--motif', 'V-W-Y>,D(3,9)');
    assert.deepEqual(found.filters.map(({filter, rejected}) => [filter, rejected]),
        [['glycosylation', 1], ['motif V-W-Y>', 2], ['motif D(3,9)', 1]]);
    assert.deepEqual(found.rejected.at(-1), {name: 'made_0.1_5', findings: [
        {filter: 'glycosylation', chain: 1, position: 1, text: 'NAT'},
        ...[4, 5, 6].map((position) =>
            ({filter: 'motif D(3,9)', chain: 1, position, text: 'D'.repeat(9 - position)}))
    ]});
    assert.deepEqual([found.read, found.different, found.left, found.chosen.length], [6, 5, 2, 2]);
    assert.deepEqual(found.chosen[0].header, header(1, '0.9000').slice(1));
    assert.equal((await json('made.fa', '--charge=-1..', '--pi', '6..')).left, 2);   // MNP...
    assert.equal((await json('made.fa', '--charge=-1..', '--ph', '3')).left, 5);
    assert.equal((await json('made.fa', '--low-complexity', '5,1.0,1.5')).filters[0].rejected, 1);
    assert.equal((await json('made.fa', '--hydrophobic', '1,4.4')).filters[0].rejected, 2);   // I alone
    assert.equal((await json('made.fa', '--motif', 'A-C-D')).left, 3);
    assert.equal((await json('made.fa', '--motif', 'A-C-D', '--new-only')).left, 5, 'the native sequence has it');
    assert.equal((await json('made.fa', '--liabilities', 'deamidation,oxidation')).left, 2);
    const none = await weft(['select', 'made.fa', '--motif', 'x']);
    refusal({...none, lines: none.lines.slice(-1)}, 3, /no design is left: read 6 designs, .*motif x .* rejects 5/);
    await refused(['made.fa', '--cysteines', 'odd', '--motif', '[MN]'], 3, /no design is left/);
});

test('clusters: the best of each', async () => {
    const found = await json('made.fa', '--identity', '0.9', '-n', '9');
    assert.deepEqual(found.chosen.map(({name, alike}) => [name, alike]),
        [['made_0.1_1', 2], ['made_0.1_3', 2], ['made_0.1_5', 1]]);
    assert.equal(found.clusters, 3);
    const {stdout, stderr} = await select('made.fa', '--identity', '0.9');
    assert.ok(cells(stdout)[0].includes('alike'));
    assert.match(stderr, /5 designs are left, in 3 clusters/);
});

test('files: FASTA with the headers it had, CSV, JSON', async () => {
    const {stdout} = await select('made.fa', '-n', '3', '-o', 'out/chosen.fa');
    assert.equal(stdout, '');
    const text = readFileSync(join(folder, 'out/chosen.fa'), 'utf8');
    assert.ok(text.startsWith(`${header(1, '0.9000')}\nACDEFGHIKL\n>T=0.1, sample=`) && text.endsWith('\n'));
    await select('made.fa', '-n', '3', '-o', 'chosen.csv');
    const again = await json('chosen.csv', '-n', '3');
    const first = await json('made.fa', '-n', '3');
    const masses = ({chosen}) => chosen.map(({name, mass}) => [name, mass]);
    assert.deepEqual(masses(again), masses(first));
    assert.equal(again.read, 4, 'the copies of the table count');
    await select('made.fa', '-n', '3', '-o', 'chosen.json');
    assert.deepEqual(JSON.parse(readFileSync(join(folder, 'chosen.json'), 'utf8')), first);
});

test('tables with a score of their own; sequences without one', async () => {
    await write('own.csv', 'name,sequence,loss\na,ACDE,3\nb,ACDF,1\nc,MNPQ,2\n');
    const own = await json('own.csv', '--score-column', 'loss', '--diversity', '0', '-n', '2');
    assert.deepEqual(own.chosen.map(({name, score}) => [name, score]), [['b', 1], ['c', 2]]);
    await refused(['own.csv', '--score-column', 'plddt'], 3, /own\.csv: there is no column plddt; there are name, seq/);
    await write('plain.fa', '>a\nACDE\n>b\nACDF\n>c\nMNPQ\n');
    const {stdout, stderr} = await select('plain.fa', '-n', '2', '--diversity', '0.1');
    assert.deepEqual(cells(stdout).slice(1).map((row) => row.slice(1, 4)), [['a', '-', '-'], ['c', '-', '1.0000']]);
    assert.match(stderr, /no design has a score: diversity alone counts/);
});

test('a folder of weft design: full scores, headers, natives; positions that were fixed', async () => {
    const model = await write('small.eqx', smallModel({neighbors: 8}));
    for (const style of ['proteinmpnn', 'ligandmpnn']) {
        done(await weft(['design', structureFile('3HTN.pdb'), '--chains', 'A,C', '--design', 'A43-70,C43-60', '-n', '6',
            '-T', '1,2', '-s', '5', '-m', model, '-o', style, '--fasta-style', style, '-q']));
        const summary = JSON.parse(readFileSync(join(folder, style, 'summary.json'), 'utf8'));
        const {stderr} = await select(style, '-n', '12', '--diversity', '0');
        assert.match(stderr, /positions are the same in all designs; --positions varied leaves them out/);
        for (const input of [style, `${style}/summary.csv`]) {
            const {chosen} = await json(input, '-n', '12', '--diversity', '0');
            assert.deepEqual(chosen.map(({score}) => score), summary.designs.map(({score}) => score));
            assert.deepEqual(chosen.map(({name}) => name),
                summary.designs.map(({structure, temperature, sample}) => `${structure}_${temperature}_${sample}`));
            for (const {header: own, sample, temperature, score} of chosen) {
                const printed = style === 'proteinmpnn'
                    ? `T=${temperature}.0, sample=${sample}, score=${score.toFixed(4)},`
                    : `overall_confidence=${Math.exp(-score).toFixed(4)},`;
                assert.ok(own.includes(printed), `${own}: ${printed}`);
            }
        }
        const all = await json(style, '-n', '3'), varied = await json(style, '-n', '3', '--positions', 'varied');
        assert.ok(all.figures.chosen.smallest_distance < 0.3 && varied.figures.chosen.smallest_distance > 0.6);
        assert.equal((await json(`${style}/seqs/3HTN.fa`)).read, 12);
        await select(style, '--motif', 'K-x(2)-K', '--new-only', '-n', '2', '--diversity', '0');
    }
});

test('unpaired cysteines on a backbone', async () => {
    const half = 'GIVEQCCTSICSLYQLENYCN/FVNQHLCGSHLVEALYLVCGERGFFYTPKA', whole = `${half}/${half}`;
    await write('insulin.fa', `>whole\n${whole}\n>cut\n${whole.replace('CN/', 'SN/')}\n`);
    const found = await json('insulin.fa', '--cysteines', 'unpaired', '--backbone', data('examples/4INS.pdb'));
    assert.deepEqual(found.chosen.map(({name}) => name), ['whole']);
    assert.deepEqual(found.rejected,
        [{name: 'cut', findings: [{filter: 'cysteines', chain: 2, position: 19, text: 'C'}]}]);
    await refused(['insulin.fa', '--cysteines', 'unpaired'], 2, /needs --backbone/);
    await refused(['insulin.fa', '--backbone', 'x.pdb'], 2, /--backbone is for/);
    await refused(['insulin.fa', '--cysteines', 'unpaired', '--backbone', 'x.pdb'], 3, /x\.pdb: .*no such file/);
    await refused(['insulin.fa', '--cysteines', 'unpaired', '--backbone', structureFile('6MRR.pdb')], 3,
        /whole has 4 of the 1 chains|nothing says which/);
});

test('what cannot be meant, and what cannot be read', async () => {
    for (const [args, message] of [
        [['-n', '0'], /--count/], [['--diversity', '2'], /--diversity: '2' is no number from 0 to 1/],
        [['--identity', 'x'], /--identity/], [['--positions', 'some'], /--positions/], [['--charge', '5'], /no range/],
        [['--charge=5..1'], /no range/], [['--pi', '..'], /no range/], [['--ph', '15'], /--ph/],
        [['--low-complexity', '12'], /neither seg nor 3 numbers/], [['--hydrophobic', '19,high'], /neither span/],
        [['--run-length', '1'], /--run-length/], [['--cysteines', 'some'], /--cysteines/],
        [['-o', 'chosen.txt'], /must end in \.fa/], [['--score-scale', 'log'], /--score-scale/],
        [['--disulfide', '0'], /--disulfide/]
    ]) await refused(['made.fa', ...args], 2, message);
    await refused([], 2, /name a file/);
    await write('bad.fa', '>a\nAC1\n');
    await write('empty.csv', '');
    await write('native.fa', `${NATIVE}\nACD\n`);
    await write('empty/notes.txt', 'nothing');
    await write('names.csv', 'name,score\na,1\n');
    for (const [args, message] of [
        [['bad.fa'], /bad\.fa: FASTA line 2: '1'/], [['gone.fa'], /gone\.fa: cannot be read: there is no such file/],
        [['empty.csv'], /empty\.csv: the file is empty/], [['native.fa'], /native\.fa: .* no design/],
        [['empty'], /empty: there is no summary\.json/],
        [['names.csv'], /names\.csv: there is no column sequence; there are name, score/],
        [['made.fa', '--motif', 'N('], /'N\(' is no motif/],
        [['made.fa', '--liabilities', 'rust'], /'rust' is none of/],
        [['made.fa', '--low-complexity', '12,3,2'], /2 bits is below 3/]
    ]) await refused(args, 3, message);
});

test('help has every option', async () => {
    const {stdout} = await select('--help');
    assert.ok(stdout.includes(helpText('select')));
    assert.ok(options.filter(({commands}) => commands.includes('select')).length > 20);
    assert.match((await weft(['--help'])).stdout, /select FILE\|DIR\.\.\./);
});

test('24 of 500 real designs: more diverse, for little', {skip: skipWithout()}, async () => {
    done(await weft(['design', structureFile('6MRR.pdb'), '-n', '500', '-s', '1', '-q', '-o', 'real']));
    const rows = [];
    for (const diversity of ['0', '0.25', '0.5', '0.75', '1']) {
        const {figures: {chosen, best, loss}} = await json('real', '--diversity', diversity);
        rows.push({...chosen, loss});
        const show = ({mean_score: score, mean_identity: identity, smallest_distance: distance}) =>
            `score ${score.toFixed(4)}, identity ${identity.toFixed(3)}, smallest ${distance.toFixed(3)}`;
        console.log(`   diversity ${diversity}: ${show(chosen)}, loss ${loss.toFixed(4)}; the best: ${show(best)}`);
    }
    const [none, , half, , alone] = rows;
    assert.ok(none.loss === 0 && half.loss > 0 && half.loss < alone.loss);
    assert.ok(half.mean_identity < none.mean_identity - 0.05 && half.smallest_distance > none.smallest_distance);
    assert.ok(alone.smallest_distance > 2 * none.smallest_distance);
    const filtered = await json('real', '--no-glycosylation', '--cysteines', 'any', '--run-length', '5',
        '--liabilities', 'deamidation', '--charge=-10..5', '--identity', '0.9');
    assert.equal(filtered.different - filtered.left, filtered.rejected.length);
    console.log(`   ${filtered.filters.map(({filter, rejected}) => `${filter} ${rejected}`).join(', ')}: `
        + `${filtered.left} of ${filtered.different} left, ${filtered.clusters} clusters`);
});
