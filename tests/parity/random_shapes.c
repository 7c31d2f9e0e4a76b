/* SPDX-License-Identifier: MIT
 *
 * random_shapes.c - engine against twin where no published file goes: widths, layers, neighbours, missing
 * products, short chains, gaps and damage, all at random; then every length with real weights in every mode.
 *
 *   random_shapes WEIGHTS_DIRECTORY [--short | --long | SEED [TRIAL]] -> a table; a trial is repeated by its number
 *
 * Chains of up to 1,000 residues; short: 200; long: 3,000.
 */
#include "case.h"
#include "engine.h"
#include "synthetic.h"
#include "table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LETTERS = WEFT_LETTER_COUNT, LANES = 3, TRIALS = 32, CA_TRIALS = 16 }; /* the CA-only ones come last */

/* One structure, one model, both encodings. */
typedef struct Trial {
    char name[64];
    Shape shape;
    Protein protein;
    TwinModel *twin;
    TwinEncoding *twin_encoding;
    WeftModel *model;
    WeftStructure *structure;
    WeftEncoding *encoding;
    int at[LETTERS];        /* the model's index of each letter */
    double tolerance, mean; /* mean 0: none of its own */
    const char *why;
} Trial;

static int between(Dice *d, int low, int high) {
    return low + (int)dice_below(d, (uint32_t)(high - low + 1));
}

static Shape random_shape(Dice *d, int trial) {
    Shape s = {between(d, 16, 128),
               between(d, 16, 128),
               between(d, 16, 128),
               between(d, 4, 20),
               2 * between(d, 2, 40),
               between(d, 1, 20),
               between(d, 16, 128),
               between(d, 16, 128),
               1 + trial % 2 * 40,
               between(d, 16, 256),
               between(d, 1, 4),
               between(d, 1, 4),
               between(d, 1, 48),
               70,
               80,
               80,
               trial % 4 == 3,
               trial >= TRIALS,
               between(d, 1, 40),
               WEFT_LETTERS};
    s.bins += s.ca_only && s.bins == 2; /* 9 * 2 + 7 features would be 25 distances in one bin */
    for (int i = 0; trial % 3 == 2 && i < LETTERS; i++) { /* some models have letters in an order of their own */
        int other = between(d, i, LETTERS - 1);
        char letter = s.alphabet[i];
        s.alphabet[i] = s.alphabet[other];
        s.alphabet[other] = letter;
    }
    return s;
}

/* Multiplications that the twin needs for the trial, in millions: what is too slow for a test is drawn
 * again. */
static double work(const Shape *s, int rows) {
    double h = s->hidden + s->hidden_spread, edges = (double)rows * (s->neighbors < rows ? s->neighbors : rows);
    double encoder = 2 * (h * (2 * s->node + s->edge) + h * h + h * s->node) * s->encoder_layers;
    double decoder =
        (h * (2 * s->node + s->edge + s->embedding) + h * h + h * s->node) * s->decoder_layers * (LANES + 4);
    return edges * (encoder + decoder) / 1e6;
}

static void trial_open(Trial *t, Dice *d, int rows, int gap_percent, const unsigned char *bytes, size_t count) {
    t->protein = protein_make(d, rows, 1 + (rows > 10 ? (int)dice_below(d, 3) : 0), gap_percent,
                              (int)dice_below(d, 3) * 10);
    t->twin = twin_model_read(bytes, count);
    if (t->twin && t->twin->ca_only) protein_see_carbons(&t->protein);
    t->model = engine_model(bytes, count, 1 + dice_below(d, 5000));
    t->structure = engine_structure(t->protein.text, t->protein.text_size);
    t->encoding = engine_encode(t->model, t->structure);
    t->twin_encoding = t->twin ? twin_encode(t->twin, &t->protein.slots) : NULL;
    for (int a = 0; a < LETTERS; a++)
        t->at[a] = (int)(strchr(t->shape.alphabet, WEFT_LETTERS[a]) - t->shape.alphabet);
    int same =
        weft_structure_length(t->structure) == rows &&
        !memcmp(t->shape.ca_only ? weft_structure_carbons(t->structure) : weft_structure_mask(t->structure),
                t->protein.mask, (size_t)rows);
    if (t->twin && same) return;
    fprintf(stderr, "%s: the twin or the parser does not take what was made\n", t->name);
    exit(1);
}

static void trial_close(Trial *t) {
    twin_encoding_free(t->twin_encoding);
    twin_model_free(t->twin);
    weft_encoding_free(t->encoding);
    weft_structure_free(t->structure);
    weft_model_free(t->model);
    protein_free(&t->protein);
}

/* ---- Comparisons --------------------------------------------------------------------------------------- */

static void compare_states(const Trial *t) {
    const TwinEncoding *e = t->twin_encoding;
    int k = e->k, wrong = 0, rows = t->protein.rows;
    size_t node = (size_t)weft_model_number(t->model, WEFT_MODEL_NODE_STRIDE),
           edge = (size_t)weft_model_number(t->model, WEFT_MODEL_EDGE_STRIDE);
    const double *h_v = e->h_v + (size_t)(e->layers * e->length * e->node_width);
    Diff nodes = {0}, edges = {0};
    wrong = (int)weft_encoding_number(t->encoding, WEFT_ENCODING_NEIGHBORS) != k;
    for (int i = 0; !wrong && i < rows * k; i++)
        wrong += e->mask[i / k] && weft_encoding_neighbors(t->encoding)[i] != e->nbr[i];
    table_check(t->name, "neighbours", !wrong, "exact, ties by index");
    for (int i = 0; i < rows * e->node_width; i++)
        diff_add(
            &nodes,
            weft_encoding_nodes(t->encoding)[(size_t)(i / e->node_width) * node + (size_t)(i % e->node_width)],
            h_v[i]);
    for (int i = 0; !wrong && i < rows * k; i++)
        for (int w = 0; e->mask[i / k] && w < e->edge_width; w++)
            diff_add(&edges, weft_encoding_edges(t->encoding)[(size_t)i * edge + (size_t)w],
                     e->h_e[i * e->edge_width + w]);
    table_row(t->name, "engine/twin", "h_V", &nodes, t->tolerance, t->mean, t->why);
    table_row(t->name, "engine/twin", "h_E", &edges, t->tolerance, t->mean, t->why);
}

/* Adds complete rows of an engine's table [rows][21] against the twin's [slots][21]. */
static void add_rows(Diff *d, const Trial *t, const float *engine, const double *twin) {
    for (int i = 0; i < t->protein.rows * LETTERS; i++)
        if (t->protein.mask[i / LETTERS])
            diff_add(d, engine[i], twin[i / LETTERS * LETTERS + t->at[i % LETTERS]]);
}

/* Letters and order of rows as the twin wants them: gap slots hold X and are decoded first. */
static void twin_inputs(const Trial *t, int8_t *twin_letters, int32_t *twin_order, const int8_t *letters,
                        const int32_t *order) {
    int rows = t->protein.rows, slots = t->protein.slots.length;
    for (int i = 0; i < slots; i++) {
        twin_letters[i] = (int8_t)t->at[i < rows ? letters[i] : WEFT_LETTER_X];
        twin_order[i] = i < slots - rows ? rows + i : order[i - (slots - rows)];
    }
}

static void compare_unconditional(const Trial *t) {
    Diff d = {0};
    double *twin = calloc((size_t)(t->protein.slots.length * LETTERS), sizeof *twin);
    WeftRun *run = engine_run(engine_request(t->encoding, t->structure, t->protein.mask), WEFT_UNCONDITIONAL);
    twin_unconditional(twin, t->twin, t->twin_encoding);
    add_rows(&d, t, weft_run_log_probs(run, 0), twin);
    table_row(t->name, "engine/twin", "unconditional", &d, t->tolerance, t->mean, t->why);
    weft_run_free(run);
    free(twin);
}

/* Scores LANES sequences, each under its own order; then some rows of the first with all others known. */
static void compare_scores(const Trial *t, Dice *d) {
    int rows = t->protein.rows, slots = t->protein.slots.length;
    int8_t *letters = malloc((size_t)(LANES * rows)), *twin_letters = malloc((size_t)slots);
    int32_t *order = malloc((size_t)(LANES * rows) * sizeof *order),
            *twin_order = malloc((size_t)slots * sizeof *order);
    uint8_t *design = calloc((size_t)rows, 1);
    double *twin = calloc((size_t)(slots * LETTERS), sizeof *twin);
    Diff scores = {0}, others = {0};
    for (int i = 0; i < LANES * rows; i++) letters[i] = (int8_t)dice_below(d, LETTERS);
    for (int lane = 0; lane < LANES; lane++) dice_order(d, order + lane * rows, rows);
    WeftRequest *r = engine_request(t->encoding, t->structure, t->protein.mask);
    engine_check(weft_request_samples(r, 1, LANES), t->name);
    engine_check(weft_request_letters(r, LANES, letters), t->name);
    engine_check(weft_request_order(r, LANES, order), t->name);
    WeftRun *run = engine_run(r, WEFT_SCORE);
    for (int lane = 0; lane < LANES; lane++) {
        twin_inputs(t, twin_letters, twin_order, letters + lane * rows, order + lane * rows);
        twin_score(twin, t->twin, t->twin_encoding, twin_letters, twin_order);
        add_rows(&scores, t, weft_run_log_probs(run, lane), twin);
    }
    weft_run_free(run);
    twin_inputs(t, twin_letters, twin_order, letters, order);
    for (int i = 0; i < 3; i++) design[(int)dice_below(d, (uint32_t)rows) * (i > 0)] = 1;
    r = engine_request(t->encoding, t->structure, design);
    engine_check(weft_request_letters(r, 1, letters), t->name);
    engine_check(weft_request_order(r, 1, order), t->name);
    run = engine_run(r, WEFT_ALL_OTHERS);
    for (int i = 0; i < rows; i++)
        if (design[i] && t->protein.mask[i]) {
            twin_all_others(twin, t->twin, t->twin_encoding, twin_letters, twin_order, i);
            for (int a = 0; a < LETTERS; a++)
                diff_add(&others, weft_run_log_probs(run, 0)[i * LETTERS + a], twin[t->at[a]]);
        }
    weft_run_free(run);
    table_row(t->name, "engine/twin", "autoregressive, 3 lanes", &scores, t->tolerance, t->mean, t->why);
    table_row(t->name, "engine/twin", "all-others", &others, t->tolerance, t->mean, t->why);
    void *owned[] = {letters, twin_letters, order, twin_order, design, twin};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) free(owned[i]);
}

/* Designs with a bias, omissions and a temperature; the twin scores what came out and says from what it
 * was drawn. */
static void compare_design(const Trial *t, Dice *d) {
    int rows = t->protein.rows, slots = t->protein.slots.length;
    float bias[LETTERS], temperature = 0.2f + (float)dice_uniform(d);
    uint8_t omit[LETTERS] = {0};
    int8_t *twin_letters = malloc((size_t)slots);
    int32_t *twin_order = malloc((size_t)slots * sizeof *twin_order);
    double *twin = calloc((size_t)(slots * LETTERS), sizeof *twin), p[LETTERS];
    Diff scores = {0}, drawn = {0};
    for (int a = 0; a < LETTERS; a++) bias[a] = (float)dice_normal(d);
    omit[dice_below(d, 20)] = omit[WEFT_LETTER_X] = 1;
    WeftRequest *r = engine_request(t->encoding, t->structure, t->protein.mask);
    engine_check(weft_request_bias(r, 1, bias), t->name);
    engine_check(weft_request_omit(r, 1, omit), t->name);
    engine_check(weft_request_temperature(r, temperature), t->name);
    engine_check(weft_request_seed(r, dice_below(d, 1u << 31), 0), t->name);
    WeftRun *run = engine_run(r, WEFT_DESIGN);
    twin_inputs(t, twin_letters, twin_order, weft_run_letters(run, 0), weft_run_order(run, 0));
    twin_score(twin, t->twin, t->twin_encoding, twin_letters, twin_order);
    add_rows(&scores, t, weft_run_log_probs(run, 0), twin);
    for (int i = 0; i < rows; i++) {
        double logits[LETTERS];
        for (int a = 0; a < LETTERS; a++) logits[a] = twin[i * LETTERS + t->at[a]];
        twin_distribution(p, logits, bias, omit, (double)temperature, LETTERS);
        for (int a = 0; t->protein.mask[i] && a < LETTERS; a++)
            diff_add(&drawn, weft_run_probs(run, 0)[i * LETTERS + a], p[a]);
    }
    table_row(t->name, "engine/twin", "design, log-probs", &scores, t->tolerance, t->mean, t->why);
    table_row(t->name, "engine/twin", "design, drawn from", &drawn, t->tolerance, t->mean, t->why);
    weft_run_free(run);
    free(twin_letters);
    free(twin_order);
    free(twin);
}

static void compare_all(Trial *t, Dice *d) {
    compare_states(t);
    compare_unconditional(t);
    compare_scores(t, d);
    compare_design(t, d);
}

/* Shapes at the edges of what is promised, then shapes at random. */
static void shapes(uint64_t seed, int trial) {
    static const struct {
        int rows, neighbors, width;
    } EDGES[] = {{1, 48, 128}, {1, 1, 16},   {2, 48, 17},   {200, 48, 16}, {200, 1, 31},
                 {48, 48, 33}, {49, 48, 47}, {20, 30, 128}, {30, 48, 64}};
    Dice d = dice(seed * 1000 + (uint64_t)trial);
    Trial t = {.shape = random_shape(&d, trial),
               .tolerance = 3e-5,
               .why = "float32 against double: 9.5e-6 in 256 trials"};
    if (t.shape.ca_only) /* the root of what is nearly 0 */
        t.tolerance = 5e-4, t.mean = 1e-5, t.why = "rotations near 0 or 180 degrees: 2.0e-4 in 256 trials";
    int most = trial % 2 ? 200 : 50, rows = between(&d, 1, most), edges = sizeof EDGES / sizeof *EDGES,
        edge = trial % TRIALS;
    while (edge >= edges && work(&t.shape, rows) > 900) {
        t.shape = random_shape(&d, trial);
        rows = between(&d, 1, most);
    }
    if (edge < edges) {
        rows = EDGES[edge].rows;
        t.shape.neighbors = EDGES[edge].neighbors;
        t.shape.node = t.shape.edge = t.shape.hidden = EDGES[edge].width;
        t.shape.encoder_layers = t.shape.decoder_layers = 1 + edge % 4;
        t.shape.edge_updates = 100;
        t.shape.hidden_spread = 50; /* hidden widths that grow and shrink from layer to layer */
    }
    snprintf(t.name, sizeof t.name, "#%d%s L%d k%d V%d E%d %d+%d", trial, t.shape.ca_only ? " CA" : "", rows,
             t.shape.neighbors, t.shape.node, t.shape.edge, t.shape.encoder_layers, t.shape.decoder_layers);
    size_t count;
    unsigned char *bytes = weights_make(&d, &t.shape, &count);
    trial_open(&t, &d, rows, (int)dice_below(&d, 3) * (edge < edges ? 25 : 10), bytes, count);
    free(bytes);
    compare_all(&t, &d);
    trial_close(&t);
}

/* ---- Every length, with real weights ------------------------------------------------------------------- */

/* Rows of a run are distributions: finite, and summing to 1. */
static void check_run(const char *name, const char *mode, WeftRun *run, const uint8_t *rows, int count) {
    Diff d = {0};
    for (int i = 0; i < count; i++) {
        double sum = 0;
        for (int a = 0; a < LETTERS; a++) sum += exp((double)weft_run_log_probs(run, 0)[i * LETTERS + a]);
        if (rows[i]) diff_add(&d, sum, 1);
    }
    table_row(name, mode, "sum of probabilities", &d, 1e-5, 0, "21 numbers of float32");
    weft_run_free(run);
}

static void real_length(const WeftModel *m, int rows) {
    char name[32];
    Dice d = dice((uint64_t)rows);
    Protein p = protein_make(&d, rows, 1 + (rows > 10), 5, 10);
    WeftStructure *s = engine_structure(p.text, p.text_size);
    WeftEncoding *e = engine_encode(m, s);
    uint8_t *some = calloc((size_t)rows, 1);
    snprintf(name, sizeof name, "real weights L%d", rows);
    for (int i = 0; i < rows; i += 1 + rows / 20) some[i] = p.mask[i];
    check_run(name, "unconditional", engine_run(engine_request(e, s, NULL), WEFT_UNCONDITIONAL), p.mask, rows);
    check_run(name, "autoregressive", engine_run(engine_request(e, s, NULL), WEFT_SCORE), p.mask, rows);
    check_run(name, "all-others", engine_run(engine_request(e, s, some), WEFT_ALL_OTHERS), some, rows);
    check_run(name, "design", engine_run(engine_request(e, s, NULL), WEFT_DESIGN), p.mask, rows);
    free(some);
    weft_encoding_free(e);
    weft_structure_free(s);
    protein_free(&p);
}

/* The twin on the lengths that are short of neighbours. */
static void real_short(const unsigned char *bytes, size_t count, int rows) {
    Dice d = dice((uint64_t)rows);
    Trial t = {
        .shape = shape_of_proteinmpnn(), .tolerance = 1e-4, .why = "float32 against double, as PyTorch's own"};
    snprintf(t.name, sizeof t.name, "real weights L%d", rows);
    trial_open(&t, &d, rows, 5, bytes, count);
    compare_all(&t, &d);
    trial_close(&t);
}

int main(int argc, char **argv) {
    static const int LENGTHS[] = {1, 2, 10, 25, 50, 100, 200, 1000, 3000};
    size_t count;
    if (argc < 2)
        return fprintf(stderr, "usage: random_shapes WEIGHTS_DIRECTORY [--short | --long | SEED [TRIAL]]\n"), 2;
    int of_short = argc == 3 && !strcmp(argv[2], "--short"),
        of_long = argc == 3 && !strcmp(argv[2], "--long");
    int longest = of_short ? 200 : of_long ? 3000 : 1000;
    if (of_short || of_long) argc--;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    if (argc > 3) return shapes(seed, atoi(argv[3])), table_done("random_shapes");
    for (int trial = 0; trial < TRIALS + CA_TRIALS; trial++) shapes(seed, trial);
    unsigned char *bytes = case_weights(argv[1], "proteinmpnn_v_48_020", &count);
    if (!bytes) return 2;
    for (int rows = 1; rows <= 25; rows += rows < 2 ? 1 : 23) real_short(bytes, count, rows);
    WeftModel *m = engine_model(bytes, count, 0);
    for (size_t i = 0; i < sizeof LENGTHS / sizeof *LENGTHS; i++)
        if (LENGTHS[i] <= longest) real_length(m, LENGTHS[i]);
    weft_model_free(m);
    free(bytes);
    return table_done("random_shapes");
}
