// SPDX-License-Identifier: MIT
//
// serve.js - the built site on a local port: node web/build/serve.js [PORT]. Files of dist/site and nothing else; no
// special headers, since the page needs none.
import {createReadStream} from 'node:fs';
import {stat} from 'node:fs/promises';
import {createServer} from 'node:http';
import {extname, join, normalize, resolve, sep} from 'node:path';
import {pipeline} from 'node:stream/promises';

const PORT = 8173;
const TYPES = {
    '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8',
    '.wasm': 'application/wasm', '.eqx': 'application/octet-stream'
};
const root = resolve(import.meta.dirname, '../../dist/site');

/** The file that a path of the address names, or null. */
function fileOf(url) {
    try {
        const path = decodeURIComponent(new URL(url, 'http://localhost').pathname);
        const file = normalize(join(root, path.endsWith('/') ? `${path}index.html` : path));
        return file.startsWith(root + sep) && !file.includes('\0') ? file : null;
    } catch {
        return null;
    }
}

async function answer(request, response) {
    const file = fileOf(request.url);
    const found = file && await stat(file).catch(() => null);
    if (!found?.isFile() || !['GET', 'HEAD'].includes(request.method)) {
        response.writeHead(found ? 405 : 404, {'content-type': 'text/plain'}).end('not found\n');
        return;
    }
    response.writeHead(200, {
        'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'content-length': found.size,
        'cache-control': 'no-cache'
    });
    if (request.method === 'HEAD') response.end();
    else await pipeline(createReadStream(file), response).catch(() => response.destroy());
}

const asked = process.argv[2];
if (asked !== undefined && !/^\d{1,5}$/.test(asked)) {
    console.error(`serve: '${asked}' is no port`);
    process.exit(2);
}
const server = createServer(answer);
server.on('error', (error) => {
    if (error.code !== 'EADDRINUSE' || asked !== undefined) {
        console.error(`serve: ${error.message}`);
        process.exit(1);
    }
    server.listen(0, '127.0.0.1');   // the usual port is taken, any other will do
});
server.on('listening', () => console.log(`http://localhost:${server.address().port}/`));
server.listen(Number(asked ?? PORT), '127.0.0.1');
