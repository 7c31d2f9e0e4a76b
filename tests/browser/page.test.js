/* SPDX-License-Identifier: MIT
 *
 * page.test.js - dist/site over http: under a sub-path, under a strict content security policy, and its weights from
 * the cache on a second visit.
 */
import assert from 'node:assert/strict';
import {existsSync} from 'node:fs';
import {after, before, test} from 'node:test';
import {openApp} from './app.js';
import {skip as noEngine} from './bench_page.js';
import {inCheckout, launch, say, serve, structureText, TIMEOUT} from './browser.js';
import {longChain} from './in_page.js';
import {journeys} from './journeys.js';

const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; "
    + "style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'";
const site = inCheckout('dist/site');
const skip = noEngine || (existsSync(`${site}/index.html`) ? false : 'dist/site is not built: ./build.sh dist');
const LONG = 2 * TIMEOUT;
const SETTLE_MS = 1000;
const settings = {count: 3, temperature: 0.1, seed: 37};

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof serve>>[]} */
const servers = [];
/** @type {Awaited<ReturnType<typeof serve>>} */
let plain, strict;
before(async () => {
    if (skip) return;
    browser = await launch();
    plain = await serve({'/some/where/': site});
    strict = await serve({'/': site}, {'content-security-policy': POLICY, 'x-content-type-options': 'nosniff'});
    servers.push(plain, strict);
});
after(async () => {
    await browser?.close();
    await Promise.all(servers.map((server) => server.close()));
});

/** In the page: a user who loses no time; notes when the first design is there. */
function hurry() {
    const button = (name) => [...document.querySelectorAll('button')].find(({innerText}) => innerText === name);
    let done = 0;
    const press = (name) => {
        if (!button(name)) return;
        done++;
        button(name).click();
    };
    new MutationObserver(() => {
        if (done === 0) press('Try a sample');
        else if (done === 1 && document.body.innerText.includes('106 residues')) press('Design');
        else if (done === 2 && document.querySelector('table[aria-label="Designs"] tbody tr')) {
            done++;
            window.firstDesign = performance.now();
        }
    }).observe(document, {childList: true, subtree: true, characterData: true});
}

/** One visitor after the other, each without a past. */
async function visit(server, path, context) {
    const its = context ?? await browser.newContext();
    const app = await openApp(its, server.origin + path);
    if (context) return app;
    const {close} = app;
    app.close = async (expected) => {
        await close.call(app, expected);
        await its.close();
    };
    return app;
}

test('under a sub-path everything lies below it', {skip, timeout: TIMEOUT}, async (t) => {
    const app = await visit(plain, '/some/where/');
    await app.trySample();
    assert.equal((await app.design(settings)).length, 3);
    const asked = app.requests.filter((each) => !/^(blob|data):/.test(each));
    say(t, `${asked.length} requests`);
    for (const each of asked) assert.ok(each.startsWith(`${plain.origin}/some/where/`), each);
    await app.close();
});

test('a strict policy', {skip, timeout: TIMEOUT}, async (t) => {
    const app = await visit(strict, '/');
    await app.trySample();
    const rows = await app.design(settings);
    say(t, `${app.page.workers().length} workers, ${rows.length} designs under ${POLICY}`);
    await app.save();
    await app.close();
});

test('a second visit takes the weights from the cache', {skip, timeout: TIMEOUT}, async (t) => {
    const context = await browser.newContext();
    const weights = () => plain.requests.filter((path) => path.includes('/weights/')).length;
    const before = weights();
    const first = await visit(plain, '/some/where/', context);
    await first.trySample();
    await first.design(settings);
    await first.page.getByText('About', {exact: true}).click();
    await first.page.getByText(/[0-9a-f]{64}/).waitFor();
    await first.close();
    const between = weights();
    const second = await visit(plain, '/some/where/', context);
    await second.trySample();
    await second.design(settings);
    say(t, `${between - before} request for weights, then ${weights() - between}`);
    assert.equal(between - before, 1);
    assert.equal(weights(), between);
    await second.close();
    await context.close();
});

test('time from the page to the first design', {skip, timeout: TIMEOUT}, async (t) => {
    const context = await browser.newContext();
    const warm = await visit(plain, '/some/where/', context);   // stays open: the browser would fill its place
    await warm.trySample();
    await warm.design(settings);
    await warm.page.waitForTimeout(SETTLE_MS);
    const times = [];
    for (let visits = 0; visits < 5; visits++) {
        const page = await context.newPage();
        await page.addInitScript(hurry);
        await page.goto(`${plain.origin}/some/where/`);
        times.push(await page.waitForFunction('window.firstDesign').then((handle) => handle.jsonValue()));
        await page.close();
    }
    times.sort((a, b) => a - b);
    say(t, `${times.map(Math.round).join(', ')} ms from navigation to the first of 8 designs of the sample`);
    await warm.close();
    await context.close();
});

test('40 sequences of 1,000 residues: the main thread stays free', {skip, timeout: LONG}, async (t) => {
    const app = await visit(plain, '/some/where/');
    await app.open('long.pdb', longChain(structureText('5L33'), 1000));
    await app.page.getByText(/1,?000 residues/).first().waitFor();
    await app.page.waitForTimeout(SETTLE_MS);
    await app.page.evaluate('seen.longest = 0');   // of opening the page and the file
    const began = performance.now();
    app.page.setDefaultTimeout(LONG);
    const rows = await app.design({count: 40, temperature: 0.1, seed: 1});
    const {longest} = await app.seen();
    say(t, `${((performance.now() - began) / 1000).toFixed(1)} s; longest task of the main thread `
        + `${longest ? `${Math.round(longest)} ms` : 'below 50 ms'}`);
    assert.equal(rows.length, 40);
    assert.ok(longest < 1000, 'a page that does not answer for a second is stuck');
    await app.close();
});

journeys(() => visit(plain, '/some/where/'), skip);
