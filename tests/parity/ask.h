/* SPDX-License-Identifier: MIT
 *
 * ask.h - requests made from a seed: states, groups, letters, biases, matrices, temperatures; and, in double precision
 * straight from MODEL.md 6, what a run of them has to draw from.
 *
 *   Bench (a model and encoded backbones) + seed -> Ask -> WeftRequest -> run
 *                                                   `--> order, members, distributions to compare with
 */
#ifndef WEFT_TEST_ASK_H
#define WEFT_TEST_ASK_H

#include "engine.h"
#include "synthetic.h"

enum { ASK_LETTERS = WEFT_LETTER_COUNT, ASK_ROWS = 360, ASK_LANES = 4, ASK_STATES = 3, ASK_POOL = 24 };

typedef struct Backbone {
    WeftStructure *structure;
    WeftEncoding *encoding, *released; /* the second without edge states */
    TwinEncoding *twin;                /* NULL where nobody compares */
    int rows;
} Backbone;

typedef struct Bench {
    const char *name;
    WeftModel *model;
    TwinModel *twin;
    Backbone backbone[ASK_POOL];
    int count;
} Bench;

/* What must be refused, and is planted on purpose. */
typedef enum Plant {
    PLANT_NONE,
    PLANT_FIXED,       /* tied, and fixed to different letters */
    PLANT_OMITTED,     /* tied to a fixed letter that it must not have */
    PLANT_GROUP_OMITS, /* a group that omits every letter between its rows */
    PLANT_ROW_OMITS,   /* a row that omits every letter */
    PLANT_TEMPERATURES,
    PLANT_WEIGHTS,  /* all 0 */
    PLANT_SCHEDULE, /* a temperature of 0 that has to change */
    PLANTS
} Plant;

/* Absent: counts, flags and lanes of 0. */
typedef struct Ask {
    const Bench *bench;
    uint64_t seed;
    int states, place[ASK_STATES], first_row[ASK_STATES + 1], rows, lanes, original, first, groups;
    int letter_lanes, order_lanes, draw_lanes, bias_rows, omit_rows, by_row, mixes, keeps, weighs;
    int state[ASK_ROWS], group[ASK_ROWS]; /* group -1: none */
    int32_t start[ASK_ROWS + 1], row[ASK_ROWS];
    WeftTieRule rule;
    uint32_t key;
    float temperature, last, weight[ASK_ROWS], temperatures[ASK_ROWS], pssm_weight[ASK_ROWS];
    uint8_t complete[ASK_ROWS], design[ASK_ROWS], omit[ASK_ROWS][ASK_LETTERS], keep[ASK_ROWS][ASK_LETTERS];
    int8_t letters[ASK_LANES][ASK_ROWS];
    int32_t order[ASK_LANES][ASK_ROWS];
    float bias[ASK_ROWS][ASK_LETTERS], pssm[ASK_ROWS][ASK_LETTERS];
    double draws[ASK_LANES * ASK_ROWS * ASK_LETTERS]; /* [lanes][rows][letters] */
    Plant plant;
    int planted; /* the group that it is planted in, or, for rows, the row */
} Ask;

/* All rows of the bench's first backbone, and as many states of it, designed at temperature 1. */
void ask_plain(Ask *ask, const Bench *bench, int states);

/* Everything at random; free of contradictions but for the one planted. */
void ask_random(Ask *ask, const Bench *bench, uint64_t seed, int lanes, int plant);

/* A group of rows more. */
void ask_tie(Ask *ask, const int32_t *row, int count, float weight);

/* The request of some of its lanes. */
WeftRequest *ask_request(const Ask *ask, int lane, int lanes, int released);

/* ---- What has to come of it ---------------------------------------------------------------------------- */

/* Rows that are decoded together with a row: the row itself or its group, in their order. */
typedef struct Together {
    int32_t row[ASK_ROWS];
    int count, drawn; /* 1: they draw a letter */
    int32_t source;   /* else: the row that gives it */
    int32_t missing;  /* the original's: decoding breaks off at this one; -1: never */
} Together;

void ask_together(Together *t, const Ask *ask, int row);
int ask_is_designed(const Ask *ask, int row);
int ask_is_omitted(const Ask *ask, int row, int letter);
int ask_draws(const Ask *ask); /* letters that a sample draws */
int8_t ask_letter(const Ask *ask, int lane, int row);

/* An order as the run must take it: groups whole where their first row stands. */
void ask_order(int32_t *order, const Ask *ask, int lane);

/* A row that the original skips has no log-probabilities. */
int ask_is_skipped(const Together *t, int row);

/* What a row sees: all rows before it, as in the engine; of those only the ones of other groups, as in the Equinox
 * port; nothing at all. */
typedef enum Sight { SIGHT_ROWS, SIGHT_GROUPS, SIGHT_NOTHING } Sight;

/* ask_decode.c, by the twin: log-probabilities [rows][letters] of rows that get these letters in this order, as a run
 * gives it; no row of a group sees another's letter. offset [rows]: what they lack to the logits; NULL: not wanted. */
void ask_decode(double *log_probs, double *offset, const Ask *ask, const int32_t *order,
                const int8_t *letters, Sight sight);

/* The distribution that rows draw from, as draw number t of a sample; log_probs [rows][letters]. */
void ask_distribution(double *p, const Ask *ask, const Together *rows, int t, const double *log_probs);

/* 'A12', or 'A12 of state 2' where there are several. */
const char *ask_name(const Ask *ask, int row, char out[48]);

#endif
