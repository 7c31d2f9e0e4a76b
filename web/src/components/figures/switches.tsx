// SPDX-License-Identifier: MIT
//
// switches.tsx - what a figure of letters shows: heights, and which positions.
import {everywhere, scale} from '../../state/charts';

export function ScaleSwitch() {
    return (
        <select aria-label="Heights" value={scale.value}
            onChange={(event) => { scale.value = event.currentTarget.value as typeof scale.value; }}>
            <option value="information">Bits</option>
            <option value="probability">Probability</option>
        </select>
    );
}

export function Positions() {
    return (
        <label class="check">
            <input type="checkbox" checked={everywhere.value}
                onChange={(event) => { everywhere.value = event.currentTarget.checked; }} />
            All positions
        </label>
    );
}
