// SPDX-License-Identifier: MIT
//
// options.ts - presets, choices and help of the command line's option table, for the page's form; programs that fold.
import type {Format} from '../../../wasm/folding.js';

interface Option {
    readonly preset?: string;
    readonly choices?: readonly string[];
    readonly help: string;
}

/** Taken out of wasm/options.js by the build (web/build/options.js). */
declare const DESIGN_OPTIONS: Readonly<Record<'count' | 'temperature' | 'order' | 'tie-rule' | 'states', Option>>;

export const options = DESIGN_OPTIONS;

/** The programs that wasm/folding.js writes job files for. */
declare const FOLD_FORMATS: readonly {readonly format: Format, readonly program: string, readonly kind: string}[];

export const foldFormats = FOLD_FORMATS;
