/* SPDX-License-Identifier: MIT
 *
 * ask_decode.c - see ask.h: a plain decoder in double precision for rows of several states and of groups.
 */
#include "ask.h"

#include <stdlib.h>
#include <string.h>

enum { LETTERS = ASK_LETTERS };

/* One state as far as it is decoded. */
typedef struct Decoder {
    const TwinModel *model;
    const TwinEncoding *encoding;
    double *state, *top; /* of every layer; of the last */
    int8_t *letter;
    int32_t *rank;
} Decoder;

int ask_is_skipped(const Together *t, int row) {
    int found = 0;
    for (int i = 0; i < t->count && t->missing >= 0; i++) {
        if (t->row[i] == row) return found;
        found |= t->row[i] == t->missing;
    }
    return 0;
}

/* Gap slots stand before all rows, as X, where anything is seen. */
static void decoder_open(Decoder *d, const Bench *bench, const Backbone *b, Sight sight) {
    const TwinEncoding *e = b->twin;
    size_t n = (size_t)e->length, plane = n * (size_t)e->node_width, layers = (size_t)bench->twin->decoder_layers;
    *d = (Decoder){bench->twin, e,         calloc((layers + 1) * plane, sizeof *d->state),
                   NULL,        malloc(n), malloc(n * sizeof *d->rank)};
    d->top = d->state + layers * plane;
    memcpy(d->state, e->h_v + (size_t)e->layers * plane, plane * sizeof *d->state);
    for (int i = 0; i < e->length; i++) {
        d->letter[i] = i < b->rows ? -1 : WEFT_LETTER_X;
        d->rank[i] = i < b->rows || sight == SIGHT_NOTHING ? INT32_MAX : -1;
    }
}

static void decoder_close(Decoder *d) {
    free(d->state);
    free(d->letter);
    free(d->rank);
}

/* The logit of the first letter, less its log-probability. */
static double offset_of(const Decoder *d, int own, double log_prob) {
    const TwinTensor *weight = twin_tensor(d->model, "W_out.weight"),
                     *bias = twin_tensor(d->model, "W_out.bias");
    double logit = *twin_value(bias, 0, 0);
    for (int c = 0; c < d->model->node_width; c++)
        logit += *twin_value(weight, 0, c) * d->top[own * d->model->node_width + c];
    return logit - log_prob;
}

void ask_decode(double *log_probs, double *offset, const Ask *a, const int32_t *order, const int8_t *letters,
                Sight sight) {
    Decoder decoder[ASK_STATES];
    Together t;
    for (int s = 0; s < a->states; s++)
        decoder_open(&decoder[s], a->bench, &a->bench->backbone[a->place[s]], sight);
    for (int at = 0; at < a->rows; at += t.count) {
        ask_together(&t, a, order[at]);
        for (int i = 0; i < t.count; i++) {
            Decoder *d = &decoder[a->state[t.row[i]]];
            int own = t.row[i] - a->first_row[a->state[t.row[i]]];
            double *out = log_probs + t.row[i] * LETTERS;
            if (sight != SIGHT_NOTHING) d->rank[own] = sight == SIGHT_ROWS ? at + i : at;
            if (ask_is_skipped(&t, t.row[i])) continue;
            twin_decode_next(out, d->state, d->model, d->encoding, d->letter, d->rank, own);
            if (offset) offset[t.row[i]] = offset_of(d, own, out[0]);
        }
        for (int i = 0; i < t.count; i++)
            decoder[a->state[t.row[i]]].letter[t.row[i] - a->first_row[a->state[t.row[i]]]] = letters[t.row[i]];
    }
    for (int s = 0; s < a->states; s++) decoder_close(&decoder[s]);
}
