/* SPDX-License-Identifier: MIT
 *
 * structure_build.h - from atom records in file order to a WeftStructure; shared by every reader of structure
 * files.
 *
 *   open -> chain, atom, issue (any number, as the file is read) -> finish -> free
 *
 * A reader knows columns and lines; the builder knows residues. It gathers the records of one residue
 * wherever they stand in the file (structure_build.c), decides which residues are rows (structure_rows.c),
 * fills the structure (structure_fill.c) and says what it did not take over (structure_report.c). Time and
 * memory are linear in the number of records.
 */
#ifndef WEFT_PROTEIN_STRUCTURE_BUILD_H
#define WEFT_PROTEIN_STRUCTURE_BUILD_H

#include "residue.h"
#include "structure_models.h"

enum { STRUCTURE_MAX_ATOMS = 10000000, STRUCTURE_MAX_ISSUES = 64 };

typedef enum BackboneAtom { BACKBONE_N, BACKBONE_CA, BACKBONE_C, BACKBONE_O, BACKBONE_COUNT } BackboneAtom;

/* One record as the reader found it. Texts carry no blanks and are NUL terminated. */
typedef struct AtomRecord {
    float xyz[3], occupancy, b_factor;
    int32_t chain; /* from structure_build_chain */
    int32_t number, line;
    char name[5], residue[8], element[3];
    char altloc, insertion; /* ' ' for none */
    uint8_t hetero;         /* 1: stands in a HETATM record */
    uint8_t tail; /* 1: stands behind the end of its chain's polymer (in PDB files: its TER record) */
    int32_t label_chain, label_number; /* chain 1 + index from structure_build_chain; 0: no other numbering */
} AtomRecord;

typedef struct BuildAtom {
    AtomRecord record;
    int32_t next; /* next atom of the same residue, or -1 */
} BuildAtom;

typedef struct BuildResidue {
    int32_t chain, number, line;
    int32_t first, last;              /* its atoms, linked by BuildAtom.next */
    int32_t backbone[BACKBONE_COUNT]; /* first atom of each name, or -1 */
    char name[8];                     /* of the first atom; of the chosen atoms once rows are decided */
    char insertion;
    char altloc;          /* the one alternate location that is read, '\0': the first of each atom */
    uint8_t hetero, tail; /* of all its atoms */
    uint8_t nucleotide;   /* 1: has the sugar atom C1' (C1* in old files) */
    uint8_t mixed;        /* 1: its atoms have more than one residue name */
    uint8_t repeated;     /* 1: an earlier residue of the file has the same chain, number and code */
    uint8_t row;          /* 1: becomes a row */
    ResidueKind kind;
    int8_t letter;
} BuildResidue;

typedef struct StructureBuilder {
    Arena *arena; /* scratch: all of this */
    BuildAtom *atom;
    BuildResidue *residue;
    const char **chain_name; /* "" for blank */
    StructureIssue *issue;
    int32_t *table; /* hash table of residues by chain, number and insertion code; -1 is empty */
    int32_t atom_count, atom_room, residue_count, residue_room, chain_count, chain_room, table_size;
    int32_t issue_count;
    StructureModels models;
    WeftAltloc altloc; /* which one is read */
    WeftStatus failed; /* memory ran out while an issue was noted */
    int32_t open;      /* the residue that the last atom went to is still being read */
} StructureBuilder;

/* NULL with WEFT_NO_MEMORY. `expected` is a guess of the number of atoms. */
StructureBuilder *structure_build_open(size_t expected);
void structure_build_free(StructureBuilder *b);

/* Declares a chain and returns its index, or a negative status. The caller keeps names apart; "" is a
 * blank name, which may be declared more than once. */
int32_t structure_build_chain(StructureBuilder *b, const char *name);

WeftStatus structure_build_atom(StructureBuilder *b, const AtomRecord *record);

/* Notes one sentence for the user; line is -1 where there is none. */
void structure_build_issue(StructureBuilder *b, int32_t line, const char *format, ...) WEFT_PRINTF(3, 4);

/* Makes the structure, or NULL with WEFT_BAD_STRUCTURE when no residue is a row. The builder remains to be
 * freed. */
WeftStructure *structure_build_finish(StructureBuilder *b);

/* ---- between the files of the builder ------------------------------------------------------------------ */

/* BACKBONE_N and so on for an atom name, or -1; and back. */
int32_t structure_backbone_index(const char *atom_name);
const char *structure_backbone_name(int32_t index);

/* The latest residue with this chain, number and insertion code, or -1. */
int32_t structure_build_find(const StructureBuilder *b, int32_t chain, int32_t number, char insertion);
WeftStatus structure_build_close(StructureBuilder *b);

/* The text in the structure's own memory, or NULL with WEFT_NO_MEMORY. */
const char *structure_keep(WeftStructure *s, const char *text);

/* Which residues are rows, and where they stand: chain by chain in the order of each chain's first row. */
typedef struct StructureLayout {
    int32_t *order; /* [rows] residues in row order */
    int32_t *rank;  /* [chains of the builder] chain of the structure, or -1 where it has no row */
    int32_t *start; /* [chains+1] first row of each chain of the structure */
    int32_t rows, chains, atoms;
    int32_t widest; /* atoms of the largest row */
} StructureLayout;
WeftStatus structure_rows_decide(StructureBuilder *b);
void structure_altlocs_choose(const StructureBuilder *b, BuildResidue *r); /* its name and alternate location */
WeftStatus structure_rows_lay_out(StructureBuilder *b, StructureLayout *l);

/* An empty structure with room for the layout's rows, chains and atoms, or NULL with WEFT_NO_MEMORY. */
WeftStructure *structure_open(const StructureLayout *l);

/* A list in one sentence: the first few items and how many more there are. */
typedef struct ReportList {
    int32_t count, line; /* items, line of the first */
    char text[320];
} ReportList;
void structure_report_item(ReportList *list, int32_t line, const char *format, ...) WEFT_PRINTF(3, 4);
const char *structure_report_close(ReportList *list);

/* How often each residue name occurred: "9 MSE as M, 2 SO4". */
enum { REPORT_NAMES = 16 };
typedef struct ReportTally {
    int32_t names, others; /* distinct names, residues of further names */
    struct {
        char name[8];
        int8_t letter;
        int32_t count;
    } item[REPORT_NAMES];
} ReportTally;
void structure_report_count(ReportTally *tally, const char *name, int8_t letter); /* letter X: not said */
int32_t structure_report_tally(const ReportTally *tally, char *out, size_t size); /* distinct names */

/* What a reader did not take over as it stands in the file. */
typedef struct StructureReading {
    const char *place;              /* what `first` counts: "line" of a text, "row" of a table */
    int32_t skipped, first_skipped; /* atom records that cannot be read, and where the first one stands */
    int32_t odd_occupancy, first_odd;
    int chosen;      /* 1: the model was asked for by its number */
    int free_format; /* 1: fields are parted by white space (PQR) */
} StructureReading;
void structure_report_reading(StructureBuilder *b, const StructureReading *r);

/* What became no row, as an issue; and, where nothing became a row, as the failure. */
void structure_report_left_out(StructureBuilder *b);
void structure_report_no_rows(StructureBuilder *b);

#endif
