/* SPDX-License-Identifier: MIT
 *
 * inputs.js - journeys 9 to 11: what is refused and how that is said, files that are none, and files of every kind.
 */
import assert from 'node:assert/strict';
import {gunzipSync, gzipSync} from 'node:zlib';
import {bcifOf, zstdOf} from '../../web/cif_text.js';
import {dataFile, say, structureText, textOf} from '../browser.js';
import {journeyOf} from './journey.js';
import {assertRows, commandLine, inNode, read, sample} from './truth.js';

const odd = (name) => dataFile(`odd/${name}`);
const wanted = JSON.parse(textOf(dataFile('odd.json')));
const few = {count: 1, temperature: 0.1, seed: 3};

/** What the command line says of a file that it refuses. */
const complaintOf = (name) => new RegExp(wanted[name].says[0], 'i');

/** Files that are no structures: bytes, and what must be said. */
function badFiles() {
    const onlyCa = structureText('6MRR').split('\n').filter((line) => / CA /.test(line)).join('\n');
    const noise = Uint8Array.from({length: 5000}, (_, i) => (i * i * 31 + i * 7) % 256);
    return {
        'empty.pdb': ['', /empty/i], 'page.pdb': ['<!DOCTYPE html><html><body>404</body></html>', /HTML|web page/i],
        'model.cif': ['data_1ABC\nloop_\n_atom_site.group_PDB\nATOM\n', /cif/i], 'noise.pdb': [noise, /\w/],
        '<img src=x onerror=alert(1)>.pdb': ['ATOM  <script>alert(1)</script>', /\w/],
        '1AKE_err.cif': [odd('1AKE_err.cif'), complaintOf('1AKE_err.cif')],
        'derived_cut_gzip.cif.gz': [odd('derived_cut_gzip.cif.gz'), complaintOf('derived_cut_gzip.cif.gz')],
        '104D_v23.pdb.gz': [odd('104D_v23.pdb.gz'), complaintOf('104D_v23.pdb')],
        'ca.pdb': [onlyCa, /CA-only|backbone/]
    };
}

/** @param {() => Promise<import('../app.js').App>} open @param {string | false} skip */
export function register(open, skip) {
    const journey = journeyOf(open, skip), {write, designs} = commandLine('inputs');

    journey(9, 'what cannot be run is refused in words', async (app) => {
        await app.button('Design').click();
        assert.match(await app.complaint(), /structure/i);
        await app.open('3HTN.pdb', structureText('3HTN'));
        await app.shows(425);
        await app.start({count: 1, temperature: 0.1, seed: 1});
        assert.match(await app.complaint(), /^3HTN: choose at least one chain/);
        await app.trySample();
        await app.chain('A', 106).uncheck();
        await app.button('Design').click();
        assert.match(await app.complaint(), /^5L33: choose at least one residue/);
        await app.chain('A', 106).check();
        for (const [field, values] of Object.entries({
            Sequences: ['0', '1.5', '-3', '1000000000', ''], Temperature: ['-1', '101', ''],
            Seed: ['1.5', '-1', '99999999999999999999999']
        })) {
            const right = await app.number(field).inputValue();
            for (const value of values) {
                await app.number(field).fill(value);
                await app.button('Design').click();
                assert.match(await app.complaint(), new RegExp(field), `${field} ${value}`);
                assert.equal(await app.number(field).inputValue(), value, 'nothing is put right in silence');
                assert.equal(await app.number(field).getAttribute('aria-invalid'), 'true');
                await app.button('Dismiss').click();
            }
            await app.number(field).fill(right);
        }
        assert.deepEqual(await app.rows(), []);
        assertRows(await app.design(few), await inNode(sample, few));
    });

    journey(10, 'files that are no structures', async (app, t) => {
        app.page.on('dialog', (dialog) => app.errors.push(`a dialog: ${dialog.message()}`));
        for (const [name, [content, words]] of Object.entries(badFiles())) {
            await app.openBytes(name, content);
            const shown = name.replace(/\.pdb$/, '');
            if (name === 'ca.pdb') {
                await app.shows(68);
                await app.button('Design').click();
            }
            const complaint = await app.alert.filter({hasText: shown}).innerText();
            say(t, complaint);
            assert.match(complaint, words);
            assert.doesNotMatch(complaint, /undefined|\[object|TypeError|\bat \w+ \(/);
            assert.deepEqual(await app.rows(), []);
        }
        assert.equal(await app.page.locator('img').count(), 0, 'a name is text');
        await app.trySample();
        assert.equal(await app.alert.count(), 0, 'what is over is no longer said');
        assertRows(await app.design(few), await inNode(sample, few));
    });

    journey(11, 'mmCIF, BinaryCIF, packed files, several models, insertion codes', async (app, t) => {
        const cif = odd('1A8O.cif'), bcif = await bcifOf(cif.toString());
        await write('1A8O.cif', cif);
        const truth = await designs(few, '1A8O.cif');
        const same = {
            '1A8O.cif': cif, '1A8O.bcif.gz': gzipSync(bcif), '1A8O.cif.zst': await zstdOf(cif),
            '1A8O.pdb': odd('1A8O.pdb')
        };
        for (const [name, bytes] of Object.entries(same)) {
            await app.openBytes(name, bytes);
            await app.shows(70);
            assertRows(await app.design(few), truth);
            say(t, `${name}: the sequence of the command line`);
            await app.button('Close 1A8O').click();
        }
        await app.drop('6MRR.pdb', structureText('6MRR'));
        await app.shows(68);
        assertRows(await app.design(few), await inNode(structureText('6MRR'), few));

        await app.openBytes('1LCD.pdb.gz', odd('1LCD.pdb.gz'));
        await app.shows(51);
        await app.page.getByLabel('Model of the file', {exact: true}).selectOption('2');
        await app.page.getByText('1LCD_model_2').first().waitFor();
        await write('1LCD.pdb.gz', odd('1LCD.pdb.gz'));
        assertRows(await app.design(few), await designs(few, '1LCD.pdb.gz', '--models', '2'));

        const packed = odd('1a0q.pdb.gz'), text = gunzipSync(packed);
        await app.openBytes('1a0q.pdb.gz', packed);
        await app.shows(416);
        const {text: codes, count} = await read(text, 'H52-53 H82-83');
        assert.equal(await app.select('H52-53 H82-83'), codes);
        assert.match(await app.cell('H52A').getAttribute('aria-label'), /^H52A \w{3}, fixed, selected$/);
        await app.button('Design selected').click();
        await write('1a0q.pdb', text);
        assertRows(await app.design(few), await designs(few, '1a0q.pdb', '--design', codes));
        say(t, `${count} residues through insertion codes: ${codes}`);
    });
}
