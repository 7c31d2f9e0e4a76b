/* SPDX-License-Identifier: MIT
 *
 * golden.c - the proof that the numbers are PyTorch's: every stored case, component by component.
 *
 *   golden WEIGHTS_DIRECTORY [--engine] [CASE...] -> a table; engine against stored and, without --engine, twin against
 *   stored and engine against twin
 *
 * WEIGHTS_DIRECTORY holds MODEL.eqx for the protein, soluble and CA-only models. Run from the top of the
 * checkout. The engine is reached through weft.h alone, so its edge features (before W_e) are not seen here:
 * the twin's are.
 */
#include "engine.h"
#include "side.h"
#include "table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const CASES[] = {"6MRR_v_48_020",    "6MRR_short_v_48_020",     "6MRR_soluble_v_48_020",
                                    "5L33_v_48_020",    "5L33_damaged_v_48_020",   "3HTN_AB_v_48_020",
                                    "6MRR_ca_v_48_020", "5L33_damaged_ca_v_48_010"};
static const char *const VARIANTS[] = {"proteinmpnn_v_48_002", "proteinmpnn_v_48_010", "proteinmpnn_v_48_020",
                                       "proteinmpnn_v_48_030", "solublempnn_v_48_002", "solublempnn_v_48_010",
                                       "solublempnn_v_48_020", "solublempnn_v_48_030", "ca_v_48_002",
                                       "ca_v_48_010",          "ca_v_48_020"};

enum { LANES = 8 };

static const char *const WHY_TWIN = "float32 against double, as PyTorch's own";

/* ---- The twin ------------------------------------------------------------------------------------------ */

/* Of all-others the twin does the first row and one in the middle of the chain: each takes it a whole pass. */
static int others_step(const Case *c) { return c->scored_count / 2 + 1; }

static Side twin_side(const Case *c, const TwinModel *m) {
    Side s = side_open(c, "twin/stored", m->encoder_layers, m->node_width, m->edge_width);
    TwinSlots slots = case_slots(c);
    TwinEncoding *e = twin_encode(m, &slots);
    int32_t *order = malloc((size_t)c->slots * sizeof *order);
    memcpy(s.nbr, e->nbr, (size_t)(c->slots * c->k) * sizeof *s.nbr);
    memcpy(s.h_v, e->h_v + c->slots * s.width, (size_t)(s.layers * c->slots * s.width) * sizeof *s.h_v);
    memcpy(s.h_e, e->h_e, (size_t)(c->slots * c->k * s.edge_width) * sizeof *s.h_e);
    twin_unconditional(s.unconditional, m, e);
    twin_score(s.scored, m, e, c->letter, c->order);
    side_rows(c, &s);
    side_edges_row(c, &s, e->features, "E_norm");
    case_others_order(c, order);
    for (int r = 0; r < c->scored_count; r += others_step(c))
        twin_all_others(s.others + r * LETTERS, m, e, c->letter, order, c->scored_slot[r]);
    side_others_row(c, &s, others_step(c));
    free(order);
    twin_encoding_free(e);
    return s;
}

/* ---- The engine ---------------------------------------------------------------------------------------- */

/* Encodes step by step and copies the node states each time a layer is done. */
static WeftEncoding *engine_states(const Case *c, Side *s, const WeftModel *m) {
    WeftEncoding *e = weft_encoding_open(m, c->structure, WEFT_FEATURES_MODEL);
    WeftStatus status = WEFT_MORE;
    int n = c->rows, k = c->k, done = 0;
    size_t node = (size_t)weft_model_number(m, WEFT_MODEL_NODE_STRIDE),
           edge = (size_t)weft_model_number(m, WEFT_MODEL_EDGE_STRIDE);
    engine_check(e ? WEFT_OK : weft_error_status(), c->name);
    table_check(c->name, "neighbours in a list", (int)weft_encoding_number(e, WEFT_ENCODING_NEIGHBORS) == k,
                "as many as PyTorch's");
    while (status == WEFT_MORE) {
        engine_check(status = weft_encoding_step(e), c->name);
        if ((int)weft_encoding_number(e, WEFT_ENCODING_LAYERS_DONE) == done) continue;
        done = (int)weft_encoding_number(e, WEFT_ENCODING_LAYERS_DONE);
        for (int i = 0; i < n * s->width; i++)
            s->h_v[((done - 1) * c->slots + c->slot[i / s->width]) * s->width + i % s->width] =
                weft_encoding_nodes(e)[(size_t)(i / s->width) * node + (size_t)(i % s->width)];
    }
    for (int i = 0; i < n * k; i++) {
        int at = c->slot[i / k] * k + i % k;
        s->nbr[at] = c->slot[weft_encoding_neighbors(e)[i]];
        for (int w = 0; w < s->edge_width; w++)
            s->h_e[at * s->edge_width + w] = weft_encoding_edges(e)[(size_t)i * edge + (size_t)w];
    }
    return e;
}

static int8_t *row_letters(const Case *c, int8_t *letters) {
    for (int r = 0; r < c->rows; r++) letters[r] = c->letter[c->slot[r]];
    return letters;
}

static uint8_t *row_mask(const Case *c, uint8_t *rows, const uint8_t *slots) {
    for (int r = 0; r < c->rows; r++) rows[r] = slots[c->slot[r]];
    return rows;
}

/* Row i of a run into row i of out, by slot. */
static void copy_rows(const Case *c, double *out, const float *log_probs) {
    for (int i = 0; i < c->rows * LETTERS; i++)
        out[c->slot[i / LETTERS] * LETTERS + i % LETTERS] = log_probs[i];
}

static void engine_unconditional(const Case *c, Side *s, const WeftEncoding *e) {
    WeftRun *run = engine_run(engine_request(e, c->structure, NULL), WEFT_UNCONDITIONAL);
    copy_rows(c, s->unconditional, weft_run_log_probs(run, 0));
    weft_run_free(run);
}

/* An order over the case's slots as the engine takes it: over rows alone where no gap slot is in the graph. */
static void set_order(WeftRequest *r, const Case *c, const WeftEncoding *e, const int32_t *slots) {
    int32_t *order = malloc((size_t)c->slots * sizeof *order), *at = malloc((size_t)c->slots * sizeof *at);
    int gaps = (int)weft_encoding_number(e, WEFT_ENCODING_GAP_SLOTS), count = 0;
    for (int i = 0; i < c->slots; i++) at[c->slot[i]] = i;
    for (int t = 0; t < c->slots; t++)
        if (gaps || at[slots[t]] < c->rows) order[count++] = at[slots[t]];
    if (gaps)
        engine_check(weft_request_slot_order(r, 1, order), "weft_request_slot_order");
    else
        engine_check(weft_request_order(r, 1, order), "weft_request_order");
    free(order);
    free(at);
}

/* LANES sequences: the stored one in the first lane and in the last, others, under other orders, between. */
static void fill_lanes(const Case *c, int8_t *letters, int32_t *order) {
    int n = c->rows;
    row_letters(c, letters);
    case_row_order(c, order, c->order);
    for (int lane = 1; lane < LANES; lane++)
        for (int r = 0; r < n; r++) {
            int shift = lane == LANES - 1 ? 0 : lane * 5;
            letters[lane * n + r] = letters[(r + shift) % n];
            order[lane * n + r] = order[(r + shift) % n];
        }
}

/* Scores lanes first .. first+count-1 in one run. */
static WeftRun *score(const Case *c, const WeftEncoding *e, const int8_t *letters, const int32_t *order,
                      int first, int count) {
    uint8_t *design = malloc((size_t)c->rows);
    WeftRequest *r = engine_request(e, c->structure, row_mask(c, design, c->designed));
    free(design);
    engine_check(weft_request_samples(r, 0, count), "weft_request_samples");
    engine_check(weft_request_letters(r, count, letters + first * c->rows), "weft_request_letters");
    engine_check(weft_request_order(r, count, order + first * c->rows), "weft_request_order");
    return engine_run(r, WEFT_SCORE);
}

static void engine_scored(const Case *c, Side *s, const WeftEncoding *e) {
    size_t n = (size_t)c->rows, bytes = n * LETTERS * sizeof(float);
    int8_t *letters = malloc(LANES * n);
    int32_t *order = malloc(LANES * n * sizeof *order);
    fill_lanes(c, letters, order);
    WeftRun *one = score(c, e, letters, order, 0, 1), *all = score(c, e, letters, order, 0, LANES);
    copy_rows(c, s->scored, weft_run_log_probs(one, 0));
    int same = !memcmp(weft_run_log_probs(all, LANES - 1), weft_run_log_probs(all, 0), bytes);
    for (int lane = 0; lane < LANES - 1; lane++) {
        WeftRun *alone = score(c, e, letters, order, lane, 1);
        same = same && !memcmp(weft_run_log_probs(all, lane), weft_run_log_probs(alone, 0), bytes);
        weft_run_free(alone);
    }
    table_check(c->name, "8 lanes = 8 runs of one", same, "every bit");
    Diff scores = {0};
    diff_add(&scores, weft_run_number(one, 0, WEFT_RUN_SCORE), c->score);
    diff_add(&scores, weft_run_number(one, 0, WEFT_RUN_GLOBAL_SCORE), c->global_score);
    table_row(c->name, "engine/stored", "score, global score", &scores, 1e-4, 0,
              "one unit of the last printed place");
    weft_run_free(one);
    weft_run_free(all);
    free(letters);
    free(order);
}

static void engine_others(const Case *c, Side *s, const WeftEncoding *e) {
    size_t n = (size_t)c->rows;
    uint8_t *design = calloc(n, 1);
    int8_t *letters = malloc(n);
    int32_t *slots = malloc((size_t)c->slots * sizeof *slots);
    case_others_order(c, slots);
    for (int r = 0; r < c->scored_count; r++) design[c->row[c->scored_slot[r]]] = 1;
    WeftRequest *r = engine_request(e, c->structure, design);
    engine_check(weft_request_letters(r, 1, row_letters(c, letters)), "weft_request_letters");
    set_order(r, c, e, slots);
    WeftRun *run = engine_run(r, WEFT_ALL_OTHERS);
    for (int i = 0; i < c->scored_count * LETTERS; i++)
        s->others[i] = weft_run_log_probs(run, 0)[c->row[c->scored_slot[i / LETTERS]] * LETTERS + i % LETTERS];
    weft_run_free(run);
    free(design);
    free(letters);
    free(slots);
}

static Side engine_side(const Case *c, const WeftModel *m) {
    Side s = side_open(c, "engine/stored", (int)weft_model_number(m, WEFT_MODEL_ENCODER_LAYERS),
                       (int)weft_model_number(m, WEFT_MODEL_NODE_WIDTH),
                       (int)weft_model_number(m, WEFT_MODEL_EDGE_WIDTH));
    WeftEncoding *e = engine_states(c, &s, m);
    engine_unconditional(c, &s, e);
    engine_scored(c, &s, e);
    engine_others(c, &s, e);
    weft_encoding_free(e);
    side_rows(c, &s);
    side_others_row(c, &s, 1);
    return s;
}

/* ---- Engine against twin ------------------------------------------------------------------------------- */

static void against(const Case *c, const char *component, const double *a, const double *b, int width,
                    double tolerance, double mean) {
    Diff d = {0};
    for (int i = 0; i < c->slots * width; i++)
        if (c->mask[i / width]) diff_add(&d, a[i], b[i]);
    table_row(c->name, "engine/twin", component, &d, tolerance, mean, WHY_TWIN);
}

static void compare_sides(const Case *c, const Side *engine, const Side *twin) {
    int k = c->k, width = engine->edge_width, last = (engine->layers - 1) * c->slots * engine->width;
    Diff edges = {0}, others = {0};
    for (int i = 0; i < c->slots * k; i++) {
        int at = side_place(twin->nbr + i / k * k, k, engine->nbr[i]);
        for (int w = 0; c->mask[i / k] && w < width; w++)
            diff_add(&edges, engine->h_e[i * width + w], at < 0 ? NAN : twin->h_e[(i / k * k + at) * width + w]);
    }
    for (int i = 0; i < c->scored_count * LETTERS; i++)
        if (i / LETTERS % others_step(c) == 0) diff_add(&others, engine->others[i], twin->others[i]);
    against(c, "h_V, last layer", engine->h_v + last, twin->h_v + last, engine->width, TOLERANCE_STATE, 0);
    table_row(c->name, "engine/twin", "h_E_final, all rows", &edges, TOLERANCE_STATE, 0, WHY_TWIN);
    against(c, "unconditional", engine->unconditional, twin->unconditional, LETTERS, TOLERANCE_LOG_PROB,
            TOLERANCE_LOG_PROB_MEAN);
    against(c, "autoregressive", engine->scored, twin->scored, LETTERS, TOLERANCE_LOG_PROB,
            TOLERANCE_LOG_PROB_MEAN);
    table_row(c->name, "engine/twin", "all-others", &others, TOLERANCE_LOG_PROB, TOLERANCE_LOG_PROB_MEAN,
              WHY_TWIN);
}

/* ---- The program --------------------------------------------------------------------------------------- */

static int one_case(const char *weights, const char *name, int with_twin) {
    Case c;
    size_t count;
    case_open(&c, name);
    unsigned char *bytes = case_weights(weights, c.model, &count);
    if (!bytes) return 0;
    WeftModel *model = engine_model(bytes, count, 65521);
    Side engine = engine_side(&c, model);
    if (with_twin) {
        TwinModel *m = twin_model_read(bytes, count);
        if (!m) return 0;
        Side twin = twin_side(&c, m);
        compare_sides(&c, &engine, &twin);
        side_free(&twin);
        twin_model_free(m);
    }
    side_free(&engine);
    weft_model_free(model);
    free(bytes);
    case_close(&c);
    return 1;
}

/* One of the published models, on 6MRR. */
static int variant(const char *weights, const char *name) {
    Case c;
    size_t count;
    char file[96];
    unsigned char *bytes = case_weights(weights, name, &count);
    if (!bytes) return 0;
    case_open(&c, "6MRR_v_48_020");
    snprintf(c.name, sizeof c.name, "6MRR %s", name);
    snprintf(c.directory, sizeof c.directory, CASE_FOLDER "6MRR_all_variants");
    snprintf(file, sizeof file, "logp_unconditional_%s", name);
    WeftModel *m = engine_model(bytes, count, 0);
    Side s = side_open(&c, "engine/stored", 1, 1, 1);
    WeftEncoding *e = engine_encode(m, c.structure);
    engine_unconditional(&c, &s, e);
    side_log_prob_row(&c, s.pair, "unconditional", s.unconditional, file);
    weft_encoding_free(e);
    weft_model_free(m);
    side_free(&s);
    free(bytes);
    case_close(&c);
    return 1;
}

int main(int argc, char **argv) {
    int ok = argc > 1, with_twin = argc < 3 || strcmp(argv[2], "--engine"), first = with_twin ? 2 : 3;
    for (int i = first; ok && i < argc; i++) ok = one_case(argv[1], argv[i], with_twin);
    int all = ok && argc <= first;
    for (size_t i = 0; all && ok && i < sizeof CASES / sizeof *CASES; i++)
        ok = one_case(argv[1], CASES[i], with_twin);
    for (size_t i = 0; all && ok && i < sizeof VARIANTS / sizeof *VARIANTS; i++)
        ok = variant(argv[1], VARIANTS[i]);
    if (!ok) return fprintf(stderr, "usage: golden WEIGHTS_DIRECTORY [--engine] [CASE...]\n"), 2;
    return table_done("golden");
}
