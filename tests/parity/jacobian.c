/* SPDX-License-Identifier: MIT
 *
 * jacobian.c - the Jacobian against finite differences of the twin's scorer: log-probabilities of a row decoded last,
 * when another row's letter is moved a little towards other letters.
 *
 *   jacobian WEIGHTS_DIRECTORY -> a table: models and proteins from a seed, every pair of rows; then the published
 *   model on 60 residues of 6MRR, pairs at random
 *
 * The twin has no derivative. A letter between letters is one more row of its W_s: W_s[s_i] + step v W_s, with v a
 * direction among the twenty letters; ((f(step) - f(-step)) / 2 step is compared with J v, for all twenty outputs.
 */
#include "case.h"
#include "engine.h"
#include "synthetic.h"
#include "table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OUT = WEFT_LETTER_COUNT - 1, BETWEEN = WEFT_LETTER_COUNT, MOST_SLOTS = 256, TRIALS = 10, PAIRS = 30 };

static const double STEP = 1e-4;

/* One sequence under one order, on both sides. */
typedef struct Both {
    const char *name;
    const TwinModel *twin;
    const TwinEncoding *encoded;
    const WeftStructure *structure;
    int rows, slots;
    int8_t letter[MOST_SLOTS];
    int32_t order[MOST_SLOTS]; /* slots; gaps first */
    WeftRun *run;
    int32_t target[MOST_SLOTS]; /* which of the run's targets a row is; -1: none */
} Both;

static void open_both(Both *b, const WeftEncoding *e, Dice *d) {
    int gaps = b->slots - b->rows, designed = 0;
    uint8_t design[MOST_SLOTS];
    const uint8_t *mask = weft_structure_mask(b->structure);
    for (int i = 0; i < b->slots; i++)
        b->letter[i] = (int8_t)(i < b->rows ? dice_below(d, OUT) : WEFT_LETTER_X);
    for (int i = 0; i < gaps; i++) b->order[i] = b->rows + i;
    dice_order(d, b->order + gaps, b->rows);
    for (int i = 0; i < b->rows; i++) {
        design[i] = mask[i];
        b->target[i] = mask[i] ? designed++ : -1;
    }
    WeftRequest *r = engine_request(e, b->structure, design);
    engine_check(weft_request_letters(r, 1, b->letter), "weft_request_letters");
    engine_check(weft_request_order(r, 1, b->order + gaps), "weft_request_order");
    b->run = engine_run(r, WEFT_JACOBIAN);
}

static const float *block(const Both *b, int target, int row) {
    return weft_run_jacobian(b->run, b->target[target]) + (size_t)row * OUT * OUT;
}

/* The twin's answer for a target with row `at` between letters. */
static void between(double *log_probs, Both *b, int target, int at, const double *v, double step) {
    const TwinTensor *w = twin_tensor(b->twin, "W_s.weight");
    int8_t was = b->letter[at];
    for (int c = 0; c < w->cols; c++) {
        double sum = *twin_value(w, was, c);
        for (int a = 0; a < OUT; a++) sum += step * v[a] * *twin_value(w, a, c);
        *twin_value(w, BETWEEN, c) = sum;
    }
    b->letter[at] = BETWEEN;
    twin_all_others(log_probs, b->twin, b->encoded, b->letter, b->order, target);
    b->letter[at] = was;
}

typedef struct Found {
    Diff absolute, relative;
    double largest;
} Found;

/* One pair of rows in a direction at random. */
static void compare(Found *found, Both *b, int target, int at, Dice *d) {
    double v[OUT], up[WEFT_LETTER_COUNT], down[WEFT_LETTER_COUNT], wrong = 0, size = 0;
    for (int a = 0; a < OUT; a++) v[a] = dice_normal(d);
    between(up, b, target, at, v, STEP);
    between(down, b, target, at, v, -STEP);
    for (int out = 0; out < OUT; out++) {
        double expected = (up[out] - down[out]) / (2 * STEP), actual = 0;
        for (int a = 0; a < OUT; a++) actual += v[a] * (double)block(b, target, at)[a * OUT + out];
        diff_add(&found->absolute, actual, expected);
        wrong += (actual - expected) * (actual - expected);
        size += expected * expected;
        found->largest = fabs(expected) > found->largest ? fabs(expected) : found->largest;
    }
    if (size > 1e-8) diff_add(&found->relative, sqrt(wrong / size), 0);
}

static void report(const Both *b, const Found *f, double relative) {
    char words[64];
    snprintf(words, sizeof words, "largest %.2g", f->largest);
    table_row(b->name, "engine/differences", "d log p", &f->absolute, 2e-3 * f->largest, 0, words);
    table_row(b->name, "engine/differences", "d log p, relative", &f->relative, relative, 0,
              "of the norm over the letters");
    table_check(b->name, "the Jacobian is not 0", f->largest > 1e-2, "somewhere above 0.01");
}

/* What no path reaches: the row itself, and rows further than the layers go. */
static void nothing_else(const Both *b, const int32_t *neighbor, int k, int layers) {
    int itself = 1, far = 1;
    for (int t = 0; t < b->rows; t++) {
        uint8_t reached[MOST_SLOTS] = {0};
        if (b->target[t] < 0) continue;
        reached[t] = 1;
        for (int ring = 0; ring < layers; ring++) {
            uint8_t next[MOST_SLOTS];
            memcpy(next, reached, sizeof next);
            for (int i = 0; i < b->rows * k; i++)
                if (reached[i / k] && neighbor[i] < b->rows) next[neighbor[i]] = 1;
            memcpy(reached, next, sizeof next);
        }
        for (int i = 0; i < b->rows; i++)
            for (int x = 0; x < OUT * OUT; x++) {
                if (i == t) itself = itself && block(b, t, i)[x] == 0;
                if (!reached[i]) far = far && block(b, t, i)[x] == 0;
            }
    }
    table_check(b->name, "a row's own letter has no say", itself, "exactly 0");
    table_check(b->name, "rows out of reach have none", far, "exactly 0");
}

static void synthetic(int trial) {
    Dice d = dice(4100 + (uint64_t)trial);
    Shape shape = shape_of_proteinmpnn();
    char name[32];
    snprintf(name, sizeof name, "synthetic %d", trial);
    shape.node = shape.edge = shape.raw_edge = shape.embedding = 16 + 4 * (int)dice_below(&d, 4);
    shape.hidden = 12 + 4 * (int)dice_below(&d, 4);
    shape.dense = 40;
    shape.bins = 8;
    shape.encoder_layers = 1;
    shape.decoder_layers = 1 + trial % 3;
    shape.neighbors = 3 + (int)dice_below(&d, 6);
    shape.second_products = shape.feed_forwards = trial < 6 ? 100 : 50;
    size_t count;
    unsigned char *bytes = weights_make(&d, &shape, &count);
    WeftModel *model = engine_model(bytes, count, 0);
    TwinModel *twin = twin_model_read(bytes, count);
    Protein p = protein_make(&d, 8 + (int)dice_below(&d, 12), 1 + trial % 2, 15, trial % 2 ? 15 : 0);
    WeftStructure *s = engine_structure(p.text, p.text_size);
    WeftEncoding *e = engine_encode(model, s);
    TwinEncoding *encoded = twin_encode(twin, &p.slots);
    Both b = {
        .name = name, .twin = twin, .encoded = encoded, .structure = s, .rows = p.rows, .slots = p.slots.length};
    Found found = {0};
    open_both(&b, e, &d);
    for (int t = 0; t < b.rows; t++)
        for (int i = 0; b.target[t] >= 0 && i < b.rows; i++) compare(&found, &b, t, i, &d);
    report(&b, &found, 1e-3);
    nothing_else(&b, weft_encoding_neighbors(e), (int)weft_encoding_number(e, WEFT_ENCODING_NEIGHBORS),
                 shape.decoder_layers);
    weft_run_free(b.run);
    weft_encoding_free(e);
    weft_structure_free(s);
    weft_model_free(model);
    twin_encoding_free(encoded);
    twin_model_free(twin);
    protein_free(&p);
    free(bytes);
}

/* 60 residues of a real protein under the published model. */
static void real(const unsigned char *bytes, size_t count) {
    enum { ROWS = 60 };
    static float xyz[ROWS * 12];
    static uint8_t kept[MOST_SLOTS], mask[ROWS];
    static int32_t chain[ROWS], place[ROWS];
    WeftModel *model = engine_model(bytes, count, 0);
    TwinModel *twin = twin_model_read(bytes, count);
    WeftStructure *whole = case_structure("tests/data/structures/6MRR.pdb");
    memset(kept, 1, ROWS);
    WeftStructure *s = weft_structure_part(whole, kept);
    weft_structure_backbone(s, 0, 0, 0, xyz);
    for (int i = 0; i < ROWS; i++) {
        mask[i] = weft_structure_mask(s)[i];
        place[i] = weft_structure_numbers(s)[i];
    }
    TwinSlots slots = {ROWS, xyz, mask, place, chain};
    WeftEncoding *e = engine_encode(model, s);
    TwinEncoding *encoded = twin_encode(twin, &slots);
    Both b = {
        .name = "6MRR, 60 rows", .twin = twin, .encoded = encoded, .structure = s, .rows = ROWS, .slots = ROWS};
    Dice d = dice(60);
    Found found = {0};
    open_both(&b, e, &d);
    for (int pair = 0; pair < PAIRS; pair++) {
        int target = (int)dice_below(&d, ROWS);
        compare(&found, &b, target, (target + 1 + (int)dice_below(&d, ROWS - 1)) % ROWS, &d);
    }
    report(&b, &found, 1e-3);
    weft_run_free(b.run);
    weft_encoding_free(e);
    weft_structure_free(s);
    weft_structure_free(whole);
    weft_model_free(model);
    twin_encoding_free(encoded);
    twin_model_free(twin);
}

int main(int argc, char **argv) {
    size_t count;
    unsigned char *bytes = argc >= 2 ? case_weights(argv[1], "proteinmpnn_v_48_020", &count) : NULL;
    if (!bytes) return fprintf(stderr, "usage: jacobian WEIGHTS_DIRECTORY [--short]\n"), 2;
    for (int trial = 0; trial < TRIALS; trial++) synthetic(trial);
    if (argc == 2) real(bytes, count);
    free(bytes);
    return table_done("jacobian");
}
