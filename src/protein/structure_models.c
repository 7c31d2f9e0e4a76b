/* SPDX-License-Identifier: MIT */
#include "structure_models.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 32 };

WeftStatus structure_models_add(StructureModels *m, int32_t printed, Arena *arena) {
    if (m->count == m->room) {
        size_t wider = m->room ? (size_t)m->room * 2 : FIRST_ROOM;
        int32_t *fresh = ARENA_TAKE(arena, int32_t, wider);
        if (!fresh) return WEFT_NO_MEMORY;
        if (m->count) memcpy(fresh, m->number, (size_t)m->count * sizeof *fresh);
        m->number = fresh;
        m->room = (int32_t)wider;
    }
    m->number[m->count++] = printed;
    return WEFT_OK;
}

static int compare(const void *a, const void *b) {
    int32_t p = *(const int32_t *)a, q = *(const int32_t *)b;
    return (p > q) - (p < q);
}

/* 1 where each has a number that no other one has; sorts them. */
static int are_distinct(int32_t *numbers, int32_t count) {
    qsort(numbers, (size_t)count, sizeof *numbers, compare);
    for (int32_t i = 1; i < count; i++)
        if (numbers[i] == numbers[i - 1]) return 0;
    return numbers[0] >= 0;
}

static WeftStatus fail_without(const StructureModels *m, int32_t wanted) {
    if (m->count == 1)
        return base_fail(WEFT_BAD_REQUEST, -1, "there is no model %d: the file has 1 model, number %d",
                         (int)wanted, (int)m->number[0]);
    return base_fail(WEFT_BAD_REQUEST, -1, "there is no model %d: the file has %d models, numbered %d to %d",
                     (int)wanted, (int)m->count, (int)m->number[0], (int)m->number[m->count - 1]);
}

WeftStatus structure_models_choose(StructureModels *m, int32_t wanted, Arena *scratch) {
    if (!m->count && structure_models_add(m, -1, scratch)) return WEFT_NO_MEMORY;
    int32_t *sorted = ARENA_TAKE(scratch, int32_t, (size_t)m->count);
    if (!sorted) return WEFT_NO_MEMORY;
    memcpy(sorted, m->number, (size_t)m->count * sizeof *sorted);
    int called = are_distinct(sorted, m->count);
    for (int32_t i = 0; i < m->count && !called; i++) m->number[i] = i + 1;
    m->index = 0;
    if (!wanted) return WEFT_OK;
    while (m->index < m->count && m->number[m->index] != wanted) m->index++;
    return m->index < m->count ? WEFT_OK : fail_without(m, wanted);
}

WeftStatus structure_models_keep(WeftStructure *s, const StructureModels *m) {
    size_t count = (size_t)m->count;
    s->model_number = ARENA_TAKE(s->arena, int32_t, count);
    if (!s->model_number) return WEFT_NO_MEMORY;
    memcpy(s->model_number, m->number, count * sizeof *m->number);
    s->model_count = m->count;
    s->model = m->number[m->index];
    return WEFT_OK;
}
