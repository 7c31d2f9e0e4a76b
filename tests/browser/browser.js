/* SPDX-License-Identifier: MIT
 *
 * browser.js - what the browser tests stand on: Debian's Chromium, driven by playwright-core, and a small web server.
 *
 *   launch() -> Browser        serve({'/wasm/': folder, ...}) -> {origin, requests, close}
 *
 * Nothing is downloaded: the browser is the machine's own, found as chromium or through $WEFT_CHROMIUM.
 */
import {existsSync, readFileSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import {extname, join, normalize} from 'node:path';
import {fileURLToPath} from 'node:url';
import {chromium} from 'playwright-core';
import {cacheFolder} from '../../wasm/cli/files.js';

/** Path of a file or folder of the checkout. */
export const inCheckout = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Where downloads are kept. */
export const cache = cacheFolder();

/** The browser that this machine has, or undefined. */
export const executable = [process.env.WEFT_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser']
    .find((path) => path && existsSync(path));

/** Why there is none, or false. */
export const noBrowser = executable ? false : 'no chromium on this machine';

/** The text of a structure in tests/data/structures. */
export const structureText = (name) => readFileSync(inCheckout(`tests/data/structures/${name}.pdb`), 'utf8');
/** The text of a structure in tests/data/examples. */
export const example = (name) => readFileSync(inCheckout(`tests/data/examples/${name}.pdb`), 'utf8');
/** The bytes of a file in tests/data. */
export const dataFile = (path) => readFileSync(inCheckout(`tests/data/${path}`));

/** The text of bytes, which must be UTF-8; a mark at the start stays. */
export const textOf = (bytes) => new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes);

/** @param {string[]} [more]   further switches */
export const launch = (more = []) =>
    chromium.launch({executablePath: executable, args: ['--no-sandbox', '--disable-quic', ...more]});

const TYPES = {
    '.css': 'text/css', '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.json': 'application/json',
    '.svg': 'image/svg+xml', '.wasm': 'application/wasm'
};
/** Of one test, in ms; generous: the machine may be busy. */
export const TIMEOUT = 180_000;

const BEATS = 20;   // pieces a second of a throttled answer

/**
 * Serves folders; a URL that ends in ?rate=N gets N bytes a second.
 * @param {Record<string, string>} folders   by the start of the URL's path, longest first
 * @param {Record<string, string>} [headers]   of every answer
 */
export async function serve(folders, headers = {}) {
    /** Every path that was asked for. @type {string[]} */
    const requests = [];
    const server = createServer(async (request, response) => {
        const url = new URL(request.url, 'http://localhost');
        requests.push(url.pathname);
        const start = Object.keys(folders).find((prefix) => url.pathname.startsWith(prefix));
        const path = start && join(folders[start], normalize(`/${url.pathname.slice(start.length)}`));
        const file = path && (url.pathname.endsWith('/') ? join(path, 'index.html') : path);
        const bytes = file && await readFile(file).catch(() => null);
        if (!bytes) return response.writeHead(404, {'content-type': 'text/plain'}).end('there is no such file');
        response.writeHead(200, {
            'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'content-length': bytes.length,
            ...headers
        });
        const rate = Number(url.searchParams.get('rate'));
        if (rate) trickle(response, bytes, rate);
        else response.end(bytes);
    });
    await new Promise((resolve) => { server.listen(0, '127.0.0.1', () => resolve(undefined)); });
    return {
        origin: `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`,
        requests,
        close() {
            server.closeAllConnections();
            return new Promise((resolve) => { server.close(resolve); });
        }
    };
}

/** Sends so many bytes a second, in even pieces; what a late timer missed is made up for. */
function trickle(response, bytes, rate) {
    const began = performance.now();
    let sent = 0;
    const beat = setInterval(() => {
        const due = Math.min(bytes.length, Math.ceil((performance.now() - began) / 1000 * rate));
        response.write(bytes.subarray(sent, due));
        sent = due;
        if (sent < bytes.length && !response.destroyed) return;
        clearInterval(beat);
        response.end();
    }, 1000 / BEATS);
}

/**
 * A line of the evidence that the log keeps.
 * @param {import('node:test').TestContext} t
 * @param {string} text
 */
export const say = (t, text) => console.log(`   ${t.name}: ${text}`);
