/* SPDX-License-Identifier: MIT
 *
 * test_select.c - selections over a small structure with insertion codes, negative numbers, a blank, a
 * numeric and a two-letter chain, and one number that occurs twice; what is measured in space, counted once more by
 * brute force in double precision on structures of tests/data; antibody loops on chains numbered by hand.
 */
#include "unit.h"

#include <stdlib.h>

#include "../../src/protein/pdb.h"
#include "../../src/protein/select.h"
#include "files.h"

/* Columns 22-27 of the records, with the rows that they become. */
static const char *const ROWS[] = {
    "A  -6 ", "A  -5 ", "A  -1 ", "A   1 ", "A   2 ", "A  12 ", "A  13 ", "A  20 ", /* 1-8 */
    "H  99 ", "H 100 ", "H 100A", "H 100K", "H 101 ",                               /* 10-14 */
    "1  45 ", "1  46 ",                                                             /* 15-16 */
    "   12 ",                                                                       /* 17: no chain name */
    "A   2 ",                                                                       /* 9: chain A once more */
};

static WeftStructure *open_structure(void) {
    char text[8192];
    size_t at = 0;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        const char *row = ROWS[i];
        at += (size_t)snprintf(text + at, sizeof text - at,
                               "ATOM      1  CA  ALA %s   %8.3f   0.000   0.000\n", row, 4.0 * (double)i);
    }
    at += (size_t)snprintf(text + at, sizeof text - at,
                           "ATOM      1  CA  ALAAA  12    %8.3f   0.000   0.000\n", 0.0);
    at += (size_t)snprintf(text + at, sizeof text - at,
                           "ATOM      1  CA  ALAAA  13    %8.3f   0.000   0.000\n", 4.0);
    return pdb_parse(text, at, (StructureChoice){0});
}

/* The selected rows as "1 2 5", or "!" and the failure's words. */
static const char *chosen(const char *selection) {
    static char out[640];
    uint8_t mask[64];
    WeftStructure *s = open_structure();
    size_t at = 0;
    CHECK(s && s->length == 19);
    if (!s) return "";
    memset(mask, 7, sizeof mask);
    int32_t count = select_parse(s, selection, mask), found = 0;
    out[0] = '\0';
    for (int32_t i = 0; count >= 0 && i < s->length; i++)
        if (mask[i]) {
            CHECK(mask[i] == 1);
            at += (size_t)snprintf(out + at, sizeof out - at, "%s%d", found++ ? " " : "", (int)i + 1);
        }
    if (count < 0) {
        CHECK(count == WEFT_BAD_REQUEST && weft_error_status() == WEFT_BAD_REQUEST);
        snprintf(out, sizeof out, "!%s", weft_error());
    } else {
        CHECK(count == found && mask[s->length] == 7);
    }
    structure_free(s);
    return out;
}

static void structure_is_as_meant(void) {
    WeftStructure *s = open_structure();
    CHECK(s && s->chain_count == 5);
    for (int32_t c = 0; s && c < s->chain_count; c++) {
        static const char *const names[] = {"A", "H", "1", "_", "AA"};
        CHECK_TEXT(s->chain_name[c], names[c]);
    }
    structure_free(s);
}

static void single_tokens(void) {
    static const struct {
        const char *selection, *rows;
    } expected[] = {
        {"all", "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19"},
        {"A", "1 2 3 4 5 6 7 8 9"},
        {"H", "10 11 12 13 14"},
        {"1", "15 16"},
        {"_", "17"},
        {"AA", "18 19"},
        {"AA:", "18 19"},
        {"A12", "6"},
        {"A:12", "6"},
        {"A-5", "2"},
        {"A:-5", "2"},
        {"A2", "5 9"},
        {"H100", "11"},
        {"H100A", "12"},
        {"AA:12", "18"},
        {"1:45", "15"},
        {"_:12", "17"},
        {"_:", "17"},
        {"#7", "7"},
        {"#19", "19"},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        CHECK_TEXT(chosen(expected[i].selection), expected[i].rows);
}

static void ranges(void) {
    static const struct {
        const char *selection, *rows;
    } expected[] = {
        {"A12-20", "6 7 8"},         {"A12-A20", "6 7 8"},    {"A:12-A:20", "6 7 8"},
        {"A:12-A20", "6 7 8"},       {"A-5--1", "2 3"},       {"A-6-2", "1 2 3 4 5"},
        {"A-5-A-1", "2 3"},          {"A20-2", "8 9"},        {"H100-H100K", "11 12 13"},
        {"H100-101", "11 12 13 14"}, {"H100A-100K", "12 13"}, {"AA:12-13", "18 19"},
        {"AA:12-AA:13", "18 19"},    {"1:45-1:46", "15 16"},  {"#7-9", "7 8 9"},
        {"#7-#9", "7 8 9"},          {"A12-12", "6"},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        CHECK_TEXT(chosen(expected[i].selection), expected[i].rows);
}

static void lists(void) {
    CHECK_TEXT(chosen("A1,A12 H100"), "4 6 11");
    CHECK_TEXT(chosen("  , A1 ,\tA12,,"), "4 6");
    CHECK_TEXT(chosen("A1 A1 A"), "1 2 3 4 5 6 7 8 9");
    CHECK_TEXT(chosen("!A"), "10 11 12 13 14 15 16 17 18 19");
    CHECK_TEXT(chosen("! A, H 1"), "17 18 19");
    CHECK_TEXT(chosen("!#1-18"), "19");
}

static void fails(const char *selection, int32_t place, const char *words) {
    const char *got = chosen(selection);
    CHECK(*got == '!');
    CHECK(weft_error_place() == place);
    if (!strstr(got, words)) CHECK_TEXT(got, words);
}

static void failures(void) {
    fails("", 0, "nothing is named");
    fails(" , ", 3, "nothing is named");
    fails("!", 1, "nothing is named");
    fails("!all", 0, "leaves no residue");
    fails("B", 0, "no chain for 'B'; the structure has chains A, H, 1, _, AA");
    fails("A1 B7", 3, "no chain for 'B7'");
    fails("BB:7", 0, "no chain for 'BB:7'");
    fails("A3", 0, "'A3': chain A has no residue 3; it has 9 residues, -6 to 2");
    fails("A1, A12-19", 4, "'A12-19': chain A has no residue 19");
    fails("A14-20", 0, "chain A has no residue 14");
    fails("H100B", 0, "chain H has no residue 100B; it has 5 residues, 99 to 101");
    fails("A20-12", 0, "the range ends before it begins");
    fails("#9-7", 0, "the range ends before it begins");
    fails("#0", 0, "rows #1 to #19");
    fails("#20", 0, "rows #1 to #19");
    fails("#", 0, "'#' is not understood");
    fails("#7-", 0, "'#7-' is not understood");
    fails("#7x", 0, "is not understood");
    fails("A12-H100", 0, "a range stays within one chain");
    fails("A:12-H:100", 0, "a range stays within one chain");
    fails("A12-", 0, "'A12-' is not understood");
    fails("A12-20-30", 0, "is not understood");
    fails("A1!", 0, "'A1!' is not understood");
    fails("A12345678901", 0, "is not understood");
}

/* ---- Space, counted once more ---------------------------------------------------------------------------- */

static double distance(const float *p, const float *q) {
    double sum = 0;
    for (int d = 0; d < 3; d++) sum += ((double)p[d] - q[d]) * ((double)p[d] - q[d]);
    return sqrt(sum);
}

static double nearest(const WeftStructure *s, int32_t i, int32_t j) {
    double least = 1e9;
    for (int32_t a = s->first_atom[i]; a < s->first_atom[i + 1]; a++)
        for (int32_t b = s->first_atom[j]; b < s->first_atom[j + 1]; b++)
            least = fmin(least, distance(s->xyz[a], s->xyz[b]));
    return least;
}

/* Compares a selection with a predicate row by row; at least one row, and not all, must be in it. */
typedef int (*Predicate)(const WeftStructure *s, int32_t row, const void *what);
static void agrees(const WeftStructure *s, const char *selection, Predicate holds, const void *what) {
    uint8_t *mask = malloc((size_t)s->length);
    int32_t count = select_parse(s, selection, mask), found = 0, wrong = 0;
    for (int32_t i = 0; count > 0 && i < s->length; i++) {
        int expected = holds(s, i, what) != 0;
        wrong += expected != mask[i];
        found += expected;
    }
    if (count < 0) printf("    %s: %s\n", selection, weft_error());
    if (count != found || wrong) printf("    %s: %d rows, %d expected\n", selection, (int)count, (int)found);
    CHECK(count == found && !wrong && count > 0 && count < s->length);
    free(mask);
}

typedef struct Near {
    uint8_t from[512];
    double reach;
} Near;

static int is_near(const WeftStructure *s, int32_t row, const void *what) {
    const Near *near = what;
    for (int32_t j = 0; j < s->length; j++)
        if (near->from[j] && nearest(s, row, j) <= near->reach) return 1;
    return 0;
}

static int is_not_near_nor_from(const WeftStructure *s, int32_t row, const void *what) {
    return !is_near(s, row, what) && !((const Near *)what)->from[row];
}

static int is_near_outside(const WeftStructure *s, int32_t row, const void *what) {
    return is_near(s, row, what) && !((const Near *)what)->from[row];
}

static void within(void) {
    static const struct {
        const char *file, *from;
    } cases[] = {{"3HTN.pdb", "B"},        {"3HTN.pdb", "A50"},      {"3HTN.pdb", "(A50,C60-70 B43)"},
                 {"3HTN.pdb", "(!A B)"},   {"5L33.pdb", "#7"},       {"5L33.pdb", "A20-30"},
                 {"6MRR.pdb", "letter:F"}, {"6MRR.pdb", "(A5 A30)"}, {"5L33_damaged.pdb", "A10"}};
    static const double reaches[] = {3, 4.5, 6, 12.25};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        WeftStructure *s = files_structure(cases[i].file);
        for (size_t r = 0; s && r < sizeof reaches / sizeof *reaches; r++) {
            Near near = {.reach = reaches[r]};
            char text[128];
            CHECK(s->length <= 512 && select_parse(s, cases[i].from, near.from) > 0);
            snprintf(text, sizeof text, "within %g of %s", reaches[r], cases[i].from);
            agrees(s, text, is_near, &near);
            snprintf(text, sizeof text, "! within %g of %s, %s", reaches[r], cases[i].from, cases[i].from);
            agrees(s, text, is_not_near_nor_from, &near);
            snprintf(text, sizeof text, "!(!within %g of %s) %s", reaches[r], cases[i].from, cases[i].from);
            agrees(s, text, is_near_outside, &near);
        }
        structure_free(s);
    }
}

/* The boundary belongs to the answer: CA stand 4 apart here. */
static void within_on_the_line(void) {
    CHECK_TEXT(chosen("within 4 of A12"), "5 6 7");
    CHECK_TEXT(chosen("within 3.999 of A12"), "6");
    CHECK_TEXT(chosen("within 8 of (A12)"), "4 5 6 7 8");
    CHECK_TEXT(chosen("within 4 of within 4 of A12"), "4 5 6 7 8");
    CHECK_TEXT(chosen("A-6 within 4 of A12 _"), "1 5 6 7 17");
    CHECK_TEXT(chosen("(A-6)(A-5) A-1"), "1 2 3");
    CHECK_TEXT(chosen("!(!A) (!#7-12)"), "7 8 9");
    CHECK_TEXT(chosen("(! A, H (1))"), "17 18 19");
}

/* As many lists and withins side by side as one likes; one inside the other, 16. */
static void many_lists(void) {
    char text[1024] = "";
    for (int i = 0; i < 20; i++) strcat(text, " within 4 of (A12) (A1)");
    CHECK_TEXT(chosen(text), "4 5 6 7");
    text[0] = '\0';
    for (int i = 0; i < 16; i++) strcat(text, "within 4 of ");
    strcat(text, "A-6");
    CHECK_TEXT(chosen(text), "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19");
    char more[1100];
    snprintf(more, sizeof more, "within 4 of %s", text);
    fails(more, 16 * 12, "more than 16");
}

/* CB from N, CA and C in double precision. */
static int place(const WeftStructure *s, int32_t row, double *cb, double *ca) {
    const float *n = structure_atom(s, row, "N"), *a = structure_atom(s, row, "CA");
    const float *c = structure_atom(s, row, "C");
    if (!n || !a || !c) return 0;
    double p[3], r[3];
    for (int d = 0; d < 3; d++) {
        ca[d] = a[d];
        p[d] = (double)a[d] - n[d];
        r[d] = (double)c[d] - a[d];
    }
    const double x[3] = {p[1] * r[2] - p[2] * r[1], p[2] * r[0] - p[0] * r[2], p[0] * r[1] - p[1] * r[0]};
    for (int d = 0; d < 3; d++) cb[d] = ca[d] - 0.58273431 * x[d] + 0.56802827 * p[d] - 0.54067466 * r[d];
    return 1;
}

static int is_interface(const WeftStructure *s, int32_t row, const void *what) {
    double p[3], q[3], ca[3];
    (void)what;
    CHECK(place(s, row, p, ca));
    for (int32_t j = 0; j < s->length; j++) {
        if (s->chain[j] == s->chain[row] || !place(s, j, q, ca)) continue;
        if (hypot(hypot(p[0] - q[0], p[1] - q[1]), p[2] - q[2]) <= 8) return 1;
    }
    return 0;
}

static int is_buried(const WeftStructure *s, int32_t row, const void *what) {
    double cb[3], ca[3], other[3], ignored[3], sum = 0;
    (void)what;
    CHECK(place(s, row, cb, ca));
    double length = hypot(hypot(cb[0] - ca[0], cb[1] - ca[1]), cb[2] - ca[2]);
    for (int32_t j = 0; j < s->length; j++) {
        if (j == row || !place(s, j, ignored, other)) continue;
        double d = hypot(hypot(other[0] - cb[0], other[1] - cb[1]), other[2] - cb[2]), cosine = 0;
        for (int k = 0; k < 3; k++) cosine += (cb[k] - ca[k]) / length * (other[k] - cb[k]) / d;
        sum += pow(fmax(0, cosine + 0.5) / 1.5, 2) / (1 + exp(d - 9));
    }
    CHECK(fabs(sum - 5.2) > 1e-5); /* too near to tell */
    return sum >= 5.2;
}

static void interface_and_buried(void) {
    WeftStructure *s = files_structure("3HTN.pdb");
    CHECK(s != NULL);
    if (!s) return;
    agrees(s, "interface", is_interface, NULL);
    agrees(s, "buried", is_buried, NULL);
    structure_free(s);
    static const char *const single[] = {"5L33.pdb", "6MRR.pdb"};
    for (size_t i = 0; i < 2; i++) {
        uint8_t mask[512];
        s = files_structure(single[i]);
        CHECK(s != NULL);
        if (!s) return;
        agrees(s, "buried", is_buried, NULL);
        CHECK(select_parse(s, "interface", mask) == WEFT_BAD_REQUEST);
        CHECK_TEXT(weft_error(), "selection: 'interface': the structure has one chain, A");
        structure_free(s);
    }
}

/* Rows without N or C: the file's CB, else CA; a row that has a CA alone points nowhere and is never buried. */
static void less_than_a_backbone(void) {
    static const char text[] = "ATOM      1  CA  ALA A   1       0.000   0.000   0.000\n"
                               "ATOM      2  CB  ALA A   1       0.000   0.000   1.500\n"
                               "ATOM      3  CA  ALA B   1       0.000   0.000   9.500\n"
                               "ATOM      4  CA  ALA B   2       0.000   0.000   9.501\n"
                               "ATOM      5  CA  ALA B   3       5.000   0.000   7.000\n";
    WeftStructure *s = pdb_parse(text, strlen(text), (StructureChoice){0});
    uint8_t mask[4];
    CHECK(s && select_parse(s, "interface", mask) == 3);
    CHECK(mask[0] == 1 && mask[1] == 1 && mask[2] == 0 && mask[3] == 1);
    CHECK(s && select_parse(s, "buried", mask) == WEFT_BAD_REQUEST);
    CHECK(s && select_parse(s, "buried A", mask) == 1);
    structure_free(s);
}

/* ---- Letters and B-factors ------------------------------------------------------------------------------- */

static int has_letter(const WeftStructure *s, int32_t row, const void *what) {
    return strchr(what, WEFT_LETTERS[s->letter[row]]) != NULL;
}

static void letters(void) {
    WeftStructure *s = files_structure("3HTN.pdb");
    CHECK(s != NULL);
    if (!s) return;
    agrees(s, "letter:G", has_letter, "G");
    agrees(s, "letter:gA", has_letter, "GA");
    agrees(s, "letter:WX letter:M", has_letter, "WMX");
    structure_free(s);
}

typedef struct Limit {
    const char *text; /* of the file */
    const char *compare;
    double number;
} Limit;

/* The B-factor of a row's CA as the file has it, in columns 61 to 66 of the first record of that name. */
static int meets_limit(const WeftStructure *s, int32_t row, const void *what) {
    const Limit *limit = what;
    char position[16];
    snprintf(position, sizeof position, "%s%4d%c", s->chain_name[s->chain[row]], (int)s->number[row],
             s->insertion[row]);
    for (const char *line = limit->text; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
        if ((strncmp(line, "ATOM", 4) && strncmp(line, "HETATM", 6)) || strncmp(line + 12, " CA ", 4) ||
            strncmp(line + 21, position, 6))
            continue;
        double b = strtod(line + 60, NULL);
        int equal = limit->compare[1] == '=' && b == limit->number;
        return equal || (*limit->compare == '<' ? b < limit->number : b > limit->number);
    }
    return -1;
}

static void b_factors(void) {
    WeftStructure *s = files_structure("5L33.pdb");
    char *text = files_text("tests/data/structures/5L33.pdb");
    CHECK(s && text);
    static const char *const compares[] = {"<", "<=", ">", ">="};
    for (size_t i = 0; s && text && i < 8; i++) {
        char selection[32];
        double number = s->b_factor[structure_atom_index(s, (int32_t)(i * 7), "CA")]; /* one that occurs */
        snprintf(selection, sizeof selection, "%s%s%.2f", i % 2 ? "plddt" : "bfactor", compares[i % 4], number);
        agrees(s, selection, meets_limit,
               &(Limit){text, compares[i % 4], strtod(strpbrk(selection, "0123456789"), NULL)});
    }
    free(text);
    structure_free(s);
    CHECK_TEXT(chosen("bfactor<=0 "), chosen("all"));
    CHECK_TEXT(chosen("plddt>-1"), chosen("all"));
    fails("bfactor<-0.5", 0, "leaves no residue");
}

/* ---- Antibody loops -------------------------------------------------------------------------------------- */

/* Chains H and L, rows 1 to 130 of each, with the insertion codes that follow a number in a scheme. */
static WeftStructure *numbered_chains(const char *const *inserted) {
    static char text[130 * 2 * 80 * 2];
    size_t at = 0;
    for (int chain = 0; chain < 2; chain++)
        for (int number = 1; number <= 130; number++) {
            char codes[16] = " ";
            int before = 0;
            for (const char *const *i = inserted; *i; i++)
                if ((*i)[0] == "HL"[chain] && atoi(*i + 1) == number) {
                    before = strchr(*i, '<') != NULL; /* residues with a code stand before the number's own */
                    snprintf(codes, sizeof codes, before ? "%s " : " %s", strchr(*i, before ? '<' : '>') + 1);
                }
            for (const char *code = codes; *code; code++)
                at += (size_t)snprintf(text + at, sizeof text - at,
                                       "ATOM      1  CA  ALA %c%4d%c   %8.3f   0.000   0.000\n", "HL"[chain],
                                       number, *code, 0.1 * (double)at / 60);
        }
    return pdb_parse(text, at, (StructureChoice){0});
}

/* Both selections choose the same rows. */
static void same_rows(const WeftStructure *s, const char *selection, const char *other) {
    static uint8_t a[600], b[600];
    CHECK(s->length <= 600);
    int32_t count = select_parse(s, selection, a);
    if (count <= 0) printf("    %s: %s\n", selection, weft_error());
    CHECK(count > 0 && select_parse(s, other, b) == count && !memcmp(a, b, (size_t)s->length));
}

static void antibody_loops(void) {
    static const char *const imgt[] = {"H111>AB", "H112<CBA", "L112<A", NULL};
    static const char *const kabat[] = {"H35>AB",     "H52>ABC",    "H82>ABC", "H100>ABCDEFGHIJK",
                                        "L27>ABCDEF", "L95>ABCDEF", "L106>A",  NULL};
    static const char *const chothia[] = {"H31>AB",  "H52>ABC", "H82>ABC", "H100>ABC",
                                          "L30>ABC", "L95>AB",  NULL};
    static const struct {
        const char *const *inserted;
        const char *selection, *rows;
    } cases[] = {
        {imgt, "cdr:H1@imgt", "H27-38"},
        {imgt, "cdr:H2@imgt", "H56-65"},
        {imgt, "cdr:H3@imgt", "H105-117"},
        {imgt, "cdr:L3@imgt", "L105-117"},
        {imgt, "cdr:H@imgt", "H27-38 H56-65 H105-111 H111A H111B H112C H112B H112A H112-117"},
        {imgt, "cdr:all@imgt", "H27-38 H56-65 H105-117 L27-38 L56-65 L105-117"},
        {imgt, "cdr:L2@imgt:H", "H56-65"},
        {imgt, "!cdr:H@imgt:L", "H L1-26 L39-55 L66-104 L118-130"},
        {kabat, "cdr:H1@kabat", "H31-H35B"},
        {kabat, "cdr:H2@kabat", "H50-65"},
        {kabat, "cdr:H3@kabat", "H95-100 H100A-100K H101-102"},
        {kabat, "cdr:L1@kabat", "L24-34"},
        {kabat, "cdr:L2@kabat", "L50-56"},
        {kabat, "cdr:L3@kabat", "L89-97"},
        {chothia, "cdr:H1@chothia", "H26-32"},
        {chothia, "cdr:H2@chothia", "H52-56"},
        {chothia, "cdr:H3@chothia", "H95-102"},
        {chothia, "cdr:L@chothia", "L24-34 L50-56 L89-97"},
        {chothia, "cdr:all@martin", "H26-32 H52-56 H95-102 L24-34 L50-56 L89-97"},
        {chothia, "cdr:H@abm", "H26-35 H50-58 H95-102"},
        {chothia, "cdr:L1@abm cdr:L3@abm", "L24-34 L89-97"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        WeftStructure *s = numbered_chains(cases[i].inserted);
        CHECK(s != NULL);
        if (!s) return;
        same_rows(s, cases[i].selection, cases[i].rows);
        structure_free(s);
    }
}

/* ---- What cannot be read --------------------------------------------------------------------------------- */

/* Each of these fails, at that place, and names that token first. */
static void malformed(void) {
    static const struct {
        const char *selection;
        int32_t place;
        const char *quoted, *words;
    } cases[] = {
        {"hetatm", 0, "hetatm", "not possible yet"},
        {"A hetatm", 2, "hetatm", "not possible yet"},
        {"interfaces", 0, "interfaces", "not understood"},
        {"Buried", 0, "Buried", "not understood"},
        {"within", 0, "within", "write within 6 of B"},
        {"within ", 0, "within ", "write within 6 of B"},
        {"within 6", 0, "within 6", "write within 6 of B"},
        {"within 6 of", 0, "within 6 of", "write within 6 of B"},
        {"within 6 A", 0, "within 6 A", "write within 6 of B"},
        {"within of A", 0, "within of", "write within 6 of B"},
        {"within x of A", 0, "within x", "write within 6 of B"},
        {"within 0 of A", 0, "within 0", "above 0"},
        {"within -6 of A", 0, "within -6", "above 0"},
        {"within 1001 of A", 0, "within 1001", "up to 1000"},
        {"within 6. of A", 0, "within 6.", "write within"},
        {"within .6 of A", 0, "within .6", "write within"},
        {"within 1e3 of A", 0, "within 1e3", "write within"},
        {"within 6A of A", 0, "within 6A", "write within"},
        {"within 1234567890123456 of A", 0, "within 1234567890123456", "write within"},
        {"within6 of A", 0, "within6", "not understood"},
        {"A1 within 6 of B", 15, "B", "no chain for"},
        {"within 6 of A3", 12, "A3", "no residue 3"},
        {"within 6 of !A", 12, "!A", "write (!A)"},
        {"within 6 of letter:W", 0, "within 6 of letter:W", "nothing is selected behind of"},
        {"within 6 of (!all)", 0, "within 6 of (!all)", "nothing is selected behind of"},
        {"within 6 of ()", 13, "(", "nothing is named"},
        {"within 6 of (A", 12, "(", "not closed"},
        {"within 6 of within", 12, "within", "write within 6 of B"},
        {"(", 1, "(", "nothing is named"},
        {"()", 1, "(", "nothing is named"},
        {"(!)", 2, "(", "nothing is named"},
        {"(A", 0, "(", "not closed"},
        {"A ((H) 1", 2, "(", "not closed"},
        {")", 0, ")", "no chain for"},
        {"A)", 0, "A)", "not understood"},
        {"within 6 of A)", 12, "A)", "not understood"},
        {"within 6 of )", 12, ")", "no chain for"},
        {"(within 6 of )", 1, "within 6 of", "write within 6 of B"},
        {"(A))", 3, ")", "no chain for"},
        {"A !H", 2, "!H", "write (!A)"},
        {"!!A", 1, "!A", "write (!A)"},
        {"((((((((((((((((((A))))))))))))))))))", 16, "(", "more than 16"},
        {"letter:", 0, "letter:", "names no letter"},
        {"letter:J", 0, "letter:J", "none of the letters"},
        {"letter:GU", 0, "letter:GU", "'U' is none"},
        {"letter", 0, "letter", "not understood"},
        {"letter:W", 0, "letter:W", "leaves no residue"},
        {"bfactor", 0, "bfactor", "write bfactor<70"},
        {"bfactor<", 0, "bfactor<", "write bfactor<70"},
        {"bfactor < 70", 0, "bfactor", "without blanks"},
        {"bfactor=70", 0, "bfactor=70", "write bfactor<70"},
        {"bfactor<>70", 0, "bfactor<>70", "write bfactor<70"},
        {"bfactor<70x", 0, "bfactor<70x", "write bfactor<70"},
        {"plddt<=", 0, "plddt<=", "write bfactor<70"},
        {"plddt70", 0, "plddt70", "write bfactor<70"},
        {"cdr:", 0, "cdr:", "write the loops"},
        {"cdr:H3", 0, "cdr:H3", "write the loops"},
        {"cdr:@imgt", 0, "cdr:@imgt", "write the loops"},
        {"cdr:H4@imgt", 0, "cdr:H4@imgt", "write the loops"},
        {"cdr:H33@imgt", 0, "cdr:H33@imgt", "write the loops"},
        {"cdr:K1@imgt", 0, "cdr:K1@imgt", "write the loops"},
        {"cdr:H3@aho", 0, "cdr:H3@aho", "numberings imgt, kabat"},
        {"cdr:H3@IMGT", 0, "cdr:H3@IMGT", "numberings imgt, kabat"},
        {"cdr:H3@imgt:", 0, "cdr:H3@imgt:", "write the loops"},
        {"cdr:L3@imgt", 0, "cdr:L3@imgt", "no chain L; name the light chain at the end: cdr:L3@imgt:A"},
        {"cdr:H3@imgt:Q", 0, "cdr:H3@imgt:Q", "no chain Q"},
        {"cdr:H3@imgt:H", 0, "cdr:H3@imgt:H", "chain H has no residue numbered 105 to 117"},
        {"cdr:all@kabat:H", 0, "cdr:all@kabat:H", "cdr:H@kabat:A"},
        {"cdr:L@kabat:H", 0, "cdr:L@kabat:H", "numbered 24 to 34, 50 to 56, 89 to 97"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char quoted[64];
        snprintf(quoted, sizeof quoted, "'%s'", cases[i].quoted);
        fails(cases[i].selection, cases[i].place, cases[i].words);
        const char *first = strchr(weft_error(), '\'');
        if (!first || strncmp(first, quoted, strlen(quoted))) CHECK_TEXT(weft_error(), quoted);
    }
}

/* Any text is a selection whose count is right, or a failure with a place inside the text. */
static void any_text(void) {
    static const char *const pieces[] = {
        "A",         "H",      "1",       "2",  "12",       "-",       " ",     ",",    "(",
        ")",         "!",      "#",       ":",  "_",        "within ", "6 of ", "4",    ".5",
        "interface", "buried", "letter:", "A",  "bfactor<", "plddt",   ">=",    "cdr:", "H3",
        "@imgt",     "all",    "AA:12",   "\n", "\xc3\xa9", NULL};
    WeftStructure *s = open_structure();
    int32_t chose = 0;
    for (uint32_t seed = 0; s && seed < 20000; seed++) {
        char text[128];
        uint8_t mask[20];
        files_random_text(seed, pieces, 12, text, sizeof text);
        mask[19] = 7;
        int32_t count = select_parse(s, text, mask), found = 0;
        for (int32_t i = 0; count >= 0 && i < s->length; i++) found += mask[i];
        int good = count > 0 ? found == count
                             : count == WEFT_BAD_REQUEST && weft_error_place() >= 0 &&
                                   weft_error_place() <= (int32_t)strlen(text);
        if (!good || mask[19] != 7) CHECK_TEXT(text, "a selection or a failure");
        chose += count > 0;
    }
    CHECK(chose > 500);
    structure_free(s);
}

/* A word that is the name of a chain is that chain. */
static void words_as_chains(void) {
    WeftStructure *s = open_structure();
    CHECK(s != NULL);
    if (!s) return;
    static const char *const names[] = {"within", "interface", "cdr", "(", "letter"};
    for (int32_t c = 0; c < s->chain_count; c++) s->chain_name[c] = names[c];
    static const struct {
        const char *selection;
        int32_t count;
    } cases[] = {{"within", 9}, {"within:12", 1}, {"interface", 5}, {"interface:99-100", 2}, {"cdr:45", 1},
                 {"(", 1},      {"(:12", 1},      {"letter:12", 1}, {"letter:", 2}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t mask[20];
        if (select_parse(s, cases[i].selection, mask) != cases[i].count)
            CHECK_TEXT(cases[i].selection, "its chain");
    }
    structure_free(s);
}

/* A token as long as a file is quoted in part. */
static void long_token(void) {
    char text[2000];
    memset(text, 'Q', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    fails(text, 0, "QQQ...'");
}

/* More chains than a sentence should name. */
static void many_chains(void) {
    char text[2048];
    uint8_t mask[20];
    size_t at = 0;
    for (int i = 0; i < 20; i++)
        at += (size_t)snprintf(text + at, sizeof text - at,
                               "ATOM      1  CA  ALA %c   1       1.000   2.000   3.000\n", 'A' + i);
    WeftStructure *s = pdb_parse(text, at, (StructureChoice){0});
    CHECK(s && select_parse(s, "Z", mask) == WEFT_BAD_REQUEST);
    CHECK(strstr(weft_error(), "chains A, B, C, D, E, F, G, H, I, J, K, L and 8 more") != NULL);
    structure_free(s);
}

int main(void) {
    RUN(structure_is_as_meant);
    RUN(single_tokens);
    RUN(ranges);
    RUN(lists);
    RUN(failures);
    RUN(within);
    RUN(within_on_the_line);
    RUN(many_lists);
    RUN(interface_and_buried);
    RUN(less_than_a_backbone);
    RUN(letters);
    RUN(b_factors);
    RUN(antibody_loops);
    RUN(malformed);
    RUN(any_text);
    RUN(words_as_chains);
    RUN(long_token);
    RUN(many_chains);
    return unit_done("select");
}
