/* SPDX-License-Identifier: MIT
 *
 * encoder.c - backbone -> node and edge states, in bounded steps. MODEL.md 3 and 4.
 *
 * The layers are rearranged without changing what they compute. A product over [h_i | e_ij | h_j] is the sum of a term
 * per row, a term per edge and a term per neighbour; only the middle one costs a product per edge. The last product of
 * a message moves behind the sum over neighbours. The edge update of one layer and the message of the next read the
 * same states, so one sweep over the edges does both, when the weights of both have arrived.
 */
#include <string.h>

#include "mpnn.h"

/* Rows of a step, all under about 10 ms: a row of a sweep costs as much as many rows of nodes. */
enum { GRAPH_ROWS = MPNN_STEP_ROWS, SWEEP_ROWS = (MPNN_STEP_ROWS + 3) / 4, NODE_ROWS = MPNN_STEP_ROWS };

/* ---- Opening ------------------------------------------------------------------------------------------- */

static WeftStatus check_structure(const WeftModel *m, const WeftStructure *s) {
    int32_t complete = 0, carbons = 0;
    if (!m->recognised)
        return base_fail(WEFT_BAD_WEIGHTS, -1, "weights: not enough of the file has arrived to know the model");
    for (int32_t i = 0; i < s->length; i++) {
        complete += mpnn_visible(m, s)[i];
        carbons += s->carbon[i];
    }
    if (complete) return WEFT_OK;
    if (carbons)
        return base_fail(WEFT_BAD_STRUCTURE, -1,
                         "none of the %d residues has all of N, CA, C and O (%d have a CA atom): "
                         "a full-backbone model cannot read this structure, a CA-only model could",
                         (int)s->length, (int)carbons);
    return base_fail(WEFT_BAD_STRUCTURE, -1, "none of the %d residues has %s", (int)s->length, mpnn_needs(m));
}

WeftEncoding *mpnn_encoding_open(const WeftModel *m, const WeftStructure *s, WeftFeatures features) {
    if (features == WEFT_FEATURES_MODEL)
        features = m->file_order ? WEFT_FEATURES_FILE_ORDER : WEFT_FEATURES_GAPS;
    if (features != WEFT_FEATURES_GAPS && features != WEFT_FEATURES_FILE_ORDER) {
        base_fail(WEFT_BAD_REQUEST, -1, "features are model, gaps or file-order");
        return NULL;
    }
    if (check_structure(m, s)) return NULL;
    Arena *arena = arena_open();
    WeftEncoding *e = arena ? ARENA_TAKE(arena, WeftEncoding, 1) : NULL;
    if (e) {
        e->arena = arena;
        e->model = m;
        e->structure = s;
        e->scratch = arena_open();
    }
    if (!e || !e->scratch || !mpnn_slots(&e->slots, s, m, features, arena)) goto out_of_memory;
    int32_t n = s->length, k = base_min(m->neighbors, e->slots.near);
    size_t edges = base_times((size_t)n, (size_t)k);
    e->graph = (Graph){.n = n, .k = k};
    e->graph.neighbor = ARENA_TAKE(arena, int32_t, edges);
    e->graph.distance = ARENA_TAKE(arena, float, edges);
    e->h_v = ARENA_TAKE(arena, float, base_times((size_t)n, (size_t)vec_padded(m->size[SIZE_NODE])));
    e->h_e = ARENA_TAKE(arena, float, base_times(edges, (size_t)vec_padded(m->size[SIZE_EDGE])));
    e->complete_neighbors = ARENA_TAKE(arena, float, (size_t)n);
    if (!e->graph.neighbor || !e->graph.distance || !e->h_v || !e->h_e || !e->complete_neighbors)
        goto out_of_memory;
    return e;
out_of_memory:
    if (e) arena_free(e->scratch);
    arena_free(arena);
    return NULL;
}

WeftEncoding *mpnn_encoding_adopt(const WeftModel *m, const WeftStructure *s, WeftFeatures features,
                                  const float *nodes, const float *edges, const int32_t *neighbors) {
    if (!m->complete) {
        base_fail(WEFT_BAD_WEIGHTS, -1, "weights: the model is not complete");
        return NULL;
    }
    WeftEncoding *e = mpnn_encoding_open(m, s, features);
    if (!e) return NULL;
    size_t n = (size_t)e->graph.n, k = (size_t)e->graph.k;
    memcpy(e->h_v, nodes, n * (size_t)vec_padded(m->size[SIZE_NODE]) * sizeof *nodes);
    memcpy(e->h_e, edges, n * k * (size_t)vec_padded(m->size[SIZE_EDGE]) * sizeof *edges);
    e->features_done = 1;
    e->messages_done = e->updates_done = m->encoder_layers;
    if (!neighbors) return e; /* the graph is the first stage, the decoder's terms are the next */
    memcpy(e->graph.neighbor, neighbors, n * k * sizeof *neighbors);
    e->stage = STAGE_CHOOSE;
    return e;
}

/* The edge states have done their work; their room holds what runs can share. */
WeftStatus mpnn_encoding_release_edges(WeftEncoding *e) {
    if (e->stage != STAGE_DONE) return base_fail(WEFT_BAD_REQUEST, -1, "the encoding is not complete");
    if (!e->h_e) return WEFT_OK;
    size_t hidden = (size_t)mpnn_kept_width(e->model);
    if (hidden) {
        size_t edges = base_times((size_t)e->graph.n, (size_t)e->graph.k);
        KeptMessages kept = {e->h_e, ARENA_TAKE(e->arena, uint8_t, edges),
                             arena_take_raw(e->arena, base_times(edges, hidden), sizeof *kept.lettered),
                             ARENA_TAKE(e->arena, int8_t, edges)};
        if (kept.known && kept.lettered && kept.letter) { /* without them runs are slower, no more */
            memset(kept.letter, -1, edges);
            e->kept = kept;
        }
    }
    e->h_e = NULL;
    return WEFT_OK;
}

void mpnn_encoding_free(WeftEncoding *e) {
    if (!e) return;
    arena_free(e->scratch);
    arena_free(e->arena);
}

/* ---- One row of a sweep -------------------------------------------------------------------------------- */

/* Where each neighbour's term stands; NULL terms (the first layer, whose node states are 0) give NULL. */
static const float *const *neighbor_terms(const float **out, const float *other, const Graph *g, int32_t row,
                                          int32_t width) {
    if (!other) return NULL;
    for (int32_t j = 0; j < g->k; j++)
        out[j] = other + (size_t)g->neighbor[(size_t)row * (size_t)g->k + (size_t)j] * (size_t)width;
    return out;
}

static const float *own_term(const NodeTerms *terms, const Linear *own, int32_t row) {
    return terms->own ? terms->own + (size_t)row * (size_t)vec_padded(own->out) : own->b;
}

typedef struct SweepScratch {
    float *a, *b;
    const float **other;
    uint8_t *mask;
} SweepScratch;

static void update_edges(WeftEncoding *e, float *edge, int32_t row, SweepScratch *s) {
    const EncoderLayer *l = e->sweep.update;
    int32_t k = e->graph.k, width = vec_padded(l->update_own.out);
    float *a = s->a, *b = s->b;
    ops_linear(a, edge, &l->update_edge, k);
    ops_gather_gelu(b, own_term(&e->update_terms, &l->update_own, row), a,
                    neighbor_terms(s->other, e->update_terms.other, &e->graph, row, width), k, width);
    if (l->update2.in) {
        ops_linear(a, b, &l->update2, k);
        ops_gelu(a, (size_t)k * (size_t)vec_padded(l->update2.out));
        a = s->b, b = s->a;
    }
    ops_linear(a, b, &l->update3, k);
    ops_residual_norm(edge, a, 1, &l->norm3, k);
}

static void sum_message(WeftEncoding *e, const float *edge, int32_t row, SweepScratch *s) {
    const EncoderLayer *l = e->sweep.message;
    int32_t k = e->graph.k, width = vec_padded(l->message_own.out);
    float complete = 0;
    for (int32_t j = 0; j < k; j++) {
        s->mask[j] = e->slots.mask[e->graph.neighbor[(size_t)row * (size_t)k + (size_t)j]];
        complete += s->mask[j];
    }
    e->complete_neighbors[row] = complete;
    ops_linear(s->a, edge, &l->message_edge, k);
    ops_gather_gelu(s->b, own_term(&e->message_terms, &l->message_own, row), s->a,
                    neighbor_terms(s->other, e->message_terms.other, &e->graph, row, width), k, width);
    float *sum = e->sum + (size_t)row * (size_t)vec_padded(l->message3.in);
    if (l->message2.in) {
        ops_linear(s->a, s->b, &l->message2, k);
        ops_gelu_sum(sum, s->a, s->mask, k, vec_padded(l->message2.out));
    } else {
        ops_sum_rows(sum, s->b, s->mask, k, width);
    }
}

static int32_t widest(const WeftModel *m) {
    int32_t most = base_max(m->size[SIZE_EDGE], m->size[SIZE_RAW_EDGE]);
    for (int32_t i = 0; i < m->encoder_layers; i++) {
        const EncoderLayer *l = m->encoder[i];
        if (!l) continue;
        most = base_max(base_max(most, l->message_own.out),
                        base_max(l->message2.out, base_max(l->update_own.out, l->update2.out)));
    }
    return vec_padded(most);
}

static void sweep_rows(WeftEncoding *e, int32_t from, int32_t to) {
    const WeftModel *m = e->model;
    ArenaMark mark = arena_mark(e->scratch);
    size_t k = (size_t)e->graph.k, block = k * (size_t)widest(m),
           stride = k * (size_t)vec_padded(m->size[SIZE_EDGE]);
    SweepScratch s = {arena_scratch(e->scratch, block), arena_scratch(e->scratch, block),
                      arena_take_raw(e->scratch, k, sizeof *s.other), arena_take_raw(e->scratch, k, 1)};
    BASE_ASSERT(s.other && s.mask);
    for (int32_t row = from; row < to; row++) {
        if (!e->slots.mask[row]) continue; /* nobody reads the edges of an incomplete residue */
        float *edge = e->h_e + (size_t)row * stride;
        if (e->sweep.features) {
            mpnn_edge_features(s.a, m, &e->slots, &e->graph, row, e->scratch);
            ops_linear(edge, s.a, &m->edge_project, e->graph.k);
        }
        if (e->sweep.update) update_edges(e, edge, row, &s);
        if (e->sweep.message) sum_message(e, edge, row, &s);
    }
    arena_reset(e->scratch, mark);
}

/* ---- Nodes --------------------------------------------------------------------------------------------- */

void mpnn_update_nodes(float *h, const float *sum, const float *messages, const NodeBlock *b, float scale,
                       int32_t count, Arena *scratch) {
    ArenaMark mark = arena_mark(scratch);
    Linear product = *b->message3;
    size_t width = (size_t)vec_padded(product.out);
    float *delta = arena_scratch(scratch, (size_t)count * width);
    product.b = NULL; /* added once per message */
    ops_linear(delta, sum, &product, count);
    for (int32_t r = 0; r < count; r++)
        for (size_t i = 0; i < width; i += 4) {
            float *at = delta + (size_t)r * width + i;
            vec_store(at, vec_load(at) + vec_load(b->message3->b + i) * messages[r]);
        }
    ops_residual_norm(h, delta, 1.0f / scale, b->norm1, count);
    if (b->dense_in->in) {
        size_t hidden = (size_t)count * (size_t)vec_padded(b->dense_in->out);
        float *dense = arena_scratch(scratch, hidden);
        ops_linear(dense, h, b->dense_in, count);
        ops_gelu(dense, hidden);
        ops_linear(delta, dense, b->dense_out, count);
        ops_residual_norm(h, delta, 1, b->norm2, count);
    }
    arena_reset(scratch, mark);
}

static void node_rows(WeftEncoding *e, int32_t from, int32_t to) {
    const EncoderLayer *l = e->sweep.message;
    size_t node = (size_t)vec_padded(e->model->size[SIZE_NODE]), width = (size_t)vec_padded(l->message3.in);
    float *h = e->h_v + (size_t)from * node;
    NodeBlock block = {&l->message3, &l->norm1, &l->dense_in, &l->dense_out, &l->norm2};
    mpnn_update_nodes(h, e->sum + (size_t)from * width, e->complete_neighbors + from, &block,
                      (float)e->model->message_scale, to - from, e->scratch);
    for (int32_t row = from; row < to; row++)
        if (!e->slots.mask[row]) memset(e->h_v + (size_t)row * node, 0, node * sizeof *h);
}

/* ---- The step machine ---------------------------------------------------------------------------------- */

/* Room for the terms of a product; what a bigger layer left unused stays with the arena. */
static WeftStatus room_for(WeftEncoding *e, NodeTerms *terms, int32_t width) {
    size_t need = base_times((size_t)e->slots.count, (size_t)vec_padded(width));
    if (terms->room >= need) return WEFT_OK;
    terms->own = ARENA_TAKE(e->arena, float, need);
    terms->other = ARENA_TAKE(e->arena, float, need);
    terms->room = terms->own && terms->other ? need : 0;
    return terms->room ? WEFT_OK : WEFT_NO_MEMORY;
}

static WeftStatus room_for_sum(WeftEncoding *e, int32_t width) {
    size_t need = base_times((size_t)e->graph.n, (size_t)vec_padded(width));
    if (e->sum_room >= need) return WEFT_OK;
    e->sum = ARENA_TAKE(e->arena, float, need);
    e->sum_room = e->sum ? need : 0;
    return e->sum ? WEFT_OK : WEFT_NO_MEMORY;
}

WeftStatus mpnn_check_finite(const float *x, int32_t rows, size_t stride) {
    int32_t row = ops_overflow(x, rows, stride);
    if (row < 0) return WEFT_OK;
    return base_fail(WEFT_BAD_WEIGHTS, row, "weights: the numbers of the network overflow at residue #%d",
                     (int)row + 1);
}

static int encoder_over(const WeftEncoding *e) {
    return e->model->encoder_closed && e->updates_done == e->model->encoder_layers;
}

/* What the next sweep does, as far as the weights are there; or the decoder's terms, or nothing more. */
static WeftStatus choose(WeftEncoding *e) {
    const WeftModel *m = e->model;
    int32_t message = e->messages_done;
    e->sweep = (Sweep){0};
    if (encoder_over(e)) {
        if (m->complete && e->terms_done == m->decoder_layers) {
            WeftStatus overflow = mpnn_check_finite(e->h_v, e->graph.n, (size_t)vec_padded(m->size[SIZE_NODE]));
            if (!overflow) e->stage = STAGE_DONE;
            return overflow;
        }
        if (!mpnn_decoder_ready(m, e->terms_done)) return WEFT_WAITING;
        WeftStatus status = mpnn_terms_open(e, e->terms_done);
        if (!status) e->stage = STAGE_TERMS;
        return status ? status : WEFT_MORE;
    }
    if (!e->features_done) {
        if (!mpnn_features_ready(m)) return WEFT_WAITING;
        e->sweep.features = 1;
    } else if (e->updates_done < e->messages_done) {
        e->sweep.update = m->encoder[e->updates_done];
    } else if (!mpnn_encoder_ready(m, message)) {
        return WEFT_WAITING;
    }
    if (mpnn_encoder_ready(m, message)) e->sweep.message = m->encoder[message];
    if (e->sweep.update && room_for(e, &e->update_terms, e->sweep.update->update_own.out))
        return WEFT_NO_MEMORY;
    if (e->sweep.message && message > 0 && room_for(e, &e->message_terms, e->sweep.message->message_own.out))
        return WEFT_NO_MEMORY;
    if (e->sweep.message && room_for_sum(e, e->sweep.message->message3.in)) return WEFT_NO_MEMORY;
    e->stage = STAGE_PROJECT;
    return WEFT_MORE;
}

/* Row terms of one product for some rows. Gap slots have no state, so no term; the room may hold an older layer's. */
static void project(const WeftEncoding *e, const NodeTerms *terms, const Linear *own, const Linear *other,
                    int32_t from, int32_t to) {
    size_t width = (size_t)vec_padded(own->out), n = (size_t)e->graph.n, gaps = (size_t)e->slots.count - n;
    const float *h = e->h_v + (size_t)from * (size_t)vec_padded(e->model->size[SIZE_NODE]);
    ops_linear(terms->own + (size_t)from * width, h, own, to - from);
    ops_linear(terms->other + (size_t)from * width, h, other, to - from);
    if (from == 0) memset(terms->other + n * width, 0, gaps * width * sizeof *terms->other);
}

static void project_rows(WeftEncoding *e, int32_t from, int32_t to) {
    const EncoderLayer *u = e->sweep.update, *l = e->sweep.message;
    if (u) project(e, &e->update_terms, &u->update_own, &u->update_other, from, to);
    if (l && e->messages_done > 0)
        project(e, &e->message_terms, &l->message_own, &l->message_other, from, to);
}

static void end_sweep(WeftEncoding *e) {
    if (e->sweep.features) e->features_done = 1;
    if (e->sweep.update) e->updates_done++;
    e->stage = e->sweep.message ? STAGE_NODES : STAGE_CHOOSE;
}

static void end_nodes(WeftEncoding *e) {
    e->messages_done++;
    if (!e->sweep.message->update_own.in) e->updates_done++; /* a layer without an edge update is over */
    e->stage = STAGE_CHOOSE;
}

static int32_t stage_rows(EncodingStage stage) {
    return stage == STAGE_GRAPH                           ? GRAPH_ROWS
           : stage == STAGE_SWEEP || stage == STAGE_TERMS ? SWEEP_ROWS
                                                          : NODE_ROWS;
}

WeftStatus mpnn_encoding_step(WeftEncoding *e) {
    if (e->stage == STAGE_DONE) return WEFT_OK;
    if (e->stage == STAGE_CHOOSE) {
        WeftStatus status = choose(e);
        if (status != WEFT_MORE) return status;
    }
    int32_t n = e->graph.n, from = e->row, to = base_min(n, from + stage_rows(e->stage));
    if (!arena_reserve(e->scratch,
                       sizeof(float) * mpnn_scratch_floats(e->model, e->slots.count, e->graph.k, NODE_ROWS)))
        return WEFT_NO_MEMORY;
    switch (e->stage) {
    case STAGE_GRAPH: mpnn_graph_rows(&e->graph, &e->slots, from, to, e->scratch); break;
    case STAGE_PROJECT: project_rows(e, from, to); break;
    case STAGE_SWEEP: sweep_rows(e, from, to); break;
    case STAGE_NODES: node_rows(e, from, to); break;
    case STAGE_TERMS: mpnn_terms_rows(e, e->terms_done, from, to); break;
    default: base_trap();
    }
    e->row = to < n ? to : 0;
    if (to < n) return WEFT_MORE;
    switch (e->stage) {
    case STAGE_PROJECT: e->stage = STAGE_SWEEP; break;
    case STAGE_SWEEP: end_sweep(e); break;
    case STAGE_NODES: end_nodes(e); break;
    case STAGE_TERMS: e->terms_done++; /* fall through */
    default: e->stage = STAGE_CHOOSE;
    }
    return WEFT_MORE;
}

/* Shares of the work, in the products a row costs (features 204, message 55, update 150, terms 49; of 128 x 128). */
double mpnn_encoding_progress(const WeftEncoding *e) {
    enum { GRAPH = 10, FEATURES = 204, MESSAGE = 110, UPDATE = 150, TERMS = 49 };
    const WeftModel *m = e->model;
    double part = (double)e->row / e->graph.n, done = 0;
    int32_t encoders = m->encoder_closed ? m->encoder_layers : base_max(3, m->encoder_layers);
    int32_t decoders = m->complete ? m->decoder_layers : base_max(3, m->decoder_layers);
    if (e->stage == STAGE_DONE) return 1;
    done += e->stage == STAGE_GRAPH ? GRAPH * part : GRAPH;
    done += e->features_done * FEATURES + e->messages_done * MESSAGE + e->updates_done * UPDATE +
            e->terms_done * TERMS;
    if (e->stage == STAGE_SWEEP)
        done += part * (e->sweep.features * FEATURES + (e->sweep.update != NULL) * UPDATE +
                        (e->sweep.message != NULL) * MESSAGE);
    if (e->stage == STAGE_NODES) done += MESSAGE; /* the sweep's message is done, its layer not yet */
    if (e->stage == STAGE_TERMS) done += part * TERMS;
    return done / (GRAPH + FEATURES + encoders * (MESSAGE + UPDATE) + decoders * TERMS);
}
