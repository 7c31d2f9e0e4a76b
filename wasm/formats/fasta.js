/* SPDX-License-Identifier: MIT
 *
 * fasta.js - sequences as text: reads any FASTA file, writes the two styles that scripts of this field parse.
 *
 *   text -> records {header, sequence, line}        values of a design -> header line        rows of a chain -> letters
 *
 * The header lines are those of protein_mpnn_run.py and of LigandMPNN's run.py, byte for byte. In ProteinMPNN's files
 * the designed chains alone are printed, sorted by name and joined by '/'; in LigandMPNN's all chains, joined by ':',
 * without a newline at the end. Numbering gaps are no residues; formatChain says how they are shown.
 */
import {ParseError} from '../errors.js';
import {fixed4, pythonBool, pythonFloat, pythonList} from './python.js';

/**
 * @typedef {object} FastaRecord
 * @property {string} header     without '>'
 * @property {string} sequence   upper case, chain separators '/' and ':' kept, blanks removed
 * @property {number} line       line of the header, counted from 1
 */

/** @typedef {'x' | 'dash' | 'drop'} GapStyle */

/**
 * Reads FASTA text. Blank lines and comment lines (';') are passed over; a character that no sequence holds, text
 * before the first header and a record without a sequence are errors with their line.
 * @param {string} text
 * @returns {FastaRecord[]}
 */
export function parseFasta(text) {
    /** @type {FastaRecord[]} */
    const records = [];
    const finish = () => {
        const last = records.at(-1);
        if (last && !last.sequence) {
            throw new ParseError(`FASTA line ${last.line}: '>${last.header}' has no sequence`, last.line);
        }
    };
    text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/).forEach((raw, i) => {
        const line = i + 1;
        const content = raw.trim();
        if (content.startsWith('>')) {
            finish();
            records.push({header: content.slice(1).trim(), sequence: '', line});
        } else if (content && !content.startsWith(';')) {
            const record = records.at(-1);
            if (!record) throw new ParseError(`FASTA line ${line}: a sequence before the first '>' line`, line);
            const letters = content.replace(/\s+/g, '').toUpperCase();
            const bad = /[^A-Z/:*.-]/u.exec(letters);
            if (bad) throw new ParseError(`FASTA line ${line}: '${bad[0]}' is no letter of a sequence`, line);
            record.sequence += letters;
        }
    });
    finish();
    if (records.length === 0) throw new ParseError("FASTA line 1: the file holds no record ('>' line)", 1);
    return records;
}

/**
 * Sorted as the original sorts chain names: by code point.
 * @param {readonly string[]} names
 */
export function sortChains(names) {
    return [...names].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/**
 * First header of a ProteinMPNN file: the native sequence.
 * @param {object} values
 * @param {string} values.name
 * @param {number} values.score
 * @param {number} values.globalScore
 * @param {readonly string[]} values.fixedChains
 * @param {readonly string[]} values.designedChains
 * @param {string} values.model             an id, such as ca_v_48_020; printed without its family
 * @param {boolean} [values.caOnly]         true for ids of that family
 * @param {string} values.gitHash           'weft-VERSION' here
 * @param {number | bigint} values.seed
 */
export function nativeHeader(values) {
    const {name, score, globalScore, model, gitHash, seed} = values;
    const {caOnly = /^ca_v_/.test(model)} = values;
    const modelName = model.replace(/^(proteinmpnn|solublempnn|ca)_(?=v_)/, '');
    const fixed = pythonList(sortChains(values.fixedChains));
    const designed = pythonList(sortChains(values.designedChains));
    return `>${name}, score=${fixed4(score)}, global_score=${fixed4(globalScore)}, fixed_chains=${fixed}, `
        + `designed_chains=${designed}, ${caOnly ? 'CA_model_name' : 'model_name'}=${modelName}, git_hash=${gitHash}, `
        + `seed=${seed}`;
}

/**
 * Header of one ProteinMPNN sample. Samples count from 1 for each temperature.
 * @param {object} values
 * @param {number} values.temperature
 * @param {number} values.sample
 * @param {number} values.score
 * @param {number} values.globalScore
 * @param {number} values.recovery
 */
export function designHeader({temperature, sample, score, globalScore, recovery}) {
    return `>T=${pythonFloat(temperature)}, sample=${sample}, score=${fixed4(score)}, `
        + `global_score=${fixed4(globalScore)}, seq_recovery=${fixed4(recovery)}`;
}

/**
 * First header of a LigandMPNN file.
 * @param {object} values
 * @param {string} values.name
 * @param {number} values.temperature
 * @param {number | bigint} values.seed
 * @param {number} values.residues
 * @param {number} values.ligandResidues      residues near a ligand atom
 * @param {boolean} values.useLigandContext
 * @param {number} values.ligandCutoff        angstrom
 * @param {number} values.batchSize
 * @param {number} values.batches
 * @param {string} values.modelPath
 */
export function ligandNativeHeader(values) {
    return `>${values.name}, T=${pythonFloat(values.temperature)}, seed=${values.seed}, num_res=${values.residues}, `
        + `num_ligand_res=${values.ligandResidues}, use_ligand_context=${pythonBool(values.useLigandContext)}, `
        + `ligand_cutoff_distance=${pythonFloat(values.ligandCutoff)}, batch_size=${values.batchSize}, `
        + `number_of_batches=${values.batches}, model_path=${values.modelPath}`;
}

/**
 * Header of one LigandMPNN sample. Ids count from 1.
 * @param {object} values
 * @param {string} values.name
 * @param {number} values.id
 * @param {number} values.temperature
 * @param {number | bigint} values.seed
 * @param {number} values.overallConfidence
 * @param {number} values.ligandConfidence
 * @param {number} values.recovery
 */
export function ligandDesignHeader(values) {
    return `>${values.name}, id=${values.id}, T=${pythonFloat(values.temperature)}, seed=${values.seed}, `
        + `overall_confidence=${fixed4(values.overallConfidence)}, `
        + `ligand_confidence=${fixed4(values.ligandConfidence)}, seq_rec=${fixed4(values.recovery)}`;
}

/**
 * The letters of one chain with its numbering gaps: one sign for each residue number missing between two residues.
 * @param {string} letters                    one for each residue, in file order
 * @param {ArrayLike<number>} numbers         author residue numbers
 * @param {GapStyle} [gaps]
 */
export function formatChain(letters, numbers, gaps = 'x') {
    const sign = {x: 'X', dash: '-', drop: ''}[gaps];
    let text = '';
    for (let i = 0; i < letters.length; i++) {
        const missing = i > 0 ? numbers[i] - numbers[i - 1] - 1 : 0;
        if (missing > 0) text += sign.repeat(missing);
        text += letters[i];
    }
    return text;
}

/**
 * Joins the chains of one record, sorted by name.
 * @param {readonly {name: string, text: string}[]} chains
 * @param {'/' | ':'} [separator]
 */
export function formatChains(chains, separator = '/') {
    const order = sortChains(chains.map((chain) => chain.name));
    return order.map((name) => chains.find((chain) => chain.name === name)?.text).join(separator);
}

/**
 * A whole file. ProteinMPNN's files end with a newline, LigandMPNN's do not.
 * @param {readonly {header: string, sequence: string}[]} records   headers with their '>'
 * @param {'proteinmpnn' | 'ligandmpnn'} [style]
 */
export function formatFasta(records, style = 'proteinmpnn') {
    const text = records.map(({header, sequence}) => `${header}\n${sequence}`).join('\n');
    return style === 'ligandmpnn' || !text ? text : `${text}\n`;
}
