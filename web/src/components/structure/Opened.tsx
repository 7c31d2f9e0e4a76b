// SPDX-License-Identifier: MIT
//
// Opened.tsx - the structures that are open, the one that is looked at, and what was noticed in its file.
import {useRef} from 'preact/hooks';
import {closeStructure, current, lookAt, openModel, structures} from '../../state/structures';
import {useRoving} from '../roving';
import {Issues} from './Issues';

/** Another model of a file with several. */
function Models() {
    const opened = current.value, {models, model} = opened?.structure ?? {models: new Int32Array(), model: 0};
    if (!opened || models.length < 2) return null;
    return (
        <select aria-label="Model of the file" value={String(model)}
            onChange={(event) => void openModel(opened, Number(event.currentTarget.value))}>
            {Array.from(models, (number) => <option key={number} value={String(number)}>model {number}</option>)}
        </select>
    );
}

export function Opened() {
    const list = useRef<HTMLUListElement>(null), roving = useRoving(list), shown = current.value;
    if (!shown) return null;
    return (
        <>
            <ul ref={list} class="opened" aria-label="Open structures" {...roving}>
                {structures.value.map(({key, name, structure: {length}}) => (
                    <li key={key} class={key === shown.key ? 'current' : ''}>
                        <button type="button" aria-pressed={key === shown.key} onClick={() => lookAt(key)}>
                            <strong>{name}</strong> {length} residues
                        </button>
                        <button type="button" class="close" aria-label={`Close ${name}`}
                            title={`Close ${name}; its designs stay`} onClick={() => closeStructure(key)}>×</button>
                    </li>
                ))}
            </ul>
            <Models />
            <Issues />
        </>
    );
}
