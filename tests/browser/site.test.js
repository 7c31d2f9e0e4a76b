/* SPDX-License-Identifier: MIT
 *
 * site.test.js - how dist/site comes to a visitor: few requests, nothing before it is needed, the whole page again
 * without a network, newer versions, entries of databases.
 */
import assert from 'node:assert/strict';
import {cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {openApp} from './app.js';
import {skip as noEngine} from './bench_page.js';
import {dataFile, inCheckout, launch, say, serve, structureText, textOf, TIMEOUT} from './browser.js';

const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; "
    + "style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'";
const site = inCheckout('dist/site');
const skip = noEngine || (existsSync(`${site}/index.html`) ? false : 'dist/site is not built: ./build.sh dist');
const settings = {count: 2, temperature: 0, seed: 1};

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {string} */
let copy;
before(async () => {
    if (skip) return;
    browser = await launch();
    copy = mkdtempSync(join(tmpdir(), 'weft-site-'));
    cpSync(site, copy, {recursive: true});
});
after(async () => {
    await browser?.close();
    if (copy) rmSync(copy, {recursive: true});
});

/** A server and a visitor without a past. */
async function visit({path = '/some/where/', headers = {}, folder = site} = {}) {
    const server = await serve({[path]: folder}, headers);
    const context = await browser.newContext();
    const app = await openApp(context, server.origin + path);
    const end = async (expected) => {
        await app.close(expected);
        await context.close();
        await server.close().catch(() => undefined);
    };
    return {server, context, app, end, url: server.origin + path};
}

/** Waits until the page's files are kept for visits without a network. */
const kept = (app) => app.page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    const weights = await caches.open('weft-weights');
    while (!(await weights.keys()).length) await new Promise((resolve) => { setTimeout(resolve, 50); });
});

const kind = (url) => url.replace(/^.*\//, '').replace(/-[\w-]{8}\./, '.') || 'index.html';

test('a first visit asks for little, and at once', {skip, timeout: TIMEOUT}, async (t) => {
    const {server, app, end} = await visit({headers: {'content-security-policy': POLICY}});
    await kept(app);
    const sizes = await app.page.evaluate(() => performance.getEntriesByType('resource')
        .map(({name, encodedBodySize, startTime}) => ({name, bytes: encodedBodySize, at: Math.round(startTime)})));
    const bytes = sizes.reduce((sum, each) => sum + each.bytes, 0);
    say(t, `${sizes.length + 1} requests, ${(bytes / 1e6).toFixed(2)} MB unpacked with the weights: `
        + sizes.map((each) => `${kind(each.name)} (${each.at} ms)`).join(', '));
    const names = sizes.map(({name}) => kind(name));
    assert.ok(sizes.length < 16, `${sizes.length} requests`);
    for (const needed of ['weft.wasm', 'pool.js', 'proteinmpnn_v_48_020.eqx']) {
        assert.ok(names.includes(needed), needed);
    }
    for (const later of [/viewer/, /plots/, /cif_reader/, /Scene/, /Outcome/, /5L33/, /licences/]) {
        assert.ok(!names.some((name) => later.test(name)), `${later} before it is needed`);
    }
    assert.equal(server.requests.filter((path) => path.endsWith('.eqx')).length, 1);
    await app.trySample();
    await app.page.waitForFunction(() => performance.getEntriesByType('resource')
        .some(({name}) => /viewer-/.test(name)));
    await end();
});

test('without a network, after the first visit', {skip, timeout: TIMEOUT}, async (t) => {
    const {server, context, app, end, url} = await visit({headers: {'content-security-policy': POLICY}});
    await app.trySample();
    const rows = await app.design(settings);
    await kept(app);
    await app.page.close();
    await server.close();
    const again = await openApp(context, url);
    say(t, 'the server is gone');
    await again.page.getByText('About', {exact: true}).click();
    await again.page.getByText('from the cache of an earlier visit').waitFor();
    await again.page.keyboard.press('Escape');
    await again.trySample();
    assert.deepEqual((await again.design(settings)).map((row) => row.Sequence), rows.map((row) => row.Sequence));
    await again.open('small.cif', textOf(dataFile('odd/1A8O.cif')));
    await again.page.getByText('70 residues').first().waitFor();
    await again.page.getByText('About', {exact: true}).click();
    await again.page.getByText('Licences', {exact: true}).click();
    await again.page.getByText('Observable Plot', {exact: true}).waitFor();
    await again.close();
    const settled = await openApp(context, `${url}?n=3#there`);   // settings stand in the address
    await settled.close();
    await end();
});

test('a newer version waits for the next visit', {skip, timeout: TIMEOUT}, async () => {
    const {context, app, end, url} = await visit({folder: copy});
    await kept(app);
    await app.page.close();
    const page = join(copy, 'index.html'), worker = join(copy, 'sw.js');
    writeFileSync(page, readFileSync(page, 'utf8').replace('<title>', '<title>Newer '));
    const text = readFileSync(worker, 'utf8');
    writeFileSync(worker, text.replace(/("?index\.html"?`?,\s*revision:\s*[`"'])\w+/, '$1abcdef'));
    const second = await openApp(context, url);
    assert.doesNotMatch(await second.page.title(), /^Newer/, 'this visit keeps the version that it began with');
    await second.page.getByText('A newer version of this page is here').waitFor({state: 'attached'});
    await second.page.getByText('About', {exact: true}).click();
    await second.page.getByText('A newer version is here').waitFor();
    await second.close();
    const third = await openApp(context, url);
    assert.match(await third.page.title(), /^Newer/);
    await third.close();
    await end();
});

/** Opens the sheet and asks for an entry. */
async function fetchEntry({page}, database, id) {
    const label = page.getByLabel('More ways to open a structure');
    if (!await page.getByLabel('Database').isVisible()) await label.click();
    await page.getByLabel('Database').selectOption({label: database});
    await page.getByLabel('Id', {exact: true}).fill(id);
    await page.getByRole('button', {name: 'Fetch', exact: true}).click();
}

test('entries by id', {skip, timeout: TIMEOUT}, async (t) => {
    const {context, app, end} = await visit();
    const asked = [];
    await context.route(/rcsb\.org|ebi\.ac\.uk/, async (route) => {
        const url = route.request().url(), headers = {'access-control-allow-origin': '*'};
        asked.push({url, referer: (await route.request().allHeaders()).referer});
        if (url.includes('9ZZZ')) return route.fulfill({status: 404, headers, body: ''});
        if (url.includes('8ZZZ')) return route.abort();
        if (url.endsWith('/P69905')) {
            return route.fulfill({headers, json: [{cifUrl: 'https://alphafold.ebi.ac.uk/files/AF-P69905-F1.cif'}]});
        }
        return route.fulfill({headers, path: inCheckout('tests/data/odd/1A8O.cif')});
    });
    await fetchEntry(app, 'Protein Data Bank', '1a8o');
    await app.page.getByText('70 residues').first().waitFor();
    await fetchEntry(app, 'AlphaFold database', 'P69905');
    await app.page.getByRole('button', {name: 'Close AF-P69905-F1'}).waitFor();
    say(t, asked.map(({url}) => url).join(' '));
    assert.ok(asked.every(({url, referer}) => referer === undefined && !url.includes('?')), 'the id alone is sent');
    const refused = [
        ['9ZZZ', /9ZZZ.*not in the database/], ['8ZZZ', /8ZZZ.*(reach|network)/], ['../x', /no id/],
        ['<script>', /no id/], ['', /no id/]
    ];
    for (const [id, words] of refused) {
        const before = asked.length;
        await fetchEntry(app, 'Protein Data Bank', id);
        const complaint = await app.complaint();
        say(t, complaint);
        assert.match(complaint, words);
        assert.equal(asked.length - before, /ZZZ/.test(id) ? 1 : 0);
        await app.button('Dismiss').click();
    }
    await end(/Failed to load resource|net::ERR/);
});

test('a strict policy lets no entry through, and the page says so', {skip, timeout: TIMEOUT}, async (t) => {
    const {app, end} = await visit({headers: {'content-security-policy': POLICY}});
    await fetchEntry(app, 'Protein Data Bank', '1A8O');
    const complaint = await app.complaint();
    say(t, complaint);
    assert.match(complaint, /1A8O.*open/);
    await end(/Content Security Policy|Fetch API cannot load/);
});

test('samples, text, several files at once', {skip, timeout: TIMEOUT}, async () => {
    const {app, end} = await visit();
    const {page} = app, opened = page.getByRole('list', {name: 'Open structures'}).getByRole('listitem');
    await page.getByLabel('More ways to open a structure').click();
    for (const name of ['1J2J', '1QU9']) await page.getByRole('button', {name: new RegExp(`^${name}`)}).first().click();
    await page.getByRole('button', {name: 'Close 1QU9'}).waitFor();
    await page.getByLabel('Text of a structure').fill(structureText('6MRR'));
    await page.getByRole('button', {name: 'Open text'}).click();
    await page.getByText('68 residues').first().waitFor();
    await app.file.setInputFiles(['5L33', '6MRR'].map((name) =>
        ({name: `${name}.pdb`, mimeType: 'text/plain', buffer: Buffer.from(structureText(name))})));
    await page.waitForFunction(() => document.querySelectorAll('[aria-label="Open structures"] li').length === 5);
    await page.evaluate((text) => {
        const clipboardData = new DataTransfer();
        clipboardData.setData('text/plain', text);
        document.body.dispatchEvent(new ClipboardEvent('paste', {clipboardData, bubbles: true, cancelable: true}));
    }, textOf(dataFile('odd/1A8O.cif')));
    await page.getByText('70 residues').first().waitFor();
    assert.equal(await opened.count(), 6);
    await end();
});

test('too large for this device', {skip, timeout: TIMEOUT}, async (t) => {
    const {context, app, end, url} = await visit();
    await context.addInitScript(() => {
        Object.defineProperty(Navigator.prototype, 'deviceMemory', {get: () => 1 / 32});
    });
    await app.page.goto(url);
    await app.trySample();
    await kept(app);
    await app.page.getByText('Ready to design.').waitFor();
    await app.start({count: 1, temperature: 0.1, seed: 1});
    const complaint = await app.complaint();
    say(t, complaint);
    assert.match(complaint, /5L33: this takes about 0\.\d\d GB of memory, and this device has about 0\.03 GB/);
    assert.deepEqual(await app.rows(), []);
    await end();
});
