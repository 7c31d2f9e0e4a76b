// SPDX-License-Identifier: MIT
//
// SaveMenu.tsx - the designs as files: FASTA at once, everything else from a menu, and what to cite.
//
//   Save FASTA | Save ... --> menu: which designs; kinds of files; methods and citations --> files/save.ts
import {useSignal} from '@preact/signals';
import {useRef} from 'preact/hooks';
import {download} from '../../files/download';
import {fastaOf} from '../../files/fasta';
import {commonName, partsOf} from '../../files/parts';
import type {Kind} from '../../files/save';
import {foldFormats} from '../../state/options';
import {report} from '../../state/page';
import {markSaved} from '../../state/saved';
import {chosenRuns, designCount, saving, type Scope, scope, withDesigns} from '../../state/saving';
import {structures} from '../../state/structures';
import {Cite} from './Cite';
import {useMenu} from './menu';
import './SaveMenu.css';

interface Item {
    kind: Kind;
    name: string;
    holds: string;
}

const ITEMS: readonly Item[] = [
    {kind: 'fasta', name: 'FASTA', holds: 'designed chains, headers of ProteinMPNN'},
    {kind: 'ligand-fasta', name: 'FASTA, LigandMPNN style', holds: 'all chains, with confidences'},
    {kind: 'csv', name: 'CSV', holds: 'a table: scores and sequences by chain'},
    {kind: 'json', name: 'JSON', holds: 'one line for each design'},
    {kind: 'npz', name: 'NPZ', holds: 'log-probabilities and probabilities for NumPy'},
    {kind: 'structures', name: 'Structures (PDB)', holds: 'the backbone with each design'},
    {kind: 'everything', name: 'Everything (ZIP)', holds: 'all of these, run.json, methods, citations'}
];

/** Designs to be folded. */
const JOBS: readonly Item[] = foldFormats.map(({format, program, kind}) =>
    ({kind: format, name: `${program} jobs`, holds: `as ${kind}`}));

/** At once, with what the page has loaded already. */
function saveFasta(): void {
    try {
        const parts = partsOf(withDesigns.value);
        download(`${commonName(parts)}.fa`, fastaOf(parts));
        markSaved(parts);
    } catch (error) {
        report('Save FASTA', error);
    }
}

/** The code that makes other files comes when it is first needed. */
export async function saveAs(kind: Kind, what: string): Promise<void> {
    try {
        const {save} = await import('../../files/save');
        await save(kind, what, chosenRuns.value);
    } catch (error) {
        report(`Save ${what}`, error);
    }
}

function Scopes() {
    const choices: [Scope, string][] = [
        ['all', `All designs (${designCount(withDesigns.value)})`], ['shown', 'The shown run']
    ];
    if (withDesigns.value.length < 2) return null;
    return (
        <div role="group" aria-label="Which designs" class="save-scopes">
            {choices.map(([value, label]) => (
                <button key={value} type="button" role="menuitemradio" tabIndex={-1}
                    aria-checked={scope.value === value} onClick={() => { scope.value = value; }}>{label}</button>
            ))}
        </div>
    );
}

function MenuItem({name, holds, off, onChoose}: {
    name: string, holds: string, off: boolean, onChoose: () => void
}) {
    return (
        <button type="button" role="menuitem" tabIndex={-1} aria-disabled={off}
            onClick={() => { if (!off) onChoose(); }}>
            <span>{name}</span> <span class="note">{holds}</span>
        </button>
    );
}

function SaveProgress() {
    const now = saving.value;
    if (!now) return null;
    const percent = now.fraction === null ? '' : ` ${Math.floor(100 * now.fraction)} %`;
    return (
        <div class="save-progress">
            <progress aria-label={`Saving ${now.what}`} max={1}
                {...(now.fraction === null ? {} : {value: now.fraction})} />
            <span class="note">{now.what}{percent}</span>
            <button type="button" onClick={() => now.stop.abort()}>Stop saving</button>
        </div>
    );
}

export function SaveMenu() {
    const citing = useSignal(false), opener = useRef<HTMLButtonElement>(null), menu = useMenu(opener);
    const none = designCount(withDesigns.value) === 0;
    const choose = (action: () => void) => {
        menu.close();
        action();
    };
    const item = ({kind, name, holds}: Item) => (
        <MenuItem key={kind} {...{name, holds}} off={none || saving.value !== null}
            onChoose={() => choose(() => void saveAs(kind, name))} />
    );
    return (
        <div class="save">
            <button type="button" aria-disabled={none} onClick={() => { if (!none) saveFasta(); }}>
                Save FASTA
            </button>
            <div class="save-menu" onKeyDown={menu.onKey} onFocusOut={menu.onLeave}>
                <button type="button" ref={opener} aria-haspopup="menu" aria-expanded={menu.open.value}
                    aria-controls="save-menu" onClick={menu.toggle}>Save ...</button>
                <div id="save-menu" role="menu" aria-label="Save ..." ref={menu.list} hidden={!menu.open.value}>
                    <Scopes />
                    {ITEMS.map(item)}
                    <div role="group" aria-label="Designs to be folded" class="save-jobs">{JOBS.map(item)}</div>
                    <MenuItem name="Project" holds="structures, plans and runs, to open here again"
                        off={structures.value.length === 0 || saving.value !== null}
                        onChoose={() => choose(() => void saveAs('project', 'Project'))} />
                    <MenuItem name="Cite" holds="a paragraph of methods, and BibTeX" off={false}
                        onChoose={() => choose(() => { citing.value = true; })} />
                </div>
            </div>
            <SaveProgress />
            <Cite open={citing} onClosed={() => opener.current?.focus()} />
        </div>
    );
}
