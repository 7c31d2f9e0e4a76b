// SPDX-License-Identifier: MIT
//
// SequenceGrid.tsx - the residues of the structure that is looked at, in lines as wide as the box.
//
//   structure --layout--> lines --useLines--> those in sight --> GridLine
import {useComputed, useSignalEffect} from '@preact/signals';
import {useLayoutEffect, useMemo, useRef} from 'preact/hooks';
import {cellThatFills, columnsThatFit, layout} from '../../state/layout_rows';
import {planOf} from '../../state/plan';
import {cursor} from '../../state/selection';
import {current, type Opened} from '../../state/structures';
import {coarse, type Lines, useBox, useLines} from '../lines';
import {GridInput, type Metrics} from './grid_input';
import {designLetters, GridLine} from './GridLine';
import './SequenceGrid.css';

const LOW = 220;         // px: below that lines stand closer
const CHARACTER = 8;     // px of a chain's name
const BELOW = 17;        // px of the letters of a design
const SPACE = 6;         // px between blocks

/** Sizes in px: for fingers, for a mouse, and for a mouse in a low box. */
const SIZES = {
    coarse: {least: 29, most: 34, letter: 34, line: 50},
    fine: {least: 18, most: 22, letter: 20, line: 36},
    low: {least: 18, most: 22, letter: 18, line: 30}
};

/** Where everything stands in a box of this size. */
function measure({structure}: Opened, width: number, height: number, below: boolean) {
    const {least, most, letter, line} = SIZES[coarse.matches ? 'coarse' : height < LOW ? 'low' : 'fine'];
    const longest = Math.max(...structure.chains.map(({name}) => name.length));
    const gutter = 16 + CHARACTER * Math.min(6, Math.max(1, longest)), room = width - gutter - 4;
    const columns = columnsThatFit(room, least, SPACE);
    const metrics: Metrics = {
        cell: cellThatFills(room, columns, SPACE, least, most), letter, space: SPACE, gutter,
        line: line + (below ? BELOW : 0), head: 5
    };
    return {columns, metrics};
}

/** What was selected in another place is brought in sight, unless some of it is. */
function useReveal(opened: Opened, input: GridInput, lines: Lines): void {
    const shown = useRef(planOf(opened).selected);
    useSignalEffect(() => {
        const {selected} = planOf(opened), before = shown.current;
        shown.current = selected;
        if (selected === before || input.acting) return;
        const {range} = lines, {lineOf} = input.where;
        let first = -1;
        for (let row = 0; row < selected.length; row++) {
            if (!selected[row] || before[row]) continue;
            if (range && lineOf[row] >= range.startIndex && lineOf[row] <= range.endIndex) return;
            if (first < 0) first = row;
        }
        if (first < 0) return;
        cursor.value = first;
        lines.scrollToIndex(lineOf[first], {align: 'center'});
    });
}

function Grid({opened}: {opened: Opened}) {
    const box = useRef<HTMLDivElement>(null), {width, height} = useBox(box), {structure} = opened;
    const below = useComputed(() => designLetters(opened) !== '').value;
    const {columns, metrics} = useMemo(() => measure(opened, width, height, below), [width, height < LOW, below]);
    const where = useMemo(() => layout(structure, columns), [columns]);
    const heightOf = (index: number) => metrics.line + (where.lines[index].head ? metrics.head : 0);
    const at = cursor.value;
    const lines = useLines(box, {count: where.lines.length, heightOf, always: where.lineOf[at] ?? 0,
        version: `${columns} ${metrics.line}`});
    const input = useMemo(() => new GridInput(opened, () => box.current as HTMLElement), []);
    Object.assign(input, {lines, where, metrics});
    useReveal(opened, input, lines);
    useLayoutEffect(() => input.up, []);
    return (
        <div ref={box} role="grid" class={below ? 'residues two' : 'residues'} aria-label="Residues" tabIndex={0}
            aria-multiselectable="true" aria-rowcount={where.lines.length} aria-colcount={columns + 1}
            aria-activedescendant={`residue-${at}`} aria-describedby="residue-keys"
            style={Object.fromEntries(Object.entries(metrics).map(([name, size]) => [`--${name}`, `${size}px`]))}
            onPointerDown={input.down} onPointerMove={input.move} onPointerUp={input.up} onPointerCancel={input.up}
            onPointerLeave={input.leave} onClick={input.tap} onKeyDown={input.key}>
            <div role="presentation" class="lines" style={{height: `${lines.getTotalSize()}px`}}>
                {width > 0 && lines.getVirtualItems().map(({index, start}) =>
                    <GridLine key={`${columns} ${index}`} opened={opened} where={where} index={index} top={start} />)}
            </div>
        </div>
    );
}

export function SequenceGrid() {
    const opened = current.value;
    if (!opened) return <p class="note no-residues">The residues of a structure stand here once one is open.</p>;
    return <Grid key={opened.key} opened={opened} />;
}
