/* SPDX-License-Identifier: MIT
 *
 * case.h - one stored case of tests/data/golden/protein_forward: inputs per slot, PyTorch's numbers, and
 * which row of the structure file each slot is.
 *
 *   DIRECTORY/case.json, *.npy, the structure file -> Case
 *
 * Slots stand chain by chain in the case's own order, one for every residue number between a chain's first
 * and last; rows stand as in the file and have no gaps.
 */
#ifndef WEFT_TEST_CASE_H
#define WEFT_TEST_CASE_H

#include "../../src/weft.h"
#include "npy.h"
#include "twin.h"

#define CASE_FOLDER "tests/data/golden/protein_forward/"

typedef struct Case {
    char name[64], directory[128], model[64];
    int slots, rows, k;
    float *x;                             /* [slots][4][3] */
    uint8_t *mask;                        /* [slots] */
    uint8_t *designed;                    /* [slots] 1 on complete slots of designed chains */
    int8_t *letter;                       /* [slots] */
    int32_t *residue_idx, *chain, *order; /* [slots] */
    float *randn;                         /* [slots] what the orders were made from */
    int edge_count, scored_count;
    int edge_slot[512];   /* slots whose edge arrays are stored */
    int scored_slot[512]; /* slots whose all-others row is stored */
    WeftStructure *structure;
    int32_t *row;               /* [slots] row of the file, -1 for a gap */
    int32_t *slot;              /* [rows, then gaps as the engine numbers them] */
    double score, global_score; /* of the letters under the order, as PyTorch printed them */
} Case;

/* Stops the program with a message where the case or its structure cannot be read. */
void case_open(Case *c, const char *name);
void case_close(Case *c);
TwinSlots case_slots(const Case *c);

/* The order of conditional_probs: all slots by |randn| but the scored one, which the caller puts last. */
void case_others_order(const Case *c, int32_t *order);

/* The order over rows that an order over slots amounts to: the gaps left out. */
void case_row_order(const Case *c, int32_t *rows, const int32_t *slots);

/* A model of WEIGHTS_DIRECTORY/NAME.eqx: the bytes, or NULL with a message. */
unsigned char *case_weights(const char *directory, const char *name, size_t *count);
WeftStructure *case_structure(const char *path);

#endif
