// SPDX-License-Identifier: MIT
//
// DesignedPart.tsx - which chains are designed, and how much of each.
import {change, designable, type Plan, visible} from '../../state/plan';
import {chainDesigned, residues, setChainDesigned} from '../../state/selection';
import type {Opened} from '../../state/structures';
import {shortened} from '../../state/words';
import {Part} from './Part';

const MANY = 3;   // chains, from which on all are offered at once

/** Residues of a chain: that are designed, and that could be. */
function counts({structure}: Opened, {design}: Plan, name: string) {
    const {start, length} = structure.chain(name), can = designable(structure);
    const sum = (rows: Uint8Array) => rows.subarray(start, start + length).reduce((total, value) => total + value, 0);
    return {designed: sum(design), possible: sum(can)};
}

function ChainBox({opened, plan, name, length}: {opened: Opened, plan: Plan, name: string, length: number}) {
    const state = chainDesigned(opened, name), {designed, possible} = counts(opened, plan, name);
    const id = `designed-${opened.key}-${name}`;
    const none = possible === 0 && designed === 0;
    const note = none ? 'none can be designed' : state === 'some' ? `${designed} designed` : '';
    return (
        <li>
            <label class="check">
                <input type="checkbox" checked={state === 'all'} indeterminate={state === 'some'}
                    aria-describedby={note ? id : undefined}
                    onChange={(event) => {
                        setChainDesigned(opened, name, event.currentTarget.checked);
                        event.currentTarget.checked = chainDesigned(opened, name) === 'all';
                    }} />
                Chain {name}, {residues(length)}
            </label>
            {note && <span class="note" id={id}>{note}</span>}
        </li>
    );
}

/** Residues that no run will change, and why. */
function Left({opened: {structure}}: {opened: Opened}) {
    const seen = visible(structure);
    const gone = structure.describe(seen.map((value) => 1 - value));
    const odd = structure.describe(structure.unknown.map((value, row) => value & seen[row]));
    const backbone = structure.mask.includes(1) ? 'backbone atoms' : 'a CA atom';
    return (
        <>
            {gone.count > 0 && <p class="note" title={gone.text}>
                {residues(gone.count)} without {backbone} {gone.count === 1 ? 'stays' : 'stay'}: {shortened(gone.text)}
            </p>}
            {odd.count > 0 && <p class="note" title={odd.text}>
                {residues(odd.count)} without a standard letter {odd.count === 1 ? 'stays' : 'stay'}, unless selected
                and designed by hand: {shortened(odd.text)}
            </p>}
        </>
    );
}

function All({opened}: {opened: Opened}) {
    const {structure} = opened;
    return (
        <div class="buttons">
            <button type="button" onClick={() => change(opened, {design: designable(structure)})}>All chains</button>
            <button type="button" onClick={() => change(opened, {design: new Uint8Array(structure.length)})}>
                No chain
            </button>
        </div>
    );
}

export function DesignedPart({opened, plan}: {opened: Opened | undefined, plan: Plan | undefined}) {
    if (!opened || !plan) {
        return <Part title="Designed" open><p class="note">Open a structure to choose what is designed.</p></Part>;
    }
    const {chains} = opened.structure, none = !plan.design.includes(1);
    return (
        <Part title="Designed" open>
            <ul class="chains">
                {chains.map(({name, length}) =>
                    <ChainBox key={name} opened={opened} plan={plan} name={name} length={length} />)}
            </ul>
            {chains.length > MANY && <All opened={opened} />}
            {none && <p class="hint">
                {chains.length > 1 ? 'Nothing is designed yet, so that no target changes by accident. Tick a chain'
                    : 'Nothing is designed. Tick the chain'}, or select residues and press “Design selected”.
            </p>}
            <Left opened={opened} />
        </Part>
    );
}
