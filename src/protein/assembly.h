/* SPDX-License-Identifier: MIT
 *
 * assembly.h - a structure file behind the operators of a biological assembly -> the copies that these make.
 *
 *   head | operators[], 104 bytes each | texts, each with a NUL behind it | the file: PDB text or a table
 *
 * Texts are the assembly's name, then for each operator its suffix and the names of its chains (structure_derive.h).
 * Numbers are little-endian. The operators stand in the file itself, as remarks or as categories of CIF;
 * wasm/assembly.js reads them and writes this.
 */
#ifndef WEFT_PROTEIN_ASSEMBLY_H
#define WEFT_PROTEIN_ASSEMBLY_H

#include "structure.h"

typedef struct AssemblyHead {
    char magic[8]; /* ASSEMBLY_MAGIC */
    int32_t operators, text;
    int32_t reserved[2];
} AssemblyHead;
#define ASSEMBLY_MAGIC \
    "\x89" \
    "WEFTA\r\n"

typedef struct AssemblyOperator {
    double matrix[3][4];
    int32_t chains; /* how many names */
    int32_t reserved;
} AssemblyOperator;

/* 1 where the bytes begin as those of an assembly do. */
int assembly_is(const void *bytes, size_t count);

/* The file behind the operators and its size, or NULL with WEFT_BAD_STRUCTURE: the bytes are damaged, or what stands
 * there is an assembly once more. */
const void *assembly_file(const void *bytes, size_t count, size_t *size);

/* The copies that the operators make of the file as it was parsed; see structure_copies. NULL with its failures, or
 * with WEFT_BAD_STRUCTURE where the operators are damaged. Neither the bytes nor `whole` is kept. */
WeftStructure *assembly_make(const void *bytes, size_t count, const WeftStructure *whole);

#endif
