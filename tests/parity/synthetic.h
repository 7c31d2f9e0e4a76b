/* SPDX-License-Identifier: MIT
 *
 * synthetic.h - structures and weights made from a seed, for the shapes that no published file has.
 *
 *   Dice -> Protein: PDB text for the engine and the same residues as slots for the twin
 *   Dice + Shape -> .eqx bytes with a JSON line, for both
 */
#ifndef WEFT_TEST_SYNTHETIC_H
#define WEFT_TEST_SYNTHETIC_H

#include "twin.h"

/* A small generator of its own (xorshift64*), so that a failing trial can be repeated from its seed. */
typedef struct Dice {
    uint64_t state;
} Dice;

Dice dice(uint64_t seed);
uint32_t dice_below(Dice *d, uint32_t sides);
double dice_uniform(Dice *d); /* in (0, 1) */
double dice_normal(Dice *d);
void dice_order(Dice *d, int32_t *order, int n);

typedef struct Protein {
    char *text; /* PDB */
    size_t text_size;
    int rows;        /* residues, chain by chain */
    TwinSlots slots; /* the rows, then one slot for each number missing inside a chain */
    float *x;        /* what slots points to */
    uint8_t *mask;
    int32_t *residue_idx, *chain;
} Protein;

/* A compact walk of residues, about 3.8 angstrom from one to the next. gap_percent of steps leave numbers
 * out, damage_percent of residues lack a backbone atom; the first is always whole. */
Protein protein_make(Dice *d, int rows, int chains, int gap_percent, int damage_percent);

/* The mask of CA-only models: 1 where CA is there. */
void protein_see_carbons(Protein *p);
void protein_free(Protein *p);

typedef struct Shape {
    int node, edge, raw_edge, position, classes, bins, embedding, hidden, hidden_spread, dense;
    int encoder_layers, decoder_layers, neighbors;
    int second_products, feed_forwards, edge_updates; /* percent of layers that have them */
    int half;                                         /* 1: <f2 records */
    int ca_only;                                      /* 1: 9 distances and 7 directions, not 25 distances */
    double message_scale;
    char alphabet[22]; /* the model's own order of the letters */
} Shape;

Shape shape_of_proteinmpnn(void);

/* Weights of the size that trained ones have: products keep the scale of their input, norms are near the
 * identity. */
unsigned char *weights_make(Dice *d, const Shape *shape, size_t *count);

#endif
