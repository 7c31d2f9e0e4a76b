/* SPDX-License-Identifier: MIT
 *
 * test_assembly.c - a file behind operators -> copies: where they are, what they are called, which residues are images
 * of each other; and operators that are damaged.
 */
#include "unit.h"

#include <stdlib.h>

#include "../../src/protein/assembly.h"
#include "../../src/protein/pdb.h"
#include "../../src/protein/select.h"
#include "../../src/protein/structure_derive.h"
#include "files.h"

enum { TEXT = 200 };
static const double UNIT[3][4] = {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}};
static const double TURN[3][4] = {{0, -1, 0, 40}, {1, 0, 0, -3}, {0, 0, 1, 0.5}};

static struct {
    AssemblyHead head;
    AssemblyOperator operators[4];
    char text[TEXT];
} made;

static void begin(const char *id) {
    memset(&made, 0, sizeof made);
    memcpy(made.head.magic, ASSEMBLY_MAGIC, sizeof made.head.magic);
    made.head.text = snprintf(made.text, TEXT, "%s", id) + 1;
}

static void add_text(const char *text) {
    made.head.text += snprintf(made.text + made.head.text, TEXT - (size_t)made.head.text, "%s", text) + 1;
}

/* An operator and the chains that it is applied to, one letter each; "*" are all. */
static void add(const double matrix[3][4], const char *suffix, const char *chains) {
    AssemblyOperator *o = &made.operators[made.head.operators++];
    memcpy(o->matrix, matrix, sizeof o->matrix);
    o->chains = (int32_t)strlen(chains);
    add_text(suffix);
    for (; *chains; chains++) add_text(*chains == '*' ? "" : (char[2]){*chains, '\0'});
}

/* All bytes, with exactly their size, so that a sanitizer sees a step beyond them. */
static char *bytes_of(const char *file, size_t size, size_t *count) {
    size_t operators = (size_t)made.head.operators * sizeof *made.operators, text = (size_t)made.head.text;
    char *bytes = malloc(*count = sizeof made.head + operators + text + size);
    memcpy(bytes, &made.head, sizeof made.head);
    memcpy(bytes + sizeof made.head, made.operators, operators);
    memcpy(bytes + sizeof made.head + operators, made.text, text);
    memcpy(bytes + sizeof made.head + operators + text, file, size);
    return bytes;
}

static WeftStructure *parse(const char *file, size_t size) {
    size_t count;
    char *bytes = bytes_of(file, size, &count);
    CHECK(assembly_is(bytes, count));
    WeftStructure *s = weft_structure_parse(bytes, count, 0, WEFT_ALTLOC_FIRST);
    free(bytes);
    return s;
}

static WeftStructure *parse_trimer(void) {
    size_t size;
    char *file = files_bytes("tests/data/structures/3HTN.pdb", &size);
    WeftStructure *s = parse(file, size);
    free(file);
    return s;
}

/* "A B A-2", and the sentence that begins like this. */
static const char *names_of(const WeftStructure *s) {
    static char out[200];
    size_t at = 0;
    out[0] = '\0';
    for (int32_t c = 0; s && c < s->chain_count; c++)
        at += (size_t)snprintf(out + at, sizeof out - at, "%s%s", c ? " " : "", s->chain_name[c]);
    return out;
}

static const char *issue(const WeftStructure *s, const char *start) {
    for (int32_t i = 0; s && i < s->issue_count; i++)
        if (!strncmp(s->issue[i].text, start, strlen(start))) return s->issue[i].text;
    return "";
}

/* ---- Copies -------------------------------------------------------------------------------------------- */

static void copies_stand_where_the_operator_puts_them(void) {
    WeftStructure *s = files_structure("3HTN.pdb");
    begin("1");
    add(UNIT, "", "ABC");
    add(TURN, "-2", "AC");
    WeftStructure *a = parse_trimer();
    CHECK_TEXT(names_of(a), "A B C A-2 C-2");
    int32_t wide = s->chain_start[1], far = 0;
    CHECK(a && a->length == s->length + wide + s->length - s->chain_start[2]);
    for (int32_t i = 0; a && i < wide; i++) {
        int32_t copy = s->length + i;
        CHECK(a->letter[copy] == s->letter[i] && a->number[copy] == s->number[i] && a->origin[copy] == i);
        CHECK(a->mask[copy] == s->mask[i] && a->origin[i] == i);
        int32_t atoms = s->first_atom[i + 1] - s->first_atom[i];
        CHECK(a->first_atom[copy + 1] - a->first_atom[copy] == atoms);
        for (int32_t k = 0; k < atoms; k++) {
            const float *from = s->xyz[s->first_atom[i] + k], *to = a->xyz[a->first_atom[copy] + k];
            CHECK(!memcmp(from, a->xyz[a->first_atom[i] + k], sizeof a->xyz[0]));
            far += !(fabsf(to[0] - (40 - from[1])) < 1e-5f && fabsf(to[1] - (from[0] - 3)) < 1e-5f &&
                     fabsf(to[2] - (from[2] + 0.5f)) < 1e-5f);
        }
    }
    CHECK(far == 0);
    CHECK_TEXT(issue(a, "assembly"), "assembly 1: 2 operators, 5 chains: A, B, C, A-2, C-2");
    structure_free(a);
    structure_free(s);
}

static void chains_of_no_operator_are_left_out_and_said(void) {
    begin("XAU");
    add(TURN, "-7", "B");
    WeftStructure *a = parse_trimer();
    CHECK_TEXT(names_of(a), "B-7");
    CHECK_TEXT(issue(a, "chains that are no part"), "chains that are no part of assembly XAU: A, C");
    structure_free(a);
    begin("1");
    add(UNIT, "", "*");
    a = parse_trimer();
    CHECK_TEXT(names_of(a), "A B C");
    structure_free(a);
    begin("1");
    add(UNIT, "", "DE");
    CHECK(!parse_trimer() && strstr(weft_error(), "assembly 1 has no protein chain of the file"));
    begin("1");
    CHECK(!parse_trimer() && weft_error_status() == WEFT_BAD_STRUCTURE);
}

static void names_never_clash(void) {
    begin("1");
    add(UNIT, "", "AB");
    add(TURN, "", "AB");
    add(TURN, "-2", "A");
    WeftStructure *a = parse_trimer();
    CHECK_TEXT(names_of(a), "A B A-2 B-2 A-2-2");
    CHECK_TEXT(issue(a, "names"),
               "names that several chains of the assembly would have: A as A-2, B as B-2, A-2 as A-2-2");
    structure_free(a);
}

static void far_copies_and_too_many_atoms_are_refused(void) {
    double far[3][4];
    memcpy(far, UNIT, sizeof far);
    far[1][3] = 1e8;
    begin("1");
    add(far, "-2", "A");
    CHECK(!parse_trimer() && strstr(weft_error(), "beyond 1e8"));
    far[1][3] = NAN;
    begin("1");
    add(far, "-2", "A");
    CHECK(!parse_trimer() && weft_error_status() == WEFT_BAD_STRUCTURE);
    WeftStructure *s = files_structure("3HTN.pdb");
    enum { MANY = 4000 };
    StructureOperator *o = calloc(MANY, sizeof *o);
    for (int32_t i = 0; i < MANY; i++) o[i] = (StructureOperator){.suffix = "-2", .chains = "", .count = 1};
    CHECK(!structure_copies(s, &(StructureAssembly){"1", o, MANY}));
    CHECK(strstr(weft_error(), "assembly 1 has more than 10 million atoms: 4000 operators"));
    free(o);
    structure_free(s);
}

/* ---- Ties ---------------------------------------------------------------------------------------------- */

static void copies_are_tied_to_their_residues(void) {
    static int32_t start[1000], row[2000];
    static float weight[2000];
    begin("1");
    add(UNIT, "", "AB");
    add(TURN, "-2", "A");
    add(TURN, "-3", "A");
    WeftStructure *a = parse_trimer();
    int32_t length = a->chain_start[1], groups = weft_structure_ties(a, "copies", start, row, weight);
    char report[200], expected[200];
    CHECK(groups == length);
    for (int32_t g = 0; g < groups; g++) {
        CHECK(start[g + 1] - start[g] == 3 && row[start[g]] == g && weight[start[g]] == 1.0f);
        for (int32_t k = 1; k < 3; k++) CHECK(row[start[g] + k] == a->chain_start[k + 1] + g);
    }
    weft_structure_ties_report(a, "copies", report, sizeof report);
    snprintf(expected, sizeof expected, "copies of the assembly: %d groups; %d residues without another copy\n",
             (int)length, (int)(a->chain_start[2] - length));
    CHECK_TEXT(report, expected);
    CHECK(weft_structure_ties(a, "copies A12=B12", start, row, weight) < 0); /* A12 is in a group */
    CHECK(weft_structure_ties(a, "copies:A", start, row, weight) < 0 &&
          strstr(weft_error(), "without names"));
    uint8_t *rows = calloc((size_t)a->length, 1); /* images stay images in a part */
    CHECK(select_parse(a, "A-2:,A-3:", rows) == 2 * length);
    WeftStructure *part = structure_part(a, rows);
    CHECK(weft_structure_ties(part, "copies", start, row, weight) == length && start[1] == 2);
    structure_free(part);
    free(rows);
    structure_free(a);
    WeftStructure *s = files_structure("3HTN.pdb");
    CHECK(weft_structure_ties(s, "copies", start, row, weight) < 0 &&
          strstr(weft_error(), "no residue has a copy"));
    structure_free(s);
}

/* ---- Damage -------------------------------------------------------------------------------------------- */

static void damaged_operators_are_refused(void) {
    static const char ATOM[] = "ATOM      1  CA  GLY A   1       1.000   2.000   3.000\n";
    const size_t size = sizeof ATOM - 1;
    size_t count;
    begin("1");
    add(UNIT, "", "A");
    add(TURN, "-2", "A");
    WeftStructure *s = parse(ATOM, size);
    CHECK_TEXT(names_of(s), "A A-2");
    structure_free(s);
    char *whole = bytes_of(ATOM, size, &count);
    for (size_t cut = 0; cut < count; cut++) {
        char *bytes = malloc(cut ? cut : 1);
        memcpy(bytes, whole, cut);
        s = weft_structure_parse(
            bytes, cut, 0, WEFT_ALTLOC_FIRST); /* of the last number a digit may be missing, or the line's end */
        CHECK(!s || cut >= count - 1);
        structure_free(s);
        free(bytes);
    }
    const int32_t wrong[] = {-1, 0, 1, 3, 1000, INT32_MAX, INT32_MIN};
    for (size_t at = 8; at <= 12; at += 4)
        for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
            memcpy(whole, &made.head, sizeof made.head);
            memcpy(whole + at, &wrong[i], sizeof wrong[i]);
            structure_free(weft_structure_parse(whole, count, 0, WEFT_ALTLOC_FIRST)); /* refused, or another assembly */
        }
    free(whole);
    made.operators[0].chains = 100;
    CHECK(!parse(ATOM, size) && strstr(weft_error(), "damaged"));
    made.operators[0].chains = -5;
    CHECK(!parse(ATOM, size));
    begin("1");
    add(UNIT, "", "A");
    char *inner = bytes_of(ATOM, size, &count);
    CHECK(!parse(inner, count) && strstr(weft_error(), "damaged"));
    free(inner);
}

int main(void) {
    RUN(copies_stand_where_the_operator_puts_them);
    RUN(chains_of_no_operator_are_left_out_and_said);
    RUN(names_never_clash);
    RUN(far_copies_and_too_many_atoms_are_refused);
    RUN(copies_are_tied_to_their_residues);
    RUN(damaged_operators_are_refused);
    return unit_done("assembly");
}
