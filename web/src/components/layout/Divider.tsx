// SPDX-License-Identifier: MIT
//
// Divider.tsx - the line between two panes: dragged, or moved by arrow keys; a double click puts it back.
import {limitsOf, type Pane, panes, resetPane, resize} from '../../state/panes';

interface Props {
    pane: Pane;
    /** what the pane before (or, of `after`, behind) the line is called */
    label: string;
    axis: 'x' | 'y';
    /** the pane lies behind the line */
    after?: boolean;
    /** sizes are pixels; otherwise shares of the parent */
    pixels?: boolean;
}

const STEPS = 40;   // of the keyboard, from one limit to the other

export function Divider({pane, label, axis, after = false, pixels = false}: Props) {
    const [least, most] = limitsOf(pane), value = panes.value[pane];
    const across = axis === 'x';
    const drag = (event: PointerEvent) => {
        const line = event.currentTarget as HTMLElement;
        if (!line.hasPointerCapture(event.pointerId)) return;
        const box = (line.parentElement as HTMLElement).getBoundingClientRect();
        const [from, size, at] = across ? [box.left, box.width, event.clientX] : [box.top, box.height, event.clientY];
        const before = at - from, length = after ? size - before : before;
        resize(pane, pixels ? length : length / size);
    };
    const press = (event: KeyboardEvent) => {
        const [less, more] = across ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown'];
        if (event.key !== less && event.key !== more) return;
        event.preventDefault();
        const step = (most - least) / STEPS * (event.key === more ? 1 : -1);
        resize(pane, value + (after ? -step : step));
    };
    return (
        <div class={`divider divider-${axis}`} role="separator" tabIndex={0} aria-label={label}
            aria-orientation={across ? 'vertical' : 'horizontal'} aria-valuemin={Math.round(least * (pixels ? 1 : 100))}
            aria-valuemax={Math.round(most * (pixels ? 1 : 100))} aria-valuenow={Math.round(value * (pixels ? 1 : 100))}
            onPointerDown={(event) => {
                event.preventDefault();
                event.currentTarget.setPointerCapture(event.pointerId);
            }}
            onPointerMove={drag} onKeyDown={press} onDblClick={() => resetPane(pane)} />
    );
}
