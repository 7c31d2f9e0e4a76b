/* SPDX-License-Identifier: MIT */
#include "pdb.h"

#include <math.h>
#include <string.h>

#include "pdb_free.h"
#include "sniff.h"

enum {
    BYTES_PER_ATOM = 81, /* of a full atom record: a guess for the first reservation */
    COORDINATE_END = 54, /* column; a shorter atom record has been cut */
    CHAIN_KEYS = 256 * 256
};

typedef struct PdbReader {
    PdbText text;
    StructureBuilder *builder;
    int32_t *chain_of; /* [CHAIN_KEYS] builder's chain of a two-character name plus 1, or 0 */
    uint8_t *tail;     /* [CHAIN_KEYS] 1 behind the chain's TER */
    int32_t last_key;  /* of the last atom, or -1 */
    StructureReading reading;
    int wide_chains;     /* 1: chain names begin in column 21 */
    int between;         /* 1 from the end of a model to the first atom of the next */
    int32_t model;       /* the one at hand, counted from 0, or -1 */
    int32_t model_atoms; /* its atoms, where it is not read */
} PdbReader;

/* ---- Records ------------------------------------------------------------------------------------------- */

/* The chain of a record: column 22, and column 21 where that belongs to it. Blank names are
 * declared anew after each TER; the others once. Returns a negative status on failure. */
static int32_t read_chain(PdbReader *r, char before, char name, int32_t *key) {
    if (name == ' ') { /* "A " and " A" are one name */
        name = before;
        before = ' ';
    }
    *key = (uint8_t)before << 8 | (uint8_t)name;
    int32_t known = r->chain_of[*key];
    if (known) return known - 1;
    char text[8] = "";
    size_t length = 0;
    const char parts[2] = {before, name};
    for (int i = 0; i < 2; i++) {
        if (parts[i] > ' ' && parts[i] < 127)
            text[length++] = parts[i];
        else if (parts[i] != ' ') { /* not ASCII: two hexadecimal digits */
            text[length++] = 'x';
            text[length++] = "0123456789ABCDEF"[(uint8_t)parts[i] >> 4];
            text[length++] = "0123456789ABCDEF"[(uint8_t)parts[i] & 15];
        }
    }
    int32_t chain = structure_build_chain(r->builder, text);
    if (chain >= 0) r->chain_of[*key] = chain + 1;
    return chain;
}

static int read_coordinates(const PdbLine *l, float *xyz) {
    if (l->length < COORDINATE_END) return 0;
    for (size_t i = 0; i < 3; i++) {
        char text[9];
        double value;
        pdb_line_field(l, 31 + 8 * i, 38 + 8 * i, text);
        if (!pdb_line_decimal(text, &value) || !(fabsf((float)value) < 1e8f)) return 0;
        xyz[i] = (float)value;
    }
    return 1;
}

/* Columns 23-26, and 27 where a number of five digits runs into the insertion code. */
static int read_position(const PdbLine *l, AtomRecord *a) {
    char text[5];
    pdb_line_field(l, 23, 26, text);
    if (!pdb_line_number(text, &a->number)) return 0;
    char code = pdb_line_column(l, 27), lead = pdb_line_column(l, 23);
    a->insertion = code > ' ' && code < 127 ? code : ' ';
    if (code >= '0' && code <= '9' && strlen(text) == 4 && ((lead >= '0' && lead <= '9') || lead == '-')) {
        a->number = a->number * 10 + (a->number < 0 ? '0' - code : code - '0');
        a->insertion = ' ';
    }
    return 1;
}

/* What column 21 holds, file by file: usually nothing, the fourth letter of residue names (TIP3, HISD), or
 * the first letter of chain names. The last is so when it stands behind a known name without making
 * another one (ALA and B). */
static int has_wide_chains(PdbText t) {
    PdbLine l;
    while (pdb_line_next(&t, &l)) {
        char name[5], wide[5];
        int8_t letter;
        if (!pdb_line_is_atom(&l) || pdb_line_column(&l, 21) == ' ' || pdb_line_column(&l, 22) == ' ')
            continue;
        pdb_line_field(&l, 18, 20, name);
        pdb_line_field(&l, 18, 21, wide);
        if (residue_kind(name, &letter) != RESIDUE_OTHER && residue_kind(wide, &letter) == RESIDUE_OTHER)
            return 1;
    }
    return 0;
}

static void read_occupancy(PdbReader *r, const PdbLine *l, AtomRecord *a) {
    char text[7];
    double value;
    pdb_line_field(l, 55, 60, text);
    int good = pdb_line_decimal(text, &value) && value >= 0 && value <= 1;
    a->occupancy = good ? (float)value : 1.0f;
    if (!good && *text && !r->reading.odd_occupancy++) r->reading.first_odd = l->number;
    pdb_line_field(l, 61, 66, text);
    a->b_factor = pdb_line_decimal(text, &value) && fabs(value) < 1e8 ? (float)value : 0.0f;
}

/* chain: columns 21, where that belongs to its name, and 22. 0 where the record cannot be read. */
static int read_columns(PdbReader *r, const PdbLine *l, AtomRecord *a, char chain[2]) {
    pdb_line_field(l, 13, 16, a->name);
    if (!*a->name || !read_coordinates(l, a->xyz) || !read_position(l, a)) return 0;
    pdb_line_field(l, 18, r->wide_chains ? 20 : 21, a->residue);
    chain[0] = r->wide_chains ? pdb_line_column(l, 21) : ' ';
    chain[1] = pdb_line_column(l, 22);
    a->altloc = pdb_line_column(l, 17) > ' ' && pdb_line_column(l, 17) < 127 ? pdb_line_column(l, 17) : ' ';
    read_occupancy(r, l, a);
    pdb_line_element(l, a->residue, a->element);
    return 1;
}

static WeftStatus read_atom(PdbReader *r, const PdbLine *l) {
    AtomRecord a = {.line = l->number, .hetero = l->text[0] == 'H', .occupancy = 1.0f, .altloc = ' '};
    char chain[2];
    if (r->reading.free_format ? !pdb_free_read(l, &a, chain) : !read_columns(r, l, &a, chain)) {
        if (!r->reading.skipped++) r->reading.first_skipped = l->number;
        return WEFT_OK;
    }
    a.chain = read_chain(r, chain[0], chain[1], &r->last_key);
    if (a.chain < 0) return WEFT_NO_MEMORY;
    a.tail = r->tail[r->last_key];
    return structure_build_atom(r->builder, &a);
}

static void read_ter(PdbReader *r) {
    if (r->last_key < 0) return;
    r->tail[r->last_key] = 1;
    if (r->last_key == (' ' << 8 | ' '))
        r->chain_of[r->last_key] = 0; /* the next blank chain is another one */
}

/* ---- Models -------------------------------------------------------------------------------------------- */

/* Atoms that no ENDMDL, END, MODEL or HEADER parts are a model. */
static WeftStatus list_models(PdbText t, StructureModels *m, Arena *scratch) {
    PdbLine l;
    int32_t printed = -1;
    int between = 1;
    m->line = -1;
    while (pdb_line_next(&t, &l)) {
        if (pdb_line_is_atom(&l)) {
            if (between && structure_models_add(m, printed, scratch)) return WEFT_NO_MEMORY;
            if (between && m->count == 2) m->line = l.number;
            between = 0;
        } else if (pdb_line_is_end(&l)) {
            int32_t number = pdb_line_model(&l);
            if (number >= 0 || !between) printed = number; /* a HEADER may stand behind MODEL */
            between = 1;
        }
    }
    return WEFT_OK;
}

/* Atoms of other models are counted, not read. Where nobody asked for a model, the first one that can be read is. */
static WeftStatus read_line(PdbReader *r, const PdbLine *l) {
    StructureModels *m = &r->builder->models;
    if (pdb_line_is_atom(l)) {
        if (r->between) r->model++, r->model_atoms = 0;
        r->between = 0;
        if (r->model == m->index) return read_atom(r, l);
        m->largest = base_max(m->largest, ++r->model_atoms);
    } else if (pdb_line_is_end(l)) {
        int empty = r->model == m->index && !r->builder->atom_count && !r->reading.chosen;
        r->between = 1;
        if (empty && m->index + 1 < m->count) m->index++;
    } else if (r->model == m->index && pdb_line_is(l, "TER")) {
        read_ter(r);
    }
    return WEFT_OK;
}

/* ---- The file ------------------------------------------------------------------------------------------ */

/* Says why a text without a single atom is no structure. */
static void fail_without_atoms(const PdbReader *r) {
    const char *what = sniff_text(r->text.text, r->text.count);
    if (r->reading.skipped)
        base_fail(WEFT_BAD_STRUCTURE, r->reading.first_skipped,
                  "none of the %d atom records can be read; line %d has no valid coordinates or residue "
                  "number in the PDB columns",
                  (int)r->reading.skipped, (int)r->reading.first_skipped);
    else if (what)
        base_fail(WEFT_BAD_STRUCTURE, -1, "this is %s, not PDB text", what);
    else
        base_fail(WEFT_BAD_STRUCTURE, -1, "no atoms: the text has no ATOM or HETATM record of a PDB file");
}

static WeftStructure *read_text(PdbReader *r, int32_t model) {
    PdbLine l;
    StructureModels *m = &r->builder->models;
    if (list_models(r->text, m, r->builder->arena)) return NULL;
    if (m->count && structure_models_choose(m, model, r->builder->arena)) return NULL;
    r->reading.chosen = model != 0;
    r->reading.free_format = pdb_free_is(r->text);
    r->wide_chains = !r->reading.free_format && has_wide_chains(r->text);
    while (pdb_line_next(&r->text, &l))
        if (read_line(r, &l)) return NULL;
    if (!r->builder->atom_count) {
        fail_without_atoms(r);
        return NULL;
    }
    structure_report_reading(r->builder, &r->reading);
    return structure_build_finish(r->builder);
}

static int is_blank(const char *text, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!strchr(" \t\r\n", text[i]) || !text[i]) return 0;
    return 1;
}

WeftStructure *pdb_parse(const void *bytes, size_t count, StructureChoice choice) {
    PdbReader r = {
        .text = {.text = bytes, .count = count}, .last_key = -1, .model = -1, .between = 1, .reading.place = "line"};
    const char *what = sniff_binary(bytes, count);
    if (!what) {
        /* mmCIF has lines that begin with ATOM, so it must not be tried as PDB. */
        what = sniff_text(bytes, count);
        if (what && !sniff_is_structure(what)) what = NULL;
    }
    if (what) {
        base_fail(WEFT_BAD_STRUCTURE, -1, "this is %s, not PDB text%s", what,
                  sniff_is_structure(what) ? "; engine.open reads it" : "");
        return NULL;
    }
    if (is_blank(bytes, count)) {
        base_fail(WEFT_BAD_STRUCTURE, -1, count ? "the file holds nothing but blanks" : "the file is empty");
        return NULL;
    }
    if (count >= 3 && !memcmp(bytes, "\xef\xbb\xbf", 3)) r.text.at = 3;
    r.builder = structure_build_open(count / BYTES_PER_ATOM);
    if (!r.builder) return NULL;
    r.builder->altloc = choice.altloc;
    r.chain_of = ARENA_TAKE(r.builder->arena, int32_t, CHAIN_KEYS);
    r.tail = r.chain_of ? ARENA_TAKE(r.builder->arena, uint8_t, CHAIN_KEYS) : NULL;
    WeftStructure *s = r.tail ? read_text(&r, choice.model) : NULL;
    structure_build_free(r.builder);
    return s;
}
