/* SPDX-License-Identifier: MIT
 *
 * The loops of antibodies (complementarity-determining regions) by author number.
 *
 *   "cdr:H3@imgt:A" --> residues 105 to 117 of chain A, insertion codes included
 *
 * The file's numbering is declared, not found out. Ranges are those of the scheme's own authors for imgt and kabat, and
 * those of Andrew Martin's table of CDR definitions (www.bioinf.org.uk/abs) for the others, whose authors' ranges
 * moved from paper to paper:
 *   imgt     IMGT unique numbering for V domains: Lefranc et al., Dev. Comp. Immunol. 27, 55, 2003
 *   kabat    Kabat et al., Sequences of Proteins of Immunological Interest, 5th edition, 1991
 *   chothia  loops and numbering of Al-Lazikani, Lesk and Chothia, J. Mol. Biol. 273, 927, 1997
 *   martin   chothia's loops in the numbering of Abhinandan and Martin, Mol. Immunol. 45, 3832, 2008
 *   abm      loops of the AbM modelling program, in chothia's or martin's numbering
 */
#include "select_token.h"

#include <stdio.h>
#include <string.h>

typedef struct Scheme {
    const char *name;
    int32_t range[2][3][2]; /* heavy and light; loops 1 to 3; first and last number */
} Scheme;

static const Scheme schemes[] = {
    {"imgt", {{{27, 38}, {56, 65}, {105, 117}}, {{27, 38}, {56, 65}, {105, 117}}}},
    {"kabat", {{{31, 35}, {50, 65}, {95, 102}}, {{24, 34}, {50, 56}, {89, 97}}}},
    {"chothia", {{{26, 32}, {52, 56}, {95, 102}}, {{24, 34}, {50, 56}, {89, 97}}}},
    {"martin", {{{26, 32}, {52, 56}, {95, 102}}, {{24, 34}, {50, 56}, {89, 97}}}},
    {"abm", {{{26, 35}, {50, 58}, {95, 102}}, {{24, 34}, {50, 56}, {89, 97}}}},
};
enum { SCHEME_COUNT = sizeof schemes / sizeof *schemes };

static const Scheme *find_scheme(const char *name, size_t length) {
    for (int32_t i = 0; i < SCHEME_COUNT; i++)
        if (strlen(schemes[i].name) == length && !memcmp(schemes[i].name, name, length)) return &schemes[i];
    return NULL;
}

/* Marks the rows of loops `first` to `last` (0 to 2); returns how many. */
static int32_t mark_loops(const Selection *q, int32_t chain, const int32_t range[3][2], int32_t first,
                          int32_t last) {
    const WeftStructure *s = q->s;
    int32_t count = 0;
    for (int32_t i = s->chain_start[chain]; i < s->chain_start[chain + 1]; i++)
        for (int32_t l = first; l <= last; l++)
            if (s->number[i] >= range[l][0] && s->number[i] <= range[l][1]) {
                q->mask[i] = 1;
                count++;
            }
    return count;
}

static WeftStatus fail_empty(const Selection *q, int32_t chain, const int32_t range[3][2], int32_t first,
                             int32_t last) {
    char list[80] = "";
    for (int32_t l = first; l <= last; l++) {
        size_t length = strlen(list);
        snprintf(list + length, sizeof list - length, "%s%d to %d", l > first ? ", " : "", (int)range[l][0],
                 (int)range[l][1]);
    }
    return select_fail(q, ": chain %s has no residue numbered %s", q->s->chain_name[chain], list);
}

/* The loops of one kind of chain (0 heavy, 1 light) in the chain of that name. */
static WeftStatus select_loops(const Selection *q, const Scheme *scheme, int32_t kind, int32_t first,
                               int32_t last, const char *name, size_t length) {
    int32_t chain = select_find_chain(q->s, name, length);
    if (chain < 0)
        return select_fail(q, ": the structure has no chain %.*s; name the %s chain at the end: cdr:%c3@%s:A",
                           (int)base_min((int32_t)length, 8), name, kind ? "light" : "heavy", "HL"[kind],
                           scheme -> name);
    int32_t count = mark_loops(q, chain, scheme->range[kind], first, last);
    return count ? WEFT_OK : fail_empty(q, chain, scheme->range[kind], first, last);
}

static WeftStatus fail_cdr(const Selection *q) {
    return select_fail(
        q, " is not understood; write the loops and the file's numbering, cdr:H3@imgt, cdr:L@kabat:B "
           "or cdr:all@chothia; loops are H, H1 to H3, L, L1 to L3, all; numberings imgt, kabat, "
           "chothia, martin, abm");
}

WeftStatus select_cdr(const Selection *q) {
    const char *loops = q->token + strlen("cdr:"), *end = q->token + q->length;
    const char *at = memchr(loops, '@', (size_t)(end - loops));
    if (!at) return fail_cdr(q);
    size_t length = (size_t)(at++ - loops);
    const char *colon = memchr(at, ':', (size_t)(end - at));
    const Scheme *scheme = find_scheme(at, (size_t)((colon ? colon : end) - at));
    if (!scheme || (colon && colon + 1 == end)) return fail_cdr(q);
    if (length == 3 && !memcmp(loops, "all", 3)) {
        int heavy = select_find_chain(q->s, "H", 1) >= 0, light = select_find_chain(q->s, "L", 1) >= 0;
        if (colon) return select_fail(q, ": of a chain by name say H or L: cdr:H@%s:A", scheme->name);
        WeftStatus status = heavy || !light ? select_loops(q, scheme, 0, 0, 2, "H", 1) : WEFT_OK;
        return status || !light ? status : select_loops(q, scheme, 1, 0, 2, "L", 1);
    }
    int kind = length && *loops == 'L', loop = length == 2 ? loops[1] - '1' : 0;
    if (!length || length > 2 || (*loops != 'H' && !kind) || loop < 0 || loop > 2) return fail_cdr(q);
    const char *name = colon ? colon + 1 : loops;
    return select_loops(q, scheme, kind, loop, length == 2 ? loop : 2, name, colon ? (size_t)(end - name) : 1);
}
