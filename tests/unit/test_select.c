/* SPDX-License-Identifier: MIT
 *
 * test_select.c - selections over a small structure with insertion codes, negative numbers, a blank, a
 * numeric and a two-letter chain, and one number that occurs twice.
 */
#include "unit.h"

#include "../../src/protein/pdb.h"
#include "../../src/protein/select.h"

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
    return pdb_parse(text, at);
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

static void later_words(void) {
    fails("interface", 0, "'interface' is not understood");
    fails("buried", 0, "'buried' is not understood");
    fails("hetatm", 0, "'hetatm' is not understood");
    fails("A within 6 of H", 2, "'within' is not understood");
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
    WeftStructure *s = pdb_parse(text, at);
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
    RUN(later_words);
    RUN(long_token);
    RUN(many_chains);
    return unit_done("select");
}
