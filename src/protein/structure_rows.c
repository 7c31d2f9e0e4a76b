/* SPDX-License-Identifier: MIT
 *
 * Residues -> rows: which residues a sequence model sees, and in which order.
 */
#include "structure_build.h"

#include <string.h>

/* C to N of bonded residues; 1.33 angstrom in a peptide bond. */
static const float BOND_REACH = 2.0f;

/* ---- Which residues are rows --------------------------------------------------------------------------- */

static int has_backbone(const BuildResidue *r, int32_t needed) {
    for (int32_t k = 0; k < needed; k++)
        if (r->backbone[k] < 0) return 0;
    return 1;
}

static int is_near(const StructureBuilder *b, int32_t c, int32_t n) {
    if (c < 0 || n < 0) return 0;
    const float *p = b->atom[c].record.xyz, *q = b->atom[n].record.xyz;
    float dx = p[0] - q[0], dy = p[1] - q[1], dz = p[2] - q[2];
    return dx * dx + dy * dy + dz * dz <= BOND_REACH * BOND_REACH;
}

static int is_bonded_to(const StructureBuilder *b, const BuildResidue *r, int32_t other) {
    if (other < 0) return 0;
    const BuildResidue *q = &b->residue[other];
    if (q == r || q->backbone[BACKBONE_CA] < 0) return 0;
    return is_near(b, q->backbone[BACKBONE_C], r->backbone[BACKBONE_N]) ||
           is_near(b, r->backbone[BACKBONE_C], q->backbone[BACKBONE_N]);
}

/* Bonded to the residue before or after it, in the file or by number. */
static int is_bonded(const StructureBuilder *b, const BuildResidue *r, int32_t previous, int32_t next) {
    return is_bonded_to(b, r, previous) || is_bonded_to(b, r, next) ||
           is_bonded_to(b, r, structure_build_find(b, r->chain, r->number - 1, ' ')) ||
           is_bonded_to(b, r, structure_build_find(b, r->chain, r->number + 1, ' '));
}

static int is_row(const StructureBuilder *b, const BuildResidue *r, int32_t previous, int32_t next) {
    int trunk = has_backbone(r, BACKBONE_O); /* N, CA and C */
    int full = has_backbone(r, BACKBONE_COUNT);
    switch (r->kind) {
    case RESIDUE_STANDARD: return !r->hetero || is_bonded(b, r, previous, next);
    case RESIDUE_MODIFIED:
        if (!r->hetero || !strcmp(r->name, "MSE")) return 1;
        return !r->tail || is_bonded(b, r, previous, next);
    case RESIDUE_AMBIGUOUS:
        if (!r->hetero) return r->backbone[BACKBONE_CA] >= 0;
        return trunk && is_bonded(b, r, previous, next);
    case RESIDUE_OTHER:
        if (r->nucleotide || !trunk) return 0;
        return (full && !r->hetero) || is_bonded(b, r, previous, next);
    default: return 0;
    }
}

/* Decides names, kinds and rows. previous and next are neighbours within the chain, in file order, that
 * have a CA. */
WeftStatus structure_rows_decide(StructureBuilder *b) {
    size_t count = (size_t)b->residue_count;
    int32_t *next = ARENA_TAKE(b->arena, int32_t, count);
    int32_t *previous = next ? ARENA_TAKE(b->arena, int32_t, count) : NULL;
    int32_t *last = previous ? ARENA_TAKE(b->arena, int32_t, (size_t)b->chain_count) : NULL;
    if (!last) return WEFT_NO_MEMORY;
    memset(last, -1, (size_t)b->chain_count * sizeof *last);
    for (int32_t i = 0; i < b->residue_count; i++) {
        BuildResidue *r = &b->residue[i];
        previous[i] = last[r->chain];
        if (r->backbone[BACKBONE_CA] >= 0) last[r->chain] = i;
    }
    memset(last, -1, (size_t)b->chain_count * sizeof *last);
    for (int32_t i = b->residue_count - 1; i >= 0; i--) {
        BuildResidue *r = &b->residue[i];
        next[i] = last[r->chain];
        if (r->backbone[BACKBONE_CA] >= 0) last[r->chain] = i;
    }
    for (int32_t i = 0; i < b->residue_count; i++) {
        BuildResidue *r = &b->residue[i];
        structure_altlocs_choose(b, r);
        r->kind = residue_kind(r->name, &r->letter);
        r->row = (uint8_t)is_row(b, r, previous[i], next[i]);
    }
    return WEFT_OK;
}

/* ---- Order: chain by chain ----------------------------------------------------------------------------- */

static void count_rows(const StructureBuilder *b, StructureLayout *l) {
    for (int32_t i = 0; i < b->residue_count; i++) {
        const BuildResidue *r = &b->residue[i];
        if (!r->row) continue;
        if (l->rank[r->chain] < 0) l->rank[r->chain] = l->chains++;
        l->start[l->rank[r->chain] + 1]++;
        l->rows++;
        int32_t atoms = 0;
        for (int32_t a = r->first; a >= 0; a = b->atom[a].next) atoms++;
        l->atoms += atoms;
        l->widest = base_max(l->widest, atoms);
    }
}

WeftStatus structure_rows_lay_out(StructureBuilder *b, StructureLayout *l) {
    size_t chains = (size_t)b->chain_count;
    *l = (StructureLayout){.rank = ARENA_TAKE(b->arena, int32_t, chains)};
    if (!l->rank) return WEFT_NO_MEMORY;
    l->start = ARENA_TAKE(b->arena, int32_t, chains + 1);
    int32_t *fill = l->start ? ARENA_TAKE(b->arena, int32_t, chains + 1) : NULL;
    l->order = fill ? ARENA_TAKE(b->arena, int32_t, (size_t)b->residue_count) : NULL;
    if (!l->order) return WEFT_NO_MEMORY;
    memset(l->rank, -1, chains * sizeof *l->rank);
    count_rows(b, l);
    for (int32_t c = 0; c < l->chains; c++) l->start[c + 1] += l->start[c];
    memcpy(fill, l->start, (chains + 1) * sizeof *fill);
    for (int32_t i = 0; i < b->residue_count; i++)
        if (b->residue[i].row) l->order[fill[l->rank[b->residue[i].chain]]++] = i;
    return WEFT_OK;
}
