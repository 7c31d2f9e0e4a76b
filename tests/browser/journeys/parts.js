/* SPDX-License-Identifier: MIT
 *
 * parts.js - parts of the page that several tests use, by their accessible names.
 *
 *   app --openStructure--> app --commandOf--> command, files --command line--> designs
 */
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {mkdtemp, writeFile} from 'node:fs/promises';
import {createRequire} from 'node:module';
import {join} from 'node:path';

/** The windows that journeys are made for. */
export const DESKTOP = {viewport: {width: 1280, height: 900}};
export const PHONE = {hasTouch: true, isMobile: true, viewport: {width: 390, height: 800}};

/** The script that makes `axe` a global of a page. */
export const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Opens a text or the bytes of a file, and waits until it is looked at. */
export async function openStructure(app, name, content, residues) {
    await app.openBytes(name, content);
    await app.shows(residues);
}

/**
 * The command that the page shows, and what it designs in a shell, in a folder of its own beside the files that the
 * page offers and those given by name. The page must be allowed to use the clipboard.
 * @param {import('../app.js').App} app
 * @param {ReturnType<typeof import('./truth.js').commandLine>} line
 * @param {Record<string, string>} [files]   what the page offers of them must be the same
 */
export async function commandOf(app, line, files = {}) {
    const place = await mkdtemp(join(line.folder, 'shell-'));
    await app.button('Copy command').click();
    const command = await app.page.evaluate('navigator.clipboard.readText()');
    assert.equal(command, await app.running.locator('pre').innerText());
    assert.match(command, /^weft /);
    for (const [name, text] of Object.entries(files)) await writeFile(join(place, name), text);
    for (const button of await app.running.getByRole('button', {name: /^Save \S+\.\w+$/}).all()) {
        const {name, bytes} = await app.saved(() => button.click());
        if (name in files) assert.deepEqual(Buffer.from(bytes), Buffer.from(files[name]), name);
        await writeFile(join(place, name), bytes);
    }
    return {command, place, designs: await line.inShell(place, command)};
}

/** The sequence grid and its tools. */
export class Grid {
    constructor(app) {
        this.app = app;
        this.page = app.page;
        this.grid = app.grid;
    }

    /** @param {string} name   'A5' */
    cell(name) {
        return this.app.cell(name);
    }

    /** Clicks a button that a small panel may fold away, and folds it away again. */
    async press(name) {
        const folded = !await this.app.button(name).isVisible();
        if (folded) await this.app.button('More ways').click();
        await this.app.button(name).click();
        if (folded) await this.page.keyboard.press('Escape');
    }

    /** Selects by text, or adds to the selection. */
    text(text, button) {
        return this.app.selectText(text, button);
    }

    /** '41 of 206 designed, 0 selected' */
    counts() {
        return this.app.counts();
    }

    async waitForCounts(text) {
        await this.page.locator('.sequence-panel .counts').getByText(text, {exact: true}).waitFor();
    }
}

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

/** axe finds nothing, wide and narrow, light and dark, and nothing is cut off. */
export async function assertClean(app, state) {
    await app.page.evaluate(axe);
    for (const [width, colorScheme] of [[1280, 'light'], [1280, 'dark'], [390, 'light']]) {
        await app.page.emulateMedia({colorScheme});
        await app.page.setViewportSize({width, height: 900});
        const {violations} = await app.page.evaluate('axe.run()');
        assert.deepEqual(violations.map(({id, nodes}) => `${id}: ${nodes.map(({html}) => html).join(' ')}`), [],
            `${state}, ${width} px, ${colorScheme}`);
        assert.ok(await app.page.evaluate('document.documentElement.scrollWidth') <= width, `${state} in ${width} px`);
    }
    await app.page.setViewportSize(DESKTOP.viewport);
}
