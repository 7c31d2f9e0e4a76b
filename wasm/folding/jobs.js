/* SPDX-License-Identifier: MIT
 *
 * jobs.js - designs as input files of the programs that predict structures.
 *
 *   Complex, Complex, ... --jobFiles(format)--> [{name, text}]
 *
 * Formats as their makers document them: the AlphaFold Server's JSON, AlphaFold 3's own JSON, Boltz' YAML, Chai's
 * FASTA, ColabFold's and ESMFold's FASTA with ':' between chains. Equal chains are one entry with a count or ids.
 * Designed chains have no relatives to be aligned with, so they are folded from their sequence alone where a format can
 * say so; targets are searched for as usual. `alignments` changes that.
 */
import {ConstraintError} from '../errors.js';
import {chainLetters} from './complexes.js';

/** @typedef {import('./complexes.js').Complex} Complex */
/** @typedef {{name: string, text: string}} JobFile */
/** @typedef {'alphafold-server' | 'alphafold3' | 'boltz' | 'chai' | 'colabfold' | 'esmfold'} Format */

/**
 * @typedef {object} JobOptions
 * @property {'targets' | 'all' | 'none'} [alignments]   chains that are to be searched for, in the formats that can
 *     say so (AlphaFold 3, Boltz): targets unless told
 * @property {readonly number[]} [seeds]   of AlphaFold 3: 1 unless told
 */

/** @typedef {{ids: string[], sequence: string, designed: boolean}} Entity   equal chains; designed if all are */

/** So many jobs the AlphaFold Server takes in one file. */
export const SERVER_JOBS = 100;
const LINE = 60;

/** How a format is called, whether it can be asked for alignments, and whether each design has a file of its own. */
export const FORMATS = /** @type {const} */ ({
    'alphafold-server': {label: 'AlphaFold Server (JSON)', alignments: false, each: false},
    alphafold3: {label: 'AlphaFold 3 (JSON)', alignments: true, each: true},
    boltz: {label: 'Boltz (YAML)', alignments: true, each: true},
    chai: {label: 'Chai (FASTA)', alignments: false, each: true},
    colabfold: {label: 'ColabFold (FASTA)', alignments: false, each: false},
    esmfold: {label: 'ESMFold (FASTA)', alignments: false, each: false}
});

/**
 * Names that every one of the programs and file systems takes, each once: letters, digits, '.', '_' and '-'.
 * @param {readonly string[]} names
 * @returns {string[]}
 */
export function jobNames(names) {
    const taken = new Set();
    return names.map((name) => {
        const base = name.replace(/[^A-Za-z0-9._-]+/g, '_').replace(/^[._-]+|[._-]+$/g, '').slice(0, 80) || 'design';
        let free = base;
        for (let n = 2; taken.has(free.toLowerCase()); n++) free = `${base}-${n}`;
        taken.add(free.toLowerCase());
        return free;
    });
}

/**
 * Chains with ids by their place: A, B, ... Programs take other ids of their own accord, so these are the same for all.
 * @param {Complex} complex
 * @returns {Entity[]}
 */
function entities({chains}) {
    /** @type {Map<string, Entity>} */
    const found = new Map();
    chains.forEach(({sequence, designed}, place) => {
        const known = found.get(sequence);
        if (!known) return void found.set(sequence, {ids: [chainLetters(place)], sequence, designed});
        known.ids.push(chainLetters(place));
        known.designed &&= designed;   // programs want one alignment for one sequence
    });
    return [...found.values()];
}

/**
 * @param {Entity} entity
 * @param {JobOptions} options
 */
const searched = ({designed}, {alignments = 'targets'}) =>
    alignments === 'all' || (alignments === 'targets' && !designed);

/** @param {readonly string[]} ids */
const oneOrAll = (ids) => (ids.length === 1 ? ids[0] : ids);

/** @param {string} sequence */
const lines = (sequence) => (sequence.match(new RegExp(`.{1,${LINE}}`, 'g')) ?? []).join('\n');

/** @param {unknown} value */
const json = (value) => `${JSON.stringify(value, null, 2)}\n`;

/**
 * The job of the AlphaFold Server, which draws its own seeds. Equal chains are counted whatever their role.
 * @param {string} name
 * @param {readonly string[]} sequences
 */
function serverJob(name, sequences) {
    /** @type {Map<string, number>} */
    const counts = new Map();
    for (const sequence of sequences) counts.set(sequence, (counts.get(sequence) ?? 0) + 1);
    return {
        name, modelSeeds: [],
        sequences: Array.from(counts, ([sequence, count]) => ({proteinChain: {sequence, count}})),
        dialect: 'alphafoldserver', version: 1
    };
}

/**
 * Jobs as the AlphaFold Server's page takes them: one list.
 * @param {readonly {name: string, sequences: readonly string[]}[]} jobs
 */
export const serverJobs = (jobs) => json(jobs.map(({name, sequences}) => serverJob(name, sequences)));

/**
 * @param {string} name
 * @param {Complex} complex
 * @param {JobOptions} options
 */
function alphaFold3Job(name, complex, options) {
    const alone = {unpairedMsa: '', pairedMsa: '', templates: []};
    return json({
        name, modelSeeds: options.seeds ?? [1],
        sequences: entities(complex).map((entity) => ({
            protein: {
                id: oneOrAll(entity.ids), sequence: entity.sequence, ...(!searched(entity, options) && alone)
            }
        })),
        dialect: 'alphafold3', version: 1
    });
}

/** In quotes what YAML takes for a truth value. @param {string} sequence */
const yamlText = (sequence) => (/^(Y|N|YES|NO|ON|OFF|TRUE|FALSE|NULL)$/i.test(sequence) ? `"${sequence}"` : sequence);

/**
 * @param {Complex} complex
 * @param {JobOptions} options
 */
function boltzJob(complex, options) {
    const parts = entities(complex).flatMap((entity) => [
        '  - protein:', `      id: ${entity.ids.length === 1 ? entity.ids[0] : `[${entity.ids.join(', ')}]`}`,
        `      sequence: ${yamlText(entity.sequence)}`, ...(searched(entity, options) ? [] : ['      msa: empty'])
    ]);
    return `${['version: 1', 'sequences:', ...parts].join('\n')}\n`;
}

/** @param {Complex} complex */
const chaiJob = ({chains}) => chains.map(({sequence, designed}, place) =>
    `>protein|name=${chainLetters(place)}-${designed ? 'designed' : 'target'}\n${lines(sequence)}\n`).join('');

/**
 * One file for all: a record for each design, chains with ':' between.
 * @param {readonly string[]} names
 * @param {readonly Complex[]} complexes
 */
const joinedFasta = (names, complexes) => complexes.map(({chains}, i) =>
    `>${names[i]}\n${chains.map(({sequence}) => sequence).join(':')}\n`).join('');

/**
 * Files for a program: one for all designs (AlphaFold Server, ColabFold, ESMFold; of the server one for each 100 jobs)
 * or one for each.
 * @param {readonly Complex[]} complexes
 * @param {Format} format
 * @param {JobOptions} [options]
 * @returns {JobFile[]}
 */
export function jobFiles(complexes, format, options = {}) {
    if (!Object.hasOwn(FORMATS, format)) {
        throw new ConstraintError(`'${format}' is no format; there are ${Object.keys(FORMATS).join(', ')}`, format);
    }
    for (const {name, chains} of complexes) {
        if (chains.length) continue;
        throw new ConstraintError(`${name}: no residue has a letter that could be folded`, name);
    }
    const names = jobNames(complexes.map(({name}) => name));
    const each = (/** @type {string} */ ending, /** @type {(complex: Complex, i: number) => string} */ text) =>
        complexes.map((complex, i) => ({name: `${names[i]}.${ending}`, text: text(complex, i)}));
    switch (format) {
        case 'alphafold3': return each('json', (complex, i) => alphaFold3Job(names[i], complex, options));
        case 'boltz': return each('yaml', (complex) => boltzJob(complex, options));
        case 'chai': return each('fasta', chaiJob);
        case 'alphafold-server': return serverFiles(names, complexes);
        default: return [{name: `${format}.fasta`, text: joinedFasta(names, complexes)}];
    }
}

/**
 * @param {readonly string[]} names
 * @param {readonly Complex[]} complexes
 */
function serverFiles(names, complexes) {
    const jobs = complexes.map(({chains}, i) => ({name: names[i], sequences: chains.map(({sequence}) => sequence)}));
    const count = Math.ceil(jobs.length / SERVER_JOBS);
    return Array.from({length: count}, (_, part) => ({
        name: count === 1 ? 'alphafold_server.json' : `alphafold_server_${part + 1}.json`,
        text: serverJobs(jobs.slice(part * SERVER_JOBS, (part + 1) * SERVER_JOBS))
    }));
}
