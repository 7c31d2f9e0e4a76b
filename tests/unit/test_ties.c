/* SPDX-License-Identifier: MIT
 *
 * test_ties.c - groups of residues that receive one letter: chains by number and by position, repeats, lists by hand,
 * on chains made for it and on the trimer 3HTN, where partners are looked up once more by brute force.
 */
#include "unit.h"

#include <stdlib.h>

#include "../../src/protein/pdb.h"
#include "../../src/protein/ties.h"
#include "files.h"

/* A chain: its name, the number and insertion code of its first residue, its letters; a dot leaves a number out, a
 * comma gives the next residue the number of the one before and the next insertion code. */
typedef struct Chain {
    char name;
    int first;
    const char *letters;
} Chain;

static const char *three_letters(char letter) {
    static const char *const names[] = {"GLY", "ALA", "SER", "LEU", "LYS", "UNK"};
    const char *at = strchr("GASLKX", letter);
    return names[at ? at - "GASLKX" : 1];
}

static WeftStructure *open_chains(const Chain *chain) {
    static char text[40000];
    size_t at = 0;
    for (; chain->name; chain++) {
        int number = chain->first - 1;
        char code = ' ';
        for (const char *letter = chain->letters; *letter; letter++) {
            if (*letter == ',') {
                code = code == ' ' ? 'A' : (char)(code + 1);
                number--;
                continue;
            }
            number++;
            if (*letter != '.')
                at += (size_t)snprintf(
                    text + at, sizeof text - at, "ATOM      1  CA  %s %c%4d%c   %8.3f   0.000   0.000\n",
                    three_letters(*letter), chain->name, number, code, (double)(at % 9000) / 10);
            if (letter[1] != ',') code = ' ';
        }
    }
    return pdb_parse(text, at, (StructureChoice){0});
}

/* Groups as "A1=B1 A2=B2", weights other than 1 as "A1*0.5"; or "!" and the failure's words. */
static const char *tied(const WeftStructure *s, const char *text) {
    static char out[2000];
    static int32_t start[600], row[1200];
    static float weight[1200];
    size_t at = 0;
    int32_t groups = weft_structure_ties(s, text, start, row, weight);
    out[0] = '\0';
    if (groups < 0) {
        CHECK(groups == WEFT_BAD_REQUEST && weft_error_status() == WEFT_BAD_REQUEST);
        snprintf(out, sizeof out, "!%s", weft_error());
        return out;
    }
    CHECK(groups > 0 && start[0] == 0);
    CHECK(weft_structure_ties(s, text, NULL, NULL, NULL) == groups);
    for (int32_t g = 0; g < groups; g++) {
        CHECK(start[g + 1] >= start[g] + 2);
        for (int32_t m = start[g]; m < start[g + 1]; m++) {
            char name[32];
            for (int32_t k = 0; k < m; k++) CHECK(row[k] != row[m]);
            at += (size_t)snprintf(out + at, sizeof out - at, "%s%s",
                                   m > start[g] ? "="
                                   : g          ? " "
                                                : "",
                                   structure_row_name(s, row[m], name, sizeof name));
            if (weight[m] != 1) at += (size_t)snprintf(out + at, sizeof out - at, "*%g", (double)weight[m]);
        }
    }
    return out;
}

static const char *report(const WeftStructure *s, const char *text) {
    static char out[4096];
    int32_t length = weft_structure_ties_report(s, text, out, sizeof out);
    CHECK(length >= 0 && (size_t)length == strlen(out));
    CHECK(weft_structure_ties_report(s, text, NULL, 0) == length);
    return out;
}

typedef struct Case {
    const char *text, *groups, *report; /* a part of the report */
} Case;

static void check_cases(const Chain *chains, const Case *cases, size_t count) {
    WeftStructure *s = open_chains(chains);
    CHECK(s != NULL);
    for (size_t i = 0; s && i < count; i++) {
        CHECK_TEXT(tied(s, cases[i].text), cases[i].groups);
        if (cases[i].report && !strstr(report(s, cases[i].text), cases[i].report))
            CHECK_TEXT(report(s, cases[i].text), cases[i].report);
    }
    structure_free(s);
}

#define CASES(chains, cases) check_cases(chains, cases, sizeof(cases) / sizeof *(cases))

/* ---- Chains ---------------------------------------------------------------------------------------------- */

static void equal_chains(void) {
    static const Chain chains[] = {{'A', 1, "GASL"}, {'B', 1, "KKSA"}, {'C', 1, "GASL"}, {'D', 1, "KKSA"}, {0}};
    static const Case cases[] = {
        {"homomer", "A1=C1 A2=C2 A3=C3 A4=C4 B1=D1 B2=D2 B3=D3 B4=D4",
         "A=C by residue number: 4 groups\nB=D by residue number: 4 groups\n"},
        {"A=C B=D", "A1=C1 A2=C2 A3=C3 A4=C4 B1=D1 B2=D2 B3=D3 B4=D4", NULL},
        {"A,B=C,D", "A1=C1 A2=C2 A3=C3 A4=C4 B1=D1 B2=D2 B3=D3 B4=D4", "A=C by"},
        {"B,A=D,C", "B1=D1 B2=D2 B3=D3 B4=D4 A1=C1 A2=C2 A3=C3 A4=C4", NULL},
        {"C: = A:", "C1=A1 C2=A2 C3=A3 C4=A4", NULL},
        {"homomer:C,A", "C1=A1 C2=A2 C3=A3 C4=A4", NULL},
        {"homomer:A,B", "A1=B1 A2=B2 A3=B3 A4=B4", "4 groups; the file's letters differ in 3"},
        {"A=C*-0.5;B2=D3", "A1=C1*-0.5 A2=C2*-0.5 A3=C3*-0.5 A4=C4*-0.5 B2=D3", NULL},
        {"A*0.25=C*0.75", "A1*0.25=C1*0.75 A2*0.25=C2*0.75 A3*0.25=C3*0.75 A4*0.25=C4*0.75", NULL},
    };
    CASES(chains, cases);
}

/* Gaps, tails and insertion codes: partners by number, what has none is named. */
static void unequal_chains(void) {
    static const Chain chains[] = {
        {'A', 1, "GASLKG.ASLKGA"}, {'B', 2, "ASLKGSASLK.A"}, {'C', 1, "GASLKGSASLKGASG"}, {0}};
    static const Case cases[] = {
        {"A=B", "A2=B2 A3=B3 A4=B4 A5=B5 A6=B6 A8=B8 A9=B9 A10=B10 A11=B11 A13=B13",
         "A=B by residue number: 10 groups; not tied, for want of a partner: A1, B7, A12\n"},
        {"homomer:A,B,C",
         "A1=C1 A2=B2=C2 A3=B3=C3 A4=B4=C4 A5=B5=C5 A6=B6=C6 B7=C7 A8=B8=C8 A9=B9=C9 A10=B10=C10 A11=B11=C11 "
         "A12=C12 A13=B13=C13",
         "13 groups; 3 of them lack a chain; not tied, for want of a partner: C14, C15\n"},
    };
    CASES(chains, cases);
    static const Chain inserted[] = {{'A', 50, "GAS,L,KK"}, {'B', 50, "GAS,LK"}, {0}};
    static const Case more[] = {
        {"A=B", "A50=B50 A51=B51 A52=B52 A52A=B52A A53=B53", "not tied, for want of a partner: A52B\n"}};
    CASES(inserted, more);
}

/* The parts of a chain that a number has twice are told apart by their order. */
static void numbers_that_occur_twice(void) {
    static const char text[] = "ATOM      1  CA  GLY A   1       0.000   0.000   0.000\n"
                               "ATOM      2  CA  ALA A   2       4.000   0.000   0.000\n"
                               "ATOM      3  CA  SER B   1       0.000   0.000   5.000\n"
                               "ATOM      4  CA  SER B   2       0.000   4.000   5.000\n"
                               "TER\n"
                               "ATOM      5  CA  LEU A   1       0.000   9.000   5.000\n"
                               "ATOM      6  CA  LEU B   1       0.000   9.000   9.000\n";
    WeftStructure *s = pdb_parse(text, strlen(text), (StructureChoice){0});
    int32_t start[4], row[6];
    CHECK(s && s->length == 6);
    if (s && s->length == 6) {
        CHECK(weft_structure_ties(s, "A=B", start, row, NULL) == 3);
        CHECK(start[3] == 6 && row[0] == 0 && row[1] == 3 && row[2] == 2 && row[3] == 5 && row[4] == 1 &&
              row[5] == 4);
    }
    structure_free(s);
}

static void kinds_of_chains(void) {
    /* B lacks a fifth of A and is still its like, C lacks more; D is A's sequence under other numbers, E has one other
     * letter, F an X for it */
    static const Chain chains[] = {{'A', 1, "GASLKGASLK"},
                                   {'B', 1, "GASLKGAS"},
                                   {'C', 1, "GASLKGA"},
                                   {'D', 101, "GASLKGASLK"},
                                   {'E', 1, "GASLKGASLS"},
                                   {'F', 1, "GASLKGASLX"},
                                   {0}};
    static const Case cases[] = {
        {"homomer",
         "A1=B1=D101=F1 A2=B2=D102=F2 A3=B3=D103=F3 A4=B4=D104=F4 A5=B5=D105=F5 A6=B6=D106=F6 A7=B7=D107=F7 "
         "A8=B8=D108=F8 A9=D109=F9 A10=D110=F10",
         "A=B=D=F by residue number; D by position, its numbers differ: 10 groups; 2 of them lack a chain\n"
         "C not tied: no other chain has its sequence\nE not tied: no other chain has its sequence\n"},
        {"C=E", "C1=E1 C2=E2 C3=E3 C4=E4 C5=E5 C6=E6 C7=E7", "not tied, for want of a partner: E8, E9, E10\n"},
        {"E=D", "E1=D101 E2=D102 E3=D103 E4=D104 E5=D105 E6=D106 E7=D107 E8=D108 E9=D109 E10=D110",
         "; D by position, its numbers differ: 10 groups; the file's letters differ in 1"},
        {"C=D", "!ties: 'C=D': chains C and D have no residue number in common, and 7 and 10 residues", NULL},
    };
    CASES(chains, cases);
    static const Chain bare[] = {{'A', 1, "GGGGG"}, {'B', 1, "GGGGGGG"}, {'C', 31, "GGGGG"}, {0}};
    static const Case more[] = {
        /* all glycine: length and numbers are all there is to go by */
        {"homomer", "A1=C31 A2=C32 A3=C33 A4=C34 A5=C35", "B not tied: no other chain has its sequence\n"}};
    CASES(bare, more);
    static const Chain unknown[] = {{'A', 1, "GAXLK"}, {'B', 1, "GASLX"}, {'C', 21, "GASLK"}, {0}};
    static const Case fits[] = {{"homomer", "A1=B1=C21 A2=B2=C22 A3=B3=C23 A4=B4=C24 A5=B5=C25",
                                 "A=B=C by residue number; C by position, its numbers differ: 5 groups\n"}};
    CASES(unknown, fits);
}

/* What 3HTN's chains have in common, looked up row by row. */
static void trimer(void) {
    WeftStructure *s = files_structure("3HTN.pdb");
    static int32_t start[300], row[600];
    static float weight[600];
    int32_t expected = 0, members = 0, found = 0;
    CHECK(s && s->length <= 600 && s->chain_count == 3);
    if (!s) return;
    int32_t groups = weft_structure_ties(s, "homomer", start, row, weight);
    CHECK(groups > 100 && groups < 300);
    for (int number = -50; number < 1000; number++) {
        int here = 0;
        for (int32_t i = 0; i < s->length; i++) here += s->number[i] == number && s->insertion[i] == ' ';
        expected += here > 1;
        members += here > 1 ? here : 0;
    }
    CHECK(groups == expected && start[groups] == members);
    for (int32_t g = 0; g < groups; g++)
        for (int32_t m = start[g]; m < start[g + 1]; m++) {
            found += s->number[row[m]] == s->number[row[start[g]]] && weight[m] == 1.0f;
            CHECK(m == start[g] || s->chain[row[m]] > s->chain[row[m - 1]]);
            CHECK(s->letter[row[m]] == s->letter[row[start[g]]]);
        }
    CHECK(found == members);
    CHECK(strstr(report(s, "homomer"), "A=B=C by residue number: 143 groups; 4 of them lack a chain\n") != NULL);
    structure_free(s);
}

/* ---- Repeats and lists ----------------------------------------------------------------------------------- */

static void repeats(void) {
    static const Chain chains[] = {{'A', 1, "GASLKGASLKGA"}, {'B', 1, "GAS..LKGA,A,A"}, {0}};
    static const Case cases[] = {
        {"repeat:A,3,4", "A1=A4=A7=A10 A2=A5=A8=A11 A3=A6=A9=A12", "4 repeats of 3 residues from A1 to A12\n"},
        {"repeat:A,5,2", "A1=A6 A2=A7 A3=A8 A4=A9 A5=A10",
         "from A1 to A10; of chain A 0 residues before and 2 behind are not tied\n"},
        {"repeat:A3,5,2", "A3=A8 A4=A9 A5=A10 A6=A11 A7=A12",
         "of chain A 2 residues before and 0 behind are not tied\n"},
        {"repeat:A:3,1,2", "A3=A4", NULL},
        {"repeat:#12,1,2",
         "!ties: 'repeat:#12,1,2': 2 repeats of 1 residues are 2, and from A12 on chain A has 1", NULL},
        {"repeat:B,2,3", "B1=B3=B7 B2=B6=B8", "residue numbers jump 1 time in there, repeats do not"},
        {"repeat:B8,2,2", "B8=B9A B9=B9B", "of chain B 5 residues before and 0 behind"},
        {"repeat:A,1,2 repeat:A3,1,3", "A1=A2 A3=A4=A5", NULL},
    };
    CASES(chains, cases);
}

static void lists(void) {
    static const Chain chains[] = {{'A', 1, "GASLKG"}, {'B', 1, "GASLKG"}, {'C', 1, "GASLKG"}, {0}};
    static const Case cases[] = {
        {"A1=B2", "A1=B2", ""},
        {"A1=B2=C3", "A1=B2=C3", NULL},
        {" A1 = B2\t= C3 ;; A2=B1 ", "A1=B2=C3 A2=B1", NULL},
        {"A1-3=B4-6", "A1=B4 A2=B5 A3=B6", NULL},
        {"A1,A3=B2,B1", "A1=B2 A3=B1", NULL},
        {"A1-2,A5=B4-6", "A1=B4 A2=B5 A5=B6", NULL},
        {"A1=A4", "A1=A4", NULL},
        {"#1-2=#7-8=#13-14", "A1=B1=C1 A2=B2=C2", NULL},
        {"A1*1=B1*-0.5", "A1=B1*-0.5", NULL},
        {"A1-2*0.25=B1-2=C1-2*0", "A1*0.25=B1=C1*0 A2*0.25=B2=C2*0", NULL},
        {"A1,A2*2=B1,B2*-1000", "A1*2=B1*-1000 A2*2=B2*-1000", NULL},
        {"C=B A1=A2", "C1=B1 C2=B2 C3=B3 C4=B4 C5=B5 C6=B6 A1=A2", "C=B by residue number: 6 groups\n"},
        {"A1-2=B1-2\nA5=B6", "A1=B1 A2=B2 A5=B6", NULL},
    };
    CASES(chains, cases);
}

/* ---- What cannot be read --------------------------------------------------------------------------------- */

static void malformed(void) {
    static const Chain chains[] = {
        {'A', 1, "GASLKG"}, {'B', 1, "GASLKG"}, {'C', 1, "GASLKGA"}, {'D', 50, "KKK"}, {0}};
    static const struct {
        const char *text;
        int32_t place;
        const char *quoted, *words;
    } cases[] = {
        {"", 0, NULL, "nothing is tied"},
        {" ;\n ", 0, NULL, "nothing is tied"},
        {"A", 0, "A", "needs two residues or more"},
        {"A1", 0, "A1", "needs two residues or more"},
        {"A1-3", 0, "A1-3", "needs two residues or more"},
        {"A1=B1 A2", 6, "A2", "needs two residues or more"},
        {"A1 B1", 0, "A1", "needs two residues or more"},
        {"A1,B1", 0, "A1,B1", "needs two residues or more"},
        {"A1*2", 0, "A1*2", "needs two residues or more"},
        {"=", 0, "=", "is missing"},
        {"A1=", 0, "A1=", "is missing"},
        {"=B1", 0, "=B1", "is missing"},
        {"A1==B1", 0, "A1==B1", "is missing"},
        {"A2=B2;A1,=B1", 6, "A1,=B1", "is missing"},
        {",A1=B1", 0, ",A1=B1", "is missing"},
        {"*2=B1", 0, "*2=B1", "is missing"},
        {"A9=B9", 0, "A9", "chain A has no residue 9"},
        {"A1=Q1", 3, "Q1", "no chain for"},
        {"A=Q", 2, "Q", "no chain for"},
        {"A1=B1x2", 3, "B1x2", "not understood"},
        {"A1=A1", 3, "A1", "A1 is named twice"},
        {"A1-3=A3-5", 5, "A3-5", "A3 is named twice"},
        {"A=A", 2, "A", "chain A is named twice"},
        {"A1=B1=A1", 6, "A1", "A1 is named twice"},
        {"A1=B1 C1=B1", 6, "C1=B1", "B1 is in two groups"},
        {"A=B A2=C2", 4, "A2=C2", "A2 is in two groups"},
        {"A=B B=C", 4, "B=C", "B1 is in two groups"},
        {"homomer A1=C1", 8, "A1=C1", "A1 is in two groups"},
        {"homomer homomer", 8, "homomer", "A1 is in two groups"},
        {"repeat:A,2,2 A4=B1", 13, "A4=B1", "A4 is in two groups"},
        {"A1-3=B1-2", 0, "A1-3=B1-2", "'A1-3' has 3 residues, 'B1-2' has 2"},
        {"A1=B1-2", 0, "A1=B1-2", "'A1' has 1 residue, 'B1-2' has 2"},
        {"A1-2*3=B1-2=C1", 0, "A1-2*3=B1-2=C1", "'A1-2' has 2 residues, 'C1' has 1"},
        {"A,B=C", 0, "A,B=C", "'A,B' has 2 chains, 'C' has 1"},
        {"A=B1-6", 2, "B1-6", "chains are tied to chains"},
        {"A1-6=B", 5, "B", "chains are tied to chains"},
        {"A,B1=C", 2, "B1", "chains are tied to chains"},
        {"A=D", 0, "A=D", "no residue number in common, and 6 and 3 residues"},
        {"A1*=B1", 0, "A1*", "behind * stands a weight"},
        {"A1*x=B1", 0, "A1*x", "behind * stands a weight"},
        {"A1=B1*1e3", 3, "B1*1e3", "behind * stands a weight"},
        {"A1=B1*1001", 3, "B1*1001", "from -1000 to 1000"},
        {"A1=B1*-1000.5", 3, "B1*-1000.5", "from -1000 to 1000"},
        {"A1=B1*--1", 3, "B1*--1", "behind * stands a weight"},
        {"A1*2*3=B1", 0, "A1*2", "at the end of a side"},
        {"A1*2,A2=B1,B2", 0, "A1*2", "at the end of a side"},
        {"homomer:", 0, "homomer:", "name of a chain is missing"},
        {"homomer:A", 0, "homomer:A", "cannot be tied to itself"},
        {"homomer:A,", 0, "homomer:A,", "name of a chain is missing"},
        {"homomer:,A", 0, "homomer:,A", "name of a chain is missing"},
        {"homomer:A,Q", 10, "Q", "no chain for"},
        {"homomer:A,B,A", 0, "homomer:A,B,A", "chain A is named twice"},
        {"homomer:A1,B1", 8, "A1", "no chain for"},
        {"homomer:A,D", 0, "homomer:A,D", "no residue number in common"},
        {"homomers", 0, "homomers", "not understood"},
        {"homomer=A", 0, "homomer", "not understood"},
        {"repeat", 0, "repeat", "write repeat:A,35,5"},
        {"repeat:", 0, "repeat:", "write repeat:A,35,5"},
        {"repeat:A", 0, "repeat:A", "write repeat:A,35,5"},
        {"repeat:A,3", 0, "repeat:A,3", "write repeat:A,35,5"},
        {"repeat:A,3,", 0, "repeat:A,3,", "write repeat:A,35,5"},
        {"repeat:A,3,2,1", 0, "repeat:A,3,2,1", "write repeat:A,35,5"},
        {"repeat:A,0,2", 0, "repeat:A,0,2", "write repeat:A,35,5"},
        {"repeat:A,3,1", 0, "repeat:A,3,1", "write repeat:A,35,5"},
        {"repeat:A,-3,2", 0, "repeat:A,-3,2", "write repeat:A,35,5"},
        {"repeat:,3,2", 0, "repeat:,3,2", "write repeat:A,35,5"},
        {"repeat:A,3,x", 0, "repeat:A,3,x", "write repeat:A,35,5"},
        {"repeat:A 3 2", 0, "repeat:A", "write repeat:A,35,5"},
        {"repeat:A,4,2", 0, "repeat:A,4,2", "2 repeats of 4 residues are 8, and from A1 on chain A has 6"},
        {"repeat:A,999999999,999999999", 0, "repeat:A,999999999,999999999", "are 999999998000000001, and"},
        {"repeat:Q,3,2", 7, "Q", "no chain for"},
        {"repeat:A9,1,2", 7, "A9", "no residue 9"},
        {"repeat:A1-2,1,2", 0, "repeat:A1-2,1,2", "starts at a chain or at one residue"},
        {"repeat:all,1,2", 0, "repeat:all,1,2", "starts at a chain or at one residue"},
        {"(A)=B", 0, "(A)", "no chain for"},
        {"!A=B", 0, "!A", "write (!A)"},
        {"letter:W=A1", 0, "letter:W", "fits no residue"},
        {"hetatm=A1", 0, "hetatm", "not possible yet"},
    };
    WeftStructure *s = open_chains(chains);
    CHECK(s != NULL);
    for (size_t i = 0; s && i < sizeof cases / sizeof *cases; i++) {
        char quoted[64];
        const char *got = tied(s, cases[i].text), *first = strchr(got, '\'');
        snprintf(quoted, sizeof quoted, "'%s'", cases[i].quoted ? cases[i].quoted : "");
        if (*got != '!' || !strstr(got, cases[i].words)) CHECK_TEXT(got, cases[i].words);
        if (cases[i].quoted && (!first || strncmp(first, quoted, strlen(quoted)))) CHECK_TEXT(got, quoted);
        if (weft_error_place() != cases[i].place) CHECK_TEXT(got, cases[i].text);
        CHECK(weft_error_place() == cases[i].place);
    }
    structure_free(s);
    static const Chain unlike[] = {{'A', 1, "GAS"}, {'B', 1, "KKS"}, {0}};
    s = open_chains(unlike);
    CHECK_TEXT(tied(s, "homomer"),
               "!ties: 'homomer': no two chains have the same sequence; name those to tie: homomer:A,B");
    structure_free(s);
}

/* Any text is a list of groups or a failure with a place inside the text. */
static void any_text(void) {
    static const Chain chains[] = {{'A', 1, "GASLKG"}, {'B', 1, "GAS.KG"}, {'C', 3, "GASLKGA"}, {0}};
    static const char *const pieces[] = {"A",     "B",  "C",       "A1", "B2=A2", "C3",       "A2-3=B1-2",
                                         "A1=C5", "=",  "=",       "=",  ",",     " ",        " ",
                                         ";",     "*",  "-",       "#",  "5",     "homomer",  ":A,B",
                                         "all",   ",2", "repeat:", ",3", "*-1",   "letter:G", "cdr:H3@imgt:A",
                                         NULL};
    WeftStructure *s = open_chains(chains);
    int32_t worked = 0;
    for (uint32_t seed = 0; s && seed < 20000; seed++) {
        char text[128], out[40];
        int32_t start[16], row[24], seen[24] = {0}, twice = 0;
        float weight[24];
        files_random_text(seed, pieces, 10, text, sizeof text);
        int32_t groups = weft_structure_ties(s, text, start, row, weight);
        if (groups > 0) CHECK(start[groups] <= s->length && groups <= s->length / 2);
        for (int32_t m = 0; groups > 0 && m < start[groups]; m++) twice |= seen[row[m]]++;
        int32_t said = weft_structure_ties_report(s, text, out, sizeof out);
        int good = groups > 0 ? !twice && said >= 0 && strlen(out) == (size_t)(said < 39 ? said : 39)
                              : groups == WEFT_BAD_REQUEST && said == groups && weft_error_place() >= 0 &&
                                    weft_error_place() <= (int32_t)strlen(text);
        if (!good) CHECK_TEXT(text, "groups or a failure");
        worked += groups > 0;
    }
    if (worked <= 200) printf("    only %d texts were good\n", (int)worked);
    CHECK(worked > 200);
    structure_free(s);
}

/* More in a report than it has room for is cut, not written past its end. */
static void long_report(void) {
    static const char letters[] = "GASLKGASLKGASLKGASLKGASLKGASLKGASLKGASLKGASLKGASLKGASL";
    static const Chain chains[] = {{'A', 1, letters}, {'B', 1, letters}, {'C', 1, letters}, {0}};
    static char text[2000];
    size_t at = 0;
    WeftStructure *s = open_chains(chains);
    for (int chain = 'A'; chain <= 'C'; chain++)
        for (int first = 1; first < 50; first += 2)
            at += (size_t)snprintf(text + at, sizeof text - at, " repeat:%c%d,1,2", chain, first);
    CHECK(s && strlen(report(s, text)) == 4095);
    structure_free(s);
}

int main(void) {
    RUN(equal_chains);
    RUN(unequal_chains);
    RUN(numbers_that_occur_twice);
    RUN(kinds_of_chains);
    RUN(trimer);
    RUN(repeats);
    RUN(lists);
    RUN(malformed);
    RUN(any_text);
    RUN(long_report);
    return unit_done("ties");
}
