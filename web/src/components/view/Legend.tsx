// SPDX-License-Identifier: MIT
//
// Legend.tsx - what the colours mean: a scale with its ends and unit, or a swatch for each.
import {legend, SCALE} from '../../state/colour';

export function Legend() {
    const {title, note, low, high, swatches} = legend.value;
    return (
        <div class="viewer-legend">
            {title && <p>{title}{note && <span class="note">: {note}</span>}</p>}
            {low !== undefined && (
                <div class="scale">
                    <span>{low}</span>
                    <i style={{background: `linear-gradient(to right, ${SCALE.join(', ')})`}} />
                    <span>{high}</span>
                </div>
            )}
            {swatches && (
                <ul>
                    {swatches.map(({label, colour}) => <li key={label}><i style={{background: colour}} />{label}</li>)}
                </ul>
            )}
        </div>
    );
}
