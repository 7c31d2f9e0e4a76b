/* SPDX-License-Identifier: MIT
 *
 * figures.js - journeys 19 to 22, 26, 29: designs compared, drawn, scored; one sequence for two structures; couplings.
 *
 *   rows --figures--> numbers == counted here        weft score, weft probs == page
 */
import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {couplingsOf, rankedPairs} from '../../../wasm/analysis.js';
import {LETTERS} from '../../../wasm/index.js';
import {example, say, structureText} from '../browser.js';
import {journeyOf} from './journey.js';
import {DESKTOP, Grid, openStructure, seenElsewhere, tab} from './parts.js';
import {analysed, averagedInNode, commandLine, inNode, jsonLines, lettersOf, parsed} from './truth.js';

/** Names, letters and sequence of a structure's residues. */
const namesOf = (structure) => ({
    letters: [...structure.letters], sequence: structure.sequence,
    names: Array.from({length: structure.length}, (_, row) => structure.rowName(row))
});

/** Shares of letters and entropy at each place of some sequences of one length. */
function shares(sequences) {
    return Array.from(sequences[0], (_, at) => {
        const counts = {};
        for (const sequence of sequences) counts[sequence[at]] = (counts[sequence[at]] ?? 0) + 1 / sequences.length;
        const bits = -Object.values(counts).reduce((sum, p) => sum + p * Math.log2(p), 0);
        return {counts, bits};
    });
}

/** 'A5: K 0.50, E 0.50; native K; entropy 1.00 bits' */
function readWords(words) {
    const [, name, list, native, bits] = /^(\S+): (.*); native (.); entropy (-?[\d.]+) bits$/.exec(words);
    return {
        name, native, bits: Number(bits),
        counts: Object.fromEntries(list.split(', ').map((each) => [each[0], Number(each.slice(2))]))
    };
}

/** Steps through a figure by keys; the words of its first positions. */
async function stepThrough(app, count) {
    await app.page.getByRole('group', {name: /Left and right move/}).focus();
    const words = [];
    for (let i = 0; i < count; i++) {
        const before = words.at(-1) ?? '';
        await app.page.keyboard.press('ArrowRight');
        await app.page.waitForFunction((last) => {
            const text = document.querySelector('.strip-words')?.textContent;
            return text && text !== last;
        }, before);
        words.push(await app.page.locator('.strip-words').textContent());
    }
    return words;
}

/** What the command line says of every letter at every residue of 6MRR. */
async function modelProbs({folder, write, output}, mode) {
    const out = `${mode}.json`;
    await output('probs', await write('6MRR.pdb', structureText('6MRR')), '--mode', mode, '-s', '0', '-o', out);
    return JSON.parse(await readFile(join(folder, out), 'utf8')).log_probs;
}

export function register(open, skip) {
    const journey = journeyOf(() => open(DESKTOP), skip), line = commandLine('figures');

    journey(19, 'two designs side by side', async (app, t) => {
        const settings = {count: 4, temperature: 0.5, seed: 3};
        await app.trySample();
        const rows = await app.design(settings);
        const row = (at) => app.table.locator('tbody tr').nth(at);
        await app.page.getByRole('button', {name: 'Score', exact: true}).click();
        const sorted = await app.rows();
        const scores = (list) => list.map(({Score}) => Number(Score));
        assert.deepEqual(scores(sorted), scores(rows).sort((a, b) => a - b));
        await row(0).click();
        await app.button('Mark to compare').click();
        await row(1).click();
        await app.button('Compare').click();
        const [one, other] = sorted.map(({Sequence}) => Sequence);
        const differing = [...one].map((letter, i) => (letter === other[i] ? -1 : i)).filter((i) => i >= 0);
        const comparison = app.page.getByRole('group', {name: 'Comparison', exact: true});
        await comparison.getByText(`${106 - differing.length} of 106 designed residues have the same letter`).waitFor();
        const table = app.page.getByRole('table', {name: 'Differing positions', exact: true});
        const changes = await table.locator('tbody tr').evaluateAll((lines) =>
            lines.map((line) => [line.cells[0].textContent, line.cells[2].textContent]));
        say(t, `${changes.length} positions differ, from ${changes[0].join(' ')} on`);
        const pairs = changes.map(([, change]) => change.split(' → ').sort().join(''));
        assert.deepEqual(pairs, differing.map((i) => [one[i], other[i]].sort().join('')));
        await app.button('Back to the table').click();
        await app.page.getByLabel('Colour', {exact: true}).selectOption('change');
        await app.page.getByRole('searchbox', {name: 'Filter'}).fill(sorted[0].Sequence.slice(10, 20));
        const fitting = rows.filter(({Sequence}) => Sequence.includes(sorted[0].Sequence.slice(10, 20))).length;
        await app.page.getByText(fitting === 1 ? '1 row fits' : `${fitting} rows fit`).waitFor();
        assert.equal(await app.rowCount(), fitting);
        await app.page.getByRole('searchbox', {name: 'Filter'}).fill('');
        await app.design({count: 4, temperature: 0.5, seed: 3});
        await app.page.getByLabel('Merge duplicates', {exact: true}).check();
        await app.page.waitForFunction(() =>
            document.querySelector('table[aria-label="Designs"]').getAttribute('aria-rowcount') === '6');
        assert.ok((await app.rows()).every(({Copies}) => Copies === '2'), 'equal sequences are one row');
    });

    journey(20, 'logo, heat map and scores tell the designs\' numbers', async (app, t) => {
        const settings = {count: 4, temperature: 1, seed: 9};
        await openStructure(app, '6MRR.pdb', structureText('6MRR'), 68);
        const truth = shares((await app.design(settings)).map(({Sequence}) => Sequence));
        const {names, sequence} = await parsed(structureText('6MRR'), namesOf);
        for (const name of ['Logo', 'Heat map']) {
            await tab(app, name);
            const words = (await stepThrough(app, 12)).map(readWords);
            say(t, `${name}: ${JSON.stringify(words[0])}`);
            for (const {name: residue, native, counts, bits} of words) {
                const row = names.indexOf(residue);
                assert.equal(native, sequence[row]);
                assert.deepEqual(counts, truth[row].counts, residue);
                assert.ok(Math.abs(bits - truth[row].bits) < 0.0051, `${bits} bits, counted ${truth[row].bits}`);
                const sum = Object.values(counts).reduce((a, b) => a + b, 0);
                assert.ok(Math.abs(sum - 1) < 1e-6);
            }
        }
        await app.page.getByLabel('Colour', {exact: true}).selectOption('entropy');
        await tab(app, 'Scores');
        const scores = app.page.getByRole('img', {name: /^Negative log-probability of each residue of 6MRR/});
        await scores.locator('svg').waitFor();
        const svg = await app.saved(() => app.button('Save SVG').click());
        const seen = await seenElsewhere(app, svg, 'image/svg+xml');
        assert.equal(seen.root, 'svg');
        assert.equal(seen.errors, 0);
        await tab(app, 'Logo');
        await app.page.getByLabel('Source', {exact: true}).selectOption({label: 'backbone alone'});
        await app.button('Work out').click();
        const [{name: residue, counts}] = (await stepThrough(app, 1)).map(readWords);
        const p = (await modelProbs(line, 'unconditional'))[names.indexOf(residue)].map(Math.exp);
        for (const [letter, share] of Object.entries(counts)) {
            assert.ok(Math.abs(share - p[LETTERS.indexOf(letter)]) < 0.0051, `${letter} ${share}`);
        }
    });

    journey(21, 'scores of given sequences, and a mutation scan', async (app, t) => {
        const pdb = structureText('6MRR'), native = await parsed(pdb, ({sequence}) => sequence);
        const fasta = `>native\n${native}\n>alanine\n${'A'.repeat(68)}\n`;
        await openStructure(app, '6MRR.pdb', pdb, 68);
        await app.design({count: 1, temperature: 0.1, seed: 1});
        await tab(app, 'Score sequences');
        await app.page.getByLabel('Sequences to score', {exact: true}).fill(fasta);
        await app.page.getByLabel('Orders', {exact: true}).fill('2');
        await app.button('Score').last().click();
        const table = app.page.getByRole('table', {name: 'Scored sequences', exact: true});
        await table.locator('tbody tr').nth(1).waitFor();
        await app.page.getByLabel('Scoring', {exact: true}).waitFor({state: 'detached'});
        const shown = await table.locator('tbody tr').evaluateAll((lines) =>
            lines.map((line) => Array.from(line.cells, (cell) => cell.textContent)));
        await line.write('6MRR.pdb', pdb);
        await line.write('given.fa', fasta);
        const truth = jsonLines(await line.output('score', '6MRR.pdb', '--sequences', 'given.fa', '--orders', '2',
            '-s', '0', '--json'));
        for (const [i, [name, score, globalScore]] of shown.entries()) {
            say(t, `${name}: ${score}, weft score ${truth[i].score}`);
            assert.equal(score, truth[i].score.toFixed(4));
            assert.equal(globalScore, truth[i].global_score.toFixed(4));
        }
        await app.page.getByLabel('Sequences to score', {exact: true}).fill('ACDEF');
        await app.button('Score').last().click();
        await app.page.getByText(/^sequence 1: .*(5|68)/).waitFor();

        await tab(app, 'Mutation scan');
        await app.button('Work out').click();
        const region = app.page.getByRole('region', {name: 'Best mutations', exact: true});
        await region.locator('tbody tr').first().waitFor();
        const [best, gain] = await region.locator('tbody tr').first().locator('td').allInnerTexts();
        const logProbs = await modelProbs(line, 'all-others');
        const {letters, names} = await parsed(pdb, namesOf);
        const all = logProbs.flatMap((row, at) => row.slice(0, 20).map((value, letter) =>
            ({text: `${LETTERS[letters[at]]} ${names[at]} ${LETTERS[letter]}`, gain: value - row[letters[at]]})));
        const top = all.sort((a, b) => b.gain - a.gain)[0];
        say(t, `best mutation ${best}, ${gain} nats; by weft probs ${top.text}, ${top.gain.toFixed(2)}`);
        assert.equal(best.trim(), top.text);
        assert.equal(gain, top.gain.toFixed(2));
    });

    journey(22, 'one sequence for two structures', async (app, t) => {
        const text = example('1J2J'), settings = {count: 2, temperature: 0.2, seed: 4};
        const free = text.split('\n').filter((line) => /^ATOM.{17}B/.test(line)).join('\n');
        await openStructure(app, 'free.pdb', free, 41);
        await app.sample('1J2J', 206);
        await app.chain('B', 41).check();
        await app.fold('States');
        await app.button('Add state').click();
        await app.says(/^One sequence for 1J2J and free/);
        const rows = await app.design(settings);
        const truth = await inNode([text, free], (structure) => ({
            ...settings, stateWeights: [1, 1], tieRule: 'logits',
            design: Uint8Array.from({length: 206}, (_, row) => (row >= structure.chain('B').start ? 1 : 0))
        }));
        say(t, rows[0].Sequence);
        assert.deepEqual(rows.map(({Sequence}) => Sequence), truth.map(({sequence}) => lettersOf(sequence).slice(165)));
    });

    journey(29, 'one design on the mean of two conformers', async (app, t) => {
        const pdb = structureText('6MRR'), settings = {count: 2, temperature: 0.2, seed: 4};
        const other = pdb.replace(/^(ATOM.{26})(.{8})/gm, (_, start, x) =>
            start + (Number(x) * 1.02).toFixed(3).padStart(8));
        await openStructure(app, 'other.pdb', other, 68);
        await openStructure(app, '6MRR.pdb', pdb, 68);
        await app.fold('States');
        await app.button('Add state').click();
        await app.page.getByLabel('Together they are', {exact: true}).selectOption('average');
        await app.says(/On the mean of what the encoder makes of 6MRR and other/);
        await app.says(/--conformers other\.pdb/);
        const rows = await app.design(settings);
        const truth = await averagedInNode([pdb, other], settings);
        say(t, rows[0].Sequence);
        assert.deepEqual(rows.map(({Sequence}) => Sequence), truth.map(({sequence}) => sequence));
        const alone = await inNode(pdb, settings);
        assert.notDeepEqual(truth.map(({sequence}) => sequence), alone.map(({sequence}) => sequence));
    });

    journey(26, 'couplings and double mutants', async (app, t) => {
        const pdb = structureText('6MRR'), grid = new Grid(app);
        await openStructure(app, '6MRR.pdb', pdb, 68);
        await app.design({count: 1, temperature: 0.1, seed: 1});
        await tab(app, 'Couplings');
        await app.button('Work out').click();
        const table = app.page.getByRole('table', {name: 'Coupled residues', exact: true});
        await table.locator('tbody tr').first().waitFor();
        const shown = await table.locator('tbody tr').evaluateAll((rows) => rows.slice(0, 10).map((row) =>
            Array.from(row.cells, (cell) => cell.textContent.trim())));
        const pairs = await analysed(pdb, async (engine, encoding) => {
            const jacobian = await engine.jacobian(encoding, {seed: 0});
            return rankedPairs(encoding.structure, jacobian, couplingsOf(jacobian), 6);
        });
        const {names} = await parsed(pdb, namesOf);
        say(t, `strongest: ${shown[0].join(' ')}`);
        assert.deepEqual(shown.map(([pair, coupling]) => [pair, coupling]), pairs.slice(0, 10).map(({i, j, coupling}) =>
            [`${names[i]} ${names[j]}`, coupling.toFixed(2)]));
        await table.getByRole('button').first().click();
        await grid.waitForCounts('68 of 68 designed, 2 selected');
        const textOf = async (name) => Buffer.from((await app.saved(() => app.button(name).click())).bytes).toString();
        assert.match(await textOf('Save SVG'), /<image [^>]*data:image\/png/);
        const [header] = (await textOf('Save CSV')).split('\n');
        assert.equal(header, 'residue_1,residue_2,separation,coupling,norm,ca_distance');

        await tab(app, 'Mutation scan');
        await app.button('Work out').click();
        await app.button('Double mutants').click();
        const list = app.page.getByRole('table', {name: 'Double mutants', exact: true});
        await list.locator('tbody tr').first().waitFor();
        const [mutations, gain, epistasis] = await list.locator('tbody tr').first().locator('td').allInnerTexts();
        const {i, j} = pairs[0], design = Uint8Array.from({length: 68}, (_, row) => (row === i || row === j ? 1 : 0));
        const result = await analysed(pdb, (engine, encoding) => engine.doubles(encoding, {design, seed: 0}));
        const best = Array.from(result.deltas.keys()).filter((at) => LETTERS[Math.floor(at / 20)] !== result.sequence[i]
            && LETTERS[at % 20] !== result.sequence[j]).sort((a, b) => result.deltas[b] - result.deltas[a])[0];
        say(t, `${mutations}: ${gain}, ${epistasis}`);
        const letters = [Math.floor(best / 20), best % 20].map((at) => LETTERS[at]);
        assert.equal(mutations.trim(), `${names[i]} ${letters[0]}, ${names[j]} ${letters[1]}`);
        assert.deepEqual([gain, epistasis], [result.deltas[best].toFixed(2), result.epistasis[best].toFixed(2)]);
    });
}
