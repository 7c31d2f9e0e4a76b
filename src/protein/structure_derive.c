/* SPDX-License-Identifier: MIT */
#include "structure_derive.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "structure_build.h"

enum { AXES = 3, BACKBONE_NUMBERS = BACKBONE_COUNT * AXES };

static const float FARTHEST = 1e8f; /* angstrom, as in files */

/* ---- Rows ---------------------------------------------------------------------------------------------- */

static void count_rows(StructureLayout *l, const WeftStructure *s, const uint8_t *rows) {
    int32_t last = -1;
    for (int32_t i = 0; i < s->length; i++) {
        if (!rows[i]) continue;
        l->chains += s->chain[i] != last;
        last = s->chain[i];
        l->atoms += s->first_atom[i + 1] - s->first_atom[i];
        l->rows++;
    }
}

/* What is made, and how far it is. */
typedef struct Copier {
    WeftStructure *out;
    const WeftStructure *s;
    int32_t rows, chains;
} Copier;

static void copy_atoms(WeftStructure *out, const WeftStructure *s, int32_t row) {
    int32_t from = s->first_atom[row], to = out->atom_count;
    size_t count = (size_t)(s->first_atom[row + 1] - from);
#define COPY(field) memcpy(out->field + to, s->field + from, count * sizeof *s->field)
    COPY(atom_name);
    COPY(element);
    COPY(altloc);
    COPY(occupancy);
    COPY(b_factor);
    COPY(xyz);
#undef COPY
    out->atom_count += (int32_t)count;
}

static void copy_row(WeftStructure *out, int32_t to, const WeftStructure *s, int32_t row) {
    out->letter[to] = s->letter[row];
    out->mask[to] = s->mask[row];
    out->carbon[to] = s->carbon[row];
    out->unknown[to] = s->unknown[row];
    out->number[to] = s->number[row];
    out->insertion[to] = s->insertion[row];
    out->origin[to] = s->origin[row];
    out->label_number[to] = s->label_number[row];
    memcpy(out->name[to], s->name[row], sizeof out->name[to]);
    out->first_atom[to] = out->atom_count;
    copy_atoms(out, s, row);
    out->first_atom[to + 1] = out->atom_count;
}

/* A name with something behind it, or NULL with WEFT_NO_MEMORY. */
static const char *keep_joined(WeftStructure *out, const char *name, const char *suffix) {
    size_t length = strlen(name), more = strlen(suffix) + 1;
    char *joined = ARENA_TAKE(out->arena, char, length + more);
    if (!joined) return NULL;
    memcpy(joined, name, length);
    memcpy(joined + length, suffix, more);
    return joined;
}

/* Rows of one chain mostly have one label: it is kept once. before: the row that was copied last, or -1. */
static WeftStatus copy_label(const Copier *c, int32_t row, int32_t before, const char *suffix) {
    const char **label = &c->out->label_chain[c->rows], *name = c->s->label_chain[row];
    if (before >= 0 && c->s->label_chain[before] == name)
        *label = label[-1];
    else
        *label = *name ? keep_joined(c->out, name, suffix) : "";
    return *label ? WEFT_OK : WEFT_NO_MEMORY;
}

/* Rows stand chain by chain, so a chain begins where its index is another than in the row before. */
static WeftStatus copy_rows(Copier *c, const uint8_t *rows, const char *suffix) {
    WeftStructure *out = c->out;
    for (int32_t i = 0, before = -1; i < c->s->length; i++) {
        if (!rows[i]) continue;
        if (before < 0 || c->s->chain[i] != c->s->chain[before]) {
            out->chain_start[c->chains] = c->rows;
            out->chain_name[c->chains] = keep_joined(out, c->s->chain_name[c->s->chain[i]], suffix);
            if (!out->chain_name[c->chains++]) return WEFT_NO_MEMORY;
        }
        if (copy_label(c, i, before, suffix)) return WEFT_NO_MEMORY;
        out->chain[c->rows] = c->chains - 1;
        copy_row(out, c->rows++, c->s, i);
        out->chain_start[c->chains] = c->rows;
        before = i;
    }
    return WEFT_OK;
}

static WeftStatus copy_models(WeftStructure *out, const WeftStructure *s) {
    out->model_number = ARENA_TAKE(out->arena, int32_t, (size_t)s->model_count);
    if (!out->model_number) return WEFT_NO_MEMORY;
    memcpy(out->model_number, s->model_number, (size_t)s->model_count * sizeof *s->model_number);
    out->model = s->model;
    out->model_count = s->model_count;
    return WEFT_OK;
}

static WeftStatus add_issue(WeftStructure *out, const char *sentence, int32_t line) {
    const char *text = structure_keep(out, sentence);
    if (!text) return WEFT_NO_MEMORY;
    out->issue[out->issue_count++] = (StructureIssue){text, line};
    return WEFT_OK;
}

/* Models and sentences of the file, these behind room for further ones. */
static WeftStatus copy_issues(WeftStructure *out, const WeftStructure *s, int32_t further) {
    if (copy_models(out, s)) return WEFT_NO_MEMORY;
    out->issue = ARENA_TAKE(out->arena, StructureIssue, (size_t)s->issue_count + (size_t)further);
    if (!out->issue) return WEFT_NO_MEMORY;
    for (int32_t i = 0; i < s->issue_count; i++)
        if (add_issue(out, s->issue[i].text, s->issue[i].line)) return WEFT_NO_MEMORY;
    return WEFT_OK;
}

WeftStructure *structure_part(const WeftStructure *s, const uint8_t *rows) {
    StructureLayout l = {0};
    count_rows(&l, s, rows);
    if (!l.rows) {
        base_fail(WEFT_BAD_REQUEST, -1, "no residue of the structure is left");
        return NULL;
    }
    Copier c = {.out = structure_open(&l), .s = s};
    if (c.out && (copy_rows(&c, rows, "") || copy_issues(c.out, s, 0))) {
        structure_free(c.out);
        return NULL;
    }
    return c.out;
}

/* ---- Copies -------------------------------------------------------------------------------------------- */

/* Rows that follow each other under one name that operators use. */
typedef struct Stretch {
    const char *name;
    int32_t first, end;
} Stretch;

static const char *asked_name(const WeftStructure *s, int32_t row) {
    return *s->label_chain[row] ? s->label_chain[row] : s->chain_name[s->chain[row]];
}

static int compare_stretches(const void *left, const void *right) {
    const Stretch *a = left, *b = right;
    int order = strcmp(a->name, b->name);
    return order ? order : (a->first > b->first) - (a->first < b->first);
}

/* All rows in stretches, by name; NULL where memory is out. */
static Stretch *list_stretches(const WeftStructure *s, Arena *arena, int32_t *count) {
    Stretch *list = ARENA_TAKE(arena, Stretch, (size_t)s->length);
    *count = 0;
    for (int32_t i = 0; list && i < s->length; i++) {
        int same = i && s->chain[i] == s->chain[i - 1] && s->label_chain[i] == s->label_chain[i - 1];
        if (!same) list[(*count)++] = (Stretch){asked_name(s, i), i, i};
        list[*count - 1].end = i + 1;
    }
    if (list) qsort(list, (size_t)*count, sizeof *list, compare_stretches);
    return list;
}

/* Sets rows to 1 where the operator applies, and in `ever`, too. */
static void mark_rows(const StructureOperator *o, const Stretch *list, int32_t count, uint8_t *rows,
                      uint8_t *ever, int32_t length) {
    const char *name = o->chains;
    memset(rows, 0, (size_t)length);
    for (int32_t k = 0; k < o->count; k++, name += strlen(name) + 1) {
        int32_t low = 0, high = count;
        while (*name && low < high) {
            int32_t middle = (low + high) / 2;
            if (strcmp(list[middle].name, name) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        for (; low < count && (!*name || !strcmp(list[low].name, name)); low++) {
            size_t size = (size_t)(list[low].end - list[low].first);
            memset(rows + list[low].first, 1, size);
            memset(ever + list[low].first, 1, size);
        }
    }
}

/* Moves the atoms from an index on. */
static WeftStatus apply_matrix(WeftStructure *out, int32_t from, const StructureOperator *o) {
    for (int32_t a = from; a < out->atom_count; a++) {
        float *xyz = out->xyz[a];
        const double x = xyz[0], y = xyz[1], z = xyz[2];
        for (int32_t d = 0; d < AXES; d++) {
            const double *m = o->matrix[d];
            xyz[d] = (float)(m[0] * x + m[1] * y + m[2] * z + m[3]);
            if (!(fabsf(xyz[d]) < FARTHEST))
                return base_fail(WEFT_BAD_STRUCTURE, -1, "an operator of the assembly moves atoms beyond 1e8");
        }
    }
    return WEFT_OK;
}

typedef struct NamedChain {
    const char *name;
    int32_t chain;
} NamedChain;

static int compare_named(const void *left, const void *right) {
    const NamedChain *a = left, *b = right;
    int order = strcmp(a->name, b->name);
    return order ? order : (a->chain > b->chain) - (a->chain < b->chain);
}

/* Gives every second chain of one name another: "-2", "-3" ... is added until no two are the same. */
static WeftStatus tell_apart(WeftStructure *out, Arena *arena, ReportList *renamed) {
    enum { ROUNDS = 8 };
    size_t count = (size_t)out->chain_count;
    NamedChain *list = ARENA_TAKE(arena, NamedChain, count);
    if (!list) return WEFT_NO_MEMORY;
    for (int round = 0; round < ROUNDS; round++) {
        int32_t again = 0, clashes = 0;
        for (int32_t c = 0; c < out->chain_count; c++) list[c] = (NamedChain){out->chain_name[c], c};
        qsort(list, count, sizeof *list, compare_named);
        for (int32_t i = 1; i < out->chain_count; i++) {
            again = strcmp(list[i].name, list[i - 1].name) ? 0 : again + 1;
            if (!again) continue;
            char suffix[16];
            snprintf(suffix, sizeof suffix, "-%d", (int)again + 1);
            const char **name = &out->chain_name[list[i].chain];
            *name = keep_joined(out, list[i].name, suffix);
            if (!*name) return WEFT_NO_MEMORY;
            structure_report_item(renamed, -1, "%.40s as %.40s", list[i].name, *name);
            clashes++;
        }
        if (!clashes) return WEFT_OK;
    }
    return base_fail(WEFT_BAD_STRUCTURE, -1, "chains of the assembly cannot be told apart by their names");
}

/* One sentence, of a list unless that is empty. */
static WeftStatus add_list(WeftStructure *out, ReportList *list, const char *format, ...) WEFT_PRINTF(3, 4);
static WeftStatus add_list(WeftStructure *out, ReportList *list, const char *format, ...) {
    char text[512];
    if (!list->count) return WEFT_OK;
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    length = base_min(base_max(length, 0), sizeof text - 1);
    snprintf(text + length, sizeof text - (size_t)length, ": %s", structure_report_close(list));
    return add_issue(out, text, -1);
}

/* What was made of which chains. */
static WeftStatus report_copies(const Copier *c, const StructureAssembly *a, const uint8_t *ever,
                                ReportList *renamed) {
    ReportList made = {0}, without = {0};
    for (int32_t k = 0; k < c->out->chain_count; k++)
        structure_report_item(&made, -1, "%.40s", c->out->chain_name[k]);
    for (int32_t k = 0; k < c->s->chain_count; k++) {
        int32_t first = c->s->chain_start[k], end = c->s->chain_start[k + 1];
        if (!memchr(ever + first, 1, (size_t)(end - first)))
            structure_report_item(&without, -1, "%.40s", c->s->chain_name[k]);
    }
    WeftStatus status =
        add_list(c->out, &made, "assembly %.40s: %d operator%s, %d chain%s", a->id, (int)a->count,
                 a->count == 1 ? "" : "s", (int)c->out->chain_count, c->out->chain_count == 1 ? "" : "s");
    if (!status) status = add_list(c->out, &without, "chains that are no part of assembly %.40s", a->id);
    return status ? status : add_list(c->out, renamed, "names that several chains of the assembly would have");
}

typedef struct Marks {
    Arena *arena; /* scratch: all of this */
    Stretch *list;
    uint8_t *rows, *ever; /* [n] of the operator at hand; of all */
    int32_t count;
} Marks;

/* How large the copies are together, or a failure: nothing, or too much. */
static WeftStatus count_copies(const WeftStructure *s, const StructureAssembly *a, Marks *m, StructureLayout *l) {
    for (int32_t k = 0; k < a->count; k++) {
        mark_rows(&a->operators[k], m->list, m->count, m->rows, m->ever, s->length);
        count_rows(l, s, m->rows);
        if (l->atoms > STRUCTURE_MAX_ATOMS)
            return base_fail(WEFT_BAD_STRUCTURE, -1,
                             "assembly %.40s has more than %d million atoms: %d operators, "
                             "and the file has %d",
                             a->id, STRUCTURE_MAX_ATOMS / 1000000, (int)a->count, (int)s->atom_count);
    }
    if (!l->rows)
        return base_fail(WEFT_BAD_STRUCTURE, -1, "assembly %.40s has no protein chain of the file", a->id);
    return WEFT_OK;
}

static WeftStatus fill_copies(Copier *c, const StructureAssembly *a, Marks *m) {
    enum { SENTENCES = 3 };
    ReportList renamed = {0};
    for (int32_t k = 0; k < a->count; k++) {
        int32_t from = c->out->atom_count;
        mark_rows(&a->operators[k], m->list, m->count, m->rows, m->ever, c->s->length);
        WeftStatus status = copy_rows(c, m->rows, a->operators[k].suffix);
        if (!status) status = apply_matrix(c->out, from, &a->operators[k]);
        if (status) return status;
    }
    WeftStatus status = tell_apart(c->out, m->arena, &renamed);
    if (!status) status = copy_issues(c->out, c->s, SENTENCES);
    return status ? status : report_copies(c, a, m->ever, &renamed);
}

static WeftStructure *make_copies(const WeftStructure *s, const StructureAssembly *a, Marks *m) {
    StructureLayout l = {0};
    m->list = list_stretches(s, m->arena, &m->count);
    m->rows = m->list ? ARENA_TAKE(m->arena, uint8_t, (size_t)s->length) : NULL;
    m->ever = m->rows ? ARENA_TAKE(m->arena, uint8_t, (size_t)s->length) : NULL;
    if (!m->ever || count_copies(s, a, m, &l)) return NULL;
    Copier c = {.out = structure_open(&l), .s = s};
    if (c.out && fill_copies(&c, a, m)) {
        structure_free(c.out);
        return NULL;
    }
    return c.out;
}

WeftStructure *structure_copies(const WeftStructure *s, const StructureAssembly *a) {
    Marks m = {.arena = arena_open()};
    WeftStructure *out = m.arena ? make_copies(s, a, &m) : NULL;
    arena_free(m.arena);
    return out;
}

/* ---- Coordinates --------------------------------------------------------------------------------------- */

void structure_backbone(const WeftStructure *s, float deviation, RandomKey seed, float *xyz) {
    double noise[BACKBONE_NUMBERS] = {0};
    for (int32_t i = 0; i < s->length; i++) {
        if (deviation > 0.0f) random_normals(noise, BACKBONE_NUMBERS, seed, RANDOM_NOISE, 0, (uint32_t)i);
        for (int32_t k = 0; k < BACKBONE_NUMBERS; k++) {
            const float *at = structure_atom(s, i, structure_backbone_name(k / AXES));
            *xyz++ = at ? at[k % AXES] + (float)(deviation * noise[k]) : NAN;
        }
    }
}

static WeftStatus move_atom(WeftStructure *s, int32_t row, const char *atom, const float *xyz) {
    int32_t index = structure_atom_index(s, row, atom);
    char name[48];
    for (int32_t d = 0; index >= 0 && d < AXES; d++) {
        if (!(fabsf(xyz[d]) < FARTHEST))
            return base_fail(WEFT_BAD_STRUCTURE, row, "%s of %s: a coordinate is no number below 1e8", atom,
                             structure_row_name(s, row, name, sizeof name));
        s->xyz[index][d] = xyz[d];
    }
    return WEFT_OK;
}

/* All rows of a structure. */
static WeftStructure *copy_whole(const WeftStructure *s) {
    Arena *scratch = arena_open();
    uint8_t *rows = scratch ? ARENA_TAKE(scratch, uint8_t, (size_t)s->length) : NULL;
    if (rows) memset(rows, 1, (size_t)s->length);
    WeftStructure *out = rows ? structure_part(s, rows) : NULL;
    arena_free(scratch);
    return out;
}

WeftStructure *structure_moved(const WeftStructure *s, const float *xyz) {
    WeftStructure *out = copy_whole(s);
    for (int32_t i = 0; out && i < s->length; i++) {
        for (int32_t k = 0; k < BACKBONE_COUNT; k++, xyz += AXES) {
            if (!move_atom(out, i, structure_backbone_name(k), xyz)) continue;
            structure_free(out);
            return NULL;
        }
    }
    return out;
}

void structure_b_factors(const WeftStructure *s, float *values) {
    for (int32_t i = 0; i < s->length; i++) {
        int32_t ca = structure_atom_index(s, i, "CA");
        values[i] = ca < 0 ? NAN : s->b_factor[ca];
    }
}
