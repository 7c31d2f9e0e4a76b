// SPDX-License-Identifier: MIT
//
// offline.js - build/offline, as Vite left it -> dist/weft.html: script, styles, engine and weights in one file.
//
// The engine stands in the script as a data URL; here it is packed, which saves a seventh of what is not weights.
//
//   node web/build/offline.js WEIGHTS.eqx
//
// A policy inside the page holds it to its promise: whatever it tried to request, the browser would refuse.
import {mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {packed, zipped} from './pack.js';

const LIMIT = 10e6;
const POLICY = "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval'; worker-src blob:; "
    + "connect-src data: blob:; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'";

const root = resolve(import.meta.dirname, '../..');
const built = join(root, 'build/offline');
const assets = readdirSync(join(built, 'assets'));

/** The one built file of a kind. */
function only(ending) {
    const found = assets.filter((name) => name.endsWith(ending) && !name.includes('worker'));
    if (found.length !== 1) throw new Error(`build/offline has ${found.length} ${ending} files, not one`);
    return readFileSync(join(built, 'assets', found[0]), 'utf8');
}

const ENGINE = /(data:application\/wasm;base64,)([A-Za-z0-9+/]+=*)/;
const whole = only('.js'), engine = ENGINE.exec(whole)?.[2];
if (!engine) throw new Error('build/offline holds no engine');
const script = whole.replace(ENGINE, '$1').replace(/<\/(script)/gi, '<\\/$1').replaceAll('<!--', '\\x3c!--');
const style = only('.css').replace(/<\/(style)/gi, '<\\/$1');
const weights = packed(readFileSync(process.argv[2]));

const html = readFileSync(join(built, 'index.html'), 'utf8')
    .replace(/<script type="module"[^>]*><\/script>/, '')
    .replace(/<link rel="stylesheet"[^>]*>/, () => `<style>${style}</style>`)
    .replace('<meta charset="utf-8">', (it) => `${it}\n    <meta http-equiv="Content-Security-Policy" `
        + `content="${POLICY}">`)
    .replace('</body>', () => `<script type="application/octet-stream" id="weights">${weights}</script>\n`
        + `<script type="application/octet-stream" id="engine">${zipped(Buffer.from(engine, 'base64'))}</script>\n`
        + `<script type="module">${script}</script>\n</body>`);
if (/(?:src|href)="(?!data:)/.test(html.replace(/<(script|style)[^]*?<\/\1>/g, ''))) {
    throw new Error('the offline page still refers to another file');
}

mkdirSync(join(root, 'dist'), {recursive: true});
writeFileSync(join(root, 'dist/weft.html'), html);
const bytes = Buffer.byteLength(html);
const megabytes = (count) => `${(count / 1e6).toFixed(2)} MB`;
console.error(`dist/weft.html: ${megabytes(bytes)}, of which the weights ${megabytes(weights.length)}`);
if (bytes > LIMIT) throw new Error(`dist/weft.html is larger than ${LIMIT / 1e6} MB`);
