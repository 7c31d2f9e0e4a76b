// SPDX-License-Identifier: MIT
//
// fasta.ts - the designed sequences as FASTA, with the headers of the field.
import {designHeader, formatChain, formatChains, formatFasta, nativeHeader} from '../../../wasm/formats/fasta.js';
import type {Run} from '../state/runs';

function recordsOf(run: Run) {
    const {opened: {name, structure}, chains, facts: {model, settings}} = run, native = run.native.value;
    const line = (sequence: string) => formatChains(chains.map((chain) => {
        const {start, length} = structure.chain(chain);
        return {name: chain, text: formatChain(sequence.slice(start, start + length),
            structure.numbers.subarray(start, start + length))};
    }));
    const first = native ? [{
        header: nativeHeader({
            name, score: native.score, globalScore: native.globalScore, designedChains: chains,
            fixedChains: structure.chains.map((chain) => chain.name).filter((chain) => !chains.includes(chain)),
            model, gitHash: `weft-${run.version}`, seed: settings.seed
        }),
        sequence: line(native.sequence)
    }] : [];
    return [...first, ...run.rows.map(({design}) => ({
        header: designHeader({...design, temperature: settings.temperature}), sequence: line(design.sequence)
    }))];
}

/** All runs with a sequence, one after the other. */
export function fastaOf(runs: readonly Run[]): string {
    return formatFasta(runs.filter((run) => run.rows.length > 0).flatMap(recordsOf));
}
