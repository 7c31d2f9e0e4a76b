/* SPDX-License-Identifier: MIT
 *
 * table.h - a table of atoms -> WeftStructure: for readers that stand outside of the core, as that of mmCIF does.
 *
 *   head | atoms[], 56 bytes each | numbers of models[] | texts, each with a NUL behind it: names of chains, then notes
 *
 * Numbers are little-endian. Which residues are rows, with which letters, atoms and issues, is decided here as for
 * PDB text; the table only says what stands in the file. wasm/formats/atoms.js writes it.
 */
#ifndef WEFT_PROTEIN_TABLE_H
#define WEFT_PROTEIN_TABLE_H

#include "structure.h"

typedef struct TableHead {
    char magic[8]; /* TABLE_MAGIC */
    int32_t atoms, chains, notes, text;
    int32_t models, largest; /* models of the file, 0 for one alone, and the most atoms of one that is not here */
    int32_t model, reserved; /* model: the one that is here, counted from 0 */
} TableHead;
#define TABLE_MAGIC \
    "\x89" \
    "WEFT1\r\n"

/* One atom. Texts are filled up with NUL. A number or coordinate that the file does not have is out of range: the
 * atom is skipped, and an issue counts those. */
typedef struct TableAtom {
    float xyz[3], occupancy, b_factor; /* an occupancy that is not said is 1 */
    int32_t chain;                     /* index into the names of chains; "" is a blank name */
    int32_t number;
    int32_t label_chain, label_number; /* of the other numbering: an index into the same names, or -1 */
    char name[4], residue[8], element[2], altloc, insertion;
    uint8_t hetero, tail; /* as in AtomRecord */
    uint8_t reserved[2];
} TableAtom;

/* 1 where the bytes begin as a table does. */
int table_is(const void *bytes, size_t count);

/* The model of the choice must be the one that is here. NULL with WEFT_BAD_STRUCTURE (no protein, or a damaged table),
 * WEFT_BAD_REQUEST (no such model) or WEFT_NO_MEMORY. The bytes are not kept. */
WeftStructure *table_parse(const void *bytes, size_t count, StructureChoice choice);

#endif
