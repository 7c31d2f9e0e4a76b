/* SPDX-License-Identifier: MIT
 *
 * screenshots.test.js - pictures of the site in the states that a designer should look at: build/screens/NAME.png.
 *
 *   empty, loaded, selecting, running, results, comparison, dark, phone
 */
import assert from 'node:assert/strict';
import {existsSync, mkdirSync} from 'node:fs';
import {after, before, test} from 'node:test';
import {openApp} from './app.js';
import {skip as noEngine} from './bench_page.js';
import {inCheckout, launch, say, serve, TIMEOUT} from './browser.js';
import {Grid} from './journeys/parts.js';

const site = inCheckout('dist/site'), out = inCheckout('build/screens');
const skip = noEngine || (existsSync(`${site}/index.html`) ? false : 'dist/site is not built: ./build.sh dist');
const LEAST_ROWS = 10;   // in sight at 1280 x 800
const LEAST_COLOURS = 20;

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
before(async () => {
    if (skip) return;
    mkdirSync(out, {recursive: true});
    [browser, server] = await Promise.all([launch(), serve({'/': site})]);
});
after(async () => {
    await browser?.close();
    await server?.close();
});

const visit = async (options) => openApp(await browser.newContext(options), `${server.origin}/`);

async function picture(app, name) {
    await app.page.mouse.move(0, 0);
    await app.page.waitForTimeout(400);   // drawings that follow a frame later
    await look(app, name);
}

/** Saves a picture, which must not be blank: the browser itself counts its colours. */
async function look(app, name, options = {}) {
    const bytes = await app.page.screenshot({path: `${out}/${name}.png`, ...options});
    const page = await app.page.context().newPage();
    const colours = await page.evaluate(coloursOf, bytes.toString('base64'));
    await page.close();
    assert.ok(colours > LEAST_COLOURS, `${name}.png has ${colours} colours`);
}

/** In a page: how many colours a picture has. */
async function coloursOf(letters) {
    const bytes = Uint8Array.from(atob(letters), (letter) => letter.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], {type: 'image/png'}));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
    context.drawImage(bitmap, 0, 0);
    return new Set(new Uint32Array(context.getImageData(0, 0, bitmap.width, bitmap.height).data.buffer)).size;
}

/** Rows of the table that are wholly in sight, and whether a figure is. */
const inSight = () => {
    const box = document.querySelector('table[aria-label="Designs"]').closest('.scroll').getBoundingClientRect();
    const head = document.querySelector('table[aria-label="Designs"] thead').getBoundingClientRect();
    const rows = [...document.querySelectorAll('table[aria-label="Designs"] tbody tr')]
        .map((row) => row.getBoundingClientRect())
        .filter(({top, bottom}) => top >= head.bottom - 1 && bottom <= Math.min(box.bottom, innerHeight) + 1);
    const figure = document.querySelector('.strip')?.getBoundingClientRect();
    return {rows: rows.length, figure: figure ? Math.round(Math.min(figure.bottom, innerHeight) - figure.top) : 0};
};

test('a screen of 1280 x 800', {skip, timeout: TIMEOUT}, async (t) => {
    const app = await visit({viewport: {width: 1280, height: 800}}), grid = new Grid(app);
    await picture(app, 'empty');
    await app.sample('1J2J', 206);
    await app.page.locator('section[data-ready="1J2J"]').waitFor();
    await picture(app, 'loaded');
    await app.chain('B', 41).check();
    await grid.press('Interface');
    await picture(app, 'selecting');
    await app.start({count: 24, temperature: 0.3, seed: 1});
    await app.waitForRows(3);
    await picture(app, 'running');
    await app.waitForRows(24);
    await app.idle();
    await app.table.locator('tbody tr').nth(2).click();
    await picture(app, 'results');
    const seen = await app.page.evaluate(inSight);
    say(t, `${seen.rows} rows and ${seen.figure} px of the logo in sight`);
    assert.ok(seen.rows >= LEAST_ROWS, `${seen.rows} rows in sight`);
    assert.ok(seen.figure > 60);
    await app.page.emulateMedia({colorScheme: 'dark'});
    await picture(app, 'dark');
    await app.page.emulateMedia({colorScheme: 'light'});
    await app.button('Mark to compare').click();
    await app.table.locator('tbody tr').nth(0).click();
    await app.button('Compare').click();
    await picture(app, 'comparison');
    await app.close();
});

test('a phone', {skip, timeout: TIMEOUT}, async () => {
    const app = await visit({
        viewport: {width: 390, height: 844}, deviceScaleFactor: 2, hasTouch: true, isMobile: true
    });
    await app.button('Try a sample').tap();
    await app.shows(106);
    await app.page.locator('section[data-ready="5L33"]').waitFor();
    await app.start({count: 6, temperature: 0.2, seed: 1});
    await app.waitForRows(6);
    await app.idle();
    await app.page.waitForTimeout(400);
    await app.page.evaluate('scrollTo(0, 0)');
    await look(app, 'phone', {fullPage: true});
    await app.close();
});
