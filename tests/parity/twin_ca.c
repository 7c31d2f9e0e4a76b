/* SPDX-License-Identifier: MIT
 *
 * twin_ca.c - the twin's edge features of CA-only models: MODEL.md 2a in double precision, each edge from the start.
 *
 * One thing is float32, as in the original, because it decides: whether w is 0 where two slots have one bond in common
 * and no other.
 */
#include "twin.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A slot's place in the order of chains and numbers, whatever order the caller's slots have. */
int32_t *twin_ca_steps(const TwinSlots *s) {
    int32_t *step = calloc((size_t)s->length, sizeof *step);
    for (int i = 0; i < s->length; i++)
        for (int j = 0; j < s->length; j++)
            step[i] += s->chain[j] < s->chain[i] ||
                       (s->chain[j] == s->chain[i] && s->residue_idx[j] < s->residue_idx[i]);
    return step;
}

/* CA of the slot that is `by` steps further; the origin past either end. */
static const float *carbon(const TwinSlots *s, const int32_t *step, int i, int by) {
    static const float origin[3] = {0};
    for (int j = 0; j < s->length; j++)
        if (step[j] == step[i] + by) return s->x + j * 12 + 3;
    return origin;
}

static double length(const double *v, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) sum += v[i] * v[i];
    return sqrt(sum);
}

static void unit(double *v, int count) {
    double norm = length(v, count);
    for (int i = 0; i < count; i++) v[i] /= fmax(norm, 1e-12);
}

static void cross(double *out, const double *a, const double *b) {
    out[0] = a[1] * b[2] - a[2] * b[1];
    out[1] = a[2] * b[0] - a[0] * b[2];
    out[2] = a[0] * b[1] - a[1] * b[0];
}

/* The direction from a slot's CA to the next one's; 0 unless they are 3.6 to 4 angstrom apart. */
static void direction(double *u, const float *from, const float *to) {
    for (int c = 0; c < 3; c++) u[c] = (double)to[c] - (double)from[c];
    double apart = length(u, 3);
    if (apart <= 3.6 || apart >= 4.0) memset(u, 0, 3 * sizeof *u);
    unit(u, 3);
}

/* o1, n2 and o1 x n2; 0 in the first slot and in the last two. */
static void frame(double o[9], const TwinSlots *s, const int32_t *step, int i) {
    double u2[3], u1[3];
    memset(o, 0, 9 * sizeof *o);
    if (step[i] < 1 || step[i] > s->length - 3) return;
    direction(u2, carbon(s, step, i, -1), carbon(s, step, i, 0));
    direction(u1, carbon(s, step, i, 0), carbon(s, step, i, 1));
    for (int c = 0; c < 3; c++) o[c] = u2[c] - u1[c];
    cross(o + 3, u2, u1);
    unit(o, 3);
    unit(o + 3, 3);
    cross(o + 6, o, o + 3);
}

static double sign(double x) { return x > 0 ? 1 : x < 0 ? -1 : 0; }

static void float_unit(float v[3]) {
    float norm = sqrtf((v[0] * v[0] + v[1] * v[1]) + v[2] * v[2]);
    for (int c = 0; c < 3; c++) v[c] /= norm;
}

/* The one axis of a slot that has one bond: away from the slot it is bonded to. */
static void float_axis(float o[3], const TwinSlots *s, const int32_t *step, int i) {
    for (int by = -1; by <= 1; by += 2) {
        const float *a = carbon(s, step, i, by), *b = carbon(s, step, i, 0);
        float d[3] = {b[0] - a[0], b[1] - a[1], b[2] - a[2]},
              apart = sqrtf((d[0] * d[0] + d[1] * d[1]) + d[2] * d[2]);
        if (apart > 3.6f && apart < 4.0f) memcpy(o, d, sizeof d);
    }
    float_unit(o);
    float_unit(o);
}

/* Where i and j are bonded to each other alone, their axes are opposite and 1 + trace is a rounding. */
static int turned(const TwinSlots *s, const int32_t *step, int i, int j) {
    float a[3], b[3];
    float_axis(a, s, step, i);
    float_axis(b, s, step, j);
    return 1 + ((a[0] * b[0] + a[1] * b[1]) + a[2] * b[2]) <= 0;
}

/* The rotation oi^T oj as a quaternion x, y, z, w. */
static void quaternion(double q[4], const double *oi, const double *oj) {
    double r[3][3] = {{0}};
    for (int a = 0; a < 9; a++)
        for (int axis = 0; axis < 3; axis++) r[a / 3][a % 3] += oi[axis * 3 + a / 3] * oj[axis * 3 + a % 3];
    q[0] = sign(r[2][1] - r[1][2]) * 0.5 * sqrt(fabs(1 + r[0][0] - r[1][1] - r[2][2]));
    q[1] = sign(r[0][2] - r[2][0]) * 0.5 * sqrt(fabs(1 - r[0][0] + r[1][1] - r[2][2]));
    q[2] = sign(r[1][0] - r[0][1]) * 0.5 * sqrt(fabs(1 - r[0][0] - r[1][1] + r[2][2]));
    q[3] = 0.5 * sqrt(fmax(0, 1 + r[0][0] + r[1][1] + r[2][2]));
    unit(q, 4);
}

void twin_ca_edge(double *out, const TwinModel *m, const TwinSlots *s, const int32_t *step, int i, int j,
                  double ca_distance) {
    /* steps from i and from j; the first pair, CA-CA, takes the neighbour search's distance */
    static const int pair[TWIN_CA_PAIRS - 1][2] = {{-1, -1}, {1, 1}, {-1, 0}, {-1, 1},
                                                   {0, -1},  {0, 1}, {1, -1}, {1, 0}};
    double oi[9], oj[9], between[3];
    out = twin_radial(out, ca_distance, m->rbf_count);
    for (int p = 0; p < TWIN_CA_PAIRS - 1; p++) {
        const float *a = carbon(s, step, i, pair[p][0]), *b = carbon(s, step, j, pair[p][1]);
        double square = 0;
        for (int c = 0; c < 3; c++) square += ((double)a[c] - (double)b[c]) * ((double)a[c] - (double)b[c]);
        out = twin_radial(out, sqrt(square + 1e-6), m->rbf_count);
    }
    frame(oi, s, step, i);
    frame(oj, s, step, j);
    for (int c = 0; c < 3; c++)
        between[c] = (double)carbon(s, step, j, 0)[c] - (double)carbon(s, step, i, 0)[c];
    for (int r = 0; r < 3; r++)
        out[r] = oi[r * 3] * between[0] + oi[r * 3 + 1] * between[1] + oi[r * 3 + 2] * between[2];
    unit(out, 3);
    quaternion(out + 3, oi, oj);
    int lone = length(oi + 3, 3) == 0 && length(oj + 3, 3) == 0 && abs(step[i] - step[j]) == 1;
    if (lone && length(oi, 3) > 0 && length(oj, 3) > 0 && length(out + 3, 3) == 0)
        out[6] = !turned(s, step, i, j);
}
