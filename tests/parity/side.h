/* SPDX-License-Identifier: MIT
 *
 * side.h - one side of a comparison (the twin's numbers or the engine's) and its rows against PyTorch's.
 *
 *   Case + arrays by slot -> rows of the table
 */
#ifndef WEFT_TEST_SIDE_H
#define WEFT_TEST_SIDE_H

#include "case.h"

enum { LETTERS = WEFT_LETTER_COUNT };

/* Tolerances on states and on log-probabilities (largest, mean), with their reason. */
#define TOLERANCE_STATE 1e-4
#define TOLERANCE_LOG_PROB 1e-4
#define TOLERANCE_LOG_PROB_MEAN 1e-5

/* One side of a comparison, by slot of the case; slots without a row stay 0. */
typedef struct Side {
    const char *pair; /* "twin/stored" */
    int layers, width, edge_width;
    int32_t *nbr;                   /* [slots][k] */
    double *h_v;                    /* [layers][slots][width] after each encoder layer */
    double *h_e;                    /* [slots][k][edge_width] after the last */
    double *unconditional, *scored; /* [slots][21] */
    double *others;                 /* [scored_count][21] */
} Side;

Side side_open(const Case *c, const char *pair, int layers, int width, int edge_width);
void side_free(Side *s);

/* Where in the list nbr [k] the slot stands, -1 if nowhere. */
int side_place(const int32_t *nbr, int k, int slot);

/* Rows: an edge array [slots][k][edge_width], which is stored for some slots and in the stored order of
 * neighbours; a table of log-probabilities of complete slots against the stored FILE; every step-th row of
 * all-others; all the rest. */
void side_edges_row(const Case *c, const Side *s, const double *mine, const char *name);
void side_log_prob_row(const Case *c, const char *pair, const char *component, const double *mine,
                       const char *file);
void side_others_row(const Case *c, const Side *s, int step);
void side_rows(const Case *c, const Side *s);

#endif
