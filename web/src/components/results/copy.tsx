// SPDX-License-Identifier: MIT
//
// copy.tsx - a button that puts text on the clipboard and says so.
import {useState} from 'preact/hooks';
import {announce, report} from '../../state/page';

const TICK_MS = 1500;

/** Where a page may not use the clipboard itself (http without TLS), a selected field is copied. */
function copyFromField(text: string): boolean {
    const field = document.createElement('textarea');
    field.value = text;
    field.className = 'unseen';
    document.body.append(field);
    field.select();
    try {
        return document.execCommand('copy');
    } finally {
        field.remove();
    }
}

async function copyText(text: string): Promise<void> {
    try {
        await navigator.clipboard.writeText(text);
    } catch {
        if (!copyFromField(text)) {
            throw new Error('the browser keeps the clipboard from this page; select the text and copy it');
        }
    }
}

/** `label` is what a screen reader says, and begins with the button's words. */
export function CopyButton({words, label, text}: {words: string, label: string, text: string}) {
    const [copied, setCopied] = useState(false);
    const copy = async () => {
        try {
            await copyText(text);
            announce('Copied.');
            setCopied(true);
            setTimeout(() => setCopied(false), TICK_MS);
        } catch (error) {
            report(words, error);
        }
    };
    return (
        <button type="button" class={copied ? 'copy done' : 'copy'} aria-label={label} onClick={() => void copy()}>
            {words}
        </button>
    );
}
