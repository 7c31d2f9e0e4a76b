/* SPDX-License-Identifier: MIT */
#include "ops.h"

#include <math.h>
#include <string.h>

#include "vmath.h"

enum { PANEL = 16 }; /* outputs of one panel: four vectors */

/* ---- Packing ------------------------------------------------------------------------------------------- */

static size_t panel_at(const Linear *l, int32_t output, int32_t input) {
    return ((size_t)(output / PANEL) * (size_t)l->in + (size_t)input) * PANEL + (size_t)(output % PANEL);
}

void ops_pack(Linear *l, const float *matrix, int32_t columns, int32_t first) {
    for (int32_t o = 0; o < l->out; o++)
        for (int32_t i = 0; i < l->in; i++)
            l->w[panel_at(l, o, i)] = matrix[(size_t)o * (size_t)columns + (size_t)(first + i)];
}

void ops_unpack(float *matrix, const Linear *l, int32_t columns, int32_t first) {
    for (int32_t o = 0; o < l->out; o++)
        for (int32_t i = 0; i < l->in; i++)
            matrix[(size_t)o * (size_t)columns + (size_t)(first + i)] = l->w[panel_at(l, o, i)];
}

void ops_transpose(Linear *to, const Linear *l) {
    to->in = l->out;
    to->out = l->in;
    for (int32_t o = 0; o < l->out; o++)
        for (int32_t i = 0; i < l->in; i++) to->w[panel_at(to, i, o)] = l->w[panel_at(l, o, i)];
}

/* ---- Linear -------------------------------------------------------------------------------------------- */

/* Two rows by sixteen outputs: eight sums, four weights and two inputs are fourteen vectors, what a WebAssembly
 * compiler keeps in sixteen registers. One k per turn; unrolling spills. */
static void tile_2x16(float *y, size_t y_stride, const float *x, size_t x_stride, const float *w,
                      const float *b, int32_t in) {
    f32x4 c0 = vec_load(b), c1 = vec_load(b + 4), c2 = vec_load(b + 8), c3 = vec_load(b + 12);
    f32x4 d0 = c0, d1 = c1, d2 = c2, d3 = c3;
    const float *end = x + in;
    do {
        f32x4 w0 = vec_load(w), w1 = vec_load(w + 4), w2 = vec_load(w + 8), w3 = vec_load(w + 12);
        f32x4 p = vec_splat(x[0]), q = vec_splat(x[x_stride]);
        c0 = vec_madd(p, w0, c0);
        c1 = vec_madd(p, w1, c1);
        c2 = vec_madd(p, w2, c2);
        c3 = vec_madd(p, w3, c3);
        d0 = vec_madd(q, w0, d0);
        d1 = vec_madd(q, w1, d1);
        d2 = vec_madd(q, w2, d2);
        d3 = vec_madd(q, w3, d3);
        x++;
        w += PANEL;
    } while (x != end);
    vec_store(y, c0);
    vec_store(y + 4, c1);
    vec_store(y + 8, c2);
    vec_store(y + 12, c3);
    y += y_stride;
    vec_store(y, d0);
    vec_store(y + 4, d1);
    vec_store(y + 8, d2);
    vec_store(y + 12, d3);
}

/* The same for one row, summed in the same order. */
static void tile_1x16(float *y, const float *x, const float *w, const float *b, int32_t in) {
    f32x4 c0 = vec_load(b), c1 = vec_load(b + 4), c2 = vec_load(b + 8), c3 = vec_load(b + 12);
    const float *end = x + in;
    do {
        f32x4 p = vec_splat(*x);
        c0 = vec_madd(p, vec_load(w), c0);
        c1 = vec_madd(p, vec_load(w + 4), c1);
        c2 = vec_madd(p, vec_load(w + 8), c2);
        c3 = vec_madd(p, vec_load(w + 12), c3);
        x++;
        w += PANEL;
    } while (x != end);
    vec_store(y, c0);
    vec_store(y + 4, c1);
    vec_store(y + 8, c2);
    vec_store(y + 12, c3);
}

void ops_linear(float *y, const float *x, const Linear *l, int32_t rows) {
    static const float zeros[PANEL];
    size_t x_stride = (size_t)vec_padded(l->in), y_stride = (size_t)vec_padded(l->out);
    const float *w = l->w;
    /* panel outside, rows inside: the panel stays in the first-level cache while the rows pass */
    for (int32_t o = 0; o < l->out; o += PANEL, w += (size_t)l->in * PANEL) {
        const float *b = l->b ? l->b + o : zeros;
        int32_t r = 0;
        for (; r + 2 <= rows; r += 2)
            tile_2x16(y + (size_t)r * y_stride + o, y_stride, x + (size_t)r * x_stride, x_stride, w, b, l->in);
        if (r < rows) tile_1x16(y + (size_t)r * y_stride + o, x + (size_t)r * x_stride, w, b, l->in);
    }
}

/* ---- GELU and sums over neighbours --------------------------------------------------------------------- */

void ops_gelu(float *x, size_t count) {
    for (size_t i = 0; i < count; i += 4) vec_store(x + i, vmath_gelu(vec_load(x + i)));
}

void ops_gelu_slope(float *x, size_t count) {
    for (size_t i = 0; i < count; i += 4) vec_store(x + i, vmath_gelu_slope(vec_load(x + i)));
}

void ops_gather_gelu(float *out, const float *own, const float *edge, const float *const *other, int32_t k,
                     int32_t width) {
    for (int32_t j = 0; j < k; j++, out += width, edge += width) {
        const float *p = other ? other[j] : NULL;
        if (own && p)
            for (int32_t i = 0; i < width; i += 4)
                vec_store(out + i, vmath_gelu(vec_load(own + i) + vec_load(edge + i) + vec_load(p + i)));
        else if (own)
            for (int32_t i = 0; i < width; i += 4)
                vec_store(out + i, vmath_gelu(vec_load(own + i) + vec_load(edge + i)));
        else
            for (int32_t i = 0; i < width; i += 4) vec_store(out + i, vmath_gelu(vec_load(edge + i)));
    }
}

void ops_gelu_sum(float *sum, const float *x, const uint8_t *mask, int32_t k, int32_t width) {
    for (int32_t i = 0; i < width; i += 8) {
        f32x4 a = vec_splat(0), b = a;
        const float *row = x + i;
        for (int32_t j = 0; j < k; j++, row += width) {
            if (mask && !mask[j]) continue;
            a += vmath_gelu(vec_load(row));
            b += vmath_gelu(vec_load(row + 4));
        }
        vec_store(sum + i, a);
        vec_store(sum + i + 4, b);
    }
}

void ops_sum_rows(float *sum, const float *x, const uint8_t *mask, int32_t k, int32_t width) {
    memset(sum, 0, (size_t)width * sizeof *sum);
    for (int32_t j = 0; j < k; j++, x += width) {
        if (mask && !mask[j]) continue;
        for (int32_t i = 0; i < width; i += 4) vec_store(sum + i, vec_load(sum + i) + vec_load(x + i));
    }
}

void ops_sum_gathered(float *sum, float *const *row, int32_t k, int32_t width) {
    for (int32_t i = 0; i < width; i += 8) {
        f32x4 a = vec_splat(0), b = a;
        for (int32_t j = 0; j < k; j++) {
            a += vec_load(row[j] + i);
            b += vec_load(row[j] + i + 4);
        }
        vec_store(sum + i, a);
        vec_store(sum + i + 4, b);
    }
}

/* ---- Normalisation ------------------------------------------------------------------------------------- */

/* The mean of a row, and 1 over its deviation. */
static float row_scale(const float *x, int32_t n, float *mean) {
    int32_t whole = n & ~3, width = vec_padded(n);
    f32x4 a = vec_splat(0);
    for (int32_t i = 0; i < width; i += 4) a += vec_load(x + i); /* the padding adds 0 */
    *mean = vec_sum(a) / (float)n;
    a = vec_splat(0);
    for (int32_t i = 0; i < whole; i += 4) {
        f32x4 d = vec_load(x + i) - *mean;
        a += d * d;
    }
    float squares = vec_sum(a);
    for (int32_t i = whole; i < n; i++) squares += (x[i] - *mean) * (x[i] - *mean);
    return 1.0f / sqrtf(squares / (float)n + 1e-5f);
}

static void norm_row(float *y, const float *x, const Norm *norm) {
    int32_t width = vec_padded(norm->n);
    float mean, scale = row_scale(x, norm->n, &mean);
    for (int32_t i = 0; i < width; i += 4) /* gain and shift are 0 in the padding */
        vec_store(y + i, (vec_load(x + i) - mean) * scale * vec_load(norm->gain + i) + vec_load(norm->shift + i));
}

void ops_norm(float *y, const float *x, const Norm *norm, int32_t rows) {
    size_t stride = (size_t)vec_padded(norm->n);
    for (int32_t r = 0; r < rows; r++) norm_row(y + (size_t)r * stride, x + (size_t)r * stride, norm);
}

void ops_residual_norm(float *h, const float *delta, float scale, const Norm *norm, int32_t rows) {
    size_t stride = (size_t)vec_padded(norm->n);
    for (int32_t r = 0; r < rows; r++, h += stride, delta += stride) {
        for (size_t i = 0; i < stride; i += 4)
            vec_store(h + i, vec_load(h + i) + vec_load(delta + i) * scale);
        norm_row(h, h, norm);
    }
}

/* With u = g gain and x' = (x - mean) / deviation: (u - mean(u) - x' mean(u x')) / deviation. */
void ops_norm_back(float *g, const float *x, const Norm *norm, int32_t rows) {
    int32_t n = norm->n, width = vec_padded(n);
    float mean, scale = row_scale(x, n, &mean);
    for (int32_t r = 0; r < rows; r++, g += width) {
        f32x4 sum = vec_splat(0), along = sum;
        for (int32_t i = 0; i < width; i += 4) { /* the gain, and with it u, is 0 in the padding */
            f32x4 u = vec_load(g + i) * vec_load(norm->gain + i);
            sum += u;
            along += u * ((vec_load(x + i) - mean) * scale);
        }
        float first = vec_sum(sum) / (float)n, second = vec_sum(along) / (float)n;
        for (int32_t i = 0; i < width; i += 4) {
            f32x4 u = vec_load(g + i) * vec_load(norm->gain + i);
            vec_store(g + i, (u - first - (vec_load(x + i) - mean) * scale * second) * scale);
        }
        for (int32_t i = n; i < width; i++) g[i] = 0;
    }
}

void ops_log_softmax(float *out, const float *x, int32_t n) {
    float top = x[0];
    for (int32_t i = 1; i < n; i++) top = x[i] > top ? x[i] : top;
    double sum = 0;
    for (int32_t i = 0; i < n; i++) sum += vmath_exp1(x[i] - top);
    double log_sum = vmath_log(sum);
    for (int32_t i = 0; i < n; i++) out[i] = (float)((double)(x[i] - top) - log_sum);
}

int32_t ops_overflow(const float *x, int32_t rows, size_t stride) {
    for (int32_t r = 0; r < rows; r++, x += stride) {
        float zero = 0; /* not 0 once a number is infinite or none */
        for (size_t i = 0; i < stride; i++) zero += x[i] * 0.0f;
        if (zero != 0) return r;
    }
    return -1;
}
