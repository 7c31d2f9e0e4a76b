// SPDX-License-Identifier: MIT
//
// fasta.ts - runs as FASTA text, with ProteinMPNN's headers: per run the structure's own sequence, then the designs.
import {
    designHeader, formatChain, formatChains, formatFasta, nativeHeader
} from '../../../wasm/formats/fasta.js';
import type {Opened} from './structures';
import type {Run} from './runs';

/** The designed chains of a sequence, without its numbering gaps. */
export function shown(opened: Opened, chains: readonly string[], sequence: string): string {
    const texts = opened.chains.filter(({name}) => chains.includes(name))
        .map(({name, start, length}) => ({name, text: sequence.slice(start, start + length)}));
    return formatChains(texts);
}

async function recordsOf(run: Run) {
    const native = await run.native;
    if (!native) return [];
    const {structure, score, version} = native;
    const {opened, chains, settings} = run;
    const line = (sequence: string) => formatChains(chains.map((name) => {
        const {start, length} = structure.chain(name);
        return {name, text: formatChain(sequence.slice(start, start + length),
            structure.numbers.subarray(start, start + length))};
    }));
    const header = nativeHeader({
        name: opened.name, score: score.score, globalScore: score.globalScore, designedChains: chains,
        fixedChains: opened.chains.map(({name}) => name).filter((name) => !chains.includes(name)),
        model: run.model, gitHash: `weft-${version}`, seed: settings.seed
    });
    return [
        {header, sequence: line(structure.sequence)},
        ...run.rows.value.map(({design}) => ({
            header: designHeader({...design, temperature: settings.temperature}), sequence: line(design.sequence)
        }))
    ];
}

/** All runs with a sequence, one after the other. */
export async function fastaOf(runs: readonly Run[]): Promise<string> {
    const records = [];
    for (const run of runs) {
        if (run.rows.value.length > 0) records.push(...await recordsOf(run));
    }
    return formatFasta(records);
}

/** NAME.fa where all runs are of one structure. */
export function fileNameOf(runs: readonly Run[]): string {
    const names = new Set(runs.filter((run) => run.rows.value.length > 0).map((run) => run.opened.name));
    return `${names.size === 1 ? [...names][0] : 'weft'}.fa`;
}
