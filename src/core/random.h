/* SPDX-License-Identifier: MIT
 *
 * random.h - the default random numbers: Philox4x32-10, a counter-based generator (Salmon, Moraes, Dror and Shaw,
 * "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
 *
 * key = seed, counter = (block, row, sample, purpose): a value depends on what it is for and never on how many were
 * drawn before, so samples, lanes, workers and machines can be cut in any way.
 */
#ifndef WEFT_CORE_RANDOM_H
#define WEFT_CORE_RANDOM_H

#include "base.h"

typedef enum RandomPurpose { RANDOM_ORDER = 0, RANDOM_LETTER = 1, RANDOM_NOISE = 2 } RandomPurpose;

typedef struct RandomKey {
    uint32_t low, high;
} RandomKey;

/* Four 32-bit words of one counter. */
void random_block(uint32_t out[4], const uint32_t counter[4], RandomKey key);

/* count words for one purpose, sample and row. */
void random_words(uint32_t *out, int32_t count, RandomKey key, RandomPurpose purpose, uint32_t sample,
                  uint32_t row);

/* -ln u of the word's u = (word + 1/2) / 2^32: an exponential variate, never 0 or infinite. */
double random_exponential(uint32_t word);

/* count normal variates of mean 0 and deviation 1 for one purpose, sample and row: two words give two of them (Box and
 * Muller, 1958). None is farther from 0 than 6.8. */
void random_normals(double *out, int32_t count, RandomKey key, RandomPurpose purpose, uint32_t sample,
                    uint32_t row);

#endif
