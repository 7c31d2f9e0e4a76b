// SPDX-License-Identifier: MIT
//
// constraints.mjs - what is asked of a structure, as JSON: selections, ties, letters, tables of bias and omission,
// order.
// A file of --bias or --omit is one of its values.
import assert from 'node:assert/strict';
import {biasOf, omitOf, orderOf} from '../../../wasm/cli/json_values.js';
import {dataFile, refusedOr, smallEngine} from './rules.mjs';

/** @type {import('../../../wasm/index.js').Structure | undefined} */
let structure;

/** Two chains of one sequence. */
async function target(engine) {
    if (structure) return structure;
    const one = dataFile('structures/6MRR_short.pdb').toString().split('\n').filter((line) =>
        line.startsWith('ATOM')).slice(0, 400);
    structure = engine.parse([...one, ...one.map((line) => `${line.slice(0, 21)}B${line.slice(22)}`)].join('\n'));
    return structure;
}

/** Deep JSON is refused by the parser of JSON; nothing else is said here about what that may be. */
function parsed(bytes) {
    try {
        return JSON.parse(bytes.toString());
    } catch {
        return undefined;
    }
}

const isWord = (order) => order === 'random' || order === 'n-to-c';

/** As --bias, --omit and --order bring it. */
const file = (value, key, kind) => (value[key] === undefined ? undefined : kind(value[key], key));

/** As --temperature-at brings them. */
const numbers = (table) => (table && typeof table === 'object' ? Object.fromEntries(Object.entries(table).filter(
    ([, value]) => typeof value === 'number')) : undefined);

const SAMPLES = [
    {chains: 'A', fix: 'A1-3', set: 'A4H', omit: 'CM', bias: 'A:0.5,W:-1'},
    {design: 'A1-20', bias: {A: 0.5, 'A12-14': {W: 1}}, omit: {'A1-3': 'PG'}, order: 'n-to-c'},
    {chains: ['A', 'B'], ties: 'homomer', tieRule: 'arithmetic', temperatures: {'A1-3': 0.5}, finalTemperature: 0.2},
    {chains: 'all', ties: 'A1=B1*0.5', set: {A3: 'H', B4: 'W'}, design: 'within 6 of A3', fix: '!(A)'},
    {design: [0, 1, 1], order: [2, 1, 0], bias: [[0.5]], sequence: 'ACD/EFG', pssm: {weight: [1], probabilities: [0]}}
];

export default {
    covers: ['wasm/constraints.js', 'wasm/rules.js', 'wasm/sequence.js', 'wasm/structure.js'],
    words: ['{', '}', '[', ']', '"', ':', ',', 'null', 'true', '{}', '[]', '""', '"A"', '"all"', '"chains"',
        '"design"', '"fix"', '"set"',
        '"omit"', '"bias"', '"order"', '"ties"', '"tieRule"', '"temperatures"', '"finalTemperature"', '"sequence"',
        '"pssm"',
        '"__proto__"', '"length"', '"homomer"', 'A12', 'A1-20', 'within 6 of ', 'interface', 'buried', 'letter:G',
        'bfactor<70',
        'cdr:H3@imgt', '#1', '!', '(', ')', '_:', 'repeat:A,3,2', '*-0.5', '=', '1e999', '-1', '1e-320', '\\u0000',
        '\\ud800'],
    most: 4096,
    seeds: () => SAMPLES.map((each) => Buffer.from(JSON.stringify(each))),
    async run(bytes) {
        const engine = await smallEngine(), value = parsed(bytes);
        if (value === null || typeof value !== 'object') return;
        const whole = await target(engine);
        // only what a command line or a file of JSON can bring: --bias and --omit may be any JSON
        const text = (key) => (value[key] === undefined ? undefined : typeof value[key] === 'string'
            ? value[key] : JSON.stringify(value[key]));
        const constraints = () => ({
            chains: text('chains'), design: text('design'), fix: text('fix'), set: text('set'), ties: text('ties'),
            tieRule: text('tieRule'), sequence: text('sequence'), bias: file(value, 'bias', biasOf),
            omit: file(value, 'omit', omitOf),
            order: isWord(value.order) ? value.order : file(value, 'order', orderOf),
            temperatures: numbers(value.temperatures),
            finalTemperature: typeof value.finalTemperature === 'number' ? value.finalTemperature : undefined
        });
        const resolved = await refusedOr(() => engine.resolve(whole, constraints(), 'design'));
        if (resolved) assert.ok(resolved.design.count > 0 && resolved.design.count <= whole.length);
    }
};
