/* SPDX-License-Identifier: MIT
 *
 * choosing.test.js - properties, motifs and filters on proteins that are known for them; distances, clusters and
 * choices against plain searches; the same choice whatever the order.
 *
 * Sequences: hen egg-white lysozyme (P00698, 19-147), human ubiquitin, bovine ribonuclease A (P61823, 27-150), the
 * first exon of huntingtin (P42858), glycophorin A's span (P02724). Masses, isoelectric points, hydropathy and
 * absorption are those of ProtParam in Biopython 1.88; its masses of residues differ by some mDa.
 */
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {after, before, test} from 'node:test';
import * as choosing from '../../wasm/choosing.js';
import {ConstraintError, Engine} from '../../wasm/index.js';

const {
    backboneOf, chooseDiverse, clusterByIdentity, Distances, figures, filterCandidates, findPattern,
    hydrophobicPatches, lowComplexity, makeFilters, mergeDuplicates, parsePattern, properties, repeats,
    selectCandidates, unpaired
} = choosing;

const LYSOZYME = 'KVFGRCELAAAMKRHGLDNYRGYSLGNWVCAAKFESNFNTQATNRNTDGSTDYGILQINSRWWCNDGRTPGSRNLCNIPCSALLSSDITASVNCAKKI'
    + 'VSDGNGMNAWVAWRNRCKGTDVQAWIRGCRL';
const UBIQUITIN = 'MQIFVKTLTGKTITLEVEPSDTIENVKAKIQDKEGIPPDQQRLIFAGKQLEDGRTLSDYNIQKESTLHLVLRLRGG';
const RIBONUCLEASE = 'KETAAAKFERQHMDSSTSAASSSNYCNQMMKSRNLTKDRCKPVNTFVHESLADVQAVCSQKNVACKNGQTNCYQSYSTMSITDCRETGSSKYP'
    + 'NCAYKTTQANKHIIVACEGNPYVPVHFDASV';
const HUNTINGTIN = `MATLEKLMKAFESLKSF${'Q'.repeat(23)}${'P'.repeat(11)}QLPQPPPQAQPLLPQPQ${'P'.repeat(10)}GPAVAEEPLHRP`;
const GLYCOPHORIN = 'HFSEPEITLIIFGVMAGVIGTILLISYGIRRLIKK';

const near = (actual, expected, within, what = '') =>
    assert.ok(Math.abs(actual - expected) <= within, `${what} ${actual}, expected ${expected}`);
const candidate = (sequence, more = {}) => ({name: 'it', chains: sequence.split('/'), score: 1, ...more});
const refused = (call, message) => assert.throws(call, (error) =>
    error instanceof ConstraintError && message.test(error.message), String(message));

/** What one set of filters finds in a sequence, as 'A34 NLT': chain, position, text. */
function found(sequence, options, more) {
    return makeFilters(options).flatMap((filter) => filter.find(candidate(sequence, more)))
        .map(({chain, position, text}) => [chain && 'ABC'[chain - 1], position, ` ${text}`].join(''));
}

/* ---- Properties ---- */

test('properties of known proteins', () => {
    for (const [sequence, mass, pI, reduced, cystine, hydropathy] of [
        [LYSOZYME, 14313.1, 9.32, 37470, 37970, -0.472], [UBIQUITIN, 8564.8, 6.56, 1490, 1490, -0.489],
        [RIBONUCLEASE, 13690.3, 8.64, 8940, 9440, -0.663]
    ]) {
        const each = properties([sequence]);
        near(each.mass, mass, 0.06, 'mass');
        near(each.pI, pI, 0.006, 'pI');
        near(each.hydropathy, hydropathy, 0.0005, 'hydropathy');
        assert.deepEqual([each.extinction, each.extinctionCystine], [reduced, cystine]);
        near(properties([sequence], {pH: each.pI}).charge, 0, 1e-12, 'charge at the pI');
    }
    assert.equal(properties([LYSOZYME]).cysteines, 8);
    near(properties([LYSOZYME], {pH: 7}).charge, 7.772, 0.001);
});

test('masses of residues are those of their atoms', () => {
    const atoms = {C: 12.0107, H: 1.00794, N: 14.0067, O: 15.9994, S: 32.065};
    const formulas = {
        A: 'C3H5NO', C: 'C3H5NOS', D: 'C4H5NO3', E: 'C5H7NO3', F: 'C9H9NO', G: 'C2H3NO', H: 'C6H7N3O', I: 'C6H11NO',
        K: 'C6H12N2O', L: 'C6H11NO', M: 'C5H9NOS', N: 'C4H6N2O2', P: 'C5H7NO', Q: 'C5H8N2O2', R: 'C6H12N4O',
        S: 'C3H5NO2', T: 'C4H7NO2', V: 'C5H9NO', W: 'C11H10N2O', Y: 'C9H9NO2'
    };
    for (const [letter, formula] of Object.entries(formulas)) {
        const mass = [...formula.matchAll(/([A-Z])(\d*)/g)].reduce((sum, [, atom, n]) =>
            sum + atoms[atom] * Number(n || 1), 2 * atoms.H + atoms.O);
        near(properties([letter]).mass, mass, 0.006, letter);   // of sulfur the weight was revised since
    }
});

test('charges by hand: termini of each chain, unknown letters left out', () => {
    near(properties(['GG']).pI, (7.5 + 3.55) / 2, 1e-12);   // symmetric about the mean of its two groups
    near(properties(['GKG'], {pH: 10}).charge,
        1 / (1 + 10 ** 2.5) + 0.5 - 1 / (1 + 10 ** (3.55 - 10)), 1e-12);
    near(properties(['AGD'], {pH: 4.55}).charge, 1 / (1 + 10 ** (4.55 - 7.59)) - 0.5 - 1 / (1 + 10 ** (4.05 - 4.55)),
        1e-12, 'termini by residue');
    const [one, other] = [properties([LYSOZYME]), properties([UBIQUITIN])];
    const both = properties([LYSOZYME, UBIQUITIN]);
    for (const name of ['mass', 'charge', 'extinction', 'extinctionCystine', 'cysteines', 'length']) {
        near(both[name], one[name] + other[name], 1e-9, name);
    }
    near(properties([LYSOZYME + UBIQUITIN]).mass, both.mass - 18.01528, 1e-9, 'one chain has one water');
    assert.equal(properties(['CC', 'C', 'C']).extinctionCystine, 125, 'cystines within a chain');
    const gaps = properties([`XX${UBIQUITIN}XB`]);
    assert.deepEqual([gaps.length, gaps.unknown], [80, 4]);
    near(gaps.mass, other.mass, 1e-9);
    near(gaps.hydropathy, other.hydropathy, 1e-12);
    assert.ok(properties(['R'.repeat(5000)]).pI > 14 && properties(['D'.repeat(5000)]).pI < 1);
    refused(() => properties(['XXX']), /no known letter/);
    refused(() => properties(['AG'], {pH: 15}), /pH/);
});

/* ---- Patterns ---- */

test('patterns: the notation of PROSITE', () => {
    const at = (pattern, chain) => findPattern(parsePattern(pattern), chain).map(({position, text}) => position + text);
    assert.deepEqual(at('N-{P}-[ST]', 'NNSSNPSNAT'), ['1NNS', '2NSS', '8NAT']);
    assert.deepEqual(at('n{p}[st].', 'NAT'), ['1NAT']);
    assert.deepEqual(at('C-x(2,4)-C', 'CAACAAC'), ['1CAAC', '4CAAC']);
    assert.deepEqual(at('C-x(1,5)-C', 'CAACAAC'), ['1CAACAAC', '4CAAC']);   // the longest of each
    assert.deepEqual(at('<M', 'MAM'), ['1M']);
    assert.deepEqual(at('K(2)>', 'KKAKKK'), ['5KK']);
    assert.deepEqual(at('K(2,9)>', 'KKAKKK'), ['4KKK', '5KK']);
    assert.deepEqual(at('NX[ST]', 'NXT'), ['1NXT']);
    assert.deepEqual(at('N{P}T', 'NXT'), ['1NXT'], 'an unknown letter may be one that matters');
    assert.deepEqual(at('NA[ST]', 'NAX'), []);
    assert.deepEqual(at('x(0,60)-x(0,60)-x(0,60)-W', 'A'.repeat(300)), [], 'and takes no time');
    for (const [pattern, message] of [
        ['', /no letter/], ['N-(P)', /begins with/], ['N--S', /begins with/], ['[', /begins with/], ['B', /B is none/],
        ['[SX]', /X is none/], ['A(3,2)', /repeats nothing/], ['A(0)', /repeats nothing/], ['x(999)', /200/]
    ]) refused(() => parsePattern(pattern), message);
});

/* ---- Filters ---- */

test('glycosylation: known sequons', () => {
    const sequons = {glycosylation: true};
    assert.deepEqual(found(RIBONUCLEASE, sequons), ['A34 NLT']);   // glycosylated in ribonuclease B
    assert.deepEqual(found(RIBONUCLEASE, {sequonCysteine: true}), ['A24 NYC', 'A34 NLT']);
    assert.deepEqual(found(LYSOZYME, sequons), []);
    /* Lysozymes that yeast glycosylates: R21T and G49N. */
    const mutant = (place, letter) => LYSOZYME.slice(0, place - 1) + letter + LYSOZYME.slice(place);
    assert.deepEqual(found(mutant(21, 'T'), sequons), ['A19 NYT']);
    assert.deepEqual(found(mutant(49, 'N'), sequons), ['A49 NST']);
    assert.deepEqual(found('NPSNPT', sequons), []);
    const both = `${LYSOZYME}/${mutant(49, 'N')}`;
    assert.deepEqual(found(both, sequons), ['B49 NST']);
    assert.deepEqual(found(RIBONUCLEASE, {...sequons, newOnly: true}, {native: [RIBONUCLEASE]}), []);
    assert.deepEqual(found(both, {...sequons, newOnly: true}, {native: [LYSOZYME, LYSOZYME]}), ['B49 NST']);
    refused(() => found(RIBONUCLEASE, {...sequons, newOnly: true}), /no native/);
    refused(() => found(RIBONUCLEASE, {...sequons, newOnly: true}, {native: [LYSOZYME]}), /124 .* 129/);
});

test('liabilities and motifs of the user', () => {
    assert.deepEqual(found(RIBONUCLEASE, {liabilities: ['deamidation']}), ['A67 NG']);
    assert.deepEqual(found(LYSOZYME, {liabilities: ['isomerization']}), ['A48 DG', 'A66 DG', 'A101 DG']);
    assert.deepEqual(found(UBIQUITIN, {liabilities: ['oxidation']}), ['A1 M']);
    assert.deepEqual(found(LYSOZYME, {motifs: ['WW', 'R-G-[CD]']}), ['A62 WW', 'A125 RGC']);
    refused(() => makeFilters({liabilities: ['rust']}), /rust/);
    refused(() => makeFilters({motifs: ['N(']}), /no motif/);
    assert.deepEqual(makeFilters({}), []);
});

test('cysteines: any, odd, unpaired', () => {
    assert.equal(found(LYSOZYME, {cysteines: 'any'}).length, 8);
    assert.deepEqual(found(LYSOZYME, {cysteines: 'odd'}), []);
    assert.deepEqual(found('ACA/CAC', {cysteines: 'odd'}), ['A2 C'], 'chains by themselves');
    refused(() => makeFilters({cysteines: 'unpaired'}), /backbone/);
    refused(() => makeFilters({cysteines: 'all'}), /none of/);
});

test('runs of a letter', () => {
    assert.deepEqual(repeats(HUNTINGTIN).map(({position, value}) => [position, value]), [[18, 23], [41, 11], [69, 10]]);
    assert.deepEqual(repeats('AAAAGGGGGA').map(({text}) => text), ['GGGGG']);
    assert.deepEqual(repeats('XXXXXXAAAA'), [], 'numbering gaps are no run');
    assert.deepEqual(found('AAAA', {repeats: 4}), ['A1 AAAA']);
    refused(() => repeats('A', 1), /from 2/);
});

test('low complexity: SEG on huntingtin, entropies by hand', () => {
    const [stretch, ...more] = lowComplexity(HUNTINGTIN);
    assert.equal(more.length, 0);
    assert.equal(stretch.value, 0);
    assert.ok(stretch.position > 1 && stretch.position < 18 && stretch.text.includes('Q'.repeat(23)));
    assert.deepEqual(lowComplexity(UBIQUITIN), []);
    /* Six and six letters have 1 bit, three each of four have 2, two each of six log2(6). */
    near(lowComplexity('AAAAAAGGGGGG')[0].value, 1, 1e-12);
    near(lowComplexity('AAAGGGSSSTTT')[0].value, 2, 1e-12);
    assert.equal(lowComplexity('AAAGGGSSSTTT', {trigger: 2, extension: 2}).length, 1, 'a threshold belongs to it');
    assert.deepEqual(lowComplexity('AAAGGGSSSTTT', {trigger: 1.99}), []);
    const six = 'AAGGSSTTVVLL';
    assert.deepEqual(lowComplexity(six), []);
    near(lowComplexity(six, {trigger: 2.6, extension: 2.6})[0].value, Math.log2(6), 1e-12);
    assert.deepEqual(lowComplexity('AAAAAXAAAAAA'), []);
    assert.deepEqual(lowComplexity('AAAA'), [], 'shorter than the window');
    refused(() => lowComplexity('A', {trigger: 3}), /2\.5 bits is below 3/);
});

test('hydrophobic stretches: the span of glycophorin', () => {
    const [{position, text, value}, ...more] = hydrophobicPatches(GLYCOPHORIN);
    assert.ok(more.length === 0 && 'EITLIIFGVMAGVIGTILLISYGI'.includes(text.slice(3, -3)) && position <= 8);
    assert.ok(value > 2.5);
    for (const soluble of [LYSOZYME, UBIQUITIN, RIBONUCLEASE]) assert.deepEqual(hydrophobicPatches(soluble), []);
    near(hydrophobicPatches('I'.repeat(19))[0].value, 4.5, 1e-12);
    assert.deepEqual(hydrophobicPatches('I'.repeat(18)), []);
    assert.equal(hydrophobicPatches('A'.repeat(19), {mean: 1.8}).length, 0, 'above, not at');
});

test('ranges of charge and isoelectric point', () => {
    assert.deepEqual(found(LYSOZYME, {charge: {least: -10, most: 5}}), [' 7.38']);
    assert.deepEqual(found(LYSOZYME, {charge: {most: 7.5}}), []);
    assert.deepEqual(found(LYSOZYME, {charge: {most: 7.5}, pH: 7}), [' 7.77']);
    assert.deepEqual(found(UBIQUITIN, {pI: {least: 7}}), [' 6.56']);
    refused(() => makeFilters({charge: {least: 2, most: 1}}), /range/);
    refused(() => makeFilters({charge: {least: NaN}}), /range/);
});

test('filters: counts of each alone, and what is left', async () => {
    const list = ['NAT', 'NCT', 'AAAAA', 'AGA', 'CAC'].map((sequence, i) => candidate(sequence, {name: String(i)}));
    const options = {glycosylation: true, cysteines: 'odd', repeats: true};
    const {kept, rejected, counts} = await filterCandidates(list, options);
    assert.deepEqual(counts.map(({filter, rejected: n}) => [filter, n]),
        [['glycosylation', 2], ['cysteines', 1], ['repeats', 1]]);
    assert.deepEqual(kept.map(({name}) => name), ['3', '4']);
    assert.deepEqual(rejected[1].findings.map(({filter, position}) => [filter, position]),
        [['glycosylation', 1], ['cysteines', 2]]);
});

/* ---- Disulfides ---- */

/** @type {Engine} */
let engine;
before(async () => { engine = await Engine.load(); });
after(() => engine.dispose());

/** The backbone of a file, and its own sequence as a candidate. */
async function opened(path) {
    const structure = await engine.open(readFileSync(new URL(`../data/${path}`, import.meta.url)), {name: path});
    const backbone = backboneOf(structure);
    structure.dispose();
    const sorted = [...backbone.chains].sort((a, b) => (a.name < b.name ? -1 : 1));
    return {backbone, sorted, own: candidate(sorted.map(({letters}) => letters).join('/'), {name: path})};
}

test('disulfides of insulin: every cysteine has its partner, until one goes', async () => {
    const {backbone, sorted, own} = await opened('examples/4INS.pdb');
    assert.deepEqual(unpaired(own, backbone), []);
    const without = (chain, position) => own.chains.map((text, c) =>
        (c === chain ? `${text.slice(0, position - 1)}S${text.slice(position)}` : text));
    assert.deepEqual(unpaired({...own, chains: without(0, 20)}, backbone), [{chain: 2, position: 19}]);   // A20-B19
    assert.deepEqual(unpaired({...own, chains: without(0, 6)}, backbone), [{chain: 1, position: 11}]);   // A6-A11
    assert.deepEqual(unpaired(own, backbone, 2).length, 12);
    /* Chain B alone is printed: its partners are in chain A of the structure. */
    const alone = {name: 'B', chains: [sorted[1].letters], chainNames: ['B']};
    assert.deepEqual(unpaired(alone, backbone), []);
    assert.deepEqual(found(without(1, 19).join('/'), {cysteines: 'unpaired', backbone: () => backbone}), ['A20 C']);
    refused(() => unpaired({name: 'x', chains: ['CCC']}, backbone), /nothing says which/);
    refused(() => unpaired({name: 'x', chains: ['CCC'], chainNames: ['B']}, backbone), /3 letters, .* 30 residues/);
    refused(() => unpaired({name: 'x', chains: ['CCC'], chainNames: ['Z']}, backbone), /no chain Z/);
});

test('each cysteine has one partner, the nearest pairs first', () => {
    /* On a line, at these places in angstrom; all others too far apart. */
    for (const [places, alone] of [
        [[0, 3.5, 7.2], [3]], [[3.5, 0, 7.2], [3]], [[7.2, 0, 3.5], [1]], [[0, 3.8, 7.2, 11], [1, 4]], [[0, 4.5], []],
        [[0, 4.51], [1, 2]]
    ]) {
        const carbons = Float64Array.from(places.flatMap((x) => [x, 0, 0])), letters = 'C'.repeat(places.length);
        const backbone = {name: 'line', chains: [{name: 'A', letters, numbers: places.map((_, i) => i), carbons}]};
        assert.deepEqual(unpaired({name: 'it', chains: [letters]}, backbone).map(({position}) => position), alone);
    }
});

test('cysteines behind numbering gaps are where they belong', async () => {
    const {backbone} = await opened('structures/3HTN.pdb');
    const [chain] = backbone.chains.filter(({name}) => name === 'B');
    const filled = Array.from(chain.letters, (letter, i) =>
        'X'.repeat(i ? chain.numbers[i] - chain.numbers[i - 1] - 1 : 0) + letter).join('');
    assert.ok(filled.length > chain.letters.length);
    const nearest = chain.letters.length - 1, pair = [nearest, nearest - 1];
    const [a, b] = pair.map((i) => chain.carbons.subarray(3 * i, 3 * i + 3));
    const distance = Math.hypot(...[0, 1, 2].map((axis) => a[axis] - b[axis]));
    for (const text of [chain.letters, filled]) {
        const chains = [`${text.replace(/C/g, 'S').slice(0, -2)}CC`];
        const alone = (most) => unpaired({name: 'B', chains, chainNames: ['B']}, backbone, most).length;
        assert.deepEqual([alone(distance + 0.01), alone(distance - 0.01)], [0, 2]);
    }
});

/* ---- Distances, clusters, choices ---- */

/** Numbers in 0..1 from a seed. */
function random(seed) {
    let state = seed;
    return () => {
        state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
        return (state >>> 0) / 2 ** 32;
    };
}

/** Variants of a random sequence with scores of few values, so that there are ties. */
function variants(count, length, share, seed = 7, chains = 1) {
    const next = random(seed), letters = 'ACDEFGHIKLMNPQRSTVWYX';
    const base = Array.from({length}, () => Math.floor(next() * 20));
    return Array.from({length: count}, (_, i) => {
        const text = base.map((letter) => letters[next() < share ? Math.floor(next() * 21) : letter]).join('');
        const cut = Math.floor(length / chains);
        return {
            name: `d${i}`, score: Math.floor(next() * 20) / 10,
            chains: Array.from({length: chains}, (__, c) =>
                text.slice(c * cut, c === chains - 1 ? length : (c + 1) * cut))
        };
    });
}

/** 1 - identity, letter by letter. */
function plainDistance(a, b) {
    if (a.chains.map((each) => each.length).join() !== b.chains.map((each) => each.length).join()) return 1;
    const [one, other] = [a.chains.join(''), b.chains.join('')];
    return [...one].filter((letter, i) => letter !== other[i]).length / one.length;
}

const shuffled = (list, seed) => {
    const next = random(seed);
    return list.map((each) => [next(), each]).sort((a, b) => a[0] - b[0]).map(([, each]) => each);
};

test('distances are those of a plain comparison', () => {
    for (const [length, share] of [[1, 0.5], [31, 0.3], [32, 0.3], [33, 0.9], [200, 0.1]]) {
        const list = [...variants(30, length, share), ...variants(9, length + 2, share, 9)];
        const distances = new Distances(list);
        for (let a = 0; a < list.length; a++) {
            for (let b = 0; b < list.length; b++) {
                near(distances.between(a, b), plainDistance(list[a], list[b]), 1e-12, `${length}: ${a} ${b}`);
            }
        }
    }
    const gaps = [candidate('AXCD'), candidate('AXCE'), candidate('AXXE')];
    const all = new Distances(gaps), varied = new Distances(gaps, {compare: 'varied'});
    assert.deepEqual([all.positions(0), all.between(0, 1), all.between(1, 2)], [3, 1 / 3, 1 / 3]);   // a gap of all
    assert.deepEqual([varied.positions(0), varied.between(0, 1), varied.between(0, 2)], [2, 0.5, 1]);
    assert.equal(new Distances([candidate('AC'), candidate('A/C')]).between(0, 1), 1, 'other lengths');
});

/** The choice by the definition: every distance anew. */
function plainChoice(candidates, count, diversity) {
    const sorted = [...candidates].sort(choosing.compareCandidates), scores = sorted.map(({score}) => score);
    const rank = (score) => (scores.indexOf(score) + scores.lastIndexOf(score)) / 2;
    const chosen = [sorted[0]], farthest = Math.max(...sorted.map((each) => plainDistance(each, sorted[0])));
    while (chosen.length < count) {
        const values = sorted.map((each) => (chosen.includes(each) ? -1 : (1 - diversity)
            * (1 - rank(each.score) / (sorted.length - 1))
            + diversity * Math.min(...chosen.map((other) => plainDistance(each, other))) / farthest));
        chosen.push(sorted[values.indexOf(Math.max(...values))]);
    }
    return chosen.map(({name}) => name);
}

test('the choice is the one of its definition, in whatever order the candidates come', async () => {
    const others = variants(20, 38, 0.4, 5, 2).map((each) => ({...each, name: `e${each.name}`}));
    const list = [...variants(60, 40, 0.3), ...others];
    for (const diversity of [0, 0.3, 0.5, 0.9, 1]) {
        const chosen = await chooseDiverse(list, 12, {diversity});
        const names = chosen.map((each) => each.candidate.name);
        assert.deepEqual(names, plainChoice(list, 12, diversity), `diversity ${diversity}`);
        for (const [i, {distance, nearest, candidate: own}] of chosen.entries()) {
            const before = chosen.slice(0, i).map((each) => plainDistance(each.candidate, own));
            if (i === 0) assert.deepEqual([distance, nearest], [null, null]);
            else {
                near(distance, Math.min(...before), 1e-12);
                near(plainDistance(nearest, own), distance, 1e-12);
                assert.equal(nearest, chosen[before.indexOf(Math.min(...before))].candidate, 'the first of several');
            }
        }
        for (const seed of [1, 2, 3]) {
            const again = await chooseDiverse(shuffled(list, seed), 12, {diversity});
            assert.deepEqual(again.map((each) => each.candidate.name), names);
        }
    }
    const best = [...list].sort(choosing.compareCandidates).slice(0, 12).map(({name}) => name);
    for (const scale of ['rank', 'range']) {
        const chosen = await chooseDiverse(list, 12, {diversity: 0, scale});
        assert.deepEqual(chosen.map((each) => each.candidate.name), best);
    }
});

test('scores by rank and by range; candidates without one', async () => {
    /* All letters differ, so every distance is 1 and scores alone decide. */
    const scores = [1, 1.1, 3, null];
    const list = ['AAAA', 'CCCC', 'DDDD', 'EEEE']
        .map((text, i) => candidate(text, {name: text[0], score: scores[i]}));
    const byRank = await chooseDiverse(list, 4), byRange = await chooseDiverse(list, 4, {scale: 'range'});
    assert.deepEqual(byRank.map(({objective}) => objective), [null, 0.75, 0.5, 0.5]);
    near(byRange[1].objective, 0.5 * 0.95 + 0.5, 1e-12);
    assert.deepEqual(byRange.map((each) => each.candidate.name), ['A', 'C', 'D', 'E']);
    const bare = variants(20, 30, 0.5).map(({name, chains}) => ({name, chains}));
    const [first, second, ...rest] = await chooseDiverse(bare, 5, {diversity: 0.2});
    assert.deepEqual([first.candidate.name, second.objective], ['d0', 1]);
    for (const each of rest) near(each.objective, each.distance / second.distance, 1e-12, 'diversity alone');
    assert.deepEqual(await chooseDiverse([], 3), []);
    assert.equal((await chooseDiverse(list.slice(0, 1), 3)).length, 1);
    await assert.rejects(chooseDiverse(list, 0), ConstraintError);
    await assert.rejects(chooseDiverse(list, 2, {diversity: 1.5}), /0 to 1/);
});

test('clusters: greedy, the best score first', async () => {
    for (const [length, share, identity] of [
        [30, 0.25, 0], [30, 0.25, 0.6], [30, 0.25, 0.8], [30, 0.25, 0.9], [30, 0.25, 1], [200, 0.1, 0.8],
        [200, 0.1, 0.83]
    ]) {
        const list = variants(120, length, share);
        const sorted = [...list].sort(choosing.compareCandidates), expected = [];
        for (const each of sorted) {
            const home = expected.find(([head]) => 1 - plainDistance(each, head) >= identity - 1e-9);
            if (home) home.push(each);
            else expected.push([each]);
        }
        const clusters = await clusterByIdentity(shuffled(list, 3), identity);
        assert.deepEqual(clusters.map(({members}) => members.map((each) => each.candidate.name)),
            expected.map((members) => members.map(({name}) => name)), `identity ${identity}`);
        for (const {representative, members} of clusters) {
            assert.equal(members[0].candidate, representative);
            for (const each of members) near(each.identity, 1 - plainDistance(each.candidate, representative), 1e-12);
        }
    }
    /* 27 of 30 is exactly 0.9. */
    const text = 'A'.repeat(30), other = `${'A'.repeat(27)}CCC`;
    assert.equal((await clusterByIdentity([candidate(text), candidate(other)], 0.9)).length, 1);
});

test('copies are merged: the best score, all counted', () => {
    const merged = mergeDuplicates([
        candidate('AC/D', {name: 'b', score: 2}), candidate('ACD', {name: 'c', score: 2}),
        candidate('AC/D', {name: 'a', score: 1, copies: 3}), candidate('AC/D', {name: 'd', score: null})
    ]);
    assert.deepEqual(merged.map(({name, score, copies}) => [name, score, copies]), [['a', 1, 5], ['c', 2, 1]]);
});

test('figures by hand', async () => {
    const list = [candidate('AAAA', {score: 1}), candidate('AAAC', {score: 2}), candidate('CCCC', {score: 6})];
    const {meanIdentity, ...others} = await figures(list);
    near(meanIdentity, (0.75 + 0 + 0.25) / 3, 1e-12);
    assert.deepEqual(others, {count: 3, meanScore: 3, smallestDistance: 0.25});
    assert.deepEqual(await figures(list.slice(0, 1)),
        {count: 1, meanScore: 1, meanIdentity: null, smallestDistance: null});
});

test('all in one: filters, clusters, choice, and what it gives up', async () => {
    const list = variants(200, 60, 0.2);
    const options = {count: 8, identity: 0.75, diversity: 0.8, filters: {glycosylation: true}};
    const chosen = await selectCandidates(list, options);
    assert.equal(chosen.read, 200);
    assert.equal(chosen.left + chosen.rejected.length, chosen.different);
    assert.equal(chosen.filters[0].rejected, chosen.rejected.length);
    assert.ok(chosen.clusters < chosen.left && chosen.chosen.length === 8);
    assert.ok(chosen.figures.smallestDistance > 0.25 && chosen.figures.meanIdentity < chosen.best.meanIdentity);
    near(chosen.loss, chosen.figures.meanScore - chosen.best.meanScore, 1e-12);
    assert.ok(chosen.loss > 0);
    const again = await selectCandidates(shuffled(list, 9), options);
    assert.deepEqual(again.chosen.map((each) => [each.candidate.name, each.distance]),
        chosen.chosen.map((each) => [each.candidate.name, each.distance]));
    const none = await selectCandidates([candidate('NAT')], {filters: {glycosylation: true}});
    assert.deepEqual([none.left, none.chosen, none.loss], [0, [], null]);
});

test('ten thousand candidates of 500 residues take seconds, give way and can be cancelled', async () => {
    const list = variants(10_000, 500, 0.4);
    const started = performance.now();
    const chosen = await chooseDiverse(list, 24);
    const clusters = await clusterByIdentity(list, 0.9);
    const seconds = (performance.now() - started) / 1000;
    console.log(`   24 of 10,000, and ${clusters.length} clusters: ${seconds.toFixed(1)} s`);
    assert.equal(chosen.length, 24);
    assert.ok(seconds < 60);
    const stop = new AbortController();
    let turns = 0;
    const ticking = setInterval(() => { if (++turns === 3) stop.abort(); }, 1);
    const reports = [];
    await assert.rejects(clusterByIdentity(list, 0.9, {
        signal: stop.signal, onProgress: (done, total) => reports.push([done, total])
    }), {name: 'AbortError'});
    clearInterval(ticking);
    assert.ok(reports.length > 0 && reports.every(([done, total]) => done <= total && total === 10_000));
});
