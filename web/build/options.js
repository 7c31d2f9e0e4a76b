// SPDX-License-Identifier: MIT
//
// options.js - what the page says as the command line does: presets, choices and help texts of the one option table.
//
//   wasm/options.js --at build time--> DESIGN_OPTIONS in web/src/state/options.ts
import {options} from '../../wasm/options.js';

const SHOWN = ['count', 'temperature', 'order', 'tie-rule', 'states'];

export const designOptions = Object.fromEntries(options
    .filter(({name, commands}) => commands.includes('design') && SHOWN.includes(name))
    .map(({name, default: preset, choices, help}) => [name, {preset, choices, help}]));
