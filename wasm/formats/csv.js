/* SPDX-License-Identifier: MIT
 *
 * csv.js - tables as text, for manifests and lists of designs: rows by the names of their columns.
 *
 *   text --readCsv--> [{line, header, cells: column -> text}]        rows --formatCsv--> text
 */

/** @typedef {{line: number, header: number, cells: Map<string, string>}} Row   header: where the columns are named */

/** @param {string} text   up to where something begins */
const lineAfter = (text) => (text.match(/\r\n|\n|\r/g)?.length ?? 0) + 1;

/**
 * The parser takes whatever stands in quotes or beside them; here what is no CSV is refused.
 * @param {string} text
 * @param {(line: number, message: string) => Error} refusal
 */
function refuseStrayQuotes(text, refusal) {
    const rest = text.replace(/(^|[,\r\n])"([^"]*(?:""[^"]*)*)"(?=[,\r\n]|$)/g,
        (_, before, inside) => before + inside.replace(/[^\r\n]/g, ''));
    const at = rest.indexOf('"');
    if (at < 0) return;
    throw refusal(lineAfter(rest.slice(0, at)), 'a quote that does not enclose a whole cell (inside one, write two)');
}

/**
 * Rows below a header. Blank rows are passed over, blanks around a cell are none of it.
 * @param {string} text
 * @param {(line: number, message: string) => Error} refusal   what is thrown where the text is no table
 * @returns {Promise<Row[]>}
 */
export async function readCsv(text, refusal) {
    refuseStrayQuotes(text, refusal);
    const {csvParseRows} = await import('d3-dsv');
    let line = 1;
    const rows = csvParseRows(text).map((cells) => {
        const row = {line, cells: cells.map((cell) => cell.trim())};
        line += cells.reduce((sum, cell) => sum + lineAfter(cell) - 1, 1);
        return row;
    });
    const [header, ...rest] = rows.filter(({cells}) => cells.some(Boolean));
    if (!header) return [];
    const columns = header.cells;
    const unnamed = columns.indexOf('');
    if (unnamed >= 0) throw refusal(header.line, `column ${unnamed + 1} has no name`);
    const twice = columns.find((name, i) => columns.indexOf(name) !== i);
    if (twice) throw refusal(header.line, `there are two columns ${twice}`);
    return rest.map(({line: at, cells}) => {
        if (cells.length !== columns.length) throw refusal(at, `${cells.length} cells for ${columns.length} columns`);
        return {line: at, header: header.line, cells: new Map(columns.map((name, i) => [name, cells[i]]))};
    });
}

/**
 * @param {readonly (readonly string[])[]} rows   the header first
 * @returns {Promise<string>} with a newline at the end
 */
export async function formatCsv(rows) {
    const {csvFormatRows} = await import('d3-dsv');
    return `${csvFormatRows(rows.map((row) => [...row]))}\n`;
}
