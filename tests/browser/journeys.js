/* SPDX-License-Identifier: MIT
 *
 * journeys.js - what a user does with the page, the same for the site and for the offline file.
 *
 *   journeys(open) registers the tests; open() -> App, on a page without history
 */
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {availableParallelism} from 'node:os';
import {test} from 'node:test';
import {parseFasta} from '../../wasm/formats/fasta.js';
import {Engine} from '../../wasm/index.js';
import {KILLED, weights} from './bench_page.js';
import {inCheckout, say, structureText, TIMEOUT} from './browser.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const sample = structureText('5L33');

/** The sequences and scores that Node gives. */
async function inNode(text, {count, temperature, seed}) {
    const engine = await Engine.load({weights, threads: availableParallelism()});
    const encoding = await engine.encode(engine.parse(text));
    const designs = [];
    for await (const design of engine.design(encoding, {count, temperature, seed})) designs.push(design);
    await engine.dispose();
    return designs;
}

/** That rows are these designs, in this order. */
function assertRows(rows, designs) {
    assert.deepEqual(rows.map((row) => row.Sequence), designs.map(({sequence}) => sequence));
    for (const [i, row] of rows.entries()) {
        for (const [column, value] of [['Score', designs[i].score], ['Recovery', designs[i].recovery]]) {
            assert.match(row[column], /^\d+\.\d+ ?%?$/);
            const shown = Number.parseFloat(row[column]) / (row[column].endsWith('%') ? 100 : 1);
            assert.ok(Math.abs(shown - value) < 0.006, `${column} ${row[column]}, in Node ${value}`);
        }
    }
}

/** @param {() => Promise<import('./app.js').App>} open @param {string | false} skip */
export function journeys(open, skip) {
    const journey = (name, body, expected) => test(name, {skip, timeout: TIMEOUT}, async (t) => {
        const app = await open();
        try {
            await body(app, t);
        } catch (error) {
            await app.page.screenshot({path: inCheckout(`build/failed-${name.replace(/\W+/g, '-')}.png`)});
            if (app.errors.length) say(t, `the console said ${app.errors.join('; ')}`);
            await app.page.close();
            throw error;
        }
        await app.close(expected);
    });

    journey('the sample, designed and saved', async (app, t) => {
        const settings = {count: 20, temperature: 0.5, seed: 37};
        await app.trySample();
        assertRows(await app.design(settings), await inNode(sample, settings));
        const {rows, bars} = await app.seen();
        say(t, `rows at ${rows.map(({count, ms}) => `${Math.round(ms)} ms: ${count}`).join(', ')}`);
        assert.ok(rows.length > 1, 'the rows came one after the other');
        assert.ok(bars > 0, 'a progress bar was there');
        assert.match(await app.status.first().innerText(), /\w/);
        const {name, text} = await app.save();
        const [native, ...designs] = parseFasta(text);
        assert.match(name, /\.fa(sta)?$/);
        assert.match(native.sequence, /^HMPEEEKAARLFIEALEKGDP[A-Z]{85}$/);
        const table = await app.rows();
        assert.deepEqual(designs.map(({sequence}) => sequence), table.map((row) => row.Sequence));
        for (const [i, {header}] of designs.entries()) {
            assert.ok(Math.abs(Number(/(?:^|\W)score=([\d.]+)/.exec(header)[1]) - Number(table[i].Score)) < 0.006);
        }
        assert.match(native.header, /seed=37/);
    });

    journey('cancel', async (app, t) => {
        await app.trySample();
        await app.start({count: 2000, temperature: 0.1, seed: 1});
        await app.waitForRows(1);
        const began = performance.now();
        await app.button('Cancel').click();
        await app.idle();
        say(t, `idle ${Math.round(performance.now() - began)} ms after the click`);
        const left = (await app.rows()).length;
        assert.ok(left >= 1 && left < 2000, `${left} rows`);
        await app.page.waitForTimeout(300);
        assert.equal((await app.rows()).length, left, 'nothing comes after a cancel');
        assert.equal(await app.alert.count(), 0, 'a cancel is no error');
        const settings = {count: 2, temperature: 0.3, seed: 5};
        assertRows(await app.design(settings), await inNode(sample, settings));
    });

    journey('another file while a run goes on', async (app) => {
        const settings = {count: 200, temperature: 0.4, seed: 11}, next = {count: 2, temperature: 0.2, seed: 12};
        await app.trySample();
        await app.start(settings);
        await app.waitForRows(1);
        await app.open('6MRR.pdb', structureText('6MRR'));
        await app.page.getByText(/68 residues/).first().waitFor();
        assert.ok((await app.rows()).length < settings.count, 'the run was still going on');
        await app.set(next);
        await app.waitForRows(settings.count);
        await app.idle();
        const rows = await app.rows();
        assertRows(rows, await inNode(sample, settings));
        for (const {text} of rows) assert.ok(text.includes('5L33') && !text.includes('6MRR'), text);
        const second = await app.design(next);
        assertRows(second, await inNode(structureText('6MRR'), next));
        for (const {text} of second) assert.ok(text.includes('6MRR') && !text.includes('5L33'), text);
        assert.deepEqual((await app.rows()).slice(0, settings.count), rows);
    });

    journey('a dropped file', async (app) => {
        const settings = {count: 1, temperature: 0, seed: 2};
        await app.drop('6MRR.pdb', structureText('6MRR'));
        await app.page.getByText(/68 residues/).first().waitFor();
        assertRows(await app.design(settings), await inNode(structureText('6MRR'), settings));
    });

    journey('chains of different sequences are not designed by accident', async (app) => {
        await app.open('3HTN.pdb', structureText('3HTN'));
        await app.page.getByText(/425 residues/).first().waitFor();
        await app.start({count: 1, temperature: 0.1, seed: 1});
        assert.match(await app.complaint(), /chain/);
        assert.deepEqual(await app.rows(), []);
    });

    journey('files that are no structures', async (app, t) => {
        const onlyCa = structureText('6MRR').split('\n').filter((line) => / CA /.test(line)).join('\n');
        const bad = {
            'empty.pdb': ['', /empty/i], 'page.pdb': ['<!DOCTYPE html><html><body>404</body></html>', /HTML|web page/i],
            'model.cif': ['data_1ABC\nloop_\n_atom_site.group_PDB\nATOM\n', /cif/i],
            'ca.pdb': [onlyCa, /backbone|CA|atoms/]
        };
        for (const [name, [text, words]] of Object.entries(bad)) {
            await app.open(name, text);
            const shown = name.replace(/\.pdb$/, '');
            await app.page.waitForFunction((name) => document.body.innerText.includes(name), shown);
            if (await app.alert.count() === 0) await app.button('Design').click();
            const complaint = await app.complaint();
            say(t, complaint);
            assert.match(complaint, words);
            assert.ok(complaint.includes(shown), 'it names the file');
            assert.doesNotMatch(complaint, /undefined|\[object|TypeError|\bat \w+ \(/);
            assert.deepEqual(await app.rows(), []);
        }
        for (const [field, value] of [['Sequences', '0'], ['Temperature', '-1'], ['Seed', '1.5']]) {
            await app.trySample();
            await app.idle();
            const right = await app.number(field).inputValue();
            await app.number(field).fill(value);
            await app.button('Design').click();
            assert.match(await app.complaint(), new RegExp(field));
            await app.number(field).fill(right);
        }
        await app.trySample();
        const settings = {count: 1, temperature: 0.1, seed: 3};
        assertRows(await app.design(settings), await inNode(sample, settings));
    });

    journey('a worker that dies', async (app, t) => {
        const settings = {count: 150, temperature: 0.3, seed: 21};
        await app.trySample();
        await app.start(settings);
        await app.waitForRows(1);
        const workers = app.page.workers();
        say(t, `${workers.length} workers`);
        assert.ok(workers.length > 0, 'the page works in workers');
        await workers[0].evaluate((text) => { setTimeout(() => { throw new Error(text); }); }, KILLED);
        assert.ok((await app.rows()).length < settings.count, 'the run was still going on');
        await app.waitForRows(settings.count);
        await app.idle();
        assertRows(await app.rows(), await inNode(sample, settings));
    }, new RegExp(KILLED));

    journey('by keyboard alone', async (app) => {
        const {keyboard} = app.page;
        const reached = [];
        const tabTo = async (wanted) => {
            for (let presses = 0; presses < 40; presses++) {
                const name = await app.page.evaluate(() => {
                    const it = document.activeElement;
                    return (it?.getAttribute('aria-label') ?? it?.labels?.[0]?.innerText ?? it?.innerText ?? '').trim();
                });
                reached.push(name);
                if (name.split('\n')[0] === wanted) return;
                await keyboard.press('Tab');
            }
            assert.fail(`the Tab key never reached ${wanted}; it reached ${[...new Set(reached)].join(' | ')}`);
        };
        await tabTo('Structure');
        await tabTo('Try a sample');
        await keyboard.press('Enter');
        await app.page.getByText(/106 residues/).first().waitFor();
        for (const [name, value] of [['Sequences', '2'], ['Temperature', '0.2'], ['Seed', '9']]) {
            await tabTo(name);
            await keyboard.press('Control+A');
            await keyboard.type(value);
        }
        await tabTo('Design');
        await keyboard.press('Enter');
        await app.waitForRows(2);
        await app.idle();
        assertRows(await app.rows(), await inNode(sample, {count: 2, temperature: 0.2, seed: 9}));
        await tabTo('Sequences');
        await keyboard.press('Control+A');
        await keyboard.type('2000');
        await tabTo('Design');
        await keyboard.press('Space');
        await app.waitForRows(3);
        await tabTo('Cancel');
        await keyboard.press('Enter');
        await app.idle();
        assert.ok((await app.rows()).length < 2002);
        await tabTo('Save FASTA');
        const [download] = await Promise.all([app.page.waitForEvent('download'), keyboard.press('Enter')]);
        assert.match(download.suggestedFilename(), /\.fa(sta)?$/);
    });

    journey('axe finds nothing, and nothing is cut off', async (app, t) => {
        await app.page.evaluate(axe);
        const clean = async (state) => {
            const {violations, passes} = await app.page.evaluate('axe.run()');
            say(t, `${state}: ${passes.length} rules kept, ${violations.length} broken`);
            assert.deepEqual(violations.map(({id, nodes}) => `${id}: ${nodes.map(({html}) => html).join(' ')}`), []);
        };
        await clean('empty');
        await app.open('empty.pdb', '');
        await app.complaint();
        await clean('with an alert');
        await app.trySample();
        await app.start({count: 2000, temperature: 0.1, seed: 1});
        await app.waitForRows(2);
        await clean('while it runs');
        await app.button('Cancel').click();
        await app.idle();
        await clean('with designs');
        await app.page.getByText('About', {exact: true}).click();
        await clean('with About open');
        for (const width of [1200, 390, 320]) {
            await app.page.setViewportSize({width, height: 900});
            await app.page.screenshot({path: inCheckout(`build/page-${width}.png`), fullPage: true});
            const wide = await app.page.evaluate('document.documentElement.scrollWidth');
            assert.ok(wide <= width, `${wide} wide in a window of ${width}`);
        }
        await app.page.emulateMedia({colorScheme: 'dark'});
        await clean('dark');
    });

    journey('About says which version and which weights', async (app) => {
        await app.page.getByText('About', {exact: true}).click();
        const sum = JSON.parse(readFileSync(inCheckout('weights/manifest.json'), 'utf8')).models
            .find(({id}) => id === 'proteinmpnn_v_48_020').eqx.sha256;
        const {version} = JSON.parse(readFileSync(inCheckout('package.json'), 'utf8'));
        await app.page.getByText(sum).waitFor();
        await app.page.getByText(version, {exact: true}).waitFor();
    });
}
