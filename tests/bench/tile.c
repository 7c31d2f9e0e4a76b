/* SPDX-License-Identifier: MIT
 *
 * tile.c - the matrix product of core/ops.c by itself, for the benchmark to measure what this machine gives in the same
 * run: 48 rows x 128 x 128, all operands in the first two cache levels.
 */
#include "../../src/core/ops.h"

enum { ROWS = 48, WIDTH = 128 };
static float x[ROWS * WIDTH], y[ROWS * WIDTH], w[WIDTH * WIDTH], b[WIDTH];

/* Repeats the product; returns its floating-point operations. */
double bench_tile(int32_t times) {
    const Linear l = {WIDTH, WIDTH, w, b};
    for (int32_t i = 0; i < ROWS * WIDTH; i++) x[i] = 0.01f * (float)(i % 97);
    for (int32_t i = 0; i < WIDTH * WIDTH; i++) w[i] = 0.01f * (float)(i % 89);
    for (int32_t t = 0; t < times; t++) ops_linear(y, x, &l, ROWS);
    return 2.0 * ROWS * WIDTH * WIDTH * times;
}
