/* SPDX-License-Identifier: MIT
 *
 * plan.c - requests: setters that copy and check one thing each, and the plan that a run follows. MODEL.md 6.
 *
 * A plan is a request with its defaults filled in and its contradictions refused, once, before any work: from here on
 * nothing can fail but memory.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mpnn.h"

enum { MAX_LANES = 1024 };

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
    const WeftStructure *s = r->encoding->structure;
    int32_t designed = 0, asked = 0;
    if (!r->design && mode == WEFT_DESIGN && s->chain_count > 1 && !same_chains(s))
        return base_fail(WEFT_BAD_REQUEST, -1,
                         "the %d chains have different sequences: choose which to design", (int)s->chain_count);
    for (int32_t i = 0; i < p->n; i++) {
        int32_t wanted = r->design ? r->design[i] : !s->unknown[i];
        asked += wanted;
        p->design[i] = wanted && s->mask[i];
        designed += p->design[i];
    }
    if (designed) return WEFT_OK;
    if (asked)
        return base_fail(WEFT_BAD_REQUEST, -1,
                         "nothing to design: none of the %d chosen residues has all of N, CA, C and O",
                         (int)asked);
    return base_fail(WEFT_BAD_REQUEST, -1, "nothing to design: no residue is chosen");
}

/* ---- Letters, order, draws ----------------------------------------------------------------------------- */

static void plan_letters(Plan *p, const WeftRequest *r) {
    size_t n = (size_t)p->n;
    for (int32_t lane = 0; lane < p->lanes; lane++) {
        const int8_t *from = r->letters ? r->letters + (r->letter_lanes > 1 ? (size_t)lane * n : 0)
                                        : r->encoding->structure->letter;
        memcpy(p->letters + (size_t)lane * n, from, n);
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

/* Rows that stay first, then designed rows, each in random order. */
static void random_order(int32_t *order, const Plan *p, uint32_t sample, OrderKey *keys) {
    for (int32_t i = 0; i < p->n; i++) {
        keys[i] = (OrderKey){.late = p->design[i], .row = i};
        random_words(&keys[i].random, 1, p->seed, RANDOM_ORDER, sample, (uint32_t)i);
    }
    qsort(keys, (size_t)p->n, sizeof *keys, by_key);
    for (int32_t i = 0; i < p->n; i++) order[i] = keys[i].row;
}

/* The rows of a given order, and the rank of every slot; gap slots that it leaves out come before all. */
static void take_order(Plan *p, int32_t lane, const int32_t *given, int32_t count) {
    int32_t *order = p->order + (size_t)lane * (size_t)p->n, *rank = p->rank + (size_t)lane * (size_t)p->slots;
    for (int32_t slot = p->n; slot < p->slots; slot++) rank[slot] = -1;
    for (int32_t t = 0; t < count; t++) {
        rank[given[t]] = t;
        if (given[t] < p->n) *order++ = given[t];
    }
}

static WeftStatus plan_order(Plan *p, const WeftRequest *r, Arena *arena) {
    size_t n = (size_t)p->n, count = r->order ? (size_t)r->order_slots : n;
    OrderKey *keys = r->order ? NULL : ARENA_TAKE(arena, OrderKey, n);
    int32_t *random = r->order ? NULL : ARENA_TAKE(arena, int32_t, n);
    if (!r->order && (!keys || !random)) return WEFT_NO_MEMORY;
    for (int32_t lane = 0; lane < p->lanes; lane++) {
        const int32_t *given = r->order + (r->order_lanes > 1 ? (size_t)lane * count : 0);
        if (!r->order) random_order(random, p, (uint32_t)(p->first_sample + lane), keys);
        take_order(p, lane, r->order ? given : random, (int32_t)count);
    }
    return WEFT_OK;
}

static WeftStatus check_omissions(const Plan *p, const WeftRequest *r) {
    for (int32_t i = 0; p->omit && i < p->n; i++) {
        int32_t allowed = 0;
        const uint8_t *omit = p->omit + (p->omit_rows > 1 ? (size_t)i * WEFT_LETTER_COUNT : 0);
        for (int32_t a = 0; a < WEFT_LETTER_X; a++) allowed += !omit[a];
        char name[32];
        if (p->design[i] && !allowed)
            return base_fail(WEFT_BAD_REQUEST, i, "residue %s: every letter is omitted, none can be designed",
                             structure_row_name(r->encoding->structure, i, name, sizeof name));
    }
    return WEFT_OK;
}

WeftStatus mpnn_plan(Plan *p, const WeftRequest *r, WeftMode mode, Arena *arena) {
    size_t n = (size_t)r->encoding->graph.n, lanes = (size_t)r->lanes;
    *p = (Plan){.n = (int32_t)n,
                .slots = r->encoding->slots.count,
                .lanes = r->lanes,
                .bias_rows = r->bias_rows,
                .omit_rows = r->omit_rows,
                .temperature = r->temperature,
                .seed = r->seed,
                .first_sample = r->first_sample};
    if (mode == WEFT_UNCONDITIONAL && r->lanes != 1)
        return base_fail(WEFT_BAD_REQUEST, -1, "unconditional log-probabilities have one lane");
    if ((r->letter_lanes > 1 && r->letter_lanes != r->lanes) ||
        (r->order_lanes > 1 && r->order_lanes != r->lanes) || (r->draw_lanes && r->draw_lanes != r->lanes))
        return base_fail(WEFT_BAD_REQUEST, -1,
                         "letters for %d, orders for %d and draws for %d samples do not fit %d samples",
                         (int)r->letter_lanes, (int)r->order_lanes, (int)r->draw_lanes, (int)r->lanes);
    p->design = ARENA_TAKE(arena, uint8_t, n);
    p->letters = ARENA_TAKE(arena, int8_t, base_times(lanes, n));
    p->order = ARENA_TAKE(arena, int32_t, base_times(lanes, n));
    p->rank = ARENA_TAKE(arena, int32_t, base_times(lanes, (size_t)p->slots));
    float *bias = r->bias_rows ? ARENA_TAKE(arena, float, (size_t)r->bias_rows *WEFT_LETTER_COUNT) : NULL;
    uint8_t *omit = r->omit_rows ? ARENA_TAKE(arena, uint8_t, (size_t)r->omit_rows * WEFT_LETTER_COUNT) : NULL;
    float *draws = r->draw_lanes ? ARENA_TAKE(arena, float, base_times(lanes, n * WEFT_LETTER_COUNT)) : NULL;
    if (!p->design || !p->letters || !p->order || !p->rank || (r->bias_rows && !bias) ||
        (r->omit_rows && !omit) || (r->draw_lanes && !draws))
        return WEFT_NO_MEMORY;
    if (bias) memcpy(bias, r->bias, (size_t)r->bias_rows * WEFT_LETTER_COUNT * sizeof *bias);
    if (omit) memcpy(omit, r->omit, (size_t)r->omit_rows * WEFT_LETTER_COUNT);
    if (draws) memcpy(draws, r->draws, lanes * n * WEFT_LETTER_COUNT * sizeof *draws);
    p->bias = bias;
    p->omit = omit;
    p->draws = draws;
    WeftStatus status = plan_design(p, r, mode);
    if (!status) status = check_omissions(p, r);
    if (status) return status;
    plan_letters(p, r);
    return plan_order(p, r, arena);
}

/* ---- Requests ------------------------------------------------------------------------------------------ */

WeftRequest *mpnn_request_open(const WeftEncoding *e) {
    Arena *arena = arena_open();
    WeftRequest *r = arena ? ARENA_TAKE(arena, WeftRequest, 1) : NULL;
    if (!r) {
        arena_free(arena);
        return NULL;
    }
    *r = (WeftRequest){.encoding = e, .arena = arena, .temperature = 0.1f, .first_sample = 1, .lanes = 1};
    return r;
}

/* A copy of an argument in the request's arena; an argument that is set again leaves its old copy to the arena. */
static WeftStatus keep(WeftRequest *r, void *slot, const void *from, size_t count, size_t size) {
    void *copy = arena_take_raw(r->arena, count, size);
    if (!copy) return WEFT_NO_MEMORY;
    memcpy(copy, from, count * size);
    memcpy(slot, &copy, sizeof copy);
    return WEFT_OK;
}

static WeftStatus check_lanes(int32_t lanes) {
    if (lanes >= 1 && lanes <= MAX_LANES) return WEFT_OK;
    return base_fail(WEFT_BAD_REQUEST, -1, "%d samples in one run: 1 to %d are possible", (int)lanes, MAX_LANES);
}

static WeftStatus check_rows(const WeftRequest *r, int32_t rows, const char *what) {
    if (rows == 1 || rows == r->encoding->graph.n) return WEFT_OK;
    return base_fail(WEFT_BAD_REQUEST, -1, "%s for %d residues; the structure has %d", what, (int)rows,
                     (int)r->encoding->graph.n);
}

WeftStatus mpnn_request_design(WeftRequest *r, const uint8_t *mask) {
    size_t n = (size_t)r->encoding->graph.n;
    WeftStatus status = keep(r, &r->design, mask, n, 1);
    for (size_t i = 0; !status && i < n; i++) r->design[i] = r->design[i] != 0;
    return status;
}

WeftStatus mpnn_request_letters(WeftRequest *r, int32_t lanes, const int8_t *letters) {
    size_t n = (size_t)r->encoding->graph.n;
    WeftStatus status = check_lanes(lanes);
    for (size_t i = 0; !status && i < (size_t)lanes * n; i++)
        if (letters[i] < 0 || letters[i] >= WEFT_LETTER_COUNT)
            return base_fail(WEFT_BAD_REQUEST, (int32_t)(i % n), "letter %d of %d: %d is no letter",
                             (int)(i % n), (int)n, letters[i]);
    if (!status) status = keep(r, &r->letters, letters, (size_t)lanes * n, sizeof *letters);
    if (!status) r->letter_lanes = lanes;
    return status;
}

WeftStatus mpnn_request_order(WeftRequest *r, int32_t lanes, int32_t slots, const int32_t *order) {
    size_t n = (size_t)slots;
    WeftStatus status = check_lanes(lanes);
    if (status) return status;
    uint8_t *seen = ARENA_TAKE(r->arena, uint8_t, n);
    if (!seen) return WEFT_NO_MEMORY;
    for (size_t i = 0; i < (size_t)lanes * n; i++) {
        if (i % n == 0) memset(seen, 0, n);
        if (order[i] < 0 || (size_t)order[i] >= n || seen[order[i]]++)
            return base_fail(WEFT_BAD_REQUEST, (int32_t)(i % n),
                             "decoding order: entry %d (%d) is out of range or there twice; "
                             "each of the rows 0 to %d must stand there once",
                             (int)(i % n), (int)order[i], (int)n - 1);
    }
    status = keep(r, &r->order, order, (size_t)lanes * n, sizeof *order);
    if (status) return status;
    r->order_lanes = lanes;
    r->order_slots = slots;
    return WEFT_OK;
}

WeftStatus mpnn_request_bias(WeftRequest *r, int32_t rows, const float *bias) {
    WeftStatus status = check_rows(r, rows, "bias");
    for (int32_t i = 0; !status && i < rows * WEFT_LETTER_COUNT; i++)
        if (!isfinite(bias[i]))
            return base_fail(WEFT_BAD_REQUEST, i / WEFT_LETTER_COUNT,
                             "bias of letter %c is not a finite number", WEFT_LETTERS[i % WEFT_LETTER_COUNT]);
    if (!status) status = keep(r, &r->bias, bias, (size_t)rows * WEFT_LETTER_COUNT, sizeof *bias);
    if (!status) r->bias_rows = rows;
    return status;
}

WeftStatus mpnn_request_omit(WeftRequest *r, int32_t rows, const uint8_t *omit) {
    WeftStatus status = check_rows(r, rows, "omitted letters");
    if (!status) status = keep(r, &r->omit, omit, (size_t)rows * WEFT_LETTER_COUNT, 1);
    if (!status) r->omit_rows = rows;
    return status;
}

WeftStatus mpnn_request_temperature(WeftRequest *r, float temperature) {
    if (!(temperature >= 0) || !isfinite(temperature))
        return base_fail(WEFT_BAD_REQUEST, -1, "temperature %g: it must be 0 or more", (double)temperature);
    r->temperature = temperature;
    return WEFT_OK;
}

WeftStatus mpnn_request_samples(WeftRequest *r, int32_t first, int32_t lanes) {
    if (first < 0 || first > INT32_MAX - MAX_LANES)
        return base_fail(WEFT_BAD_REQUEST, -1, "sample number %d is out of range", (int)first);
    WeftStatus status = check_lanes(lanes);
    if (status) return status;
    r->first_sample = first;
    r->lanes = lanes;
    return WEFT_OK;
}

WeftStatus mpnn_request_draws(WeftRequest *r, int32_t lanes, const float *q) {
    size_t n = (size_t)r->encoding->graph.n;
    WeftStatus status = check_lanes(lanes);
    for (size_t i = 0; !status && i < (size_t)lanes * n * WEFT_LETTER_COUNT; i++)
        if (!(q[i] > 0) || !isfinite(q[i]))
            return base_fail(WEFT_BAD_REQUEST, (int32_t)(i / WEFT_LETTER_COUNT % n),
                             "draws must be positive, finite exponential variates");
    if (!status) status = keep(r, &r->draws, q, (size_t)lanes * n * WEFT_LETTER_COUNT, sizeof *q);
    if (!status) r->draw_lanes = lanes;
    return status;
}

void mpnn_request_free(WeftRequest *r) {
    if (r) arena_free(r->arena);
}
