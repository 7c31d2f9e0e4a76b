/* SPDX-License-Identifier: MIT
 *
 * hostile.test.js - what fuzzing found in the command line's own readers: each becomes one line and a typed error.
 */
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {biasOf, omitOf, orderOf} from '../../wasm/cli/json_values.js';
import {complaint} from '../../wasm/cli/progress.js';
import {ConstraintError} from '../../wasm/index.js';

test('a complaint is one short line, whatever the file says in it', () => {
    assert.equal(complaint(new Error('a\n  b')), 'weft: a b');
    assert.equal(complaint(new Error('\x1b[2J\0\x9bé')), 'weft: ?[2J??é');
    assert.equal(complaint(new Error('x'.repeat(5000))).length, 6 + 1000 + 4);
});

test('JSON files of another kind are refused with their name', () => {
    const wrong = [
        [biasOf, null, 5, true, [null], [['A']], {A: null}, {A: {W: [1]}}],
        [omitOf, null, 5, ['C'], {A1: 5}, {A1: ['C']}], [orderOf, null, 5, 'x', {length: 1e9}, [[0]], ['0']]
    ];
    for (const [kind, ...values] of wrong) {
        for (const value of values) {
            assert.throws(() => kind(value, 'x.json'), (error) => error instanceof ConstraintError
                && /^x\.json: this is not /.test(error.message), JSON.stringify(value));
        }
    }
    const right = [[biasOf, 'A:1', [0.5], [[1], [2]], {A: 1, A12: {W: -1}}], [omitOf, 'CM', {A1: 'P'}],
        [orderOf, [1, 0]]];
    for (const [kind, ...values] of right) for (const value of values) assert.equal(kind(value, 'x'), value);
});
