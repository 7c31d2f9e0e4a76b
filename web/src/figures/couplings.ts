// SPDX-License-Identifier: MIT
//
// couplings.ts - a square map of pairs of residues: couplings above the diagonal, contacts of the structure below it.
//
//   rows, couplings, CA atoms --one pixel for each pair--> canvas --scaled--> picture on the page, SVG
import type {Structure} from '../../../wasm/index.js';

export const NEAR = 8;   // angstrom between CA atoms
export const MARGIN = 40;   // of the axes, pixels

/** What is drawn. */
export interface Map {
    readonly opened: {readonly structure: Structure};
    readonly rows: Int32Array;
    readonly couplings: Float32Array;
}

/** From paper to dark blue, as the heat maps have it. */
const COLOURS = [[255, 255, 217], [199, 233, 180], [65, 182, 196], [34, 94, 168], [8, 29, 88]];
const CONTACT = [110, 118, 116];

/** The coupling from which on the colour is the darkest: one in two hundred pairs has it. */
function darkest({couplings}: Map): number {
    const above = couplings.filter((value) => value > 0).sort();
    return above.length ? above[Math.floor(above.length * 0.995)] : 1;
}

/** @param share 0 to 1 */
function colourOf(share: number): number[] {
    const at = share * (COLOURS.length - 1), low = Math.min(Math.floor(at), COLOURS.length - 2);
    return COLOURS[low].map((value, c) => Math.round(value + (at - low) * (COLOURS[low + 1][c] - value)));
}

/** A colour as a pixel is stored, byte by byte. */
const stored = (colour: readonly number[]) => new Uint32Array(Uint8Array.from([...colour, 255]).buffer)[0];

/** One pixel for each pair, and the coupling of the darkest colour. */
export function pixels(map: Map): {canvas: HTMLCanvasElement, top: number} {
    const {rows, couplings, opened: {structure}} = map, size = rows.length, top = darkest(map);
    const canvas = document.createElement('canvas'), xyz = structure.backbone();
    canvas.width = canvas.height = size;
    const context = canvas.getContext('2d');
    if (!context) throw new Error('this browser has no room for the picture');
    const image = context.createImageData(size, size), to = new Uint32Array(image.data.buffer);
    const steps = Uint32Array.from({length: 256}, (_, i) => stored(colourOf(i / 255)));
    const contact = stored(CONTACT), paper = steps[0];
    for (let i = 0; i < size; i++) {
        const [x, y, z] = [3, 4, 5].map((at) => xyz[rows[i] * 12 + at]);
        for (let j = 0; j < size; j++) {
            const at = i * size + j, b = rows[j] * 12 + 3;
            if (j > i) {
                to[at] = steps[Math.round(255 * Math.min(Math.max(couplings[at] / top, 0), 1))];
            } else {
                const square = (x - xyz[b]) ** 2 + (y - xyz[b + 1]) ** 2 + (z - xyz[b + 2]) ** 2;
                to[at] = i === j || square < NEAR ** 2 ? contact : paper;
            }
        }
    }
    context.putImageData(image, 0, 0);
    return {canvas, top};
}

/** Which places have a number at the axis, not too near to each other, the first of each chain among them. */
export function ticks({rows, opened: {structure}}: Map, side: number): {place: number, name: string}[] {
    const least = Math.max(1, Math.ceil(26 * rows.length / Math.max(side, 1)));
    const found: {place: number, name: string}[] = [];
    rows.forEach((row, place) => {
        const first = place === 0 || structure.chainOf[row] !== structure.chainOf[rows[place - 1]];
        const round = structure.numbers[row] % 10 === 0;
        const last = found.at(-1);
        if (!(first || round) || (last && place - last.place < least)) return;
        found.push({place, name: structure.rowName(row)});
    });
    return found;
}

/** The map with its axes on a canvas of side + MARGIN pixels. */
export function paintMap(canvas: HTMLCanvasElement, map: Map, image: HTMLCanvasElement, side: number,
    ink: string): void {
    const sharp = devicePixelRatio, context = canvas.getContext('2d');
    canvas.width = canvas.height = Math.round((side + MARGIN) * sharp);
    canvas.style.width = canvas.style.height = `${side + MARGIN}px`;
    if (!context) return;
    context.scale(sharp, sharp);
    context.imageSmoothingEnabled = map.rows.length > side;
    context.drawImage(image, MARGIN, 0, side, side);
    context.fillStyle = ink;
    context.font = '10px system-ui, sans-serif';
    for (const {place, name} of ticks(map, side)) {
        const at = (place + 0.5) * side / map.rows.length;
        context.textAlign = 'right';
        context.fillText(name, MARGIN - 4, Math.max(9, at + 3));
        context.save();
        context.translate(MARGIN + at + 3, side + 4);
        context.rotate(-Math.PI / 2);
        context.fillText(name, 0, 0);
        context.restore();
    }
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** The same as a file that stands alone. */
export function mapSvg(title: string, map: Map): string {
    const side = Math.max(320, Math.min(1200, map.rows.length * 4)), top = 28, whole = side + MARGIN + 12;
    const labels = ticks(map, side).map(({place, name}) => {
        const at = (place + 0.5) * side / map.rows.length, x = MARGIN + at + 3, y = top + side + 4;
        return `<text x="${MARGIN - 4}" y="${top + at + 3}" text-anchor="end">${escaped(name)}</text>`
            + `<text x="${x}" y="${y}" text-anchor="end" transform="rotate(-90 ${x} ${y})">${escaped(name)}</text>`;
    }).join('');
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${whole}" height="${whole + top}" `
        + `viewBox="0 0 ${whole} ${whole + top}" font-family="Arial, Helvetica, sans-serif" font-size="10" `
        + 'fill="#1c2422">'
        + `<rect width="${whole}" height="${whole + top}" fill="#ffffff"/>`
        + `<text x="6" y="17" font-size="13" font-weight="600">${escaped(title)}</text>`
        + `<image x="${MARGIN}" y="${top}" width="${side}" height="${side}" image-rendering="pixelated" `
        + `href="${pixels(map).canvas.toDataURL('image/png')}"/>${labels}</svg>`;
}
