// SPDX-License-Identifier: MIT
//
// SelectTools.tsx - selecting by text, and by what residues are: chain, neighbours, depth, B-factor, secondary structure.
import type {ComponentChildren} from 'preact';
import {useRef, useState} from 'preact/hooks';
import {messageOf} from '../../state/page';
import {scene} from '../../state/scene';
import {
    chainRows, type How, invertSelection, select, selectAll, selectNone, selectText
} from '../../state/selection';
import type {Opened} from '../../state/structures';

/** Examples, each with what it means. */
const GRAMMAR = [
    ['A12-20, B42D', 'residues by the numbers of the file, with insertion codes'], ['#7-20', 'rows, counted from 1'],
    ['!A', 'all but chain A'], ['within 6 of B', 'an atom at most 6 Å from chain B'],
    ['interface', 'CB at most 8 Å from another chain'], ['buried', 'in the core'],
    ['bfactor<70', 'also plddt>=90'], ['letter:GP', 'glycine and proline'],
    ['cdr:H3@imgt', 'a loop of an antibody numbered so; also kabat, chothia, martin, abm']
];

/** A sheet that opens under its button, and closes when something else gets the focus. */
function Sheet({name, children}: {name: string, children: ComponentChildren}) {
    const sheet = useRef<HTMLDetailsElement>(null);
    const close = (back: boolean) => {
        if (sheet.current) sheet.current.open = false;
        if (back) sheet.current?.querySelector('summary')?.focus();
    };
    return (
        <details ref={sheet} class="sheet"
            onKeyDown={(event) => { if (event.key === 'Escape') close(true); }}
            onFocusOut={(event) => {
                if (event.relatedTarget && !sheet.current?.contains(event.relatedTarget as Node)) close(false);
            }}>
            <summary>{name}</summary>
            <div>{children}</div>
        </details>
    );
}

/** Selecting by the grammar; what cannot be read is said beside the field. */
function ByText({opened}: {opened: Opened}) {
    const [text, setText] = useState(''), [wrong, setWrong] = useState('');
    const apply = (how: How) => {
        try {
            if (text.trim()) selectText(opened, text, how);
            setWrong(text.trim() ? '' : 'write a selection, such as A12-20');
        } catch (error) {
            setWrong(messageOf(error));
        }
    };
    return (
        <form class="by-text" onSubmit={(event) => { event.preventDefault(); apply('replace'); }}>
            <input type="text" aria-label="Select by text" placeholder="A12-20, within 6 of B" value={text}
                spellcheck={false} autocomplete="off" aria-invalid={wrong !== ''} aria-describedby="select-wrong"
                onInput={(event) => { setText(event.currentTarget.value); setWrong(''); }} />
            <button type="submit">Select</button>
            <button type="button" onClick={() => apply('add')}>Add</button>
            <p id="select-wrong" class={wrong ? 'wrong' : 'unseen'} aria-live="polite">{wrong}</p>
        </form>
    );
}

function Help() {
    return (
        <Sheet name="Help">
            <dl class="grammar">
                {GRAMMAR.map(([text, meaning]) => [<dt key={text}><code>{text}</code></dt>, <dd>{meaning}</dd>])}
            </dl>
            <p class="note">
                Click, drag, Shift and Ctrl select in the grid and in 3D. In the grid: arrow keys move, Space selects, D
                designs, F keeps.
            </p>
        </Sheet>
    );
}

/** Residues near a chain or a ligand. */
function Near({opened}: {opened: Opened}) {
    const {chains} = opened.structure, ligands = scene.value?.ligands ?? [];
    const [distance, setDistance] = useState('6'), [of, setOf] = useState('');
    const chosen = of || (chains.length > 1 ? `chain ${chains[0].name}` : ligands[0] ? `ligand ${ligands[0].id}` : '');
    const [wrong, setWrong] = useState('');
    const apply = () => {
        const angstrom = Number(distance);
        const [kind, name] = [chosen.slice(0, chosen.indexOf(' ')), chosen.slice(chosen.indexOf(' ') + 1)];
        try {
            if (!(angstrom > 0)) throw new Error('give a distance above 0');
            const rows = kind === 'ligand' ? scene.value!.near([name], angstrom) : aroundChain(opened, name, angstrom);
            if (!rows.includes(1)) throw new Error('no residue is that near');
            select(opened, rows);
            setWrong('');
        } catch (error) {
            setWrong(messageOf(error));
        }
    };
    if (!chosen) return <p class="note">There is neither a second chain nor a ligand.</p>;
    return (
        <div class="near">
            <label>Within <input type="number" min="0" step="0.5" value={distance} aria-label="Distance in angstrom"
                onInput={(event) => setDistance(event.currentTarget.value)} /> Å of</label>
            <select aria-label="Near what" value={chosen} onChange={(event) => setOf(event.currentTarget.value)}>
                {chains.length > 1 && chains.map(({name}) =>
                    <option key={name} value={`chain ${name}`}>chain {name.trim() || '(blank)'}</option>)}
                {ligands.map(({id, label}) => <option key={id} value={`ligand ${id}`}>{label}</option>)}
            </select>
            <button type="button" onClick={apply}>Select near</button>
            {wrong && <p class="wrong" role="note">{wrong}</p>}
        </div>
    );
}

/** Residues of other chains near one. */
function aroundChain(opened: Opened, name: string, angstrom: number): Uint8Array {
    const own = chainRows(opened, name), chain = name.trim() ? `${name}:` : '_:';
    const {mask} = opened.structure.select(`within ${angstrom} of ${chain}`);
    return mask.map((value, row) => value & ~own[row] & 1);
}

function ByNumber({opened}: {opened: Opened}) {
    const [limit, setLimit] = useState('70'), [wrong, setWrong] = useState('');
    const apply = (compare: string) => {
        try {
            selectText(opened, `bfactor${compare}${Number(limit)}`);
            setWrong('');
        } catch (error) {
            setWrong(messageOf(error));
        }
    };
    return (
        <div class="near">
            <label>B-factor or pLDDT <input type="number" value={limit} aria-label="B-factor or pLDDT"
                onInput={(event) => setLimit(event.currentTarget.value)} /></label>
            <button type="button" onClick={() => apply('<')}>Below</button>
            <button type="button" onClick={() => apply('>=')}>Above</button>
            {wrong && <p class="wrong">{wrong}</p>}
        </div>
    );
}

/** By what residues are. */
function ByKind({opened}: {opened: Opened}) {
    const {structure} = opened, [wrong, setWrong] = useState('');
    const text = (words: string) => () => {
        try {
            selectText(opened, words);
            setWrong('');
        } catch (error) {
            setWrong(messageOf(error));
        }
    };
    const fold = (kind: string) => () => {
        const rows = Uint8Array.from(scene.value?.secondary ?? '', (value) => (value === kind ? 1 : 0));
        if (rows.includes(1)) select(opened, rows);
        setWrong(rows.includes(1) ? '' : 'there is none, or the structure is not drawn yet');
    };
    return (
        <Sheet name="Select by...">
            <h3>Chain</h3>
            <div class="buttons">
                {structure.chains.map(({name}) => (
                    <button type="button" key={name} onClick={() => select(opened, chainRows(opened, name))}>
                        {name.trim() || '(blank)'}
                    </button>
                ))}
            </div>
            <h3>Place</h3>
            <div class="buttons">
                <button type="button" onClick={text('buried')}>Buried</button>
                <button type="button" onClick={text('!buried')}>Exposed</button>
                {structure.chains.length > 1 && <button type="button" onClick={text('interface')}>Interface</button>}
                <button type="button" onClick={fold('h')}>Helix</button>
                <button type="button" onClick={fold('s')}>Strand</button>
                <button type="button" onClick={fold('c')}>Loop</button>
            </div>
            <h3>Near</h3>
            <Near opened={opened} />
            <h3>Confidence</h3>
            <ByNumber opened={opened} />
            {wrong && <p class="wrong">{wrong}</p>}
        </Sheet>
    );
}

export function SelectTools({opened}: {opened: Opened}) {
    return (
        <div class="select-tools">
            <ByText opened={opened} />
            <ByKind opened={opened} />
            <div class="buttons">
                <button type="button" class="plain" onClick={() => selectAll(opened)} aria-label="Select all">All</button>
                <button type="button" class="plain" onClick={() => selectNone(opened)} aria-label="Select none">None</button>
                <button type="button" class="plain" onClick={() => invertSelection(opened)}>Invert</button>
            </div>
            <Help />
        </div>
    );
}
