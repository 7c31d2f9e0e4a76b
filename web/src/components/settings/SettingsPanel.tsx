// SPDX-License-Identifier: MIT
//
// SettingsPanel.tsx - what is designed, under which rules, how it is sampled, and what will run: in the order of use,
// the rarer parts folded.
import {addressNotes} from '../../state/address';
import {plan} from '../../state/plan';
import {current} from '../../state/structures';
import {DesignedPart} from './DesignedPart';
import {ModelPart} from './ModelPart';
import {RareParts} from './RareParts';
import {RunPart} from './RunPart';
import {SamplingPart} from './SamplingPart';
import './settings.css';

/** What the page's address asked for in vain. */
function AddressNotes() {
    const notes = addressNotes.value;
    if (!notes.length) return null;
    return (
        <div class="address-notes">
            <p>Not taken from the page’s address; the preset holds:</p>
            <ul>{notes.map((note) => <li key={note}>{note}</li>)}</ul>
            <button type="button" onClick={() => { addressNotes.value = []; }}>Understood</button>
        </div>
    );
}

export function SettingsPanel() {
    const opened = current.value, now = plan.value;
    return (
        <section aria-label="Settings" class="settings">
            <div class="settings-parts">
                <AddressNotes />
                <DesignedPart opened={opened} plan={now} />
                <SamplingPart />
                <ModelPart />
                {opened && now && <RareParts opened={opened} plan={now} />}
            </div>
            <RunPart />
        </section>
    );
}
