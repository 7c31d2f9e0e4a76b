/* SPDX-License-Identifier: MIT
 *
 * bench_page.js - an empty page in Chromium with the engine in it, as globals: everything that wasm/index.js and
 * in_page.js export, `memories`, the WebAssembly memories of the page's thread, and workers(code, index), which runs
 * code in all of the page's workers or in one of them.
 */
import assert from 'node:assert/strict';
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before} from 'node:test';
import {cache, inCheckout, launch, noBrowser, serve, structureText} from './browser.js';

export const MODEL = 'proteinmpnn_v_48_020';
export const weights = join(cache, 'weights', `${MODEL}.eqx`);

/** What a worker says that a test kills. */
export const KILLED = 'killed by a test';

/** Why the tests cannot run here, or false. */
export const skip = noBrowser || (existsSync(weights) ? false : `no ${MODEL}.eqx in the cache`);

/** The hashes that native code and Node give, by structure, and the structures' texts. */
export const stored = Object.fromEntries(readFileSync(inCheckout('tests/data/hashes.txt'), 'utf8').trim().split('\n')
    .map((line) => line.split(' ')));
export const texts = Object.fromEntries(Object.keys(stored).map((name) => [name, structureText(name)]));

/** A bench for the tests of one file: open from the first to the last. */
export function benchOfTests() {
    /** @type {Awaited<ReturnType<typeof openBench>>} */
    let bench;
    before(async () => { if (!skip) bench = await openBench(); });
    after(() => bench?.close());
    return {inPage: (body, given) => bench.inPage(body, given)};
}

async function openBench() {
    const server = await serve({
        '/wasm/': inCheckout('wasm'), '/tests/': inCheckout('tests/browser'), '/weights/': join(cache, 'weights')
    });
    const browser = await launch();
    return {
        server,
        browser,
        async close() {
            await browser.close();
            await server.close();
        },
        /**
         * Runs a function in a new page and returns what it does; an error on the page's console fails it.
         * @param {(given: any) => Promise<any>} body   stands alone: it is sent as text
         * @param {object} [given]
         */
        async inPage(body, given = {}) {
            const page = await browser.newPage();
            /** @type {string[]} */
            const errors = [];
            page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
            page.on('pageerror', (error) => errors.push(String(error)));
            try {
                await page.goto(`${server.origin}/tests/blank.html`);
                await page.exposeFunction('workers', (code, index) => {
                    const its = page.workers();
                    return Promise.all((index === undefined ? its : [its[index]]).map((each) => each.evaluate(code)));
                });
                await page.evaluate(furnish);
                const answer = await page.evaluate(body, {url: `/weights/${MODEL}.eqx`, model: MODEL, ...given});
                assert.deepEqual(errors.filter((text) => !text.includes(KILLED)), []);
                return answer;
            } finally {
                await page.close();
            }
        }
    };
}

/** Makes the page's globals. */
async function furnish() {
    await import('/tests/memories.js');
    const modules = await Promise.all(['/wasm/index.js', '/tests/in_page.js'].map((url) => import(url)));
    Object.assign(globalThis, ...modules);
}
