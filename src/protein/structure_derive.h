/* SPDX-License-Identifier: MIT
 *
 * structure_derive.h - structures that are made of another one: some of its rows, copies, or other coordinates.
 *
 *   structure, rows ----------------------------> part
 *   structure, operators -----------------------> copies
 *   structure --backbone, with noise--> coordinates --moved--> structure
 *
 * What is made owns all it holds and does not need the first structure any more. Names, numbers, insertion codes, masks
 * and the sentences on the file are its.
 */
#ifndef WEFT_PROTEIN_STRUCTURE_DERIVE_H
#define WEFT_PROTEIN_STRUCTURE_DERIVE_H

#include "../core/random.h"
#include "structure.h"

/* The rows with a 1, in their order; chains without any vanish. NULL with WEFT_BAD_REQUEST where none is chosen. */
WeftStructure *structure_part(const WeftStructure *s, const uint8_t *rows);

/* A rotation with a translation, and the chains that it is applied to. */
typedef struct StructureOperator {
    double matrix[3][4]; /* x' = m[0] x + m[1] y + m[2] z + m[3], angstrom */
    const char *suffix;  /* stands behind names of chains, and labels, of the copy: "", "-2" */
    const char *chains; /* names, each with its NUL: labels of rows (structure.h) where they have one; "" means all */
    int32_t count; /* of them */
} StructureOperator;

typedef struct StructureAssembly {
    const char *id; /* for sentences */
    const StructureOperator *operators;
    int32_t count;
} StructureAssembly;

/* A copy for each operator, of all rows that it is applied to, one behind the other; chains that no operator names are
 * left out. No two chains have one name. Issues say what was made. NULL with WEFT_BAD_STRUCTURE where nothing is left,
 * where there are more than STRUCTURE_MAX_ATOMS atoms, or where one of them is 1e8 and further away. */
WeftStructure *structure_copies(const WeftStructure *s, const StructureAssembly *assembly);

/* N, CA, C and O of each row [n][4][3], NaN where an atom is missing. A normal variate times deviation is added to each
 * number, one for each (seed, row, atom, axis), whatever the file or the other rows are. */
void structure_backbone(const WeftStructure *s, float deviation, RandomKey seed, float *xyz);

/* The structure with its N, CA, C and O at other places [n][4][3]; what stands there for missing atoms is not read, and
 * other atoms stay where they are. NULL with WEFT_BAD_STRUCTURE and the row where a number is not finite, or 1e8 and
 * above, which no file may hold either. */
WeftStructure *structure_moved(const WeftStructure *s, const float *xyz);

/* The B-factor of each row's CA [n]; NaN without one. */
void structure_b_factors(const WeftStructure *s, float *values);

#endif
