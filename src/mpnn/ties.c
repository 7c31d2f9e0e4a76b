/* SPDX-License-Identifier: MIT
 *
 * ties.c - groups of rows that get one letter, as a plan holds them. MODEL.md 6.
 *
 * A group without a designed row asks for nothing. One with a fixed row has no choice: all its rows get that letter
 * and are fixed. What is left is decoded row after row, and its letter drawn when the last row has been.
 */
#include <math.h>
#include <string.h>

#include "mpnn.h"

typedef struct Group {
    const int32_t *row;
    const float *weight;
    int32_t count;
} Group;

const int32_t *mpnn_members(const Plan *p, int32_t row, int32_t *count) {
    const int32_t *start = p->ties.start + p->group[row];
    *count = start[1] - start[0];
    return p->ties.row + start[0];
}

static int is_fixed(const Plan *p, int32_t row) { return !p->design[row] && mpnn_complete(p, row); }

static int32_t first_fixed(const Plan *p, const Group *g) {
    for (int32_t i = 0; i < g->count; i++)
        if (is_fixed(p, g->row[i])) return g->row[i];
    return -1;
}

/* ---- Groups with a fixed row --------------------------------------------------------------------------- */

static WeftStatus give_letter(Plan *p, int32_t row, int32_t from, int32_t lane) {
    int8_t *letters = p->letters + (size_t)lane * (size_t)p->n, letter = letters[from];
    char a[MPNN_NAME_BYTES], b[MPNN_NAME_BYTES];
    if (is_fixed(p, row) && letters[row] != letter)
        return base_fail(WEFT_BAD_REQUEST, row,
                         "residues %s (%c) and %s (%c) are tied, but fixed to different letters",
                         mpnn_row_name(p, from, a), WEFT_LETTERS[letter], mpnn_row_name(p, row, b),
                         WEFT_LETTERS[letters[row]]);
    if (p->design[row] && mpnn_omitted(p, row, letter))
        return base_fail(WEFT_BAD_REQUEST, row, "residue %s is tied to %s, whose letter %c it must not have",
                         mpnn_row_name(p, row, a), mpnn_row_name(p, from, b), WEFT_LETTERS[letter]);
    letters[row] = letter;
    return WEFT_OK;
}

static WeftStatus follow(Plan *p, const Group *g, int32_t fixed) {
    WeftStatus status = WEFT_OK;
    for (int32_t lane = 0; !status && lane < p->lanes; lane++)
        for (int32_t i = 0; !status && i < g->count; i++) status = give_letter(p, g->row[i], fixed, lane);
    for (int32_t i = 0; !status && i < g->count; i++) p->design[g->row[i]] = 0;
    return status;
}

/* ---- Groups to be drawn -------------------------------------------------------------------------------- */

static WeftStatus check_group(const Plan *p, const Group *g) {
    char a[MPNN_NAME_BYTES], b[MPNN_NAME_BYTES];
    int32_t first = g->row[0], allowed = 0;
    double total = 0;
    for (int32_t i = 0; i < g->count; i++)
        total += mpnn_complete(p, g->row[i]) ? fabs((double)g->weight[i]) : 0;
    if (total == 0)
        return base_fail(WEFT_BAD_REQUEST, first, "residue %s: it and what it is tied to all have the weight 0",
                         mpnn_row_name(p, first, a));
    for (int32_t i = 1; p->temperatures && i < g->count; i++)
        if (p->temperatures[g->row[i]] != p->temperatures[first])
            return base_fail(WEFT_BAD_REQUEST, g->row[i],
                             "residues %s and %s are tied, but their temperatures differ",
                             mpnn_row_name(p, first, a), mpnn_row_name(p, g->row[i], b));
    for (int32_t letter = 0; letter < WEFT_LETTER_COUNT; letter++) {
        int32_t omitted = 0;
        for (int32_t i = 0; i < g->count; i++) omitted |= mpnn_omitted(p, g->row[i], letter);
        allowed += !omitted;
    }
    if (allowed) return WEFT_OK;
    return base_fail(WEFT_BAD_REQUEST, first,
                     "residue %s: it and what it is tied to omit every letter between them",
                     mpnn_row_name(p, first, a));
}

static void append(Plan *p, const Group *g, int complete) {
    for (int32_t i = 0; i < g->count; i++) {
        int32_t row = g->row[i], at = p->ties.start[p->ties.count + 1];
        if (mpnn_complete(p, row) != complete) continue;
        p->group[row] = p->ties.count;
        p->ties.row[at] = row;
        p->ties.weight[at] = g->weight[i];
        p->ties.start[p->ties.count + 1]++;
    }
}

static void close_group(Plan *p) {
    int32_t end = p->ties.start[++p->ties.count];
    p->ties.start[p->ties.count + 1] = end;
}

static WeftStatus settle(Plan *p, const Group *g) {
    int32_t designed = 0, fixed = first_fixed(p, g);
    for (int32_t i = 0; i < g->count; i++) designed |= p->design[g->row[i]];
    if (!designed) return WEFT_OK;
    if (fixed >= 0) return follow(p, g, fixed);
    WeftStatus status = check_group(p, g);
    if (status) return status;
    append(p, g, 1); /* rows that are not complete have no say, but take the letter */
    append(p, g, 0);
    close_group(p);
    return WEFT_OK;
}

/* The original's way: the last row alone says whether the group is designed; at the first incomplete row it breaks off,
 * and all get that row's letter. */
static void settle_original(Plan *p, const Group *g) {
    int32_t last = g->row[g->count - 1], source = p->design[last] ? -1 : last, missing = -1;
    for (int32_t i = 0; i < g->count; i++) {
        p->skip[g->row[i]] = missing >= 0;
        if (missing < 0 && !mpnn_complete(p, g->row[i])) missing = g->row[i];
        p->group[g->row[i]] = p->ties.count;
    }
    int32_t at = p->ties.start[p->ties.count];
    memcpy(p->ties.row + at, g->row, (size_t)g->count * sizeof *g->row);
    memcpy(p->ties.weight + at, g->weight, (size_t)g->count * sizeof *g->weight);
    p->ties.start[p->ties.count + 1] = at + g->count;
    p->source[p->ties.count] = missing >= 0 ? missing : source;
    close_group(p);
}

WeftStatus mpnn_plan_ties(Plan *p, const TieGroups *ties, Arena *arena) {
    WeftStatus status = WEFT_OK;
    for (int32_t i = 0; i < p->n; i++) p->group[i] = -1;
    if (!ties->count) return WEFT_OK;
    size_t groups = (size_t)ties->count, members = (size_t)ties->start[ties->count];
    p->ties = (TieGroups){.start = ARENA_TAKE(arena, int32_t, groups + 2),
                          .row = ARENA_TAKE(arena, int32_t, members),
                          .weight = ARENA_TAKE(arena, float, members),
                          .rule = ties->rule};
    p->skip = ARENA_TAKE(arena, uint8_t, (size_t)p->n);
    p->source = p->original ? ARENA_TAKE(arena, int32_t, groups) : NULL;
    if (!p->ties.start || !p->ties.row || !p->ties.weight || !p->skip || (p->original && !p->source))
        return WEFT_NO_MEMORY;
    for (int32_t g = 0; !status && g < ties->count; g++) {
        int32_t at = ties->start[g];
        Group group = {ties->row + at, ties->weight + at, ties->start[g + 1] - at};
        if (p->original)
            settle_original(p, &group);
        else
            status = settle(p, &group);
    }
    return status;
}
