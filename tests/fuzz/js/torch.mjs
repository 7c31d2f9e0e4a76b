// SPDX-License-Identifier: MIT
//
// torch.mjs - PyTorch's checkpoints. The first byte says whether the rest is the archive, or the pickle of one.
import assert from 'node:assert/strict';
import {readTorch, torchToEqx} from '../../../wasm/formats/torch.js';
import {readZip, readZipEntry, writeZip} from '../../../wasm/formats/zip.js';
import {checkpoint, op} from '../../web/torch_file.js';
import {refusedOr} from './rules.mjs';

const STORAGE = Uint8Array.from({length: 64}, (_, i) => i);
const archiveOf = (pickle) => writeZip([['m/data.pkl', pickle], ['m/byteorder', new TextEncoder().encode('little')],
    ['m/data/0', STORAGE], ['m/data/1', STORAGE.subarray(0, 32)]]);

/** The values of all tensors take no more room than a few times the file. */
function check(file, size) {
    let values = 0;
    for (const {shape, data} of file.tensors.values()) {
        assert.equal(shape.reduce((product, each) => product * each, 1), data.length);
        values += data.length;
    }
    assert.ok(values <= size, `${values} values out of ${size} bytes`);
}

export default {
    covers: ['wasm/formats/torch.js', 'wasm/formats/pickle.js', 'wasm/formats/zip.js'],
    words: ['PK\x03\x04', 'PK\x01\x02', 'PK\x05\x06', 'm/data.pkl', 'm/data/0', 'ctorch._utils\n_rebuild_tensor_v2\n',
        'ctorch\nFloatStorage\n', 'ccollections\nOrderedDict\n', 'X\x07\x00\x00\x00storage', 'state_dict', '(', ')R',
        '\x85',
        '\x86', '\x87', 'q\x00', 'h\x00', 't', 'Q', '}', ']', 'u', 's', 'e',
        '\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f', '\x80\x02',
        '\x95\x00\x00\x00\x00\x00\x00\x00\x00', '\x94', '\x93', 'b', '.', '../', 'K\x00', 'M\xff\xff',
        'J\xff\xff\xff\x7f'],
    seeds() {
        const tensor = {shape: [2, 3], data: new Float32Array(6)};
        const whole = checkpoint({'W_e.weight': tensor, 'W_e.bias': tensor}, [['num_edges', op.int(48)], ['noise',
            op.float(0.2)]]);
        const pickles = [...readZip(whole)].filter(([name]) => name.endsWith('data.pkl'))
            .map(([, entry]) => readZipEntry(whole, entry));
        return [...pickles.map((pickle) => Buffer.concat([Buffer.of(1), pickle])), Buffer.concat([Buffer.of(0),
            whole])];
    },
    async run(bytes) {
        const archive = bytes[0] & 1 ? archiveOf(bytes.subarray(1)) : bytes.subarray(1);
        const file = await refusedOr(() => readTorch(archive));
        if (!file) return;
        check(file, archive.length);
        const eqx = await refusedOr(() => torchToEqx(archive));
        assert.ok(eqx.length > 0 && eqx[0] === 0x7b);
    }
};
