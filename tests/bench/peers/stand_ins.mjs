// SPDX-License-Identifier: MIT
//
// stand_ins.mjs - libraries that have the names which PyTorch's CUDA half asks for when it is loaded, and no content.
//
//   torch/lib/*.so --nm--> names wanted, by library and version --cc--> FOLDER/libcublas.so.13, ...
//
// On a machine without a GPU none of these functions is ever called; one that were would stop the program.

import {spawnSync} from 'node:child_process';
import {mkdir, readdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';

const WANTED = /^ +[UwvV] ((?:cublas|cudnn|cufft|cusparse|nccl|nvrtc|cuFile|nvshmem)\w*)(?:@+(\S+))?$/gm;
/** Libraries whose functions carry another version than the library's name, or none. */
const NAMES = [
    [/^nvshmem/, 'libnvshmem_host.so.3'], [/^cuFile/, 'libcufile.so.0'], [/^cusparseLt/, 'libcusparseLt.so.0'],
    [/^nccl/, 'libnccl.so.2'],
];

function run(command, args, input) {
    const {status, stdout, stderr, error} = spawnSync(command, args, {encoding: 'utf8', input, maxBuffer: 2 ** 28});
    if (status !== 0) throw new Error(`${command} failed: ${(error?.message ?? stderr).slice(0, 300)}`);
    return stdout;
}

async function wantedNames(libraries) {
    const wanted = new Map(NAMES.map(([, library]) => [library, {functions: new Set()}]));
    for (const file of (await readdir(libraries)).filter((name) => name.endsWith('.so'))) {
        const table = run('nm', ['-D', '--undefined-only', join(libraries, file)]);
        for (const [, name, version] of table.matchAll(WANTED)) {
            const library = NAMES.find(([pattern]) => pattern.test(name))?.[1] ?? version;
            if (!library) continue;
            if (!wanted.has(library)) wanted.set(library, {functions: new Set()});
            wanted.get(library).functions.add(name);
            wanted.get(library).version ??= version;
        }
    }
    return wanted;
}

/**
 * @param {string} libraries   folder of PyTorch's own libraries
 * @param {string} folder      for the stand-ins
 */
export async function makeStandIns(libraries, folder) {
    await mkdir(folder, {recursive: true});
    const script = join(folder, 'version.map');
    for (const [library, {functions, version}] of await wantedNames(libraries)) {
        const args = ['-shared', '-fPIC', '-x', 'c', '-', '-o', join(folder, library), `-Wl,-soname,${library}`];
        if (version) {
            await writeFile(script, `${version} { global: *; };\n`);
            args.push(`-Wl,--version-script=${script}`);
        }
        run('cc', args, [...functions].map((name) => `void ${name}(void) { __builtin_trap(); }\n`).join(''));
    }
}
