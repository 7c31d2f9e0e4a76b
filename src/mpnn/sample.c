/* SPDX-License-Identifier: MIT
 *
 * sample.c - autoregressive sampling: lanes of samples on one encoding, each in its own decoding order. MODEL.md 6.
 *
 * At step t every lane decodes the row that stands at t of its order: the layers, the letter, and then what this row
 * from now on contributes to its neighbours, in place of the encoder's term. A lane's arithmetic does not depend on
 * the other lanes.
 */
#include <string.h>

#include "../core/vmath.h"
#include "mpnn.h"

/* Floats of one lane's terms, and where a layer's stand in them. */
static size_t terms_before(const WeftEncoding *e, int32_t layer) {
    size_t floats = 0;
    for (int32_t l = 0; l < layer; l++)
        floats += (size_t)e->graph.n * (size_t)mpnn_decoder_width(e->model, l);
    return floats;
}

WeftStatus mpnn_sample_open(WeftRun *run) {
    const WeftEncoding *e = run->encoding;
    size_t lanes = (size_t)run->plan.lanes, letters = (size_t)run->plan.n * WEFT_LETTER_COUNT;
    run->terms = arena_take_raw(run->arena, base_times(lanes, terms_before(e, e->model->decoder_layers)),
                                sizeof *run->terms);
    run->probs = ARENA_TAKE(run->arena, float, base_times(lanes, letters));
    return run->terms && run->probs ? WEFT_OK : WEFT_NO_MEMORY;
}

/* ---- Drawing a letter ---------------------------------------------------------------------------------- */

static const float *row_of(const float *table, int32_t rows, int32_t row) {
    return table ? table + (rows > 1 ? (size_t)row * WEFT_LETTER_COUNT : 0) : NULL;
}

static int is_omitted(const Plan *p, int32_t row, int32_t letter) {
    if (letter == WEFT_LETTER_X) return 1;
    return p->omit && p->omit[(p->omit_rows > 1 ? (size_t)row * WEFT_LETTER_COUNT : 0) + (size_t)letter];
}

/* z = (logit + bias) / T of the letters that may be drawn; at T = 0 undivided. Returns the largest. */
static double tempered(double z[WEFT_LETTER_COUNT], const Plan *p, int32_t row, const float *logits) {
    const float *bias = row_of(p->bias, p->bias_rows, row);
    double top = -1e300;
    for (int32_t a = 0; a < WEFT_LETTER_COUNT; a++) {
        z[a] = ((double)logits[a] + (bias ? (double)bias[a] : 0)) /
               (p->temperature > 0 ? (double)p->temperature : 1);
        if (!is_omitted(p, row, a) && z[a] > top) top = z[a];
    }
    return top;
}

/* The distribution that is drawn from: softmax of z over the allowed letters; at T = 0 all on the first largest. */
static void distribution(float *probs, const Plan *p, int32_t row, const double *z, double top) {
    double sum = 0;
    for (int32_t a = 0; a < WEFT_LETTER_COUNT; a++) {
        int32_t out =
            is_omitted(p, row, a) || z[a] - top < -87 || (p->temperature == 0 && (z[a] < top || sum > 0));
        probs[a] = out ? 0 : vmath_exp1((float)(z[a] - top));
        sum += (double)probs[a];
    }
    for (int32_t a = 0; a < WEFT_LETTER_COUNT; a++) probs[a] = (float)((double)probs[a] / sum);
}

/* argmax of p/q, as argmax of z - ln q: the same letter, and no exponential that could underflow. */
static int32_t draw(const Plan *p, int32_t lane, int32_t row, const double *z) {
    uint32_t words[WEFT_LETTER_COUNT];
    const float *given =
        p->draws ? p->draws + ((size_t)lane * (size_t)p->n + (size_t)row) * WEFT_LETTER_COUNT : NULL;
    int32_t best = -1;
    double best_value = 0;
    if (!given)
        random_words(words, WEFT_LETTER_COUNT, p->seed, RANDOM_LETTER, (uint32_t)(p->first_sample + lane),
                     (uint32_t)row);
    for (int32_t a = 0; a < WEFT_LETTER_COUNT; a++) {
        if (is_omitted(p, row, a)) continue;
        double value = z[a];
        if (p->temperature > 0) value -= vmath_log(given ? (double)given[a] : random_exponential(words[a]));
        if (best < 0 || value > best_value) {
            best = a;
            best_value = value;
        }
    }
    return best;
}

static void choose_letter(WeftRun *run, int32_t lane, int32_t row, const float *logits) {
    Plan *p = &run->plan;
    size_t at = (size_t)lane * (size_t)p->n + (size_t)row;
    double z[WEFT_LETTER_COUNT];
    if (!p->design[row]) return; /* its letter stands there already */
    double top = tempered(z, p, row, logits);
    distribution(run->probs + at * WEFT_LETTER_COUNT, p, row, z, top);
    p->letters[at] = (int8_t)draw(p, lane, row, z);
}

/* ---- One position of some lanes ------------------------------------------------------------------------ */

/* What neighbours contribute to a row, and which letters that stands for. */
static void point_to_terms(const float **other, int8_t *letter, const WeftRun *run, int32_t lane, int32_t row,
                           int32_t layer) {
    const WeftEncoding *e = run->encoding;
    const Plan *p = &run->plan;
    size_t width = (size_t)mpnn_decoder_width(e->model, layer), k = (size_t)e->graph.k;
    const float *own =
        run->terms + (size_t)lane * terms_before(e, e->model->decoder_layers) + terms_before(e, layer);
    const float *x = mpnn_letter_term(e, layer, WEFT_LETTER_X);
    const int32_t *neighbor = e->graph.neighbor + (size_t)row * k,
                  *rank = p->rank + (size_t)lane * (size_t)p->slots;
    const int8_t *letters = p->letters + (size_t)lane * (size_t)p->n;
    for (size_t j = 0; j < k; j++) {
        size_t slot = (size_t)neighbor[j];
        int32_t is_open = rank[slot] >= rank[row], is_gap = neighbor[j] >= p->n;
        other[j] = is_open ? e->terms[layer].other + slot * width : is_gap ? x : own + slot * width;
        letter[j] = is_open ? -1 : is_gap ? WEFT_LETTER_X : letters[slot];
    }
}

static void decode_position(WeftRun *run, int32_t step, int32_t first, int32_t count) {
    const WeftEncoding *e = run->encoding;
    const WeftModel *m = e->model;
    const Plan *p = &run->plan;
    ArenaMark mark = arena_mark(run->scratch);
    size_t n = (size_t)p->n, node = (size_t)vec_padded(m->size[SIZE_NODE]), k = (size_t)e->graph.k,
           lanes = (size_t)count;
    int32_t *row = arena_take_raw(run->scratch, lanes, sizeof *row);
    const float **other = arena_take_raw(run->scratch, lanes * k, sizeof *other);
    int8_t *letter = arena_take_raw(run->scratch, lanes * k, sizeof *letter);
    float **term = arena_take_raw(run->scratch, (size_t)m->decoder_layers, sizeof *term);
    float *h = arena_scratch(run->scratch, lanes * node),
          *log_probs = arena_scratch(run->scratch, lanes * WEFT_LETTER_COUNT),
          *logits = arena_scratch(run->scratch, lanes * WEFT_LETTER_COUNT);
    BASE_ASSERT(row && other && letter && term);
    for (size_t r = 0; r < lanes; r++) {
        row[r] = p->order[((size_t)first + r) * n + (size_t)step];
        memcpy(h + r * node, e->h_v + (size_t)row[r] * node, node * sizeof *h);
    }
    DecoderRows rows = {count, row, other, letter};
    for (int32_t l = 0; l < m->decoder_layers; l++) {
        size_t width = (size_t)mpnn_decoder_width(m, l);
        term[l] = arena_scratch(run->scratch, lanes * width);
        if (l > 0) mpnn_other_term(term[l], h, e, l, count);
        for (size_t r = 0; r < lanes; r++) {
            if (l == 0)
                memcpy(term[l] + r * width, e->terms[0].other + (size_t)row[r] * width, width * sizeof *h);
            point_to_terms(other + r * k, letter + r * k, run, first + (int32_t)r, row[r], l);
        }
        mpnn_decode(h, &rows, e, l, run->scratch);
    }
    mpnn_output(log_probs, logits, h, e, count, run->scratch);
    for (size_t r = 0; r < lanes; r++) {
        int32_t lane = first + (int32_t)r;
        size_t at = (size_t)lane * n + (size_t)row[r];
        memcpy(run->log_probs + at * WEFT_LETTER_COUNT, log_probs + r * WEFT_LETTER_COUNT,
               WEFT_LETTER_COUNT * sizeof *h);
        choose_letter(run, lane, row[r], logits + r * WEFT_LETTER_COUNT);
        float *own = run->terms + (size_t)lane * terms_before(e, m->decoder_layers);
        for (int32_t l = 0; l < m->decoder_layers; l++) {
            size_t width = (size_t)mpnn_decoder_width(m, l);
            mpnn_add_letter(own + terms_before(e, l) + (size_t)row[r] * width, term[l] + r * width, e, l,
                            p->letters[at]);
        }
    }
    arena_reset(run->scratch, mark);
}

WeftStatus mpnn_sample_step(WeftRun *run) {
    int32_t positions = base_max(1, MPNN_STEP_ROWS / run->plan.lanes);
    for (; positions > 0 && run->at < run->plan.n; positions--) {
        int32_t lane = run->lane, count = base_min(MPNN_STEP_ROWS, run->plan.lanes - lane);
        decode_position(run, run->at, lane, count);
        run->lane = lane + count < run->plan.lanes ? lane + count : 0;
        if (run->lane == 0) run->at++;
    }
    return run->at < run->plan.n ? WEFT_MORE : WEFT_OK;
}
