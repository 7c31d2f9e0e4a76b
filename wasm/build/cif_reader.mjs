// SPDX-License-Identifier: MIT
//
// cif_reader.mjs - Mol*'s readers of mmCIF and BinaryCIF as one file -> wasm/dist/cif_reader.js, its types beside it.
//
// molstar is a package of many megabytes; of it the readers alone are taken over, with its licence on top and one line
// changed.
import {readFileSync, writeFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {rolldown} from 'rolldown';

const root = resolve(import.meta.dirname, '../..');
const licence = readFileSync(join(root, 'node_modules/molstar/LICENSE'), 'utf8');
const {version} = JSON.parse(readFileSync(join(root, 'node_modules/molstar/package.json'), 'utf8'));

const ENTRY = `
export {parseCifText} from 'molstar/lib/mol-io/reader/cif/text/parser.js';
export {parseCifBinary} from 'molstar/lib/mol-io/reader/cif/binary/parser.js';
export {decodeMsgPack} from 'molstar/lib/mol-io/common/msgpack/decode.js';
`;
const TYPES = `// Written by wasm/build/cif_reader.mjs.
export interface Field { rowCount: number; str(row: number): string }
export interface Category { rowCount: number, fieldNames: readonly string[], getField(name: string): Field | undefined }
export interface Block { header: string, categories: Record<string, Category> }
export type Outcome = {isError: false, result: {blocks: readonly Block[]}}
    | {isError: true, message: string, line: number};
export function parseCifText(text: string): {run(): Promise<Outcome>};
export function parseCifBinary(bytes: Uint8Array): {run(): Promise<Outcome>};
export function decodeMsgPack(bytes: Uint8Array): unknown;
`;

/** A run is written no further than its array reaches: of a deceiving file one may be as long as 2^31 values. */
const RUN = 'const length = data[i + 1];';
const BOUNDED_RUN = 'const length = Math.min(data[i + 1], output.length - dataOffset);';
function boundRuns(code) {
    if (code.split(RUN).length !== 2) throw new Error(`molstar ${version} decodes runs in another way`);
    return code.replace(RUN, BOUNDED_RUN);
}

const entry = '\0entry';
const bundle = await rolldown({
    input: entry,
    platform: 'browser',
    plugins: [{
        name: 'entry',
        resolveId: (id, importer) => (id === entry ? id
            : importer === entry ? join(root, 'node_modules', id) : null),
        load: (id) => (id === entry ? ENTRY : null),
        transform: (code, id) => (id.endsWith('/binary-cif/decoder.js') ? boundRuns(code) : null)
    }]
});
const {output: [chunk]} = await bundle.generate({
    format: 'es',
    minify: true,
    banner: `/*! molstar ${version}, mol-io\n\n${licence.trim()}\n*/`,
    intro: 'const console = {log() {}, warn() {}, error() {}};' // the text reader prints what it does not expect
});
writeFileSync(join(root, 'wasm/dist/cif_reader.js'), chunk.code);
writeFileSync(join(root, 'wasm/dist/cif_reader.d.ts'), TYPES);
