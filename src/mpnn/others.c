/* SPDX-License-Identifier: MIT
 *
 * others.c - log p(s_i | all other letters, backbone), exactly: row i decoded last, the others in the given order.
 *
 * Moving one row to the end of the order changes little: rows that came after it lose sight of it, which changes their
 * states, which changes what later rows see of them, a ring of neighbours further with each layer. So one base pass
 * under the order keeps all states, and for each row only what is both changed and needed for its answer is computed
 * again: about 75 layer evaluations instead of three for every row of the protein. MODEL.md 6.
 */
#include <string.h>

#include "mpnn.h"

/* Layer inputs of rows computed anew, by the slot they hold in `h`. */
typedef struct Overlay {
    int32_t count, *row, *slot;
    float *h;
} Overlay;

struct Others {
    size_t *terms_at; /* [layers] where a layer's terms stand in run->terms */
    int32_t *reverse,
        *reverse_at;  /* rows that have row j as a neighbour: reverse[reverse_at[j] .. reverse_at[j+1]) */
    int32_t *changed; /* [n] first layer whose output differs from the base pass; NEVER */
    int32_t *needed;  /* [n] last layer whose output is needed; -1 */
    int32_t *touched, touched_count; /* rows to clean up */
    Overlay old, new;
    float *term; /* [n][width] terms of the rows in `old`, by slot */
    int32_t base_done;
};

enum { NEVER = MPNN_MAX_LAYERS };

/* ---- Opening ------------------------------------------------------------------------------------------- */

static int take_overlay(Overlay *o, Arena *arena, size_t n, size_t node) {
    o->row = ARENA_TAKE(arena, int32_t, n);
    o->slot = ARENA_TAKE(arena, int32_t, n);
    o->h = arena_take_raw(arena, n * node, sizeof *o->h);
    for (size_t i = 0; o->slot && i < n; i++) o->slot[i] = -1;
    return o->row && o->slot && o->h;
}

/* The neighbour lists turned round. */
static int take_reverse(struct Others *o, Arena *arena, const Graph *g) {
    size_t n = (size_t)g->n, edges = n * (size_t)g->k;
    o->reverse_at = ARENA_TAKE(arena, int32_t, n + 2);
    o->reverse = ARENA_TAKE(arena, int32_t, edges);
    if (!o->reverse_at || !o->reverse) return 0;
    int32_t *end =
        o->reverse_at + 1; /* first counts, then starts, at last the ends, which are the next row's starts */
    for (size_t e = 0; e < edges; e++)
        if (g->neighbor[e] < g->n) end[g->neighbor[e] + 1]++;
    for (size_t j = 0; j < n; j++) end[j + 1] += end[j];
    for (size_t e = 0; e < edges; e++)
        if (g->neighbor[e] < g->n) o->reverse[end[g->neighbor[e]]++] = (int32_t)(e / (size_t)g->k);
    return 1;
}

WeftStatus mpnn_others_open(WeftRun *run) {
    const WeftEncoding *e = run->encoding;
    const WeftModel *m = e->model;
    size_t n = (size_t)run->plan.n, layers = (size_t)m->decoder_layers,
           node = (size_t)vec_padded(m->size[SIZE_NODE]), widest = 0, all = 0;
    struct Others *o = run->others = ARENA_TAKE(run->arena, struct Others, 1);
    if (!o || !(o->terms_at = ARENA_TAKE(run->arena, size_t, layers))) return WEFT_NO_MEMORY;
    for (size_t l = 0; l < layers; l++) {
        size_t width = (size_t)mpnn_decoder_width(m, (int32_t)l);
        o->terms_at[l] = all;
        all += n * width;
        widest = width > widest ? width : widest;
    }
    run->terms = arena_take_raw(run->arena, all, sizeof(float));
    run->h = arena_take_raw(run->arena, base_times(layers + 1, n * node), sizeof(float));
    o->changed = ARENA_TAKE(run->arena, int32_t, n);
    o->needed = ARENA_TAKE(run->arena, int32_t, n);
    o->touched = ARENA_TAKE(run->arena, int32_t, 2 * n);
    o->term = arena_take_raw(run->arena, n * widest, sizeof(float));
    if (!run->terms || !run->h || !o->changed || !o->needed || !o->touched || !o->term ||
        !take_overlay(&o->old, run->arena, n, node) || !take_overlay(&o->new, run->arena, n, node) ||
        !take_reverse(o, run->arena, &e->graph))
        return WEFT_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        o->changed[i] = NEVER;
        o->needed[i] = -1;
    }
    return WEFT_OK;
}

/* ---- The base pass: the scorer, keeping the input of every layer --------------------------------------- */

static int base_step(WeftRun *run) {
    enum { TERMS, ROWS };
    const WeftEncoding *e = run->encoding;
    int32_t n = run->plan.n, from = run->at, to = base_min(n, from + MPNN_STEP_ROWS), layer = run->layer;
    size_t states = (size_t)n * (size_t)vec_padded(e->model->size[SIZE_NODE]);
    float *h = run->h + (size_t)layer * states, *terms = run->terms + run->others->terms_at[layer];
    if (layer == 0 && run->phase == TERMS && from == 0) memcpy(h, e->h_v, states * sizeof *h);
    if (run->phase == TERMS) {
        mpnn_score_terms(run, terms, h, run->lane, layer, from, to);
    } else {
        if (from == 0) memcpy(h + states, h, states * sizeof *h);
        mpnn_score_rows(run, h + states, terms, run->lane, layer, from, to);
    }
    run->at = to < n ? to : 0;
    if (run->at) return 0;
    run->phase = !run->phase;
    if (run->phase == TERMS) run->layer++;
    return run->layer == e->model->decoder_layers;
}

/* ---- What changes, what is needed ---------------------------------------------------------------------- */

static void touch(struct Others *o, int32_t row) {
    if (o->changed[row] == NEVER && o->needed[row] < 0) o->touched[o->touched_count++] = row;
}

/* Rows whose states differ from the base pass once `last` is decoded last, with the first layer where they do. */
static void find_changed(struct Others *o, const int32_t *rank, int32_t last, int32_t layers) {
    int32_t from = o->touched_count;
    touch(o, last);
    o->changed[last] = 0;
    for (int32_t layer = 0; layer + 1 < layers; layer++) {
        /* In layer 0 only `last` itself is out of sight; afterwards every changed row carries the change on. */
        int32_t to = o->touched_count;
        for (int32_t at = layer ? from : 0; at < (layer ? to : 1); at++) {
            int32_t j = o->touched[at];
            for (int32_t r = o->reverse_at[j]; r < o->reverse_at[j + 1]; r++) {
                int32_t i = o->reverse[r];
                if (rank[j] >= rank[i] || o->changed[i] != NEVER) continue;
                touch(o, i);
                o->changed[i] = layer;
            }
        }
    }
}

/* Rows whose output of a layer the answer for `last` depends on, with the last such layer. */
static void find_needed(struct Others *o, const WeftEncoding *e, const int32_t *rank, int32_t last,
                        int32_t *queue) {
    int32_t head = 0, tail = 0, layers = e->model->decoder_layers;
    o->needed[last] = layers - 1;
    queue[tail++] = last;
    for (; head < tail; head++) {
        int32_t row = queue[head];
        if (o->needed[row] == 0) continue;
        const int32_t *neighbor = e->graph.neighbor + (size_t)row * (size_t)e->graph.k;
        for (int32_t j = 0; j < e->graph.k; j++) {
            int32_t other = neighbor[j];
            if (other >= e->graph.n || o->needed[other] >= 0 || !mpnn_sees(rank, row, other, last)) continue;
            touch(o, other);
            o->needed[other] = o->needed[row] - 1;
            queue[tail++] = other;
        }
    }
}

/* ---- One row's answer ---------------------------------------------------------------------------------- */

static void clear(Overlay *o) {
    for (int32_t i = 0; i < o->count; i++) o->slot[o->row[i]] = -1;
    o->count = 0;
}

/* Passes the rows of `new` through one layer; inputs and neighbours' terms come from `old` where it has them. */
static void redo_layer(WeftRun *run, int32_t layer, int32_t last) {
    const WeftEncoding *e = run->encoding;
    struct Others *o = run->others;
    size_t n = (size_t)run->plan.n, k = (size_t)e->graph.k, node = (size_t)vec_padded(e->model->size[SIZE_NODE]);
    size_t width = (size_t)mpnn_decoder_width(e->model, layer);
    const int32_t *rank = run->plan.rank + (size_t)run->lane * (size_t)run->plan.slots;
    const float *inputs = run->h + (size_t)layer * n * node, *terms = run->terms + o->terms_at[layer];
    const float *x = mpnn_letter_term(e, layer, WEFT_LETTER_X);
    for (int32_t first = 0; first < o->new.count; first += MPNN_STEP_ROWS) {
        ArenaMark mark = arena_mark(run->scratch);
        int32_t count = base_min(MPNN_STEP_ROWS, o->new.count - first);
        const float **other = arena_take_raw(run->scratch, (size_t)count * k, sizeof *other);
        BASE_ASSERT(other);
        for (int32_t r = 0; r < count; r++) {
            int32_t row = o->new.row[first + r], slot = o->old.slot[row];
            const int32_t *neighbor = e->graph.neighbor + (size_t)row * k;
            memcpy(o->new.h + (size_t)(first + r) * node,
                   slot >= 0 ? o->old.h + (size_t)slot * node : inputs + (size_t)row * node,
                   node * sizeof(float));
            for (size_t j = 0; j < k; j++) {
                int32_t at = neighbor[j];
                const float **to = other + (size_t)r * k + j;
                if (!mpnn_sees(rank, row, at, last))
                    *to = e->terms[layer].other + (size_t)at * width;
                else if (at >= run->plan.n)
                    *to = x;
                else
                    *to = o->old.slot[at] >= 0 ? o->term + (size_t)o->old.slot[at] * width
                                               : terms + (size_t)at * width;
            }
        }
        DecoderRows rows = {count, o->new.row + first, other, NULL};
        float *h = o->new.h + (size_t)first *node;
        mpnn_decode(h, &rows, e, layer, run->scratch);
        arena_reset(run->scratch, mark);
    }
}

static void answer(WeftRun *run, int32_t last) {
    const WeftEncoding *e = run->encoding;
    struct Others *o = run->others;
    size_t n = (size_t)run->plan.n;
    int32_t layers = e->model->decoder_layers;
    const int32_t *rank = run->plan.rank + (size_t)run->lane * (size_t)run->plan.slots;
    const int8_t *letters = run->plan.letters + (size_t)run->lane * n;
    find_changed(o, rank, last, layers);
    find_needed(o, e, rank, last, o->touched + n);
    for (int32_t layer = 0; layer < layers; layer++) {
        if (layer > 0) { /* the rows just computed, as neighbours */
            size_t width = (size_t)mpnn_decoder_width(e->model, layer),
                   node = (size_t)vec_padded(e->model->size[SIZE_NODE]);
            for (int32_t at = 0; at < o->old.count; at += MPNN_STEP_ROWS)
                mpnn_other_term(o->term + (size_t)at * width, o->old.h + (size_t)at * node, e, layer,
                                base_min(MPNN_STEP_ROWS, o->old.count - at));
            for (int32_t at = 0; at < o->old.count; at++) {
                float *term = o->term + (size_t)at * width;
                mpnn_add_letter(term, term, e, layer, letters[o->old.row[at]]);
            }
        }
        for (int32_t t = 0; t < o->touched_count; t++) {
            int32_t row = o->touched[t];
            if (o->needed[row] < layer || o->changed[row] > layer) continue;
            o->new.slot[row] = o->new.count;
            o->new.row[o->new.count++] = row;
        }
        redo_layer(run, layer, last);
        clear(&o->old);
        Overlay swap = o->old;
        o->old = o->new;
        o->new = swap;
    }
    mpnn_output(run->log_probs + ((size_t)run->lane * n + (size_t)last) * WEFT_LETTER_COUNT, NULL,
                o->old.h + (size_t)o->old.slot[last] * (size_t)vec_padded(e->model->size[SIZE_NODE]), e, 1,
                run->scratch);
    clear(&o->old);
    for (int32_t t = 0; t < o->touched_count; t++) {
        o->changed[o->touched[t]] = NEVER;
        o->needed[o->touched[t]] = -1;
    }
    o->touched_count = 0;
}

WeftStatus mpnn_others_step(WeftRun *run) {
    struct Others *o = run->others;
    if (!o->base_done) {
        o->base_done = base_step(run);
        return WEFT_MORE;
    }
    answer(run, run->at);
    if (++run->at < run->plan.n) return WEFT_MORE;
    run->at = run->layer = run->phase = o->base_done = 0;
    return ++run->lane < run->plan.lanes ? WEFT_MORE : WEFT_OK;
}
