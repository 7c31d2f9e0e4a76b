/* SPDX-License-Identifier: MIT
 *
 * folding.test.js - files for folding programs, and predictions read back: formats against fixtures of our own and
 * rules that their makers document, RMSD against geometry that is known.
 */
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {after, before, test} from 'node:test';
import {
    companionsOf, compareFold, complexOf, designsOf, FORMATS, jobFiles, jobNames, readConfidence, rmsdAfter, serverJobs,
    superpose
} from '../../wasm/folding.js';
import {parseFasta} from '../../wasm/formats/fasta.js';
import {npyBytes, writeNpz} from '../../wasm/formats/npy.js';
import {RESIDUE_NAMES} from '../../wasm/formats/residues.js';
import {ConstraintError, Engine, ParseError} from '../../wasm/index.js';

const file = (name) => readFileSync(new URL(`../data/structures/${name}`, import.meta.url));
const near = (actual, expected, tolerance = 1e-3) =>
    assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);

/** @type {Engine} */
let engine;
let monomer, trimer;
before(async () => {
    engine = await Engine.load();
    monomer = engine.parse(file('6MRR.pdb'), {name: '6MRR'});
    trimer = engine.parse(file('3HTN.pdb'), {name: '3HTN'});
});
after(() => engine.dispose());

/* ---- Predictions made of a real structure ---- */

const TURN = [[0.36, 0.48, -0.8], [-0.8, 0.6, 0], [0.48, 0.64, 0.6]];   // a rotation
const MIRROR = [[-1, 0, 0], [0, 1, 0], [0, 0, 1]];
const moved = (matrix, shift, xyz) => matrix.map((row, a) => row.reduce((sum, m, b) => sum + m * xyz[b], shift[a]));

/** Atoms of chosen chains, with other coordinates and B-factors. */
function atomsOf(structure, {chains = structure.chains.map(({name}) => name), place = (xyz) => xyz, plddt = () => 90}) {
    const xyz = structure.backbone();
    return chains.flatMap((name, c) => {
        const {start, length} = structure.chain(name);
        return Array.from({length}, (_, i) => start + i).flatMap((row, i) => ['N', 'CA', 'C', 'O'].map((atom, a) => ({
            atom, residue: RESIDUE_NAMES[structure.letters[row]], chain: 'ABCDEFGH'[c], number: i + 1,
            xyz: place(Array.from(xyz.subarray(row * 12 + a * 3, row * 12 + a * 3 + 3)), row), b: plddt(row)
        })));
    });
}

const pdb = (atoms) => `${atoms.filter(({xyz}) => !xyz.some(Number.isNaN)).map((each, i) => {
    const {atom, residue, chain, number, xyz, b} = each;
    return `ATOM  ${String(i + 1).padStart(5)}  ${atom.padEnd(3)} ${residue} ${chain}${String(number).padStart(4)}    `
        + `${xyz.map((value) => value.toFixed(3).padStart(8)).join('')}  1.00${b.toFixed(2).padStart(6)}          `
        + ` ${atom[0]}`;
}).join('\n')}\nEND\n`;

const cif = (atoms) => `data_x\nloop_\n${['group_PDB', 'id', 'type_symbol', 'label_atom_id', 'label_comp_id',
    'label_asym_id', 'label_seq_id', 'Cartn_x', 'Cartn_y', 'Cartn_z', 'occupancy', 'B_iso_or_equiv', 'auth_seq_id',
    'auth_asym_id', 'pdbx_PDB_model_num'].map((name) => `_atom_site.${name}\n`).join('')}${
    atoms.filter(({xyz}) => !xyz.some(Number.isNaN)).map(({atom, residue, chain, number, xyz, b}, i) =>
        ['ATOM', i + 1, atom[0], atom, residue, chain, number, ...xyz.map((value) => value.toFixed(3)), '1.00',
            b.toFixed(2), number, chain, 1].join(' ')).join('\n')}\n`;

const candidateOf = (structure, names) => ({
    name: 'd', chains: names.map((name) => structure.chain(name).sequence), chainNames: names, structure: structure.name
});
const native = (structure, names) => complexOf(candidateOf(structure, names), {structure});

/** RMSD by the characteristic polynomial's largest root (D. L. Theobald, Acta Cryst. A61, 478 (2005)): another way. */
function rmsdByPolynomial(points, targets) {
    const n = points.length / 3;
    const [p, q] = [points, targets].map((each) => {
        const center = [0, 1, 2].map((a) => each.reduce((sum, v, i) => sum + (i % 3 === a ? v : 0), 0) / n);
        return Array.from(each, (value, i) => value - center[i % 3]);
    });
    const inner = [...p, ...q].reduce((sum, value) => sum + value * value, 0) / 2;
    const m = Array.from({length: 9}, (_, k) => {
        let sum = 0;
        for (let i = 0; i < n; i++) sum += p[i * 3 + Math.floor(k / 3)] * q[i * 3 + k % 3];
        return sum;
    });
    const key = [
        [m[0] + m[4] + m[8], m[5] - m[7], m[6] - m[2], m[1] - m[3]],
        [m[5] - m[7], m[0] - m[4] - m[8], m[1] + m[3], m[6] + m[2]],
        [m[6] - m[2], m[1] + m[3], m[4] - m[0] - m[8], m[5] + m[7]],
        [m[1] - m[3], m[6] + m[2], m[5] + m[7], m[8] - m[0] - m[4]]
    ];
    const det = (matrix) => (matrix.length === 1 ? matrix[0][0] : matrix[0].reduce((sum, value, c) =>
        sum + (c % 2 ? -1 : 1) * value * det(matrix.slice(1).map((row) => row.filter((_, i) => i !== c))), 0));
    const at = (x) => det(key.map((row, i) => row.map((value, j) => value - (i === j ? x : 0))));
    let x = inner;   // Newton from above the largest root
    for (let step = 0; step < 200; step++) {
        const h = 1e-6 * Math.max(1, Math.abs(x));
        x -= at(x) * 2 * h / (at(x + h) - at(x - h));
    }
    return Math.sqrt(Math.max(0, 2 * (inner - x) / n));
}

/* ---- Superposition ---- */

test('superpose: a rigid motion is undone, whatever it is', () => {
    const xyz = monomer.backbone();
    const points = Float64Array.from({length: 68 * 3}, (_, i) => xyz[Math.floor(i / 3) * 12 + 3 + i % 3]);
    const other = Float64Array.from(Array.from({length: 68}, (_, i) =>
        moved(TURN, [30, -5, 12], [...points.subarray(i * 3, i * 3 + 3)])).flat());
    const motion = superpose(points, other);
    near(motion.rmsd, 0, 1e-9);
    near(rmsdAfter(motion, points.subarray(0, 30), other.subarray(0, 30)), 0, 1e-9);
    assert.equal(superpose([1, 2, 3], [4, 5, 6]).rmsd, 0);
    near(superpose([0, 0, 0, 1, 0, 0], [0, 0, 0, 0, 2, 0]).rmsd, 0.5, 1e-12);   // a line
    near(superpose([0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 2]).rmsd, 1, 1e-12);   // a point
});

test('superpose: RMSD is that of the characteristic polynomial', () => {
    let state = 12345;
    const random = () => (state = state * 16807 % 2147483647) / 2147483647 - 0.5;
    for (let trial = 0; trial < 20; trial++) {
        const count = 4 + trial, points = Array.from({length: 3 * count}, () => 20 * random());
        const targets = points.map((value) => value + trial * random());
        near(superpose(points, targets).rmsd, rmsdByPolynomial(points, targets), 1e-6);
    }
});

/* ---- Comparison ---- */

test('compare: a turned copy has RMSD 0, in PDB and mmCIF, with other numbers and names', async () => {
    const plddt = (row) => 50 + row % 40;
    const place = (xyz) => moved(TURN, [10, 20, -30], xyz);
    for (const text of [pdb, cif]) {
        const prediction = await engine.open(Buffer.from(text(atomsOf(monomer, {place, plddt}))), {name: 'p'});
        const complex = native(monomer, ['A']);
        assert.deepEqual(designsOf(prediction, [complex]), [complex]);
        const found = compareFold(prediction, {structure: monomer}, complex);
        near(found.rmsd, 0);
        near(found.rmsdDesigned, 0);
        assert.equal(found.residues, 68);
        assert.deepEqual([found.rmsdBinder, found.rmsdInterface, found.pae, found.ptm], [null, null, null, null]);
        near(found.plddt, Array.from({length: 68}, (_, row) => plddt(row)).reduce((a, b) => a + b) / 68, 1e-4);
    }
});

test('compare: an RMSD that geometry gives: a copy scaled about its centre', async () => {
    const xyz = monomer.backbone(), rows = Array.from({length: 68}, (_, row) => row);
    const center = [0, 1, 2].map((a) => rows.reduce((sum, row) => sum + xyz[row * 12 + 3 + a], 0) / 68);
    const gyration = Math.sqrt(rows.reduce((sum, row) =>
        sum + [0, 1, 2].reduce((s, a) => s + (xyz[row * 12 + 3 + a] - center[a]) ** 2, 0), 0) / 68);
    for (const scale of [1.1, 0.8, 1.5]) {
        const place = (at) => moved(TURN, [1, 2, 3], at.map((value, a) => center[a] + scale * (value - center[a])));
        const prediction = engine.parse(pdb(atomsOf(monomer, {place})));
        const found = compareFold(prediction, {structure: monomer}, native(monomer, ['A']));
        near(found.rmsd, Math.abs(scale - 1) * gyration);
    }
    const mirror = engine.parse(pdb(atomsOf(monomer, {place: (at) => moved(MIRROR, [0, 0, 0], at)})));
    const {rmsd} = compareFold(mirror, {structure: monomer}, native(monomer, ['A']));
    assert.ok(rmsd > 5, `a mirror image is no rotation: ${rmsd}`);
});

test('compare: designed residues alone, and a binder that sits elsewhere', () => {
    const complex = native(trimer, ['A']), binder = new Set(['A']);
    const shift = (at, row) => (binder.has(trimer.chains[trimer.chainOf[row]].name) ? [at[0], at[1], at[2] + 7] : at);
    const prediction = engine.parse(pdb(atomsOf(trimer, {chains: ['C', 'A', 'B'], place: shift})));
    const found = compareFold(prediction, {structure: trimer}, complex);
    near(found.rmsdDesigned, 0);
    near(found.rmsdBinder, 7);
    assert.ok(found.rmsd > 1 && found.rmsd < 7);
    assert.ok(found.rmsdInterface > 1);
    const half = trimer.select('A60-90').mask, place = (at, row) => (half[row] ? at : [at[0], at[1], at[2] + row % 5]);
    const bent = engine.parse(pdb(atomsOf(trimer, {place})));
    near(compareFold(bent, {structure: trimer, design: half}, complex).rmsdDesigned, 0);
    assert.ok(compareFold(bent, {structure: trimer}, complex).rmsdDesigned > 0.5);
});

test('compare: of equal chains those are paired that lie on each other', () => {
    const other = atomsOf(monomer, {place: ([x, y, z]) => [x + 30, y + 9, z]}).map((each) => ({...each, chain: 'B'}));
    const dimer = engine.parse(pdb([...atomsOf(monomer, {}), ...other]), {name: 'dimer'});
    const complex = native(dimer, ['A', 'B']);
    const swapped = engine.parse(pdb(atomsOf(dimer, {chains: ['B', 'A']})));
    near(compareFold(swapped, {structure: dimer}, complex).rmsd, 0);
});

test('compare: many equal chains, in another order', () => {
    const {start, length} = monomer.chains[0], sequence = monomer.sequence.slice(start, start + length), n = 8;
    const ring = (order) => engine.parse(pdb(order.flatMap((k) => {
        const angle = 2 * Math.PI * k / n, [c, s] = [Math.cos(angle), Math.sin(angle)];
        return atomsOf(monomer, {place: ([x, y, z]) => [c * (x + 60) - s * y, s * (x + 60) + c * y, z]})
            .map((atom) => ({...atom, chain: 'ABCDEFGH'[order.indexOf(k)]}));
    })));
    const reference = ring([0, 1, 2, 3, 4, 5, 6, 7]), prediction = ring([5, 2, 7, 0, 3, 6, 1, 4]);
    const complex = complexOf({name: 'ring', chains: Array(n).fill(sequence)}, {structure: reference});
    near(compareFold(prediction, {structure: reference}, complex).rmsd, 0);
});

test('jobs: equal sequences of several roles have one alignment, truth values are quoted', () => {
    const chain = (sequence, designed) => ({sequence, designed, rows: [], name: ''});
    const of = (chains) => jobFiles([{name: 'x', chains, left: 0}], 'boltz')[0].text;
    assert.doesNotMatch(of([chain('GWST', true), chain('GWST', false)]), /empty/);
    assert.match(of([chain('GWST', true), chain('GWST', false)]), /id: \[A, B\]/);
    assert.match(of([chain('YES', true)]), /sequence: "YES"/);
});

test('designsOf: all designed chains must be there, and nothing else', () => {
    const complexes = [native(trimer, ['A']), native(trimer, ['A', 'B', 'C']), native(monomer, ['A'])];
    const chains = (names) => designsOf(engine.parse(pdb(atomsOf(trimer, {chains: names}))), complexes);
    assert.deepEqual(chains(['A', 'B', 'C']), complexes.slice(0, 2));
    assert.deepEqual(chains(['A']), complexes.slice(0, 1));
    assert.deepEqual(chains(['B']), []);   // C has the sequence of A, B lacks four residues of it
    assert.deepEqual(designsOf(monomer, complexes), complexes.slice(2));
});

/* ---- Confidence ---- */

const bytes = (value) => new TextEncoder().encode(JSON.stringify(value));
const pae = [[0, 5, 20], [4, 0, 22], [18, 21, 0]];

test('confidence: what AlphaFold, ColabFold, Boltz and Chai write', () => {
    const flat = Float64Array.from(pae.flat());
    assert.deepEqual(readConfidence(bytes([{predicted_aligned_error: pae, max_predicted_aligned_error: 31.75}])).pae,
        {size: 3, values: flat});
    const old = {residue1: [1, 1, 1, 2, 2, 2, 3, 3, 3], residue2: [1, 2, 3, 1, 2, 3, 1, 2, 3], distance: pae.flat()};
    assert.deepEqual(readConfidence(bytes([old])).pae, {size: 3, values: flat});
    const fold = readConfidence(bytes({plddt: [90, 80, 70], max_pae: 22, pae, ptm: 0.81, iptm: 0.62}));
    assert.deepEqual([fold.ptm, fold.iptm, fold.ranking, fold.pae.size], [0.81, 0.62, null, 3]);
    assert.equal(readConfidence(bytes({ptm: 0.7, iptm: 0.5, ranking_score: 0.66})).ranking, 0.66);
    const boltz = readConfidence(bytes({confidence_score: 0.88, ptm: 0.9, iptm: 0.85, complex_plddt: 0.9}));
    assert.deepEqual([boltz.ranking, boltz.iptm, boltz.pae], [0.88, 0.85, null]);
    const packed = writeNpz({pae: npyBytes(Float32Array.from(flat), [1, 3, 3])});
    assert.deepEqual(readConfidence(packed).pae, {size: 3, values: flat});
    const scores = {aggregate_score: [0.25], ptm: [0.5]};
    const chai = readConfidence(writeNpz(Object.fromEntries(Object.entries(scores).map(([name, values]) =>
        [name, npyBytes(Float32Array.from(values), [1])]))));
    assert.deepEqual([chai.ranking, chai.ptm, chai.iptm], [0.25, 0.5, null]);
});

test('confidence: what is none is refused in words', () => {
    for (const [content, words] of [
        [new TextEncoder().encode('{"pae": [[1,'), /neither JSON nor an .npz/],
        [bytes({pae: [[1, 2], [3]]}), /pae is no square/],
        [bytes({pae: [[1, 'x'], [3, 4]]}), /pae is no square/], [bytes(7), /no object of confidences/],
        [writeNpz({pae: npyBytes(new Float32Array(6), [2, 3])}), /pae is no square/],
        [Uint8Array.of(0x50, 0x4b, 3, 4, 9), /./]
    ]) {
        assert.throws(() => readConfidence(content), (error) =>
            error instanceof ParseError && words.test(error.message));
    }
});

test('compare: PAE between chains is a mean over pairs of different ones', () => {
    const size = 3 * 2, short = engine.derive(trimer, {rows: 'A50-51,B50-51,C50-51'});
    const values = Float64Array.from({length: size * size}, (_, i) => {
        const [a, b] = [Math.floor(i / size), i % size];
        return Math.floor(a / 2) === Math.floor(b / 2) ? 1 : 10;
    });
    const found = compareFold(short, {structure: short}, native(short, ['A', 'B', 'C']), {
        pae: {size, values}, ptm: 0.5, iptm: 0.4, ranking: null
    });
    near(found.paeBetween, 10);
    near(found.pae, (12 * 1 + 24 * 10) / 36);
    const other = compareFold(short, {structure: short}, native(short, ['A', 'B', 'C']), {
        pae: {size: 7, values: new Float64Array(49)}, ptm: null, iptm: null, ranking: null
    });
    assert.deepEqual([other.pae, other.paeBetween], [null, null]);
});

test('companions: each program\'s names', () => {
    for (const [structure, expected, others] of [
        ['d_unrelaxed_rank_001_alphafold2_ptm_model_3_seed_000.pdb',
            ['d_scores_rank_001_alphafold2_ptm_model_3_seed_000.json'],
            ['d_scores_rank_002_alphafold2_ptm_model_3_seed_000.json', 'config.json']],
        ['d_model.cif', ['d_summary_confidences.json', 'd_confidences.json'], ['d_data.json']],
        ['model.cif', ['summary_confidences.json', 'confidences.json'], []],
        ['fold_d_model_0.cif', ['fold_d_summary_confidences_0.json', 'fold_d_full_data_0.json'],
            ['fold_d_full_data_1.json']],
        ['d_model_0.pdb', ['confidence_d_model_0.json', 'pae_d_model_0.npz'], ['plddt_d_model_0.npz']],
        ['pred.model_idx_2.cif', ['scores.model_idx_2.npz'], ['scores.model_idx_1.npz']],
        ['AF-P0-F1-model_v4.pdb.gz', ['AF-P0-F1-predicted_aligned_error_v4.json'], []],
        ['d.pdb', ['d.json', 'd_pae.json'], ['e.json']]
    ]) assert.deepEqual(companionsOf(structure, [...others, ...expected].reverse()), expected);
});

/* ---- Job files ---- */

/** A dimer of equal designed chains and a target. */
const complex = {
    name: 'binder 1/α', left: 0, candidate: {name: 'x', chains: []}, chains: [
        {name: 'A', sequence: 'MKLV', designed: true, rows: new Int32Array(4)},
        {name: 'B', sequence: 'GSTWY', designed: false, rows: new Int32Array(5)},
        {name: 'H', sequence: 'MKLV', designed: true, rows: new Int32Array(4)}
    ]
};

test('jobs: what is written, file by file', () => {
    const texts = Object.fromEntries(Object.keys(FORMATS).map((format) => [format, jobFiles([complex], format)]));
    assert.deepEqual(texts.boltz, [{name: 'binder_1.yaml', text: [
        'version: 1', 'sequences:', '  - protein:', '      id: [A, C]', '      sequence: MKLV', '      msa: empty',
        '  - protein:', '      id: B', '      sequence: GSTWY', ''].join('\n')}]);
    assert.deepEqual(texts.chai, [{name: 'binder_1.fasta',
        text: '>protein|name=A-designed\nMKLV\n>protein|name=B-target\nGSTWY\n>protein|name=C-designed\nMKLV\n'}]);
    for (const program of ['colabfold', 'esmfold']) {
        assert.deepEqual(texts[program], [{name: `${program}.fasta`, text: '>binder_1\nMKLV:GSTWY:MKLV\n'}]);
        assert.equal(parseFasta(texts[program][0].text).length, 1);
    }
    assert.deepEqual(JSON.parse(texts['alphafold-server'][0].text), [{
        name: 'binder_1', modelSeeds: [], dialect: 'alphafoldserver', version: 1, sequences: [
            {proteinChain: {sequence: 'MKLV', count: 2}}, {proteinChain: {sequence: 'GSTWY', count: 1}}]
    }]);
    const alone = {unpairedMsa: '', pairedMsa: '', templates: []};
    assert.deepEqual(JSON.parse(texts.alphafold3[0].text), {
        name: 'binder_1', modelSeeds: [1], dialect: 'alphafold3', version: 1, sequences: [
            {protein: {id: ['A', 'C'], sequence: 'MKLV', ...alone}}, {protein: {id: 'B', sequence: 'GSTWY'}}]
    });
});

test('jobs: alignments and seeds', () => {
    const [{text}] = jobFiles([complex], 'alphafold3', {alignments: 'all', seeds: [7, 8]});
    const {sequences, modelSeeds} = JSON.parse(text);
    assert.ok(sequences.every(({protein}) => !('unpairedMsa' in protein)));
    assert.deepEqual(modelSeeds, [7, 8]);
    assert.equal(jobFiles([complex], 'boltz', {alignments: 'none'})[0].text.match(/msa: empty/g).length, 2);
    assert.ok(!jobFiles([complex], 'boltz', {alignments: 'all'})[0].text.includes('msa'));
});

/** The rules of AlphaFold 3's input and of Boltz' that a job of proteins can break. */
function checkAlphaFold3(job) {
    assert.deepEqual(Object.keys(job).sort(), ['dialect', 'modelSeeds', 'name', 'sequences', 'version']);
    assert.ok(job.modelSeeds.length && job.modelSeeds.every((seed) => Number.isInteger(seed) && seed >= 0));
    const ids = job.sequences.flatMap(({protein}) => protein.id);
    assert.equal(new Set(ids).size, ids.length);
    assert.ok(ids.every((id) => /^[A-Z]+$/.test(id)));
    for (const {protein} of job.sequences) {
        assert.match(protein.sequence, /^[ACDEFGHIKLMNPQRSTVWY]+$/);
        assert.equal('unpairedMsa' in protein, 'pairedMsa' in protein);
    }
}

test('jobs: designs of a real complex keep to the rules, names are unique, the server\'s files hold 100', () => {
    const many = Array.from({length: 205}, (_, i) => ({...native(trimer, ['A', 'C']), name: `design ${i % 3}`}));
    const [a, b, c] = jobFiles(many, 'alphafold-server');
    assert.deepEqual([a, b, c].map(({name, text}) => [name, JSON.parse(text).length]),
        [['alphafold_server_1.json', 100], ['alphafold_server_2.json', 100], ['alphafold_server_3.json', 5]]);
    const local = jobFiles(many, 'alphafold3');
    assert.equal(new Set(local.map(({name}) => name.toLowerCase())).size, 205);
    local.forEach(({text}) => checkAlphaFold3(JSON.parse(text)));
    assert.deepEqual(jobNames(['a b', 'a_b', 'A/b', '..', '']), ['a_b', 'a_b-2', 'A_b-3', 'design', 'design-2']);
    assert.equal(serverJobs([]), '[]\n');
});

test('complexes: unknown residues are left out and counted; what cannot be is refused', () => {
    const gapped = complexOf({name: 'g', chains: ['MKXXLV', 'AAA']});
    assert.deepEqual(gapped.chains.map(({name, sequence}) => [name, sequence]), [['A', 'MKLV'], ['B', 'AAA']]);
    assert.equal(gapped.left, 2);
    assert.throws(() => complexOf({name: 'g', chains: ['MK']}, {structure: trimer}), (error) =>
        error instanceof ConstraintError && /nothing says which/.test(error.message));
    const wrong = {name: 'g', chains: ['MK'], chainNames: ['A']};
    assert.throws(() => complexOf(wrong, {structure: trimer}), ConstraintError);
    const [a, b, c] = trimer.chains.map(({sequence}) => sequence);   // a and c have 143 letters, b 139
    const designed = (chains, more) => complexOf({name: 'g', chains}, {structure: trimer, ...more}).chains
        .filter((chain) => chain.designed).map(({name}) => name).join('');
    assert.equal(designed([b]), 'B');
    assert.equal(designed([b, c]), 'BC');
    assert.equal(designed([c], {chains: ['C']}), 'C');
    assert.throws(() => designed([a]), /it has 1 of the 3 chains of 3HTN \(A, B, C\), and nothing says which/);
    assert.throws(() => complexOf({name: 'g', chains: ['MK'], chainNames: ['Z']}, {structure: trimer}), /no chain 'Z'/);
    assert.throws(() => jobFiles([{...complex, chains: []}], 'boltz'), /no residue has a letter/);
    assert.throws(() => jobFiles([complex], 'rosetta'), /no format; there are alphafold-server/);
});
