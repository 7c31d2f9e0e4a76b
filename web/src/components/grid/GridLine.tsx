// SPDX-License-Identifier: MIT
//
// GridLine.tsx - one line of the sequence grid. It is drawn anew only when something of its own residues has changed.
//
//   plan, pointed, focused design, colours --computed for the line's rows--> cells
import {useComputed} from '@preact/signals';
import {colouring, colours} from '../../state/colour';
import {BLOCK, BREAK, gapBefore, type Layout, type Line} from '../../state/layout_rows';
import {planOf, visible} from '../../state/plan';
import {authorNumber, residueWords} from '../../state/residue_words';
import {focused} from '../../state/results';
import {cursor, pointed} from '../../state/selection';
import type {Opened} from '../../state/structures';
import {chainLabel} from '../../state/words';

interface Props {
    opened: Opened;
    where: Layout;
    index: number;
    top: number;
}

/** A digit for each row of a line: 1 selected, 2 designed. */
function marksOf(opened: Opened, {first, last}: Line): string {
    const {selected, design} = planOf(opened);
    let text = '';
    for (let row = first; row <= last; row++) text += selected[row] + 2 * design[row];
    return text;
}

/** The letters of the design that is looked at, '' where it is of another structure. */
export function designLetters(opened: Opened): string {
    const row = focused.value;
    return row?.run.opened.key === opened.key ? row.design.sequence : '';
}

/** The residue that has its number printed above: the first of each ten columns. */
function numbered({slots}: Line): ReadonlySet<number> {
    const rows = new Set<number>();
    for (let column = 0; column < slots.length; column += BLOCK) {
        const row = slots.slice(column, column + BLOCK).find((slot) => slot !== BREAK);
        if (row !== undefined) rows.add(row);
    }
    return rows;
}

function Break({opened, row, block}: {opened: Opened, row: number, block: boolean}) {
    const gap = gapBefore(opened.structure, row);
    return (
        <span class={block ? 'break block' : 'break'} aria-hidden="true" title={gap?.words}>
            {gap && gap.count > 0 && gap.count < 1000 ? gap.count : '‖'}
        </span>
    );
}

function Below({native, letter}: {native: string, letter: string}) {
    const changed = letter !== native;
    return <span class={changed ? 'below changed' : 'below'} data-letter={changed ? letter : '·'} />;
}

export function GridLine({opened, where, index, top}: Props) {
    const {structure} = opened, line = where.lines[index], {first, last} = line;
    const chain = chainLabel(structure.chains[line.chain].name);
    const marks = useComputed(() => marksOf(opened, line)).value;
    const inLine = (row: number) => (row >= first && row <= last ? row : -1);
    const at = useComputed(() => inLine(pointed.value)).value, here = useComputed(() => inLine(cursor.value)).value;
    const letters = useComputed(() => designLetters(opened).slice(first, last + 1)).value;
    const tints = useComputed(() =>
        (colouring.value === 'plan' ? '' : colours.value.slice(first, last + 1).join('|'))).value;
    const colour = tints ? tints.split('|') : [], labels = numbered(line), plan = planOf(opened);
    const seen = visible(structure);

    const cell = (row: number, column: number) => {
        const mark = Number(marks[row - first]), letter = letters[row - first] ?? '';
        const classes = ['cell', column > 0 && column % BLOCK === 0 && 'block', mark & 1 && 'selected',
            mark & 2 && 'designed', !seen[row] && 'incomplete', structure.unknown[row] && 'unknown',
            row === at && 'pointed', row === here && 'cursor', colour[row - first] && 'coloured'];
        return (
            <div key={row} role="gridcell" id={`residue-${row}`} class={classes.filter(Boolean).join(' ')}
                aria-colindex={column + 2} aria-selected={(mark & 1) === 1}
                aria-label={residueWords(structure, plan, row, letter)}
                data-number={labels.has(row) ? authorNumber(structure, row) : undefined}
                style={colour[row - first] ? {'--colour': colour[row - first]} : undefined}>
                <span class="letter">{structure.sequence[row]}</span>
                {letter && <Below native={structure.sequence[row]} letter={letter} />}
            </div>
        );
    };
    return (
        <div role="row" class={line.head ? 'line head' : 'line'} aria-rowindex={index + 1}
            style={{transform: `translateY(${top}px)`}}>
            <div role="rowheader" class="chain-name" aria-colindex={1} aria-label={`Chain ${chain}`}>{chain}</div>
            {line.slots.map((slot, column) => (slot === BREAK
                ? <Break key={`break-${column}`} opened={opened} row={line.slots[column + 1] ?? last + 1}
                    block={column > 0 && column % BLOCK === 0} />
                : cell(slot, column)))}
        </div>
    );
}
