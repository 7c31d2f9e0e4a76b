/* SPDX-License-Identifier: MIT
 *
 * decoder.c - the decoder's layers, for any set of rows that pass one together. MODEL.md 3 and 4.
 *
 * W1 [h_i | e_ij | s_j | h_j] falls apart: the e_ij part depends on the backbone alone and is kept for all runs, the
 * s_j part takes one of 21 values, and what neighbour j contributes is one stored row: the encoder's term while j's
 * letter is unknown, the decoder's term plus the letter's once it is known. So per edge and layer two additions, a
 * GELU and W2 remain. There is no attention mask here; a gap slot contributes its edge and the letter X.
 */
#include <string.h>

#include "mpnn.h"

int32_t mpnn_decoder_width(const WeftModel *m, int32_t layer) {
    return vec_padded(m->decoder[layer]->own.out);
}

int32_t mpnn_kept_width(const WeftModel *m) {
    const DecoderLayer *first = m->decoder_layers ? m->decoder[0] : NULL;
    if (!first || !first->message2.in) return 0;
    int32_t width = vec_padded(first->message2.out);
    return width <= vec_padded(m->size[SIZE_EDGE]) ? width : 0;
}

/* ---- The encoder's share ------------------------------------------------------------------------------- */

WeftStatus mpnn_terms_open(WeftEncoding *e, int32_t layer) {
    DecoderTerms *t = &e->terms[layer];
    size_t width = (size_t)mpnn_decoder_width(e->model, layer);
    t->edge =
        arena_take_raw(e->arena, base_times((size_t)e->graph.n * (size_t)e->graph.k, width), sizeof(float));
    t->other = ARENA_TAKE(e->arena, float, base_times((size_t)e->slots.count, width));
    return t->edge && t->other ? WEFT_OK : WEFT_NO_MEMORY;
}

void mpnn_terms_rows(WeftEncoding *e, int32_t layer, int32_t from, int32_t to) {
    const WeftModel *m = e->model;
    const DecoderLayer *l = m->decoder[layer];
    DecoderTerms *t = &e->terms[layer];
    size_t width = (size_t)mpnn_decoder_width(m, layer), k = (size_t)e->graph.k;
    size_t edge = (size_t)vec_padded(m->size[SIZE_EDGE]), node = (size_t)vec_padded(m->size[SIZE_NODE]);
    for (int32_t row = from; row < to; row++)
        if (e->slots.mask[row])
            ops_linear(t->edge + (size_t)row * k * width, e->h_e + (size_t)row * k * edge, &l->edge, e->graph.k);
    ops_linear(t->other + (size_t)from * width, e->h_v + (size_t)from * node, &l->other, to - from);
}

/* ---- Messages ------------------------------------------------------------------------------------------ */

/* Where the messages of one row stand while they are summed. */
typedef struct MessageScratch {
    float *a, *b;   /* [k][widest] */
    float **to;     /* [k] where a kept message stands */
    int32_t *fresh; /* [k] neighbours whose messages are computed now */
} MessageScratch;

static void sum_messages(float *sum, const float *own, const float *const *other, const WeftEncoding *e,
                         int32_t layer, size_t row, const MessageScratch *s) {
    const Linear *message2 = &e->model->decoder[layer]->message2;
    int32_t k = e->graph.k, width = mpnn_decoder_width(e->model, layer);
    ops_gather_gelu(s->a, own, e->terms[layer].edge + row * (size_t)k * (size_t)width, other, k, width);
    if (message2->in) {
        ops_linear(s->b, s->a, message2, k);
        ops_gelu_sum(sum, s->b, NULL, k, vec_padded(message2->out));
    } else {
        ops_sum_rows(sum, s->a, NULL, k, width);
    }
}

/* The same in the first layer, where a neighbour may give what it gave in a run before. Same values, summed in the same
 * order. */
static void sum_kept_messages(float *sum, const float *own, const float *const *other, const int8_t *letters,
                              const WeftEncoding *e, size_t row, const MessageScratch *s) {
    const Linear *message2 = &e->model->decoder[0]->message2;
    const KeptMessages *kept = &e->kept;
    size_t k = (size_t)e->graph.k, width = (size_t)mpnn_decoder_width(e->model, 0),
           hidden = (size_t)vec_padded(message2->out), first = row * k;
    int32_t count = 0;
    for (size_t j = 0; j < k; j++) {
        size_t at = first + j;
        int32_t is_open = other[j] == e->terms[0].other + (size_t)e->graph.neighbor[at] * width;
        int8_t letter = is_open || !letters ? -1 : letters[j];
        s->to[j] = is_open ? kept->open + at * hidden : letter >= 0 ? kept->lettered + at * hidden : NULL;
        if (is_open ? kept->known[at] : letter >= 0 && kept->letter[at] == letter) continue;
        if (is_open) kept->known[at] = 1;
        if (letter >= 0) kept->letter[at] = letter;
        ops_gather_gelu(s->a + (size_t)count * width, own, e->terms[0].edge + at * width, other + j, 1,
                        (int32_t)width);
        s->fresh[count++] = (int32_t)j;
    }
    ops_linear(s->b, s->a, message2, count);
    ops_gelu(s->b, (size_t)count * hidden);
    for (int32_t c = 0; c < count; c++) {
        float **to = s->to + s->fresh[c], *message = s->b + (size_t)c * hidden;
        if (*to)
            memcpy(*to, message, hidden * sizeof *message);
        else
            *to = message;
    }
    ops_sum_gathered(sum, s->to, (int32_t)k, (int32_t)hidden);
}

/* ---- Layers -------------------------------------------------------------------------------------------- */

void mpnn_decode(float *h, const DecoderRows *rows, const WeftEncoding *e, int32_t layer, Arena *scratch) {
    const WeftModel *m = e->model;
    const DecoderLayer *l = m->decoder[layer];
    ArenaMark mark = arena_mark(scratch);
    int32_t width = mpnn_decoder_width(m, layer);
    size_t wide = (size_t)width, k = (size_t)e->graph.k, node = (size_t)vec_padded(m->size[SIZE_NODE]),
           hidden = (size_t)vec_padded(l->message3.in), count = (size_t)rows->count,
           block = k * (size_t)base_max(width, (int32_t)hidden);
    float *own = arena_scratch(scratch, count * wide), *sum = arena_scratch(scratch, count * hidden),
          *messages = arena_scratch(scratch, count);
    MessageScratch s = {arena_scratch(scratch, block), arena_scratch(scratch, block),
                        arena_take_raw(scratch, k, sizeof *s.to), arena_take_raw(scratch, k, sizeof *s.fresh)};
    BASE_ASSERT(s.to && s.fresh);
    ops_linear(own, h, &l->own, rows->count);
    for (size_t r = 0; r < count; r++) {
        size_t row = (size_t)rows->row[r];
        messages[r] = (float)k;
        if (!e->slots.mask[row])
            memset(sum + r * hidden, 0, hidden * sizeof *sum);
        else if (layer == 0 && e->kept.open)
            sum_kept_messages(sum + r * hidden, own + r * wide, rows->other + r * k,
                              rows->letter ? rows->letter + r * k : NULL, e, row, &s);
        else
            sum_messages(sum + r * hidden, own + r * wide, rows->other + r * k, e, layer, row, &s);
    }
    NodeBlock nodes = {&l->message3, &l->norm1, &l->dense_in, &l->dense_out, &l->norm2};
    mpnn_update_nodes(h, sum, messages, &nodes, (float)m->message_scale, rows->count, scratch);
    for (size_t r = 0; r < count; r++)
        if (!e->slots.mask[rows->row[r]]) memset(h + r * node, 0, node * sizeof *h);
    arena_reset(scratch, mark);
}

void mpnn_other_term(float *out, const float *h, const WeftEncoding *e, int32_t layer, int32_t count) {
    ops_linear(out, h, &e->model->decoder[layer]->other, count);
}

const float *mpnn_letter_term(const WeftEncoding *e, int32_t layer, int32_t letter) {
    return e->model->decoder[layer]->letter_term + (size_t)letter * (size_t)mpnn_decoder_width(e->model, layer);
}

void mpnn_add_letter(float *out, const float *other, const WeftEncoding *e, int32_t layer, int32_t letter) {
    const float *term = mpnn_letter_term(e, layer, letter);
    int32_t width = mpnn_decoder_width(e->model, layer);
    for (int32_t i = 0; i < width; i += 4) vec_store(out + i, vec_load(other + i) + vec_load(term + i));
}

void mpnn_output(float *log_probs, float *logits, const float *h, const WeftEncoding *e, int32_t count,
                 Arena *scratch) {
    const WeftModel *m = e->model;
    ArenaMark mark = arena_mark(scratch);
    size_t stride = (size_t)vec_padded(m->output.out);
    float *raw = arena_scratch(scratch, (size_t)count * stride), row[WEFT_LETTER_COUNT];
    ops_linear(raw, h, &m->output, count);
    for (int32_t r = 0; r < count; r++) {
        for (int32_t a = 0; a < WEFT_LETTER_COUNT; a++)
            row[a] = raw[(size_t)r * stride + (size_t)m->letter_at[a]];
        if (logits) memcpy(logits + (size_t)r * WEFT_LETTER_COUNT, row, sizeof row);
        ops_log_softmax(log_probs + (size_t)r * WEFT_LETTER_COUNT, row, WEFT_LETTER_COUNT);
    }
    arena_reset(scratch, mark);
}
