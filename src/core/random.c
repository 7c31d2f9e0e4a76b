/* SPDX-License-Identifier: MIT */
#include "random.h"

#include <math.h>

#include "vmath.h"

void random_block(uint32_t out[4], const uint32_t counter[4], RandomKey key) {
    uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
    for (int32_t round = 0; round < 10; round++) {
        uint64_t p = (uint64_t)0xD2511F53u * c0, q = (uint64_t)0xCD9E8D57u * c2;
        uint32_t n0 = (uint32_t)(q >> 32) ^ c1 ^ key.low, n2 = (uint32_t)(p >> 32) ^ c3 ^ key.high;
        c1 = (uint32_t)q;
        c3 = (uint32_t)p;
        c0 = n0;
        c2 = n2;
        key.low += 0x9E3779B9u;
        key.high += 0xBB67AE85u;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
}

void random_words(uint32_t *out, int32_t count, RandomKey key, RandomPurpose purpose, uint32_t sample,
                  uint32_t row) {
    for (int32_t i = 0; i < count; i += 4) {
        uint32_t block[4], counter[4] = {(uint32_t)(i / 4), row, sample, (uint32_t)purpose};
        random_block(block, counter, key);
        for (int32_t j = 0; j < 4 && i + j < count; j++) out[i + j] = block[j];
    }
}

void random_normals(double *out, int32_t count, RandomKey key, RandomPurpose purpose, uint32_t sample,
                    uint32_t row) {
    for (int32_t i = 0; i < count; i += 4) {
        uint32_t word[4], counter[4] = {(uint32_t)(i / 4), row, sample, (uint32_t)purpose};
        random_block(word, counter, key);
        for (int32_t j = 0; j < 4 && i + j < count; j += 2) {
            double radius = sqrt(2 * random_exponential(word[j])), sine, cosine;
            vmath_sincos(((double)word[j + 1] + 0.5) * 0x1p-32 * 6.283185307179586, &sine, &cosine);
            out[i + j] = radius * cosine;
            if (i + j + 1 < count) out[i + j + 1] = radius * sine;
        }
    }
}

double random_exponential(uint32_t word) { return -vmath_log(((double)word + 0.5) * 0x1p-32); }
