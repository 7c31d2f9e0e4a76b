/* SPDX-License-Identifier: MIT
 *
 * flags.js - the 34 flags of protein_mpnn_run.py and a few of our own, read as Python's argparse reads them.
 *
 *   words --table--> values by name        table -> help text
 *
 * Flags of the original may be shortened as long as one flag is meant, take their value behind '=' or in the next word,
 * and the last one of a name wins. Ours must be written out, so that no short form of the original changes its meaning.
 */
import {UsageError} from '../inputs.js';

/** @typedef {'text' | 'whole' | 'number' | 'switch'} FlagType */
/** @typedef {{name: string, type: FlagType, default?: string | number | boolean, help: string, own?: boolean}} Flag */

/**
 * @typedef {object} Flags   of the original, by name
 * @property {number} suppress_print
 * @property {boolean} ca_only
 * @property {string} path_to_model_weights
 * @property {string} model_name
 * @property {boolean} use_soluble_model
 * @property {number} seed
 * @property {number} save_score
 * @property {number} save_probs
 * @property {number} score_only
 * @property {string} path_to_fasta
 * @property {number} conditional_probs_only
 * @property {number} conditional_probs_only_backbone
 * @property {number} unconditional_probs_only
 * @property {number} backbone_noise
 * @property {number} num_seq_per_target
 * @property {number} batch_size
 * @property {number} max_length
 * @property {string} sampling_temp
 * @property {string} [out_folder]
 * @property {string} pdb_path
 * @property {string} pdb_path_chains
 * @property {string} [jsonl_path]
 * @property {string} chain_id_jsonl
 * @property {string} fixed_positions_jsonl
 * @property {string} omit_AAs
 * @property {string} bias_AA_jsonl
 * @property {string} bias_by_res_jsonl
 * @property {string} omit_AA_jsonl
 * @property {string} pssm_jsonl
 * @property {number} pssm_multi
 * @property {number} pssm_threshold
 * @property {number} pssm_log_odds_flag
 * @property {number} pssm_bias_flag
 * @property {string} tied_positions_jsonl
 * @property {string} [torch-build]
 * @property {number} [threads]
 * @property {boolean} quiet
 * @property {boolean} help
 */

/** @type {readonly Flag[]} */
export const flags = [
    {name: 'suppress_print', type: 'whole', default: 0, help: '1: nothing on stdout'},
    {name: 'ca_only', type: 'switch', help: 'CA atoms and a CA-only model'},
    {name: 'path_to_model_weights', type: 'text', default: '', help: 'folder of MODEL_NAME.pt (or .eqx)'},
    {name: 'model_name', type: 'text', default: 'v_48_020', help: 'v_48_002, v_48_010, v_48_020 or v_48_030'},
    {name: 'use_soluble_model', type: 'switch', help: 'weights trained on soluble proteins'},
    {name: 'seed', type: 'whole', default: 0, help: 'of PyTorch\'s generator; 0: one from 0 to 998 is drawn'},
    {name: 'save_score', type: 'whole', default: 0, help: '1: scores/NAME.npz'},
    {name: 'save_probs', type: 'whole', default: 0, help: '1: probs/NAME.npz'},
    {name: 'score_only', type: 'whole', default: 0, help: '1: score_only/NAME_pdb.npz in place of sequences'},
    {name: 'path_to_fasta', type: 'text', default: '', help: 'sequences that --score_only scores too'},
    {name: 'conditional_probs_only', type: 'whole', default: 0, help: '1: log p(letter | all other letters, backbone)'},
    {name: 'conditional_probs_only_backbone', type: 'whole', default: 0,
        help: '1, with the one before: log p(letter | backbone), each residue decoded first'},
    {name: 'unconditional_probs_only', type: 'whole', default: 0, help: '1: log p(letter | backbone) in one pass'},
    {name: 'backbone_noise', type: 'number', default: 0, help: 'deviation of noise on the coordinates, angstrom'},
    {name: 'num_seq_per_target', type: 'whole', default: 1, help: 'sequences for each temperature, or orders to score'},
    {name: 'batch_size', type: 'whole', default: 1, help: 'sequences that share one draw; what is over is left out'},
    {name: 'max_length', type: 'whole', default: 200000, help: 'longer targets are left out'},
    {name: 'sampling_temp', type: 'text', default: '0.1', help: 'temperatures, with blanks between'},
    {name: 'out_folder', type: 'text', help: 'where results go; must be given'},
    {name: 'pdb_path', type: 'text', default: '', help: 'one PDB file'},
    {name: 'pdb_path_chains', type: 'text', default: '', help: 'its designed chains, with blanks between'},
    {name: 'jsonl_path', type: 'text', help: 'parsed structures, one in each line'},
    {name: 'chain_id_jsonl', type: 'text', default: '', help: '{name: [[designed], [fixed]]}'},
    {name: 'fixed_positions_jsonl', type: 'text', default: '', help: '{name: {chain: [positions from 1]}}'},
    {name: 'omit_AAs', type: 'text', default: 'X', help: 'letters never to design'},
    {name: 'bias_AA_jsonl', type: 'text', default: '', help: '{letter: bias}'},
    {name: 'bias_by_res_jsonl', type: 'text', default: '', help: '{name: {chain: [length][21]}}'},
    {name: 'omit_AA_jsonl', type: 'text', default: '', help: '{name: {chain: [[[positions], letters], ...]}}'},
    {name: 'pssm_jsonl', type: 'text', default: '', help: '{name: {chain: {pssm_coef, pssm_bias, pssm_log_odds}}}'},
    {name: 'pssm_multi', type: 'number', default: 0, help: 'share of the PSSM, 0 to 1'},
    {name: 'pssm_threshold', type: 'number', default: 0, help: 'log-odds that a letter must exceed'},
    {name: 'pssm_log_odds_flag', type: 'whole', default: 0, help: '1: letters below the threshold are held down'},
    {name: 'pssm_bias_flag', type: 'whole', default: 0, help: '1: the PSSM is mixed in'},
    {name: 'tied_positions_jsonl', type: 'text', default: '',
        help: '{name: [{chain: [positions]} or {chain: [[positions], [weights]]}, ...]}'},

    {name: 'torch-build', type: 'text', own: true,
        help: 'mkl or plain: the kind of PyTorch whose draws are followed (default: mkl on x86-64, else plain)'},
    {name: 'threads', type: 'whole', own: true, help: 'workers, 0 for none; changes speed and memory alone'},
    {name: 'quiet', type: 'switch', own: true, help: 'no progress and no notes on stderr'},
    {name: 'help', type: 'switch', own: true, help: 'this text'}
];

/** @param {Flag} flag */
const dashed = (flag) => `--${flag.name}`;

/**
 * The flag that a word means: its own name, or what begins so and is alone.
 * @param {string} word   with its dashes, without a value
 * @returns {Flag}
 */
function flagOf(word) {
    const exact = flags.find((flag) => dashed(flag) === word);
    if (exact) return exact;
    const begun = word === '--' ? [] : flags.filter((flag) => !flag.own && dashed(flag).startsWith(word));
    if (begun.length === 1) return begun[0];
    if (begun.length === 0) throw new UsageError(`unrecognized arguments: ${word}`);
    throw new UsageError(`ambiguous option: ${word} could match ${begun.map(dashed).join(', ')}`);
}

/** Whether argparse takes a word for a value, not for an option. @param {string | undefined} word */
function isValue(word) {
    if (word === undefined) return false;
    return !word.startsWith('-') || word === '-' || word.includes(' ') || /^-\d+$|^-\d*\.\d+$/.test(word);
}

/**
 * A number as Python's int() and float() read one.
 * @param {Flag} flag
 * @param {string} text
 */
function convert(flag, text) {
    if (flag.type === 'text') return text;
    const bare = text.trim().replace(/(?<=\d)_(?=\d)/g, '');
    if (flag.type === 'whole') {
        if (/^[+-]?\d+$/.test(bare) && Number.isSafeInteger(Number(bare))) return Number(bare);
        throw new UsageError(`argument ${dashed(flag)}: invalid int value: '${text}'`);
    }
    if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(bare)) return Number(bare);
    if (/^[+-]?(inf|infinity)$/i.test(bare)) return bare.startsWith('-') ? -Infinity : Infinity;
    if (/^[+-]?nan$/i.test(bare)) return NaN;
    throw new UsageError(`argument ${dashed(flag)}: invalid float value: '${text}'`);
}

/**
 * @param {readonly string[]} words
 * @returns {Flags}
 */
export function parseFlags(words) {
    /** @type {Record<string, string | number | boolean | undefined>} */
    const values = Object.fromEntries(flags.map((flag) => [flag.name, flag.type === 'switch' ? false : flag.default]));
    for (let i = 0; i < words.length; i++) {
        if (words[i] === '-h') {
            values.help = true;
            continue;
        }
        if (!words[i].startsWith('--')) throw new UsageError(`unrecognized arguments: ${words[i]}`);
        const equals = words[i].indexOf('=');
        const flag = flagOf(equals < 0 ? words[i] : words[i].slice(0, equals));
        const behind = equals < 0 ? undefined : words[i].slice(equals + 1);
        if (flag.type === 'switch') {
            if (behind !== undefined) {
                throw new UsageError(`argument ${dashed(flag)}: ignored explicit argument '${behind}'`);
            }
            values[flag.name] = true;
            continue;
        }
        if (behind === undefined && !isValue(words[i + 1])) {
            throw new UsageError(`argument ${dashed(flag)}: expected one argument`);
        }
        values[flag.name] = convert(flag, behind ?? words[++i]);
    }
    return /** @type {any} */ (values);
}

/** One line for each flag. */
export function flagsHelp() {
    const line = (/** @type {Flag} */ flag) => {
        const value = flag.type === 'switch' ? '' : ` ${{text: 'TEXT', whole: 'N', number: 'X'}[flag.type]}`;
        const preset = flag.default === undefined || flag.default === '' ? '' : ` (default: ${flag.default})`;
        return `  ${(dashed(flag) + value).padEnd(38)}${flag.help}${preset}`;
    };
    const [theirs, ours] = [false, true].map((own) => flags.filter((flag) => Boolean(flag.own) === own).map(line));
    return `Flags of protein_mpnn_run.py:\n${theirs.join('\n')}\n\nOurs:\n${ours.join('\n')}\n`;
}
