// SPDX-License-Identifier: MIT
//
// alphafold.ts - designs as jobs for the AlphaFold Server, which folds what was designed: its page takes this file.
//
// A list of jobs, one for each design; all chains of the structure, equal ones as one with a count. The server draws
// its own seeds. It knows the twenty letters alone: residues without a letter (X) are left out.
import {byChain, type Part} from './parts';

interface Job {
    name: string;
    modelSeeds: string[];
    sequences: {proteinChain: {sequence: string, count: number}}[];
    dialect: 'alphafoldserver';
    version: 1;
}

export function alphaFoldJobs(parts: readonly Part[]): string {
    const jobs: Job[] = parts.flatMap(({run, designs, label}) => designs.map((design) => {
        const counts = new Map<string, number>();
        for (const chain of Object.values(byChain(run, design.sequence))) {
            const sequence = chain.replaceAll('X', '');
            if (sequence) counts.set(sequence, (counts.get(sequence) ?? 0) + 1);
        }
        return {
            name: `${label} ${design.sample} T=${run.facts.settings.temperature} seed=${run.facts.settings.seed}`,
            modelSeeds: [], sequences: [...counts].map(([sequence, count]) => ({proteinChain: {sequence, count}})),
            dialect: 'alphafoldserver', version: 1
        };
    }));
    return `${JSON.stringify(jobs, null, 2)}\n`;
}
