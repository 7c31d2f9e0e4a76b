/* SPDX-License-Identifier: MIT
 *
 * test_structure_derive.c - structures made of another one: parts of it, and its backbone with noise or elsewhere.
 */
#include "unit.h"

#include <stdlib.h>

#include "../../src/protein/select.h"
#include "../../src/protein/structure_derive.h"
#include "files.h"

enum { NUMBERS = 12 }; /* of a row's backbone */
static const char *const backbone[] = {"N", "CA", "C", "O"};

static WeftStructure *part_of(const WeftStructure *s, const char *selection) {
    uint8_t *rows = calloc((size_t)s->length, 1);
    CHECK(select_parse(s, selection, rows) > 0);
    WeftStructure *part = structure_part(s, rows);
    CHECK(part != NULL);
    free(rows);
    return part;
}

static const char *chain_of(const WeftStructure *s, int32_t row) { return s->chain_name[s->chain[row]]; }

/* 1 where both rows are the same residue with the same atoms. */
static int same_row(const WeftStructure *a, int32_t i, const WeftStructure *b, int32_t j) {
    int32_t atoms = a->first_atom[i + 1] - a->first_atom[i];
    int same = atoms == b->first_atom[j + 1] - b->first_atom[j] && !strcmp(chain_of(a, i), chain_of(b, j));
    same = same && a->letter[i] == b->letter[j] && a->mask[i] == b->mask[j] && a->carbon[i] == b->carbon[j];
    same = same && a->unknown[i] == b->unknown[j] && a->number[i] == b->number[j];
    same = same && a->insertion[i] == b->insertion[j] && !strcmp(a->name[i], b->name[j]);
    for (int32_t k = 0; same && k < atoms; k++) {
        int32_t p = a->first_atom[i] + k, q = b->first_atom[j] + k;
        same = !strcmp(a->atom_name[p], b->atom_name[q]) && !strcmp(a->element[p], b->element[q]);
        same = same && a->altloc[p] == b->altloc[q] && a->occupancy[p] == b->occupancy[q];
        same = same && a->b_factor[p] == b->b_factor[q] && !memcmp(a->xyz[p], b->xyz[q], sizeof a->xyz[p]);
    }
    return same;
}

static int chains_are_sound(const WeftStructure *s) {
    int sound = s->chain_start[0] == 0 && s->chain_start[s->chain_count] == s->length;
    for (int32_t c = 0; c < s->chain_count; c++) {
        sound = sound && s->chain_start[c] < s->chain_start[c + 1];
        for (int32_t i = s->chain_start[c]; i < s->chain_start[c + 1]; i++) sound = sound && s->chain[i] == c;
    }
    return sound && s->first_atom[0] == 0 && s->first_atom[s->length] == s->atom_count;
}

/* ---- Parts --------------------------------------------------------------------------------------------- */

static void a_part_has_the_chosen_rows_alone(void) {
    WeftStructure *s = files_structure("3HTN.pdb");
    uint8_t *rows = calloc((size_t)s->length, 1);
    CHECK(s->chain_count == 3);
    for (int32_t i = 0; i < s->length; i++) /* of the chain in the middle nothing, of the others two thirds */
        rows[i] = s->chain[i] != 1 && i % 3 != 1;
    WeftStructure *part = structure_part(s, rows);
    CHECK(part && part->chain_count == 2 && chains_are_sound(part));
    int32_t to = 0, same = 0;
    for (int32_t i = 0; part && i < s->length; i++)
        if (rows[i]) same += same_row(s, i, part, to++);
    CHECK(part && to == part->length && same == to);
    CHECK(part && !strcmp(part->chain_name[0], s->chain_name[0]));
    CHECK(part && !strcmp(part->chain_name[1], s->chain_name[2]));
    structure_free(part);
    free(rows);
    structure_free(s);
}

static void a_part_outlives_the_whole(void) {
    WeftStructure *s = files_structure("3HTN.pdb");
    int32_t issues = s->issue_count;
    WeftStructure *part = part_of(s, "C");
    char *sentence = issues ? strcpy(malloc(strlen(s->issue[0].text) + 1), s->issue[0].text) : NULL;
    structure_free(s);
    CHECK(part->chain_count == 1 && issues > 0 && part->issue_count == issues);
    CHECK_TEXT(part->chain_name[0], "C");
    CHECK_TEXT(part->issue[0].text, sentence);
    WeftStructure *again = part_of(part, "#2-#5"); /* a part is a structure like any other */
    CHECK(again->length == 4 && same_row(part, 1, again, 0) && same_row(part, 4, again, 3));
    free(sentence);
    structure_free(again);
    structure_free(part);
}

static void nothing_is_no_part(void) {
    WeftStructure *s = files_structure("5L33.pdb");
    uint8_t *rows = calloc((size_t)s->length, 1);
    CHECK(!structure_part(s, rows));
    CHECK(weft_error_status() == WEFT_BAD_REQUEST);
    free(rows);
    structure_free(s);
}

/* ---- Coordinates --------------------------------------------------------------------------------------- */

static float *backbone_of(const WeftStructure *s, float deviation, RandomKey seed) {
    float *xyz = malloc((size_t)s->length * NUMBERS * sizeof *xyz);
    structure_backbone(s, deviation, seed, xyz);
    return xyz;
}

static void a_backbone_is_what_the_rows_have(void) {
    WeftStructure *s = files_structure("5L33_damaged.pdb");
    float *xyz = backbone_of(s, 0, (RandomKey){1, 2});
    int32_t missing = 0, right = 0;
    for (int32_t i = 0; i < s->length; i++) {
        for (int32_t k = 0; k < 4; k++) {
            const float *at = structure_atom(s, i, backbone[k]), *put = xyz + i * NUMBERS + k * 3;
            missing += !at;
            right += at ? !memcmp(at, put, 3 * sizeof *put) : isnan(put[0]) && isnan(put[1]) && isnan(put[2]);
        }
    }
    CHECK(right == 4 * s->length);
    WeftStructure *same = structure_moved(s, xyz);
    CHECK(same && same->length == s->length && same->chain_count == s->chain_count && chains_are_sound(same));
    int32_t equal = 0;
    for (int32_t i = 0; same && i < s->length; i++) equal += same_row(s, i, same, i);
    CHECK(equal == s->length);
    CHECK(missing > 0);
    structure_free(same);
    free(xyz);
    structure_free(s);
}

static void b_factors_are_those_of_the_ca_atoms(void) {
    WeftStructure *s = files_structure("5L33_damaged.pdb");
    float *b = malloc((size_t)s->length * sizeof *b);
    structure_b_factors(s, b);
    int32_t missing = 0, right = 0;
    for (int32_t i = 0; i < s->length; i++) {
        int32_t ca = structure_atom_index(s, i, "CA");
        missing += isnan(b[i]);
        right += ca < 0 ? isnan(b[i]) : b[i] == s->b_factor[ca] && b[i] > 0;
    }
    CHECK(right == s->length && missing > 0 && missing < s->length);
    free(b);
    structure_free(s);
}

static void noise_depends_on_seed_row_atom_and_axis(void) {
    WeftStructure *s = files_structure("5L33.pdb"), *half = part_of(s, "#1-#50");
    float *still = backbone_of(s, 0, (RandomKey){0, 0}), *one = backbone_of(s, 0.5f, (RandomKey){7, 0});
    float *again = backbone_of(s, 0.5f, (RandomKey){7, 0}), *other = backbone_of(s, 0.5f, (RandomKey){8, 0});
    float *wide = backbone_of(s, 0.5f, (RandomKey){7, 1}), *first = backbone_of(half, 0.5f, (RandomKey){7, 0});
    double twice[NUMBERS];
    size_t count = (size_t)s->length * NUMBERS;
    CHECK(!memcmp(one, again, count * sizeof *one) && !memcmp(one, first, 50 * NUMBERS * sizeof *one));
    CHECK(memcmp(one, other, count * sizeof *one) && memcmp(one, wide, count * sizeof *one));
    double sum = 0, squares = 0, along = 0;
    for (size_t i = 0; i < count; i++) {
        double shift = (double)one[i] - still[i];
        sum += shift;
        squares += shift * shift;
        if (i >= NUMBERS) along += shift * ((double)one[i - NUMBERS] - still[i - NUMBERS]);
    }
    double n = (double)count; /* bounds are five standard errors */
    CHECK_NEAR(sum / n, 0, 5 * 0.5 / sqrt(n));
    CHECK_NEAR(squares / n, 0.25, 5 * 0.25 * sqrt(2 / n));
    CHECK_NEAR(along / n, 0, 5 * 0.25 / sqrt(n));
    random_normals(twice, NUMBERS, (RandomKey){7, 0}, RANDOM_NOISE, 0, 3);
    for (int32_t k = 0; k < NUMBERS; k++)
        CHECK(one[3 * NUMBERS + k] == still[3 * NUMBERS + k] + (float)(0.5 * twice[k]));
    float *all[] = {still, one, again, other, wide, first};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
    structure_free(half);
    structure_free(s);
}

static void only_the_backbone_moves(void) {
    WeftStructure *s = files_structure("5L33.pdb");
    float *xyz = backbone_of(s, 0.1f, (RandomKey){3, 0});
    WeftStructure *moved = structure_moved(s, xyz);
    float *there = backbone_of(moved, 0, (RandomKey){0, 0});
    CHECK(!memcmp(there, xyz, (size_t)s->length * NUMBERS * sizeof *xyz));
    int32_t still = 0, gone = 0;
    for (int32_t a = 0; a < s->atom_count; a++) {
        int same = !memcmp(s->xyz[a], moved->xyz[a], sizeof s->xyz[a]);
        int32_t k = 0;
        while (k < 4 && strcmp(backbone[k], s->atom_name[a])) k++;
        still += k == 4 && same;
        gone += k < 4 && !same;
    }
    CHECK(gone == 4 * s->length && still == s->atom_count - gone && still > 0);
    free(there);
    structure_free(moved);
    free(xyz);
    structure_free(s);
}

static void odd_places_are_refused(void) {
    WeftStructure *s = files_structure("5L33.pdb");
    static const float odd[] = {NAN, INFINITY, -INFINITY, 1e8f, -3e9f};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        float *xyz = backbone_of(s, 0, (RandomKey){0, 0});
        xyz[5 * NUMBERS + 4] = odd[i];
        CHECK(!structure_moved(s, xyz));
        CHECK(weft_error_status() == WEFT_BAD_STRUCTURE && weft_error_place() == 5);
        CHECK(strstr(weft_error(), "CA of A") != NULL);
        free(xyz);
    }
    structure_free(s);
}

int main(void) {
    RUN(a_part_has_the_chosen_rows_alone);
    RUN(a_part_outlives_the_whole);
    RUN(nothing_is_no_part);
    RUN(a_backbone_is_what_the_rows_have);
    RUN(b_factors_are_those_of_the_ca_atoms);
    RUN(noise_depends_on_seed_row_atom_and_axis);
    RUN(only_the_backbone_moves);
    RUN(odd_places_are_refused);
    return unit_done("structure_derive");
}
