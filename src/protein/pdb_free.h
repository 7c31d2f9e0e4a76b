/* SPDX-License-Identifier: MIT
 *
 * pdb_free.h - atom records whose fields are parted by white space, as PQR files have them, which PDB2PQR and APBS
 * write: ATOM serial name residue [chain] number x y z charge radius.
 */
#ifndef WEFT_PROTEIN_PDB_FREE_H
#define WEFT_PROTEIN_PDB_FREE_H

#include "pdb_line.h"
#include "structure_build.h"

/* 1 where every atom record has those fields and one of them does not fit to the columns of PDB files: coordinates
 * elsewhere, or a charge where the occupancy would be. */
int pdb_free_is(PdbText t);

/* Name, residue, number, coordinates and element of one record; 0 where they cannot be read. chain: as columns 21
 * and 22 have it. */
int pdb_free_read(const PdbLine *l, AtomRecord *a, char chain[2]);

#endif
