// SPDX-License-Identifier: MIT
//
// virtual.ts - which rows of a long table are drawn.
//
//   scrolling box, number of rows --useDrawn--> indices: all of them, or from MOST on those in sight
import type {Virtualizer} from '@tanstack/virtual-core';
import {signal} from '@preact/signals';
import {type RefObject} from 'preact';
import {useLayoutEffect, useMemo, useReducer} from 'preact/hooks';
import {report} from '../../state/page';

type Library = typeof import('@tanstack/virtual-core');

/** So many rows are all drawn. */
const MOST = 500;
const BEYOND = 12;   // rows drawn above and below those in sight

const library = signal<Library | 'coming' | 'failed' | null>(null);

async function load(): Promise<void> {
    if (library.peek()) return;
    library.value = 'coming';
    try {
        library.value = await import('@tanstack/virtual-core');
    } catch (error) {
        library.value = 'failed';
        report('The table', error);
    }
}

const upTo = (count: number) => Array.from({length: count}, (_, i) => i);

/** A fingertip needs a higher row. */
export const rowHeight = matchMedia('(pointer: coarse)').matches ? 44 : 24;

/**
 * @param above   height of what stands over the first row
 * @param keep    index of a row that is always drawn, since it may have the focus
 */
export function useDrawn(
    box: RefObject<HTMLElement | null>, count: number, above: number, keep: number
): readonly number[] {
    const long = count > MOST;
    const [, redraw] = useReducer((n: number) => n + 1, 0);
    const {value} = library, ready = value && typeof value === 'object' ? value : null;
    const virtual = useMemo(() => ready && new ready.Virtualizer<HTMLElement, HTMLElement>(optionsOf(ready)), [ready]);

    function optionsOf({observeElementOffset, observeElementRect, elementScroll, defaultRangeExtractor}: Library) {
        return {
            count, enabled: long, getScrollElement: () => box.current, estimateSize: () => rowHeight,
            paddingStart: above, overscan: BEYOND, onChange: () => redraw(undefined), scrollToFn: elementScroll,
            observeElementOffset, observeElementRect,
            rangeExtractor: (range: Parameters<typeof defaultRangeExtractor>[0]) => {
                const drawn = defaultRangeExtractor(range);
                return drawn.includes(keep) || keep < 0 ? drawn : [...drawn, keep].sort((a, b) => a - b);
            }
        };
    }

    useLayoutEffect(() => { if (count > 0) void load(); }, [count > 0]);
    useLayoutEffect(() => virtual?._didMount(), [virtual]);
    if (virtual && ready) virtual.setOptions(optionsOf(ready));
    useLayoutEffect(() => virtual?._willUpdate());

    if (!long || value === 'failed') return upTo(count);
    return virtual ? drawnBy(virtual) : upTo(MOST);
}

function drawnBy(virtual: Virtualizer<HTMLElement, HTMLElement>): readonly number[] {
    return virtual.getVirtualItems().map(({index}) => index);
}
