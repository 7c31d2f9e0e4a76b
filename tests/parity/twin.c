/* SPDX-License-Identifier: MIT
 *
 * twin.c - see twin.h. Read it next to src/mpnn/MODEL.md: one function per formula, in the order of the
 * network.
 */
#include "twin.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_WIDTH = 4096 };

/* ---- Parts --------------------------------------------------------------------------------------------- */

/* Two doubles that compilers keep in one register at any level of optimisation. */
typedef double Pair __attribute__((vector_size(16)));

typedef struct Layer {
    const TwinModel *m;
    char prefix[32]; /* "encoder_layers.0." */
} Layer;

/* y = W x + b. b may be absent (edge_embedding has none). Returns 0, and does nothing, where W is absent. */
static int linear(double *y, const double *x, Layer l, const char *name) {
    const TwinTensor *w = twin_tensor(l.m, "%s%s.weight", l.prefix, name),
                     *b = twin_tensor(l.m, "%s%s.bias", l.prefix, name);
    if (!w) return 0;
    for (int from = 0; from < w->rows; from += TWIN_PANEL) {
        const Pair *column = (const Pair *)(w->value + from * w->cols);
        Pair sum[TWIN_PANEL / 2] = {{0}};
        for (int c = 0; c < w->cols; c++, column += TWIN_PANEL / 2)
            for (int r = 0; r < TWIN_PANEL / 2; r++) sum[r] += column[r] * x[c];
        for (int r = 0; r < TWIN_PANEL && from + r < w->rows; r++)
            y[from + r] = sum[r / 2][r % 2] + (b ? b->value[from + r] : 0);
    }
    return w->rows;
}

static void gelu(double *x, int width) {
    for (int i = 0; i < width; i++) x[i] *= 0.5 * (1 + erf(x[i] / sqrt(2)));
}

/* x = norm(x + dx): zero mean, unit (biased) variance, gain and shift. */
static void residual_norm(double *x, const double *dx, int width, Layer l, const char *name) {
    const TwinTensor *gain = twin_tensor(l.m, "%s%s.weight", l.prefix, name),
                     *shift = twin_tensor(l.m, "%s%s.bias", l.prefix, name);
    double mean = 0, variance = 0;
    for (int i = 0; i < width; i++) mean += (x[i] += dx ? dx[i] : 0) / width;
    for (int i = 0; i < width; i++) variance += (x[i] - mean) * (x[i] - mean) / width;
    for (int i = 0; i < width; i++)
        x[i] = (x[i] - mean) / sqrt(variance + 1e-5) * gain->value[i] + shift->value[i];
}

/* Three products with GELU between; the middle one is left out where the model has none. */
static void message(double *out, const double *x, Layer l, const char *first, const char *middle,
                    const char *last) {
    double a[MAX_WIDTH], b[MAX_WIDTH];
    gelu(a, linear(a, x, l, first));
    int width = linear(b, a, l, middle);
    gelu(b, width);
    linear(out, width ? b : a, l, last);
}

/* Left out where the model has none, with its norm. */
static void feed_forward(double *h, int width, Layer l) {
    double a[MAX_WIDTH], b[MAX_WIDTH];
    gelu(a, linear(a, h, l, "dense.W_in"));
    if (linear(b, a, l, "dense.W_out")) residual_norm(h, b, width, l, "norm2");
}

static double *put(double *at, const double *values, int count) {
    for (int i = 0; i < count; i++) at[i] = values ? values[i] : 0;
    return at + count;
}

/* ---- Features ------------------------------------------------------------------------------------------ */

/* The K nearest by CA distance. A pair with an incomplete member stands at the distance of the farthest
 * complete one. */
static void nearest(TwinEncoding *e, const TwinSlots *s, float *dist) {
    int n = s->length;
    float *d = malloc((size_t)n * sizeof *d);
    for (int i = 0; i < n; i++) {
        float farthest = 0;
        for (int j = 0; j < n; j++) {
            const float *a = s->x + i * 12 + 3, *b = s->x + j * 12 + 3, dx = a[0] - b[0], dy = a[1] - b[1],
                        dz = a[2] - b[2];
            d[j] = s->mask[i] && s->mask[j] ? sqrtf((dx * dx + dy * dy) + dz * dz + 1e-6f) : 0;
            farthest = d[j] > farthest ? d[j] : farthest;
        }
        for (int j = 0; j < n; j++)
            if (!s->mask[i] || !s->mask[j]) d[j] = farthest;
        for (int k = 0; k < e->k; k++) {
            int best = -1;
            for (int j = 0; j < n; j++)
                if (d[j] >= 0 && (best < 0 || d[j] < d[best])) best = j;
            e->nbr[i * e->k + k] = best;
            dist[i * e->k + k] = d[best];
            d[best] = -1; /* taken */
        }
    }
    free(d);
}

/* N, CA, C, O and the virtual CB of one slot. */
static void atoms(double out[TWIN_ATOMS][3], const float *x) {
    enum { N, CA, C, O, CB };
    double b[3], c[3];
    for (int i = 0; i < 12; i++) out[i / 3][i % 3] = x[i];
    for (int i = 0; i < 3; i++) {
        b[i] = out[CA][i] - out[N][i];
        c[i] = out[C][i] - out[CA][i];
    }
    for (int i = 0; i < 3; i++) {
        double a = b[(i + 1) % 3] * c[(i + 2) % 3] - b[(i + 2) % 3] * c[(i + 1) % 3];
        out[CB][i] = -0.58273431 * a + 0.56802827 * b[i] - 0.54067466 * c[i] + out[CA][i];
    }
}

double *twin_radial(double *out, double distance, int count) {
    for (int r = 0; r < count; r++) {
        double center = count > 1 ? 2 + r * 20.0 / (count - 1) : 2, z = (distance - center) / (20.0 / count);
        *out++ = exp(-z * z);
    }
    return out;
}

/* 25 distances between the atoms of i and of j, in bins. */
static void backbone_edge(double *at, const TwinModel *m, const TwinSlots *s, int i, int j, double ca_distance) {
    /* atom of i, atom of j; 0 N, 1 CA, 2 C, 3 O, 4 CB. The first pair, CA-CA, takes the neighbour search's
     * distance. */
    static const int pair[24][2] = {{0, 0}, {2, 2}, {3, 3}, {4, 4}, {1, 0}, {1, 2}, {1, 3}, {1, 4},
                                    {0, 2}, {0, 3}, {0, 4}, {4, 2}, {4, 3}, {3, 2}, {0, 1}, {2, 1},
                                    {3, 1}, {4, 1}, {2, 0}, {3, 0}, {4, 0}, {2, 4}, {3, 4}, {2, 3}};
    double a[TWIN_ATOMS][3], b[TWIN_ATOMS][3];
    at = twin_radial(at, ca_distance, m->rbf_count);
    atoms(a, s->x + i * 12);
    atoms(b, s->x + j * 12);
    for (int p = 0; p < 24; p++) {
        const double *u = a[pair[p][0]], *v = b[pair[p][1]];
        double square =
            (u[0] - v[0]) * (u[0] - v[0]) + (u[1] - v[1]) * (u[1] - v[1]) + (u[2] - v[2]) * (u[2] - v[2]);
        at = twin_radial(at, sqrt(square + 1e-6), m->rbf_count);
    }
}

static void edge_features(double *out, const TwinModel *m, const TwinSlots *s, const int32_t *step, int i,
                          int j, double ca_distance) {
    Layer features = {m, "features."};
    double x[MAX_WIDTH], place[MAX_WIDTH] = {0};
    int classes = twin_tensor(m, "features.embeddings.linear.weight")->cols, clip = (classes - 2) / 2;
    int offset = s->residue_idx[i] - s->residue_idx[j] + clip;
    offset = offset < 0 ? 0 : offset > 2 * clip ? 2 * clip : offset;
    place[s->chain[i] == s->chain[j] ? offset : classes - 1] = 1;
    double *at = x + linear(x, place, features, "embeddings.linear");
    if (m->ca_only)
        twin_ca_edge(at, m, s, step, i, j, ca_distance);
    else
        backbone_edge(at, m, s, i, j, ca_distance);
    residual_norm(out, NULL, linear(out, x, features, "edge_embedding"), features, "norm_edges");
}

/* ---- Encoder ------------------------------------------------------------------------------------------- */

static const double *node(const TwinEncoding *e, int layer, int i) {
    return e->h_v + ((size_t)layer * (size_t)e->length + (size_t)i) * (size_t)e->node_width;
}

static double *edge(const TwinEncoding *e, int i, int k) {
    return e->h_e + ((size_t)i * (size_t)e->k + (size_t)k) * (size_t)e->edge_width;
}

static void encoder_layer(TwinEncoding *e, const TwinModel *m, int layer) {
    double x[MAX_WIDTH], y[MAX_WIDTH];
    Layer l = {m, ""};
    snprintf(l.prefix, sizeof l.prefix, "encoder_layers.%d.", layer);
    for (int i = 0; i < e->length; i++) {
        double *h = (double *)node(e, layer + 1, i), sum[MAX_WIDTH] = {0};
        for (int k = 0; k < e->k; k++) {
            int j = e->nbr[i * e->k + k], visible = e->mask[i] && e->mask[j];
            put(put(put(x, node(e, layer, i), m->node_width), edge(e, i, k), m->edge_width),
                node(e, layer, j), m->node_width);
            message(y, x, l, "W1", "W2", "W3");
            for (int c = 0; c < m->node_width; c++) sum[c] += visible * y[c] / m->message_scale;
        }
        put(h, node(e, layer, i), m->node_width);
        residual_norm(h, sum, m->node_width, l, "norm1");
        feed_forward(h, m->node_width, l);
        if (!e->mask[i]) put(h, NULL, m->node_width);
    }
    for (int i = 0; twin_tensor(m, "%sW11.weight", l.prefix) && i < e->length;
         i++) /* a model may leave edges as they are */
        for (int k = 0; k < e->k; k++) {
            const double *neighbor = node(e, layer + 1, e->nbr[i * e->k + k]);
            put(put(put(x, node(e, layer + 1, i), m->node_width), edge(e, i, k), m->edge_width), neighbor,
                m->node_width);
            message(y, x, l, "W11", "W12", "W13");
            residual_norm(edge(e, i, k), y, m->edge_width, l, "norm3");
        }
}

TwinEncoding *twin_encode(const TwinModel *m, const TwinSlots *s) {
    TwinEncoding *e = malloc(sizeof *e);
    size_t n = (size_t)s->length, k = (size_t)(m->neighbors < s->length ? m->neighbors : s->length);
    Layer top = {m, ""};
    int features = twin_tensor(m, "features.edge_embedding.weight")->rows;
    *e = (TwinEncoding){s->length,
                        (int)k,
                        m->node_width,
                        m->edge_width,
                        features,
                        m->encoder_layers,
                        malloc(n),
                        malloc(n * k * sizeof(int32_t)),
                        malloc(n * k * (size_t)features * sizeof(double)),
                        calloc((size_t)(m->encoder_layers + 1) * n * (size_t)m->node_width, sizeof(double)),
                        malloc(n * k * (size_t)m->edge_width * sizeof(double))};
    float *dist = malloc(n * k * sizeof *dist);
    int32_t *step = twin_ca_steps(s);
    memcpy(e->mask, s->mask, n);
    nearest(e, s, dist);
    for (int i = 0; i < e->length * e->k; i++) {
        double *at = e->features + (size_t)i * (size_t)features;
        edge_features(at, m, s, step, i / e->k, e->nbr[i], dist[i]);
        linear(edge(e, 0, i), at, top, "W_e");
    }
    free(dist);
    free(step);
    for (int layer = 0; layer < m->encoder_layers; layer++) encoder_layer(e, m, layer);
    return e;
}

void twin_encoding_free(TwinEncoding *e) {
    free(e->mask);
    free(e->nbr);
    free(e->features);
    free(e->h_v);
    free(e->h_e);
    free(e);
}

/* ---- Decoder ------------------------------------------------------------------------------------------- */

/* One row through one layer: own state, and of each neighbour the edge, and either letter and decoder
 * state (where it is decoded before this row) or nothing and encoder state (where it is not; so for the
 * row itself). */
static void decoder_row(double *h, int i, const double *state, int layer, const TwinModel *m,
                        const TwinEncoding *e, const int8_t *letter, const int32_t *rank) {
    const TwinTensor *embedding = twin_tensor(m, "W_s.weight");
    double x[MAX_WIDTH], y[MAX_WIDTH], s[MAX_WIDTH], sum[MAX_WIDTH] = {0};
    Layer l = {m, ""};
    snprintf(l.prefix, sizeof l.prefix, "decoder_layers.%d.", layer);
    put(h, state + (size_t)i * (size_t)m->node_width, m->node_width);
    for (int k = 0; k < e->k; k++) {
        int j = e->nbr[i * e->k + k], decoded = rank && rank[j] < rank[i];
        double *at = put(put(x, h, m->node_width), edge(e, i, k), m->edge_width);
        int known = decoded && letter[j] >= 0;
        for (int c = 0; known && c < embedding->cols; c++) s[c] = *twin_value(embedding, letter[j], c);
        at = put(at, known ? s : NULL, embedding->cols);
        put(at, decoded ? state + (size_t)j * (size_t)m->node_width : node(e, e->layers, j), m->node_width);
        message(y, x, l, "W1", "W2", "W3");
        for (int c = 0; c < m->node_width; c++)
            sum[c] += y[c] / m->message_scale; /* no mask here: an incomplete neighbour counts too */
    }
    residual_norm(h, sum, m->node_width, l, "norm1");
    feed_forward(h, m->node_width, l);
}

static void log_softmax(double *x, int count) {
    double highest = x[0], sum = 0;
    for (int i = 1; i < count; i++) highest = x[i] > highest ? x[i] : highest;
    for (int i = 0; i < count; i++) sum += exp(x[i] - highest);
    for (int i = 0; i < count; i++) x[i] -= highest + log(sum);
}

/* All layers and the output, of every slot, or of the one slot and of what it can see (only < 0: of every
 * slot). */
static void decode(double *log_probs, const TwinModel *m, const TwinEncoding *e, const int8_t *letter,
                   const int32_t *rank, int only) {
    size_t n = (size_t)e->length, width = (size_t)m->node_width, layers = (size_t)m->decoder_layers;
    double *state = calloc((layers + 1) * n * width, sizeof *state);
    uint8_t *wanted = calloc((layers + 1) * n, 1);
    for (size_t i = 0; i < n; i++) wanted[layers * n + i] = only < 0 || (int)i == only;
    for (size_t layer = layers; layer-- > 0;)
        for (size_t i = 0; i < n; i++) {
            wanted[layer * n + i] |= wanted[(layer + 1) * n + i];
            for (int k = 0; wanted[(layer + 1) * n + i] && k < e->k; k++)
                wanted[layer * n + (size_t)e->nbr[(int)i * e->k + k]] = 1;
        }
    memcpy(state, node(e, e->layers, 0), n * width * sizeof *state);
    for (size_t layer = 0; layer < layers; layer++)
        for (size_t i = 0; i < n; i++)
            if (e->mask[i] && wanted[(layer + 1) * n + i])
                decoder_row(state + ((layer + 1) * n + i) * width, (int)i, state + layer * n * width,
                            (int)layer, m, e, letter, rank);
    for (size_t i = 0; i < n; i++)
        if (wanted[layers * n + i]) {
            double *out = log_probs + (only < 0 ? i * (size_t)m->letters : 0);
            linear(out, state + (layers * n + i) * width, (Layer){m, ""}, "W_out");
            log_softmax(out, m->letters);
        }
    free(wanted);
    free(state);
}

void twin_decode_next(double *log_probs, double *state, const TwinModel *m, const TwinEncoding *e,
                      const int8_t *letter, const int32_t *rank, int slot) {
    size_t plane = (size_t)e->length * (size_t)m->node_width, own = (size_t)slot * (size_t)m->node_width;
    for (int layer = 0; layer < m->decoder_layers && e->mask[slot]; layer++)
        decoder_row(state + (size_t)(layer + 1) * plane + own, slot, state + (size_t)layer * plane, layer, m,
                    e, letter, rank);
    linear(log_probs, state + (size_t)m->decoder_layers * plane + own, (Layer){m, ""}, "W_out");
    log_softmax(log_probs, m->letters);
}

void twin_unconditional(double *log_probs, const TwinModel *m, const TwinEncoding *e) {
    decode(log_probs, m, e, NULL, NULL, -1);
}

void twin_score(double *log_probs, const TwinModel *m, const TwinEncoding *e, const int8_t *letter,
                const int32_t *order) {
    int32_t *rank = malloc((size_t)e->length * sizeof *rank);
    for (int t = 0; t < e->length; t++) rank[order[t]] = t;
    decode(log_probs, m, e, letter, rank, -1);
    free(rank);
}

void twin_all_others(double *log_probs, const TwinModel *m, const TwinEncoding *e, const int8_t *letter,
                     const int32_t *order, int slot) {
    int32_t *rank = malloc((size_t)e->length * sizeof *rank);
    for (int t = 0; t < e->length; t++) rank[order[t]] = t;
    rank[slot] = e->length;
    decode(log_probs, m, e, letter, rank, slot);
    free(rank);
}

void twin_distribution(double *p, const double *logits, const float *bias, const uint8_t *omit,
                       double temperature, int letters) {
    double highest = -INFINITY, sum = 0;
    for (int a = 0; a < letters; a++) {
        p[a] = omit && omit[a] ? -INFINITY : logits[a] + (bias ? bias[a] : 0);
        highest = p[a] > highest ? p[a] : highest;
    }
    for (int a = 0; a < letters; a++)
        sum += p[a] = temperature > 0 ? exp((p[a] - highest) / temperature) : p[a] == highest;
    for (int a = 0; a < letters; a++) p[a] /= sum;
}
