/* SPDX-License-Identifier: MIT
 *
 * a3m.js - alignments as text: A3M (of HHblits, MMseqs2, ColabFold) and aligned FASTA.
 *
 *   text --parseAlignment--> rows of one length: upper case letters and '-', the query first
 *
 * Lower case letters and '.' stand between the columns of the query (insertions) and are dropped. Lines that start
 * with '#' or ';' say nothing here, and records that hold secondary structure in place of a sequence are passed over.
 */
import {ParseError} from '../errors.js';

/** @typedef {{header: string, letters: string, line: number}} AlignedRow   line of its header, counted from 1 */

const NO_SEQUENCE = /^(ss|sa|aa)_(dssp|pred|conf)\b/;   // of HH-suite: predicted structure and its confidence
const BETWEEN_COLUMNS = /[a-z.\s]+/g;
const STOP = /\*$/;

/**
 * @param {AlignedRow} row
 * @param {string} content
 */
function addLine(row, content) {
    const letters = content.replace(BETWEEN_COLUMNS, '').replace(STOP, '');
    const odd = /[^A-Z-]/.exec(letters);
    if (odd) throw new ParseError(`line ${row.line}: '>${row.header}' holds '${odd[0]}', which is no letter`, row.line);
    row.letters += letters;
}

/**
 * Every row has as many columns as the first.
 * @param {readonly AlignedRow[]} rows
 */
function checkLengths(rows) {
    const columns = rows[0].letters.length;
    if (!/[A-Z]/.test(rows[0].letters)) {
        throw new ParseError(`line ${rows[0].line}: '>${rows[0].header}', the query, has no upper case letter`,
            rows[0].line);
    }
    const odd = rows.find(({letters}) => letters.length !== columns);
    if (!odd) return;
    throw new ParseError(`line ${odd.line}: '>${odd.header}' has ${odd.letters.length} columns, the query has `
        + `${columns} (upper case letters and -)`, odd.line);
}

/**
 * @param {string} text
 * @returns {AlignedRow[]} at least the query
 */
export function parseAlignment(text) {
    /** @type {AlignedRow[]} */
    const rows = [];
    /** @type {AlignedRow | null} */
    let row = null;
    for (const [i, raw] of text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/).entries()) {
        const content = raw.trim();
        if (/^# STOCKHOLM|^CLUSTAL/.test(content)) {
            throw new ParseError(`line ${i + 1}: '${content}': alignments are read as A3M or aligned FASTA`, i + 1);
        }
        if (content.startsWith('>')) {
            row = {header: content.slice(1).trim(), letters: '', line: i + 1};
            if (!NO_SEQUENCE.test(row.header)) rows.push(row);
        } else if (content && !/^[#;]/.test(content)) {
            if (!row) throw new ParseError(`line ${i + 1}: a sequence before the first '>' line`, i + 1);
            if (!NO_SEQUENCE.test(row.header)) addLine(row, content);
        }
    }
    if (rows.length === 0) throw new ParseError("line 1: the file holds no record ('>' line)", 1);
    checkLengths(rows);
    return rows;
}
