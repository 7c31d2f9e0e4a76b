// SPDX-License-Identifier: MIT
//
// predictions.ts - predictions beside designs as CSV, with the columns of `weft import-fold`.
import {FOLD_COLUMNS, foldValues} from '../../../wasm/folding.js';
import {formatCsv} from '../../../wasm/formats/csv.js';
import type {Prediction} from '../state/predictions';

export const predictionsCsv = (all: readonly Prediction[]): Promise<string> => formatCsv([FOLD_COLUMNS,
    ...all.map(({complex, file, measures}) =>
        foldValues(complex, file.name, measures).map((value) => String(value ?? '')))]);
