// SPDX-License-Identifier: MIT
//
// lines.ts - which lines of a long list are in sight: @tanstack/virtual-core as a hook, and the size of a box as
// another.
//
//   scroller + heights --useLines--> Virtualizer, which asks for a new look when it was scrolled or resized
import {
    defaultRangeExtractor, elementScroll, observeElementOffset, observeElementRect, Virtualizer
} from '@tanstack/virtual-core';
import type {RefObject} from 'preact';
import {useLayoutEffect, useReducer, useRef, useState} from 'preact/hooks';

export type Lines = Virtualizer<HTMLElement, HTMLElement>;

interface Asked {
    count: number;
    heightOf(index: number): number;
    /** a line that is drawn wherever the scroller is: the one that has the keyboard's cursor */
    always: number;
    /** changes when heights do */
    version?: unknown;
    /** height of what stands over the first line, and lines drawn beyond those in sight */
    above?: number;
    beyond?: number;
    /** false where all lines are drawn anyway */
    on?: boolean;
}

/** Whether what is touched is touched by fingers. */
export const coarse = matchMedia('(pointer: coarse)');

export function useLines(scroller: RefObject<HTMLElement | null>,
    {count, heightOf, always, version, above = 0, beyond = 2, on = true}: Asked): Lines {
    const [, redraw] = useReducer((n: number, _: void) => n + 1, 0);
    const kept = useRef<Lines | null>(null);
    const options = {
        count, enabled: on, estimateSize: heightOf, paddingStart: above, overscan: beyond,
        getScrollElement: () => scroller.current, scrollToFn: elementScroll, observeElementRect, observeElementOffset,
        onChange: () => redraw(),
        rangeExtractor: (range: Parameters<typeof defaultRangeExtractor>[0]) => {
            const shown = defaultRangeExtractor(range);
            return always < 0 || always >= count || shown.includes(always) ? shown
                : [...shown, always].sort((a, b) => a - b);
        }
    };
    const lines = kept.current ??= new Virtualizer(options);
    lines.setOptions(options);
    useLayoutEffect(() => lines._didMount(), []);
    useLayoutEffect(() => lines.measure(), [version]);
    useLayoutEffect(() => lines._willUpdate());
    return lines;
}

/** The inner size of an element, in whole pixels; 0 before it is known. */
export function useBox(element: RefObject<HTMLElement | null>): {width: number, height: number} {
    const [box, setBox] = useState({width: 0, height: 0});
    useLayoutEffect(() => {
        const look = () => {
            const {clientWidth: width, clientHeight: height} = element.current as HTMLElement;
            setBox((before) => (before.width === width && before.height === height ? before : {width, height}));
        };
        look();
        const observer = new ResizeObserver(look);
        observer.observe(element.current as HTMLElement);
        return () => observer.disconnect();
    }, []);
    return box;
}
