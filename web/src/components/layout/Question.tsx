// SPDX-License-Identifier: MIT
//
// Question.tsx - asks before something is lost.
import {useEffect, useRef} from 'preact/hooks';
import {answer, question} from '../../state/question';

export function Question() {
    const dialog = useRef<HTMLDialogElement>(null), asked = question.value;
    useEffect(() => {
        if (asked) dialog.current?.showModal();
        else dialog.current?.close();
    }, [asked]);
    return (
        <dialog ref={dialog} aria-label={asked?.text ?? 'Question'} onClose={() => answer(false)}>
            {asked && (
                <form method="dialog" onSubmit={(event) => { event.preventDefault(); answer(true); }}>
                    <p>{asked.text}</p>
                    <div class="buttons">
                        <button type="submit" class="main">{asked.yes}</button>
                        <button type="button" onClick={() => answer(false)}>Keep</button>
                    </div>
                </form>
            )}
        </dialog>
    );
}
