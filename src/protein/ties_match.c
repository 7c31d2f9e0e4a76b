/* SPDX-License-Identifier: MIT
 *
 * Chains compared residue by residue.
 */
#include "ties_parser.h"

#include <stdlib.h>

/* Share of the longer chain that must have partners, as a fraction. */
enum { SHARE_ABOVE = 4, SHARE_BELOW = 5 };

static int compare_names(const TiesKey *a, const TiesKey *b) {
    if (a->number != b->number) return a->number < b->number ? -1 : 1;
    if (a->insertion != b->insertion) return a->insertion < b->insertion ? -1 : 1;
    if (a->occurrence != b->occurrence) return a->occurrence < b->occurrence ? -1 : 1;
    return 0;
}

static int compare_keys(const void *left, const void *right) {
    const TiesKey *a = left, *b = right;
    int order = compare_names(a, b);
    return order ? order : (a->member > b->member) - (a->member < b->member);
}

void ties_sort_keys(TiesKey *key, int32_t count) { qsort(key, (size_t)count, sizeof *key, compare_keys); }

int ties_same_name(const TiesKey *a, const TiesKey *b) { return !compare_names(a, b); }

/* Sorted by row first, so that equal numbers are counted in file order. */
static void key_chain(const WeftStructure *s, int32_t first, int32_t end, TiesKey *key) {
    for (int32_t i = first; i < end; i++)
        key[i] = (TiesKey){.number = s->number[i], .insertion = s->insertion[i], .occurrence = i, .row = i};
    ties_sort_keys(key + first, end - first);
    for (int32_t i = first, before = -1; i < end; i++) {
        TiesKey *at = &key[i], *last = i > first ? &key[i - 1] : NULL;
        int again = last && last->number == at->number && last->insertion == at->insertion;
        before = again ? before + 1 : 0;
        at->occurrence = before;
    }
}

TiesKey *ties_all_keys(const WeftStructure *s, Arena *arena) {
    TiesKey *key = ARENA_TAKE(arena, TiesKey, (size_t)s->length);
    for (int32_t c = 0; key && c < s->chain_count; c++)
        key_chain(s, s->chain_start[c], s->chain_start[c + 1], key);
    return key;
}

static int letters_agree(const WeftStructure *s, int32_t i, int32_t j) {
    return s->letter[i] == s->letter[j] || s->letter[i] == WEFT_LETTER_X || s->letter[j] == WEFT_LETTER_X;
}

TiesMatch ties_match(const WeftStructure *s, const TiesKey *keys, int32_t a, int32_t b) {
    int32_t i = s->chain_start[a], end_i = s->chain_start[a + 1];
    int32_t j = s->chain_start[b], end_j = s->chain_start[b + 1];
    int32_t length = end_i - i, other = end_j - j, common = 0, unlike = 0;
    int same = length == other;
    for (int32_t k = 0; k < length && same; k++) same = letters_agree(s, i + k, j + k);
    while (i < end_i && j < end_j) {
        int order = compare_names(&keys[i], &keys[j]);
        if (!order) {
            common++;
            unlike += !letters_agree(s, keys[i].row, keys[j].row);
        }
        i += order <= 0;
        j += order >= 0;
    }
    int64_t needed = (int64_t)base_max(length, other) * SHARE_ABOVE;
    if (!unlike && (int64_t)common * SHARE_BELOW >= needed) return TIES_BY_NUMBER;
    if (same) return TIES_BY_POSITION;
    return common ? TIES_UNLIKE : TIES_APART;
}
