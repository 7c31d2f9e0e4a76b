/* SPDX-License-Identifier: MIT
 *
 * vec.h - four floats at a time, from one source for gcc, clang and emcc -msimd128.
 *
 * Vectors are the compilers' own vector types, so that +, -, * and / need no names. No fused multiply-add anywhere
 * (-ffp-contract=off): every result has the same bits natively and in WebAssembly.
 */
#ifndef WEFT_CORE_VEC_H
#define WEFT_CORE_VEC_H

#include "base.h"

typedef float f32x4 __attribute__((vector_size(16)));
typedef int32_t i32x4 __attribute__((vector_size(16)));
typedef f32x4 f32x4_loose __attribute__((aligned(4), may_alias)); /* for loads and stores at any float */

WEFT_INLINE f32x4 vec_load(const float *p) { return *(const f32x4_loose *)p; }
WEFT_INLINE void vec_store(float *p, f32x4 v) { *(f32x4_loose *)p = v; }
WEFT_INLINE f32x4 vec_splat(float x) { return (f32x4){x, x, x, x}; }

/* a b + c, rounded twice; in a build for speed (-DWEFT_FUSED) once, where the machine has an instruction for that. */
WEFT_INLINE f32x4 vec_madd(f32x4 a, f32x4 b, f32x4 c) {
#if !defined WEFT_FUSED
    return a * b + c;
#elif __has_builtin(__builtin_wasm_relaxed_madd_f32x4)
    return __builtin_wasm_relaxed_madd_f32x4(a, b, c);
#else
    return __builtin_wasm_fma_f32x4(a, b, c); /* a draft's encoding, mended by wasm/build/relax.mjs */
#endif
}

WEFT_INLINE f32x4 vec_select(i32x4 where, f32x4 yes, f32x4 no) {
    return (f32x4)((where & (i32x4)yes) | (~where & (i32x4)no));
}
WEFT_INLINE f32x4 vec_abs(f32x4 v) { return (f32x4)((i32x4)v & 0x7fffffff); }

/* max(v, 0): the sign's own bit, smeared, masks the value. NaN with a clear sign passes. */
WEFT_INLINE f32x4 vec_positive(f32x4 v) { return (f32x4)((i32x4)v & ~((i32x4)v >> 31)); }
WEFT_INLINE f32x4 vec_max(f32x4 a, f32x4 b) { return vec_select((i32x4)(a > b), a, b); }

/* (v0 + v2) + (v1 + v3): the one order in which lanes are ever summed. */
WEFT_INLINE float vec_sum(f32x4 v) { return (v[0] + v[2]) + (v[1] + v[3]); }

/* Activations stand in rows padded with zeros to a multiple of 16 floats, so that no loop has a tail. */
WEFT_INLINE int32_t vec_padded(int32_t width) { return (width + 15) & ~15; }

#endif
