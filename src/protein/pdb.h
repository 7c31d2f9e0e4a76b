/* SPDX-License-Identifier: MIT
 *
 * pdb.h - PDB text -> WeftStructure.
 *
 * Fixed columns, as the format has them. Read: ATOM and HETATM records of one model, the first that has atoms or
 * the one that is asked for, TER (it ends the polymer of its chain, and starts a new chain where the chain has no
 * name), and what parts models: MODEL, ENDMDL, END, and HEADER where files are joined. All else is passed over. PQR
 * files are read by white space (pdb_free.h). Tolerated: any line end, a byte order mark, short and long lines, tabs
 * as blanks, serials of any kind, hybrid-36 and five-digit residue numbers, four-letter residue names, two-letter
 * chain names in columns 21-22. A record whose coordinates or number cannot be read is skipped; one issue counts
 * them and names the first line.
 */
#ifndef WEFT_PROTEIN_PDB_H
#define WEFT_PROTEIN_PDB_H

#include "structure.h"

/* NULL with WEFT_BAD_STRUCTURE (no protein, or not a PDB file), WEFT_BAD_REQUEST (no such model) or
 * WEFT_NO_MEMORY. The bytes are not kept. */
WeftStructure *pdb_parse(const void *bytes, size_t count, StructureChoice choice);

#endif
