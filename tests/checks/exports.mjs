// SPDX-License-Identifier: MIT
//
// exports.mjs - the boundary is the same everywhere: wasm/exports.txt lists the functions of src/weft.h and wasm/api.c,
// the built module exports exactly those, and it asks its host for at most one function.
import {readFileSync} from 'node:fs';
import {check, withoutComments} from './check.mjs';

/** What emcc adds by itself. */
const BY_EMCC = ['memory', '_initialize', '__indirect_function_table', '__errno_location', 'stackSave', 'stackRestore',
    'stackAlloc'];
/** What a module whose memory grows may ask for: to be told, so that views of the old buffer are dropped. */
const IMPORTS = ['env.emscripten_notify_memory_growth'];

const without = (list, others, why) => list.filter((name) => !others.includes(name)).map((name) => `${name}: ${why}`);

const listed = readFileSync('wasm/exports.txt', 'utf8').split('\n').filter(Boolean);
const functions = (file, pattern) => [...withoutComments(file).matchAll(pattern)].map((match) => match[1]);
const inHeader = functions('src/weft.h', /^\w[\w\s*]*?\b(weft_\w+)\(/gm);
const inShim = functions('wasm/api.c', /^(?!static)\w[\w\s*]*?\b(\w+)\([^;]*?\)\s*\{/gm);
const declared = [...inHeader, ...inShim];

const twice = listed.filter((name, i) => listed.indexOf(name) !== i);
check('wasm/exports.txt lists no name twice', without(twice, [], 'listed twice'));
check('wasm/exports.txt lists every function of weft.h and api.c', without(declared, listed, 'not listed'));
check('wasm/exports.txt lists nothing else', without(listed, declared, 'neither in weft.h nor in api.c'));

const module = new WebAssembly.Module(readFileSync('wasm/dist/weft.wasm'));
const exported = WebAssembly.Module.exports(module).map(({name}) => name);
const imported = WebAssembly.Module.imports(module).map((entry) => `${entry.module}.${entry.name}`);
check('the built module exports every listed name', without(listed, exported, 'listed, but not exported'));
check('the built module exports nothing else', without(exported, [...listed, ...BY_EMCC], 'exported, but not listed'));
check(`the built module imports ${imported.length ? imported.join(', ') : 'nothing'}`,
    without(imported, IMPORTS, 'an import that the host would have to provide'));
