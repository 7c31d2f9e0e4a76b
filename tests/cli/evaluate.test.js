/* SPDX-License-Identifier: MIT
 *
 * evaluate.test.js - `weft evaluate` and the sets it reads: figures against sums made here from the engine's answers,
 * both versions of .bbc made here from a PDB file, damaged sets.
 */
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {gzipSync} from 'node:zlib';
import {divergence} from '../../wasm/cli/measures.js';
import {readBbc} from '../../wasm/formats/bbc.js';
import {Engine, LETTERS, ParseError} from '../../wasm/index.js';
import {helpText} from '../../wasm/options.js';
import {smallModel} from '../web/model_file.js';
import {done, jsonLines, refusal, structureFile, testFolder} from './command.js';

const natural = LETTERS.slice(0, 20);
const backbone = ['N', 'CA', 'C', 'O'];
const SEED = 11;

const {folder, write, weft} = testFolder('evaluate');
let model = '';
/** @type {Engine} */
let engine;
before(async () => {
    model = await write('small.eqx', smallModel({neighbors: 8}));
    engine = await Engine.load({weights: smallModel({neighbors: 8})});
});
after(() => engine.dispose());

/** weft evaluate with the small model; expects success. */
const evaluate = async (...args) =>
    done(await weft(['evaluate', ...args, '-m', model, '-s', String(SEED)])).stdout;

const json = async (...args) => jsonLines(await evaluate(...args, '--json'));

/** Expects the exit code, nothing on stdout and the message on stderr. */
const refused = async (args, message, code = 3) =>
    refusal(await weft(['evaluate', ...args, '-q', '-m', model]), code, message);

/* ---- Sets made from a PDB file ---- */

/** The backbone of the first residues of some chains of 3HTN; edit may change a line. */
function fragment(chains, length, edit = (line) => line) {
    const count = {};
    return readFileSync(structureFile('3HTN.pdb'), 'utf8').split('\n').filter((line) => {
        const chain = line[21], atom = line.slice(12, 16).trim();
        const used = /^(ATOM|HETATM)/.test(line) && ' A'.includes(line[16]) && chains.includes(chain);
        if (!used || !backbone.includes(atom)) return false;
        count[chain] = (count[chain] ?? 0) + (atom === 'N' ? 1 : 0);
        return count[chain] <= length;
    }).map(edit);
}

const put = (line, at, text) => line.slice(0, at) + text + line.slice(at + text.length);

/** The lines of an entry as chains, with the letters that the engine reads. */
function chainsOf(lines, names = {}) {
    const structure = engine.parse(lines.join('\n'));
    const residues = lines.filter((line) => line.slice(12, 16).trim() === 'N').map((line, row) => ({
        chain: line[21], number: structure.numbers[row], insertion: structure.insertions[row],
        letter: structure.letters[row], xyz: lines.slice(4 * row, 4 * row + 4).map((atom) =>
            [30, 38, 46].map((at) => Number(atom.slice(at, at + 8))))
    }));
    assert.equal(residues.length, structure.length);
    assert.ok(!structure.mask.includes(0));
    structure.dispose();
    return [...new Set(residues.map(({chain}) => chain))].map((name) =>
        ({name: names[name] ?? name, residues: residues.filter(({chain}) => chain === name)}));
}

/** A .bbc file of entries; version 2 keeps two decimals. */
function bbc(entries, version = 1) {
    const chains = entries.flatMap((list, entry) => list.map((chain) => ({...chain, entry})));
    const residues = chains.flatMap((chain) => chain.residues);
    const header = Buffer.alloc(32 + 32 * chains.length);
    header.write('BBC1', 'latin1');
    const sizes = [version, entries.length, chains.length, residues.length];
    sizes.forEach((value, i) => header.writeUInt32LE(value, 4 + 4 * i));
    header.writeFloatLE(0.01, 20);
    let first = 0;
    chains.forEach(({name, entry, residues: own, origin = [0, 0, 0]}, i) => {
        const at = 32 + 32 * i;
        [first, own.length, entry].forEach((value, k) => header.writeUInt32LE(value, at + 4 * k));
        header.write(name, at + 12, 8, 'latin1');
        origin.forEach((value, k) => header.writeFloatLE(value, at + 20 + 4 * k));
        first += own.length;
    });
    const tail = Buffer.alloc(4 * residues.length);
    residues.forEach(({number, insertion, letter}, i) => {
        tail.writeInt16LE(number, 2 * i);
        tail[2 * residues.length + i] = insertion === ' ' ? 0 : insertion.charCodeAt(0);
        tail[3 * residues.length + i] = letter;
    });
    return Buffer.concat([header, version === 1 ? floats(residues) : planes(chains), tail]);
}

const floats = (residues) => Buffer.from(Float32Array.from(residues.flatMap(({xyz}) => xyz.flat())).buffer);

/** Low and high bytes of the differences, for CA, N, C, O. */
function planes(chains) {
    const blocks = [1, 0, 2, 3].map((atom) => chains.flatMap(({residues, origin = [0, 0, 0]}) => {
        const units = residues.map(({xyz}) =>
            xyz.map((place) => place.map((v, k) => Math.round((v - origin[k]) * 100))));
        return units.flatMap((place, row) => place[atom].map((value, k) =>
            value - (atom === 1 ? units[row - 1]?.[1][k] ?? 0 : place[1][k])));
    }));
    return Buffer.concat(blocks.flatMap((values) =>
        [0, 8].map((shift) => Buffer.from(values.map((value) => (value >> shift) & 255)))));
}

/** One chain; two with a modified and an unknown residue, an insertion code and numbers below 0. */
function samples() {
    const two = fragment('AB', 20, (line) => {
        const place = line[21] + line.slice(22, 26).trim();
        if (place === 'A48') return put(line, 17, 'UNK');
        if (place === 'A52') return put(line, 22, '  51B');
        const number = String(Number(line.slice(22, 26)) - 60).padStart(4);
        return line[21] === 'A' ? line : put(line, 22, number);
    });
    return [fragment('A', 24), two];
}

/* ---- Figures ---- */

const sum = (values) => values.reduce((total, value) => total + value, 0);
function near(actual, expected, what) {
    assert.ok(actual === expected || Math.abs(actual - expected) < 1e-6, `${what}: ${actual}, ${expected}`);
}

/** What an entry comes to, from the engine's answers to its lines. */
async function expected(lines, index, {orders, count, temperature}) {
    const structure = engine.parse(lines.join('\n'));
    const encoding = await engine.encode(structure);
    const seed = SEED + index;
    const [score] = await engine.score(encoding, {orders, seed});
    const {logProbs} = await engine.probs(encoding);
    const designs = [];
    for await (const each of engine.design(encoding, {chains: 'all', count, temperature, seed})) designs.push(each);
    const rows = [...structure.sequence].flatMap((letter, row) => (letter === 'X' ? [] : [row]));
    const best = (values, row) => {
        const own = [...values.subarray(21 * row, 21 * row + 20)];
        return LETTERS[own.indexOf(Math.max(...own))];
    };
    const hits = (values) => rows.filter((row) => best(values, row) === structure.sequence[row]).length;
    const same = (a, b, from = rows) => from.filter((row) => a[row] === b[row]).length / from.length;
    const pairs = designs.flatMap((a, i) => designs.slice(i + 1).map((b) => 1 - same(a.sequence, b.sequence)));
    const letters = (text) => rows.map((row) => text[row]);
    const result = {
        residues: rows.length,
        nll: score.score * rows.length,
        hits: sum(score.orders.map((order) => hits(order.logProbs))) / orders,
        alone: -sum(rows.map((row) => logProbs[21 * row + LETTERS.indexOf(structure.sequence[row])])),
        aloneHits: hits(logProbs),
        chains: structure.chains.map(({start, length}) => {
            const own = rows.filter((row) => row >= start && row < start + length);
            return sum(designs.map(({sequence}) => same(sequence, structure.sequence, own))) / count;
        }),
        diversity: sum(pairs) / pairs.length,
        native: letters(structure.sequence),
        sampled: designs.flatMap(({sequence}) => letters(sequence)),
        sequences: designs.map(({sequence}) => sequence)
    };
    encoding.dispose();
    structure.dispose();
    return result;
}

const share = (letters, letter) => letters.filter((each) => each === letter).length / letters.length;

function kl(sampled, native) {
    return sum([...new Set(sampled)].map((letter) =>
        share(sampled, letter) * Math.log(share(sampled, letter) / share(native, letter))));
}

test('entries and their pool: the sums of the engine\'s answers', async () => {
    const entries = samples();
    const run = {orders: 3, count: 3, temperature: 0.5};
    const set = await write('set.bbc', bbc([chainsOf(entries[0]), chainsOf(entries[1], {B: 'LONG-B'})]));
    const lines = await json(set, '--orders', '3', '-n', '3', '-T', '0.5');
    assert.equal(lines.length, 3);
    const truth = await Promise.all(entries.map((each, i) => expected(each, i, run)));
    assert.deepEqual(truth.map(({residues}) => residues), [24, 39]);   // X is not counted
    truth.forEach((each, i) => {
        const line = lines[i];
        assert.deepEqual([line.kind, line.structure, line.seed], ['entry', `#${i + 1}`, SEED + i]);
        assert.equal(line.residues, each.residues);
        near(line.nll, each.nll / each.residues, 'nll');
        near(line.accuracy, each.hits / each.residues, 'accuracy');
        near(line.unconditional_nll, each.alone / each.residues, 'unconditional nll');
        near(line.unconditional_accuracy, each.aloneHits / each.residues, 'unconditional accuracy');
        near(line.recovery, sum(each.chains) / each.chains.length, 'recovery');
        near(line.diversity, each.diversity, 'diversity');
        assert.deepEqual(line.sequences, each.sequences);
        line.chains.forEach((chain, c) => near(chain.recovery, each.chains[c], chain.name));
        for (const name of ['native', 'sampled']) {
            const total = each[name].length;
            for (const letter of natural) near(line[name][letter], share(each[name], letter) * total, letter);
        }
    });
    assert.deepEqual(lines[1].chains.map(({name}) => name), ['A', 'LONG-B']);
    const summary = lines[2];
    const pooled = (of) => sum(truth.map(of)) / 63;
    assert.deepEqual([summary.kind, summary.seed], ['summary', SEED]);
    assert.deepEqual([summary.entries, summary.chains, summary.residues], [2, 3, 63]);
    near(summary.nll, pooled(({nll}) => nll), 'nll');
    near(summary.accuracy, pooled(({hits}) => hits), 'accuracy');
    near(summary.unconditional_nll, pooled(({alone}) => alone), 'unconditional nll');
    near(summary.unconditional_accuracy, pooled(({aloneHits}) => aloneHits), 'unconditional accuracy');
    near(summary.recovery, sum(truth.flatMap(({chains}) => chains)) / 3, 'recovery');
    near(summary.diversity, (truth[0].diversity + truth[1].diversity) / 2, 'diversity');
    const native = truth.flatMap((each) => each.native), sampled = truth.flatMap((each) => each.sampled);
    for (const letter of natural) near(summary.sampled[letter], share(sampled, letter), letter);
    near(summary.composition_kl ?? Infinity, kl(sampled, native), 'KL');
    /* Of two entries a draw holds the first twice, the second twice, or both, at 1 : 1 : 2. */
    const draws = (a, b) => {
        const values = [a, b, (a + b) / 2, (a + b) / 2];
        return Math.sqrt(sum(values.map((value) => (value - sum(values) / 4) ** 2)) / 4);
    };
    const error = draws(truth[0].diversity, truth[1].diversity);
    assert.ok(Math.abs(summary.diversity_error / error - 1) < 0.1, `${summary.diversity_error}, ${error}`);
});

test('KL of two compositions: by hand, and of letters that are not there', () => {
    near(divergence([1, 1, 0], [1, 3, 0]), 0.5 * Math.log(2) + 0.5 * Math.log(2 / 3), 'KL');
    near(divergence([5, 0, 0], [1, 3, 0]), Math.log(4), 'KL');
    assert.equal(divergence([2, 4, 6], [1, 2, 3]), 0);
    assert.equal(divergence([1, 1, 1], [1, 3, 0]), Infinity);
});

test('structures and both versions of a set: the same table, for any number of threads', async () => {
    const lines = fragment('A', 24).map((line) => put(line, 30, [30, 38, 46].map((at) =>
        `${Number(line.slice(at, at + 8)).toFixed(2)}0`.padStart(8)).join('')));
    const entry = chainsOf(lines);
    const text = await evaluate(await write('x.pdb', lines.join('\n')), '--threads', '0', '-n', '2');
    assert.match(text, /^entry +residues +nll +accuracy .*\nx +24( +\d\.\d{3}){6}\n\n/);
    assert.match(text, /\n\n1 entry, 1 chain, 24 residues\nteacher forced .*\n.*diversity/s);
    await write('v1.jsonl', '{"id": "x"}\n');
    await write('v2.jsonl', '{"id": "x"}\n');
    const files = [await write('v1.bbc', bbc([entry])), await write('v2.bbc.gz', gzipSync(bbc([entry], 2)))];
    for (const file of files) assert.equal(await evaluate(file, '-n', '2'), text);
    const several = [...files, join(folder, 'x.pdb')];
    const here = await evaluate(...several, '--orders', '2', '--threads', '0');
    assert.equal(here.match(/^x /gm).length, 3);
    for (const threads of ['1', '3']) {
        assert.equal(await evaluate(...several, '--orders', '2', '--threads', threads), here);
    }
});

test('requests that make no sense, files that are missing, Ctrl-C', async () => {
    const file = structureFile('3HTN.pdb');
    await refused([file, '-T', '0.1,0.2'], /--temperature/, 2);
    await refused([file, '-n', '0'], /--count/, 2);
    await refused([file, '--chains', 'A'], /chains/, 2);
    await refused([file, 'none.bbc'], /none\.bbc.*no such file/);
    const page = await write('page.pdb', '<!DOCTYPE html><html><body>404</body></html>');
    await refused([page], /page\.pdb: this is a web page/);
    const help = await weft(['evaluate', '--help']);
    assert.equal(help.code, 0);
    assert.ok(help.stdout.includes(helpText('evaluate')));
    const long = await weft(['evaluate', file, file, '-n', '100000', '-m', model], {interrupt: /evaluating/});
    assert.deepEqual([long.code, long.stdout], [130, '']);
    assert.match(long.stderr, /weft: interrupted\n$/);
});

/* ---- The format ---- */

test('bbc: coordinates, numbers and letters come back, wrapped differences too', () => {
    const [chain] = chainsOf(fragment('A', 12));
    const far = chain.residues.map((residue, i) => {
        const moved = residue.xyz.map((place) => place.map((value) => value + (i % 2 ? 270 : -270)));
        return {...residue, number: residue.number - 60, xyz: moved};
    });
    const entry = [{...chain, residues: far, origin: [12.5, 12.5, 12.5]}];
    for (const version of [1, 2]) {
        const set = readBbc(bbc([chainsOf(fragment('B', 3)), entry], version));
        const [read] = set.entries[1];
        assert.deepEqual([read.name, read.first, read.length], ['A', 3, 12]);
        const places = far.flatMap(({xyz}) => xyz.flat());
        const xyz = set.coordinates(read);
        places.forEach((place, i) => assert.ok(Math.abs(xyz[i] - place) < 0.00501, `${xyz[i]}, ${place}`));
        far.forEach(({number, insertion, letter}, i) => {
            assert.deepEqual(set.residue(3 + i), {number, insertion, letter});
        });
    }
});

test('bbc: names and numbers that a PDB file has no room for', () => {
    const [chain] = chainsOf(fragment('A', 3));
    const named = (name, number = 1) =>
        ({name, residues: chain.residues.map((each, i) => ({...each, number: number + i}))});
    const text = readBbc(bbc([[named('LONG'), named('A'), named('A'), named('b', 12345)]])).pdb(0);
    const structure = engine.parse(text);
    assert.deepEqual(structure.chains.map(({name}) => name), ['B', 'A', 'C', 'b']);
    assert.deepEqual([...structure.numbers.slice(9)], [12345, 12346, 12347]);
    structure.dispose();
    const low = {name: 'ParseError', message: /chain A, residue 1: .*-1000/};
    assert.throws(() => readBbc(bbc([[named('A', -1000)]])).pdb(0), low);
    const many = Array.from({length: 95}, () => named('A'));
    assert.throws(() => readBbc(bbc([many])).pdb(0), {name: 'ParseError', message: /95 chains/});
});

test('bbc: damaged sets are refused, whatever byte is wrong', async () => {
    const whole = bbc(samples().map((lines) => chainsOf(lines)), 2);
    for (let length = 0; length < whole.length; length += 7) {
        assert.throws(() => readBbc(whole.subarray(0, length)), {name: 'ParseError'}, `${length} bytes`);
    }
    assert.throws(() => readBbc(Buffer.concat([whole, Buffer.alloc(1)])), /something follows/);
    const table = 32 + 3 * 32;
    let refusals = 0;
    for (let at = 0; at < table; at++) {
        for (const value of [0, 1, 0x7f, 0xff]) {
            if (whole[at] === value) continue;
            const damaged = Buffer.from(whole);
            damaged[at] = value;
            try {
                const set = readBbc(damaged);
                set.entries.forEach((_, i) => set.pdb(i));
            } catch (error) {
                assert.ok(error instanceof ParseError, `byte ${at} = ${value}: ${error.stack}`);
                refusals++;
            }
        }
    }
    assert.ok(refusals > 150, `${refusals} refusals`);
});

test('damaged sets on the command line: exit code 3, the file and the entry', async () => {
    const [one, two] = samples().map((lines) => chainsOf(lines));
    const whole = bbc([one, two]);
    const edit = (change) => {
        const entry = structuredClone(two);
        change(entry[1].residues, entry[0].residues);
        return bbc([one, entry]);
    };
    const cases = {
        'cut.bbc': [whole.subarray(0, 3000), /cut\.bbc: the file has 3000 bytes, .*cut short/],
        'cut.bbc.gz': [gzipSync(whole).subarray(0, 2000), /cut\.bbc\.gz: .*cut short/],
        'page.bbc': ['<!DOCTYPE html><html><body>404</body></html>', /page\.bbc: this is no \.bbc file/],
        'letter.bbc': [edit((rows) => { rows[2].letter = 77; }),
            /letter\.bbc: entry #2: chain B, residue 3: the letter/],
        'far.bbc': [edit((rows) => { rows[0].xyz[1][2] = NaN; }), /far\.bbc: entry #2: chain B, residue 1: NaN/],
        'twice.bbc': [edit((rows) => { rows[4] = rows[3]; }), /twice\.bbc: entry #2: 1 of 40 residues/],
        'unknown.bbc': [edit((...chains) => { for (const each of chains.flat()) each.letter = 20; }),
            /unknown\.bbc: entry #2: nothing is left to score/]
    };
    for (const [name, [content, message]] of Object.entries(cases)) {
        const path = await write(name, content);
        const result = await weft(['evaluate', path, '-q', '-m', model, '--threads', '1']);
        assert.equal(result.code, 3, `${name}: ${result.stderr}`);
        assert.match(result.stderr, message);
        assert.equal(result.stderr.trim().split('\n').length, 1);
        assert.ok(!result.stdout.includes('entries, '), 'no summary of a set that was not finished');
    }
});
