/* SPDX-License-Identifier: MIT
 *
 * score.c - log-probabilities of given letters under a given order, and without any letters. MODEL.md 6.
 *
 * With all letters known nothing waits for anything: each layer is one pass over all rows. Whether row i sees the
 * letter of neighbour j is a matter of their ranks in the order; a row never sees itself.
 */
#include <string.h>

#include "mpnn.h"

WeftStatus mpnn_score_open(WeftRun *run) {
    const WeftEncoding *e = run->encoding;
    size_t n = (size_t)run->plan.n, widest = 0;
    for (int32_t l = 0; l < e->model->decoder_layers; l++) {
        size_t width = (size_t)mpnn_decoder_width(e->model, l);
        widest = width > widest ? width : widest;
    }
    run->terms = arena_take_raw(run->arena, n * widest, sizeof(float));
    run->h = arena_take_raw(run->arena, n * (size_t)vec_padded(e->model->size[SIZE_NODE]), sizeof(float));
    return run->terms && run->h ? WEFT_OK : WEFT_NO_MEMORY;
}

void mpnn_score_terms(const WeftRun *run, float *terms, const float *h, int32_t lane, int32_t layer,
                      int32_t from, int32_t to) {
    const WeftEncoding *e = run->encoding;
    size_t width = (size_t)mpnn_decoder_width(e->model, layer),
           node = (size_t)vec_padded(e->model->size[SIZE_NODE]);
    const int8_t *letters = run->plan.letters + (size_t)lane * (size_t)run->plan.n;
    const float *other = terms;
    if (layer == 0)
        other = e->terms[0].other;
    else
        mpnn_other_term(terms + (size_t)from * width, h + (size_t)from * node, e, layer, to - from);
    for (int32_t row = from; row < to; row++)
        mpnn_add_letter(terms + (size_t)row * width, other + (size_t)row * width, e, layer, letters[row]);
}

void mpnn_score_rows(const WeftRun *run, float *h, const float *terms, int32_t lane, int32_t layer,
                     int32_t from, int32_t to) {
    const WeftEncoding *e = run->encoding;
    const Plan *p = &run->plan;
    ArenaMark mark = arena_mark(run->scratch);
    size_t k = (size_t)e->graph.k, width = (size_t)mpnn_decoder_width(e->model, layer),
           node = (size_t)vec_padded(e->model->size[SIZE_NODE]);
    int32_t count = to - from, *row = arena_take_raw(run->scratch, (size_t)count, sizeof *row);
    const float **other = arena_take_raw(run->scratch, (size_t)count * k, sizeof *other);
    BASE_ASSERT(row && other);
    const int32_t *rank = p->rank + (size_t)lane * (size_t)p->slots;
    const float *x = mpnn_letter_term(e, layer, WEFT_LETTER_X);
    for (int32_t r = 0; r < count; r++) {
        row[r] = from + r;
        const int32_t *neighbor = e->graph.neighbor + (size_t)row[r] * k;
        for (size_t j = 0; j < k; j++) {
            size_t slot = (size_t)neighbor[j];
            if (run->mode == WEFT_UNCONDITIONAL || rank[slot] >= rank[row[r]])
                other[(size_t)r * k + j] = e->terms[layer].other + slot * width;
            else
                other[(size_t)r * k + j] = neighbor[j] < p->n ? terms + slot * width : x;
        }
    }
    DecoderRows rows = {count, row, other, NULL};
    mpnn_decode(h + (size_t)from * node, &rows, e, layer, run->scratch);
    arena_reset(run->scratch, mark);
}

WeftStatus mpnn_score_step(WeftRun *run) {
    enum { TERMS, ROWS };
    const WeftModel *m = run->encoding->model;
    int32_t n = run->plan.n, from = run->at, to = base_min(n, from + MPNN_STEP_ROWS);
    size_t node = (size_t)vec_padded(m->size[SIZE_NODE]);
    if (run->layer == 0 && run->phase == TERMS && from == 0)
        memcpy(run->h, run->encoding->h_v, (size_t)n * node * sizeof(float));
    if (run->phase == TERMS) {
        if (run->mode != WEFT_UNCONDITIONAL)
            mpnn_score_terms(run, run->terms, run->h, run->lane, run->layer, from, to);
    } else {
        mpnn_score_rows(run, run->h, run->terms, run->lane, run->layer, from, to);
        if (run->layer == m->decoder_layers - 1)
            mpnn_output(run->log_probs + ((size_t)run->lane * (size_t)n + (size_t)from) * WEFT_LETTER_COUNT,
                        NULL, run->h + (size_t)from * node, run->encoding, to - from, run->scratch);
    }
    run->at = to < n ? to : 0;
    if (run->at) return WEFT_MORE;
    run->phase = !run->phase;
    if (run->phase == TERMS && ++run->layer == m->decoder_layers) {
        run->layer = 0;
        if (++run->lane == run->plan.lanes) return WEFT_OK;
    }
    return WEFT_MORE;
}
