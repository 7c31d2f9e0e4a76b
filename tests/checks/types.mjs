// SPDX-License-Identifier: MIT
//
// types.mjs - tsc, strict, over the JavaScript of wasm/ by tsconfig.json; writes the .d.ts files to wasm/dist/types.
import {spawnSync} from 'node:child_process';
import {check, filesOf} from './check.mjs';

const tsc = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json', '--pretty', 'false'];
const {stdout, stderr} = spawnSync(process.execPath, tsc, {encoding: 'utf8'});
const problems = (stdout + stderr).split('\n').filter(Boolean);
const files = filesOf(['wasm'], /\.js$/).filter((file) => !file.startsWith('wasm/dist/'));
const ofFile = (file) => problems.filter((line) => line.startsWith(`${file}(`));

for (const file of files) check(`types of ${file}`, ofFile(file));
const others = problems.filter((line) => !files.some((file) => ofFile(file).includes(line)));
check('types: nothing else is wrong', others);
check('types: declarations are written', filesOf(['wasm/dist/types/index.d.ts'], /./).length ? [] : ['no index.d.ts']);
