// SPDX-License-Identifier: MIT
//
// parts.ts - what a file is about: runs with the designs of each that are meant, and safe names for them.
//
//   runs --partsOf--> Part {run, designs, label} --fasta.ts, tables.ts, ...--> text and bytes
import type {Result, Row, Run} from '../state/runs';

/** Designs of one run, all of them or some. */
export interface Part {
    readonly run: Run;
    readonly designs: readonly Result[];
    /** names its files; no two of one list are the same */
    readonly label: string;
}

const LONGEST = 80;
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;   // that Windows keeps for devices

/** A name of a file on every system: what it may not hold becomes '_'. */
export function safeName(name: string): string {
    const safe = name.replace(/[\\/:*?"<>|\0-\x1f\x7f]/g, '_').replace(/^[.\s-]+|[.\s]+$/g, '').slice(0, LONGEST);
    return safe === '' ? 'structure' : RESERVED.test(safe) ? `_${safe}` : safe;
}

/** Gives names out, each once; upper and lower case are the same for some systems. */
export class Names {
    readonly #taken = new Set<string>();

    /** The name, or with a number behind its stem where it is taken: 5L33.pdb, 5L33-2.pdb */
    take(name: string): string {
        const dot = name.lastIndexOf('.'), at = dot > 0 ? dot : name.length;
        let free = name;
        for (let n = 2; this.#taken.has(free.toLowerCase()); n++) free = `${name.slice(0, at)}-${n}${name.slice(at)}`;
        this.#taken.add(free.toLowerCase());
        return free;
    }
}

function labelled(parts: readonly Omit<Part, 'label'>[]): Part[] {
    const taken = new Set<string>();
    return parts.map((part) => {
        const base = safeName(part.run.opened.name);
        let label = base;
        for (let n = 2; taken.has(label.toLowerCase()); n++) label = `${base}-${n}`;
        taken.add(label.toLowerCase());
        return {...part, label};
    });
}

/** Runs that have a design, as they are now: what comes later is not in the file. */
export const partsOf = (runs: readonly Run[]): Part[] => labelled(runs.filter(({rows}) => rows.length > 0)
    .map((run) => ({run, designs: run.rows.map(({design}) => design)})));

/** Designs of the table as parts, in the order of their runs' first ones. */
export function partsOfRows(rows: readonly Row[]): Part[] {
    const byRun = new Map<Run, Result[]>();
    for (const {run, design} of rows) byRun.set(run, [...byRun.get(run) ?? [], design]);
    return labelled(Array.from(byRun, ([run, designs]) => ({run, designs})));
}

/** What a file of these parts is called, without its ending: the structure's name where there is one, else 'weft'. */
export function commonName(parts: readonly Part[]): string {
    const names = new Set(parts.map(({run}) => run.opened.name));
    return names.size === 1 ? safeName([...names][0]) : 'weft';
}

/** Chains with a designed residue, and the others. */
export function chainsOf({opened: {structure}, chains}: Run): {designed: string[], fixed: string[]} {
    return {designed: chains, fixed: structure.chains.map(({name}) => name).filter((name) => !chains.includes(name))};
}

/** A sequence by chain name. */
export const byChain = ({opened: {structure}}: Run, sequence: string): Record<string, string> => Object.fromEntries(
    structure.chains.map(({name, start, length}) => [name, sequence.slice(start, start + length)]));
