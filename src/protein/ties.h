/* SPDX-License-Identifier: MIT
 *
 * ties.h - residues that receive one letter together: text -> groups of rows.
 *
 *   ties     = item { (" " | ";") item }
 *   item     = "homomer" [":" chain {"," chain}]          homomer   homomer:A,B,C
 *            | "copies"                                   the images of each residue in an assembly
 *            | "repeat:" start "," length "," count       repeat:A,35,5   repeat:A10,35,5
 *            | side "=" side {"=" side}                   A=B=C   A,B=C,D   A12=B12=C14   A12-20=B12-20
 *   side     = part {"," part} ["*" weight]               A12*1=B12*-0.5
 *   part     = any token of a selection (select.h) without blanks, commas, equals signs or asterisks
 *   start    = a chain, or one residue of it
 *
 * homomer ties chains of equal sequence, each kind of chain for itself (A2B2 gives two kinds). Two chains are of one
 * kind when at least 80 % of the longer one's residues have a partner of the same number and insertion code in
 * the other and no letters of partners differ, or when the two sequences are the same from end to end (then by
 * position). X fits any letter. Chains that are named, in homomer:A,B,C or A=B=C, are tied in the same way
 * whatever their letters are: by number, or by position where they have no number in common and the same length.
 * Residues without a partner are not tied; the report names them.
 *
 * copies ties each residue with its images where the structure is an assembly that was made of a file by operators
 * (structure_copies), whatever numbers and letters are; residues of which there is one copy are not tied.
 *
 * A side may list several parts: A,B=C,D says that the copy made of chains A and B equals the copy of C and D,
 * and ties A to C and B to D. The parts of a side are all chains, tied by number, or all other tokens, whose
 * residues are tied in the order of the list; every side must then have as many residues as the first.
 *
 * repeat ties residue i of each of `count` stretches of `length` residues, which follow each other from the start
 * on as the residues of the file do, whatever their numbers are.
 *
 * The weight of a side belongs to all its residues (1 where none is given, negative to avoid a letter). A residue can
 * be in one group only. Rows without a full backbone are members like others.
 */
#ifndef WEFT_PROTEIN_TIES_H
#define WEFT_PROTEIN_TIES_H

#include "structure.h"

typedef struct Ties {
    int32_t groups;     /* at most n / 2 */
    int32_t *start;     /* [groups+1] members of group g: start[g] .. start[g+1]-1, two or more */
    int32_t *row;       /* [start[groups]] in the order of the text; no row occurs twice */
    float *weight;      /* the same */
    const char *report; /* one line for each item that ties chains or repeats: how, and what is left out */
} Ties;

/* Fills *out with arrays of the arena. Returns the number of groups (at least 1), or a negative status with the
 * offset of the faulty part in text as the place. */
int32_t ties_parse(const WeftStructure *s, const char *text, Ties *out, Arena *arena);

/* The same with an arena of its own, copied out: start [n/2 + 1], row [n] and weight [n] hold any answer; NULL
 * for what is not wanted. */
int32_t ties_copy(const WeftStructure *s, const char *text, int32_t *start, int32_t *row, float *weight);

/* Copies the report, cut at size - 1 characters, with its NUL. Returns its length without NUL, or the failure. */
int32_t ties_report(const WeftStructure *s, const char *text, char *out, int32_t size);

#endif
