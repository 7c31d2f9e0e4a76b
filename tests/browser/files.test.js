/* SPDX-License-Identifier: MIT
 *
 * files.test.js - what the page saves and keeps, on the built site: every file is read back by its parser, and compared
 * with what the command line writes; projects; what a reload, a second tab and a full storage do.
 */
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {csvParse} from 'd3-dsv';
import {parseFasta} from '../../wasm/formats/fasta.js';
import {readNpz} from '../../wasm/formats/npy.js';
import {writeZip} from '../../wasm/formats/zip.js';
import {LETTERS} from '../../wasm/index.js';
import {openApp} from './app.js';
import {skip as noEngine} from './bench_page.js';
import {inCheckout, launch, say, serve, structureText, textOf, TIMEOUT} from './browser.js';
import {openStructure} from './journeys/parts.js';
import {commandLine, jsonLines, parsed, sample, unzipped} from './journeys/truth.js';

const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; "
    + "style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'";
const site = inCheckout('dist/site');
const skip = noEngine || (existsSync(`${site}/index.html`) ? false : 'dist/site is not built: ./build.sh dist');
const settings = {count: 5, temperature: 0.3, seed: 37};
const asked = ['-n', '5', '-T', '0.3', '-s', '37'];
const {folder, write, output: weft} = commandLine('files');

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
before(async () => {
    if (skip) return;
    browser = await launch();
    server = await serve({'/': site}, {'content-security-policy': POLICY});
});
after(async () => {
    await browser?.close();
    await server?.close();
});

const visit = async (context) => openApp(context ?? await browser.newContext(), `${server.origin}/`);

/** A test with a page of its own. */
const page = (name, body) => test(name, {skip, timeout: TIMEOUT}, async (t) => {
    const context = await browser.newContext(), app = await visit(context);
    await body(app, t, context);
    if (!app.page.isClosed()) await app.close();
    await context.close();
});

/** A page with a designed sample and the same sample as a file. */
async function designed(app) {
    await app.trySample();
    await write('5L33.pdb', sample);
    return app.design(settings);
}

page('FASTA of both styles and JSON lines are the command\'s, byte for byte', async (app) => {
    await designed(app);
    const {name, text} = await app.save();
    assert.equal(name, '5L33.fa');
    assert.equal(text, await weft('design', '5L33.pdb', ...asked));
    assert.equal(textOf((await app.saveAs('FASTA')).bytes), text);
    const ligand = await app.saveAs('FASTA, LigandMPNN style');
    const output = join(folder, 'ligand');
    await weft('design', '5L33.pdb', ...asked, '--fasta-style', 'ligandmpnn', '-o', output);
    assert.equal(textOf(ligand.bytes), await readFile(join(output, 'seqs/5L33.fa'), 'utf8'));
    assert.equal(parseFasta(textOf(ligand.bytes)).length, 1 + settings.count);
    const json = await app.saveAs('JSON');
    assert.match(json.name, /^5L33\.jsonl$/);
    assert.equal(textOf(json.bytes), await weft('design', '5L33.pdb', ...asked, '--json'));
});

page('CSV and NPZ say what the table says', async (app) => {
    const rows = await designed(app);
    const table = csvParse(textOf((await app.saveAs('CSV')).bytes));
    const truth = jsonLines(await weft('design', '5L33.pdb', ...asked, '--json'));
    assert.deepEqual(table.map((row) => row.sequence_A), rows.map((row) => row.Sequence));
    for (const [i, row] of table.entries()) {
        for (const key of ['structure', 'model', 'weights_sha256', 'weft', 'seed', 'sample', 'temperature', 'score',
            'global_score', 'recovery', 'designed_residues', 'sequence']) {
            assert.equal(row[key], String(truth[i][key]), key);
        }
        assert.equal(row.designed, 'A-1-104');
        assert.ok(Math.abs(Number(row.score_A) - truth[i].score) < 1e-5);
    }
    const {name, bytes} = await app.saveAs('NPZ');
    assert.equal(name, '5L33.npz');
    const arrays = readNpz(bytes), n = settings.count, length = 106;
    const of = (key) => arrays.get(key);
    assert.deepEqual(of('S').shape, [n, length]);
    const spelled = Array.from(of('S').data, (letter) => LETTERS[letter]).join('');
    assert.equal(spelled, truth.map(({sequence}) => sequence).join(''));
    for (let i = 0; i < n; i++) {
        const own = of('log_prob').data.slice(i * length, (i + 1) * length);
        const mean = own.reduce((sum, value) => sum - value, 0) / length;
        assert.ok(Math.abs(mean - truth[i].score) < 1e-5);
        assert.equal(of('score').data[i], truth[i].score);
    }
    const probs = of('probs').data;
    for (let row = 0; row < length; row++) {
        const sum = probs.slice(row * 21, (row + 1) * 21).reduce((a, b) => a + b, 0);
        assert.ok(Math.abs(sum - 1) < 1e-4, `row ${row}: ${sum}`);
    }
    assert.deepEqual([...of('design_mask').data], Array(length).fill(1));
    assert.deepEqual([...of('residue_number').data], Array.from({length}, (_, i) => i - 1));
    assert.equal(of('seed').data[0], 37n);
    const loaded = numpy(bytes);
    if (loaded) assert.match(loaded, /\(5, 106\) int32 bool <U1/);
});

/** What NumPy makes of an archive; null where it is not there. */
function numpy(bytes) {
    const script = 'import sys, io\ntry:\n import numpy\nexcept ImportError:\n sys.exit(3)\n'
        + 'z = numpy.load(io.BytesIO(sys.stdin.buffer.read()))\n'
        + 'print(z["S"].shape, z["S"].dtype, z["mask"].dtype, z["chain"].dtype)';
    try {
        return execFileSync('python3', ['-c', script], {input: bytes, encoding: 'utf8'});
    } catch {
        return null;
    }
}

page('a part of a complex: structures, AlphaFold jobs, and an archive that weft rerun accepts', async (app, t) => {
    await openStructure(app, '3HTN.pdb', structureText('3HTN'), 425);
    await app.page.getByRole('checkbox', {name: /^Chain B/}).check();
    await app.design({count: 3, temperature: 0.2, seed: 11});
    const rows = jsonLines(textOf((await app.saveAs('JSON')).bytes));
    const structures = unzipped((await app.saveAs('Structures (PDB)')).bytes);
    assert.deepEqual([...structures.keys()], [1, 2, 3].map((sample) => `3HTN_0.2_${sample}.pdb`));
    for (const [i, bytes] of [...structures.values()].entries()) {
        assert.equal(await parsed(bytes, ({sequence}) => sequence), rows[i].sequence);
    }
    const jobs = JSON.parse(textOf((await app.saveAs('AlphaFold Server jobs')).bytes));
    assert.equal(jobs.length, 3);
    for (const [i, job] of jobs.entries()) {
        const chains = job.sequences.flatMap(({proteinChain: {sequence, count}}) => Array(count).fill(sequence));
        assert.deepEqual(chains.sort(), Object.values(rows[i].chains).map((chain) => chain.replaceAll('X', '')).sort());
        assert.equal(job.dialect, 'alphafoldserver');
    }
    const archive = await app.saveAs('Everything (ZIP)');
    assert.equal(archive.name, '3HTN.zip');
    const files = unzipped(archive.bytes);
    say(t, [...files.keys()].join(' '));
    for (const [name, bytes] of files) await write(`archive/${name}`, bytes);
    await weft('rerun', 'archive/3HTN/run.json');
    assert.equal(csvParse(textOf(files.get('summary.csv'))).length, 3);
    assert.match(textOf(files.get('methods.txt')),
        /v_48_020.*[0-9a-f]{64}.*temperature 0\.2 with random seed 11.*[Cc]hain B/s);
    assert.match(textOf(files.get('citations.bib')), /10\.1126\/science\.add2187/);
    assert.doesNotMatch(textOf(files.get('citations.bib')), /s41592/);
    await write('archive/3HTN/seqs/3HTN.fa', 'changed');
    const record = JSON.parse(textOf(files.get('3HTN/run.json')));
    record.results[0].sha256 = '0'.repeat(64);
    await write('archive/3HTN/run.json', JSON.stringify(record));
    await assert.rejects(weft('rerun', 'archive/3HTN/run.json'), /not the same/);
    if (!python()) return;
    const script = 'import sys, zipfile\nassert zipfile.ZipFile(sys.argv[1]).testzip() is None';
    execFileSync('python3', ['-c', script, await write('a.zip', archive.bytes)]);
});

const python = () => existsSync('/usr/bin/python3');

page('a project comes back on another page as it was', async (app, t, context) => {
    const rows = await designed(app);
    await openStructure(app, '6MRR.pdb', structureText('6MRR'), 68);
    const more = await app.design({count: 2, temperature: 0, seed: 1});
    const project = await app.saveAs('Project');
    assert.match(project.name, /\.weft\.zip$/);
    const files = unzipped(project.bytes);
    say(t, [...files.keys()].join(' '));
    assert.equal(textOf(files.get('structures/5L33.pdb')), sample);
    assert.equal(textOf(files.get('runs/5L33.fa')), await weft('design', '5L33.pdb', ...asked));
    const fasta = await app.save(), archive = await app.saveAs('Everything (ZIP)');

    const other = await visit(await browser.newContext());
    await other.openBytes(project.name, project.bytes);
    await other.waitForRows(rows.length + more.length);
    const sequences = (await other.rows()).map((row) => row.Sequence);
    assert.deepEqual(sequences, [...rows, ...more].map((row) => row.Sequence));
    assert.equal((await other.save()).text, fasta.text);
    const [before, now] = [archive, await other.saveAs('Everything (ZIP)')].map(({bytes}) => unzipped(bytes));
    for (const [name, bytes] of before) assert.deepEqual(now.get(name), bytes, name);
    await other.openBytes(project.name, project.bytes);
    await other.page.waitForTimeout(500);
    assert.equal((await other.rows()).length, sequences.length, 'what is there already is not doubled');
    await other.close();

    await app.openBytes(project.name, project.bytes);   // on the page that wrote it
    assert.equal((await app.rows()).length, sequences.length);
    void context;
});

page('projects that are damaged or hostile change nothing', async (app, t) => {
    await designed(app);
    const good = (await app.saveAs('Project')).bytes, files = unzipped(good);
    const before = await app.rows();
    const json = JSON.parse(textOf(files.get('project.json')));
    const changed = (change) => {
        const copy = structuredClone(json);
        change(copy);
        const text = JSON.stringify(copy).replace(/"[0-9a-f]{24}"/g, (id) => id.replace(/\d/g, (digit) => 9 - digit));
        return writeZip([...new Map(files).set('project.json', new TextEncoder().encode(text))]);   // ids of its own
    };
    const flipped = good.slice();
    flipped[good.length >> 1] ^= 255;
    const bad = {
        'cut short': good.slice(0, -30), 'a flipped byte': flipped,
        'a newer version': changed((it) => { it.version = 99; }),
        'no list of runs': changed((it) => { it.runs = {length: 1}; }),
        'a structure that is not there': changed((it) => { it.structures[0].path = '../../etc/passwd'; }),
        'letters that do not exist': changed((it) => { it.runs[0].results[0].sequence = '<'.repeat(106); }),
        'a short sequence': changed((it) => { it.runs[0].results[0].sequence = 'AAA'; }),
        'a mask of another length': changed((it) => { it.runs[0].facts.plan.design = '111'; }),
        'words that are none': changed((it) => { it.runs[0].facts.words = [{}]; }),
        'no numbers': changed((it) => { it.runs[0].numbers = 'README.txt'; }),
        'null': changed((it) => { it.runs[0] = null; })
    };
    for (const [what, bytes] of Object.entries(bad)) {
        await app.openBytes('bad.weft.zip', bytes);
        const complaint = await app.complaint();
        say(t, `${what}: ${complaint}`);
        assert.match(complaint, /^bad\.weft\.zip: This project could not be opened: .+\. Nothing .+ was changed\.$/);
        assert.doesNotMatch(complaint, /undefined|\[object|TypeError|\bat \w+ \(/);
        assert.deepEqual(await app.rows(), before);
        await app.button('Dismiss').click();
    }
    assert.equal((await app.page.getByText(/106 residues/).all()).length > 0, true);
});

page('a reload brings everything back, and Start fresh clears it', async (app, t, context) => {
    const rows = await designed(app);
    await app.number('Temperature').fill('0.25');
    const {text} = await app.save();
    await settled(app);
    await app.page.reload();
    await app.waitForRows(rows.length);
    await app.page.getByText('Restored 1 run from your last visit.').first().waitFor();
    assert.deepEqual(await app.rows(), rows);
    assert.equal(await app.number('Temperature').inputValue(), '0.25');
    assert.equal((await app.save()).text, text);
    const again = await app.design({count: 2, temperature: 0.1, seed: 3});
    assert.equal(again.length, 2);
    await settled(app);
    await app.close();

    const next = await visit(context);   // a later visit in another tab
    await next.waitForRows(rows.length + 2);
    await next.button('Start fresh').click();
    await next.button('Clear the page').click();
    await next.page.waitForFunction(() => !document.querySelector('table[aria-label="Designs"] tbody tr'));
    await settled(next);
    await next.page.reload();
    await next.page.waitForTimeout(1500);
    assert.deepEqual(await next.rows(), []);
    const left = await next.page.evaluate(storedKeys);
    assert.deepEqual(left.filter((key) => !key.startsWith('visit:')), []);
    await next.close();
});

/** Until what changed has been written. */
const settled = (app) => app.page.waitForTimeout(1500);

/** In the page: names of what is kept. */
function storedKeys() {
    return new Promise((resolve, reject) => {
        const request = indexedDB.open('weft');
        request.onerror = () => reject(request.error);
        request.onsuccess = () => {
            const all = request.result.transaction('kept').objectStore('kept').getAllKeys();
            all.onsuccess = () => resolve(all.result);
        };
    });
}

page('a reload in the middle of a run keeps the sequences that were there', async (app, t) => {
    await app.trySample();
    await app.start({count: 3000, temperature: 0.1, seed: 5});
    await app.waitForRows(20);
    await app.page.waitForTimeout(3500);
    const before = (await app.rows()).length;
    await app.page.reload();
    await app.waitForRows(5);
    const rows = await app.rows();
    say(t, `${before} rows before, ${rows.length} after`);
    assert.ok(rows.length >= 20 && rows.length < 3000);
    await app.page.getByText(/interrupted/).first().waitFor();
    const truth = jsonLines(await weft('design', await write('5L33.pdb', sample), '-n', String(rows.length),
        '-T', '0.1', '-s', '5', '--json'));
    assert.deepEqual(rows.map((row) => row.Sequence), truth.map(({sequence}) => sequence));
    await app.idle();
    assert.equal((await app.design({count: 1, temperature: 0.1, seed: 6})).length, 1);
});

page('a second tab has its own', async (app, t, context) => {
    const rows = await designed(app);
    await settled(app);
    const second = await visit(context);
    await second.page.waitForTimeout(1500);
    assert.deepEqual(await second.rows(), [], 'what another tab holds is not taken');
    await second.trySample();
    const its = await second.design({count: 2, temperature: 0, seed: 1});
    await settled(second);
    await second.close();
    await app.page.reload();
    await app.waitForRows(rows.length + its.length);
    assert.deepEqual((await app.rows()).map((row) => row.Sequence), [...rows, ...its].map((row) => row.Sequence));
});

test('where nothing is kept the page says so, and asks before it is closed', {skip, timeout: TIMEOUT}, async (t) => {
    const context = await browser.newContext();
    await context.addInitScript(() => {
        IDBFactory.prototype.open = () => { throw new DOMException('no room', 'QuotaExceededError'); };
    });
    const app = await visit(context);
    await app.page.getByText(/keeps nothing of this page/).first().waitFor();
    await designed(app);
    const asks = async () => {
        const dialog = app.page.waitForEvent('dialog', {timeout: 3000}).catch(() => null);
        void app.page.close({runBeforeUnload: true});
        const it = await dialog;
        if (it) await it.dismiss();
        return it?.type() ?? null;
    };
    assert.equal(await asks(), 'beforeunload');
    await app.save();
    assert.equal(await asks(), null, 'all is in a file');
    say(t, 'asked once, and not after all was saved');
    await context.close();
});

page('the menu by keyboard, and Cite', async (app) => {
    await designed(app);
    const {keyboard} = app.page;
    await app.button('Save ...').focus();
    await keyboard.press('ArrowDown');
    const focused = () => app.page.evaluate(() => document.activeElement?.firstElementChild?.textContent
        ?? document.activeElement?.textContent);
    await app.page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'menuitem');
    assert.equal(await focused(), 'FASTA');
    await keyboard.press('ArrowUp');
    assert.equal(await focused(), 'Cite');
    await keyboard.press('Home');
    await keyboard.press('n');
    assert.equal(await focused(), 'NPZ');
    await keyboard.press('Escape');
    assert.equal(await focused(), 'Save ...');
    await keyboard.press('ArrowUp');
    await app.page.waitForFunction(() => document.activeElement?.textContent?.startsWith('Cite'));
    await keyboard.press('Enter');
    const dialog = app.page.getByRole('dialog', {name: 'Cite'});
    await dialog.waitFor();
    assert.match(await dialog.getByLabel('Methods').inputValue(), /For 5L33, 5 sequences were sampled/);
    const bibtex = await dialog.getByLabel('BibTeX').inputValue();
    const cff = await readFile(inCheckout('CITATION.cff'), 'utf8');
    for (const [, family] of cff.matchAll(/family-names: ([^,]+),/g)) assert.ok(bibtex.includes(family), family);
    await keyboard.press('Escape');
    await dialog.waitFor({state: 'hidden'});
    assert.equal(await focused(), 'Save ...');
});
