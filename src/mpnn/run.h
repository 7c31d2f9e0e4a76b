/* SPDX-License-Identifier: MIT
 *
 * run.h - what is asked of an encoding, the plan that it becomes, and the run that follows the plan. MODEL.md 6.
 */
#ifndef WEFT_MPNN_RUN_H
#define WEFT_MPNN_RUN_H

#include "../core/random.h"
#include "encoding.h"

enum { MPNN_MAX_STATES = 64, MPNN_JACOBIAN_LETTERS = 20 };

/* Encodings whose rows are designed together: the rows of the first, then those of the second, and so on. */
typedef struct States {
    const WeftEncoding *of[MPNN_MAX_STATES];
    int32_t first_row[MPNN_MAX_STATES + 1], first_slot[MPNN_MAX_STATES + 1], count;
} States;

/* Groups of rows that get one letter. */
typedef struct TieGroups {
    int32_t count;
    int32_t *start; /* [count + 1] where a group's members stand */
    int32_t *row;   /* [members] */
    float *weight;  /* [members] */
    WeftTieRule rule;
} TieGroups;

struct WeftRequest {
    States states;
    Arena *arena;
    uint8_t *design;     /* [n] or NULL: the default */
    int8_t *letters;     /* [letter_lanes][n] */
    int32_t *order;      /* [order_lanes][order_slots] or NULL; order_slots is n or s */
    float *bias;         /* [bias_rows][21] or NULL */
    uint8_t *omit;       /* [omit_rows][21] or NULL */
    double *draws;       /* [draw_lanes][n][21] or NULL */
    float *temperatures; /* [n] or NULL: the same everywhere */
    float *pssm_weight;  /* [n] or NULL */
    float *pssm;         /* [n][21] where there are weights */
    uint8_t *keep;       /* [n][21] or NULL */
    TieGroups ties;
    int32_t letter_lanes, order_lanes, order_slots, bias_rows, omit_rows, draw_lanes, started, original;
    float temperature, last_temperature;
    RandomKey seed;
    int32_t first_sample, lanes;
};

WeftRequest *mpnn_request_open(const WeftEncoding *e);
WeftStatus mpnn_request_state(WeftRequest *r, const WeftEncoding *e);
WeftStatus mpnn_request_design(WeftRequest *r, const uint8_t *mask);
WeftStatus mpnn_request_letters(WeftRequest *r, int32_t lanes, const int8_t *letters);
WeftStatus mpnn_request_order(WeftRequest *r, int32_t lanes, int32_t slots, const int32_t *order);
WeftStatus mpnn_request_bias(WeftRequest *r, int32_t rows, const float *bias);
WeftStatus mpnn_request_omit(WeftRequest *r, int32_t rows, const uint8_t *omit);
WeftStatus mpnn_request_temperature(WeftRequest *r, float temperature);
WeftStatus mpnn_request_samples(WeftRequest *r, int32_t first, int32_t lanes);
WeftStatus mpnn_request_draws(WeftRequest *r, int32_t lanes, const double *q);
WeftStatus mpnn_request_temperatures(WeftRequest *r, const float *temperature);
WeftStatus mpnn_request_schedule(WeftRequest *r, float last);
WeftStatus mpnn_request_pssm(WeftRequest *r, const float *weight, const float *pssm);
WeftStatus mpnn_request_keep(WeftRequest *r, const uint8_t *keep);
WeftStatus mpnn_request_ties(WeftRequest *r, WeftTieRule rule, int32_t count, const int32_t *start,
                             const int32_t *row, const float *weight);
void mpnn_request_free(WeftRequest *r);

/* A request that was checked and filled in: what the decoder follows. plan.c */
typedef struct Plan {
    int32_t n, slots, lanes;
    States states;
    int32_t *state;    /* [n] which of them a row belongs to */
    uint8_t *design;   /* [n] */
    int8_t *letters;   /* [lanes][n] */
    int32_t *order;    /* [lanes][n]; the members of a group one after another */
    int32_t *rank;     /* [lanes][s] when a slot is decoded; -1 where a gap stands before all rows */
    const float *bias; /* these as in the request; NULL: none */
    const double *draws;
    const uint8_t *omit, *keep;
    const float *temperatures, *pssm_weight, *pssm;
    int32_t bias_rows, omit_rows;
    TieGroups ties; /* only groups whose letter is not known yet; the original's all */
    int32_t *group; /* [n] which of them a row is in; -1: none */
    uint8_t *skip;  /* [n] 1: never computed (the original's, after a missing one); NULL: none */
    int32_t *source; /* [groups] the original's: the row that gives the letter; -1: it is drawn. NULL: all are drawn */
    int32_t original, draw_count; /* letters that a sample draws */
    float temperature, last_temperature;
    RandomKey seed;
    int32_t first_sample;
} Plan;

WeftStatus mpnn_plan(Plan *plan, const WeftRequest *r, WeftMode mode, Arena *arena);

/* Groups: settles what fixed and missing members mean, refuses what contradicts itself. ties.c */
WeftStatus mpnn_plan_ties(Plan *plan, const TieGroups *ties, Arena *arena);

/* Members of the group that a row is in, in the order in which they are decoded. */
const int32_t *mpnn_members(const Plan *p, int32_t row, int32_t *count);

/* The row whose random numbers decide: the first member of a group. */
WEFT_INLINE int32_t mpnn_leader(const Plan *p, int32_t row) {
    return p->group[row] < 0 ? row : p->ties.row[p->ties.start[p->group[row]]];
}

/* The slot of a row among those of all states, and its row in its own state. */
WEFT_INLINE int32_t mpnn_own_row(const Plan *p, int32_t row) {
    return row - p->states.first_row[p->state[row]];
}
WEFT_INLINE int32_t mpnn_slot(const Plan *p, int32_t row) {
    return p->states.first_slot[p->state[row]] + mpnn_own_row(p, row);
}
WEFT_INLINE int32_t mpnn_complete(const Plan *p, int32_t row) {
    return p->states.of[p->state[row]]->slots.mask[mpnn_own_row(p, row)];
}

/* Whether a designed row must not get the letter: X never, but where the original's rules hold. */
WEFT_INLINE int mpnn_omitted(const Plan *p, int32_t row, int32_t letter) {
    if (letter == WEFT_LETTER_X && !p->original) return 1;
    return p->omit && p->omit[(p->omit_rows > 1 ? (size_t)row * WEFT_LETTER_COUNT : 0) + (size_t)letter];
}

/* 'A12' of one state, 'A12 of state 2' of several; returns out. */
enum { MPNN_NAME_BYTES = 48 };
const char *mpnn_row_name(const Plan *p, int32_t row, char out[MPNN_NAME_BYTES]);

struct WeftRun {
    const WeftEncoding *encoding; /* of the first state, the only one but in design */
    Arena *arena, *scratch;
    WeftMode mode;
    Plan plan;
    float *log_probs, *probs; /* [lanes][n][21] */
    double *sum;              /* [lanes][21] what the members of a group have said so far */
    int32_t *drawn;           /* [lanes] letters drawn so far */
    /* What neighbours contribute once their letter is known (decoder.c): the sampler keeps all layers of all lanes,
     * the scorer the layer it is in, "all others" all layers of its lane. */
    float *terms;
    float *h;              /* [n][node] scorer: states of the lane in work; others: inputs of all layers */
    struct Others *others; /* others.c */
    struct Jacobian *jacobian;            /* jacobian.c */
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
WeftStatus mpnn_jacobian_open(WeftRun *run);
WeftStatus mpnn_jacobian_step(WeftRun *run);
double mpnn_jacobian_progress(const WeftRun *run);
const float *mpnn_jacobian(const WeftRun *run, int32_t k);

/* Whether a row sees another, or a gap slot, when one row is decoded last, after the others of these ranks. */
WEFT_INLINE int mpnn_sees(const int32_t *rank, int32_t row, int32_t other, int32_t last) {
    if (other == last) return 0;
    return row == last || rank[other] < rank[row];
}

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
