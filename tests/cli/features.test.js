/* SPDX-License-Identifier: MIT
 *
 * features.test.js - by gaps and in file order: --features, Engine.encode, and what a model expects.
 *
 * A small network with random weights and more neighbours than the structure has residues, so that both ways differ.
 * What the numbers should be is the business of tests/parity/file_order.c.
 */
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {before, test} from 'node:test';
import {ConstraintError, Engine} from '../../wasm/index.js';
import {smallModel} from '../web/model_file.js';
import {done, jsonLines, refusal, structureFile, testFolder} from './command.js';

/** A gap, insertion codes, a number that goes back, a residue without CA. */
const numbers = structureFile('6MRR_short_numbers.pdb');
const neighbors = 40;
const models = {
    gaps: smallModel({neighbors}), order: smallModel({neighbors, line: {features: 'file-order'}})
};
const {folder, write, weft} = testFolder('features');
const path = {gaps: '', order: ''};
before(async () => {
    for (const name of ['gaps', 'order']) path[name] = await write(`${name}/small.eqx`, models[name]);
});

const ok = async (...words) => done(await weft(words)).stdout;
/** Of what --json says, what does not tell of the model's file. */
const plain = (text) => jsonLines(text).map(({weights_sha256: _, ...rest}) => rest);

test('Engine.encode: each way is the same in workers, and the model says which is its own', async () => {
    const request = {chains: 'all', count: 5, batch: 1, seed: 3, temperature: 1};
    const seen = {};
    for (const [model, threads] of [['gaps', 0], ['gaps', 2], ['order', 0], ['order', 2]]) {
        const engine = await Engine.load({weights: models[model], threads});
        const structure = engine.parse(readFileSync(numbers));
        for (const features of ['gaps', 'file-order', undefined, 'model']) {
            const encoding = await engine.encode(structure, {features});
            const said = [], way = features?.replace('model', '') || {gaps: 'gaps', order: 'file-order'}[model];
            for await (const {sequence, score} of engine.design(encoding, request)) said.push(sequence, score);
            assert.equal(encoding.neighbors, way === 'gaps' ? 30 + 7 : 29, 'seven gap slots; or no row without CA');
            seen[way] ??= said;
            assert.deepEqual(said, seen[way], `${model} ${threads} ${features}`);
        }
        await assert.rejects(engine.encode(structure, {features: 'both'}), (error) =>
            error instanceof ConstraintError && /features are model, gaps or file-order/.test(error.message));
        await engine.dispose();
    }
    assert.notDeepEqual(seen.gaps, seen['file-order']);
});

/** Residues of 6MRR, backbone alone, with numbers, and atoms left out, by the dice. */
function numbered(dice) {
    const atoms = readFileSync(structureFile('6MRR.pdb'), 'utf8').split('\n').filter((line) =>
        /^ATOM.{9}(N |CA|C |O ) [ A]/.test(line));
    const count = 8 + dice(16), rows = [];
    for (let i = 0; i < count; i++) {
        const last = rows.at(-1), starts = !last || i === count >> 1, kind = dice(12);
        const [number, code] = starts ? [dice(9) + 1, ' ']
            : kind < 2 && last.code < 'F' ? [last.number, last.code === ' ' ? 'A' : String.fromCharCode(
                last.code.charCodeAt(0) + 1)]
                : [last.number + (kind === 2 ? 3 : kind === 3 && dice(3) === 0 ? -60 : 1), ' '];
        const lacks = dice(9) ? '' : dice(2) ? 'O' : 'CA';
        rows.push({chain: starts && last ? 'B' : last?.chain ?? 'A', number, code, lacks});
    }
    const text = rows.map(({chain, number, code, lacks}, i) => atoms.slice(4 * i, 4 * i + 4)
        .filter((line) => line.slice(12, 16).trim() !== lacks)
        .map((line) => `${line.slice(0, 21)}${chain}${String(number).padStart(4)}${code}${line.slice(27)}`).join('\n'));
    return {rows, text: text.join('\n')};
}

/** MODEL.md 1: whether both ways must agree to the last bit. */
function mustAgree(rows, neighbors, caOnly) {
    const joined = rows.map((row, i) => i > 0 && rows[i - 1].chain === row.chain);
    const steps = rows.map(({number}, i) => (joined[i] ? number - rows[i - 1].number : null));
    const lacking = rows.map(({lacks}) => lacks === 'CA'), gap = steps.some((step) => step !== null && step > 1);
    if (steps.some((step) => step !== null && step < 0)) return false;
    if (rows.some((_, i) => lacking[i] && (steps[i] === 0 || steps[i + 1] === 0))) return false;
    const complete = rows.filter(({lacks}) => !lacks).length, none = !lacking.includes(true);
    return caOnly ? none && !gap : (none || complete > neighbors) && (!gap || complete >= neighbors);
}

test('both ways agree to the last bit where MODEL.md says so', async () => {
    for (const caOnly of [false, true]) {
        let state = 12345, agree = 0, differ = 0;
        const dice = (sides) => {
            state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
            return Math.floor(state / 2 ** 32 * sides);
        };
        const engine = await Engine.load({weights: smallModel({neighbors: 10, caOnly})});
        for (let i = 0; i < 150; i++) {
            const {rows, text} = numbered(dice), structure = engine.parse(text), seen = [];
            const visible = structure.visible(engine.weights.family);
            assert.equal(structure.length, rows.length);
            for (const features of ['gaps', 'file-order']) {
                const encoding = await engine.encode(structure, {features});
                const {logProbs} = await engine.probs(encoding, {mode: 'unconditional', chains: 'all'});
                seen.push(String(logProbs.filter((_, at) => visible[Math.floor(at / 21)])));
                encoding.dispose();
            }
            if (mustAgree(rows, 10, caOnly)) {
                assert.equal(seen[0], seen[1], rows.map((row) => Object.values(row).join('')).join(' '));
                agree++;
            } else if (seen[0] !== seen[1]) {
                differ++;
            }
            structure.dispose();
        }
        assert.ok(agree > 10 && differ > 40, `${agree} had to agree, ${differ} others differ`);
        await engine.dispose();
    }
});

test('design, score, probs: --features, also in a manifest', async () => {
    for (const words of [['design', '--chains', 'all', '-n', '2', '--json'], ['score', '--json'], ['probs']]) {
        const [command, ...rest] = words;
        const run = async (model, ...more) =>
            plain(await ok(command, numbers, '-m', path[model], '-s', '5', '-q', ...rest, ...more));
        const [gaps, order] = [await run('gaps'), await run('order')];
        assert.notDeepEqual(gaps, order, command);
        assert.deepEqual(await run('gaps', '--features', 'gaps'), gaps, command);
        assert.deepEqual(await run('gaps', '--features', 'file-order', '--threads', '0'), order, command);
        assert.deepEqual(await run('order', '--features', 'gaps'), gaps, command);
    }
    await write('jobs.csv', `file,name,features\n${numbers},a,gaps\n${numbers},b,file-order\n${numbers},c,\n`);
    const rows = plain(await ok('design', '--manifest', 'jobs.csv', '--chains', 'all', '-n', '1', '-m', path.order,
        '-s', '5', '-q', '--json')).map(({sequence, score}) => `${sequence} ${score}`);
    assert.equal(rows.length, 3);
    assert.notEqual(rows[0], rows[1]);
    assert.equal(rows[1], rows[2]);
    refusal(await weft(['design', numbers, '-m', path.gaps, '--features', 'both']), 2,
        /--features: 'both' is none of gaps, file-order/);
});

test('score --unbound encodes the part as the whole', async () => {
    const alone = await write('B.pdb', readFileSync(numbers, 'utf8').split('\n')
        .filter((line) => line[21] === 'B').join('\n'));
    const scores = [];
    for (const features of ['gaps', 'file-order']) {
        const run = async (...words) => plain(await ok('score', ...words, '--features', features, '--order', 'n-to-c',
            '--json', '-q', '-s', '5', '-m', path.gaps))[0];
        const {score} = await run(alone);
        assert.equal((await run(numbers, '--chains', 'B', '--unbound')).unbound_score, score, features);
        scores.push(score);
    }
    assert.notEqual(scores[0], scores[1]);
});

test('run.json and --resume hold on to --features', async () => {
    const words = ['design', numbers, '--chains', 'all', '-n', '1', '-s', '5', '-q', '-m', path.gaps, '-o', 'out'];
    await ok(...words, '--features', 'file-order');
    const fasta = () => readFileSync(join(folder, 'out/seqs/6MRR_short_numbers.fa'), 'utf8');
    const first = fasta();
    assert.equal(JSON.parse(readFileSync(join(folder, 'out/run.json'), 'utf8')).options.features, 'file-order');
    refusal(await weft([...words, '--resume']), 2, /was designed with --features file-order, now none/);
    refusal(await weft([...words, '--resume', '--features', 'gaps']), 2, /with --features file-order, now gaps/);
    await ok('rerun', 'out/run.json', '-q');
    await ok(...words, '--features', 'gaps');
    assert.notEqual(fasta(), first);
});

test('weft protein-mpnn-run fills gaps, whatever the model expects', async () => {
    const words = ['--pdb_path', structureFile('6MRR_short.pdb'), '--model_name', 'small', '--seed', '3'];
    const run = (model) => ok('protein-mpnn-run', ...words, '--path_to_model_weights', join(folder, model),
        '--out_folder', `as-${model}`);
    for (const model of ['gaps', 'order']) await run(model);
    const [gaps, order] = ['gaps', 'order'].map((model) =>
        readFileSync(join(folder, `as-${model}/seqs/6MRR_short.fa`), 'utf8'));
    assert.equal(order, gaps);
});
