// SPDX-License-Identifier: MIT
//
// ort.mjs - the peer ONNX Runtime Web: its WebAssembly back end on one thread of Node, from the npm registry.
//
//   cache/peers/onnxruntime-web-VERSION: a folder of its own with node_modules, made when missing -> ort_child.mjs

import {spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {mkdir, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {Child, peerOf} from './child.mjs';

const VERSION = '1.30.0';
/** Optimised code from the first call on: by itself Node takes some seconds of work to get there. */
const NODE_FLAGS = ['--no-liftoff'];

async function install(folder, say) {
    await rm(folder, {recursive: true, force: true});
    await mkdir(folder, {recursive: true});
    await writeFile(join(folder, 'package.json'), '{"private": true}\n');
    say(`ONNX Runtime Web ${VERSION}: 0.14 GB from the npm registry, once`);
    const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', `onnxruntime-web@${VERSION}`];
    const {status, error, stderr} = spawnSync('npm', args, {cwd: folder, encoding: 'utf8'});
    if (status !== 0) throw new Error(`npm could not install it: ${(error?.message ?? stderr).trim().slice(-300)}`);
    await writeFile(join(folder, 'complete'), '');
}

/** @param {{model: object, cache: string, say: (text: string) => void}} options */
export async function openOrt({model, cache, say}) {
    const folder = join(cache, 'peers', `onnxruntime-web-${VERSION}`);
    if (!existsSync(join(folder, 'complete'))) await install(folder, say);
    const program = fileURLToPath(new URL('ort_child.mjs', import.meta.url));
    const what = {packages: join(folder, 'package.json'), model: model.id};
    const child = await Child.start(process.execPath, [...NODE_FLAGS, program], what);
    return peerOf(`ONNX Runtime Web ${VERSION}`, child);
}
