// SPDX-License-Identifier: MIT
//
// Kept.tsx - one quiet line: what came back from the last visit, or that nothing is kept; and the way to an empty page.
import {useSignal} from '@preact/signals';
import {useRef} from 'preact/hooks';
import {leftOut, restored, trouble} from '../../state/saved';
import {runs} from '../../state/runs';
import {structures} from '../../state/structures';
import {counted} from '../../state/words';

function AskFirst({dialog}: {dialog: {current: HTMLDialogElement | null}}) {
    const fresh = async () => {
        dialog.current?.close();
        await (await import('../../state/storage')).startFresh();
    };
    return (
        <dialog ref={dialog} class="cite" aria-labelledby="fresh-title">
            <h2 id="fresh-title">Start fresh?</h2>
            <p>
                {counted(structures.value.length, 'structure')} and {counted(runs.value.length, 'run')} go, from this
                page and from this browser. Save first what you may need.
            </p>
            <div class="buttons">
                <button type="button" class="main" onClick={() => dialog.current?.close()}>Keep everything</button>
                <button type="button" onClick={() => void fresh()}>Clear the page</button>
            </div>
        </dialog>
    );
}

export function Kept() {
    const dialog = useRef<HTMLDialogElement>(null), dismissed = useSignal('');
    const back = restored.value, problem = [trouble.value, leftOut.value].filter(Boolean).join(' ');
    const text = problem || back;
    const shown = text !== '' && dismissed.value !== text;
    return (
        <>
            {shown && (
                <div class="kept" role="region" aria-label="Kept in this browser">
                    <p class="note">{text}</p>
                    {back && (
                        <button type="button" class="plain" onClick={() => dialog.current?.showModal()}>
                            Start fresh
                        </button>
                    )}
                    <button type="button" class="plain" aria-label="Dismiss what was restored"
                        onClick={() => { dismissed.value = text; }}>Dismiss</button>
                </div>
            )}
            <AskFirst dialog={dialog} />
        </>
    );
}
