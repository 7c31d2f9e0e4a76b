// SPDX-License-Identifier: MIT
//
// trb.mjs - RFdiffusion's .trb files, which are pickles.
import assert from 'node:assert/strict';
import {readTrb} from '../../../wasm/formats/trb.js';
import {heads, refusedOr} from './rules.mjs';

export default {
    covers: ['wasm/formats/trb.js', 'wasm/formats/pickle.js'],
    words: ['con_hal_pdb_idx', 'con_hal_idx0', 'inpaint_seq', 'complex_con_hal_pdb_idx', 'cnumpy\ndtype\n',
        'cnumpy\nndarray\n',
        'cnumpy.core.multiarray\n_reconstruct\n', 'cnumpy.core.multiarray\nscalar\n',
        'cnumpy.core.numeric\n_frombuffer\n', '(', ')',
        'R', '\x85', '\x86', '\x87', '\x94', 'q\x00', 'h\x00', 't', '}', ']', 'u', 's', 'e', 'a',
        '\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f',
        'C\x04', 'B\xff\xff\xff\x7f', '\x8e\xff\xff\xff\xff\xff\xff\xff\xff', '\x80\x04', '\x93', 'b', '.', 'K\x00',
        'J\xff\xff\xff\x7f'],
    seeds: () => heads('trb', /\.trb$/, 1 << 16),
    async run(bytes) {
        const trb = await refusedOr(() => readTrb(bytes));
        if (!trb) return;
        for (const {chain, number} of [...trb.made, ...trb.given]) {
            assert.ok(typeof chain === 'string' && Number.isSafeInteger(number));
        }
        assert.ok(trb.seen === null || trb.seen.every((each) => typeof each === 'boolean'));
    }
};
