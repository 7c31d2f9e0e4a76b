// SPDX-License-Identifier: MIT
//
// Issues.tsx - everything that was noticed in a file, with line and residue; a click selects the residue.
import {computed} from '@preact/signals';
import {visible} from '../../state/plan';
import {select, span} from '../../state/selection';
import {current} from '../../state/structures';
import {Sheet} from '../Sheet';

const MOST = 200;   // that are listed
const INCOMPLETE = 'backbone atoms are missing: it stays as it is, and the model does not see it';
const UNKNOWN = 'no standard amino acid: it stays unless it is chosen';

interface Broken {
    row: number;
    text: string;
}

/** Residues that no run can design, or that have no letter. */
const broken = computed<Broken[]>(() => {
    const opened = current.value;
    if (!opened) return [];
    const {structure} = opened, seen = visible(structure), found = [];
    for (let row = 0; row < structure.length; row++) {
        if (!seen[row]) found.push({row, text: INCOMPLETE});
        else if (structure.unknown[row]) found.push({row, text: UNKNOWN});
    }
    return found;
});

export function Issues() {
    const opened = current.value, issues = opened?.structure.issues ?? [], list = broken.value;
    const count = issues.length + list.length;
    if (!opened || count === 0) return null;
    const {structure} = opened;
    return (
        <Sheet name={count === 1 ? '1 note' : `${count} notes`} label={`${count} notes on ${opened.name}`}
            look="issues">
            {issues.length > 0 && <h2>In the file</h2>}
            <ul>
                {issues.slice(0, MOST).map(({text, line}, i) => <li key={i}>{line ? `Line ${line}: ` : ''}{text}</li>)}
                {issues.length > MOST && <li>and {issues.length - MOST} more</li>}
            </ul>
            {list.length > 0 && <h2>Residues</h2>}
            <ul>
                {list.slice(0, MOST).map(({row, text}) => (
                    <li key={row}>
                        <button type="button" class="plain" onClick={() => select(opened, span(opened, row, row))}>
                            {structure.rowName(row)}
                        </button>
                        {text}
                    </li>
                ))}
                {list.length > MOST && <li>and {list.length - MOST} more</li>}
            </ul>
        </Sheet>
    );
}
