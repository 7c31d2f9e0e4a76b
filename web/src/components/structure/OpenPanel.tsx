// SPDX-License-Identifier: MIT
//
// OpenPanel.tsx - ways to a structure, in the header: a file, a sample, and more in a sheet; then what is open.
import {openFiles} from '../../drop';
import {openSample} from '../../samples';
import {current} from '../../state/structures';
import {later} from '../layout/later';
import {Sheet} from '../Sheet';
import './structure.css';

function FileButton() {
    return (
        <label class="file-button main">
            Open
            <input type="file" multiple aria-label="Structure"
                title="PDB, mmCIF or BinaryCIF, also .gz or .zst; a project"
                onChange={(event) => {
                    const files = [...event.currentTarget.files ?? []];
                    event.currentTarget.value = '';   // so that the same file may be chosen again
                    void openFiles(files);
                }} />
        </label>
    );
}

const MoreWays = later(async () => (await import('./MoreWays')).MoreWays, <p class="note">Loading</p>);
const Opened = later(async () => (await import('./Opened')).Opened, null);

export function OpenPanel() {
    return (
        <section aria-label="Structures" class="open-panel">
            <FileButton />
            <button type="button" onClick={() => void openSample()}>Try a sample</button>
            <Sheet name="More" label="More ways to open a structure" look="more-ways"><MoreWays /></Sheet>
            {current.value && <Opened />}
        </section>
    );
}
