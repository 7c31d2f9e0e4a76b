/* SPDX-License-Identifier: MIT
 *
 * written_anew.js - the atoms of an mmCIF text as PDB text, and the other way round: atoms alone, of all that is in the
 * file.
 *
 *   mmCIF text --pdbFromCif--> PDB text --cifFromPdb--> mmCIF text
 */
import {CifText} from './cif_text.js';
import {ConstraintError} from './errors.js';
import {readLines} from './written_pdb.js';
import {findRows} from './written_rows.js';

/** @typedef {import('./structure.js').Structure} Structure */

const NUMBER_WIDTH = 4, SERIAL_WIDTH = 5, COORDINATE_WIDTH = 8, B_WIDTH = 6;
const TAGS = [
    'group_PDB', 'id', 'type_symbol', 'label_atom_id', 'label_alt_id', 'label_comp_id', 'label_asym_id', 'label_seq_id',
    'pdbx_PDB_ins_code', 'Cartn_x', 'Cartn_y', 'Cartn_z', 'occupancy', 'B_iso_or_equiv', 'auth_seq_id', 'auth_comp_id',
    'auth_asym_id', 'auth_atom_id', 'pdbx_PDB_model_num'
];

/**
 * A number in so many columns: decimal, then hybrid-36.
 * @param {number} value
 * @param {number} width
 * @param {string} what
 */
function columns(value, width, what) {
    const decimal = String(value), first = 10 ** width, letters = 26 * 36 ** (width - 1);
    if (decimal.length <= width) return decimal.padStart(width);
    const above = value - first;
    if (!(above >= 0 && above < 2 * letters)) {
        throw new ConstraintError(`${what} ${value} does not fit into a PDB file; mmCIF holds it`, decimal);
    }
    const code = (above % letters + 10 * 36 ** (width - 1)).toString(36);
    return above < letters ? code.toUpperCase() : code;
}

/** @param {string} text @param {number} width @param {string} what */
function fitting(text, width, what) {
    if (text.length <= width) return text.padStart(width);
    throw new ConstraintError(`${what} '${text}' does not fit into a PDB file; mmCIF holds it`, text);
}

/** In columns 13-16, elements of one letter end in column 14. @param {string} name @param {string} element */
const atomName = (name, element) => (name.length < 4 && element.length < 2 ? ` ${name}` : name).padEnd(4);

/**
 * PDB text of the atoms of an mmCIF text.
 * @param {string} source
 * @returns {string}
 */
export function pdbFromCif(source) {
    const site = new CifText(source).blocks.map((block) => block.get('atom_site')).find((each) => each?.rows);
    if (!site) return 'END\n';
    const word = (/** @type {string[]} */ ...names) => site.column(...names);
    const [chain, number, name, residue, altloc, insertion, record, element, place] = [
        word('auth_asym_id', 'label_asym_id'), word('auth_seq_id', 'label_seq_id'),
        word('label_atom_id', 'auth_atom_id'), word('label_comp_id', 'auth_comp_id'), word('label_alt_id'),
        word('pdbx_pdb_ins_code'), word('group_pdb'), word('type_symbol'), word('label_seq_id')
    ];
    const [x, y, z, occupancy, bFactor] = ['cartn_x', 'cartn_y', 'cartn_z', 'occupancy', 'b_iso_or_equiv'].map((each) =>
        word(each));
    const lines = [];
    let serial = 0;
    const next = () => columns(++serial, SERIAL_WIDTH, 'atom');
    for (let row = 0; row < site.rows; row++) {
        const place3 = [x, y, z].map((of) => fitting(Number(of(row)).toFixed(3), COORDINATE_WIDTH, 'coordinate'));
        const about = `${fitting(residue(row), 3, 'residue name')} ${fitting(chain(row), 1, 'chain')}`
            + columns(Number(number(row)), NUMBER_WIDTH, 'residue number') + (insertion(row) || ' ');
        const measured = [Number(occupancy(row) || 1), Number(bFactor(row) || 0)].map((value) =>
            fitting(value.toFixed(2), B_WIDTH, 'B-factor')).join('');
        lines.push(`${(record(row) || 'ATOM').padEnd(6)}${next()} ${atomName(name(row), element(row))}`
            + `${altloc(row) || ' '}${about}   ${place3.join('')}${measured}          ${element(row).padStart(2)}`);
        const ends = row + 1 === site.rows || chain(row + 1) !== chain(row) || !place(row + 1);
        if (place(row) && ends) lines.push(`TER   ${next()}      ${about}`);
    }
    return `${lines.join('\n')}\nEND\n`;
}

/**
 * What columns 77-78 say; else by the name, whose symbol ends in column 14. Those of residues have one letter.
 * @param {string} line
 * @param {string} name
 * @param {boolean} isResidue
 */
function elementOf(line, name, isResidue) {
    const said = line.slice(76, 78).trim();
    if (/^[a-z]{1,2}$/i.test(said)) return said;
    const two = isResidue ? name === 'SE' : /^[a-z]{2}/i.test(line.slice(12, 14)) && name.length < 4;
    return two ? name.slice(0, 2) : /[a-z]/i.exec(name)?.[0] ?? '';
}

/** A word of mmCIF. @param {string} text @param {string} [none] */
function word(text, none = '?') {
    if (text === '') return none;
    return /^[_#$[\];.?]|['"\s]/.test(text) ? (text.includes('"') ? `'${text}'` : `"${text}"`) : text;
}

/**
 * mmCIF text of the atoms of a PDB text.
 * @param {string} source
 * @param {Structure} structure   which has its rows
 * @returns {string}
 */
export function cifFromPdb(source, structure) {
    const {lines, atoms} = readLines(source), {rowOf} = findRows(atoms, structure);
    const texts = lines.filter(({kind}) => kind === 'ATOM' || kind === 'HETATM');
    let last = '_';
    const rows = atoms.map(({name, residue, altloc, insertion, number, chain, xyz}, i) => {
        const {text, kind} = texts[i], row = rowOf[i];
        const own = row < 0 ? null : structure.chains[structure.chainOf[row]];
        last = own?.name ?? (chain || last);
        const part = (/** @type {number} */ from, /** @type {number} */ to) => text.slice(from - 1, to).trim();
        const measured = (/** @type {number} */ from, /** @type {string} */ none) =>
            (/^[\d.-]+$/.test(part(from, from + 5)) ? part(from, from + 5) : none);
        const author = own ? String(structure.numbers[row]) : number;
        return [
            kind, i + 1, word(elementOf(text, name, row >= 0)), word(name), word(altloc, '.'), word(residue),
            word(last), own ? row - own.start + 1 : '.', word(own ? structure.insertions[row].trim() : insertion),
            ...xyz.map((value) => value.toFixed(3)), measured(55, '1.00'), measured(61, '?'), word(author),
            word(residue), word(last), word(name), 1
        ].join(' ');
    });
    const name = structure.name.replace(/[^!-~]/g, '_') || 'structure';
    return `data_${name}\n#\nloop_\n${TAGS.map((tag) => `_atom_site.${tag}\n`).join('')}${rows.join('\n')}\n#\n`;
}
