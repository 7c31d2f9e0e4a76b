/* SPDX-License-Identifier: MIT
 *
 * index.js - `weft protein-mpnn-run`: protein_mpnn_run.py of ProteinMPNN, its flags, files, text and random numbers.
 *
 *   words --flags.js--> side_files.js, records.js --plan.js--> sampling.js or given.js --output.js--> files
 *
 * What the original prints goes to stdout, what it does without a word to stderr. README.md has the table of flags.
 */
import {existsSync} from 'node:fs';
import {availableParallelism} from 'node:os';
import {pythonFloat} from '../../formats/python.js';
import {ConstraintError, Engine, WeightsError} from '../../index.js';
import {findModel} from '../../models.js';
import {makeFolder} from '../files.js';
import {UsageError} from '../inputs.js';
import {Reporter} from '../progress.js';
import {TorchStream} from '../torch_stream.js';
import {openWeights, weightsProgress} from '../weights.js';
import {skipModel} from './draws.js';
import {flagsHelp, parseFlags} from './flags.js';
import {conditionalTarget, scoreTarget, unconditionalTarget} from './given.js';
import {makePlan} from './plan.js';
import {readRecords} from './records.js';
import {sampleTarget} from './sampling.js';
import {noteUnused, readSideFiles} from './side_files.js';
import {Work} from './work.js';

/** @typedef {import('./flags.js').Flags} Flags */
/** @typedef {import('../torch_stream.js').TorchBuild} TorchBuild */

/**
 * @typedef {object} Setting   what holds for all targets of a run
 * @property {Flags} flags
 * @property {number} seed
 * @property {TorchStream} stream
 * @property {TorchBuild} build
 * @property {boolean} noisy
 * @property {readonly number[]} temperatures
 * @property {string} folder            with '/' at its end
 * @property {string} version
 * @property {(text: string) => void} print   to stdout, unless it is suppressed
 * @property {(text: string) => void} note    to stderr
 */

const MOST_THREADS = 8;
const SEEDS = 2 ** 32;
const DRAWN_SEEDS = 999;

/** @param {Flags} flags */
function temperaturesOf({sampling_temp: text}) {
    return text.split(/\s+/).filter(Boolean).map((word) => {
        const value = /^[+]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(word) ? Number(word) : NaN;
        if (!Number.isFinite(value)) throw new UsageError(`--sampling_temp: '${word}' is no number of at least 0`);
        return value;
    });
}

/** @param {Flags} flags @returns {TorchBuild} */
function buildOf({'torch-build': build = process.arch === 'x64' ? 'mkl' : 'plain'}) {
    if (build === 'mkl' || build === 'plain') return build;
    throw new UsageError(`--torch-build: '${build}' is none of mkl, plain`);
}

/** What cannot be meant, before any work. @param {Flags} flags */
function checkFlags(flags) {
    if (!flags.out_folder) throw new UsageError('give --out_folder FOLDER');
    if (!flags.pdb_path && !flags.jsonl_path) throw new UsageError('give --pdb_path FILE or --jsonl_path FILE');
    if (flags.batch_size < 1) throw new UsageError(`--batch_size: ${flags.batch_size} is less than 1`);
    if (flags.seed < 0 || flags.seed >= SEEDS) throw new UsageError(`--seed: ${flags.seed} is not from 0 to 2^32-1`);
    if (flags.threads !== undefined && flags.threads < 0) throw new UsageError('--threads: give 0 or more');
}

/**
 * The weights that the flags mean: a file in their folder, else the published model of that family and name.
 * @param {Flags} flags
 * @param {(text: string) => void} note
 */
function weightsOf(flags, note) {
    const {path_to_model_weights: path, model_name: name} = flags;
    const families = ['vanilla_model_weights', 'soluble_model_weights', 'ca_model_weights'];
    const family = families[flags.ca_only ? 2 : flags.use_soluble_model ? 1 : 0];
    if (!path) return findModel(`${family}/${name}.pt`)?.id ?? `${family}/${name}.pt`;
    const folder = path.replace(/\/+$/, '');
    const file = ['pt', 'eqx'].map((ending) => `${folder}/${name}.${ending}`).find((each) => existsSync(each));
    if (file) return file;
    const named = families.find((each) => folder.split(/[/\\]/).pop() === each);
    const model = findModel(`${named ?? family}/${name}.pt`);
    if (!model) throw new WeightsError(`there is no ${folder}/${name}.pt, and no published model of that name`);
    if (!named) note(`there is no ${folder}/${name}.pt: the published ${model.id} is used`);
    return model.id;
}

/**
 * @param {Flags} flags
 * @param {Setting['print']} print
 * @param {Reporter} reporter
 * @param {import('../inputs.js').Context['io']} io
 */
async function openModel(flags, print, reporter, io) {
    const note = (/** @type {string} */ text) => reporter.note(text);
    const onProgress = flags.quiet ? undefined : weightsProgress(io);
    const {bytes, model} = await openWeights(weightsOf(flags, note), {onProgress, signal: io.signal});
    const threads = flags.threads ?? Math.min(MOST_THREADS, availableParallelism());
    const engine = await Engine.load({weights: bytes, model: model?.id, threads, signal: io.signal});
    await engine.ready;
    const {neighbors, noiseLevel, sha256} = engine.weights;
    if (!model) note(`these are no published weights (sha-256 ${sha256})`);
    print('-'.repeat(40));
    print(`Number of edges: ${neighbors}`);
    print(`Training noise level: ${noiseLevel === null ? 'None' : pythonFloat(noiseLevel)}A`);
    return {engine, threads};
}

/** @param {Flags} flags @param {string} folder */
async function makeFolders(flags, folder) {
    const wanted = /** @type {[string, unknown][]} */ ([
        ['seqs', true], ['scores', flags.save_score], ['score_only', flags.score_only],
        ['conditional_probs_only', flags.conditional_probs_only],
        ['unconditional_probs_only', flags.unconditional_probs_only], ['probs', flags.save_probs]
    ]);
    for (const [name, isWanted] of wanted) if (isWanted) await makeFolder(folder + name);
}

/** @param {Flags} flags */
function taskOf(flags) {
    if (flags.score_only) return scoreTarget;
    if (flags.conditional_probs_only) return conditionalTarget;
    return flags.unconditional_probs_only ? unconditionalTarget : sampleTarget;
}

/** @param {Flags} flags @param {Setting['note']} note */
function noteTraps(flags, note) {
    if (flags.conditional_probs_only_backbone && !flags.conditional_probs_only) {
        note('--conditional_probs_only_backbone does nothing without --conditional_probs_only');
    }
    if (flags.path_to_fasta && !flags.score_only) note('--path_to_fasta does nothing without --score_only');
    const over = flags.num_seq_per_target % flags.batch_size;
    if (over > 0 && over < flags.num_seq_per_target) {
        note(`--num_seq_per_target ${flags.num_seq_per_target} is no multiple of --batch_size ${flags.batch_size}: `
            + `${over} of them are left out`);
    }
    if (!flags.omit_AAs.includes('X')) note("--omit_AAs replaces its default 'X', so X may be designed");
    if (flags.omit_AA_jsonl && flags.pssm_bias_flag) {
        note('--omit_AA_jsonl with --pssm_bias_flag: letters are left out before the PSSM is mixed in, not after it: '
            + 'sequences may differ from those of the original');
    }
    if (flags.pssm_jsonl && !flags.pssm_bias_flag && !flags.pssm_log_odds_flag) {
        note('--pssm_jsonl does nothing without --pssm_bias_flag 1 or --pssm_log_odds_flag 1');
    }
}

/**
 * The original's words on its families, which no flag suppresses. Returns false where it ends there.
 * @param {Flags} flags
 * @param {(text: string) => void} say
 */
function announce(flags, say) {
    if (flags.path_to_model_weights) return true;
    if (flags.ca_only) say('Using CA-ProteinMPNN!');
    if (flags.ca_only && flags.use_soluble_model) {
        say('WARNING: CA-SolubleMPNN is not available yet');
        return false;
    }
    if (flags.use_soluble_model) say('Using ProteinMPNN trained on soluble proteins only!');
    return true;
}

/**
 * @param {string[]} words
 * @param {import('../inputs.js').Context['io']} io
 * @returns {Promise<number>} exit code
 */
export async function proteinMpnnRun(words, io) {
    const flags = parseFlags(words);
    const say = (/** @type {string} */ text) => { io.stdout.write(`${text}\n`); };
    if (flags.help) {
        say(`usage: weft protein-mpnn-run [flags]\n\nprotein_mpnn_run.py of ProteinMPNN: same flags, same files\n\n`
            + flagsHelp().trimEnd());
        return 0;
    }
    checkFlags(flags);
    const temperatures = temperaturesOf(flags), build = buildOf(flags);
    if (!announce(flags, say)) return 0;
    const reporter = new Reporter(io.stderr, flags.quiet);
    const note = (/** @type {string} */ text) => reporter.once(text);
    const print = flags.suppress_print === 0 ? (/** @type {string} */ text) => {
        reporter.clear();
        say(text);
    } : () => undefined;
    noteTraps(flags, note);
    const seed = flags.seed || Math.floor(Math.random() * DRAWN_SEEDS);
    if (!flags.seed) note(`seed ${seed} (--seed 0 draws one)`);
    const sides = readSideFiles(flags, print, note);
    const records = await readRecords(flags, print, note);
    noteUnused(flags.pdb_path ? {...sides, chains: null} : sides, new Set(records.map(({name}) => name)), note);
    const {engine, threads} = await openModel(flags, print, reporter, io);
    try {
        const stream = await TorchStream.open(seed);
        skipModel(stream, flags.ca_only);
        const folder = `${String(flags.out_folder).replace(/\/$/, '')}/`;
        await makeFolders(flags, folder);
        /** @type {Setting} */
        const setting = {
            flags, seed, stream, build, noisy: flags.backbone_noise > 0, temperatures, folder, print, note,
            version: engine.version
        };
        const task = taskOf(flags);
        for (const record of records) {
            if (/[/\\\0]/.test(record.name)) throw new ConstraintError(`'${record.name}' is no name for a file`);
            const plan = makePlan(record, flags, sides, note);
            const work = new Work(engine, plan, {caOnly: flags.ca_only, threads, signal: io.signal, reporter});
            try {
                await task(setting, work);
            } finally {
                await work.dispose();
                reporter.clear();
            }
        }
    } finally {
        await engine.dispose();
    }
    return 0;
}
