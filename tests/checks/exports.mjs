// SPDX-License-Identifier: MIT
//
// exports.mjs - the boundary is the same everywhere: wasm/exports.txt lists the functions of src/weft.h and wasm/api.c,
// the built modules export exactly those and ask for at most one function, and wasm/abi.js has the numbers of both.
import {readFileSync} from 'node:fs';
import * as abi from '../../wasm/abi.js';
import {fastCore} from '../../wasm/fast.js';
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

/* The header's enumerations by the names of abi.js: WEFT_MODEL_NODE_WIDTH is nodeWidth of WeftModelNumber. */
const PREFIXES = {
    status: ['WeftStatus', 'WEFT_'], modelNumber: ['WeftModelNumber', 'WEFT_MODEL_'],
    modelText: ['WeftModelText', 'WEFT_MODEL_'], encodingNumber: ['WeftEncodingNumber', 'WEFT_ENCODING_'],
    altloc: ['WeftAltloc', 'WEFT_ALTLOC_'], features: ['WeftFeatures', 'WEFT_FEATURES_'], mode: ['WeftMode', 'WEFT_'],
    tieRule: ['WeftTieRule', 'WEFT_TIE_'],
    runNumber: ['WeftRunNumber', 'WEFT_RUN_'],
};

const camel = (text, mark) => text.split(mark)
    .map((word, i) => (i ? word[0].toUpperCase() + word.slice(1) : word)).join('');

/** @returns {Map<string, number>} */
function enumeration(type, prefix) {
    const body = new RegExp(`typedef enum ${type} \\{([^}]*)\\}`).exec(withoutComments('src/weft.h'))[1];
    let next = 0;
    return new Map(body.split(',').map((entry) => entry.trim()).filter(Boolean).map((entry) => {
        const [name, value] = entry.split('=').map((part) => part.trim());
        const words = camel(name.slice(prefix.length).toLowerCase(), '_');
        const number = value === undefined ? next : Number(value);
        next = number + 1;
        return [words, number];
    }));
}

for (const [name, entries] of Object.entries(abi)) {
    const header = enumeration(...PREFIXES[name]);
    check(`wasm/abi.js: ${name} has the numbers of ${PREFIXES[name][0]}`, Object.entries(entries)
        .filter(([key, value]) => header.get(camel(key, '-')) !== value)
        .map(([key, value]) => `${key}: ${value}, not ${header.get(key)}`));
}

const ofTorch = readFileSync('wasm/torch_exports.txt', 'utf8').split('\n').filter(Boolean);
const fast = await fastCore() ? [['weft-fast.wasm', listed]] : [];
const modules = [['weft.wasm', listed], ...fast, ['weft-torch.wasm', ofTorch]];
for (const [file, names] of modules) {
    const module = new WebAssembly.Module(readFileSync(`wasm/dist/${file}`));
    const exported = WebAssembly.Module.exports(module).map(({name}) => name);
    const imported = WebAssembly.Module.imports(module).map((entry) => `${entry.module}.${entry.name}`);
    check(`${file} exports every listed name`, without(names, exported, 'listed, but not exported'));
    check(`${file} exports nothing else`, without(exported, [...names, ...BY_EMCC], 'exported, but not listed'));
    check(`${file} imports ${imported.length ? imported.join(', ') : 'nothing'}`,
        without(imported, IMPORTS, 'an import that the host would have to provide'));
}
