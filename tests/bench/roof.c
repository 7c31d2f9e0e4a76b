/* SPDX-License-Identifier: MIT
 *
 * roof.c - what this machine gives in the same run, for the benchmark to hold the model's stages against.
 *
 *   bench_peak    chains of acc = acc x + y in registers: the arithmetic alone
 *   bench_tile    48 rows x 128 x 128 by core/ops.c: the product alone, all operands in the first two cache levels
 *   bench_layer   one decoder layer of one residue by core/ops.c: everything that the arithmetic cannot avoid
 *
 * Each takes a number of repetitions and returns its work: operations, or residues.
 */
#include "../../src/core/ops.h"

enum { K = 48, WIDTH = 128, WIDE = 512, RESIDUES = 500, STEP = 7, MOST = WIDE * WIDTH };
static float x[K * WIDTH], y[K * WIDTH], edges[RESIDUES * K * WIDTH], nodes[RESIDUES * WIDTH];
static float own[WIDTH], sum[WIDTH], delta[WIDTH], h[WIDTH], wide[WIDE], next[2 * WIDTH];
static float zeros[WIDE], ones[WIDTH];
static float message_w[WIDTH * WIDTH], sum_w[WIDTH * WIDTH], in_w[MOST], out_w[MOST], next_w[2 * WIDTH * WIDTH];
static const Linear message = {WIDTH, WIDTH, message_w, zeros}, of_sum = {WIDTH, WIDTH, sum_w, zeros};
static const Linear widen = {WIDTH, WIDE, in_w, zeros}, narrow = {WIDE, WIDTH, out_w, zeros};
static const Linear to_next = {WIDTH, 2 * WIDTH, next_w, zeros};
static const Norm norm = {WIDTH, ones, zeros};

/* Numbers between -size and size. */
static void fill(float *at, int32_t count, float size) {
    static uint32_t state = 2463534242u;
    for (int32_t i = 0; i < count; i++) {
        state = state * 1664525u + 1013904223u;
        at[i] = size * (float)(int32_t)state / 2147483648.0f;
    }
}

void bench_open(void) {
    fill(x, K * WIDTH, 1);
    fill(edges, RESIDUES * K * WIDTH, 1);
    fill(nodes, RESIDUES * WIDTH, 1);
    fill(own, WIDTH, 1);
    fill(h, WIDTH, 1);
    fill(message_w, WIDTH * WIDTH, 0.1f);
    fill(sum_w, WIDTH * WIDTH, 0.02f);
    fill(in_w, MOST, 0.1f);
    fill(out_w, MOST, 0.1f);
    fill(next_w, 2 * WIDTH * WIDTH, 0.1f);
    for (int32_t i = 0; i < WIDTH; i++) ones[i] = 1;
}

#define TURN \
    a = vec_madd(a, p, q), b = vec_madd(b, p, q), c = vec_madd(c, p, q), d = vec_madd(d, p, q), \
    e = vec_madd(e, p, q), f = vec_madd(f, p, q), g = vec_madd(g, p, q), i = vec_madd(i, p, q), \
    j = vec_madd(j, p, q), k = vec_madd(k, p, q), l = vec_madd(l, p, q), m = vec_madd(m, p, q)

/* Twelve sums: enough to hide the latency of a multiplication and an addition, few enough for sixteen registers. */
double bench_peak(int32_t times) {
    const f32x4 p = vec_splat(0.999f + x[0] * 1e-6f), q = vec_splat(0.001f);
    f32x4 a = vec_splat(0), b = a + 1, c = a + 2, d = a + 3, e = a + 4, f = a + 5;
    f32x4 g = a + 6, i = a + 7, j = a + 8, k = a + 9, l = a + 10, m = a + 11;
    for (int32_t t = 0; t < times; t++) {
        TURN;
        TURN;
        TURN;
        TURN;
    }
    vec_store(y, a + b + c + d + e + f + g + i + j + k + l + m);
    return 2.0 * 4 * 12 * 4 * times;
}

double bench_tile(int32_t times) {
    for (int32_t t = 0; t < times; t++) ops_linear(y, x, &message, K);
    return 2.0 * K * WIDTH * WIDTH * times;
}

static void layer(int32_t residue) {
    const float *others[K];
    for (int32_t j = 0; j < K; j++) others[j] = nodes + (residue * 31 + j * 37) % RESIDUES * WIDTH;
    ops_gather_gelu(x, own, edges + (size_t)residue * K * WIDTH, others, K, WIDTH);
    ops_linear(y, x, &message, K);
    ops_gelu_sum(sum, y, NULL, K, WIDTH);
    ops_linear(delta, sum, &of_sum, 1);
    ops_residual_norm(h, delta, 1, &norm, 1);
    ops_linear(wide, h, &widen, 1);
    ops_gelu(wide, WIDE);
    ops_linear(delta, wide, &narrow, 1);
    ops_residual_norm(h, delta, 1, &norm, 1);
    ops_linear(next, h, &to_next, 1);
}

/* The edges of one residue after another come from the outer cache levels, as they do in the model. */
double bench_layer(int32_t times) {
    static int32_t residue;
    for (int32_t t = 0; t < times; t++, residue = (residue + STEP) % RESIDUES) layer(residue);
    return times;
}
