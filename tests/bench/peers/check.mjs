// SPDX-License-Identifier: MIT
//
// check.mjs - whether the peers compute what they should: their numbers beside weft's, for one file.
//
//   node tests/bench/peers/check.mjs WEIGHTS.eqx FILE.pdb
//
// The log-probabilities of the file's own sequence, decoded in one order, must agree with weft's within 1e-3 (float32
// in three programs; 5e-5 is usual), and the letters that each peer draws must recover 0.3 to 0.7 of the sequence. The
// exit status is 1 where they do not, and where a peer could not be had. The file's numbers should have no gaps: the
// reference puts empty rows there, and its rows are not weft's then.

import {readFile} from 'node:fs/promises';
import {Engine} from '../../../wasm/index.js';
import {cacheFolder} from '../../../wasm/cli/files.js';
import {openPeers} from './index.mjs';

const TOLERANCE = 1e-3, RECOVERY = [0.3, 0.7], LANES = 4, PEERS = 2;
const [weights, pdb] = process.argv.slice(2);

const engine = await Engine.load({weights: await readFile(weights)});
const structure = engine.parse(await readFile(pdb));
const encoding = await engine.encode(structure);
const [{orders: [{order, logProbs}]}] = await engine.score(encoding, {seed: 1});
await engine.dispose();

const {mask, sequence} = structure;
const width = logProbs.length / structure.length;

async function problemOf(peer) {
    const scored = await peer.score({pdb, order: Array.from(order)});
    const rows = scored.letters.length;
    if (rows !== structure.length) return `${rows} rows, weft has ${structure.length}`;
    const off = scored.logProbs.map((value, i) => (mask[Math.floor(i / width)] ? Math.abs(value - logProbs[i]) : 0));
    const largest = off.reduce((a, b) => Math.max(a, b));
    const {sequences} = await peer.run({pdb, lanes: LANES});
    const same = sequences.map((text) => [...text].filter((letter, i) => mask[i] && letter === sequence[i]).length);
    const recovery = same.reduce((a, b) => a + b) / LANES / mask.filter(Boolean).length;
    console.log(`${peer.name}: log-probabilities differ by up to ${largest.toExponential(1)}, `
        + `recovery of ${LANES} samples ${recovery.toFixed(3)}, ${new Set(sequences).size} different`);
    if (!(largest <= TOLERANCE)) return `log-probabilities differ by more than ${TOLERANCE}`;
    return recovery >= RECOVERY[0] && recovery <= RECOVERY[1] ? null : 'the recovery is not that of the model';
}

const peers = await openPeers({weights, cache: cacheFolder(), say: console.log});
let failed = PEERS - peers.length;
for (const peer of peers) {
    const problem = await problemOf(peer).catch((error) => error.message);
    if (problem) {
        console.log(`${peer.name}: ${problem}`);
        failed++;
    }
    peer.close();
}
process.exitCode = failed ? 1 : 0;
