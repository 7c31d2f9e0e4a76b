// SPDX-License-Identifier: MIT
//
// zip.ts - files as one archive, made piece by piece: each file is written when its turn comes, and then forgotten.
//
//   files --client-zip--> stream --> Blob, whole
import {makeZip} from 'client-zip';

export interface ZipFile {
    readonly name: string;
    readonly input: string | Uint8Array<ArrayBuffer>;
}

const ARCHIVE = 'application/zip';
const MOST_FILES = 65_000;   // more need the 64-bit form of ZIP, which many readers lack

/** @throws DOMException AbortError where the signal says so */
export async function zipOf(files: AsyncIterable<ZipFile> | Iterable<ZipFile>, signal?: AbortSignal): Promise<Blob> {
    const now = new Date();
    let count = 0;
    async function* entries() {
        for await (const {name, input} of files) {
            signal?.throwIfAborted();
            if (++count > MOST_FILES) throw new Error(`More than ${MOST_FILES} files do not fit into one archive.`);
            yield {name, input, lastModified: now};
        }
    }
    const pieces: Blob[] = [];
    const reader = makeZip(entries()).getReader();
    for (let read; !(read = await reader.read()).done;) pieces.push(new Blob([read.value as Uint8Array<ArrayBuffer>]));
    return new Blob(pieces, {type: ARCHIVE});
}
