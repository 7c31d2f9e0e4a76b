/* SPDX-License-Identifier: MIT
 *
 * design.js - journeys 1, 2, 7, 8 and 12: from a structure to sequences that are those of Node and of the command line;
 * several runs, a run that is cancelled, a worker that dies.
 */
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {parseFasta} from '../../../wasm/formats/fasta.js';
import {KILLED} from '../bench_page.js';
import {dataFile, inCheckout, say, structureText} from '../browser.js';
import {longChain} from '../in_page.js';
import {journeyOf} from './journey.js';
import {commandOf} from './parts.js';
import {assertRows, commandLine, inNode, sample} from './truth.js';

const FEW = 10;            // sequences of a long run that Node makes as well
const LONG = 600;          // residues of a structure whose run takes a while
const long = longChain(sample, LONG);
const MANY = 2000;         // sequences of a run that does not end by itself here
const ANSWERS = 500;       // ms that a cancelled run may stay on the page of a busy machine

const model = (id) => JSON.parse(readFileSync(inCheckout('weights/manifest.json'), 'utf8')).models
    .find((each) => each.id === id);

/** In the page: ms from the click on Cancel until nothing runs any more, and the longest task meanwhile. */
function cancelled() {
    return new Promise((resolve) => {
        const button = [...document.querySelectorAll('button')].find(({innerText}) => innerText === 'Cancel');
        const began = performance.now();
        const look = () => {
            if (document.querySelector('[role=progressbar]')) requestAnimationFrame(look);
            else resolve(performance.now() - began);
        };
        button.click();
        look();
    });
}

/** @param {() => Promise<import('../app.js').App>} open @param {string | false} skip @param {{site: boolean}} where */
export function register(open, skip, {site}) {
    const journey = journeyOf(open, skip), line = commandLine('design');

    journey(1, 'the sample, designed with progress and saved', async (app, t) => {
        const settings = {count: 20, temperature: 0.5, seed: 37};
        await app.trySample();
        assertRows(await app.design(settings), await inNode(sample, settings));
        const {rows, bars} = await app.seen();
        say(t, `rows at ${rows.map(({count, ms}) => `${Math.round(ms)} ms: ${count}`).join(', ')}`);
        assert.ok(rows.length > 1, 'the rows came one after the other');
        assert.ok(bars > 0, 'a progress bar was there');
        assert.match(await app.status.first().innerText(), /^Done: 20 sequences for 5L33\.$/);
        const {name, text} = await app.save(), [native, ...designs] = parseFasta(text), table = await app.rows();
        assert.equal(name, '5L33.fa');
        assert.match(native.sequence, /^HMPEEEKAARLFIEALEKGDP[A-Z]{85}$/);
        assert.match(native.header, /seed=37/);
        assert.deepEqual(designs.map(({sequence}) => sequence), table.map((row) => row.Sequence));
        for (const [i, {header}] of designs.entries()) {
            assert.ok(Math.abs(Number(/(?:^|\W)score=([\d.]+)/.exec(header)[1]) - Number(table[i].Score)) < 0.006);
        }
        await app.page.getByText('About', {exact: true}).click();
        await app.page.getByText(model('proteinmpnn_v_48_020').eqx.sha256).waitFor();
        const {version} = JSON.parse(readFileSync(inCheckout('package.json'), 'utf8'));
        await app.page.getByText(version, {exact: true}).waitFor();
    });

    journey(2, 'the same as the command line, and the command that the page shows', async (app, t) => {
        await app.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
        const settings = {count: 4, temperature: 0.3, seed: 42};
        await line.write('5L33.pdb', sample);
        await app.trySample();
        await app.set(settings);
        const rows = await app.design(settings);
        assertRows(rows, await line.designs(settings, '5L33.pdb'));
        await app.fold('Letters');
        await app.type('Omit', 'DE');
        await app.type('Where rule 1 holds', 'A20-40');
        await app.says('No D or E at A20-40 (21 residues).');
        const {command, place, designs} = await commandOf(app, line);
        say(t, command);
        const ruled = await app.design(settings);
        assertRows(ruled, designs);
        assert.notDeepEqual(ruled.map(({Sequence}) => Sequence), rows.map(({Sequence}) => Sequence));
        const drawn = await app.design({count: 2, temperature: 0.3, seed: ''});   // a seed that the page draws
        await app.page.getByRole('button', {name: /^Runs \(3\)$/}).click();
        const last = await app.page.getByRole('list', {name: 'Runs', exact: true}).locator('code').last().innerText();
        say(t, last);
        assert.match(last, new RegExp(` -s ${drawn[0].Seed}( |$)`), 'the drawn seed is told');
        assertRows(drawn, await line.inShell(place, last));
    });

    journey(7, 'three structures, and a run in flight', async (app, t) => {
        const first = {count: site ? 200 : 120, temperature: 0.4, seed: 11};
        const second = {count: 3, temperature: 0.2, seed: 12};
        const third = {count: 2, temperature: 0.1, seed: 13};
        const other = site ? 'solublempnn_v_48_020' : 'proteinmpnn_v_48_020';   // the file has one model
        const cif = dataFile('odd/3JQH.cif');
        await line.write('6MRR.pdb', structureText('6MRR'));
        await line.write('3JQH.cif', cif);
        await app.open('long.pdb', long);
        await app.shows(LONG);
        await app.open('6MRR.pdb', structureText('6MRR'));
        await app.shows(68);
        const shown = app.page.getByRole('list', {name: 'Open structures'});
        await shown.getByRole('button', {name: `long ${LONG} residues`, exact: true}).click();
        await app.shows(LONG);
        await app.start(first);
        await app.waitForRows(1);
        await shown.getByRole('button', {name: '6MRR 68 residues', exact: true}).click();
        await app.shows(68);
        if (site) await app.model.selectOption(other);
        await app.start(second);
        const made = (await app.rows()).length;
        say(t, `${made} of ${first.count} sequences were there when the second run was asked for`);
        assert.ok(made < first.count, 'the first run still goes on');
        await app.openBytes('3JQH.cif', cif);
        await app.shows(23);
        await app.start(third);
        await app.set({count: 9, temperature: 0.9, seed: 99});   // of no run
        await app.waitForRows(first.count + second.count + third.count);
        await app.idle();
        const rows = await app.rows();
        const parts = [
            ['long', 'proteinmpnn_v_48_020', first, await inNode(long, {...first, count: FEW})],
            ['6MRR', other, second, await line.designs(second, '6MRR.pdb', '-m', other)],
            ['3JQH', other, third, await line.designs(third, '3JQH.cif', '-m', other)]
        ];
        for (const [name, its, {count, temperature, seed}, designs] of parts) {
            const own = rows.filter((row) => row.Structure === name);
            assertRows(own.slice(0, FEW), designs);
            assert.equal(own.length, count);
            for (const row of own) {
                assert.deepEqual([row.Model, Number(row.T), Number(row.Seed)], [its, temperature, seed]);
            }
        }
        const names = await shown.getByRole('listitem').allInnerTexts();
        assert.deepEqual(names.map((text) => text.slice(0, 4)), ['long', '6MRR', '3JQH']);
        await app.button('Close 3JQH').click();
        await app.shows(68);
        assert.equal((await app.rows()).length, rows.length, 'designs outlive their structure on the page');
    });

    journey(8, 'cancelled in the middle of a run', async (app, t) => {
        await app.trySample();
        await app.start({count: MANY, temperature: 0.1, seed: 1});
        await app.waitForRows(5);
        const ms = await app.page.evaluate(cancelled);
        say(t, `nothing ran any more ${Math.round(ms)} ms after the click`);
        assert.ok(ms < ANSWERS, `${ms} ms`);
        const left = await app.rows();
        assert.ok(left.length >= 5 && left.length < MANY, `${left.length} rows`);
        await app.page.waitForTimeout(300);
        assert.equal((await app.rows()).length, left.length, 'nothing comes after a cancel');
        assert.equal(await app.alert.count(), 0, 'a cancel is no error');
        assert.equal(await app.status.first().innerText(), `Cancelled after ${left.length} sequences for 5L33.`);
        assertRows(left.slice(0, 5), await inNode(sample, {count: 5, temperature: 0.1, seed: 1}));
        const settings = {count: 2, temperature: 0.3, seed: 5};
        assertRows(await app.design(settings), await inNode(sample, settings));
    });

    journey(12, 'a worker that dies', async (app, t) => {
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
    }, {expected: new RegExp(KILLED)});
}
