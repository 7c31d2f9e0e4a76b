/* SPDX-License-Identifier: MIT
 *
 * pdb_line.h - one line of a PDB file: which record it is, and what stands in its columns.
 *
 *   text --pdb_line_next--> PdbLine --is_atom, is_end--> field, decimal, number, element
 */
#ifndef WEFT_PROTEIN_PDB_LINE_H
#define WEFT_PROTEIN_PDB_LINE_H

#include "../core/base.h"

/* One line without its end. Columns count from 1, as in the format's description; beyond the end there are
 * blanks. */
typedef struct PdbLine {
    const char *text;
    size_t length;
    int32_t number;
} PdbLine;

/* A place in a text; a copy of it reads on by itself. */
typedef struct PdbText {
    const char *text;
    size_t count, at;
    int32_t line;
} PdbText;

/* 0 at the end. */
int pdb_line_next(PdbText *t, PdbLine *l);

/* The record name, with nothing but blanks or a number behind it in the first columns. */
int pdb_line_is(const PdbLine *l, const char *name);
int pdb_line_is_atom(const PdbLine *l);

/* ENDMDL, END, MODEL, or the HEADER of another file: no atom behind it belongs to the model of those before it. */
int pdb_line_is_end(const PdbLine *l);

/* The number of a MODEL record, or -1. */
int32_t pdb_line_model(const PdbLine *l);

char pdb_line_column(const PdbLine *l, size_t number);

/* Copies the columns first..last without outer blanks. Characters that are not printable ASCII become '?'. */
void pdb_line_field(const PdbLine *l, size_t first, size_t last, char *out);

/* The element of an atom record of that residue, upper case, or "". */
void pdb_line_element(const PdbLine *l, const char *residue, char *out);

/* "-12.345" or "1.2e-3", all of it; digits are gathered exactly, so the value is the nearest double. */
int pdb_line_decimal(const char *text, double *value);

/* Up to nine digits of a residue number: decimal, or four characters of hybrid-36 from A000 (10000) on. */
int pdb_line_number(const char *text, int32_t *value);

#endif
