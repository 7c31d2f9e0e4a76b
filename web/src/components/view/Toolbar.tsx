// SPDX-License-Identifier: MIT
//
// Toolbar.tsx - over the 3D view: what colours mean, side chains, selecting by a box, the whole view, a picture.
import {download} from '../../files/download';
import {type Colouring, colouring, COLOURINGS} from '../../state/colour';
import {report} from '../../state/page';
import {boxing, sideChains, turning} from '../../state/scene';
import {current} from '../../state/structures';
import type {View} from '../../viewer/viewer';
import {Tools} from '../roving';
import {view} from './stage';

async function save(from: View): Promise<void> {
    try {
        const name = current.value?.name ?? 'structure';
        download(`${name}.png`, await from.picture());
    } catch (error) {
        report('Picture', error);
    }
}

interface Switch {
    name: string;
    path: string;
    on: {value: boolean};
    kind?: string;
}

const SIDE = 'M2 12 6 8l4 2 4-4M6 8 5 3m5 7 1 4';
const BOX = 'M2 5V2h3m3 0h1m3 0h2v3m0 3v1m0 3v2h-3m-3 0H7m-3 0H2v-3m0-3V8';
const TURN = 'M13 8a5 5 0 1 1-2-4m2-2v3h-3';
const WHOLE = 'M2 6V2h4m4 0h4v4m0 4v4h-4m-4 0H2v-4';
const SAVE = 'M8 2v8m-3-3 3 3 3-3M3 13h10';

const Icon = ({path}: {path: string}) => (
    <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true"><path d={path} /></svg>
);

const Toggle = ({name, path, on, kind}: Switch) => (
    <button type="button" class={`tool ${kind ?? ''}`} aria-label={name} title={name} aria-pressed={on.value}
        onClick={() => { on.value = !on.value; }}>
        <Icon path={path} /><span>{name}</span>
    </button>
);

const Tool = ({name, path, act}: {name: string, path: string, act: (view: View) => unknown}) => (
    <button type="button" class="tool" aria-label={name} title={name} aria-disabled={!view.value}
        onClick={() => view.value && act(view.value)}>
        <Icon path={path} /><span>{name}</span>
    </button>
);

export function Toolbar() {
    return (
        <div class="viewer-tools" role="group" aria-label="3D view tools">
            <label class="viewer-colour">
                <span>Colour</span>
                <select aria-label="Colour" value={colouring.value}
                    onChange={({currentTarget}) => { colouring.value = currentTarget.value as Colouring; }}>
                    {COLOURINGS.map(({id, label}) => <option key={id} value={id}>{label}</option>)}
                </select>
            </label>
            <Tools name="Picture" look="viewer-buttons">
                <Toggle name="Turn the structure" path={TURN} on={turning} kind="for-fingers" />
                <Toggle name="Side chains" path={SIDE} on={sideChains} />
                <Toggle name="Select a box" path={BOX} on={boxing} />
                <Tool name="Reset view" path={WHOLE} act={(it) => it.reset()} />
                <Tool name="Save picture" path={SAVE} act={save} />
            </Tools>
        </div>
    );
}
