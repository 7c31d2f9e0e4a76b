/* SPDX-License-Identifier: MIT
 *
 * settings.test.js - the panel of settings on dist/site: what it says will run is what runs, and the command that it
 * shows gives the same sequences.
 *
 *   controls --> command and files of "What will run" --node wasm/cli.js--> sequences == those of the page's table
 */
import assert from 'node:assert/strict';
import {existsSync, mkdirSync} from 'node:fs';
import {after, before, test} from 'node:test';
import {openApp} from './app.js';
import {skip as noEngine} from './bench_page.js';
import {example, inCheckout, launch, say, serve, structureText, TIMEOUT} from './browser.js';
import {axe, commandOf, DESKTOP, openStructure} from './journeys/parts.js';
import {assertRows, commandLine, sample} from './journeys/truth.js';

const site = inCheckout('dist/site');
const skip = noEngine || (existsSync(`${site}/index.html`) ? false : 'dist/site is not built: ./build.sh dist');
const line = commandLine('settings');

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
before(async () => {
    if (skip) return;
    browser = await launch();
    server = await serve({'/': site});
});
after(async () => {
    await browser?.close();
    await server?.close();
});

/** A visit of its own, with the panel at hand. */
async function visit(hash = '') {
    const context = await browser.newContext({permissions: ['clipboard-read', 'clipboard-write'], ...DESKTOP});
    return openApp(context, `${server.origin}/${hash}`);
}

/** The page and the command give the same sequences, and not those of the file. */
async function sameAsCommand(t, app, files, settings) {
    const {count} = settings;
    await app.set(settings);
    await app.says(new RegExp(`^${count} sequences? for`));
    const {command, designs} = await commandOf(app, line, files);
    say(t, command);
    assert.equal(designs.length, count);
    assertRows(await app.design(settings), designs);
    return designs.map(({sequence}) => sequence);
}

const journey = (name, body) => test(name, {skip, timeout: 2 * TIMEOUT}, async (t) => {
    const seen = {};
    try {
        await body(async (hash) => (seen.app = await visit(hash)), t);
    } catch (error) {
        mkdirSync(inCheckout('build'), {recursive: true});
        await seen.app?.page.screenshot({path: inCheckout('build/failed-settings.png'), fullPage: true});
        throw error;
    }
    const context = seen.app.page.context();
    await seen.app.close();
    await context.close();
});

journey('the sample, with letters omitted and favoured everywhere', async (open, t) => {
    const app = await open();
    await app.trySample();
    await app.says('All 106 residues are designed.');
    await app.fold('Letters');
    await app.type('Omit', 'c, m');
    await app.text('Favour or avoid').fill('W');
    await app.text('Nats').fill('0.3');
    await app.button('Add bias').click();
    await app.says('No C or M anywhere.');
    await app.says('W favoured by 0.3 nats anywhere.');
    const settings = {count: 3, temperature: 0.2, seed: 5};
    const made = await sameAsCommand(t, app, {'5L33.pdb': sample}, settings);
    for (const sequence of made) assert.doesNotMatch(sequence, /[CM]/);
});

journey('rules at residues, in files that the page saves; order and another model', async (open, t) => {
    const app = await open('#order=n-to-c&model=solublempnn_v_48_010');
    await app.trySample();
    assert.equal(await app.model.inputValue(), 'solublempnn_v_48_010');
    await app.fold('Letters');
    await app.type('Omit', 'AG');
    await app.type('Where rule 1 holds', 'A10-30 A45');
    await app.type('Omit', 'P');
    await app.text('Favour or avoid').fill('KE');
    await app.text('Nats').fill('-0.2');
    await app.button('Add bias').click();
    await app.type('Where rule 3 holds', 'buried');
    await app.says('No A or G at A10-30 A45 (22 residues).');
    await app.says('Decoded from the first residue to the last.');
    const settings = {count: 2, temperature: 0.3, seed: 8};
    const made = await sameAsCommand(t, app, {'5L33.pdb': sample}, settings);
    for (const sequence of made) assert.doesNotMatch(sequence.slice(9, 30) + sequence[44], /[AG]/);
    for (const sequence of made) assert.doesNotMatch(sequence, /P/);
});

journey('a trimer tied in one click', async (open, t) => {
    const app = await open();
    await openStructure(app, '1QU9.pdb', example('1QU9'), 381);
    await app.fold('Ties');
    await app.button('Tie as homomer').click();
    for (const name of ['A', 'B', 'C']) assert.ok(await app.chain(name, 127).isChecked());
    await app.settings.getByText('A=B=C by residue number: 127 groups').waitFor();
    await app.says(/^126 groups of tied residues get one letter each \(homomer; mean of logits\)\.$/);
    await app.settings.getByLabel('Tie rule', {exact: true}).selectOption('geometric');
    const made = await sameAsCommand(t, app, {'1QU9.pdb': example('1QU9')}, {count: 2, temperature: 0.1, seed: 37});
    for (const sequence of made) {
        const third = sequence.replaceAll('/', '').length / 3, chains = sequence.replaceAll('/', '');
        assert.equal(chains.slice(0, third), chains.slice(third, 2 * third));
        assert.equal(chains.slice(0, third), chains.slice(2 * third));
    }
});

journey('a mask through insertion codes, and a binder by its chain', async (open, t) => {
    const app = await open();
    const settings = {count: 2, temperature: 0.1, seed: 3};
    await openStructure(app, '5CBA.pdb', example('5CBA'), 300);
    await app.says(/^Choose at least one chain, or residues, to design\.$/);
    await app.chain('E', 61).check();
    await app.says(/^Chain E is designed, 61 residues; the other 239 keep their letters\.$/);
    await sameAsCommand(t, app, {'5CBA.pdb': example('5CBA')}, settings);
    await app.chain('E', 61).uncheck();
    await app.select('A52-52A A82A-82C B30');
    await app.button('Design selected').click();
    await app.says(/^6 residues are designed: A52-52A, A82A-82C, B30; the other 294 keep their letters\.$/);
    assert.ok(await app.chain('A', 127).evaluate((box) => box.indeterminate));
    await sameAsCommand(t, app, {'5CBA.pdb': example('5CBA')}, settings);
});

journey('typed ties between residues, and one sequence for and against a second structure', async (open, t) => {
    const app = await open(), free = example('1J2J').split('\n').filter((line) => /^ATOM.{17}B/.test(line)).join('\n');
    await openStructure(app, 'free.pdb', free, 41);
    await openStructure(app, '1J2J.pdb', example('1J2J'), 206);
    await app.chain('B', 41).check();
    await app.fold('Ties');
    await app.fold('States');
    await app.type('Ties', 'B170=B171 B180=B181*0.5');
    await app.says(/^2 groups of tied residues get one letter each/);
    await app.button('Add state').click();
    await app.type('Weight of free', '-0.5');
    await app.settings.getByText('Has 41 of the designed residues.').waitFor();
    await app.settings.getByLabel('Tie rule', {exact: true}).selectOption('product');
    await app.says('One sequence for 1J2J and against free (weight -0.5); they agree by product.');
    await sameAsCommand(t, app, {'1J2J.pdb': example('1J2J'), 'free.pdb': free}, {count: 2, temperature: 0.1, seed: 4});
    await app.settings.getByLabel('Tie rule', {exact: true}).selectOption('arithmetic');
    await app.says(/arithmetic mean knows no weight below 0/);
});

journey('what is wrong is said beside its field and changes nothing', async (open) => {
    const app = await open();
    await app.trySample();
    await app.fold('Letters');
    await app.fold('Ties');
    await app.type('Omit', 'CB');
    await app.settings.getByText(/^B is no amino acid/).waitFor();
    assert.equal(await app.text('Omit').getAttribute('aria-invalid'), 'true');
    assert.equal(await app.running.getByText(/^No /).count(), 0);
    await app.type('Omit', 'C');
    await app.type('Where rule 1 holds', 'Z9');
    await app.settings.getByText(/there is no chain 'Z'|no chain/).first().waitFor();
    await app.says('No C anywhere.');
    await app.type('Where rule 1 holds', 'A9');
    await app.says('No C at A9 (1 residue).');
    await app.type('Letters of rule 1', 'ACDEFGHIKLMNPQRSTVWY');
    await app.says(/^Every letter is omitted at A9\.$/);
    await app.button('Design').click();
    assert.match(await app.complaint(), /every letter is omitted at A9/);
    await app.button('Remove rule 1').click();
    await app.type('Ties', 'A=Q');
    await app.settings.getByText(/no chain.*Q|'Q'/).first().waitFor();
    assert.equal(await app.text('Ties').getAttribute('aria-invalid'), 'true');
    await app.button('Tie as homomer').click();
    await app.settings.getByText(/^There is one chain alone/).waitFor();
    await app.number('Temperature').fill('101');
    await app.says(/^Temperature: 101 is not a number from 0 to 100\.$/);
    assert.equal(await app.running.locator('pre').count(), 0);
});

journey('residues tied from the selection, in all chains that have their numbers', async (open) => {
    const app = await open();
    await openStructure(app, '1QU9.pdb', example('1QU9'), 381);
    await app.fold('Ties');
    await app.button('Tie selected residues').click();
    await app.settings.getByText(/^Select residues first/).waitFor();
    await app.page.getByLabel('Select by text', {exact: true}).fill('A10-12');
    await app.button('Select').click();
    await app.button('Tie selected residues').click();
    assert.equal(await app.text('Ties').inputValue(), 'A10-12=B10-12=C10-12');
    await app.says(/^3 groups of tied residues get one letter each/);
    await app.button('Remove ties').click();
    assert.equal(await app.text('Ties').inputValue(), '');
});

journey('axe finds nothing with every part open, and nothing is cut off', async (open, t) => {
    const app = await open('#temperature=cold');
    const clean = async (state) => {
        const {violations, passes} = await app.page.evaluate('axe.run()');
        say(t, `${state}: ${passes.length} rules kept, ${violations.length} broken`);
        assert.deepEqual(violations.map(({id, nodes}) => `${id}: ${nodes.map(({html}) => html).join(' ')}`), []);
    };
    await app.page.evaluate(axe);
    await clean('without a structure');
    await app.trySample();
    await openStructure(app, '3HTN.pdb', structureText('3HTN'), 425);
    for (const name of ['Letters', 'Ties', 'States']) await app.fold(name);
    await app.type('Omit', 'B');
    await app.type('Omit', 'C');
    await app.button('Tie as homomer').click();
    await app.button('Add state').click();
    await clean('light');
    await app.page.emulateMedia({colorScheme: 'dark'});
    await clean('dark');
    await app.number('Sequences').fill('0');
    await clean('with a problem');
    for (const width of [390, 320]) {
        await app.page.setViewportSize({width, height: 900});
        const [box, panel] = await app.settings.evaluate((it) => [it.clientWidth, it.scrollWidth]);
        assert.ok(panel <= box && box <= width, `${panel} wide in ${box}, in a window of ${width}`);
    }
});

journey('settings in the address', async (open) => {
    const app = await open('#count=3&temperature=-1&seed=42&order=backwards&model=nobody&colour=red');
    assert.equal(await app.number('Sequences').inputValue(), '3');
    assert.equal(await app.number('Temperature').inputValue(), '0.1');
    assert.equal(await app.number('Seed').inputValue(), '42');
    for (const note of [/temperature: -1 is not/, /order: backwards/, /model: nobody/, /colour: there is no/]) {
        await app.settings.getByText(note).waitFor();
    }
    await app.button('Understood').click();
    await app.number('Temperature').fill('0.25');
    await app.settings.getByLabel('Order', {exact: true}).selectOption('n-to-c');
    await app.page.waitForFunction(() => location.hash === '#count=3&temperature=0.25&seed=42&order=n-to-c');
    await app.page.reload();
    assert.equal(await app.number('Temperature').inputValue(), '0.25');
    assert.equal(await app.settings.getByLabel('Order', {exact: true}).inputValue(), 'n-to-c');
    await app.set({count: 8, temperature: 0.1, seed: ''});
    await app.settings.getByLabel('Order', {exact: true}).selectOption('random');
    await app.page.waitForFunction(() => location.hash === '');
});
