/* SPDX-License-Identifier: MIT */
#include "torch_random.h"

#include <math.h>

#include "vmath.h"

enum { WORDS = TORCH_RANDOM_WORDS, FURTHER = 397, BLOCK = 16 };

/* ---- Words --------------------------------------------------------------------------------------------- */

void torch_random_seed(TorchRandom *r, uint32_t seed) {
    r->word[0] = seed;
    for (uint32_t i = 1; i < WORDS; i++)
        r->word[i] = 1812433253u * (r->word[i - 1] ^ r->word[i - 1] >> 30) + i;
    r->next = WORDS;
    r->has_normal = 0;
}

/* Word i from its own top bit, the rest of the next word and the word 397 further on; words stand in a ring. */
static inline void renew(uint32_t *word, int32_t i, int32_t next, int32_t further) {
    uint32_t joined = (word[i] & 0x80000000u) | (word[next] & 0x7fffffffu);
    word[i] = word[further] ^ joined >> 1 ^ (joined & 1 ? 0x9908b0dfu : 0);
}

static void renew_all(TorchRandom *r) {
    for (int32_t i = 0; i < WORDS - FURTHER; i++) renew(r->word, i, i + 1, i + FURTHER);
    for (int32_t i = WORDS - FURTHER; i < WORDS - 1; i++) renew(r->word, i, i + 1, i + FURTHER - WORDS);
    renew(r->word, WORDS - 1, 0, FURTHER - 1);
    r->next = 0;
}

void torch_random_skip(TorchRandom *r, int64_t count) {
    while (count > WORDS - r->next) {
        count -= WORDS - r->next;
        renew_all(r);
    }
    r->next += (int32_t)count;
}

uint32_t torch_random_word(TorchRandom *r) {
    if (r->next == WORDS) renew_all(r);
    uint32_t y = r->word[r->next++];
    y ^= y >> 11;
    y ^= y << 7 & 0x9d2c5680u;
    y ^= y << 15 & 0xefc60000u;
    return y ^ y >> 18;
}

/* ---- Uniforms and normals ------------------------------------------------------------------------------ */

float torch_random_float(TorchRandom *r) { return (float)(torch_random_word(r) & 0xffffffu) * 0x1p-24f; }

double torch_random_double(TorchRandom *r) {
    uint64_t high = torch_random_word(r), low = torch_random_word(r);
    return (double)((high << 32 | low) & 0x1fffffffffffffULL) * 0x1p-53;
}

/* Box and Muller's transform of 16 uniforms in place, with float rounding wherever PyTorch rounds. */
static void normal_block(float x[BLOCK]) {
    for (int32_t j = 0; j < BLOCK / 2; j++) {
        double sine, cosine;
        float radius = sqrtf(-2.0f * (float)vmath_log((double)(1.0f - x[j])));
        vmath_sincos((double)(6.28318531f * x[j + BLOCK / 2]), &sine, &cosine);
        x[j] = radius * (float)cosine;
        x[j + BLOCK / 2] = radius * (float)sine;
    }
}

/* In double, in pairs: the second waits for the next call, even where that is one of another randn. */
static double normal_of_pair(TorchRandom *r) {
    r->has_normal = !r->has_normal;
    if (!r->has_normal) return r->normal;
    double turn = torch_random_double(r), u = torch_random_double(r), sine, cosine;
    double radius = sqrt(-2.0 * vmath_log(1.0 - u)); /* u is of 53 bits, so 1 - u is exact and this is log1p(-u) */
    vmath_sincos(6.283185307179586 * turn, &sine, &cosine);
    r->normal = radius * sine;
    return radius * cosine;
}

static void uniforms(TorchRandom *r, float *out, int32_t count) {
    for (int32_t i = 0; i < count; i++) out[i] = torch_random_float(r);
}

void torch_random_normals(TorchRandom *r, float *out, int32_t count) {
    if (count < BLOCK) {
        for (int32_t i = 0; i < count; i++) out[i] = (float)normal_of_pair(r);
        return;
    }
    uniforms(r, out, count);
    for (int32_t i = 0; i + BLOCK <= count; i += BLOCK) normal_block(out + i);
    if (count % BLOCK) { /* the last 16 once more, from new uniforms */
        uniforms(r, out + count - BLOCK, BLOCK);
        normal_block(out + count - BLOCK);
    }
}

/* ---- Draws --------------------------------------------------------------------------------------------- */

static void plain_exponentials(TorchRandom *r, double *q, int32_t count) {
    for (int32_t k = 0; k < count; k++) q[k] = -vmath_log(1.0 - torch_random_double(r));
}

/* MKL's generator MCG31m1, x -> 1132489760 x mod 2^31 - 1. PyTorch also adds the smallest normal number to each
 * variate, which changes none: they are at least 2^-31. */
static void mkl_exponentials(TorchRandom *r, double *q, int32_t count, TorchType type) {
    const uint64_t modulus = 0x7fffffff;
    if (type == TORCH_FLOAT64)
        torch_random_word(r); /* the high half of a seed of which MKL takes the low half */
    uint64_t x = torch_random_word(r) % modulus;
    if (!x) x = 1;
    for (int32_t k = 0; k < count; k++) {
        q[k] = -vmath_log((double)x / (double)modulus);
        x = x * 1132489760 % modulus;
    }
}

void torch_random_exponentials(TorchRandom *r, double *q, int32_t count, TorchRule rule, TorchType type) {
    if (rule == TORCH_MKL)
        mkl_exponentials(r, q, count, type);
    else
        plain_exponentials(r, q, count);
    for (int32_t k = 0; type == TORCH_FLOAT32 && k < count; k++) q[k] = (double)(float)q[k];
}

int32_t torch_random_letter(const double *p, const double *q, int32_t count, TorchType type) {
    int32_t best = 0;
    double largest = -1;
    for (int32_t k = 0; k < count; k++) {
        double ratio = type == TORCH_FLOAT32 ? (double)((float)p[k] / (float)q[k]) : p[k] / q[k];
        if (ratio > largest) {
            largest = ratio;
            best = k;
        }
    }
    return best;
}
