// SPDX-License-Identifier: MIT
//
// ScoreFigure.tsx - how well each residue fits: of the native sequence and of the design that is looked at.
import {computed} from '@preact/signals';
import {useEffect, useRef, useState} from 'preact/hooks';
import {drawScoresWith, SERIES} from '../../figures/series';
import {entropies} from '../../state/profile';
import {focused, looks, shownRun} from '../../state/results';
import {loadPlots, plots} from './LetterFigure';

/** What is drawn of the shown run; null where there is nothing. */
export const scoreSeries = computed(() => {
    const run = shownRun.value;
    void looks.value;
    if (!run || run.rows.length === 0) return null;
    const mine = focused.value?.run === run ? focused.value : run.rows[0];
    return {run, native: run.native.value?.logProb ?? null, design: mine.design, bits: entropies(run.probs)};
});

export function ScoreFigure() {
    const sheet = useRef<HTMLDivElement>(null), [size, setSize] = useState({width: 0, height: 0});
    const shown = scoreSeries.value, library = plots.value;
    useEffect(() => {
        if (!sheet.current) return undefined;
        const sizes = new ResizeObserver(([{contentRect: {width, height}}]) => setSize({width, height}));
        sizes.observe(sheet.current);
        return () => sizes.disconnect();
    }, [shown === null]);
    useEffect(() => {
        if (!sheet.current || !library || !shown || size.width < 100 || size.height < 50) return;
        sheet.current.replaceChildren(drawScoresWith(library, shown, size.width, size.height));
    }, [library, shown, size]);
    loadPlots();
    if (!shown) return <p class="note waiting">Shown from the first design on.</p>;
    return (
        <>
            <p class="key">
                <span><i style={{background: SERIES.native}} />native</span>
                <span><i style={{background: SERIES.design}} />design {shown.design.sample}</span>
                <span><i style={{background: SERIES.bits}} />entropy of the designs, bits</span>
            </p>
            <div class="scores-sheet" ref={sheet} role="img"
                aria-label={`Negative log-probability of each residue of ${shown.run.opened.name}, native and design ${
                    shown.design.sample}, and the entropy of the designs`} />
        </>
    );
}
