// SPDX-License-Identifier: MIT
//
// Scene.tsx - the structure: 3D view and sequence, side by side once there are results. Loaded with the first
// structure.
import {runs} from '../../state/runs';
import {SequencePanel} from '../grid/SequencePanel';
import {Viewer} from '../view/Viewer';
import {Divider} from './Divider';

export function Scene() {
    const beside = runs.value.length > 0;
    return (
        <div class="scene">
            <Viewer />
            <Divider pane={beside ? 'viewerBeside' : 'viewer'} axis={beside ? 'x' : 'y'} label="Size of the 3D view" />
            <SequencePanel />
        </div>
    );
}
