// SPDX-License-Identifier: MIT
//
// folds.ts - designs as input files of programs that predict structures, as the library writes them.
//
//   parts --state/candidates.ts--> chains that fold together --wasm/folding.js--> files, and what to know of them
//
// Designs are called as `weft design` calls their files; jobs of the AlphaFold Server say temperature and seed as well,
// since its page shows nothing else of them.
import {type Format, FORMATS as TABLE, jobFiles, jobNames, SERVER_JOBS, serverJobs} from '../../../wasm/folding.js';
import {complexOfRow, designName} from '../state/candidates';
import type {Row} from '../state/runs';
import type {Tick} from './pace';
import type {Part} from './parts';

export type {Format};
export const FORMATS = Object.keys(TABLE) as Format[];

type JobFile = ReturnType<typeof jobFiles>[number];

export interface FoldFiles {
    readonly files: readonly JobFile[];
    /** whether each design has a file of its own, called after it */
    readonly each: boolean;
    /** what was left out, and what the program makes of it; '' where there is nothing to say */
    readonly note: string;
}

type Named = Row & {readonly label: string};

const serverName = ({run: {facts: {settings}}, design, label}: Named) =>
    `${label} ${design.sample} T=${settings.temperature} seed=${settings.seed}`;

/** One list of jobs, or several where there are more than the server takes. */
function serverFiles(jobs: Parameters<typeof serverJobs>[0]): JobFile[] {
    const count = Math.ceil(jobs.length / SERVER_JOBS);
    return Array.from({length: count}, (_, i) => ({
        name: count === 1 ? 'alphafold_server.json' : `alphafold_server_${i + 1}.json`,
        text: serverJobs(jobs.slice(i * SERVER_JOBS, (i + 1) * SERVER_JOBS))
    }));
}

/** What is true of some designs only is said once. */
function noteOf(format: Format, left: number, joined: boolean): string {
    return [
        ...(left ? [`${left} residues without a letter are left out: they are not folded`] : []),
        ...(format === 'esmfold' && joined
            ? ['ESMFold was trained on single chains; chains with : between are joined by a linker there'] : [])
    ].join('. ');
}

/**
 * Design by design, so that the page answers in between.
 * @param tick   awaited after each design
 */
export async function foldFiles(parts: readonly Part[], format: Format, tick: Tick): Promise<FoldFiles> {
    const rows = parts.flatMap(({run, designs, label}) => designs.map((design): Named => ({run, design, label})));
    const server = format === 'alphafold-server', {each} = TABLE[format];
    const names = server ? rows.map(serverName) : jobNames(rows.map(designName));
    const jobs = [], files: JobFile[] = [];
    let left = 0, joined = false;
    for (const [i, row] of rows.entries()) {
        const complex = complexOfRow(row, names[i]), sequences = complex.chains.map(({sequence}) => sequence);
        if (server) jobs.push({name: complex.name, sequences});
        else files.push(...jobFiles([complex], format));
        left += complex.left;
        joined ||= sequences.length > 1;
        await tick();
    }
    const made = server ? serverFiles(jobs)
        : each ? files : [{name: `${format}.fasta`, text: files.map(({text}) => text).join('')}];
    return {files: made, each, note: noteOf(format, left, joined)};
}
