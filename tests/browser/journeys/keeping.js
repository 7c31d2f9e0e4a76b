/* SPDX-License-Identifier: MIT
 *
 * keeping.js - journeys 14 and 15: what stays of designs: files, a project, and another visit.
 *
 *   designs --saved--> parsed == rows        designs --reload--> the same rows
 */
import assert from 'node:assert/strict';
import {csvParse} from 'd3-dsv';
import {parseFasta} from '../../../wasm/formats/fasta.js';
import {readNpz} from '../../../wasm/formats/npy.js';
import {LETTERS} from '../../../wasm/index.js';
import {say, structureText, textOf} from '../browser.js';
import {journeyOf} from './journey.js';
import {DESKTOP, openStructure, seenElsewhere, tab} from './parts.js';
import {assertRows, inNode, jsonLines, lettersOf, parsed, sample, unzipped} from './truth.js';

const WRITTEN_MS = 3500;   // in which a page has kept what it has

async function checkDownloads(app, rows) {
    const sequences = rows.map(({Sequence}) => lettersOf(Sequence));
    const fasta = parseFasta((await app.save()).text);
    assert.deepEqual(fasta.slice(1).map(({sequence}) => sequence), rows.map(({Sequence}) => Sequence));
    assert.ok(rows.every(({Sequence}) => Sequence.includes('/')), 'chains are parted');
    const ligand = parseFasta(textOf((await app.saveAs('FASTA, LigandMPNN style')).bytes));
    assert.deepEqual(ligand.slice(1).map(({sequence}) => sequence.replaceAll(':', '')), sequences);
    const csv = csvParse(textOf((await app.saveAs('CSV')).bytes));
    assert.deepEqual(csv.map(({sequence_A: a, sequence_B: b}) => a + b), sequences);
    const json = jsonLines(textOf((await app.saveAs('JSON')).bytes));
    assert.deepEqual(json.map(({chains}) => chains.A + chains.B), sequences);
    for (const [i, {score}] of json.entries()) assert.ok(Math.abs(score - Number(rows[i].Score)) < 1e-4);
    const arrays = readNpz((await app.saveAs('NPZ')).bytes);
    assert.equal(Array.from(arrays.get('S').data, (letter) => LETTERS[letter]).join(''), sequences.join(''));
    const structures = unzipped((await app.saveAs('Structures (PDB)')).bytes);
    assert.equal(structures.size, rows.length);
    for (const [i, bytes] of [...structures.values()].entries()) {
        assert.equal(await parsed(bytes, ({sequence}) => sequence), sequences[i]);
    }
    const all = unzipped((await app.saveAs('Everything (ZIP)')).bytes);
    const record = JSON.parse(textOf([...all].find(([name]) => name.endsWith('run.json'))[1]));
    assert.ok(record && typeof record === 'object');
    assert.match(textOf(all.get('methods.txt')), /temperature 0\.3/);
    assert.equal(csvParse(textOf(all.get('summary.csv'))).length, rows.length);
    assert.ok([...all.keys()].some((name) => name.endsWith('.npz')));
}

export function register(open, skip) {
    const journey = journeyOf(() => open(DESKTOP), skip);

    journey(14, 'every download is read back', async (app, t) => {
        const settings = {count: 3, temperature: 0.3, seed: 8};
        const pdb = structureText('6MRR'), text = twoChains(pdb);
        await openStructure(app, 'two.pdb', text, 136);
        const rows = await app.design(settings);
        await checkDownloads(app, rows);
        for (const [name, type, format] of [['Logo', 'svg', 'image/svg+xml'], ['Heat map', 'png', 'image/png']]) {
            await tab(app, name);
            await app.page.getByRole('group', {name: /Left and right move/}).waitFor();
            const file = await app.saved(() => app.button(`Save ${type.toUpperCase()}`).click());
            const seen = await seenElsewhere(app, file, format);
            say(t, `${file.name}: ${JSON.stringify(seen)}`);
            if (type === 'svg') {
                assert.equal(seen.root, 'svg');
                assert.equal(seen.errors, 0);
                assert.equal(seen.stacks, 136);
            } else assert.ok(seen.width > 1000 && seen.height > 500);
        }
        await app.page.locator('section[data-ready="two"]').waitFor();
        const picture = await app.saved(() => app.button('Save picture').click());
        assert.ok((await seenElsewhere(app, picture, 'image/png')).width > 200);
        const project = await app.saveAs('Project');
        assert.match(project.name, /\.weft\.zip$/);
        await app.page.getByRole('button', {name: /^Runs \(/}).click();
        await app.button('Clear all runs').click();
        if (await app.page.getByRole('dialog').isVisible()) {
            await app.page.getByRole('dialog').getByRole('button').first().click();
        }
        await app.page.waitForFunction(() => !document.querySelector('table[aria-label="Designs"] tbody tr'));
        await app.openBytes(project.name, project.bytes);
        await app.waitForRows(3);
        assert.deepEqual(await app.rows(), rows, 'the project brings the designs back');
    });

    journey(15, 'a reload in the middle of a run', async (app, t) => {
        await app.trySample();
        await app.start({count: 3000, temperature: 0.1, seed: 5});
        await app.waitForRows(16);
        await app.page.waitForTimeout(WRITTEN_MS);
        const before = await app.rowCount();
        await app.page.reload();
        await app.waitForRows(16);
        const kept = await app.rowCount(), rows = await app.rows();
        say(t, `${before} sequences before, ${kept} after`);
        assert.ok(kept < 3000);
        await app.page.getByText(/interrupted/).first().waitFor();
        assertRows(rows.slice(0, 16), await inNode(sample, {count: 16, temperature: 0.1, seed: 5}));
        await app.idle();
        const more = await app.design({count: 1, temperature: 0.1, seed: 6});
        assertRows(more.slice(-1), await inNode(sample, {count: 1, temperature: 0.1, seed: 6}));
    });
}

/** A homodimer: the chain once more, 40 angstrom beside itself. */
function twoChains(pdb) {
    const atoms = pdb.split('\n').filter((line) => line.startsWith('ATOM'));
    const moved = atoms.map((line) => `${line.slice(0, 21)}B${line.slice(22, 30)}${
        (Number(line.slice(30, 38)) + 40).toFixed(3).padStart(8)}${line.slice(38)}`);
    return [...atoms, 'TER', ...moved, 'END', ''].join('\n');
}
