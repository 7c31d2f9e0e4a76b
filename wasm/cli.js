#!/usr/bin/env node
/* SPDX-License-Identifier: MIT
 *
 * cli.js - the command `weft`: words -> a command -> an exit code.
 *
 *   0 done   2 usage   3 structure or constraint   4 weights   130 interrupted   1 anything else
 *
 * Results go to stdout or files, everything else to stderr: one line says what is wrong and where. Ctrl-C cancels the
 * work in flight; a second one ends the process.
 */
import {parseArgs} from 'node:util';
import {ConstraintError, Engine, ParseError, WeightsError} from './index.js';
import {design} from './cli/design.js';
import {evaluate} from './cli/evaluate.js';
import {exportFold} from './cli/export_fold.js';
import {importFold} from './cli/import_fold.js';
import {info} from './cli/info.js';
import {UsageError} from './cli/inputs.js';
import {jacobian} from './cli/jacobian.js';
import {SomeFailed} from './cli/jobs.js';
import {probs} from './cli/probs.js';
import {complaint, Reporter} from './cli/progress.js';
import {proteinMpnnRun} from './cli/protein_mpnn_run/index.js';
import {rerun} from './cli/rerun.js';
import {scan} from './cli/scan.js';
import {score} from './cli/score.js';
import {select} from './cli/select.js';
import {weightsCommands} from './cli/weights.js';
import {helpText, parseConfig, wrongChoice} from './options.js';

/** @typedef {import('./options.js').Command} Command */
/** @typedef {import('./cli/inputs.js').Context} Context */

/** @type {Record<Command, {run: (context: Context) => Promise<void>, usage: string, about: string}>} */
const commands = {
    design: {
        run: design, usage: 'STRUCTURE... | --manifest FILE',
        about: 'design sequences for the backbone of each structure'
    },
    score: {run: score, usage: 'STRUCTURE...', about: "score sequences, or the structure's own; lower is better"},
    probs: {run: probs, usage: 'STRUCTURE --mode MODE', about: 'log-probabilities of every letter at every residue'},
    scan: {run: scan, usage: 'STRUCTURE...', about: 'how tolerable each mutation is, or each pair of two'},
    jacobian: {run: jacobian, usage: 'STRUCTURE...', about: "which residues depend on each other's letters"},
    evaluate: {run: evaluate, usage: 'FILE...', about: 'how well structures and .bbc sets get their sequences back'},
    select: {run: select, usage: 'FILE|DIR...', about: 'choose, of many designs, good ones that differ'},
    'export-fold': {
        run: exportFold, usage: 'FILE|DIR... --for PROGRAM -o DIR',
        about: 'input files for programs that predict structures'
    },
    'import-fold': {
        run: importFold, usage: 'PREDICTIONS... --designs FILE|DIR',
        about: 'predicted structures beside what was designed'
    },
    rerun: {run: rerun, usage: 'RUN.JSON', about: 'once more what weft design -o made, and whether it is the same'},
    info: {run: info, usage: 'FILE...', about: 'what a structure or a weight file holds'}
};

const overview = `usage: weft COMMAND [options]

  design STRUCTURE...    ${commands.design.about}
  score STRUCTURE...     ${commands.score.about}
  probs STRUCTURE        ${commands.probs.about}
  scan STRUCTURE...      ${commands.scan.about}
  jacobian STRUCTURE...  ${commands.jacobian.about}
  evaluate FILE...       ${commands.evaluate.about}
  select FILE|DIR...     ${commands.select.about}
  export-fold DIR...     ${commands['export-fold'].about}
  import-fold FILE...    ${commands['import-fold'].about}
  rerun RUN.JSON         ${commands.rerun.about}
  info FILE...           ${commands.info.about}
  weights SUBCOMMAND     list, get, convert, verify or save the models' weights

  protein-mpnn-run ...   protein_mpnn_run.py of ProteinMPNN: its flags, files and random numbers

weft COMMAND --help says more; weft --version says which version this is.
`;

/**
 * @param {Command} name
 * @param {string[]} args
 * @param {Context['io']} io
 */
async function runCommand(name, args, io) {
    const {run, usage, about} = commands[name];
    const {values, positionals} = parseArgs({args, options: parseConfig(name), allowPositionals: true});
    if (values.help) {
        io.stdout.write(`usage: weft ${name} ${usage} [options]\n\n${about}\n${helpText(name)}\n`);
        return;
    }
    const wrong = wrongChoice(name, values);
    if (wrong) throw new UsageError(wrong);
    if (positionals.length === 0 && values.manifest === undefined) {
        throw new UsageError(`name a file: weft ${name} ${usage}`);
    }
    const reporter = new Reporter(io.stderr, Boolean(values.quiet));
    try {
        await run({files: positionals, values, io, reporter});
    } finally {
        reporter.clear();
    }
}

/** @param {Context['io']} io */
async function printVersion(io) {
    const engine = await Engine.load();
    io.stdout.write(`weft ${engine.version}\n`);
    await engine.dispose();
}

/**
 * @param {string[]} words   what follows the program's name
 * @param {Context['io']} io
 * @returns {Promise<number>} exit code
 */
async function dispatch([name, ...args], io) {
    if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
        io[name === undefined ? 'stderr' : 'stdout'].write(overview);
        return name === undefined ? 2 : 0;
    }
    if (name === '--version' || name === '-V') {
        await printVersion(io);
    } else if (name === 'weights') {
        const [subcommand, ...rest] = args;
        const help = subcommand === '--help' || subcommand === '-h';
        if (!help && !Object.hasOwn(weightsCommands, subcommand ?? '')) {
            throw new UsageError(`weights: name one of ${Object.keys(weightsCommands).join(', ')}`);
        }
        if (!help) return weightsCommands[/** @type {keyof typeof weightsCommands} */ (subcommand)](rest, io);
        io.stdout.write(`usage: weft weights ${Object.keys(weightsCommands).join('|')} ...\n`);
    } else if (name === 'protein-mpnn-run') {
        return proteinMpnnRun(args, io);
    } else if (Object.hasOwn(commands, name)) {
        await runCommand(/** @type {Command} */ (name), args, io);
    } else {
        throw new UsageError(`there is no command '${name}' (weft --help lists them)`);
    }
    return 0;
}

/**
 * @param {unknown} error
 * @returns {number}
 */
function exitCode(error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (error instanceof SomeFailed) return exitCode(error.cause);
    if (error instanceof UsageError || code.startsWith('ERR_PARSE_ARGS')) return 2;
    if (error instanceof ParseError || error instanceof ConstraintError) return 3;
    if (error instanceof WeightsError) return 4;
    if (error instanceof Error && error.name === 'AbortError') return 130;
    return 1;
}

/** @param {string[]} words */
async function main(words) {
    const interruption = new AbortController();
    const interrupt = () => {   // stays to the end: a second signal must not kill what is being cleaned up
        if (interruption.signal.aborted) process.exit(130);
        interruption.abort();
    };
    process.on('SIGINT', interrupt);
    process.on('SIGTERM', interrupt);
    process.stderr.on('error', () => undefined);   // nobody reads the notes: the work goes on
    process.stdout.on('error', (error) => {
        if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EPIPE') process.exit(0);
        process.stderr.write(`${complaint(`standard output cannot be written: ${error.message}`)}\n`);
        process.exit(1);
    });
    process.stderr.on('error', () => undefined);   // nobody reads the progress: the work goes on
    try {
        const {stdout, stderr} = process;
        process.exitCode = await dispatch(words, {stdout, stderr, signal: interruption.signal});
    } catch (error) {
        process.exitCode = exitCode(error);
        process.stderr.write(`${process.exitCode === 130 ? 'weft: interrupted' : complaint(error)}\n`);
    }
}

await main(process.argv.slice(2));
