/* SPDX-License-Identifier: MIT
 *
 * select.h - the selection grammar: text that names residues -> a mask over the rows.
 *
 *   selection  = ["!"] token { (" " | ",") token }       a leading ! inverts the whole list
 *   token      = "all"
 *              | chain                                    A   AA   _ (the chain without a name)   AA:
 *              | chain residue ["-" [chain] residue]      A12   A12-20   A12-A20   H100-H100K   A-5--1
 *              | "#" row ["-" ["#"] row]                  #7   #7-20, rows of the file counted from 1
 *   chain      = one letter, or any name followed by a colon: AA:12   1:45   _:12
 *   residue    = author number and insertion code as the file has them: 12   -5   42D
 *
 * A range runs from its first to its last residue in file order, insertion codes included; both ends must
 * exist. A letter followed by a number is a chain of one letter; only where that makes no sense is the token
 * tried as the whole name of a chain. A number that occurs more than once in its chain means all of its
 * residues.
 */
#ifndef WEFT_PROTEIN_SELECT_H
#define WEFT_PROTEIN_SELECT_H

#include "structure.h"

/* Sets mask [n] to 1 at the selected rows and 0 elsewhere. Returns how many are selected (at least 1), or
 * WEFT_BAD_REQUEST with the offset of the faulty token in text as the place; the mask is then unspecified.
 * Cost: rows times tokens. */
int32_t select_parse(const WeftStructure *s, const char *text, uint8_t *mask);

#endif
