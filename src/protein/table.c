/* SPDX-License-Identifier: MIT */
#include "table.h"

#include <math.h>
#include <string.h>

#include "structure_build.h"

static const int32_t LARGEST_NUMBER = 999999999; /* nine digits, as many as selections read */

_Static_assert(sizeof(TableHead) == 40 && sizeof(TableAtom) == 56, "the layout of a table");

typedef struct TableReader {
    TableHead head;
    const char *atoms, *models, *text, *end; /* end: of the texts */
    StructureBuilder *builder;
    StructureReading reading;
} TableReader;

int table_is(const void *bytes, size_t count) {
    return count >= sizeof(TableHead) && !memcmp(bytes, TABLE_MAGIC, sizeof TABLE_MAGIC - 1);
}

/* 1 where the parts that the head counts fill the bytes exactly and the last text is ended. */
static int open_table(TableReader *r, const void *bytes, size_t count) {
    TableHead *h = &r->head;
    memcpy(h, bytes, sizeof *h);
    if (h->atoms < 0 || h->chains < 0 || h->notes < 0 || h->text < 0 || h->models < 0) return 0;
    uint64_t size =
        sizeof *h + (uint64_t)h->atoms * sizeof(TableAtom) + (uint64_t)h->models * 4 + (uint64_t)h->text;
    if (size != count) return 0;
    r->atoms = (const char *)bytes + sizeof *h;
    r->models = r->atoms + (size_t)h->atoms * sizeof(TableAtom);
    r->text = r->models + (size_t)h->models * 4;
    r->end = (const char *)bytes + count;
    return !h->text || !r->end[-1];
}

/* The next text, or NULL behind the last. */
static const char *next_text(TableReader *r) {
    const char *text = r->text;
    if (text == r->end) return NULL;
    r->text += strlen(text) + 1;
    return text;
}

/* A field without the NULs that fill it up. Characters that are not printable ASCII become '?'. */
static void copy_field(char *out, const char *field, size_t size) {
    size_t length = 0;
    for (; length < size && field[length]; length++)
        out[length] = field[length] > ' ' && field[length] < 127 ? field[length] : '?';
    memset(out + length, 0, size - length);
}

static char label(char c) { return c > ' ' && c < 127 ? c : ' '; }

static int is_place(const TableAtom *t) {
    for (size_t i = 0; i < 3; i++)
        if (!(fabsf(t->xyz[i]) < 1e8f)) return 0;
    return t->number >= -LARGEST_NUMBER && t->number <= LARGEST_NUMBER && t->name[0];
}

/* index counts from 0. Chains were declared in their order, so that the builder's index is the table's. */
static WeftStatus read_atom(TableReader *r, int32_t index) {
    TableAtom t;
    memcpy(&t, r->atoms + (size_t)index * sizeof t, sizeof t);
    if (t.chain < 0 || t.chain >= r->head.chains || t.label_chain >= r->head.chains)
        return base_fail(WEFT_BAD_STRUCTURE, -1, "the table of atoms is damaged: atom %d has no chain",
                         (int)index + 1);
    if (!is_place(&t)) {
        if (!r->reading.skipped++) r->reading.first_skipped = index + 1;
        return WEFT_OK;
    }
    AtomRecord a = {.occupancy = 1.0f, .chain = t.chain, .number = t.number, .line = -1};
    memcpy(a.xyz, t.xyz, sizeof a.xyz);
    a.label_chain = base_max(t.label_chain, -1) + 1;
    a.label_number = t.label_number;
    if (t.occupancy >= 0.0f && t.occupancy <= 1.0f)
        a.occupancy = t.occupancy;
    else if (!r->reading.odd_occupancy++)
        r->reading.first_odd = index + 1;
    if (fabsf(t.b_factor) < 1e8f) a.b_factor = t.b_factor;
    copy_field(a.name, t.name, sizeof t.name);
    copy_field(a.residue, t.residue, sizeof a.residue - 1);
    copy_field(a.element, t.element, sizeof t.element);
    a.altloc = label(t.altloc);
    a.insertion = label(t.insertion);
    a.hetero = t.hetero != 0;
    a.tail = t.tail != 0;
    return structure_build_atom(r->builder, &a);
}

/* Chains before the atoms, notes behind them. A table may be without its notes, but not without a chain. */
static WeftStatus read_chains(TableReader *r) {
    for (int32_t c = 0; c < r->head.chains; c++) {
        const char *name = next_text(r);
        if (!name)
            return base_fail(WEFT_BAD_STRUCTURE, -1, "the table of atoms is damaged: a chain has no name");
        int32_t made = structure_build_chain(r->builder, name);
        if (made < 0) return WEFT_NO_MEMORY;
    }
    return WEFT_OK;
}

/* The reader that made the table has chosen by the same numbers. */
static WeftStatus read_models(TableReader *r, int32_t wanted) {
    StructureModels *m = &r->builder->models;
    for (int32_t i = 0; i < r->head.models; i++) {
        int32_t number;
        memcpy(&number, r->models + 4 * (size_t)i, sizeof number);
        if (structure_models_add(m, number, r->builder->arena)) return WEFT_NO_MEMORY;
    }
    WeftStatus status = structure_models_choose(m, wanted, r->builder->arena);
    if (status) return status;
    if (m->index != r->head.model)
        return base_fail(WEFT_BAD_STRUCTURE, -1, "the table of atoms is damaged: it holds another model");
    m->line = -1;
    m->largest = r->head.largest;
    return WEFT_OK;
}

static WeftStructure *read_table(TableReader *r, StructureChoice choice) {
    if (read_models(r, choice.model) || read_chains(r)) return NULL;
    for (int32_t i = 0; i < r->head.atoms; i++)
        if (read_atom(r, i)) return NULL;
    if (!r->builder->atom_count) {
        base_fail(WEFT_BAD_STRUCTURE, -1,
                  "none of the %d atoms can be read: each lacks its coordinates, name or residue number",
                  (int)r->head.atoms);
        return NULL;
    }
    structure_report_reading(r->builder, &r->reading);
    const char *note = next_text(r);
    for (int32_t i = 0; note && i < r->head.notes; i++, note = next_text(r))
        if (*note) structure_build_issue(r->builder, -1, "%s", note);
    return structure_build_finish(r->builder);
}

WeftStructure *table_parse(const void *bytes, size_t count, StructureChoice choice) {
    TableReader r = {.reading = {.place = "row", .chosen = choice.model != 0}};
    if (!table_is(bytes, count) || !open_table(&r, bytes, count)) {
        base_fail(WEFT_BAD_STRUCTURE, -1, "the table of atoms is damaged: its parts do not fill it");
        return NULL;
    }
    r.builder = structure_build_open((size_t)r.head.atoms);
    if (!r.builder) return NULL;
    r.builder->altloc = choice.altloc;
    WeftStructure *s = read_table(&r, choice);
    structure_build_free(r.builder);
    return s;
}
