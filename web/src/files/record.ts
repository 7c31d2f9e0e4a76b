// SPDX-License-Identifier: MIT
//
// record.ts - run.json of a run, as `weft design -o DIR` writes it: `weft rerun run.json` makes the files beside it
// once more and compares them.
//
//   command of the run --options.js--> options; files beside run.json --sha-256--> sums
//
// Sums need a secure page (https, this machine, or the offline file). Elsewhere they are '', which `weft rerun`
// refuses.
import {parseConfig} from '../../../wasm/options.js';
import {chainsOf, type Part} from './parts';

export interface Sum {
    path: string;
    sha256: string;
}

/** What lies beside run.json; paths lead from its folder. */
export interface Beside {
    structure: Sum;
    /** files that options name, by option, and further states in the order of the command */
    files: Readonly<Record<string, Sum>>;
    states: readonly Sum[];
    /** that a rerun makes again: FASTA, and structures with the designs */
    results: readonly Sum[];
    backbones: boolean;
}

export async function sumOf(path: string, content: string | Uint8Array): Promise<Sum> {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    const digest = await crypto.subtle?.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
    const sum = digest ? Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('') : '';
    return {path, sha256: sum};
}

/** Words of a command line as a shell reads them; the page quotes with ' alone. */
function wordsOf(command: string): string[] {
    return Array.from(command.matchAll(/(?:'[^']*'|\\.|[^\s'\\])+/g), ([word]) =>
        word.replace(/'([^']*)'|\\(.)/g, (_, quoted?: string, escaped?: string) => quoted ?? escaped ?? ''));
}

/** Options of `weft design` as its parser gives them: what is preset, and what the command says. */
function optionsOf(command: string): Record<string, string | boolean> {
    const known = Object.entries(parseConfig('design')) as [string, any][];
    const options: Record<string, string | boolean> = {};
    for (const [name, {default: preset}] of known) if (preset !== undefined) options[name] = preset;
    const words = wordsOf(command).slice(2);
    for (let i = 0; i < words.length; i++) {
        const [name, option] = known.find(([long, {short}]) => [`--${long}`, `-${short}`].includes(words[i])) ?? [];
        if (name) options[name] = option.type === 'boolean' ? true : words[++i];
    }
    for (const name of ['batch', 'threads', 'quiet']) delete options[name];   // change nothing but speed
    return options;
}

/** The weights of the states, as the command has them. */
function statesOption(said: unknown, states: readonly Sum[]): string {
    const weights = String(said).split(',').map((each) => /:(-?[\d.e+-]+)$/i.exec(each)?.[1]);
    return states.map(({path}, i) => (weights[i] === undefined ? path : `${path}:${weights[i]}`)).join(',');
}

export function recordOf({run, designs}: Part, {structure, files, states, results, backbones}: Beside): object {
    const {facts: {command, model, plan}, sha256, version, opened} = run;
    const options = optionsOf(command.text);
    for (const name of Object.keys(files)) delete options[name];
    const {designed} = chainsOf(run), further = plan.average ? 'conformers' : 'states';
    return {
        weft: version, command: 'design',
        options: {
            ...options, count: String(designs.length),
            ...(states.length && {[further]: statesOption(options[further], states)}),
            ...(backbones && {'write-structures': 'same'})
        },
        files: {...files, ...(states.length && {[further]: states})}, weights: {model, sha256},
        structures: [{
            ...structure, name: opened.name, designed: opened.structure.describe(plan.design).text,
            designed_chains: designed
        }],
        results
    };
}
