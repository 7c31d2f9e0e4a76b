// SPDX-License-Identifier: MIT
//
// mutate.mjs - inputs that differ a little from others, the same for the same seed.
//
//   dice(seed) + corpus + words --mutate--> bytes

/** Numbers from 0 to below n from a seed (mulberry32). @param {number} seed @returns {(n: number) => number} */
export function dice(seed) {
    let state = seed >>> 0;
    return (n) => {
        state = (state + 0x6d2b79f5) >>> 0;
        let t = Math.imul(state ^ (state >>> 15), state | 1);
        t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
        return ((t ^ (t >>> 14)) >>> 0) % n;
    };
}

const NUMBERS = ['0', '-1', '1', '2147483648', '4294967295', '9007199254740993', '1e999', '-0', 'NaN', '1e-320',
    '99999999'];
const EDGES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

/** @typedef {(bytes: Buffer, roll: (n: number) => number, words: readonly Buffer[], other: Buffer) => Buffer} Change */

/** @param {Buffer} bytes @param {number} at @param {number} cut @param {Uint8Array} put */
const splice = (bytes, at, cut, put) => Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + cut)]);

/** @param {Buffer} bytes @param {(n: number) => number} roll */
function piece(bytes, roll) {
    const at = roll(bytes.length + 1), most = Math.min(bytes.length - at, 1 << roll(11));
    return bytes.subarray(at, at + roll(most + 1));
}

/** @type {Change[]} */
const CHANGES = [
    (bytes, roll) => { bytes[roll(bytes.length)] ^= 1 << roll(8); return bytes; },
    (bytes, roll) => { bytes[roll(bytes.length)] = roll(256); return bytes; },
    (bytes, roll) => splice(bytes, roll(bytes.length), 1 << roll(8), Buffer.alloc(0)),
    (bytes, roll) => splice(bytes, roll(bytes.length + 1), 0, piece(bytes, roll)),
    (bytes, roll, words, other) => splice(bytes, roll(bytes.length + 1), roll(2) << roll(8), piece(other, roll)),
    (bytes, roll, words) => splice(bytes, roll(bytes.length + 1), roll(2) * roll(8), words[roll(words.length)]),
    (bytes, roll) => bytes.subarray(0, roll(bytes.length + 1)),
    (bytes, roll, words, other) =>
        Buffer.concat([bytes.subarray(0, roll(bytes.length + 1)), other.subarray(roll(other.length + 1))]),
    (bytes, roll) => {   // a number of several bytes at one of its edges
        const size = [1, 2, 4][roll(3)], at = roll(Math.max(1, bytes.length - size + 1)), value = Buffer.alloc(4);
        value.writeUInt32LE(EDGES[roll(EDGES.length)]);
        return splice(bytes, at, size, value.subarray(0, size));
    },
    (bytes, roll) => {   // a number in digits
        const text = bytes.toString('latin1'), all = [...text.matchAll(/-?\d+(\.\d+)?/g)].slice(0, 5000);
        if (!all.length) return bytes;
        const {0: word, index} = all[roll(all.length)];
        return splice(bytes, index, word.length, Buffer.from(NUMBERS[roll(NUMBERS.length)]));
    },
    (bytes, roll) => {   // one piece many times: what nests, nests deeply
        const part = piece(bytes.subarray(0, 64), roll);
        return part.length ? splice(bytes, roll(bytes.length), 0, Buffer.alloc(part.length << roll(13), part)) : bytes;
    }
];

/**
 * @param {readonly Buffer[]} corpus
 * @param {(n: number) => number} roll
 * @param {readonly Buffer[]} words   of the format
 * @param {number} most               bytes
 */
export function mutate(corpus, roll, words, most) {
    let bytes = Buffer.from(corpus[roll(corpus.length)]);
    for (let left = 1 + roll(1 << roll(5)); left > 0; left--) {
        if (!bytes.length) bytes = Buffer.from(words[roll(words.length)]);
        bytes = Buffer.from(CHANGES[roll(CHANGES.length)](bytes, roll, words, corpus[roll(corpus.length)]));
        if (bytes.length > most) bytes = bytes.subarray(0, most);
    }
    return bytes;
}
