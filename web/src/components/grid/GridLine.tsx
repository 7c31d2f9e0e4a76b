// SPDX-License-Identifier: MIT
//
// GridLine.tsx - one line of the grid: numbers over letters, and under them those of the focused design.
import {colouring, colourOf} from '../../state/colour';
import {cursor} from '../../state/grid';
import {type Cell, type Line, rowOfCell} from '../../state/lines';
import {plan, visible} from '../../state/plan';
import {residueName} from '../../state/residue';
import {focused} from '../../state/results';
import {pointed} from '../../state/selection';
import type {Opened} from '../../state/structures';

const TENTH = 10;

/** Whether a row's number is written over it: every tenth, and where counting begins anew. */
function numbered({structure: {numbers, insertions}}: Opened, line: Line, at: number): boolean {
    const row = rowOfCell(line.cells[at]);
    if (row < 0) return false;
    return numbers[row] % TENTH === 0 && insertions[row] === ' ' ? true : at === 0;
}

function Numbers({opened, line}: {opened: Opened, line: Line}) {
    const {numbers, insertions} = opened.structure;
    let free = 0;   // the next place that no number reaches into
    return (
        <span class="numbers" aria-hidden="true">
            {line.cells.map((cell, at) => {
                const row = rowOfCell(cell);
                if (at < free || !numbered(opened, line, at)) return null;
                const text = `${numbers[row]}${insertions[row].trim()}`;
                free = at + Math.ceil(text.length / 2) + 1;
                return <i key={row} style={{gridColumn: at + 1}}>{text}</i>;
            })}
        </span>
    );
}

/** What a screen reader says, and the title. */
function words({structure}: Opened, row: number, designed: number, selected: number): string {
    const parts = [residueName(structure, row)];
    if (!visible(structure)[row]) parts.push('backbone atoms missing');
    parts.push(designed ? 'designed' : 'kept');
    if (selected) parts.push('selected');
    return parts.join(', ');
}

function Residue({opened, row}: {opened: Opened, row: number}) {
    const {structure} = opened, {design, selected} = plan.value!, native = structure.sequence[row];
    const mine = focused.value?.run.opened.key === opened.key ? focused.value.design.sequence[row] : '';
    const seen = visible(structure)[row] === 1;
    const marks = [
        'residue', design[row] ? 'designed' : '', selected[row] ? 'selected' : '', pointed.value === row ? 'pointed' : '',
        seen ? '' : 'broken', cursor.value === row ? 'cursor' : ''
    ].filter(Boolean).join(' ');
    const tint = colouring.value === 'plan' ? {} : {boxShadow: `inset 0 -4px ${colourOf.value(row)}`};
    const name = words(opened, row, design[row], selected[row]);
    return (
        <span class={marks} role="gridcell" id={`residue-${row}`} data-row={row} aria-label={name} title={name}
            aria-selected={selected[row] === 1} style={tint}>
            <b aria-hidden="true">{native}</b>
            {mine && <em aria-hidden="true" class={mine === native ? 'same' : 'changed'}>{mine === native ? '·' : mine}</em>}
        </span>
    );
}

function Gap({gap}: {gap: number}) {
    const text = gap === 1 ? '1 number is missing' : `${gap} numbers are missing`;
    return <span class="gap" role="gridcell" aria-label={text} title={text} />;
}

const cellKey = (cell: Cell, at: number) => ('row' in cell ? cell.row : `gap ${at}`);

export function GridLine({opened, line, index, top}: {opened: Opened, line: Line, index: number, top: number}) {
    const {name} = opened.structure.chains[line.chain];
    return (
        <div class="grid-line" role="row" aria-rowindex={index + 1} style={{transform: `translateY(${top}px)`}}>
            {line.first && <span class="chain-name" aria-hidden="true">{name.trim() || '–'}</span>}
            <Numbers opened={opened} line={line} />
            <span class="letters" role="presentation">
                {line.cells.map((cell, at) => ('row' in cell
                    ? <Residue key={cellKey(cell, at)} opened={opened} row={cell.row} />
                    : <Gap key={cellKey(cell, at)} gap={cell.gap} />))}
            </span>
        </div>
    );
}
