// SPDX-License-Identifier: MIT
//
// OpenPanel.tsx - ways to a structure: a file, a sample.
import {openFiles, openSample} from '../../drop';
import {current} from '../../state/structures';

export function OpenPanel() {
    const opened = current.value;
    return (
        <section aria-label="Structures">
            <label class="field">
                Structure
                <input type="file" multiple onChange={(event) => {
                    const files = [...event.currentTarget.files ?? []];
                    event.currentTarget.value = '';   // so that the same file may be chosen again
                    void openFiles(files);
                }} />
            </label>
            <button type="button" onClick={() => void openSample()}>Try a sample</button>
            {opened && <p><strong class="name">{opened.name}</strong>: {opened.structure.length} residues</p>}
        </section>
    );
}
