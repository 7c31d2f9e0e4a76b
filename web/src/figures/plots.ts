// SPDX-License-Identifier: MIT
//
// plots.ts - what Observable Plot draws: the heat map of letters by position, and numbers along the sequence.
//
// Plot puts its rules into a style element, which a strict policy refuses; they stand in figures.css instead.
import {axisX, axisY, cell, dot, line, plot, type PlotOptions, ruleY} from '@observablehq/plot';
import {BY_KIND, type Column} from './columns';

export const HEAT_LEFT = 26;
const BELOW = 26;

function drawn(options: PlotOptions): SVGSVGElement {
    const svg = plot({className: 'plot', ...options}) as SVGSVGElement;
    svg.querySelectorAll('style').forEach((style) => style.remove());
    svg.querySelectorAll('g[aria-label]').forEach((part) => part.removeAttribute('aria-label'));   // no role takes it
    return svg;
}

/** Light to dark, or from blue over the paper to red where numbers have a sign. */
export interface Colours {
    scheme: 'ylgnbu' | 'rdbu';
    domain: [number, number];
}

const PROBABILITY: Colours = {scheme: 'ylgnbu', domain: [0, 1]};

/** Letters by position; a dot marks the native letter. */
export function drawHeatMap(columns: readonly Column[], size: number, height: number, colours = PROBABILITY) {
    const letters = [...BY_KIND];
    const cells = columns.flatMap(({shares}, i) => letters.map((letter, at) => ({i, letter, share: shares[at]})));
    const natives = columns.flatMap(({native}, i) => (BY_KIND.includes(native) ? [{i, native}] : []));
    const diverging = colours.scheme === 'rdbu';
    return drawn({
        width: HEAT_LEFT + columns.length * size + 4, height, marginLeft: HEAT_LEFT, marginRight: 4, marginTop: 2,
        marginBottom: BELOW, padding: 0,
        x: {type: 'band', domain: columns.map((_, i) => i)}, y: {type: 'band', domain: letters},
        color: {
            type: diverging ? 'diverging' : 'linear', scheme: colours.scheme, domain: colours.domain, clamp: true
        },
        marks: [
            cell(cells, {x: 'i', y: 'letter', fill: 'share', inset: 0.25}),
            dot(natives, {
                x: 'i', y: 'native', r: Math.min(2.2, size / 5), fill: 'white', stroke: 'black', strokeWidth: 0.8
            }),
            axisY({
                label: null, tickSize: 0, tickPadding: 4, fontSize: Math.min(10, Math.max(6.5, (height - BELOW) / 20))
            }),
            axisX({
                label: null, tickSize: 0, ticks: columns.map((_, i) => i).filter((i) =>
                    i === 0 || /[05]$/.test(columns[i].number)), tickFormat: (i: number) => columns[i].number
            })
        ]
    });
}

export interface Series {
    name: string;
    colour: string;
    values: readonly number[];
}

/** Numbers along the positions. */
export function drawScores(names: readonly string[], series: readonly Series[], width: number, height: number,
    unit: string): SVGSVGElement {
    const points = series.flatMap(({name, values}) => values.map((value, i) => ({i, name, value})))
        .filter(({value}) => !Number.isNaN(value));
    return drawn({
        width, height, marginLeft: 40, marginBottom: BELOW, marginTop: 14, marginRight: 12,
        x: {type: 'linear', domain: [0, Math.max(1, names.length - 1)]}, y: {label: unit, nice: true, zero: true},
        color: {domain: series.map(({name}) => name), range: series.map(({colour}) => colour)},
        marks: [
            ruleY([0], {strokeOpacity: 0.4}),
            line(points, {x: 'i', y: 'value', stroke: 'name', strokeWidth: 1.4}),
            ...(names.length <= 400 ? [dot(points, {x: 'i', y: 'value', fill: 'name', r: 1.6})] : []),
            axisX({label: null, tickFormat: (i: number) => names[i] ?? '', ticks: Math.max(2, Math.floor(width / 90))}),
            axisY({label: unit, ticks: Math.max(2, Math.floor(height / 40))})
        ]
    });
}
