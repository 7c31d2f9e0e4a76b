/* SPDX-License-Identifier: MIT
 *
 * fuzz.c - what fuzz.h says.
 */
#include "fuzz.h"

#include <math.h>

enum { ROWS_TRIED = 64, PAIRS_MOST = 400, TEXT_MOST = 4096 };

/* ---- Failures ------------------------------------------------------------------------------------------ */

void fuzz_check_failure(WeftStatus status) {
    const char *text = weft_error();
    FUZZ_CHECK(status < 0 && weft_error_status() == status);
    FUZZ_CHECK(strlen(text) > 3 && !strchr(text, '\n') && !strchr(text, '\r'));
    FUZZ_CHECK(weft_error_place() >= -1);
}

/* ---- Columns ------------------------------------------------------------------------------------------- */

static int is_label(char c) { return c >= ' ' && c < 127; }

/* 1 where the field has a NUL and only printable characters before it. */
static int is_text(const char *field, size_t size) {
    for (size_t i = 0; i < size; i++) {
        if (!field[i]) return 1;
        if (!is_label(field[i])) return 0;
    }
    return 0;
}

static void check_atoms(const WeftStructure *s) {
    FUZZ_CHECK(s->first_atom[0] == 0 && s->first_atom[s->length] == s->atom_count);
    for (int32_t a = 0; a < s->atom_count; a++) {
        FUZZ_CHECK(is_text(s->atom_name[a], sizeof s->atom_name[a]) && s->atom_name[a][0]);
        FUZZ_CHECK(is_text(s->element[a], sizeof s->element[a]) && is_label(s->altloc[a]));
        for (int32_t c = 0; c < 3; c++) FUZZ_CHECK(fabsf(s->xyz[a][c]) <= 1e8f);
        FUZZ_CHECK(s->occupancy[a] >= 0.0f && s->occupancy[a] <= 1.0f && fabsf(s->b_factor[a]) <= 1e8f);
    }
}

static int is_complete(const WeftStructure *s, int32_t row) {
    return structure_atom(s, row, "N") && structure_atom(s, row, "CA") && structure_atom(s, row, "C") &&
           structure_atom(s, row, "O");
}

static void check_rows(const WeftStructure *s) {
    FUZZ_CHECK(s->length > 0 && weft_structure_length(s) == s->length);
    for (int32_t i = 0; i < s->length; i++) {
        FUZZ_CHECK(weft_structure_letters(s)[i] >= 0 && weft_structure_letters(s)[i] < WEFT_LETTER_COUNT);
        FUZZ_CHECK(weft_structure_unknown(s)[i] == (s->letter[i] == WEFT_LETTER_X));
        FUZZ_CHECK(weft_structure_mask(s)[i] == is_complete(s, i));
        FUZZ_CHECK(weft_structure_carbons(s)[i] == (structure_atom(s, i, "CA") != NULL));
        FUZZ_CHECK(is_label(weft_structure_insertions(s)[i]) && is_text(s->name[i], sizeof s->name[i]));
        FUZZ_CHECK(abs(weft_structure_numbers(s)[i]) <= 999999999);
        FUZZ_CHECK(s->first_atom[i] <= s->first_atom[i + 1]);
    }
}

static void check_chains(const WeftStructure *s) {
    int32_t chains = weft_structure_chain_count(s);
    FUZZ_CHECK(chains > 0 && chains <= s->length && s->chain_start[0] == 0);
    FUZZ_CHECK(s->chain_start[chains] == s->length);
    for (int32_t c = 0; c < chains; c++) {
        FUZZ_CHECK(*weft_structure_chain_name(s, c) && s->chain_start[c] < s->chain_start[c + 1]);
        for (int32_t i = s->chain_start[c]; i < s->chain_start[c + 1]; i++)
            FUZZ_CHECK(weft_structure_chains(s)[i] == c);
    }
    for (int32_t i = 0; i < weft_structure_issue_count(s); i++)
        FUZZ_CHECK(*weft_structure_issue(s, i) && weft_structure_issue_line(s, i) >= -1);
}

/* ---- What is made of it -------------------------------------------------------------------------------- */

static void check_columns(const WeftStructure *s) {
    check_rows(s);
    check_chains(s);
    check_atoms(s);
}

static void check_moved(const WeftStructure *s) {
    size_t count = (size_t)s->length * 12;
    float *xyz = malloc(count * sizeof *xyz);
    FUZZ_CHECK(xyz);
    weft_structure_backbone(s, 0.1f, 7, 0, xyz);
    for (int32_t i = 0; i < s->length; i++)
        for (int32_t c = 0; s->mask[i] && c < 12; c++) FUZZ_CHECK(isfinite(xyz[i * 12 + c]));
    WeftStructure *moved = weft_structure_moved(s, xyz);
    FUZZ_CHECK(moved && moved->length == s->length && moved->atom_count == s->atom_count);
    FUZZ_CHECK(!memcmp(moved->letter, s->letter, (size_t)s->length));
    weft_structure_free(moved);
    free(xyz);
}

/* Every second row. */
static void check_part(const WeftStructure *s) {
    uint8_t *rows = calloc((size_t)s->length, 1);
    FUZZ_CHECK(rows);
    for (int32_t i = 0; i < s->length; i += 2) rows[i] = 1;
    WeftStructure *part = weft_structure_part(s, rows);
    FUZZ_CHECK(part && part->length == (s->length + 1) / 2);
    check_columns(part);
    for (int32_t i = 0; i < part->length; i++) FUZZ_CHECK(part->letter[i] == s->letter[2 * i]);
    weft_structure_free(part);
    free(rows);
}

/* 1 where the name of a chain has a parenthesis: it comes before the grammar's. */
static int has_parentheses(const WeftStructure *s) {
    for (int32_t c = 0; c < weft_structure_chain_count(s); c++)
        if (strpbrk(weft_structure_chain_name(s, c), "()")) return 1;
    return 0;
}

int32_t fuzz_check_selection(const WeftStructure *s, const char *text) {
    char other[TEXT_MOST];
    size_t length = strlen(text);
    uint8_t *mask = malloc((size_t)s->length);
    FUZZ_CHECK(mask);
    int32_t count = weft_structure_select(s, text, mask), sum = 0;
    if (count < 0) {
        fuzz_check_failure((WeftStatus)count);
        FUZZ_CHECK(count == WEFT_BAD_REQUEST && weft_error_place() <= (int32_t)length);
        free(mask);
        return count;
    }
    for (int32_t i = 0; i < s->length; i++) {
        FUZZ_CHECK(mask[i] <= 1);
        sum += mask[i];
    }
    FUZZ_CHECK(count > 0 && sum == count);
    if (length + 4 < sizeof other && !has_parentheses(s)) { /* a list turned around is the rest */
        snprintf(other, sizeof other, "!(%s)", text);
        int32_t rest = weft_structure_select(s, other, mask);
        FUZZ_CHECK(count == s->length ? rest < 0
                                      : rest == s->length - count || strstr(weft_error(), "within lists"));
    }
    free(mask);
    return count;
}

static void check_groups(const WeftStructure *s, int32_t groups, const int32_t *start, const int32_t *rows,
                         const float *weights) {
    uint8_t *seen = calloc((size_t)s->length, 1);
    FUZZ_CHECK(seen && groups <= s->length / 2 && start[0] == 0);
    for (int32_t g = 0; g < groups; g++) FUZZ_CHECK(start[g] + 2 <= start[g + 1]);
    for (int32_t i = 0; i < start[groups]; i++) {
        FUZZ_CHECK(rows[i] >= 0 && rows[i] < s->length && !seen[rows[i]]++);
        FUZZ_CHECK(isfinite(weights[i]));
    }
    free(seen);
}

void fuzz_check_ties(const WeftStructure *s, const char *text) {
    size_t n = (size_t)s->length;
    int32_t *start = malloc((n / 2 + 1) * sizeof *start), *rows = malloc(n * sizeof *rows);
    float *weights = malloc(n * sizeof *weights);
    char report[64];
    FUZZ_CHECK(start && rows && weights);
    int32_t groups = weft_structure_ties(s, text, start, rows, weights);
    int32_t length = weft_structure_ties_report(s, text, report, sizeof report);
    if (groups < 0) {
        FUZZ_CHECK(length == groups);
        fuzz_check_failure((WeftStatus)groups);
    } else {
        FUZZ_CHECK(groups > 0);
        FUZZ_CHECK(length >= 0 && strlen(report) == (size_t)base_min(length, (int32_t)sizeof report - 1));
        check_groups(s, groups, start, rows, weights);
    }
    free(start);
    free(rows);
    free(weights);
}

/* ---- Selections that the structure itself gives -------------------------------------------------------- */

static int is_plain_name(const char *name) {
    for (; *name; name++)
        if (!((*name >= 'A' && *name <= 'Z') || (*name >= '0' && *name <= '9'))) return 0;
    return 1;
}

static int32_t first_of_name(const WeftStructure *s, const char *chain) {
    int32_t c = 0;
    while (strcmp(s->chain_name[c], chain)) c++;
    return c;
}

/* A row is selected by its name. */
static void check_names(const WeftStructure *s) {
    uint8_t *mask = malloc((size_t)s->length);
    FUZZ_CHECK(mask);
    for (int32_t i = 0; i < s->length; i += 1 + s->length / ROWS_TRIED) {
        char name[48];
        structure_row_name(s, i, name, sizeof name);
        const char *chain = s->chain_name[s->chain[i]];
        if (!is_plain_name(chain) || first_of_name(s, chain) != s->chain[i]) continue;
        int32_t count = weft_structure_select(s, name, mask);
        if (count <= 0 || !mask[i]) fprintf(stderr, "row %d is called %s: %s\n", (int)i, name, weft_error());
        FUZZ_CHECK(count > 0 && mask[i]);
    }
    free(mask);
}

void fuzz_check_structure(const WeftStructure *s) {
    static const char *const selections[] = {"all", "!A", "#1-2", "letter:GAX", "bfactor<20", "A1-3 _"};
    static const char *const distant[] = {"interface", "buried", "within 6 of #1", "!interface"};
    check_columns(s);
    check_moved(s);
    check_part(s);
    check_names(s);
    for (size_t i = 0; i < sizeof selections / sizeof *selections; i++)
        fuzz_check_selection(s, selections[i]);
    if (s->length <= PAIRS_MOST)
        for (size_t i = 0; i < sizeof distant / sizeof *distant; i++) fuzz_check_selection(s, distant[i]);
    fuzz_check_ties(s, "homomer");
    if (s->chain_count > 1) {
        char text[128];
        snprintf(text, sizeof text, "%.40s=%.40s", s->chain_name[0], s->chain_name[1]);
        fuzz_check_ties(s, text);
    }
}

/* ---- A structure of our own ---------------------------------------------------------------------------- */

typedef struct Residue {
    char chain;
    int number;
    char insertion;
    const char *name;
} Residue;

static const Residue residues[] = {
    {'A', -2, ' ', "GLY"}, {'A', -1, ' ', "ALA"},  {'A', 1, ' ', "LEU"},   {'A', 2, ' ', "TRP"},
    {'A', 5, ' ', "LYS"},  {'A', 6, ' ', "ASP"},   {'B', -2, ' ', "GLY"},  {'B', -1, ' ', "ALA"},
    {'B', 1, ' ', "LEU"},  {'B', 2, ' ', "TRP"},   {'B', 5, ' ', "LYS"},   {'B', 6, ' ', "ASP"},
    {'H', 27, ' ', "SER"}, {'H', 52, ' ', "TYR"},  {'H', 52, 'A', "PRO"},  {'H', 52, 'B', "GLY"},
    {'H', 53, ' ', "GLY"}, {'H', 100, ' ', "ARG"}, {'H', 100, 'A', "CYS"}, {'H', 105, ' ', "UNK"},
    {'1', 10, ' ', "MET"}, {'1', 11, ' ', "PHE"},  {'1', 12, ' ', "VAL"},  {' ', 1, ' ', "ILE"},
    {' ', 2, ' ', "THR"},  {' ', 3, ' ', "HIS"},
};

const WeftStructure *fuzz_structure(void) {
    static const char *const atoms[] = {"N", "CA", "C", "O"};
    static const double shift[4][3] = {{-1.2, 0.7, 0.4}, {0, 0, 0}, {1.2, 0.6, -0.6}, {1.5, 1.7, -0.4}};
    static WeftStructure *made;
    static char text[16384];
    size_t at = 0;
    for (size_t i = 0; !made && i < sizeof residues / sizeof *residues; i++) {
        const Residue *r = &residues[i];
        for (size_t a = 0; a < (r->number == 53 ? 2 : 4); a++)
            at += (size_t)snprintf(text + at, sizeof text - at,
                                   "ATOM  %5zu  %-3s %s %c%4d%c   %8.3f%8.3f%8.3f  1.00%6.2f           %c\n",
                                   i * 4 + a, atoms[a], r->name, r->chain, r->number, r->insertion,
                                   3.8 * (double)(i % 3) + shift[a][0], 3.8 * (double)(i / 3 % 3) + shift[a][1],
                                   3.8 * (double)(i / 9) + shift[a][2], 10.0 + 3.0 * (double)i, atoms[a][0]);
    }
    if (!made) made = weft_structure_parse(text, at, 0, WEFT_ALTLOC_FIRST);
    FUZZ_CHECK(made && made->length == (int32_t)(sizeof residues / sizeof *residues));
    return made;
}
