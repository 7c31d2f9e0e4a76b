// SPDX-License-Identifier: MIT
//
// relax.mjs - gives the fused multiply-add its final encoding in a module built by an emcc that knows its draft's.
//
//   node relax.mjs DRAFT.wasm OUT.wasm
//
// LLVM 14 writes the instruction that became f32x4.relaxed_madd as fd af 01; engines know it as fd 85 02, and nothing
// as the former. Other bytes could look the same, in a constant or in data: there must be as many places as
// wasm-dis sees instructions.
import {execFileSync} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';

const [source, out] = process.argv.slice(2);
const DRAFT = Buffer.from([0xfd, 0xaf, 0x01]), FINAL = Buffer.from([0xfd, 0x85, 0x02]);

const bytes = readFileSync(source);
let count = 0;
for (let at = bytes.indexOf(DRAFT); at >= 0; at = bytes.indexOf(DRAFT, at + DRAFT.length)) {
    FINAL.copy(bytes, at);
    count++;
}
if (count > 0) {
    const text = execFileSync('wasm-dis', ['--all-features', source], {encoding: 'utf8', maxBuffer: 2 ** 30});
    const instructions = text.match(/f32x4\.relaxed_fma\b/g)?.length ?? 0;
    if (instructions !== count) throw new Error(`${source}: ${count} places for ${instructions} instructions`);
}
writeFileSync(out, bytes);
