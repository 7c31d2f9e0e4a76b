// SPDX-License-Identifier: MIT
//
// Scan.tsx - every single mutation: how much more or less probable the other letter is, all other residues given.
import {computed} from '@preact/signals';
import {useCallback} from 'preact/hooks';
import {BY_KIND, type Column, columnsOf, WIDTH} from '../../figures/columns';
import {LOGO_LEFT} from '../../figures/logo';
import {everywhere} from '../../state/charts';
import {plan} from '../../state/plan';
import {pointed, select, span} from '../../state/selection';
import {best, gains, given} from '../../state/scoring';
import {current, type Opened} from '../../state/structures';
import {Asking} from './Asking';
import {DoubleMutants} from './DoubleMutants';
import {loadPlots, plots} from './LetterFigure';
import {type Draw, Strip} from './Strip';

const CELL = 15, SHOWN = 100;
const RANGE: [number, number] = [-6, 6];

function words({name, native, shares}: Column): string {
    const list = [...BY_KIND].map((letter, i) => ({letter, gain: shares[i]})).filter(({letter}) => letter !== native)
        .sort((a, b) => b.gain - a.gain).slice(0, 4);
    return `${name} ${native}: ${list.map(({letter, gain}) => `${letter} ${gain.toFixed(2)}`).join(', ')} nats`;
}

function BestList({opened}: {opened: Opened}) {
    return (
        <div class="best" role="region" aria-label="Best mutations" tabIndex={0}>
            <Given />
            <table>
                <thead><tr><th scope="col">Mutation</th><th scope="col">Gain, nats</th></tr></thead>
                <tbody>
                    {best.value.slice(0, SHOWN).map(({row, name, native, letter, gain}) => (
                        <tr key={`${row}${letter}`} onPointerEnter={() => { pointed.value = row; }}>
                            <td>
                                <button type="button" class="plain"
                                    onClick={() => select(opened, span(opened, row, row))}>
                                    {native} {name} {letter}
                                </button>
                            </td>
                            <td>{gain.toFixed(2)}</td>
                        </tr>
                    ))}
                </tbody>
            </table>
            <DoubleMutants opened={opened} />
        </div>
    );
}

function Given() {
    return (
        <select aria-label="Given" value={given.value}
            onChange={(event) => { given.value = event.currentTarget.value as typeof given.value; }}>
            <option value="all-others">given all others</option>
            <option value="unconditional">backbone alone</option>
        </select>
    );
}

const mask = computed(() => plan.value?.design);

/** Positions of the scan: those that are designed, or all with numbers. */
export const scanColumns = computed<readonly Column[]>(() => {
    const opened = current.value, table = gains.value, design = mask.value;
    if (!opened || !table) return [];
    const all = everywhere.value || !design?.includes(1);
    return columnsOf(opened.structure, table, Uint8Array.from({length: table.length / WIDTH}, (_, row) =>
        (!Number.isNaN(table[row * WIDTH]) && (all || design?.[row]) ? 1 : 0)));
});

export function Scan() {
    const opened = current.value, table = gains.value, library = plots.value, columns = scanColumns.value;
    const draw = useCallback<Draw>((part, height) =>
        ({element: library!.drawHeatMap(part, CELL, height, {scheme: 'rdbu', domain: RANGE})}), [library]);
    loadPlots();
    if (!opened) return <p class="note waiting">Open a structure first.</p>;
    if (!table) return <><Given /><Asking mode={given.value} /></>;
    if (!library) return <p class="note waiting">Loading the figure.</p>;
    return (
        <div class="scan">
            <div class="scan-map">
                <p class="key">
                    <span>log p(letter) - log p(native), nats: {RANGE[0]} <i class="rdbu" /> {RANGE[1]}</span>
                    <span><i class="native-dot" />native letter</span>
                </p>
                <Strip opened={opened} columns={columns} cell={CELL} left={LOGO_LEFT} draw={draw} words={words}
                    label={`Mutation scan of ${columns.length} positions`} />
            </div>
            <BestList opened={opened} />
        </div>
    );
}
