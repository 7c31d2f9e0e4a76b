/* SPDX-License-Identifier: MIT
 *
 * written_cif.js - mmCIF text with the letters of a design: the file's own text, with designed residues edited.
 *
 *   text --cif_text.js--> rows of _atom_site --written_rows.js--> fates --> text
 *
 * All stays as it is, but for these parts of the block that was read:
 *   atom_site            as PDB's atom records (written_pdb.js), of the model that was read alone
 *   atom_site_anisotrop  left out for atoms of designed residues, and for those that are gone
 *   entity_poly_seq, pdbx_poly_seq_scheme, entity_poly   take the new names where all chains of an entity have the
 *                        same ones; where they differ, the entity has no one sequence: its rows, and the letters in
 *                        entity_poly, are left out. What each chain is, its atoms say
 *   struct_conn          takes a new name where the bond is of a backbone atom; else the row is left out
 *   struct_conf, struct_sheet_range, pdbx_struct_sheet_hbond, struct_mon_prot_cis, struct_site_gen   take new names
 *   any other row that names a changed residue with its component, as pdbx_struct_mod_residue, pdbx_validate_* and
 *                        ma_qa_metric_local do: left out
 *   struct_ref, struct_ref_seq, struct_ref_seq_dif   left out for changed chains: they speak of the protein that was
 *   entity.formula_weight   not known for a changed entity
 */
import {CifText} from './cif_text.js';
import {fates} from './written_rows.js';

/** @typedef {import('./structure.js').Structure} Structure */
/** @typedef {import('./cif_text.js').CifCategory} CifCategory */
/** @typedef {import('./written_rows.js').FileAtom} FileAtom */
/** @typedef {import('./written_rows.js').Letters} Letters */
/** @typedef {Map<string, CifCategory>} Block */
/** @typedef {{before: string, after: string, entity: string}} Change   of a residue's name */

/**
 * @typedef {object} Changes
 * @property {Map<string, Change>} byLabel   'A 12': label_asym_id, label_seq_id
 * @property {Map<string, Change>} byAuthor  'A 12 LEU': auth_asym_id, auth_seq_id, component
 * @property {Set<string>} chains            auth_asym_id, with a changed residue
 * @property {Map<string, Set<string>>} chainsOf   label_asym_id of each entity with a changed residue
 */

const RENAMED = new Set([
    'struct_conn', 'struct_conf', 'struct_sheet_range', 'pdbx_struct_sheet_hbond', 'struct_mon_prot_cis',
    'struct_site_gen'
]);
const OWN = new Set(['atom_site', 'atom_site_anisotrop', 'entity_poly', 'entity_poly_seq', 'pdbx_poly_seq_scheme']);
const BACKBONE = /^(N|CA|C|O|OXT)$/;
const LINE = 80;   // letters

/** The block that is read: the first one with atoms. @param {CifText} text */
const atomBlock = (text) => text.blocks.find((block) => (block.get('atom_site')?.rows ?? 0) > 0);

/**
 * The rows of _atom_site in the words that the reader takes (cif.js).
 * @param {CifCategory} site
 * @returns {FileAtom[]}
 */
function atomsOf(site) {
    const [chain, number, name, residue, altloc, insertion, model, x, y, z] = [
        ['auth_asym_id', 'label_asym_id'], ['auth_seq_id', 'label_seq_id'], ['label_atom_id', 'auth_atom_id'],
        ['label_comp_id', 'auth_comp_id'], ['label_alt_id'], ['pdbx_pdb_ins_code'], ['pdbx_pdb_model_num'],
        ['cartn_x'], ['cartn_y'], ['cartn_z']
    ].map((names) => site.column(...names));
    /** @type {Map<string, number>} */
    const models = new Map();
    return Array.from({length: site.rows}, (_, row) => {
        if (!models.has(model(row))) models.set(model(row), models.size);
        const own = {chain: chain(row), number: number(row), insertion: insertion(row)};
        return {
            ...own, name: name(row), residue: residue(row), altloc: altloc(row),
            key: `${own.chain} ${own.number} ${own.insertion}`, model: models.get(model(row)) ?? 0,
            xyz: [Number(x(row) || NaN), Number(y(row) || NaN), Number(z(row) || NaN)]
        };
    });
}

/**
 * Edits the atoms; what has changed, for all that speaks of it.
 * @param {CifCategory} site
 * @param {Structure} structure
 * @param {Letters} design
 */
function editAtoms(site, structure, design) {
    const atoms = atomsOf(site), {fates: all, rowOf, changed} = fates(atoms, structure, design);
    const [id, asym, seq, entity] = ['id', 'label_asym_id', 'label_seq_id', 'label_entity_id'].map((name) =>
        site.column(name));
    /** @type {Changes} */
    const changes = {byLabel: new Map(), byAuthor: new Map(), chains: new Set(), chainsOf: new Map()};
    const dropped = new Set(), unmeasured = new Set();
    all.forEach((fate, i) => {
        if (fate === 'same') return;
        unmeasured.add(id(i));
        if (fate === 'dropped') return dropped.add(i);
        const {residue, bFactor, whole} = fate, {chain, number, residue: before} = atoms[i];
        if (bFactor !== null) site.set(i, 'b_iso_or_equiv', bFactor.toFixed(2));
        if (whole) for (const [name, value] of [['label_alt_id', '.'], ['occupancy', '1.00']]) site.set(i, name, value);
        if (residue === null || !changed[rowOf[i]]) return;
        for (const name of ['label_comp_id', 'auth_comp_id']) site.set(i, name, residue);
        site.set(i, 'group_pdb', 'ATOM');
        const change = {before, after: residue, entity: entity(i)};
        if (seq(i)) changes.byLabel.set(`${asym(i)} ${seq(i)}`, change);
        changes.byAuthor.set(`${chain} ${number} ${before}`, change);
        changes.chains.add(chain);
        changes.chainsOf.set(change.entity, (changes.chainsOf.get(change.entity) ?? new Set()).add(asym(i)));
    });
    site.drop(dropped);
    return {changes, unmeasured};
}

/**
 * Where rows of a category name residues: columns of chain, number and component, by label or author names.
 * @param {CifCategory} category
 */
function references({fields}) {
    const found = [];
    for (const chain of fields) {
        const match = /(label|auth)_asym_id/.exec(chain);
        if (!match && chain !== 'asym_id') continue;
        const number = chain.replace('asym_id', 'seq_id');
        const name = [chain.replace('asym_id', 'comp_id'), chain.replace('asym_id', 'mon_id')].find((each) =>
            fields.includes(each));
        const atom = chain.replace('asym_id', 'atom_id');
        if (!name || !fields.includes(number)) continue;
        found.push({chain, number, name, atom, author: match?.[1] === 'auth'});
    }
    return found;
}

/**
 * A category that names residues.
 * @param {string} name
 * @param {CifCategory} category
 * @param {Changes} changes
 */
function editReferences(name, category, {byLabel, byAuthor}) {
    const dropped = new Set();
    for (const each of references(category)) {
        const [chain, number, component] = [each.chain, each.number, each.name].map((field) => category.column(field));
        const atom = category.column(each.atom, each.atom.replace('auth', 'label'));
        for (let row = 0; row < category.rows; row++) {
            const place = `${chain(row)} ${number(row)}`;
            const change = each.author ? byAuthor.get(`${place} ${component(row)}`) : byLabel.get(place);
            if (!change || component(row) !== change.before) continue;
            const side = name === 'struct_conn' && !BACKBONE.test(atom(row));
            if (side || !RENAMED.has(name)) dropped.add(row);
            else category.set(row, each.name, change.after);
        }
    }
    category.drop(dropped);
}

/**
 * Leaves out the rows with one of some values in a column.
 * @param {CifCategory | undefined} category
 * @param {string} name
 * @param {{has(value: string): boolean}} values
 */
function dropWhere(category, name, values) {
    if (!category?.has(name)) return;
    const column = category.column(name);
    category.drop(new Set(Array.from({length: category.rows}, (_, row) => row).filter((row) =>
        values.has(column(row)))));
}

/**
 * The new names of the places of each changed entity; null where its chains differ.
 * @param {Block} block
 * @param {Changes} changes
 */
function entityChanges(block, {byLabel, chainsOf}) {
    /** @type {Map<string, Map<string, string> | null>} */
    const entities = new Map();
    const site = /** @type {CifCategory} */ (block.get('atom_site'));
    const [entity, asym, seq] = ['label_entity_id', 'label_asym_id', 'label_seq_id'].map((name) => site.column(name));
    for (const name of chainsOf.keys()) entities.set(name, new Map());
    for (let row = 0; row < site.rows; row++) {
        const names = entities.get(entity(row)), place = seq(row);
        if (!names) continue;
        const after = byLabel.get(`${asym(row)} ${place}`)?.after ?? '';
        if ((names.get(place) ?? after) !== after) entities.set(entity(row), null);
        else names.set(place, after);
    }
    return entities;
}

/**
 * Letters of a sequence as entity_poly has them, with those of changed places; null where they are not as many.
 * @param {string} codes
 * @param {readonly string[]} places
 * @param {ReadonlyMap<string, string>} names
 * @param {(name: string) => string} letter
 */
function newCodes(codes, places, names, letter) {
    const each = codes.replace(/\s+/g, '').match(/\([^)]*\)|[^()]/g) ?? [];
    if (each.length !== places.length) return null;
    return each.map((code, i) => (names.get(places[i]) ? letter(names.get(places[i]) ?? '') : code)).join('');
}

/** Letters as a value: in lines where they are many. @param {string} codes @param {string} end   of a line */
function codesText(codes, end) {
    if (codes.length <= LINE) return codes;
    const lines = codes.match(new RegExp(`.{1,${LINE}}`, 'g')) ?? [];
    return `${end};${lines.join(end)}${end};`;
}

/**
 * The sequences of entities.
 * @param {CifText} text
 * @param {Block} block
 * @param {Changes} changes
 * @param {(name: string) => string} letter
 */
function editSequences(text, block, changes, letter) {
    const entities = entityChanges(block, changes);
    const end = /\r\n/.test(text.source) ? '\r\n' : '\n';
    const unlike = new Set([...entities].filter(([, names]) => !names).map(([name]) => name));
    /** @type {Map<string, string[]>} */
    const places = new Map();
    for (const [name, place, components] of /** @type {const} */ ([
        ['entity_poly_seq', 'num', ['mon_id']],
        ['pdbx_poly_seq_scheme', 'seq_id', ['mon_id', 'pdb_mon_id', 'auth_mon_id']]
    ])) {
        const category = block.get(name);
        if (!category) continue;
        const [entity, at, chain] = ['entity_id', place, 'asym_id'].map((field) => category.column(field));
        const seen = new Set();
        for (let row = 0; row < category.rows; row++) {
            const own = places.get(entity(row)) ?? [], after = entities.get(entity(row))?.get(at(row));
            places.set(entity(row), own);
            const key = `${entity(row)} ${chain(row)} ${at(row)}`;
            if (name === 'entity_poly_seq' && !seen.has(key)) own.push(at(row));
            if (after && seen.has(key)) category.drop([row]);   // of two names at one place
            seen.add(key);
            for (const field of after ? components : []) {
                if (category.column(field)(row) !== '') category.set(row, field, after ?? '');
            }
            if (after) for (const field of ['hetero', 'pdbx_hetero']) category.set(row, field, 'n');
        }
        dropWhere(category, 'entity_id', unlike);
    }
    const poly = block.get('entity_poly');
    for (let row = 0; poly && row < poly.rows; row++) {
        const entity = poly.column('entity_id')(row), names = entities.get(entity);
        if (names === undefined) continue;
        for (const field of ['pdbx_seq_one_letter_code', 'pdbx_seq_one_letter_code_can']) {
            const codes = poly.column(field)(row);
            const after = codes && names && newCodes(codes, places.get(entity) ?? [], names, letter);
            poly.set(row, field, after ? codesText(after, end) : '?');
        }
    }
}

/**
 * @param {string} source
 * @param {Structure} structure   which was read from it
 * @param {Letters} design
 * @param {(name: string) => string} letter   of a component
 * @returns {string}
 */
export function editCif(source, structure, design, letter) {
    const text = new CifText(source), block = atomBlock(text), site = block?.get('atom_site');
    if (!block || !site) return source;
    const {changes, unmeasured} = editAtoms(site, structure, design);
    dropWhere(block.get('atom_site_anisotrop'), 'id', unmeasured);
    for (const [name, category] of block) if (!OWN.has(name)) editReferences(name, category, changes);
    editSequences(text, block, changes, letter);
    dropWhere(block.get('struct_ref_seq_dif'), 'pdbx_pdb_strand_id', changes.chains);
    dropWhere(block.get('struct_ref_seq'), 'pdbx_strand_id', changes.chains);
    dropWhere(block.get('struct_ref'), 'entity_id', changes.chainsOf);
    const entity = block.get('entity');
    for (let row = 0; entity && row < entity.rows; row++) {
        if (changes.chainsOf.has(entity.column('id')(row))) entity.set(row, 'formula_weight', '?');
    }
    return text.apply();
}
