// SPDX-License-Identifier: MIT
//
// App.tsx - the page: structure and sequence, settings, results once there are any, and the bar with what can be done.
import {computed} from '@preact/signals';
import {announcement} from '../state/page';
import {panes} from '../state/panes';
import {runs} from '../state/runs';
import {current} from '../state/structures';
import {Alert} from './Alert';
import {ActionBar} from './layout/ActionBar';
import {Divider} from './layout/Divider';
import {Header} from './layout/Header';
import {later} from './layout/later';
import {Question} from './layout/Question';
import {Welcome} from './layout/Welcome';
import {Kept} from './save/Kept';
import {SettingsPanel} from './settings/SettingsPanel';
import './layout/layout.css';

/** From the start of the first run on there is a place for what it makes. */
const some = computed(() => runs.value.length > 0);

/** Parts that an empty page does not need, and their places until they are there. */
const Scene = later(async () => (await import('./layout/Scene')).Scene,
    <div class="scene"><section aria-label="3D view" /><section aria-label="Sequence" /></div>);
const Outcome = later(async () => (await import('./layout/Outcome')).Outcome,
    <div class="outcome"><section aria-label="Designs" /><section aria-label="Figures" /></div>);

export function App() {
    const {scene, viewer, viewerBeside, figures, settings} = panes.value, results = some.value;
    const sizes = {
        '--scene': `${100 * scene}%`, '--viewer': `${100 * viewer}%`, '--beside': `${100 * viewerBeside}%`,
        '--figures': `${100 * figures}%`, '--settings': `${settings}px`
    };
    return (
        <div class={`app${results ? ' with-results' : ''}${current.value ? '' : ' empty'}`} style={sizes}>
            <Header />
            <Alert />
            <Kept />
            <main>
                <div class="left">
                    {current.value ? <Scene /> : <Welcome />}
                    {results && <Divider pane="scene" axis="y" label="Size of the structure" />}
                    {results && <Outcome />}
                </div>
                <Divider pane="settings" axis="x" after pixels label="Size of the settings" />
                <aside aria-label="Design">
                    <SettingsPanel />
                    <ActionBar />
                </aside>
            </main>
            <Question />
            <div class="unseen" aria-live="polite">{announcement.value}</div>
        </div>
    );
}
