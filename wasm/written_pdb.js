/* SPDX-License-Identifier: MIT
 *
 * written_pdb.js - PDB text with the letters of a design: the lines of the file, those of designed residues edited.
 *
 *   text --readLines--> lines, atoms --written_rows.js--> fates --> text
 *
 * All lines stay as they are, their ends too, but for
 *   ATOM, HETATM   of designed and changed residues (written_rows.js); those of changed ones are ATOM records
 *   ANISOU, SIGATM, SIGUIJ   behind such an atom: left out, as they speak of what was measured
 *   TER, HELIX, SHEET, CISPEP, SITE   take a changed residue's new name
 *   LINK, LINKR    the same where the bond is of a backbone atom; else left out, and the file's bonds of side chains
 *                  (SSBOND, HYDBND, SLTBRG) with a changed residue are, too
 *   CONECT         without atoms that are left out
 *   MODRES, HET    of changed residues: left out; HETNAM, HETSYN, FORMUL where no such residue is left
 *   SEQRES, SEQADV, DBREF, DBREF1, DBREF2   of chains with a changed residue: left out, as they speak of the protein
 *                  that was; what the chain is now, its atoms say
 *   MODEL ... ENDMDL   of other models than the one that was read, and NUMMDL: left out
 *   MASTER         left out, as its counts are not true any more
 * Remarks are the file's own story and stay. Lines of PQR files, which have no B-factor, get none.
 */
import {fates} from './written_rows.js';

/** @typedef {import('./structure.js').Structure} Structure */
/** @typedef {import('./written_rows.js').FileAtom} FileAtom */
/** @typedef {import('./written_rows.js').Letters} Letters */
/** @typedef {import('./written_rows.js').Edit} Edit */
/** @typedef {{text: string, end: string, kind: string, atom: number, model: number}} Line   atom: its index, or that of
 *     the atom before it; model: -1 in front of the first one and behind the last one */
/** @typedef {readonly [name: number, chain: number, number: number]} Place   first columns of what names a residue */

/** Where records name residues, and the atoms of them where they do. @type {Record<string, readonly Place[]>} */
const PLACES = {
    TER: [[18, 22, 23]], HELIX: [[16, 20, 22], [28, 32, 34]], CISPEP: [[12, 16, 18], [26, 30, 32]],
    SHEET: [[18, 22, 23], [29, 33, 34], [46, 50, 51], [61, 65, 66]],
    SITE: [[19, 23, 24], [30, 34, 35], [41, 45, 46], [52, 56, 57]],
    LINK: [[18, 22, 23], [48, 52, 53]], LINKR: [[18, 22, 23], [48, 52, 53]],
    SSBOND: [[12, 16, 18], [26, 30, 32]], HYDBND: [[18, 22, 23], [48, 52, 53]], SLTBRG: [[18, 22, 23], [48, 52, 53]],
    MODRES: [[13, 17, 19]], HET: [[8, 13, 14]]
};
const GONE = new Set(['SSBOND', 'HYDBND', 'SLTBRG', 'MODRES', 'HET']);
const LINKS = new Set(['LINK', 'LINKR']);
const ATOM_BEFORE_NAME = 5;   // columns from an atom's name to its residue's in LINK
const BACKBONE = /^(N|CA|C|O|OXT)$/;
/** The column of the chain. @type {Record<string, number>} */
const OF_CHAIN = {SEQRES: 12, SEQADV: 17, DBREF: 13, DBREF1: 13, DBREF2: 13};
/** The column of a component's name. @type {Record<string, number>} */
const OF_COMPONENT = {HETNAM: 12, HETSYN: 12, FORMUL: 13};
const BEHIND_ATOMS = new Set(['ANISOU', 'SIGATM', 'SIGUIJ']);
const BETWEEN = new Set(['CONECT', 'MASTER']);

/** The columns first..last without outer blanks. @param {string} text @param {number} first @param {number} last */
const field = (text, first, last) => text.slice(first - 1, last).trim();

/** Text in columns from the first on, in the place of what stands there. @param {string} text @param {number} first
 * @param {string} value */
const put = (text, first, value) =>
    text.slice(0, first - 1).padEnd(first - 1) + value + text.slice(first - 1 + value.length);

/**
 * @param {string} text
 * @param {number} ends   TER records before it: chains without a name end there
 * @param {number} model
 * @returns {FileAtom}
 */
function atomOf(text, ends, model) {
    const place = text.slice(20, 27);
    const number = /^\s*-?\d{1,5}\s*$/.test(place.slice(2)) ? place.slice(2).trim() : field(text, 23, 26);
    const [x, y, z] = [31, 39, 47].map((at) => Number(field(text, at, at + 7) || NaN));
    return {
        name: field(text, 13, 16), residue: field(text, 18, 20), chain: field(text, 22, 22), number, model,
        insertion: /\d/.test(text.charAt(26)) ? '' : field(text, 27, 27), altloc: field(text, 17, 17), xyz: [x, y, z],
        key: text.charAt(21) === ' ' ? `${place}${ends}` : place
    };
}

/**
 * The lines, which model each is of, and the atoms.
 * @param {string} text
 */
export function readLines(text) {
    /** @type {Line[]} */
    const lines = [];
    /** @type {FileAtom[]} */
    const atoms = [];
    let ends = 0, model = 0, open = false, held = false;   // held: the model has atoms
    for (const [, line, end] of text.matchAll(/([^\r\n]*)(\r\n|\n|\r|$)/g)) {
        if (!line && !end) continue;
        const [atomKind] = /^(ATOM(?=[\s\d])|HETATM)/.exec(line) ?? [], isAtom = atomKind !== undefined;
        const kind = atomKind ?? line.slice(0, 6).trim().split(/\s/)[0];
        const begins = /^MODEL(\s[\s\d]{0,14}|\d[\s\d]*)?$/.test(line.trimEnd());
        if ((begins || (isAtom && !open)) && held) {
            model++;
            held = false;
        }
        if (begins || isAtom) open = true;
        if (isAtom) {
            held = true;
            atoms.push(atomOf(line, ends, model));
        }
        if (kind === 'TER') ends++;
        lines.push({text: line, end, kind, atom: atoms.length - 1, model: open && !BETWEEN.has(kind) ? model : -1});
        if (kind === 'ENDMDL' || (kind === 'END' && held)) open = false;
    }
    return {lines, atoms, models: model + Number(held)};
}

/** The columns of an atom with what is new. @param {string} text @param {Edit} edit */
function editAtom(text, {residue, bFactor, whole}, wide = false) {
    let line = text;
    if (residue !== null) line = put(put(line, 1, 'ATOM  '), 18, wide ? residue : residue.padEnd(4));
    if (whole) line = put(put(line, 17, ' '), 55, '  1.00');
    const others = /\S\s+\S/.test(text.slice(54, 60)) || /\S\s+\S/.test(text.slice(60, 66));   // PQR: charge, radius
    return bFactor === null || others ? line : put(line, 61, bFactor.toFixed(2).padStart(6));
}

/** What the lines of one file are written by. */
class Writer {
    /** @type {Map<string, [before: string, after: string]>} changed residues by chain, number and insertion code */
    #names = new Map();
    /** @type {Set<string>} chains with one of them */
    #chains = new Set();
    /** @type {Set<string>} names that no residue has any more */
    #components = new Set();
    /** @type {Set<string>} serials of atoms that are left out */
    #serials = new Set();
    #fates;
    #wide;
    #model;
    #models;

    /**
     * @param {ReturnType<typeof readLines>} file
     * @param {Structure} structure
     * @param {Letters} design
     */
    constructor({lines, atoms, models}, structure, design) {
        const {fates: all, rowOf, changed, model} = fates(atoms, structure, design);
        this.#fates = all;
        this.#model = model;
        this.#models = models;
        const texts = lines.filter(({kind}) => kind === 'ATOM' || kind === 'HETATM').map(({text}) => text);
        this.#wide = atoms.some(({chain}, i) => rowOf[i] >= 0 && chain !== '' && texts[i].charAt(20) !== ' '
            && structure.chains[structure.chainOf[rowOf[i]]].name === texts[i].charAt(20) + chain);
        /** @type {Set<string>} */
        const left = new Set();
        /** @type {Set<string>} */
        const serials = new Set();
        atoms.forEach((atom, i) => {
            const fate = all[i], serial = field(texts[i], 7, 11);
            if (fate !== 'dropped') {
                left.add(fate === 'same' ? atom.residue : fate.residue ?? atom.residue);
                serials.add(serial);
            }
            if (atom.model !== model || rowOf[i] < 0 || !changed[rowOf[i]]) return;
            this.#components.add(atom.residue);
            this.#chains.add(this.#chainAt(texts[i], 22));
            if (fate === 'dropped') this.#serials.add(serial);
            else if (fate !== 'same' && fate.residue) {
                this.#names.set(this.#key(texts[i], [18, 22, 23]), [atom.residue, fate.residue]);
            }
        });
        for (const name of this.#components) if (left.has(name)) this.#components.delete(name);
        for (const serial of this.#serials) if (serials.has(serial)) this.#serials.delete(serial);
    }

    /** @param {string} text @param {number} column */
    #chainAt(text, column) {
        return text.slice(column - 1 - Number(this.#wide), column).trim();
    }

    /** @param {string} text @param {Place} place */
    #key(text, [, chain, number]) {
        const code = field(text, number + 4, number + 4);
        return `${this.#chainAt(text, chain)} ${field(text, number, number + 3)} ${code}`;
    }

    /**
     * The record with the new names of changed residues; null where it must go.
     * @param {string} kind
     * @param {string} text
     */
    #named(kind, text) {
        let line = text;
        for (const place of PLACES[kind]) {
            const [before, after] = this.#names.get(this.#key(text, place)) ?? [];
            const [column] = place;
            if (!after || field(text, column, column + 2) !== before) continue;
            const side = LINKS.has(kind) && !BACKBONE.test(field(text, column - ATOM_BEFORE_NAME, column - 2));
            if (GONE.has(kind) || side) return null;
            line = put(line, column, after);
        }
        return line;
    }

    /** @param {string} text */
    #bonds(text) {
        const serials = text.slice(6).trimEnd().match(/.{1,5}/g) ?? [];
        if (!serials.some((serial) => this.#serials.has(serial.trim()))) return text;
        const [from = '', ...to] = serials, left = to.filter((serial) => !this.#serials.has(serial.trim()));
        return this.#serials.has(from.trim()) || !left.some((serial) => serial.trim()) ? null
            : `CONECT${from}${left.join('')}`;
    }

    /**
     * The line as it is written; null where it is left out.
     * @param {Line} line
     * @returns {string | null}
     */
    line({text, kind, atom, model}) {
        if (model >= 0 && model !== this.#model) return null;
        if (kind === 'MASTER' || (kind === 'NUMMDL' && this.#models > 1)) return null;
        const fate = this.#fates[atom];
        if (kind === 'ATOM' || kind === 'HETATM') {
            return fate === 'dropped' ? null : fate === 'same' ? text : editAtom(text, fate, this.#wide);
        }
        if (BEHIND_ATOMS.has(kind) && fate) return fate === 'same' ? text : null;
        if (kind === 'CONECT') return this.#bonds(text);
        if (kind in PLACES) return this.#named(kind, text);
        if (kind in OF_CHAIN) return this.#chains.has(this.#chainAt(text, OF_CHAIN[kind])) ? null : text;
        const column = OF_COMPONENT[kind];
        return column && this.#components.has(field(text, column, column + 2)) ? null : text;
    }
}

/**
 * @param {string} text
 * @param {Structure} structure   which was read from it
 * @param {Letters} design
 * @returns {string}
 */
export function editPdb(text, structure, design) {
    const mark = text.startsWith('\ufeff') ? '\ufeff' : '';   // of the order of bytes
    const file = readLines(text.slice(mark.length)), writer = new Writer(file, structure, design);
    return mark + file.lines.map((line) => {
        const written = writer.line(line);
        return written === null ? '' : written + line.end;
    }).join('');
}
