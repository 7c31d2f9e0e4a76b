// SPDX-License-Identifier: MIT
//
// logo.ts - a sequence logo: letters stacked at each position, the most probable one on top.
//
//   columns --drawLogo--> SVG, for files     --paintLogo--> canvas, for the page: text in SVG is laid out too slowly
//
// Heights: share of the letter times the information of the position, or the share.
//
// Each glyph is stretched from its ink box, so that heights are what they say. Information is log2(20) less the
// entropy, bits (Schneider and Stephens, Nucleic Acids Res. 18, 6097, 1990, without the correction for few samples).
import {BY_KIND, type Column} from './columns';

export type LogoScale = 'information' | 'probability';

const SVG = 'http://www.w3.org/2000/svg';
const FONT = 'bold 100px Arial, Helvetica, "Liberation Sans", sans-serif';
const LABEL_FONT = '10px Arial, Helvetica, sans-serif', NATIVE_FONT = '10px monospace';
const STEP = 6;         // columns painted in one step
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

/** A letter at 100 pixels, stretched by sx and sy and moved to x and y. */
interface Glyph {
    letter: string;
    sx: number;
    sy: number;
    x: number;
    y: number;
}

/** The letters of a column, the least probable one first, from the bottom up. */
function stack(column: Column, left: number, cell: number, height: number, scale: LogoScale): Glyph[] {
    const ink = measured(), whole = stackOf(column, scale);
    const letters = [...BY_KIND].map((letter, i) => ({letter, size: column.shares[i] * whole * height}))
        .filter(({size}) => size > SMALLEST).sort((a, b) => a.size - b.size);
    let bottom = height;
    return letters.map(({letter, size}) => {
        const {left: edge, ascent, width, height: inked} = ink[letter];
        const broad = (cell - 1.5) * Math.min(1, width / SLIM), sx = broad / width, sy = size / inked;
        const y = bottom - size + ascent * sy;
        bottom -= size;
        return {letter, sx, sy, x: left + (cell - broad) / 2 - edge * sx, y};
    });
}

function drawStack(column: Column, glyphs: readonly Glyph[]): SVGElement {
    const group = element('g', {'data-row': column.row});
    for (const {letter, sx, sy, x, y} of glyphs) {
        group.append(element('text', {
            transform: `translate(${x.toFixed(2)} ${y.toFixed(2)}) scale(${sx.toFixed(4)} ${sy.toFixed(4)})`,
            fill: colourOfLetter[letter]
        }, letter));
    }
    return group;
}

/** What stands at the ends of the axis, and beside it. */
const axisWords = (scale: LogoScale) => (scale === 'probability' ? {top: '1', unit: 'prob.'}
    : {top: MOST_BITS.toFixed(1), unit: 'bits'});

function drawAxis(height: number, scale: LogoScale): SVGElement {
    const group = element('g', {'font-size': 10, 'text-anchor': 'end', fill: 'currentColor'});
    const {top, unit} = axisWords(scale);
    group.append(element('text', {x: AXIS - 5, y: 9}, top), element('text', {x: AXIS - 5, y: height}, '0'));
    group.append(element('text', {
        transform: `translate(9 ${height / 2}) rotate(-90)`, 'text-anchor': 'middle'
    }, unit));
    group.append(element('path', {d: `M${AXIS - 2} 1V${height}`, stroke: 'currentColor', 'stroke-width': 0.7}));
    return group;
}

/** Whether a column's number stands under it. */
const numbered = ({number}: Column, place: number) => place === 0 || /[05]$/.test(number);

/** Native letters and numbers under the stacks. */
function drawLabels(columns: readonly Column[], cell: number, height: number): SVGElement {
    const group = element('g', {'text-anchor': 'middle', fill: 'currentColor', 'font-size': 10});
    columns.forEach((column, i) => {
        const x = AXIS + (i + 0.5) * cell;
        group.append(element('text', {x, y: height + 11, 'font-family': 'monospace'}, column.native));
        if (numbered(column, i)) group.append(element('text', {x, y: height + 22, opacity: 0.7}, column.number));
    });
    return group;
}

const widthOf = (columns: readonly Column[], cell: number) => AXIS + columns.length * cell + 4;

/**
 * @param height   of all, pixels
 */
export function drawLogo(columns: readonly Column[], cell: number, height: number, scale: LogoScale): SVGSVGElement {
    const width = widthOf(columns, cell), inner = height - LABELS;
    const svg = element('svg', {
        xmlns: SVG, viewBox: `0 0 ${width} ${height}`, width, height, 'font-family': 'Arial, Helvetica, sans-serif'
    }) as SVGSVGElement;
    const stacks = element('g', {'font-size': 100, 'font-weight': 'bold'});
    columns.forEach((column, i) => {
        stacks.append(drawStack(column, stack(column, AXIS + i * cell, cell, inner, scale)));
    });
    svg.append(drawAxis(inner, scale), stacks, drawLabels(columns, cell, inner));
    return svg;
}

function paintAxis(pen: CanvasRenderingContext2D, height: number, scale: LogoScale): void {
    const {top, unit} = axisWords(scale);
    pen.textAlign = 'right';
    pen.fillText(top, AXIS - 5, 9);
    pen.fillText('0', AXIS - 5, height);
    pen.fillRect(AXIS - 2.35, 1, 0.7, height - 1);
    pen.save();
    pen.translate(9, height / 2);
    pen.rotate(-Math.PI / 2);
    pen.textAlign = 'center';
    pen.fillText(unit, 0, 0);
    pen.restore();
}

function paintStack(pen: CanvasRenderingContext2D, glyphs: readonly Glyph[]): void {
    pen.font = FONT;
    pen.textAlign = 'left';
    for (const {letter, sx, sy, x, y} of glyphs) {
        pen.save();
        pen.transform(sx, 0, 0, sy, x, y);
        pen.fillStyle = colourOfLetter[letter];
        pen.fillText(letter, 0, 0);
        pen.restore();
    }
}

/**
 * The same picture on a canvas, a few columns at each step of the iteration: the page stays quick between them.
 * @param height   of all, pixels
 * @param ink      colour of axis and labels
 */
export function paintLogo(
    columns: readonly Column[], cell: number, height: number, scale: LogoScale, ink: string
): {canvas: HTMLCanvasElement, steps: Iterator<void>} {
    const canvas = document.createElement('canvas'), pen = canvas.getContext('2d')!, inner = height - LABELS;
    const width = widthOf(columns, cell), sharp = devicePixelRatio;
    canvas.width = Math.round(width * sharp);
    canvas.height = Math.round(height * sharp);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    pen.scale(sharp, sharp);
    function* steps() {
        pen.fillStyle = ink;
        pen.font = LABEL_FONT;
        paintAxis(pen, inner, scale);
        for (let i = 0; i < columns.length; i++) {
            const column = columns[i], x = AXIS + i * cell;
            pen.fillStyle = ink;
            pen.font = NATIVE_FONT;
            pen.textAlign = 'center';
            pen.fillText(column.native, x + cell / 2, inner + 11);
            pen.font = LABEL_FONT;
            pen.globalAlpha = 0.7;
            if (numbered(column, i)) pen.fillText(column.number, x + cell / 2, inner + 22);
            pen.globalAlpha = 1;
            paintStack(pen, stack(column, x, cell, inner, scale));
            if (i % STEP === STEP - 1) yield;
        }
    }
    return {canvas, steps: steps()};
}

/** Where the first column begins. */
export const LOGO_LEFT = AXIS;
