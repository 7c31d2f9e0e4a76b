/* SPDX-License-Identifier: MIT
 *
 * torch_random.h - the random numbers of PyTorch on a CPU, for commands that answer a seed as the originals do.
 *
 *   seed -> MT19937 words -> rand, randn, the draws of multinomial(p, 1)
 *
 * One stream: a value depends on how many words were taken before. Words and uniforms are PyTorch's, bit for bit;
 * normals and exponentials agree to the rounding of its log, sine and cosine. (Matsumoto and Nishimura, "Mersenne
 * twister", ACM TOMACS 8, 1998.)
 */
#ifndef WEFT_CORE_TORCH_RANDOM_H
#define WEFT_CORE_TORCH_RANDOM_H

#include "base.h"

enum { TORCH_RANDOM_WORDS = 624 };

typedef struct TorchRandom {
    uint32_t word[TORCH_RANDOM_WORDS];
    int32_t next; /* the word that comes next, TORCH_RANDOM_WORDS when all are taken */
    int32_t has_normal;
    double normal; /* where has_normal: the second of a pair of normals, for the next short randn */
} TorchRandom;

/* How multinomial makes its exponential variates: PLAIN from the stream itself, two words for each; MKL, as builds of
 * PyTorch 2 with MKL do, from a small generator of its own that the stream seeds at each call. */
typedef enum TorchRule { TORCH_PLAIN, TORCH_MKL } TorchRule;

/* Of the probabilities that multinomial was given. */
typedef enum TorchType { TORCH_FLOAT32, TORCH_FLOAT64 } TorchType;

/* torch.manual_seed(s) with seed = the low 32 bits of s. */
void torch_random_seed(TorchRandom *r, uint32_t seed);

/* As count words taken: building a model takes one for each weight. */
void torch_random_skip(TorchRandom *r, int64_t count);

uint32_t torch_random_word(TorchRandom *r);

/* torch.rand, in [0, 1): of float32 from one word, of float64 from two. */
float torch_random_float(TorchRandom *r);
double torch_random_double(TorchRandom *r);

/* torch.randn(count), float32. From 16 on it takes count words, and 16 more where count is no multiple of 16. */
void torch_random_normals(TorchRandom *r, float *out, int32_t count);

/* The variates of one call of multinomial with count probabilities, all rows of a batch. Of TORCH_FLOAT32 they are
 * rounded to float. */
void torch_random_exponentials(TorchRandom *r, double *q, int32_t count, TorchRule rule, TorchType type);

/* What multinomial answers for one row: the first largest p/q. */
int32_t torch_random_letter(const double *p, const double *q, int32_t count, TorchType type);

#endif
