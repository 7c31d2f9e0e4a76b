// SPDX-License-Identifier: MIT
//
// sizes.mjs - what a visitor downloads before the weights, gzipped, against budgets.
//
//   the engine (weft.wasm), the JavaScript API as a bundler minifies it, the page's HTML, CSS and JavaScript at its
//   start
//   (the closure of static imports in Vite's manifest), and what is loaded when it is first needed
import {readFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {gzipSync} from 'node:zlib';
import {rolldown} from 'rolldown';
import {check} from './check.mjs';

const root = resolve(import.meta.dirname, '../..');
const zipped = (bytes) => gzipSync(bytes, {level: 9}).length;
const file = (...path) => readFileSync(join(root, ...path));

/**
 * wasm/index.js and what it imports, without what it loads when it is needed: pool, converters, table of models, scans.
 * As in an app, what is loaded later takes what it shares from the chunk of the start.
 */
async function api() {
    const bundle = await rolldown({
        input: join(root, 'wasm/index.js'), platform: 'browser', external: ['fzstd'],
        preserveEntrySignatures: 'allow-extension'
    });
    const {output} = await bundle.generate({format: 'es', minify: true});
    const chunks = new Map(output.map((chunk) => [chunk.fileName, chunk]));
    const needed = new Set([output.find((chunk) => chunk.isEntry).fileName]);
    for (const name of needed) for (const imported of chunks.get(name).imports) needed.add(imported);
    return [...needed].reduce((sum, name) => sum + zipped(chunks.get(name).code), 0);
}

/** What Vite says of the site's scripts: their files, what they import, and what they load later. */
const manifest = JSON.parse(file('dist/site/.vite/manifest.json'));

/** Keys of the scripts that a script needs before it runs, itself included. */
function closure(start) {
    const needed = new Set([start]);
    for (const key of needed) for (const imported of manifest[key].imports ?? []) needed.add(imported);
    return needed;
}

const atStart = closure(Object.keys(manifest).find((key) => manifest[key].isEntry));

/** Scripts and styles, gzipped. @param {Iterable<string>} keys */
const weight = (keys) => [...keys].flatMap((key) => [manifest[key].file, ...manifest[key].css ?? []])
    .reduce((sum, path) => sum + zipped(file('dist/site', path)), 0);

/** Of a script that is loaded later: with all that comes with it and is not there by then. */
function later(source) {
    const key = Object.keys(manifest).find((each) => each.endsWith(source));
    if (!key || !manifest[key].isDynamicEntry) return NaN;   // it is loaded with something else
    return weight([...closure(key)].filter((each) => !atStart.has(each)));
}

const sizes = {
    'engine, weft.wasm': [zipped(file('wasm/dist/weft.wasm')), 150_000],
    'JavaScript API': [await api(), 15_000],
    'app shell with scripts of the engine': [zipped(file('dist/site/index.html')) + weight(atStart), 60_000],
    '3D view': [later('src/viewer/viewer.ts'), 170_000],
    'plots': [later('src/figures/plots.ts'), 90_000],
    'reader of CIF files': [later('wasm/dist/cif_reader.js'), 45_000]
};
for (const [what, [bytes, most]] of Object.entries(sizes)) {
    const said = `${(bytes / 1000).toFixed(1)} kB gzipped, budget ${most / 1000} kB`;
    check(`${what}: ${said}`, bytes <= most ? [] : [`${bytes - most} bytes too many, or no script of its own`]);
}
