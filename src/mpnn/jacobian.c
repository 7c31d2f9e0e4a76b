/* SPDX-License-Identifier: MIT
 *
 * jacobian.c - how log p(s_t | all other letters, backbone) changes with each of those letters: its derivative by their
 * one-hot codes, exactly. MODEL.md 7.
 *
 * For each target t, decoded last, the others in the given order: what its answer depends on goes forward through the
 * decoder once more (t, what t sees, what those see, ...), and the twenty gradients of its log-probabilities come back
 * the same way, side by side. A letter acts on a neighbour's message in each layer, so its gradient is that of the
 * term by which it entered, summed over layers. Rows further away than layers carry are never touched.
 */
#include <string.h>

#include "../core/vmath.h"
#include "mpnn.h"

enum { OUT = MPNN_JACOBIAN_LETTERS, NONE = -1 };

/* Products of one decoder layer, for gradients. */
typedef struct Back {
    Linear own, other, message2, message3, dense_in, dense_out;
    Linear letters; /* [letters][width] the letters' terms: what a term's gradient says of each letter */
} Back;

/* What one row computed in one layer, and room for its gradients. [k] neighbours */
typedef struct Row {
    float *own, *first, *first_slope, *second, *sum, *delta, *before_norm1, *dense, *before_norm2; /* one row each */
    float *g_node, *g_dense, *g_hidden, *g_second, *g_first, *g_own, *g_input; /* [OUT] rows */
} Row;

struct Jacobian {
    Back *back; /* [layers] */
    Linear output;
    int32_t *target, targets; /* rows */
    int32_t *needed;          /* [n] last layer whose output the answer needs; NONE */
    int32_t *row, *prefix; /* [n] rows with one, those of later layers first; [layers] how many reach a layer */
    float *h;              /* [layers + 1][n][node] inputs of the layers, for the target's rows */
    float *terms[MPNN_MAX_LAYERS]; /* [n][width] what a row whose letter is known gives to others */
    float *state, *state_before; /* [n][OUT][node] gradients by the outputs of this layer, and by its inputs */
    float *term;                 /* [n][OUT][width] gradients by the terms */
    uint8_t *state_used, *term_used; /* [n] whether there are any in state_before, in term */
    int32_t *term_row, term_rows;
    int32_t place;  /* where the rows of a layer stand */
    float *letters; /* [OUT][padded OUT] */
    Row work;
    float *result; /* [targets][n][OUT][OUT] */
};

/* ---- Opening ------------------------------------------------------------------------------------------- */

static int take_transpose(Linear *to, const Linear *l, Arena *arena) {
    if (!l->in) return 1;
    to->w = ARENA_TAKE(arena, float, base_times((size_t)vec_padded(l->in), (size_t)l->out));
    if (to->w) ops_transpose(to, l);
    return to->w != NULL;
}

static int take_back(Back *b, const DecoderLayer *l, Arena *arena) {
    int32_t width = vec_padded(l->own.out);
    b->letters = (Linear){width, OUT, ARENA_TAKE(arena, float, (size_t)vec_padded(OUT) * (size_t)width), NULL};
    if (!b->letters.w) return 0;
    ops_pack(&b->letters, l->letter_term, width, 0);
    return take_transpose(&b->own, &l->own, arena) && take_transpose(&b->other, &l->other, arena) &&
           take_transpose(&b->message2, &l->message2, arena) &&
           take_transpose(&b->message3, &l->message3, arena) &&
           take_transpose(&b->dense_in, &l->dense_in, arena) &&
           take_transpose(&b->dense_out, &l->dense_out, arena);
}

/* The widest of each kind among the layers, padded. */
typedef struct Widest {
    size_t node, width, hidden, dense;
} Widest;

static Widest widest_of(const WeftModel *m) {
    Widest w = {(size_t)vec_padded(m->size[SIZE_NODE]), 16, 16, 16};
    for (int32_t i = 0; i < m->decoder_layers; i++) {
        const DecoderLayer *l = m->decoder[i];
        size_t width = (size_t)vec_padded(l->own.out), hidden = (size_t)vec_padded(l->message3.in),
               dense = (size_t)vec_padded(l->dense_in.out);
        w.width = width > w.width ? width : w.width;
        w.hidden = hidden > w.hidden ? hidden : w.hidden;
        w.dense = dense > w.dense ? dense : w.dense;
    }
    return w;
}

static int take_row(Row *row, Arena *arena, const Widest *w, size_t k) {
    const struct {
        float **to;
        size_t count;
    } TAKE[] = {{&row->own, w->width},
                {&row->first, k * w->width},
                {&row->first_slope, k * w->width},
                {&row->second, k * w->hidden},
                {&row->sum, w->hidden},
                {&row->delta, w->node},
                {&row->before_norm1, w->node},
                {&row->dense, w->dense},
                {&row->before_norm2, w->node},
                {&row->g_node, OUT * w->node},
                {&row->g_dense, OUT * w->dense},
                {&row->g_hidden, OUT * w->hidden},
                {&row->g_second, OUT * w->hidden},
                {&row->g_first, OUT * w->width},
                {&row->g_own, OUT * w->width},
                {&row->g_input, OUT * w->node}};
    for (size_t i = 0; i < sizeof TAKE / sizeof *TAKE; i++)
        if (!(*TAKE[i].to = arena_take_raw(arena, TAKE[i].count, sizeof(float)))) return 0;
    return 1;
}

static int take_targets(struct Jacobian *j, const Plan *p, Arena *arena) {
    size_t n = (size_t)p->n;
    j->target = ARENA_TAKE(arena, int32_t, n);
    if (!j->target) return 0;
    for (int32_t i = 0; i < p->n; i++)
        if (p->design[i]) j->target[j->targets++] = i;
    size_t block = base_times(n, OUT * OUT);
    j->result = ARENA_TAKE(arena, float, base_times((size_t)j->targets, block));
    return j->result != NULL;
}

WeftStatus mpnn_jacobian_open(WeftRun *run) {
    const WeftEncoding *e = run->encoding;
    const WeftModel *m = e->model;
    Arena *arena = run->arena;
    Widest w = widest_of(m);
    size_t n = (size_t)run->plan.n, layers = (size_t)m->decoder_layers, k = (size_t)e->graph.k;
    struct Jacobian *j = run->jacobian = ARENA_TAKE(arena, struct Jacobian, 1);
    if (!j || !(j->back = ARENA_TAKE(arena, Back, layers))) return WEFT_NO_MEMORY;
    for (size_t l = 0; l < layers; l++) {
        size_t width = (size_t)mpnn_decoder_width(m, (int32_t)l);
        if (!take_back(&j->back[l], m->decoder[l], arena)) return WEFT_NO_MEMORY;
        if (!(j->terms[l] = arena_take_raw(arena, n * width, sizeof(float)))) return WEFT_NO_MEMORY;
    }
    j->needed = ARENA_TAKE(arena, int32_t, n);
    j->row = ARENA_TAKE(arena, int32_t, n);
    j->prefix = ARENA_TAKE(arena, int32_t, layers);
    j->term_row = ARENA_TAKE(arena, int32_t, n);
    j->state_used = ARENA_TAKE(arena, uint8_t, n);
    j->term_used = ARENA_TAKE(arena, uint8_t, n);
    j->h = arena_take_raw(arena, base_times(layers + 1, n * w.node), sizeof(float));
    j->state = arena_take_raw(arena, base_times(n, OUT * w.node), sizeof(float));
    j->state_before = arena_take_raw(arena, base_times(n, OUT * w.node), sizeof(float));
    j->term = arena_take_raw(arena, base_times(n, OUT * w.width), sizeof(float));
    j->letters = ARENA_TAKE(arena, float, (size_t)(OUT * vec_padded(OUT)));
    if (!j->needed || !j->row || !j->prefix || !j->term_row || !j->state_used || !j->term_used || !j->h ||
        !j->state || !j->state_before || !j->term || !j->letters || !take_row(&j->work, arena, &w, k) ||
        !take_transpose(&j->output, &m->output, arena) || !take_targets(j, &run->plan, arena))
        return WEFT_NO_MEMORY;
    memcpy(j->h, e->h_v, n * w.node * sizeof *j->h);
    for (size_t i = 0; i < n; i++) {
        j->needed[i] = NONE;
        mpnn_add_letter(j->terms[0] + i * (size_t)mpnn_decoder_width(m, 0),
                        e->terms[0].other + i * (size_t)mpnn_decoder_width(m, 0), e, 0, run->plan.letters[i]);
    }
    return WEFT_OK;
}

/* ---- Forward ------------------------------------------------------------------------------------------- */

static float *input(const WeftRun *run, int32_t layer, int32_t row) {
    size_t node = (size_t)vec_padded(run->encoding->model->size[SIZE_NODE]);
    return run->jacobian->h + ((size_t)layer * (size_t)run->plan.n + (size_t)row) * node;
}

/* Rows that the target's answer depends on, in rings around it. */
static void find_needed(WeftRun *run, int32_t target) {
    const WeftEncoding *e = run->encoding;
    struct Jacobian *j = run->jacobian;
    int32_t layers = e->model->decoder_layers, head = 0, tail = 0;
    j->needed[target] = layers - 1;
    j->row[tail++] = target;
    for (int32_t layer = layers - 1; layer > 0; layer--) {
        j->prefix[layer] = tail;
        for (; head < j->prefix[layer]; head++) {
            int32_t row = j->row[head];
            if (!e->slots.mask[row]) continue; /* its states are 0, whatever it sees */
            const int32_t *neighbor = e->graph.neighbor + (size_t)row * (size_t)e->graph.k;
            for (int32_t at = 0; at < e->graph.k; at++) {
                int32_t other = neighbor[at];
                if (other >= e->graph.n || j->needed[other] != NONE ||
                    !mpnn_sees(run->plan.rank, row, other, target))
                    continue;
                j->needed[other] = layer - 1;
                j->row[tail++] = other;
            }
        }
    }
    j->prefix[0] = tail;
}

/* What neighbours give to a row in a layer. NULL in `known` where they are out of sight or gaps. */
static void take_others(const float **other, int32_t *known, const WeftRun *run, int32_t layer, int32_t row,
                        int32_t target) {
    const WeftEncoding *e = run->encoding;
    size_t k = (size_t)e->graph.k, width = (size_t)mpnn_decoder_width(e->model, layer);
    const int32_t *neighbor = e->graph.neighbor + (size_t)row * k;
    for (size_t at = 0; at < k; at++) {
        int32_t slot = neighbor[at], sees = mpnn_sees(run->plan.rank, row, slot, target),
                is_row = slot < run->plan.n;
        if (known) known[at] = sees && is_row ? slot : NONE;
        other[at] = !sees    ? e->terms[layer].other + (size_t)slot * width
                    : is_row ? run->jacobian->terms[layer] + (size_t)slot * width
                             : mpnn_letter_term(e, layer, WEFT_LETTER_X);
    }
}

/* Some of the target's rows through one layer. */
static void forward_rows(WeftRun *run, int32_t layer, int32_t from, int32_t to, int32_t target) {
    const WeftEncoding *e = run->encoding;
    const struct Jacobian *j = run->jacobian;
    ArenaMark mark = arena_mark(run->scratch);
    size_t count = (size_t)(to - from), k = (size_t)e->graph.k,
           node = (size_t)vec_padded(e->model->size[SIZE_NODE]);
    const float **other = arena_take_raw(run->scratch, count * k, sizeof *other);
    float *h = arena_scratch(run->scratch, count * node);
    BASE_ASSERT(other);
    for (size_t r = 0; r < count; r++) {
        memcpy(h + r * node, input(run, layer, j->row[(size_t)from + r]), node * sizeof *h);
        take_others(other + r * k, NULL, run, layer, j->row[(size_t)from + r], target);
    }
    DecoderRows rows = {to - from, j->row + from, other, NULL};
    mpnn_decode(h, &rows, e, layer, run->scratch);
    for (size_t r = 0; r < count; r++)
        memcpy(input(run, layer + 1, j->row[(size_t)from + r]), h + r * node, node * sizeof *h);
    if (layer + 1 < e->model->decoder_layers)
        for (size_t r = 0; r < count; r++) {
            size_t row = (size_t)j->row[(size_t)from + r],
                   width = (size_t)mpnn_decoder_width(e->model, layer + 1);
            float *term = j->terms[layer + 1] + row * width;
            mpnn_other_term(term, h + r * node, e, layer + 1, 1);
            mpnn_add_letter(term, term, e, layer + 1, run->plan.letters[row]);
        }
    arena_reset(run->scratch, mark);
}

/* ---- Back ---------------------------------------------------------------------------------------------- */

static void add(float *to, const float *from, size_t count) {
    for (size_t i = 0; i < count; i += 4) vec_store(to + i, vec_load(to + i) + vec_load(from + i));
}

/* g [OUT][width] times one row. */
static void multiply(float *out, const float *g, const float *row, size_t width) {
    for (size_t r = 0; r < OUT; r++)
        for (size_t i = 0; i < width; i += 4)
            vec_store(out + r * width + i, vec_load(g + r * width + i) * vec_load(row + i));
}

/* Gradients by the target's last state: of log p_b by the logits, 1 at b less p, taken back through the output. */
static void start_back(WeftRun *run, int32_t target) {
    const WeftEncoding *e = run->encoding;
    const WeftModel *m = e->model;
    struct Jacobian *j = run->jacobian;
    ArenaMark mark = arena_mark(run->scratch);
    size_t node = (size_t)vec_padded(m->size[SIZE_NODE]), stride = (size_t)vec_padded(m->output.out);
    float *by_logits = arena_scratch(run->scratch, OUT * stride);
    float *log_probs = run->log_probs + (size_t)target * WEFT_LETTER_COUNT;
    mpnn_output(log_probs, NULL, input(run, m->decoder_layers, target), e, 1, run->scratch);
    memset(by_logits, 0, OUT * stride * sizeof *by_logits);
    for (size_t b = 0; b < OUT; b++)
        for (size_t a = 0; a < WEFT_LETTER_COUNT; a++)
            by_logits[b * stride + (size_t)m->letter_at[a]] = (float)(a == b) - vmath_exp1(log_probs[a]);
    ops_linear(j->state + (size_t)target * OUT * node, by_logits, &j->output, OUT);
    arena_reset(run->scratch, mark);
}

/* What the row computed once more, with everything that gradients need. */
static void recompute(WeftRun *run, int32_t layer, int32_t row, const float *const *other) {
    const WeftEncoding *e = run->encoding;
    const DecoderLayer *l = e->model->decoder[layer];
    Row *w = &run->jacobian->work;
    int32_t k = e->graph.k, width = vec_padded(l->own.out), hidden = vec_padded(l->message3.in);
    size_t node = (size_t)vec_padded(e->model->size[SIZE_NODE]), edges = (size_t)k;
    const float *h = input(run, layer, row);
    ops_linear(w->own, h, &l->own, 1);
    const float *edge = e->terms[layer].edge + (size_t)row * edges * (size_t)width;
    for (size_t at = 0; at < edges; at++)
        for (size_t i = 0, to = at * (size_t)width; i < (size_t)width; i += 4)
            vec_store(w->first + to + i,
                      vec_load(w->own + i) + vec_load(edge + to + i) + vec_load(other[at] + i));
    memcpy(w->first_slope, w->first, edges * (size_t)width * sizeof(float));
    ops_gelu_slope(w->first_slope, edges * (size_t)width);
    ops_gelu(w->first, edges * (size_t)width);
    if (l->message2.in) {
        ops_linear(w->second, w->first, &l->message2, k);
        ops_gelu_sum(w->sum, w->second, NULL, k, hidden);
        ops_gelu_slope(w->second, edges * (size_t)hidden);
    } else {
        ops_sum_rows(w->sum, w->first, NULL, k, width);
    }
    ops_linear(w->delta, w->sum, &(Linear){l->message3.in, l->message3.out, l->message3.w, NULL}, 1);
    float scale = 1.0f / (float)e->model->message_scale;
    for (size_t i = 0; i < node; i++)
        w->before_norm1[i] = h[i] + (w->delta[i] + l->message3.b[i] * (float)k) * scale;
    if (!l->dense_in.in) return;
    ops_norm(w->before_norm2, w->before_norm1, &l->norm1, 1);
    ops_linear(w->dense, w->before_norm2, &l->dense_in, 1);
    memcpy(w->g_dense, w->dense, (size_t)vec_padded(l->dense_in.out) * sizeof(float));
    ops_gelu(w->g_dense, (size_t)vec_padded(l->dense_in.out));
    ops_linear(w->delta, w->g_dense, &l->dense_out, 1);
    add(w->before_norm2, w->delta, node);
    ops_gelu_slope(w->dense, (size_t)vec_padded(l->dense_in.out));
}

/* g [OUT][node]: from gradients by a layer's output to those by what the first norm takes. */
static void back_nodes(float *g, const DecoderLayer *l, const Back *b, Row *w, size_t node) {
    if (l->dense_in.in) {
        ops_norm_back(g, w->before_norm2, &l->norm2, OUT);
        ops_linear(w->g_dense, g, &b->dense_out, OUT);
        multiply(w->g_dense, w->g_dense, w->dense, (size_t)vec_padded(l->dense_in.out));
        ops_linear(w->g_node, w->g_dense, &b->dense_in, OUT);
        add(g, w->g_node, OUT * node);
    }
    ops_norm_back(g, w->before_norm1, &l->norm1, OUT);
}

/* The gradient by a row's term, which several rows add to. */
static void give_term(struct Jacobian *j, int32_t row, const float *g, size_t width) {
    float *to = j->term + (size_t)row * OUT * width;
    if (j->term_used[row]) {
        add(to, g, OUT * width);
        return;
    }
    j->term_used[row] = 1;
    j->term_row[j->term_rows++] = row;
    memcpy(to, g, OUT * width * sizeof *to);
}

static void give_state(struct Jacobian *j, int32_t row, const float *g, size_t node) {
    float *to = j->state_before + (size_t)row * OUT * node;
    if (j->state_used[row])
        add(to, g, OUT * node);
    else
        memcpy(to, g, OUT * node * sizeof *to);
    j->state_used[row] = 1;
}

/* One row's gradients through one layer: to the terms of what it saw, and to its own input. The first layer's inputs
 * are the encoder's, on which no letter acts: there only what was seen matters. */
static void back_row(WeftRun *run, int32_t layer, int32_t row, int32_t target) {
    const WeftEncoding *e = run->encoding;
    const DecoderLayer *l = e->model->decoder[layer];
    struct Jacobian *j = run->jacobian;
    const Back *b = &j->back[layer];
    Row *w = &j->work;
    ArenaMark mark = arena_mark(run->scratch);
    size_t k = (size_t)e->graph.k, node = (size_t)vec_padded(e->model->size[SIZE_NODE]),
           width = (size_t)vec_padded(l->own.out), hidden = (size_t)vec_padded(l->message3.in);
    const float **other = arena_take_raw(run->scratch, k, sizeof *other);
    int32_t *known = arena_take_raw(run->scratch, k, sizeof *known);
    float *g = j->state + (size_t)row * OUT * node;
    BASE_ASSERT(other && known);
    take_others(other, known, run, layer, row, target);
    recompute(run, layer, row, other);
    back_nodes(g, l, b, w, node);
    ops_linear(w->g_hidden, g, &b->message3, OUT);
    for (size_t i = 0; i < OUT * hidden; i++) w->g_hidden[i] *= 1.0f / (float)e->model->message_scale;
    memset(w->g_own, 0, OUT * width * sizeof(float));
    for (size_t at = 0; at < k; at++) {
        if (layer == 0 && known[at] == NONE) continue;
        const float *by_first = w->g_hidden;
        if (l->message2.in) {
            multiply(w->g_second, w->g_hidden, w->second + at * hidden, hidden);
            ops_linear(w->g_first, w->g_second, &b->message2, OUT);
            by_first = w->g_first;
        }
        multiply(w->g_first, by_first, w->first_slope + at * width, width);
        if (known[at] != NONE) give_term(j, known[at], w->g_first, width);
        if (layer > 0) add(w->g_own, w->g_first, OUT * width);
    }
    if (layer > 0) {
        ops_linear(w->g_input, w->g_own, &b->own, OUT);
        add(w->g_input, g, OUT * node);
        give_state(j, row, w->g_input, node);
    }
    arena_reset(run->scratch, mark);
}

/* The gradient by a row's term: to its letter, and to the state that the term is made of. */
static void back_term(WeftRun *run, int32_t layer, int32_t row) {
    struct Jacobian *j = run->jacobian;
    size_t width = (size_t)mpnn_decoder_width(run->encoding->model, layer),
           node = (size_t)vec_padded(run->encoding->model->size[SIZE_NODE]);
    const float *g = j->term + (size_t)row * OUT * width;
    float *result = j->result + ((size_t)run->at * (size_t)run->plan.n + (size_t)row) * OUT * OUT;
    ops_linear(j->letters, g, &j->back[layer].letters, OUT);
    for (size_t b = 0; b < OUT; b++)
        for (size_t a = 0; a < OUT; a++) result[a * OUT + b] += j->letters[b * (size_t)vec_padded(OUT) + a];
    if (layer > 0) {
        ops_linear(j->work.g_input, g, &j->back[layer].other, OUT);
        give_state(j, row, j->work.g_input, node);
    }
    j->term_used[row] = 0;
}

/* ---- Steps --------------------------------------------------------------------------------------------- */

enum { FIND, FORWARD, BACK, TERMS };

static void begin_target(WeftRun *run) {
    struct Jacobian *j = run->jacobian;
    find_needed(run, j->target[run->at]);
    run->layer = j->place = 0;
    run->phase = FORWARD;
}

static void step_forward(WeftRun *run, int32_t target) {
    struct Jacobian *j = run->jacobian;
    int32_t count = j->prefix[run->layer], to = base_min(count, j->place + MPNN_STEP_ROWS);
    forward_rows(run, run->layer, j->place, to, target);
    j->place = to < count ? to : 0;
    if (j->place || ++run->layer < run->encoding->model->decoder_layers) return;
    run->layer--;
    run->phase = BACK;
    start_back(run, target);
}

static void step_back(WeftRun *run, int32_t target) {
    struct Jacobian *j = run->jacobian;
    int32_t row = j->row[j->place];
    if (run->encoding->slots.mask[row]) back_row(run, run->layer, row, target);
    if (++j->place < j->prefix[run->layer]) return;
    j->place = 0;
    run->phase = TERMS;
}

/* All terms of a layer; then the layer before it. Returns whether the target is done. */
static int step_terms(WeftRun *run) {
    struct Jacobian *j = run->jacobian;
    int32_t to = base_min(j->term_rows, j->place + MPNN_STEP_ROWS);
    for (; j->place < to; j->place++) back_term(run, run->layer, j->term_row[j->place]);
    if (j->place < j->term_rows) return 0;
    j->term_rows = j->place = 0;
    memset(j->state_used, 0, (size_t)run->plan.n);
    float *swap = j->state;
    j->state = j->state_before;
    j->state_before = swap;
    run->phase = BACK;
    if (run->layer-- > 0) return 0;
    for (int32_t i = 0; i < j->prefix[0]; i++) j->needed[j->row[i]] = NONE;
    run->phase = FIND;
    return 1;
}

WeftStatus mpnn_jacobian_step(WeftRun *run) {
    struct Jacobian *j = run->jacobian;
    int32_t target = j->target[run->at];
    if (run->phase == FIND)
        begin_target(run);
    else if (run->phase == FORWARD)
        step_forward(run, target);
    else if (run->phase == BACK)
        step_back(run, target);
    else if (step_terms(run)) {
        WeftStatus status = mpnn_check_finite(mpnn_jacobian(run, run->at), run->plan.n, OUT * OUT);
        return status ? status : ++run->at < j->targets ? WEFT_MORE : WEFT_OK;
    }
    return WEFT_MORE;
}

const float *mpnn_jacobian(const WeftRun *run, int32_t k) {
    return run->jacobian->result + (size_t)k * (size_t)run->plan.n * OUT * OUT;
}

double mpnn_jacobian_progress(const WeftRun *run) {
    const struct Jacobian *j = run->jacobian;
    double layers = run->encoding->model->decoder_layers, done = 0;
    if (run->phase == BACK && j->prefix[run->layer])
        done = (layers - 1 - run->layer + (double)j->place / j->prefix[run->layer]) / layers;
    return (run->at + done) / j->targets;
}
