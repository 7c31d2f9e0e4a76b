// SPDX-License-Identifier: MIT
//
// options.js - what the page says as the command line does: presets, choices and help texts of the one option table.
//
//   wasm/options.js, wasm/folding.js --at build time--> DESIGN_OPTIONS, FOLD_FORMATS in web/src/state/options.ts
import {FORMATS} from '../../wasm/folding.js';
import {options} from '../../wasm/options.js';

const SHOWN = ['count', 'temperature', 'order', 'tie-rule', 'states'];

export const designOptions = Object.fromEntries(options
    .filter(({name, commands}) => commands.includes('design') && SHOWN.includes(name))
    .map(({name, default: preset, choices, help}) => [name, {preset, choices, help}]));

/** Programs that take job files: name of the format, of the program, and of what the files are. */
export const foldFormats = Object.entries(FORMATS).map(([format, {label}]) => {
    const [, program, kind] = /^(.*) \((.*)\)$/.exec(label) ?? [];
    return {format, program, kind};
});
