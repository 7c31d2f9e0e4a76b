/* SPDX-License-Identifier: MIT
 *
 * predictions.js - journey 28: predicted structures come back, each to its design.
 *
 *   designs --saved as PDB--> moved, with pLDDT as B-factors --read by the page--> table == the library in Node
 */
import assert from 'node:assert/strict';
import {deflateRawSync, gzipSync, inflateRawSync} from 'node:zlib';
import {csvParse} from 'd3-dsv';
import {parseCandidates} from '../../../wasm/choosing.js';
import {compareFold, complexOf, joined, readConfidence} from '../../../wasm/folding.js';
import {npyBytes} from '../../../wasm/formats/npy.js';
import {crc32} from '../../../wasm/formats/zip.js';
import {example, say, structureText, textOf} from '../browser.js';
import {journeyOf} from './journey.js';
import {assertClean, DESKTOP, openStructure} from './parts.js';
import {parsed, unzipped} from './truth.js';

const SETTLED_MS = 300;

/** A PDB file turned about an axis, the binder moved by itself, with pLDDT in the B column. */
function predictionOf(pdb, {angle, binder, shift}) {
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    return pdb.split('\n').map((line) => {
        if (!/^(ATOM|HETATM)/.test(line)) return line;
        const [x, y, z] = [30, 38, 46].map((at) => Number(line.slice(at, at + 8)));
        const own = line[21] === binder ? shift : 0, wave = 0.4 * Math.sin(Number(line.slice(22, 26)));
        const moved = [c * x - s * y + own, s * x + c * y + wave, z - 7].map((value) => value.toFixed(3).padStart(8));
        const plddt = (70 + 25 * Math.cos(Number(line.slice(22, 26)) / 9)).toFixed(2).padStart(6);
        return `${line.slice(0, 30)}${moved.join('')}${line.slice(54, 60)}${plddt}${line.slice(66)}`;
    }).join('\n');
}

/** An archive with one deflated array, as numpy.savez_compressed writes them. */
function packedNpz(name, npy) {
    const title = Buffer.from(`${name}.npy`), packed = deflateRawSync(npy);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(npy), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(npy.length, 18);
    common.writeUInt16LE(title.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, title, packed]);
    const central = Buffer.concat([Buffer.from('PK\x01\x02\x14\0'), common, Buffer.alloc(14), title]);
    const end = Buffer.alloc(22);
    end.write('PK\x05\x06', 'latin1');
    end.writeUInt16LE(1, 8);
    end.writeUInt16LE(1, 10);
    end.writeUInt32LE(central.length, 12);
    end.writeUInt32LE(local.length, 16);
    return Buffer.concat([local, central, end]);
}

const inflate = (packed) => inflateRawSync(packed);

/** The files of three predictions, of one design or another. */
function filesOf(structures, size) {
    const table = Float64Array.from({length: size * size}, (_, at) => Math.abs(at % size - Math.floor(at / size)) / 8);
    const rows = Array.from({length: size}, (_, i) => Array.from(table.subarray(i * size, (i + 1) * size)));
    const [one, two, three] = structures;
    return [
        {name: 'first_model_0.pdb', text: predictionOf(one, {angle: 1.1, binder: 'B', shift: 0})},
        {name: 'confidence_first_model_0.json', text: JSON.stringify({ptm: 0.91, iptm: 0.82, confidence_score: 0.88})},
        {name: 'pae_first_model_0.npz', bytes: packedNpz('pae', npyBytes(table, [size, size]))},
        {name: 'second.pdb.gz', bytes: gzipSync(predictionOf(two, {angle: -0.4, binder: 'B', shift: 5}))},
        {name: 'second.json', text: JSON.stringify([{predicted_aligned_error: rows}])},
        {name: 'third.pdb', text: predictionOf(three, {angle: 2, binder: 'A', shift: 2})},
        {name: 'stranger.pdb', text: structureText('6MRR')},
        {name: 'broken.cif', text: 'data_x\nloop_\n'},
        {name: 'lonely.json', text: '{}'}
    ].map(({name, text, bytes}) => ({name, mimeType: 'application/octet-stream', buffer: bytes ?? Buffer.from(text)}));
}

/** What the library makes of a prediction. */
function truthOf(file, beside, pdb, candidate, designed) {
    const all = beside.map(({buffer}) => readConfidence(new Uint8Array(buffer), inflate));
    return parsed(pdb, (structure) => parsed(file.buffer, (prediction) => {
        const reference = {structure, design: structure.select(designed).mask};
        return compareFold(prediction, reference, complexOf(candidate, reference), joined(all));
    }));
}

const COLUMNS = [
    ['rmsd', 2], ['rmsdDesigned', 2], ['rmsdInterface', 2], ['rmsdBinder', 2], ['plddt', 1], ['pae', 2], ['ptm', 3],
    ['iptm', 3]
];

export function register(open, skip) {
    const journey = journeyOf(() => open(DESKTOP), skip);

    journey(28, 'predictions come back to their designs', async (app, t) => {
        const pdb = example('1J2J');
        await openStructure(app, '1J2J.pdb', pdb, 206);
        await app.chain('B', 41).check();
        await app.design({count: 4, temperature: 0.3, seed: 2});
        const {candidates} = await parseCandidates(textOf((await app.saveAs('JSON')).bytes));
        const structures = [...unzipped((await app.saveAs('Structures (PDB)')).bytes).values()].map(textOf);
        const files = filesOf(structures, 206), named = (name) => files.find((file) => file.name === name);
        await app.button('Predictions').click();
        await app.page.getByLabel('Predictions', {exact: true}).and(app.page.locator('input')).setInputFiles(files);
        await app.page.getByRole('region', {name: 'Files that are of no design'}).waitFor();
        await app.page.waitForFunction(() => !document.querySelector('.predictions progress'));
        const table = app.page.getByRole('table', {name: 'Predicted designs', exact: true});
        const rows = await table.evaluate(({tBodies: [body]}) =>
            Array.from(body.rows, (row) => Array.from(row.cells, (cell) => cell.textContent.trim())));
        const truth = [
            await truthOf(named('first_model_0.pdb'), [named('confidence_first_model_0.json'),
                named('pae_first_model_0.npz')], pdb, candidates[0], 'B'),
            await truthOf(named('second.pdb.gz'), [named('second.json')], pdb, candidates[1], 'B'),
            await truthOf(named('third.pdb'), [], pdb, candidates[2], 'B')
        ];
        for (const row of rows) say(t, row.join(' | '));
        assert.deepEqual(rows, truth.map((measures, i) => [
            `#${i + 1} of 1J2J, run 1`, ['first_model_0.pdb', 'second.pdb.gz', 'third.pdb'][i],
            'Show', ...COLUMNS.map(([key, digits]) => measures[key]?.toFixed(digits) ?? '')
        ]));
        assert.ok(truth[0].pae > 1 && truth[0].iptm === 0.82 && truth[1].rmsdBinder > 3 && truth[2].pae === null);
        const others = await app.page.getByRole('region', {name: 'Files that are of no design'}).innerText();
        for (const words of [/stranger\.pdb: no design has these sequences/, /broken\.cif: /, /lonely\.json: /]) {
            assert.match(others, words);
        }
        const csv = csvParse(textOf((await app.saved(() => app.button('Save predictions as CSV').click())).bytes));
        assert.deepEqual(csv.map((row) => [row.design, row.prediction, Number(row.rmsd), Number(row.plddt_designed)]),
            truth.map(({rmsd, plddtDesigned}, i) => [candidates[i].name, rows[i][1], rmsd, plddtDesigned]));
        await assertClean(app, 'predictions');
        await app.button('Show second.pdb.gz').click();
        await app.page.locator('section[data-ready="second"]').waitFor();
        await app.shows(206);
        await app.page.waitForTimeout(SETTLED_MS);
        await app.button('Clear predictions').click();
        assert.equal(await table.count(), 0);
    });
}
