// SPDX-License-Identifier: MIT
//
// drawn.ts - which lines of the grid are in sight, by @tanstack/virtual-core, which comes with the first structure.
import {signal} from '@preact/signals';
import type {RefObject} from 'preact';
import {useLayoutEffect, useMemo, useReducer} from 'preact/hooks';
import {report} from '../../state/page';

type Library = typeof import('@tanstack/virtual-core');

const AT_FIRST = 24;   // lines that are drawn until the library is there
const BEYOND = 3;      // lines above and below those in sight

const library = signal<Library | null>(null);
let asked = false;

function load(): void {
    if (asked) return;
    asked = true;
    import('@tanstack/virtual-core').then((it) => { library.value = it; }, (error) => report('The sequence', error));
}

export function useLines(box: RefObject<HTMLElement | null>, count: number, height: number) {
    const [, redraw] = useReducer((n: number) => n + 1, 0), ready = library.value;
    const options = ({observeElementOffset, observeElementRect, elementScroll}: Library) => ({
        count, getScrollElement: () => box.current, estimateSize: () => height, overscan: BEYOND,
        onChange: () => redraw(undefined), scrollToFn: elementScroll, observeElementOffset, observeElementRect
    });
    const virtual = useMemo(() => ready && new ready.Virtualizer<HTMLElement, HTMLElement>(options(ready)), [ready]);
    useLayoutEffect(load, []);
    useLayoutEffect(() => virtual?._didMount(), [virtual]);
    if (virtual && ready) virtual.setOptions(options(ready));
    useLayoutEffect(() => virtual?.measure(), [virtual, height]);
    useLayoutEffect(() => virtual?._willUpdate());
    return {
        total: count * height,
        drawn: virtual ? virtual.getVirtualItems().map(({index}) => index)
            : Array.from({length: Math.min(count, AT_FIRST)}, (_, i) => i),
        show: (line: number) => virtual?.scrollToIndex(line, {align: 'auto'})
    };
}
