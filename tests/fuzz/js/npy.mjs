// SPDX-License-Identifier: MIT
//
// npy.mjs - NumPy's arrays and archives of them, read and written again. The first byte says which of the two it is.
import assert from 'node:assert/strict';
import {inflate} from '../../../wasm/cli/files.js';
import {npyBytes, readNpy, readNpz, writeNpz} from '../../../wasm/formats/npy.js';
import {readZip, readZipEntry, writeZip} from '../../../wasm/formats/zip.js';
import {refusedOr} from './rules.mjs';

/** These modules speak plain words, to which their callers add the name of the file. */
const inWords = (error) => error.constructor === Error && /^npy: |zip/.test(error.message);

const samples = () => [
    npyBytes(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]), npyBytes(BigInt64Array.of(1n, -1n)), npyBytes(['A', 'βc'],
        [2]),
    npyBytes(Uint8Array.of(0, 1), [2], '|b1'), npyBytes(Float64Array.of(0.5), [])
];

function checkArray({dtype, shape, data}) {
    assert.equal(shape.reduce((product, size) => product * size, 1), data.length);
    const again = readNpy(npyBytes(data, shape, dtype === '|b1' ? dtype : undefined));
    assert.deepEqual(again.shape, shape);
    assert.deepEqual(again.data, data);
}

/** Stored again, every entry is as it was, and the arrays are. */
function checkArchive(bytes) {
    const files = [...readZip(bytes)].map(([name, entry]) => [name, Buffer.from(readZipEntry(bytes, entry, inflate))]);
    for (const [name] of files) assert.ok(!/^[/\\]|(^|\/)\.\.(\/|$)/.test(name), name);
    const written = writeZip(files), read = readZip(written);
    assert.equal(read.size, files.length);
    for (const [name, data] of files) assert.ok(Buffer.from(readZipEntry(written, read.get(name))).equals(data), name);
}

export default {
    covers: ['wasm/formats/npy.js', 'wasm/formats/zip.js'],
    words: ['PK\x03\x04', 'PK\x01\x02', 'PK\x05\x06', '\x93NUMPY\x01\x00', '\x93NUMPY\x03\x00', "'descr'",
        "'fortran_order': True",
        "'shape': (", '(2, 3)', '(0, 99999999999999)', "'<f4'", "'<U9'", "'|b1'", "'<i8'", '(,)', '../', 'a.npy'],
    seeds: () => [
        ...samples().map((each) => Buffer.concat([Buffer.of(0), each])),
        Buffer.concat([Buffer.of(1), writeNpz({a: samples()[0], b: samples()[2]})]), Buffer.concat([Buffer.of(1),
            writeZip([])])
    ],
    async run(bytes) {
        const file = bytes.subarray(1);
        if (bytes[0] & 1) {
            await refusedOr(() => checkArchive(file), inWords);
            for (const array of (await refusedOr(() => readNpz(file, inflate),
                inWords))?.values() ?? []) checkArray(array);
        } else {
            const array = await refusedOr(() => readNpy(file), inWords);
            if (array) checkArray(array);
        }
    }
};
