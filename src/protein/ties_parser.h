/* SPDX-License-Identifier: MIT
 *
 * ties_parser.h - what the files of ties share.
 *
 *   ties.c (items, sides) --> ties_chains.c (homomer, chains, repeat) --> ties_match.c (which residue stands for which)
 */
#ifndef WEFT_PROTEIN_TIES_PARSER_H
#define WEFT_PROTEIN_TIES_PARSER_H

#include "select_token.h"
#include "ties.h"

/* ---- Matching (ties_match.c) ----------------------------------------------------------------------------- */

/* A row under the name that it has to find its partners by. Keys of a chain are in the order of these names. */
typedef struct TiesKey {
    int32_t number, insertion;
    int32_t occurrence; /* 0 for the first row of its chain with that number and code, 1 for the second ... */
    int32_t member;     /* which chain of those that are tied; the caller's */
    int32_t row;
} TiesKey;

/* Sorts by name, then by member. */
void ties_sort_keys(TiesKey *key, int32_t count);
int ties_same_name(const TiesKey *a, const TiesKey *b);

/* Keys of all rows [n], each chain's at chain_start[chain]; NULL where memory is out. */
TiesKey *ties_all_keys(const WeftStructure *s, Arena *arena);

typedef enum TiesMatch {
    TIES_APART,      /* nothing to match by */
    TIES_UNLIKE,     /* by number, but letters differ or too few have partners: only if the user says so */
    TIES_BY_NUMBER,  /* chains of one kind */
    TIES_BY_POSITION /* the same sequence under other numbers */
} TiesMatch;

/* How two chains match; keys as ties_all_keys gives them. TIES_APART too where nothing is in common but the
 * length is the same. */
TiesMatch ties_match(const WeftStructure *s, const TiesKey *keys, int32_t a, int32_t b);

/* ---- Parsing --------------------------------------------------------------------------------------------- */

/* What stands between two equals signs: chains or rows, as list[first .. first+count-1]. */
typedef struct TiesSide {
    const char *text;
    int32_t length, first, count, is_chains;
    float weight;
} TiesSide;

typedef struct TiesParser {
    Selection q; /* of the part or item at hand, for failures */
    const char *at;
    Arena *arena;
    Ties *out;
    int32_t members;
    uint8_t *tied; /* [n] 1: in a group */
    /* the item at hand */
    int32_t item;      /* counts from 1 */
    const char *start; /* of its text */
    int32_t *named;    /* [n] the last item that named the row (of a chain: its first row) */
    TiesSide *side;    /* [n+1] */
    int32_t sides;
    int32_t *list; /* [n] chains or rows of its sides */
    int32_t listed;
    TiesKey *keys; /* [n] */
    char *report;  /* [TIES_REPORT_BYTES] */
    size_t said;
} TiesParser;

enum { TIES_REPORT_BYTES = 4096 };

/* A row of the group that is open; close_group ends it. */
WeftStatus ties_add_member(TiesParser *p, int32_t row, float weight);
void ties_close_group(TiesParser *p);

/* Ties chains residue by residue; weight [count], or NULL for 1. */
WeftStatus ties_tie_chains(TiesParser *p, const int32_t *chain, const float *weight, int32_t count);

/* Whole items, as p->q has them: "homomer:A,B,C", "homomer", "copies", "repeat:A,35,5". */
WeftStatus ties_named_chains(TiesParser *p);
WeftStatus ties_equal_chains(TiesParser *p);
WeftStatus ties_copies(TiesParser *p);
WeftStatus ties_repeats(TiesParser *p);

#endif
