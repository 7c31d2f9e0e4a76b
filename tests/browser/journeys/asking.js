/* SPDX-License-Identifier: MIT
 *
 * asking.js - journeys 3 to 6: what is designed and what is kept; a binder, a loop of an antibody, a homomer, rules on
 * letters. Each is held against the same command line, and residue by residue against what was asked.
 */
import assert from 'node:assert/strict';
import {example, say, textOf} from '../browser.js';
import {journeyOf} from './journey.js';
import {assertRows, commandLine, jsonLines, read, sample} from './truth.js';

const FAVOUR = '40';   // nats: no letter withstands them

/** Every residue that is not designed has its letter, in all sequences that the page saves as JSON. */
async function assertKept(app, {mask, sequence}, count) {
    const designs = jsonLines(textOf((await app.saveAs('JSON')).bytes)).slice(-count);
    assert.equal(designs.length, count);
    for (const design of designs) {
        assert.equal(design.sequence.length, sequence.length);
        const changed = [...design.sequence].filter((letter, row) => letter !== sequence[row]).length;
        assert.ok(changed > 0, 'something was designed');
        for (const [row, letter] of [...design.sequence].entries()) if (!mask[row]) assert.equal(letter, sequence[row]);
    }
}

/** @param {() => Promise<import('../app.js').App>} open @param {string | false} skip */
export function register(open, skip) {
    const journey = journeyOf(open, skip), {write, designs} = commandLine('asking');
    const inFolder = (name) => write(`${name}.pdb`, example(name));

    journey(3, 'a binder against a target that stays', async (app, t) => {
        const settings = {count: 2, temperature: 0.2, seed: 7}, text = example('1J2J');
        await inFolder('1J2J');
        await app.sample('1J2J', 206);
        await app.says(/^Choose at least one chain, or residues, to design\.$/);
        await app.chain('B', 41).check();
        await app.says(/^Chain B is designed, 41 residues; the other 165 keep their letters\.$/);
        assertRows(await app.design(settings), await designs(settings, '1J2J.pdb', '--chains', 'B'));
        await assertKept(app, await read(text, 'B'), 2);

        await app.button('Select chain B').click();   // then its part of the interface alone
        await app.selectTools();
        await app.page.getByLabel('What is chosen here').selectOption({label: 'stays selected, all else does not'});
        await app.button('Interface').click();
        const face = await read(text, '!A (!interface)'), selected = await app.selected();
        assert.equal(selected, face.text);
        say(t, `${face.count} residues of the binder touch the target: ${selected}`);
        await app.selectTools();
        await app.button('Design only these').click();
        await app.page.keyboard.press('Escape');
        assert.equal(await app.counts(), `${face.count} of 206 designed, ${face.count} selected`);
        assertRows(await app.design(settings), await designs(settings, '1J2J.pdb', '--design', face.text));
        await assertKept(app, face, 2);
    });

    journey(4, 'a loop of an antibody by its name', async (app, t) => {
        const settings = {count: 2, temperature: 0.2, seed: 3}, loop = await read(example('5CBA'), 'cdr:H3@kabat:A');
        await inFolder('5CBA');
        await app.open('5CBA.pdb', example('5CBA'));
        await app.shows(300);
        assert.equal(await app.select('cdr:H3@kabat:A'), loop.text);
        say(t, `${loop.text}, ${loop.count} residues`);
        assert.match(await app.cell('A100A').getAttribute('aria-label'), /^A100A \w{3}, fixed, selected$/);
        await app.button('Design selected').click();
        await app.says(new RegExp(`^${loop.count} residues are designed: .*; the other ${300 - loop.count} keep`));
        const truth = await designs(settings, '5CBA.pdb', '--design', 'cdr:H3@kabat:A');
        assertRows(await app.design(settings), truth);
        await assertKept(app, loop, 2);
    });

    journey(5, 'a homomer tied in one click', async (app) => {
        const settings = {count: 2, temperature: 0.3, seed: 37};
        await inFolder('1QU9');
        await app.sample('1QU9', 381);
        await app.fold('Ties');
        await app.button('Tie as homomer').click();
        await app.says(/^126 groups of tied residues get one letter each/);
        const rows = await app.design(settings);
        assertRows(rows, await designs(settings, '1QU9.pdb', '--tie', 'homomer'));
        for (const {Sequence} of rows) {
            const [first, ...others] = Sequence.split('/');
            assert.equal(first.length, 127);
            assert.deepEqual(others, [first, first]);
        }
        assert.notEqual(rows[0].Sequence, rows[1].Sequence);
        await app.button('Undo').click();
        await app.page.waitForFunction(() => !document.querySelector('[aria-label="What is tied"]'));
    });

    journey(6, 'letters omitted and favoured, everywhere and at residues', async (app) => {
        const settings = {count: 8, temperature: 0.5, seed: 5};
        await write('5L33.pdb', sample);
        const helix = await read(sample, 'A10-30'), spot = await read(sample, 'A45 A60');
        await app.trySample();
        await app.fold('Letters');
        await app.type('Omit', 'c, m');
        await app.select('A10-30');
        await app.page.getByLabel('Where', {exact: true}).selectOption('selected');
        await app.type('Omit', 'AE');
        await app.select('A45,A60');
        await app.text('Favour or avoid').fill('W');
        await app.text('Nats').fill(FAVOUR);
        await app.button('Add bias').click();
        await app.says('No C or M anywhere.');
        await app.says('No A or E at A10-30 (21 residues).');
        await app.says(/^W favoured by 40 nats at A45, ?A60 \(2 residues\)\.$/);
        const rows = await app.design(settings);
        assert.equal(new Set(rows.map(({Sequence}) => Sequence)).size, settings.count);
        for (const {Sequence} of rows) {
            assert.doesNotMatch(Sequence, /[CM]/);
            for (const [row, letter] of [...Sequence].entries()) {
                if (helix.mask[row]) assert.doesNotMatch(letter, /[AE]/);
                if (spot.mask[row]) assert.equal(letter, 'W');
            }
        }
        const free = await designs(settings, '5L33.pdb');
        const inHelix = free.map(({sequence}) => [...sequence].filter((_, row) => helix.mask[row]).join(''));
        assert.match(inHelix.join(''), /[AE]/, 'without the rule these letters are drawn there');
        await write('omit.json', JSON.stringify({all: 'CM', 'A10-30': 'AE'}));
        await write('bias.json', JSON.stringify({'A45,A60': {W: Number(FAVOUR)}}));
        assertRows(rows, await designs(settings, '5L33.pdb', '--omit', 'omit.json', '--bias', 'bias.json'));
    });
}
