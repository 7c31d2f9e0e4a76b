// SPDX-License-Identifier: MIT
//
// Cite.tsx - a paragraph of methods for the runs that are meant, and what to cite, to be copied.
import {type Signal, useSignal} from '@preact/signals';
import {useEffect, useRef} from 'preact/hooks';
import {partsOf} from '../../files/parts';
import {announce, report} from '../../state/page';
import {model, version} from '../../state/models';
import {chosenRuns} from '../../state/saving';
import {copyText} from '../clipboard';

interface Texts {
    methods: string;
    bibtex: string;
}

/** Made by the code of files, which comes when the dialog opens first. */
async function textsOf(): Promise<Texts> {
    const [{methodsOf}, {bibtexOf}] = await Promise.all([
        import('../../files/methods'), import('../../files/citations')
    ]);
    const parts = partsOf(chosenRuns.value);
    const models = parts.length ? parts.map(({run}) => run.facts.model) : [model.value.id];
    return {methods: methodsOf(parts), bibtex: bibtexOf({models, version: version.value})};
}

function Copyable({label, copies, text}: {label: string, copies: string, text: string}) {
    const copied = useSignal(false);
    const copy = async () => {
        try {
            await copyText(text);
            copied.value = true;
            announce(`${label} copied.`);
        } catch (error) {
            report(copies, error);
        }
    };
    return (
        <div class="cite-part">
            <label class="field">
                {label}
                <textarea class="mono" readOnly rows={8} value={text} />
            </label>
            <button type="button" onClick={() => void copy()}>{copies}</button>
            {copied.value && <span class="note"> Copied</span>}
        </div>
    );
}

export function Cite({open, onClosed}: {open: Signal<boolean>, onClosed: () => void}) {
    const dialog = useRef<HTMLDialogElement>(null), texts = useSignal<Texts | null>(null);
    const wanted = open.value;
    useEffect(() => {
        if (!wanted) return;
        texts.value = null;
        textsOf().then((made) => {
            texts.value = made;
            dialog.current?.showModal();
        }, (error) => {
            open.value = false;
            report('Cite', error);
        });
    }, [wanted]);
    const closed = () => {
        open.value = false;
        onClosed();
    };
    return (
        <dialog ref={dialog} class="cite" aria-labelledby="cite-title" onClose={closed}>
            <h2 id="cite-title">Cite</h2>
            {texts.value && (
                <>
                    {texts.value.methods ? <Copyable label="Methods" copies="Copy methods" text={texts.value.methods} />
                        : <p class="note">Once there are designs, a paragraph about how they were made stands here.</p>}
                    <Copyable label="BibTeX" copies="Copy BibTeX" text={texts.value.bibtex} />
                </>
            )}
            <button type="button" class="main" onClick={() => dialog.current?.close()}>Close</button>
        </dialog>
    );
}
