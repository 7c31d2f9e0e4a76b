/* SPDX-License-Identifier: MIT
 *
 * craft.js - journeys 16 to 18, 23 and 24: how the page bears large work, a keyboard, a finger, an address and every
 * state, looked at by axe and by its width.
 */
import assert from 'node:assert/strict';
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {cache, say, structureText} from '../browser.js';
import {longChain} from '../in_page.js';
import {mainThread} from '../tasks.js';
import {journeyOf} from './journey.js';
import {axe, DESKTOP, Grid, openStructure, PHONE} from './parts.js';
import {assertRows, inNode, sample} from './truth.js';

const OTHER = 'solublempnn_v_48_010';
const SETTLE_MS = 1000, STUCK_MS = 500;
const WIDTHS = [2560, 1200, 390, 320];

/** Two chains of so many residues together. */
export function complexOf(length) {
    const half = longChain(structureText('5L33'), length / 2).split('\n').filter((line) => line.startsWith('ATOM'));
    const other = half.map((line) => `${line.slice(0, 21)}B${line.slice(22, 38)}${
        (Number(line.slice(38, 46)) + 45).toFixed(3).padStart(8)}${line.slice(46)}`);
    return [...half, 'TER', ...other, 'END', ''].join('\n');
}

/** What has the focus, by its name. */
const focusedName = () => {
    const it = document.activeElement;
    return (it?.getAttribute('aria-label') ?? it?.labels?.[0]?.innerText ?? it?.innerText ?? '').trim().split('\n')[0];
};

/** Presses Tab until a control has the focus. */
async function tabTo(app, wanted) {
    const reached = new Set();
    for (let i = 0; i < 140; i++) {
        const name = await app.page.evaluate(focusedName);
        if (name === wanted) return;
        reached.add(name);
        await app.page.keyboard.press('Tab');
    }
    assert.fail(`the Tab key never reached ${wanted}; it reached ${[...reached].join(' | ')}`);
}

/** How far the window has scrolled after a finger's drag from a place. */
async function swipe(app, {x, y}) {
    const session = await app.page.context().newCDPSession(app.page);
    const before = await app.page.evaluate('scrollY');
    const touch = (type, touchPoints) => session.send('Input.dispatchTouchEvent', {type, touchPoints});
    await touch('touchStart', [{x, y}]);
    for (let step = 1; step <= 10; step++) {
        await touch('touchMove', [{x, y: y - 20 * step}]);
        await app.page.waitForTimeout(16);
    }
    await touch('touchEnd', []);
    await app.page.waitForTimeout(300);
    await session.detach();
    return await app.page.evaluate('scrollY') - before;
}

/** Part of the window that a thing lies in, or none. */
async function inSight(app, locator) {
    const box = await locator.boundingBox(), {width, height} = app.page.viewportSize();
    return box !== null && box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height;
}

export function register(open, skip, {site}) {
    const journey = journeyOf(() => open(DESKTOP), skip), onPhone = journeyOf(() => open(PHONE), skip);

    journey(16, 'a complex of 1,000 residues: the page stays free', async (app, t) => {
        const count = site ? 100 : 8;
        await openStructure(app, 'complex.pdb', complexOf(1000), 1000);
        await app.page.locator('section[data-ready="complex"]').waitFor();
        await app.page.waitForTimeout(SETTLE_MS);
        const began = performance.now();
        const {work, words} = await mainThread(app.page, async () => {
            await app.start({count, temperature: 0.1, seed: 1});
            await app.waitForRows(count);
            await app.idle();
        });
        say(t, `${count} sequences in ${((performance.now() - began) / 1000).toFixed(1)} s; ${words}`);
        assert.equal(await app.rowCount(), count);
        await app.page.getByRole('group', {name: /Left and right move/}).waitFor();
        assert.ok(work < STUCK_MS, 'a page that works for half a second is stuck');
    });

    journey(17, 'by keyboard alone', async (app) => {
        const {keyboard} = app.page, grid = new Grid(app);
        await tabTo(app, 'Structure');
        await tabTo(app, 'Try a sample');
        await keyboard.press('Enter');
        await app.shows(106);
        await tabTo(app, 'Residues');
        for (const key of ['Control+Home', 'ArrowRight', 'ArrowRight', 'Shift+ArrowRight', 'Shift+ArrowRight']) {
            await keyboard.press(key);
        }
        await grid.waitForCounts('106 of 106 designed, 3 selected');
        await keyboard.press('f');
        await grid.waitForCounts('103 of 106 designed, 3 selected');
        for (const [name, value] of [['Sequences', '2'], ['Temperature', '0.9'], ['Seed', '9']]) {
            await tabTo(app, name);
            await keyboard.press('Control+A');
            await keyboard.type(value);
        }
        await tabTo(app, 'Design');
        await keyboard.press('Enter');
        await app.waitForRows(2);
        await app.idle();
        const design = Uint8Array.from({length: 106}, (_, row) => (row >= 2 && row < 5 ? 0 : 1));
        assertRows(await app.rows(), await inNode(sample, {count: 2, temperature: 0.9, seed: 9, design}));
        await tabTo(app, 'Sequences');
        await keyboard.press('Control+A');
        await keyboard.type('2000');
        await tabTo(app, 'Design');
        await keyboard.press('Space');
        await app.waitForRows(3);
        await tabTo(app, 'Cancel');
        await keyboard.press('Enter');
        await app.idle();
        assert.ok(await app.rowCount() < 2002);
        await tabTo(app, 'Save FASTA');
        assert.match((await app.saved(() => keyboard.press('Enter'))).name, /\.fa$/);
    });

    onPhone(18, 'on a phone', async (app, t) => {
        const grid = new Grid(app), design = app.button('Design'), settings = {count: 2, temperature: 0.2, seed: 6};
        assert.ok(await inSight(app, design), 'the bar is in sight before anything is open');
        await app.button('Try a sample').tap();
        await app.shows(106);
        await app.page.locator('section[data-ready="5L33"]').waitFor();
        const view = app.page.getByRole('region', {name: '3D view'}).getByRole('img');
        await view.scrollIntoViewIfNeeded();
        const {x, y, width, height} = await view.boundingBox();
        const moved = await swipe(app, {x: x + width / 2, y: y + height / 2});
        say(t, `a finger's drag of 200 px on the structure scrolls the page by ${Math.round(moved)} px`);
        assert.ok(moved > 50, 'the 3D view never traps the scroll');
        await grid.cell('A5').tap();
        await grid.cell('A7').tap();
        await grid.waitForCounts('106 of 106 designed, 2 selected');
        const order = await app.page.evaluate(() => ['3D view', 'Sequence', 'Settings'].map((name) =>
            document.querySelector(`section[aria-label="${name}"]`).getBoundingClientRect().top));
        assert.deepEqual([...order].sort((a, b) => a - b), order, 'the steps follow each other');
        await app.set(settings);
        assert.ok(await inSight(app, design));
        await design.tap();
        await app.waitForRows(2);
        await app.idle();
        assertRows(await app.rows(), await inNode(sample, settings));
        await app.table.scrollIntoViewIfNeeded();
        assert.ok(await inSight(app, design), 'the bar stays in sight');
        for (const name of ['Design', 'Cancel', 'Try a sample']) {
            const box = await app.button(name).boundingBox();
            assert.ok(box.height >= 40, `${name} is ${box.height} px high`);
        }
        await app.page.evaluate('scrollTo(0, 0)');
        assert.match((await app.saved(() => app.button('Save FASTA').tap())).name, /\.fa$/);
        assert.ok(await app.page.evaluate('document.documentElement.scrollWidth') <= 390);
    });

    journey(23, 'settings in the address, and a model of the user\'s', async (app, t) => {
        const url = app.page.url().replace(/#.*/, '');
        await app.page.goto(`${url}#count=2&temperature=0.25&seed=42&order=n-to-c`);
        await app.page.reload();
        await app.button('Try a sample').waitFor();
        assert.equal(await app.number('Sequences').inputValue(), '2');
        assert.equal(await app.number('Temperature').inputValue(), '0.25');
        assert.equal(await app.settings.getByLabel('Order', {exact: true}).inputValue(), 'n-to-c');
        await openStructure(app, '6MRR.pdb', structureText('6MRR'), 68);
        const settings = {count: 2, temperature: 0.25, seed: 42};
        assertRows(await app.design(settings), await inNode(structureText('6MRR'), {...settings, order: 'n-to-c'}));
        await app.number('Temperature').fill('0.3');
        await app.settings.getByLabel('Order', {exact: true}).selectOption('random');
        await app.page.waitForFunction(() => location.hash === '#count=2&temperature=0.3&seed=42');
        const file = join(cache, 'weights', `${OTHER}.eqx`);
        if (!existsSync(file)) return say(t, `${OTHER} is not in the cache: no other model is tried`);
        const next = {count: 2, temperature: 0.3, seed: 42};
        const truth = await inNode(structureText('6MRR'), next, OTHER);
        if (site) {
            await app.model.selectOption(OTHER);
            await app.says(/v_48_010/);
            assertRows((await app.design(next)).slice(-2), truth);
        }
        await app.file.setInputFiles(file);
        await app.model.locator('option:checked', {hasText: /your file/}).waitFor({state: 'attached'});
        const rows = (await app.design(next)).slice(-2);
        say(t, `with ${rows[0].Model}: ${rows[0].Sequence.slice(0, 20)}`);
        assertRows(rows, truth);
    });

    journey(24, 'axe finds nothing in any state, and nothing is cut off', async (app, t) => {
        await app.page.evaluate(axe);
        const found = [];
        const clean = async (state) => {
            const {violations, passes} = await app.page.evaluate('axe.run()');
            say(t, `${state}: ${passes.length} rules kept, ${violations.length} broken`);
            found.push(...violations.map(({id, nodes}) => `${state}: ${id}: ${nodes.map(({html}) => html).join(' ')}`));
        };
        const fits = async (state) => {
            for (const width of site ? WIDTHS : []) {   // the pages look the same
                await app.page.setViewportSize({width, height: 900});
                await app.page.waitForTimeout(50);
                const wide = await app.page.evaluate('document.documentElement.scrollWidth');
                assert.ok(wide <= width, `${state}: ${wide} wide in a window of ${width}`);
            }
            await app.page.setViewportSize({width: 1280, height: 900});
        };
        const {keyboard} = app.page, grid = new Grid(app);
        await clean('empty');
        await fits('empty');
        await app.open('empty.pdb', '');
        await app.complaint();
        await clean('with an alert');
        await app.button('Dismiss').click();
        await app.sample('1J2J', 206);
        await app.page.locator('section[data-ready="1J2J"]').waitFor();
        await clean('loaded');
        await app.chain('B', 41).check();
        await grid.press('Interface');
        await clean('selecting');
        await fits('selecting');
        await app.start({count: 2000, temperature: 0.3, seed: 1});
        await app.waitForRows(4);
        await clean('while it runs');
        await app.button('Cancel').click();
        await app.idle();
        await clean('with designs');
        await fits('with designs');
        for (const name of ['Heat map', 'Scores', 'Score sequences', 'Mutation scan']) {
            await app.page.getByRole('tab', {name, exact: true}).click();
            await clean(name);
        }
        await app.page.getByRole('tab', {name: 'Couplings', exact: true}).click();
        await app.button('Work out').click();
        await app.page.getByRole('table', {name: 'Coupled residues', exact: true}).waitFor();
        await clean('Couplings');
        await app.table.locator('tbody tr').first().click();
        await app.button('Compare').click();
        await clean('comparison');
        await fits('comparison');
        await app.button('Back to the table').click();
        for (const [name, part] of [['Choose a set', 'Choose a set'], ['Predictions', 'Predictions']]) {
            await app.button(name).click();
            await app.page.getByRole('group', {name: part, exact: true}).waitFor();
            await clean(name);
            await fits(name);
        }
        await app.button('Back to the table').click();
        await app.button('Save ...').click();
        await clean('the menu of files');
        await keyboard.press('Escape');
        await app.page.locator('summary[aria-label="More ways to open a structure"]').click();
        await clean('more ways to open');
        await keyboard.press('Escape');
        await app.button('Runs (1)').click();
        await clean('the list of runs');
        await app.page.getByText('About', {exact: true}).click();
        await clean('About');
        await app.page.emulateMedia({colorScheme: 'dark'});
        await clean('About, dark');
        await keyboard.press('Escape');
        await clean('dark');
        await app.page.setViewportSize({width: 390, height: 800});
        await clean('dark, on a phone');
        await app.page.emulateMedia({colorScheme: 'light'});
        await clean('on a phone');
        assert.deepEqual(found, []);
    });
}
