// SPDX-License-Identifier: MIT
//
// Tools.tsx - the line under the 3D view: colours and what they mean, what a drag does, the view.
import {type Colouring, colouring, colourings, legend} from '../../state/colour';
import {current} from '../../state/structures';
import {boxing, sideChains, turning, view} from './view';

function Legend() {
    const {marks, scale, unit} = legend.value;
    return (
        <p class={`legend${scale ? ' scale' : ''}`}>
            {marks.map(({colour, text}) => (
                <span key={colour + text}><i style={{background: colour}} />{text}</span>
            ))}
            {unit && <span>{unit}</span>}
        </p>
    );
}

function savePicture(): void {
    const shown = view.value, opened = current.value;
    if (!shown || !opened) return;
    const link = document.createElement('a');
    link.href = shown.picture();
    link.download = `${opened.name}.png`;
    link.click();
}

const glyph = {
    reset: 'M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10', left: 'M10 3 5 8l5 5', right: 'M6 3l5 5-5 5',
    picture: 'M2 4.5h12v8H2zM5.5 4.5l1-2h3l1 2M8 6.3a2.2 2.2 0 1 1 0 4.4 2.2 2.2 0 0 1 0-4.4', box: 'M3 3h10v10H3z',
    side: 'M3 13l4-4 2 2 4-8'
};

function Tool({name, path, pressed, onClick}: {name: string, path: string, pressed?: boolean, onClick: () => void}) {
    return (
        <button type="button" class="plain" aria-label={name} title={name} onClick={onClick}
            {...(pressed !== undefined && {'aria-pressed': pressed})}>
            <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d={path} /></svg>
        </button>
    );
}

export function Tools() {
    return (
        <div class="viewer-tools">
            <select aria-label="Colour" value={colouring.value}
                onChange={(event) => { colouring.value = event.currentTarget.value as Colouring; }}>
                {Object.entries(colourings).map(([kind, text]) => <option key={kind} value={kind}>Colour: {text}</option>)}
            </select>
            <Legend />
            <span class="buttons">
                <button type="button" class="turn" aria-pressed={turning.value}
                    onClick={() => { turning.value = !turning.value; }}>Turn the structure</button>
                <Tool name="Side chains" path={glyph.side} pressed={sideChains.value}
                    onClick={() => { sideChains.value = !sideChains.value; }} />
                <Tool name="Select a box" path={glyph.box} pressed={boxing.value}
                    onClick={() => { boxing.value = !boxing.value; }} />
                <Tool name="Turn left" path={glyph.left} onClick={() => view.value?.turn('y', -1)} />
                <Tool name="Turn right" path={glyph.right} onClick={() => view.value?.turn('y', 1)} />
                <Tool name="Reset view" path={glyph.reset} onClick={() => view.value?.frameAll()} />
                <Tool name="Save picture" path={glyph.picture} onClick={savePicture} />
            </span>
        </div>
    );
}
