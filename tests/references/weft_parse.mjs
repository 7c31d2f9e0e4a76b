/* SPDX-License-Identifier: MIT
 *
 * weft_parse.mjs - what Weft makes of structure files, for parse.py to compare.
 *
 *   names of files, one a line, on standard input -> engine.open -> one line of JSON for each: residues, or the error
 */
import {readFileSync} from 'node:fs';
import {basename} from 'node:path';
import {createInterface} from 'node:readline';
import {Engine, ParseError} from '../../wasm/index.js';

const engine = await Engine.load();

/** Coordinates are [row][N, CA, C, O][x, y, z] with null where an atom is missing. */
async function parsed(file) {
    try {
        const structure = await engine.open(readFileSync(file), {name: basename(file)});
        const {chains, numbers, insertions, sequence, mask, chainOf, issues} = structure;
        const xyz = Array.from(structure.backbone(), (value) => (Number.isNaN(value) ? null : value));
        structure.dispose();
        return {
            file, chains: chains.map(({name}) => name), chainOf: [...chainOf], numbers: [...numbers], insertions,
            sequence, mask: [...mask], xyz, issues: issues.map(({text}) => text)
        };
    } catch (error) {
        if (!(error instanceof ParseError)) throw error;
        return {file, error: error.message};
    }
}

for await (const file of createInterface({input: process.stdin})) {
    process.stdout.write(`${JSON.stringify(await parsed(file))}\n`);
}
await engine.dispose();
