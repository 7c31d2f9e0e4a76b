/* SPDX-License-Identifier: MIT
 *
 * arena.h - memory that is taken piece by piece and given back whole. The only malloc of the core is here.
 *
 * An arena is a chain of blocks of at least 1 MiB. Pieces are zeroed and 64-byte aligned. arena_mark and arena_reset
 * give back everything taken since the mark, for the scratch of one step; the blocks stay, so a step that repeats
 * takes no new memory from the system.
 */
#ifndef WEFT_CORE_ARENA_H
#define WEFT_CORE_ARENA_H

#include "base.h"

typedef struct Arena Arena;
typedef struct ArenaMark {
    void *block;
    size_t used;
    size_t live;
} ArenaMark;

/* NULL (and the error text, WEFT_NO_MEMORY) when the system has no memory. */
Arena *arena_open(void);
void arena_free(Arena *arena);

/* Zeroed bytes, or NULL with WEFT_NO_MEMORY set. Sizes that overflow are refused; a count of 0 gives a pointer. */
void *arena_take(Arena *arena, size_t count, size_t size);

/* The same, not zeroed: for scratch that is written before it is read. */
void *arena_take_raw(Arena *arena, size_t count, size_t size);

/* Sees to it that the next `bytes` can be taken without asking the system; 0 with WEFT_NO_MEMORY set if not. */
int arena_reserve(Arena *arena, size_t bytes);

ArenaMark arena_mark(const Arena *arena);
void arena_reset(Arena *arena, ArenaMark mark);

size_t arena_peak(const Arena *arena); /* largest number of bytes in use at one time, alignment included */
size_t arena_held(const Arena *arena); /* bytes of all blocks, as taken from the system */

#define ARENA_TAKE(arena, type, count) ((type *)arena_take((arena), (count), sizeof(type)))

/* Scratch floats of a step. Scratch arenas are reserved whole when the work begins, so this cannot run out. */
float *arena_scratch(Arena *arena, size_t count);

#endif
