/* SPDX-License-Identifier: MIT
 *
 * base.h - what every file of the core starts from: sizes, the failure text, small arithmetic.
 */
#ifndef WEFT_CORE_BASE_H
#define WEFT_CORE_BASE_H

#include "../weft.h"

#if defined(__GNUC__)
#define WEFT_PRINTF(text, first) __attribute__((format(printf, text, first)))
#define WEFT_INLINE static inline __attribute__((always_inline))
#else
#define WEFT_PRINTF(text, first)
#define WEFT_INLINE static inline
#endif

/* Records the failure and its place (a line, a record, a row; -1 for none) and returns the status, so that
 * `return base_fail(WEFT_BAD_STRUCTURE, line, "...")` is the whole of an error path. It is the only mutable global. */
WeftStatus base_fail(WeftStatus status, int32_t place, const char *format, ...) WEFT_PRINTF(3, 4);

/* A fault of ours, never of the user's: stops the program (in WebAssembly: traps the instance). */
_Noreturn void base_trap(void);
#define BASE_ASSERT(x) ((x) ? (void)0 : base_trap())

/* a * b, or SIZE_MAX where that wraps: sizes that come from a file stay refusable. */
WEFT_INLINE size_t base_times(size_t a, size_t b) { return b && a > SIZE_MAX / b ? SIZE_MAX : a * b; }

WEFT_INLINE int32_t base_min(int32_t a, int32_t b) { return a < b ? a : b; }
WEFT_INLINE int32_t base_max(int32_t a, int32_t b) { return a > b ? a : b; }

#endif
