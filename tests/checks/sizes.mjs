// SPDX-License-Identifier: MIT
//
// sizes.mjs - what a visitor downloads before the weights, gzipped, against budgets.
//
//   the engine (weft.wasm), the JavaScript API as a bundler minifies it, the page's own HTML, CSS and JavaScript
import {readdirSync, readFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {gzipSync} from 'node:zlib';
import {rolldown} from 'rolldown';
import {check} from './check.mjs';

const root = resolve(import.meta.dirname, '../..');
const zipped = (bytes) => gzipSync(bytes, {level: 9}).length;
const file = (...path) => readFileSync(join(root, ...path));

/** wasm/index.js and what it imports, without what it loads when it is needed: pool, converters, table of models. */
async function api() {
    const bundle = await rolldown({input: join(root, 'wasm/index.js'), platform: 'browser', external: ['fzstd']});
    const {output} = await bundle.generate({format: 'es', minify: true});
    const chunks = new Map(output.map((chunk) => [chunk.fileName, chunk]));
    const needed = new Set([output.find((chunk) => chunk.isEntry).fileName]);
    for (const name of needed) for (const imported of chunks.get(name).imports) needed.add(imported);
    return [...needed].reduce((sum, name) => sum + zipped(chunks.get(name).code), 0);
}

/** The page and what it loads at once: its scripts but the worker's, and its styles. */
function shell() {
    const later = /^(worker|torch|esm|models|structure_file|assembly|cif_reader|5L33)/;
    const assets = readdirSync(join(root, 'dist/site/assets'))
        .filter((name) => /\.(js|css)$/.test(name) && !later.test(name));
    return ['index.html', ...assets.map((name) => `assets/${name}`)]
        .reduce((sum, path) => sum + zipped(file('dist/site', path)), 0);
}

const sizes = {
    'engine, weft.wasm': [zipped(file('wasm/dist/weft.wasm')), 150_000],
    'JavaScript API': [await api(), 15_000],
    'app shell': [shell(), 60_000]
};
for (const [what, [bytes, most]] of Object.entries(sizes)) {
    const said = `${(bytes / 1000).toFixed(1)} kB gzipped, budget ${most / 1000} kB`;
    check(`${what}: ${said}`, bytes <= most ? [] : [`${bytes - most} bytes too many`]);
}
