// SPDX-License-Identifier: MIT
//
// letters.ts - letters that differ, shown without an element for each of them.
//
// The sequence stays one plain text. What differs is written over it by the style sheet out of two attributes: the
// letters once more, in another colour, and a line under each.
const UNKNOWN = 'X';

export interface Overlay {
    'data-changed': string;
    'data-marks': string;
}

/** Letters that differ from those of a reference, which may hold residues without a letter. */
export function overlay(letters: string, reference: string): Overlay {
    let changed = '', marks = '';
    for (let i = 0; i < letters.length; i++) {
        const differs = letters[i] !== reference[i] && reference[i] !== UNKNOWN;
        changed += differs ? letters[i] : ' ';
        marks += differs ? '_' : ' ';
    }
    return {'data-changed': changed, 'data-marks': marks};
}
