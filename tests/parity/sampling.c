/* SPDX-License-Identifier: MIT
 *
 * sampling.c - what is drawn, from what, and that it is drawn fairly; through weft.h alone.
 *
 *   sampling WEIGHTS_DIRECTORY [TEST] -> a table
 */
#include "case.h"
#include "engine.h"
#include "synthetic.h"
#include "table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LETTERS = WEFT_LETTER_COUNT, X = WEFT_LETTER_X, LANES = 8, MAX_ROWS = 512 };

static const char *const NAME = "6MRR";

/* What every test starts from: real weights on a real backbone, all rows to be designed. */
typedef struct Fixture {
    WeftModel *model;
    WeftStructure *structure;
    WeftEncoding *encoding;
    int rows;
} Fixture;

static WeftRequest *request(const Fixture *f, float temperature, uint32_t seed, int first, int lanes) {
    WeftRequest *r = engine_request(f->encoding, f->structure, NULL);
    engine_check(weft_request_temperature(r, temperature), "weft_request_temperature");
    engine_check(weft_request_seed(r, seed, 7), "weft_request_seed");
    engine_check(weft_request_samples(r, first, lanes), "weft_request_samples");
    return r;
}

static size_t table_bytes(const Fixture *f) { return (size_t)(f->rows * LETTERS) * sizeof(float); }

/* Everything that lane a of x says is what lane b of y says, to the bit. */
static int same_lane(const Fixture *f, const WeftRun *x, int a, const WeftRun *y, int b) {
    double score[2] = {weft_run_number(x, a, WEFT_RUN_SCORE), weft_run_number(y, b, WEFT_RUN_SCORE)};
    return !memcmp(weft_run_letters(x, a), weft_run_letters(y, b), (size_t)f->rows) &&
           !memcmp(weft_run_order(x, a), weft_run_order(y, b), (size_t)f->rows * sizeof(int32_t)) &&
           !memcmp(weft_run_log_probs(x, a), weft_run_log_probs(y, b), table_bytes(f)) &&
           !memcmp(weft_run_probs(x, a), weft_run_probs(y, b), table_bytes(f)) &&
           !memcmp(&score[0], &score[1], sizeof score[0]);
}

/* A sample, and the same letters scored under the same order. */
static void sampler_is_scorer(const Fixture *f) {
    size_t n = (size_t)f->rows;
    int8_t *letters = malloc(LANES * n);
    int32_t *order = malloc(LANES * n * sizeof *order);
    int same = 1, scores = 1;
    WeftRun *drawn = engine_run(request(f, 0.5f, 11, 1, LANES), WEFT_DESIGN);
    for (int lane = 0; lane < LANES; lane++) {
        memcpy(letters + (size_t)lane * n, weft_run_letters(drawn, lane), n);
        memcpy(order + (size_t)lane * n, weft_run_order(drawn, lane), n * sizeof *order);
    }
    WeftRequest *r = request(f, 1, 0, 1, LANES);
    engine_check(weft_request_letters(r, LANES, letters), "weft_request_letters");
    engine_check(weft_request_order(r, LANES, order), "weft_request_order");
    WeftRun *scored = engine_run(r, WEFT_SCORE);
    for (int lane = 0; lane < LANES; lane++) {
        same = same &&
               !memcmp(weft_run_log_probs(drawn, lane), weft_run_log_probs(scored, lane), table_bytes(f));
        scores = scores && weft_run_number(drawn, lane, WEFT_RUN_SCORE) ==
                               weft_run_number(scored, lane, WEFT_RUN_SCORE);
    }
    table_check(NAME, "a sample's log-probs are the scorer's", same, "8 lanes, every bit");
    table_check(NAME, "a sample's score is the scorer's", scores, "every bit");
    weft_run_free(drawn);
    weft_run_free(scored);
    free(letters);
    free(order);
}

/* softmax((log-probs + bias) / T) over what is not omitted, in double, at every row. */
static void drawn_from_formula(const Fixture *f, float temperature) {
    Dice d = dice(5);
    char name[32];
    float *bias = malloc(table_bytes(f));
    uint8_t *omit = calloc((size_t)(f->rows * LETTERS), 1);
    Diff diff = {0};
    int omitted_drawn = 0;
    for (int i = 0; i < f->rows * LETTERS; i++) {
        bias[i] = (float)dice_normal(&d);
        omit[i] = i % LETTERS == X || dice_below(&d, 4) == 0;
    }
    WeftRequest *r = request(f, temperature, 3, 1, LANES);
    engine_check(weft_request_bias(r, f->rows, bias), "weft_request_bias");
    engine_check(weft_request_omit(r, f->rows, omit), "weft_request_omit");
    WeftRun *run = engine_run(r, WEFT_DESIGN);
    for (int lane = 0; lane < LANES; lane++)
        for (int i = 0; i < f->rows; i++) {
            double logits[LETTERS], p[LETTERS];
            for (int a = 0; a < LETTERS; a++) logits[a] = weft_run_log_probs(run, lane)[i * LETTERS + a];
            twin_distribution(p, logits, bias + i * LETTERS, omit + i * LETTERS, (double)temperature, LETTERS);
            for (int a = 0; a < LETTERS; a++)
                diff_add(&diff, weft_run_probs(run, lane)[i * LETTERS + a], p[a]);
            omitted_drawn += omit[i * LETTERS + weft_run_letters(run, lane)[i]];
        }
    snprintf(name, sizeof name, "drawn from, T = %g", (double)temperature);
    table_row(NAME, "engine/formula", name, &diff, 1e-5, 0, "log-probs are float32, divided by T");
    table_check(NAME, "omitted letters and X are never drawn", !omitted_drawn, name);
    weft_run_free(run);
    free(bias);
    free(omit);
}

/* At a temperature that flattens everything, X has a share of one in 21: 3,264 letters without one are no
 * accident. */
static void x_never_drawn(const Fixture *f) {
    int count[LETTERS] = {0}, all = 1;
    for (int first = 1; first < 48; first += LANES) {
        WeftRun *run = engine_run(request(f, 50, 1, first, LANES), WEFT_DESIGN);
        for (int i = 0; i < LANES * f->rows; i++) count[weft_run_letters(run, i / f->rows)[i % f->rows]]++;
        weft_run_free(run);
    }
    for (int a = 0; a < X; a++) all = all && count[a] > 0;
    table_check(NAME, "X is never drawn", count[X] == 0, "T = 50");
    table_check(NAME, "every other letter is drawn", all, "T = 50");
}

/* Every other row keeps the letter that it was given, and has no distribution. */
static void fixed_stay(const Fixture *f) {
    uint8_t design[MAX_ROWS];
    int8_t given[MAX_ROWS];
    int kept = 1, empty = 1, asked = 1;
    Dice d = dice(2);
    for (int i = 0; i < f->rows; i++) {
        design[i] = i % 2 == 0;
        given[i] = (int8_t)dice_below(&d, LETTERS);
    }
    WeftRequest *r = request(f, 1, 1, 1, LANES);
    engine_check(weft_request_design(r, design), "weft_request_design");
    engine_check(weft_request_letters(r, 1, given), "weft_request_letters");
    WeftRun *run = engine_run(r, WEFT_DESIGN);
    for (int lane = 0; lane < LANES; lane++)
        for (int i = 0; i < f->rows; i++) {
            double sum = 0;
            for (int a = 0; a < LETTERS; a++) sum += (double)weft_run_probs(run, lane)[i * LETTERS + a];
            kept = kept && (design[i] || weft_run_letters(run, lane)[i] == given[i]);
            empty = empty && fabs(sum - design[i]) < 1e-5;
            asked = asked && weft_run_design_mask(run)[i] == design[i];
        }
    table_check(NAME, "fixed letters stay, an X too", kept, "");
    table_check(NAME, "rows have a distribution if designed", empty, "");
    table_check(NAME, "the design mask is the one asked for", asked, "");
    weft_run_free(run);
}

/* With all rows fixed there is nothing to draw: no run, and never a score of 0. */
static void fully_fixed_is_refused(const Fixture *f) {
    uint8_t none[MAX_ROWS] = {0};
    WeftRequest *r = engine_request(f->encoding, f->structure, none);
    WeftRun *run = weft_run_open(r, WEFT_DESIGN);
    table_check(NAME, "nothing to design is refused", !run && weft_error_status() == WEFT_BAD_REQUEST,
                run ? "" : weft_error());
    weft_run_free(run);
    weft_request_free(r);
}

/* Given exponential variates q, the letter is argmax p / q. */
static void draws_decide(const Fixture *f) {
    size_t count = (size_t)(LANES * f->rows * LETTERS);
    double *q = malloc(count * sizeof *q);
    int wrong = 0;
    Dice d = dice(9);
    for (size_t i = 0; i < count; i++) q[i] = -log(dice_uniform(&d));
    WeftRequest *r = request(f, 1, 1, 1, LANES);
    engine_check(weft_request_draws(r, LANES, q), "weft_request_draws");
    WeftRun *run = engine_run(r, WEFT_DESIGN);
    for (int lane = 0; lane < LANES; lane++)
        for (int i = 0; i < f->rows; i++) {
            const float *p = weft_run_probs(run, lane) + i * LETTERS;
            const double *row = q + (lane * f->rows + i) * LETTERS;
            int best = 0;
            for (int a = 1; a < LETTERS; a++)
                if ((double)p[a] / row[a] > (double)p[best] / row[best]) best = a;
            wrong += best != weft_run_letters(run, lane)[i];
        }
    table_check(NAME, "given q, the letter is argmax p / q", wrong == 0, "8 lanes");
    weft_run_free(run);
    free(q);
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The randomised probability integral transform: with v uniform, F(s-) + v p(s) is uniform if s was drawn
 * from p. The Kolmogorov-Smirnov distance of n such values stays below 1.95 / sqrt(n) in 999 of 1,000
 * cases; the seed is fixed. */
static void draws_are_fair(const Fixture *f) {
    int lanes = 30, runs = 10, count = 0;
    double *u = malloc((size_t)(lanes * runs * f->rows) * sizeof *u), distance = 0;
    char what[80];
    Dice d = dice(4);
    for (int i = 0; i < runs; i++) {
        WeftRun *run = engine_run(request(f, 1, 2024, 1 + i * lanes, lanes), WEFT_DESIGN);
        for (int lane = 0; lane < lanes; lane++)
            for (int row = 0; row < f->rows; row++) {
                const float *p = weft_run_probs(run, lane) + row * LETTERS;
                double below = 0;
                for (int a = 0; a < weft_run_letters(run, lane)[row]; a++) below += (double)p[a];
                u[count++] = below + dice_uniform(&d) * (double)p[weft_run_letters(run, lane)[row]];
            }
        weft_run_free(run);
    }
    qsort(u, (size_t)count, sizeof *u, by_value);
    for (int i = 0; i < count; i++)
        distance = fmax(distance, fmax((double)(i + 1) / count - u[i], u[i] - (double)i / count));
    snprintf(what, sizeof what, "%d draws: D sqrt(n) = %.2f, at most 1.95", count, distance * sqrt(count));
    table_check(NAME, "drawn CDF values are uniform", count >= 20000 && distance * sqrt(count) < 1.95, what);
    free(u);
}

static void seeds(const Fixture *f) {
    WeftRun *a = engine_run(request(f, 1, 37, 1, LANES), WEFT_DESIGN),
            *b = engine_run(request(f, 1, 37, 1, LANES), WEFT_DESIGN),
            *c = engine_run(request(f, 1, 38, 1, LANES), WEFT_DESIGN);
    int same = 1, alone = 1, differs = 1, samples_differ = 1;
    for (int lane = 0; lane < LANES; lane++) {
        WeftRun *one = engine_run(request(f, 1, 37, 1 + lane, 1), WEFT_DESIGN);
        same = same && same_lane(f, a, lane, b, lane);
        alone = alone && same_lane(f, a, lane, one, 0);
        differs = differs && memcmp(weft_run_letters(a, lane), weft_run_letters(c, lane), (size_t)f->rows) &&
                  memcmp(weft_run_order(a, lane), weft_run_order(c, lane), (size_t)f->rows * sizeof(int32_t));
        samples_differ = samples_differ &&
                         (!lane || memcmp(weft_run_letters(a, lane), weft_run_letters(a, 0), (size_t)f->rows));
        weft_run_free(one);
    }
    table_check(NAME, "same seed, same samples", same, "letters, orders, tables, scores: every bit");
    table_check(NAME, "8 lanes = 8 runs of one", alone, "every bit");
    table_check(NAME, "another seed, other letters and orders", differs, "");
    table_check(NAME, "samples of one seed differ", samples_differ, "");
    weft_run_free(a);
    weft_run_free(b);
    weft_run_free(c);
}

/* T = 0 draws nothing: the likeliest letter, whatever the seed, if the order is given. */
static void zero_is_argmax(const Fixture *f) {
    int32_t order[MAX_ROWS];
    int likeliest = 1;
    WeftRun *run[2];
    for (int i = 0; i < f->rows; i++) order[i] = f->rows - 1 - i;
    for (uint32_t seed = 0; seed < 2; seed++) {
        WeftRequest *r = request(f, 0, seed, 1, 1);
        engine_check(weft_request_order(r, 1, order), "weft_request_order");
        run[seed] = engine_run(r, WEFT_DESIGN);
    }
    for (int i = 0; i < f->rows; i++)
        for (int a = 0; a < X; a++)
            likeliest =
                likeliest && weft_run_log_probs(run[0], 0)[i * LETTERS + weft_run_letters(run[0], 0)[i]] >=
                                 weft_run_log_probs(run[0], 0)[i * LETTERS + a];
    table_check(NAME, "T = 0 takes the likeliest letter", likeliest, "");
    table_check(NAME, "T = 0 does not ask the seed", same_lane(f, run[0], 0, run[1], 0), "order given");
    weft_run_free(run[0]);
    weft_run_free(run[1]);
}

/* Fixed rows stand before designed ones in a random order, and each row once. */
static void orders(const Fixture *f) {
    uint8_t design[MAX_ROWS], seen[MAX_ROWS];
    int fixed_first = 1, permutation = 1, fixed = 0;
    for (int i = 0; i < f->rows; i++) fixed += !(design[i] = i % 3 != 0);
    WeftRequest *r = request(f, 1, 5, 1, LANES);
    engine_check(weft_request_design(r, design), "weft_request_design");
    WeftRun *run = engine_run(r, WEFT_DESIGN);
    for (int lane = 0; lane < LANES; lane++) {
        memset(seen, 0, sizeof seen);
        for (int t = 0; t < f->rows; t++) {
            int row = weft_run_order(run, lane)[t];
            permutation = permutation && row >= 0 && row < f->rows && !seen[row]++;
            fixed_first = fixed_first && design[row] == (t >= fixed);
        }
    }
    table_check(NAME, "an order holds each row once", permutation, "8 lanes");
    table_check(NAME, "fixed rows are decoded first", fixed_first, "8 lanes");
    weft_run_free(run);
}

static void encode_anew(const Fixture *f) {
    WeftRun *a = engine_run(request(f, 1, 1, 1, 1), WEFT_DESIGN);
    Fixture again = *f;
    again.encoding = engine_encode(f->model, f->structure);
    WeftRun *b = engine_run(request(&again, 1, 1, 1, 1), WEFT_DESIGN);
    table_check(NAME, "encoded anew, the same sample", same_lane(f, a, 0, b, 0), "every bit");
    weft_run_free(a);
    weft_run_free(b);
    weft_encoding_free(again.encoding);
}

/* What runs share once the edge states are released does not show: the first run fills it, the others read it. */
static void released(const Fixture *f) {
    static const WeftMode MODES[] = {WEFT_DESIGN, WEFT_DESIGN, WEFT_SCORE, WEFT_UNCONDITIONAL, WEFT_ALL_OTHERS};
    Fixture again = *f;
    int same = 1;
    again.encoding = engine_encode(f->model, f->structure);
    engine_check(weft_encoding_release_edges(again.encoding), "weft_encoding_release_edges");
    for (size_t i = 0; i < sizeof MODES / sizeof *MODES; i++) {
        int lanes = MODES[i] == WEFT_DESIGN ? LANES : 1;
        WeftRun *a = engine_run(request(f, 1, 1 + (uint32_t)i, 1, lanes), MODES[i]);
        WeftRun *b = engine_run(request(&again, 1, 1 + (uint32_t)i, 1, lanes), MODES[i]);
        for (int lane = 0; lane < lanes; lane++)
            same = same && !memcmp(weft_run_log_probs(a, lane), weft_run_log_probs(b, lane), table_bytes(f)) &&
                   !memcmp(weft_run_letters(a, lane), weft_run_letters(b, lane), (size_t)f->rows);
        weft_run_free(a);
        weft_run_free(b);
    }
    table_check(NAME, "edges released, the same results", same && !weft_encoding_edges(again.encoding),
                "all modes, every bit");
    weft_encoding_free(again.encoding);
}

static void distributions(const Fixture *f) {
    drawn_from_formula(f, 0);
    drawn_from_formula(f, 0.1f);
    drawn_from_formula(f, 1);
    drawn_from_formula(f, 3);
}

int main(int argc, char **argv) {
    static const struct {
        const char *name;
        void (*test)(const Fixture *f);
    } TESTS[] = {
        {"scorer", sampler_is_scorer},
        {"distributions", distributions},
        {"x", x_never_drawn},
        {"fixed", fixed_stay},
        {"refused", fully_fixed_is_refused},
        {"draws", draws_decide},
        {"fair", draws_are_fair},
        {"seeds", seeds},
        {"zero", zero_is_argmax},
        {"orders", orders},
        {"anew", encode_anew},
        {"released", released},
    };
    size_t count;
    unsigned char *bytes = argc == 2 || argc == 3 ? case_weights(argv[1], "proteinmpnn_v_48_020", &count) : NULL;
    if (!bytes) return fprintf(stderr, "usage: sampling WEIGHTS_DIRECTORY [TEST]\n"), 2;
    Fixture f = {.model = engine_model(bytes, count, 0),
                 .structure = case_structure("tests/data/structures/6MRR.pdb")};
    f.encoding = engine_encode(f.model, f.structure);
    f.rows = weft_structure_length(f.structure);
    free(bytes);
    for (size_t i = 0; i < sizeof TESTS / sizeof *TESTS; i++)
        if (argc == 2 || !strcmp(argv[2], TESTS[i].name)) TESTS[i].test(&f);
    weft_encoding_free(f.encoding);
    weft_structure_free(f.structure);
    weft_model_free(f.model);
    return table_done("sampling");
}
