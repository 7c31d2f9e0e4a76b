/* SPDX-License-Identifier: MIT
 *
 * test_requests.c - what the setters of a request say to arguments that cannot be: states, groups, temperatures,
 * position-specific matrices. What runs make of good ones is the business of tests/parity/plans.c.
 */
#include <stdlib.h>

#include "../../src/core/eqx.h"
#include "../../src/weft.h"
#include "unit.h"

enum { ROWS = 6, LETTERS = WEFT_LETTER_COUNT, MOST_BYTES = 1 << 16 };

/* ---- A model of one layer and width 4, and a chain ----------------------------------------------------- */

typedef struct Record {
    const char *name;
    int32_t rows, columns; /* columns 0: a vector */
} Record;

/* Without second products and feed-forward: a layer may do without. */
static const Record RECORDS[] = {
    {"features.embeddings.linear.weight", 2, 6},
    {"features.embeddings.linear.bias", 2, 0},
    {"features.edge_embedding.weight", 4, 27},
    {"features.norm_edges.weight", 4, 0},
    {"features.norm_edges.bias", 4, 0},
    {"W_e.weight", 4, 4},
    {"W_e.bias", 4, 0},
    {"encoder_layers.0.W1.weight", 4, 12},
    {"encoder_layers.0.W1.bias", 4, 0},
    {"encoder_layers.0.W3.weight", 4, 4},
    {"encoder_layers.0.W3.bias", 4, 0},
    {"encoder_layers.0.norm1.weight", 4, 0},
    {"encoder_layers.0.norm1.bias", 4, 0},
    {"decoder_layers.0.W1.weight", 4, 16},
    {"decoder_layers.0.W1.bias", 4, 0},
    {"decoder_layers.0.W3.weight", 4, 4},
    {"decoder_layers.0.W3.bias", 4, 0},
    {"decoder_layers.0.norm1.weight", 4, 0},
    {"decoder_layers.0.norm1.bias", 4, 0},
    {"W_s.weight", LETTERS, 4},
    {"W_out.weight", LETTERS, 4},
    {"W_out.bias", LETTERS, 0},
};
enum { RECORD_COUNT = sizeof RECORDS / sizeof *RECORDS };

static WeftModel *make_model(void) {
    static uint8_t bytes[MOST_BYTES];
    size_t size = (size_t)sprintf((char *)bytes, "{\"k_neighbors\": 4, \"records\": [");
    for (int32_t i = 0; i < RECORD_COUNT; i++)
        size += (size_t)sprintf((char *)bytes + size, "%s\"%s\"", i ? ", " : "", RECORDS[i].name);
    size += (size_t)sprintf((char *)bytes + size, "]}\n");
    for (int32_t i = 0; i < RECORD_COUNT; i++) {
        const Record *r = &RECORDS[i];
        eqx_write_header(bytes + size, EQX_F4, r->columns ? 2 : 1, (int32_t[]){r->rows, r->columns});
        size += 128;
        for (int32_t v = 0; v < r->rows * (r->columns ? r->columns : 1); v++, size += 4) {
            float value = 0.25f * (float)((v * 7 + i) % 9) - 1;
            memcpy(bytes + size, &value, 4);
        }
    }
    WeftModel *m = weft_model_open();
    CHECK(weft_model_feed(m, bytes, size) == WEFT_OK && weft_model_finish(m) == WEFT_OK);
    return m;
}

static WeftStructure *make_structure(void) {
    static const char *const ATOMS[4] = {"N", "CA", "C", "O"};
    static char text[4096];
    size_t used = 0;
    for (int32_t i = 0; i < 4 * ROWS; i++)
        used += (size_t)sprintf(text + used,
                                "ATOM  %5d  %-3s LEU A%4d    %8.3f%8.3f%8.3f  1.00  0.00           %c\n",
                                (int)i, ATOMS[i % 4], (int)(i / 4 + 1), 3.8 * (i / 4) + 0.9 * (i % 4),
                                1.3 * (i % 3), 0.7 * (i % 5), *ATOMS[i % 4]);
    return weft_structure_parse(text, used, 0, WEFT_ALTLOC_FIRST);
}

typedef struct Fixture {
    WeftModel *model;
    WeftStructure *structure;
    WeftEncoding *encoding;
    WeftRequest *request;
} Fixture;

static Fixture open_fixture(void) {
    Fixture f = {.model = make_model(), .structure = make_structure()};
    f.encoding = weft_encoding_open(f.model, f.structure, WEFT_FEATURES_MODEL);
    while (f.encoding && weft_encoding_step(f.encoding) == WEFT_MORE) {}
    f.request = weft_request_open(f.encoding);
    CHECK(f.request);
    return f;
}

static void close_fixture(Fixture *f) {
    weft_request_free(f->request);
    weft_encoding_free(f->encoding);
    weft_structure_free(f->structure);
    weft_model_free(f->model);
}

/* A setter refused, with these words and this place. */
static int refused(WeftStatus status, const char *words, int32_t place) {
    int right = status == WEFT_BAD_REQUEST && weft_error_status() == status && strstr(weft_error(), words) &&
                weft_error_place() == place;
    if (!right) printf("    said \"%s\" at %d\n", weft_error(), (int)weft_error_place());
    return right;
}

static int runs(const WeftRequest *r) {
    WeftRun *run = weft_run_open(r, WEFT_DESIGN);
    WeftStatus status = run ? WEFT_MORE : WEFT_BAD_REQUEST;
    while (status == WEFT_MORE) status = weft_run_step(run);
    weft_run_free(run);
    return status == WEFT_OK;
}

/* ---- The setters --------------------------------------------------------------------------------------- */

static void states_come_first(void) {
    Fixture f = open_fixture();
    const uint8_t design[2 * ROWS] = {1};
    CHECK(weft_request_temperature(f.request, 1) == WEFT_OK); /* has no rows, so it may come before */
    CHECK(weft_request_state(f.request, f.encoding) == WEFT_OK);
    CHECK(weft_request_design(f.request, design) == WEFT_OK);
    CHECK(refused(weft_request_state(f.request, f.encoding), "before anything else", -1));
    CHECK(runs(f.request));
    close_fixture(&f);
}

static void states_are_of_one_model_and_not_too_many(void) {
    Fixture f = open_fixture(), g = open_fixture();
    CHECK(refused(weft_request_state(f.request, g.encoding), "different models", -1));
    for (int32_t i = 1; i < 64; i++) CHECK(weft_request_state(f.request, f.encoding) == WEFT_OK);
    CHECK(refused(weft_request_state(f.request, f.encoding), "more than 64 states", -1));
    CHECK(runs(f.request));
    close_fixture(&f), close_fixture(&g);
}

static void rows_are_those_of_all_states(void) {
    Fixture f = open_fixture();
    static const float bias[2 * ROWS * LETTERS];
    CHECK(weft_request_state(f.request, f.encoding) == WEFT_OK);
    CHECK(refused(weft_request_bias(f.request, ROWS, bias), "bias for 6 residues; there are 12", -1));
    CHECK(weft_request_bias(f.request, 2 * ROWS, bias) == WEFT_OK && runs(f.request));
    close_fixture(&f);
}

static void several_states_are_only_designed(void) {
    Fixture f = open_fixture();
    int32_t order[2 * ROWS];
    for (int32_t i = 0; i < 2 * ROWS; i++) order[i] = 2 * ROWS - 1 - i;
    CHECK(weft_request_state(f.request, f.encoding) == WEFT_OK);
    CHECK(weft_request_order(f.request, 1, order) == WEFT_OK && runs(f.request));
    for (WeftMode mode = WEFT_SCORE; mode <= WEFT_ALL_OTHERS; mode++)
        CHECK(!weft_run_open(f.request, mode) && strstr(weft_error(), "several states can only be designed"));
    close_fixture(&f);
}

static void temperatures_are_numbers_from_zero_on(void) {
    Fixture f = open_fixture();
    float t[ROWS] = {1, 0, 2, 1, 1, 1};
    CHECK(weft_request_temperatures(f.request, t) == WEFT_OK && runs(f.request));
    t[3] = -0.5f;
    CHECK(refused(weft_request_temperatures(f.request, t), "temperature -0.5", 3));
    t[3] = NAN;
    CHECK(refused(weft_request_temperatures(f.request, t), "temperature", 3));
    t[3] = 1, t[5] = INFINITY;
    CHECK(refused(weft_request_temperatures(f.request, t), "temperature inf", 5));
    close_fixture(&f);
}

static void a_schedule_ends_above_zero(void) {
    Fixture f = open_fixture();
    CHECK(refused(weft_request_schedule(f.request, 0), "last temperature 0", -1));
    CHECK(refused(weft_request_schedule(f.request, -1), "last temperature -1", -1));
    CHECK(refused(weft_request_schedule(f.request, NAN), "last temperature", -1));
    CHECK(refused(weft_request_schedule(f.request, INFINITY), "last temperature inf", -1));
    CHECK(weft_request_schedule(f.request, 0.5f) == WEFT_OK && runs(f.request));
    CHECK(weft_request_temperature(f.request, 0) == WEFT_OK && !weft_run_open(f.request, WEFT_DESIGN));
    CHECK(strstr(weft_error(), "0 cannot change on the way"));
    close_fixture(&f);
}

static void a_pssm_holds_probabilities(void) {
    Fixture f = open_fixture();
    float weight[ROWS] = {0, 1, 0.5f, 0.5f, 0.5f, 0.5f}, pssm[ROWS * LETTERS];
    for (int32_t i = 0; i < ROWS * LETTERS; i++) pssm[i] = 1.0f / LETTERS;
    CHECK(weft_request_pssm(f.request, weight, pssm) == WEFT_OK && runs(f.request));
    weight[2] = 1.5f;
    CHECK(refused(weft_request_pssm(f.request, weight, pssm), "the weight 1.5 is not between 0 and 1", 2));
    weight[2] = -0.1f;
    CHECK(refused(weft_request_pssm(f.request, weight, pssm), "the weight -0.1", 2));
    weight[2] = NAN;
    CHECK(refused(weft_request_pssm(f.request, weight, pssm), "is not between 0 and 1", 2));
    weight[2] = 0;
    pssm[4 * LETTERS + 3] = -0.25f;
    CHECK(refused(weft_request_pssm(f.request, weight, pssm), "-0.25 is no probability of letter E", 4));
    pssm[4 * LETTERS + 3] = INFINITY;
    CHECK(refused(weft_request_pssm(f.request, weight, pssm), "no probability of letter E", 4));
    pssm[4 * LETTERS + 3] = NAN;
    CHECK(refused(weft_request_pssm(f.request, weight, pssm), "no probability of letter E", 4));
    CHECK(runs(f.request)); /* with the good ones, which a refusal leaves in place */
    close_fixture(&f);
}

static void kept_letters_may_be_none(void) {
    Fixture f = open_fixture();
    static const uint8_t keep[ROWS * LETTERS];
    CHECK(weft_request_keep(f.request, keep) == WEFT_OK && runs(f.request)); /* all the same: all as before */
    close_fixture(&f);
}

static void groups_hold_each_row_once(void) {
    Fixture f = open_fixture();
    const int32_t start[] = {0, 2, 4}, row[] = {0, 3, 1, 5};
    CHECK(weft_request_ties(f.request, WEFT_TIE_LOGITS, 2, start, row, NULL) == WEFT_OK && runs(f.request));
    CHECK(refused(weft_request_ties(f.request, WEFT_TIE_LOGITS, 2, (int32_t[]){0, 2, 2}, row, NULL),
                  "tied group 2 is empty", -1));
    CHECK(refused(weft_request_ties(f.request, WEFT_TIE_LOGITS, 2, start, (int32_t[]){0, 3, 1, 3}, NULL),
                  "residue A4 is tied twice", 3));
    CHECK(refused(weft_request_ties(f.request, WEFT_TIE_LOGITS, 2, start, (int32_t[]){0, ROWS, 1, 2}, NULL),
                  "a tie names row 6; there are 6 rows", -1));
    CHECK(refused(weft_request_ties(f.request, WEFT_TIE_LOGITS, 2, start, (int32_t[]){0, -1, 1, 2}, NULL),
                  "a tie names row -1; there are 6 rows", -1));
    CHECK(runs(f.request));
    CHECK(weft_request_ties(f.request, WEFT_TIE_LOGITS, 0, start, row, NULL) == WEFT_OK && runs(f.request));
    close_fixture(&f);
}

static void weights_fit_the_rule(void) {
    Fixture f = open_fixture();
    const int32_t start[] = {0, 2, 4}, row[] = {0, 3, 1, 5};
    for (WeftTieRule rule = WEFT_TIE_LOGITS; rule <= WEFT_TIE_PRODUCT; rule++) {
        CHECK(refused(weft_request_ties(f.request, rule, 2, start, row, (float[]){1, NAN, 1, 1}),
                      "the weight of A4 in a tie, nan, is not finite", 3));
        CHECK(refused(weft_request_ties(f.request, rule, 2, start, row, (float[]){1, 1, INFINITY, 1}),
                      "the weight of A2 in a tie, inf, is not finite", 1));
        WeftStatus status = weft_request_ties(f.request, rule, 2, start, row, (float[]){1, 1, 1, -2});
        if (rule == WEFT_TIE_ARITHMETIC)
            CHECK(refused(status, "the weight of A6 in a tie, -2, is negative", 5));
        else
            CHECK(status == WEFT_OK);
        CHECK(weft_request_ties(f.request, rule, 2, start, row, (float[]){1, 0, 0.5f, 2}) == WEFT_OK);
        CHECK(runs(f.request));
    }
    close_fixture(&f);
}

static void the_originals_rules_take_any_group(void) {
    Fixture f = open_fixture();
    const int32_t start[] = {0, 2, 4}, row[] = {0, 3, 1, 5};
    const uint8_t design[ROWS] = {0, 1, 1, 1, 1, 1};
    const int8_t letters[ROWS] = {7, 7, 7, 7, 7, 7};
    CHECK(weft_request_design(f.request, design) == WEFT_OK);
    CHECK(weft_request_letters(f.request, 1, letters) == WEFT_OK);
    CHECK(weft_request_ties(f.request, WEFT_TIE_LOGITS, 2, start, row, (float[]){0, 0, 0, 0}) == WEFT_OK);
    CHECK(!weft_run_open(f.request, WEFT_DESIGN) && strstr(weft_error(), "all have the weight 0"));
    weft_request_original(f.request);
    CHECK(runs(f.request));
    close_fixture(&f);
}

int main(void) {
    RUN(states_come_first);
    RUN(states_are_of_one_model_and_not_too_many);
    RUN(rows_are_those_of_all_states);
    RUN(several_states_are_only_designed);
    RUN(temperatures_are_numbers_from_zero_on);
    RUN(a_schedule_ends_above_zero);
    RUN(a_pssm_holds_probabilities);
    RUN(kept_letters_may_be_none);
    RUN(groups_hold_each_row_once);
    RUN(weights_fit_the_rule);
    RUN(the_originals_rules_take_any_group);
    return unit_done("requests");
}
