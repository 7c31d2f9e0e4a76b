// SPDX-License-Identifier: MIT
//
// everything.ts - all that runs have to give, as the files of one archive.
//
//   README.txt  summary.csv  designs.csv  designs.jsonl  alphafold_server.json  methods.txt  citations.bib
//   LABEL/      run.json, the structure and what its run read beside it, seqs/NAME.fa, backbones/, designs.npz,
//               figures/
//
// A folder LABEL is what `weft design -o LABEL --write-structures same` writes: `weft rerun LABEL/run.json` checks it.
import {npzOf} from './arrays';
import {backboneName, backboneOf} from './backbones';
import {bibtexOf} from './citations';
import {fastaOf} from './fasta';
import {figureFiles} from './figures';
import {foldFiles} from './folds';
import {methodsOf} from './methods';
import {breathe, type Tick, unheard} from './pace';
import {Names, type Part, safeName} from './parts';
import {recordOf, type Sum, sumOf} from './record';
import {csvOf, jsonLinesOf, summaryOf} from './tables';
import type {ZipFile} from './zip';

const fastaName = ({run}: Part) => `seqs/${safeName(run.opened.name)}.fa`;

const readme = (parts: readonly Part[]) => `Designs made with Weft

summary.csv            all designs, the best score first, equal ones once
designs.csv            all designs, with scores and sequences of each chain
designs.jsonl          the same as JSON, one line for each
alphafold_server.json  jobs for the AlphaFold Server, one for each design; a file for each 100
methods.txt            what was done, as a paragraph for a paper
citations.bib          what to cite

${parts.map(({label, run}) => `${label}/
    ${run.facts.words.join('\n    ')}
    ${run.facts.command.text}`).join('\n\n')}

In each folder: seqs (FASTA), backbones (the structure with each design; B-factors of designed residues are the
probabilities of their letters), designs.npz (numbers, for NumPy), the structure that was opened, and run.json:
"weft rerun FOLDER/run.json" designs once more and compares.
`;

interface ReadFiles {
    files: ZipFile[];
    structure: Sum;
    named: Record<string, Sum>;
    states: Sum[];
}

/** What a run read, with its sums. */
async function read(part: Part): Promise<ReadFiles> {
    const {run, label} = part, names = new Names(), files: ZipFile[] = [];
    const add = async (name: string, input: string | Uint8Array) => {
        const path = names.take(safeName(name));
        files.push({name: `${label}/${path}`, input: input as Uint8Array<ArrayBuffer>});
        return sumOf(path, input);
    };
    const structure = await add(run.opened.fileName, run.opened.bytes), states = [];
    const named: Record<string, Sum> = {};
    for (const {fileName, bytes} of run.states) states.push(await add(fileName, bytes));
    for (const {name, text} of run.facts.command.files) named[name.replace(/\.json$/, '')] = await add(name, text);
    return {files, structure, named, states};
}

async function* filesOfRun(part: Part, tick: Tick): AsyncGenerator<ZipFile> {
    const {run, designs, label} = part, results: Sum[] = [];
    const whole = designs.length === run.rows.length && designs.every(({sample}, i) => sample === i + 1);
    const {files, structure, named, states} = await read(part);
    yield* files;
    const fasta = fastaOf([part]);
    yield {name: `${label}/${fastaName(part)}`, input: fasta};
    if (run.native.value) results.push(await sumOf(fastaName(part), fasta));
    for (const design of designs) {
        const {text, format} = await backboneOf(run, design, 'same');
        const path = `backbones/${backboneName(safeName(run.opened.name), run, design)}.${format}`;
        results.push(await sumOf(path, text));
        yield {name: `${label}/${path}`, input: text};
        await tick();
    }
    yield {name: `${label}/designs.npz`, input: npzOf(part)};
    for (const {name, content} of await figureFiles(part)) yield {name: `${label}/figures/${name}`, input: content};
    const record = recordOf(part, {
        structure, files: named, states, backbones: true, results: whole ? results : []
    });
    yield {name: `${label}/run.json`, input: `${JSON.stringify(record, null, 2)}\n`};
    await breathe();
}

/** @param tick   awaited after each design */
export async function* everything(parts: readonly Part[], tick: Tick): AsyncGenerator<ZipFile> {
    const models = parts.map(({run}) => run.facts.model), version = parts[0].run.version;
    yield {name: 'README.txt', input: readme(parts)};
    yield {name: 'summary.csv', input: summaryOf(parts, (part) => `${part.label}/${fastaName(part)}`)};
    yield {name: 'designs.csv', input: csvOf(parts)};
    yield {name: 'designs.jsonl', input: jsonLinesOf(parts)};
    for (const {name, text} of (await foldFiles(parts, 'alphafold-server', unheard())).files) yield {name, input: text};
    yield {name: 'methods.txt', input: methodsOf(parts)};
    yield {name: 'citations.bib', input: bibtexOf({models, version})};
    for (const part of parts) yield* filesOfRun(part, tick);
}
