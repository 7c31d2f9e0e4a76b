// SPDX-License-Identifier: MIT
//
// DoubleMutants.tsx - two mutations at once, of the residues that are selected.
import {askDoubles, cancelDoubles, doubles, going, MOST, problem, selectedCount} from '../../state/doubles';
import {select} from '../../state/selection';
import type {Opened} from '../../state/structures';

const SHOWN = 50;

function List({opened}: {opened: Opened}) {
    const shown = doubles.value;
    if (shown?.opened !== opened) return null;
    const both = (i: number, j: number) =>
        Uint8Array.from({length: opened.structure.length}, (_, row) => (row === i || row === j ? 1 : 0));
    return (
        <table aria-label="Double mutants">
            <thead>
                <tr><th scope="col">Two mutations</th><th scope="col">Gain</th><th scope="col">Epistasis</th></tr>
            </thead>
            <tbody>
                {shown.list.slice(0, SHOWN).map(({i, j, names, gain, epistasis}) => (
                    <tr key={names.join()}>
                        <td>
                            <button type="button" class="plain" onClick={() => select(opened, both(i, j))}>
                                {names[0]}, {names[1]}
                            </button>
                        </td>
                        <td>{gain.toFixed(2)}</td><td>{epistasis.toFixed(2)}</td>
                    </tr>
                ))}
            </tbody>
        </table>
    );
}

export function DoubleMutants({opened}: {opened: Opened}) {
    const count = selectedCount.value, can = count >= 2 && count <= MOST && going.value === null;
    return (
        <div class="doubles">
            <p class="note">
                Two at once: select 2 to {MOST} residues{count ? `; ${count} are selected` : ''}.
            </p>
            <div class="buttons">
                <button type="button" aria-disabled={!can} onClick={() => { if (can) void askDoubles(opened); }}>
                    Double mutants
                </button>
                {going.value !== null && <button type="button" onClick={cancelDoubles}>Stop</button>}
                {going.value !== null && <progress max={1} value={going.value} aria-label="Double mutants" />}
            </div>
            {problem.value && <p class="fault" role="alert">{problem.value}</p>}
            <List opened={opened} />
        </div>
    );
}
