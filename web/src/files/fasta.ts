// SPDX-License-Identifier: MIT
//
// fasta.ts - the designed sequences as FASTA, in the two styles of the field: the text that `weft design` writes.
import {
    designHeader, formatChain, formatChains, formatFasta, type GapStyle, ligandDesignHeader, ligandNativeHeader,
    nativeHeader
} from '../../../wasm/formats/fasta.js';
import type {Run} from '../state/runs';
import {chainsOf, type Part} from './parts';

const BATCH = 8, LIGAND_CUTOFF = 8;   // as `weft design` prints them; what it designs does not depend on them

/** Chains of a sequence, with their numbering gaps. */
function line({opened: {structure}}: Run, sequence: string, chains: readonly string[], gaps: GapStyle,
    separator: '/' | ':'): string {
    return formatChains(chains.map((name) => {
        const {start, length} = structure.chain(name);
        return {name, text: formatChain(sequence.slice(start, start + length),
            structure.numbers.subarray(start, start + length), gaps)};
    }), separator);
}

function proteinRecords({run, designs}: Part) {
    const {opened: {name}, facts: {model, settings: {seed, temperature}}, version} = run, native = run.native.value;
    const {designed, fixed} = chainsOf(run);
    const text = (sequence: string) => line(run, sequence, designed, 'x', '/');
    const first = native ? [{
        header: nativeHeader({
            name, score: native.score, globalScore: native.globalScore, designedChains: designed, fixedChains: fixed,
            model, gitHash: `weft-${version}`, seed
        }),
        sequence: text(native.sequence)
    }] : [];
    return [...first, ...designs.map((design) => ({
        header: designHeader({...design, temperature}), sequence: text(design.sequence)
    }))];
}

function ligandRecords({run, designs}: Part) {
    const {opened: {name, structure}, facts: {model, plan, settings: {count, seed, temperature}}} = run;
    const residues = structure.describe(plan.design).count, names = structure.chains.map((chain) => chain.name);
    const text = (sequence: string) => line(run, sequence, names, 'drop', ':');
    const header = ligandNativeHeader({
        name, temperature, seed, residues, ligandResidues: residues, useLigandContext: true,
        ligandCutoff: LIGAND_CUTOFF, batchSize: Math.min(BATCH, count), batches: Math.ceil(count / BATCH),
        modelPath: model
    });
    return [{header, sequence: text(structure.sequence)}, ...designs.map(({score, recovery, sequence}, i) => ({
        header: ligandDesignHeader({
            name, id: i + 1, temperature, seed, overallConfidence: Math.exp(-score), ligandConfidence: Math.exp(-score),
            recovery
        }),
        sequence: text(sequence)
    }))];
}

/** ProteinMPNN's style, one run after the other. */
export const fastaOf = (parts: readonly Part[]): string => formatFasta(parts.flatMap(proteinRecords));

/** LigandMPNN's style: all chains, no newline at the end. */
export const ligandFastaOf = (parts: readonly Part[]): string =>
    formatFasta(parts.flatMap(ligandRecords), 'ligandmpnn');
