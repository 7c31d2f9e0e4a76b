/* SPDX-License-Identifier: MIT
 *
 * grid.test.js - the sequence grid of dist/site: what the mouse, a finger, the keyboard and text select, how lines are
 * made, and how long the main thread is kept.
 */
import assert from 'node:assert/strict';
import {existsSync} from 'node:fs';
import {after, before, test} from 'node:test';
import {openApp} from './app.js';
import {skip as noEngine} from './bench_page.js';
import {inCheckout, launch, say, serve, structureText, TIMEOUT} from './browser.js';
import {longChain} from './in_page.js';
import {axe, Grid} from './journeys/parts.js';
import {mainThread} from './tasks.js';

const site = inCheckout('dist/site');
const skip = noEngine || (existsSync(`${site}/index.html`) ? false : 'dist/site is not built: ./build.sh dist');
const SETTLE_MS = 1000;
const PATIENCE_MS = 20_000;

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
before(async () => {
    if (skip) return;
    [browser, server] = await Promise.all([launch(), serve({'/': site})]);
});
after(async () => {
    await browser?.close();
    await server?.close();
});

/** The grid, with what a mouse and a keyboard do there. */
class HandledGrid extends Grid {
    /** Where a residue's letter is. */
    async middle(name) {
        const {x, y, width, height} = await this.cell(name).boundingBox();
        return [x + width / 2, y + height / 2];
    }

    async drag(from, to) {
        await this.page.mouse.move(...await this.middle(from));
        await this.page.mouse.down();
        await this.page.mouse.move(...await this.middle(to), {steps: 6});
        await this.page.mouse.up();
    }

    /** The selection as the page spells it. */
    async selected() {
        await this.app.selectTools();
        return (await this.page.locator('.selected-text code').innerText()).trim();
    }

    async keys(...keys) {
        for (const key of keys) await this.page.keyboard.press(key);
    }
}

function gridTest(name, body, {file = '5L33', text = structureText(file), residues = 106, ...options} = {}) {
    test(name, {skip, timeout: TIMEOUT}, async (t) => {
        const context = await browser.newContext({viewport: {width: 1280, height: 900}, ...options});
        const app = await openApp(context, `${server.origin}/`);
        app.page.setDefaultTimeout(PATIENCE_MS);
        await app.open(`${file}.pdb`, text);
        await app.shows(residues);
        await app.page.getByRole('gridcell').first().scrollIntoViewIfNeeded();
        await body(new HandledGrid(app), t);
        await app.close();
        await context.close();
    });
}

gridTest('the mouse selects', async (grid) => {
    await grid.cell('A5').click();
    assert.equal(await grid.selected(), 'A5');
    assert.match(await grid.cell('A5').getAttribute('aria-label'), /^A5 Lys, designed, selected$/);
    await grid.cell('A9').click({modifiers: ['Shift']});
    assert.equal(await grid.selected(), 'A5-9');
    await grid.cell('A20').click({modifiers: ['Control']});
    await grid.cell('A6').click({modifiers: ['Control']});
    assert.equal(await grid.selected(), 'A5,A7-9,A20');
    await grid.drag('A30', 'A77');
    assert.equal(await grid.selected(), 'A30-77', 'a drag runs across lines');
    await grid.drag('A77', 'A70');
    assert.equal(await grid.selected(), 'A70-77', 'and backwards');
    assert.equal(await grid.counts(), '106 of 106 designed, 8 selected');
});

gridTest('a finger selects by taps', async (grid) => {
    await grid.cell('A5').tap();
    await grid.cell('A8').tap();
    assert.equal(await grid.selected(), 'A5,A8');
    await grid.page.keyboard.press('Escape');
    await grid.cell('A5').tap();
    assert.equal(await grid.selected(), 'A8');
}, {hasTouch: true, isMobile: true, viewport: {width: 390, height: 800}});

gridTest('the keyboard selects and designs', async (grid) => {
    await grid.grid.focus();
    await grid.keys('Control+Home', 'ArrowRight', 'ArrowRight', 'Shift+ArrowRight', 'Shift+ArrowRight');
    assert.equal(await grid.counts(), '106 of 106 designed, 3 selected');
    await grid.keys('f');
    assert.equal(await grid.counts(), '103 of 106 designed, 3 selected');
    await grid.keys('d', 'End', ' ');
    assert.equal(await grid.counts(), '106 of 106 designed, 4 selected');
    await grid.keys(' ', 'Shift+ArrowDown');
    const columns = Number(await grid.grid.getAttribute('aria-colcount')) - 1;
    assert.equal(await grid.counts(), `106 of 106 designed, ${Math.min(columns, 106 - columns) + 1} selected`);
    await grid.keys('Control+End');
    const active = await grid.grid.getAttribute('aria-activedescendant');
    assert.match(await grid.page.locator(`#${active}`).getAttribute('aria-label'), /^A104 Val/);
    await grid.keys('Control+a');
    assert.equal(await grid.counts(), '106 of 106 designed, 106 selected');
    await grid.keys('Escape');
    assert.equal(await grid.counts(), '106 of 106 designed, 0 selected');
});

gridTest('text selects, or says what is wrong with it', async (grid) => {
    const field = grid.page.getByLabel('Select by text', {exact: true});
    await grid.text('A46-50');
    await grid.text('B60', 'Add');
    assert.equal(await grid.selected(), 'A46-50,B60');
    await grid.text('A46 Z9', 'Add');
    assert.match(await grid.page.getByText(/Z9/).last().innerText(), /no chain for 'Z9'/);
    assert.equal(await field.getAttribute('aria-invalid'), 'true');
    assert.ok(await field.getAttribute('aria-describedby'));
    assert.equal(await grid.selected(), 'A46-50,B60', 'a wrong text selects nothing');
    await grid.press('Invert');
    assert.equal(await grid.counts(), '0 of 425 designed, 419 selected');
    await grid.press('Select none');
    assert.equal(await grid.counts(), '0 of 425 designed, 0 selected');
    await grid.text('C');
    await grid.press('Design only these');
    const chain = await grid.counts();
    assert.match(chain, /^1\d\d of 425 designed, 1\d\d selected$/);
    await grid.text('C60-64');
    await grid.page.keyboard.press('Escape');
    await grid.app.button('Keep selected').click();
    assert.equal(Number.parseInt(await grid.counts()), Number.parseInt(chain) - 5);
}, {file: '3HTN', residues: 425});

gridTest('what is measured selects as the grammar does', async (grid) => {
    for (const [button, text] of [['Buried', 'buried'], ['Exposed', '!buried'], ['Interface', 'interface'],
        ['Near', '!(!(within 5 of A)) A']]) {
        await grid.press(button);
        const chosen = await grid.selected();
        await grid.page.keyboard.press('Escape');
        await grid.app.button('Select chain A').click();
        await grid.text(text);
        assert.equal(await grid.selected(), chosen, button);
        assert.match(chosen, /^[ABC]\d/);
        await grid.page.keyboard.press('Escape');
    }
}, {file: '3HTN', residues: 425});

gridTest('numbers, insertion codes and breaks', async (grid, t) => {
    const names = await grid.grid.getByRole('gridcell').evaluateAll((cells) =>
        cells.map((cell) => cell.getAttribute('aria-label').split(',')[0]));
    const breaks = await grid.page.locator('.residues [title]').evaluateAll((marks) => marks.map((mark) => mark.title));
    say(t, breaks.join('; '));
    assert.ok(breaks.some((words) => /^numbers? \d+ (to \d+ are|is) not in the file$/.test(words)), 'a gap is drawn');
    assert.ok(names.some((name) => /^[A-Z]\d+[A-Z] /.test(name)), 'insertion codes are part of the name');
}, {file: '6MRR_numbers', residues: 68});

gridTest('1,000 residues stay fluid', async (grid, t) => {
    await grid.page.waitForTimeout(SETTLE_MS);
    const cells = await grid.page.getByRole('gridcell').count();
    assert.ok(cells < 1000, `${cells} cells are drawn`);
    const longest = async (what, task) => {
        const {work, words} = await mainThread(grid.page, async () => {
            await task();
            await grid.page.waitForTimeout(200);
        });
        say(t, `${what}: ${words}; ${cells} cells drawn`);
        assert.ok(work < 500, `${what} kept the page busy for ${work} ms`);
    };
    await longest('click', () => grid.cell('A12').click());
    await longest('drag', () => grid.drag('A3', 'A150'));
    await longest('scroll', async () => {
        for (let turns = 0; turns < 20; turns++) await grid.page.mouse.wheel(0, 100);
    });
    assert.equal(await grid.selected(), 'A3-150');
}, {file: 'long', text: longChain(structureText('5L33'), 1000), residues: 1000});

gridTest('axe finds nothing', async (grid, t) => {
    await grid.page.evaluate(axe);
    await grid.text('A12-20 Z9');
    for (const scheme of ['light', 'dark']) {
        await grid.page.emulateMedia({colorScheme: scheme});
        const {violations, passes} = await grid.page.evaluate(`axe.run('.sequence-panel')`);
        say(t, `${scheme}: ${passes.length} rules kept`);
        assert.deepEqual(violations.map(({id, nodes}) => `${id}: ${nodes.map(({html}) => html).join(' ')}`), []);
    }
});
