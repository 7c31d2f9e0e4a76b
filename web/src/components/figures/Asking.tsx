// SPDX-License-Identifier: MIT
//
// Asking.tsx - what stands in a figure's place until its numbers are there: the way to get them, or how far they are.
import {ask, asked, cancelAsked, type Mode, source, sources} from '../../state/profile';
import {current} from '../../state/structures';

const cost: Record<Mode, string> = {
    unconditional: 'One pass over the structure.',
    'all-others': 'Each residue is decoded last in turn: about as long as one design for each residue.'
};

export function Asking({mode}: {mode?: Mode}) {
    const opened = current.value, wanted = mode ?? source.value, going = asked.value;
    if (going) {
        const percent = Math.floor(100 * going.fraction);
        return (
            <div class="asking">
                <p>Working on {going.name}: {percent} %</p>
                <progress max={1} value={going.fraction} aria-label={`Probabilities of ${going.name}`} />
                <button type="button" onClick={cancelAsked}>Stop</button>
            </div>
        );
    }
    if (wanted === 'frequency' || wanted === 'probability') {
        return <p class="note waiting">Shown from the first design on.</p>;
    }
    return (
        <div class="asking">
            <p>{sources[wanted]}. {cost[wanted]}</p>
            <button type="button" aria-disabled={!opened} onClick={() => { if (opened) void ask(opened, wanted); }}>
                Work out
            </button>
        </div>
    );
}
