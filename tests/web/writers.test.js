/* SPDX-License-Identifier: MIT
 *
 * writers.test.js - writeStructure on real files: read again they are the design, and nothing else of them has changed.
 *
 *   file, letters of a made-up design --writeStructure--> text --engine.open--> the same residues with those letters
 *
 * What became of each atom is told here by its columns alone, in lines; the files have one row of atoms in each.
 */
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {after, before, test} from 'node:test';
import {gunzipSync} from 'node:zlib';
import fc from 'fast-check';
import {ConstraintError, Engine, ParseError} from '../../wasm/index.js';
import {LETTER_COUNT, LETTERS} from '../../wasm/structure.js';
import {writeStructure} from '../../wasm/writers.js';
import {bcifOf} from './cif_text.js';

const file = (name) => readFileSync(new URL(`../data/${name}`, import.meta.url));
const textOf = (bytes) => (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString();
const bytesOf = (text) => new TextEncoder().encode(text);
const NAMES = 'ALA CYS ASP GLU PHE GLY HIS ILE LYS LEU MET ASN PRO GLN ARG SER THR VAL TRP TYR'.split(' ');
const BACKBONE = /^(N|CA|C|O|OXT|H|HN|[1-3]?H[1-3]?|HT[1-3]|D[1-3]?|HA|DA)$/;
const P = 0.25;   // of every letter

/** @type {Engine} */
let engine;
before(async () => { engine = await Engine.load({}); });
after(() => engine.dispose());

/** Every third residue stays; of the others some have their own letter again. */
function made(structure, shift = 3) {
    const designMask = Uint8Array.from(structure.mask, (there, row) => Number(there && row % 3 !== 1));
    const letters = [...structure.sequence].map((letter, row) =>
        (designMask[row] && row % 11 ? LETTERS[(row * 7 + shift) % NAMES.length] : letter));
    const logProbs = new Float32Array(structure.length * LETTER_COUNT).fill(Math.log(P));
    return {sequence: letters.join(''), designMask, logProbs};
}

/** Atoms line by line: of PDB text by columns, of mmCIF text by its tags; the first model alone. */
function atomsIn(text) {
    if (!/^_atom_site\./m.test(text)) {
        const lines = text.split(/\r\n|\n|\r/), end = lines.findIndex((line) => line.startsWith('ENDMDL'));
        const model = lines.slice(0, end < 0 ? lines.length : end);
        return model.filter((line) => /^(ATOM|HETATM)/.test(line)).map((line) => ({
            line, name: line.slice(12, 16).trim(), residue: line.slice(17, 20), record: line.slice(0, 6).trim(),
            altloc: line.slice(16, 17).trim(), key: line.slice(20, 27), b: line.slice(60, 66)
        }));
    }
    const tags = text.split(/\r?\n/).map((line) => line.trim()).filter((line) => line.startsWith('_atom_site.'))
        .map((tag) => tag.slice('_atom_site.'.length));
    return text.split(/\r?\n/).filter((line) => /^(ATOM|HETATM) /.test(line)).map((line) => {
        const words = line.match(/"[^"]*"|'[^']*'|\S+/g);
        const get = (...names) => words[tags.indexOf(names.find((name) => tags.includes(name)))] ?? '.';
        return {
            line, name: get('label_atom_id').replace(/"/g, ''), residue: get('label_comp_id'), record: get('group_PDB'),
            altloc: get('label_alt_id').replace(/[.?]/, ''), model: get('pdbx_PDB_model_num'),
            key: [['auth_asym_id', 'label_asym_id'], ['auth_seq_id', 'label_seq_id'], ['pdbx_PDB_ins_code']]
                .map((names) => get(...names)).join(' '),
            b: get('B_iso_or_equiv')
        };
    }).filter((atom, _, all) => atom.model === all[0].model);
}

/** By residue, in their order. */
function byKey(atoms) {
    const groups = new Map();
    for (const atom of atoms) groups.set(atom.key, [...groups.get(atom.key) ?? [], atom]);
    return groups;
}

/** What became of the residues: how many have a new name, and whether all is as it should be. */
function compare(name, before, after) {
    const left = byKey(atomsIn(before)), right = byKey(atomsIn(after));
    assert.deepEqual([...right.keys()], [...left.keys()], `${name}: the same residues in the same order`);
    let replaced = 0, same = 0;
    for (const [key, own] of right) {
        const was = left.get(key), names = new Set(was.map(({residue}) => residue));
        if (own.every(({line}, i) => line === was[i]?.line) && own.length === was.length) {
            same++;
        } else if (own.length === was.length && names.has(own[0].residue)) {   // designed, but the same letter
            assert.ok(own.every(({b}, i) => Number(b) === P && was[i].name === own[i].name), `${name} ${key}`);
        } else {
            replaced++;
            assert.ok(NAMES.includes(own[0].residue) && own.every(({residue}) => residue === own[0].residue), key);
            for (const atom of own) {
                assert.match(atom.name, BACKBONE, `${name} ${key}: side chain`);
                assert.deepEqual([atom.record, atom.altloc, Number(atom.b)], ['ATOM', '', P], `${name} ${key}`);
            }
            assert.equal(new Set(own.map((atom) => atom.name)).size, own.length, `${name} ${key}: one conformer`);
        }
    }
    return {replaced, same};
}

async function reread(bytes, options, shift) {
    const structure = await engine.open(bytes, {name: 'x'}), design = made(structure, shift);
    const {text, format} = await writeStructure(bytes, structure, design, options);
    const again = await engine.open(bytesOf(text));
    try {
        const rows = (one) => Array.from({length: one.length}, (_, row) => one.rowName(row));
        assert.deepEqual(rows(again), rows(structure));
        assert.equal(again.sequence, design.sequence);
        assert.deepEqual(again.backbone(), structure.backbone());
        const changed = [...design.sequence].filter((letter, row) => letter !== structure.sequence[row]).length;
        return {text, format, changed, structure, design};
    } finally {
        again.dispose();
    }
}

const FILES = [
    'structures/5L33.pdb', 'structures/3HTN.pdb', 'odd/1A8O.pdb', 'odd/1EN2.pdb', 'odd/1grm.pdb', 'odd/1mkk.pdb1.gz',
    'odd/pdb3mht.pdb', 'odd/derived_hybrid36.pdb', 'odd/derived_bom_crlf.pdb', 'odd/derived_left_names.pdb',
    'odd/derived_number_jump.pdb', 'examples/4INS.pdb', 'odd/1A8O.cif', 'odd/3JQH.cif', 'odd/7ubd_from_af3.cif',
    'odd/mmcif_1ake_chimerax.cif.gz', 'odd/mmcif_3o21_pymol.cif.gz', 'odd/7cma-assembly1.cif.gz'
];

test('real files: the same residues with new letters, without side chains, all other atoms as they were', async () => {
    for (const name of FILES) {
        const bytes = file(name), {text, changed} = await reread(bytes);
        const {replaced, same} = compare(name, textOf(bytes), text);
        assert.equal(replaced, changed, name);
        assert.ok(changed > 0 && same > 0, name);
    }
});

test('files whose residues their columns do not tell apart', async () => {
    for (const name of ['odd/derived_blank_chains.pdb', 'odd/noChainNameTerRecords.pdb', 'odd/pdbRTER.pdb']) {
        for (const format of ['same', 'cif']) await reread(file(name), {format});
    }
});

test('a design of nothing is the file itself', async () => {
    for (const name of ['odd/1A8O.cif', 'odd/3JQH.cif', 'odd/derived_bom_crlf.pdb', 'structures/6MRR_short.pdb']) {
        const bytes = file(name), structure = await engine.open(bytes);
        const design = {...made(structure), sequence: structure.sequence, designMask: new Uint8Array(structure.length)};
        const {text} = await writeStructure(bytes, structure, design);
        const expected = textOf(bytes).replace(/^MASTER.*\r?\n/m, '');
        assert.equal(text, expected, name);
    }
});

test('PDB: the records that speak of changed residues are true or gone', async () => {
    const {text} = await reread(file('odd/1A8O.pdb'));
    const names = new Map(atomsIn(text).map(({key, residue}) => [key.replace(/\s+/g, ''), residue]));
    assert.doesNotMatch(text, /^(SEQRES|SSBOND|DBREF|SEQADV|MASTER|ANISOU)/m);
    assert.match(text, /^HETNAM +MSE/m);   // of those that stay
    const helices = text.split('\n').filter((line) => line.startsWith('HELIX'));
    assert.equal(helices.length, 5);
    for (const line of helices) {
        assert.equal(names.get(line.slice(19, 25).replace(/\s+/g, '')), line.slice(15, 18), line);
        assert.equal(names.get(line.slice(31, 37).replace(/\s+/g, '')), line.slice(27, 30), line);
    }
    const links = text.split('\n').filter((line) => line.startsWith('LINK'));
    assert.ok(links.length > 0);
    for (const line of links) assert.equal(names.get(line.slice(21, 26).replace(/\s+/g, '')), line.slice(17, 20), line);
    const serialsIn = (each) => new Set(atomsIn(each).map(({line}) => line.slice(6, 11).trim()));
    const left = serialsIn(text), all = serialsIn(file('odd/1A8O.pdb').toString());
    const gone = [...all].filter((each) => !left.has(each));
    assert.ok(gone.length > 100 && /^CONECT/m.test(text));
    for (const line of text.split('\n').filter((each) => each.startsWith('CONECT'))) {
        for (const serial of line.slice(6).trim().split(/\s+/)) assert.ok(!gone.includes(serial), line);
    }
});

test('PDB: one model of several, line ends and the mark of the order of bytes as they were', async () => {
    const {text} = await reread(file('odd/1grm.pdb'));
    assert.equal(text.match(/^MODEL/gm).length, 1);
    assert.doesNotMatch(text, /^NUMMDL/m);
    const {text: crlf} = await reread(file('odd/derived_bom_crlf.pdb'));
    assert.ok(crlf.startsWith('\ufeff'));
    assert.doesNotMatch(crlf, /[^\r]\n/);
});

test('mmCIF: sequences follow where all chains of an entity agree, else they go', async () => {
    const {text, design, structure} = await reread(file('odd/1A8O.cif'));
    const scheme = [...text.matchAll(/^A 1 (\d+) +(\w{3}) /gm)];
    assert.equal(scheme.length, structure.length);
    for (const [, place, name] of scheme) {
        const letter = name === 'MSE' ? 'M' : LETTERS[NAMES.indexOf(name)];
        assert.equal(letter, design.sequence[place - 1], place);
    }
    assert.match(text, new RegExp(`pdbx_seq_one_letter_code_can +${design.sequence}`));
    assert.doesNotMatch(text, /_struct_ref_seq\./);
    // Two chains of one entity; one is designed.
    const two = textOf(file('odd/1A8O.cif')).replace(/^((?:ATOM|HETATM) .*) A (1 \d+ +\? .*) A( +\S+ +\d+ *)$/gm,
        (line, a, b, c) => `${line}\n${a} B ${b} B${c}`);
    const both = await engine.open(bytesOf(two));
    assert.deepEqual(both.chains.map(({name, length}) => name + length), ['A70', 'B70']);
    const one = made(both);
    one.designMask.fill(0, 70);
    one.sequence = one.sequence.slice(0, 70) + both.sequence.slice(70);
    const {text: apart} = await writeStructure(two, both, one);
    assert.doesNotMatch(apart, /_entity_poly_seq\.|_pdbx_poly_seq_scheme\./);
    assert.match(apart, /_entity_poly\.pdbx_seq_one_letter_code\s+\?\s/);
    const again = await engine.open(bytesOf(apart));
    assert.equal(again.sequence, one.sequence);
});

test('hydrogens: those of the backbone stay where the new residue has them', async () => {
    const atom = (name, residue, i) => `ATOM  ${String(i).padStart(5)}  ${name.padEnd(3)} ${residue} A   1    `
        + `${[i, 0, 0].map((x) => x.toFixed(3).padStart(8)).join('')}  1.00 50.00           ${name[0]}`;
    const textIn = (residue, names) => `${names.map((name, i) => atom(name, residue, i + 1)).join('\n')}\n`;
    const cases = [
        ['ALA', 'A', 'S', ['N', 'CA', 'C', 'O', 'CB', 'H', 'HA', 'HB1', 'OXT'], 'N CA C O H HA OXT'],
        ['ALA', 'A', 'P', ['N', 'CA', 'C', 'O', 'CB', 'H1', 'H2', 'HA'], 'N CA C O HA'],
        ['ALA', 'A', 'G', ['N', 'CA', 'C', 'O', 'CB', 'H', 'HA'], 'N CA C O H'],
        ['GLY', 'G', 'A', ['N', 'CA', 'C', 'O', 'H', 'HA2', 'HA3'], 'N CA C O H']
    ];
    for (const [residue, letter, after, names, expected] of cases) {
        const text = textIn(residue, names), structure = await engine.open(bytesOf(text));
        assert.equal(structure.sequence, letter);
        const design = {...made(structure), sequence: after, designMask: Uint8Array.of(1)};
        const written = await writeStructure(text, structure, design);
        assert.equal(atomsIn(written.text).map(({name}) => name).join(' '), expected, `${letter} to ${after}`);
    }
});

test('the other format, and BinaryCIF as mmCIF text', async () => {
    for (const name of ['structures/5L33.pdb', 'odd/1EN2.pdb', 'odd/derived_hybrid36.pdb', 'odd/pdb3mht.pdb']) {
        const bytes = file(name), {text, format} = await reread(bytes, {format: 'cif'});
        assert.equal(format, 'cif');
        assert.equal(atomsIn(text).length, atomsIn((await reread(bytes)).text).length, name);
    }
    for (const name of ['odd/1A8O.cif', 'odd/3JQH.cif', 'odd/mmcif_3o21_pymol.cif.gz']) {
        const bytes = file(name), {text, format} = await reread(bytes, {format: 'pdb'});
        assert.equal(format, 'pdb');
        assert.equal(atomsIn(text).length, atomsIn((await reread(bytes)).text).length, name);
    }
    const cif = file('odd/1A8O.cif'), {text, format} = await reread(await bcifOf(cif.toString()));
    assert.equal(format, 'cif');
    const words = (each) => atomsIn(each).map(({name, residue, key, b}) => [name, residue, key, Number(b)].join(' '));
    assert.deepEqual(words(text), words((await reread(cif)).text));
});

test('mmCIF names the elements that a PDB file leaves to the names of atoms', async () => {
    const elements = (text) => atomsIn(text).map(({line, name}) => `${line.split(/\s+/)[2]} ${name}`);
    for (const name of ['odd/1A8O.pdb', 'odd/1EN2.pdb', 'odd/pdb3mht.pdb']) {
        const whole = file(name).toString(), bare = whole.replace(/^((?:ATOM|HETATM).{70}).*$/gm, '$1');
        const [said, taken] = await Promise.all([whole, bare].map((text) => reread(bytesOf(text), {format: 'cif'})));
        assert.deepEqual(elements(taken.text), elements(said.text), name);
    }
});

test('what cannot be written is refused with its reason', async () => {
    const long = file('odd/7cma-assembly1.cif.gz');
    await assert.rejects(reread(long, {format: 'pdb'}), (error) =>
        error instanceof ConstraintError && /chain 'C-2' does not fit/.test(error.message));
    await assert.rejects(reread(long, {format: 'mol2'}), ParseError);
    const structure = await engine.open(file('structures/5L33.pdb')), design = made(structure);
    await assert.rejects(writeStructure(file('odd/1A8O.pdb'), structure, design), /is not found in the file/);
    const short = {...design, sequence: 'A'};
    await assert.rejects(writeStructure(file('structures/5L33.pdb'), structure, short), /1 letters/);
});

test('any letters: read again they are those of the design', async () => {
    const files = [];
    for (const name of ['odd/1A8O.pdb', 'odd/3JQH.cif', 'odd/1EN2.pdb']) {
        files.push({bytes: file(name), structure: await engine.open(file(name), {name})});
    }
    const choice = fc.constantFrom(...Array(20).keys(), ...Array(20).fill(-1));   // -1: no other letter
    await fc.assert(fc.asyncProperty(fc.nat(2), fc.array(choice, {minLength: 90, maxLength: 90}),
        async (at, choices) => {
            const {bytes, structure} = files[at], {name} = structure;
            const letters = [...structure.sequence].map((letter, row) => LETTERS[choices[row]] ?? letter);
            const design = {...made(structure), sequence: letters.join(''), designMask: structure.mask};
            const {text} = await writeStructure(bytes, structure, design);
            const again = await engine.open(bytesOf(text));
            assert.equal(again.sequence, design.sequence);
            again.dispose();
            assert.equal(compare(name, bytes.toString(), text).replaced,
                letters.filter((letter, row) => letter !== structure.sequence[row]).length);
        }), {numRuns: 40});
});
