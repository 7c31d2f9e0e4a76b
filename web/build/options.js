// SPDX-License-Identifier: MIT
//
// options.js - what the page says as the command line does: presets, choices and help texts of the one option table.
//
//   wasm/options.js, wasm/folding.js --at build time--> DESIGN_OPTIONS, FOLD_FORMATS in web/src/state/options.ts,
//   CHOICE_OPTIONS in web/src/state/choosing.ts
import {FORMATS} from '../../wasm/folding.js';
import {options} from '../../wasm/options.js';

const SHOWN = ['count', 'temperature', 'order', 'tie-rule', 'states'];

const CHOOSING = ['count', 'diversity', 'identity', 'no-glycosylation', 'run-length', 'charge', 'ph', 'pi', 'motif'];

/** Some options of a command, by their names. */
const optionsOf = (command, names) => Object.fromEntries(options
    .filter(({name, commands}) => commands.includes(command) && names.includes(name))
    .map(({name, default: preset, choices, help}) => [name, {preset, choices, help}]));

export const designOptions = optionsOf('design', SHOWN);
export const choiceOptions = optionsOf('select', CHOOSING);

/** Programs that take job files: name of the format, of the program, and of what the files are. */
export const foldFormats = Object.entries(FORMATS).map(([format, {label}]) => {
    const [, program, kind] = /^(.*) \((.*)\)$/.exec(label) ?? [];
    return {format, program, kind};
});
