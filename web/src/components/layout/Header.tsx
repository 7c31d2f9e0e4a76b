// SPDX-License-Identifier: MIT
//
// Header.tsx - the line at the top: ways in, undo and redo, ways out.
import {canRedo, canUndo, redo, undo} from '../../state/plan';
import {About} from '../About';
import {Tools} from '../roving';
import {SaveMenu} from '../save/SaveMenu';
import {OpenPanel} from '../structure/OpenPanel';

function UndoButtons() {
    return (
        <Tools name="Steps" look="buttons undo">
            <button type="button" aria-label="Undo" title="Undo (Ctrl+Z)" aria-disabled={!canUndo.value} onClick={undo}>
                <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
                    <path d="M6 3 2.5 6.5 6 10M3 6.5h6a4 4 0 0 1 0 7H6" />
                </svg>
            </button>
            <button type="button" aria-label="Redo" title="Redo (Ctrl+Y)" aria-disabled={!canRedo.value} onClick={redo}>
                <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
                    <path d="M10 3l3.5 3.5L10 10M13 6.5H7a4 4 0 0 0 0 7h3" />
                </svg>
            </button>
        </Tools>
    );
}

export function Header() {
    return (
        <header class="top">
            <h1>Weft</h1>
            <OpenPanel />
            <UndoButtons />
            <SaveMenu />
            <About />
        </header>
    );
}
