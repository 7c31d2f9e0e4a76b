/* SPDX-License-Identifier: MIT
 *
 * vmath.h - elementary functions whose bits do not depend on a C library.
 *
 * vmath_exp     float vectors   relative error below 2e-7 for -87 <= x <= 88
 * vmath_gelu    float vectors   absolute error below 7e-7 everywhere
 * vmath_gelu_slope            absolute error below 3e-6 for |x| < 1e20
 * vmath_log     one double      relative error below 1e-15 for normal x > 0
 * vmath_sincos  one double      both with relative error below 5e-16 for 0 <= x <= 8
 * vmath_exp1    one float       vmath_exp of one number
 * The unit tests measure each bound against the C library in double precision.
 */
#ifndef WEFT_CORE_VMATH_H
#define WEFT_CORE_VMATH_H

#include <string.h>

#include "vec.h"

/* e^x. x is held to [-87, 88]: the result is never denormal, infinite or 0. x = n ln 2 + r with |r| <= ln 2 / 2, a
 * polynomial of degree 5 in r (minimax), and n added to the exponent. Adding 1.5 * 2^23 rounds n into the low bits. */
WEFT_INLINE f32x4 vmath_exp(f32x4 x) {
    x = vec_select((i32x4)(x > 88.0f), vec_splat(88.0f), x);
    x = vec_select((i32x4)(x < -87.0f), vec_splat(-87.0f), x);
    f32x4 shifted = x * 1.44269504f + 12582912.0f, n = shifted - 12582912.0f;
    f32x4 r = x - n * 0.693359375f; /* ln 2 in two parts: the first product is exact */
    r = r + n * 2.12194440e-4f;
    f32x4 p = vec_madd(r, vec_splat(0.00831252488f), vec_splat(0.0418901132f));
    p = vec_madd(p, r, vec_splat(0.166671145f));
    p = vec_madd(p, r, vec_splat(0.499992318f));
    p = vec_madd(p * r, r, r) + 1.0f;
    return (f32x4)((i32x4)p + ((i32x4)shifted << 23));
}

WEFT_INLINE float vmath_exp1(float x) { return vmath_exp(vec_splat(x))[0]; }

/* 1 / Phi(-t) for t >= 0, as (2^(1/16) p(t))^16: p is a polynomial of degree 6 fitted for the error of t Phi(-t); its
 * coefficients are scaled here by 2^(1/16). Where it overflows, 1 / inf = 0 is the right answer. */
WEFT_INLINE f32x4 vmath_tail(f32x4 t) {
    const double scale = 1.0442737824274138; /* 2^(1/16) */
    f32x4 p = vec_madd(t, vec_splat((float)(6.333006559598947e-06 * scale)),
                       vec_splat((float)(4.138371592686363e-05 * scale)));
    p = vec_madd(p, t, vec_splat((float)(5.9718070038167485e-05 * scale)));
    p = vec_madd(p, t, vec_splat((float)(0.003249315855851634 * scale)));
    p = vec_madd(p, t, vec_splat((float)(0.021157296970865443 * scale)));
    p = vec_madd(p, t, vec_splat((float)(0.049864137626439535 * scale)));
    p = vec_madd(p, t, vec_splat((float)scale));
    p = p * p;
    p = p * p;
    p = p * p;
    return p * p;
}

/* The exact (erf) GELU, x Phi(x) = max(x, 0) - |x| Phi(-|x|). */
WEFT_INLINE f32x4 vmath_gelu(f32x4 x) {
    f32x4 t = vec_abs(x);
    return vec_positive(x) - t / vmath_tail(t);
}

/* Its derivative, Phi(x) + x phi(x) with phi(x) = exp(-x^2 / 2) / sqrt(2 pi). */
WEFT_INLINE f32x4 vmath_gelu_slope(f32x4 x) {
    f32x4 below = 1.0f / vmath_tail(vec_abs(x));
    return vec_select((i32x4)(x > 0.0f), 1.0f - below, below) + x * vmath_exp(x * x * -0.5f) * 0.398942280f;
}

/* Natural logarithm of a normal, positive double. x = 2^n m with m in [sqrt(1/2), sqrt(2)); ln m by the series of
 * 2 atanh(s), s = (m - 1) / (m + 1), |s| < 0.1716, whose terms end below 2^-60 after s^23. */
static inline double vmath_log(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    int32_t n = (int32_t)(bits >> 52) - 1023;
    bits = (bits & 0xfffffffffffffULL) | 0x3ff0000000000000ULL;
    double m;
    memcpy(&m, &bits, sizeof m);
    if (m >= 1.4142135623730951) {
        m *= 0.5;
        n++;
    }
    double s = (m - 1.0) / (m + 1.0), z = s * s, sum = 1.0 / 23;
    for (int32_t odd = 21; odd >= 3; odd -= 2) sum = sum * z + 1.0 / odd;
    /* ln 2 in two parts, the first with 20 zero bits at its end so that n times it is exact */
    return n * 0.69314718036912381649 + (n * 1.90821492927058770002e-10 + 2.0 * (s + s * z * sum));
}

/* Sine and cosine. x = n pi/2 + r with |r| <= pi/4, where n says which of sin r and cos r is which, and its sign. The
 * Taylor series end below 2^-57 of their sums after r^17 and r^16. */
static inline void vmath_sincos(double x, double *sine, double *cosine) {
    int32_t n = (int32_t)(x * 0.6366197723675814 + 0.5);
    /* pi/2 in two parts: the first with 3 zero bits at its end so that n times it is exact */
    double r = x - n * 1.5707963267948966 - n * 6.123233995736766e-17, z = r * r, s = 1, c = 1;
    for (int32_t i = 16; i >= 2; i -= 2) {
        s = 1 - z / (i * (i + 1)) * s;
        c = 1 - z / (i * (i - 1)) * c;
    }
    s *= r;
    *sine = n & 1 ? c : s;
    *cosine = n & 1 ? s : c;
    if (n & 2) *sine = -*sine;
    if ((n + 1) & 2) *cosine = -*cosine;
}

#endif
