/* SPDX-License-Identifier: MIT
 *
 * formats.test.js - ZIP, npy and npz, FASTA, and numbers as Python prints them: round trips, agreement with files that
 * NumPy and protein_mpnn_run.py wrote and with Python itself, and refusals of damaged and hostile input.
 */
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {readFileSync, readdirSync} from 'node:fs';
import {test} from 'node:test';
import {deflateRawSync} from 'node:zlib';
import fc from 'fast-check';
import {inflate} from '../../wasm/cli/files.js';
import {ParseError} from '../../wasm/errors.js';
import {
    designHeader, formatChain, formatChains, formatFasta, ligandDesignHeader, ligandNativeHeader, nativeHeader,
    parseFasta, sortChains
} from '../../wasm/formats/fasta.js';
import {npyBytes, readNpy, readNpz, writeNpz} from '../../wasm/formats/npy.js';
import {fixed4, pythonFloat, pythonList, pythonString} from '../../wasm/formats/python.js';
import {crc32, readZip, readZipEntry, writeZip} from '../../wasm/formats/zip.js';

const golden = new URL('../data/golden/', import.meta.url);
const utf8 = (text) => new TextEncoder().encode(text);

/** Runs a Python program on text; its output, line by line. */
function python(program, input) {
    const {status, stdout, stderr} = spawnSync('python3', ['-c', program], {input, maxBuffer: 1 << 26});
    assert.equal(status, 0, String(stderr));
    return stdout;
}
const noPython = spawnSync('python3', ['--version']).status !== 0 && 'python3 was not found';

/* ---- ZIP ---- */

test('zip: what is written is read again', () => {
    const files = fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z0-9_.é-]{1,12}$/), fc.uint8Array({maxLength: 300})),
        {selector: ([name]) => name, maxLength: 8});
    fc.assert(fc.property(files, (list) => {
        const bytes = writeZip(list);
        const entries = readZip(bytes);
        const plain = list.filter(([name]) => name !== '..');
        assert.deepEqual([...entries.keys()], plain.map(([name]) => name));
        for (const [name, data] of plain) assert.deepEqual(readZipEntry(bytes, entries.get(name)), data);
    }));
});

test('zip: CRC-32 is the usual one', () => {
    assert.equal(crc32(utf8('123456789')), 0xcbf43926);
});

test('zip: names that climb out of a folder are not listed', () => {
    const names = ['../x', 'a/../../x', '/etc/x', 'C:/x', 'a\\x', 'folder/', 'good/..x'];
    assert.deepEqual([...readZip(writeZip(names.map((name) => [name, utf8('x')]))).keys()], ['good/..x']);
});

/** An archive of one deflated entry that claims the given size. */
function deflated(data, claimed) {
    const packed = deflateRawSync(data);
    const bytes = writeZip([['a', new Uint8Array(packed)]]);
    const view = new DataView(bytes.buffer);
    const central = bytes.length - 22 - 47;
    view.setUint16(central + 10, 8, true);
    view.setUint32(central + 16, crc32(data), true);
    view.setUint32(central + 24, claimed, true);
    return bytes;
}

test('zip: a compressed entry is inflated up to the size it claims, never beyond', () => {
    const data = new Uint8Array(1 << 20);
    const good = deflated(data, data.length);
    assert.deepEqual(readZipEntry(good, readZip(good).get('a'), inflate), data);
    assert.throws(() => readZipEntry(good, readZip(good).get('a')), /compressed \(method 8\)/);
    let largest = 0;
    const watched = (packed, size) => {
        const out = inflate(packed, size);
        largest = Math.max(largest, out.length);
        return out;
    };
    const bomb = deflated(data, 1000);
    assert.throws(() => readZipEntry(bomb, readZip(bomb).get('a'), watched), /damaged or larger than it says/);
    assert.equal(largest, 0, 'nothing was handed out');
    const liar = deflated(data, 0x7fffffff);
    assert.throws(() => readZipEntry(liar, readZip(liar).get('a'), watched), /damaged/);
    assert.ok(largest <= data.length);
});

test('zip: damage is an error of one line', () => {
    const good = writeZip([['one', utf8('first entry')], ['two', utf8('second entry')]]);
    for (let length = 0; length < good.length; length++) assert.throws(() => readZip(good.subarray(0, length)), /zip/);
    const twice = writeZip([['a', utf8('x')], ['a', utf8('y')]]);
    assert.throws(() => readZip(twice), /'a' occurs twice/);
    fc.assert(fc.property(fc.nat(good.length - 1), fc.integer({min: 1, max: 255}), (at, mask) => {
        const bytes = good.slice();
        bytes[at] ^= mask;
        try {
            for (const entry of readZip(bytes).values()) {
                const text = new TextDecoder().decode(readZipEntry(bytes, entry));
                assert.match(text, /^(first|second) entry$/);
            }
        } catch (error) {
            assert.doesNotMatch(error.message, /\n/);
            assert.equal(error.constructor, Error, error.message);
        }
    }), {numRuns: 1000});
});

/* ---- npy and npz ---- */

const shapes = fc.array(fc.integer({min: 0, max: 4}), {maxLength: 3});
const numeric = [
    ['<f4', fc.float(), Float32Array], ['<f8', fc.double(), Float64Array], ['<i4', fc.integer(), Int32Array],
    ['<i8', fc.bigInt({min: -(2n ** 63n), max: 2n ** 63n - 1n}), BigInt64Array], ['|u1', fc.nat(255), Uint8Array],
    ['|b1', fc.nat(1), Uint8Array]
];
const count = (shape) => shape.reduce((a, b) => a * b, 1);

test('npy: every type and shape is read as it was written', () => {
    for (const [dtype, value, Type] of numeric) {
        const arrays = shapes.chain((shape) => fc.array(value, {minLength: count(shape), maxLength: count(shape)})
            .map((values) => ({shape, data: Type.from(values)})));
        fc.assert(fc.property(arrays, ({shape, data}) => {
            const bytes = npyBytes(data, shape, dtype === '|b1' ? dtype : undefined);
            assert.equal((bytes.length - data.byteLength) % 64, 0, 'data start at a multiple of 64');
            assert.deepEqual(readNpy(bytes), {dtype, shape, data, end: bytes.length});
            assert.deepEqual(readNpy(Buffer.concat([Buffer.alloc(3), bytes, Buffer.alloc(2)]), 3).data, data);
        }), {numRuns: 60});
    }
});

test('npy: strings keep every character', () => {
    const text = fc.string({unit: 'binary', maxLength: 5}).map((s) => s.replace(/\0+$/, ''));
    fc.assert(fc.property(fc.array(text), (data) => {
        const {dtype, shape, data: back} = readNpy(npyBytes(data));
        assert.match(dtype, /^<U\d+$/);
        assert.deepEqual({shape, back}, {shape: [data.length], back: data});
    }));
});

test('npy: the bytes are those of NumPy', () => {
    const files = readdirSync(new URL('protein_mpnn_run/', golden)).filter((name) => name.endsWith('.npy'));
    assert.ok(files.length >= 3);
    for (const name of files) {
        const bytes = new Uint8Array(readFileSync(new URL(`protein_mpnn_run/${name}`, golden)));
        const {shape, data} = readNpy(bytes);
        assert.deepEqual(npyBytes(data, shape), bytes, name);
    }
});

/** An .npy file with a header of the test's own. */
function npyWith(text, data = [], version = 1) {
    const length = version === 1 ? [text.length & 255, text.length >> 8] : [text.length & 255, text.length >> 8, 0, 0];
    return Uint8Array.from([0x93, ...utf8('NUMPY'), version, 0, ...length, ...utf8(text), ...data]);
}

test('npy: Fortran order, later versions and loose headers are read', () => {
    const int32 = new Uint8Array(Int32Array.of(1, 2, 3, 4, 5, 6).buffer);
    const loose = `{"shape" : (2L, 3), 'fortran_order':True,'descr':"<i4"}\n`;
    for (const version of [1, 2, 3]) {
        assert.deepEqual([...readNpy(npyWith(loose, int32, version)).data], [1, 3, 5, 2, 4, 6]);
    }
});

test('npy: what is not an array of numbers or text is refused', () => {
    const header = (descr, shape) => `{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }\n`;
    assert.throws(() => readNpy(npyWith(header("'|O'", '(1,)'), [0])), /type '\|O'/);
    assert.throws(() => readNpy(npyWith(header("'>f4'", '(1,)'), [0, 0, 0, 0])), /type '>f4'/);
    assert.throws(() => readNpy(npyWith(header("[('a', '<f4')]", '(1,)'))), /structured/);
    assert.throws(() => readNpy(npyWith(header("'<f4'", '(1000000000000,)'))), /cut short/);
    assert.throws(() => readNpy(npyWith(header("'<f4'", `(${'9'.repeat(400)},)`))), /shape/);
    assert.throws(() => readNpy(npyWith(header("'<U0'", '(1000000000,)'))), /cut short/);
    assert.throws(() => readNpy(npyWith(header("'__proto__'", '(1,)'))), /__proto__/);
    assert.throws(() => readNpy(npyWith('nonsense\n')), /header/);
    assert.throws(() => readNpy(utf8('PK\x03\x04 and more bytes')), /no NumPy array/);
    assert.throws(() => npyBytes(new Float32Array(3), [2, 2]), /3 values do not fill the shape \(2, 2\)/);
    const good = npyBytes(new Float32Array(3));
    for (let length = 0; length < good.length; length++) {
        assert.throws(() => readNpy(good.subarray(0, length)), /^Error: npy/);
    }
});

const npzArrays = () => ({
    log_probs: npyBytes(Float32Array.of(-1.5, 0, 2.25, -3, 4, -5), [2, 3]), S: npyBytes(Int32Array.of(3, -1)),
    mask: npyBytes(Uint8Array.of(1, 0), [2], '|b1'), chain: npyBytes(['A', 'BB']),
    scalar: npyBytes(Float64Array.of(0.1), [])
});

test('npz: every array comes back, and the bytes do not depend on the day', () => {
    const bytes = writeNpz(npzArrays());
    assert.deepEqual(bytes, writeNpz(npzArrays()));
    const arrays = readNpz(bytes);
    assert.deepEqual([...arrays.keys()], ['log_probs', 'S', 'mask', 'chain', 'scalar']);
    assert.deepEqual(arrays.get('log_probs').shape, [2, 3]);
    assert.deepEqual(arrays.get('chain').data, ['A', 'BB']);
});

test('npz: Python finds a sound archive of arrays', {skip: noPython}, () => {
    const program = `
import ast, io, struct, sys, zipfile
with zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read())) as z:
    assert z.testzip() is None
    for info in z.infolist():
        b = z.read(info)
        assert b[:8] == b"\\x93NUMPY\\x01\\x00" and info.date_time[0] == 1980
        n, = struct.unpack("<H", b[8:10])
        head = ast.literal_eval(b[10:10 + n].decode("latin1"))
        assert (10 + n) % 64 == 0 and b[9 + n:10 + n] == b"\\n"
        print(info.filename, head["descr"], head["fortran_order"], head["shape"], len(b) - 10 - n)
`;
    assert.equal(String(python(program, writeNpz(npzArrays()))),
        'log_probs.npy <f4 False (2, 3) 24\nS.npy <i4 False (2,) 8\nmask.npy |b1 False (2,) 2\n'
        + 'chain.npy <U2 False (2,) 16\nscalar.npy <f8 False () 8\n');
});

/* ---- Python's numbers ---- */

test('floats are printed as Python prints them', {skip: noPython}, () => {
    const values = [0, -0, 1, 0.1, 1e-4, 9.99e-5, 1e-5, 1e-7, 123456, 1e15, 1e16, 1.5e16, 1e22, 5e-324, -2.5e-9, 1 / 3,
        NaN, Infinity, -Infinity, ...fc.sample(fc.double(), {numRuns: 3000, seed: 1}),
        ...fc.sample(fc.float(), {numRuns: 1000, seed: 2})];
    const data = new Uint8Array(Float64Array.from(values).buffer);
    const program = `
import struct, sys
b = sys.stdin.buffer.read()
for (x,) in struct.iter_unpack("<d", b): print(repr(x))
`;
    assert.deepEqual(values.map(pythonFloat), String(python(program, data)).trim().split('\n'));
});

test('scores are rounded to four decimals as Python does, halves to even', {skip: noPython}, () => {
    const ties = Array.from({length: 4000}, (_, i) => (2 * i + 1) / 32);
    const scores = fc.sample(fc.float({min: -20, max: 20}), {numRuns: 4000, seed: 3});
    const special = [0, -0, 1, 0.00004, -0.00004, 0.03125, 0.09375, NaN, Infinity, -Infinity, 12345.678];
    const values = [...special, ...ties, ...scores].map(Math.fround);
    const program = `
import struct, sys
for (x,) in struct.iter_unpack("<f", sys.stdin.buffer.read()): print("%.4f" % x)
`;
    const printed = String(python(program, new Uint8Array(Float32Array.from(values).buffer))).trim().split('\n');
    assert.deepEqual(values.map(fixed4), printed);
    assert.equal(fixed4(1 / 32), '0.0312');
});

test('strings and lists are printed as Python prints them', () => {
    assert.equal(pythonList(['A', 'B']), "['A', 'B']");
    assert.equal(pythonList([]), '[]');
    assert.equal(pythonString("it's"), '"it\'s"');
    assert.equal(pythonString('\'"\\'), `'\\'"\\\\'`);
});

/* ---- FASTA ---- */

const list = (text) => [...text.matchAll(/'([^']*)'/g)].map(([, name]) => name);

/** Reads the values of a ProteinMPNN header and writes it anew. */
function rewritten(header) {
    const native = new RegExp('^(.*), score=(.*), global_score=(.*), fixed_chains=(\\[.*\\]), '
        + 'designed_chains=(\\[.*\\]), (CA_)?model_name=(.*), git_hash=(.*), seed=(\\d+)$').exec(header);
    if (native) {
        const [, name, score, globalScore, fixed, designed, ca, modelName, gitHash, seed] = native;
        return nativeHeader({
            name, score: Number(score), globalScore: Number(globalScore), fixedChains: list(fixed).reverse(),
            designedChains: list(designed).reverse(), model: modelName, caOnly: Boolean(ca), gitHash, seed: Number(seed)
        });
    }
    const [, temperature, sample, score, globalScore, recovery] =
        /^T=(.*), sample=(\d+), score=(.*), global_score=(.*), seq_recovery=(.*)$/.exec(header).map(Number);
    return designHeader({temperature, sample, score, globalScore, recovery});
}

test('FASTA: the files of protein_mpnn_run.py are written again byte for byte', () => {
    const files = readdirSync(new URL('protein_mpnn_run/', golden)).filter((name) => name.endsWith('.fa'));
    assert.ok(files.length >= 3);
    for (const name of files) {
        const text = readFileSync(new URL(`protein_mpnn_run/${name}`, golden), 'utf8');
        const records = parseFasta(text).map(({header, sequence}) => ({header: rewritten(header), sequence}));
        assert.equal(formatFasta(records), text, name);
    }
});

test('FASTA: the files of LigandMPNN are written again byte for byte', () => {
    const text = readFileSync(new URL('ligandmpnn_run/02_ligand_mpnn.fa', golden), 'utf8');
    const records = parseFasta(text).map(({header, sequence}) => {
        const field = (key) => new RegExp(`, ${key}=([^,]*)`).exec(header)?.[1];
        const common = {name: header.split(',')[0], temperature: Number(field('T')), seed: Number(field('seed'))};
        const native = field('id') === undefined;
        return {sequence, header: native ? ligandNativeHeader({
            ...common, residues: Number(field('num_res')), ligandResidues: Number(field('num_ligand_res')),
            useLigandContext: field('use_ligand_context') === 'True',
            ligandCutoff: Number(field('ligand_cutoff_distance')), batchSize: Number(field('batch_size')),
            batches: Number(field('number_of_batches')), modelPath: field('model_path')
        }) : ligandDesignHeader({
            ...common, id: Number(field('id')), overallConfidence: Number(field('overall_confidence')),
            ligandConfidence: Number(field('ligand_confidence')), recovery: Number(field('seq_rec'))
        })};
    });
    assert.equal(formatFasta(records, 'ligandmpnn'), text);
});

test('FASTA: records survive any line width, line end and blank line', () => {
    const record = fc.record({
        header: fc.stringMatching(/^[A-Za-z0-9_=.,' ]{0,30}$/).map((s) => s.trim()),
        sequence: fc.stringMatching(/^[A-Z][A-Z/:*.-]{0,40}$/)
    }, {noNullPrototype: true});
    const layout = fc.record({
        width: fc.integer({min: 1, max: 60}), end: fc.constantFrom('\n', '\r\n', '\r'), blank: fc.boolean(),
        lower: fc.boolean(), mark: fc.constantFrom('', '\ufeff')
    });
    const files = fc.array(record, {minLength: 1, maxLength: 5});
    fc.assert(fc.property(files, layout, (records, {width, end, blank, lower, mark}) => {
        const lines = records.flatMap(({header, sequence}) => {
            const written = lower ? sequence.toLowerCase() : sequence;
            const parts = written.match(new RegExp(`.{1,${width}}`, 'g'));
            return [`>${header}`, ...parts, ...(blank ? ['', ' ; a remark'] : [])];
        });
        const back = parseFasta(mark + lines.join(end));
        assert.deepEqual(back.map(({header, sequence}) => ({header, sequence})), records);
    }));
});

test('FASTA: errors name the line', () => {
    const refused = (text, message, line) => assert.throws(() => parseFasta(text), (error) => {
        assert.ok(error instanceof ParseError);
        assert.match(error.message, message);
        assert.equal(error.line, line);
        return true;
    });
    refused('', /no record/, 1);
    refused('\nACDE\n>a\nACDE\n', /line 2: a sequence before/, 2);
    refused('>a\nAC\n\nA1C\n', /line 4: '1' is no letter/, 4);
    refused('>a\nAC\u{1f600}\n', /line 2: '\u{1f600}'/u, 2);
    refused('>a\n>b\nAC\n', /line 1: '>a' has no sequence/, 1);
    refused('>a\nAC\n>b\n\n', /line 3: '>b' has no sequence/, 3);
});

test('FASTA: numbering gaps and chain order', () => {
    assert.equal(formatChain('MKVL', [1, 2, 5, 6]), 'MKXXVL');
    assert.equal(formatChain('MKVL', [1, 2, 5, 6], 'dash'), 'MK--VL');
    assert.equal(formatChain('MKVL', [1, 2, 5, 6], 'drop'), 'MKVL');
    assert.equal(formatChain('MKVL', [7, 7, 3, 4]), 'MKVL', 'insertions and steps back are no gaps');
    assert.equal(formatChain('', []), '');
    assert.equal(formatChains([{name: 'B', text: 'MK'}, {name: 'A', text: 'VL'}]), 'VL/MK');
    assert.equal(formatChains([{name: 'B', text: 'MK'}, {name: 'A', text: 'VL'}], ':'), 'VL:MK');
    assert.deepEqual(sortChains(['a', 'B', 'AA', 'A', '1']), ['1', 'A', 'AA', 'B', 'a']);
});
