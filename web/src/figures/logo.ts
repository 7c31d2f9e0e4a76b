// SPDX-License-Identifier: MIT
//
// logo.ts - a sequence logo: letters stacked at each position, the most probable one on top.
//
//   columns --drawLogo--> SVG        heights: share of the letter times the information of the position, or the share
//
// Each glyph is stretched from its ink box, so that heights are what they say. Information is log2(20) less the
// entropy, bits (Schneider and Stephens, Nucleic Acids Res. 18, 6097, 1990, without the correction for few samples).
import {BY_KIND, type Column} from './columns';

export type LogoScale = 'information' | 'probability';

const SVG = 'http://www.w3.org/2000/svg';
const FONT = 'bold 100px Arial, Helvetica, "Liberation Sans", sans-serif';
const SLIM = 45;        // a glyph with less ink, of 100 pixels, stays slim: I would be a block
const SMALLEST = 0.6;   // pixels, below which a letter is left out
const AXIS = 26, LABELS = 26;   // pixels for the axis at the left and the positions below

/** By kind; told apart without full colour vision (Wong's palette), and readable on light and dark. */
const COLOURS: Record<string, string> = {
    GPASTC: '#7d8a86', DE: '#d55e00', NQ: '#b67fb3', HKR: '#2f7fc4', YWF: '#b8860b', MILV: '#159a74'
};
export const colourOfLetter = Object.fromEntries(Object.entries(COLOURS)
    .flatMap(([letters, colour]) => [...letters].map((letter) => [letter, colour])));
export const kinds = [['DE', 'acidic'], ['HKR', 'basic'], ['NQ', 'amide'], ['YWF', 'aromatic'], ['MILV', 'aliphatic'],
    ['GPASTC', 'small']].map(([letters, name]) => ({name, letters, colour: COLOURS[letters]}));

export const MOST_BITS = Math.log2(BY_KIND.length);

interface Ink {
    left: number;
    ascent: number;
    width: number;
    height: number;
}

let inks: Record<string, Ink> | undefined;

/** Ink boxes of the letters at 100 pixels. */
function measured(): Record<string, Ink> {
    const context = document.createElement('canvas').getContext('2d')!;
    context.font = FONT;
    return inks ??= Object.fromEntries([...BY_KIND].map((letter) => {
        const box = context.measureText(letter);
        return [letter, {
            left: -box.actualBoundingBoxLeft, ascent: box.actualBoundingBoxAscent,
            width: box.actualBoundingBoxLeft + box.actualBoundingBoxRight,
            height: box.actualBoundingBoxAscent + box.actualBoundingBoxDescent
        }];
    }));
}

/** Height of a whole position, 0 to 1 of what is possible. */
export const stackOf = ({shares, bits}: Column, scale: LogoScale) =>
    (scale === 'probability' ? shares.reduce((sum, share) => sum + share, 0) : (MOST_BITS - bits) / MOST_BITS);

function element(name: string, attributes: Record<string, string | number>, text = ''): SVGElement {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
    if (text) made.textContent = text;
    return made;
}

function stack(column: Column, x: number, cell: number, height: number, scale: LogoScale): SVGElement {
    const group = element('g', {'data-row': column.row}), ink = measured(), whole = stackOf(column, scale);
    const letters = [...BY_KIND].map((letter, i) => ({letter, size: column.shares[i] * whole * height}))
        .filter(({size}) => size > SMALLEST).sort((a, b) => a.size - b.size);
    let bottom = height;
    for (const {letter, size} of letters) {
        const {left, ascent, width, height: inked} = ink[letter];
        const broad = (cell - 1.5) * Math.min(1, width / SLIM), edge = x + (cell - broad) / 2;
        const [sx, sy] = [broad / width, size / inked];
        const place = `translate(${(edge - left * sx).toFixed(2)} ${(bottom - size + ascent * sy).toFixed(2)})`;
        group.append(element('text', {
            transform: `${place} scale(${sx.toFixed(4)} ${sy.toFixed(4)})`, fill: colourOfLetter[letter]
        }, letter));
        bottom -= size;
    }
    return group;
}

function axis(height: number, scale: LogoScale): SVGElement {
    const group = element('g', {'font-size': 10, 'text-anchor': 'end', fill: 'currentColor'});
    const ends = scale === 'probability' ? ['1', '0'] : [MOST_BITS.toFixed(1), '0'];
    group.append(element('text', {x: AXIS - 5, y: 9}, ends[0]), element('text', {x: AXIS - 5, y: height}, ends[1]));
    group.append(element('text', {
        transform: `translate(9 ${height / 2}) rotate(-90)`, 'text-anchor': 'middle'
    }, scale === 'probability' ? 'prob.' : 'bits'));
    group.append(element('path', {d: `M${AXIS - 2} 1V${height}`, stroke: 'currentColor', 'stroke-width': 0.7}));
    return group;
}

/** Native letters and numbers under the stacks. */
function labels(columns: readonly Column[], cell: number, height: number): SVGElement {
    const group = element('g', {'text-anchor': 'middle', fill: 'currentColor', 'font-size': 10});
    columns.forEach(({native, number}, i) => {
        const x = AXIS + (i + 0.5) * cell;
        group.append(element('text', {x, y: height + 11, 'font-family': 'monospace'}, native));
        if (i === 0 || /[05]$/.test(number)) group.append(element('text', {x, y: height + 22, opacity: 0.7}, number));
    });
    return group;
}

/**
 * @param height   of all, pixels
 */
export function drawLogo(columns: readonly Column[], cell: number, height: number, scale: LogoScale): SVGSVGElement {
    const width = AXIS + columns.length * cell + 4, inner = height - LABELS;
    const svg = element('svg', {
        xmlns: SVG, viewBox: `0 0 ${width} ${height}`, width, height, 'font-family': 'Arial, Helvetica, sans-serif'
    }) as SVGSVGElement;
    const stacks = element('g', {'font-size': 100, 'font-weight': 'bold'});
    columns.forEach((column, i) => stacks.append(stack(column, AXIS + i * cell, cell, inner, scale)));
    svg.append(axis(inner, scale), stacks, labels(columns, cell, inner));
    return svg;
}

/** Where the first column begins. */
export const LOGO_LEFT = AXIS;
