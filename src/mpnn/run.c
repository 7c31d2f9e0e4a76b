/* SPDX-License-Identifier: MIT
 *
 * run.c - the life of a run: plan, memory, steps, and the numbers that are read off its results. MODEL.md 6.
 */
#include "mpnn.h"

/* ---- Memory -------------------------------------------------------------------------------------------- */

typedef struct Widths {
    size_t node, edge, raw_edge, rbf, hidden, dense, decoder_sum;
} Widths;

static size_t larger(size_t a, int32_t b) { return a > (size_t)vec_padded(b) ? a : (size_t)vec_padded(b); }

/* The widest of each kind, of what is bound so far. */
static Widths widths_of(const WeftModel *m) {
    Widths w = {(size_t)vec_padded(m->size[SIZE_NODE]),
                (size_t)vec_padded(m->size[SIZE_EDGE]),
                (size_t)vec_padded(m->size[SIZE_RAW_EDGE]),
                (size_t)vec_padded(m->size[SIZE_RBF]),
                0,
                0,
                0};
    for (int32_t i = 0; i < m->encoder_layers; i++) {
        const EncoderLayer *l = m->encoder[i];
        if (!l) continue;
        w.hidden =
            larger(larger(larger(larger(w.hidden, l->message_own.out), l->message2.out), l->update_own.out),
                   l->update2.out);
        w.dense = larger(w.dense, l->dense_in.out);
    }
    for (int32_t i = 0; i < m->decoder_layers; i++) {
        const DecoderLayer *l = m->decoder[i];
        if (!l) continue;
        w.hidden = larger(larger(w.hidden, l->own.out), l->message2.out);
        w.dense = larger(w.dense, l->dense_in.out);
        w.decoder_sum += (size_t)vec_padded(l->own.out);
    }
    w.hidden = larger(w.hidden, 16);
    return w;
}

/* A sweep holds two blocks of edges and the distances' bins; decoded rows hold two blocks and what nodes need. */
size_t mpnn_scratch_floats(const WeftModel *m, int32_t slots, int32_t k, int32_t rows) {
    Widths w = widths_of(m);
    size_t edge = w.hidden > w.edge ? w.hidden : w.edge, edges = (size_t)k,
           layers = (size_t)m->decoder_layers + 1;
    edge = edge > w.raw_edge ? edge : w.raw_edge;
    size_t bins = edges * w.rbf + 36;
    size_t nodes = (size_t)rows * (w.node + w.dense + (layers + 2) * w.hidden + 3 * 32 + 3 * edges + 4);
    return (size_t)slots + edges * (2 * edge + 4) + (bins > nodes ? bins : nodes) +
           16 * (32 + layers); /* every piece may lose 16 floats to alignment */
}

double mpnn_memory(const WeftModel *m, int32_t n, int32_t lanes) {
    Widths w = widths_of(m);
    double rows = n, k = base_min(m->neighbors, n), floats = 0;
    floats += rows * (k * (2 + w.edge) + w.node + 5 * w.hidden + 2); /* graph, states, node terms and sums */
    floats += rows * (k + 1) * w.decoder_sum;                        /* the decoder's share */
    floats += rows * k * (mpnn_kept_width(m) + 0.5);                 /* messages that runs share */
    floats += rows * (15 + 3 + 4 + 9 * m->ca_only);                  /* slots */
    floats += lanes * rows * (w.decoder_sum + 2.0 * WEFT_LETTER_COUNT + 2.25);
    return 4 * (floats + 2.0 * mpnn_scratch_floats(m, n, (int32_t)k, MPNN_STEP_ROWS));
}

/* ---- Opening and stepping ------------------------------------------------------------------------------ */

void mpnn_run_free(WeftRun *run) {
    if (!run) return;
    arena_free(run->scratch);
    arena_free(run->arena);
}

WeftRun *mpnn_run_open(const WeftRequest *r, WeftMode mode) {
    size_t scratch = 0;
    for (int32_t t = 0; t < r->states.count; t++) {
        const WeftEncoding *e = r->states.of[t];
        size_t floats = mpnn_scratch_floats(e->model, e->slots.count, e->graph.k, MPNN_STEP_ROWS);
        scratch = floats > scratch ? floats : scratch;
        if (e->stage == STAGE_DONE) continue;
        base_fail(WEFT_BAD_REQUEST, -1, "the encoding is not complete");
        return NULL;
    }
    Arena *arena = arena_open();
    WeftRun *run = arena ? ARENA_TAKE(arena, WeftRun, 1) : NULL;
    if (!run) {
        arena_free(arena);
        return NULL;
    }
    run->arena = arena;
    run->encoding = r->states.of[0];
    run->mode = mode;
    WeftStatus status = (run->scratch = arena_open()) ? mpnn_plan(&run->plan, r, mode, arena) : WEFT_NO_MEMORY;
    if (!status && !arena_reserve(run->scratch, sizeof(float) * scratch)) status = WEFT_NO_MEMORY;
    size_t letters = base_times((size_t)r->lanes, (size_t)run->plan.n * WEFT_LETTER_COUNT);
    if (!status && !(run->log_probs = ARENA_TAKE(arena, float, letters))) status = WEFT_NO_MEMORY;
    if (!status)
        status = mode == WEFT_DESIGN       ? mpnn_sample_open(run)
                 : mode == WEFT_ALL_OTHERS ? mpnn_others_open(run)
                 : mode == WEFT_JACOBIAN   ? mpnn_jacobian_open(run)
                                           : mpnn_score_open(run);
    if (!status) return run;
    mpnn_run_free(run);
    return NULL;
}

WeftStatus mpnn_run_step(WeftRun *run) {
    if (run->done) return WEFT_OK;
    WeftStatus status = run->mode == WEFT_DESIGN       ? mpnn_sample_step(run)
                        : run->mode == WEFT_ALL_OTHERS ? mpnn_others_step(run)
                        : run->mode == WEFT_JACOBIAN   ? mpnn_jacobian_step(run)
                                                       : mpnn_score_step(run);
    if (status) return status;
    for (int32_t lane = 0; lane < run->plan.lanes && !status; lane++)
        status = mpnn_check_finite(run->log_probs + (size_t)lane * (size_t)run->plan.n * WEFT_LETTER_COUNT,
                                   run->plan.n, WEFT_LETTER_COUNT);
    run->done = !status;
    return status;
}

double mpnn_run_progress(const WeftRun *run) {
    const Plan *p = &run->plan;
    double layers = run->encoding->model->decoder_layers, part = (double)run->at / p->n;
    if (run->done) return 1;
    if (run->mode == WEFT_DESIGN) return ((double)run->at + (double)run->lane / p->lanes) / p->n;
    if (run->mode == WEFT_JACOBIAN) return mpnn_jacobian_progress(run);
    if (run->mode == WEFT_ALL_OTHERS) { /* an answer costs about 25 rows of the base pass */
        int32_t base = run->layer < run->encoding->model->decoder_layers;
        return (run->lane + (base ? (run->layer + part * run->phase) / layers / 26 : (1 + 25 * part) / 26)) /
               p->lanes;
    }
    return (run->lane + (run->layer + part * run->phase) / layers) / p->lanes;
}

/* ---- Numbers ------------------------------------------------------------------------------------------- */

double mpnn_run_number(const WeftRun *run, int32_t lane, WeftRunNumber what) {
    const Plan *p = &run->plan;
    double sum = 0, count = 0;
    if (what == WEFT_RUN_PEAK_BYTES) return (double)(arena_peak(run->arena) + arena_peak(run->scratch));
    for (int32_t i = 0; i < p->n; i++) {
        size_t at = (size_t)lane * (size_t)p->n + (size_t)i;
        if (what == WEFT_RUN_GLOBAL_SCORE ? !mpnn_complete(p, i) : !p->design[i]) continue;
        count++;
        sum += what == WEFT_RUN_RECOVERY
                   ? p->letters[at] == p->states.of[p->state[i]]->structure->letter[mpnn_own_row(p, i)]
                   : -(double)run->log_probs[at * WEFT_LETTER_COUNT + (size_t)p->letters[at]];
    }
    return sum / count; /* a plan has a designed row, so count is never 0 */
}
