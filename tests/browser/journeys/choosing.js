/* SPDX-License-Identifier: MIT
 *
 * choosing.js - journey 27: which designs to make, and the files that programs take which fold them.
 *
 *   designs --saved as JSON--> candidates in Node --library--> job files, chosen designs == those of the page
 */
import assert from 'node:assert/strict';
import {csvParse} from 'd3-dsv';
import {parseCandidates, selectCandidates} from '../../../wasm/choosing.js';
import {complexOf, FORMATS, jobFiles, serverJobs} from '../../../wasm/folding.js';
import {say, structureText, textOf} from '../browser.js';
import {journeyOf} from './journey.js';
import {assertClean, DESKTOP, openStructure} from './parts.js';
import {parsed, sample, unzipped} from './truth.js';

/** The designs of the page as the library reads them. */
async function candidatesOf(app) {
    const {candidates} = await parseCandidates(textOf((await app.saveAs('JSON')).bytes));
    return candidates;
}

/** The files of a program: one as it is, or those of an archive. */
function filesOf({name, bytes}) {
    if (!name.endsWith('.zip')) return new Map([[name, textOf(bytes)]]);
    return new Map([...unzipped(bytes)].map(([each, content]) => [each, textOf(content)]));
}

/** That job files are those of the library; one for all designs is called after the structure. */
async function checkJobs(app, t, {pdb, name, temperature, seed}, candidates, saveAs) {
    const complexes = await parsed(pdb, (structure) => candidates.map((each) => complexOf(each, {structure})));
    for (const [format, {label, each}] of Object.entries(FORMATS)) {
        const found = filesOf(await saveAs(`${label.replace(/ \(.*/, '')} jobs`));
        const wanted = jobFiles(complexes, format).map((file) =>
            [each ? file.name : `${name}-${file.name}`, file.text]);
        if (format === 'alphafold-server') {
            wanted[0][1] = serverJobs(complexes.map(({chains}, i) => ({
                name: `${name} ${candidates[i].sample} T=${temperature} seed=${seed}`,
                sequences: chains.map(({sequence}) => sequence)
            })));
        }
        say(t, `${label}: ${[...found.keys()].join(' ')}`);
        assert.deepEqual([...found], wanted, label);
    }
}

/** The cells of a table by its name, the head first. */
const cells = (app, name) => app.page.getByRole('table', {name, exact: true}).evaluate((table) =>
    Array.from(table.rows, (row) => Array.from(row.cells, (cell) => cell.textContent.trim())));

const fixed = (value, digits) => (value === null ? '' : value.toFixed(digits));
const numbers = ({count, meanScore, meanIdentity, smallestDistance}) =>
    [String(count), ...[meanScore, meanIdentity, smallestDistance].map((value) => fixed(value, 4))];

/** Asks for a set on the page; what the same options are in the library. */
async function askForSet(app) {
    await app.button('Choose a set').click();
    await app.number('Number').fill('8');
    await app.page.getByRole('slider', {name: 'Diversity', exact: true}).fill('0.7');
    await app.number('Identity').fill('0.85');
    await app.page.getByRole('checkbox', {name: 'No glycosylation motifs', exact: true}).check();
    await app.page.getByRole('checkbox', {name: 'No low complexity', exact: true}).check();
    await app.page.getByRole('checkbox', {name: 'No hydrophobic patches', exact: true}).check();
    await app.page.getByLabel('Cysteines: reject', {exact: true}).selectOption('odd');
    await app.number('Run length').fill('4');
    await app.number('Charge, least').fill('-12');
    await app.number('pI, most').fill('8.5');
    await app.page.getByLabel('Motifs', {exact: true}).fill('K-K-K, [DE](3)');
    return {
        count: 8, diversity: 0.7, identity: 0.85, filters: {
            glycosylation: true, lowComplexity: true, hydrophobic: true, cysteines: 'odd', repeats: 4,
            charge: {least: -12}, pI: {most: 8.5}, motifs: ['K-K-K', '[DE](3)']
        }
    };
}

/** The choice of the page against that of the library. */
async function checkChoice(app, t, all) {
    const asked = await askForSet(app);
    await app.button('Choose designs').click();
    await app.page.getByRole('region', {name: 'The choice', exact: true}).waitFor();
    const {chosen, filters, figures, best, left, different, clusters} = await selectCandidates(all, asked);
    say(t, `${left} of ${different} left in ${clusters} clusters, ${chosen.length} chosen; `
        + filters.map(({filter, rejected}) => `${filter} ${rejected}`).join(', '));
    assert.ok(chosen.length > 1 && left < different, 'the filters leave something to choose from');
    const [, ...rows] = await cells(app, 'Chosen designs');
    assert.deepEqual(rows, chosen.map(({rank, candidate, distance, alike, properties: {charge, pI, cysteines}}) => [
        rank, `#${candidate.sample} of 5L33, run 1`, candidate.score.toFixed(4), fixed(distance, 4), charge.toFixed(2),
        pI.toFixed(2), cysteines, candidate.copies, alike
    ].map(String)));
    assert.deepEqual(await cells(app, 'The chosen and the best'), [
        ['Set', 'Designs', 'Mean score', 'Mean identity', 'Smallest distance'], ['The chosen', ...numbers(figures)],
        [`The ${best.count} best by score`, ...numbers(best)]
    ]);
    const said = (await app.page.locator('.rejected').allInnerTexts()).join(' ');
    const counts = filters.map(({filter, rejected}) => (filter.startsWith('motif')
        ? `${filter.slice(6)}: ${rejected}` : `${rejected} of ${different} rejected`));
    for (const count of counts) assert.ok(said.includes(count), `${count} in ${said}`);
    return chosen;
}

/** The files of the chosen alone, and the table with them alone. */
async function checkChosenFiles(app, t, chosen, facts) {
    const order = chosen.map(({candidate}) => candidate.chains.join('/'));
    const fasta = await app.saved(() => app.button('Save the chosen as FASTA').click());
    assert.equal(fasta.name, '5L33-chosen.fa');
    const {candidates} = await parseCandidates(textOf(fasta.bytes));
    assert.deepEqual(candidates.map(({name}) => name), chosen.map(({candidate}) => candidate.name));
    assert.deepEqual(candidates.map(({chains}) => chains.join('/')), order);
    const table = csvParse(textOf((await app.saved(() => app.button('Save the chosen as CSV').click())).bytes));
    assert.deepEqual(table.map(({sequence, pi}) => [sequence, Number(pi)]),
        chosen.map(({properties}, i) => [order[i], properties.pI]));
    await checkJobs(app, t, {...facts, name: '5L33'}, chosen.map(({candidate}) => candidate), (name) =>
        app.saved(async () => {
            await app.page.getByLabel('Program', {exact: true}).selectOption({label: name.replace(/ jobs$/, '')});
            await app.button('Save jobs').click();
        }));
    await app.button('Show these in the table').click();
    const rows = await app.rows();
    assert.deepEqual(rows.map((row) => row.Sequence).sort(), [...order].sort());
    await app.button('Show all designs').click();
}

/** What cannot be asked is said beside its field. */
async function checkRefusals(app) {
    await app.number('Number').fill('0');
    await app.page.getByText('0 is no whole number from 1 on.').waitFor();
    await app.page.getByLabel('Motifs', {exact: true}).fill('K-[K');
    await app.page.locator('.choosing .fault').filter({hasText: 'K-[K'}).waitFor();
    assert.equal(await app.button('Choose designs').getAttribute('aria-disabled'), 'true');
}

export function register(open, skip) {
    const journey = journeyOf(() => open(DESKTOP), skip);

    journey(27, 'designs are chosen and go to programs that fold them', async (app, t) => {
        const pdb = structureText('3HTN'), settings = {count: 3, temperature: 0.2, seed: 11};
        await openStructure(app, '3HTN.pdb', pdb, 425);
        await app.page.getByRole('checkbox', {name: /^Chain B/}).check();
        await app.design(settings);
        const all = await candidatesOf(app);
        await checkJobs(app, t, {...settings, pdb, name: '3HTN'}, all, (name) => app.saveAs(name));
    });

    journey(27, 'a set that is good and differs, as the library chooses it', async (app, t) => {
        const settings = {count: 80, temperature: 0.6, seed: 5};
        await app.trySample();
        await app.design(settings);
        const chosen = await checkChoice(app, t, await candidatesOf(app));
        await assertClean(app, 'a choice');
        await checkChosenFiles(app, t, chosen, {...settings, pdb: sample});
        await app.button('Choose a set').click();
        await checkRefusals(app);
        await app.button('Back to the table').click();
        await app.waitForRows(80);
        assert.equal(await app.page.evaluate('document.activeElement.textContent'), 'Choose a set');
    });
}
