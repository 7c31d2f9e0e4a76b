/* SPDX-License-Identifier: MIT
 *
 * run.h - what is asked of an encoding, the plan that it becomes, and the run that follows the plan. MODEL.md 6.
 */
#ifndef WEFT_MPNN_RUN_H
#define WEFT_MPNN_RUN_H

#include "../core/random.h"
#include "encoding.h"

struct WeftRequest {
    const WeftEncoding *encoding;
    Arena *arena;
    uint8_t *design; /* [n] or NULL: the default */
    int8_t *letters; /* [letter_lanes][n] */
    int32_t *order;  /* [order_lanes][order_slots] or NULL; order_slots is n or s */
    float *bias;     /* [bias_rows][21] or NULL */
    uint8_t *omit;   /* [omit_rows][21] or NULL */
    float *draws;    /* [draw_lanes][n][21] or NULL */
    int32_t letter_lanes, order_lanes, order_slots, bias_rows, omit_rows, draw_lanes;
    float temperature;
    RandomKey seed;
    int32_t first_sample, lanes;
};

WeftRequest *mpnn_request_open(const WeftEncoding *e);
WeftStatus mpnn_request_design(WeftRequest *r, const uint8_t *mask);
WeftStatus mpnn_request_letters(WeftRequest *r, int32_t lanes, const int8_t *letters);
WeftStatus mpnn_request_order(WeftRequest *r, int32_t lanes, int32_t slots, const int32_t *order);
WeftStatus mpnn_request_bias(WeftRequest *r, int32_t rows, const float *bias);
WeftStatus mpnn_request_omit(WeftRequest *r, int32_t rows, const uint8_t *omit);
WeftStatus mpnn_request_temperature(WeftRequest *r, float temperature);
WeftStatus mpnn_request_samples(WeftRequest *r, int32_t first, int32_t lanes);
WeftStatus mpnn_request_draws(WeftRequest *r, int32_t lanes, const float *q);
void mpnn_request_free(WeftRequest *r);

/* A request that was checked and filled in: what the decoder follows. plan.c */
typedef struct Plan {
    int32_t n, slots, lanes;
    uint8_t *design;           /* [n] */
    int8_t *letters;           /* [lanes][n] */
    int32_t *order;            /* [lanes][n] */
    int32_t *rank;             /* [lanes][s] when a slot is decoded; -1 where a gap stands before all rows */
    const float *bias, *draws; /* as in the request; NULL: none */
    const uint8_t *omit;
    int32_t bias_rows, omit_rows;
    float temperature;
    RandomKey seed;
    int32_t first_sample;
} Plan;

WeftStatus mpnn_plan(Plan *plan, const WeftRequest *r, WeftMode mode, Arena *arena);

struct WeftRun {
    const WeftEncoding *encoding;
    Arena *arena, *scratch;
    WeftMode mode;
    Plan plan;
    float *log_probs, *probs; /* [lanes][n][21] */
    /* What neighbours contribute once their letter is known (decoder.c): the sampler keeps all layers of all lanes,
     * the scorer the layer it is in, "all others" all layers of its lane. */
    float *terms;
    float *h;              /* [n][node] scorer: states of the lane in work; others: inputs of all layers */
    struct Others *others; /* others.c */
    int32_t at, layer, lane, phase, done; /* where the steps stand */
};

WeftRun *mpnn_run_open(const WeftRequest *r, WeftMode mode);
WeftStatus mpnn_run_step(WeftRun *run);
double mpnn_run_progress(const WeftRun *run);
double mpnn_run_number(const WeftRun *run, int32_t lane, WeftRunNumber what);
void mpnn_run_free(WeftRun *run);

/* One per mode: reserve what it needs; take one bounded step (WEFT_MORE or WEFT_OK). */
WeftStatus mpnn_sample_open(WeftRun *run);
WeftStatus mpnn_sample_step(WeftRun *run);
WeftStatus mpnn_score_open(WeftRun *run);
WeftStatus mpnn_score_step(WeftRun *run);
WeftStatus mpnn_others_open(WeftRun *run);
WeftStatus mpnn_others_step(WeftRun *run);

/* The scorer's inner step, which "all others" also takes for its base pass: one layer of one lane, some rows.
 * h [n][node] goes from the layer's input to its output; terms [n][width] are filled first, for all rows. */
void mpnn_score_terms(const WeftRun *run, float *terms, const float *h, int32_t lane, int32_t layer,
                      int32_t from, int32_t to);
void mpnn_score_rows(const WeftRun *run, float *h, const float *terms, int32_t lane, int32_t layer,
                     int32_t from, int32_t to);

/* Rows of a step: most that pass a decoder layer together. Results do not depend on it; a test build takes another. */
#ifndef MPNN_STEP_ROWS
#define MPNN_STEP_ROWS 32
#endif

#endif
