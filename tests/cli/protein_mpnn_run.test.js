/* SPDX-License-Identifier: MIT
 *
 * protein_mpnn_run.test.js - `weft protein-mpnn-run` against what protein_mpnn_run.py wrote under PyTorch on a CPU.
 *
 * Every case of tests/data/golden/protein_mpnn_run is run by its own command, with the same seed: text byte for byte
 * but for the git hash, arrays within the tolerance of the stored ones. Then: flags, side files and their traps.
 */
import assert from 'node:assert/strict';
import {cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {before, test} from 'node:test';
import {flags, parseFlags} from '../../wasm/cli/protein_mpnn_run/flags.js';
import {entries, lookup, readLine, readMarked} from '../../wasm/cli/protein_mpnn_run/jsonl.js';
import {readPdb} from '../../wasm/cli/protein_mpnn_run/pdb.js';
import {backboneOf, structureText} from '../../wasm/cli/protein_mpnn_run/structure_text.js';
import {flattenOrder} from '../../wasm/cli/protein_mpnn_run/ties.js';
import {TorchStream} from '../../wasm/cli/torch_stream.js';
import {readNpy, readNpz} from '../../wasm/formats/npy.js';
import {Engine} from '../../wasm/index.js';
import {findModel} from '../../wasm/models.js';
import {data, refusal, skipWithout, testFolder} from './command.js';

const golden = data('golden/protein_mpnn_run');
const structures = [data('structures'), join(golden, 'structures')];
const cases = readdirSync(golden).filter((name) => existsSync(join(golden, name, 'case.json')));

const TOLERANCE = 1e-4, MEAN_TOLERANCE = 1e-5;   // of log-probabilities and scores, data/golden/README.md

const {folder, weft: command} = testFolder('mpnn');
before(async () => {
    mkdirSync(join(folder, 'structures'));
    for (const from of structures) {
        for (const name of readdirSync(from)) symlinkSync(join(from, name), join(folder, 'structures', name));
    }
});

/** Runs the command in a folder. */
const weft = (args, cwd = folder) => command(['protein-mpnn-run', ...args], {cwd});

/** The words of a stored command, quotes taken off. */
function wordsOf(command) {
    const words = command.match(/'[^']*'|\S+/g).map((word) => word.replace(/^'|'$/g, ''));
    return words.slice(words.indexOf('protein_mpnn_run.py') + 1);
}

/** Standard output as it was stored: without what is not loaded, without the time. */
function storedText(stdout) {
    const lines = stdout.split('\n').filter((line) => !/^-{40}$|NOT loaded$|not loaded, or not provided$/.test(line));
    return lines.join('\n').replace(/generated in [\d.e-]+ seconds/g, 'generated in (time) seconds');
}

const withoutHash = (text) => text.replace(/git_hash=[^,]+/g, 'git_hash=');

/** Largest and mean difference of two arrays of numbers. */
function difference(a, b) {
    let largest = 0, sum = 0;
    for (let i = 0; i < a.length; i++) {
        const d = Number.isNaN(Number(a[i])) && Number.isNaN(Number(b[i])) ? 0 : Math.abs(Number(a[i]) - Number(b[i]));
        largest = Math.max(largest, Number.isNaN(d) ? Infinity : d);
        sum += d;
    }
    return {largest, mean: sum / a.length};
}

const dtypes = {S: ['<i8', '<i4']};   // PyTorch's letters, and those that the original makes smaller for probs

/** Compares one stored array with the member of the .npz file that the run wrote; its largest difference. */
function compareArray(directory, run, file) {
    const [task, name, key] = file.replace(/\.npy$/, '').split('__');
    const stored = readNpy(readFileSync(join(directory, file)));
    const made = readNpz(readFileSync(join(run, 'out', task, `${name}.npz`))).get(key);
    assert.deepEqual(made.shape, stored.shape, file);
    assert.equal(made.dtype, key === 'S' ? dtypes.S[task === 'probs' ? 1 : 0] : '<f4', file);
    const {largest, mean} = difference(stored.data, made.data);
    if (key === 'S' || key.endsWith('mask')) {
        assert.equal(largest, 0, file);
        return 0;
    }
    assert.ok(largest <= TOLERANCE, `${file}: differs by ${largest}`);
    if (key.startsWith('log_p')) assert.ok(mean <= MEAN_TOLERANCE, `${file}: differs by ${mean} on average`);
    return largest;
}

/** Compares the texts inside .npz files, which case.json holds. */
function compareTexts(run, outputs) {
    for (const [place, value] of Object.entries(outputs)) {
        const [task, name, key] = place.split('__');
        const made = readNpz(readFileSync(join(run, 'out', task, `${name}.npz`))).get(key);
        const flat = typeof value === 'string' ? [value] : value.flat();
        assert.deepEqual(made.data, flat, place);
        assert.deepEqual(made.shape, typeof value === 'string' ? [] : [value.length, value[0].length], place);
    }
}

/** The weights of a case, if they are not in the cache. */
function absentWeights({weights_folder: family, command}) {
    const name = /--model_name (\S+)/.exec(command)?.[1] ?? 'v_48_020';
    return skipWithout(findModel(`${family}/${name}.pt`).id);
}

for (const name of cases) {
    test(`protein-mpnn-run ${name}`, async (t) => {
        const directory = join(golden, name), run = join(folder, name);
        const stored = JSON.parse(readFileSync(join(directory, 'case.json'), 'utf8'));
        const absent = absentWeights(stored);
        if (absent) return t.skip(absent);
        mkdirSync(run);
        symlinkSync(join(folder, 'structures'), join(run, 'structures'));
        if (existsSync(join(directory, 'aux'))) cpSync(join(directory, 'aux'), join(run, 'aux'), {recursive: true});
        const build = /with MKL/.test(stored.torch) ? 'mkl' : 'plain';
        const args = [...wordsOf(stored.command), '--path_to_model_weights', stored.weights_folder,
            '--torch-build', build, '--threads', '0'];
        const result = await weft(args, run);
        assert.equal(result.code, 0, result.stderr);
        const files = readdirSync(directory);
        assert.equal(storedText(result.stdout), readFileSync(join(directory, 'stdout.txt'), 'utf8'));
        const texts = files.filter((file) => file.endsWith('.fa'));
        for (const file of texts) {
            const [made, wanted] = [join(run, 'out', file.replace('__', '/')), join(directory, file)].map((path) =>
                withoutHash(readFileSync(path, 'utf8')));
            assert.equal(made, wanted, file);
        }
        const arrays = files.filter((file) => file.endsWith('.npy'));
        const largest = Math.max(0, ...arrays.map((file) => compareArray(directory, run, file)));
        compareTexts(run, stored.outputs);
        t.diagnostic(`${name}: ${texts.length} FASTA, ${arrays.length} arrays, largest difference `
            + largest.toExponential(1));
    });
}

/* ---- Flags ---- */

test('protein-mpnn-run: the 34 flags, read as argparse reads them', () => {
    assert.equal(flags.filter((flag) => !flag.own).length, 34);
    const values = parseFlags(['--pdb_path', 'a.pdb', '--num_seq=3', '--sampling', '0.1 0.2', '--pssm_threshold',
        '-1.5', '--ca', '--num_seq_per_target', '1_000']);
    assert.equal(values.pdb_path, 'a.pdb');
    assert.equal(values.num_seq_per_target, 1000, 'the last one wins');
    assert.equal(values.sampling_temp, '0.1 0.2');
    assert.equal(values.pssm_threshold, -1.5);
    assert.equal(values.ca_only, true);
    assert.equal(values.model_name, 'v_48_020');
    assert.equal(parseFlags(['--conditional_probs_only', '1']).conditional_probs_only_backbone, 0);
});

test('protein-mpnn-run: a command line that cannot be meant ends with 2', async () => {
    for (const [args, message] of [
        [['--pdb', 'x'], /ambiguous option: --pdb could match --pdb_path, --pdb_path_chains/],
        [['--pdb_path'], /argument --pdb_path: expected one argument/],
        [['--pdb_path', '--ca_only'], /argument --pdb_path: expected one argument/],
        [['--seed', '1.5'], /argument --seed: invalid int value: '1\.5'/],
        [['--backbone_noise', 'much'], /argument --backbone_noise: invalid float value: 'much'/],
        [['--ca_only=1'], /ignored explicit argument '1'/],
        [['--thread', '1'], /unrecognized arguments: --thread/],
        [['file.pdb'], /unrecognized arguments: file\.pdb/],
        [['--pdb_path', 'x.pdb'], /give --out_folder/],
        [['--out_folder', 'o'], /give --pdb_path FILE or --jsonl_path FILE/],
        [['--out_folder', 'o', '--pdb_path', 'x', '--sampling_temp', '0.1,0.2'], /--sampling_temp: '0\.1,0\.2'/],
        [['--out_folder', 'o', '--pdb_path', 'x', '--torch-build', 'cuda'], /'cuda' is none of mkl, plain/]
    ]) {
        refusal(await weft(args), 2, message);
    }
});

test('protein-mpnn-run: --help, and the two words with which the original ends', async () => {
    const help = await weft(['--help']);
    assert.equal(help.code, 0);
    for (const {name} of flags) assert.ok(help.stdout.includes(`--${name}`), name);
    const both = await weft(['--ca_only', '--use_soluble_model', '--pdb_path', 'x', '--out_folder', 'o']);
    assert.deepEqual([both.code, both.stdout],
        [0, 'Using CA-ProteinMPNN!\nWARNING: CA-SolubleMPNN is not available yet\n']);
});

/* ---- Files ---- */

test('protein-mpnn-run: JSON with NaN, and keys in their order', () => {
    assert.deepEqual(readLine('{"a": [NaN, -Infinity, 1], "NaN": "NaN"}', 'x'), {a: [null, -Infinity, 1], NaN: 'NaN'});
    const groups = readMarked('[{"B": [1], "1": [2], "A": [3]}]', 'x');
    assert.deepEqual(entries(groups[0]), [['B', [1]], ['1', [2]], ['A', [3]]]);
    assert.deepEqual(lookup(groups[0], '1'), [2]);
    assert.throws(() => readLine('{"a": nan}', 'f:3'), /f:3: this is no JSON/);
});

const atomLine = (record, name, residue, chain, number, xyz) => `${record.padEnd(6)}    1  ${name.padEnd(3)} `
    + `${residue} ${chain}${number}   ${xyz.map((value) => value.toFixed(3).padStart(8)).join('')}  1.00  0.00`;

test('protein-mpnn-run: the original parser: first atom, first name, numbers in order, gaps filled', () => {
    const text = [
        atomLine('ATOM', 'CA', 'GLY', 'B', '   7 ', [1, 2, 3]), atomLine('ATOM', 'CA', 'ALA', 'B', '   7 ', [4, 5, 6]),
        atomLine('ATOM', 'CA', 'SEP', 'B', '   4B', [7, 8, 9]), atomLine('ATOM', 'CA', 'LEU', 'B', '   4 ', [1, 1, 1]),
        atomLine('HETATM', 'CA', 'MSE', 'B', '   5 ', [2, 2, 2]),
        atomLine('HETATM', 'CA', 'HOH', 'B', '  90 ', [0, 0, 0]),
        atomLine('ATOM', 'CA', 'TRP', 'A', '  -1 ', [3, 3, 3]), atomLine('ATOM', 'CA', 'TRP', ' ', '   1 ', [3, 3, 3])
    ].join('\n');
    const {name, sequence, chains} = readPdb(text, 'some/where/1ABC.pdb', true);
    assert.equal(name, '1ABC');
    assert.equal(sequence, 'WL-M-G');
    assert.deepEqual([...chains.keys()], ['A', 'B']);
    assert.deepEqual([...chains.get('B').atoms].map(String), ['1', '1', '1', '7', '8', '9', '2', '2', '2', 'NaN', 'NaN',
        'NaN', '1', '2', '3']);
    const broken = text.replace('   1.000', '    x.00');
    assert.throws(() => readPdb(broken, 'x.pdb', true), /line 1: '    x\.00' is no coordinate/);
});

test('protein-mpnn-run: coordinates reach the engine to the last bit', async () => {
    const engine = await Engine.load();
    for (const [caOnly, width] of [[false, 12], [true, 3]]) {
        const atoms = Float32Array.from({length: 5 * width}, (_, i) => 1e3 * Math.sin(i) * Math.exp(-i / 3));
        atoms.fill(NaN, 2 * width, 3 * width).fill(NaN, 4 * width, 4 * width + 3);   // a gap; one atom
        const chains = [{start: 0, length: 4}, {start: 4, length: 0}, {start: 4, length: 1}];
        const slots = engine.parse(structureText({name: 'five', chains, atoms}, caOnly));
        assert.deepEqual(slots.chains.map(({name, length}) => [name, length]), [['A', 4], ['B', 1]]);
        assert.deepEqual([...slots[caOnly ? 'carbons' : 'mask']], [1, 1, 0, 1, 0]);
        const made = engine.derive(slots, {backbone: backboneOf(atoms, caOnly)}).backbone();
        const seen = made.filter((_, i) => !caOnly || (i % 12 >= 3 && i % 12 < 6));
        assert.deepEqual(seen, atoms);
        atoms[width] = 1e12;
        assert.throws(() => engine.derive(slots, {backbone: backboneOf(atoms, caOnly)}), /of A2: a coordinate is/);
    }
    await engine.dispose();
});

test('protein-mpnn-run: groups keep together where their first member stands', () => {
    const members = [Int32Array.of(4, 1), Int32Array.of(0, 5)];
    const steps = flattenOrder({members, weights: new Float32Array(6)}, [2, 1, 5, 3, 0, 4]);
    assert.deepEqual(steps.map((slots) => [...slots]), [[2], [4, 1], [0, 5], [3]]);
    const twice = [Int32Array.of(1, 2), Int32Array.of(3, 2)];
    assert.throws(() => flattenOrder({members: twice, weights: new Float32Array(4)}, [3, 0, 1, 2]), /in two groups/);
});

test('protein-mpnn-run: the random stream, through its module', async () => {
    const array = (name) => readNpy(readFileSync(data(`golden/rng/${name}.npy`))).data;
    const stream = await TorchStream.open(37);
    const wanted = array('generator/randn_seed37_n68');
    const made = stream.normals(68);
    assert.ok(difference(wanted, made).largest < 1e-6);
    for (const build of ['plain', 'mkl']) {
        const draws = array(`multinomial_float64_${build}/draws_B2_C21_seed37`);
        const p = array('multinomial_float64_plain/p_B2_C21');
        const again = await TorchStream.open(37);
        for (let call = 0; call < draws.length / 2; call++) {
            const q = again.exponentials(42, build);
            for (let b = 0; b < 2; b++) {
                const ratios = Array.from({length: 21}, (_, a) => p[call * 42 + b * 21 + a] / q[b * 21 + a]);
                const drawn = Number(draws[call * 2 + b]);
                assert.equal(ratios.indexOf(Math.max(...ratios)), drawn, `${build}, call ${call}`);
            }
        }
    }
});

/* ---- Runs ---- */

const skip = skipWithout();

/** A structure as parse_multiple_chains.py writes it. */
function parsed(file, name) {
    const {sequence, chains} = readPdb(readFileSync(join(folder, 'structures', file), 'utf8'), `${name}.pdb`, false);
    const parts = [...chains].flatMap(([chain, {sequence: letters, atoms}]) => [
        `"seq_chain_${chain}": "${letters}"`,
        `"coords_chain_${chain}": {${['N', 'CA', 'C', 'O'].map((atom, a) => `"${atom}_chain_${chain}": [${Array.from(
            {length: letters.length}, (_, i) => `[${[0, 1, 2].map((d) => atoms[(i * 4 + a) * 3 + d]).join(', ')}]`)
            .join(', ')}]`).join(', ')}}`
    ]);
    return `{${parts.join(', ')}, "name": "${name}", "num_of_chains": ${chains.size}, "seq": "${sequence}"}\n`;
}

test('protein-mpnn-run: parsed structures give what the file gives, one stream for all', {skip}, async () => {
    const damaged = parsed('5L33_damaged.pdb', '5L33_damaged');
    writeFileSync(join(folder, 'two.jsonl'), damaged + damaged.replace('5L33_damaged', 'again'));
    writeFileSync(join(folder, 'fixed.jsonl'), '{"again": {"A": [1]}}\n'
        + '{"5L33_damaged": {"A": []}, "again": {"A": [0, 2]}, "nobody": {"A": [1]}}\n');
    const {code, stdout, stderr, lines} = await weft(['--jsonl_path', 'two.jsonl', '--num_seq_per_target', '2',
        '--seed', '44', '--torch-build', 'plain', '--fixed_positions_jsonl', 'fixed.jsonl', '--bias_AA_jsonl',
        'none.jsonl', '--out_folder', 'jsonl/', '--threads', '2']);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^discarded \{'bad_chars': 0, 'too_long': 0, 'bad_seq_length': 0\}$/m);
    const [first, again] = ['5L33_damaged', 'again'].map((name) =>
        withoutHash(readFileSync(join(folder, 'jsonl/seqs', `${name}.fa`), 'utf8')));
    const stored = withoutHash(readFileSync(join(golden, '22_damaged/seqs__5L33_damaged.fa'), 'utf8'));
    assert.equal(first, stored);
    const native = first.split('\n')[1];
    const designs = again.split('\n').filter((line, i) => i > 1 && i % 2);
    assert.ok(designs.every((line) => line[1] === native[1] && line.at(-1) === native.at(-1)), 'positions 2 and 0');
    assert.notEqual(designs[0], stored.split('\n')[3], 'the generator went on');
    for (const told of [/only the last of the 2 lines of fixed\.jsonl counts$/, /there is no file 'none\.jsonl'/,
        /no target has the name nobody/, /position 0 of chain A counts from its end: 106/]) {
        assert.ok(lines.some((line) => told.test(line)), String(told));
    }
});

test('protein-mpnn-run: what makes the original fail is one line and 3', {skip}, async () => {
    writeFileSync(join(folder, 'far.jsonl'), '{"6MRR": {"A": [69]}}');
    writeFileSync(join(folder, 'other.jsonl'), '{"5L33": {"A": [1]}}');
    writeFileSync(join(folder, 'rows.jsonl'), '{"6MRR": {"A": [[0.5]]}}');
    writeFileSync(join(folder, 'small.fa'), '>a\nacd\n');
    const base = ['--pdb_path', 'structures/6MRR.pdb', '--out_folder', 'refused', '--quiet', '--threads', '0'];
    for (const [args, message] of [
        [['--pdb_path_chains', 'A,B'], /6MRR has no chain 'A,B'; it has A \(--pdb_path_chains takes blanks/],
        [['--fixed_positions_jsonl', 'far.jsonl'], /position 69 is not in chain A, which has 68 places/],
        [['--fixed_positions_jsonl', 'other.jsonl'], /the last line has no entry '6MRR' \(it has 5L33\)/],
        [['--bias_by_res_jsonl', 'rows.jsonl'], /the bias of chain A needs 68 rows of 21 numbers/],
        [['--score_only', '1', '--path_to_fasta', 'small.fa'], /record 1: 'a' is none of the letters/],
        [['--omit_AAs', 'ACDEFGHIKLMNPQRSTVWY'], /every letter is omitted at position 1 of chain A/]
    ]) {
        const {code, lines} = await weft([...base, ...args]);
        assert.deepEqual([code, lines.length], [3, 1], `${args.join(' ')}: ${lines.join(' | ')}`);
        assert.match(lines[0], message);
    }
    const model = await weft([...base, '--model_name', 'v_99']);
    assert.equal(model.code, 4, model.stderr);
});
