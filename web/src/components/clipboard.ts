// SPDX-License-Identifier: MIT
//
// clipboard.ts - text on the clipboard, also where a page may not write there itself.

/** Where a page may not use the clipboard itself (http without TLS), a selected field is copied. */
function copyFromField(text: string): boolean {
    const field = document.createElement('textarea'), before = document.activeElement;
    field.value = text;
    field.className = 'unseen';
    (document.querySelector('dialog[open]') ?? document.body).append(field);   // nothing outside can be focused
    field.select();
    try {
        return document.execCommand('copy');
    } finally {
        field.remove();
        if (before instanceof HTMLElement) before.focus({preventScroll: true});
    }
}

/** Throws where there is no way. */
export async function copyText(text: string): Promise<void> {
    try {
        await navigator.clipboard.writeText(text);
    } catch {
        if (!copyFromField(text)) {
            throw new Error('the browser keeps the clipboard from this page; select the text and copy it');
        }
    }
}
