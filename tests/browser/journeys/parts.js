/* SPDX-License-Identifier: MIT
 *
 * parts.js - what journeys 14 to 25 share: the engine in Node and the command line to compare with, and what is on the
 * page, by its accessible name.
 *
 *   inNode, weft -> the truth       Grid, panel -> the page
 */
import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {basename, join} from 'node:path';
import {after} from 'node:test';
import {promisify} from 'node:util';
import {readZip, readZipEntry} from '../../../wasm/formats/zip.js';
import {Engine} from '../../../wasm/index.js';
import {weights} from '../bench_page.js';
import {cache, inCheckout, structureText} from '../browser.js';

const run = promisify(execFile);

export const sample = structureText('5L33');
/** The text of a structure in tests/data/examples. */
export const example = (name) => readFileSync(inCheckout(`tests/data/examples/${name}.pdb`), 'utf8');
/** The bytes of a file in tests/data. */
export const dataFile = (path) => readFileSync(inCheckout(`tests/data/${path}`));

/** What the engine gives in Node for a structure, or several, and a request. */
export async function inNode(texts, request, model = '') {
    const its = model ? join(cache, 'weights', `${model}.eqx`) : weights;
    const engine = await Engine.load({weights: its, threads: 2});
    try {
        const structures = [texts].flat().map((text) => engine.parse(text)), encodings = [];
        for (const structure of structures) encodings.push(await engine.encode(structure));
        const designs = [], asked = typeof request === 'function' ? request(...structures) : request;
        for await (const design of engine.design(encodings.length > 1 ? encodings : encodings[0], asked)) {
            designs.push(design);
        }
        return designs;
    } finally {
        await engine.dispose();
    }
}

/** What a function finds out about a structure. */
export async function parsed(text, ask) {
    const engine = await Engine.load({threads: 0});
    try {
        const structure = await engine.open(text instanceof Uint8Array ? text : Buffer.from(text), {name: 'x'});
        return ask(structure);
    } finally {
        await engine.dispose();
    }
}

/** A folder for the command line, and for what it reads; it goes with the tests. */
let place = '';
export function folder() {
    place ||= mkdtempSync(join(tmpdir(), 'weft-journeys-'));
    return place;
}
after(() => { if (place) rmSync(place, {recursive: true, force: true}); });

/** Runs `weft` in the folder; its stdout. */
export async function weft(...words) {
    const {stdout} = await run(process.execPath, [inCheckout('wasm/cli.js'), ...words, '-q'],
        {cwd: folder(), maxBuffer: 1 << 28});
    return stdout;
}

export const jsonLines = (text) => text.trim().split('\n').map((line) => JSON.parse(line));
export const textOf = (bytes) => new TextDecoder('utf-8', {fatal: true}).decode(bytes);
export const unzipped = (bytes) =>
    new Map([...readZip(bytes)].map(([name, entry]) => [name, readZipEntry(bytes, entry)]));

/** The letters without what stands between chains. */
export const lettersOf = (sequence) => sequence.replaceAll('/', '');

/** That rows are these designs, in this order. */
export function assertRows(rows, designs, {letters = lettersOf} = {}) {
    assert.deepEqual(rows.map((row) => lettersOf(row.Sequence)), designs.map(({sequence}) => letters(sequence)));
    for (const [i, row] of rows.entries()) {
        for (const [column, value] of [['Score', designs[i].score], ['Recovery', designs[i].recovery]]) {
            assert.match(row[column], /^\d+\.\d+ ?%?$/);
            const shown = Number.parseFloat(row[column]) / (row[column].endsWith('%') ? 100 : 1);
            assert.ok(Math.abs(shown - value) < 0.006, `${column} ${row[column]}, in Node ${value}`);
        }
    }
}

/** Opens a text, or a file of tests/data, and waits until it is looked at. */
export async function openStructure(app, name, content, residues) {
    const buffer = Buffer.from(content);
    await app.file.setInputFiles({name: basename(name), mimeType: 'application/octet-stream', buffer});
    await opened(app, residues);
}

/** Until a structure of so many residues is looked at. */
export const opened = (app, residues) =>
    app.page.locator('.sequence-panel .counts').getByText(new RegExp(`of ${residues} designed`)).waitFor();

/** Opens a sample of the sheet. */
export async function openSample(app, id, residues) {
    await app.page.locator('summary[aria-label="More ways to open a structure"]').click();
    await app.page.getByRole('button', {name: new RegExp(`^${id}, `)}).click();
    await opened(app, residues);
    await app.page.keyboard.press('Escape');
}

/** The panel of settings. */
export function panel(app) {
    const region = (name) => app.page.getByRole('region', {name, exact: true});
    const settings = region('Settings'), running = region('What will run');
    const text = (name) => settings.getByRole('textbox', {name, exact: true});
    return {
        settings, running, text,
        fold: (name) => settings.locator('summary', {hasText: name}).click(),
        async type(name, value) {
            await text(name).fill(value);
            await text(name).press('Enter');
        },
        chain: (name, count) => settings.getByRole('checkbox', {name: `Chain ${name}, ${count} residues`, exact: true}),
        says: (pattern) => running.getByText(pattern).first().waitFor(),
        command: () => running.locator('pre').innerText()
    };
}

/** The sequence grid and its tools. */
export class Grid {
    constructor(app) {
        this.app = app;
        this.page = app.page;
        this.grid = app.page.getByRole('grid', {name: 'Residues', exact: true});
    }

    /** @param {string} name   'A5' */
    cell(name) {
        return this.grid.getByRole('gridcell', {name: new RegExp(`^${name} `)});
    }

    /** Clicks a button that a small panel may fold away, and folds it away again. */
    async press(name) {
        const folded = !await this.app.button(name).isVisible();
        if (folded) await this.app.button('More ways').click();
        await this.app.button(name).click();
        if (folded) await this.page.keyboard.press('Escape');
    }

    /** Selects by text. */
    async text(text, button = 'Select') {
        const field = this.page.getByLabel('Select by text', {exact: true});
        if (!await field.isVisible()) await this.app.button('More ways').click();
        await field.fill(text);
        await this.app.button(button).click();
    }

    /** '41 of 206 designed, 0 selected' */
    async counts() {
        return (await this.page.locator('.sequence-panel .counts').innerText()).trim();
    }

    async waitForCounts(text) {
        await this.page.locator('.sequence-panel .counts').getByText(text, {exact: true}).waitFor();
    }
}

/** The window that journeys are made for. */
export const DESKTOP = {viewport: {width: 1280, height: 900}};
export const PHONE = {hasTouch: true, isMobile: true, viewport: {width: 390, height: 800}};

/** Chooses a figure. */
export const tab = (app, name) => app.page.getByRole('tab', {name, exact: true}).click();

/** What a browser that knows nothing of the page makes of a picture: elements by name, or the size in pixels. */
export async function seenElsewhere(app, {bytes}, type) {
    const page = await app.page.context().newPage();
    const found = await page.evaluate(async ({letters, type}) => {
        const bytes = Uint8Array.from(atob(letters), (letter) => letter.charCodeAt(0));
        const bitmap = type === 'image/svg+xml' ? null : await createImageBitmap(new Blob([bytes], {type}));
        if (bitmap) return {width: bitmap.width, height: bitmap.height};
        const read = new DOMParser().parseFromString(new TextDecoder().decode(bytes), type);
        return {root: read.documentElement.localName, errors: read.querySelectorAll('parsererror').length,
            stacks: read.querySelectorAll('[data-row]').length, rectangles: read.querySelectorAll('rect').length,
            texts: read.querySelectorAll('text').length};
    }, {letters: Buffer.from(bytes).toString('base64'), type});
    await page.close();
    return found;
}
