/* SPDX-License-Identifier: MIT
 *
 * request.c - what is asked: setters that copy and check one thing each. MODEL.md 6. The plan checks them together.
 */
#include <math.h>
#include <string.h>

#include "mpnn.h"

enum { MAX_LANES = 1024 };

/* ---- Opening and states -------------------------------------------------------------------------------- */

/* Rows of all states. */
static int32_t rows_of(const WeftRequest *r) { return r->states.first_row[r->states.count]; }

static void add_state(States *s, const WeftEncoding *e) {
    s->of[s->count] = e;
    s->first_row[s->count + 1] = s->first_row[s->count] + e->graph.n;
    s->first_slot[s->count + 1] = s->first_slot[s->count] + e->slots.count;
    s->count++;
}

WeftRequest *mpnn_request_open(const WeftEncoding *e) {
    Arena *arena = arena_open();
    WeftRequest *r = arena ? ARENA_TAKE(arena, WeftRequest, 1) : NULL;
    if (!r) {
        arena_free(arena);
        return NULL;
    }
    *r = (WeftRequest){.arena = arena, .temperature = 0.1f, .first_sample = 1, .lanes = 1};
    add_state(&r->states, e);
    return r;
}

WeftStatus mpnn_request_state(WeftRequest *r, const WeftEncoding *e) {
    if (r->started)
        return base_fail(WEFT_BAD_REQUEST, -1, "states must be added before anything else is set");
    if (r->states.count == MPNN_MAX_STATES)
        return base_fail(WEFT_BAD_REQUEST, -1, "more than %d states", MPNN_MAX_STATES);
    if (e->model != r->states.of[0]->model)
        return base_fail(WEFT_BAD_REQUEST, -1, "the states were encoded by different models");
    if (e->graph.n > INT32_MAX / 4 - rows_of(r)) return base_fail(WEFT_NO_MEMORY, -1, "too many residues");
    add_state(&r->states, e);
    return WEFT_OK;
}

void mpnn_request_free(WeftRequest *r) {
    if (r) arena_free(r->arena);
}

/* ---- Setters ------------------------------------------------------------------------------------------- */

/* A copy of an argument in the request's arena; an argument that is set again leaves its old copy to the arena. */
static WeftStatus keep(WeftRequest *r, void *slot, const void *from, size_t count, size_t size) {
    void *copy = arena_take_raw(r->arena, count, size);
    if (!copy) return WEFT_NO_MEMORY;
    memcpy(copy, from, count * size);
    memcpy(slot, &copy, sizeof copy);
    r->started = 1;
    return WEFT_OK;
}

static const char *row_name(const WeftRequest *r, int32_t row, char out[MPNN_NAME_BYTES]) {
    int32_t state = 0;
    while (row >= r->states.first_row[state + 1]) state++;
    return structure_row_name(r->states.of[state]->structure, row - r->states.first_row[state], out,
                              MPNN_NAME_BYTES);
}

static WeftStatus check_lanes(int32_t lanes) {
    if (lanes >= 1 && lanes <= MAX_LANES) return WEFT_OK;
    return base_fail(WEFT_BAD_REQUEST, -1, "%d samples in one run: 1 to %d are possible", (int)lanes, MAX_LANES);
}

static WeftStatus check_rows(const WeftRequest *r, int32_t rows, const char *what) {
    if (rows == 1 || rows == rows_of(r)) return WEFT_OK;
    return base_fail(WEFT_BAD_REQUEST, -1, "%s for %d residues; there are %d", what, (int)rows, (int)rows_of(r));
}

WeftStatus mpnn_request_design(WeftRequest *r, const uint8_t *mask) {
    size_t n = (size_t)rows_of(r);
    WeftStatus status = keep(r, &r->design, mask, n, 1);
    for (size_t i = 0; !status && i < n; i++) r->design[i] = r->design[i] != 0;
    return status;
}

WeftStatus mpnn_request_letters(WeftRequest *r, int32_t lanes, const int8_t *letters) {
    size_t n = (size_t)rows_of(r);
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

static WeftStatus check_temperature(float temperature, int32_t row) {
    if (temperature >= 0 && isfinite(temperature)) return WEFT_OK;
    return base_fail(WEFT_BAD_REQUEST, row, "temperature %g: it must be 0 or more", (double)temperature);
}

WeftStatus mpnn_request_temperature(WeftRequest *r, float temperature) {
    WeftStatus status = check_temperature(temperature, -1);
    if (!status) r->temperature = temperature;
    return status;
}

WeftStatus mpnn_request_temperatures(WeftRequest *r, const float *temperature) {
    WeftStatus status = WEFT_OK;
    for (int32_t i = 0; !status && i < rows_of(r); i++) status = check_temperature(temperature[i], i);
    return status ? status : keep(r, &r->temperatures, temperature, (size_t)rows_of(r), sizeof *temperature);
}

WeftStatus mpnn_request_schedule(WeftRequest *r, float last) {
    if (!(last > 0) || !isfinite(last))
        return base_fail(WEFT_BAD_REQUEST, -1, "last temperature %g: it must be above 0", (double)last);
    r->last_temperature = last;
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

WeftStatus mpnn_request_draws(WeftRequest *r, int32_t lanes, const double *q) {
    size_t n = (size_t)rows_of(r);
    WeftStatus status = check_lanes(lanes);
    for (size_t i = 0; !status && i < (size_t)lanes * n * WEFT_LETTER_COUNT; i++)
        if (!(q[i] > 0) || !isfinite(q[i]))
            return base_fail(WEFT_BAD_REQUEST, (int32_t)(i / WEFT_LETTER_COUNT % n),
                             "draws must be positive, finite exponential variates");
    if (!status) status = keep(r, &r->draws, q, (size_t)lanes * n * WEFT_LETTER_COUNT, sizeof *q);
    if (!status) r->draw_lanes = lanes;
    return status;
}

/* ---- Position-specific matrices ------------------------------------------------------------------------ */

WeftStatus mpnn_request_pssm(WeftRequest *r, const float *weight, const float *pssm) {
    int32_t n = rows_of(r);
    for (int32_t i = 0; i < n; i++) {
        const float *row = pssm + (size_t)i * WEFT_LETTER_COUNT;
        if (!(weight[i] >= 0 && weight[i] <= 1))
            return base_fail(WEFT_BAD_REQUEST, i, "PSSM: the weight %g is not between 0 and 1",
                             (double)weight[i]);
        for (int32_t a = 0; a < WEFT_LETTER_COUNT; a++)
            if (!(row[a] >= 0) || !isfinite(row[a]))
                return base_fail(WEFT_BAD_REQUEST, i, "PSSM: %g is no probability of letter %c",
                                 (double)row[a], WEFT_LETTERS[a]);
    }
    WeftStatus status = keep(r, &r->pssm_weight, weight, (size_t)n, sizeof *weight);
    return status ? status : keep(r, &r->pssm, pssm, (size_t)n * WEFT_LETTER_COUNT, sizeof *pssm);
}

WeftStatus mpnn_request_keep(WeftRequest *r, const uint8_t *kept) {
    return keep(r, &r->keep, kept, (size_t)rows_of(r) * WEFT_LETTER_COUNT, 1);
}

/* ---- Ties ---------------------------------------------------------------------------------------------- */

WeftStatus mpnn_request_ties(WeftRequest *r, WeftTieRule rule, int32_t count, const int32_t *start,
                             const int32_t *row, const float *weight) {
    size_t n = (size_t)rows_of(r), members = (size_t)start[count];
    uint8_t *seen = ARENA_TAKE(r->arena, uint8_t, n);
    float *weights = ARENA_TAKE(r->arena, float, members);
    char name[MPNN_NAME_BYTES];
    if (!seen || !weights) return WEFT_NO_MEMORY;
    for (int32_t g = 0; g < count; g++)
        if (start[g + 1] <= start[g])
            return base_fail(WEFT_BAD_REQUEST, -1, "tied group %d is empty", (int)g + 1);
    for (size_t i = 0; i < members; i++) {
        weights[i] = weight ? weight[i] : 1;
        if (row[i] < 0 || (size_t)row[i] >= n)
            return base_fail(WEFT_BAD_REQUEST, -1, "a tie names row %d; there are %d rows", (int)row[i], (int)n);
        if (seen[row[i]]++)
            return base_fail(WEFT_BAD_REQUEST, row[i], "residue %s is tied twice", row_name(r, row[i], name));
        if (!isfinite(weights[i]) || (rule == WEFT_TIE_ARITHMETIC && weights[i] < 0))
            return base_fail(WEFT_BAD_REQUEST, row[i], "the weight of %s in a tie, %g, is %s",
                             row_name(r, row[i], name), (double)weights[i],
                             isfinite(weights[i]) ? "negative" : "not finite");
    }
    r->ties = (TieGroups){.count = count, .weight = weights, .rule = rule};
    WeftStatus status = keep(r, &r->ties.start, start, (size_t)count + 1, sizeof *start);
    return status ? status : keep(r, &r->ties.row, row, members, sizeof *row);
}
