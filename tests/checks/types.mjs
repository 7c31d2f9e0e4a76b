// SPDX-License-Identifier: MIT
//
// types.mjs - tsc, strict: over the JavaScript of wasm/ by tsconfig.json, which writes the .d.ts files to
// wasm/dist/types, and over the page by web/tsconfig.json.
import {spawnSync} from 'node:child_process';
import {check, filesOf} from './check.mjs';

/** What tsc says of a project, line by line. */
function compile(project) {
    const tsc = ['node_modules/typescript/bin/tsc', '-p', project, '--pretty', 'false'];
    const {stdout, stderr} = spawnSync(process.execPath, tsc, {encoding: 'utf8'});
    return (stdout + stderr).split('\n').filter(Boolean);
}

const problems = compile('tsconfig.json');
const files = filesOf(['wasm'], /\.js$/).filter((file) => !file.startsWith('wasm/dist/'));
const ofFile = (file) => problems.filter((line) => line.startsWith(`${file}(`));

for (const file of files) check(`types of ${file}`, ofFile(file));
const others = problems.filter((line) => !files.some((file) => ofFile(file).includes(line)));
check('types: nothing else is wrong', others);
check('types: declarations are written', filesOf(['wasm/dist/types/index.d.ts'], /./).length ? [] : ['no index.d.ts']);
check('types of web', compile('web/tsconfig.json'));
