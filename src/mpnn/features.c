/* SPDX-License-Identifier: MIT
 *
 * features.c - a backbone as the network sees it: slots, the neighbour graph, edge features. MODEL.md 1 and 2.
 *
 * Structure -> Slots (coordinates with the virtual CB, masks, places in the chain) -> Graph (k nearest CA) ->
 * per edge: a position class and 25 atom-pair distances in Gaussian bins (CA-only models: ca_features.c), embedded and
 * normalised.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../core/vmath.h"
#include "mpnn.h"

enum { N, CA, C, O, CB, ATOMS };

/* Which atom of row i meets which atom of neighbour j, in the order of the weights' columns. */
static const uint8_t pairs[25][2] = {{CA, CA}, {N, N},   {C, C},  {O, O},  {CB, CB}, {CA, N}, {CA, C},
                                     {CA, O},  {CA, CB}, {N, C},  {N, O},  {N, CB},  {CB, C}, {CB, O},
                                     {O, C},   {N, CA},  {C, CA}, {O, CA}, {CB, CA}, {C, N},  {O, N},
                                     {CB, N},  {C, CB},  {O, CB}, {C, O}};

/* ---- Slots --------------------------------------------------------------------------------------------- */

/* The virtual CB, from N, CA and C as they stand (0 where missing). */
static void place_cb(float atom[ATOMS][3]) {
    float b[3], c[3], a[3];
    for (int32_t d = 0; d < 3; d++) {
        b[d] = atom[CA][d] - atom[N][d];
        c[d] = atom[C][d] - atom[CA][d];
    }
    for (int32_t d = 0; d < 3; d++) a[d] = b[(d + 1) % 3] * c[(d + 2) % 3] - b[(d + 2) % 3] * c[(d + 1) % 3];
    for (int32_t d = 0; d < 3; d++)
        atom[CB][d] = -0.58273431f * a[d] + 0.56802827f * b[d] - 0.54067466f * c[d] + atom[CA][d];
}

/* Places of the rows: the first of a chain stands at 0, each next one further by the step of the author numbers. Equal
 * ones, as of insertion codes, are a step. A number that goes back is one, too, in a chain that is filled by gaps; in
 * file order it goes back. */
static void place_rows(Slots *slots, const WeftStructure *s) {
    for (int32_t i = 0, last = -1; i < slots->rows; i++) {
        int starts = last < 0 || s->chain[i] != s->chain[last];
        int64_t step = starts ? 0 : (int64_t)s->number[i] - s->number[last];
        if (step == 0 || (step < 0 && !slots->only)) step = 1;
        slots->position[i] = starts ? 0 : slots->position[last] + step;
        if (!slots->only || slots->only[i]) last = i;
    }
}

/* The first `room` places that numbering gaps leave empty become slots behind the rows. */
static void place_gaps(Slots *slots, const WeftStructure *s, int32_t room) {
    for (int32_t i = 1; i < slots->rows && slots->count < slots->rows + room; i++) {
        if (s->chain[i] != s->chain[i - 1]) continue;
        int64_t empty = slots->position[i] - slots->position[i - 1] - 1;
        for (int64_t p = 1; p <= empty && slots->count < slots->rows + room; p++) {
            slots->chain[slots->count] = s->chain[i];
            slots->position[slots->count++] = slots->position[i - 1] + p;
        }
    }
}

const uint8_t *mpnn_visible(const WeftModel *m, const WeftStructure *s) {
    return m->ca_only ? s->carbon : s->mask;
}
const char *mpnn_needs(const WeftModel *m) { return m->ca_only ? "a CA atom" : "all of N, CA, C and O"; }

int mpnn_slots(Slots *slots, const WeftStructure *s, const WeftModel *m, WeftFeatures features, Arena *arena) {
    static const char *const names[4] = {"N", "CA", "C", "O"};
    const uint8_t *visible = mpnn_visible(m, s);
    int32_t complete = 0, carbons = 0, neighbors = m->neighbors, filled = features == WEFT_FEATURES_GAPS;
    for (int32_t i = 0; i < s->length; i++) complete += visible[i], carbons += s->carbon[i];
    /* With enough complete residues no gap is ever among the nearest (MODEL.md 1). */
    int32_t room = filled && complete < neighbors ? neighbors : 0;
    size_t most = (size_t)s->length + (size_t)room;
    *slots = (Slots){.rows = s->length, .count = s->length, .only = filled ? NULL : s->carbon};
    slots->mask = ARENA_TAKE(arena, uint8_t, most);
    slots->chain = ARENA_TAKE(arena, int32_t, most);
    slots->position = ARENA_TAKE(arena, int64_t, most);
    slots->ca = ARENA_TAKE(arena, float, 3 * ((most + 3) & ~(size_t)3));
    slots->atom = arena_take(arena, most, sizeof *slots->atom);
    if (m->ca_only) slots->frame = arena_take(arena, most, sizeof *slots->frame);
    if (!slots->mask || !slots->chain || !slots->position || !slots->ca || !slots->atom) return 0;
    if (m->ca_only && !slots->frame) return 0;
    for (int32_t i = 0; i < s->length; i++) {
        slots->mask[i] = visible[i];
        slots->chain[i] = s->chain[i];
        for (int32_t a = N; a <= O; a++) {
            const float *xyz = m->ca_only && a != CA ? NULL : structure_atom(s, i, names[a]);
            if (xyz) memcpy(slots->atom[i][a], xyz, sizeof slots->atom[i][a]);
        }
        if (!m->ca_only) place_cb(slots->atom[i]);
    }
    place_rows(slots, s);
    place_gaps(slots, s, room);
    slots->near = filled ? slots->count : carbons;
    if (m->ca_only) mpnn_ca_slots(slots);
    slots->stride = (slots->count + 3) & ~3;
    for (int32_t i = 0; i < slots->count; i++)
        for (int32_t d = 0; d < 3; d++) slots->ca[d * slots->stride + i] = slots->atom[i][CA][d];
    return 1;
}

/* ---- Graph --------------------------------------------------------------------------------------------- */

/* Mask-adjusted distances from row i to all slots: sqrt(d^2 + 1e-6) between complete rows; all other slots stand at
 * the distance of the farthest complete one. Rows that cannot be neighbours stand out of reach. */
static void distances(float *out, const Slots *slots, int32_t i) {
    const float *x = slots->ca, *y = x + slots->stride, *z = y + slots->stride;
    float farthest = 0;
    if (!slots->mask[i]) {
        memset(out, 0, (size_t)slots->count * sizeof *out);
        return;
    }
    for (int32_t j = 0; j < slots->count; j++) {
        float dx = x[i] - x[j], dy = y[i] - y[j], dz = z[i] - z[j];
        out[j] = sqrtf((dx * dx + dy * dy) + dz * dz + 1e-6f);
    }
    for (int32_t j = 0; j < slots->count; j++)
        if (slots->mask[j] && out[j] > farthest) farthest = out[j];
    for (int32_t j = 0; j < slots->count; j++)
        if (!slots->mask[j]) out[j] = farthest;
    for (int32_t j = 0; slots->only && j < slots->rows; j++)
        if (!slots->only[j]) out[j] = INFINITY;
}

void mpnn_graph_rows(Graph *g, const Slots *slots, int32_t from, int32_t to, Arena *scratch) {
    ArenaMark mark = arena_mark(scratch);
    float *all = arena_scratch(scratch, (size_t)slots->count);
    for (int32_t i = from; i < to; i++) {
        int32_t *nearest = g->neighbor + (size_t)i * (size_t)g->k, held = 0;
        float *near = g->distance + (size_t)i * (size_t)g->k;
        distances(all, slots, i);
        for (int32_t j = 0; j < slots->count;
             j++) { /* insertion into a sorted list; on a tie the lower slot stays first */
            if (held == g->k && !(all[j] < near[held - 1])) continue;
            int32_t at = held < g->k ? held++ : held - 1;
            for (; at > 0 && near[at - 1] > all[j]; at--) {
                near[at] = near[at - 1];
                nearest[at] = nearest[at - 1];
            }
            near[at] = all[j];
            nearest[at] = j;
        }
    }
    arena_reset(scratch, mark);
}

/* ---- Edge features ------------------------------------------------------------------------------------- */

/* exp(-((d - center) / width)^2) for `bins` centers from 2 to 22 angstrom. The exponent is held above -60: smaller
 * values change nothing, and their products would be denormal numbers, which are slow. Writes up to 3 floats past
 * the bins. */
void mpnn_gaussians(float *out, float d, const Bins *bins) {
    for (int32_t b = 0; b < bins->count; b += 4) {
        f32x4 t = (vec_splat(d) - vec_load(bins->center + b)) * bins->inverse_width;
        vec_store(out + b, vmath_exp(vec_max(-(t * t), vec_splat(-60.0f))));
    }
}

float mpnn_distance(const float *p, const float *q) {
    float dx = p[0] - q[0], dy = p[1] - q[1], dz = p[2] - q[2];
    return sqrtf((dx * dx + dy * dy) + dz * dz + 1e-6f);
}

/* 25 distances between the atoms of i and of j, in bins. */
static void backbone_edge(float *out, float i[ATOMS][3], float j[ATOMS][3], float ca_distance, const Bins *bins) {
    mpnn_gaussians(out, ca_distance, bins);
    for (int32_t p = 1; p < 25; p++)
        mpnn_gaussians(out + p * bins->count, mpnn_distance(i[pairs[p][0]], j[pairs[p][1]]), bins);
}

static int32_t position_class(const Slots *slots, int32_t i, int32_t j, int32_t classes) {
    int64_t most = (classes - 2) / 2, offset = slots->position[i] - slots->position[j] + most;
    if (slots->chain[i] != slots->chain[j]) return classes - 1;
    return (int32_t)(offset < 0 ? 0 : offset > 2 * most ? 2 * most : offset);
}

void mpnn_edge_features(float *out, const WeftModel *m, const Slots *slots, const Graph *g, int32_t row,
                        Arena *scratch) {
    ArenaMark mark = arena_mark(scratch);
    int32_t k = g->k, count = m->ca_only ? (m->edge_rbf.in - CA_DIRECTIONS) / CA_PAIRS : m->edge_rbf.in / 25;
    size_t stride = (size_t)vec_padded(m->edge_rbf.in), width = (size_t)vec_padded(m->edge_rbf.out);
    float *center = arena_scratch(scratch, (size_t)vec_padded(count));
    float *rbf = arena_scratch(scratch, (size_t)k * stride + 4);
    Bins bins = {center, (float)count / 20.0f, count};
    for (int32_t b = 0; b < vec_padded(count); b++)
        center[b] = count > 1 ? (float)(2.0 + b * 20.0 / (count - 1)) : 2.0f;
    const int32_t *neighbor = g->neighbor + (size_t)row * (size_t)k;
    for (int32_t e = 0; e < k; e++) {
        float *bin = rbf + (size_t)e * stride, ca_distance = g->distance[(size_t)row * (size_t)k + (size_t)e];
        if (m->ca_only)
            mpnn_ca_edge(bin, slots, row, neighbor[e], ca_distance, &bins);
        else
            backbone_edge(bin, slots->atom[row], slots->atom[neighbor[e]], ca_distance, &bins);
    }
    ops_linear(out, rbf, &m->edge_rbf, k);
    for (int32_t e = 0; e < k; e++) {
        const float *term =
            m->position_term + (size_t)position_class(slots, row, neighbor[e], m->position.in) * width;
        float *edge = out + (size_t)e * width;
        for (size_t i = 0; i < width; i += 4) vec_store(edge + i, vec_load(edge + i) + vec_load(term + i));
    }
    ops_norm(out, out, &m->norm_edges, k);
    arena_reset(scratch, mark);
}
