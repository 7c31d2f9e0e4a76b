/* SPDX-License-Identifier: MIT */
#include "arena.h"

#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 64, BLOCK_BYTES = 1 << 20 };

typedef struct Block {
    struct Block *next;
    size_t size, used; /* bytes behind the header, a multiple of ALIGNMENT from `start` */
    char *start;
} Block;

struct Arena {
    Block *first, *current;
    size_t live, peak, held;
};

static Block *block_open(Arena *arena, size_t bytes) {
    size_t size = bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES;
    Block *block = size <= SIZE_MAX - sizeof(Block) - ALIGNMENT ? malloc(sizeof(Block) + ALIGNMENT + size) : NULL;
    if (!block) {
        base_fail(WEFT_NO_MEMORY, -1, "out of memory: %zu more bytes are needed, %zu are in use", size,
                  arena->held);
        return NULL;
    }
    uintptr_t behind = (uintptr_t)(block + 1);
    *block = (Block){.size = size, .start = (char *)((behind + ALIGNMENT - 1) & ~(uintptr_t)(ALIGNMENT - 1))};
    arena->held += size;
    return block;
}

Arena *arena_open(void) {
    Arena *arena = calloc(1, sizeof *arena);
    if (!arena) base_fail(WEFT_NO_MEMORY, -1, "out of memory");
    return arena;
}

void arena_free(Arena *arena) {
    if (!arena) return;
    for (Block *block = arena->first; block;) {
        Block *next = block->next;
        free(block);
        block = next;
    }
    free(arena);
}

/* Makes `current` a block with room for `bytes`: this one, a later one that was reset, or a new one behind it. */
static int make_room(Arena *arena, size_t bytes) {
    Block *at = arena->current;
    if (at && at->size - at->used >= bytes) return 1;
    for (Block *next = at ? at->next : arena->first; next; next = next->next)
        if (next->size >= bytes) {
            arena->current = next;
            next->used = 0;
            return 1;
        }
    Block *fresh = block_open(arena, bytes);
    if (!fresh) return 0;
    Block **link = &arena->first;
    while (*link) link = &(*link)->next;
    *link = fresh;
    arena->current = fresh;
    return 1;
}

void *arena_take_raw(Arena *arena, size_t count, size_t size) {
    if (size && count > (SIZE_MAX - ALIGNMENT) / size) {
        base_fail(WEFT_NO_MEMORY, -1, "out of memory: %zu x %zu bytes cannot be addressed", count, size);
        return NULL;
    }
    size_t bytes = (count * size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    if (!make_room(arena, bytes)) return NULL;
    char *piece = arena->current->start + arena->current->used;
    arena->current->used += bytes;
    arena->live += bytes;
    if (arena->live > arena->peak) arena->peak = arena->live;
    return piece;
}

void *arena_take(Arena *arena, size_t count, size_t size) {
    void *piece = arena_take_raw(arena, count, size);
    return piece ? memset(piece, 0, count * size) : NULL;
}

float *arena_scratch(Arena *arena, size_t count) {
    float *piece = arena_take_raw(arena, count, sizeof *piece);
    BASE_ASSERT(piece);
    return piece;
}

int arena_reserve(Arena *arena, size_t bytes) { return make_room(arena, bytes); }

ArenaMark arena_mark(const Arena *arena) {
    return (ArenaMark){arena->current, arena->current ? arena->current->used : 0, arena->live};
}

void arena_reset(Arena *arena, ArenaMark mark) {
    arena->current = mark.block;
    if (arena->current) arena->current->used = mark.used;
    arena->live = mark.live;
}

size_t arena_peak(const Arena *arena) { return arena->peak; }
size_t arena_held(const Arena *arena) { return arena->held; }
