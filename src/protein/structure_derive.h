/* SPDX-License-Identifier: MIT
 *
 * structure_derive.h - structures that are made of another one: some of its rows, or other coordinates.
 *
 *   structure, rows ----------------------------> part
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

/* N, CA, C and O of each row [n][4][3], NaN where an atom is missing. A normal variate times deviation is added to each
 * number, one for each (seed, row, atom, axis), whatever the file or the other rows are. */
void structure_backbone(const WeftStructure *s, float deviation, RandomKey seed, float *xyz);

/* The structure with its N, CA, C and O at other places [n][4][3]; what stands there for missing atoms is not read, and
 * other atoms stay where they are. NULL with WEFT_BAD_STRUCTURE and the row where a number is not finite, or 1e8 and
 * above, which no file may hold either. */
WeftStructure *structure_moved(const WeftStructure *s, const float *xyz);

#endif
