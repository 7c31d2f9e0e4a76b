/* SPDX-License-Identifier: MIT */
#include "structure_derive.h"

#include <math.h>
#include <string.h>

#include "structure_build.h"

enum { AXES = 3, BACKBONE_NUMBERS = BACKBONE_COUNT * AXES };

static const float FARTHEST = 1e8f; /* angstrom, as in files */

/* ---- Rows ---------------------------------------------------------------------------------------------- */

static StructureLayout count_rows(const WeftStructure *s, const uint8_t *rows) {
    StructureLayout l = {0};
    int32_t last = -1;
    for (int32_t i = 0; i < s->length; i++) {
        if (!rows[i]) continue;
        l.chains += s->chain[i] != last;
        last = s->chain[i];
        l.atoms += s->first_atom[i + 1] - s->first_atom[i];
        l.rows++;
    }
    return l;
}

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
    memcpy(out->name[to], s->name[row], sizeof out->name[to]);
    out->first_atom[to] = out->atom_count;
    copy_atoms(out, s, row);
    out->first_atom[to + 1] = out->atom_count;
}

/* The text in the structure's own memory, or NULL with WEFT_NO_MEMORY. */
static const char *copy_text(WeftStructure *out, const char *text) {
    size_t bytes = strlen(text) + 1;
    char *copy = ARENA_TAKE(out->arena, char, bytes);
    if (copy) memcpy(copy, text, bytes);
    return copy;
}

/* Rows stand chain by chain, so a chain begins where its index is another than in the row before. */
static WeftStatus copy_rows(WeftStructure *out, const WeftStructure *s, const uint8_t *rows) {
    int32_t to = 0, chain = -1, last = -1;
    for (int32_t i = 0; i < s->length; i++) {
        if (!rows[i]) continue;
        if (s->chain[i] != last) {
            last = s->chain[i];
            out->chain_name[++chain] = copy_text(out, s->chain_name[last]);
            if (!out->chain_name[chain]) return WEFT_NO_MEMORY;
            out->chain_start[chain] = to;
        }
        out->chain[to] = chain;
        copy_row(out, to++, s, i);
    }
    out->chain_start[chain + 1] = to;
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

static WeftStatus copy_issues(WeftStructure *out, const WeftStructure *s) {
    out->issue = ARENA_TAKE(out->arena, StructureIssue, (size_t)s->issue_count);
    if (!out->issue) return WEFT_NO_MEMORY;
    for (int32_t i = 0; i < s->issue_count; i++) {
        const char *text = copy_text(out, s->issue[i].text);
        if (!text) return WEFT_NO_MEMORY;
        out->issue[out->issue_count++] = (StructureIssue){text, s->issue[i].line};
    }
    return WEFT_OK;
}

WeftStructure *structure_part(const WeftStructure *s, const uint8_t *rows) {
    StructureLayout l = count_rows(s, rows);
    if (!l.rows) {
        base_fail(WEFT_BAD_REQUEST, -1, "no residue of the structure is left");
        return NULL;
    }
    WeftStructure *out = structure_open(&l);
    if (out && (copy_rows(out, s, rows) || copy_models(out, s) || copy_issues(out, s))) {
        structure_free(out);
        return NULL;
    }
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
