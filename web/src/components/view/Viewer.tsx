// SPDX-License-Identifier: MIT
//
// Viewer.tsx - the structure in three dimensions: the picture, what is under the pointer, tools and legend.
//
// 3Dmol is loaded when the first structure is open; until then, and where it cannot draw, the same room says so.
import {useEffect, useRef} from 'preact/hooks';
import {boxing, turning} from '../../state/scene';
import {residues, selection} from '../../state/selection';
import {current} from '../../state/structures';
import type {View} from '../../viewer/viewer';
import {box, label, listen, moves, pressed} from './gestures';
import {Legend} from './Legend';
import {begin, drawn, trouble, view} from './stage';
import {Toolbar} from './Toolbar';
import './Viewer.css';

const HELP = 'Arrow keys turn the structure, plus and minus zoom, 0 shows the whole. '
    + 'Residues can be selected by keyboard in the sequence.';

function description(): string {
    const opened = current.value;
    if (!opened) return 'No structure';
    const {chains, length} = opened.structure, count = chains.length;
    return `${opened.name} in 3D: ${residues(length)} in ${count === 1 ? '1 chain' : `${count} chains`}, `
        + `${selection.value.count} selected`;
}

/** The one canvas of the page, put here while this is shown. */
function Canvas({from}: {from: View}) {
    const place = useRef<HTMLDivElement>(null);
    useEffect(() => {
        place.current!.append(from.element);
        from.resize();
        from.reset();
        return listen(from);
    }, [from]);
    const mode = `${boxing.value ? ' boxing' : ''}${turning.value ? ' turning' : ''}`;
    return (
        <div ref={place} class={`viewer-stage${mode}`} role="img" tabIndex={0} aria-label={description()}
            aria-describedby="viewer-help" onKeyDown={(event) => pressed(from, event)} />
    );
}

function Label() {
    const shown = label.value;
    return shown && (
        <div class="viewer-label" style={{transform: `translate(${Math.round(shown.x)}px, ${Math.round(shown.y)}px)`}}>
            <span>{shown.text}</span>
        </div>
    );
}

function Rectangle() {
    const at = box.value;
    return at && <div class="viewer-box" style={{left: at.left, top: at.top, width: at.width, height: at.height}} />;
}

/** For the pointer; the picture itself takes the keys. */
function Moves({from}: {from: View}) {
    return (
        <div class="viewer-moves" role="group" aria-label="Turn and zoom">
            {moves.map(({name, sign, act}) => (
                <button key={name} type="button" tabIndex={-1} aria-label={name} title={name} onClick={() => act(from)}>
                    {sign}
                </button>
            ))}
        </div>
    );
}

export function Viewer() {
    const opened = current.value, from = view.value;
    useEffect(() => {
        if (opened) void begin();
    }, [opened]);
    const ready = opened !== undefined && drawn.value === opened.key;
    return (
        <section aria-label="3D view" class="viewer" data-ready={ready ? opened.name : undefined}>
            <Toolbar />
            <div class="viewer-room">
                {from && <Canvas from={from} />}
                {trouble.value ? <p class="viewer-note">{trouble.value}</p>
                    : !ready && <p class="viewer-note">Drawing {opened?.name}</p>}
                <Rectangle />
                <Label />
                <Legend />
                {from && <Moves from={from} />}
            </div>
            <p id="viewer-help" class="unseen">{HELP}</p>
        </section>
    );
}
