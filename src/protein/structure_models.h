/* SPDX-License-Identifier: MIT
 *
 * structure_models.h - the models of a file: how they are called, and which one of them is read.
 *
 *   add (each, in the order of the file) -> choose -> keep
 *
 * A model is called by the number that the file prints where all have one, each another; else by its place from 1.
 */
#ifndef WEFT_PROTEIN_STRUCTURE_MODELS_H
#define WEFT_PROTEIN_STRUCTURE_MODELS_H

#include "structure.h"

typedef struct StructureModels {
    int32_t *number; /* [count] */
    int32_t count, room;
    int32_t index;   /* the one that is read */
    int32_t largest; /* the most atoms that another one has */
    int32_t line;    /* where those behind the first begin, or -1 */
} StructureModels;

/* One more; printed is its number in the file, or -1. WEFT_NO_MEMORY where there is no room for it. */
WeftStatus structure_models_add(StructureModels *m, int32_t printed, Arena *arena);

/* Settles how they are called and sets the index: the first for 0, else the one of that number; WEFT_BAD_REQUEST
 * where there is none. */
WeftStatus structure_models_choose(StructureModels *m, int32_t wanted, Arena *scratch);

/* Writes them into the structure, as its own. */
WeftStatus structure_models_keep(WeftStructure *s, const StructureModels *m);

#endif
