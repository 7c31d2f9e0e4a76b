// SPDX-License-Identifier: MIT
//
// files.ts - figures that stand alone: SVG with title, labels and colours of its own, PNG from the same.
//
//   columns --lines of 60 positions, one under the other--> SVG text        SVG text --canvas--> PNG
//
// Each line is drawn in a task of its own, so that a long protein does not keep the page.
import type {Column} from './columns';
import {drawLogo, type LogoScale} from './logo';

const SVG = 'http://www.w3.org/2000/svg';
const IN_LINE = 60, CELL = 15, TITLE = 26, SPACE = 10;
const INK = '#1c2422', PAPER = '#ffffff';

const breath = () => new Promise((resolve) => { setTimeout(resolve); });

/** Drawings under each other with a title, as text. */
function stacked(title: string, parts: readonly SVGSVGElement[]): string {
    const width = Math.max(200, ...parts.map((part) => Number(part.getAttribute('width'))));
    let top = TITLE;
    const all = document.createElementNS(SVG, 'svg');
    const heading = document.createElementNS(SVG, 'text');
    heading.textContent = title;
    for (const [name, value] of Object.entries({x: 6, y: 17, fill: INK, 'font-size': 13, 'font-weight': 600})) {
        heading.setAttribute(name, String(value));
    }
    all.append(heading);
    for (const part of parts) {
        part.setAttribute('y', String(top));
        part.setAttribute('color', INK);
        part.setAttribute('overflow', 'visible');
        top += Number(part.getAttribute('height')) + SPACE;
        all.append(part);
    }
    for (const [name, value] of Object.entries({
        xmlns: SVG, width, height: top, viewBox: `0 0 ${width} ${top}`, color: INK, fill: 'currentColor',
        'font-family': 'Arial, Helvetica, sans-serif', 'font-size': 10
    })) all.setAttribute(name, String(value));
    const paper = document.createElementNS(SVG, 'rect');
    for (const [name, value] of Object.entries({width, height: top, fill: PAPER})) {
        paper.setAttribute(name, String(value));
    }
    all.prepend(paper);
    return new XMLSerializer().serializeToString(all);
}

async function inLines(title: string, columns: readonly Column[], draw: (part: readonly Column[]) => SVGSVGElement) {
    const parts = [];
    for (let at = 0; at < columns.length; at += IN_LINE) {
        parts.push(draw(columns.slice(at, at + IN_LINE)));
        await breath();
    }
    return stacked(title, parts);
}

export const logoSvg = (title: string, columns: readonly Column[], scale: LogoScale): Promise<string> =>
    inLines(title, columns, (part) => drawLogo(part, CELL, 150, scale));

export async function heatMapSvg(title: string, columns: readonly Column[]): Promise<string> {
    const {drawHeatMap} = await import('./plots');
    return inLines(title, columns, (part) => drawHeatMap(part, CELL, 20 * 13 + 28));
}

export async function scanSvg(title: string, columns: readonly Column[]): Promise<string> {
    const {drawHeatMap} = await import('./plots');
    return inLines(title, columns, (part) =>
        drawHeatMap(part, CELL, 20 * 13 + 28, {scheme: 'rdbu', domain: [-6, 6]}));
}

export async function scoresSvg(title: string, shown: Parameters<typeof import('./series').drawScoresWith>[1]) {
    const {drawScoresWith} = await import('./series');
    return stacked(title, [drawScoresWith(await import('./plots'), shown, 960, 260)]);
}

const MOST_PIXELS = 16_000;   // of a side, which canvases bear

/** Twice as many pixels as the SVG says, fewer where a canvas could not hold them. */
export async function pngOf(svg: string): Promise<Blob> {
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
    await image.decode();
    const scale = Math.min(2, MOST_PIXELS / Math.max(image.naturalWidth, image.naturalHeight));
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(image.naturalWidth * scale);
    canvas.height = Math.round(image.naturalHeight * scale);
    const context = canvas.getContext('2d');
    if (!context) throw new Error('this browser has no room for the picture');
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return new Promise((resolve, reject) => {
        canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('this browser could not draw the picture'))));
    });
}
