/* SPDX-License-Identifier: MIT
 *
 * python.js - numbers, strings and lists as Python prints them, for text files that scripts already parse.
 *
 *   0.1 -> '0.1'   1 -> '1.0'   0.00001 -> '1e-05'   ['A'] -> "['A']"   score -> '0.9617'
 */

/**
 * A Python float: the shortest digits that read back as the same number, exponents outside 1e-4 to 1e16.
 * @param {number} value
 */
export function pythonFloat(value) {
    if (Number.isNaN(value)) return 'nan';
    if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
    if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
    const [digits, power] = value.toExponential().split('e');
    const exponent = Number(power);
    if (exponent < -4 || exponent >= 16) {
        return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
    }
    const text = String(value);
    return text.includes('e') ? expand(digits, exponent) : text.includes('.') ? text : `${text}.0`;
}

/**
 * Digits with a small negative exponent, written out. (JavaScript turns to exponents at 1e-7, Python at 1e-5.)
 * @param {string} digits
 * @param {number} exponent
 */
function expand(digits, exponent) {
    const sign = digits.startsWith('-') ? '-' : '';
    return `${sign}0.${'0'.repeat(-exponent - 1)}${digits.replace(/[-.]/g, '')}`;
}

/**
 * A float32 value with four decimals, rounded from its exact binary value, halves to even. (toFixed is exact too, but
 * rounds halves up: 1/32, a common recovery, would become 0.0313 instead of 0.0312.)
 * @param {number} value
 */
export function fixed4(value) {
    const single = Math.fround(value);
    if (Number.isNaN(single)) return 'nan';
    if (!Number.isFinite(single)) return single > 0 ? 'inf' : '-inf';
    const size = Math.abs(single);
    const doubled = size * 20000;   /* exact: 24 bits times 15 bits */
    const isHalf = doubled % 2 === 1;
    const text = (isHalf && (doubled - 1) % 4 === 0 ? (doubled - 1) / 20000 : size).toFixed(4);
    return single < 0 || Object.is(single, -0) ? `-${text}` : text;
}

/**
 * A Python string literal of printable text.
 * @param {string} text
 */
export function pythonString(text) {
    const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
    const escaped = text.replace(/\\/g, '\\\\').replaceAll(quote, `\\${quote}`);
    return quote + escaped + quote;
}

/** @param {readonly string[]} items */
export function pythonList(items) {
    return `[${items.map(pythonString).join(', ')}]`;
}

/** @param {boolean} value */
export function pythonBool(value) {
    return value ? 'True' : 'False';
}
