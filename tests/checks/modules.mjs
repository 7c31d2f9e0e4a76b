// SPDX-License-Identifier: MIT
//
// modules.mjs - the plan of the tree as data: which file belongs to which module, what a module may include or import,
// which prefixes its symbols carry, which functions of the C library it may call. Read by layers.mjs and symbols.mjs.

/**
 * C modules. A file belongs to the entry whose pattern fits its path; `sees` names the modules whose headers it may
 * include (its own is understood). src/weft.h is the public vocabulary and stands below everything.
 */
export const C_MODULES = [
    {name: 'public', files: /^src\/weft\.h$/, sees: []},
    {name: 'core', files: /^src\/core\//, sees: ['public']},
    {name: 'protein', files: /^src\/protein\//, sees: ['public', 'core']},
    {name: 'mpnn', files: /^src\/mpnn\//, sees: ['public', 'core', 'protein']},
    {name: 'facade', files: /^src\/weft\.c$/, sees: ['public', 'core', 'protein', 'mpnn']},
    {name: 'shim', files: /^wasm\/api\.c$/, sees: ['public']},
    {name: 'unit', files: /^tests\/unit\//, sees: ['public', 'core', 'protein', 'mpnn']},
    {
        name: 'inside', files: /^tests\/parity\/(features|file_order|states|torch_stream)\.c$/,
        sees: ['public', 'core', 'protein', 'mpnn', 'parity'],
    },
    {name: 'parity', files: /^tests\/parity\//, sees: ['public']},
    {name: 'fuzz', files: /^tests\/fuzz\/native\//, sees: ['public', 'core', 'protein']},
    {name: 'bench', files: /^tests\/bench\//, sees: ['public', 'core']},
];

/** JavaScript modules, in the same form. `node` says whether Node's own modules may be imported at the top. */
export const JS_MODULES = [
    {name: 'built', files: /^wasm\/dist\//, sees: []},
    {name: 'errors', files: /^wasm\/(errors|abi)\.js$/, sees: []},
    {name: 'options', files: /^wasm\/options\.js$/, sees: ['errors', 'models']},
    {name: 'formats', files: /^wasm\/formats\//, sees: ['errors']},
    {name: 'models', files: /^wasm\/models\.js$/, sees: ['errors', 'built']},
    {
        name: 'entry', files: /^wasm\/(index|fast|alignments|analysis|choosing|folding|labels|writers)\.js$/,
        sees: ['errors', 'formats', 'models', 'engine', 'choosing', 'folding'],
    },
    {name: 'choosing', files: /^wasm\/choosing\//, sees: ['errors', 'formats', 'engine']},
    {name: 'folding', files: /^wasm\/folding\//, sees: ['errors', 'formats', 'engine', 'choosing']},
    {
        name: 'cli', files: /^wasm\/cli(\.js$|\/)/, node: true,
        sees: ['errors', 'options', 'formats', 'models', 'entry'],
    },
    {name: 'engine', files: /^wasm\/\w+\.js$/, sees: ['errors', 'formats', 'built', 'models']}, // all others
];

/** The page, in the same form; './state/runs' and '#platform' find their files, other names must be in `packages`. */
export const WEB_MODULES = [
    {
        name: 'page', files: /^web\/src\/(main|drop|keys|licences|samples|components\/)/,
        sees: ['state', 'platform', 'style', 'viewer', 'figures', 'files', 'samples'],
    },
    {name: 'service worker', files: /^web\/src\/sw\.ts$/, sees: []},
    {name: 'style', files: /^web\/src\/(style|components\/.*)\.css$/, sees: []},
    {name: 'viewer', files: /^web\/src\/viewer\//, sees: ['entry']},
    {name: 'figures', files: /^web\/src\/figures\//, sees: ['entry']},
    {name: 'files', files: /^web\/src\/files\//, sees: ['state', 'platform', 'entry', 'figures']},
    {name: 'state', files: /^web\/src\/state\//, sees: ['engine', 'platform', 'entry']},
    {name: 'engine', files: /^web\/src\/engine\//, sees: ['platform', 'entry']},
    {name: 'platform', files: /^web\/src\/platform\//, sees: ['entry', 'worker']},
    {name: 'samples', files: /^web\/samples\//, sees: []},
    {
        name: 'entry', sees: [], // of choosing and folding the entries alone
        files: new RegExp('^wasm/(index|analysis|choosing|constraints|folding|models|options|pool|states|'
            + 'structure_file|writers|formats/\\w+)\\.js$'),
    },
    {name: 'worker', files: /^wasm\/worker\.js$/, sees: []},
];
export const WEB_PACKAGES = [
    '3dmol/build/3Dmol.es6-min.js', '@observablehq/plot', '@preact/signals', '@tanstack/virtual-core', 'client-zip',
    'd3-dsv', 'idb-keyval', 'preact', 'preact/hooks', 'workbox-precaching',
];

/** Packages that the JavaScript may import. They are bundled into what is published, which depends on nothing. */
export const JS_PACKAGES = ['fzstd', 'd3-dsv'];

/** What a family's directory may show to the façade. */
export const FAMILY_HEADERS = ['src/mpnn/mpnn.h'];

/** Prefixes of the global symbols of a C file: the first word of its name and, in a family, the family's name. */
export function symbolPrefixes(file) {
    const [, directory, word] = /^src\/(?:(\w+)\/)?([a-z0-9]+)\w*\.c$/.exec(file);
    if (!directory) return ['weft_'];
    if (file === 'src/core/base.c') return ['base_', 'weft_'];
    return directory === 'core' || directory === 'protein' ? [`${word}_`] : [`${directory}_`, `${word}_`];
}

/** The writable globals of the library: the text, status and place of the last failure. */
export const WRITABLE = {'src/core/base.c': ['error_text', 'error_status', 'error_place']};

/** All that the library asks of the C library. It prints nothing, opens nothing, reads no clock and no environment. */
export const LIBC = [
    'memchr', 'memcmp', 'memcpy', 'memmove', 'memset', 'qsort', 'strchr', 'strcmp', 'strlen', 'strncmp', 'strrchr',
    'strstr', 'snprintf', 'vsnprintf', 'sqrtf',
];
export const LIBC_OF = {
    'src/core/arena.c': ['malloc', 'calloc', 'free'],
    'src/core/random.c': ['sqrt'],
    'src/core/torch_random.c': ['sqrt'],
};
