// SPDX-License-Identifier: MIT
//
// copy.tsx - a button that puts text on the clipboard and says so.
import {useState} from 'preact/hooks';
import {announce, report} from '../../state/page';
import {copyText} from '../clipboard';

const TICK_MS = 1500;

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
