/* SPDX-License-Identifier: MIT
 *
 * app.js - the page as a user finds it: everything is looked up by its accessible name.
 *
 *   openApp(context, url) -> App: fields and buttons, rows() of the table, what went wrong, which requests were made
 */
import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {textOf} from './browser.js';

const PATIENCE_MS = 120_000;   // generous: the machine may be busy

/** Opens the page and waits until it can be used. */
export async function openApp(context, url) {
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    const app = new App(page);
    await page.addInitScript(watch);
    await page.goto(url);
    await app.button('Try a sample').waitFor();
    return app;
}

/** In the page: notes when rows and progress bars came. */
function watch() {
    const seen = {rows: [], bars: 0};
    Object.assign(window, {seen});
    let count = 0;
    new MutationObserver(() => {
        const rows = document.querySelector('table[aria-label="Designs"]')?.tBodies[0]?.rows.length ?? 0;
        if (document.querySelector('[role=progressbar]')) seen.bars++;
        if (rows === count) return;
        count = rows;
        seen.rows.push({count, ms: performance.now()});
    }).observe(document, {childList: true, subtree: true});
}

export class App {
    /** what the console called an error, and what no one caught @type {string[]} */
    errors = [];
    /** URLs of everything that was asked for @type {string[]} */
    requests = [];

    /** @param {import('playwright-core').Page} page */
    constructor(page) {
        this.page = page;
        page.on('console', (message) => message.type() === 'error' && this.errors.push(message.text()));
        page.on('pageerror', (error) => this.errors.push(String(error)));
        page.context().on('request', (request) => this.requests.push(request.url()));
        this.file = page.getByLabel('Structure', {exact: true});
        this.model = page.getByRole('combobox', {name: 'Model', exact: true});
        this.settings = this.region('Settings');
        this.running = this.region('What will run');
        this.grid = page.getByRole('grid', {name: 'Residues', exact: true});
        this.table = page.getByRole('table', {name: 'Designs', exact: true});
        this.progress = page.getByRole('progressbar');
        this.status = page.getByRole('status');
        this.alert = page.getByRole('alert').filter({hasText: /\S/});
    }

    button(name) {
        return this.page.getByRole('button', {name, exact: true});
    }

    number(name) {
        return this.page.getByRole('spinbutton', {name, exact: true});
    }

    /** Fills the form in. */
    async set({count, temperature, seed}) {
        for (const [name, value] of Object.entries({Sequences: count, Temperature: temperature, Seed: seed})) {
            if (value !== undefined) await this.number(name).fill(String(value));
        }
    }

    /** Opens a file under a name. @param {string} name @param {string} text */
    async open(name, text) {
        await this.file.setInputFiles({name, mimeType: 'text/plain', buffer: Buffer.from(text)});
    }

    async trySample() {
        await this.button('Try a sample').click();
        await this.page.getByText(/106 residues/).first().waitFor();
    }

    /** Starts and does not wait. */
    async start(settings) {
        await this.set(settings);
        await this.button('Design').click();
    }

    /** Waits until nothing runs. */
    async idle() {
        await this.page.waitForFunction(() => !document.querySelector('[role=progressbar]'));
    }

    /** Waits for so many rows, those that a long table does not draw among them. */
    async waitForRows(count) {
        await this.page.waitForFunction((least) => {
            const table = document.querySelector('table[aria-label="Designs"]');
            const alert = document.querySelector('[role=alert]')?.textContent?.trim();
            if (alert) throw new Error(`the page says: ${alert}`);
            const all = Number(table?.getAttribute('aria-rowcount') ?? 0) - (table?.tHead?.rows.length ?? 0);
            return Math.max(all, table?.tBodies[0]?.rows.length ?? 0) >= least;
        }, count);
    }

    /** How many rows the table has, drawn or not. */
    async rowCount() {
        return this.page.evaluate(() => {
            const table = document.querySelector('table[aria-label="Designs"]');
            return table ? Number(table.getAttribute('aria-rowcount')) - table.tHead.rows.length : 0;
        });
    }

    /** Designs and waits for the end; the rows of the table. */
    async design(settings) {
        const before = await this.rowCount();
        await this.start(settings);
        await this.waitForRows(before + settings.count);
        await this.idle();
        return (await this.rows()).slice(before);
    }

    /** The table: each row by column, and its whole text. */
    async rows() {
        return this.page.evaluate(() => {
            const table = document.querySelector('table[aria-label="Designs"]');
            const names = Array.from(table?.tHead?.rows[0].cells ?? [], (cell) => cell.textContent.trim());
            return Array.from(table?.tBodies[0]?.rows ?? [], (row) => Object.assign(
                Object.fromEntries(names.map((name, i) => [name, row.cells[i].textContent.trim()])),
                {text: row.textContent}
            ));
        });
    }

    /** What init noted. */
    async seen() {
        return this.page.evaluate('seen');
    }

    /** Clicks Save FASTA. */
    async save() {
        const {name, bytes} = await this.saved(() => this.button('Save FASTA').click());
        return {name, text: textOf(bytes)};
    }

    /** The words of the alert. */
    async complaint() {
        await this.alert.first().waitFor();
        return (await this.alert.first().innerText()).trim();
    }

    /** Drops a file on the page. */
    async drop(name, text) {
        await this.file.evaluate((target, {name, text}) => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([text], name));
            for (const type of ['dragenter', 'dragover', 'drop']) {
                target.dispatchEvent(new DragEvent(type, {dataTransfer, bubbles: true, cancelable: true}));
            }
        }, {name, text});
    }

    /** A part of the page by its name. */
    region(name) {
        return this.page.getByRole('region', {name, exact: true});
    }

    /** A text field of the settings. */
    text(name) {
        return this.settings.getByRole('textbox', {name, exact: true});
    }

    /** Opens or closes a part of the settings. */
    async fold(part) {
        await this.settings.locator('summary', {hasText: part}).click();
    }

    /** Fills a text field of the settings in and is done with it. */
    async type(name, value) {
        await this.text(name).fill(value);
        await this.text(name).press('Enter');
    }

    /** The box that has a whole chain designed. */
    chain(name, length) {
        return this.settings.getByRole('checkbox', {name: `Chain ${name}, ${length} residues`, exact: true});
    }

    /** Waits until "What will run" says so. */
    async says(words) {
        await this.running.getByText(words).first().waitFor();
    }

    /** Opens a structure that comes with the page. */
    async sample(id, count) {
        await this.page.getByLabel('More ways to open a structure', {exact: true}).click();
        await this.page.getByRole('button', {name: new RegExp(`^${id}, `)}).click();
        await this.shows(count);
        await this.page.keyboard.press('Escape');
    }

    /** Opens a file of any kind, as bytes. */
    async openBytes(name, bytes) {
        await this.file.setInputFiles({name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes)});
    }

    /** Waits until a structure of so many residues is looked at, in the grid as well. */
    async shows(count) {
        await this.page.locator('.opened .current').getByText(new RegExp(`(^|\\D)${count} residues`)).waitFor();
        await this.page.locator('.sequence-panel .counts').getByText(`of ${count} designed`).waitFor();
    }

    /** A residue in the grid. @param {string} name   'A5' */
    cell(name) {
        return this.grid.getByRole('gridcell', {name: new RegExp(`^${name} `)});
    }

    /** Opens the tools of the grid that a small panel folds away. */
    async selectTools() {
        const text = this.page.getByLabel('Select by text', {exact: true}), all = this.button('Select all');
        if (!await text.isVisible() || !await all.isVisible()) await this.button('More ways').click();
        await text.waitFor();
    }

    /** Selects by text, or adds to the selection. */
    async selectText(text, button = 'Select') {
        await this.selectTools();
        await this.page.getByLabel('Select by text', {exact: true}).fill(text);
        await this.button(button).click();
    }

    /** Selects by text; the selection as the page spells it. */
    async select(text) {
        await this.selectText(text);
        return this.selected();
    }

    /** The selection as the page spells it. */
    async selected() {
        await this.selectTools();
        const text = (await this.page.locator('.selected-text code').innerText()).trim();
        await this.page.keyboard.press('Escape');
        return text;
    }

    /** '106 of 106 designed, 3 selected' */
    async counts() {
        return (await this.page.locator('.sequence-panel .counts').innerText()).trim();
    }

    /** The file that an action of the page saves. */
    async saved(action) {
        const [download] = await Promise.all([this.page.waitForEvent('download'), action()]);
        return {name: download.suggestedFilename(), bytes: new Uint8Array(await readFile(await download.path()))};
    }

    /** The file that an item of the menu of saving gives. */
    async saveAs(name) {
        return this.saved(async () => {
            await this.button('Save ...').click();
            const title = this.page.getByText(name, {exact: true});
            await this.page.getByRole('menuitem').filter({has: title}).click();
        });
    }

    /** Nothing went wrong out of sight, and the page is given back. */
    async close(expected = /^$/) {
        assert.deepEqual(this.errors.filter((text) => !expected.test(text)), []);
        await this.page.close();
    }
}
