// SPDX-License-Identifier: MIT
//
// seeds.mjs - the first inputs of the native harnesses, out of the structures of tests/data and small random models.
//
//   seedsOf('pdb' | 'table' | 'select' | 'eqx') -> {name: bytes}
import {readdirSync, readFileSync} from 'node:fs';
import {npyBytes} from '../../wasm/formats/npy.js';
import {structureSource} from '../../wasm/structure_file.js';
import {cifOf} from '../web/cif_text.js';
import {dice} from './js/mutate.mjs';

const data = new URL('../data/', import.meta.url);
const read = (path) => readFileSync(new URL(path, data));
const names = (folder, ending) => readdirSync(new URL(folder, data)).filter((name) => name.endsWith(ending)).sort();

/** The first lines and some from the middle; and a few atoms behind the operators of an assembly. */
async function pdbSeeds() {
    const files = ['odd', 'structures'].flatMap((folder) => names(folder, '.pdb').map((name) => [name,
        read(`${folder}/${name}`)]));
    const lines = read('odd/1A8O.pdb').toString('latin1').split('\n');
    const few = [...lines.filter((line) => line.startsWith('REMARK 350')),
        ...lines.filter((line) => line.startsWith('ATOM')).slice(0, 40)].join('\n');
    const assembly = await structureSource(Buffer.from(few), {assembly: '1'});
    return Object.fromEntries([['assembly', assembly], ...files.flatMap(([name, bytes]) => [
        [name, bytes.subarray(0, 4000)], [`${name}.middle`, bytes.subarray(bytes.length >> 1,
            (bytes.length >> 1) + 3000)]
    ])]);
}

/** Whole tables behind a 0, and such as are made to fit: chains, notes, atoms behind a 1. */
async function tableSeeds() {
    const seeds = {};
    for (const name of ['1A8O.pdb', '1EN2.pdb', '1grm.pdb', 'pdb3mht.pdb']) {
        const lines = read(`odd/${name}`).toString('latin1').split('\n').filter((line) =>
            /^(ATOM|HETATM|TER)/.test(line));
        const table = Buffer.from(await structureSource(Buffer.from(cifOf(lines.slice(0, 40).join('\n')))));
        seeds[name] = Buffer.concat([Buffer.of(0), table]);
        seeds[`${name}.parts`] = Buffer.concat([Buffer.of(1, table.readInt32LE(12), 0, 255), table.subarray(40)]);
    }
    return seeds;
}

const SELECTIONS = [
    'A', 'A1', 'A1-6', 'A1-A6', 'H52B', 'A-2', 'A-2--1', 'H52-H52B', '1:10', '_:1', '_', '#7', '#7-#9', '!A12',
    '!(A B) H', 'all',
    'within 6 of B', 'within 4.5 of (A1 A2)', 'interface', 'buried', 'letter:GA', 'bfactor<70', 'plddt>=90',
    'cdr:H3@imgt',
    'cdr:H@kabat:A', 'cdr:all@chothia', 'homomer', 'homomer:A,B', 'repeat:A,2,3', 'A=B', 'A1=B1*-0.5',
    'A1-2,A5=B1-2,B5;H27=1:10', 'hetatm'
];

const leaf = (prefix, name, rows, columns) =>
    [[`${prefix}${name}.weight`, [rows, columns]], [`${prefix}${name}.bias`, [rows]]];
const norm = (prefix, name, width) => [[`${prefix}${name}.weight`, [width]], [`${prefix}${name}.bias`, [width]]];

/** The records of a small network in the order of files without names (src/mpnn/layout.c). */
function records({width, layers, caOnly}) {
    const encoder = (l) => `encoder_layers.${l}.`, decoder = (l) => `decoder_layers.${l}.`;
    const body = (p, inputs) => [
        ...leaf(p, 'W1', width, inputs * width), ...leaf(p, 'W2', width, width), ...leaf(p, 'W3', width, width),
        ...norm(p, 'norm1', width), ...leaf(p, 'dense.W_in', 2 * width, width), ...leaf(p, 'dense.W_out', width,
            2 * width),
        ...norm(p, 'norm2', width)
    ];
    const each = [...Array(layers).keys()];
    return [
        ...leaf('features.', 'embeddings.linear', 2, 6), ['features.edge_embedding.weight', [width, 2 + (caOnly
            ? 16 : 25)]],
        ...norm('features.', 'norm_edges', width), ...leaf('', 'W_e', width, width),
        ...each.flatMap((l) => [...body(encoder(l), 3), ...leaf(encoder(l), 'W11', width, 3 * width),
            ...leaf(encoder(l), 'W12', width, width), ...leaf(encoder(l), 'W13', width, width),
            ...norm(encoder(l), 'norm3', width), ['dropout', 3]]),
        ...each.flatMap((l) => [...body(decoder(l), 4), ['dropout', 2]]),
        ['W_s.weight', [21, width]], ...leaf('', 'W_out', 21, width)
    ];
}

/** The bytes of such a model behind the byte that seeds the chunks. */
function model({width = 2, layers = 1, caOnly = false, named = false, dropout = false, seed = 1}) {
    const roll = dice(seed), list = records({width, layers, caOnly});
    const values = (shape) => Float32Array.from({length: shape.reduce((product, size) => product * size, 1)}, () =>
        roll(2001) / 1000 - 1);
    const scalars = (count) => Array.from({length: count}, () =>
        [npyBytes(Float64Array.of(0.1), []), npyBytes(Uint8Array.of(0), [], '|b1')]).flat();
    const parts = list.flatMap(([name, shape]) => (name !== 'dropout' ? [npyBytes(values(shape), shape)]
        : dropout ? scalars(shape) : []));
    const names = list.map(([name]) => name).filter((name) => name !== 'dropout');
    const line = named ? `${JSON.stringify({k_neighbors: 8, records: names})}\n` : '';
    return Buffer.concat([Buffer.of(seed), Buffer.from(line), ...parts]);
}

function eqxSeeds() {
    return {
        plain: model({}), dropout: model({dropout: true, layers: 2, seed: 2}), named: model({named: true, seed: 3}),
        ca: model({named: true, caOnly: true, seed: 4}), wide: model({width: 17, named: true, seed: 5}),
        cut: model({seed: 6}).subarray(0, 3000),
        line: Buffer.from('\x07{"k_neighbors": 48, "alphabet": "ACDEFGHIKLMNPQRSTVWYX"}\n')
    };
}

/** @param {string} name @returns {Promise<Record<string, Uint8Array>>} */
export async function seedsOf(name) {
    if (name === 'pdb') return pdbSeeds();
    if (name === 'table') return tableSeeds();
    if (name === 'eqx') return eqxSeeds();
    return Object.fromEntries(SELECTIONS.map((text, i) => [String(i), Buffer.from(text)]));
}
