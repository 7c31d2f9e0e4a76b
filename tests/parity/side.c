/* SPDX-License-Identifier: MIT
 *
 * side.c - see side.h.
 */
#include "side.h"

#include "table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const WHY_STATE = "PyTorch's float32 is up to 2.6e-5 off its float64";
static const char *const WHY_LOG_PROB = "PyTorch's float32 is up to 5.7e-5 off its float64";

static double *doubles(size_t count) { return calloc(count, sizeof(double)); }

Side side_open(const Case *c, const char *pair, int layers, int width, int edge_width) {
    size_t slots = (size_t)c->slots, edges = slots * (size_t)c->k;
    return (Side){pair,
                  layers,
                  width,
                  edge_width,
                  calloc(edges, sizeof(int32_t)),
                  doubles((size_t)layers * slots * (size_t)width),
                  doubles(edges * (size_t)edge_width),
                  doubles(slots * LETTERS),
                  doubles(slots * LETTERS),
                  doubles((size_t)c->scored_count * LETTERS)};
}

void side_free(Side *s) {
    void *owned[] = {s->nbr, s->h_v, s->h_e, s->unconditional, s->scored, s->others};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) free(owned[i]);
}

static Npy stored(const Case *c, const char *name) {
    Npy npy;
    if (!npy_read(&npy, c->directory, name)) {
        fprintf(stderr, "%s/%s.npy is missing\n", c->directory, name);
        exit(1);
    }
    return npy;
}

/* The float32 distance by which slot j stands in slot i's list. */
static float list_distance(const Case *c, int i, int j) {
    float farthest = 0, at_j = -1;
    for (int t = 0; t < c->slots; t++) {
        const float *a = c->x + i * 12 + 3, *b = c->x + t * 12 + 3, dx = a[0] - b[0], dy = a[1] - b[1],
                    dz = a[2] - b[2];
        float d = c->mask[t] ? sqrtf((dx * dx + dy * dy) + dz * dz + 1e-6f) : 0;
        farthest = d > farthest ? d : farthest;
        at_j = t == j && c->mask[t] ? d : at_j;
    }
    return at_j < 0 ? farthest : at_j;
}

int side_place(const int32_t *nbr, int k, int slot) {
    for (int at = 0; at < k; at++)
        if (nbr[at] == slot) return at;
    return -1;
}

/* Two slots may change places only where they are equally far, as all gap slots are. */
static void side_neighbors_row(const Case *c, const Side *s) {
    Npy golden = stored(c, "E_idx");
    Diff d = {0};
    for (int i = 0; i < c->slots; i++)
        for (int k = 0; c->mask[i] && k < c->k; k++) {
            const int32_t *list = s->nbr + i * c->k;
            int theirs = (int)golden.data[i * c->k + k];
            int tie = list[k] != theirs && list_distance(c, i, list[k]) == list_distance(c, i, theirs) &&
                      side_place(list, c->k, theirs) >= 0;
            diff_add(&d, tie ? theirs : list[k], theirs);
        }
    table_row(c->name, s->pair, "E_idx", &d, 0, 0, "exact on complete slots, order included, ties aside");
    npy_free(&golden);
}

void side_edges_row(const Case *c, const Side *s, const double *mine, const char *name) {
    char file[32];
    Npy golden, nbr = stored(c, "E_idx");
    Diff d = {0};
    snprintf(file, sizeof file, "%s_rows", name);
    if (!npy_read(&golden, c->directory, file)) golden = stored(c, name);
    for (int r = 0; r < c->edge_count; r++)
        for (int k = 0, i = c->edge_slot[r]; c->mask[i] && k < c->k; k++) {
            int at = side_place(s->nbr + i * c->k, c->k, (int)nbr.data[i * c->k + k]);
            for (int w = 0; w < s->edge_width; w++)
                diff_add(&d, at < 0 ? NAN : mine[(i * c->k + at) * s->edge_width + w],
                         golden.data[(r * c->k + k) * s->edge_width + w]);
        }
    table_row(c->name, s->pair, name, &d, TOLERANCE_STATE, 0, WHY_STATE);
    npy_free(&golden);
    npy_free(&nbr);
}

static void side_nodes_rows(const Case *c, const Side *s) {
    for (int l = 0; l < s->layers; l++) {
        char name[32];
        Npy golden;
        Diff d = {0};
        snprintf(name, sizeof name, "h_V_enc%d", l + 1);
        if (!npy_read(&golden, c->directory, name)) continue;
        for (int i = 0; i < c->slots * s->width; i++)
            diff_add(&d, s->h_v[(size_t)l * golden.count + (size_t)i], golden.data[i]);
        table_row(c->name, s->pair, name, &d, TOLERANCE_STATE, 0, WHY_STATE);
        npy_free(&golden);
    }
}

void side_log_prob_row(const Case *c, const char *pair, const char *component, const double *mine,
                       const char *file) {
    Npy golden = stored(c, file);
    Diff d = {0};
    for (int i = 0; i < c->slots * LETTERS; i++)
        if (c->mask[i / LETTERS]) diff_add(&d, mine[i], golden.data[i]);
    table_row(c->name, pair, component, &d, TOLERANCE_LOG_PROB, TOLERANCE_LOG_PROB_MEAN, WHY_LOG_PROB);
    npy_free(&golden);
}

void side_others_row(const Case *c, const Side *s, int step) {
    Npy golden = stored(c, "logp_conditional_all");
    Diff d = {0};
    for (int r = 0; r < c->scored_count; r += step)
        for (int a = 0; a < LETTERS; a++)
            diff_add(&d, s->others[r * LETTERS + a], golden.data[c->scored_slot[r] * LETTERS + a]);
    table_row(c->name, s->pair, "all-others", &d, TOLERANCE_LOG_PROB, TOLERANCE_LOG_PROB_MEAN, WHY_LOG_PROB);
    npy_free(&golden);
}

void side_rows(const Case *c, const Side *s) {
    side_neighbors_row(c, s);
    side_nodes_rows(c, s);
    side_edges_row(c, s, s->h_e, "h_E_final");
    side_log_prob_row(c, s->pair, "unconditional", s->unconditional, "logp_unconditional");
    side_log_prob_row(c, s->pair, "autoregressive", s->scored, "logp_teacher_forced");
}
