/* SPDX-License-Identifier: MIT
 *
 * msgpack.js - whether a message of MessagePack is all there.
 *
 * A reader that believes the counts in a file that was cut, or made to deceive, works on what is not there, for long.
 * Each item takes a byte at least, so that this walk is no longer than the file.
 */
import {ParseError} from '../errors.js';

const NUMBERS = [4, 8, 1, 2, 4, 8, 1, 2, 4, 8];   // bytes of float32 to int64, from 0xca on

/**
 * What stands behind the first byte of an item: a count of `size` bytes, if any, then `skip` bytes and `items` items.
 * The count is one of items, `each` times, or of further bytes where that is undefined.
 * @param {number} type
 * @returns {{skip?: number, size?: number, each?: number, items?: number}} skip: NaN where there is no such type
 */
function shape(type) {
    if (type < 0x80 || type >= 0xe0) return {};
    if (type < 0x90) return {items: 2 * (type & 15)};
    if (type < 0xa0) return {items: type & 15};
    if (type < 0xc0) return {skip: type & 31};
    if (type < 0xc4) return {skip: type === 0xc1 ? NaN : 0};
    if (type < 0xc7) return {size: 1 << (type - 0xc4)};
    if (type < 0xca) return {size: 1 << (type - 0xc7), skip: 1};
    if (type < 0xd4) return {skip: NUMBERS[type - 0xca]};
    if (type < 0xd9) return {skip: 1 + (1 << (type - 0xd4))};
    if (type < 0xdc) return {size: 1 << (type - 0xd9)};
    if (type < 0xde) return {size: 2 << (type - 0xdc), each: 1};
    return {size: 2 << (type - 0xde), each: 2};
}

/**
 * Refuses a message that is not whole.
 * @param {Uint8Array} bytes
 * @param {string} what   it is, for the error
 */
export function requireWhole(bytes, what) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    for (let left = 1; left > 0; left--) {
        const {skip = 0, size = 0, each, items = 0} = shape(bytes[at++]);
        if (Number.isNaN(skip)) throw new ParseError(`${what} is damaged at byte ${at - 1}`);
        if (at + size > bytes.length) throw new ParseError(`${what} is incomplete: it was cut short`);
        const count = size === 0 ? 0 : size === 1 ? bytes[at] : size === 2 ? view.getUint16(at) : view.getUint32(at);
        left += each === undefined ? items : each * count;
        at += size + skip + (each === undefined ? count : 0);
        if (at + left - 1 > bytes.length) throw new ParseError(`${what} is incomplete: it was cut short`);
    }
}
