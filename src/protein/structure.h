/* SPDX-License-Identifier: MIT
 *
 * structure.h - the one representation of a protein that every family reads.
 *
 * Atom columns are the truth; residues (rows) own ranges of them. Rows stand chain by chain, chains in the
 * order of their first residue in the file. Backbone arrays are derived by the featurisers (structure_atom).
 */
#ifndef WEFT_PROTEIN_STRUCTURE_H
#define WEFT_PROTEIN_STRUCTURE_H

#include "../core/arena.h"

typedef struct StructureIssue {
    const char *text;
    int32_t line;
} StructureIssue;

#define STRUCTURE_NO_LABEL INT32_MIN

struct WeftStructure {
    Arena *arena;
    int32_t length, chain_count, atom_count, issue_count; /* n, chains, a, issues */
    int32_t model, model_count; /* the number of the file's model that this is, and how many there are, at least 1 */
    int32_t *model_number; /* [models] their numbers, as structure_models.h has them */
    /* residues */
    int8_t *letter;      /* [n] index into WEFT_LETTERS */
    uint8_t *mask;       /* [n] 1: N, CA, C and O present with finite coordinates */
    uint8_t *carbon;     /* [n] 1: CA present with finite coordinates */
    uint8_t *unknown;    /* [n] 1: no standard amino acid and no known parent; letter X */
    int32_t *number;     /* [n] author number */
    char *insertion;     /* [n] insertion code, ' ' for none */
    int32_t *chain;      /* [n] chain index */
    char (*name)[8];     /* [n] residue name of the file, NUL terminated */
    int32_t *first_atom; /* [n+1] atoms of row i: first_atom[i] .. first_atom[i+1]-1 */
    int32_t *origin;     /* [n] row of the file: images of one residue in an assembly have the same */
    /* residues in the file's other numbering (mmCIF: label_asym_id, label_seq_id) */
    const char **label_chain; /* [n] "" where there is none */
    int32_t *label_number;    /* [n] STRUCTURE_NO_LABEL where there is none */
    /* chains */
    const char **chain_name; /* [chains] "A", "AA", "_" for blank */
    int32_t *chain_start;    /* [chains+1] rows of chain c: chain_start[c] .. chain_start[c+1]-1 */
    /* atoms of the rows */
    char (*atom_name)[5];        /* [a] without blanks, NUL terminated */
    char (*element)[3];          /* [a] upper case, "" where unknown */
    char *altloc;                /* [a] */
    float *occupancy, *b_factor; /* [a] */
    float (*xyz)[3];             /* [a] angstrom */
    /* what was noticed */
    StructureIssue *issue; /* [issues] */
};

/* Which of the things that a file says of one residue are read. */
typedef struct StructureChoice {
    int32_t model; /* by its number; 0 is the first */
    WeftAltloc altloc;
} StructureChoice;

/* The named atom of a row: its index into the atom columns, or -1; its coordinates, or NULL. */
int32_t structure_atom_index(const WeftStructure *s, int32_t row, const char *name);
const float *structure_atom(const WeftStructure *s, int32_t row, const char *name);

/* Gives back everything that the structure owns. NULL is allowed. */
void structure_free(WeftStructure *s);

/* "A45", "H100A", "AA:12": the row's name as a selection would spell it; "#7" where its insertion code is
 * no letter. Writes at most size bytes with the NUL. */
const char *structure_row_name(const WeftStructure *s, int32_t row, char *out, size_t size);

#endif
