/* SPDX-License-Identifier: MIT
 *
 * page.test.js - dist/site over http: the journeys of ../web/journeys.md, with number 25 here, which is of the site
 * alone; what a first visit asks for, weights from the cache on a second one, and the time to the first design.
 */
import assert from 'node:assert/strict';
import {existsSync, readFileSync} from 'node:fs';
import {basename} from 'node:path';
import {after, before, test} from 'node:test';
import {gzipSync} from 'node:zlib';
import {cifOf} from '../web/cif_text.js';
import {openApp} from './app.js';
import {skip as noEngine} from './bench_page.js';
import {dataFile, inCheckout, launch, say, serve, structureText, TIMEOUT} from './browser.js';
import * as asking from './journeys/asking.js';
import * as choosing from './journeys/choosing.js';
import * as craft from './journeys/craft.js';
import * as design from './journeys/design.js';
import * as figures from './journeys/figures.js';
import * as inputs from './journeys/inputs.js';
import * as keeping from './journeys/keeping.js';
import {DESKTOP, tab} from './journeys/parts.js';
import * as predictions from './journeys/predictions.js';
import * as selecting from './journeys/selecting.js';

const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; "
    + "style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'";
const site = inCheckout('dist/site');
const skip = noEngine || (existsSync(`${site}/index.html`) ? false : 'dist/site is not built: ./build.sh dist');
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
async function visit(server, path, context, options = {}) {
    const its = context ?? await browser.newContext(options);
    const app = await openApp(its, server.origin + path);
    if (context) return app;
    const {close} = app;
    app.close = async (expected) => {
        await close.call(app, expected);
        await its.close();
    };
    return app;
}

test('25. the site under a sub-path: everything lies below it', {skip, timeout: TIMEOUT}, async (t) => {
    const app = await visit(plain, '/some/where/');
    await app.trySample();
    assert.equal((await app.design(settings)).length, 3);
    const asked = app.requests.filter((each) => !/^(blob|data):/.test(each));
    say(t, `${asked.length} requests`);
    for (const each of asked) assert.ok(each.startsWith(`${plain.origin}/some/where/`), each);
    await app.close();
});

test('25. the site under a strict policy: picture, figures and files', {skip, timeout: TIMEOUT}, async (t) => {
    const app = await visit(strict, '/');
    await app.trySample();
    await app.page.locator('section[data-ready="5L33"]').waitFor();
    const rows = await app.design(settings);
    say(t, `${app.page.workers().length} workers, ${rows.length} designs under ${POLICY}`);
    await app.save();
    for (const name of ['Logo', 'Heat map', 'Scores']) {
        await tab(app, name);
        for (const kind of ['SVG', 'PNG']) {
            const file = await app.saved(() => app.button(`Save ${kind}`).click());
            assert.match(file.name, new RegExp(`\\.${kind.toLowerCase()}$`));
        }
    }
    assert.ok((await app.saveAs('Everything (ZIP)')).bytes.length > 1000);
    await app.close();
});

test('25. a structure by its id, and what is said when there is none', {skip, timeout: TIMEOUT}, async () => {
    const app = await visit(plain, '/some/where/'), asked = [];
    const headers = {'access-control-allow-origin': '*'};
    await app.page.context().route(/^https:/, (route) => {
        asked.push(route.request().url());
        if (/6MRR\.cif\.gz$/.test(asked.at(-1))) {
            return route.fulfill({headers, body: gzipSync(cifOf(structureText('6MRR')))});
        }
        if (/api\/prediction\/P69905$/.test(asked.at(-1))) {
            const cifUrl = 'https://alphafold.ebi.ac.uk/files/AF-P69905-F1-model_v6.cif';
            return route.fulfill({headers, json: [{cifUrl}]});
        }
        if (/AF-P69905/.test(asked.at(-1))) return route.fulfill({headers, body: dataFile('odd/afdb_modelcif.cif.gz')});
        return route.fulfill({headers, status: 404, body: 'no such entry'});
    });
    const fetchId = async (database, id) => {
        const sheet = app.page.locator('summary[aria-label="More ways to open a structure"]');
        if (!await app.page.getByLabel('Database', {exact: true}).isVisible()) await sheet.click();
        await app.page.getByLabel('Database', {exact: true}).selectOption({label: database});
        await app.page.getByLabel('Id', {exact: true}).fill(id);
        await app.button('Fetch').click();
    };
    await fetchId('Protein Data Bank', '6mrr');
    await app.shows(68);
    await fetchId('AlphaFold database', 'P69905');
    await app.shows(142);
    assert.deepEqual(asked.map((url) => new URL(url).search + (/6MRR|P69905/.test(url) ? '' : url)), ['', '', ''],
        'the id alone is sent');
    await fetchId('Protein Data Bank', '9zzz');
    assert.match(await app.complaint(), /9ZZZ.*not in the database/i);
    await fetchId('Protein Data Bank', '../etc');
    await app.alert.filter({hasText: /no id of the Protein Data Bank/}).waitFor();
    assert.equal(asked.length, 4, 'what is no id is not asked for');
    await app.page.keyboard.press('Escape');
    await app.design({count: 1, temperature: 0.1, seed: 1});
    await app.close(/404/);
});

test('25. without a network after the first visit', {skip, timeout: TIMEOUT}, async (t) => {
    const context = await browser.newContext(DESKTOP);
    const app = await visit(plain, '/some/where/', context);
    const worker = await app.page.evaluate(() => Promise.race([
        navigator.serviceWorker.ready.then(({active}) => active?.scriptURL),
        new Promise((resolve) => { setTimeout(resolve, 20_000, null); })
    ]));
    assert.ok(worker?.startsWith(`${plain.origin}/some/where/`), `the page is kept by ${worker}`);
    await app.page.waitForFunction(() => document.body.innerText.includes('Open a structure to begin'));
    await app.trySample();
    const first = await app.design(settings);
    await app.page.waitForTimeout(2 * SETTLE_MS);
    await context.setOffline(true);
    const before = plain.requests.length;
    await app.page.reload();
    await app.waitForRows(first.length);
    await app.trySample();
    await app.page.locator('section[data-ready="5L33"]').waitFor();
    const again = (await app.design(settings)).slice(-3);
    assert.deepEqual(again.map(({Sequence}) => Sequence), first.map(({Sequence}) => Sequence));
    await tab(app, 'Heat map');
    await app.page.getByRole('group', {name: /^Heat map/}).waitFor();
    assert.ok((await app.saveAs('Everything (ZIP)')).bytes.length > 1000);
    const asked = plain.requests.slice(before).filter((path) => !path.endsWith('/sw.js'));
    say(t, `${asked.length} requests reached the server, but for the browser's own question for a newer sw.js`);
    assert.deepEqual(asked, []);
    await app.close(/ERR_INTERNET_DISCONNECTED|Failed to update a ServiceWorker/);
    await context.close();
});

test('a first visit: what is asked for, and how much', {skip, timeout: TIMEOUT}, async (t) => {
    const context = await browser.newContext(DESKTOP);
    const page = await context.newPage(), paths = [];
    page.on('request', (request) => paths.push(new URL(request.url()).pathname));
    const began = performance.now();
    await page.goto(`${plain.origin}/some/where/`);
    await page.getByRole('button', {name: 'Try a sample', exact: true}).waitFor();
    const ready = performance.now() - began;
    await page.waitForFunction(() => performance.getEntriesByType('resource').some(({name, responseEnd}) =>
        name.endsWith('.eqx') && responseEnd > 0) || document.body.innerText.includes('Ready'), undefined,
    {timeout: TIMEOUT / 2});
    await page.waitForTimeout(SETTLE_MS);
    const sizes = paths.filter((path) => path.startsWith('/some/where/')).map((path) => {
        const file = `${site}/${path.slice('/some/where/'.length) || 'index.html'}`;
        const bytes = readFileSync(file);
        return {name: basename(file), size: bytes.length, packed: gzipSync(bytes).length};
    });
    const sum = (list) => Math.round(list.reduce((total, {packed}) => total + packed, 0) / 1000);
    const weights = sizes.filter(({name}) => name.endsWith('.eqx'));
    const rest = sizes.filter((each) => !weights.includes(each));
    const list = rest.map(({name, packed}) => `${name} ${(packed / 1000).toFixed(1)}`).join(', ');
    say(t, `usable after ${Math.round(ready)} ms; ${sizes.length} requests: ${sum(rest)} kB gzipped in `
        + `${rest.length} and ${sum(weights)} kB of weights; ${list}`);
    assert.ok(sizes.length >= 3);
    assert.equal(new Set(paths).size, paths.length, 'nothing is asked for twice');
    await context.close();
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

const open = (options) => visit(plain, '/some/where/', undefined, options);
for (const {register} of [design, asking, inputs, selecting, keeping, craft, figures, choosing, predictions]) {
    register(open, skip, {site: true});
}
