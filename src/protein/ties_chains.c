/* SPDX-License-Identifier: MIT
 *
 * Groups made from whole chains and from stretches of one, and the report of what was left out.
 */
#include "ties_parser.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { NAMES_SHOWN = 8 };

/* ---- The report ---------------------------------------------------------------------------------------- */

static void say(TiesParser *p, const char *format, ...) WEFT_PRINTF(2, 3);
static void say(TiesParser *p, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(p->report + p->said, TIES_REPORT_BYTES - p->said, format, arguments);
    va_end(arguments);
    p->said = (size_t)base_min((int32_t)p->said + base_max(length, 0), TIES_REPORT_BYTES - 1);
}

static void say_row(TiesParser *p, int32_t row, const char *before) {
    char name[48];
    say(p, "%s%s", before, structure_row_name(p->q.s, row, name, sizeof name));
}

/* ---- Groups -------------------------------------------------------------------------------------------- */

WeftStatus ties_add_member(TiesParser *p, int32_t row, float weight) {
    char name[48];
    if (p->tied[row])
        return select_fail(&p->q, ": %s is in two groups", structure_row_name(p->q.s, row, name, sizeof name));
    p->tied[row] = 1;
    p->out->row[p->members] = row;
    p->out->weight[p->members++] = weight;
    return WEFT_OK;
}

void ties_close_group(TiesParser *p) { p->out->start[++p->out->groups] = p->members; }

/* ---- Chains -------------------------------------------------------------------------------------------- */

/* The keys of a chain, under the names of the first chain's residues where it is matched by position. */
static void put_keys(const TiesParser *p, TiesKey *out, int32_t first, int32_t chain, int32_t member,
                     int by_position) {
    const WeftStructure *s = p->q.s;
    int32_t start = s->chain_start[chain], from = by_position ? s->chain_start[first] : start;
    for (int32_t i = 0; i < s->chain_start[chain + 1] - start; i++) {
        out[i] = p->keys[from + i];
        out[i].row += start - from;
        out[i].member = member;
    }
}

/* Puts the keys of all chains one behind the other and sorts them; says which chains go by position. */
static WeftStatus gather_keys(TiesParser *p, const int32_t *chain, int32_t count, TiesKey *all, int32_t *total) {
    const WeftStructure *s = p->q.s;
    *total = 0;
    for (int32_t k = 0; k < count; k++) {
        int32_t length = s->chain_start[chain[k] + 1] - s->chain_start[chain[k]];
        int32_t length0 = s->chain_start[chain[0] + 1] - s->chain_start[chain[0]];
        TiesMatch match = k ? ties_match(s, p->keys, chain[0], chain[k]) : TIES_BY_NUMBER;
        if (match == TIES_APART && length != length0)
            return select_fail(&p->q,
                               ": chains %s and %s have no residue number in common, and %d and %d residues",
                               s->chain_name[chain[0]], s->chain_name[chain[k]], (int)length0, (int)length);
        int by_position = match == TIES_BY_POSITION || match == TIES_APART;
        if (by_position) say(p, "; %s by position, its numbers differ", s->chain_name[chain[k]]);
        put_keys(p, all + *total, chain[0], chain[k], k, by_position);
        *total += length;
    }
    ties_sort_keys(all, *total);
    return WEFT_OK;
}

typedef struct Tally {
    int32_t partial, unlike, alone; /* groups that lack a chain; whose letters differ; rows without a partner */
    int32_t shown[NAMES_SHOWN];     /* the first of these */
} Tally;

/* The keys all[from .. end-1] have one name: a group, or a row alone. */
static WeftStatus put_group(TiesParser *p, const TiesKey *all, int32_t from, int32_t end, int32_t count,
                            const float *weight, Tally *tally) {
    const int8_t *letter = p->q.s->letter;
    int32_t unlike = 0, first = WEFT_LETTER_X;
    if (end - from == 1) {
        if (tally->alone < NAMES_SHOWN) tally->shown[tally->alone] = all[from].row;
        tally->alone++;
        return WEFT_OK;
    }
    for (int32_t i = from; i < end; i++) {
        WeftStatus status = ties_add_member(p, all[i].row, weight ? weight[all[i].member] : 1.0f);
        if (status) return status;
        int32_t here = letter[all[i].row];
        if (first == WEFT_LETTER_X) first = here;
        unlike |= here != first && here != WEFT_LETTER_X;
    }
    ties_close_group(p);
    tally->partial += end - from < count;
    tally->unlike += unlike;
    return WEFT_OK;
}

static const char *plural(int32_t count) { return count == 1 ? "" : "s"; }

static void say_tally(TiesParser *p, const Tally *tally, int32_t groups) {
    say(p, ": %d group%s", (int)groups, plural(groups));
    if (tally->partial)
        say(p, "; %d of them lack%s a chain", (int)tally->partial, tally->partial == 1 ? "s" : "");
    if (tally->unlike) say(p, "; the file's letters differ in %d", (int)tally->unlike);
    if (tally->alone) say(p, "; not tied, for want of a partner: ");
    for (int32_t i = 0; i < base_min(tally->alone, NAMES_SHOWN); i++)
        say_row(p, tally->shown[i], i ? ", " : "");
    if (tally->alone > NAMES_SHOWN) say(p, " and %d more", (int)tally->alone - NAMES_SHOWN);
    say(p, "\n");
}

WeftStatus ties_tie_chains(TiesParser *p, const int32_t *chain, const float *weight, int32_t count) {
    const WeftStructure *s = p->q.s;
    int32_t total = 0, before = p->out->groups;
    size_t room = 0;
    Tally tally = {0};
    for (int32_t k = 0; k < count; k++)
        room += (size_t)(s->chain_start[chain[k] + 1] - s->chain_start[chain[k]]);
    TiesKey *all = ARENA_TAKE(p->arena, TiesKey, room);
    if (!all) return WEFT_NO_MEMORY;
    for (int32_t k = 0; k < count; k++) say(p, "%s%s", k ? "=" : "", s->chain_name[chain[k]]);
    say(p, " by residue number");
    WeftStatus status = gather_keys(p, chain, count, all, &total);
    for (int32_t from = 0, end; !status && from < total; from = end) {
        for (end = from + 1; end < total && ties_same_name(&all[from], &all[end]);) end++;
        status = put_group(p, all, from, end, count, weight, &tally);
    }
    if (status) return status;
    say_tally(p, &tally, p->out->groups - before);
    return WEFT_OK;
}

/* ---- homomer ------------------------------------------------------------------------------------------- */

/* "homomer:A,B,C", from the first name on. */
WeftStatus ties_named_chains(TiesParser *p) {
    const char *end = p->q.token + p->q.length;
    int32_t count = 0;
    Selection part = p->q;
    for (const char *at = p->q.token + strlen("homomer:"); at <= end; at += part.length + 1) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        part.token = at;
        part.length = (int32_t)((comma ? comma : end) - at);
        int32_t chain = part.length ? select_whole_chain(&part) : -1;
        if (!part.length) return select_fail(&p->q, ": the name of a chain is missing");
        if (chain < 0) return select_fail_chain(&part);
        int32_t *named = &p->named[p->q.s->chain_start[chain]];
        if (*named == p->item)
            return select_fail(&p->q, ": chain %s is named twice", p->q.s->chain_name[chain]);
        *named = p->item;
        p->list[count++] = chain;
    }
    if (count < 2) return select_fail(&p->q, ": one chain cannot be tied to itself; write homomer:A,B");
    return ties_tie_chains(p, p->list, NULL, count);
}

/* Each kind of chain for itself. kind[c] is the first chain of c's kind. */
WeftStatus ties_equal_chains(TiesParser *p) {
    const WeftStructure *s = p->q.s;
    int32_t *kind = ARENA_TAKE(p->arena, int32_t, (size_t)s->chain_count * 2);
    int32_t before = p->out->groups;
    if (!kind) return WEFT_NO_MEMORY;
    int32_t *alike = kind + s->chain_count;
    for (int32_t c = 0; c < s->chain_count; c++) {
        kind[c] = c;
        for (int32_t r = 0; r < c && kind[c] == c; r++)
            if (kind[r] == r && ties_match(s, p->keys, r, c) >= TIES_BY_NUMBER) kind[c] = r;
    }
    for (int32_t r = 0; r < s->chain_count; r++) {
        int32_t count = 0;
        for (int32_t c = r; c < s->chain_count; c++)
            if (kind[c] == r) alike[count++] = c;
        WeftStatus status = count > 1 ? ties_tie_chains(p, alike, NULL, count) : WEFT_OK;
        if (status) return status;
        if (count == 1) say(p, "%s not tied: no other chain has its sequence\n", s->chain_name[r]);
    }
    if (p->out->groups == before)
        return select_fail(&p->q, ": no two chains have the same sequence; name those to tie: homomer:A,B");
    return WEFT_OK;
}

/* ---- copies -------------------------------------------------------------------------------------------- */

/* Rows by their origin, images of one row in their order. */
WeftStatus ties_copies(TiesParser *p) {
    const WeftStructure *s = p->q.s;
    int32_t before = p->out->groups, alone = 0;
    TiesKey *all = ARENA_TAKE(p->arena, TiesKey, (size_t)s->length);
    if (!all) return WEFT_NO_MEMORY;
    if (p->q.length > (int32_t)strlen("copies"))
        return select_fail(&p->q, " is not understood; write copies, without names");
    for (int32_t i = 0; i < s->length; i++) all[i] = (TiesKey){.number = s->origin[i], .member = i, .row = i};
    ties_sort_keys(all, s->length);
    for (int32_t from = 0, end; from < s->length; from = end) {
        for (end = from + 1; end < s->length && ties_same_name(&all[from], &all[end]);) end++;
        alone += end - from == 1;
        for (int32_t i = from; i < end && end - from > 1; i++) {
            WeftStatus status = ties_add_member(p, all[i].row, 1.0f);
            if (status) return status;
        }
        if (end - from > 1) ties_close_group(p);
    }
    if (p->out->groups == before)
        return select_fail(&p->q, ": no residue has a copy; --assembly makes those of a biological assembly");
    say(p, "copies of the assembly: %d group%s", (int)(p->out->groups - before), plural(p->out->groups - before));
    if (alone) say(p, "; %d residue%s without another copy", (int)alone, plural(alone));
    say(p, "\n");
    return WEFT_OK;
}

/* ---- repeat -------------------------------------------------------------------------------------------- */

static WeftStatus fail_repeat(const TiesParser *p) {
    return select_fail(&p->q,
                       " is not understood; write repeat:A,35,5 or repeat:A10,35,5: start, residues of a "
                       "repeat, repeats (2 or more)");
}

/* The row that a chain or a single residue starts at, or a failure. */
static int32_t start_row(TiesParser *p, const Selection *part) {
    int32_t first = -1, count = 0, chain = select_whole_chain(part), n = p->q.s->length;
    memset(p->q.mask, 0, (size_t)n);
    WeftStatus status = select_plain(part);
    if (status) return status;
    for (int32_t i = n - 1; i >= 0; i--)
        if (p->q.mask[i]) {
            first = i;
            count++;
        }
    if (count > 1 && (chain < 0 || p->q.s->chain_start[chain] != first))
        return select_fail(&p->q, ": a repeat starts at a chain or at one residue");
    return first;
}

/* How many of rows first+1 .. end-1 have a number that does not follow the one before. */
static int32_t count_jumps(const WeftStructure *s, int32_t first, int32_t end) {
    int32_t jumps = 0;
    for (int32_t i = first + 1; i < end; i++) {
        int64_t step = (int64_t)s->number[i] - s->number[i - 1];
        jumps += step != 1 && !(step == 0 && s->insertion[i] != s->insertion[i - 1]);
    }
    return jumps;
}

static WeftStatus tie_stretches(TiesParser *p, int32_t first, int32_t length, int32_t count) {
    const WeftStructure *s = p->q.s;
    int32_t chain = s->chain[first], left = s->chain_start[chain + 1] - first;
    char name[48];
    structure_row_name(s, first, name, sizeof name);
    if ((int64_t)length * count > left)
        return select_fail(&p->q, ": %d repeats of %d residues are %lld, and from %s on chain %s has %d",
                           (int)count, (int)length, (long long)length * count, name, s->chain_name[chain],
                           (int)left);
    for (int32_t i = 0; i < length; i++) {
        for (int32_t r = 0; r < count; r++) {
            WeftStatus status = ties_add_member(p, first + r * length + i, 1.0f);
            if (status) return status;
        }
        ties_close_group(p);
    }
    int32_t end = first + length * count, jumps = count_jumps(s, first, end);
    say(p, "%d repeats of %d residues from %s to ", (int)count, (int)length, name);
    say_row(p, end - 1, "");
    if (jumps) say(p, "; residue numbers jump %d time%s in there, repeats do not", (int)jumps, plural(jumps));
    int32_t before = first - s->chain_start[chain], behind = s->chain_start[chain + 1] - end;
    if (before || behind)
        say(p, "; of chain %s %d residues before and %d behind are not tied", s->chain_name[chain],
            (int)before, (int)behind);
    say(p, "\n");
    return WEFT_OK;
}

WeftStatus ties_repeats(TiesParser *p) {
    const char *end = p->q.token + p->q.length;
    const char *start = select_has_prefix(&p->q, "repeat:") ? p->q.token + strlen("repeat:") : end;
    const char *comma = memchr(start, ',', (size_t)(end - start));
    int32_t length = 0, count = 0;
    Selection part = p->q;
    if (!comma || comma == start) return fail_repeat(p);
    const char *at = select_read_digits(comma + 1, end, &length);
    if (!at || at == end || *at != ',' || select_read_digits(at + 1, end, &count) != end)
        return fail_repeat(p);
    if (length < 1 || count < 2) return fail_repeat(p);
    part.token = start;
    part.length = (int32_t)(comma - start);
    int32_t first = start_row(p, &part);
    return first < 0 ? (WeftStatus)first : tie_stretches(p, first, length, count);
}
