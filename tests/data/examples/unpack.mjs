// SPDX-License-Identifier: MIT
//
// unpack.mjs - the backbones of denovo200.bbc.gz as PDB files L100_0.pdb to L100_99.pdb and L200_0.pdb to L200_99.pdb.
//
//   node tests/data/examples/unpack.mjs FOLDER
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {gunzipSync} from 'node:zlib';
import {readBbc} from '../../../wasm/formats/bbc.js';

const [folder] = process.argv.slice(2);
if (!folder) throw new Error('name a folder: node unpack.mjs FOLDER');
const set = readBbc(gunzipSync(readFileSync(new URL('denovo200.bbc.gz', import.meta.url))));
const seen = new Map();
mkdirSync(folder, {recursive: true});
set.entries.forEach(([{length}], i) => {
    const number = seen.get(length) ?? 0;
    seen.set(length, number + 1);
    writeFileSync(join(folder, `L${length}_${number}.pdb`), set.pdb(i));
});
