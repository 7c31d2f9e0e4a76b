// SPDX-License-Identifier: MIT
//
// cif.mjs - structure files of every kind through the engine: mmCIF, BinaryCIF, PDB. The first byte says how the rest
// is packed before it is opened: not at all, with gzip, with gzip in a stream that is cut, with zstd.
import assert from 'node:assert/strict';
import {gzipSync} from 'node:zlib';
import {bcifOf, zstdOf} from '../../web/cif_text.js';
import {dataFile, heads, refusedOr, smallEngine} from './rules.mjs';

const PACKINGS = [
    (bytes) => bytes, (bytes) => gzipSync(bytes, {level: 1}), (bytes) => gzipSync(bytes, {level: 1}).subarray(0, -9),
        zstdOf
];

/** Text that ends with a line. */
const lines = (bytes) => bytes.subarray(0, bytes.lastIndexOf(10) + 1);

function check({length, sequence, letters, mask, chains, issues, numbers}, backbone) {
    assert.ok(length > 0 && letters.length === length && mask.length === length && numbers.length === length);
    assert.match(sequence.replace(/[/]/g, ''), /^[ACDEFGHIKLMNPQRSTVWYX]+$/);
    assert.equal(chains.reduce((sum, each) => sum + each.length, 0), length);
    assert.ok(issues.every(({text}) => text.length > 3 && !/[\n\r]|undefined/.test(text)));
    mask.forEach((one, row) => {
        if (one) assert.ok(backbone.subarray(row * 12, row * 12 + 12).every(Number.isFinite));
    });
}

export default {
    covers: ['wasm/cif.js', 'wasm/bcif.js', 'wasm/structure_file.js', 'wasm/formats/atoms.js',
        'wasm/formats/msgpack.js', 'wasm/dist/cif_reader.js'],
    words: ['data_', 'loop_\n', '_atom_site.', '_atom_site.Cartn_x', '_atom_site.auth_seq_id',
        '_atom_site.pdbx_PDB_model_num',
        '_atom_site.type_symbol', '_atom_site.pdbx_PDB_ins_code', ' . ', ' ? ', "'", '"', '\n;', '#', 'save_',
        'stop_', 'global_', '\r\n',
        'ATOM', 'HETATM', 'MSE', '\xdd\xff\xff\xff\xff', '\xdf\x7f\xff\xff\xff', '\x82', '\xa4kind', '\xaaByteArray',
        '\xa9RunLength', '\xa5Delta', '\xadIntegerPacking', '\xabStringArray', '\xaaFixedPoint',
        '\xc6\x00\xff\xff\xff', '\x1f\x8b\x08',
        '\x28\xb5\x2f\xfd', '\xef\xbb\xbf'],
    async seeds() {
        const texts = heads('odd', /\.cif$/, 24000).map(lines), packed = heads('odd', /\.gz$/, 40000);
        const table = lines(dataFile('odd/1A8O.cif').subarray(0, 120000)).toString();
        const atoms = table.slice(table.indexOf('loop_\n_atom_site.')).split('\n').slice(0, 80).join('\n');
        const pdb = dataFile('odd/1A8O.pdb').subarray(0, 4000);
        return [...texts, `data_made\n${atoms}\n`, await bcifOf(`data_made\n${atoms}\n`), pdb,
            ...packed].flatMap((each, i) =>
            [0, ...(i % 3 ? [] : [1, 3])].map((kind) => Buffer.concat([Buffer.of(kind), Buffer.from(each)])));
    },
    async run(bytes) {
        const engine = await smallEngine();
        const packed = PACKINGS[(bytes[0] ?? 0) % PACKINGS.length](bytes.subarray(1));
        const structure = await refusedOr(() => engine.open(packed));
        if (!structure) return;
        try {
            check(structure, structure.backbone());
        } finally {
            structure.dispose();
        }
    }
};
