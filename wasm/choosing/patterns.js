/* SPDX-License-Identifier: MIT
 *
 * patterns.js - short motifs in sequences, in the notation of PROSITE.
 *
 *   'N-{P}-[ST]' --parsePattern--> elements --findPattern--> [{position, text}]
 *
 * A letter is itself, x any one, [ST] one of these, {P} one that is none of these; (3) or (2,4) behind it repeat it;
 * '<' at the start and '>' at the end are the ends of the chain. Hyphens may be left out. The notation is that of
 * A. Bairoch, Nucleic Acids Res. 19, 2241 (1991). An unknown letter (X) fits x and {...}, for it may be what is looked
 * for, but no letter and no [...].
 */
import {ConstraintError} from '../errors.js';

/** @typedef {{letters: string, none: boolean, least: number, most: number}} Element   none: any but these */
/** @typedef {{text: string, elements: readonly Element[], start: boolean, end: boolean}} Pattern */
/** @typedef {{position: number, text: string}} Match   position from 1 in the chain */

const ELEMENT = /^(?:([A-Za-z])|\[([A-Za-z]+)\]|\{([A-Za-z]+)\})(?:\((\d{1,4})(?:,(\d{1,4}))?\))?-?/;
const LONGEST = 200;   // letters that a pattern may span

/**
 * @param {string} pattern
 * @param {string} why
 */
const wrong = (pattern, why) => new ConstraintError(`'${pattern}' is no motif: ${why}`, pattern);

/**
 * @param {string} pattern   the whole
 * @param {RegExpExecArray} match   of ELEMENT
 * @returns {Element}
 */
function elementOf(pattern, [, letter, some, none, least = '1', most = least]) {
    const letters = (letter ?? some ?? none).toUpperCase();
    const any = letter !== undefined && letters === 'X';
    if (!any && /[BJOUXZ]/.test(letters)) {
        throw wrong(pattern, `${/[BJOUXZ]/.exec(letters)?.[0]} is none of the 20 letters`);
    }
    if (Number(most) < Number(least) || Number(most) === 0) throw wrong(pattern, `(${least},${most}) repeats nothing`);
    return {letters: any ? '' : letters, none: any || none !== undefined, least: Number(least), most: Number(most)};
}

/**
 * @param {string} text   such as 'N-{P}-[ST]', 'NG' or 'C-x(2,4)-C'
 * @returns {Pattern}
 */
export function parsePattern(text) {
    const bare = text.trim().replace(/\.$/, '');
    const start = bare.startsWith('<'), end = bare.endsWith('>');
    let rest = bare.slice(start ? 1 : 0, end ? -1 : undefined).replace(/^-/, '');
    /** @type {Element[]} */
    const elements = [];
    while (rest) {
        const match = ELEMENT.exec(rest);
        if (!match) throw wrong(text, `'${rest}' begins with no letter, x, [..] or {..}`);
        elements.push(elementOf(text, match));
        rest = rest.slice(match[0].length);
    }
    if (elements.length === 0) throw wrong(text, 'it has no letter');
    const longest = elements.reduce((sum, {most}) => sum + most, 0);
    if (longest > LONGEST) throw wrong(text, `it spans more than ${LONGEST} letters`);
    return {text: bare, elements, start, end};
}

/**
 * @param {Element} element
 * @param {string} letter
 */
const fits = ({letters, none}, letter) => letters.includes(letter) !== none;

/**
 * Where a match that begins at a letter may end: all ends are followed side by side, so that no pattern takes long.
 * @param {Pattern} pattern
 * @param {string} chain
 * @param {number} from
 * @returns {number} the last of them; -1 where there is none
 */
function endOf({elements, end}, chain, from) {
    let ends = [from];
    for (const element of elements) {
        const next = new Set();
        for (const at of ends) {
            for (let length = 0; ; length++) {
                if (length >= element.least) next.add(at + length);
                if (length === element.most || at + length >= chain.length) break;
                if (!fits(element, chain[at + length])) break;
            }
        }
        ends = [...next];
    }
    const allowed = end ? ends.filter((at) => at === chain.length) : ends;
    return allowed.length ? Math.max(...allowed) : -1;
}

/**
 * All places where a pattern begins, overlapping ones too; of several ends of one, the last.
 * @param {Pattern} pattern
 * @param {string} chain
 * @returns {Match[]}
 */
export function findPattern(pattern, chain) {
    const matches = [], [first] = pattern.elements;
    for (let from = 0; from < (pattern.start ? 1 : chain.length); from++) {
        if (first.least > 0 && !fits(first, chain[from])) continue;   // as most do
        const to = endOf(pattern, chain, from);
        if (to > from) matches.push({position: from + 1, text: chain.slice(from, to)});
    }
    return matches;
}
