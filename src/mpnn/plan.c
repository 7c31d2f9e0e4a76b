/* SPDX-License-Identifier: MIT
 *
 * plan.c - the plan that a run follows: a request with its defaults filled in and its contradictions refused, once,
 * before any work. From here on nothing can fail but memory. MODEL.md 6.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mpnn.h"

const char *mpnn_row_name(const Plan *p, int32_t row, char out[MPNN_NAME_BYTES]) {
    int32_t state = p->state[row];
    structure_row_name(p->states.of[state]->structure, mpnn_own_row(p, row), out, MPNN_NAME_BYTES - 16);
    size_t length = strlen(out);
    if (p->states.count > 1) snprintf(out + length, MPNN_NAME_BYTES - length, " of state %d", (int)state + 1);
    return out;
}

/* ---- Chains and designed rows -------------------------------------------------------------------------- */

static int same_chains(const WeftStructure *s) {
    int32_t length = s->chain_start[1] - s->chain_start[0];
    for (int32_t c = 1; c < s->chain_count; c++)
        if (s->chain_start[c + 1] - s->chain_start[c] != length ||
            memcmp(s->letter + s->chain_start[c], s->letter, (size_t)length))
            return 0;
    return 1;
}

static WeftStatus plan_design(Plan *p, const WeftRequest *r, WeftMode mode) {
    int32_t designed = 0, asked = 0;
    for (int32_t t = 0; t < p->states.count; t++) {
        const WeftStructure *s = p->states.of[t]->structure;
        if (!r->design && mode == WEFT_DESIGN && s->chain_count > 1 && !same_chains(s))
            return base_fail(WEFT_BAD_REQUEST, -1,
                             "the %d chains have different sequences: choose which to design",
                             (int)s->chain_count);
        for (int32_t i = p->states.first_row[t], own = 0; own < s->length; i++, own++) {
            int32_t wanted = r->design ? r->design[i] : !s->unknown[own];
            p->state[i] = t;
            asked += wanted;
            p->design[i] = wanted && p->states.of[t]->slots.mask[own];
            designed += p->design[i];
        }
    }
    if (designed) return WEFT_OK;
    if (asked)
        return base_fail(WEFT_BAD_REQUEST, -1, "nothing to design: none of the %d chosen residues has %s",
                         (int)asked, mpnn_needs(p->states.of[0]->model));
    return base_fail(WEFT_BAD_REQUEST, -1, "nothing to design: no residue is chosen");
}

/* ---- Letters, order, draws ----------------------------------------------------------------------------- */

static void plan_letters(Plan *p, const WeftRequest *r) {
    size_t n = (size_t)p->n;
    for (int32_t lane = 0; lane < p->lanes; lane++) {
        int8_t *to = p->letters + (size_t)lane * n;
        if (r->letters) memcpy(to, r->letters + (r->letter_lanes > 1 ? (size_t)lane * n : 0), n);
        for (int32_t t = 0; t < p->states.count && !r->letters; t++) {
            const WeftStructure *s = p->states.of[t]->structure;
            memcpy(to + p->states.first_row[t], s->letter, (size_t)s->length);
        }
    }
}

typedef struct OrderKey {
    uint32_t late, random;
    int32_t row;
} OrderKey;

static int by_key(const void *a, const void *b) {
    const OrderKey *x = a, *y = b;
    if (x->late != y->late) return x->late < y->late ? -1 : 1;
    if (x->random != y->random) return x->random < y->random ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

typedef struct NamedChain {
    const char *name;
    int32_t chain;
} NamedChain;

static int by_name(const void *a, const void *b) {
    const NamedChain *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    return order ? order : x->chain - y->chain;
}

/* The numbers by which rows draw their place in a random order. Designed rows draw by the place in the file, as they do
 * for their letters; what is scored by the place with chains sorted by name, so that a score does not depend on how the
 * file arranges them. NULL: memory is out. */
static int32_t *drawing_numbers(const Plan *p, WeftMode mode, Arena *arena) {
    const WeftStructure *s = p->states.of[0]->structure;
    int32_t *number = ARENA_TAKE(arena, int32_t, (size_t)p->n);
    for (int32_t i = 0; number && i < p->n; i++) number[i] = i;
    if (!number || mode == WEFT_DESIGN) return number;
    NamedChain *chain = ARENA_TAKE(arena, NamedChain, (size_t)s->chain_count);
    if (!chain) return NULL;
    for (int32_t c = 0; c < s->chain_count; c++) chain[c] = (NamedChain){s->chain_name[c], c};
    qsort(chain, (size_t)s->chain_count, sizeof *chain, by_name);
    for (int32_t c = 0, next = 0; c < s->chain_count; c++)
        for (int32_t i = s->chain_start[chain[c].chain]; i < s->chain_start[chain[c].chain + 1]; i++)
            number[i] = next++;
    return number;
}

/* Rows that stay first, then designed rows, each in random order. A group stands where its first member does, and so do
 * tied rows that stay. */
static void random_order(int32_t *order, const Plan *p, const TieGroups *ties, uint32_t sample,
                         const int32_t *number, OrderKey *keys) {
    for (int32_t i = 0; i < p->n; i++) {
        int32_t leader = mpnn_leader(p, i);
        keys[i] = (OrderKey){.late = p->design[leader], .row = i};
        random_words(&keys[i].random, 1, p->seed, RANDOM_ORDER, sample, (uint32_t)number[leader]);
    }
    for (int32_t g = 0; p->ties.start && g < ties->count; g++)
        for (int32_t i = ties->start[g], first = ties->row[i]; p->group[first] < 0 && i < ties->start[g + 1]; i++)
            keys[ties->row[i]].random = keys[first].random;
    qsort(keys, (size_t)p->n, sizeof *keys, by_key);
    for (int32_t i = 0; i < p->n; i++) order[i] = keys[i].row;
}

/* The rows of a given order, groups whole where their first member to come stands, and the rank of every slot; gap
 * slots that it leaves out come before all. */
static void take_order(Plan *p, int32_t lane, const int32_t *given, int32_t count) {
    int32_t *order = p->order + (size_t)lane * (size_t)p->n, *rank = p->rank + (size_t)lane * (size_t)p->slots;
    for (int32_t slot = 0; slot < p->slots; slot++) rank[slot] = -1;
    for (int32_t t = 0, at = 0; t < count; t++) {
        if (given[t] >= p->n) { /* a gap slot of the only state */
            rank[given[t]] = at++;
            continue;
        }
        if (rank[mpnn_slot(p, given[t])] >= 0) continue;
        int32_t members = 1;
        const int32_t *row = p->group[given[t]] < 0 ? given + t : mpnn_members(p, given[t], &members);
        for (int32_t i = 0; i < members; i++) {
            *order++ = row[i];
            rank[mpnn_slot(p, row[i])] = at++;
        }
    }
}

static WeftStatus plan_order(Plan *p, const WeftRequest *r, WeftMode mode, Arena *arena) {
    size_t n = (size_t)p->n, count = r->order ? (size_t)r->order_slots : n;
    OrderKey *keys = r->order ? NULL : ARENA_TAKE(arena, OrderKey, n);
    int32_t *random = r->order ? NULL : ARENA_TAKE(arena, int32_t, n);
    const int32_t *number = r->order ? NULL : drawing_numbers(p, mode, arena);
    if (!r->order && (!keys || !random || !number)) return WEFT_NO_MEMORY;
    for (int32_t lane = 0; lane < p->lanes; lane++) {
        const int32_t *given = random;
        if (r->order)
            given = r->order + (r->order_lanes > 1 ? (size_t)lane * count : 0);
        else
            random_order(random, p, &r->ties, (uint32_t)(p->first_sample + lane), number, keys);
        take_order(p, lane, given, (int32_t)count);
    }
    return WEFT_OK;
}

static WeftStatus check_omissions(const Plan *p) {
    for (int32_t i = 0; p->omit && i < p->n; i++) {
        int32_t allowed = 0;
        const uint8_t *omit = p->omit + (p->omit_rows > 1 ? (size_t)i * WEFT_LETTER_COUNT : 0);
        for (int32_t a = 0; a < WEFT_LETTER_X; a++) allowed += !omit[a];
        char name[MPNN_NAME_BYTES];
        if (p->design[i] && (p->group[i] < 0 || p->original) && !allowed)
            return base_fail(WEFT_BAD_REQUEST, i, "residue %s: every letter is omitted, none can be designed",
                             mpnn_row_name(p, i, name));
    }
    return WEFT_OK;
}

/* What matrices leave of the letters that all rows may have; the network's own share counts as 1. */
static double matrix_leaves(const Plan *p, const int32_t *rows, int32_t count) {
    double left = 0;
    for (int32_t i = 0; i < count; i++) left += 1 - (double)p->pssm_weight[rows[i]];
    for (int32_t a = 0; a < WEFT_LETTER_COUNT; a++) {
        int32_t omitted = 0;
        for (int32_t i = 0; i < count; i++) omitted |= mpnn_omitted(p, rows[i], a);
        for (int32_t i = 0; !omitted && i < count; i++)
            left += (double)(p->pssm_weight[rows[i]] * p->pssm[(size_t)rows[i] * WEFT_LETTER_COUNT + (size_t)a]);
    }
    return left;
}

static WeftStatus check_matrices(const Plan *p) {
    char name[MPNN_NAME_BYTES];
    for (int32_t i = 0; p->pssm_weight && i < p->n; i++) {
        int32_t count = 1;
        const int32_t *rows = &i;
        if (!p->design[i]) continue;
        if (p->group[i] >= 0 && !p->original) rows = mpnn_members(p, i, &count);
        if (!(matrix_leaves(p, rows, count) > 1e-30))
            return base_fail(WEFT_BAD_REQUEST, i,
                             "residue %s: its PSSM leaves none of the letters that it may have",
                             mpnn_row_name(p, i, name));
    }
    return WEFT_OK;
}

/* A temperature that changes on the way is multiplied at each step, so it must not be 0. */
static WeftStatus check_schedule(const Plan *p) {
    char name[MPNN_NAME_BYTES];
    if (p->last_temperature == 0) return WEFT_OK;
    if (p->temperature == 0)
        return base_fail(WEFT_BAD_REQUEST, -1, "a temperature of 0 cannot change on the way");
    for (int32_t i = 0; p->temperatures && i < p->n; i++)
        if (p->design[i] && p->temperatures[i] == 0)
            return base_fail(WEFT_BAD_REQUEST, i, "residue %s: a temperature of 0 cannot change on the way",
                             mpnn_row_name(p, i, name));
    return WEFT_OK;
}

/* What has a meaning for a run over one state, in the order of its own rows, alone. */
static WeftStatus check_mode(const WeftRequest *r, WeftMode mode) {
    if (mode == WEFT_UNCONDITIONAL && r->lanes != 1)
        return base_fail(WEFT_BAD_REQUEST, -1, "unconditional log-probabilities have one lane");
    if (mode == WEFT_JACOBIAN && r->lanes != 1)
        return base_fail(WEFT_BAD_REQUEST, -1, "a Jacobian is that of one sequence under one order");
    if (r->states.count == 1) return WEFT_OK;
    if (mode != WEFT_DESIGN) return base_fail(WEFT_BAD_REQUEST, -1, "several states can only be designed");
    if (r->order && r->order_slots != r->states.first_row[r->states.count])
        return base_fail(WEFT_BAD_REQUEST, -1, "an order of slots is for one state");
    return WEFT_OK;
}

/* A copy that lives as long as the run; NULL of NULL. */
static int copy(Arena *arena, void *slot, const void *from, size_t count, size_t size) {
    void *made = from ? arena_take_raw(arena, count, size) : NULL;
    if (from && !made) return 0;
    if (from) memcpy(made, from, count * size);
    memcpy(slot, &made, sizeof made);
    return 1;
}

static WeftStatus take_arguments(Plan *p, const WeftRequest *r, Arena *arena) {
    size_t n = (size_t)p->n, lanes = (size_t)p->lanes, letters = n * WEFT_LETTER_COUNT;
    p->state = ARENA_TAKE(arena, int32_t, n);
    p->design = ARENA_TAKE(arena, uint8_t, n);
    p->group = ARENA_TAKE(arena, int32_t, n);
    p->letters = ARENA_TAKE(arena, int8_t, base_times(lanes, n));
    p->order = ARENA_TAKE(arena, int32_t, base_times(lanes, n));
    p->rank = ARENA_TAKE(arena, int32_t, base_times(lanes, (size_t)p->slots));
    if (!p->state || !p->design || !p->group || !p->letters || !p->order || !p->rank) return WEFT_NO_MEMORY;
    int done = copy(arena, &p->bias, r->bias, (size_t)r->bias_rows * WEFT_LETTER_COUNT, sizeof *r->bias) &&
               copy(arena, &p->omit, r->omit, (size_t)r->omit_rows * WEFT_LETTER_COUNT, 1) &&
               copy(arena, &p->draws, r->draws, base_times(lanes, letters), sizeof *r->draws) &&
               copy(arena, &p->temperatures, r->temperatures, n, sizeof *r->temperatures) &&
               copy(arena, &p->pssm_weight, r->pssm_weight, n, sizeof *r->pssm_weight) &&
               copy(arena, &p->pssm, r->pssm, letters, sizeof *r->pssm) &&
               copy(arena, &p->keep, r->keep, letters, 1);
    return done ? WEFT_OK : WEFT_NO_MEMORY;
}

WeftStatus mpnn_plan(Plan *p, const WeftRequest *r, WeftMode mode, Arena *arena) {
    const States *states = &r->states;
    *p = (Plan){.n = states->first_row[states->count],
                .slots = states->first_slot[states->count],
                .lanes = r->lanes,
                .states = *states,
                .bias_rows = r->bias_rows,
                .omit_rows = r->omit_rows,
                .original = r->original,
                .temperature = r->temperature,
                .last_temperature = r->last_temperature,
                .seed = r->seed,
                .first_sample = r->first_sample};
    WeftStatus status = check_mode(r, mode);
    if (status) return status;
    if ((r->letter_lanes > 1 && r->letter_lanes != r->lanes) ||
        (r->order_lanes > 1 && r->order_lanes != r->lanes) || (r->draw_lanes && r->draw_lanes != r->lanes))
        return base_fail(WEFT_BAD_REQUEST, -1,
                         "letters for %d, orders for %d and draws for %d samples do not fit %d samples",
                         (int)r->letter_lanes, (int)r->order_lanes, (int)r->draw_lanes, (int)r->lanes);
    status = take_arguments(p, r, arena);
    if (!status) status = plan_design(p, r, mode);
    if (status) return status;
    plan_letters(p, r);
    status = mpnn_plan_ties(p, mode == WEFT_DESIGN ? &r->ties : &(TieGroups){0}, arena);
    if (!status) status = check_omissions(p);
    if (!status) status = check_matrices(p);
    if (!status) status = check_schedule(p);
    if (status) return status;
    int32_t designed = 0;
    for (int32_t g = 0; g < p->ties.count; g++) p->draw_count += !p->source || p->source[g] < 0;
    for (int32_t i = 0; i < p->n; i++) {
        designed += p->design[i];
        p->draw_count += p->design[i] && p->group[i] < 0;
    }
    if (!designed)
        return base_fail(WEFT_BAD_REQUEST, -1, "nothing to design: all chosen residues are tied to fixed ones");
    return plan_order(p, r, mode, arena);
}
