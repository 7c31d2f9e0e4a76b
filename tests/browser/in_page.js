/* SPDX-License-Identifier: MIT
 *
 * in_page.js - the work that the engine tests compare, run by Node and by the page alike: it imports nothing.
 *
 *   (Engine, what) -> plain numbers and text that can leave the page
 */

/** A chain of so many residues: copies of a structure, 60 angstrom apart, numbered on. */
export function longChain(pdb, length) {
    const atoms = pdb.split('\n').filter((line) => line.startsWith('ATOM'));
    const lines = [];
    for (let copy = 0, residue = 0; ; copy++) {
        let last = '';
        for (const atom of atoms) {
            const name = atom.slice(22, 27);
            if (name !== last) residue++;
            last = name;
            if (residue > length) return `${lines.join('\n')}\nEND\n`;
            const x = (Number(atom.slice(30, 38)) + 60 * copy).toFixed(3).padStart(8);
            const number = String(residue).padStart(4);
            lines.push(`${atom.slice(0, 21)}A${number} ${atom.slice(27, 30)}${x}${atom.slice(38)}`);
        }
    }
}

/** 64-bit FNV-1a, as tests/parity/hashes.c has it. */
class Fnv {
    high = 0xcbf29ce4;
    low = 0x84222325;

    /** @param {ArrayBufferView} view */
    add(view) {
        for (const byte of new Uint8Array(view.buffer, view.byteOffset, view.byteLength)) {
            const low = (this.low ^ byte) >>> 0;
            const right = (low & 0xffff) * 0x1b3, left = (low >>> 16) * 0x1b3 + (right >>> 16);
            this.high = (Math.imul(this.high, 0x1b3) + (low << 8) + (left >>> 16)) >>> 0;   // times 2^40 + 0x1b3
            this.low = ((left << 16) | (right & 0xffff)) >>> 0;
        }
    }

    get text() {
        return [this.high, this.low].map((word) => word.toString(16).padStart(8, '0')).join('');
    }
}

/**
 * The hash over letters, orders and score bits of 32 samples at T = 1 of every stored structure; the same as in
 * tests/data/hashes.txt, which native code and the module in Node give.
 */
export async function hashes(engine, texts, {batch = 8, count = 32} = {}) {
    const found = {};
    for (const [name, text] of Object.entries(texts)) {
        const structure = engine.parse(text);
        const encoding = await engine.encode(structure);
        const request = {count, batch, temperature: 1, seed: 37, chains: 'all', design: structure.mask};
        const hash = new Fnv();
        for await (const d of engine.design(encoding, request)) {
            for (const view of [d.letters, d.order, Float64Array.of(d.score, d.globalScore)]) hash.add(view);
        }
        found[name] = hash.text;
        encoding.dispose();
    }
    return found;
}

/** Log-probabilities under the three modes; orders as PyTorch had them. */
export async function logProbs(engine, {text, order, othersOrder, sequence}) {
    const encoding = await engine.encode(engine.parse(text));
    const found = {};
    for (const [mode, its] of [['unconditional', order], ['autoregressive', order], ['all-others', othersOrder]]) {
        found[mode] = [...(await engine.probs(encoding, {mode, sequence, order: its})).logProbs];
    }
    return found;
}
