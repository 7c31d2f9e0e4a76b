/* SPDX-License-Identifier: MIT
 *
 * ops.h - the arithmetic that networks are made of: linear layers, layer norm, GELU, sums over neighbours, softmax.
 *
 * Rows of activations are padded with zeros to vec_padded(width) floats; every op keeps the padding zero. Each row of
 * a result is summed in one fixed order whatever the number of rows in the call, so blocks, lanes and steps never
 * change a bit. Destination first, then inputs, weights, sizes. Nothing is allocated here and nothing can fail.
 */
#ifndef WEFT_CORE_OPS_H
#define WEFT_CORE_OPS_H

#include "arena.h"
#include "vec.h"

/* y = W x + b. W is kept in panels of 16 outputs, [out/16][in][16], zero-padded; b is padded to match, or NULL.
 * A Linear of in = 0 stands for a product that the network does not have. */
typedef struct Linear {
    int32_t in, out;
    float *w, *b;
} Linear;

/* y = gain (x - mean) / sqrt(variance + 1e-5) + shift over n numbers, biased variance. n = 0: not there. */
typedef struct Norm {
    int32_t n;
    float *gain, *shift; /* [padded n], padding 0 */
} Norm;

/* Copies rows of a torch matrix [out][columns] into panels: the columns first .. first + l->in - 1. l->w has room for
 * vec_padded(out) * in floats. ops_unpack is its exact inverse and leaves the other columns alone. */
void ops_pack(Linear *l, const float *matrix, int32_t columns, int32_t first);
void ops_unpack(float *matrix, const Linear *l, int32_t columns, int32_t first);

/* to = the transpose of W, without b: what takes a gradient back through l. to->in = l->out, to->out = l->in, and to->w
 * has room for vec_padded(l->in) * l->out floats, zeroed. */
void ops_transpose(Linear *to, const Linear *l);

/* y[rows][padded out] = W x[rows][padded in] + b. y and x do not overlap. */
void ops_linear(float *y, const float *x, const Linear *l, int32_t rows);

/* x[i] = gelu(x[i]) for count floats, a multiple of 4. */
void ops_gelu(float *x, size_t count);

/* x[i] = gelu'(x[i]), as above. */
void ops_gelu_slope(float *x, size_t count);

/* out[j] = gelu(own + edge[j] + *other[j]) for k rows of a padded width; own may be NULL, other[j] may be NULL. */
void ops_gather_gelu(float *out, const float *own, const float *edge, const float *const *other, int32_t k,
                     int32_t width);

/* sum = sum of *row[j] over k rows of a padded width. */
void ops_sum_gathered(float *sum, float *const *row, int32_t k, int32_t width);

/* sum = sum over the k rows of x with mask[j] != 0 of gelu(x[j]); mask NULL takes all. x is not changed.
 * ops_sum_rows is the same without the activation. */
void ops_gelu_sum(float *sum, const float *x, const uint8_t *mask, int32_t k, int32_t width);
void ops_sum_rows(float *sum, const float *x, const uint8_t *mask, int32_t k, int32_t width);

/* y = norm(x); y may be x. */
void ops_norm(float *y, const float *x, const Norm *norm, int32_t rows);

/* h = norm(h + scale * delta), rows of the norm's width. */
void ops_residual_norm(float *h, const float *delta, float scale, const Norm *norm, int32_t rows);

/* g = the gradient with respect to x of the sum of g norm(x): one row x, and rows of g [rows][padded n]. */
void ops_norm_back(float *g, const float *x, const Norm *norm, int32_t rows);

/* out[i] = ln(exp(x[i]) / sum exp(x)): the maximum is taken out first; out may be x. Sums in double. */
void ops_log_softmax(float *out, const float *x, int32_t n);

/* The first of the rows with a number that is not finite, or -1. */
int32_t ops_overflow(const float *x, int32_t rows, size_t stride);

#endif
