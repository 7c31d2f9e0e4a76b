// SPDX-License-Identifier: MIT
//
// App.tsx - the page: structure and sequence, settings, results once there are any, and the bar with what can be done.
import {computed} from '@preact/signals';
import {announcement} from '../state/page';
import {panes} from '../state/panes';
import {runs} from '../state/runs';
import {current} from '../state/structures';
import {Alert} from './Alert';
import {Figures} from './figures/Figures';
import {SequencePanel} from './grid/SequencePanel';
import {ActionBar} from './layout/ActionBar';
import {Divider} from './layout/Divider';
import {Header} from './layout/Header';
import {Question} from './layout/Question';
import {Welcome} from './layout/Welcome';
import {Results} from './results/Results';
import {Kept} from './save/Kept';
import {SettingsPanel} from './settings/SettingsPanel';
import {Viewer} from './view/Viewer';
import './layout/layout.css';

const some = computed(() => runs.value.some((run) => run.count.value > 0));

function Scene() {
    const beside = some.value;
    return (
        <div class="scene">
            <Viewer />
            <Divider pane={beside ? 'viewerBeside' : 'viewer'} axis={beside ? 'x' : 'y'} label="Size of the 3D view" />
            <SequencePanel />
        </div>
    );
}

function Outcome() {
    return (
        <div class="outcome">
            <Results />
            <Divider pane="figures" axis="y" after label="Size of the figures" />
            <Figures />
        </div>
    );
}

export function App() {
    const {scene, viewer, viewerBeside, figures, settings} = panes.value, results = some.value;
    const sizes = {
        '--scene': `${100 * scene}%`, '--viewer': `${100 * (results ? viewerBeside : viewer)}%`,
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
