/* SPDX-License-Identifier: MIT
 *
 * layout.h - the one table of leaves: names, order in a file without names, shapes, and where each is bound.
 *
 * Names are those of the PyTorch state dictionary; `{}` stands for the layer's number. Shapes are written in unknowns
 * ("G" by "PR": G rows, P + R columns) that the records of a file determine.
 */
#ifndef WEFT_MPNN_LAYOUT_H
#define WEFT_MPNN_LAYOUT_H

#include "mpnn.h"

typedef enum LeafGroup { LEAF_FEATURES, LEAF_ENCODER, LEAF_DECODER, LEAF_OUTPUT } LeafGroup;
typedef enum LeafKind {
    LEAF_MATRIX, /* [out][in] -> one Linear per column block */
    LEAF_BIAS,   /* -> Linear.b */
    LEAF_GAIN,
    LEAF_SHIFT, /* -> Norm */
    LEAF_RATE,
    LEAF_FLAG /* dropout: two scalars that files without names may hold; read and ignored */
} LeafKind;

typedef struct Leaf {
    const char *name; /* NULL for dropout */
    LeafGroup group;
    LeafKind kind;
    char block; /* ' ': needed; else the block of products that a layer has whole or not at all */
    const char *rows, *columns; /* letters of unknowns; columns "" for rank 1; one Linear per letter of columns */
    size_t offset;              /* of the (first) Linear or Norm in the model or layer struct */
} Leaf;

extern const Leaf layout_leaves[];
extern const int32_t layout_leaf_count;

/* Leaves of the original CA-only checkpoints that take no part in the network; their rows stand behind the table's. */
extern const char *const layout_unused[];
extern const int32_t layout_unused_count;

/* First row of a group in the table. */
int32_t layout_group_start(LeafGroup group);

/* The row and layer of a state-dictionary name, from layout_leaf_count on for an unused leaf; -1 if there is none. */
int32_t layout_find(const char *name, int32_t length, int32_t *layer);

/* Writes the name with its layer number; returns its length. */
int32_t layout_name(char *out, size_t size, int32_t row, int32_t layer);

/* The unknown behind a letter of rows or columns. */
Size layout_size(char letter);

/* What a file of another layout is, told by one record's place and shape; NULL if nothing is known. */
const char *layout_explain(int32_t index, int32_t rank, const int32_t *shape, int32_t ca_only);

#endif
