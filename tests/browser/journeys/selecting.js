/* SPDX-License-Identifier: MIT
 *
 * selecting.js - journey 13: one selection in the grid and in 3D, and every step undone and done again.
 */
import assert from 'node:assert/strict';
import {say} from '../browser.js';
import {journeyOf} from './journey.js';

const STEP = 12;   // px between two places where a residue is looked for

/** The view in three dimensions. */
async function viewOf(app) {
    await app.page.locator('section[aria-label="3D view"][data-ready="5L33"]').waitFor();
    const stage = app.region('3D view').getByRole('img'), {x, y, width, height} = await stage.boundingBox();
    return {
        stage, x, y, width, height,
        says: (words) => app.page.waitForFunction((end) =>
            document.querySelector('.viewer-stage').getAttribute('aria-label').endsWith(end), words),
        picture: async () => {
            await app.page.mouse.move(2, 2);
            await app.page.waitForTimeout(400);
            return app.page.locator('.viewer-canvas').screenshot();
        }
    };
}

/** A residue whose label shows under the pointer, from the middle on; the pointer stays there. */
async function findResidue(app, {x, y, width, height}) {
    const label = app.page.locator('.viewer-label');
    for (let turn = 0; turn < 200; turn++) {
        const far = STEP * Math.sqrt(turn), angle = turn * 2.4;
        await app.page.mouse.move(x + width / 2 + far * Math.cos(angle), y + height / 2 + far * Math.sin(angle));
        await app.page.evaluate(() => new Promise((done) => {
            requestAnimationFrame(() => requestAnimationFrame(() => done(null)));
        }));
        if (await label.count()) return (await label.innerText()).trim();
    }
    return assert.fail('there is no residue under the pointer');
}

/** @param {() => Promise<import('../app.js').App>} open @param {string | false} skip */
export function register(open, skip) {
    const journey = journeyOf(open, skip);

    journey(13, 'a selection in the grid and in 3D, undone and done again', async (app, t) => {
        await app.trySample();
        const view = await viewOf(app), bare = await view.picture();
        await app.cell('A5').click();   // grid -> 3D
        await app.cell('A9').click({modifiers: ['Shift']});
        assert.equal(await app.counts(), '106 of 106 designed, 5 selected');
        await view.says('5 selected');
        assert.notDeepEqual(await view.picture(), bare, 'the selection is drawn');
        await app.button('Keep selected').click();
        assert.equal(await app.counts(), '101 of 106 designed, 5 selected');

        const words = await findResidue(app, view), [name] = words.split(' ');   // 3D -> grid
        say(t, `under the pointer: ${words}`);
        await app.page.mouse.down();
        await app.page.mouse.up();
        await view.says('1 selected');
        assert.equal(await app.selected(), name);
        assert.match(await app.cell(name).getAttribute('aria-label'), new RegExp(`^${words}, \\w+, selected$`));
        await app.button('Select a box').click();
        await app.page.mouse.move(view.x + 3, view.y + 3);
        await app.page.mouse.down();
        await app.page.mouse.move(view.x + view.width - 3, view.y + view.height - 3, {steps: 4});
        await app.page.mouse.up();
        await view.says('106 selected');
        assert.equal(await app.counts(), '101 of 106 designed, 106 selected');
        await app.button('Select a box').click();

        const [undo, redo] = ['Undo', 'Redo'].map((each) => app.button(each));
        const steps = ['106 of 106 designed, 0 selected', '106 of 106 designed, 5 selected',   // a run is one step
            '101 of 106 designed, 5 selected', '101 of 106 designed, 1 selected', '101 of 106 designed, 106 selected'];
        for (const step of steps.slice(0, -1).reverse()) {
            assert.equal(await undo.getAttribute('aria-disabled'), 'false');
            await undo.click();
            assert.equal(await app.counts(), step);
        }
        assert.equal(await undo.getAttribute('aria-disabled'), 'true');
        assert.deepEqual(await view.picture(), bare, 'as it was');
        await redo.click();
        assert.equal(await app.counts(), steps[1]);
        await app.page.keyboard.press('Control+y');
        assert.equal(await app.counts(), steps[2]);
        await app.page.keyboard.press('Control+z');
        assert.equal(await app.counts(), steps[1]);
        await app.page.keyboard.press('Control+Shift+z');
        assert.equal(await app.counts(), steps[2]);
        await app.says(/^101 residues are designed/);
        const [row] = await app.design({count: 1, temperature: 1, seed: 2});
        assert.equal(row.Sequence.length, 106);
    });
}
