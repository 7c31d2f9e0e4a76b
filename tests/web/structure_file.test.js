/* SPDX-License-Identifier: MIT
 *
 * structure_file.test.js - engine.open: mmCIF, BinaryCIF, gzip and zstd give the structure that PDB text gives, and
 * what is wrong with a file is said with its place.
 */
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {after, before, test} from 'node:test';
import {gzipSync} from 'node:zlib';
import fc from 'fast-check';
import {decodeMsgPack} from '../../wasm/dist/cif_reader.js';
import {Engine, ParseError} from '../../wasm/index.js';
import {unpack} from '../../wasm/structure_file.js';
import {bcifOf, cifOf, zstdOf} from './cif_text.js';
import {smallModel} from './model_file.js';

const {encodeMsgPack} = createRequire(import.meta.url)('molstar/lib/commonjs/mol-io/common/msgpack/encode.js');
const odd = (name) => readFileSync(new URL(`../data/odd/${name}`, import.meta.url));
const entry = (name) => readFileSync(new URL(`../data/structures/${name}`, import.meta.url));
const bytesOf = (text) => new TextEncoder().encode(text);
const cif = odd('1A8O.cif'), pdb = odd('1A8O.pdb');

/** @type {Engine} */
let engine;
before(async () => { engine = await Engine.load({weights: smallModel()}); });
after(() => engine.dispose());

/** 'A:70(70)': residues of each chain and those with the whole backbone. */
const summary = ({chains, mask}) => chains.map(({name, start, length}) =>
    `${name}:${length}(${mask.subarray(start, start + length).reduce((sum, one) => sum + one, 0)})`).join(' ');

/** Everything that a model or a user sees of a structure, but the lines of a file. */
function essence(structure) {
    const {sequence, letters, mask, carbons, unknown, numbers, insertions, chainOf, chains, issues} = structure;
    return {
        sequence, letters, mask, carbons, unknown, numbers, insertions, chainOf, chains,
        issues: issues.map(({text}) => text), backbone: structure.backbone()
    };
}

async function opened(bytes, options) {
    const structure = await engine.open(bytes, options);
    try {
        return essence(structure);
    } finally {
        structure.dispose();
    }
}

/** The name of a column of _atom_site and all its values, out of a text with one loop of one row a line. */
function without(text, tag) {
    const lines = text.split('\n').map((line) => line.trimEnd());
    const tags = lines.filter((line) => line.startsWith('_atom_site.'));
    const at = tags.indexOf(`_atom_site.${tag}`);
    assert.ok(at >= 0, tag);
    return lines.filter((line) => line !== `_atom_site.${tag}`).map((line) => (/^(ATOM|HETATM)/.test(line)
        ? line.trim().split(/\s+/).filter((_, i) => i !== at).join(' ') : line)).join('\n');
}

/* ---- The files of others ---- */

const FILES = {
    '1A8O.cif': ['A:70(70)', /4 MSE as M/],
    '3JQH.cif': ['A:23(23)', /alternate locations/],
    '7ubd_from_af3.cif': ['A:8(8)', /A1 DAL/],
    'mmcif_1ake_chimerax.cif.gz': ['A:214(214) B:214(214)', /left out: 378 waters, 2 AP5/],
    'mmcif_3o21_pymol.cif.gz': ['A:374(374) B:365(365) C:375(375) D:375(375)', /no author numbers.*label numbers/],
    '7cma-assembly1.cif.gz': ['A:155(155) C-2:155(155)', /2 ZN/],
    '1mkk.pdb1.gz': ['A:93(93) B:94(94)', /205 waters/]
};

test('open: real files have the residues that they should', async () => {
    for (const [name, [expected, issue]] of Object.entries(FILES)) {
        const structure = await engine.open(odd(name), {name});
        assert.equal(summary(structure), expected, name);
        assert.ok(structure.issues.some(({text}) => issue.test(text)), `${name}: ${issue}`);
        assert.ok(/\.pdb/.test(name) || structure.issues.every(({line}) => line === null), name);
        structure.dispose();
    }
});

test('open: an entry is the same as PDB, mmCIF and BinaryCIF, plain and packed', async () => {
    const expected = await opened(pdb), bcif = await bcifOf(cif.toString());
    assert.equal(expected.numbers[0], 151);
    assert.deepEqual(await opened(cif), expected);
    assert.deepEqual(await opened(cif.toString()), expected);
    assert.deepEqual(await opened(bcif), expected);
    for (const [kind, bytes] of Object.entries({pdb, cif, bcif})) {
        assert.deepEqual(await opened(gzipSync(bytes)), expected, `${kind}.gz`);
        assert.deepEqual(await opened(zstdOf(bytes)), expected, `${kind}.zst`);
    }
    assert.deepEqual(await opened(cif, {format: 'mmcif'}), expected);
    assert.deepEqual(await opened(bytesOf(`\ufeff\r\n# a comment\r\n${cif}`)), expected);
});

test('open: the rules of residues are those of PDB files', async () => {
    const files = [['1EN2.pdb'], ['1grm.pdb'], ['pdb3mht.pdb'], ['calcium-calpha-example.pdb'], ['3HTN.pdb', entry],
        ['5L33.pdb', entry],
        ['5L33_damaged.pdb', entry]];
    for (const [name, from = odd] of files) {
        const text = from(name).toString('latin1').replace(/^ENDMDL[^]*/m, '');
        const answers = await Promise.all([text, cifOf(text), await bcifOf(cifOf(text))]
            .map((each) => opened(each).catch(({name: kind, message}) => ({kind, message}))));
        assert.deepEqual(answers[1], answers[0], name);
        assert.deepEqual(answers[2], answers[0], name);
    }
});

/* ---- Names, numbers, models ---- */

test('open: author numbers, label ones where there are none', async () => {
    const authors = await opened(cif);
    const label = await opened(without(without(cif.toString(), 'auth_seq_id'), 'auth_asym_id'));
    assert.deepEqual([...authors.numbers], [...label.numbers].map((number) => number + 150));
    assert.equal(label.sequence, authors.sequence);
    assert.ok(label.issues.some((text) => /no author numbers/.test(text)));
    assert.ok(!authors.issues.some((text) => /no author numbers/.test(text)));
    // one row says nothing of its author's number: its label number, 1, is another residue's
    const silent = cif.toString().replace(/^(ATOM +1 .*\? \? \? \? \? \? )151( )/m, '$1?  $2');
    assert.equal((await opened(silent)).numbers[0], 1);
});

test('open: insertion codes and names of chains are kept, and selections take them', async () => {
    const renamed = cif.toString().replace(/^((?:ATOM|HETATM).* )(MSE|\w{3}) A( +"?\w+'?"? +1 *)$/gm, '$1$2 C-2$3');
    const long = await engine.open(renamed);
    assert.deepEqual(long.chains.map(({name}) => name), ['C-2']);
    assert.equal(long.rowName(3), 'C-2:154');
    assert.equal(long.select('C-2:151-160').count, 10);
    assert.equal(long.select('C-2').count, 70);
    assert.equal(long.select('C-2:').count, 70);
    const coded = await engine.open(cif.toString().replace(/^(ATOM .* \d+ +)\?( .* )153( )/gm, '$1B$2152$3'));
    assert.equal(coded.select('A152B').count, 1);
    assert.equal(coded.select('A152-A154').count, 3);
    const both = await engine.open(odd('7cma-assembly1.cif.gz'));
    assert.equal(both.select('C-2:10-20').count, 11);
    assert.equal(both.select('A10-20,C-2').count, 166);
    assert.throws(() => both.select('C-2:999'), /C-2 has no residue 999/);
    for (const each of [long, coded, both]) each.dispose();
});

test('open: the first model is read, and the others are said', async () => {
    const lines = cif.toString().split('\n'), rows = lines.filter((line) => /^(ATOM|HETATM)/.test(line));
    const head = lines.slice(0, lines.indexOf(rows[0]));
    const second = rows.map((row) => row.replace(/1 *$/, '2'));
    const whole = await opened([...head, ...rows, ...second, '#', ''].join('\n'));
    const cut = await opened([...head, ...rows.slice(0, 80), ...second, '#', ''].join('\n'));
    assert.equal(whole.sequence.length, 70);
    assert.ok(whole.issues.includes('only the first of 2 models is read'));
    assert.ok(cut.sequence.length < 12);
    assert.ok(cut.issues.includes('only the first of 2 models is read: it has 80 atoms, the largest has '
        + rows.length));
    const blocks = await opened(`${cif}\n${cif.toString().replace(/^data_.*/m, 'data_OTHER')}`);
    assert.equal(blocks.sequence, whole.sequence);
    assert.ok(blocks.issues.some((text) => /first of 2 data blocks/.test(text)));
});

/** The rows of 1A8O.cif as models of these numbers, the later ones moved by 1 angstrom each. */
function cifModels(numbers) {
    const lines = cif.toString().split('\n'), rows = lines.filter((line) => /^(ATOM|HETATM)/.test(line));
    const head = lines.slice(0, lines.indexOf(rows[0]));
    const models = numbers.map((number, i) => rows.map((row) => row.replace(/1 *$/, number)
        .replace(/(\? )(-?\d+)(\.\d+ )/, (_, before, whole, rest) => `${before}${Number(whole) + 100 * i}${rest}`)));
    return [...head, ...models.flat(), '#', ''].join('\n');
}

test('open, parse: a model is taken by its number, by its place where numbers are not one of each', async () => {
    const first = await opened(cif);
    for (const [numbers, called] of [[[1, 2, 3], [1, 2, 3]], [[4, 9, 7], [4, 9, 7]], [[2, 'x', 1], [1, 2, 3]]]) {
        const packed = gzipSync(await bcifOf(cifModels(numbers).replaceAll(' x\n', ' 0\n')));
        for (const bytes of [cifModels(numbers), packed]) {
            const own = bytes instanceof Uint8Array && numbers.includes('x') ? [2, 0, 1] : called;
            for (const [i, model] of own.entries()) {
                if (model === 0) continue;
                const structure = await engine.open(bytes, {model});
                assert.equal(structure.model, model);
                assert.deepEqual([...structure.models], own);
                const x = (each) => Math.trunc(each[3 * 1]);   // of the first CA
                assert.equal(Math.round((x(structure.backbone()) - x(first.backbone)) / 100), i, `${numbers} ${model}`);
                assert.ok(structure.issues.some(({text}) => text === `this is model ${model}; the file has 3 models`));
                structure.dispose();
            }
            await assert.rejects(engine.open(bytes, {model: 8}), {
                name: 'ConstraintError', message: /^there is no model 8: the file has 3 models, numbered \d to \d$/
            });
        }
    }
    const pdbModels = `MODEL        3\n${pdb.toString()}\nENDMDL\nMODEL        5\n${pdb.toString()}\nENDMDL\n`;
    const five = engine.parse(pdbModels, {model: 5});
    assert.deepEqual([five.model, ...five.models], [5, 3, 5]);
    assert.equal(five.sequence, first.sequence);
    assert.equal(engine.parse(pdbModels).model, 3);
    assert.throws(() => engine.parse(pdbModels, {model: 1}), {name: 'ConstraintError', message: /numbered 3 to 5/});
    assert.throws(() => engine.parse(pdb, {model: 2}), {message: /^there is no model 2: the file has 1 model, /});
    for (const model of [-1, 1.5, NaN, 'all', 2 ** 33]) {
        assert.throws(() => engine.parse(pdb, {model}), {name: 'ConstraintError', message: /model: write its number/});
    }
});

/** 1EN2, whose first alternate locations are the unlikely ones here. */
const unlikely = odd('1EN2.pdb').toString().replace(/^(ATOM.{12}A.{37})  0\.\d\d/gm, '$1  0.10');

test('open, parse: alternate locations by their order or by their occupancy', async () => {
    const text = odd('3JQH.cif');
    const both = await Promise.all(['first', 'occupancy'].map((altloc) => opened(text, {altloc})));
    assert.equal(both[0].sequence.length, 23);
    assert.match(both[0].issues.join('\n'), /alternate locations of 2 residues: the first one is used: A3, A11/);
    assert.match(both[1].issues.join('\n'), /locations of 2 residues: the one of highest occupancy is used: A3 /);
    assert.deepEqual(await opened(text), both[0]);
    const [first, occupied] = ['first', 'occupancy'].map((altloc) => engine.parse(unlikely, {altloc}));
    assert.equal(first.length, occupied.length);
    assert.notDeepEqual(first.backbone(), occupied.backbone());
    assert.deepEqual(await opened(cifOf(unlikely), {altloc: 'occupancy'}), essence(occupied));
    assert.throws(() => engine.parse(pdb, {altloc: 'highest'}), {
        name: 'ConstraintError', message: "altloc: there are 'first' and 'occupancy'"
    });
});

test('open: syntax that trips readers', async () => {
    const expected = await opened(cif);
    const text = cif.toString().replace(/^(data_\S+)$/m, `$1
_struct.title 'a "quoted" 5'-end'
_struct.title 'the same tag once more'
_struct.text
;ATOM 1 N N . MET A
loop_ data_
;
loop_
_other.a
_other.b
'O5'' "it's"`);
    assert.deepEqual(await opened(text), expected);
    assert.deepEqual(await opened(text.replaceAll('\n', '\r\n')), expected);
    assert.deepEqual(await opened(cif.toString().replaceAll('_atom_site.Cartn_x', '_atom_site.cartn_X')), expected);
});

/* ---- What is wrong ---- */

const refused = (bytes, message, line) => assert.rejects(engine.open(bytes), (error) => {
    assert.ok(error instanceof ParseError, String(error.stack));
    assert.match(error.message, message);
    assert.ok(!error.message.includes('\n'));
    if (line !== undefined) assert.equal(error.line, line);
    return true;
});

test('open: errors name the line, the column or what the file holds', async () => {
    const text = cif.toString();
    await refused(odd('1AKE_err.cif'), /^line 85: .*loop starting at line 3 is not a multiple/, 85);
    await refused(odd('example_ncaa.cif'), /no protein chain.*C:0/);
    for (const axis of 'xyz') await refused(without(text, `Cartn_${axis}`), RegExp(`no column .*Cartn_${axis}`));
    await refused(without(without(text, 'auth_seq_id'), 'label_seq_id'), /auth_seq_id or _atom_site\.label_seq_id/);
    await refused(without(without(text, 'auth_atom_id'), 'label_atom_id'), /no column .*label_atom_id/);
    await refused('data_x\n_cell.length_a 1\n_symmetry.x 2\n', /no rows of _atom_site \(it holds _cell, _symmetry\)/);
    await refused('data_x\n', /no rows of _atom_site \(it holds no data\)/);
    await refused(text.slice(0, text.lastIndexOf('HETATM') + 30), /^line \d+: .*not a multiple/);
    await refused(cifOf('ATOM'), /no rows of _atom_site/);
    await assert.rejects(engine.open(cif, {format: 'xyz'}), /format 'xyz'/);
    await assert.rejects(engine.open(7), TypeError);
    const hint = (what) => ({name: 'ParseError', message: RegExp(`${what} file, .*engine\\.open reads it`)});
    assert.throws(() => engine.parse(cif), hint('an mmCIF'));
    assert.throws(() => engine.parse(gzipSync(pdb)), hint('a gzip'));
    assert.throws(() => engine.parse('hello'), {message: /^no atoms(?!.*engine\.open)/});
    const bcif = await bcifOf(text);
    assert.throws(() => engine.parse(bcif), hint('a BinaryCIF'));
});

test('open: atoms without coordinates or number are skipped and counted', async () => {
    const text = cif.toString().replace(/^(ATOM +10 .*\? )\S+( +\S+ +\S+ 1\.00)/m, '$1?$2');
    const {issues, sequence} = await opened(text);
    assert.equal(sequence.length, 70);
    assert.ok(issues.includes('1 atom record is skipped, the first in row 10: a coordinate or the residue number '
        + 'cannot be read'), issues.join('\n'));
    const odd = await opened(cif.toString().replaceAll(' 1.00 ', ' 3.00 '));
    assert.ok(odd.issues.some((text) => /no occupancy from 0 to 1, the first in row 1: 1 is used/.test(text)));
});

test('open: packed files that are cut, damaged, packed twice or far too large', async () => {
    const packed = gzipSync(cif), frame = zstdOf(cif);
    await refused(odd('derived_cut_gzip.cif.gz'), /gzip file is incomplete/);
    for (const share of [0.05, 0.5, 0.99]) {
        await refused(packed.subarray(0, packed.length * share), /gzip file is incomplete/);
        await refused(frame.subarray(0, frame.length * share), /zstd file is incomplete/);
    }
    const hurt = Uint8Array.from(packed);
    hurt.fill(0x55, 2000, 2100);
    await refused(hurt, /gzip file is damaged/);
    await refused(gzipSync(packed), /packed twice/);
    await refused(zstdOf(packed), /packed twice/);
    const zeros = gzipSync(new Uint8Array(8 << 20));
    await assert.rejects(unpack(zeros, 1 << 20), {name: 'ParseError', message: /more than 1 MiB/});
    const runs = Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38, ...Array(100).fill([0x02, 0, 0x10, 0]).flat()]);
    await assert.rejects(unpack(runs, 1 << 20), {name: 'ParseError', message: /more than 1 MiB/});
    assert.deepEqual(await unpack(zstdOf(pdb)), new Uint8Array(pdb));
});

test('open: a BinaryCIF file that ends too early is said to be incomplete', async () => {
    const bcif = await bcifOf(cif.toString());
    for (let end = 70; end < bcif.length; end += 97) {
        await refused(bcif.subarray(0, end), /BinaryCIF file is incomplete/);
    }
    const lies = Uint8Array.from(bcif);
    lies.set([0xdd, 0xff, 0xff, 0xff, 0xff], bcif.indexOf(0x91));   // an array of four billion
    await refused(lies, /BinaryCIF file is (incomplete|damaged)/);
});

test('open: what a BinaryCIF file claims is not believed beyond its bytes', async () => {
    const bcif = await bcifOf(cif.toString());
    const steps = (column) => [...column.data.encoding, ...column.mask?.encoding ?? []];
    /** The file with its columns changed. */
    const altered = (change) => {
        const message = decodeMsgPack(bcif);
        for (const column of message.dataBlocks[0].categories[0].columns) change(column);
        return encodeMsgPack(message);
    };
    const resized = (size) => altered((column) => {
        for (const step of steps(column)) if ('srcSize' in step) step.srcSize = size;
    });
    await refused(resized(2 ** 31 - 1), /damaged: it claims \d{10,} values in \d+ bytes/);
    for (const size of ['9', -1, 0.5, {length: 9}]) await refused(resized(size), /damaged: it claims counts that/);
    const rows = decodeMsgPack(bcif).dataBlocks[0].categories[0].rowCount;
    const runs = Int32Array.from(Array(1000).fill([1, 2 ** 31 - 1]).flat());   // two million million times 1
    const long = altered((column) => {
        if (column.name !== 'pdbx_PDB_model_num') return;
        const encoding = [{kind: 'RunLength', srcType: 3, srcSize: rows}, {kind: 'ByteArray', type: 3}];
        column.data = {encoding, data: new Uint8Array(runs.buffer)};
    });
    assert.deepEqual(await opened(long), await opened(bcif));
});

test('open: any bytes are a structure or a ParseError', async () => {
    const text = cif.subarray(0, 9000), whole = await bcifOf(cif.toString());
    const change = (bytes) => fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), {minLength: 1, maxLength: 12})
        .map((changes) => {
            const copy = Uint8Array.from(bytes);
            for (const [at, value] of changes) copy[at] = value;
            return copy;
        });
    let refusals = 0;
    await fc.assert(fc.asyncProperty(fc.oneof(change(text), change(whole), change(gzipSync(text))), async (bytes) => {
        try {
            (await engine.open(bytes)).dispose();
        } catch (error) {
            assert.ok(error instanceof ParseError, String(error.stack));
            assert.ok(error.message.length > 10 && !error.message.includes('\n'), error.message);
            refusals++;
        }
    }), {numRuns: 200});
    assert.ok(refusals > 20);
});

/* ---- Workers ---- */

test('open: a pool designs the same from mmCIF as from PDB text', async () => {
    const designs = [];
    for (const [threads, bytes] of [[0, pdb], [2, pdb], [2, cif], [2, gzipSync(await bcifOf(cif.toString()))]]) {
        const own = await Engine.load({weights: smallModel(), threads});
        const encoding = await own.encode(await own.open(bytes));
        const found = [];
        for await (const {sequence, score, logProbs} of own.design(encoding, {count: 4, seed: 5})) {
            found.push({sequence, score, logProbs});
        }
        designs.push(found);
        await own.dispose();
    }
    assert.equal(designs[0].length, 4);
    for (const each of designs.slice(1)) assert.deepEqual(each, designs[0]);
});

test('open: a pool reads the same model and the same alternate locations as the calling thread', async () => {
    const scores = new Map();
    const bundle = cifModels([1, 2]).replace(/^ATOM +(\d|1\d) .* 2$\n/gm, '');   // the second lacks its first atoms
    for (const threads of [0, 2]) {
        const own = await Engine.load({weights: smallModel(), threads});
        const files = [[unlikely, {}], [unlikely, {altloc: 'occupancy'}], [bundle, {}], [bundle, {model: 2}]];
        for (const [i, [bytes, options]] of files.entries()) {
            const [{score}] = await own.score(await own.encode(await own.open(bytes, options)), {seed: 1});
            assert.equal(scores.get(i) ?? score, score, `${i}`);
            scores.set(i, score);
        }
        await own.dispose();
    }
    assert.equal(new Set(scores.values()).size, 4, [...scores.values()].join());
});
