// SPDX-License-Identifier: MIT
//
// index.mjs - the peers that the benchmark measures beside weft, each with one thread in a process of its own.
//
//   openPeers({weights, cache, say}) -> [{name, run({pdb, lanes}) -> {encode, decode, cpu, sequences}, close()}]
//
// torch.mjs: the reference implementation under PyTorch with MKL. ort.mjs: the same network, rearranged, in ONNX
// Runtime Web. Their programs come from the Python and npm registries into `cache` on first use. Each uses the original
// checkpoint that `weights` was made of. A peer that cannot be had is left out, and `say` has the reason.
// pdb: path of a file. encode: seconds from coordinates in memory to encoder states; decode: from there to `lanes`
// sequences; cpu: both again in the processor's seconds, for a machine that is shared. A shape (file and lanes) is run
// once before it is timed. check.mjs holds the peers' numbers against weft's.

import {readFile} from 'node:fs/promises';
import {sha256} from '../../../wasm/cli/files.js';
import {findModel, modelByHash} from '../../../wasm/models.js';
import {openOrt} from './ort.mjs';
import {openTorch} from './torch.mjs';

/**
 * @param {{weights: string, cache: string, say: (text: string) => void}} options   weights: an .eqx of a published
 *        full-backbone model; cache: a folder for downloads
 */
export async function openPeers({weights, cache, say}) {
    const model = modelByHash(sha256(await readFile(weights)));
    if (!model || model.input !== findModel('proteinmpnn_v_48_020').input) {
        say(`no peers: ${weights} holds no published full-backbone model`);
        return [];
    }
    const peers = [];
    for (const [name, open] of [['PyTorch', openTorch], ['ONNX Runtime Web', openOrt]]) {
        try {
            peers.push(await open({model, cache, say}));
        } catch (error) {
            say(`${name} is left out: ${error.message}`);
        }
    }
    return peers;
}
