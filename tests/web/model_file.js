/* SPDX-License-Identifier: MIT
 *
 * model_file.js - makes weight files for tests: small networks with random weights, named records, any width and depth.
 *
 *   {hidden, encoders, decoders, neighbors, caOnly, seed, line} -> .eqx bytes with the JSON line, which may say more
 */
import {npyBytes} from '../../wasm/formats/npy.js';

/** Names and shapes of one layer. */
function layer(prefix, hidden, encoder) {
    const dense = 2 * hidden;
    const linear = (name, rows, columns) =>
        [[`${prefix}.${name}.weight`, [rows, columns]], [`${prefix}.${name}.bias`, [rows]]];
    const norm = (name) => [[`${prefix}.${name}.weight`, [hidden]], [`${prefix}.${name}.bias`, [hidden]]];
    return [
        ...norm('norm1'), ...norm('norm2'), ...(encoder ? norm('norm3') : []),
        ...linear('W1', hidden, (encoder ? 3 : 4) * hidden),
        ...linear('W2', hidden, hidden), ...linear('W3', hidden, hidden),
        ...(encoder ? linear('W11', hidden, 3 * hidden) : []),
        ...(encoder ? [...linear('W12', hidden, hidden), ...linear('W13', hidden, hidden)] : []),
        ...linear('dense.W_in', dense, hidden), ...linear('dense.W_out', hidden, dense)
    ];
}

/** Numbers in -1 to 1 from a seed (a 32-bit xorshift). */
function random(seed) {
    let state = seed >>> 0 || 1;
    return () => {
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        return (state >>> 0) / 2 ** 31 - 1;
    };
}

/** The bytes of a small model. Its answers mean nothing; they are as good as any for everything but biology. */
export function smallModel({
    hidden = 16, encoders = 2, decoders = 2, neighbors = 12, caOnly = false, seed = 1, line: more = {}
} = {}) {
    const tensors = [
        ['features.embeddings.linear.weight', [16, 66]], ['features.embeddings.linear.bias', [16]],
        ['features.edge_embedding.weight', [hidden, caOnly ? 167 : 416]],
        ['features.norm_edges.weight', [hidden]], ['features.norm_edges.bias', [hidden]],
        ['W_e.weight', [hidden, hidden]], ['W_e.bias', [hidden]], ['W_s.weight', [21, hidden]],
        ...Array.from({length: encoders}, (_, i) => layer(`encoder_layers.${i}`, hidden, true)).flat(),
        ...Array.from({length: decoders}, (_, i) => layer(`decoder_layers.${i}`, hidden, false)).flat(),
        ['W_out.weight', [21, hidden]], ['W_out.bias', [21]]
    ];
    const next = random(seed);
    const records = tensors.map(([name, shape]) => {
        const count = shape.reduce((product, size) => product * size, 1);
        const scale = /norm\d?\.weight|norm_edges\.weight/.test(name) ? 1 : Math.sqrt(6 / shape.at(-1));
        return npyBytes(Float32Array.from({length: count}, () => next() * scale), shape);
    });
    const line = JSON.stringify({...more, k_neighbors: neighbors, records: tensors.map(([name]) => name)});
    return Buffer.concat([Buffer.from(`${line}\n`), ...records]);
}
