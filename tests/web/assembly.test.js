/* SPDX-License-Identifier: MIT
 *
 * assembly.test.js - biological assemblies: the operators that files describe, where the copies are and what they are
 * called, the other numbering of mmCIF; and what is wrong is said.
 */
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {after, before, test} from 'node:test';
import {gzipSync} from 'node:zlib';
import {cifAssembly, expandOperators, pdbAssembly} from '../../wasm/assembly.js';
import {parseCifText} from '../../wasm/dist/cif_reader.js';
import {ConstraintError, Engine, ParseError} from '../../wasm/index.js';
import {labelsOf} from '../../wasm/labels.js';
import {bcifOf, cifOf} from './cif_text.js';
import {smallModel} from './model_file.js';

const odd = (name) => readFileSync(new URL(`../data/odd/${name}`, import.meta.url));
const pdb = odd('1A8O.pdb').toString(), cif = odd('1A8O.cif').toString();
const bytesOf = (text) => new TextEncoder().encode(text);
const UNIT = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0], TURN = [0, -1, 0, 7, 1, 0, 0, 8, 0, 0, 1, 9];

/** @type {Engine} */
let engine;
before(async () => { engine = await Engine.load({weights: smallModel()}); });
after(() => engine.dispose());

const names = ({chains}) => chains.map(({name}) => name).join(' ');
const said = ({issues}) => issues.map(({text}) => text).join('\n');

async function using(data, options, body) {
    const structure = await engine.open(data, options);
    try {
        return await body(structure);
    } finally {
        structure.dispose();
    }
}

/** {1: ['|AB', '2|A']}: names and chains of each operator, of each assembly that `find` finds. */
const shape = (find) => Object.fromEntries([...find('1').ids].map((id) =>
    [id, find(id).operators.map(({name, chains}) => `${name}|${[...chains].join('')}`)]));
const pdbShape = (bytes) => shape((id) => pdbAssembly(bytes, id));

/* ---- PDB ---- */

const biomt = (serial, m) => [0, 1, 2].map((i) => [`REMARK 350   BIOMT${i + 1}${String(serial).padStart(4)}`,
    ...m.slice(4 * i, 4 * i + 3).map((v) => v.toFixed(6).padStart(10)), m[4 * i + 3].toFixed(5).padStart(15)].join(''));
const remark = (...lines) => bytesOf(lines.flat().map((line) => `${line}`.padEnd(80)).join('\n'));

test('remark 350: several assemblies, sets of operators and lists of chains that go on', () => {
    const lines = remark('REMARK 350', 'REMARK 350 BIOMOLECULE: 1',
        'REMARK 350 APPLY THE FOLLOWING TO CHAINS: A, B,', 'REMARK 350                    AND CHAINS: C, d',
        biomt(1, UNIT), biomt(2, TURN),
        'REMARK 350 APPLY THE FOLLOWING TO CHAINS: E', biomt(3, TURN), 'REMARK 350 BIOMOLECULE: 2',
        'REMARK 350 APPLY THE FOLLOWING TO CHAINS: B', biomt(1, UNIT), biomt(1000, TURN));
    assert.deepEqual(pdbShape(lines), {1: ['|ABCd', '2|ABCd', '3|E'], 2: ['|B', '1000|B']});
    assert.deepEqual(pdbAssembly(lines, 1).operators[1].matrix, TURN);
});

test('remark 350: old files without numbers or names, blanks in place of columns', () => {
    assert.deepEqual(pdbShape(remark(biomt(1, UNIT), biomt(2, TURN))), {1: ['|', '2|']});
    for (const list of [' NULL', '', ' ']) {
        const old = pdbAssembly(remark(`REMARK 350 APPLY THE FOLLOWING TO CHAINS:${list}`, biomt(1, UNIT)), '1');
        assert.deepEqual([...old.operators[0].chains], ['']);
    }
    const loose = remark('REMARK 350 BIOMOLECULE: 1, 2', 'REMARK 350 APPLY THE FOLLOWING TO CHAINS: A',
        'REMARK 350 BIOMT1 4 0 -1 0 7', 'REMARK 350 BIOMT2 4 1 0 0 8', 'REMARK 350 BIOMT3 4 0 0 1 9');
    assert.deepEqual(pdbShape(loose), {1: ['4|A'], 2: ['4|A']});
    assert.deepEqual(pdbAssembly(loose, 2).operators[0].matrix, TURN);
    const late = [pdb.slice(pdb.search(/^(ATOM|HETATM)/m)), ...biomt(1, UNIT)].join('\n');
    assert.equal(pdbAssembly(bytesOf(late), 1).ids.size, 0);
});

test('remark 350: an operator that is none is said with its line', () => {
    const wrong = (lines, line) => assert.throws(() => pdbAssembly(remark(...lines), 1), (error) => {
        assert.ok(error instanceof ParseError);
        assert.match(error.message, RegExp(`^line ${line}: operator 2 is no rotation`));
        return true;
    });
    const good = biomt(2, TURN), mirror = biomt(2, TURN.map((value) => -value));
    wrong(mirror, 3);
    wrong(biomt(2, TURN.map((value) => 2 * value)), 3);
    wrong([good[0], good[2]], 2);
    wrong([good[0], good[1], good[1], good[2]], 4);
    wrong([good[0], good[1].replace(/8\.0+/, '8.x0'), good[2]], 3);
});

/* ---- CIF ---- */

test('expressions: lists, ranges and products, the last factor applied first', () => {
    const matrices = new Map([['1', UNIT], ['P', UNIT], ['X0', TURN],
        ...[2, 3, 4, 5, 6].map((id) => [String(id), [...UNIT.slice(0, 3), id, ...UNIT.slice(4)]])]);
    const named = (text) => expandOperators(text, matrices).map(({name}) => name).join(' ');
    assert.equal(named('1'), '');
    assert.equal(named('1,2,5'), ' 2 5');
    assert.equal(named('(2-5)'), '2 3 4 5');
    assert.equal(named('2-3, 6'), '2 3 6');
    assert.equal(named('(2,3)(4-6)'), '2-4 2-5 2-6 3-4 3-5 3-6');
    assert.equal(named('(X0)(1-3,6)'), 'X0 X0-2 X0-3 X0-6');
    assert.equal(named('P,(2,3)(4)'), ' 2-4 3-4');
    assert.equal(named('X0(2)(3)'), 'X0-2-3');
    const [{matrix}] = expandOperators('(X0)(4)', matrices);   // x + 4, then the turn: -y + 7, x + 4 + 8, z + 9
    assert.deepEqual(matrix, [0, -1, 0, 7, 1, 0, 0, 12, 0, 0, 1, 9]);
    assert.deepEqual(expandOperators('(4)(X0)', matrices)[0].matrix, [0, -1, 0, 11, 1, 0, 0, 8, 0, 0, 1, 9]);
    const wrong = (text, message) => assert.throws(() => expandOperators(text, matrices), (error) => {
        assert.ok(error instanceof ParseError, text);
        assert.match(error.message, message, text);
        return true;
    });
    wrong('7', /'7' of an assembly: the file has no operator 7/);
    wrong('(1-60)', /no operator 7/);
    wrong('5-2', /5-2 ends before it begins/);
    const most = ['1-999999999', '(2-3)(1-99999)', '(1-6)'.repeat(10), Array(10001).fill('2').join()];
    for (const text of most) wrong(text, /they are more than 10000/);
    for (const text of ['', '(2', '2)', '((2))(3)', '2,,3', '()']) wrong(text, /not understood|no operator/);
});

test('mmCIF: assemblies of several rows, chains by their labels', async () => {
    const outcome = await parseCifText(cif).run();
    const [{categories}] = outcome.result.blocks;
    assert.deepEqual(shape((id) => cifAssembly(categories, id)), {1: ['|AB', '2|AB']});
    assert.equal(cifAssembly({}, 1).ids.size, 0);
});

/* ---- Copies ---- */

test('open: a dimer of an entry is the same from PDB, mmCIF and BinaryCIF, packed or not', async () => {
    const [remarks, rows] = [pdb, cif].map((data) => using(data, {assembly: '1'}, (structure) => {
        assert.equal(names(structure), 'A A-2');
        assert.match(said(structure), /^assembly 1: 2 operators, 2 chains: A, A-2$/m);
        const {sequence, numbers, mask} = structure;
        return {sequence, numbers, mask, backbone: structure.backbone()};
    }));
    const expected = await remarks;
    assert.deepEqual(await rows, expected);
    const packed = gzipSync(await bcifOf(cif));
    await using(packed, {assembly: 1}, (structure) => assert.deepEqual(structure.backbone(), expected.backbone));
    const alone = await using(pdb, {}, (structure) => structure.backbone());
    assert.equal(expected.backbone.length, 2 * alone.length);
    for (let at = 0; at < alone.length; at += 3) {   // the entry's second operator: 41.98 - y, 41.98 - x, 44.46 - z
        const [x, y, z] = alone.subarray(at, at + 3), copy = expected.backbone.subarray(alone.length + at);
        [41.98 - y, 41.98 - x, 44.46 - z].forEach((value, k) => assert.ok(Math.abs(copy[k] - value) < 1e-5));
    }
    assert.deepEqual(expected.backbone.subarray(0, alone.length), alone);
});

test('open: selections take the names of copies, and residues of chain A are not confused with chain A-2', async () => {
    await using(odd('3JQH.cif'), {assembly: '1'}, (structure) => {
        assert.equal(structure.chains.length, 24);
        assert.equal(structure.rowName(23), 'A-2:1');
        assert.equal(structure.select('A-2:3-5').text, 'A-2:3-5');
        assert.equal(structure.select('A-24').count, 23);
        assert.equal(structure.select('A').count, 23);
        assert.equal(structure.ties('copies').groups.length, 23);
        assert.ok(structure.ties('copies').groups.every((group) => group.length === 24));
        assert.throws(() => structure.select('A-25:1'), ConstraintError);
    });
});

/** mmCIF with one residue in each of the chains, [author's name, label]. */
function cifWith(chains, ...categories) {
    const part = (text) => text.split('\n').filter((line) => /^(ATOM|HETATM).* (N|CA|C|O)  ? /.test(line)).slice(0, 4);
    const pieces = chains.map(([chain, label], i) => cifOf(part(pdb).join('\n'))
        .replace(/ L 1 (\d) /g, ` ${label} 1 $1 `)
        .replace(/ 151 (\w+) A (\S+ 1)$/gm, ` ${151 + i} $1 ${chain} $2`).split('\n'));
    const [first, ...rest] = pieces.map((lines) => lines.filter((line) => /^ATOM|^HETATM/.test(line)));
    const head = pieces[0].slice(0, pieces[0].indexOf(first[0]));
    return [...head, ...first, ...rest.flat(), '#', ...categories, ''].join('\n');
}
const operList = (...operators) => ['loop_', ...['id', 'matrix[1][1]', 'matrix[1][2]', 'matrix[1][3]', 'vector[1]',
    'matrix[2][1]', 'matrix[2][2]', 'matrix[2][3]', 'vector[2]', 'matrix[3][1]', 'matrix[3][2]', 'matrix[3][3]',
    'vector[3]'].map((name) => `_pdbx_struct_oper_list.${name}`), ...operators, '#'].join('\n');
const assemblyGen = (...rows) => ['loop_', '_pdbx_struct_assembly_gen.assembly_id',
    '_pdbx_struct_assembly_gen.oper_expression', '_pdbx_struct_assembly_gen.asym_id_list', ...rows, '#'].join('\n');
const OPERATORS = operList(`1 ${UNIT.join(' ')}`, `2 ${TURN.join(' ')}`, `P ${TURN.join(' ')}`);

test('open: labels say which chains an operator moves, whatever the authors called them', async () => {
    const crossed = cifWith([['B', 'A'], ['A', 'B'], ['A', 'C']], OPERATORS,
        assemblyGen('1 1 A,B,C', '1 2 A', 'x (P)(2) B', 'y 1,2 C', 'z 2 D'));
    const opened = (assembly) => using(crossed, {assembly}, (structure) =>
        [names(structure), structure.length, labelsOf(structure).chains.join(' '), said(structure)]);
    const [all, count, labels] = await opened('1');
    assert.deepEqual([all, count, labels], ['B A B-2', 4, 'A B C A-2']);
    const [x, , , issues] = await opened('x');
    assert.equal(x, 'A-P-2');
    assert.match(issues, /^chains that are no part of assembly x: B$/m);
    assert.deepEqual((await opened('y')).slice(0, 3), ['A A-2', 2, 'C C-2']);
    await assert.rejects(opened('z'), {name: 'ParseError', message: /assembly z has no protein chain of the file/});
});

test('open: names of copies that the file has already are changed, and said', async () => {
    const text = cifWith([['A', 'A'], ['A-2', 'B']], OPERATORS, assemblyGen('1 1,2 A,B'));
    await using(text, {assembly: 1}, (structure) => {
        assert.equal(names(structure), 'A A-2 A-2-2 A-2-2-2');
        assert.match(said(structure), /names that several chains of the assembly would have: A-2 as A-2-2/);
    });
});

test('open: an assembly that is not there, or cannot be made', async () => {
    const refused = (data, assembly, kind, message) => assert.rejects(engine.open(data, {assembly}), (error) => {
        assert.ok(error instanceof kind, String(error.stack));
        assert.match(error.message, message);
        return true;
    });
    for (const data of [pdb, cif]) {
        await refused(data, '3', ConstraintError, /no assembly '3'; the file has 1$/);
        await refused(data, '', ConstraintError, /no assembly ''/);
    }
    await refused(odd('7cma-assembly1.cif.gz'), 1, ConstraintError, /describes no biological assembly/);
    await refused(odd('noChainNameTerRecords.pdb'), 1, ConstraintError, /describes no biological assembly/);
    const many = assemblyGen(...Array.from({length: 40}, (_, i) => `m${i} 1 A`));
    await refused(cifWith([['A', 'A']], OPERATORS, many), 1, ConstraintError, /has m0, m1, .*, m11 and 28 more/);
    await refused(cifWith([['A', 'A']], OPERATORS, assemblyGen('1 7 A')), 1, ParseError, /no operator 7/);
    const flat = OPERATORS.replace('2 0 -1 0', '2 0 ? 0');
    await refused(cifWith([['A', 'A']], flat, assemblyGen('1 2 A')), 1, ParseError, /operator 2 is no rotation/);
    const far = OPERATORS.replace(/^2 0 -1 0 7/m, '2 0 -1 0 1e9');
    await refused(cifWith([['A', 'A']], far, assemblyGen('1 2 A')), 1, ParseError, /moves atoms beyond 1e8/);
    const thousands = assemblyGen(`1 ${Array(4000).fill('2,P').join()} A`, `1 ${Array(9999).fill('1').join()} A`);
    await using(cifWith([['A', 'A']], OPERATORS, thousands), {assembly: 1}, (structure) =>
        assert.equal(names(structure), 'A-2 A-P A'));   // the same operator once more is the same copy
    const nothing = pdbAssembly(remark(biomt(1, UNIT)), 1).before(bytesOf('hello'));
    assert.throws(() => engine.parse(nothing), ParseError);
    const crowd = assemblyGen(...Array(3).fill(`1 ${Array(5000).fill('2').join()} ${Array(100).fill('A').join()}`));
    await refused(cifWith([['A', 'A']], OPERATORS, crowd), 1, ParseError, /more than 1000000 copies of chains/);
    const elsewhere = OPERATORS.replace(/^P .*/m, `P ${TURN.map((value) => 3 * value).join(' ')}`);
    await using(cifWith([['A', 'A']], elsewhere, assemblyGen('1 2 A', 'x P A')), {assembly: 1}, (structure) =>
        assert.equal(names(structure), 'A-2'));   // what is wrong with another assembly is not asked
});

/* ---- The other numbering ---- */

test('labels: the other names and numbers of mmCIF, none of PDB files', async () => {
    assert.equal(await using(pdb, {}, labelsOf), null);
    const {chains, numbers} = await using(cif, {}, labelsOf);
    assert.deepEqual(numbers, Array.from({length: 70}, (_, i) => i + 1));
    assert.deepEqual(new Set(chains), new Set(['A']));
    const archive = await using(odd('7cma-assembly1.cif.gz'), {}, (structure) => ({
        ...labelsOf(structure), authors: [...structure.numbers], names: names(structure)
    }));
    assert.equal(archive.names, 'A C-2');
    assert.deepEqual([archive.chains[0], archive.chains.at(-1)], ['A', 'B-2']);
    assert.deepEqual(archive.numbers, archive.authors);
    await using(cif, {}, (structure) => {
        const part = engine.derive(structure, {rows: 'A160-162'});
        assert.deepEqual(labelsOf(part), {chains: ['A', 'A', 'A'], numbers: [10, 11, 12]});
        part.dispose();
    });
    const silent = cif.replace(/^(\w+ +1 .* A 1 )1 /m, '$1. ');
    assert.equal((await using(silent, {}, labelsOf)).numbers[0], null);
});

/* ---- Workers ---- */

test('a pool designs the copies of an assembly alike, and as one thread does', async () => {
    const designs = [];
    for (const threads of [0, 2]) {
        const own = await Engine.load({weights: smallModel(), threads});
        const encoding = await own.encode(await own.open(cif, {assembly: '1'}));
        for await (const {sequence, score} of own.design(encoding, {count: 2, seed: 4, ties: 'copies'})) {
            assert.equal(sequence.slice(0, 70), sequence.slice(70));
            designs.push([sequence, score]);
        }
        await own.dispose();
    }
    assert.deepEqual(designs.slice(2), designs.slice(0, 2));
    assert.notEqual(designs[0][0], designs[1][0]);
});
