/* SPDX-License-Identifier: MIT
 *
 * select_token.h - one token of a selection and the pieces that it is made of; shared by the files of selections
 * and ties.
 *
 *   select.c (lists, words) --> select_token.c (chains, residues, ranges, rows)
 *                           --> select_space.c (within, interface, buried, B-factors)    select_cdr.c (CDR loops)
 */
#ifndef WEFT_PROTEIN_SELECT_TOKEN_H
#define WEFT_PROTEIN_SELECT_TOKEN_H

#include "structure.h"

typedef struct Selection {
    const WeftStructure *s;
    const char *kind; /* what failures begin with: "selection" or "ties" */
    const char *text; /* the whole text, for places in errors */
    const char *token;
    int32_t length; /* characters of the token */
    uint8_t *mask;  /* [n] the token's rows become 1, others stay as they are */
    Arena *scratch;
} Selection;

/* ---- Failures: they quote the token, then say what is wrong with it -------------------------------------- */

WeftStatus select_fail(const Selection *q, const char *format, ...) WEFT_PRINTF(2, 3);
WeftStatus select_fail_token(const Selection *q); /* is not understood */
WeftStatus select_fail_chain(const Selection *q); /* no such chain; names those that exist */

/* ---- Pieces; readers return what follows, or NULL -------------------------------------------------------- */

typedef struct Residue {
    int32_t number;
    char insertion; /* ' ' for none */
} Residue;

int select_is_separator(char c);                                                 /* between tokens */
const char *select_read_digits(const char *at, const char *end, int32_t *value); /* 12, up to nine digits */
const char *select_read_decimal(const char *at, const char *end, double *value); /* 6 -0.5 70.25 */
const char *select_read_residue(const char *at, const char *end, Residue *out);  /* 12 -5 100A */
int32_t select_find_chain(const WeftStructure *s, const char *name, size_t length); /* index, or -1 */
int select_has_prefix(const Selection *q, const char *word); /* 1 where the token begins with the word */

/* The chain that the whole token names (A, AA, AA:), or -1. */
int32_t select_whole_chain(const Selection *q);

/* ---- Tokens: WEFT_OK, or the failure --------------------------------------------------------------------- */

/* Any token that is written without blanks. */
WeftStatus select_single(const Selection *q);

/* A chain, a residue, a range or rows. */
WeftStatus select_plain(const Selection *q);

/* Rows with an atom within reach (angstrom) of an atom of a row of `from`. */
WeftStatus select_within(const Selection *q, const uint8_t *from, double reach);
WeftStatus select_interface(const Selection *q);
WeftStatus select_buried(const Selection *q);
WeftStatus select_bfactor(const Selection *q, const char *comparison); /* from the <, <=, > or >= on */
WeftStatus select_cdr(const Selection *q);                             /* cdr:H3@imgt */

#endif
