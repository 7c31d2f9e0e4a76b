/* SPDX-License-Identifier: MIT
 *
 * cif_text.js - for tests: the atoms of a PDB text as mmCIF text, mmCIF text as BinaryCIF, bytes as a zstd frame.
 *
 *   PDB --cifOf--> mmCIF --bcifOf--> BinaryCIF        bytes --zstdOf--> bytes
 */
import {createRequire} from 'node:module';
import {parseCifText} from '../../wasm/dist/cif_reader.js';

const {CifWriter} = createRequire(import.meta.url)('molstar/lib/commonjs/mol-io/writer/cif.js');

const TAGS = ['group_PDB', 'id', 'type_symbol', 'label_atom_id', 'label_alt_id', 'label_comp_id', 'label_asym_id',
    'label_entity_id', 'label_seq_id', 'pdbx_PDB_ins_code', 'Cartn_x', 'Cartn_y', 'Cartn_z', 'occupancy',
    'B_iso_or_equiv', 'auth_seq_id', 'auth_comp_id', 'auth_asym_id', 'auth_atom_id', 'pdbx_PDB_model_num'];

const quoted = (text) => (/['#_;]/.test(text) ? `"${text}"` : text);

/** Every atom of a PDB text, as a row; behind a chain's TER there is no place in its sequence. */
export function cifOf(pdb, {models = false} = {}) {
    const ended = new Set(), rows = [];
    let model = 1, place = 0;
    for (const line of pdb.split(/\r?\n/)) {
        const part = (first, last) => line.slice(first - 1, last).trim();
        if (line.startsWith('ENDMDL')) {
            if (!models) break;
            model++;
            ended.clear();
        }
        if (line.startsWith('TER')) ended.add(part(22, 22));
        if (!/^(ATOM  |HETATM)/.test(line)) continue;
        const [name, residue, chain] = [part(13, 16), part(18, 20), part(22, 22)];
        const seq = ended.has(chain) ? '.' : String(++place);
        rows.push([part(1, 6), rows.length + 1, part(77, 78) || '?', quoted(name), part(17, 17) || '.', residue,
            'L', 1, seq, part(27, 27) || '?', part(31, 38), part(39, 46), part(47, 54), part(55, 60) || '?',
            part(61, 66) || '?', part(23, 26), residue, chain || '.', quoted(name), model].join(' '));
    }
    return `data_made\nloop_\n${TAGS.map((tag) => `_atom_site.${tag}\n`).join('')}${rows.join('\n')}\n#\n`;
}

/** Coordinates as numbers in fixed point, as archives have them; words as words. */
export async function bcifOf(cif) {
    const parsed = await parseCifText(cif).run();
    const {header, categories} = parsed.result.blocks[0], {atom_site: site} = categories;
    const fields = CifWriter.fields();
    for (const name of site.fieldNames) {
        const field = site.getField(name), kind = {valueKind: (row) => field.valueKind(row)};
        if (/^(Cartn_[xyz]|occupancy|B_iso_or_equiv)$/.test(name)) {
            fields.float(name, (row) => field.float(row), {...kind, encoder: CifWriter.Encodings.fixedPoint3});
        } else if (/seq_id$|^id$|model_num$/.test(name)) {
            fields.int(name, (row) => field.int(row), {...kind, encoder: CifWriter.Encodings.deltaRLE});
        } else {
            fields.str(name, (row) => field.str(row), kind);
        }
    }
    const encoder = CifWriter.createEncoder({binary: true, encoderName: 'weft tests'});
    encoder.startDataBlock(header);
    encoder.writeCategory({
        name: 'atom_site', instance: () => ({fields: fields.getFields(), source: [{rowCount: site.rowCount}]})
    });
    for (const name of ['pdbx_struct_assembly_gen', 'pdbx_struct_oper_list'].filter((each) => categories[each])) {
        const {fieldNames, rowCount, getField} = categories[name], words = CifWriter.fields();
        for (const each of fieldNames) words.str(each, (row) => getField(each).str(row));
        encoder.writeCategory({name, instance: () => ({fields: words.getFields(), source: [{rowCount}]})});
    }
    encoder.encode();
    return encoder.getData();
}

const BLOCK = 1 << 17;

/** A frame of blocks that are not compressed: all that can be written without an encoder. */
export function zstdOf(bytes) {
    const head = new DataView(new ArrayBuffer(9));
    head.setUint32(0, 0xfd2fb528, true);
    head.setUint8(4, 0xa0);   // one segment, a size of four bytes
    head.setUint32(5, bytes.length, true);
    const parts = [new Uint8Array(head.buffer)];
    for (let at = 0; at < bytes.length || at === 0; at += BLOCK) {
        const block = bytes.subarray(at, at + BLOCK), last = Number(at + BLOCK >= bytes.length);
        const word = last | block.length << 3;
        parts.push(Uint8Array.of(word, word >> 8, word >> 16), block);
    }
    return new Uint8Array(Buffer.concat(parts));
}
