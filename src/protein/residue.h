/* SPDX-License-Identifier: MIT
 *
 * residue.h - residue names: what kind of thing a name stands for and which letter it has.
 *
 *   "ALA" -> standard, A    "MSE" -> modified, M    "DG" -> nucleotide    "HOH" -> water    "SO4" -> other
 *
 * Names are compared as files spell them: upper case, no blanks.
 */
#ifndef WEFT_PROTEIN_RESIDUE_H
#define WEFT_PROTEIN_RESIDUE_H

#include "../core/base.h"

typedef enum ResidueKind {
    RESIDUE_OTHER,     /* ligands, ions, sugars, and every name that the tables do not know */
    RESIDUE_STANDARD,  /* one of the twenty amino acids, by its own name or a force field's name of it */
    RESIDUE_MODIFIED,  /* an amino acid with a known parent among the twenty */
    RESIDUE_AMBIGUOUS, /* an amino acid without a letter: UNK, ASX, GLX, XLE, XAA */
    RESIDUE_DNA,
    RESIDUE_RNA, /* also the one-letter names that old files use for either */
    RESIDUE_WATER
} ResidueKind;

/* The kind of a name; *letter becomes its index into WEFT_LETTERS, WEFT_LETTER_X where it has none. */
ResidueKind residue_kind(const char *name, int8_t *letter);

/* 1 where the name is a D-amino acid. */
int residue_is_mirrored(const char *name);

/* 1 where the name is one of the twenty as the PDB spells them, 0 for HIE, CYX and the like. */
int residue_is_canonical(const char *name);

/* "ALA" for 0 and so on; "UNK" for WEFT_LETTER_X and everything out of range. */
const char *residue_name(int32_t letter);

/* The index of a letter character (either case) in WEFT_LETTERS, or -1. */
int32_t residue_letter(char character);

#endif
