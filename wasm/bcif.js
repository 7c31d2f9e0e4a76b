/* SPDX-License-Identifier: MIT
 *
 * bcif.js - BinaryCIF through Mol*'s reader, once the counts in the file are seen to be possible.
 */
import {ParseError} from './errors.js';
import {requireWhole} from './formats/msgpack.js';

/** Values that the columns of a file unpack to, all steps of decoding together: at most so many for a byte of it. */
const MOST_FOR_A_BYTE = 16;

/**
 * How many values the steps of decoding say that they make.
 * @param {any} item   of the message
 * @returns {number} NaN where one says no number
 */
function claimed(item) {
    if (typeof item !== 'object' || item === null || ArrayBuffer.isView(item)) return 0;
    const {srcSize = 0} = item;
    let sum = Number.isSafeInteger(srcSize) && srcSize >= 0 ? srcSize : NaN;
    for (const key in item) sum += claimed(item[key]);
    return sum;
}

/**
 * @param {Uint8Array} bytes
 * @returns {Promise<import('./dist/cif_reader.js').Outcome>}
 * @throws {ParseError} where the file is cut short, or claims more than its bytes can hold
 */
export async function readBinaryCif(bytes) {
    const {decodeMsgPack, parseCifBinary} = await import('./dist/cif_reader.js');
    requireWhole(bytes, 'the BinaryCIF file');
    const whole = new Uint8Array(bytes);   // which is read from the first byte of its buffer on
    const values = claimed(decodeMsgPack(whole));
    if (!(values <= MOST_FOR_A_BYTE * bytes.length)) {
        const count = Number.isNaN(values) ? 'counts that are no numbers' : `${values} values in ${bytes.length} bytes`;
        throw new ParseError(`the BinaryCIF file is damaged: it claims ${count}`);
    }
    return parseCifBinary(whole).run();
}
