// SPDX-License-Identifier: MIT
//
// StructurePanel.tsx - the structure to design for: a file, the sample, or one that was opened before.
import {openFiles} from '../drop';
import {clearProblem} from '../state/page';
import {current, lookAt, type Opened, openSample, setDesigned, structures} from '../state/structures';

function choose(input: HTMLInputElement): void {
    const files = [...input.files ?? []];
    input.value = '';   // so that the same file may be chosen again
    void openFiles(files);
}

function trySample(): void {
    clearProblem();
    void openSample();
}

function Chains({opened}: {opened: Opened}) {
    return (
        <fieldset>
            <legend>Designed chains</legend>
            {opened.chains.map(({name, length}) => (
                <label class="check" key={name}>
                    <input type="checkbox" checked={opened.designed.has(name)}
                        onChange={(event) => setDesigned(opened, name, event.currentTarget.checked)} />
                    Chain {name.trim() || '(blank)'}, {length} residues
                </label>
            ))}
            {opened.designed.size === 0 && <p class="note">Choose at least one; the others keep their sequence.</p>}
        </fieldset>
    );
}

function Issues({opened}: {opened: Opened}) {
    const {issues} = opened;
    if (issues.length === 0) return null;
    return (
        <details>
            <summary>{issues.length === 1 ? '1 note' : `${issues.length} notes`} on the file</summary>
            <ul>
                {issues.slice(0, 50).map(({text, line}) => <li>{line ? `Line ${line}: ` : ''}{text}</li>)}
                {issues.length > 50 && <li>and {issues.length - 50} more</li>}
            </ul>
        </details>
    );
}

export function StructurePanel() {
    const opened = current.value;
    return (
        <section aria-labelledby="structure-title">
            <h2 id="structure-title">1. Backbone</h2>
            <label class="field">
                Structure
                <input type="file" multiple aria-describedby="structure-help"
                    onChange={(event) => choose(event.currentTarget)} />
            </label>
            <p class="note" id="structure-help">
                A PDB, mmCIF or BinaryCIF file, also as .gz or .zst; you may drop it anywhere on this page.
            </p>
            <button type="button" onClick={trySample}>Try a sample</button>
            {structures.value.length > 1 && (
                <label class="field">
                    Opened
                    <select value={String(opened?.key)} onChange={(event) => lookAt(Number(event.currentTarget.value))}>
                        {structures.value.map(({key, name}) => <option key={key} value={String(key)}>{name}</option>)}
                    </select>
                </label>
            )}
            {opened && (
                <>
                    <p><strong class="name">{opened.name}</strong>: {opened.length} residues</p>
                    <Chains opened={opened} />
                    <Issues opened={opened} />
                </>
            )}
        </section>
    );
}
