// SPDX-License-Identifier: MIT
//
// LetterFigure.tsx - the logo or the heat map of the chosen source, or what must be done before there is one.
import {signal} from '@preact/signals';
import {useCallback, useMemo} from 'preact/hooks';
import {type Column, columnsOf, inWords} from '../../figures/columns';
import {kinds, LOGO_LEFT, paintLogo} from '../../figures/logo';
import {everywhere, scale} from '../../state/charts';
import {report} from '../../state/page';
import {plan, visible} from '../../state/plan';
import {type Profile, profile, source} from '../../state/profile';
import {Asking} from './Asking';
import {type Draw, Strip} from './Strip';

type Plots = typeof import('../../figures/plots');
/** Observable Plot, from the first heat map on. */
export const plots = signal<Plots | null>(null);
let coming = false;

export function loadPlots(): void {
    if (coming) return;
    coming = true;
    import('../../figures/plots').then((it) => { plots.value = it; }, (error) => {
        coming = false;
        report('The figure', error);
    });
}

const CELL = 15;

/** Positions of a profile: those that are designed, or all with numbers. */
export function shownRows({opened, rows}: Profile): ArrayLike<number> {
    if (everywhere.value) return visible(opened.structure);
    const design = plan.value?.design;
    return rows.length === design?.length && source.value !== 'frequency' && source.value !== 'probability'
        && design.includes(1) ? design : rows;
}

function LogoKey() {
    return (
        <p class="key">
            {kinds.map(({name, letters, colour}) => (
                <span key={name} title={letters}><i style={{background: colour}} />{name}</span>
            ))}
        </p>
    );
}

function HeatKey() {
    return <p class="key"><span>0 <i class="heat" /> 1</span><span><i class="native-dot" />native letter</span></p>;
}

export function LetterFigure({kind}: {kind: 'logo' | 'heat'}) {
    const shown = profile.value, heights = scale.value, library = plots.value;
    const rows = shown && shownRows(shown);
    const columns = useMemo<readonly Column[]>(() =>
        (shown && rows ? columnsOf(shown.opened.structure, shown.table, rows) : []), [shown, rows]);
    const draw = useCallback<Draw>((part, height, ink) => {
        if (kind === 'heat' && library) return {element: library.drawHeatMap(part, CELL, height)};
        const {canvas, steps} = paintLogo(part, CELL, height, heights, ink);
        return {element: canvas, steps};
    }, [kind, heights, library]);
    if (kind === 'heat') loadPlots();
    if (!shown) return <Asking />;
    if (kind === 'heat' && !library) return <p class="note waiting">Loading the figure.</p>;
    return (
        <>
            {kind === 'logo' ? <LogoKey /> : <HeatKey />}
            <Strip opened={shown.opened} columns={columns} cell={CELL} left={LOGO_LEFT} draw={draw} words={inWords}
                label={`${kind === 'logo' ? 'Sequence logo' : 'Heat map'} of ${columns.length} positions`} />
        </>
    );
}
