// SPDX-License-Identifier: MIT
//
// SaveMenu.tsx - the designs as files.
import {fastaOf} from '../../files/fasta';
import {report} from '../../state/page';
import {runs} from '../../state/runs';

/** Hands content to the browser as a file to keep. */
export function download(name: string, content: BlobPart, type = 'text/plain'): void {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([content], {type}));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export function SaveMenu() {
    const some = runs.value.some((run) => run.count.value > 0);
    const save = () => {
        try {
            if (some) download('weft.fa', fastaOf(runs.value));
        } catch (error) {
            report('Save FASTA', error);
        }
    };
    return <button type="button" aria-disabled={!some} onClick={save}>Save FASTA</button>;
}
