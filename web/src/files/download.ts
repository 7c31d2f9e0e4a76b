// SPDX-License-Identifier: MIT
//
// download.ts - hands a whole content to the browser as a file to keep.
const KEEP_MS = 60_000;   // while the browser reads it

/** The download starts when all of the content is there: no file is ever half written. */
export function download(name: string, content: BlobPart | Blob, type = 'text/plain'): void {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], {type}));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), KEEP_MS);
}
