/* SPDX-License-Identifier: MIT
 *
 * bcif_text.js - a BinaryCIF file as mmCIF text with the same categories, for what works on text.
 */
import {readBinaryCif} from './bcif.js';

const SIGNIFICANT = {fewest: 6, most: 9, double: 12};   // digits of a number of four bytes, and of eight

/** A number without digits that came of its encoding. @param {string} value */
function shortest(value) {
    const number = Number(value);
    if (!/\.\d{6}/.test(value) || Number.isNaN(number)) return value;
    if (Math.fround(number) !== number) return String(Number(number.toPrecision(SIGNIFICANT.double)));
    for (let digits = SIGNIFICANT.fewest; digits < SIGNIFICANT.most; digits++) {
        const short = Number(number.toPrecision(digits));
        if (Math.fround(short) === number) return String(short);
    }
    return value;
}

/** A value as CIF text has it. @param {string} value */
function quoted(value) {
    if (value === '' || value === undefined) return '?';
    if (/[\r\n]/.test(value) || (/'\s/.test(value) && /"\s/.test(value))) return `\n;${value}\n;\n`;
    if (!/^[_#$'"[\];]|\s|^(data_|loop_|save_|stop_|global_)|^[.?]$/i.test(value)) return value;
    return /'(\s|$)/.test(value) ? `"${value}"` : `'${value}'`;
}

/**
 * @param {Uint8Array} bytes   which engine.open has read before
 * @returns {Promise<string>}
 */
export async function bcifText(bytes) {
    const outcome = await readBinaryCif(bytes);
    const parts = [];
    for (const {header, categories} of outcome.isError ? [] : outcome.result.blocks) {
        parts.push(`data_${header}\n#\n`);
        for (const [name, category] of Object.entries(categories)) {
            const fields = category.fieldNames.map((field) => category.getField(field));
            parts.push('loop_\n', ...category.fieldNames.map((field) => `_${name}.${field}\n`));
            for (let row = 0; row < category.rowCount; row++) {
                parts.push(fields.map((field) => quoted(shortest(field?.str(row) ?? ''))).join(' '), '\n');
            }
            parts.push('#\n');
        }
    }
    return parts.join('');
}
